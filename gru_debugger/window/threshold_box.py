"""A number that a threshold is, to be typed or turned: all its digits, and none behind them."""

from __future__ import annotations

from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDoubleSpinBox

from gru_debugger.charts.qt_faults import guarded
from gru_debugger.numerals import brief
from gru_debugger.questions.thresholds import DIGITS, USUAL, most


class ThresholdBox(QDoubleSpinBox):
    """Of the threshold of this name; `said` is what it is called."""

    def __init__(self, name: str, said: str) -> None:
        super().__init__()
        usual: float = getattr(USUAL, name)
        self.name = name
        self.setLocale(QLocale.c())
        self.setAccessibleName(said)
        self.setDecimals(DIGITS)
        self.setRange(0, most(name))
        self.setSingleStep(min(0.05, usual))
        self.setValue(usual)
        self.setMinimumWidth(self.fontMetrics().horizontalAdvance("0.0000") + 24)
        self.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def textFromValue(self, value: float) -> str:
        return brief(value)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes what is typed, and presses no dialog's button."""
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()

    def be(self, value: float) -> None:
        """What it is by now, of which nobody needs to be told."""
        before = self.blockSignals(True)
        self.setValue(value)
        self.blockSignals(before)

    @property
    def asked(self) -> float:
        """To the digits that there are."""
        return round(self.value(), DIGITS)
