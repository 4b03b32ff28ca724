"""Pictures from the window: to the clipboard, or to files by the command line's own export."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QSettings, Signal
from PySide6.QtWidgets import QApplication, QProgressDialog, QWidget

from gru_debugger import children
from gru_debugger.exports import snapshots, view_arguments
from gru_debugger.exports.jobs import SnapshotJob
from gru_debugger.formats.job_files import hand_over, hand_over_model
from gru_debugger.job_folders import JobFolder
from gru_debugger.panes.registry import pane_specs
from gru_debugger.session.session import Session
from gru_debugger.window import child, dialogs
from gru_debugger.window.export_dialog import Choices, ExportDialog

# What `SnapshotJob.refuse_overwriting` says: the first of the files, and how many more.
_THERE = re.compile(r"^(?:gru-debugger: )?(.*): the file is there already(?: \(and ([\d,]+) more)?")


class Exporter(QObject):
    """An export is a process of its own: the same picture as the command line's, and no waiting."""

    done = Signal(str)  # what to say in the status bar
    failed = Signal(str)

    def __init__(self, window: QWidget, session: Session, settings: QSettings) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings
        self._session = session
        self._running: list[QProcess] = []

    def copy(self) -> None:
        """The whole window's picture at twice its size."""
        session, trace = self._session, self._session.trace
        step = session.position
        if trace is None or step > trace.recorded:
            return
        job = SnapshotJob(
            model=trace.model,
            trace=trace,
            steps=range(step, step + 1),
            folder=Path(),
            view=session.view.on_paper(),
            scale=2,
        )
        QApplication.clipboard().setImage(snapshots.draw(job))
        self.done.emit("The picture is in the clipboard.")

    def ask(self) -> None:
        trace = self._session.trace
        if trace is None:
            return
        panes = [("window", "The whole window")]
        panes += [(spec.name, spec.title) for spec in pane_specs().values()]
        if trace.model.output is None:
            panes = [pane for pane in panes if pane[0] != "prediction"]
        last = Choices.kept(str(self._settings.value("export", "")))
        dialog = ExportDialog(self._window, panes, self._session.position, trace.steps, last)
        if dialogs.ask(dialog):
            self._settings.setValue("export", dialog.to_keep())
            self.start(dialog.choices().arguments(), dialog.choices().count)

    def start(self, choices: list[str], count: int) -> None:
        """Export as the command line's arguments `choices` say; `count` pictures."""
        folder = JobFolder()
        process = QProcess(self)
        progress = QProgressDialog("Drawing the pictures…", "Cancel", 0, count, self._window)
        progress.setMinimumDuration(600)
        progress.setAutoReset(False)

        def told() -> None:
            lines = bytes(process.readAllStandardOutput().data()).split()
            if lines:
                progress.setValue(int(lines[-1]))

        def finished(status: int) -> None:
            self._running.remove(process)
            cancelled = progress.wasCanceled()
            progress.reset()
            progress.deleteLater()
            process.deleteLater()
            folder.remove()
            said = bytes(process.readAllStandardError().data()).decode(errors="replace")
            if cancelled and status:
                self.done.emit("The export was cancelled; finished pictures stay.")
            else:
                self._finished(status, said.strip().split("\n")[-1], choices, count)

        process.readyReadStandardOutput.connect(told)
        process.finished.connect(finished)
        progress.canceled.connect(lambda: _interrupt(process))
        self._running.append(process)
        words = [*self._arguments(folder.path), *choices]
        child.begin(process, children.command("gru_debugger.cli", *words, folder=folder.path))

    def stop(self) -> None:
        """End the exports that run; what is finished stays."""
        for process in list(self._running):
            _interrupt(process)
            if not process.waitForFinished(5000):
                process.kill()
                process.waitForFinished(1000)

    def _arguments(self, folder: Path) -> list[str]:
        """The run as it is open, whatever has become of their files, and the view."""
        session, trace = self._session, self._session.trace
        assert trace is not None
        source = trace.model.source
        stem = SnapshotJob(trace.model, trace, range(1), folder).stem
        return [
            "export",
            hand_over_model(folder, trace.model, stem, source.title),
            *hand_over(folder, trace.run),
            "--tell",
            *view_arguments.arguments_of(session.view),
        ]

    def _finished(self, status: int, said: str, choices: list[str], count: int) -> None:
        if status == 0:
            self.done.emit(f"Exported to {choices[choices.index('-o') + 1]}")
        elif status == 1 and (there := _THERE.search(said)):
            first, more = Path(there[1]), int((there[2] or "0").replace(",", ""))
            if dialogs.may_overwrite(self._window, "Export pictures", first, more):
                self.start([*choices, "--force"], count)
        else:
            self.failed.emit(said.removeprefix("gru-debugger: ") or "The export broke off.")


def _interrupt(process: QProcess) -> None:
    """Not a kill, where there is something gentler: the child clears away what it began."""
    if sys.platform == "win32":
        process.kill()
    else:
        process.terminate()
