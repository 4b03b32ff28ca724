"""Where the user was before a tour began, for when it is left."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gru_debugger.core.cell import Notation
from gru_debugger.core.run import Run
from gru_debugger.session.marks import Marks
from gru_debugger.session.session import Session
from gru_debugger.session.view import View
from gru_debugger.window.recordings import Recordings


@dataclass(frozen=True)
class Before:
    run: Run
    position: int
    computation: str
    view: View
    marks: Marks

    def in_notation(self, notation: Notation) -> Before:
        """That is the user's own choice wherever it was made."""
        return replace(self, view=replace(self.view, notation=notation))

    def bring_back(self, session: Session, recordings: Recordings) -> None:
        """All but the notation."""
        there = session.edited is not None and session.edited.run == self.run
        if not there and not recordings.bring_back(self.run, self.position, self.marks):
            return
        session.show(self.in_notation(session.notation).view)
        session.go_to(self.position, self.computation)


def now(session: Session) -> Before | None:
    """None: nothing is open."""
    if session.edited is None:
        return None
    return Before(session.edited.run, session.position, session.computation, session.view,
                  session.marks)  # fmt: skip
