"""Ready-made lanes and stops: what is often asked of the steps, in the language of conditions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gru_debugger.core import columns, names
from gru_debugger.core.axes import MEASURED
from gru_debugger.core.edits import Place
from gru_debugger.core.trace import Trace
from gru_debugger.errors import InputError
from gru_debugger.numerals import brief
from gru_debugger.questions.predictions import none_because
from gru_debugger.questions.thresholds import USUAL
from gru_debugger.questions.writes import WRITTEN

MOST = 10  # of the largest changes and surprises
_AT_ONCE = 50  # stretches that are looked through for these, a moment each
_SEVERAL = 4  # units


@dataclass(frozen=True)
class Asked:
    """Of which run it is asked, and of which layer, direction and unit of it; `edge`: within so
    much of an end a gate is saturated."""

    trace: Trace
    place: Place
    unit: int
    edge: float = USUAL.saturated

    def of(self, quantity: str) -> str:
        """What the quantity of the layer is called in an expression."""
        return names.called(self.trace.model, quantity, self.place)

    @property
    def ends(self) -> tuple[str, str]:
        """Below the one, above the other it is: 0.01, 0.99."""
        return brief(self.edge), brief(1 - self.edge)


@dataclass(frozen=True)
class ReadyMade:
    """`title` has {unit} or {units} where it is of the selected one, `expression` says it.

    `predicts`: only of an output that tells of the next character. `largest`: a condition that the
    largest values of the expression meet. `beside`: only where there is a reference run.
    """

    title: str
    expression: Callable[[Asked], str]
    predicts: bool = False
    largest: bool = False
    beside: bool = False

    def titled(self, asked: Asked) -> str:
        return self.title.format(unit=asked.unit, units=_units(asked))

    def why_not(self, trace: Trace) -> str:
        """Why there is no such thing in a run; empty where there is."""
        if self.beside and trace.reference is None:
            return "there is no reference; an edit makes one"
        return none_because(trace) if self.predicts else ""

    def said(self, asked: Asked) -> str:
        """As a lane is written. Raises InputError where the run has no number to compare with."""
        expression = self.expression(asked)
        return _largest(expression, asked.trace) if self.largest else expression

    def is_said(self, asked: Asked, expression: str) -> bool:
        """Whether a lane's expression is this, with whatever number it was compared."""
        own = self.expression(asked)
        return expression == own or (self.largest and expression.startswith(f"{own} >= "))


def _units(asked: Asked) -> str:
    """[8:12], with unit 9."""
    size = asked.trace.model.hidden_size
    first = min(asked.unit // _SEVERAL * _SEVERAL, max(0, size - _SEVERAL))
    return f"[{first}:{min(first + _SEVERAL, size)}]"


def _saturated(asked: Asked) -> str:
    gates, (low, high) = (asked.of("z"), asked.of("r")), asked.ends
    return "saturated: " + " or ".join(f"any({g} < {low}) or any({g} > {high})" for g in gates)


def _saturates(asked: Asked) -> str:
    """Only where the step before was not."""
    gates, (low, high) = [f"{asked.of(gate)}[{asked.unit}]" for gate in "zr"], asked.ends
    return "saturates: " + " or ".join(
        f"(({g} < {low} or {g} > {high}) and {low} <= previous({g}) <= {high})" for g in gates
    )


def _flips(asked: Asked) -> str:
    candidate = f"{asked.of('n')}[{asked.unit}]"
    return f"flips: {candidate} * previous({candidate}) < 0"


def _not_finite(asked: Asked) -> str:
    """Infinity less itself is not a number, and nothing that is not one equals 0."""
    made = [asked.of(name) for name in ("sum_r", "sum_z", "sum_n", "h")]
    made += [] if asked.trace.model.output is None else ["logits"]
    return "not_finite: not (" + " and ".join(f"all({q} - {q} == 0)" for q in made) + ")"


def _change(asked: Asked) -> str:
    return f"max(changed({asked.of('h')}))"


def _apart(asked: Asked) -> str:
    h = asked.of("h")
    return f"apart: max(abs({h} - reference({h})))"


def _leaps(asked: Asked) -> str:
    return f"leaps: {_change(asked)}"


def _largest(expression: str, trace: Trace) -> str:
    """It is at least what the largest of the first steps are: ten of them, of few steps fewer."""
    from gru_debugger.questions.lane_runs import LaneRun

    run, each = LaneRun(trace, expression), columns.stretch_rows(trace)
    if run.term is None:
        raise InputError(run.fault)
    rows = min(trace.recorded, MEASURED, _AT_ONCE * each)
    parts = [run.values(a, min(a + each, rows)) for a in range(0, rows, each)]
    values = np.concatenate([np.zeros(0), *parts])
    values = np.sort(values[np.isfinite(values)])[::-1]
    if not len(values):
        raise InputError(f"{run.bare}: there is no such number at the steps that are recorded.")
    count = max(1, min(MOST, len(values) // 10))
    return f"{expression} >= {_between(*values[count - 1 : count + 1].tolist())!r}"


def _between(least: float, below: float = -np.inf) -> float:
    """The shortest number that the one reaches and the other, a smaller one, does not."""
    rounded = (round(least, digits) for digits in range(1, 17))
    return next((x for x in rounded if below < x <= least), least)


STOPS = (
    ReadyMade("a gate of unit {unit} becomes saturated", _saturates),
    ReadyMade("any gate of the layer is saturated", _saturated),
    ReadyMade("the candidate of unit {unit} flips its sign", _flips),
    ReadyMade("the state's change is one of the ten largest", _leaps, largest=True),
    ReadyMade("the prediction is wrong", lambda _: "wrong: predicted != next_character", True),
    ReadyMade(
        "the surprise is one of the ten biggest",
        lambda _: "surprises: surprise",
        predicts=True,
        largest=True,
    ),
    ReadyMade(
        "the reference predicts another character",
        lambda _: "differs: predicted != reference(predicted)",
        predicts=True,
        beside=True,
    ),
    ReadyMade("a number is not finite (NaN or infinity)", _not_finite),
)

LANES = (
    ReadyMade("unit {unit}: its state, kept and taken", lambda a: f"{a.of('h')}[{a.unit}]"),
    ReadyMade("the states of units {units}", lambda asked: asked.of("h") + _units(asked)),
    ReadyMade("what each step wrote in the selected unit, as it is now", lambda _: WRITTEN),
    ReadyMade("the largest change of the state", _change),
    ReadyMade("the difference from the reference", _apart, beside=True),
    ReadyMade("the surprise", lambda _: "surprise", True),
    ReadyMade("the rank of the next character", lambda _: "rank", True),
    ReadyMade("the predicted character", lambda _: "predicted", True),
)
