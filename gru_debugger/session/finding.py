"""What is looked for in what is open, beside the window; going to what was found, both ways."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from gru_debugger.core.model import printable
from gru_debugger.core.trace import Trace
from gru_debugger.errors import GRUDebuggerError

if TYPE_CHECKING:
    from gru_debugger.questions.finding import Find

_SLICE = 0.004  # seconds between two looks at the event queue
_TOLD = 0.1  # seconds between two times that it is told


class Finding(QObject):
    """`words` are what is looked for, `find` what they mean for what is open; else `fault` says
    why they mean nothing. `shown`: its hits are marked in the text."""

    changed = Signal()  # other words
    advanced = Signal()  # more is known of where they are
    toggled = Signal()  # shown, or no longer
    reached = Signal(object)  # the step that was asked for, None where there is no hit at all

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.words = ""
        self.find: Find | None = None
        self.fault = ""
        self.shown = False
        self._trace: Trace | None = None
        self._wanted: tuple[int, int] | None = None  # from which position, in which direction
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._look)
        self._told = 0.0

    @property
    def in_words(self) -> str:
        """What is looked for, a text between quotation marks."""
        return printable(self.words) if self.find and self.find.kind == "text" else self.words

    # What is looked for ------------------------------------------------------------------------

    def seek(self, words: str) -> None:
        """From now on this; nothing, where it is empty. None of the text is looked through yet."""
        if words != self.words:
            self.words = words
            self._understand()
            self.changed.emit()

    def follow(self, trace: Trace) -> None:
        """The same in another recording; where it is not shown, once it is asked for again."""
        self._trace = trace
        self._forget()
        if self.shown:
            self._understand()

    def show(self, shown: bool) -> None:
        if shown != self.shown:
            self.shown = shown
            self._take_up()
            self.toggled.emit()

    def _take_up(self) -> None:
        """What is looked for may have been forgotten."""
        if self.find is None and not self.fault:
            self._understand()
            self.changed.emit()

    def _forget(self) -> None:
        self.stop()
        self.find, self.fault = None, ""

    def _understand(self) -> None:
        self._forget()
        if self._trace is None or not self.words:
            return
        from gru_debugger.questions.finding import understood

        try:
            self.find = understood(self.words, self._trace)
        except GRUDebuggerError as fault:
            self.fault = str(fault)
        self._timer.start()

    def refuse(self, fault: str) -> None:
        """It can't be looked for, or no further; what was found stays."""
        self.fault = fault
        self._wanted = None
        self.advanced.emit()

    @property
    def marked(self) -> Find | None:
        """What has its hits marked in the text."""
        return self.find if self.shown else None

    # Looking -----------------------------------------------------------------------------------

    def go_on(self) -> None:
        """More is recorded."""
        if self.find is None and self.fault:  # it may mean something by now
            self._understand()
        elif self.find is not None and not self.find.complete:
            self._timer.start()

    def stop(self) -> None:
        """Nothing is looked for any further."""
        self._timer.stop()
        self._wanted = None

    def _look(self) -> None:
        end, more = perf_counter() + _SLICE, False
        while self.find is not None and (more := self.find.advance()):
            if perf_counter() > end:
                break
        at_last = not more or (self.find is not None and self.find.complete)
        if at_last:
            self._timer.stop()
        self.tell(at_last)

    def tell(self, at_last: bool) -> None:
        """More is known: it is told now and then, and when all is known."""
        if at_last or perf_counter() - self._told > _TOLD:
            self._told = perf_counter()
            self.advanced.emit()
        self._reach()

    # Going to a hit ----------------------------------------------------------------------------

    def go(self, position: int, by: int) -> None:
        """To the next hit after a position (1), or the one before it (-1), once it is known."""
        self._take_up()
        self._wanted = position, by
        self._reach()

    @property
    def waiting(self) -> bool:
        """Whether a hit that was asked for is still being looked for."""
        return self._wanted is not None

    def give_up(self) -> None:
        """Who goes elsewhere meanwhile stays there."""
        self._wanted = None

    def _reach(self) -> None:
        if self._wanted is None or self.find is None:
            return
        step = self.find.beside(*self._wanted)
        if step is not None or self.find.complete:
            self._wanted = None
            self.reached.emit(step)
