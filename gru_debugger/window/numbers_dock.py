"""The table of numbers in its dock: of the pane that has the focus, by a key."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Qt, Signal

from gru_debugger.window.docks import Docks

if TYPE_CHECKING:
    from gru_debugger.window.numbers import Numbers

_NAME = "numbers"


class NumbersDock(QObject):
    """`tell` says in the status bar what was copied."""

    left = Signal()  # it went, and had the keyboard

    def __init__(self, docks: Docks, tell: Callable[[str], None]) -> None:
        super().__init__(docks[_NAME])
        self._docks, self._tell = docks, tell

    @property
    def table(self) -> Numbers:
        return cast("Numbers", self._docks.content(_NAME))

    def is_shown(self) -> bool:
        return self._docks[_NAME].isVisible()

    def show(self) -> None:
        """Of the pane that has the focus, or was chosen last; once more, and it goes."""
        if self.is_shown() and self.table.has_focus:
            self._docks[_NAME].hide()
            self.left.emit()
            return
        self._choose()
        self._docks.show(_NAME)
        self.table.view.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def copy(self) -> None:
        self._choose()
        self._tell(self.table.copy())

    def _choose(self) -> None:
        for name, view in self._docks.views.items():
            if view.hasFocus() and view is not self._docks.centre.shown:
                self.table.choose_pane(name)
