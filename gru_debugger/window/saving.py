"""The open model as a file of another framework, by the command line's own `convert`."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from gru_debugger import children
from gru_debugger.conversion import SUFFIXES, USUAL
from gru_debugger.errors import ExistingFileError
from gru_debugger.formats import suffixes
from gru_debugger.formats.job_files import hand_over_model, handed_over
from gru_debugger.session.session import Session
from gru_debugger.window import dialogs, file_dialog
from gru_debugger.window.child import Child, Outcome

_TITLE = "Save model as"
_LONGEST_WAIT = 20_000  # milliseconds, where the window is closed meanwhile


class Saver(QObject):
    """A conversion is a process of its own: torch and onnx never enter the window's."""

    done = Signal(str)  # what to say in the status bar
    failed = Signal(str)

    def __init__(self, window: QWidget, session: Session) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._running: list[Child] = []

    def ask(self) -> None:
        model = self._session.model
        if model is None:
            return
        source = Path(model.source.path.removeprefix("bundled:"))
        first = source.with_suffix(USUAL).name
        folder = str(source.parent) if source.is_file() else ""
        start = str(Path(folder, first))
        path = file_dialog.ask_path(self._window, _TITLE, start, _kinds(), "new file")
        if path:
            self.start(Path(path))

    def start(self, path: Path, force: bool = False) -> None:
        """Write the model that is open to `path`, whatever has become of its own file."""
        model = self._session.model
        assert model is not None
        opened = Path(model.source.path)
        if path.exists() and opened.exists() and path.samefile(opened):
            self.failed.emit(f"{path}: this is the model that is open; save it under another name.")
            return
        process = Child(self)

        def ended(outcome: Outcome) -> None:
            self._running.remove(process)
            self._ended(path, outcome)

        process.ended.connect(ended)
        self._running.append(process)
        copy = hand_over_model(process.folder, model)
        words = ["convert", copy, *handed_over(process.folder), "-o", str(path)]
        words += ["--force"] if force else []
        process.begin(
            children.command("gru_debugger.cli", *words, folder=process.folder, tells=True)
        )

    def stop(self) -> None:
        """Wait for what is being saved."""
        for process in list(self._running):
            process.wait(_LONGEST_WAIT)

    def _ended(self, path: Path, outcome: Outcome) -> None:
        if outcome.status == 0:
            self.done.emit(f"Saved as {path}")
        elif isinstance(outcome.fault, ExistingFileError):
            if dialogs.may_overwrite(self._window, _TITLE, path):
                self.start(path, force=True)
        else:
            self.failed.emit(outcome.why or "Saving the model broke off.")


def _kinds() -> dict[str, list[str]]:
    """What can be written, by the names of those that read it again."""
    names, kinds = suffixes(), dict[str, list[str]]()
    for suffix in SUFFIXES:
        kinds.setdefault(names.get(suffix, suffix), []).append(suffix)
    return kinds
