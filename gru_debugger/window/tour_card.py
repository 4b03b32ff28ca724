"""A tour's card: what is said at a stop, the question, what was answered; it stands beside Unit."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gru_debugger.charts.qt_faults import guarded
from gru_debugger.charts.theme import Theme
from gru_debugger.lessons.live import Live
from gru_debugger.session.session import Session
from gru_debugger.window.accessible import announce
from gru_debugger.window.plain import Label, on_button
from gru_debugger.window.style import rename

_ANSWERS = 3
_SAID_AFTER = 40  # pixels


class TourCard(QScrollArea):
    """Shows one stop. `answered` brings the number of an answer, 0 for “show it”; `moved` by how
    many stops; `left` that it is enough."""

    answered = Signal(int)
    moved = Signal(int)
    begun = Signal()
    left = Signal()

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget()
        inner.setObjectName("startInside")
        self.column = QVBoxLayout(inner)
        self.column.setContentsMargins(20, 14, 20, 14)
        self.column.setSpacing(8)
        self._make()
        self.setWidget(inner)
        self._inner = inner
        self.show_none()

    # Made ----------------------------------------------------------------------------------

    def _make(self) -> None:
        head = QHBoxLayout()
        self.title, self.count = self._label("why"), self._label("why")
        self.count.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        head.addWidget(self.title, 1)
        head.addWidget(self.count)
        self.column.addLayout(head)
        self.heading = self._line("cardTitle")
        self.say = self._line("")
        self.box = QFrame()
        self.box.setObjectName("card")
        inside = QVBoxLayout(self.box)
        inside.setContentsMargins(12, 8, 12, 8)
        self.formula, self.worked = self._label("formula"), self._label("formula")
        inside.addWidget(self.formula)
        inside.addWidget(self.worked)
        self.column.addWidget(self.box)
        self.ask = self._line("keys")
        self.answers = [_Answer(number, self.answered.emit) for number in range(1, _ANSWERS + 1)]
        for answer in self.answers:
            self.column.addWidget(answer)
        self.hint = self._line("why")
        self.verdict = self._line("keys")
        self.then = self._line("")
        self.column.addStretch(1)
        self.column.addLayout(self._foot())

    def _foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setSpacing(6)
        self.leave = self._button("Leave", "Esc", self.left.emit)
        self.back = self._button("Back", "PgUp", lambda: self.moved.emit(-1))
        self.next = self._button("Next", "PgDn", lambda: self.moved.emit(1))
        self.begin = self._button("Begin the tour", "", self.begun.emit)
        self.next.setObjectName("primary")
        foot.addWidget(self.leave)
        foot.addStretch(1)
        for one in (self.begin, self.back, self.next):
            foot.addWidget(one)
        return foot

    def _button(self, words: str, key: str, call: Callable[[], object]) -> QPushButton:
        made = QPushButton(f"{words}\N{EM SPACE}{key}" if key else words)
        made.setAccessibleName(words)
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        made.clicked.connect(lambda *_: call())
        return made

    def _label(self, name: str) -> Label:
        label = Label(wrap=True)
        label.setObjectName(name)
        return label

    def _line(self, name: str) -> Label:
        label = self._label(name)
        self.column.addWidget(label)
        return label

    # Shown ---------------------------------------------------------------------------------

    def show_none(self) -> None:
        """No tour is under way."""
        self._all_hidden()
        self.title.setText("Tour")
        self.count.setText("")
        self._say(self.heading, "No tour is under way")
        self.begin.show()

    def _all_hidden(self) -> None:
        for one in (
            self.heading, self.say, self.box, self.formula, self.worked, self.ask, self.hint,
            self.verdict, self.then, self.leave, self.back, self.next, self.begin, *self.answers,
        ):  # fmt: skip
            one.hide()

    def _say(self, label: Label, words: str) -> None:
        label.setText(words)
        label.setVisible(bool(words))

    def show_stop(
        self, title: str, index: int, count: int, live: Live, notation: str, chosen: int | None
    ) -> None:
        """`chosen`: the answer's number, 0 for shown, None as long as it is asked for."""
        stop = live.stop
        self._all_hidden()
        self.title.setText(title)
        self.count.setText(f"{index + 1} of {count}")
        self._say(self.heading, stop.heading)
        self._say(self.say, live.words(stop.say, notation))
        formula, worked = live.words(stop.formula, notation), live.words(stop.worked, notation)
        known = chosen is not None or not stop.answers
        self._say(self.formula, formula)
        self._say(self.worked, worked if known else "")
        self.box.setVisible(bool(formula))
        self._say(self.ask, live.words(stop.ask, notation))
        for answer, given in zip(self.answers, stop.answers, strict=False):
            mark = "✓" if known and answer.number == live.right else ""
            mark = "✗" if chosen == answer.number != live.right else mark
            answer.show_words(live.words(given.words, notation), mark)
        self._say(self.hint, "" if known else "One key answers; S shows it at once.")
        if known:
            self._say(self.verdict, _verdict(chosen, live.right))
            self._say(self.then, live.words(stop.then, notation))
        for button in (self.leave, self.back, self.next):
            button.show()
        self.back.setEnabled(index > 0)
        self.next.setText(f"{'Next' if index + 1 < count else 'End'}\N{EM SPACE}PgDn")
        QTimer.singleShot(0, self, self._to_answer if known else self._to_top)
        self._speak(known)

    def wanted(self) -> int:
        """Pixels that all of it is high at its width, with room for what is said after."""
        self.column.activate()
        return self._inner.heightForWidth(self.viewport().width()) + _SAID_AFTER

    def _to_top(self) -> None:
        self.verticalScrollBar().setValue(0)

    def _to_answer(self) -> None:
        """What is new stands below; it has its place once the card is laid out."""
        self.ensureWidgetVisible(self.then, 0, 60)

    def _speak(self, known: bool) -> None:
        asked, told = (self.heading, self.say, self.ask), (self.verdict, self.worked, self.then)
        said = told if known else asked
        words = [label.text() for label in said]
        if not known:
            words += [one.spoken for one in self.answers if not one.isHidden()]
        announce(self, " ".join(filter(None, words)))

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()  # the pages are the tour's


def _verdict(chosen: int | None, right: int) -> str:
    if not right:
        return ""
    if chosen == right:
        return "Right."
    return f"{right} is right." if not chosen else f"Not quite: {right} is right."


class _Answer(QPushButton):
    """Its number, which is its key, and words that may take two lines."""

    def __init__(self, number: int, call: Callable[[int], object]) -> None:
        super().__init__()
        self.number, self.spoken = number, ""
        self.setObjectName("answer")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(8)
        self._cap, self._words, self._mark = Label(str(number)), Label(wrap=True), Label()
        self._cap.setObjectName("cap")
        for part, stretch in ((self._cap, 0), (self._words, 1), (self._mark, 0)):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            row.addWidget(part, stretch)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.clicked.connect(lambda *_: call(number))

    def show_words(self, words: str, mark: str) -> None:
        self._words.setText(words)
        self._mark.setText(mark)
        meant = {"✓": ", right", "✗": ", your answer, not right"}.get(mark, "")
        self.spoken = f"{self.number}: {words}{meant}"
        self.setAccessibleName(on_button(self.spoken))
        rename(self, "answerNow" if mark == "✓" else "answer")
        self.setMinimumHeight(33 if len(words) < 34 else 48)
        self.show()
