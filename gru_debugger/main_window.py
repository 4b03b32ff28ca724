"""The window: docks, menus and bars made from the registries; state lives in the session."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QByteArray,
    QEvent,
    QFileSystemWatcher,
    QObject,
    QProcess,
    QSettings,
    Qt,
    QTimer,
)
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QIcon, QKeySequence
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QFileDialog,
    QInputDialog,
    QLabel,
    QLineEdit,
    QMainWindow,
    QMenu,
    QMessageBox,
    QPlainTextEdit,
    QProgressDialog,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gru_debugger import __version__
from gru_debugger.actions import ACTIONS, MENUS, Action, shortcuts_table
from gru_debugger.charts import ink
from gru_debugger.charts.theme import THEMES
from gru_debugger.core.model import Example, Model
from gru_debugger.core.trace import Trace
from gru_debugger.errors import GRUDebuggerError, TextError
from gru_debugger.exports import snapshots
from gru_debugger.exports.jobs import SnapshotJob
from gru_debugger.files import read_text
from gru_debugger.formats import bundled_names, load_model, safetensors
from gru_debugger.panes.columns import ColumnsPane
from gru_debugger.panes.registry import pane_specs
from gru_debugger.parity import Parity
from gru_debugger.paths import resource
from gru_debugger.session import Session
from gru_debugger.window import crash, dialogs, style
from gru_debugger.window.bars import MessageBar, ToolBar
from gru_debugger.window.docks import AREAS, make_dock
from gru_debugger.window.opening import Opener
from gru_debugger.window.pane_view import PaneView
from gru_debugger.window.proof import Proof

LAYOUT_VERSION = 1
_RECENT = 8
_MODEL_FILES = "Models (*.pt *.pth *.safetensors);;All files (*)"


class MainWindow(QMainWindow):
    """The stepping view in the middle, docks around it."""

    def __init__(self, session: Session, settings: QSettings) -> None:
        super().__init__()
        self.session = session
        self.settings = settings
        self.setWindowTitle("GRU Debugger")
        self.setWindowIcon(QIcon(str(resource("icons", "gru-debugger.svg"))))
        self.setAcceptDrops(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.theme_choice = str(settings.value("theme", "system"))
        self.message = MessageBar()
        self._make_views()
        self._make_actions()
        self._make_bars()
        self._make_text_editor()
        self.opener = Opener(self.show_error)
        self.proof = Proof(session)
        self.proof.answered.connect(self._show_parity)
        self._watcher = QFileSystemWatcher(self)
        self._watcher.fileChanged.connect(self._file_changed)
        for signal_ in (session.opened, session.position_changed, session.view_changed,
                        session.recording_advanced, session.playing_changed):  # fmt: skip
            signal_.connect(self._show_status)
            signal_.connect(self._enable_actions)
        session.opened.connect(self._model_opened)
        QApplication.styleHints().colorSchemeChanged.connect(lambda _: self.set_theme(self.theme_choice))
        self._restore()
        self.set_theme(self.theme_choice)
        application = QApplication.instance()
        assert application is not None
        #application.installEventFilter(self)

    # Making --------------------------------------------------------------------------------

    def _make_views(self) -> None:
        specs, theme = pane_specs(), THEMES["light"]
        self.views = {name: PaneView(specs[name].make(self.session, theme), self.session)
                      for name in ("cell", *(s.name for s in specs.values() if s.dock))}  # fmt: skip
        self.cell = self.views["cell"]
        self.cell.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.cell.setAccessibleName("stepping view")
        middle = QWidget()
        layout = QVBoxLayout(middle)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.message)
        layout.addWidget(self.cell, 1)
        self.setCentralWidget(middle)
        self.docks = {}
        for spec in specs.values():
            if spec.dock:
                widget: QWidget = self.views[spec.name]
                if spec.name == "strip":
                    self.strip_stack = QStackedWidget()
                    self.strip_stack.addWidget(widget)
                    widget = self.strip_stack
                dock = make_dock(spec.name, spec.title, widget)
                self.addDockWidget(AREAS[spec.dock], dock)
                self.docks[spec.name] = dock
        self.setCorner(Qt.Corner.TopRightCorner, Qt.DockWidgetArea.TopDockWidgetArea)
        self.splitDockWidget(self.docks["unit"], self.docks["prediction"], Qt.Orientation.Vertical)
        self._default_state = QByteArray()

    def _make_actions(self) -> None:
        self.actions_by_name: dict[str, QAction] = {}
        self.menus: dict[str, QMenu] = {name: self.menuBar().addMenu(f"&{name}") for name in MENUS}
        for row in ACTIONS:
            action = self._make_action(row)
            self.actions_by_name[row.name] = action
            self.menus[row.menu].addAction(action)
            if row.name in ("reload", "undo", "copy", "compute_backward", "last", "go_to",
                            "select_unit", "contributions", "fold_sums", "zoom_reset"):  # fmt: skip
                self.menus[row.menu].addSeparator()
        self.menus["View"].addSeparator()
        for dock in self.docks.values():
            self.menus["View"].addAction(dock.toggleViewAction())
        self.recent_menu = QMenu("Open", self)
        self.recent_menu.aboutToShow.connect(self._fill_recent)
        self._fill_recent()

    def _make_action(self, row: Action) -> QAction:
        action = QAction(row.title, self)
        action.setObjectName(row.name)
        action.setShortcuts([QKeySequence(key) for key in row.keys])
        keys = ", ".join(QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
                         for key in row.keys)  # fmt: skip
        action.setToolTip(f"{row.title.rstrip('…')}  ({keys})" if keys else row.title)
        action.setCheckable(row.checked is not None)
        action.triggered.connect(lambda *_: (row.call(self), self._enable_actions()))
        if row.scope == "stepping":
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            self.cell.addAction(action)
        else:
            self.addAction(action)
        return action

    def _make_bars(self) -> None:
        self.tool_bar = ToolBar(self.session, self.actions_by_name, self.recent_menu)
        self.tool_bar.position.left.connect(self.focus_stepping)
        self.addToolBar(self.tool_bar)
        status = self.statusBar()
        status.setSizeGripEnabled(False)
        self.where, self.parity, self.variant = QLabel(), QLabel(), QLabel(objectName="quiet")
        status.addWidget(self.where, 1)
        status.addPermanentWidget(self.parity)
        status.addPermanentWidget(self.variant)

    def _make_text_editor(self) -> None:
        self.editor = QPlainTextEdit(objectName="text")
        self.editor.setTabChangesFocus(False)
        self.editor.setPlaceholderText("Type or paste a text; Ctrl+Enter applies it, Esc gives up")
        self.editor.setAccessibleName("text")
        self.editor.installEventFilter(self)
        self.strip_stack.addWidget(self.editor)
        self.views["strip"].pointer_double_clicked = lambda _: self.edit_text()

    # Events --------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.KeyPress and watched is self.editor:
            return self._editor_key(event)
        if kind == QEvent.Type.MouseButtonRelease and isinstance(watched, QWidget):
            self._after_click(watched)
        return False

    def _after_click(self, clicked: QWidget) -> None:
        """A click anywhere in the window leaves the focus on the stepping view."""
        typing = isinstance(clicked, (QLineEdit, QAbstractSpinBox)) or self.editor in (
            clicked, clicked.parentWidget())  # fmt: skip
        if clicked.window() is self and not typing and not self.cell.hasFocus():
            QTimer.singleShot(0, self.focus_stepping)

    def focus_stepping(self) -> None:
        if QApplication.activePopupWidget() is None and self.strip_stack.currentWidget() is not self.editor:
            self.cell.setFocus()

    def keyPressEvent(self, event: Any) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.message.hide()
            self.focus_stepping()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or event.mimeData().hasText():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        data = event.mimeData()
        if data.hasUrls():
            for url in data.urls():
                if url.isLocalFile():
                    self.open_dropped(Path(url.toLocalFile()))
        elif data.hasText():
            self.use_text(data.text())
        event.acceptProposedAction()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.session.pause()
        self.proof.stop()
        self.settings.setValue("geometry", self.saveGeometry())
        self.settings.setValue("layout", self.saveState(LAYOUT_VERSION))
        self.settings.setValue("theme", self.theme_choice)
        self.opener.wait()
        super().closeEvent(event)

    # Layout and theme ----------------------------------------------------------------------

    def _restore(self) -> None:
        self.resize(1600, 1000)
        geometry = self.settings.value("geometry")
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        if self._default_state.isEmpty():
            self._size_docks()
            self._default_state = self.saveState(LAYOUT_VERSION)
            layout = self.settings.value("layout")
            if isinstance(layout, QByteArray):
                self.restoreState(layout, LAYOUT_VERSION)
            self.cell.setFocus()

    def _size_docks(self) -> None:
        low = self.height() < 860
        docks, sizes = [self.docks["strip"]], [130 if low else 173]
        self.resizeDocks(docks, sizes, Qt.Orientation.Vertical)
        self.resizeDocks([self.docks["unit"]], [300 if low else 340], Qt.Orientation.Horizontal)
        self.resizeDocks([self.docks["unit"], self.docks["prediction"]], [560, 216],
                         Qt.Orientation.Vertical)  # fmt: skip

    def restore_layout(self) -> None:
        self.restoreState(self._default_state, LAYOUT_VERSION)
        for dock in self.docks.values():
            dock.show()
        self._size_docks()

    def set_theme(self, choice: str) -> None:
        """light, dark, or as the system has it."""
        self.theme_choice = choice
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
        for view in self.views.values():
            view.use_theme(self.theme)

    def toggle_theme(self) -> None:
        self.set_theme("dark" if self.theme.name == "light" else "light")

    def zoom(self, factor: float) -> None:
        """Zoom the unit axis; 0 shows all units."""
        pane = self.cell.pane
        assert isinstance(pane, ColumnsPane)
        if factor:
            pane.zoom(factor)
        else:
            pane.reset_zoom()

    # Opening -------------------------------------------------------------------------------

    def show_error(self, fault: GRUDebuggerError | str) -> None:
        self.message.error(str(fault))

    def ask_model(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "Open a model", self._folder(), _MODEL_FILES)
        if path:
            self.open_model(path)

    def ask_text(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "Open a text", self._folder(), "Texts (*.txt *);;All (*)")
        if path:
            self.open_text(Path(path))

    def _folder(self) -> str:
        recent = self._recent()
        return str(Path(recent[0]).parent) if recent and not recent[0].startswith("bundled:") else ""

    def open_dropped(self, path: Path) -> None:
        """A model or a text: what is no model but UTF-8 is a text."""
        if path.suffix.lower() in (".txt", ".text", ".md", ""):
            self.open_text(path)
        else:
            self.open_model(str(path))

    def open_model(self, path: str) -> None:
        """Open a model, keeping the text where its vocabulary covers it."""
        self.opener.start(lambda: load_model(path), lambda model: self._use_model(model, path))

    def open_text(self, path: Path) -> None:
        self.opener.start(lambda: read_text(path), self.use_text)

    def _use_model(self, model: Model, path: str) -> None:
        if model.vocabulary is None:
            dialog = dialogs.VocabularyDialog(self, model.source.name, model.symbols)
            if not dialog.exec():
                return
            model = replace(model, vocabulary=dialog.symbols)
        kept = self.session.trace.text if self.session.trace else ""
        brings = model.example if path.startswith("bundled:") else None
        if brings is not None and kept != brings.text:
            self._show(model, brings.text, brings.step, brings.unit)
        elif model.covers(kept) and kept:
            self._show(model, kept, self.session.position)
        else:
            self._ask_about_text(model, kept)
        self._remember(path)

    def _ask_about_text(self, model: Model, text: str) -> None:
        if not text:
            self._show(model, *start_text(model))
            return
        chosen = dialogs.ask_uncovered(self, model, text, model.unknown(text))
        if chosen:
            self._show(model, chosen, 1)

    def use_text(self, text: str) -> None:
        """Read another text with the model that is open."""
        model = self.session.model
        if model is None:
            return
        if text and not model.covers(text):
            chosen = dialogs.ask_uncovered(self, model, text, model.unknown(text))
            if chosen is None:
                return
            text = chosen
        self._show(model, text, 1)

    def _show(self, model: Model, text: str, position: int, unit: int | None = None) -> bool:
        try:
            trace = Trace(model, text)
        except GRUDebuggerError as fault:
            self.show_error(fault)
            return False
        self.message.hide()
        self.session.open(trace, position, unit)
        return True

    def undo(self) -> None:
        self.session.undo()

    def reload(self) -> None:
        """Read the model's file again, keeping text, step and unit."""
        model, trace = self.session.model, self.session.trace
        if model is None or trace is None:
            return
        path, position, unit = model.source.path, self.session.position, self.session.unit
        given = model.vocabulary

        def use(fresh: Model) -> None:
            if fresh.vocabulary is None and given is not None and fresh.symbols == len(given):
                fresh = replace(fresh, vocabulary=given)
            if fresh.vocabulary is not None and fresh.covers(trace.text):
                self._show(fresh, trace.text, position, unit)
            else:
                self._use_model(fresh, path)

        self.opener.start(lambda: load_model(path), use)

    def _model_opened(self) -> None:
        model = self.session.model
        assert model is not None
        self.setWindowTitle(f"{model.source.name} – GRU Debugger")
        if self._watcher.files():
            self._watcher.removePaths(self._watcher.files())
        if Path(model.source.path).is_file():
            self._watcher.addPath(model.source.path)
        for warning in model.source.warnings[:1]:
            self.message.notice(warning[:1].upper() + warning[1:] + ".", "OK", lambda: None)

    def _file_changed(self, path: str) -> None:
        if Path(path).is_file():
            self._watcher.addPath(path)  # an atomic write replaced the file that was watched
            self.message.notice(f"{Path(path).name} has changed on disk.", "Reload", self.reload)

    # Recent files --------------------------------------------------------------------------

    def _recent(self) -> list[str]:
        value = self.settings.value("recent", [])
        return [str(path) for path in value] if isinstance(value, list) else [str(value)]

    def _remember(self, path: str) -> None:
        if not path.startswith("bundled:"):
            recent = [str(Path(path).absolute())]
            recent += [p for p in self._recent() if p not in recent]
            self.settings.setValue("recent", recent[:_RECENT])

    def _fill_recent(self) -> None:
        menu = self.recent_menu
        menu.clear()
        menu.addAction(self.actions_by_name["open_model"])
        menu.addAction(self.actions_by_name["open_text"])
        menu.addSeparator()
        for name in [*(f"bundled:{n}" for n in bundled_names()), *self._recent()]:
            action = menu.addAction(name)
            action.triggered.connect(lambda *_, path=name: self.open_model(path))

    # Text editing --------------------------------------------------------------------------

    def edit_text(self) -> None:
        trace = self.session.trace
        if trace is None:
            return
        self.session.pause()
        self.docks["strip"].show()
        self.editor.setPlainText(trace.text if len(trace.text) <= 200_000 else "")
        self.editor.selectAll()
        self.strip_stack.setCurrentWidget(self.editor)
        self.editor.setFocus()

    def _editor_key(self, event: QEvent) -> bool:
        key, modifiers = event.key(), event.modifiers()  # type: ignore[attr-defined]
        if key == Qt.Key.Key_Escape:
            self._end_editing()
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and modifiers & Qt.KeyboardModifier.ControlModifier:
            text = self.editor.toPlainText()
            if not text:
                self.show_error("The text is empty: type at least one character.")
                return True
            self._end_editing()
            self.use_text(text)
            return True
        return False

    def _end_editing(self) -> None:
        self.strip_stack.setCurrentIndex(0)
        self.cell.setFocus()

    # Asking --------------------------------------------------------------------------------

    def ask_step(self) -> None:
        box = self.tool_bar.position
        box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        box.selectAll()

    def ask_unit(self) -> None:
        model = self.session.model
        if model is not None:
            unit, ok = QInputDialog.getInt(self, "Select a unit", f"Unit, 0 to {model.hidden_size - 1}",
                                           self.session.unit, 0, model.hidden_size - 1)  # fmt: skip
            if ok:
                self.session.select_unit(unit)

    def ask_command(self) -> None:
        self._enable_actions()
        actions = [a for name, a in self.actions_by_name.items() if name != "palette"]
        actions += [dock.toggleViewAction() for dock in self.docks.values()]
        palette = dialogs.CommandPalette(self, actions)
        palette.move(self.mapToGlobal(self.rect().center()) - palette.rect().center())
        palette.show()

    def show_shortcuts(self) -> None:
        rows = "".join(f"<tr><td style='padding:2px 18px 2px 0'><b>{keys}</b></td><td>{title}</td></tr>"
                       for title, keys in shortcuts_table())  # fmt: skip
        box = QMessageBox(self)
        box.setWindowTitle("Keyboard shortcuts")
        box.setTextFormat(Qt.TextFormat.RichText)
        box.setText(f"<table>{rows}</table>")
        box.exec()

    def show_about(self) -> None:
        QMessageBox.about(
            self, "About GRU Debugger",
            f"GRU Debugger {__version__}\n\nSee inside a GRU: step through a text and watch every "
            "gate, product and blend.\n\nMIT licence. Fonts: Inter, JetBrains Mono and STIX, SIL Open "
            "Font License 1.1.",
        )  # fmt: skip

    # Pictures ------------------------------------------------------------------------------

    def _job(self, **choices: Any) -> SnapshotJob:
        session = self.session
        assert session.trace is not None
        step = max(1, session.position)
        return SnapshotJob(
            model=session.trace.model, trace=session.trace, steps=range(step, step + 1),
            folder=Path(), unit=session.unit, layer=session.layer, direction=session.direction,
            notation=session.notation, contributions=session.contributions, **choices,
        )  # fmt: skip

    def copy_picture(self) -> None:
        trace = self.session.trace
        if trace is None or max(1, self.session.position) > trace.recorded:
            return
        QApplication.clipboard().setImage(snapshots.picture(self._job(scale=2)))
        self.statusBar().showMessage("The picture of the window is in the clipboard.", 4000)

    def ask_export(self) -> None:
        trace = self.session.trace
        if trace is None:
            return
        specs = pane_specs()
        panes = [("window", "The whole window"), *((s.name, s.title) for s in specs.values())]
        if trace.model.output is None:
            panes = [pane for pane in panes if pane[0] != "prediction"]
        dialog = dialogs.ExportDialog(self, panes, self.session.position, trace.steps)
        if dialog.exec():
            self.export(dialog.arguments())

    def export(self, choices: list[str], force: bool = False) -> None:
        """Export in a process of its own, as the command line does: the same picture, no waiting."""
        session, trace = self.session, self.session.trace
        assert trace is not None
        folder = tempfile.TemporaryDirectory(prefix="gru-debugger-export-")
        source = trace.model.source
        stem = SnapshotJob(trace.model, trace, range(1), Path()).stem
        model = Path(folder.name, f"{stem}.safetensors")
        metadata = {"source_name": source.name, "source_sha256": source.sha256}
        model.write_bytes(safetensors.dump(trace.model, metadata))
        text = Path(folder.name, "text.txt")
        text.write_bytes(trace.text.encode("utf-8-sig" if trace.text[:1] == "\ufeff" else "utf-8"))
        arguments = [
            "-m", "gru_debugger", "export", str(model), "--text-file", str(text), "--tell",
            "--unit", str(session.unit), "--layer", str(session.layer), "--direction",
            session.direction, "--notation", session.notation, *choices,
            *(["--contributions"] if session.contributions else []), *(["--force"] if force else []),
        ]  # fmt: skip
        self._run_export(arguments, folder, choices)

    def _run_export(self, arguments: list[str], folder: Any, choices: list[str]) -> None:
        process = QProcess(self)
        first, _, last = choices[choices.index("--steps") + 1].partition("-")
        total = int(last or first) - int(first) + 1 if (last or first).isdigit() and first.isdigit() else 1
        progress = QProgressDialog("Drawing the pictures…", "Cancel", 0, max(1, total), self)
        progress.setMinimumDuration(600)
        progress.setAutoReset(False)

        def told() -> None:
            lines = bytes(process.readAllStandardOutput().data()).split()
            if lines:
                progress.setValue(int(lines[-1]))

        def finished(status: int) -> None:
            progress.reset()
            progress.deleteLater()
            folder.cleanup()
            said = bytes(process.readAllStandardError().data()).decode(errors="replace").strip()
            self._exported(status, said.split("\n")[-1], choices)
            process.deleteLater()

        process.readyReadStandardOutput.connect(told)
        process.finished.connect(finished)
        # Ctrl+C, not a kill: the child takes its half-written picture away.
        progress.canceled.connect(lambda: os.kill(process.processId(), signal.SIGINT)
                                  if process.processId() else None)  # fmt: skip
        process.start(sys.executable, arguments)

    def _exported(self, status: int, said: str, choices: list[str]) -> None:
        if status == 0:
            where = choices[choices.index("-o") + 1]
            self.statusBar().showMessage(f"Exported to {where}", 6000)
        elif status == 1 and "--force" in said:
            answer = QMessageBox.question(self, "Export", "Files of these steps are there already. Overwrite them?")
            if answer == QMessageBox.StandardButton.Yes:
                self.export(choices, force=True)
        elif status in (1, 2):
            self.show_error(said.removeprefix("gru-debugger: ").removeprefix("gru-debugger export: error: "))
        else:
            self.statusBar().showMessage("The export was cancelled; finished pictures stay.", 6000)

    # Status --------------------------------------------------------------------------------

    def _enable_actions(self) -> None:
        for row in ACTIONS:
            action = self.actions_by_name[row.name]
            enabled = row.enabled(self.session)
            if action.isEnabled() != enabled:
                action.setEnabled(enabled)
            if row.checked is not None:
                action.setChecked(row.checked(self.session))

    def _show_status(self) -> None:
        session, trace = self.session, self.session.trace
        if trace is None:
            return
        model = trace.model
        words = [f"step {session.position:,} of {trace.steps:,}"]
        if session.computation != "blend":
            words[0] += f", computing {session.computation}"
        if session.playing:
            words.insert(0, "Playing")
        words += [f"{model.hidden_size:,} units", f"{model.symbols} characters", model.source.dtype,
                  "▾ changed most since the step before"]  # fmt: skip
        if not trace.complete:
            words.append(f"recording {trace.recorded / trace.steps:.0%}")
        shown = "  ·  ".join(words)
        if self.where.text() != shown:
            self.where.setText(shown)
        variant = model.variant_in_words()
        if self.variant.text() != variant:
            self.variant.setText(variant)

    def _show_parity(self, answer: object) -> None:
        if isinstance(answer, Parity):
            name, words = ("good", "✓ ") if answer.ok else ("bad", "✗ ")
            self.parity.setText(words + answer.badge)
            self.parity.setToolTip(answer.sentence)
        else:
            name = "quiet"
            self.parity.setText("checking against nn.GRU …" if answer is None else str(answer)[:80])
            self.parity.setToolTip("" if answer is None else str(answer))
        self.parity.setObjectName(name)
        self.parity.style().unpolish(self.parity)
        self.parity.style().polish(self.parity)


def start_text(model: Model) -> tuple[str, int, int]:
    """Text, step and unit for a model that is opened without a text."""
    if model.example is not None:
        example: Example = model.example
        return example.text, example.step, example.unit
    sentence = "the cat sat on the mat and the hat sat on the cat."
    if model.covers(sentence):
        return sentence, 1, 0
    known = [s for s in model.require_vocabulary() if s.isprintable()] or list(model.require_vocabulary())
    return "".join(known[:40]), 1, 0


def run(
    model_path: str | None, text: str | None, step: int | None, vocabulary: Path | None, gru: str | None
) -> int:
    """Open the window; returns its exit status. Raises GRUDebuggerError before anything is shown."""
    path = model_path or "bundled:sixteen"
    model = load_model(path, vocabulary, gru)
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    application.setApplicationName("gru-debugger")
    application.setOrganizationName("gru-debugger")
    application.setDesktopFileName("gru-debugger")
    application.setStyle("Fusion")
    ink.load_fonts()
    if model.vocabulary is None:
        application.setStyleSheet(style.sheet(THEMES["light"]))
        dialog = dialogs.VocabularyDialog(QWidget(), model.source.name, model.symbols)
        if not dialog.exec():
            model.require_vocabulary()
        model = replace(model, vocabulary=dialog.symbols)
    shown, at, unit = (text, 1, 0) if text is not None else start_text(model)
    if step is not None:
        at = step
    trace = Trace(model, shown)
    if at > trace.steps:
        raise TextError(f"--step {at}: the text has steps 1 to {trace.steps}.")
    session = Session()
    session.open(trace, at, unit)
    settings = QSettings()
    window = MainWindow(session, settings)
    session.opened.emit()
    crash.install(window)
    window.show()
    if text is None and model.example is None:
        window.message.notice("The file brings no text along.", "Type one", window.edit_text)
    return application.exec()
