"""The history of the selected unit's state: which steps wrote it, and what of it is left."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gru_debugger.charts.qt_faults import guarded
from gru_debugger.charts.theme import Theme
from gru_debugger.numerals import counted, grouped
from gru_debugger.questions import writing, writing_in_words
from gru_debugger.questions.writes import Bounds, Write, Writes
from gru_debugger.session.session import Session
from gru_debugger.window import csv_file
from gru_debugger.window.history_table import INITIAL, WIDTHS, HistoryModel, step_of
from gru_debugger.window.plain import Label
from gru_debugger.window.steps_view import StepsView
from gru_debugger.window.threshold_box import ThresholdBox

_TITLE = "Save the history as"
_LINES = 4  # of the head, so that the table stays where it is
_HEADS = ("step", "character", "old", "new", "wrote", "left", "n", "z", "refused")


class History(QWidget):
    """Follows the selected unit and the step while it is seen."""

    told = Signal(str)  # what has been done
    failed = Signal(str)

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self._session = session
        self.head = Label(wrap=True)
        self.head.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.note = Label()
        self.written = ThresholdBox("wrote", "written: more than")
        self.candidate = ThresholdBox("strong", "refused: candidate beyond")
        self.kept = ThresholdBox("refused", "refused: update gate above")
        for bound in (self.written, self.candidate, self.kept):
            bound.valueChanged.connect(partial(self._ask, bound))
        self.view = StepsView("history of the selected unit", self._go, WIDTHS)
        self.view.setParent(self)  # first: keys that come here come to it
        self._model = HistoryModel(self.view)
        self.view.setModel(self._model)
        self._lay_out()
        for changed in (
            session.opened,
            session.position_changed,
            session.unit_changed,
            session.view_changed,
            session.recording_advanced,
            session.written.advanced,
        ):
            changed.connect(self._follow)

    def _lay_out(self) -> None:
        copy, save = QPushButton("Copy"), QPushButton("Save as CSV…")
        copy.setToolTip("The whole table, tab-separated")
        copy.clicked.connect(self.copy)
        save.clicked.connect(self.ask)
        bounds, below = QHBoxLayout(), QHBoxLayout()
        for words, bound in (
            ("wrote over", self.written),
            ("refused: |n| over", self.candidate),
            ("z over", self.kept),
        ):
            bounds.addWidget(Label(words))
            bounds.addWidget(bound)
        bounds.addStretch(1)
        below.addWidget(self.note)
        below.addStretch(1)
        for button in (copy, save):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setAutoDefault(False)
            below.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 6, 10, 8)
        layout.addWidget(self.head)
        layout.addLayout(bounds)
        layout.addWidget(self.view, 1)
        layout.addLayout(below)

    @property
    def bounds(self) -> Bounds:
        return Bounds.of(self._session.view.thresholds)

    def _ask(self, bound: ThresholdBox, _: float) -> None:
        """It is one of the view's thresholds."""
        session = self._session
        thresholds = replace(session.view.thresholds, **{bound.name: bound.asked})
        session.look(thresholds=thresholds)

    # Shown -------------------------------------------------------------------------------------

    @guarded
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.head.setMinimumHeight(_LINES * self.head.fontMetrics().lineSpacing())
        self._show()

    def _follow(self) -> None:
        if self.isVisible():
            self._show()

    def _show(self) -> None:
        session, writes = self._session, self._session.writes
        for bound in (self.written, self.candidate, self.kept):
            bound.be(getattr(session.view.thresholds, bound.name))
        self._model.show(writes, self.bounds, session.position)
        if writes is not None:
            self.head.setText(" ".join(self._head(writes)))
            self.note.setText(self._note(writes))
        self._mark(self._model.row_at(session.position))

    def _mark(self, row: int | None) -> None:
        """The row where we are is current, and in sight."""
        if row is None:
            self.view.setCurrentIndex(self._model.index(-1, -1))
        elif row != self.view.currentIndex().row():
            self.view.choose(row)

    def _head(self, writes: Writes) -> list[str]:
        """How long the unit keeps what it holds; who wrote that, and until when it is kept."""
        trace, unit, place, t = writes.trace, writes.unit, writes.place, self._session.position
        half_life = writes.half_life()
        said = [writing_in_words.half_life(trace, unit, place, half_life, writes.complete)]
        if writes.complete and 1 <= t <= trace.recorded:
            found = writing.last_written(trace, unit, t, place, writes.read)
            said.append(writing_in_words.last_written(trace, unit, t, place, found, None))
            ended = writing.overwritten_next(trace, unit, t, place, writes.read)
            said.append(writing_in_words.overwritten_next(trace, unit, t, place, ended))
        return said

    def _note(self, writes: Writes) -> str:
        known = counted(writes.known, "step")
        more = "" if writes.complete else " looked at so far"
        return f"{grouped(self._model.rowCount() - 1)} of {known}{more}"

    # Done --------------------------------------------------------------------------------------

    def _go(self, row: int) -> None:
        """To a row's step, or where the initial state is read; the trail leads back."""
        self._session.follow(min(int(self._model.steps[row]), self._session.steps))

    def copy(self) -> None:
        rows = self._rows(in_words=True)
        QApplication.clipboard().setText("".join("\t".join(row) + "\n" for row in rows))
        self.told.emit(f"Copied the history: {counted(len(rows) - 1, 'row')}")

    def ask(self) -> None:
        """Where to save it."""
        writes = self._session.writes
        if writes is None:
            return
        name = f"{writing_in_words.state(writes.trace, writes.unit, writes.place)}-history.csv"
        path = csv_file.ask(self, _TITLE, name)
        if path:
            self.save(path)

    def save(self, path: Path) -> None:
        csv_file.save_and_tell(self, _TITLE, path, self._rows(), self.told, self.failed)

    def _rows(self, in_words: bool = False) -> list[tuple[str, ...]]:
        """All of it under its heads; characters `in_words` have no tabs and no line breaks."""
        writes = self._session.writes
        assert writes is not None
        rows = writes.rows(self._model.steps, self._session.position, self.bounds)
        trace = writes.trace

        def called(write: Write) -> tuple[str, str]:
            if write.step == writes.start:
                return step_of(write), INITIAL
            words = trace.character_in_words(write.step) if in_words else write.character
            return str(write.step), words

        return [_HEADS, *(_row(w, *called(w)) for w in rows)]


def _row(write: Write, step: str, character: str) -> tuple[str, ...]:
    """To the last digit of float32; nothing for what is not known."""
    values = write.old, write.new, write.wrote, write.left, write.n, write.z
    numbers = ("" if np.isnan(value) else str(np.float32(value)) for value in values)
    return (step, character, *numbers, "refused" if write.refused else "")
