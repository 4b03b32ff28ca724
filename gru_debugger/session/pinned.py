"""What others are held against: a run of the same model, or one step of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core.held import Held, by_number
from gru_debugger.core.shown import excerpt
from gru_debugger.core.trace import Trace
from gru_debugger.numerals import grouped
from gru_debugger.questions.alignment import aligned
from gru_debugger.session.history import Beside, same_text


class Pinned:
    """`trace` is that run, None where there is none; `step` the one of its steps that stands beside
    all others, 0 for a run, step beside step. Of edits the run without them goes before a run."""

    def __init__(self) -> None:
        self.trace: Trace | None = None
        self.step = 0
        self._holding: Trace | None = None  # what is held against it, and was before
        self._before: Held[Trace] | None = None

    @property
    def said(self) -> Beside | None:
        """The same as a value."""
        return None if self.trace is None else Beside(self.trace.run, self.step)

    def pin(self, trace: Trace | None, shown: Trace | None, step: int = 0) -> None:
        """Hold what is shown against this run, or this step of it, from now on."""
        self.trace, self.step = trace, step
        self.let_go()
        if shown is not None:
            self.hold(shown)

    def hold(self, shown: Trace) -> None:
        """Against what is pinned, where it has no other reference; nothing of another model."""
        self.let_go()
        pinned = self.trace
        if pinned is not None and pinned.model is not shown.model:
            self.trace, self.step = None, 0
        elif pinned is not None and (self.step or not (shown is pinned or shown.reference)):
            own = None if shown is pinned else pinned
            steps = None if self.step else _aligned(pinned, shown)
            self._holding, self._before = shown, shown.held
            shown.held = Held(own, steps, self.step)

    def holds(self, shown: Trace) -> bool:
        """Whether this is what it is held against."""
        return shown is self._holding

    def beyond(self, shown: Trace) -> tuple[str, ...]:
        """What this is held against that no command can say: a step of its own it can."""
        return ("the pinned run",) if self.holds(shown) and not shown.own_step else ()

    def let_go(self) -> None:
        """What was held against it is as it was before."""
        if self._holding is not None:
            self._holding.held = self._before
            self._holding = self._before = None


def in_words(pinned: Trace, step: int, shown: Trace) -> str:
    """Step 34, “x”, or a run; and what it reads and has set, where that is another."""
    text = excerpt(pinned.text) if pinned.text else pinned.reading.name
    words = f"step {grouped(step)}, {pinned.character_in_words(step)}" if step else text
    if not same_text(pinned.run, shown.run):
        return f"{words} of {text}" if step else text
    if pinned.run.edits == shown.run.edits:
        return words
    return f"{words} with {'other' if pinned.edits else 'no'} edits"


def _aligned(pinned: Trace, shown: Trace) -> NDArray[np.int64] | None:
    """Character beside character; rows by their numbers; None where both read the same."""
    old, new = pinned.reading.indices, shown.reading.indices
    if old is not None and new is not None:
        return None if np.array_equal(old, new) else aligned(old, new)
    if pinned.reading.source is shown.reading.source:
        return None
    return by_number(shown.steps, pinned.steps)
