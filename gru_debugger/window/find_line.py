"""Find: a line in which it is said what to look for, how many there are, and which this is."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from gru_debugger.numerals import listed
from gru_debugger.panes import in_words
from gru_debugger.session.session import Session
from gru_debugger.window.accessible import announce
from gru_debugger.window.completion import Completion
from gru_debugger.window.input_line import tool_button
from gru_debugger.window.pattern_search import PatternSearch
from gru_debugger.window.plain import Label
from gru_debugger.window.said_line import SaidLine

_ENTER = Qt.Key.Key_Return, Qt.Key.Key_Enter
_WIDEST = "regular expression", "88,888 of 88,888"  # room that the words have from the start


class FindLine(SaidLine):
    """Looks while somebody types; Enter and F3 go on, with Shift back, Esc leaves one there."""

    answered = Signal(str, list)  # and the steps that are listed at its end

    def __init__(self, session: Session) -> None:
        example = "text, /regular expression/ or z[9] < 0.05"
        super().__init__(session, "Find", example, "", lambda _: None)
        self._finding = session.finding
        self._patterns = PatternSearch(session)
        self._arrived: int | None = None  # where the last hit led
        self._told = ""
        self.edit.textChanged.connect(self._finding.seek)
        self.completion = Completion(self.edit, session, sure=False)
        _ShiftEnter(self.edit, lambda: self.go(-1))
        for changed in (self._finding.changed, self._finding.advanced):
            changed.connect(self._show_found)
        session.position_changed.connect(self._moved)
        self._finding.reached.connect(self._arrive)

    def _edited(self) -> None:
        """What is wrong is known once it is looked for, and not said with every key."""

    def _controls(self, button_words: str) -> list[QWidget]:
        self.kind, self.count = Label(), Label()
        for label, widest in zip((self.kind, self.count), _WIDEST, strict=True):
            label.setObjectName("plain")
            label.setMinimumWidth(label.fontMetrics().horizontalAdvance(widest) + 6)
        self.count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return [
            self.kind,
            self.count,
            tool_button("‹", "previous hit", "Previous hit: Shift+Enter, Shift+F3", self._previous),
            tool_button("›", "next hit", "Next hit: Enter, F3", self.apply),
            tool_button("✕", "end the search", "Esc", self.close_line),
        ]

    # Said --------------------------------------------------------------------------------------

    def begin(self) -> None:
        """With what was looked for last, ready to be typed over."""
        self._finding.show(True)  # which makes room for hits: before the first paint of the line
        self.begin_with("", self._finding.words)
        self._show_found()

    def apply(self) -> None:
        self.go(1)

    def _previous(self) -> None:
        self.go(-1)

    def close_line(self) -> None:
        self._finding.show(False)
        super().close_line()

    def stop(self) -> None:
        """Nothing is looked for any more."""
        self._finding.stop()
        self._patterns.stop()

    # Found -------------------------------------------------------------------------------------

    def go(self, by: int) -> None:
        """To the next hit (1), or the one before (-1); where nothing is looked for, ask what."""
        if not self._finding.words:
            self.begin()
            return
        self._finding.go(self._session.position, by)
        if not self._finding.waiting:
            return
        fault = self._finding.fault
        self.answered.emit(fault or "Looking on; any step of yours ends it.", [])
        if fault:
            self._finding.give_up()

    def _arrive(self, step: int | None) -> None:
        session = self._session
        if step is None:
            self.answered.emit(f"Nowhere: {self._finding.in_words}", [])
            return
        before = session.position
        if before == self._arrived:
            session.go_to(step)
        else:
            session.follow(step)  # the trail leads back to where the search began
        self._arrived = step
        steps = in_words.steps_told(session)
        all_hits = f"; steps {listed(steps)}" if steps else ""
        said = f"{self._finding.in_words}: {in_words.hits(session)}{all_hits}"
        self.answered.emit(said, steps)

    def _moved(self) -> None:
        self._finding.give_up()
        self._show_count()

    def _show_count(self) -> None:
        """Nothing of what looks like a condition and stands nowhere: it was not meant as text."""
        find = self._finding.find
        meant = find is not None and bool(find.count or not find.doubt)
        self.kind.setText(find.kind if find and meant else "")
        self.count.setText(in_words.hits(self._session) if meant else "")

    def _show_found(self) -> None:
        find = self._finding.find
        self._show_count()
        if not self.isVisible():
            return
        if not (find and find.doubt and not find.complete):  # the one shown may stay
            self._set_fault(self._finding.fault or self._doubt())
        said = ""
        if find and find.complete:
            said = self._doubt() or f"{self.kind.text()}, {self.count.text()}"
        if said != self._told:
            self._told = said
            announce(self, said)

    def _doubt(self) -> str:
        """What looks like a condition was meant as one, where it stands nowhere."""
        find = self._finding.find
        return find.doubt if find and find.complete and not find.count else ""


class _ShiftEnter(QObject):
    """What a line that is edited takes for Enter."""

    def __init__(self, edit: QLineEdit, call: Callable[[], object]) -> None:
        super().__init__(edit)
        self._call = call
        edit.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if event.key() not in _ENTER or not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            return False
        self._call()
        return True
