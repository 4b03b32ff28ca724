"""Access keys: a letter of each entry of a menu, no two the same, underlined while it is open.

They are given when it opens: what it holds then may have been made just now.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QMenu


class AccessKeys(QObject):
    """Of these menus; one that is open has all keys, which would be the stepping view's else."""

    def __init__(self, window: QObject, menus: Iterable[QMenu]) -> None:
        super().__init__(window)
        for menu in menus:
            marked: dict[str, str] = {}  # what its entries are called without them
            menu.aboutToShow.connect(partial(_mark, menu, marked))
            menu.aboutToHide.connect(partial(_unmark, menu, marked))
            menu.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        mine = event.type() == QEvent.Type.ShortcutOverride
        if mine:
            event.accept()
        return mine


def _mark(menu: QMenu, marked: dict[str, str]) -> None:
    _unmark(menu, marked)
    entries = [action for action in menu.actions() if not action.isSeparator()]
    words = [action.text() for action in entries]
    for action, before, shown in zip(entries, words, lettered(words), strict=True):
        marked[shown] = before
        action.setText(shown)


def _unmark(menu: QMenu, marked: dict[str, str]) -> None:
    for action in menu.actions():
        action.setText(marked.get(action.text(), action.text()))
    marked.clear()


def lettered(words: Iterable[str]) -> Iterator[str]:
    """With & before the letter: that of a word's beginning, or any, that none before has."""
    taken: set[str] = set()
    for entry in words:
        beginnings = [found.start() for found in re.finditer(r"\b[^\W_]", entry)]
        places = beginnings + [i for i, sign in enumerate(entry) if sign.isalnum()]
        at = next((i for i in places if entry[i].casefold() not in taken), None)
        if at is not None:
            taken.add(entry[at].casefold())
        yield entry if at is None else f"{entry[:at]}&{entry[at:]}"
