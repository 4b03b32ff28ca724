"""The overview of the whole run: each panel a question, its answer in a sentence."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QPainter

from gru_debugger.charts import fonts
from gru_debugger.core.cell import Array
from gru_debugger.numerals import percent
from gru_debugger.panes import in_words
from gru_debugger.panes.pane import Pane
from gru_debugger.panes.table import Table, Tables

FULL = 0.95  # a state beyond it is full


class WholeRunPane(Pane):
    """Follows the recording; a step changes nothing."""

    def _full(self) -> float:
        """The share of all recorded states beyond ±FULL, from 0 to 1."""
        place = self.session.layer, self.session.direction
        states = self.trace.states(*place, 0, self.trace.recorded)
        return float(np.mean(np.abs(states) > FULL)) if states.size else 0.0

    def paint_background(self, p: QPainter) -> None:
        super().paint_background(p)
        if self.session.trace is not None:
            fonts.text(p, 56, 30, "How full is the state?", self.theme.text, fonts.SANS, 14, 600)
            fonts.text(p, 56, 52, self._answer(), self.theme.muted, fonts.SANS, 12)

    def show_recording(self) -> None:
        self.renew_background()

    def words(self) -> str:
        return in_words.sentences(in_words.place(self.session), self._answer())

    def _answer(self) -> str:
        return f"Beyond ±0.95: {percent(self._full())} of all {self.letter('h')}"

    def numbers(self) -> Tables:
        return {"states": self._table}

    def _table(self) -> Table:
        values: Array = np.array([[self._full()]], np.float32)
        return Table(("states",), lambda _: ("all",), ("beyond ±0.95",), values)
