"""What is read of a recording: every quantity of every step, derived when it is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from gru_debugger import phrases
from gru_debugger.core import columns, names, shown
from gru_debugger.core.cell import Array, Range, gru_step
from gru_debugger.core.edits import Edit, overwrite, parse
from gru_debugger.core.held import Held, by_number
from gru_debugger.core.model import Direction, Input, Model, printable
from gru_debugger.core.reading import Rows
from gru_debugger.core.recording import Recording
from gru_debugger.core.run import Run
from gru_debugger.errors import InputError
from gru_debugger.given import whole


class Step:
    """One step of one layer and direction: quantities as attributes, ``step.z`` (hidden,).

    `logits` and `probabilities` (symbols,) are the model's own, whatever the layer; they are
    absent when the model has no output layer. `number` is the step's, from 1, `character` what it
    reads, `values` all quantities by name. All arrays are float32.
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

    def __dir__(self) -> list[str]:
        """What Tab completes: the quantities too."""
        return [*super().__dir__(), *self.__dict__["values"]]

    def __repr__(self) -> str:
        return shown.step_line(self)

    def _repr_html_(self) -> str:
        """What notebooks show."""
        return shown.step_table(self)


class Trace(Recording):
    """The recording of a text, or of rows (steps, input), under `model`, and all that follows.

    `recorded` steps are there already, of `steps` in all: `advance` adds a stretch of a few
    milliseconds, `finish` the rest. `h0`: an array (layers · directions, hidden) or an
    `InitialState`; None is the model's own, or zeros. `unknown`: characters that the vocabulary
    lacks are read as its unknown symbol. Raises TextError for an unknown character, InputError for
    an empty text, rows of another width or an h0 of the wrong shape.

    `edits` are what was set by hand, `upon` the trace that they were put upon. `reference` is that
    one, or what this one is `held` against instead.
    """

    upon: Self | None = None
    held: Held[Self] | None = None

    def __repr__(self) -> str:
        return shown.trace_line(self)

    def _repr_html_(self) -> str:
        """What notebooks show."""
        return shown.trace_table(self)

    @classmethod
    def of(cls, run: Run) -> Self:
        """The recording of a run, hardly begun; where it has edits, of those upon what is plain.

        Raises as `Trace` does, and EditError.
        """
        return cls(run.model, run.source, run.initial, run.unknown).with_edits(*run.edits)

    @property
    def plain(self) -> Self:
        """The run without any edits: itself where it has none."""
        plain = self
        while plain.edits and plain.upon is not None:
            plain = plain.upon
        return plain

    def with_edits(self, *sentences: str) -> Self:
        """The plain run with these edits in the place of those there; with none, the plain run.

        Raises EditError.
        """
        plain = self.plain
        return plain.edited(plain.parse_edits(*sentences)) if sentences else plain

    def what_if(self, *sentences: str) -> Self:
        """This run with edits, ``"r = 1"`` or ``"z[9] = 1 at 34"``, recorded to its end.

        Quantities are r, z, n, h, hidden_n and reset_product; README's *What if* says more. Later
        sentences win over earlier ones and over the edits that are there. `reference` of the new
        trace is this one. Raises EditError for a sentence that can't be read or names what this
        run lacks.

        >>> edited = trace.what_if("r = 1", "z[9] = 1 at 3")
        >>> edited
        <Trace 11 steps of “the cat sat”, sixteen, set r = 1; z[9] = 1 at 3>
        >>> edited.edits
        ('r = 1', 'z[9] = 1 at 3')
        >>> edited.where("max(abs(h - reference(h))) > 1").tolist()
        [2, 4, 5, 6, 7, 8, 9, 10, 11]
        """
        return self.edited(self.parse_edits(*sentences)).finish()

    def parse_edits(self, *sentences: str) -> list[Edit]:
        """What they set in this run. Raises EditError."""
        return [parse(sentence, self.model, self.steps) for sentence in sentences]

    def edited(self, added: Sequence[Edit]) -> Self:
        """The same, not recorded yet beyond what it shares with this run."""
        other = self.branch(added)
        other.upon, other.held = self, None
        return other

    def held_against(self, other: Self, step: int | None = None) -> Self:
        """The same run beside another one, or itself, which is its `reference`; step beside step.

        `step`: that one of the other's steps stands beside all of this one's. Steps that the other
        lacks stand beside none. Raises InputError where there is no such step.

        >>> held = trace.held_against(trace, 4)
        >>> held.evaluate("norm(h - reference(h))").round(2)[:5].tolist()
        [3.12, 4.8, 4.38, 0.0, 4.28]
        """
        if step is not None:
            other.check_step(step)
        beside = self.branch(())
        beside.held = Held(other, by_number(self.steps, other.steps), step or 0)
        return beside

    @property
    def reference(self) -> Self | None:
        """What its edits were put upon, or what it is held against instead."""
        if self.held is None:
            return self.upon
        return self if self.held.run is None else self.held.run

    @property
    def beside(self) -> Self | None:
        """What is drawn beside it: the `reference`; of edits the run without any."""
        return self.reference if self.held or not self.edits else self.plain

    @property
    def own_step(self) -> int:
        """Its own step that all others are held against; 0: none."""
        return self.held.fixed if self.held is not None and self.held.run is None else 0

    def hold(self, step: int) -> None:
        """Hold all steps against one of its own. Raises InputError where there is no such step."""
        self.check_number(step)
        self.held = Held(None, fixed=step)

    @property
    def reference_known(self) -> bool:
        """Whether all of the reference is recorded that is asked for."""
        reference = self.reference
        least = self.held.fixed if self.held else 0
        return reference is None or reference.recorded >= (least or reference.steps)

    def continued(self, t: int, symbols: Sequence[str]) -> Self:
        """As `Recording.continued`; where none of the edits is left, of the run without."""
        other, plain = super().continued(t, symbols), self.plain
        if plain is self:
            other.upon = other.held = None  # which read what this one read
            return other
        upon = plain.continued(t, symbols)
        if not other.edits:
            return upon
        other.upon, other.held, other._axes = upon, None, upon._axes
        return other

    def step_beside(self, t: int) -> int:
        """The step of `beside` that stands beside step t; 0: none."""
        return t if self.held is None or not 1 <= t <= self.steps else self.held.beside(t)

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
        if not self.reading.unknown:
            return None
        index, vocabulary = self.reading.one_index(t), self.model.vocabulary
        if index is None or vocabulary is None:
            return None
        return None if vocabulary[index] == self.characters[t - 1] else vocabulary[index]

    def character_in_words(self, t: int) -> str:
        """What step t is called: “e”, newline, “é”, read as <unk>."""
        stand_in = self.stand_in(t)
        read = printable(self.characters[t - 1])
        if not stand_in:
            return read
        return phrases.told("{character}, read as {symbol}", character=read, symbol=stand_in)

    @property
    def input(self) -> Input:
        """What x of layer 0 is: this recording may read rows whatever the model's own input is."""
        return "features" if self.reading.rows is not None else self.model.input

    @property
    def one_hot(self) -> bool:
        return self.input == "one-hot"

    @property
    def predicts_next(self) -> bool:
        """Whether the output tells of the next character: what reads a text from its end has
        read that already, and what else it was trained for no file says."""
        return self.reading.rows is None and not self.model.backwards

    @property
    def foresees(self) -> bool:
        """Whether that output has read the next character already: of both directions it has."""
        return self.predicts_next and self.model.directions > 1

    def step(self, t: int, layer: int = 0, direction: Direction | None = None) -> Step:
        """All quantities of step t, 1..steps, of a layer (from 0) in a direction.

        Without `direction` the model's first, which is “forward” where it has that. The arrays are
        copies. Raises InputError for a step, layer or direction that is not there, or a step not
        yet recorded.

        >>> step = trace.step(4)
        >>> step
        <Step 4 space: x (25,), h_prev … h (16,), logits, probabilities (25,)>
        >>> round(float(step.z[9]), 3)
        0.101
        """
        self.check_step(t)
        self.model.cell(layer, direction)
        rows = self.rows(t, t, layer, direction) | self.outputs(t, t)
        values = {name: row[0].copy() for name, row in rows.items()}
        return Step(t, self.characters[t - 1], values)

    def check_step(self, t: int) -> None:
        """Raises InputError where there is no step t, or not yet."""
        self.check_number(t)
        if t > self.recorded:
            raise InputError(f"step {t} is not recorded yet: {self.recorded} steps are.")

    def check_number(self, t: int) -> None:
        """Raises InputError where there is no step t."""
        if not 1 <= whole("step", t) <= self.steps:
            raise InputError(f"no step {t}: {self.reading.steps_in_words}; choose one of these.")

    def rows(
        self, first: int, last: int, layer: int = 0, direction: Direction | None = None
    ) -> dict[str, Array]:
        """Every quantity of the cell for steps first..last, each (last - first + 1, size)."""
        direction = direction or self.model.ways[0]
        a, b = first - 1, last
        h_prev = self.previous_states(layer, direction, a, b)
        parts = self.input_parts(layer, direction, a, b)
        edited = overwrite(self.edits, (layer, direction), a, b)
        cell = self.model.cell(layer, direction)
        with np.errstate(over="ignore", invalid="ignore"):  # of the last states that are numbers
            values = gru_step(cell, parts, h_prev, self.model.reset, edited)
        # As recorded, so that h is to the last bit the h_prev of the step that reads it.
        values["h"] = self.states(layer, direction, a, b)
        return {"x": self.inputs(layer, a, b), **values}

    def outputs(self, first: int, last: int) -> dict[str, Array]:
        """`logits` and `probabilities` for steps first..last; empty without an output layer."""
        if self.model.output is None:
            return {}
        top = self.inputs(len(self.model.layers), first - 1, last)
        logits = top @ self.model.output.weight.T + self.model.output.bias
        e = np.exp(logits - logits.max(axis=-1, keepdims=True))
        return {"logits": logits, "probabilities": e / e.sum(axis=-1, keepdims=True)}

    def column(self, name: str) -> Array:
        """The quantity `name` over all steps (steps, units): ``z`` is layer 0's first direction.

        ``z_l1`` is another, ``z[9]`` and ``z[0:4]`` some of its units; only they are computed. Of
        ``h`` it is the recorded states themselves, which can't be written to. Raises InputError
        for what the model lacks.

        >>> trace.column("z").shape, trace.column("z[9]").shape
        ((11, 16), (11, 1))
        """
        self.finish()
        bare, place, units = names.find(self, name)
        found = columns.column(self, bare, place, units)
        found.flags.writeable = False
        return found

    def axes(
        self, layer: int = 0, direction: Direction | None = None, full: bool = False
    ) -> dict[Range, tuple[float, float]]:
        """Lowest and highest value of each kind of axis; with edits, those of the run without.

        Settled once the first 2,000 steps that the direction reads are recorded (`core.axes`).
        `full`: as wide as any value in the steps that `look_further` has seen.
        """
        self._axes.measure(self.plain, (layer, direction or self.model.ways[0]))
        return self.axes_so_far(layer, direction, full)

    def axes_so_far(
        self, layer: int = 0, direction: Direction | None = None, full: bool = False
    ) -> dict[Range, tuple[float, float]]:
        """The same as they were found last: for who must not wait until more is measured."""
        return self._axes.of(self.plain, (layer, direction or self.model.ways[0]), full)

    @property
    def settled(self) -> bool:
        """Whether all is recorded that axes are measured of; they move no more then."""
        return self._axes.settled(self.plain)

    def look_further(self, layer: int = 0, direction: Direction | None = None) -> bool:
        """For full axes, some milliseconds more; False once all that is recorded is seen.

        With edits, of the run without.
        """
        return self._axes.look_further(self.plain, (layer, direction or self.model.ways[0]))

    def seen(self, layer: int = 0, direction: Direction | None = None) -> int:
        """How many steps `look_further` has seen."""
        return self._axes.seen((layer, direction or self.model.ways[0]))


def trace(
    model: Model, text: str | Rows | NDArray[Any], h0: Any = None, unknown: bool = False
) -> Trace:
    """Run a text, or rows (steps, input), through `model`; the arguments as for `Trace`."""
    return Trace(model, text, h0, unknown).finish()
