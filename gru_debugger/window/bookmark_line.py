"""Bookmarks by keyboard: a note on the selected value at this step, or none any more."""

from __future__ import annotations

from gru_debugger.core.address import Address
from gru_debugger.errors import InputError
from gru_debugger.numerals import counted
from gru_debugger.session.bookmarks import LONGEST, MOST, Bookmark
from gru_debugger.session.places import here
from gru_debugger.session.session import Session
from gru_debugger.window.said_line import SaidLine


class BookmarkLine(SaidLine):
    """Sets one, or writes its note anew; where there is one, nothing removes it."""

    longest = LONGEST

    def __init__(self, session: Session) -> None:
        super().__init__(session, "Bookmark", "", "Set", self._say)
        self._at = Address(0)

    def begin(self) -> None:
        """For what is selected now, whatever is while the note is typed."""
        if self._session.trace is not None:
            self._at = here(self._session)
            there = self._session.marks.bookmark(self._at)
            self.edit.setPlaceholderText(f"a note on {self._at}, or none")
            self.begin_with("", there.note if there else "")

    def _say(self, words: str) -> None:
        session, note = self._session, " ".join(words.split())
        marks = session.marks
        if not note and marks.bookmark(self._at):
            session.mark(marks.without_bookmark(self._at))
            return
        if len(marks.bookmarks) >= MOST and not marks.bookmark(self._at):
            raise InputError(f"there are {counted(MOST, 'bookmark')}; remove one first.")
        session.mark(marks.with_bookmark(Bookmark(self._at, note)))
