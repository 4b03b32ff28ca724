"""What is open is kept in a file while one works: where the program is killed, it is offered."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path, PurePath

from PySide6.QtCore import QObject, QTimer

from gru_debugger.errors import GRUDebuggerError
from gru_debugger.files import SESSION_SUFFIX
from gru_debugger.numerals import grouped
from gru_debugger.session.session import Session
from gru_debugger.window.kept_file import KeptFile, left
from gru_debugger.window.messages import MessageBar

_PAUSE = 1000  # milliseconds from a change to its being written
_TOPIC, _FOLDER = "kept session", "sessions"


class Autosave(QObject):
    """`content` is what to keep, empty for nothing; `open_kept` opens a file and calls back."""

    def __init__(
        self,
        session: Session,
        message: MessageBar,
        content: Callable[[Path], bytes],
        open_kept: Callable[[Path, Callable[[], object]], None],
    ) -> None:
        super().__init__(session)
        self._message, self._content, self._open = message, content, open_kept
        self._own: KeptFile | None = None
        self._found: KeptFile | None = None
        self._timer = QTimer(self, singleShot=True, interval=_PAUSE)
        self._timer.timeout.connect(self._write)
        for changed in (
            session.opened, session.marks_changed, session.position_changed, session.unit_changed,
            session.view_changed, session.zoom_changed,
        ):  # fmt: skip
            changed.connect(self._changed)

    def _changed(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _write(self) -> None:
        own = self._own or KeptFile.new(_FOLDER, SESSION_SUFFIX)
        data = b""
        with suppress(GRUDebuggerError):  # it is in no file: there is nothing to come back to
            data = self._content(own.path)
        if data:
            self._own = own
            own.write(data)
        elif self._own is not None:
            self._drop()

    def _drop(self) -> None:
        if self._own is not None:
            self._own.remove()
            self._own = None

    def stop(self) -> None:
        """The window closes, and all is well: what was offered and closed goes too."""
        self._timer.stop()
        self._drop()
        offered = any(message.topic == _TOPIC for message in self._message.messages)
        if self._found is not None:
            if offered:
                self._found.release()
            else:
                self._found.remove()

    def offer(self) -> bool:
        """What was open in the newest process that was killed; whether there is such a thing."""
        self._found = next(left(_FOLDER, SESSION_SUFFIX, _means), None)
        if self._found is None:
            return False
        from gru_debugger.session import session_file

        kept = session_file.read(self._found.path).saved
        name = PurePath(kept.path.removeprefix("bundled:")).name
        self._message.notice(
            f"{name} was open at step {grouped(kept.at.step)} when the program ended "
            "unexpectedly, and was kept.",
            "Open it again",
            self._take_up,
            _TOPIC,
            "closed",
        )
        return True

    def _take_up(self) -> None:
        found, self._found = self._found, None
        if found is not None:  # where it can't be opened, it is offered once more
            self._open(found.path, found.remove)


def _means(path: Path) -> bool:
    """Whether it is a session whose files are there."""
    from gru_debugger.session import session_file

    try:
        return session_file.read(path).saved.there
    except GRUDebuggerError:
        return False
