"""What every pane is: a picture of the session's state, laid out in pixels.

A pane reads the session and calls its methods; it never changes state itself. Its widget (or an
export) gives it a size and tells it what changed.
"""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QPointF, QRectF, SignalInstance
from PySide6.QtGui import QPainter

from gru_debugger.charts.scene import Picture
from gru_debugger.charts.theme import Theme
from gru_debugger.core.activations import Activations
from gru_debugger.core.cell import Range
from gru_debugger.core.model import Model
from gru_debugger.core.quantities import symbol
from gru_debugger.core.trace import Trace
from gru_debugger.panes.table import Tables
from gru_debugger.session.session import Session

NOTCH = 48  # pixels that a notch of the wheel moves


class Pane(Picture):
    """`arrange` lays out, `show_step` fills in; both read the session."""

    background = "panel"  # the theme's role behind it
    least_width = least_height = 0  # below these it scrolls
    takes_keys = False  # True where Tab is to reach it
    shows_marks = False  # True where stops or lanes take room or are drawn
    shows_whole_run = False  # True where it shows what is found out of it
    interactive = True  # False in a picture for paper: no buttons then

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self.session = session
        self.theme = theme
        self._stood_for: object = None

    @property
    def trace(self) -> Trace:
        assert self.session.trace is not None
        return self.session.trace

    @property
    def model(self) -> Model:
        return self.trace.model

    @property
    def activations(self) -> Activations:
        return self.model.cell(self.session.layer, self.session.direction).activations

    def axis_of(self, kind: Range) -> tuple[float, float]:
        """Lowest and highest value that the axes of such a quantity show."""
        return self.session.axes[kind]

    def symbol(self, name: str) -> str:
        return self.in_time(symbol(name, self.session.notation, self.model.reset))

    def in_time(self, formula: str) -> str:
        """In the reverse direction what came before stands at t + 1."""
        return formula.replace("t−1", "t+1") if self.session.direction == "reverse" else formula

    def letter(self, name: Literal["h", "n"]) -> str:
        """The state's and the candidate's letter as words use it: keep h, take n."""
        course = self.session.notation == "course"
        return {"h": "c", "n": "c̃"}[name] if course else name

    def resize(self, width: float, height: float) -> None:
        """Lay out for a size in pixels and show the session's state."""
        self.set_size(width, max(height, self.least_height))
        self.renew()

    def use_theme(self, theme: Theme) -> None:
        self.theme = theme
        self.renew()

    def renew(self) -> None:
        """Another model, notation, layer or size: lay out and draw everything."""
        if self.session.trace is not None and not self.size.isEmpty():
            self.arrange()
            self.renew_background()
            self.show_step()

    def arrange(self) -> None:
        """Place what stays from step to step."""

    def show_step(self) -> None:
        """Another step or computation. What stands is painted anew where other things are known."""
        session, frame = self.session, self.session.frame
        by_hand = None if frame is None else {*frame.edited}
        beside = frame is not None and frame.reference is not None
        known = by_hand, beside, session.initial is None, session.computation
        if known == self._stood_for:
            self.repaint_step()
        else:
            self._stood_for = known
            self.repaint_standing()

    def show_unit(self) -> None:
        """Another selected unit."""
        self.repaint_standing()

    def show_zoom(self) -> None:
        """Other units of all charts."""

    def show_scroll(self) -> None:
        """Another stretch of the text."""

    def marks_room(self) -> int:
        """Pixels of its height that all lanes take."""
        return 0

    def least_marks_room(self, low: bool, height: int) -> int:
        """Pixels that its dock has more for them, in a low window fewer; `height`: without them."""
        return 0

    def paper_marks_room(self, height: int) -> int:
        """Pixels with which all of them are in sight in the window's picture."""
        return 0

    def show_lanes(self) -> None:
        """More is known of where lanes hold, or where the hits of what is looked for are."""

    def show_recording(self) -> None:
        """More of the text has been recorded."""

    def show_pointed(self) -> None:
        """The pointer is at another quantity, here or in another pane."""

    def pointed_at(self, at: QPointF) -> tuple[str, bool]:
        """Whose symbol (True) or chart is there; an empty name for neither."""
        return "", False

    def show_whole_run(self) -> None:
        """More has been found out of the whole run."""

    def rest(self) -> bool:
        """Nobody sees it now: end what is under way; whether something was left to be done."""
        return False

    def follows(self) -> tuple[SignalInstance, ...]:
        """What else tells that there is more to be shown, by `show_more`."""
        return ()

    def come_to_front(self, front: bool) -> None:
        """It has come into sight, in front of what it shares a place with, or no longer is."""

    def show_more(self) -> None:
        """More is known of what it shows."""

    def rect_of(self, quantity: str, unit: int) -> QRectF | None:
        """Where the value of a unit (of `probabilities`, a symbol) is drawn, in the scene.

        None where it is not: not in this pane, folded or zoomed away, not computed yet.
        """
        return None

    @property
    def lowest(self) -> float:
        """The least height in which it shows something of all; in less it scrolls."""
        return self.least_height

    # For those who do not see the picture ------------------------------------------------------

    def in_words(self) -> str:
        """What is shown now: a screen reader tells it."""
        return "Nothing is open." if self.session.trace is None else self.words()

    def tables(self) -> Tables:
        """The numbers shown now, the pane's own first."""
        return {} if self.session.trace is None else self.numbers()

    def words(self) -> str:
        """A few plain sentences, of what is open."""
        raise NotImplementedError

    def numbers(self) -> Tables:
        """What makes each table, by its title; none where there are no numbers yet."""
        raise NotImplementedError

    # The pointer ---------------------------------------------------------------------------

    def hover(self, at: QPointF) -> str:
        """What a tool tip says there; empty for nothing."""
        return ""

    def point(self, at: QPointF | None) -> bool:
        """The pointer is there, or gone; whether on a link, which may look otherwise then."""
        return False

    def press(self, at: QPointF) -> None:
        """A click."""

    def drag(self, at: QPointF) -> None:
        """The pointer moves with its button held."""

    def release(self) -> None:
        """The button is let go."""

    def grab(self, at: QPointF) -> bool:
        """A click with Shift: whether what is there follows the pointer from now on."""
        return False

    def pull(self, at: QPointF) -> None:
        """The pointer moves with what it has hold of."""

    def key(self, key: int) -> bool:
        """A key, one of Qt's, while the pane has the keyboard; False where it means nothing."""
        return False

    def chosen(self) -> tuple[QRectF, str] | None:
        """Where what keys have chosen stands, and how it is told; None where nothing is."""
        return None

    def leave_keys(self) -> None:
        """The keyboard is elsewhere now."""

    def pan(self, pixels: float) -> bool:
        """Move what is shown to the right; False where there is nothing to be moved."""
        return False

    def scroll(self, at: QPointF, turns: float) -> bool:
        """The wheel over a list of its own; False where that does not move: the view does then."""
        return False

    def wheel(self, at: QPointF, turns: float, control: bool) -> None:
        """The wheel, away from the user positive."""

    def paint_background(self, p: QPainter) -> None:
        p.fillRect(self.sceneRect(), self.theme.role(self.background))
