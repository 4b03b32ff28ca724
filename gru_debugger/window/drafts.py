"""A text that is being typed is kept in a file: where the program is killed, nothing is lost.

Each process writes a draft of its own, locked while it runs; a draft whose process is gone is
offered at the next start.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, QStandardPaths, QTimer

from gru_debugger.window.messages import MessageBar
from gru_debugger.window.text_editor import TextEditor

_PAUSE = 300  # milliseconds from a change to its being written
_SHOWN = 24  # characters of a draft in the notice
_TOPIC = "draft"


class Drafts(QObject):
    """`take_up` edits a text, and says whether it could."""

    def __init__(
        self, editor: TextEditor, message: MessageBar, take_up: Callable[[str], bool]
    ) -> None:
        super().__init__(editor)
        self._editor, self._message, self._take_up = editor, message, take_up
        self._own: _Draft | None = None
        self._found: _Draft | None = None
        self._timer = QTimer(self, singleShot=True, interval=_PAUSE)
        self._timer.timeout.connect(self._write)
        editor.textChanged.connect(self._changed)

    def _changed(self) -> None:
        if self._editor.document().isModified() and not self._timer.isActive():
            self._timer.start()

    def _write(self) -> None:
        if self._own is None:
            self._own = _Draft(_folder() / f"{os.getpid()}-{time.time_ns()}.json")
        self._own.write(self._editor.text())

    def drop(self) -> None:
        """The text was read, or given up."""
        self._timer.stop()
        if self._own is not None:
            self._own.remove()
            self._own = None

    def stop(self) -> None:
        """The window closes: what is being typed stays, what was offered and closed goes."""
        if self._timer.isActive():
            self._timer.stop()
            self._write()
        offered = any(message.topic == _TOPIC for message in self._message.messages)
        if self._found is not None and not offered:
            self._found.remove()
        for draft in filter(None, (self._own, self._found)):
            draft.release()

    def offer(self) -> None:
        """The newest text that was being typed when its process ended."""
        self._found = next(_left(), None)
        if self._found is not None:
            text = self._found.text
            first = " ".join(text[:_SHOWN].split()) + " …" * (len(text) > _SHOWN)
            self._message.notice(
                f"A text was being typed when the program ended, and was kept: “{first}”",
                "Continue typing",
                self._continue,
                _TOPIC,
                "closed",
            )

    def _continue(self) -> None:
        found, self._found = self._found, None
        if found is None:
            return
        if self._take_up(found.text):
            self._write()
            found.remove()
        else:
            found.release()  # for the next start


class _Draft:
    """A file and its lock; faults of the disk are not worth a word while somebody types."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.text = ""
        self._lock = QLockFile(str(path.with_suffix(".lock")))
        self._lock.setStaleLockTime(0)  # it is while its process lives, however long

    def write(self, text: str) -> None:
        new = self.path.with_suffix(".new")
        with suppress(OSError):
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock.tryLock(0)
            # Not synced to the disk as what is saved is: typing must not wait for it.
            new.write_text(json.dumps({"text": text}))
            new.replace(self.path)

    def read(self) -> bool:
        """Take over a draft that was left; False where its process lives, or nothing is in it."""
        if not self._lock.tryLock(0):
            return False
        try:
            text = json.loads(self.path.read_text())["text"]
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            text = None
        if isinstance(text, str) and text:
            self.text = text
            return True
        self.remove()
        return False

    def release(self) -> None:
        self._lock.unlock()

    def remove(self) -> None:
        for path in (self.path, self.path.with_suffix(".new")):
            with suppress(OSError):
                path.unlink(missing_ok=True)
        self.release()


def _left() -> Iterator[_Draft]:
    """Drafts whose process is gone, the newest first, and locked from here on."""
    with suppress(OSError):
        files = {path for path in _folder().iterdir() if path.suffix in (".json", ".new", ".lock")}
        drafts = {path.with_suffix(".json") for path in files}
        for path in drafts - files:  # never written to the end, or cleared away half
            _Draft(path).read()
        for path in sorted(drafts & files, key=os.path.getmtime, reverse=True):
            draft = _Draft(path)
            if draft.read():
                yield draft


def _folder() -> Path:
    where = QStandardPaths.StandardLocation.AppLocalDataLocation
    return Path(QStandardPaths.writableLocation(where)) / "drafts"
