"""The dialog that asks for h(0)."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from gru_debugger.charts import fonts
from gru_debugger.charts.qt_faults import guarded
from gru_debugger.charts.theme import Theme
from gru_debugger.core.initial_state import InitialState
from gru_debugger.core.model import Model
from gru_debugger.errors import GRUDebuggerError
from gru_debugger.formats.arrays import ALL_SUFFIXES, state_of_file
from gru_debugger.numerals import two
from gru_debugger.window import file_dialog
from gru_debugger.window.initial_states import Ended, choices
from gru_debugger.window.opening import Opener
from gru_debugger.window.plain import Label, on_button

_STATES = {"States": ALL_SUFFIXES}


class InitialStateDialog(QDialog):
    """One of the choices, with a preview of its values."""

    def __init__(
        self,
        parent: QWidget,
        theme: Theme,
        model: Model,
        now: InitialState,
        remembered: list[Ended],
        opener: Opener,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Initial state")
        self.setMinimumWidth(640)  # a long origin and why it does not fit
        self._model = model
        self.chosen = now
        self.group = QButtonGroup(self)
        self._states: dict[QRadioButton, InitialState] = {}
        self.preview = Preview(theme, model)
        self.fault = Label(wrap=True)
        self.fault.setObjectName("wrong")
        self.fault.hide()
        layout = QVBoxLayout(self)
        layout.addWidget(Label("h(0), the state before the first step:"))
        self._choices = QVBoxLayout()
        layout.addLayout(self._choices)
        for words, state in choices(model, now, remembered):
            self._add(words, state)
        self.file = QPushButton("From a file…", autoDefault=False)
        self.file.clicked.connect(self._from_file)
        layout.addWidget(self.file, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.fault)
        layout.addWidget(self.preview)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self._ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        self._opener = opener
        self._reading = False
        opener.ended.connect(self._read)
        self.finished.connect(self._give_up)
        self.group.buttonToggled.connect(self._choose)
        self._check(now.origin)

    def _add(self, words: str, state: InitialState | str) -> None:
        fits = isinstance(state, InitialState)
        words = words if fits else f"{words}: {state}"
        button = QRadioButton(on_button(words))
        button.setToolTip(words)
        button.setEnabled(fits)
        self.group.addButton(button)
        self._choices.addWidget(button)
        if isinstance(state, InitialState):
            self._states[button] = state

    def _check(self, origin: str) -> None:
        for button, state in self._states.items():
            if state.origin == origin:
                button.setChecked(True)

    def _choose(self) -> None:
        button = self.group.checkedButton()
        if isinstance(button, QRadioButton):
            self.chosen = self._states[button]
            self.preview.show_states(self.chosen)

    def _from_file(self) -> None:
        path = file_dialog.ask_path(self, "A state", kinds=_STATES)
        if path:
            self._opener.start(
                lambda watch: state_of_file(path, self._model, watch), self._use, self._refuse
            )
            self._set_reading(True)

    def _set_reading(self, reading: bool) -> None:
        """Meanwhile nothing is decided."""
        self._reading = reading
        for button in (self.file, self._ok):
            button.setEnabled(not reading)

    def _read(self) -> None:
        self._set_reading(False)

    def _give_up(self) -> None:
        if self._reading:
            self._opener.cancel()

    def _refuse(self, fault: GRUDebuggerError) -> None:
        self.fault.setText(str(fault))
        self.fault.show()

    def _use(self, state: InitialState) -> None:
        self.fault.clear()
        self.fault.hide()
        self._add(f"From a file: {state.origin}", state)
        list(self._states)[-1].setChecked(True)


class Preview(QWidget):
    """Bars of each layer and direction on one axis, with the least and the largest value."""

    ROW, MOST, LABEL, VALUES = 34, 6, 116, 112

    def __init__(self, theme: Theme, model: Model) -> None:
        super().__init__()
        self._theme = theme
        self._names = [model.place_in_words(*place) for place in model.places]
        self._states = np.zeros((len(model.places), model.hidden_size), np.float32)
        self.setMinimumHeight(self.sizeHint().height())

    def sizeHint(self) -> QSize:
        return QSize(480, self.ROW * min(self.MOST, len(self._names)) + 8)

    def show_states(self, initial: InitialState) -> None:
        self._states = initial.states
        self.update()

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        reach = max(1.0, float(np.abs(self._states).max()))
        for i, row in enumerate(self._states[: self.MOST]):
            self._paint_row(p, 4 + i * self.ROW, self._names[i], row, reach)
        p.end()

    def _paint_row(self, p: QPainter, top: float, name: str, row: np.ndarray, reach: float) -> None:
        theme, left, high = self._theme, self.LABEL, self.ROW - 6
        room, middle = self.width() - left - self.VALUES, top + high / 2
        fonts.text(p, 0, middle + 4, name, theme.muted, fonts.SANS, 12)
        p.fillRect(QRectF(left, top, room, high), theme.pale)
        p.fillRect(QRectF(left, middle, room, 1), theme.ticks)
        groups = np.array_split(row, min(len(row), max(1, room)))  # a pixel a group, or more
        wide = room / len(groups)
        for i, group in enumerate(groups):
            for value in {float(group.min()), float(group.max())} - {0.0}:
                tall = abs(value) / reach * high / 2
                color = theme.positive if value > 0 else theme.negative
                y = middle - tall if value > 0 else middle
                p.fillRect(QRectF(left + i * wide, y, max(1.0, wide - 1), tall), color)
        words = f"{two(float(row.min()))} … {two(float(row.max()))}"
        fonts.text(p, self.width(), middle + 4, words, theme.text, fonts.MONO, 11, align="right")
