"""A picture drawn in whatever Python process asks for it, with a display or without.

Qt wants an application object, made in the main thread, and that all it has drawn with ends there
too. An application that is there already is used as it is, and its events are left to it.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QCoreApplication, QEvent, QThread
from PySide6.QtWidgets import QApplication

from gru_debugger import system
from gru_debugger.errors import GRUDebuggerError
from gru_debugger.exports.jobs import SnapshotJob
from gru_debugger.exports.picture import Picture
from gru_debugger.exports.snapshots import Snapshot

_made: list[QCoreApplication] = []  # ours, which lasts as long as the process


def picture(job: SnapshotJob) -> Picture:
    """The job's first step in its first format. Raises GRUDebuggerError in another thread."""
    _prepare()
    with _ends_here():
        return _drawn(job)


def _drawn(job: SnapshotJob) -> Picture:
    name = job.formats[0]
    snapshot = Snapshot(job)
    try:
        snapshot.go_to(job.steps[0])
        title, size, data = snapshot.title(), snapshot.size, snapshot.rendered(name)
    finally:
        snapshot.close()
    return Picture(data, name, title, size.width(), size.height())


def _prepare() -> None:
    """An application object, and this its thread."""
    there = QCoreApplication.instance()
    if there is None:
        if threading.current_thread() is not threading.main_thread():
            raise _elsewhere()
        platform = system.drawing_platform()
        arguments = ["gru-debugger", *(["-platform", platform] if platform else [])]
        _made.append(QApplication(arguments))
    elif not isinstance(there, QApplication):
        raise GRUDebuggerError(
            f"this process has a {type(there).__name__}, with which no pictures can be drawn; make "
            "a QApplication in its place."
        )
    elif there.thread() != QThread.currentThread():
        raise _elsewhere()


def _elsewhere() -> GRUDebuggerError:
    return GRUDebuggerError(
        "pictures can be drawn in the main thread only; call trace.picture() there."
    )


@contextmanager
def _ends_here() -> Iterator[None]:
    """What is made within it is gone at its end: later, another thread might take it away."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if _made:  # nobody else delivers them
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect(0)
        if collects:
            gc.enable()
