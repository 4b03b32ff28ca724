"""Where lines of input stand: above the picture, one at a time."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from gru_debugger.window.edit_bar import EditBar
from gru_debugger.window.input_line import InputLine
from gru_debugger.window.layout import LOW


class LinePlace(QWidget):
    """The newest is in sight; when it is closed, the one begun before it is again. `lines` are
    those that were begun once.

    In a low window it has the edit bar's place, so that no parts of the cell need to fold.
    """

    def __init__(self, bar: EditBar) -> None:
        super().__init__()
        self._bar = bar
        self.lines: list[InputLine] = []
        self._open: list[InputLine] = []
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)

    def add(self, line: InputLine) -> None:
        placing = self.layout()
        assert placing is not None
        placing.addWidget(line)
        self.lines.append(line)
        line.begun.connect(partial(self._begin, line))
        line.closed.connect(partial(self._end, line))

    def _begin(self, line: InputLine) -> None:
        for other in self._open:
            other.hide()
        self._open = [other for other in self._open if other is not line] + [line]
        self._show()

    def _end(self, line: InputLine) -> None:
        if line in self._open:
            self._open.remove(line)
            self._show()

    def _show(self) -> None:
        self._bar.step_aside(bool(self._open) and self._bar.window().height() < LOW)
        if self._open:
            self._open[-1].show()
