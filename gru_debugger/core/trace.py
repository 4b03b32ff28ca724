"""A text run through a model: states are recorded once, all else is derived when looked at.

Steps count from 1; step t reads character t and turns h(t-1) into h(t). In the reverse
direction row t is still character t: its h_prev is the h of row t + 1.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core.cell import Array, Cell, gru_states, gru_step, input_part
from gru_debugger.core.initial import initial_state
from gru_debugger.core.model import Direction, Input, Model, printable
from gru_debugger.core.quantities import CELL_QUANTITIES, QUANTITIES, Range, suffix
from gru_debugger.core.reading import Rows, read
from gru_debugger.errors import InputError
from gru_debugger.numerals import fixed, grouped

MEMORY_LIMIT = 4 << 30  # bytes of recorded states; more is refused before anything is allocated


class Step:
    """One step of one layer and direction: quantities as attributes, ``step.z`` (hidden,).

    `logits` and `probabilities` (symbols,) are the model's own, whatever the layer; they are
    absent when the model has no output layer.
    """

    def __init__(self, number: int, character: str, values: dict[str, Array]) -> None:
        self.number = number
        self.character = character
        self.values = values

    def __getattr__(self, name: str) -> Array:
        try:
            found: Array = self.__dict__["values"][name]  # by way of __dict__: copy() asks early
        except KeyError:
            raise AttributeError(f"this step has no quantity {name!r}") from None
        return found

    def get(self, name: str) -> Array | None:
        return self.values.get(name)


class Trace:
    """The recording of a text, or of rows (steps, input), under `model`.

    `recorded` steps are there already, of `steps` in all: `advance` adds a stretch of a few
    milliseconds, `finish` the rest. `h0`: an array (layers · directions, hidden) or an
    `InitialState`; None is the model's own, or zeros. `unknown`: characters that the vocabulary
    lacks are read as its unknown symbol. Raises TextError for an unknown character, InputError for
    an empty text, rows of another width or an h0 of the wrong shape.
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
        self.initial = initial_state(model, h0)
        self.h0 = self.initial.states
        # (steps + 1, hidden) each: forward holds h(0) in front, reverse its initial state behind.
        self._states = {
            place: np.zeros((self.steps + 1, model.hidden_size), np.float32)
            for place in model.places
        }
        self._largest: dict[tuple[int, Direction], dict[Range, float]] = {
            place: dict.fromkeys(_measured(model.cell(*place)), 0.0) for place in self._states
        }
        self._symbol_parts = {} if self.reading.rows else self._input_part_of_each_symbol()
        self.recorded = 0
        self._recording = self._record()
        if not all(model.cell(*place).activations.states_stay for place in self._states):
            self._record_unbounded()

    @property
    def text(self) -> str:
        """The text as it was given; empty where rows are read."""
        return self.reading.text

    @property
    def characters(self) -> Sequence[str]:
        """What each step is called: its symbol, or its row's label."""
        return self.reading.characters

    def stand_in(self, t: int) -> str | None:
        """The symbol that step t is read as where the vocabulary lacks its own; else None."""
        index, vocabulary = self.reading.one_index(t), self.model.vocabulary
        if not self.reading.unknown or index is None or vocabulary is None:
            return None
        return None if vocabulary[index] == self.characters[t - 1] else vocabulary[index]

    def character_in_words(self, t: int) -> str:
        """What step t is called: “e”, newline, “é”, read as <unk>."""
        stand_in = self.stand_in(t)
        return printable(self.characters[t - 1]) + (f", read as {stand_in}" if stand_in else "")

    @property
    def input(self) -> Input:
        """What x of layer 0 is: this recording may read rows whatever the model's own input is."""
        return "features" if self.reading.rows is not None else self.model.input

    @property
    def one_hot(self) -> bool:
        return self.input == "one-hot"

    def final_states(self) -> Array:
        """What each layer and direction ended with (layers · directions, hidden), an h0's shape."""
        self.finish()
        ends = [self.states(*place)[0 if place[1] == "reverse" else -1] for place in self._states]
        return np.stack(ends)

    @property
    def predicts_next(self) -> bool:
        """Whether the output tells of the next character: what reads a text from its end has
        read that already, and what else it was trained for no file says."""
        return self.reading.rows is None and not self.model.backwards

    def _check_memory(self, steps: int, what: str, mend: str) -> None:
        model = self.model
        needed = (steps + 1) * model.hidden_size * 4 * len(model.layers) * model.directions
        if needed > MEMORY_LIMIT:
            raise InputError(
                f"recording {grouped(steps)} {what} needs {fixed(needed / 2**30, 1)} GiB, more "
                f"than {MEMORY_LIMIT >> 30} GiB: {mend}."
            )

    # Recording -----------------------------------------------------------------------------

    @property
    def complete(self) -> bool:
        return self.recorded == self.steps

    def advance(self) -> bool:
        """Record one more stretch; False once everything is recorded."""
        next(self._recording, None)
        return not self.complete

    def finish(self) -> Trace:
        while self.advance():
            pass
        return self

    def _record_unbounded(self) -> None:
        """All at once, so that what grows beyond all numbers is refused before it is shown."""
        with np.errstate(over="ignore", invalid="ignore"):
            self.finish()
        for (layer, direction), states in self._states.items():
            if not np.isfinite(states).all():
                bad = ~np.isfinite(self.states(layer, direction)).all(axis=1)
                step = int(np.flatnonzero(bad)[0 if direction == "forward" else -1]) + 1
                raise InputError(
                    f"the states of layer {layer} grow beyond all numbers at step {step}: nothing "
                    "bounds them with this model's activations; use a shorter text."
                )

    def _record(self) -> Iterator[None]:
        model = self.model
        stretch = min(256, max(2, 4_000_000 // model.hidden_size**2))
        spans = [(a, min(a + stretch, self.steps)) for a in range(0, self.steps, stretch)]
        if model.ways == ("forward",):
            for a, b in spans:
                for layer in range(len(model.layers)):
                    self._run(layer, "forward", a, b)
                self.recorded = b
                yield
            return
        # A higher layer reads all directions of the one below, so layers come one after another,
        # and the first step of the reverse direction is its last.
        for layer, direction in model.places:
            for a, b in spans if direction == "forward" else spans[::-1]:
                self._run(layer, direction, a, b)
                yield
        self.recorded = self.steps

    def _run(self, layer: int, direction: Direction, a: int, b: int) -> None:
        """Fill the states of rows a..b-1 (from 0), the stretch before them being there."""
        cell = self.model.cell(layer, direction)
        states = self._states[layer, direction]
        initial = self.h0[self.model.places.index((layer, direction))]
        parts = self._input_parts(layer, direction, a, b)
        if direction == "forward":
            if a == 0:
                states[0] = initial
            states[a + 1 : b + 1] = gru_states(cell, parts, states[a], self.model.reset)
        else:
            if b == self.steps:
                states[b] = initial
            states[a:b] = gru_states(cell, parts[::-1], states[b], self.model.reset)[::-1]
        values = gru_step(cell, parts, self._previous(layer, direction, a, b), self.model.reset)
        largest = self._largest[layer, direction]
        for name, rows in values.items():
            if (kind := QUANTITIES[name].range) in largest:
                largest[kind] = max(largest[kind], float(np.abs(rows).max()))

    # Reading: the direction, where none is named, is the model's first ------------------------

    def state(self, t: int, layer: int = 0, direction: Direction | None = None) -> Array:
        """h after position t (hidden,): t in 0..steps forward, in 1..steps + 1 in reverse."""
        direction = direction or self.model.ways[0]
        row: Array = self._states[layer, direction][t if direction == "forward" else t - 1]
        return row

    def states(self, layer: int = 0, direction: Direction | None = None) -> Array:
        """h of all steps (steps, hidden), a view; rows beyond `recorded` are not filled yet."""
        direction = direction or self.model.ways[0]
        rows = self._states[layer, direction]
        return rows[1:] if direction == "forward" else rows[:-1]

    def all_states(self, layer: int = 0, direction: Direction | None = None) -> Array:
        """The same with the initial state (steps + 1, hidden): forward in front, reverse behind."""
        return self._states[layer, direction or self.model.ways[0]]

    def step(self, t: int, layer: int = 0, direction: Direction | None = None) -> Step:
        """All quantities of step t, 1..steps. Raises InputError outside, or if not yet recorded."""
        if not 1 <= t <= self.steps:
            raise InputError(f"step {t} is outside the text: it has steps 1 to {self.steps}.")
        if t > self.recorded:
            raise InputError(f"step {t} is not recorded yet: {self.recorded} steps are.")
        self.model.cell(layer, direction)
        values = {name: rows[0] for name, rows in self.rows(t, t, layer, direction).items()}
        values.update((name, rows[0]) for name, rows in self.outputs(t, t).items())
        return Step(t, self.characters[t - 1], values)

    def rows(
        self, first: int, last: int, layer: int = 0, direction: Direction | None = None
    ) -> dict[str, Array]:
        """Every quantity of the cell for steps first..last, each (last - first + 1, size)."""
        direction = direction or self.model.ways[0]
        a, b = first - 1, last
        h_prev = self._previous(layer, direction, a, b)
        parts = self._input_parts(layer, direction, a, b)
        values = gru_step(self.model.cell(layer, direction), parts, h_prev, self.model.reset)
        # As recorded, so that h is to the last bit the h_prev of the step that reads it.
        values["h"] = self.states(layer, direction)[a:b]
        return {"x": self._inputs(layer, a, b), **values}

    def outputs(self, first: int, last: int) -> dict[str, Array]:
        """`logits` and `probabilities` for steps first..last; empty without an output layer."""
        if self.model.output is None:
            return {}
        top = self._inputs(len(self.model.layers), first - 1, last)
        logits = top @ self.model.output.weight.T + self.model.output.bias
        e = np.exp(logits - logits.max(axis=-1, keepdims=True))
        return {"logits": logits, "probabilities": e / e.sum(axis=-1, keepdims=True)}

    def column(self, name: str) -> Array:
        """One quantity over all steps: ``z`` is layer 0's first direction, ``z_l1`` another."""
        self.finish()
        if name in ("logits", "probabilities"):
            outputs = self.outputs(1, self.steps)
            if not outputs:
                raise InputError(f"the model has no output layer, so no “{name}”.")
            return outputs[name]
        for place in self.model.places:
            layer, direction = place
            end = suffix(layer, direction == "reverse")
            bare = name.removesuffix(end)
            if bare in CELL_QUANTITIES and (bare != name or place == self.model.places[0]):
                return self.rows(1, self.steps, layer, direction)[bare]
        known = f"“z”, say, or “h{suffix(0, self.model.backwards)}”"
        raise InputError(f"no quantity is called “{name}” in this model; {known}.")

    def axes(
        self, layer: int = 0, direction: Direction | None = None
    ) -> dict[Range, tuple[float, float]]:
        """Lowest and highest value of the axes of gates, states and sums.

        Gates 0..1, states −1..1 or what h(0) needs; sums, and gates or states whose activation
        leaves these, the largest value recorded, rounded up to 1, 2 or 5 times a power of ten.
        """
        direction = direction or self.model.ways[0]
        largest = {kind: round_up(v) for kind, v in self._largest[layer, direction].items()}
        gate = max(1.0, largest.get("gate", 1.0))
        state = max(1.0, float(np.abs(self.h0).max()), largest.get("state", 1.0))
        lowest = self.model.cell(layer, direction).activations.gate.range[0]
        return {
            "gate": (-gate if lowest < 0 else 0.0, gate),
            "state": (-state, state),
            "sum": (-largest["sum"], largest["sum"]),
        }

    # The vectors that meet the weights -----------------------------------------------------

    def _previous(self, layer: int, direction: Direction, a: int, b: int) -> Array:
        rows = self._states[layer, direction]
        return rows[a:b] if direction == "forward" else rows[a + 1 : b + 1]

    def _inputs(self, layer: int, a: int, b: int) -> Array:
        """x of a layer for rows a..b-1; of the layer beyond the last: what the output reads."""
        if layer:
            below = [self.states(layer - 1, d)[a:b] for d in self.model.ways]
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

    def _input_parts(self, layer: int, direction: Direction, a: int, b: int) -> Array:
        if layer == 0 and self.reading.indices is not None:
            return self._symbol_parts[direction][self.reading.indices[a:b]]
        return input_part(self.model.cell(layer, direction), self._inputs(layer, a, b))

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


def trace(
    model: Model, text: str | Rows | NDArray[Any], h0: Any = None, unknown: bool = False
) -> Trace:
    """Run a text, or rows (steps, input), through `model`; the arguments as for `Trace`."""
    return Trace(model, text, h0, unknown).finish()


def round_up(value: float) -> float:
    """The next 1, 2 or 5 times a power of ten; 1 for zero."""
    if not value or not math.isfinite(value):
        return 1.0
    power = math.floor(math.log10(value))
    for factor in (1, 2, 5, 10):
        nice = float(f"{factor}e{power}")
        if value <= nice:
            return nice
    return float(f"1e{power + 2}")  # rounding of log10 just below a power of ten


def _measured(cell: Cell) -> list[Range]:
    """What is not bounded by the activations."""
    stay = cell.activations
    kinds: dict[Range, bool] = {"gate": stay.gates_stay, "state": stay.states_stay, "sum": False}
    return [kind for kind, bounded in kinds.items() if not bounded]
