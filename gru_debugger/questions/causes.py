"""What a value is made of, and where each part of that stands: the terms of “Why?”, as addresses.

Terms are those of `terms`; here are all quantities that have some, and where in the run what a
term meets is to be found.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np

from gru_debugger.core import names
from gru_debugger.core.address import Target
from gru_debugger.core.columns import OUTPUTS
from gru_debugger.core.edits import Edit, Place
from gru_debugger.core.trace import Step, Trace
from gru_debugger.errors import InputError
from gru_debugger.questions import terms
from gru_debugger.questions.terms import Term, Terms


@dataclass(frozen=True)
class Cause:
    """One of what a value is made of: `contribution` is `weight` · `met`.

    `name` is what is met: a value, ``h[3]`` or ``x[2]``; the character; “bias”; or the edit.
    `address` says where it stands, ``33:h[3]``, or ``34`` of a character; None: nowhere in the
    text. `met` is None for what stands alone; then `weight` is the contribution.
    """

    name: str
    address: str | None
    weight: float
    met: float | None
    contribution: float


def causes(trace: Trace, value: str, t: int) -> list[Cause]:
    """What `value`, such as ``z[9]`` or ``logits[4]``, is made of at step t, the largest first.

    Contributions add up to the value; of r, z and n to the sum before the activation; of a
    probability to its logit, less the mean of all. What an edit sets is caused by that alone.
    Raises InputError for what the run lacks, more than one value, and x of layer 0, which is read.
    """
    quantity, place, units = names.find(trace, value)
    asked = range(names.width(trace.model, quantity, place))[units]
    if len(asked) != 1:
        one = value.partition("[")[0].strip()
        raise InputError(f"“{value}”: these are several values; name one, {one}[0].")
    trace.finish()
    return of_value(trace, quantity, place, asked[0], t)


def of_value(trace: Trace, quantity: str, place: Place, unit: int, t: int) -> list[Cause]:
    """The same of a step that is recorded, which a window does not wait for."""
    trace.check_step(t)
    return Value(trace, quantity, place, unit, t).causes()


@dataclass(frozen=True)
class Value:
    """One number of a run: a unit's, or a symbol's, of a step that is recorded."""

    trace: Trace
    quantity: str
    place: Place
    unit: int
    t: int
    derived: Step | None = None  # that step, where somebody has it

    @cached_property
    def step(self) -> Step:
        return self.derived or self.trace.step(self.t, *self.place)

    def causes(self) -> list[Cause]:
        edit = self.edits.get(self.quantity)
        if edit is not None:
            value = self.of(self.quantity)
            return [Cause(str(edit), None, value, None, value)]
        return [
            Cause(*self._where(term), term.factor, term.met, term.value) for term in self.terms
        ]

    @cached_property
    def terms(self) -> Terms:
        """What it is made of, or would be, were it not set by hand."""
        return self._output() if self.quantity in OUTPUTS else self._cell()

    @cached_property
    def edits(self) -> dict[str, Edit]:
        """Of this unit in this step, by what they set: of several the last one, which wins."""
        return {
            edit.quantity: edit
            for edit in self.trace.edits
            if edit.place == self.place
            and edit.first <= self.t <= edit.last
            and edit.start <= self.unit < edit.stop
        }

    def of(self, quantity: str) -> float:
        return float(self.step.values[quantity][self.unit])

    # What it is made of ----------------------------------------------------------------------

    def _output(self) -> Terms:
        output, k = self.trace.model.output, self.unit
        assert output is not None
        weight, bias = output.weight[k], float(output.bias[k])
        if self.quantity == "probabilities":  # what all scores have in common speaks for none
            weight = weight - output.weight.mean(axis=0, dtype=np.float64)
            bias -= float(output.bias.mean(dtype=np.float64))
        top = self.trace.inputs(len(self.trace.model.layers), self.t - 1, self.t)[0]
        name = "h_{{{0}}}" if self.trace.model.directions == 1 else "x_{{{0}}}"
        return Terms(_bias(bias), terms.weighted(weight, top, "x", name))

    def _cell(self) -> Terms:
        quantity, step, unit = self.quantity, self.step, self.unit
        if quantity == "h":
            return terms.state_terms(step, unit)
        if quantity == "take":
            return Terms(terms.taken(step, unit))
        if quantity == "keep":
            return Terms(terms.kept(step, unit))
        if quantity == "reset_product":
            return self._reset_product()
        if quantity in ("x", "h_prev"):
            return self._copied()
        return self._summed(quantity)

    def _copied(self) -> Terms:
        if self.quantity == "x" and not self.place[0]:
            raise InputError(f"x[{self.unit}] is what step {self.t} reads: nothing is its cause.")
        source = self.quantity, self.unit
        return Terms(terms.gated(self.quantity, 1.0, self.of(self.quantity), source))

    def _reset_product(self) -> Terms:
        r, after = self.of("r"), self.trace.model.reset == "after"
        if after and "hidden_n" not in self.edits:
            return self._summed("hidden_n", r)
        of = "hidden_n" if after else "h_prev"
        return Terms(terms.gated(self.quantity, r, self.of(of), (of, self.unit)))

    def _summed(self, quantity: str, scale: float = 1.0) -> Terms:
        """A gate's or the candidate's sum, or its part of the input or of the old state."""
        model, gate = self.trace.model, cast(terms.Gate, quantity[-1])
        cell = model.cell(*self.place)
        row = terms.GATES.index(gate) * model.hidden_size + self.unit
        if quantity.startswith("hidden_"):
            hidden = terms.hidden_of(cell, self.step, row, model.reset, scale)
            return Terms(_bias(scale * float(cell.bias_hh[row])), hidden)
        one_hot = not self.place[0] and self.trace.one_hot
        name = self.trace.character_in_words(self.t) if one_hot else ""
        if quantity.startswith("input_"):
            bias = _bias(float(cell.bias_ih[row]))
            return Terms(bias, terms.inputs_of(cell, self.step, row, name))
        return terms.gate_terms(cell, self.step, self.unit, gate, model.reset, name, self.edits)

    # Where that stands -----------------------------------------------------------------------

    def stands(self, term: Term) -> Target | None:
        """Where what a term meets stands in the run; of a character its step alone.

        None: nowhere in it. The reverse direction's initial state stands behind the last step.
        """
        if term.source is None:
            return None
        quantity, i = term.source
        if quantity == "x":
            return self._read(i)
        if quantity == "h_prev":
            return Target(self.before, "h", self.place, i)
        return Target(self.t, quantity, self.place, i)

    @property
    def before(self) -> int:
        """The step that its direction read before."""
        return self.t - 1 if self.place[1] == "forward" else self.t + 1

    def _read(self, i: int) -> Target:
        """Above layer 0, x is the h of both directions below."""
        model = self.trace.model
        layer = len(model.layers) if self.quantity in OUTPUTS else self.place[0]
        if layer:
            way, unit = divmod(i, model.hidden_size)
            return Target(self.t, "h", (layer - 1, model.ways[way]), unit)
        if self.trace.one_hot:
            return Target(self.t)
        return Target(self.t, "x", model.places[0], i)

    def _where(self, term: Term) -> tuple[str, str | None]:
        """What a term meets, and its address."""
        there = self.stands(term)
        if there is None:
            return term.name, None
        if there.quantity is None or there.place is None:
            return term.name, str(there.step)
        name = f"{names.called(self.trace.model, there.quantity, there.place)}[{there.unit}]"
        return name, f"{there.step}:{name}" if there.step <= self.trace.steps else None


def _bias(value: float) -> terms.Addends:
    return terms.alone("bias", value)
