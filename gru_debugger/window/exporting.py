"""Pictures from the window: to the clipboard, or to files by the command line's own export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QApplication, QProgressDialog, QWidget

from gru_debugger import children
from gru_debugger.errors import ExistingFileError, GRUDebuggerError
from gru_debugger.formats.job_files import hand_over, hand_over_model
from gru_debugger.panes.registry import pane_specs
from gru_debugger.session import marks_json
from gru_debugger.session.marks import Marks
from gru_debugger.session.session import Session
from gru_debugger.window import dialogs
from gru_debugger.window.child import Child, Outcome

if TYPE_CHECKING:
    from gru_debugger.window.export_dialog import Choices

_MARKS = "marks.json"


class Exporter(QObject):
    """An export is a process of its own: the same picture as the command line's, and no waiting.

    What draws and asks is imported where it is first asked for: the window starts without.
    """

    done = Signal(str)  # what to say in the status bar
    failed = Signal(str)

    def __init__(self, window: QWidget, session: Session, settings: QSettings) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings
        self._session = session
        self._running: list[Child] = []

    def copy(self) -> None:
        """The whole window's picture at twice its size."""
        from gru_debugger.exports import snapshots
        from gru_debugger.exports.jobs import SnapshotJob

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
            marks=self._marks(),
            known=[run for run in session.lanes.runs if not run.fault],
            whole_run=session.whole_run,
        )
        QApplication.clipboard().setImage(snapshots.draw(job))
        self.done.emit("The picture is in the clipboard.")

    def ask(self) -> None:
        from gru_debugger.window.export_dialog import Choices, ExportDialog

        trace = self._session.trace
        if trace is None:
            return
        panes = [("window", "The whole window")]
        panes += [(spec.name, spec.title) for spec in pane_specs().values() if spec.size]
        if trace.model.output is None:
            panes = [pane for pane in panes if pane[0] != "prediction"]
        last = Choices.kept(str(self._settings.value("export", "")))
        position = self._session.position
        dialog = ExportDialog(self._window, panes, position, trace.steps, last, self._check)
        if dialogs.ask(dialog):
            self._settings.setValue("export", dialog.to_keep())
            self.start(dialog.choices().arguments(), dialog.choices().count)

    def _check(self, choices: Choices) -> str:
        """Why one of the formats can't hold it, "" where all can."""
        from gru_debugger.exports.jobs import SnapshotJob

        trace, (first, last) = self._session.trace, choices.span or (0, 0)
        assert trace is not None
        job = SnapshotJob(
            trace.model, trace, range(first, last + 1), Path(), choices.pane,
            formats=choices.formats,
        )  # fmt: skip
        try:
            job.check_formats()
        except GRUDebuggerError as fault:
            return str(fault)
        return ""

    def start(self, choices: list[str], count: int) -> None:
        """Export as the command line's arguments `choices` say; `count` pictures."""
        process, trace = Child(self), self._session.trace
        lacking = () if trace is None else self._session.pinned.beyond(trace)
        progress = QProgressDialog("Drawing the pictures…", "Cancel", 0, count, self._window)
        progress.setMinimumDuration(600)
        progress.setAutoReset(False)

        def ended(outcome: Outcome) -> None:
            self._running.remove(process)
            cancelled = progress.wasCanceled()
            progress.reset()
            progress.deleteLater()
            if cancelled and outcome.status:
                self.done.emit("The export was cancelled; finished pictures stay.")
            else:
                self._ended(outcome, choices, count, f", without {lacking[0]}" if lacking else "")

        process.progressed.connect(progress.setValue)
        process.ended.connect(ended)
        progress.canceled.connect(process.interrupt)
        self._running.append(process)
        words = [*self._arguments(process.folder), *choices]
        process.begin(
            children.command("gru_debugger.cli", *words, folder=process.folder, tells=True)
        )

    def stop(self) -> None:
        """End the exports that run; what is finished stays."""
        for process in list(self._running):
            process.interrupt()
            process.wait(5000)

    def _arguments(self, folder: Path) -> list[str]:
        """The run as it is open, whatever has become of their files, and the view."""
        from gru_debugger.exports import view_arguments
        from gru_debugger.exports.jobs import SnapshotJob

        session, trace = self._session, self._session.trace
        assert trace is not None
        source = trace.model.source
        stem = SnapshotJob(trace.model, trace, range(1), folder).stem
        return [
            "export",
            hand_over_model(folder, trace.model, stem, source.title),
            *hand_over(folder, trace.run),
            *(["--beside", str(trace.own_step)] if trace.own_step else []),
            *view_arguments.arguments_of(session.view),
            *self._hand_over_marks(folder),
        ]

    def _hand_over_marks(self, folder: Path) -> list[str]:
        path = folder / _MARKS
        path.write_bytes(marks_json.to_bytes(self._marks()))
        return ["--marks", str(path)]

    def _marks(self) -> Marks:
        trace = self._session.trace
        assert trace is not None
        return marks_json.handed_over(self._session.marks, trace)

    def _ended(self, outcome: Outcome, choices: list[str], count: int, without: str) -> None:
        """`without`: what could not be drawn."""
        fault = outcome.fault
        if outcome.status == 0:
            self.done.emit(f"Exported to {choices[choices.index('-o') + 1]}{without}")
        elif isinstance(fault, ExistingFileError):
            first = Path(fault.first)
            if dialogs.may_overwrite(self._window, "Export pictures", first, fault.more):
                self.start([*choices, "--force"], count)
        else:
            self.failed.emit(outcome.why or "The export broke off.")
