"""Lanes by keyboard: of the selected value with one key, of any expression in a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSpinBox, QWidget

from gru_debugger.charts.qt_faults import guarded
from gru_debugger.errors import one_line
from gru_debugger.session.lane_marks import set_lane
from gru_debugger.session.marks import RAREST, Lane, Marks
from gru_debugger.session.session import Session
from gru_debugger.window.completion import Completion
from gru_debugger.window.said_line import SaidLine

_ENTER = Qt.Key.Key_Return, Qt.Key.Key_Enter
_SHOWN = 50  # characters of an expression in the palette


class LaneLine(SaidLine):
    """Makes a lane of an expression, or of one lane another; of nothing, none.

    `every`: at how many hits each the lane halts a run.
    """

    copy_wanted = Signal(int)  # the lane

    def __init__(self, session: Session) -> None:
        example = "surprise > 3, z[9] < 0.05, leap: max(changed(h)) > 0.5"
        super().__init__(session, "Lane of", example, "Add", self._say)
        self.completion = Completion(self.edit, session)
        self._at: int | None = None  # the lane that is written anew

    def _controls(self, button_words: str) -> list[QWidget]:
        self.every = QSpinBox(minimum=1, maximum=RAREST, prefix="every ", suffix=" hits")
        self.every.setSpecialValueText("every hit")
        self.every.setAccessibleName("of the hits, halt at every so many")
        self.every.setToolTip("Of the steps where it holds, a run halts at each so many")
        return [self.every, *super()._controls(button_words)]

    def begin(self, at: int | None = None) -> None:
        """For a new one, or for another expression in a lane."""
        lanes = self._session.marks.lanes
        self._at = at if at is not None and at < len(lanes) else None
        lane = Lane("") if self._at is None else lanes[self._at]
        self.every.setValue(lane.every)
        self.begin_with("", lane.expression)

    def begin_every(self, at: int) -> None:
        """At how many hits each it is to halt."""
        self.begin(at)
        self.every.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.every.selectAll()

    def _say(self, words: str) -> None:
        set_lane(self._session, " ".join(words.split()), self._at, self.every.value())

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes it all in the box too; the line says so by itself."""
        if event.key() in _ENTER and self.every.hasFocus():
            self.apply()
        else:
            super().keyPressEvent(event)

    def deeds(self) -> list[tuple[str, Callable[[], None]]]:
        """What can be done with each lane, in words: the palette has it for who uses no mouse."""
        runs = self._session.lanes.runs
        return [deed for at in range(len(runs)) for deed in self._deeds(at)]

    def _deeds(self, at: int) -> Iterator[tuple[str, Callable[[], None]]]:
        session, marks = self._session, self._session.marks
        run, lane = session.lanes.runs[at], marks.lanes[at]
        said = f"lane {one_line(run.expression, _SHOWN)}"

        def become(changed: Marks) -> Callable[[], None]:
            return partial(session.mark, changed)

        if run.is_truth:
            how = "Disarm: halt no longer" if lane.armed else "Arm: halt runs"
            yield f"{how} at the {said}", become(marks.armed(at))
            yield f"Halt at every … hit of the {said}", partial(self.begin_every, at)
        yield f"Write another {said}", partial(session.lane_wanted.emit, at)
        yield f"Copy as CSV the {said}", partial(self.copy_wanted.emit, at)
        yield f"Remove the {said}", become(marks.without_lane(at))
        if at:
            yield f"Move up the {said}", become(marks.moved(at, -1))
