"""What flows through a network: arrays of signs, each of which stands for one number."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gru_debugger.formats.ledger import Verdict

Signs = NDArray[np.int32]
Kind = Literal["float", "int", "bool"]

_MOST_SIGNS = 4_000_000  # of one network followed once, those that are moved counted again
_MOST_OPS = 30_000
_PATIENCE = 500_000  # operations, statements and sixty-fourths of signs, over all tries together
LARGEST_STORED = 1 << 16  # numbers of a stored tensor that is followed one by one


class Unfollowed(Exception):  # noqa: N818
    """What stands there can't be followed; in words."""


class Impossible(Exception):  # noqa: N818
    """The network refuses such an input."""


@dataclass(eq=False)
class Op:
    """One operation: `parents` are those whose results it reads; `name` the module it stands in.

    `layer` says what it is where it is a layer (`Lookup`, `Linear`, `Recurrent`), `formula` what it
    reckons where that may be a part of one; `moves`: it moves numbers and makes none.
    """

    kind: str
    name: str = ""
    parents: tuple[Op, ...] = ()
    verdict: Verdict = "told"
    reason: str = ""
    moves: bool = False
    layer: Any = None
    formula: Any = None

    @property
    def title(self) -> str:
        return f"torch.{self.kind}" if self.kind not in _OWN else self.kind


_OWN = ("if", "input", "unpack", "stored", "constant")  # no operators, but what stands around them


@dataclass(frozen=True)
class Param:
    """A stored tensor: `key` is the same for the same numbers; `turned`: a matrix transposed;
    `copies`: of a matrix, one for each step.
    """

    key: Hashable
    name: str
    shape: tuple[int, ...]
    kind: Kind = "float"
    turned: bool = False
    copies: int | None = None

    @property
    def dims(self) -> tuple[int, ...]:
        own = self.shape[::-1] if self.turned else self.shape
        return own if self.copies is None else (self.copies, *own)


@dataclass(eq=False)
class Array:
    signs: Signs
    maker: Op | None = None
    kind: Kind = "float"

    @property
    def dims(self) -> tuple[int, ...]:
        return self.signs.shape


@dataclass(eq=False)
class Unknown:
    """A value of which nothing is known, not even its shape."""

    maker: Op


class Counted(int):
    """A number, or a truth, that depends on how long the text is."""


Tensor = Array | Param | Unknown


@dataclass(eq=False)
class Block:
    """The signs from `start` on that one operation made, in rows of `width`.

    `values`: where they are constant. `places`: of each row of an input, its text and step.
    """

    start: int
    shape: tuple[int, ...]
    op: Op
    values: NDArray[Any] | None = None
    places: list[tuple[int, int]] | None = None
    role: str = ""

    @property
    def width(self) -> int:
        return self.shape[-1] if self.shape else 1


@dataclass
class Patience:
    """How much work is left, over all the ways in which a network is followed."""

    left: int = _PATIENCE

    def spend(self, count: int = 1) -> None:
        self.left -= count
        if self.left < 0:
            raise Unfollowed("it computes too much")


@dataclass
class Flow:
    """All that is known of a network followed once.

    `steps`: how long the text is, of `texts` side by side; `load` reads a stored tensor; `size` of
    the file, in bytes; `given`: its arguments with what each is; `outputs`: what it gives.
    """

    load: Callable[[Param], NDArray[Any] | None] = lambda _: None
    patience: Patience = field(default_factory=Patience)
    size: int = 0
    given: list[tuple[Any, Any]] = field(default_factory=list)
    outputs: list[Tensor] = field(default_factory=list)
    steps: int = 5
    texts: int = 1
    ops: list[Op] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    spoiled: dict[Hashable, Op] = field(default_factory=dict)  # stored tensors that are changed
    used: dict[Hashable, Op] = field(default_factory=dict)  # by stored tensors: what reads them
    read: dict[Hashable, Array] = field(default_factory=dict)  # stored tensors, number by number
    _starts: array[int] = field(default_factory=lambda: array("i"))  # of the blocks
    _next: int = 0
    _spent: int = 0

    def op(self, kind: str, name: str, read: Iterable[Any] = (), **more: Any) -> Op:
        self.patience.spend()
        if len(self.ops) >= _MOST_OPS:
            raise Unfollowed("it computes too much")
        read = list(read)
        made = Op(kind, name, self.parents(read), **more)
        self.ops.append(made)
        for value in read:
            if isinstance(value, Param):
                self.used.setdefault(value.key, made)
        return made

    def parents(self, read: Iterable[Any]) -> tuple[Op, ...]:
        """Whose results these are: who moved them last, and who made them."""
        found: dict[Op, None] = {}
        for value in read:
            if isinstance(value, (Array, Unknown)):
                if value.maker is not None:
                    found[value.maker] = None
                if isinstance(value, Array):
                    found |= dict.fromkeys(block.op for block in self.owners(value.signs))
            elif isinstance(value, Param) and value.key in self.spoiled:
                found[self.spoiled[value.key]] = None
        return tuple(found)

    def spend(self, shape: Iterable[int]) -> None:
        count = math.prod(shape)
        self._spent += count
        self.patience.spend(count // 64)
        if self._spent > _MOST_SIGNS + self.size // 8:
            raise Unfollowed("it computes too much")

    def fresh(
        self, op: Op, shape: tuple[int, ...], kind: Kind = "float", **more: Any
    ) -> Array:
        """New signs for what an operation makes."""
        self.spend(shape)
        size = math.prod(shape)
        self.blocks.append(Block(self._next, shape, op, **more))
        self._starts.append(self._next)
        signs = np.arange(self._next, self._next + size, dtype=np.int32).reshape(shape)
        self._next += max(size, 1)
        return Array(signs, op, kind)

    def one_for_all(self, op: Op, shape: tuple[int, ...], kind: Kind = "float") -> Array:
        """The same sign for all that an operation makes, of which nothing more is to be known."""
        one = self.fresh(op, (), kind)
        return Array(np.broadcast_to(one.signs, shape), op, kind)

    @property
    def count(self) -> int:
        """Of all signs so far."""
        return self._next

    def rows(self, signs: Signs) -> list[tuple[Block, int] | None]:
        """Which row of a block each of these is, whole and in order; None if it is none."""
        width = signs.shape[-1]
        in_order = (signs == signs[:, :1] + np.arange(width)).all(-1).tolist()
        found: list[tuple[Block, int] | None] = []
        for start, plain in zip(signs[:, 0].tolist(), in_order, strict=True):
            block = self.block(start)
            number, more = divmod(start - block.start, width)
            whole = plain and not more and width == block.width
            found.append((block, number) if whole else None)
        return found

    def constant(self, op: Op, values: NDArray[Any]) -> Array:
        kinds: dict[str, Kind] = {"b": "bool", "i": "int", "u": "int"}
        return self.fresh(op, values.shape, kinds.get(values.dtype.kind, "float"), values=values)

    def block(self, sign: int) -> Block:
        return self.blocks[bisect_right(self._starts, sign) - 1]

    def owners(self, signs: Signs) -> list[Block]:
        """The blocks that signs are of."""
        if not signs.size:
            return []
        first = bisect_right(self._starts, np.minimum.reduce(signs, None)) - 1
        last = bisect_right(self._starts, np.maximum.reduce(signs, None)) - 1
        if first == last:
            return [self.blocks[first]]
        starts = np.frombuffer(self._starts, np.int32)[first : last + 1]
        places = np.unique(np.searchsorted(starts, signs.ravel(), "right")).tolist()
        return [self.blocks[first + at - 1] for at in places]

    def known(self, array: Array) -> bool:
        """Whether its first number is constant: of all of them `values` tells."""
        signs = array.signs
        return not signs.size or self.block(signs.item(0)).values is not None

    def values(self, array: Array) -> NDArray[Any] | None:
        """The numbers, where all are constant."""
        if not self.known(array):
            return None
        blocks = self.owners(array.signs)
        if any(block.values is None for block in blocks):
            return None
        if not blocks:
            return np.zeros(array.dims)
        found = np.zeros(array.dims, np.result_type(*(b.values.dtype for b in blocks)))  # type: ignore[union-attr]
        for block in blocks:
            values = block.values
            assert values is not None
            inside = (array.signs >= block.start) & (array.signs < block.start + values.size)
            found[inside] = values.ravel()[array.signs[inside] - block.start]
        return found
