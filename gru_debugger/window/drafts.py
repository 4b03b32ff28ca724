"""A text that is being typed is kept in a file: where the program is killed, nothing is lost.

Each process writes a draft of its own, locked while it runs; a draft whose process is gone is
offered at the next start.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from gru_debugger.window.kept_file import KeptFile, left
from gru_debugger.window.messages import MessageBar
from gru_debugger.window.text_editor import TextEditor

_PAUSE = 300  # milliseconds from a change to its being written
_SHOWN = 24  # characters of a draft in the notice
_TOPIC = "draft"
_FOLDER, _SUFFIX = "drafts", ".json"


class Drafts(QObject):
    """`take_up` edits a text, and says whether it could."""

    def __init__(
        self, editor: TextEditor, message: MessageBar, take_up: Callable[[str], bool]
    ) -> None:
        super().__init__(editor)
        self._editor, self._message, self._take_up = editor, message, take_up
        self._own: KeptFile | None = None
        self._found: KeptFile | None = None
        self._timer = QTimer(self, singleShot=True, interval=_PAUSE)
        self._timer.timeout.connect(self._write)
        editor.textChanged.connect(self._changed)

    def _changed(self) -> None:
        if self._editor.document().isModified() and not self._timer.isActive():
            self._timer.start()

    def _write(self) -> None:
        if self._own is None:
            self._own = KeptFile.new(_FOLDER, _SUFFIX)
        self._own.write(json.dumps({"text": self._editor.text()}).encode())

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
        self._found = next(left(_FOLDER, _SUFFIX, lambda path: bool(_text(path))), None)
        if self._found is not None:
            text = _text(self._found.path)
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
        if self._take_up(_text(found.path)):
            self._write()
            found.remove()
        else:
            found.release()  # for the next start


def _text(path: Path) -> str:
    """What was being typed; nothing where that is not what is there."""
    try:
        text = json.loads(path.read_text())["text"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ""
    return text if isinstance(text, str) else ""
