"""A tour's card: what is said at a stop, the question, what was answered; it stands beside Unit."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gru_debugger import phrases
from gru_debugger.charts.qt_faults import guarded
from gru_debugger.charts.theme import Theme
from gru_debugger.lessons.live import Live
from gru_debugger.session.session import Session
from gru_debugger.window.accessible import announce
from gru_debugger.window.formula_line import FormulaLine
from gru_debugger.window.plain import Label, on_button
from gru_debugger.window.style import rename

_ANSWERS, _POINTS = 3, 4
_NARROW, _LINE = 240, 20  # pixels
_OFF, _ON = Qt.ScrollBarPolicy.ScrollBarAlwaysOff, Qt.ScrollBarPolicy.ScrollBarAlwaysOn
_MEANT = {
    "": "", "✓": ", right", "✓ yours": ", your answer, right",
    "✗ yours": ", your answer, not right",
}  # fmt: skip


class TourCard(QWidget):
    """Shows one stop; its number stands above what scrolls, the buttons below.

    `answered` brings the number of an answer, 0 for “show it”; `moved` by how many stops; `left`
    that it is enough; `again` from the first stop; `returned` back to the stop. `changed`: the
    words of the stop that is shown, so that they may need another height.
    """

    answered = Signal(int)
    moved = Signal(int)
    begun = Signal()
    left = Signal()
    again = Signal()
    returned = Signal()
    changed = Signal()

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("startInside")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.scrolled = QScrollArea()
        self.scrolled.setFrameShape(QFrame.Shape.NoFrame)
        self.scrolled.setWidgetResizable(True)
        self.scrolled.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.scrolled.setHorizontalScrollBarPolicy(_OFF)
        inner = QWidget()
        inner.setObjectName("startInside")
        self.column = QVBoxLayout(inner)
        self.column.setContentsMargins(20, 4, 20, 4)
        self.column.setSpacing(8)
        self._make()
        self.scrolled.setWidget(inner)
        self._inner, self._known = inner, False
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(self._head())
        whole.addWidget(self.scrolled, 1)
        whole.addLayout(self._foot())
        self.show_none()

    # Made ----------------------------------------------------------------------------------

    def _head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setContentsMargins(20, 10, 20, 4)
        head.setSpacing(10)
        self.title, self.count = self._label("why"), Label()
        self.count.setObjectName("why")
        self.anew = self._small(phrases.told("Begin again"), self.again.emit)
        head.addWidget(self.title, 1)
        head.addWidget(self.anew)
        head.addWidget(self.count)
        return head

    def _make(self) -> None:
        self.heading = self._line("cardTitle")
        self.say = self._line("")
        self.points = _Points()
        self.column.addWidget(self.points)
        self.box = QFrame()
        self.box.setObjectName("card")
        inside = QVBoxLayout(self.box)
        inside.setContentsMargins(12, 8, 12, 8)
        self.formula, self.worked = FormulaLine(), FormulaLine()
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
        self.before = self._line("why")  # what was said, where the answer has its place
        self.column.addStretch(1)

    def _foot(self) -> QVBoxLayout:
        """What is always whole: that the window stands elsewhere, and the way on."""
        foot = QVBoxLayout()
        foot.setContentsMargins(14, 6, 14, 10)
        foot.setSpacing(6)
        away = QHBoxLayout()
        self.away = self._label("why")
        self.back_here = self._small(f"{phrases.told('Return')}\N{EM SPACE}R", self.returned.emit)
        away.addWidget(self.away, 1)
        away.addWidget(self.back_here)
        foot.addLayout(away)
        self.more = self._label("why")
        self.more.setText(phrases.told("There is more below: Shift+PgDn."))
        foot.addWidget(self.more)
        foot.addLayout(self._buttons())
        return foot

    def _buttons(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setSpacing(6)
        self.leave = self._button(phrases.told("Leave"), "Esc", self.left.emit)
        self.back = self._button(phrases.told("Back"), "PgUp", lambda: self.moved.emit(-1))
        self.next = self._button(phrases.told("Next"), "PgDn", lambda: self.moved.emit(1))
        self.begin = self._button(phrases.told("Begin the tour"), "", self.begun.emit)
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

    def _small(self, words: str, call: Callable[[], object]) -> QToolButton:
        made = QToolButton()
        made.setText(words)
        made.setObjectName("more")
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
        self._known = False
        self._all_hidden()
        self.title.setText(phrases.told("Tour"))
        self.count.setText("")
        self._say(self.heading, phrases.told("No tour is under way"))
        self.begin.show()

    def _all_hidden(self) -> None:
        for one in (
            self.heading, self.say, self.box, self.formula, self.worked, self.ask, self.hint,
            self.verdict, self.then, self.leave, self.back, self.next, self.begin, *self.answers,
            self.anew, self.away, self.back_here, self.before, self.points, self.more,
        ):  # fmt: skip
            one.hide()

    def _say(self, label: Label | FormulaLine, words: str) -> None:
        label.setText(words)
        label.setVisible(bool(words))

    def show_stop(
        self, title: str, index: int, count: int, live: Live, notation: str, chosen: int | None
    ) -> None:
        """`chosen`: the answer's number, 0 for shown, None as long as it is asked for."""
        stop = live.stop
        self._all_hidden()
        self.title.setText(phrases.foreign(title))
        self.count.setText(phrases.told("{n} of {count}", n=str(index + 1), count=str(count)))
        self._say(self.heading, phrases.foreign(stop.headings[notation]))
        self._say(self.say, live.words(stop.say, notation))
        self.points.show_words(
            [tuple(live.words(one, notation) for one in point) for point in stop.points]
        )
        formula, worked = live.words(stop.formula, notation), live.words(stop.worked, notation)
        known = chosen is not None or not stop.answers
        self._say(self.formula, formula)
        self._say(self.worked, worked if known else "")
        self.box.setVisible(bool(formula))
        self._say(self.ask, live.words(stop.ask, notation))
        for answer, given in zip(self.answers, stop.answers, strict=False):
            right, own = known and answer.number == live.right, answer.number == chosen
            answer.show_words(live.words(given.words, notation), _mark(right, own))
        self._say(self.hint, "" if known else phrases.told("One key answers; S shows it at once."))
        if known:
            self._say(self.verdict, _verdict(chosen, live.right))
            self._say(self.then, live.words(stop.then, notation))
        for button in (self.leave, self.back, self.next):
            button.show()
        self.back.setEnabled(index > 0)
        self.anew.setVisible(index > 0 or (known and bool(stop.answers)))
        onward = phrases.told("Next") if index + 1 < count else phrases.told("End")
        self.next.setText(f"{onward}\N{EM SPACE}PgDn")
        self._known = known
        self.fit()
        self.changed.emit()
        self._speak(known)

    def say_away(self, words: str) -> None:
        """Where the window stands instead; "": at the stop."""
        changed = bool(words) == self.away.isHidden()
        self.away.setText(words)
        for part in (self.away, self.back_here):
            part.setVisible(bool(words))
        if changed:
            self.fit()
            self.changed.emit()

    def needed(self) -> int:
        """Pixels that it has to be high to show all of it."""
        self._say_first()
        self._settle()
        return self._content() + self.height() - self.scrolled.height()

    def _content(self) -> int:
        self.column.activate()
        return self._inner.heightForWidth(self.scrolled.width())

    def _settle(self) -> None:
        placing = self.layout()
        assert placing is not None
        placing.activate()

    def _say_first(self) -> None:
        """As long as all has room what was said stands above the question, after the answer too."""
        self.say.setVisible(bool(self.say.text()))
        self.before.hide()
        self.more.hide()

    def fit(self) -> None:
        """From its top: of an answer, for which not all has room, question and answer come first,
        and what was said before follows below."""
        self._say_first()
        self._settle()
        if self._content() > self.scrolled.height() and self._known and self.say.text():
            self.before.setText(self.say.text())
            self.before.show()
            self.say.hide()
        fits = self._content() <= self.scrolled.height()
        self.more.setVisible(not fits)
        # Once it is there a bar takes of the width, which makes words need it.
        self.scrolled.setVerticalScrollBarPolicy(_OFF if fits else _ON)
        QTimer.singleShot(0, self, self._to_top)

    def scroll_by(self, pages: int) -> None:
        """So far that a line stays in sight."""
        bar = self.scrolled.verticalScrollBar()
        bar.setValue(bar.value() + pages * (self.scrolled.height() - _LINE))

    def minimumSizeHint(self) -> QSize:
        """Its dock is as wide as the Unit pane's, and no wider for it."""
        return QSize(_NARROW, super().minimumSizeHint().height())

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._known or self.say.text():
            QTimer.singleShot(0, self, self.fit)

    def _to_top(self) -> None:
        self.scrolled.verticalScrollBar().setValue(0)

    def _speak(self, known: bool) -> None:
        asked, told = (self.heading, self.say, self.ask), (self.verdict, self.worked, self.then)
        words = [label.text() for label in (told if known and self.ask.text() else asked)]
        words += self.points.spoken
        if not known:
            words += [one.spoken for one in self.answers if not one.isHidden()]
        announce(self, " ".join(filter(None, words)))

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()  # the pages are the tour's


def _mark(right: bool, own: bool) -> str:
    """Of an answer that was right, or the user's own, or both."""
    if right:
        return "✓ yours" if own else "✓"
    return "✗ yours" if own else ""


def _verdict(chosen: int | None, right: int) -> str:
    if not right:
        return ""
    if chosen == right:
        return phrases.told("Right.")
    if not chosen:
        return phrases.told("{answer} is right.", answer=str(right))
    return phrases.told("Not quite: {answer} is right.", answer=str(right))


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
        self._mark.setText(phrases.told(mark) if mark else "")
        meant = phrases.told(_MEANT[mark]) if mark else ""
        self.spoken = f"{self.number}: {words}{meant}"
        self.setAccessibleName(on_button(self.spoken))
        kind = {"✓": "answerNow", "✗": "answerOwn"}.get(mark[:1], "answer")
        rename(self, kind)
        self.setMinimumHeight(33 if len(words) < 34 else 48)
        self.show()


class _Points(QFrame):
    """What is to be remembered, a heading and its words each, in a frame of their own."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(4)
        self.labels: list[tuple[Label, Label]] = []
        for _ in range(_POINTS):
            heading, words = Label(wrap=True), Label(wrap=True)
            heading.setObjectName("keys")
            heading.setContentsMargins(0, 6 if self.labels else 0, 0, 0)
            self.labels.append((heading, words))
            column.addWidget(heading)
            column.addWidget(words)

    def show_words(self, points: Sequence[tuple[str, ...]]) -> None:
        self.setVisible(bool(points))
        for i, pair in enumerate(self.labels):
            for label, words in zip(pair, points[i] if i < len(points) else ("", ""), strict=True):
                label.setText(words)
                label.setVisible(bool(words))

    @property
    def spoken(self) -> list[str]:
        return [label.text() for pair in self.labels for label in pair]
