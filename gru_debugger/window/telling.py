"""A step or the whole run in sentences, above the picture; to be copied from there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtWidgets import QApplication

from gru_debugger.numerals import grouped, percent
from gru_debugger.phrases import in_text, told, translate_by
from gru_debugger.session.in_slices import InSlices
from gru_debugger.session.session import Session

if TYPE_CHECKING:  # wanted when something is asked
    from gru_debugger.core.edits import Place
    from gru_debugger.core.trace import Trace
    from gru_debugger.main_window import MainWindow
    from gru_debugger.questions.run_sentences import RunCounts

_TOPIC, _COUNTING = "sentences", "counting"


def speak_as_qt() -> None:
    """Every sentence is what Qt's translators make of it, in the context “sentences”."""
    translate_by(lambda template: QCoreApplication.translate("sentences", template))


class _Moment(NamedTuple):
    """What is told of, wherever one has gone since."""

    trace: Trace
    place: Place
    position: int
    computation: str


def of_step(session: Session) -> str:
    """What the step does; inside it, what the computation just made has done."""
    trace = session.trace
    if trace is None or session.step is None:
        return ""
    here = _Moment(trace, session.where.place, session.position, session.computation)
    return _of_moment(session, here)


def _of_moment(session: Session, moment: _Moment) -> str:
    from gru_debugger.panes.in_words import place_of
    from gru_debugger.questions.step_sentences import StepSentences, step_sentences

    trace, place, position, computation = moment
    step = trace.step(position, *place)
    asked = trace, step, place, session.notation, session.view.thresholds
    if computation == "blend":
        said = step_sentences(*asked)
    else:
        said = StepSentences.of(*asked).told(computation)
    where = place_of(trace, position, place, computation)
    return " ".join([f"{where[0].upper()}{where[1:]}", *map(in_text, said)])


def tell_step(window: MainWindow) -> None:
    session, trace = window.session, window.session.trace
    if trace is None or session.step is None:
        return
    moment = _Moment(trace, session.where.place, session.position, session.computation)

    def tell() -> None:
        if session.trace is moment.trace:
            _tell(window, _of_moment(session, moment), tell)

    tell()


def tell_again(window: MainWindow) -> None:
    """What was told, by other thresholds or in another notation, of the step that it is of."""
    for message in window.message.messages:
        if message.topic == _TOPIC and message.again is not None:
            message.again()
            return


def tell_run(window: MainWindow) -> None:
    """As soon as all of it is looked through."""
    for other in window.findChildren(_Run):
        other.end()
    run = _Run(window)
    run.told.connect(lambda counts: _tell_counted(window, counts))
    run.start()


def _tell_counted(window: MainWindow, counts: RunCounts) -> None:
    """What is counted is counted once: another notation has other words for it."""
    from gru_debugger.questions.run_sentences import run_sentences

    session = window.session

    def tell() -> None:
        known = session.trace is counts.trace and session.where.place == counts.place
        if known and session.view.thresholds == counts.thresholds:
            said = run_sentences(counts, session.notation)
            _tell(window, " ".join(map(in_text, said)), tell)
        else:
            tell_run(window)

    tell()


def _tell(window: MainWindow, words: str, again: Callable[[], object]) -> None:
    if words:
        window.message.notice(
            words, "Copy", lambda: QApplication.clipboard().setText(words), _TOPIC, again=again
        )
        if window.findChild(_Notation) is None:
            _Notation(window)


class _Notation(QObject):
    """What has been told is told anew once the notation is another."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, self._told = window, window.session.notation
        window.session.view_changed.connect(self._look)

    def _look(self) -> None:
        notation = self._window.session.notation
        if notation != self._told:
            self._told = notation
            tell_again(self._window)


class _Run(InSlices):
    """Counts beside the window, and is gone when it has told."""

    told = Signal(object)  # RunCounts

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        from gru_debugger.questions.run_sentences import RunCounts

        self._message = window.message
        session, trace = window.session, window.session.trace
        self._counts: RunCounts | None = None
        if trace is not None:
            self._counts = RunCounts(trace, session.where.place, session.view.thresholds)
        self.advanced.connect(self._finish)
        session.opened.connect(self.end)

    def start(self) -> None:
        self._begin()

    def _advance(self) -> bool:
        return self._counts is not None and self._counts.advance()

    def _finish(self) -> None:
        """Of a text that is not recorded to its end, of what is; until then how far it is."""
        counts = self._counts
        if counts is None:
            return
        if counts.known == counts.trace.recorded:
            self.end()
            self.told.emit(counts)
            return
        share = percent(counts.known / counts.trace.recorded)
        words = told("Counting the whole run: {share} of {steps} steps; Esc ends it.",
                     share=share, steps=grouped(counts.trace.recorded))  # fmt: skip
        self._message.progress(words, self.end, _COUNTING)

    def end(self) -> None:
        self.stop()
        if self._counts is not None:
            self._message.end_progress(_COUNTING)
        self._counts = None
        self.deleteLater()
