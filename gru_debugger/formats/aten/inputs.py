"""What a network is given: a text, as indices or as rows, in the order of axes that it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, product
from typing import Any, Literal

import numpy as np

from gru_debugger.formats.aten.account import troubles
from gru_debugger.formats.aten.recurrences import Recurrences
from gru_debugger.formats.aten.values import Array, Flow, Impossible, Kind, Op, Unfollowed

_MOST = 200  # ways to give a text that are tried


@dataclass(frozen=True)
class Layout:
    """Of an input: its sizes, and which axis is that of steps, of texts; of rows the last is x."""

    dims: tuple[int, ...]
    steps: int | None
    texts: int | None = None
    kind: Kind = "int"

    @property
    def size(self) -> int:
        return 1 if self.steps is None else self.dims[self.steps]

    @property
    def count(self) -> int:
        return 1 if self.texts is None else self.dims[self.texts]

    def given(self, flow: Flow) -> Array:
        flow.steps, flow.texts = self.size, self.count
        op = Op("input", verdict="identity", moves=True)
        rows = self.dims if self.kind == "int" else self.dims[:-1]
        made = flow.fresh(op, self.dims, self.kind, role="indices" if self.kind == "int"
                          else "input", places=list(self._places(rows)))  # fmt: skip
        return made

    def _places(self, rows: tuple[int, ...]) -> Iterator[tuple[int, int]]:
        """Text and step of each row."""
        total = 1
        for n in rows:
            total *= n
        for at in range(total):
            where, rest = [0] * len(rows), at
            for axis in reversed(range(len(rows))):
                rest, where[axis] = divmod(rest, rows[axis])
            yield (0 if self.texts is None else where[self.texts],
                   0 if self.steps is None else where[self.steps])  # fmt: skip


def layouts(steps: int, widths: Iterable[int]) -> Iterator[Layout]:
    """Of a network that does not say: indices first, whole texts before one step."""
    for n in (steps, 1):
        yield Layout((n,), 0)
        yield Layout((1, n), 1, 0)
        if n > 1:
            yield Layout((n, 1), 0, 1)
    yield Layout((), None)
    for n, width in product((steps, 1), widths):
        yield Layout((1, n, width), 1, 0, "float")
        yield Layout((n, width), 0, None, "float")
        if n > 1:
            yield Layout((n, 1, width), 0, 1, "float")


def of_sample(dims: tuple[int, ...], kind: Kind) -> Iterator[Layout]:
    """Of an input whose sizes the file says."""
    rows = len(dims) - (kind != "int")
    if rows == 2:
        ways = [(1, 0), (0, 1)] if dims[1] >= dims[0] else [(0, 1), (1, 0)]
        yield from (Layout(dims, steps, texts, kind) for steps, texts in ways)
    elif rows in (0, 1):
        yield Layout(dims, 0 if rows else None, None, kind)


Role = Literal["text", "lengths", "state", "given"]


@dataclass(frozen=True)
class Argument:
    """One input: `given` what it is where it is neither text, lengths nor state."""

    name: str
    role: Role
    given: Any = None
    layouts: tuple[Layout, ...] = ()
    sizes: tuple[tuple[int, ...], ...] = ()  # of a state


Follow = Callable[[Flow, list[Any]], None]


def followed(
    follow: Follow, arguments: list[Argument], flow: Callable[[], Flow]
) -> tuple[Recurrences | None, str]:
    """The way through the network that says most of its GRUs; and why there is none.

    Where it takes a text in several orders of axes, it is the one of which most is told: nobody
    says which is meant.
    """
    best: Recurrences | None = None
    why = ""
    for values in islice(_ways(arguments), _MOST):
        layout = next((v for v in values if isinstance(v, Layout)), None)
        enough = best is not None and all(_score(best)[:2])
        if enough and layout is not None and (layout.size == 1 or layout.kind == "float"):
            break
        one = flow()
        one.given = list(zip(arguments, values, strict=True))
        try:
            follow(one, [_given(one, argument, value) for argument, value in one.given])
            known = Recurrences(one)
        except Impossible as fault:
            why = why or str(fault)
            continue
        except Unfollowed as fault:
            why = str(fault)
            continue
        if best is None or _says_more(known, best):
            best = known
    return (None, why) if best is None else (best, "")


def _says_more(known: Recurrences, best: Recurrences) -> bool:
    scores = _score(known), _score(best)
    return scores[0] > scores[1] or (scores[0] == scores[1] and troubles(known) > troubles(best))


def _score(known: Recurrences) -> tuple[bool, ...]:
    """Of a network that finds its GRUs and reads whole texts."""
    found = list(known.by_key.values())
    alone = known.flow.steps == 1 and all(known.begins(r)[0] != "given" for r in found)
    whole = not alone and not any(one.apart for one in found)
    return bool(found), whole, known.flow.steps > 1


def _ways(arguments: list[Argument]) -> Iterator[list[Any]]:
    """A layout for the text, and a size for each state, the same in all."""
    texts = [a for a in arguments if a.role == "text"]
    sizes = next((a.sizes for a in arguments if a.role == "state"), ((),))
    for layout in texts[0].layouts if texts else ():
        for size in sizes or ((),):
            yield [layout if a.role == "text" else size if a.role == "state" else a.given
                   for a in arguments]  # fmt: skip


def _given(flow: Flow, argument: Argument, value: Any) -> Any:
    op = Op("input", argument.name, verdict="identity", moves=True)
    if argument.role == "text":
        return value.given(flow)
    if argument.role == "state":
        return flow.fresh(op, value, role="state")
    if argument.role == "lengths":
        return flow.constant(op, np.array([flow.steps]))
    return value
