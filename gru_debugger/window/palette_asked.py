"""What stands in the command palette and in Go to, and what was used of it last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QKeySequence

from gru_debugger.session import bookmarks_here
from gru_debugger.window.palette import CommandPalette
from gru_debugger.window.palette_entries import (
    Entry,
    addressed,
    been,
    best,
    marked,
    no_place,
    nothing_found,
    numbered,
    of_unit,
    to_open,
    what_place,
)
from gru_debugger.window.ready_lanes import KINDS

if TYPE_CHECKING:
    from gru_debugger.main_window import MainWindow

_REMEMBERED = 5  # commands, which stand first


class Palettes:
    """Opens them over the window."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._recent: list[str] = []

    def command(self) -> None:
        """Of all that can be done or opened."""
        window, session = self._window, self._window.session
        entries = marked(session)
        others = (one for name, one in window.actions_by_name.items() if name != "palette")
        entries += map(self._entry, others)
        for name, dock in window.docks.items():
            entries.append(self._entry(window.docks.toggles[name]))
            title = f"Go to the pane: {dock.windowTitle()}"
            go = partial(window.docks.go_to, name)
            entries.append(Entry(title, partial(self._run, title, go)))

        entries += to_open(window.files, window.sessions.open)
        deeds = window.stops.deeds(), window.lane_line.deeds(), bookmarks_here.deeds(session)
        for title, call in chain(*deeds):
            entries.append(Entry(title, partial(self._run, title, call)))
        for ready in window.ready.entries(*KINDS):
            entries.append(replace(ready, run=partial(self._run, ready.title, ready.run)))

        def find(typed: str) -> list[Entry]:
            found = numbered(session, typed) or addressed(session, typed)
            return found + best(typed, entries, self._recent)

        self._open(CommandPalette(window, find, partial(nothing_found, session)))

    def place(self) -> None:
        """Of where to go alone."""
        window, session = self._window, self._window.session
        entries = marked(session) + been(session)
        entries += [Entry(*deed) for deed in window.stops.deeds()]

        def find(typed: str) -> list[Entry]:
            found = addressed(session, typed) + of_unit(session, typed)
            return found + best(typed, entries)

        nothing, example = partial(no_place, session), what_place(session)
        self._open(CommandPalette(window, find, nothing, "Go to", example, height=240))

    def _open(self, palette: CommandPalette) -> None:
        """In the middle of the window."""
        window = self._window
        palette.move(window.mapToGlobal(window.rect().center()) - palette.rect().center())
        palette.show()

    def _entry(self, action: QAction) -> Entry:
        title = action.text().replace("&", "")
        native = QKeySequence.SequenceFormat.NativeText
        return Entry(
            title,
            partial(self._run, title, action.trigger),
            action.shortcut().toString(native),
            action.isChecked() if action.isCheckable() else None,
            action.isEnabled(),
        )

    def _run(self, title: str, call: Callable[[], object]) -> None:
        """What was used last stands first the next time."""
        self._recent = [title, *(used for used in self._recent if used != title)][:_REMEMBERED]
        call()
