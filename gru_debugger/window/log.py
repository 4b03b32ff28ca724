"""The log: what the lanes are at each step where a run would halt, to go to, copy and save."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gru_debugger.charts import fonts
from gru_debugger.charts.qt_faults import guarded
from gru_debugger.charts.theme import Theme
from gru_debugger.numerals import counted, grouped, two
from gru_debugger.questions.as_text import as_text
from gru_debugger.session.log import LogRows
from gru_debugger.session.session import Session
from gru_debugger.window import csv_file
from gru_debugger.window.plain import Label
from gru_debugger.window.steps_view import STEP, TEXT, Around, StepsModel, StepsView

if TYPE_CHECKING:
    from gru_debugger.questions.log import Log

_TITLE = "Save the log as CSV"
_WIDTHS = (76,)  # pixels of the step; the text takes what the lanes leave
_NOTHING = "No stop is set: F9 sets one at a step, the dot of a lane's condition at each hit."


class LogList(QWidget):
    """Follows stops and lanes while it is seen."""

    told = Signal(str)  # what has been done
    failed = Signal(str)
    filled = Signal(bool)  # whether there are steps to be seen; without, it needs little room

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self._session = session
        self.rows = LogRows(session)
        self._shown: Log | None = None  # the one that is in the list
        self._filled = True
        self.note = Label(wrap=True)
        self.view = StepsView("log of the stops", self._go, _WIDTHS)
        self.view.setParent(self)  # first: keys that come here come to it
        self._model = StepsModel(self.view, self._cell)
        self.view.setModel(self._model)
        self.view.setItemDelegateForColumn(1, Around(self.view))
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.view.horizontalHeader().setDefaultSectionSize(120)
        self.view.horizontalHeader().setStretchLastSection(False)
        self.copy_all, self.save_all = QPushButton("Copy"), QPushButton("Save as CSV…")
        self.copy_all.setToolTip("All of it, tab-separated")
        self.copy_all.clicked.connect(self.copy)
        self.save_all.clicked.connect(self.ask)
        self._lay_out()
        self.rows.advanced.connect(self._show)
        session.position_changed.connect(self._follow)

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.addWidget(self.note, 1)
        for button in (self.copy_all, self.save_all):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setAutoDefault(False)
            line.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 4, 14, 8)
        layout.addLayout(line)
        layout.addWidget(self.view, 1)

    # Shown -------------------------------------------------------------------------------------

    @guarded
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.rows.show(True)
        self._follow()

    @guarded
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.rows.show(False)

    def _follow(self) -> None:
        if self.isVisible():
            self._model.be_at(self._session.position)

    def _show(self) -> None:
        log = self.rows.log
        if log is self._shown and log is not None:
            self._model.grow()
        else:
            self._shown = log
            self._begin(log)
        self.note.setText(_NOTHING if log is None else _told(log))
        some = log is not None and bool(log.steps)
        for button in (self.copy_all, self.save_all):
            button.setEnabled(some)
        if some != self._filled:
            self._filled = some
            self.view.setVisible(some)
            self.filled.emit(some)

    def _begin(self, log: Log | None) -> None:
        """Another list; a lane's column is called as the lane is."""
        heads = [] if log is None else [run.name or run.bare for run in log.runs]
        tips = ["", "", *([] if log is None else _heads(log))]
        steps = [] if log is None else log.steps
        self._model.show(log.trace if log else None, (STEP, TEXT, *heads), steps, tips)
        self.view.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)

    def _cell(self, row: int, column: int) -> str:
        assert self._shown is not None
        return _in_words(self._shown.values[row][column - 2])

    # Done --------------------------------------------------------------------------------------

    def _go(self, row: int) -> None:
        """To a row's step; the trail leads back."""
        self._session.follow(self._model.steps[row])

    def copy(self) -> None:
        rows = list(self._rows(in_words=True))
        QApplication.clipboard().setText("".join("\t".join(row) + "\n" for row in rows))
        self.told.emit(f"Copied the log: {counted(len(rows) - 1, 'step')}")

    def ask(self) -> None:
        """Where to save it."""
        model = self._session.model
        name = Path(model.source.path).stem if model else ""
        path = csv_file.ask(self, _TITLE, f"{name}-log.csv")
        if path:
            self.save(path)

    def save(self, path: Path) -> None:
        csv_file.save_and_tell(self, _TITLE, path, self._rows(), self.told, self.failed)

    def _rows(self, in_words: bool = False) -> Iterator[Sequence[str]]:
        """All of it under its heads; characters `in_words` have no tabs and no line breaks."""
        log = self._shown
        if log is None:
            return
        yield ["step", "character", *_heads(log)]
        for step, values in zip(log.steps, log.values, strict=True):
            character = log.trace.characters[step - 1]
            called = log.trace.character_in_words(step) if in_words else character
            yield [str(step), called, *map(as_text, values)]


def _heads(log: Log) -> list[str]:
    return [" ".join(run.expression.split()) for run in log.runs]


def _told(log: Log) -> str:
    """How many there are, or how far it was looked."""
    steps, there = counted(len(log.steps), "step"), grouped(log.trace.steps)
    if log.full:
        return f"The first {steps} where a run would halt; what follows is left out."
    if log.complete:
        return f"{steps} of {there} where a run would halt"
    return f"{steps} so far, of the first {grouped(log.known)} of {there}"


def _in_words(value: Any) -> str:
    """As a lane's chip has it."""
    if isinstance(value, list):
        return "  ".join(map(_in_words, value))
    if isinstance(value, float):
        return two(value)
    return fonts.glyph(value) if isinstance(value, str) else as_text(value)
