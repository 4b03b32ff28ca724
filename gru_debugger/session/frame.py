"""What a row draws at one step: the step, and all that it is drawn against."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core.edits import Place, set_at
from gru_debugger.core.trace import Step, Trace

_CACHED = 12  # steps: the one shown and those around it, of the run and of its reference


@dataclass(frozen=True, eq=False)
class Frame:
    """One step of one layer and direction.

    `before` is row t − 1, which “changed” is measured against, None at the first step; `reference`
    the same step of the run that this one is held against, None where there is none or it is not
    recorded yet; `edited` the units (hidden,) of each quantity that were set by hand in this step,
    of those quantities alone.
    """

    step: Step
    before: Step | None = None
    reference: Step | None = None
    edited: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)

    def by_hand(self, unit: int) -> frozenset[str]:
        """The quantities that were set in one unit, and so are not what their equations yield."""
        return frozenset(name for name, units in self.edited.items() if units[unit])


class Frames:
    """Makes frames; the last few steps looked at are derived once."""

    def __init__(self) -> None:
        self._steps: OrderedDict[tuple[Trace, int, Place], Step] = OrderedDict()
        self._last: tuple[tuple[object, ...], Frame] | None = None
        self._asked: tuple[Trace, int, Place] | None = None

    def clear(self) -> None:
        """Let go of what was open."""
        self._steps.clear()
        self._last = self._asked = None

    def at(self, trace: Trace, t: int, place: Place) -> Frame | None:
        """Step t of a layer and direction; None outside the text or not yet recorded."""
        against, asked = trace.beside, (trace, t, place)
        if self._asked == asked and self._last is not None:  # some twenty times a press
            frame = self._last[1]
            if frame.reference is not None or against is None:
                return frame
        step = self._step(trace, t, place)
        if step is None:
            return None
        self._asked = asked
        beside = trace.step_beside(t)
        reference = None if against is None else self._step(against, beside, place)
        key = step, reference
        if self._last is None or self._last[0] != key:
            edited = set_at(trace.edits, place, t, trace.model.hidden_size)
            before = self._step(trace, t - 1, place)
            self._last = key, Frame(step, before, reference, edited)
        return self._last[1]

    def _step(self, trace: Trace, t: int, place: Place) -> Step | None:
        if not 1 <= t <= trace.recorded:
            return None
        key = trace, t, place
        if key not in self._steps:
            self._steps[key] = trace.step(t, *place)
            if len(self._steps) > _CACHED:
                self._steps.popitem(last=False)
        return self._steps[key]
