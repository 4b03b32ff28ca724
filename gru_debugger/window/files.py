"""What the File menu does: models and texts opened, dropped, remembered, reloaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QFileSystemWatcher, QObject, QSettings
from PySide6.QtGui import QAction, QDropEvent
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from gru_debugger.core.initial import InitialState
from gru_debugger.core.match import AS_FOUND, Choice
from gru_debugger.core.model import Model
from gru_debugger.core.reading import Rows
from gru_debugger.core.trace import Trace
from gru_debugger.errors import GRUDebuggerError
from gru_debugger.files import read_text
from gru_debugger.formats import bundled_names
from gru_debugger.formats.arrays import SUFFIXES, rows_in
from gru_debugger.session import Session
from gru_debugger.window import choice, dialogs, rows
from gru_debugger.window.choice import Undecided
from gru_debugger.window.messages import MessageBar
from gru_debugger.window.opening import Opener
from gru_debugger.window.vocabulary_dialog import CHOSEN, ask_vocabulary, with_vocabulary

if TYPE_CHECKING:
    from gru_debugger.formats.child.isolation import Progress

_RECENT = 8
_MODELS = (
    "Models (*.pt *.pth *.safetensors *.onnx *.npz *.keras *.h5 *.hdf5 *.msgpack *.eqx);;"
    "All files (*)"
)
_TEXTS = "Texts (*.txt *.text *.md);;All files (*)"
_TEXT_SUFFIXES = (".txt", ".text", ".md", "")


def in_bytes(size: int) -> str:
    """As file managers show it: 940 bytes, 1.2 MB."""
    amount, unit = float(size), "bytes"
    for larger in ("kB", "MB", "GB"):
        if amount >= 1000:
            amount, unit = amount / 1000, larger
    return f"{amount:.1f} {unit}" if unit != "bytes" else f"{size} bytes"


class Files(QObject):
    """Opens; what was open stays until the new is ready, and whenever it can't be."""

    def __init__(
        self, window: QWidget, session: Session, settings: QSettings, message: MessageBar
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._settings = settings
        self._message = message
        self.opener = Opener(lambda fault: message.error(str(fault)))
        self.opener.progressed.connect(self._show_progress)
        self.opener.ended.connect(message.end_progress)
        self._watcher = QFileSystemWatcher(self)
        self._watcher.fileChanged.connect(self._file_changed)
        session.opened.connect(self._opened)

    # Asked for -----------------------------------------------------------------------------

    def ask_model(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self._window, "Open a model", self._folder(), _MODELS)
        if path:
            self.open_model(path)

    def ask_text(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self._window, "Open a text", self._folder(), _TEXTS)
        if path:
            self.open_text(Path(path))

    def ask_rows(self, model: Model | None = None, path: str = "") -> None:
        """Rows for `model`, whose file is at `path`, or for the one that is open."""
        reader = model or self._session.model
        if reader is not None:
            file = rows.ask_path(self._window, reader, self._folder())
            if file:
                self.open_rows(Path(file), model, path)

    def _folder(self) -> str:
        """Where the last file came from."""
        recent = self.recent()
        return str(Path(recent[0]).parent) if recent else ""

    def drop(self, event: QDropEvent) -> None:
        """Files, models, rows or texts by their names; or a piece of text itself."""
        data = event.mimeData()
        models, texts = [], []
        for url in data.urls():
            path = Path(url.toLocalFile())
            if not url.isLocalFile():
                self._message.error(
                    f"{url.toString()}: not a file on this machine; download it first."
                )
            elif path.suffix.lower() in (*_TEXT_SUFFIXES, *SUFFIXES):
                texts.append(path)
            else:
                models.append(str(path))
        if models:
            self.open_model(models[-1], texts[-1] if texts else None)
        elif texts:
            self.open_input(texts[-1])
        elif not data.hasUrls() and data.hasText():
            self.use_text(data.text())

    def open(self, path: str) -> None:
        """A model, or rows, as the file's name says."""
        if Path(path).suffix.lower() in SUFFIXES:
            self.open_rows(Path(path))
        else:
            self.open_model(path)

    def open_model(self, path: str, text: Path | None = None) -> None:
        """Open a model, with a text or keeping the one there is where its vocabulary covers it."""
        width = 0 if self._session.model is None else self._session.model.input_size
        before = choice.remembered(self._settings, str(Path(path).absolute()))
        self.opener.start(
            lambda watch: (
                rows.or_rows(lambda: choice.read(path, before, watch), Path(path), width),
                None if text is None else rows.read_input(text),
            ),
            lambda read: self._use_read(read[0], path, read[1]),
        )

    def open_input(self, path: Path) -> None:
        """A text or rows, as the file's name says."""
        if path.suffix.lower() in SUFFIXES:
            self.open_rows(path)
        else:
            self.open_text(path)

    def open_rows(self, path: Path, model: Model | None = None, model_path: str = "") -> None:
        """Rows for the model that is open, or for a new one read from `model_path`."""
        self.opener.start(
            lambda _: rows_in(path), lambda found: self._use_rows(found, path, model, model_path)
        )

    def open_text(self, path: Path) -> None:
        self.opener.start(lambda _: read_text(path), self.use_text)

    def choose(self) -> None:
        """Another GRU of the file that is open, or other layers for it."""
        model = self._session.model
        if model is not None:
            path, now = model.source.path, replace(model.source.choice, gru=model.source.gru)
            self.opener.start(
                lambda watch: choice.undecided(path, watch),
                lambda read: self._decide(read, self._replace, now),
            )

    def _show_progress(self, progress: Progress) -> None:
        words = f"Reading {progress.name}… {in_bytes(progress.size)}, {progress.part:.0%}"
        self._message.progress(words.replace("%", " %"), self.opener.cancel)

    # Read ----------------------------------------------------------------------------------

    def _decide(
        self, read: Model | Undecided, use: Callable[[Model], object], now: Choice = AS_FOUND
    ) -> None:
        """Hand over the model; where the file leaves it open, ask for it first."""
        if isinstance(read, Model):
            use(read)
            return
        dialog = choice.ChoiceDialog(self._window, read.file.source.name, read.grus, now)
        if dialogs.ask(dialog):
            chosen = dialog.choice
            self.opener.start(lambda _: read.file.model(None, chosen), use)

    def _use_read(
        self,
        read: Model | Undecided | Mapping[str, Rows],
        path: str,
        given: str | Mapping[str, Rows] | None,
    ) -> None:
        if isinstance(read, Mapping):
            self._use_rows(read, Path(path))
        elif given is None or isinstance(given, str):
            self._decide(read, lambda model: self._use_model(model, path, given))
        else:
            self._decide(read, lambda model: self._use_rows(given, None, model, path))

    def _use_rows(
        self,
        found: Mapping[str, Rows],
        path: Path | None,
        model: Model | None = None,
        model_path: str = "",
    ) -> None:
        reader = model or self._session.model
        chosen = rows.choose(self._window, found, reader) if reader else None
        if reader is None or chosen is None or not self._show(reader, chosen, 1):
            return
        if path is not None:
            self._remember(str(path), AS_FOUND)
        if model_path:
            self._remember(model_path, reader.source.choice)

    def _without_vocabulary(self, model: Model, path: str, text: str | None) -> Model | None:
        """The model with a vocabulary; None where it reads rows, or is not to be opened."""
        trace = self._session.trace
        if model.source.no_text and text is not None:
            self._message.error(
                f"{model.source.name}: {model.source.no_text}; a text can't be read."
            )
            return None
        if model.input == "features" and text is None:
            shown = trace.reading.rows if trace else None
            if shown is not None and rows.fit(shown, model):
                if self._show(model, shown, self._session.position):
                    self._remember(path, model.source.choice)
                return None
            answer = rows.ask_input(self._window, model)
            if answer == "rows":
                self.ask_rows(model, path)
            if answer != "vocabulary":
                return None
        return ask_vocabulary(self._window, model, self._kept(text))

    def _use_model(self, model: Model, path: str, text: str | None = None) -> None:
        if model.vocabulary is None or model.source.no_text:
            completed = self._without_vocabulary(model, path, text)
            if completed is None:
                return
            model = completed
        example, kept = model.example, self._kept(text)
        if not kept and text is None:
            self._show(model, *rows.start_text(model))
        elif text is None and example is not None and path.startswith("bundled:"):
            self._show(model, example.text, example.step, example.unit)
        elif model.covers(kept):
            self._show(model, kept, 1 if text is not None else self._session.position)
        else:
            chosen = dialogs.ask_uncovered(self._window, model, kept)
            if not chosen:
                return
            self._show(model, chosen.text, 1, unknown=chosen.unknown)
        self._remember(path, model.source.choice)

    def _kept(self, text: str | None) -> str:
        """A text that comes with a model, or the one that is open."""
        trace = self._session.trace
        return text if text is not None else trace.text if trace else ""

    def use_text(self, text: str) -> bool:
        """Read another text with the model that is open; False where the user would rather not."""
        model = self._session.model
        if model is None or not self.reads_text():
            return False
        if not model.covers(text):
            chosen = dialogs.ask_uncovered(self._window, model, text)
            if not chosen:
                return False
            self._show(model, chosen.text, 1, unknown=chosen.unknown)
        else:
            self._show(model, text, 1)
        return True

    def ask_vocabulary(self) -> None:
        """Correct the vocabulary of the model that is open, and read the same text with it."""
        trace = self._session.trace
        if trace is None or trace.reading.rows is not None:
            return
        model = ask_vocabulary(self._window, trace.model, trace.text)
        if model is not None and model.vocabulary != trace.model.vocabulary:
            self._read_again(model, trace)

    def _read_again(self, model: Model, trace: Trace) -> None:
        """What was read under another model, at the same step where that is there."""
        if _reads(model, trace):
            source, place = trace.reading.source, (self._session.position, self._session.unit)
            unknown = trace.reading.unknown and not model.covers(trace.text)
            self._show(model, source, *place, unknown=unknown)
        elif chosen := dialogs.ask_uncovered(self._window, model, trace.text):
            self._show(model, chosen.text, 1, unknown=chosen.unknown)

    def reads_text(self) -> bool:
        """Whether the model that is open can; where it can't, a vocabulary is offered."""
        model = self._session.model
        if model is not None and model.source.no_text:
            self._message.error(
                f"{model.source.name}: {model.source.no_text}; a text can't be read."
            )
            return False
        if model is not None and model.vocabulary is None:
            self._message.notice(
                f"{model.source.name} reads rows of numbers; to read a text it needs a vocabulary.",
                "Give a vocabulary…",
                lambda: self._give_vocabulary(model),
            )
        return model is not None and model.vocabulary is not None

    def _give_vocabulary(self, model: Model) -> None:
        completed = ask_vocabulary(self._window, model, "")
        if completed is not None:
            self._show(completed, *rows.start_text(completed))

    def again(self, h0: InitialState) -> None:
        """Record what is open once more, from another initial state."""
        trace, session = self._session.trace, self._session
        if trace is not None:
            reading = trace.reading
            place = session.position, session.unit
            self._show(trace.model, reading.source, *place, h0, reading.unknown)

    def _kept_state(self, model: Model) -> InitialState | None:
        """The initial state that was chosen, where it is the same model that goes on."""
        trace = self._session.trace
        if trace is None or not trace.initial.chosen_for(trace.model):
            return None
        old, new = trace.model.source, model.source
        fits = trace.h0.shape == (len(model.places), model.hidden_size)
        return trace.initial if fits and (old.path, old.gru) == (new.path, new.gru) else None

    def _show(
        self,
        model: Model,
        source: str | Rows,
        position: int,
        unit: int | None = None,
        h0: InitialState | None = None,
        unknown: bool = False,
    ) -> bool:
        """Open a recording of it; False, and told, where that can't be."""
        try:
            trace = Trace(model, source, h0 or self._kept_state(model), unknown)
        except GRUDebuggerError as fault:
            self._message.error(str(fault))
            return False
        self._message.hide()
        self._session.open(trace, position, unit)
        return True

    def reload(self) -> None:
        """Read the model's file again, keeping text, step and unit."""
        trace = self._session.trace
        if trace is None:
            return
        source = trace.model.source
        self.opener.start(
            lambda watch: choice.read(source.path, source.choice, watch),
            lambda read: self._decide(read, self._replace),
        )

    def _replace(self, model: Model) -> None:
        """Show a model instead of the one that is open, keeping text, step and unit."""
        trace = self._session.trace
        assert trace is not None
        old, given = trace.model.source, trace.model.vocabulary
        by_hand = old.vocabulary_from == CHOSEN and old.gru == model.source.gru
        if (by_hand or model.vocabulary is None) and model.symbols == len(given or ()):
            model = with_vocabulary(model, given or ())
        if _reads(model, trace):
            self._read_again(model, trace)
            self._remember(model.source.path, model.source.choice)
        else:
            self._use_model(model, model.source.path)

    # Remembered and watched ----------------------------------------------------------------

    def _opened(self) -> None:
        model = self._session.model
        assert model is not None
        if self._watcher.files():
            self._watcher.removePaths(self._watcher.files())
        if Path(model.source.path).is_file():
            self._watcher.addPath(model.source.path)
        if model.source.warnings:
            words = "; ".join(model.source.warnings)
            unsure = any(match.equal for match in model.source.matched)
            offer, call = ("Choose…", self.choose) if unsure else ("OK", self._message.hide)
            self._message.notice(f"{model.source.name}: {words}.", offer, call)

    def _file_changed(self, path: str) -> None:
        if Path(path).is_file():
            self._watcher.addPath(path)  # an atomic write replaced the file that was watched
            self._message.notice(f"{Path(path).name} has changed on disk.", "Reload", self.reload)

    def recent(self) -> list[str]:
        value = self._settings.value("recent", [])
        return [str(path) for path in value] if isinstance(value, list) else [str(value)]

    def _remember(self, path: str, chosen: Choice) -> None:
        if not path.startswith("bundled:"):
            first = str(Path(path).absolute())
            paths = [first, *(p for p in self.recent() if p != first)]
            self._settings.setValue("recent", paths[:_RECENT])
            choice.remember(self._settings, first, chosen, paths[:_RECENT])

    def fill(self, menu: QMenu, *first: QAction) -> None:
        """The bundled and the recent models as menu entries, after some actions."""
        menu.clear()
        for action in first:
            menu.addAction(action)
        if first:
            menu.addSeparator()
        for name in [*(f"bundled:{n}" for n in bundled_names()), *self.recent()]:
            menu.addAction(name).triggered.connect(lambda *_, path=name: self.open(path))


def _reads(model: Model, trace: Trace) -> bool:
    """Whether a model can read what a recording reads, as that was asked to be read."""
    if trace.reading.rows is not None:
        return rows.fit(trace.reading.rows, model)
    stands_in = trace.reading.unknown and model.unknown_symbol is not None
    return model.covers(trace.text) or stands_in
