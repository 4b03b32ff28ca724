"""The window's centre: several panes of the same step, of which the view names the one shown."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QStackedWidget

from gru_debugger.charts.qt_faults import guarded
from gru_debugger.session.session import Session
from gru_debugger.session.view import View
from gru_debugger.window.pane_view import PaneView


class Centre(QStackedWidget):
    """The stepping keys are its own: whichever pane is shown answers them.

    `make` makes the view of the pane called so: the first is there from the start, others are made
    when they are shown first.
    """

    switched = Signal()  # another one is shown, or was made

    def __init__(self, session: Session, make: Callable[[str], PaneView]) -> None:
        super().__init__()
        self._session, self._make = session, make
        self._keys: list[QAction] = []
        self._views: dict[str, PaneView] = {}
        self.first = self._view(View.centre)
        for changed in (session.view_changed, session.opened):
            changed.connect(self._follow)

    @property
    def shown(self) -> PaneView:
        view = self.currentWidget()
        assert isinstance(view, PaneView)
        return view

    def add_keys(self, action: QAction) -> None:
        """An action whose keys are the stepping view's."""
        self._keys.append(action)
        for view in self._views.values():
            view.addAction(action)

    def take_focus(self) -> None:
        """The stepping keys have their view."""
        self.shown.reached_by_tab = False
        self.shown.setFocus()

    def _view(self, name: str) -> PaneView:
        view = self._views.get(name)
        if view is None:
            view = self._views[name] = self._make(name)
            view.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            view.addActions(self._keys)
            self.addWidget(view)
        return view

    @guarded
    def _follow(self) -> None:
        """Show what the view says; Qt takes the keyboard along."""
        wanted, before = self._view(self._session.view.centre), self.shown
        if wanted is before:
            return
        before.come_to_front(False)
        self.setCurrentWidget(wanted)
        wanted.come_to_front(True)
        self.switched.emit()
