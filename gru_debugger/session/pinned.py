"""A run that others are held against: of the same model, with another text or the same."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core.trace import Trace
from gru_debugger.questions.alignment import aligned


class Pinned:
    """`trace` is that run, None where there is none; of edits the run without them goes before."""

    def __init__(self) -> None:
        self.trace: Trace | None = None
        self._held: Trace | None = None  # what is held against it

    def pin(self, trace: Trace | None, shown: Trace | None) -> None:
        """Hold what is shown against this run from now on."""
        self.trace = trace
        self._let_go()
        if shown is not None:
            self.hold(shown)

    def hold(self, shown: Trace) -> None:
        """Against the pinned run, where it has no other reference; nothing of another model."""
        self._let_go()
        pinned = self.trace
        if pinned is not None and pinned.model is not shown.model:
            self.trace = pinned = None
        if pinned is None or shown is pinned or shown.edits or shown.reference is not None:
            return
        shown.reference, self._held = pinned, shown
        shown.aligned = _aligned(pinned, shown)

    def _let_go(self) -> None:
        if self._held is not None:
            self._held.reference = self._held.aligned = None
            self._held = None


def _aligned(pinned: Trace, shown: Trace) -> NDArray[np.int64] | None:
    """Character beside character; rows by their numbers; None where both read the same."""
    old, new = pinned.reading.indices, shown.reading.indices
    if old is not None and new is not None:
        return None if np.array_equal(old, new) else aligned(old, new)
    if pinned.reading.source is shown.reading.source:
        return None
    steps = np.arange(1, shown.steps + 1)
    return np.where(steps <= pinned.steps, steps, 0)
