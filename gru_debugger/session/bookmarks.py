"""Bookmarks: addresses with a note. Values, as all that is put on a text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gru_debugger.errors import one_line

if TYPE_CHECKING:  # the command line has no numpy yet
    from gru_debugger.core.address import Address

LONGEST = 200  # characters of a note
MOST = 1000
_SHOWN = 60  # characters of a note in a menu


@dataclass(frozen=True)
class Bookmark:
    at: Address
    note: str = ""

    def in_words(self, longest: int = _SHOWN) -> str:
        """34:z[9]: the leap."""
        return f"{self.at}: {one_line(self.note, longest)}" if self.note else str(self.at)


Bookmarks = tuple[Bookmark, ...]


def ordered(bookmarks: Iterable[Bookmark]) -> Bookmarks:
    """As they stand in the text, one an address: of two the later one."""
    last = {bookmark.at: bookmark for bookmark in bookmarks}
    return tuple(sorted(last.values(), key=lambda one: (one.at.step, one.at.value)))


def change(now: Bookmarks, before: Bookmarks) -> str:
    """What was changed, in a menu's words; empty where nothing was."""
    new = [one for one in now if one not in before]
    if new:
        return f"bookmark {new[0].in_words()}" if len(new) == 1 else "bookmarks"
    gone = [one for one in before if one not in now]
    if gone:
        words = f"bookmark {gone[0].in_words()}" if len(gone) == 1 else "bookmarks"
        return f"{words} removed"
    return ""
