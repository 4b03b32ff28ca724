"""The window's menus, keys and palette, made of the table of actions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu

from gru_debugger.actions import ACTIONS, MENUS, MOVING, VIEW_KEYS, Action
from gru_debugger.window import bookmark_line
from gru_debugger.window.access_keys import AccessKeys
from gru_debugger.window.chords import Chords
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
    recent_files,
    what_place,
)
from gru_debugger.window.plain import on_button
from gru_debugger.window.ready_lanes import KINDS

if TYPE_CHECKING:
    from gru_debugger.main_window import MainWindow
    from gru_debugger.window.palette import CommandPalette

_REMEMBERED = 5  # commands of the palette, which stand first in it


def _tip(row: Action) -> str:
    native = QKeySequence.SequenceFormat.NativeText
    keys = ", ".join(QKeySequence(key).toString(native) for key in row.keys)
    return f"{row.title.rstrip('…')}  ({keys})"


class Menus(QObject):
    """`actions` by their names; `opening` is what the tool bar's first button opens."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.actions: dict[str, QAction] = {}
        self._shown: dict[str, tuple[str, str, bool, bool]] = {}  # as `enable` left each of them
        self._recent: list[str] = []
        menus: dict[str, QMenu] = {name: window.menuBar().addMenu(f"&{name}") for name in MENUS}
        for row in ACTIONS:
            action = self.actions[row.name] = self._make(row)
            if row.submenu and row.submenu not in menus:
                if row.begins_group:
                    menus[row.menu].addSeparator()
                menus[row.submenu] = menus[row.menu].addMenu(row.submenu)
            elif row.begins_group:
                menus[row.submenu or row.menu].addSeparator()
            menus[row.submenu or row.menu].addAction(action)
        panes = menus["Panes"] = menus["View"].addMenu("Panes")
        panes.addActions(list(window.docks.toggles.values()))
        stops, lanes = window.ready.menus(window)
        menus["Stops"].insertMenu(self.actions["clear_stops"], stops)
        menus["Lanes"].insertMenu(self.actions["remove_lanes"], lanes)
        opening = [self.actions[name] for name in ("open_model", "open_text", "edit_text")]
        after = menus["File"].actions()
        recent = self._filled("Open recent")
        menus["File"].insertMenu(after[after.index(self.actions["open_rows"]) + 1], recent)
        self.opening = self._filled("Open", *opening)
        AccessKeys(self, [*menus.values(), stops, lanes, recent, self.opening])
        self.chords = Chords(window, self.actions.values())

    def _filled(self, title: str, *first: QAction) -> QMenu:
        """A menu of models that is made anew whenever it opens."""
        menu = QMenu(title, self._window)
        menu.aboutToShow.connect(lambda: self._window.files.fill(menu, *first))
        self._window.files.fill(menu, *first)
        return menu

    def _make(self, row: Action) -> QAction:
        action = QAction(row.title, self._window)
        action.setToolTip(_tip(row))
        action.setCheckable(row.checked is not None)
        action.triggered.connect(lambda *_: self._act(row))
        self._give_keys(action, row.keys)
        return action

    def _give_keys(self, action: QAction, keys: Sequence[str]) -> None:
        """The stepping view's keys reach the action only there, the others everywhere."""
        own = [key for key in keys if key in VIEW_KEYS]
        others = [key for key in keys if key not in VIEW_KEYS]
        action.setShortcuts([QKeySequence(key) for key in own or others])
        if not own:
            self._window.addAction(action)
            return
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self._window.cell.addAction(action)
        for key in others:
            QShortcut(QKeySequence(key), self._window).activated.connect(action.trigger)

    def _act(self, row: Action) -> None:
        row.call(self._window)
        if row.checked is not None:  # Qt has toggled it, whether or not anything changed
            self._shown.pop(row.name, None)
            self.enable()

    def enable(self, rows: Sequence[Action] = ACTIONS) -> None:
        """Enable and check what can be done now; few of all change with a key press."""
        session = self._window.session
        for row in rows:
            why = row.hindered(self._window)
            title = row.title if row.titled is None else on_button(row.titled(session))
            can = row.enabled(session) and not why
            now = title, why, can, row.checked is not None and row.checked(session)
            if self._shown.get(row.name) != now:
                self._shown[row.name] = now
                self._show(row, *now)

    def enable_here(self) -> None:
        """The same after a step: of those that may be others there."""
        self.enable(MOVING)

    def _show(self, row: Action, title: str, why: str, can: bool, checked: bool) -> None:
        action = self.actions[row.name]
        action.setText(f"{title} ({why[0].lower()}{why[1:]})" if why else title)
        action.setToolTip(why or _tip(row))
        action.setEnabled(can)
        action.setChecked(checked)

    def ask(self) -> None:
        """The command palette."""
        from gru_debugger.window.palette import CommandPalette

        window, session = self._window, self._window.session
        entries = marked(session)
        entries += [self._entry(one) for name, one in self.actions.items() if name != "palette"]
        for name, dock in window.docks.items():
            entries.append(self._entry(window.docks.toggles[name]))
            title = f"Go to the pane: {dock.windowTitle()}"
            go = partial(window.docks.go_to, name)
            entries.append(Entry(title, partial(self._run, title, go)))

        entries += recent_files(window.files, window.sessions.open)
        deeds = window.stops.deeds(), window.lane_line.deeds(), bookmark_line.deeds(session)
        for title, call in chain(*deeds):
            entries.append(Entry(title, partial(self._run, title, call)))
        for ready in window.ready.entries(*KINDS):
            entries.append(replace(ready, run=partial(self._run, ready.title, ready.run)))

        def find(typed: str) -> list[Entry]:
            found = numbered(session, typed) or addressed(session, typed)
            return found + best(typed, entries, self._recent)

        self._open(CommandPalette(window, find, partial(nothing_found, session)))

    def ask_place(self) -> None:
        """The same of places alone: where to go."""
        from gru_debugger.window.palette import CommandPalette

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
