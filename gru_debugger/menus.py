"""The window's menus and keys, made of the table of actions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QKeyCombination, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu

from gru_debugger.actions import ACTIONS, MENUS, PANE_KEYS, VIEW_KEYS, Action, nothing_hinders
from gru_debugger.window import needs
from gru_debugger.window.access_keys import AccessKeys
from gru_debugger.window.chords import Chords
from gru_debugger.window.needs import Needs
from gru_debugger.window.plain import on_button

if TYPE_CHECKING:
    from gru_debugger.main_window import MainWindow

# What else than its needs tells how an action stands: these are asked one by one, others never.
_OWN = tuple(
    row for row in ACTIONS if row.checked or row.titled or row.hindered is not nothing_hinders
)
_BY_NEED: dict[Needs, list[Action]] = {row.needs: [] for row in ACTIONS}
for _row in ACTIONS:
    if _row not in _OWN:
        _BY_NEED[_row.needs].append(_row)


def _tip(row: Action) -> str:
    native = QKeySequence.SequenceFormat.NativeText
    keys = ", ".join(QKeySequence(key).toString(native) for key in row.keys)
    return f"{row.title.rstrip('…')}  ({keys})"


class Menus(QObject):
    """`actions` by their names; `opening` is what the tool bar's first button opens; `refused`
    tells why a key did nothing.
    """

    refused = Signal(str)

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.actions: dict[str, QAction] = {}
        self._shown: dict[str, tuple[str, str, bool, bool]] = {}  # as `enable` left each of them
        self._met: dict[Needs, bool] = {}  # as it found them
        self._rows = {QKeySequence(key).toString(): row for row in ACTIONS for key in row.keys}
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
        panes = menus["Panes"] = menus["View"].addMenu("Show panes")
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
        two: dict[str, Callable[[], object]]
        two = {key: partial(self._press, row) for key, row in self._rows.items() if ", " in key}
        for toggle, key in zip(panes.actions(), PANE_KEYS, strict=False):
            toggle.setShortcut(QKeySequence(key))
            two[key] = toggle.trigger
        self.chords = Chords(window, two)

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
        self._give_keys(action, row)
        return action

    def _give_keys(self, action: QAction, row: Action) -> None:
        """The stepping view's keys reach the action only there, the others everywhere."""
        own = [key for key in row.keys if key in VIEW_KEYS]
        others = [key for key in row.keys if key not in VIEW_KEYS]
        action.setShortcuts([QKeySequence(key) for key in own or others])
        if not own:
            self._window.addAction(action)
            return
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self._window.centre.add_keys(action)
        for key in others:
            shortcut = QShortcut(QKeySequence(key), self._window)
            shortcut.activated.connect(partial(self._press, row))

    def _act(self, row: Action) -> None:
        before = self._seen()
        row.call(self._window)
        if row.in_vain and self._seen() == before:
            self.refused.emit(row.in_vain)
        if row.checked is not None:  # Qt has toggled it, whether or not anything changed
            self._shown.pop(row.name, None)
            self.enable()

    def _seen(self) -> tuple[object, ...]:
        """What those change that can do it in vain."""
        session = self._window.session
        return session.view, session.playing, session.speed

    def _press(self, row: Action) -> None:
        """By a key that Qt has not tied to the action; tells why where that can do nothing."""
        session = self._window.session
        if self.actions[row.name].isEnabled():
            self.actions[row.name].trigger()
        elif session.trace is None:
            self.refused.emit(needs.OPEN.why)
        elif not row.needs.met(session):
            self.refused.emit(row.needs.why)
        else:
            why = row.hindered(self._window)
            self.refused.emit(f"{why[0].upper()}{why[1:]}.")

    def refuse(self, pressed: QKeyCombination) -> bool:
        """Tell why a key has done nothing; False where it is no action's that is disabled."""
        plain = pressed.keyboardModifiers() & ~Qt.KeyboardModifier.KeypadModifier
        key = QKeySequence(QKeyCombination(plain, pressed.key())).toString()
        row = self._rows.get(key)
        elsewhere = key in VIEW_KEYS and not self._window.centre.shown.hasFocus()
        if row is None or elsewhere or self.actions[row.name].isEnabled():
            return False
        self._press(row)
        return True

    def enable(self) -> None:
        """Enable and check what can be done now; what has nothing but its needs is not asked."""
        session = self._window.session
        for need, rows in _BY_NEED.items():
            met = need.met(session)
            if self._met.get(need) is not met:
                self._met[need] = met
                for row in rows:
                    self._enable(row, met)
        for row in _OWN:
            self._enable(row, self._met[row.needs])

    def _enable(self, row: Action, met: bool) -> None:
        why = row.hindered(self._window)
        title = row.title if row.titled is None else on_button(row.titled(self._window.session))
        checked = row.checked is not None and row.checked(self._window.session)
        now = title, why, met and not why, checked
        if self._shown.get(row.name) != now:
            self._shown[row.name] = now
            self._show(row, *now)

    def _show(self, row: Action, title: str, why: str, can: bool, checked: bool) -> None:
        action = self.actions[row.name]
        action.setText(f"{title} ({why[0].lower()}{why[1:]})" if why else title)
        action.setToolTip(why or _tip(row))
        action.setEnabled(can)
        action.setChecked(checked)
