"""Write on: a line in which the model goes on from where one is, a letter or many at a time."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QSizePolicy, QSpinBox, QWidget

from gru_debugger.charts.qt_faults import guarded
from gru_debugger.core.model import printable
from gru_debugger.errors import GRUDebuggerError
from gru_debugger.numerals import counted, grouped, percent
from gru_debugger.questions.generation import unable
from gru_debugger.session.letters import How, Letters
from gru_debugger.session.session import Session
from gru_debugger.window.accessible import announce
from gru_debugger.window.combo import Combo
from gru_debugger.window.input_line import TAB, InputLine, tool_button
from gru_debugger.window.plain import Label

_ENTER = Qt.Key.Key_Return, Qt.Key.Key_Enter
_TOLD, _LISTED = 6, 40  # letters with their probabilities: in the line, in its tip
_BETWEEN = "   "
_SAMPLED, _LIKELIEST = "sampled", "the likeliest"


class LettersLine(InputLine):
    """Enter writes a letter, Ctrl+Enter as many as are set; both are undone as one."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.letters = Letters(session)
        self.way = Combo()
        self.way.addItems([_SAMPLED, _LIKELIEST])
        self.way.currentIndexChanged.connect(self._choose_way)
        self.temperature = QDoubleSpinBox(minimum=0.05, maximum=5, singleStep=0.05, value=0.8)
        self.seed = QSpinBox(minimum=0, maximum=99_999, value=1)
        self.count = QSpinBox(minimum=1, maximum=99_999, value=40)
        self.one = tool_button("A letter", "write a letter", "Enter", lambda: self._write(1))
        self.all = tool_button("All at once", "write all at once", "Ctrl+Enter", self._write_all)
        self.said = Label()
        self.said.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._put(self._controls(), self.said, spare=False)
        self.letters.advanced.connect(self._show_letters)
        self.letters.failed.connect(self._show_fault)
        session.opened.connect(self._follow)
        self._show_letters()

    def _controls(self) -> list[QWidget]:
        named = {"temperature": self.temperature, "seed": self.seed, "letters": self.count}
        self.way.setAccessibleName("how each letter is chosen")
        self.way.setFocusPolicy(TAB)
        widgets: list[QWidget] = [Label("Write on"), self.way]
        for name, box in named.items():
            box.setAccessibleName(name)
            box.setFocusPolicy(TAB)
            box.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
            label = Label(name)
            label.setBuddy(box)
            widgets += [label, box]
        away = tool_button("✕", "end writing on", "Esc", self.close_line)
        return [*widgets, self.one, self.all, self.said, away]

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

    # Shown -------------------------------------------------------------------------------------

    def _follow(self) -> None:
        """What was opened may predict no letters."""
        trace = self._session.trace
        if self.isVisible() and trace is not None and unable(trace):
            self.close_line()

    def _show_letters(self) -> None:
        written, left = self.letters.letters, self.letters.left
        self.all.setText("Cancel" if left else "All at once")
        told = [f"{printable(symbol)} {percent(chance)}" for symbol, chance in written[-_LISTED:]]
        if left > 1:
            total = grouped(len(written) + left)
            self.said.setText(f"{grouped(len(written))} of {total}")
        else:
            self.said.setText(self._fitting(told[-_TOLD:]))
        self.said.setToolTip("\n".join(["probability when written:", *told]) if told else "")
        if not left and told:
            announce(self, f"{counted(len(written), 'letter')} written, the last {told[-1]}")

    def _fitting(self, told: list[str]) -> str:
        """The last of them that there is room for."""
        width = self.said.fontMetrics().horizontalAdvance
        while len(told) > 1 and width(_BETWEEN.join(told)) > self.said.width():
            told = told[1:]
        return _BETWEEN.join(told)
