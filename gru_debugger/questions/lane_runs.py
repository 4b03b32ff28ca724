"""A lane of a recording: an expression over its steps, on an axis that stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core import names
from gru_debugger.core.axes import MEASURED, round_up, usual
from gru_debugger.core.cell import QUANTITIES
from gru_debugger.core.edits import Place
from gru_debugger.core.quantities import range_of
from gru_debugger.core.trace import Trace
from gru_debugger.errors import GRUDebuggerError, InputError
from gru_debugger.questions.expressions import (
    Stretch,
    Term,
    asks_reference,
    compile_expression,
    name_and_rest,
    reference_missing,
)
from gru_debugger.questions.writes import WRITTEN, Writes

MOST_UNITS = 64  # values a step that one lane shows
Present = Callable[[], tuple[Writes, int] | None]  # what a unit's steps wrote, and which step it is


class LaneRun:
    """`fault` says why the expression means nothing for this recording; then `term` is None.

    `advance` looks through the first `known` steps: where a condition `holds` (steps,), or how far
    an axis must reach that is not a quantity's own.

    WRITTEN is no expression: it `follows` the selected unit and the step, which `present` says.
    """

    def __init__(self, trace: Trace, expression: str) -> None:
        self.trace = trace
        self.expression = expression
        self.name, self.bare = name_and_rest(expression)
        self.term: Term | None = None
        self.fault = ""
        self.follows = self.bare == WRITTEN
        self.present: Present = lambda: None
        self.asks_reference = asks_reference(expression)
        self.waits = reference_missing(expression, trace) != ""  # for the other run
        try:
            self.term = self._compiled()
        except GRUDebuggerError as fault:
            self.fault = str(fault)
        self.quantity = self._quantity()
        self._axis = 0.0, 1.0
        self._measured: list[NDArray[np.float64]] = []
        self.is_truth = self.term is not None and self.term.kind == "truth"
        self.holds = np.zeros(trace.steps if self.is_truth else 0, bool)
        self.known = 0

    def _compiled(self) -> Term:
        if self.waits:
            raise InputError(reference_missing(self.expression, self.trace))
        if self.follows:
            return Term("number", WRITTEN, 1, lambda stretch, back: np.full(len(stretch), np.nan))
        return _shown(compile_expression(self.expression, self.trace))

    def still(self) -> LaneRun:
        """One that shows what this one does now, wherever one goes."""
        if not self.follows:
            return self
        now, still = self.present(), LaneRun(self.trace, self.expression)
        still.present = lambda: now
        return still

    @property
    def unit(self) -> tuple[Place, int] | None:
        """The layer, direction and unit whose state it is, of a lane that is one."""
        if self.quantity is None or self.quantity[0] != "h" or self.values_a_step is not None:
            return None
        _, place, units = self.quantity
        return place, units.start

    @property
    def values_a_step(self) -> int | None:
        """None for one."""
        return None if self.term is None else self.term.width

    @property
    def heads(self) -> list[str]:
        """What its values are called, one or one a unit: “surprise > 3”; “h[4]”, “h[5]”."""
        said = " ".join(self.expression.split())
        if self.values_a_step is None:
            return [said]
        if self.quantity is None:
            return [f"{said} [{i}]" for i in range(self.values_a_step)]
        name, first = self.bare.partition("[")[0].strip(), self.quantity[2].start or 0
        return [f"{name}[{first + i}]" for i in range(self.values_a_step)]

    def _quantity(self) -> tuple[str, Place, slice] | None:
        """The quantity that it is, of one that is no more than that."""
        try:
            return names.find(self.trace, self.bare) if self.term is not None else None
        except InputError:
            return None

    def values(self, a: int, b: int) -> NDArray[Any]:
        """Of rows a..b-1 (from 0): (rows,) or (rows, n), numbers, truths or texts (None: none)."""
        assert self.term is not None
        now = self.present() if self.follows else None
        if now is not None:
            writes, t = now
            return writes.shares(a, b, t)
        found = np.asarray(self.term.values(Stretch(self.trace, a, b)))
        width = () if self.term.width is None else (self.term.width,)
        return np.broadcast_to(found, (b - a, *width))

    def blend(self, a: int, b: int) -> NDArray[np.float32]:
        """z of the unit whose lane it is: (rows,)."""
        assert self.unit is not None
        place, unit = self.unit
        z = Stretch(self.trace, a, b).quantity("z", place, slice(unit, unit + 1), 0)
        return z[:, 0]

    # What is found out beside the window ---------------------------------------------------------

    @property
    def count(self) -> int:
        """In how many of the known steps it holds."""
        return int(np.count_nonzero(self.holds))

    def halts(self, a: int, b: int, every: int) -> NDArray[np.bool_]:
        """In which of rows a..b-1 it holds for each `every`th time, counted from the first step.

        As far as is known.
        """
        holds = self.holds[a:b]
        if every > 1:
            nth = np.count_nonzero(self.holds[:a]) + np.cumsum(holds)
            holds = np.logical_and(holds, nth % every == 0)
        return holds

    @property
    def wants_more(self) -> bool:
        """Whether there is something recorded that it has still to look at."""
        return self.known < min(self._last, self.trace.recorded)

    @property
    def _last(self) -> int:
        """How many steps it looks at in all."""
        if self.is_truth:
            return self.trace.steps
        number = self.term is not None and self.term.kind == "number"
        return MEASURED if number and self._own_axis() is None else 0

    def advance(self) -> bool:
        """A stretch more of that; False where there is nothing now."""
        if not self.wants_more:
            return False
        a = self.known
        assert self.term is not None
        b = min(a + self.term.rows(self.trace), self._last, self.trace.recorded)
        if self.is_truth:
            self.holds[a:b] = self.values(a, b)
        else:
            self._measure(a, b)
        self.known = b
        return True

    # Its axis ----------------------------------------------------------------------------------

    @property
    def axis(self) -> tuple[float, float]:
        """Lowest and highest value: the quantity's own, else the usual one of the first steps."""
        own = self._own_axis()
        if own is not None:
            return own
        if not self.known:
            self.advance()
        return self._axis

    def _own_axis(self) -> tuple[float, float] | None:
        if self.follows:
            now = self.present()
            place = self.trace.model.places[0] if now is None else now[0].place
            return self.trace.axes_so_far(*place).get("state")
        if self.quantity is None:
            return None
        name, place, _ = self.quantity
        if name == "probabilities":
            return 0.0, 1.0
        if name not in QUANTITIES:
            return None
        kind = range_of(name, self.trace.model.reset)
        return self.trace.axes_so_far(*place).get(kind)

    def _measure(self, a: int, b: int) -> None:
        """What the axis must reach, of so many steps more."""
        values = np.asarray(self.values(a, b), np.float64).ravel()
        self._measured.append(values[np.isfinite(values)])
        found = np.concatenate(self._measured)
        if len(found):
            level = round_up(usual(np.abs(found)))
            self._axis = (-level if float(found.min()) < 0 else 0.0), level


def _shown(term: Term) -> Term:
    """Itself, where a lane can show it. Raises ExpressionError."""
    if term.kind == "texts":
        raise term.wrong("a list is no value of a step.")
    if term.width is not None and (term.kind != "number" or term.width > MOST_UNITS):
        what = "truths" if term.kind == "truth" else f"{term.width} values"
        raise term.wrong(f"{what} a step are too many for a lane; name one unit, or some: [0:4].")
    return term
