"""The GRUs of a network that was followed: what each reads, step for step, and what it begins with.

A loop of cells is one GRU, as is a module that is called once for all steps.
"""

from __future__ import annotations

import math
from collections.abc import Container, Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gru_debugger.formats.aten import both_ways
from gru_debugger.formats.aten.calls import Choice
from gru_debugger.formats.aten.layers import Linear, Lookup, Recurrent
from gru_debugger.formats.aten.values import Array, Block, Flow, Op, Param, Signs

Source = Literal["input", "table", "one-hot", "states"]
_MOVED = ("shape", "identity", "cast", "dropout", "turned back", "packing")


@dataclass(frozen=True)
class Row:
    """What one row of numbers is, whole and in order: of a text's step."""

    source: Source
    of: Any  # the table, the GRU, or None
    text: int
    step: int


@dataclass(eq=False)
class Recurrence:
    """`calls` with the same weights, of `length` steps together; of a loop of cells one a step.

    `fault`: why its states are not those of a GRU that reads row after row; `reads` what each row
    of x is, None where that is no row that is known; `ways`: its two directions, where each is a
    loop of cells.
    """

    weights: tuple[Param, ...]
    calls: list[Op] = field(default_factory=list)
    length: int = 0
    reads: Row | None = None
    fault: str = ""
    linked: bool = True  # each call goes on from the one before
    apart: bool = False  # what is a step to the network is a text of its own to it
    ways: tuple[Recurrence, ...] = ()

    @property
    def first(self) -> Recurrent:
        layer = self.calls[0].layer
        assert isinstance(layer, Recurrent)
        return layer

    @property
    def layers(self) -> list[Recurrent]:
        return [op.layer for op in self.calls]

    @property
    def ops(self) -> list[Op]:
        return [*self.calls, *(op for way in self.ways for op in way.calls)]

    @property
    def key(self) -> tuple[Hashable, ...]:
        return tuple(w.key for w in self.weights)


class Recurrences:
    """All of a network; `by_key` their weights' keys."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.by_key: dict[tuple[Hashable, ...], Recurrence] = {}
        self._steps: dict[int, tuple[Recurrence, int]] = {}  # of a cell's block
        self._read_by: dict[Linear, list[Row | None]] = {}
        self._renaming: Signs | None = None
        for op in flow.ops:
            if isinstance(op.layer, Recurrent):
                self._add(op, op.layer)
        self._join()
        for one in self.by_key.values():
            self._read(one)

    def _add(self, op: Op, layer: Recurrent) -> Recurrence:
        key = tuple(w.key for w in layer.weights)
        found = self.by_key.setdefault(key, Recurrence(layer.weights))
        self._steps[layer.states.start] = found, found.length
        found.calls.append(op)
        found.length += 1 if layer.cell else layer.states.shape[0]
        return found

    def _join(self) -> None:
        """Loops of cells that are the two directions of one GRU become one."""
        loops = {tuple(w.name for w in one.weights): one for one in self.by_key.values()
                 if one.first.cell}  # fmt: skip
        for names, forward in loops.items():
            reverse = loops.get(tuple(f"{name}_reverse" for name in names))
            if reverse is None or not (self._linked(forward) and self._linked(reverse)):
                continue
            op = both_ways.joined(self.flow, forward.calls, reverse.calls)
            if op is None:
                continue
            if self._renaming is None:
                self._renaming = np.arange(self.flow.count, dtype=np.int32)
            both_ways.rename(self._renaming, op.layer, forward.layers, reverse.layers)
            del self.by_key[forward.key], self.by_key[reverse.key]
            self._add(op, op.layer).ways = forward, reverse

    # What comes of what --------------------------------------------------------------------

    @cached_property
    def children(self) -> dict[Op, list[Op]]:
        found: dict[Op, list[Op]] = {}
        for op in self.flow.ops:
            for parent in op.parents:
                found.setdefault(parent, []).append(op)
        return found

    @cached_property
    def computed_from(self) -> set[Op]:
        """Those of whose results other numbers are computed, or an order that is not theirs."""
        found: set[Op] = set()
        for op in reversed(self.flow.ops):  # whatever reads a result stands behind it
            moved = (op.moves and op.verdict in _MOVED) or isinstance(op.layer, Choice)
            if not moved or op in found or op in self.disordered:
                found.update(op.parents)
        return found

    @cached_property
    def disordered(self) -> set[Op]:
        """What made scores of which the network gives a row that is not whole, or not in order."""
        found: set[Op] = set()
        for rows in self._given_rows():
            steps: dict[Op, list[Row]] = {}
            for signs, row in zip(rows, self.flow.rows(rows), strict=True):
                if row is None:
                    found |= {b.op for b in self.flow.owners(signs) if b.role == "scores"}
                elif (state := self._scored(row)) is not None:
                    steps.setdefault(row[0].op, []).append(state)
            found |= {op for op, states in steps.items() if not in_order(states)}
        return found

    def _given_rows(self) -> Iterator[Signs]:
        """What the network gives, and what it chooses from, in rows (any, symbols)."""
        for value in self.flow.outputs:
            if isinstance(value, Array):
                yield value.signs.reshape(-1, max(value.dims[-1] if value.dims else 1, 1))
        for op in self.flow.ops:
            if isinstance(op.layer, Choice):
                yield op.layer.rows

    def _scored(self, row: tuple[Block, int] | None) -> Row | None:
        """The state that a row of scores, or of what is made of these, comes of."""
        while row is not None and isinstance(row[0].op.layer, Choice):
            row = self.flow.rows(row[0].op.layer.rows[row[1]][None])[0]
        if row is None or not isinstance(row[0].op.layer, Linear):
            return None
        return self.rows_of(row[0].op.layer)[row[1]]

    # Rows ----------------------------------------------------------------------------------

    def rows_of(self, layer: Linear) -> list[Row | None]:
        """What each row is that a Linear layer reads."""
        if layer not in self._read_by:
            self._read_by[layer] = self.rows(layer.rows)
        return self._read_by[layer]

    def rows(self, signs: Signs) -> list[Row | None]:
        """What each row of numbers is; None where it is not one row of one thing, in order."""
        found = self.flow.rows(self.renamed(signs))
        return [None if row is None else self._whole(*row) for row in found]

    def renamed(self, signs: Signs) -> Signs:
        """With the states of loops that are one GRU as that GRU's."""
        return signs if self._renaming is None else self._renaming[signs]

    def _whole(self, block: Block, at: int) -> Row | None:
        if block.role == "states":
            return self._state(block, at)
        if block.role == "last":
            layer = block.op.layer
            if not isinstance(layer, Recurrent) or layer.directions > 1:
                return None
            number, text = divmod(at, block.shape[1])
            found = self._steps.get(layer.states.start)
            last = number == layer.layers - 1 and found is not None
            return Row("states", found[0], text, found[1] + layer.states.shape[0] - 1) if last \
                and found else None  # fmt: skip
        if block.role == "input" and block.places is not None:
            return Row("input", None, *block.places[at])
        lookup = block.op.layer
        if not isinstance(lookup, Lookup):
            return None
        sign = int(lookup.indices[at])
        source = self.flow.block(sign)
        if source.role != "indices" or source.places is None:
            return None
        place = source.places[sign - source.start]
        return Row("one-hot" if lookup.table is None else "table", lookup.table, *place)

    def _state(self, block: Block, at: int) -> Row | None:
        found = self._steps.get(block.start)
        layer = block.op.layer
        if found is None or not isinstance(layer, Recurrent):
            return None
        one, number = found
        if layer.cell:
            return Row("states", one, at, number)
        step, text = divmod(at, block.shape[1])
        return Row("states", one, text, number + step)

    # What a GRU reads ----------------------------------------------------------------------

    def _read(self, one: Recurrence) -> None:
        linked = self._linked(one)
        if not linked and not one.first.cell:
            one.fault = "the network calls it more than once"
            return
        one.linked = linked
        if not linked:
            one.fault = "something is done to its state from step to step"
        rows = self._rows(one)
        if rows is None:
            return
        one.apart = all(row is not None and (row.text, row.step) == (step, text)
                        for step, line in enumerate(rows) for text, row in enumerate(line)
                        ) and len(rows) != len(rows[0])  # fmt: skip
        first = rows[0][0]
        steps, texts = len(rows), len(rows[0])
        if first is None or any(
            row is None or (row.source, row.of, row.text, row.step) != (
                first.source, first.of, text, step)
            for step, line in enumerate(rows) for text, row in enumerate(line)
        ):  # fmt: skip
            return
        whole = self._length(first)
        if steps != whole[0] or texts != whole[1]:
            return
        one.reads = first

    def _length(self, row: Row) -> tuple[int, int]:
        if row.source == "states":
            layers = row.of.layers
            return row.of.length, layers[0].states.shape[0 if layers[0].cell else 1]
        return self.flow.steps, self.flow.texts

    def _rows(self, one: Recurrence) -> list[list[Row | None]] | None:
        rows: list[list[Row | None]] = []
        for layer in one.layers:
            if layer.x is None:
                return None
            rows += map(self.rows, layer.x)
        return rows or None

    def _linked(self, one: Recurrence) -> bool:
        return all(self._follows(a, b) for a, b in pairwise(one.layers))

    def _follows(self, before: Recurrent, layer: Recurrent) -> bool:
        if before.directions > 1:  # which begins anew at the end of each
            return False
        last = before.last or before.states
        signs = np.arange(last.start, last.start + math.prod(last.shape))
        return isinstance(layer.hx, Array) and np.array_equal(layer.hx.signs.ravel(), signs)

    # What it begins with -------------------------------------------------------------------

    def begins(self, one: Recurrence) -> tuple[str, NDArray[Any] | None]:
        """“given” when it runs, “known” with h(0) of each layer and direction, or “computed”."""
        hx = one.first.hx
        if not isinstance(hx, Array):
            return "computed", None
        values = self.flow.values(hx)
        if values is not None:
            state = values if values.ndim == 3 else values[None]
            return ("known", state[:, 0]) if (state == state[:, :1]).all() else ("computed", None)
        given = all(block.role == "state" for block in self.flow.owners(hx.signs))
        return ("given", None) if given else ("computed", None)


def climbed(tops: Iterable[Op], stop: Container[Op] = ()) -> dict[Op, None]:
    """These and all that they come of, the nearest first; what stands beyond `stop` is left out."""
    found: dict[Op, None] = {}
    wave = list(tops)
    while wave:
        fresh = [op for op in dict.fromkeys(wave) if op not in found]
        found |= dict.fromkeys(fresh)
        wave = [parent for op in fresh if op not in stop for parent in op.parents]
    return found


def in_order(rows: list[Row]) -> bool:
    """Whether the steps of each text come one after another."""
    texts: dict[int, list[int]] = {}
    for row in rows:
        texts.setdefault(row.text, []).append(row.step)
    return all(a < b for steps in texts.values() for a, b in pairwise(steps))
