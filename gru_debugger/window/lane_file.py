"""Lanes as CSV: in the clipboard, or in a file that is written beside the window."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from gru_debugger.errors import ExistingFileError, OutputError
from gru_debugger.numerals import counted
from gru_debugger.session.session import Session
from gru_debugger.window import dialogs, file_dialog

if TYPE_CHECKING:
    from gru_debugger.questions.lane_runs import LaneRun

_TITLE = "Save lanes as CSV"
_MOST = 200_000  # values in the clipboard
_SLICE, _PATIENCE = 0.004, 50  # seconds between two events; milliseconds until more is recorded


class LaneFile(QObject):
    """`done` tells what to say in the status bar."""

    done = Signal(str)
    failed = Signal(str)

    def __init__(self, window: QWidget, session: Session) -> None:
        super().__init__(window)
        self._window, self._session = window, session
        self._writing: Generator[bool, None, None] | None = None
        self._path = Path()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._go_on)
        session.opened.connect(self._broken_off)

    @property
    def _runs(self) -> list[LaneRun]:
        """Those that mean something here."""
        return [run for run in self._session.lanes.runs if run.term is not None]

    # Copied ------------------------------------------------------------------------------------

    def copy(self, at: int | None = None) -> None:
        """All lanes, or one, as far as is recorded."""
        from gru_debugger.exports import lanes_csv

        runs = self._runs if at is None else [self._session.lanes.runs[at]]
        trace = self._session.trace
        if trace is None or not runs or runs[0].term is None:
            return
        if trace.recorded * lanes_csv.width(runs) > _MOST:
            self.done.emit("Too many numbers for the clipboard; save the lanes as CSV instead.")
            return
        words = lanes_csv.header(runs) + lanes_csv.lines(runs, 0, trace.recorded)
        QApplication.clipboard().setText(words)
        said = f"{counted(len(runs), 'lane')} of {counted(trace.recorded, 'step')}"
        self.done.emit(f"{said} in the clipboard, as CSV.")

    # Saved -------------------------------------------------------------------------------------

    def ask(self) -> None:
        model = self._session.model
        if model is None or not self._runs:
            return
        source = Path(model.source.path.removeprefix("bundled:"))
        folder = str(source.parent) if source.is_file() else ""
        start = str(Path(folder, f"{source.stem or 'model'}-lanes.csv"))
        path = file_dialog.ask_path(self._window, _TITLE, start, {"CSV": [".csv"]}, "new file")
        if path:
            self.start(Path(path))

    def start(self, path: Path, force: bool = False) -> None:
        """In slices between events; on as more is recorded."""
        from gru_debugger.exports import lanes_csv

        self.stop()
        runs = [run.still() for run in self._runs]
        self._path, self._writing = path, lanes_csv.write(runs, path, force)
        self._timer.start(0)

    def stop(self) -> None:
        """What is not whole leaves no file."""
        self._timer.stop()
        if self._writing is not None:
            self._writing.close()
            self._writing = None

    def _broken_off(self) -> None:
        if self._writing is not None:
            self.stop()
            self.failed.emit(f"{self._path}: not written, for something else was opened.")

    def _go_on(self) -> None:
        end = perf_counter() + _SLICE
        try:
            while self._writing is not None and perf_counter() < end:
                more = next(self._writing)
                self._timer.setInterval(0 if more else _PATIENCE)
                if not more:
                    return
        except StopIteration:
            self.stop()
            self.done.emit(f"Saved as {self._path}")
        except ExistingFileError:
            self.stop()
            if dialogs.may_overwrite(self._window, _TITLE, self._path):
                self.start(self._path, force=True)
        except OutputError as fault:
            self.stop()
            self.failed.emit(str(fault))
