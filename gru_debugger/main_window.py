"""The window: docks, menus and bars made from the registries; state lives in the session."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QObject, QRectF, QSettings, Qt, QTimer
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QIcon,
    QKeyEvent,
    QMouseEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QInputDialog,
    QVBoxLayout,
    QWidget,
)

from gru_debugger.actions import shortcuts_table
from gru_debugger.charts.qt_faults import guarded
from gru_debugger.charts.theme import THEMES
from gru_debugger.files import SESSION_SUFFIX, TOUR_SUFFIX
from gru_debugger.menus import Menus
from gru_debugger.panes.units import UnitsPane
from gru_debugger.paths import resource
from gru_debugger.session.session import Session
from gru_debugger.window import last_opened, style
from gru_debugger.window.docks import Docks
from gru_debugger.window.edit_bar import EditBar
from gru_debugger.window.file_menu import Files
from gru_debugger.window.focus import FocusRings, TabOrder
from gru_debugger.window.initial_states import InitialStates
from gru_debugger.window.input_line import holds_pointer
from gru_debugger.window.line_place import LinePlace
from gru_debugger.window.matters import Matters
from gru_debugger.window.messages import MessageBar
from gru_debugger.window.narrator import Narrator
from gru_debugger.window.numbers_dock import NumbersDock
from gru_debugger.window.parts import Parts
from gru_debugger.window.placement import Placement
from gru_debugger.window.proof import Proof
from gru_debugger.window.pulling import Pulling
from gru_debugger.window.ready_lanes import ReadyLanes
from gru_debugger.window.reference import Reference
from gru_debugger.window.sessions import Sessions
from gru_debugger.window.start_page import StartPage
from gru_debugger.window.status import StatusBar, title
from gru_debugger.window.stops import Stops
from gru_debugger.window.surprise import SurpriseWatch
from gru_debugger.window.teaching import Teaching
from gru_debugger.window.text_place import TextPlace
from gru_debugger.window.tool_bar import ToolBar
from gru_debugger.window.what_changed import WhatChanged

if TYPE_CHECKING:
    from gru_debugger.window.palette_asked import Palettes
    from gru_debugger.window.similar import SimilarList
    from gru_debugger.window.tour import Tours
    from gru_debugger.window.tour_before import Before


class MainWindow(Parts):
    """The stepping view in the middle, docks around it; `files` and the like do the rest."""

    def __init__(self, session: Session, settings: QSettings) -> None:
        super().__init__()
        self.session: Session = session
        self.settings: QSettings = settings
        self.setWindowTitle("GRU Debugger")
        self.setWindowIcon(QIcon(str(resource("icons", "gru-debugger.svg"))))
        self.setAcceptDrops(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.message = MessageBar()
        self.message.emptied.connect(self.focus_stepping)
        self.files: Files = Files(self, session, settings, self.message)
        self.initial: InitialStates = InitialStates(
            self, session, self.files.recordings, self.message, lambda: self.theme,
            self.files.opener,
        )  # fmt: skip
        self.proof = Proof(session)
        self.surprise = SurpriseWatch(session)
        self.matters = Matters(session)
        self.docks: Docks = Docks(self, session, self._listen)
        self.sessions: Sessions = Sessions(self, session, self.files, self.message, self.docks)
        self.views = self.docks.views
        self._make_centre()
        self.menus = Menus(self)
        self.actions_by_name = self.menus.actions
        self._make_bars()
        self.start_page: StartPage = StartPage(self)
        self.rings = FocusRings(self)
        above = self.tool_bar, self.message, self.edit_bar, self.line_place
        self.tab_order = TabOrder(self, above, self.centre)
        self.centre.switched.connect(self.tab_order.settle)
        for changed in (
            session.opened,
            session.position_changed,
            session.view_changed,
            session.unit_changed,
            session.marks_changed,
            session.playing_changed,
            self.cell.laid_out,
            *(dock.visibilityChanged for dock in self.docks.values()),
        ):
            changed.connect(lambda *_: self._enable())
        self.menus.enable()
        session.opened.connect(self._show_title)
        QApplication.styleHints().colorSchemeChanged.connect(self._follow_system)
        self.teaching: Teaching = Teaching(self)
        self.placement = Placement(self, settings.value("geometry"))
        self.set_theme(str(settings.value("theme", "system")))

    # Making --------------------------------------------------------------------------------

    def _make_centre(self) -> None:
        self.centre = self.docks.centre
        self.cell = self.centre.first
        self.narrator = Narrator(self.session, self.centre)
        middle = QWidget()
        layout = self._middle = QVBoxLayout(middle)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.give_message_back()
        layout.addWidget(self.centre, 1)
        recordings = self.files.recordings
        self.reference: Reference = Reference(self.session, recordings)
        self.changed = WhatChanged(self.session)
        self.pulling = Pulling(self.session, recordings)
        self.edit_bar: EditBar = EditBar(
            self.session, lambda: self.what_if, self.reference, self.changed, self.pulling,
            recordings.try_edits,
        )  # fmt: skip
        self.edit_bar.left.connect(self.focus_stepping)
        layout.insertWidget(1, self.edit_bar)
        self.line_place = LinePlace(self.edit_bar)
        layout.insertWidget(2, self.line_place)
        self.session.lane_wanted.connect(lambda at: self.lane_line.begin(at))
        self.setCentralWidget(middle)
        self.text: TextPlace = TextPlace(self.docks, self.session, recordings, self.message)
        self.text.ended.connect(self.centre.take_focus)
        self.numbers: NumbersDock = NumbersDock(self.docks, lambda said: self.status.tell(said))
        self.numbers.left.connect(self.focus_stepping)
        self.ready: ReadyLanes = ReadyLanes(self.session)
        self.stops: Stops = Stops(self.session)
        for asked in (self.stops, self.ready, self.reference):
            asked.answered.connect(lambda said: self.status.answer(said))
        self.session.marks_left_out.connect(lambda said: self.status.answer(said))

    def _listen(self, widget: QWidget) -> None:
        """A dock's, when it has been made: what it has done is told like everything else."""
        if hasattr(widget, "told"):
            widget.told.connect(lambda said: self.status.tell(said))
        if hasattr(widget, "failed"):
            widget.failed.connect(self.message.error)

    def _make_bars(self) -> None:
        self.tool_bar = ToolBar(self.session, self.menus.actions, self.menus.opening)
        self.tool_bar.position.left.connect(self.focus_stepping)
        self.addToolBar(self.tool_bar)
        status = self.status = StatusBar(self.session)
        self.setStatusBar(status)
        self.proof.answered.connect(status.show_parity)
        self.surprise.measured.connect(status.show_surprise)
        self.surprise.doubted.connect(
            lambda words: self.message.notice(
                words, "Vocabulary…", self.files.recordings.ask_vocabulary, "order", "model"
            )
        )
        self.files.recordings.text_made_up.connect(
            lambda: self.message.notice(
                "The file brings no text along.", "Type one", self.text.edit
            )
        )
        self.menus.refused.connect(status.answer)
        self.menus.chords.waits.connect(status.hold)
        self.menus.chords.ended.connect(status.tell)
        self.sessions.done.connect(status.tell)

    def _enable(self) -> None:
        """Once the window is there: while it comes, much changes that nobody sees."""
        if self.docks.begun:
            self.menus.enable()

    def _show_title(self) -> None:
        if self.session.trace is not None:
            self.setWindowTitle(title(self.session.trace))

    # Events --------------------------------------------------------------------------------

    @cached_property
    def tours(self) -> Tours:
        """Made when the first is wanted."""
        from gru_debugger.window.tour import Tours

        tours = Tours(self)
        tours.told.connect(self.status.answer)
        return tours

    @cached_property
    def palettes(self) -> Palettes:
        from gru_debugger.window.palette_asked import Palettes

        return Palettes(self)

    def give_message_back(self) -> None:
        """Its place over the panes, where the start page has none for it."""
        self._middle.insertWidget(0, self.message)

    def focus_stepping(self) -> None:
        if self.start_page.shown:
            return
        if not (self.text.typing or any(map(holds_pointer, self.line_place.lines))):
            self.centre.take_focus()
            self.rings.follow(self.centre.shown)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A click anywhere in the window, on a button too, gives the stepping keys back; with the
        pointer on what parts two docks their sizes become the user's."""
        pressed = isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonPress
        if pressed and self.isSeparator(event.position().toPoint()):  # type: ignore[attr-defined]
            self.docks.lent.forget()
        if event.type() == QEvent.Type.MouseButtonRelease:
            QTimer.singleShot(0, self, self.focus_stepping)  # once the click has had its effect
        return False

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            lines = [line for line in self.line_place.lines if line.isVisible()]
            if not (lines or self.message.isVisible()):
                self.teaching.leave()
            self.message.dismiss()
            for line in lines:
                line.close_line()
            self.focus_stepping()
        elif not self.menus.refuse(event.keyCombination()):
            super().keyPressEvent(event)

    @guarded
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or event.mimeData().hasText():
            event.acceptProposedAction()

    @guarded
    def dropEvent(self, event: QDropEvent) -> None:
        named = [url.toLocalFile() for url in event.mimeData().urls()]
        session = next((name for name in named if name.endswith(SESSION_SUFFIX)), "")
        tour = next((name for name in named if name.endswith(TOUR_SUFFIX)), "")
        if session:
            self.sessions.open(Path(session))
        elif tour:
            self.tours.begin(tour)
        else:
            self.files.drop(event)
        event.acceptProposedAction()

    @guarded
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self.docks.begun:
            self.docks.begin(self.settings.value("layout"), self.settings.value("lent"))
            self._enable()
            self.centre.take_focus()
            self.windowHandle().installEventFilter(self)
            self.text.drafts.offer()

    @guarded
    def closeEvent(self, event: QCloseEvent) -> None:
        self.teaching.leave()
        self.session.close()
        self.proof.stop()
        self.surprise.stop()
        self.matters.stop()
        self.changed.stop()
        self.stops.stop()
        self.stop_parts()
        self.files.opener.stop()
        self.text.drafts.stop()
        self.sessions.autosave.stop()
        self.start_page.stop()
        if self.docks.begun:  # never shown, it has no layout worth keeping
            if "tours" in vars(self):
                self.tours.put_down()
            self.settings.setValue("geometry", self.teaching.geometry())
            layout, lent = self.docks.to_keep()
            self.settings.setValue("layout", layout)
            self.settings.setValue("lent", lent)
            last_opened.keep(self._to_remember(), self.settings)
        super().closeEvent(event)

    def _to_remember(self) -> Before | None:
        """What is open; of what a tour opened, what was open before it."""
        from gru_debugger.window import tour_before

        if "tours" in vars(self) and self.tours.stands_on_its_own:
            before = self.tours.before
            return before and before.in_notation(self.session.notation)
        return tour_before.now(self.session)

    @guarded
    def changeEvent(self, event: QEvent) -> None:
        """A window that loses the focus stops playing for nobody; it goes on where it was."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange and self.isMinimized():
            self.session.pause()

    # Layout and theme ----------------------------------------------------------------------

    def restore_layout(self) -> None:
        self.docks.restore()
        self.session.look(folded=())
        if "tours" in vars(self):
            self.tours.restored()

    def set_theme(self, choice: str) -> None:
        """light, dark, or as the system has it; kept for the next start."""
        self.settings.setValue("theme", choice)
        name = choice
        if choice not in THEMES:
            dark = QApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
            name = "dark" if dark else "light"
        self.theme = THEMES[name]
        self.restyle()
        self.tool_bar.use_theme(self.theme)
        self.status.where.use_theme(self.theme)
        self.text.editor.special.use_theme(self.theme)
        self.docks.use_theme(self.theme)

    def restyle(self) -> None:
        """In the theme's colours, with type as large as it is to be."""
        application, sheet = QApplication.instance(), style.sheet(self.theme, self.teaching.larger)
        assert isinstance(application, QApplication)
        application.setPalette(style.palette(self.theme))
        if application.styleSheet() != sheet:  # Qt looks anew at every widget
            application.setStyleSheet(sheet)

    def toggle_theme(self) -> None:
        self.set_theme("dark" if self.theme.name == "light" else "light")

    def _follow_system(self) -> None:
        if self.settings.value("theme", "system") == "system":
            self.set_theme("system")

    @property
    def units(self) -> UnitsPane:
        """The charts that zoom and move together."""
        pane = self.cell.pane
        assert isinstance(pane, UnitsPane)
        return pane

    def rects_of(self, quantity: str, unit: int) -> dict[str, QRectF]:
        """Where a value is in sight, in the window's pixels, by the names of the panes."""
        return self.docks.rects_of(quantity, unit)

    # Asking --------------------------------------------------------------------------------

    def ask_unit(self) -> None:
        model = self.session.model
        if model is None:
            return
        last = model.hidden_size - 1
        unit, chosen = QInputDialog.getInt(
            self, "Select a unit", f"Unit, 0 to {last}", self.session.unit, 0, last
        )
        if chosen:
            self.session.select_unit(unit)

    def ask_similar(self) -> None:
        """Where the units are on together as they are here."""
        self.docks.show("similar")
        cast("SimilarList", self.docks.content("similar")).ask_here()

    def ask_command(self) -> None:
        self.palettes.command()

    def ask_place(self) -> None:
        self.palettes.place()

    def ask_thresholds(self) -> None:
        from gru_debugger.window import thresholds

        thresholds.ask(self)

    def show_shortcuts(self) -> None:
        from gru_debugger.window import dialogs

        dialogs.show_shortcuts(self, shortcuts_table())

    def show_about(self) -> None:
        from gru_debugger.window import dialogs

        dialogs.show_about(self)
