"""The centre and the docks around it, made of the table of panes: where they are, how large.

Docks have a slim title that moves and closes them; what they are stands in the pane's head.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from PySide6.QtCore import QByteArray, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QDockWidget,
    QHBoxLayout,
    QMainWindow,
    QToolButton,
    QWidget,
)

from gru_debugger.charts.qt_faults import guarded
from gru_debugger.charts.theme import THEMES, Theme
from gru_debugger.panes.pane import Pane
from gru_debugger.panes.registry import PaneSpec, centre_specs, pane_specs
from gru_debugger.session.session import Session
from gru_debugger.window import layout
from gru_debugger.window.centre import Centre
from gru_debugger.window.dock_room import DockRoom, Scrolled
from gru_debugger.window.focus import stops
from gru_debugger.window.layout import ACROSS, AREAS, DOWN, LOW, VERY_LOW
from gru_debugger.window.lent_room import Lent, LentRoom
from gru_debugger.window.pane_view import PaneView
from gru_debugger.window.plain import Label

LAYOUT_VERSION = 1  # another one's saved layout is not restored


@dataclass(frozen=True)
class Kept:
    """A layout, with the pixels of it that lanes have been given, and of the views before; what
    has no size of its own yet, and what is given back when something is closed."""

    state: QByteArray
    unsized: frozenset[str]
    given: Mapping[str, int] = field(default_factory=dict)
    bare: Mapping[str, int] = field(default_factory=dict)
    lent: Lent = field(default_factory=Lent)


# What the window shows beside the panes, as they are.
WIDGETS = (
    PaneSpec("numbers", "Numbers", "gru_debugger.window.numbers:Numbers", None, "bottom",
             start="closed", deep=(330, 330)),
    PaneSpec("log", "Log", "gru_debugger.window.log:LogList", None, "bottom",
             start="closed", deep=(240, 200)),
    PaneSpec("history", "History", "gru_debugger.window.history:History", None, "left",
             start="closed", deep=(430, 400)),
    PaneSpec("similar", "Similar steps", "gru_debugger.window.similar:SimilarList", None, "left",
             start="closed", deep=(430, 400)),
    PaneSpec("tour", "Tour", "gru_debugger.window.tour_card:TourCard", None, "right", "unit",
             start="closed", deep=(340, 310)),
)  # fmt: skip


class _Title(QWidget):
    def __init__(self, dock: QDockWidget, title: str) -> None:
        super().__init__(dock)
        self.setObjectName("dockTitle")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setToolTip(f"{title}: drag to move, double click to float")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 0, 6, 0)
        close = QToolButton()
        close.setText("✕")
        close.setAccessibleName(f"Close the pane: {title}")
        close.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        close.setToolTip(f"Close “{title}” (View, Show panes brings it back)")
        close.clicked.connect(dock.close)
        layout.addStretch(1)
        grip = Label("⋯")
        grip.setAccessibleName(title)
        layout.addWidget(grip)
        layout.addStretch(1)
        layout.addWidget(close)
        self.setFixedHeight(14)


class _Dock(QDockWidget):
    """`fill` is called before it is shown: what it holds is made when it is wanted first, and so
    is its title. `lent` is what it gives back when it is closed."""

    def __init__(self, spec: PaneSpec, fill: Callable[[], object], lent: LentRoom) -> None:
        super().__init__(spec.title)
        self._fill, self._lent = fill, lent
        self.setObjectName(f"dock-{spec.name}")

    @guarded
    def setVisible(self, visible: bool) -> None:
        if visible:
            self._fill()
            if self.titleBarWidget() is None:
                self.setTitleBarWidget(_Title(self, self.windowTitle()))
            super().setVisible(True)
            return
        with self._lent.closing(self):
            super().setVisible(False)


class Docks(Mapping[str, QDockWidget]):
    """The docks of a window by the names of what they show.

    `views` are the panes' widgets, the centre's among them, `widgets` the others, of what has been
    shown; `made` is called with each of the others. `toggles` show and close each dock.
    """

    def __init__(
        self, window: QMainWindow, session: Session, made: Callable[[QWidget], None]
    ) -> None:
        self._window, self._session, self._made = window, session, made
        self._theme, self._times = THEMES["light"], 1.0
        self._docks: dict[str, QDockWidget] = {}
        self.views: dict[str, PaneView] = {}
        self.widgets: dict[str, QWidget] = {}
        self.toggles: dict[str, QAction] = {}
        self._at_first = QByteArray()  # the layout that is restored
        self._wanted: Any = None  # a session's, until the window is there
        self.instead: dict[str, str] = {}  # than that neighbour, what another shares a place with
        self._given: dict[str, int] = {}  # pixels that lanes have been given
        self._bare: dict[str, int] = {}  # pixels of the views before
        shown = [spec for spec in (*pane_specs().values(), *WIDGETS) if spec.area != "none"]
        middle = {spec.name: spec for spec in centre_specs()}
        self._specs = {spec.name: spec for spec in shown if spec.name not in middle}
        self.lent = LentRoom(window, self._docks)
        for spec in self._specs.values():
            self._docks[spec.name] = _Dock(spec, partial(self.content, spec.name), self.lent)
            self.toggles[spec.name] = self._toggle(spec)
        self.centre = Centre(session, lambda name: self._view_of(middle[name]))
        self._room = DockRoom(window, self._docks, self.centre)
        self._unsized = self._sized_first()
        for spec in self._specs.values():
            self._place(spec)
        for changed in (
            session.marks_changed, session.finding.toggled, session.similar.toggled, session.opened
        ):  # fmt: skip
            changed.connect(self.give_room)

    def __getitem__(self, name: str) -> QDockWidget:
        return self._docks[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._docks)

    def __len__(self) -> int:
        return len(self._docks)

    # Making --------------------------------------------------------------------------------

    def content(self, name: str) -> QWidget:
        """What a dock shows."""
        widget = self.views.get(name) or self.widgets.get(name)
        if widget is None:
            widget = self._make(self._specs[name])
            scrolls = isinstance(widget, PaneView)  # by itself
            self._docks[name].setWidget(widget if scrolls else Scrolled(widget))
        return widget

    def _make(self, spec: PaneSpec) -> QWidget:
        made = spec.make(self._session, self._theme)
        if isinstance(made, Pane):
            view = self._show_pane(made, spec)
            self._docks[spec.name].visibilityChanged.connect(view.come_to_front)
            return view
        assert isinstance(made, QWidget)
        self.widgets[spec.name] = made
        if hasattr(made, "filled"):  # once it has been given its first size
            made.filled.connect(
                partial(self._room.fill, spec.name), Qt.ConnectionType.QueuedConnection
            )
        self._made(made)
        return made

    def _view_of(self, spec: PaneSpec) -> PaneView:
        """Of one of the centre's, which are pictures all."""
        return self._show_pane(spec.make(self._session, self._theme), spec)

    def _show_pane(self, pane: Pane, spec: PaneSpec) -> PaneView:
        view = self.views[spec.name] = PaneView(pane, self._session, spec.title)
        view.hold(not self.begun)
        view.magnify(self._times)
        return view

    def _toggle(self, spec: PaneSpec) -> QAction:
        toggle = QAction(f"Show the pane: {spec.title}", self._window, checkable=True)
        toggle.triggered.connect(
            lambda on: self.show(spec.name) if on else self._docks[spec.name].close()
        )
        # Qt's own knows of a dock behind another that it is there all the same.
        self._docks[spec.name].toggleViewAction().toggled.connect(toggle.setChecked)
        return toggle

    def _place(self, spec: PaneSpec) -> None:
        window, dock = self._window, self._docks[spec.name]
        window.addDockWidget(AREAS[spec.area], dock)
        beside = self._docks.get(spec.neighbour)
        if beside is not None and spec.start == "tabbed":
            window.tabifyDockWidget(beside, dock)
            beside.raise_()
        elif beside is not None:
            along = DOWN if spec.stacked else self._room.along(dock)
            window.splitDockWidget(beside, dock, along)
        dock.setVisible(spec.start != "closed")

    # Layout --------------------------------------------------------------------------------

    def begin(self, kept: object, lent: object = None) -> None:
        """The window is there, which restoring needs: as at first, or as it was left; both as
        `to_keep` says it."""
        if self.begun:
            return
        if self._window.height() < VERY_LOW:
            self._tab()
        self._size()
        self._at_first = self._window.saveState(LAYOUT_VERSION)
        if isinstance(kept, QByteArray):
            self._window.restoreState(kept, LAYOUT_VERSION)
            self.lent.begin(lent)
        self.settle()
        for view in self.views.values():
            view.hold(False)
        self.give_room()  # to the lanes that are there from the start
        self.lent.rests = False
        if self._wanted is not None:
            self.take(self._wanted)
        self._unsized = {name for name in self._unsized if self._docks[name].isHidden()}

    def settle(self) -> None:
        """Docks have their heights now, and not only once events have been seen."""
        placing = self._window.layout()
        assert placing is not None
        placing.activate()

    @property
    def begun(self) -> bool:
        return not self._at_first.isEmpty()

    def to_keep(self) -> tuple[QByteArray, str]:
        """The layout, and what is given back, for `begin`, without the room of lanes: the next
        start has none."""
        lent = self.lent.to_keep(self._given)
        for name, room in self._given.items():
            dock = self._docks[name]
            if room and self._room.is_level(dock):
                self._window.resizeDocks([dock], [dock.height() - room], DOWN)
        self._given.clear()
        return self._window.saveState(LAYOUT_VERSION), lent

    def described(self) -> dict[str, Any]:
        """The layout in plain words, for a session."""
        return layout.described(self._window, self._docks)

    def take(self, content: Any) -> None:
        """The layout of a session; the centre keeps its least size whatever that says."""
        if not self.begun:
            self._wanted = content
            return
        with self.lent.resting():
            layout.arrange(self._window, self._docks, content)
        self._unsized -= {name for name, dock in self._docks.items() if dock.isVisible()}

    def restore(self) -> None:
        """As at first; what is opened then has the size that it has at first."""
        with self.lent.resting():
            self._window.restoreState(self._at_first, LAYOUT_VERSION)
            for name, spec in self._specs.items():
                self._docks[name].setVisible(spec.start != "closed")
        self._unsized = self._sized_first()
        self._size()
        self._given.clear()
        self.give_room()

    @property
    def at_first(self) -> Kept:
        return Kept(self._at_first, frozenset(self._sized_first()))

    def kept(self) -> Kept:
        """The layout as it is, for `put_back`."""
        return Kept(
            self._window.saveState(LAYOUT_VERSION), frozenset(self._unsized), dict(self._given),
            dict(self._bare), self.lent.kept(),
        )  # fmt: skip

    def put_back(self, kept: Kept) -> None:
        with self.lent.resting():
            self._window.restoreState(kept.state, LAYOUT_VERSION)
        self._given, self._bare = dict(kept.given), dict(kept.bare)
        self._unsized = set(kept.unsized)  # what was opened since was so in another layout
        self.lent.take(kept.lent)
        self.settle()
        self.give_room()

    def _sized_first(self) -> set[str]:
        return {name for name, spec in self._specs.items() if _is_sized_first(spec)}

    def _tab(self) -> None:
        """What stands below another would leave it no room: they share a place."""
        for name, spec in self._specs.items():
            beside = self._docks.get(spec.neighbour)
            if beside is not None and spec.start == "open":
                self._window.tabifyDockWidget(beside, self._docks[name])
                beside.raise_()

    def _size(self) -> None:
        low = self._window.height() < LOW
        for name, spec in self._specs.items():
            dock = self._docks[name]
            if spec.deep and spec.start == "open":
                across = DOWN if self._room.along(dock) == ACROSS else ACROSS
                self._window.resizeDocks([dock], [spec.deep[low]], across)
            beside = self._specs.get(spec.neighbour)
            if beside and beside.long and spec.long and spec.start == "open":
                pair = [self._docks[beside.name], dock]
                lengths = [beside.long[low], spec.long[low]]
                self._window.resizeDocks(pair, lengths, self._room.along(dock))

    def give_room(self) -> None:
        """What lanes take of a dock's height it gets more, and gives back when they go."""
        for name, dock in self._docks.items():
            view = self.views.get(name)
            if view is None or not dock.isVisible() or dock.isFloating():
                continue
            if not self._given.get(name):
                self._bare[name] = view.height()  # until events have been seen it is an older one
            low = self._window.height() < LOW
            wanted = view.pane.least_marks_room(low, self._bare[name])
            more, self._given[name] = wanted - self._given.get(name, 0), wanted
            if more and self._room.is_level(dock):
                self._window.resizeDocks([dock], [dock.height() + more], DOWN)
                self.lent.grow(name, more)
                self._keep_whole(more)

    def _keep_whole(self, less: int) -> None:
        """Of two panes above each other that become lower, the lower one is not cut: the upper one,
        whose parts yield one by one, gives way."""
        for name, spec in self._specs.items():
            above, below = self._docks.get(spec.neighbour), self._docks[name]
            view = self.views.get(name)
            if above is None or view is None or not (above.isVisible() and below.isVisible()):
                continue
            if below in self._window.tabifiedDockWidgets(above):
                continue
            least = view.pane.least_height + below.height() - view.height()
            rest = above.height() + below.height() - less - least
            if self._room.along(below) == DOWN and below.height() - less < least < rest:
                self._window.resizeDocks([above, below], [rest, least], DOWN)

    def show(self, name: str) -> None:
        """Open it where it was, in front of those that it shares a place with."""
        dock = self._docks[name]
        if dock.isHidden() and not dock.isFloating():
            with self.lent.opening(dock):
                self._open(name)
            self.settle()
            self._keep_whole(0)
        dock.show()
        dock.raise_()

    def _open(self, name: str) -> None:
        dock, spec = self._docks[name], self._specs[name]
        # Those that are there from the start have their places.
        if spec.start == "closed" and not spec.stacked:
            neighbour = self.instead.get(spec.neighbour, spec.neighbour)
            self._room.put_behind(dock, self._docks.get(neighbour))
        if name in self._unsized:
            self._unsized.remove(name)
            self._room.show_first(dock, spec, self.content(name))
        dock.show()

    def go_to(self, name: str) -> None:
        """Open it, and give the first of it that takes keys the keyboard."""
        self.show(name)
        there = [stop for stop in stops(self.content(name)) if stop.isVisible()]
        for stop in there[:1]:
            stop.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def in_sight(self, name: str) -> bool:
        """Whether it is open, and not behind another."""
        return self._docks[name].isVisible() and not self._docks[name].visibleRegion().isEmpty()

    def is_level(self, name: str) -> bool:
        """Whether it stands, or would stand, above or below the centre."""
        return self._room.along(self._docks[name]) == ACROSS

    def is_extra(self, name: str) -> bool:
        """Whether it is closed at first."""
        return self._specs[name].start == "closed"

    # All of them ---------------------------------------------------------------------------

    def use_theme(self, theme: Theme) -> None:
        """Of widgets, those that have colours of their own have a `use_theme` too."""
        self._theme = theme
        for shown in (*self.views.values(), *self.widgets.values()):
            if hasattr(shown, "use_theme"):
                shown.use_theme(theme)

    def magnify(self, times: float) -> None:
        """Show all panes so many times as large as they are laid out."""
        self._times = times
        for view in self.views.values():
            view.magnify(times)

    def rects_of(self, quantity: str, unit: int) -> dict[str, QRectF]:
        """Where a value is in sight, in the window's pixels, by the names of the panes."""
        found = {name: (view, view.rect_of(quantity, unit)) for name, view in self.views.items()}
        return {
            name: rect.translated(QPointF(view.viewport().mapTo(self._window, QPoint(0, 0))))
            for name, (view, rect) in found.items()
            if rect is not None
        }


def _is_sized_first(spec: PaneSpec) -> bool:
    """Whether it gets a size when it is opened first, and not that of its neighbour's place."""
    return spec.start == "closed" and (spec.stacked or not spec.neighbour)
