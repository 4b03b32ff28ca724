"""The bookmark of the selected value in this step, and what can be done with all of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from gru_debugger.core.address import Address
from gru_debugger.session.places import here
from gru_debugger.session.session import Session


def remove_here(session: Session) -> None:
    session.mark(session.marks.without_bookmark(here(session)))


def is_here(session: Session) -> bool:
    """Whether this very value is one."""
    return bool(session.marks.bookmarks) and session.marks.bookmark(here(session)) is not None


def deeds(session: Session) -> list[tuple[str, Callable[[], None]]]:
    """What can be done with each bookmark beside going there, in words."""
    marks = session.marks

    def removed(at: Address) -> Callable[[], None]:
        return partial(session.mark, marks.without_bookmark(at))

    there = marks.bookmarks
    return [(f"Remove the bookmark {one.in_words()}", removed(one.at)) for one in there]
