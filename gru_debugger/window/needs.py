"""What actions can't do without, and what is said of it where it is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gru_debugger.panes.units import MANY
from gru_debugger.session import bookmarks_here
from gru_debugger.session.session import Session


@dataclass(frozen=True, eq=False)
class Needs:
    """`met` tells whether it is there, `why` says what is missing else."""

    met: Callable[[Session], bool]
    why: str


NOTHING = Needs(lambda s: True, "")
OPEN = Needs(lambda s: s.trace is not None, "Nothing is open; Ctrl+O opens a model.")
BEFORE = Needs(Session.can_step_backward, "Nothing stands before the first character.")
AFTER = Needs(Session.can_step_forward, "The text ends here.")
COMPUTATION = Needs(Session.can_compute_forward, AFTER.why)
STEP = Needs(Session.can_step_backward, "Nothing has been read yet; Right reads a character.")
EARLIER = Needs(Session.can_undo, "There is nothing to undo.")
LATER = Needs(Session.can_redo, "There is nothing to redo.")
REFERENCE = Needs(Session.can_swap, "There is no other run; = sets a value, and makes one.")
HELD = Needs(
    lambda s: s.can_swap() or s.pinned.trace is not None, "There is no reference, and no edit."
)
RUN_BEFORE = Needs(
    Session.can_pin_before, "No other text or state was open before, of this model without edits."
)
LANES = Needs(lambda s: bool(s.marks.lanes), "There is no lane; L sets one.")
STOPS = Needs(lambda s: bool(s.marks.stops), "No stop is set; F9 sets one at this step.")
LETTERS = Needs(lambda s: bool(s.letters.letters), "Nothing has been written on; G does it.")
BOOKMARKS = Needs(
    lambda s: s.trace is not None and bool(s.marks.bookmarks),
    "There is no bookmark; Ctrl+B sets one.",
)
BOOKMARK = Needs(bookmarks_here.is_here, "There is no bookmark here; Ctrl+B sets one.")
TRAIL_BACK = Needs(lambda s: s.can_go_on_trail(-1), "No question has led here.")
TRAIL_FORWARD = Needs(lambda s: s.can_go_on_trail(1), "The trail ends here.")
SYMBOLS = Needs(
    lambda s: s.trace is not None and s.trace.reading.rows is None,
    "Rows of numbers are read by no vocabulary.",
)
ORDER_HERE = Needs(
    lambda s: s.view.order.by in ("value", "change"), "Units are in the same order at all steps."
)
MANY_UNITS = Needs(
    lambda s: s.model is not None and s.model.hidden_size >= MANY,
    f"Fewer than {MANY} units have no lens.",
)
