"""Write on: a line in which the model goes on from where one is, a letter or many at a time."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QDoubleSpinBox,
    QHBoxLayout,
    QSizePolicy,
    QSpinBox,
    QStackedWidget,
    QWidget,
)

from gru_debugger.charts.qt_faults import guarded
from gru_debugger.core.model import printable
from gru_debugger.errors import GRUDebuggerError
from gru_debugger.numerals import counted, grouped, percent
from gru_debugger.questions.generation import unable
from gru_debugger.session.letters import How
from gru_debugger.session.session import Session
from gru_debugger.window.accessible import announce
from gru_debugger.window.combo import Combo
from gru_debugger.window.input_line import TAB, InputLine, tool_button
from gru_debugger.window.letters_tape import LettersTape
from gru_debugger.window.plain import Label

_ENTER = Qt.Key.Key_Return, Qt.Key.Key_Enter
_LEAST, _HIGH = 195, 31  # pixels of what was written: five letters, and as high as a button
_SAMPLED, _LIKELIEST = "sampled", "the likeliest"


class LettersLine(InputLine):
    """Enter writes a letter, Ctrl+Enter as many as are set; both are undone as one."""

    told = Signal(str)  # what has been done

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.letters = session.letters
        self.way = Combo()
        self.way.addItems([_SAMPLED, _LIKELIEST])
        self.way.currentIndexChanged.connect(self._choose_way)
        self.temperature = QDoubleSpinBox(minimum=0.05, maximum=5, singleStep=0.05, value=0.8)
        self.seed = QSpinBox(minimum=0, maximum=99_999, value=1)
        self.count = QSpinBox(minimum=1, maximum=99_999, value=40)
        self.one = tool_button("A letter", "write a letter", "Enter", lambda: self._write(1))
        self.all = tool_button("All at once", "write all at once", "Ctrl+Enter", self._write_all)
        self.said, self.tape = Label(), LettersTape(session.follow, self.copy)
        self._last = QStackedWidget()  # how far it is, or what was written
        self._last.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._last.setFixedHeight(_HIGH)
        for widget in (self.said, self.tape):
            self._last.addWidget(widget)
        self._groups = self._controls()
        self._lines = [[widget for group in self._groups for widget in group]]
        self._below: list[QHBoxLayout] = []
        self._away = tool_button("✕", "end writing on", "Esc", self.close_line)
        self._put([*self._lines[0], self._away], self._last, spare=False)
        self._line.insertStretch(self._line.indexOf(self._away))
        self._rows.addWidget(self.fault)  # below them all
        self.letters.advanced.connect(self._show_letters)
        self.letters.failed.connect(self._show_fault)
        session.opened.connect(self._follow)
        self._show_letters()

    def _controls(self) -> list[list[QWidget]]:
        """Those of an inner list stay together."""
        named = {"temperature": self.temperature, "seed": self.seed, "letters": self.count}
        self.way.setAccessibleName("how each letter is chosen")
        self.way.setFocusPolicy(TAB)
        groups: list[list[QWidget]] = [[Label("Write on"), self.way]]
        for name, box in named.items():
            box.setAccessibleName(name)
            box.setFocusPolicy(TAB)
            box.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
            label = Label(name)
            label.setBuddy(box)
            groups.append([label, box])
        return [*groups, [self.one], [self.all], [self._last]]

    # Asked -------------------------------------------------------------------------------------

    def begin(self) -> None:
        self.open_line()
        self.one.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def close_line(self) -> None:
        self.letters.cancel()
        super().close_line()

    def stop(self) -> None:
        """Nothing is written any more."""
        self.letters.stop()

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in _ENTER:
            super().keyPressEvent(event)
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._write_all()
        else:
            self._write(1)

    def _write_all(self) -> None:
        """Or no more of them, while they are being written."""
        if self.letters.left:
            self.letters.cancel()
        else:
            self._write(self.count.value())

    def _write(self, count: int) -> None:
        if self._session.trace is None:
            return
        self._show_fault("")
        try:
            self.letters.write(count, self._how)
        except GRUDebuggerError as fault:
            self._show_fault(str(fault))
        self._show_letters()

    @property
    def _how(self) -> How:
        sampled = self.way.currentText() == _SAMPLED
        return How(self.temperature.value() if sampled else 0.0, self.seed.value())

    def _choose_way(self) -> None:
        """The likeliest letter leaves nothing to chance."""
        for box in (self.temperature, self.seed):
            box.setEnabled(self.way.currentText() == _SAMPLED)

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        """In as many lines as they need, each name beside its box."""
        super().resizeEvent(event)
        margins, gap = self._rows.contentsMargins(), self._line.spacing()
        whole = self.width() - margins.left() - margins.right()
        room, lines = whole - self._away.sizeHint().width(), list[list[QWidget]]([[]])
        for group in self._groups:
            wide = sum(_width(widget) + gap for widget in group)
            if lines[-1] and wide > room:
                lines.append([])
                room = whole + gap
            lines[-1] += group
            room -= wide
        if lines != self._lines:
            self._lines = lines
            self._fill()

    def _fill(self) -> None:
        while len(self._below) < len(self._lines) - 1:
            self._below.append(QHBoxLayout())
            self._below[-1].addStretch()
            self._rows.insertLayout(len(self._below), self._below[-1])
        for line, widgets in zip([self._line, *self._below], self._lines, strict=False):
            for at, widget in enumerate(widgets):
                line.insertWidget(at, widget, int(widget is self._last))

    # Shown -------------------------------------------------------------------------------------

    def _follow(self) -> None:
        """What was opened may predict no letters."""
        trace = self._session.trace
        if self.isVisible() and trace is not None and unable(trace):
            self.close_line()

    def _show_letters(self) -> None:
        written, left = self.letters.letters, self.letters.left
        self.all.setText("Cancel" if left else "All at once")
        many, total = left > 1, grouped(len(written) + left)
        self.said.setText(f"{grouped(len(written))} of {total}" if many else "")
        self._last.setCurrentWidget(self.tape if written and not many else self.said)
        if left:
            return
        self.tape.show_letters(written, self.letters.first)
        if written:
            symbol, chance = written[-1]
            last = f"{printable(symbol)} {percent(chance)}"
            announce(self, f"{counted(len(written), 'letter')} written, the last {last}")

    def copy(self) -> None:
        QApplication.clipboard().setText(self.tape.tsv())
        self.told.emit(f"Copied {counted(len(self.letters.letters), 'letter')}")


def _width(widget: QWidget) -> int:
    """What it needs."""
    return _LEAST if isinstance(widget, QStackedWidget) else widget.sizeHint().width()
