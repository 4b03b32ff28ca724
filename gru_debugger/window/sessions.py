"""Sessions: saved to a file and opened from one, as the File menu and the command line ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from gru_debugger.errors import GRUDebuggerError, one_line
from gru_debugger.files import SESSION_SUFFIX
from gru_debugger.numerals import grouped
from gru_debugger.session import marks_json
from gru_debugger.session.session import Session
from gru_debugger.window import last_opened
from gru_debugger.window.autosave import Autosave
from gru_debugger.window.docks import Docks
from gru_debugger.window.file_menu import Files
from gru_debugger.window.last_opened import Read
from gru_debugger.window.messages import MessageBar

if TYPE_CHECKING:
    from gru_debugger.session.pinned_json import Pin
    from gru_debugger.session.session_file import Now, SessionFile

_TITLE, _KINDS = "Save session as", {"Sessions": (SESSION_SUFFIX,)}
_OWN = "kept_of"  # in what is kept: the file that the user saved it in


class Sessions(QObject):
    """`path` is the file of what is open, where it has one; `autosave` keeps it anyway."""

    done = Signal(str)

    def __init__(
        self, window: QWidget, session: Session, files: Files, message: MessageBar, docks: Docks
    ) -> None:
        super().__init__(window)
        self._window, self._session, self._files, self._message = window, session, files, message
        self._docks = docks
        self.autosave = Autosave(session, message, self._content, self._open_kept)
        self.path: Path | None = None
        self._model = ""  # the path of the model that it is of
        self._unknown: Mapping[str, Any] = {}  # fields of its file that are another version's
        session.opened.connect(self._opened)

    def _opened(self) -> None:
        """Another model is no longer the session."""
        model = self._session.model
        if model is not None and model.source.path != self._model:
            self.path, self._unknown = None, {}

    # Saved -----------------------------------------------------------------------------------

    def save(self) -> None:
        """Into its own file, or into one that is asked for."""
        if self.path is None:
            self.save_as()
        else:
            self._write(self.path, force=True)

    def save_as(self) -> None:
        from gru_debugger.window import dialogs, file_dialog

        model = self._session.model
        if model is None:
            return
        source = Path(model.source.path.removeprefix("bundled:"))
        folder = source.parent if source.is_file() else Path()
        start = str(self.path or folder / f"{source.stem}{SESSION_SUFFIX}")
        path = file_dialog.ask_path(self._window, _TITLE, start, _KINDS, "new file")
        if path and (
            not Path(path).exists() or dialogs.may_overwrite(self._window, _TITLE, Path(path))
        ):
            self._write(Path(path), force=True)

    def _write(self, path: Path, force: bool) -> None:
        from gru_debugger.output import write_bytes
        from gru_debugger.session import session_file

        session, now = self._session, self._now()
        assert session.edited is not None
        try:
            write_bytes(path, session_file.to_bytes(path, now, self._unknown), force)
        except GRUDebuggerError as fault:
            self._message.error(str(fault))
            return
        self.path, self._model = path, session.edited.model.source.path
        self._files.recent.add_other("sessions", path)
        whole = session_file.can_pin(path, now)
        without = "" if whole else ", without the pinned run, which is in no file"
        self.done.emit(f"Saved as {path}{without}")

    def _now(self) -> Now:
        from gru_debugger.session.session_file import Now

        session = self._session
        assert session.edited is not None
        pinned = session.pinned
        return Now(
            session.edited.run, session.position, session.view, session.marks,
            self._docks.described() if self._docks.begun else {},
            pinned.trace.run if pinned.trace else None, pinned.step,
        )  # fmt: skip

    def _content(self, path: Path) -> bytes:
        """What is kept while one works; nothing of what opens by itself."""
        session = self._session
        more = session.marks.any or session.pinned.trace is not None
        if session.edited is None or (last_opened.as_at_first(session.edited.run) and not more):
            return b""
        from gru_debugger.session import saved, session_file

        own = {_OWN: str(self.path.absolute())} if self.path else {}
        unknown = {**self._unknown, **own}
        return session_file.to_bytes(path, self._now(), unknown, saved.LONGEST, saved.any_file)

    # Opened ----------------------------------------------------------------------------------

    def ask(self) -> None:
        from gru_debugger.window import file_dialog

        folder = self._files.recent.folder()
        path = file_dialog.ask_path(self._window, "Open session", folder, _KINDS)
        if path:
            self.open(Path(path))

    def open(self, path: Path) -> None:
        """What is wrong with it is told, and what was open stays; a wrong lane is left out."""
        from gru_debugger.session import session_file
        from gru_debugger.window import dialogs

        def allowed(found: SessionFile) -> SessionFile:
            """It may be a stranger's: what did not come along with it is the user's to allow."""
            files = session_file.strange(found, path)
            may = not files or dialogs.may_read(self._window, path, files)
            return found if may else session_file.without(found, files)

        self._open(path, lambda found, beside: self._take(path, found, beside), allowed)

    def _open_kept(self, path: Path, then: Callable[[], object]) -> None:
        """What this program kept, of the session that the user saved, if any."""

        def take(found: SessionFile, beside: Read) -> None:
            unknown = dict(found.unknown)
            own = str(unknown.pop(_OWN, ""))
            self._take(Path(own) if own else None, replace(found, unknown=unknown), beside)
            then()

        self._open(path, take)

    def _open(
        self,
        path: Path,
        take: Callable[[SessionFile, Read], None],
        allowed: Callable[[SessionFile], SessionFile] = lambda found: found,
    ) -> None:
        from gru_debugger.session import session_file

        try:
            found = allowed(session_file.read(path))
        except GRUDebuggerError as fault:
            self._files.recordings.fail(fault)
            return
        last_opened.open_again(
            found.saved, self._files, self._session, self._message,
            lambda beside: take(found, beside), found.pinned.reads if found.pinned else None,
        )  # fmt: skip

    def _take(self, path: Path | None, found: SessionFile, beside: Read) -> None:
        """The model is there: with what was put on it, as far as that means something here."""
        session = self._session
        trace = session.trace
        assert trace is not None
        fault = self._pin(found.pinned, beside) if found.pinned else ""
        marks, wrong = marks_json.fitting(found.marks, trace)
        session.bring(marks)
        self._docks.take(found.layout)
        if told := [*found.wrong, *wrong, *filter(None, [fault])]:
            more = f" ({grouped(len(told) - 1)} more)" if len(told) > 1 else ""
            name = path.name if path else trace.model.source.name
            self._message.notice(one_line(f"{name}: {told[0]}") + more, topic="session marks")
        self.path, self._model, self._unknown = path, trace.model.source.path, found.unknown
        if path is not None:
            self._files.recent.add_other("sessions", path)

    def _pin(self, pin: Pin, source: Read) -> str:
        """What was pinned, of what its run reads; why not, where that can't be."""
        session, trace = self._session, self._session.edited
        assert trace is not None
        try:
            if isinstance(source, GRUDebuggerError):
                raise source
            if pin.reads is not None:
                run = pin.reads.run(trace.model, source)
                trace = self._files.recordings.recorded(run)
            if pin.step:
                trace.check_number(pin.step)
        except GRUDebuggerError as fault:
            return f"what was pinned is left out: {fault}"
        session.hold(trace, pin.step)
        return ""
