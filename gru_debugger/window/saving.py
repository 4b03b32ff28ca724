"""The open model as a file of another framework, by the command line's own `convert`."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QProcess, Signal
from PySide6.QtWidgets import QWidget

from gru_debugger import children
from gru_debugger.conversion import KINDS
from gru_debugger.formats.job_files import hand_over_model, handed_over
from gru_debugger.job_folders import JobFolder
from gru_debugger.session.session import Session
from gru_debugger.window import child, dialogs, file_dialog

_TITLE = "Save model as"
_FILTERS = ";;".join(f"{name} (*{suffix})" for suffix, name in KINDS.items())
_LONGEST_WAIT = 20_000  # milliseconds, where the window is closed meanwhile


class Saver(QObject):
    """A conversion is a process of its own: torch and onnx never enter the window's."""

    done = Signal(str)  # what to say in the status bar
    failed = Signal(str)

    def __init__(self, window: QWidget, session: Session) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._running: list[QProcess] = []

    def ask(self) -> None:
        model = self._session.model
        if model is None:
            return
        source = Path(model.source.path.removeprefix("bundled:"))
        first = str(source.with_suffix(next(iter(KINDS))).name)
        folder = str(source.parent) if source.is_file() else ""
        start = str(Path(folder, first))
        path = file_dialog.ask_path(self._window, _TITLE, start, _FILTERS, "new file")
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
        folder = JobFolder()
        process = QProcess(self)

        def finished(status: int) -> None:
            self._running.remove(process)
            process.deleteLater()
            folder.remove()
            said = bytes(process.readAllStandardError().data()).decode(errors="replace")
            self._finished(path, status, said.strip().split("\n")[-1])

        process.finished.connect(finished)
        self._running.append(process)
        copy = hand_over_model(folder.path, model)
        words = ["convert", copy, *handed_over(folder.path), "-o", str(path)]
        words += ["--force"] if force else []
        child.begin(process, children.command("gru_debugger.cli", *words, folder=folder.path))

    def stop(self) -> None:
        """Wait for what is being saved."""
        for process in list(self._running):
            if not process.waitForFinished(_LONGEST_WAIT):
                process.kill()
                process.waitForFinished(1000)

    def _finished(self, path: Path, status: int, said: str) -> None:
        if status == 0:
            self.done.emit(f"Saved as {path}")
        elif status == 1 and "--force" in said:
            if dialogs.may_overwrite(self._window, _TITLE, path):
                self.start(path, force=True)
        else:
            self.failed.emit(said.removeprefix("gru-debugger: ") or "Saving the model broke off.")
