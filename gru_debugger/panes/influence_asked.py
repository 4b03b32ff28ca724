"""What the panes of the influence share: they ask the session for it whenever they show a step."""

from __future__ import annotations

from PySide6.QtCore import SignalInstance

from gru_debugger.charts.theme import Theme
from gru_debugger.panes import in_words, influence_told
from gru_debugger.panes.pane import Pane
from gru_debugger.panes.table import Tables
from gru_debugger.questions.influence import Influence
from gru_debugger.questions.influence_in_words import Shares
from gru_debugger.session.session import Session


class AsksInfluence(Pane):
    """`found` is the session's, as far as it is known; `shares` of the place that is shown."""

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__(session, theme)
        self.found: Influence | None = None
        self.shares: Shares | None = None

    def follows(self) -> tuple[SignalInstance, ...]:
        return (self.session.influence.advanced,)

    def look(self) -> None:
        """Ask; in a picture for paper, where there are no events, wait for all of it."""
        influence = self.session.influence
        self.found = influence.ask() if self.interactive else influence.finished()
        self.shares = None
        if self.found is not None:
            self.shares = Shares(self.found, influence.place, self.session.view.thresholds)

    def show_step(self) -> None:
        self.look()
        self.renew_background()
        self.repaint_step()

    def show_unit(self) -> None:
        self.show_step()

    def show_more(self) -> None:
        self.show_step()

    def show_recording(self) -> None:
        if self.found is None:
            self.show_step()

    def attribution(self, position: int) -> float | None:
        """Of the character there; None where none is known."""
        if self.found is None:
            return None
        k, values = position - self.found.first - 1, self.found["attribution"]
        return float(values[k]) if 0 <= k < len(values) else None

    def words(self) -> str:
        self.look()
        return in_words.sentences(in_words.place(self.session), *influence_told.words(self))

    def numbers(self) -> Tables:
        self.look()
        return influence_told.tables(self)
