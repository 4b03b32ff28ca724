"""What the File menu does: models and texts opened, dropped, remembered, reloaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QFileSystemWatcher, QObject, QSettings, Signal
from PySide6.QtGui import QAction, QDropEvent
from PySide6.QtWidgets import QMenu, QWidget

from gru_debugger.core.model import Model
from gru_debugger.core.reading import Rows
from gru_debugger.files import TEXT_SUFFIXES, read_text
from gru_debugger.formats import bundled_names, suffixes
from gru_debugger.formats.ledger import known_faults
from gru_debugger.numerals import in_bytes, percent
from gru_debugger.session import choosing
from gru_debugger.session.choosing import Undecided
from gru_debugger.session.session import Session
from gru_debugger.source import AS_FOUND, WEIGHTS_ALONE, Choice, Source
from gru_debugger.window.messages import MessageBar
from gru_debugger.window.opening import Opener
from gru_debugger.window.plain import on_button
from gru_debugger.window.recent import Recent
from gru_debugger.window.recordings import Recordings
from gru_debugger.window.start_request import Request

if TYPE_CHECKING:
    from gru_debugger.formats.child.isolation import Progress


class Files(QObject):
    """Opens; what was open stays until the new is ready, and whenever it can't be."""

    cancelled = Signal()  # by the user, while it was read

    def __init__(
        self, window: QWidget, session: Session, settings: QSettings, message: MessageBar
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._message = message
        self.recent = Recent(settings)
        self.recordings = Recordings(window, session, message)
        self.opener = Opener(self.recordings.fail)
        self.recordings.shown.connect(self.recent.add)
        self.recordings.rows_wanted.connect(self.ask_rows)
        self.opener.progressed.connect(self._show_progress)
        self.opener.ended.connect(message.end_progress)
        self._told: Model | None = None  # whose warnings were said
        self._watcher = QFileSystemWatcher(self)
        self._watcher.fileChanged.connect(self._file_changed)
        session.opened.connect(self._opened)

    # Asked for -----------------------------------------------------------------------------

    def ask_model(self) -> None:
        from gru_debugger.window import file_dialog

        folder = self.recent.folder()
        path = file_dialog.ask_path(self._window, "Open model", folder, {"Models": suffixes()})
        if path:
            self.open_model(path)

    def ask_text(self) -> None:
        from gru_debugger.window import file_dialog

        folder, kinds = self.recent.folder(), {"Texts": TEXT_SUFFIXES}
        path = file_dialog.ask_path(self._window, "Open text", folder, kinds)
        if path:
            self.open_text(Path(path))

    def ask_rows(self, model: Model | None = None, path: str = "") -> None:
        """Rows for `model`, whose file is at `path`, or for the one that is open."""
        from gru_debugger.window import rows

        reader = model or self._session.model
        if reader is not None:
            file = rows.ask_path(self._window, reader, self.recent.folder())
            if file:
                self.open_rows(Path(file), model, path)
            else:
                self.recordings.decline(lambda: rows.refuse_without(reader))

    def drop(self, event: QDropEvent) -> None:
        """Files, models, rows or texts by their names; or a piece of text itself."""
        data = event.mimeData()
        models, texts = [], []
        for url in data.urls():
            path = Path(url.toLocalFile())
            if not url.isLocalFile():
                words = f"{url.toString()}: not a file on this machine; download it first."
                self._message.error(words, until="opened")
            elif (_holds_text(path) or _holds_rows(path)) and not path.is_dir():
                texts.append(path)
            else:
                models.append(str(path))
        if models:
            self.open_model(models[-1], texts[-1] if texts else None)
        elif texts:
            self.open_input(texts[-1])
        elif not data.hasUrls() and data.hasText():
            self.recordings.use_text(data.text())

    def open(self, path: str) -> None:
        """A model, or rows, as the file's name says."""
        if _holds_rows(Path(path)):
            self.open_rows(Path(path))
        else:
            self.open_model(path)

    def open_model(self, path: str, text: Path | None = None) -> None:
        """Open a model, with a text or keeping the one there is where its vocabulary covers it."""
        from gru_debugger.window import rows

        width = 0 if self._session.model is None else self._session.model.input_size
        before = self.recent.choice(path)
        self.opener.start(
            lambda watch: (
                rows.or_rows(lambda: choosing.read(path, before, watch), Path(path), width),
                None if text is None else rows.read_input(text, watch),
            ),
            lambda read: self._use_read(read[0], path, read[1]),
        )

    def open_own(self, path: str) -> None:
        """Open a model with the text that it brings along, whatever is read now."""

        def use(model: Model) -> None:
            text = model.example.text if model.example else None
            self.recordings.use_model(model, path, text)

        self.opener.start(
            lambda watch: choosing.read(path, AS_FOUND, watch),
            lambda read: self.decide(read, use),
        )

    def start(self, request: Request) -> None:
        """What the command line names: what is given holds, and what is missing is asked for."""
        path, given = request.path, request.choice != AS_FOUND
        chosen = request.choice if given else self.recent.choice(path)
        self.opener.start(
            lambda watch: choosing.read(path, chosen, watch, request.vocabulary, strict=given),
            lambda read: self.decide(read, lambda model: self._begin(model, request)),
        )

    def _begin(self, model: Model, request: Request) -> None:
        """With the model known, read what h(0) is to be; then show it."""
        state = request.state
        if state is None:
            self.recordings.begin(model, request)
        else:
            from gru_debugger.formats.arrays import state_of_file

            self.opener.start(
                lambda watch: state_of_file(state, model, watch),
                lambda initial: self.recordings.begin(model, replace(request, initial=initial)),
            )

    def open_input(self, path: Path) -> None:
        """A text or rows, as the file's name says."""
        if _holds_rows(path):
            self.open_rows(path)
        else:
            self.open_text(path)

    def open_rows(self, path: Path, model: Model | None = None, model_path: str = "") -> None:
        """Rows for the model that is open, or for a new one read from `model_path`."""
        from gru_debugger.formats.arrays import rows_in

        self.opener.start(
            lambda watch: rows_in(path, watch),
            lambda found: self.recordings.use_rows(found, str(path), model, model_path),
        )

    def open_text(self, path: Path) -> None:
        def use(text: str) -> None:
            if self.recordings.use_text(text):
                self.recent.add_other("texts", path)

        self.opener.start(lambda _: read_text(path), use)

    def choose(self) -> None:
        """Another GRU of the file that is open, or other layers for it."""
        model = self._session.model
        if model is not None:
            path, now = model.source.path, replace(model.source.choice, gru=model.source.gru)
            self.opener.start(
                lambda watch: choosing.undecided(path, watch),
                lambda read: self.decide(read, self.recordings.replace_model, now),
            )

    def reload(self) -> None:
        """Read the model's file again, keeping text, step and unit."""
        trace = self._session.trace
        if trace is None:
            return
        self._read_again(trace.model.source.path, trace.model.source.choice)

    def _read_again(self, path: str, choice: Choice) -> None:
        self.opener.start(
            lambda watch: choosing.read(path, choice, watch),
            lambda read: self.decide(read, self.recordings.replace_model),
        )

    def _show_progress(self, progress: Progress) -> None:
        words = f"Reading {progress.name}… {in_bytes(progress.size)}, {percent(progress.part)}"
        self._message.progress(words, self._cancel)

    def _cancel(self) -> None:
        self.opener.cancel()
        if self._session.trace is None:
            self._message.notice("Nothing is open.", "Open model…", self.ask_model, "opening")
        self.cancelled.emit()

    # Read ----------------------------------------------------------------------------------

    def decide(
        self, read: Model | Undecided, use: Callable[[Model], object], now: Choice = AS_FOUND
    ) -> None:
        """Hand over the model; where the file leaves it open, ask for it first."""
        if isinstance(read, Model):
            use(read)
            return
        from gru_debugger.window import dialogs
        from gru_debugger.window.gru_choice import ChoiceDialog

        dialog = ChoiceDialog(self._window, read.file.source.name, read.grus, now)
        if dialogs.ask(dialog):
            chosen = replace(dialog.choice, reset=now.reset)
            self.opener.start(lambda _: read.model(chosen), use)
        else:
            self.recordings.decline(lambda: read.model(AS_FOUND))

    def _use_read(
        self,
        read: Model | Undecided | Mapping[str, Rows],
        path: str,
        given: str | Mapping[str, Rows] | None,
    ) -> None:
        use = self.recordings
        if isinstance(read, Mapping):
            use.use_rows(read, path)
        elif given is None or isinstance(given, str):
            self.decide(read, lambda model: use.use_model(model, path, given))
        else:
            self.decide(read, lambda model: use.use_rows(given, "", model, path))

    # Watched and remembered ----------------------------------------------------------------

    def _opened(self) -> None:
        model = self._session.model
        assert model is not None
        before, self._told = self._told, model
        self._message.opened(same_model=model is before)
        if self._watcher.files():
            self._watcher.removePaths(self._watcher.files())
        if Path(model.source.path).is_file():
            self._watcher.addPath(model.source.path)
        told = [n.in_words for n in model.source.told if n.what != WEIGHTS_ALONE]
        if told and model is not before:
            words = f"{model.source.name}: {'; '.join(told)}."
            self._message.notice(words, *self._offer(model.source), "warnings", "model")

    def _offer(self, source: Source) -> tuple[str, Callable[[], object]]:
        """What can be done about what is told of a file: the words of a button, "" for none."""
        mend = known_faults.mend(source.told)
        if mend is not None:
            as_meant = replace(source.choice, reset=mend.reset)
            return f"Read as reset {mend.reset}", lambda: self._read_again(source.path, as_meant)
        unsure = any(match.equal for match in source.matched)
        return "Choose…" if unsure else "", self.choose

    def _file_changed(self, path: str) -> None:
        if Path(path).is_file():
            self._watcher.addPath(path)  # an atomic write replaced the file that was watched
            words = f"{Path(path).name} has changed on disk."
            self._message.notice(words, "Reload", self.reload, "changed", "model")

    def fill(self, menu: QMenu, *first: QAction) -> None:
        """The bundled and the recent models as menu entries, after some actions."""
        menu.clear()
        for action in first:
            menu.addAction(action)
        if first:
            menu.addSeparator()
        for name in [*(f"bundled:{n}" for n in bundled_names()), *self.recent.paths()]:
            menu.addAction(on_button(name)).triggered.connect(lambda *_, path=name: self.open(path))


def _holds_text(path: Path) -> bool:
    """By its name."""
    return path.suffix.lower() in ("", *TEXT_SUFFIXES)


def _holds_rows(path: Path) -> bool:
    from gru_debugger.formats.arrays import SUFFIXES

    return path.suffix.lower() in SUFFIXES
