"""A row of controls: what is needed least gives way, into a menu, where there is little room."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from gru_debugger.charts.qt_faults import guarded

Groups = Sequence[Sequence[QWidget]]

_LEFT, _RIGHT, _SPACING, _GROUP = 18, 14, 6, 10  # pixels


@dataclass(frozen=True)
class Stage:
    """What gives way together: `widgets` go, or `shorten` makes some smaller.

    `actions` do what is lost with them, where anything is; asked for when the menu opens.
    """

    widgets: Sequence[QWidget] = ()
    actions: Callable[[], Iterable[QAction]] | None = None
    shorten: Callable[[bool], None] | None = None


class Bar(QWidget):
    """`left` and `right` of a gap; of `stages` as many as must give way, the first one first."""

    def __init__(self, left: Groups, right: Groups, stages: Sequence[Stage]) -> None:
        super().__init__()
        self.more = _more()
        self.more.menu().aboutToShow.connect(self._fill)
        self._stages = stages
        self._offered: list[Callable[[], Iterable[QAction]]] = []
        self._unneeded: set[QWidget] = set()
        self._reserved: set[QWidget] = set()
        self._widgets = [w for group in (*left, *right, (self.more,)) for w in group]
        self._gaps = _LEFT + _RIGHT + _GROUP * (len(left) + len(right))
        self._lay_out(left, (*right, (self.more,)))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def _lay_out(self, left: Groups, right: Groups) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(_LEFT, 0, _RIGHT, 0)
        layout.setSpacing(_SPACING)
        for groups in (left, right):
            for group in groups:
                for widget in group:
                    layout.addWidget(widget)
                layout.addSpacing(_GROUP if group is not right[-1] else 0)
            if groups is left:
                layout.addStretch(1)

    def minimumSizeHint(self) -> QSize:
        """It never keeps the window from being narrow."""
        return QSize(0, 40)

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def need(self, widget: QWidget, needed: bool) -> None:
        """Whether a control is of any use now; `fit` then does what follows."""
        (self._unneeded.discard if needed else self._unneeded.add)(widget)

    def reserve(self, widget: QWidget) -> None:
        """Keep its room while it is not needed: nothing else moves when it comes or goes."""
        self._reserved.add(widget)

    # Room ----------------------------------------------------------------------------------

    def fit(self) -> None:
        """Take away what must go, and bring back what has room again."""
        away, self._offered = {*self._unneeded, self.more}, []
        kept = {*self._reserved}
        for stage in self._stages:
            if stage.shorten is not None:
                stage.shorten(False)
        for stage in self._stages:
            if self._width_without(away - kept) <= self.width():
                break
            if stage.shorten is not None:
                stage.shorten(True)
            if stage.actions is not None and not away.issuperset(stage.widgets):
                self._offered.append(stage.actions)
                away.discard(self.more)
            away.update(stage.widgets)
            kept.difference_update(stage.widgets)
        for widget in self._widgets:
            widget.setVisible(widget not in away)

    def _width_without(self, away: set[QWidget]) -> int:
        there = [widget for widget in self._widgets if widget not in away]
        return self._gaps + sum(_width(widget) + _SPACING for widget in there)

    def _fill(self) -> None:
        menu = self.more.menu()
        menu.clear()
        for actions in self._offered:
            for action in actions():
                menu.addAction(action)


def _width(widget: QWidget) -> int:
    widget.ensurePolished()
    hint = max(widget.sizeHint().width(), widget.minimumSizeHint().width(), widget.minimumWidth())
    return min(hint, widget.maximumWidth())


def _more() -> QToolButton:
    button = QToolButton()
    button.setText("»")
    button.setAccessibleName("more controls")
    button.setToolTip("More controls")
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    open_menu(button, QMenu(button))
    return button


def open_menu(button: QToolButton, menu: QMenu) -> None:
    """Let a button open a menu, which takes the pointer: Qt does not tell it when that is gone."""

    def let_go() -> None:
        button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
        button.update()

    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    button.setMenu(menu)
    menu.aboutToHide.connect(let_go)
