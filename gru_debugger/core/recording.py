"""How a text becomes states: stretch by stretch, once, whatever is asked of them later.

Steps count from 1; step t reads character t and turns h(t-1) into h(t). In the reverse
direction row t is still character t: its h_prev is the h of row t + 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from threading import Lock
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core import edits as edits_of
from gru_debugger.core import engine, storage
from gru_debugger.core.axes import Axes
from gru_debugger.core.cell import (
    Array,
    as_computed,
    gru_states,
    input_part,
)
from gru_debugger.core.edits import Edit, Place
from gru_debugger.core.initial_state import initial_state
from gru_debugger.core.model import Direction, Model
from gru_debugger.core.pieces import Pieces
from gru_debugger.core.reading import Rows, read, read_on
from gru_debugger.core.run import Run
from gru_debugger.core.stretches import Interval, planned
from gru_debugger.errors import InputError
from gru_debugger.numerals import fixed, grouped

_LARGEST_SUM = float(np.finfo(np.float32).max) / 8  # leaves room for a bias and the hidden part
MEMORY_LIMIT = 4 << 30  # bytes of recorded states; more is refused before anything is allocated


class Recording:
    """The states of `model` over a text, or over rows (steps, input).

    `recorded` steps are there already, of `steps` in all: `advance` adds a stretch of a few
    milliseconds, `finish` the rest, in whatever thread; what is recorded can be read in another
    meanwhile. `refusal` says why there can't be more, where there can't. `run` is all that it is
    made from; its edits set quantities in the place of computed ones.
    """

    def __init__(
        self, model: Model, source: str | Rows | NDArray[Any], h0: Any = None, unknown: bool = False
    ) -> None:
        self.model = model
        if isinstance(source, str):  # before so many indices are made
            self._check_memory(len(source), "characters", "use a shorter text")
        self.reading = read(model, source, unknown)
        self.steps = len(self.reading.characters)
        self._check_memory(self.steps, f"{self.reading.noun}s", "give fewer")
        self._check_sums()
        self.initial = initial_state(model, h0)
        self.h0 = self.initial.states
        chosen = self.initial if self.initial.chosen_for(model) else None
        self.run = Run(model, self.reading.source, chosen, unknown)
        self.edits: tuple[Edit, ...] = ()
        # (steps + 1, hidden) each: forward holds h(0) in front, reverse its initial state behind.
        whole = storage.zeros([self.steps + 1] * len(model.places), model.hidden_size)
        for (_, way), states, h in zip(model.places, whole, self.h0, strict=True):
            states[0 if way == "forward" else -1] = h
        self._states = {p: Pieces([rows]) for p, rows in zip(model.places, whole, strict=True)}
        self._read_so_far = dict.fromkeys(model.places, 0)
        # Those of the run that was not edited, whatever branches from it.
        self._axes = Axes(model, self.h0, self.steps)
        self._symbol_parts = {} if self.reading.rows else self._input_part_of_each_symbol()
        self._begin(dict.fromkeys(model.places, (0, self.steps)))

    def _begin(self, todo: dict[Place, Interval]) -> None:
        """Record these rows of each place from now on; all others are there."""
        self._lock = Lock()  # of whoever records the next stretch
        self.refusal = ""
        self._rows_left = self._rows_wanted = sum(b - a for a, b in todo.values())
        forward = self.model.ways == ("forward",)
        there = min(a for a, _ in todo.values()) if forward else 0
        self.recorded = there if self._rows_left else self.steps
        # Nothing that holds this recording, which is to be gone as soon as nobody needs it.
        self._ahead = planned(todo, engine.stretch(self.model, bool(self.edits)), self.steps)

    @property
    def may_grow(self) -> bool:
        """Whether states may grow from step to step, and so beyond all numbers."""
        return not self._states_stay or edits_of.may_grow(self.edits)

    @property
    def _states_stay(self) -> bool:
        return all(self.model.cell(*place).activations.states_stay for place in self._states)

    @property
    def bytes_kept(self) -> int:
        """What the states take."""
        model = self.model
        return 4 * (self.steps + 1) * model.hidden_size * len(model.places)

    def _check_memory(self, steps: int, what: str, mend: str) -> None:
        model = self.model
        needed = (steps + 1) * model.hidden_size * 4 * len(model.layers) * model.directions
        if needed > MEMORY_LIMIT:
            raise InputError(
                f"recording {grouped(steps)} {what} needs {fixed(needed / 2**30, 1)} GiB, more "
                f"than {MEMORY_LIMIT >> 30} GiB: {mend}."
            )

    def read_so_far(self, place: Place) -> int:
        """How many steps a layer has recorded in a direction, in the order in which that reads."""
        return self._read_so_far[place]

    def _check_sums(self) -> None:
        """Raises InputError for a number so large that its products add up to infinity."""
        rows = self.reading.rows
        if rows is None:
            return
        cells = (self.model.cell(0, way) for way in self.model.ways)
        reach = max(float(np.abs(cell.weight_ih).sum(axis=1, dtype=float).max()) for cell in cells)
        if rows.largest * reach > _LARGEST_SUM:
            step, column = np.unravel_index(np.abs(rows.values).argmax(), rows.values.shape)
            raise InputError(
                f"{rows.name}: row {grouped(int(step) + 1)}, column {grouped(int(column) + 1)} is "
                "too large for this model, whose sums would be infinite; scale the rows."
            )

    # Recording -----------------------------------------------------------------------------

    @property
    def complete(self) -> bool:
        return self.recorded == self.steps

    @property
    def share(self) -> float:
        """How much is recorded of what had to be, 0..1: of all layers and directions."""
        return 1.0 if self.complete else 1 - self._rows_left / self._rows_wanted

    def advance(self) -> bool:
        """Record one more stretch; False once everything is recorded.

        Raises InputError where states grow beyond all numbers: what is recorded then stays, and
        there is never more.
        """
        with self._lock:
            if self.refusal:
                raise InputError(self.refusal)
            stretch = next(self._ahead, None)
            if stretch is not None:
                with np.errstate(over="ignore", invalid="ignore"):  # it is told in words
                    for place, rows in stretch.rows:
                        self._run(place, *rows)
                self.recorded = stretch.recorded
        return not self.complete

    def finish(self) -> Self:
        """Record all of it. Raises as `advance`."""
        while self.advance():
            pass
        return self

    def _run(self, place: Place, a: int, b: int) -> None:
        """Fill the states of rows a..b-1 (from 0), the stretch before them being there."""
        if a >= b:
            return
        forward = place[1] == "forward"
        parts = self.input_parts(*place, a, b)
        alike = list(edits_of.spans(self.edits, place, a, b))
        for first, end in alike if forward else alike[::-1]:
            self._fill(place, first, end, parts[first - a : end - a])
        self._read_so_far[place] = b if forward else self.steps - a
        self._rows_left -= b - a

    def _fill(self, place: Place, a: int, b: int, parts: Array) -> None:
        """The states of rows that are all edited alike, or not at all."""
        cell, states, reset = self.model.cell(*place), self._states[place], self.model.reset
        edited, forward = edits_of.overwrite(self.edits, place, a, b), place[1] == "forward"
        parts, before = (parts, states.row(a)) if forward else (parts[::-1], states.row(b))
        if edited is as_computed:
            found = engine.states(cell, parts, before, reset)
        else:
            found = gru_states(cell, parts, before, reset, edited)
        if not np.isfinite(found[-1]).all():  # nothing that is beyond ever comes back
            self.refusal = self._beyond_numbers(place, a, b, found)
            raise InputError(self.refusal)
        if forward:
            states.rows(a + 1, b + 1)[:] = found
        else:
            states.rows(a, b)[:] = found[::-1]

    def _beyond_numbers(self, place: Place, a: int, b: int, found: Array) -> str:
        """`found`: the states of rows a..b-1 in the order of reading, some no numbers."""
        read = int(np.flatnonzero(~np.isfinite(found).all(axis=1))[0])
        step = a + 1 + read if place[1] == "forward" else b - read
        if edits_of.may_grow(self.edits) or (self.edits and self._states_stay):
            why = "the edits"
        elif not self._states_stay:
            why = "this model's activations"
        else:
            why = "numbers as large as the model's weights and h(0)"
        return (
            f"the states of layer {place[0]} grow beyond all numbers at step {grouped(step)}: "
            f"nothing bounds them with {why}; use a shorter text."
        )

    # What an edit changes ------------------------------------------------------------------

    def branch(self, added: Sequence[Edit]) -> Self:
        """The same run with more edits: what they can't reach is shared, the rest recorded.

        Nothing of it is recorded yet: `advance` and `finish` do that, as for any other.
        """
        with self._lock:
            other = copy(self)
            other._read_so_far = dict(self._read_so_far)
            todo = self._reach(added)
            if not self.complete:
                forward = self.model.ways == ("forward",)
                there = self.recorded if forward else 0
                todo = {place: (min(a, there), self.steps) for place, (a, _) in todo.items()}
        other.edits = (*self.edits, *added)
        own = storage.zeros([b - a for a, b in todo.values()], self.model.hidden_size)
        other._states = {
            place: self._states[place].with_own(a + first, b + first, rows)
            for (place, (a, b)), rows in zip(todo.items(), own, strict=True)
            for first in [int(place[1] == "forward")]
        }
        other.run = self.run.edited(*map(str, added))
        other._begin(todo)
        return other

    # What is read on -----------------------------------------------------------------------

    def continued(self, t: int, symbols: Sequence[str]) -> Self:
        """The same text up to step t, and these symbols behind it: what is there already is shared.

        Of a model that reads forward alone. Edits go on as they are said, but for those of later
        steps. Nothing of it is recorded yet beyond what is shared. Raises EditError for an edit
        that names a step which is gone, InputError where symbols would be read as another one.
        """
        model = self.model
        self._check_memory(t + len(symbols), "characters", "write on less")
        other = copy(self)
        other.reading, other.steps = read_on(model, self.reading, t, symbols), t + len(symbols)
        mine = [edit for edit in self.edits if edit.first <= t]
        other.edits = tuple(edits_of.parse(str(edit), model, other.steps) for edit in mine)
        there = min(t, self.recorded)
        own = storage.zeros([other.steps - there] * len(model.places), model.hidden_size)
        other._states = {
            place: self._states[place].first(there + 1).with_more(rows)
            for place, rows in zip(model.places, own, strict=True)
        }
        other._read_so_far = dict.fromkeys(model.places, there)
        other._axes = Axes(model, self.h0, other.steps)
        other.run = replace(self.run, source=other.reading.text, edits=tuple(map(str, other.edits)))
        other._begin(dict.fromkeys(model.places, (there, other.steps)))
        return other

    def _reach(self, edits: Sequence[Edit]) -> dict[Place, Interval]:
        """The rows whose states edits may change: those read after them, and in layers above."""
        reach: dict[Place, Interval] = {}
        below: list[Interval] = []
        for layer in range(len(self.model.layers)):
            here = []
            for way in self.model.ways:
                own = [(e.first - 1, e.last) for e in edits if e.place == (layer, way)]
                reach[layer, way] = self._read_from([*own, *below], way)
                here.append(reach[layer, way])
            below = [(a, b) for a, b in here if a < b]
        return reach

    def _read_from(self, changed: list[Interval], way: Direction) -> Interval:
        if not changed:
            return self.steps, self.steps
        if way == "forward":
            return min(a for a, _ in changed), self.steps
        return 0, max(b for _, b in changed)

    # The states: the direction, where none is named, is the model's first --------------------

    def state(self, t: int, layer: int = 0, direction: Direction | None = None) -> Array:
        """h after position t (hidden,): t in 0..steps forward, in 1..steps + 1 in reverse."""
        direction = direction or self.model.ways[0]
        return self._states[layer, direction].row(t if direction == "forward" else t - 1)

    def states(
        self, layer: int = 0, direction: Direction | None = None, a: int = 0, b: int | None = None
    ) -> Array:
        """h of rows a..b-1 (from 0), or of all steps: (rows, hidden).

        The memory itself, but for a copy where a run with edits shares some of these rows and has
        others of its own; rows beyond `recorded` are not filled yet.
        """
        direction = direction or self.model.ways[0]
        first, b = int(direction == "forward"), self.steps if b is None else b
        return self._states[layer, direction].rows(a + first, b + first)

    def all_states(
        self, layer: int = 0, direction: Direction | None = None, a: int = 0, b: int | None = None
    ) -> Array:
        """The same with the initial state (steps + 1, hidden): forward in front, reverse behind."""
        b = self.steps + 1 if b is None else b
        return self._states[layer, direction or self.model.ways[0]].rows(a, b)

    def final_states(self) -> Array:
        """What each layer and direction ended with (layers · directions, hidden), an h0's shape."""
        self.finish()
        ends = {"forward": self.steps, "reverse": 1}
        return np.stack([self.state(ends[way], layer, way) for layer, way in self._states])

    # The vectors that meet the weights -----------------------------------------------------

    def previous_states(self, layer: int, direction: Direction, a: int, b: int) -> Array:
        """h_prev of rows a..b-1 (from 0)."""
        behind = int(direction == "reverse")
        return self._states[layer, direction].rows(a + behind, b + behind)

    def inputs(self, layer: int, a: int, b: int) -> Array:
        """x of a layer for rows a..b-1; of the layer beyond the last: what the output reads."""
        if layer:
            below = [self.states(layer - 1, d, a, b) for d in self.model.ways]
            return below[0] if len(below) == 1 else np.concatenate(below, axis=1)
        if self.reading.rows is not None:
            return self.reading.rows.values[a:b]
        assert self.reading.indices is not None
        index = self.reading.indices[a:b]
        if self.model.embedding is not None:
            return self.model.embedding[index]
        one_hot = np.zeros((b - a, self.model.input_size), np.float32)
        one_hot[np.arange(b - a), index] = 1
        return one_hot

    def input_parts(
        self,
        layer: int,
        direction: Direction,
        a: int,
        b: int,
        units: slice = slice(None),
        blocks: slice = slice(None),
    ) -> Array:
        """W_i x + b_i of some units in some of r, z, n, for rows a..b-1: (rows, blocks·units)."""
        cell = self.model.cell(layer, direction)
        if layer == 0 and self.reading.indices is not None:
            every = self._symbol_parts[direction].reshape(-1, 3, cell.hidden_size)
            table = every[:, blocks, units].reshape(len(every), -1)
            return table[self.reading.indices[a:b]]
        return input_part(cell.of_units(units, blocks), self.inputs(layer, a, b))

    def _input_part_of_each_symbol(self) -> dict[Direction, Array]:
        model = self.model
        parts = {}
        for direction in model.ways:
            cell = model.cell(0, direction)
            if model.embedding is None:
                parts[direction] = cell.weight_ih.T + cell.bias_ih
            else:
                parts[direction] = input_part(cell, model.embedding)
        return parts
