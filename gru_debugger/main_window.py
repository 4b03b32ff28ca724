"""The window: docks, menus and bars made from the registries; state lives in the session."""

from __future__ import annotations

from PySide6.QtCore import (
    QByteArray,
    QEvent,
    QObject,
    QPoint,
    QPointF,
    QRectF,
    QSettings,
    Qt,
    QTimer,
)
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QIcon,
    QKeyEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QInputDialog,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gru_debugger.actions import shortcuts_table
from gru_debugger.charts.qt_faults import guarded
from gru_debugger.charts.theme import THEMES
from gru_debugger.files import Text
from gru_debugger.menus import Menus
from gru_debugger.panes.registry import PaneSpec, pane_specs
from gru_debugger.panes.units import UnitsPane
from gru_debugger.paths import resource
from gru_debugger.session.session import Session
from gru_debugger.window import dialogs, last_opened, style
from gru_debugger.window.docks import AREAS, make_dock
from gru_debugger.window.drafts import Drafts
from gru_debugger.window.exporting import Exporter
from gru_debugger.window.file_menu import Files
from gru_debugger.window.focus import FocusRings, TabOrder
from gru_debugger.window.initial_states import InitialStates
from gru_debugger.window.messages import MessageBar
from gru_debugger.window.narrator import Narrator
from gru_debugger.window.numbers import Numbers
from gru_debugger.window.pane_view import PaneView
from gru_debugger.window.placement import Placement
from gru_debugger.window.proof import Proof
from gru_debugger.window.saving import Saver
from gru_debugger.window.status import StatusBar, title
from gru_debugger.window.surprise import SurpriseWatch
from gru_debugger.window.text_editor import TextEditor
from gru_debugger.window.tool_bar import ToolBar
from gru_debugger.window.what_if import WhatIf, holds_pointer

LAYOUT_VERSION = 1  # another one's saved layout is not restored
_NUMBERS = 330  # pixels of the table where there is room
_LOW = 860  # pixels; a lower window gets a lower strip and a narrower inspector


class MainWindow(QMainWindow):
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
            self, session, self.files.recordings, self.message, lambda: self.theme
        )
        self.exporter: Exporter = Exporter(self, session, settings)
        self.saver: Saver = Saver(self, session)
        self.proof = Proof(session)
        self.surprise = SurpriseWatch(session)
        self._default_layout = QByteArray()
        self._make_views()
        self._make_docks()
        self.menus = Menus(self)
        self.actions_by_name = self.menus.actions
        self._make_bars()
        self.rings = FocusRings(self)
        self.tab_order = TabOrder(self, (self.tool_bar, self.message, self.what_if), self.cell)
        for changed in (
            session.opened,
            session.position_changed,
            session.view_changed,
            session.unit_changed,
            session.playing_changed,
            self.cell.laid_out,
            self.numbers_dock.visibilityChanged,
        ):
            changed.connect(lambda *_: self.menus.enable())
        self.menus.enable()
        session.opened.connect(self._show_title)
        QApplication.styleHints().colorSchemeChanged.connect(self._follow_system)
        self.placement = Placement(self, settings.value("geometry"))
        self.set_theme(str(settings.value("theme", "system")))

    # Making --------------------------------------------------------------------------------

    def _make_views(self) -> None:
        self._specs = pane_specs()
        shown = ["cell", *(spec.name for spec in self._specs.values() if spec.dock)]
        light = THEMES["light"]
        self.views = {
            spec.name: PaneView(spec.make(self.session, light), self.session, spec.title)
            for spec in map(self._specs.__getitem__, shown)
        }
        self.cell = self.views["cell"]
        self.cell.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.narrator = Narrator(self.session, self.cell)
        middle = QWidget()
        layout = QVBoxLayout(middle)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.message)
        layout.addWidget(self.cell, 1)
        self.what_if: WhatIf = WhatIf(self.cell, self.session, self.files.recordings.set_edits)
        self.what_if.closed.connect(self.focus_stepping)
        self.setCentralWidget(middle)

    def _make_docks(self) -> None:
        self.editor = TextEditor()
        self.editor.applied.connect(self._apply_text)
        self.editor.given_up.connect(self._end_editing)
        self.drafts = Drafts(self.editor, self.message, self._edit_draft)
        self.strip_stack = QStackedWidget()
        self.strip_stack.addWidget(self.views["strip"])
        self.strip_stack.addWidget(self.editor)
        self.views["strip"].pointer_double_clicked = lambda _: self._edit_clicked()
        self.docks = {
            spec.name: self._make_dock(spec) for spec in self._specs.values() if spec.dock
        }
        self.numbers = Numbers(self.session, self.views)
        self.numbers_dock = make_dock("numbers", "Numbers", self.numbers)
        self.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, self.numbers_dock)
        self.numbers_dock.hide()
        self._numbers_sized = False
        self.splitDockWidget(self.docks["unit"], self.docks["prediction"], Qt.Orientation.Vertical)

    def _make_dock(self, spec: PaneSpec) -> QDockWidget:
        widget = self.strip_stack if spec.name == "strip" else self.views[spec.name]
        dock = make_dock(spec.name, spec.title, widget)
        self.addDockWidget(AREAS[spec.dock], dock)
        return dock

    def _make_bars(self) -> None:
        self.tool_bar = ToolBar(self.session, self.menus.actions, self.menus.opening)
        self.tool_bar.position.left.connect(self.focus_stepping)
        self.addToolBar(self.tool_bar)
        status = self.status = StatusBar(self.session)
        self.setStatusBar(status)
        status.edits.clicked.connect(lambda: self.files.recordings.set_edits())
        self.proof.answered.connect(status.show_parity)
        self.surprise.measured.connect(status.show_surprise)
        self.surprise.doubted.connect(
            lambda words: self.message.notice(
                words, "Vocabulary…", self.files.recordings.ask_vocabulary, "order", "model"
            )
        )
        self.files.recordings.text_made_up.connect(
            lambda: self.message.notice(
                "The file brings no text along.", "Type one", self.edit_text
            )
        )
        for writer in (self.exporter, self.saver):
            writer.done.connect(status.tell)
            writer.failed.connect(self.message.error)

    def _show_title(self) -> None:
        if self.session.trace is not None:
            self.setWindowTitle(title(self.session.trace))

    # Events --------------------------------------------------------------------------------

    def focus_stepping(self) -> None:
        """Give the stepping keys their view back."""
        typing = self.strip_stack.currentWidget() is self.editor or holds_pointer(self.what_if)
        if not typing:
            self.cell.reached_by_tab = False
            self.cell.setFocus()
            self.rings.follow(self.cell)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A click anywhere in the window, on a button too, gives the stepping keys back."""
        if event.type() == QEvent.Type.MouseButtonRelease:
            QTimer.singleShot(0, self, self.focus_stepping)  # once the click has had its effect
        return False

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.message.dismiss()
            self.focus_stepping()
        else:
            super().keyPressEvent(event)

    @guarded
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or event.mimeData().hasText():
            event.acceptProposedAction()

    @guarded
    def dropEvent(self, event: QDropEvent) -> None:
        self.files.drop(event)
        event.acceptProposedAction()

    @guarded
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._default_layout.isEmpty():  # restoring works only once the window is there
            self._size_docks()
            self._default_layout = self.saveState(LAYOUT_VERSION)
            layout = self.settings.value("layout")
            if isinstance(layout, QByteArray):
                self.restoreState(layout, LAYOUT_VERSION)
            self.cell.setFocus()
            self.windowHandle().installEventFilter(self)
            self.drafts.offer()

    @guarded
    def closeEvent(self, event: QCloseEvent) -> None:
        self.session.close()
        self.proof.stop()
        self.surprise.stop()
        self.exporter.stop()
        self.saver.stop()
        self.files.opener.stop()
        self.drafts.stop()
        if not self._default_layout.isEmpty():  # never shown, it has no layout worth keeping
            self.settings.setValue("geometry", self.saveGeometry())
            self.settings.setValue("layout", self.saveState(LAYOUT_VERSION))
            last_opened.keep(self.session, self.settings)
        super().closeEvent(event)

    @guarded
    def changeEvent(self, event: QEvent) -> None:
        """A window that loses the focus stops playing for nobody; it goes on where it was."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange and self.isMinimized():
            self.session.pause()

    # Layout and theme ----------------------------------------------------------------------

    def _size_docks(self) -> None:
        low = self.height() < _LOW
        docks = self.docks
        self.resizeDocks([docks["strip"]], [126 if low else 170], Qt.Orientation.Vertical)
        self.resizeDocks([docks["unit"]], [310 if low else 340], Qt.Orientation.Horizontal)
        shares = [554, 183] if low else [537, 200]  # low: all equations in sight
        self.resizeDocks([docks["unit"], docks["prediction"]], shares, Qt.Orientation.Vertical)

    def restore_layout(self) -> None:
        self.restoreState(self._default_layout, LAYOUT_VERSION)
        for dock in self.docks.values():
            dock.show()
        self._size_docks()
        self.session.look(folded=())

    def set_theme(self, choice: str) -> None:
        """light, dark, or as the system has it; kept for the next start."""
        self.settings.setValue("theme", choice)
        name = choice
        if choice not in THEMES:
            dark = QApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
            name = "dark" if dark else "light"
        self.theme = THEMES[name]
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.setPalette(style.palette(self.theme))
        application.setStyleSheet(style.sheet(self.theme))
        self.tool_bar.use_theme(self.theme)
        self.status.where.use_theme(self.theme)
        self.editor.special.use_theme(self.theme)
        for view in self.views.values():
            view.use_theme(self.theme)

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
        found = {name: (view, view.rect_of(quantity, unit)) for name, view in self.views.items()}
        return {
            name: rect.translated(QPointF(view.viewport().mapTo(self, QPoint(0, 0))))
            for name, (view, rect) in found.items()
            if rect is not None
        }

    # Text editing --------------------------------------------------------------------------

    def edit_text(self, text: str | None = None) -> None:
        """Type where the strip was, beginning with the text that is open."""
        trace = self.session.trace
        if trace is not None and self.files.recordings.reads_text():
            self.session.pause()
            self.docks["strip"].show()
            self.strip_stack.setCurrentWidget(self.editor)
            special = trace.model.special_symbols
            if text is None:
                self.editor.begin(trace.text, special)
            else:
                self.editor.begin(text, special, whole=True)

    def _edit_clicked(self) -> None:
        """A double click is no click: where that went is taken back."""
        self.session.go_to(*self.views["strip"].before_press)
        self.edit_text()

    def paste_text(self) -> None:
        """What is in the clipboard, to be looked at before Ctrl+Enter applies it."""
        text = QApplication.clipboard().text()
        if text:
            self.edit_text(text)

    def _apply_text(self, text: str) -> None:
        if not text:
            self.message.not_opened("The text is empty: type at least one character.")
            return
        before = self.session.trace.text if self.session.trace else ""
        if self.files.recordings.use_text(Text.edited(text, before)):
            self._end_editing()

    def _edit_draft(self, text: str) -> bool:
        self.edit_text(text)
        return self.strip_stack.currentWidget() is self.editor

    def _end_editing(self) -> None:
        self.drafts.drop()
        self.strip_stack.setCurrentIndex(0)
        self.cell.setFocus()

    # Numbers -------------------------------------------------------------------------------

    def show_numbers(self) -> None:
        """The table of the pane that has the focus, or was chosen last; once more, and it goes."""
        if self.numbers_dock.isVisible() and self.numbers.has_focus:
            self.numbers_dock.hide()
            self.focus_stepping()
            return
        self._choose_numbers()
        if self._numbers_sized:
            self.numbers_dock.show()
        else:
            self._show_numbers_first()
        self.numbers.view.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _show_numbers_first(self) -> None:
        """So high that the whole picture stays in sight; from then on its height is the user's."""
        self._numbers_sized = True
        docks = [self.docks["strip"], self.numbers_dock]
        room = int(self.cell.height() - self.units.lowest) - 2
        heights = [docks[0].height(), max(1, min(_NUMBERS, room))]
        self.numbers_dock.show()
        self.resizeDocks(docks, heights, Qt.Orientation.Vertical)

    def copy_numbers(self) -> None:
        self._choose_numbers()
        self.status.tell(self.numbers.copy())

    def _choose_numbers(self) -> None:
        for name, view in self.views.items():
            if view.hasFocus() and view is not self.cell:
                self.numbers.choose_pane(name)

    # Asking --------------------------------------------------------------------------------

    def ask_step(self) -> None:
        self.tool_bar.position.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.tool_bar.position.selectAll()

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

    def ask_command(self) -> None:
        self.menus.ask()

    def show_shortcuts(self) -> None:
        dialogs.show_shortcuts(self, shortcuts_table())

    def show_about(self) -> None:
        dialogs.show_about(self)
