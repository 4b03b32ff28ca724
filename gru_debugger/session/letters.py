"""What the model writes on from a step: letter by letter beside the window, shown as it grows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, QTimer, Signal

from gru_debugger.core.trace import Trace
from gru_debugger.errors import GRUDebuggerError, InputError
from gru_debugger.numerals import grouped
from gru_debugger.questions.generation import Letter, generate

if TYPE_CHECKING:
    from gru_debugger.session.session import Session

MOST = 1_000_000  # letters of a run of them
_SLICE = 0.004  # seconds between two looks at the event queue
_SHOWN = 0.25  # seconds at least between two times that the text is seen to grow,
_REST = 10  # and so many times what that takes


@dataclass(frozen=True)
class How:
    """At temperature 0 the likeliest; the same seed gives the same again."""

    temperature: float = 0.8
    seed: int = 1


@dataclass
class _Run:
    """Letters that belong together: written the same way, undone at once."""

    base: Trace
    step: int  # of the base; the letters follow it
    how: How
    source: Iterator[Letter]
    letters: list[Letter] = field(default_factory=list)
    shown: Trace | None = None

    seen: int = 0  # letters that are shown

    def is_where(self, session: Session) -> bool:
        """Whether one is at its last letter, or where the first will be."""
        trace = self.shown or self.base
        step = self.shown.steps if self.shown else self.step
        return session.trace is trace and session.position == step


class Letters(QObject):
    """`letters` are those of the run that is shown, `left` is how many are still to come."""

    advanced = Signal()  # more are there, or it ended
    failed = Signal(str)  # why there can't be more

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._run: _Run | None = None
        self.left = 0
        self._seen, self._pause = 0.0, _SHOWN
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._write)
        session.opened.connect(self._opened)

    @property
    def _session(self) -> Session:
        """Not kept: a session that only the collector could end might end in another thread."""
        return cast("Session", self.parent())

    @property
    def letters(self) -> list[Letter]:
        return self._run.letters if self._run else []

    @property
    def first(self) -> int:
        """The step of the first of them."""
        return self._run.step + 1 if self._run else 1

    def write(self, count: int, how: How) -> None:
        """So many more from where one is. Raises GRUDebuggerError where that can't be."""
        run = self._run
        if run is None or run.how != how or not run.is_where(self._session):
            self.stop()
            self._run = run = self._begin(how)
        self.left = min(self.left + count, MOST - len(run.letters))
        self._seen = perf_counter()
        self._timer.start()

    def _begin(self, how: How) -> _Run:
        trace, step = self._session.trace, self._session.position
        assert trace is not None
        if not step:
            raise InputError("before the first character there is nothing to go on from.")
        if step > trace.recorded:
            raise InputError(f"step {grouped(step)} is not recorded yet; wait a moment.")
        cut = trace.continued(step, ())
        return _Run(trace, step, how, generate(cut, MOST, how.temperature, how.seed))

    def cancel(self) -> None:
        """No more; what is written stays, and is shown."""
        if self.left:
            self.left = 0
            self._timer.stop()
            self._show()

    def stop(self) -> None:
        """Forget all about it."""
        self._timer.stop()
        self._run, self.left = None, 0

    def _opened(self) -> None:
        """By others: what is written on would not belong there."""
        run = self._run
        if run is not None and self._session.trace is not (run.shown or run.base):
            self.stop()
            self.advanced.emit()

    def _write(self) -> None:
        run, end, fault = self._run, perf_counter() + _SLICE, ""
        assert run is not None
        try:
            while self.left and perf_counter() < end:
                run.letters.append(next(run.source))
                self.left -= 1
        except InputError as grown:  # beyond all numbers
            self.left, fault = 0, str(grown)
        if not self.left:
            self._timer.stop()
        if not self.left or perf_counter() - self._seen > self._pause:
            self._show()
        if fault:
            self.failed.emit(fault)

    def _show(self) -> None:
        run, begun, fault = self._run, perf_counter(), ""
        if run is not None and len(run.letters) > run.seen:
            try:
                self._grow(run)
            except GRUDebuggerError as refused:
                self.stop()
                fault = str(refused)
        self.advanced.emit()
        self._seen = perf_counter()
        self._pause = max(_SHOWN, _REST * (self._seen - begun))
        if fault:
            self.failed.emit(fault)

    def _grow(self, run: _Run) -> None:
        """Who has gone elsewhere in the text meanwhile stays there."""
        session, after = self._session, run.step if run.shown is None else None
        follows, run.seen = run.is_where(session), len(run.letters)
        text = run.base.continued(run.step, [letter.symbol for letter in run.letters])
        run.shown = text
        session.write_on(text, text.steps if follows else session.position, after)
