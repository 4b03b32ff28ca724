"""From where on words say so: each threshold with what it means, seen at once in what is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, fields
from itertools import groupby
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gru_debugger.charts.qt_faults import guarded
from gru_debugger.numerals import brief
from gru_debugger.phrases import told
from gru_debugger.questions.thresholds import ORDERED, USUAL, Thresholds
from gru_debugger.session.session import Session
from gru_debugger.window import dialogs, telling
from gru_debugger.window.accessible import announce
from gru_debugger.window.dialogs import Scrolled
from gru_debugger.window.plain import Label
from gru_debugger.window.style import say
from gru_debugger.window.threshold_box import ThresholdBox

if TYPE_CHECKING:
    from gru_debugger.main_window import MainWindow

_HIGH = 0.5  # of the window, at most: what changes is to be seen beside it
_INSET = 24  # pixels from the window's corner


def ask(window: MainWindow) -> None:
    dialog = ThresholdsDialog(window, window.session)
    dialog.changed.connect(lambda: telling.tell_again(window))
    dialogs.ask(dialog)


def _contradiction(given: dict[str, float]) -> str:
    """What is not in order, by the names that stand in the dialog."""
    titles = {one.name: told(one.metadata["title"]) for one in fields(Thresholds)}
    for small, large in ORDERED:
        if given[small] > given[large]:
            return told("“{small}” is larger than “{large}”; give them in order.",
                        small=titles[small], large=titles[large])  # fmt: skip
    return ""


class ThresholdsDialog(QDialog):
    """Every change is in force at once; given up, all is as it was before."""

    changed = Signal()

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent)
        self.setWindowTitle(told("Thresholds of the sentences"))
        self._session, self._before = session, session.view.thresholds
        self._asks = True  # until it is answered
        self.boxes: dict[str, ThresholdBox] = {}
        self.fault = Label(wrap=True)
        self.buttons = QDialogButtonBox()
        self.usual = self._button(
            told("Back to defaults"), QDialogButtonBox.ButtonRole.ResetRole, self._be_usual)
        self._button(told("Cancel"), QDialogButtonBox.ButtonRole.RejectRole, self.reject)
        self._button(told("Done"), QDialogButtonBox.ButtonRole.AcceptRole, self.accept)
        self._lay_out()
        self._fill(self._before)

    def _button(
        self, said: str, role: QDialogButtonBox.ButtonRole, call: Callable[[], object]
    ) -> QPushButton:
        """Buttons that only a click presses, or who stands on one."""
        button: QPushButton = self.buttons.addButton(said, role)
        button.setAutoDefault(False)
        button.clicked.connect(lambda *_: call())
        return button

    def _lay_out(self) -> None:
        table = QWidget()
        grid = QGridLayout(table)
        grid.setContentsMargins(2, 0, 12, 2)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        for group, rows in groupby(fields(Thresholds), lambda one: str(one.metadata["group"])):
            self._head(grid, group)
            for one in rows:
                course = self._session.notation == "course"
                meaning = one.metadata["course" if course else "meaning"]
                self._row(grid, one.name, one.metadata["title"], meaning)
        area = Scrolled(table)
        area.setAccessibleName(told("thresholds"))
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # a box that has it comes into sight
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 16, 14, 14)
        layout.setSpacing(8)
        layout.addWidget(area)
        policy = self.fault.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # nothing gives way when something is wrong
        self.fault.setSizePolicy(policy)
        self.fault.hide()
        layout.addWidget(self.fault)
        layout.addWidget(self.buttons)

    @staticmethod
    def _head(grid: QGridLayout, group: str) -> None:
        row = grid.rowCount()
        grid.setRowMinimumHeight(row, 12 if row > 1 else 0)
        head = Label(told(group))
        head.setObjectName("keys")
        grid.addWidget(head, row + 1, 0, 1, 4)

    def _row(self, grid: QGridLayout, name: str, title: str, meaning: str) -> None:
        row = grid.rowCount()
        box = self.boxes[name] = ThresholdBox(name, f"{told(title)}: {told(meaning)}")
        box.valueChanged.connect(self._take)
        box.setToolTip(f"--threshold {name}={brief(getattr(USUAL, name))}")
        label, why = Label(told(title)), Label(told(meaning))
        label.setBuddy(box)
        why.setObjectName("why")
        usual = Label(told("default {usual}", usual=brief(getattr(USUAL, name))))
        usual.setObjectName("why")
        for column, widget in enumerate((label, why, box, usual)):
            grid.addWidget(widget, row, column, Qt.AlignmentFlag.AlignVCenter)

    def _fill(self, thresholds: Thresholds) -> None:
        for name, value in asdict(thresholds).items():
            self.boxes[name].be(value)
        self._judge("")

    @property
    def thresholds(self) -> Thresholds:
        """Those that are in force."""
        return self._session.view.thresholds

    # Answered ----------------------------------------------------------------------------------

    def _take(self) -> None:
        """What they are by now, unless they contradict each other."""
        if not self._asks:
            return
        given = {name: box.asked for name, box in self.boxes.items()}
        if fault := _contradiction(given):
            self._judge(fault)
            return
        asked = Thresholds(**given)
        self._judge("")
        self._set(asked)

    def _set(self, thresholds: Thresholds) -> None:
        if thresholds != self.thresholds:
            self._session.look(thresholds=thresholds)
            self.changed.emit()

    def _judge(self, fault: str) -> None:
        say(self.fault, "wrong", fault)
        self.fault.setVisible(bool(fault))
        if fault:
            announce(self, fault, urgent=True)
        self.usual.setEnabled(any(box.asked != getattr(USUAL, name)
                                  for name, box in self.boxes.items()))  # fmt: skip

    def _be_usual(self) -> None:
        self._fill(USUAL)
        self._set(USUAL)

    def reject(self) -> None:
        self._asks = False  # what is being typed is not taken when its box loses the focus
        self._set(self._before)
        super().reject()

    @guarded
    def hideEvent(self, event: QHideEvent) -> None:
        self._asks = False
        super().hideEvent(event)

    # Where it stands ---------------------------------------------------------------------------

    @guarded
    def showEvent(self, event: QShowEvent) -> None:
        """In the window's lower left corner: sentences stand above and at the right."""
        super().showEvent(event)
        parent = self.parentWidget()
        assert parent is not None
        high = min(self.sizeHint().height(), round(_HIGH * parent.height()))
        self.resize(self.sizeHint().width(), high)
        corner = parent.mapToGlobal(QPoint(_INSET, parent.height() - high - 2 * _INSET))
        self.move(corner)
