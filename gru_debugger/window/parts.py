"""The window's parts that only its actions ask for: made when the first of them does.

A start neither imports nor makes what is not seen yet. What follows the session from its beginning
(the proof, the bar of edits, autosave) is no such part: the window makes it.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Protocol, TypeVar

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QMainWindow

from gru_debugger.session.session import Session
from gru_debugger.window.file_menu import Files
from gru_debugger.window.line_place import LinePlace
from gru_debugger.window.messages import MessageBar
from gru_debugger.window.status import StatusBar

if TYPE_CHECKING:
    from gru_debugger.window.bookmark_line import BookmarkLine
    from gru_debugger.window.copying import Copying
    from gru_debugger.window.exporting import Exporter
    from gru_debugger.window.find_line import FindLine
    from gru_debugger.window.input_line import InputLine
    from gru_debugger.window.lane_file import LaneFile
    from gru_debugger.window.lane_line import LaneLine
    from gru_debugger.window.letters_line import LettersLine
    from gru_debugger.window.questions import Questions
    from gru_debugger.window.saving import Saver
    from gru_debugger.window.what_if import WhatIf

    Writer = TypeVar("Writer", Exporter, Saver, LaneFile)
    Line = TypeVar("Line", bound=InputLine)


class Stoppable(Protocol):
    def stop(self) -> object:
        """The window closes: end what goes on."""


class Parts(QMainWindow):
    """Its bars and its session are the window's to make."""

    session: Session
    settings: QSettings
    files: Files
    message: MessageBar
    status: StatusBar
    line_place: LinePlace

    def __init__(self) -> None:
        super().__init__()
        self._going: list[Stoppable] = []

    def focus_stepping(self) -> None:
        """Give the stepping keys their view back."""
        raise NotImplementedError

    def stop_parts(self) -> None:
        """Of those that were made."""
        for part in self._going:
            part.stop()

    # What writes files ---------------------------------------------------------------------

    def _writer(self, writer: Writer) -> Writer:
        writer.done.connect(self.status.tell)
        writer.failed.connect(self.message.error)
        self._going.append(writer)
        return writer

    @cached_property
    def exporter(self) -> Exporter:
        from gru_debugger.window.exporting import Exporter

        return self._writer(Exporter(self, self.session, self.settings))

    @cached_property
    def saver(self) -> Saver:
        from gru_debugger.window.saving import Saver

        return self._writer(Saver(self, self.session))

    @cached_property
    def lane_file(self) -> LaneFile:
        from gru_debugger.window.lane_file import LaneFile

        return self._writer(LaneFile(self, self.session))

    # Lines of input ------------------------------------------------------------------------

    def _line(self, line: Line) -> Line:
        self.line_place.add(line)
        line.closed.connect(self.focus_stepping)
        return line

    @cached_property
    def what_if(self) -> WhatIf:
        from gru_debugger.window.what_if import WhatIf

        return self._line(WhatIf(self.session, self.files.recordings.set_edits))

    @cached_property
    def lane_line(self) -> LaneLine:
        from gru_debugger.window.lane_line import LaneLine

        line = LaneLine(self.session)
        line.copy_wanted.connect(lambda at: self.lane_file.copy(at))
        return self._line(line)

    @cached_property
    def find_line(self) -> FindLine:
        from gru_debugger.window.find_line import FindLine

        line = FindLine(self.session)
        line.answered.connect(self.status.answer)
        self._going.append(line)
        return self._line(line)

    @cached_property
    def letters_line(self) -> LettersLine:
        from gru_debugger.window.letters_line import LettersLine

        line = LettersLine(self.session)
        line.told.connect(self.status.tell)
        self._going.append(line)
        return self._line(line)

    @cached_property
    def bookmark_line(self) -> BookmarkLine:
        from gru_debugger.window.bookmark_line import BookmarkLine

        return self._line(BookmarkLine(self.session))

    # Asked of the run ----------------------------------------------------------------------

    @cached_property
    def questions(self) -> Questions:
        from gru_debugger.window.questions import Questions

        questions = Questions(self.session)
        questions.answered.connect(self.status.answer)
        return questions

    @cached_property
    def copying(self) -> Copying:
        from gru_debugger.window.copying import Copying

        copying = Copying(self.session)
        copying.done.connect(self.status.tell)
        return copying
