"""The status bar: where we are, the proof, the variant in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStatusBar

from gru_debugger import phrases
from gru_debugger.charts.qt_faults import guarded
from gru_debugger.core.quantities import computation_in_words
from gru_debugger.core.trace import Trace
from gru_debugger.errors import one_line
from gru_debugger.numerals import duration, fixed, grouped, percent
from gru_debugger.questions.surprise import Surprise
from gru_debugger.session.session import Session
from gru_debugger.source import NOT_ITS_OWN, inside
from gru_debugger.window.accessible import announce
from gru_debugger.window.painted_words import SEPARATOR, Line
from gru_debugger.window.plain import Label, as_title
from gru_debugger.window.style import say

if TYPE_CHECKING:
    from gru_debugger.parity import Parity

_TOLD = 6000  # milliseconds that what was done is told
_WHERE = 170  # pixels that are left for where we are: the step, and how many units
_AROUND = 10  # pixels that nothing of the bar has


def title(trace: Trace) -> str:
    """The window's: what is open, and what it reads."""
    read = one_line(trace.reading.name, 80)
    return as_title(f"{trace.model.source.title} – {read} – GRU Debugger")


class StatusBar(QStatusBar):
    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setSizeGripEnabled(False)
        self.setContentsMargins(0, 0, 8, 0)
        self._session = session
        self.where, self.parity, self.variant = Line(), Label(), Label()
        self.surprise, self.told = Label(), Label()
        self.variant.setObjectName("quiet")
        self.addWidget(self.where, 1)
        for badge in (self.told, self.surprise, self.parity, self.variant):
            self.addPermanentWidget(badge)
            badge.hide()
        for changed in (
            session.opened,
            session.position_changed,
            session.view_changed,
            session.recording_advanced,
            session.playing_changed,
        ):
            changed.connect(self._show)
        for changed in (
            session.position_changed,
            session.unit_changed,
            session.view_changed,
            session.opened,
            session.marks_changed,
            session.finding.changed,
        ):
            changed.connect(self._leave)
        self._told_of: tuple[object, ...] | None = None  # what is told is about this place, and run
        self._quiet = QTimer(self, singleShot=True, interval=_TOLD)
        self._quiet.timeout.connect(self._say)

    def _show(self) -> None:
        session, trace = self._session, self._session.trace
        if trace is None:
            return
        model = trace.model
        words = [f"step {grouped(session.position)} of {grouped(trace.steps)}"]
        if session.position > trace.recorded:
            words[0] += ", not recorded yet"
        elif session.computation != "blend":
            computed = computation_in_words(session.computation, model.reset)
            words[0] += f", computing {computed}"
        if session.playing:
            words.insert(0, "Playing")
        progress = session.recorder.progress
        if progress is not None:
            left = duration(progress.left)
            words.append(f"recording {percent(progress.share)}, {left} left")
        words += [
            f"{grouped(model.hidden_size)} units{session.view.order.in_words}",
            one_line(trace.reading.name, 60),
            f"{grouped(model.symbols)} characters"
            if trace.reading.rows is None
            else f"rows of {grouped(model.input_size)} numbers",
            trace.initial.in_words(session.notation),
            model.source.dtype,
            "▾ changed most since the step before",
        ]
        self.where.set_text(SEPARATOR.join(words))
        self._show_told(trace)
        variant = model.variant_in_words(notation=session.notation)
        if self.variant.toolTip() != variant:
            self._badge(self.variant, "quiet",
                        model.variant_in_words(brief=True, notation=session.notation), variant)

    def _show_told(self, trace: Trace) -> None:
        """Red where what is shown is not the network's own; else, what there is to tell."""
        told = trace.model.source.told
        grave = inside(told, initial_state=trace.initial.chosen_for(trace.model))
        tip = "\n".join(f"{one_line(words)}." for words in grave or trace.model.source.warnings)
        words = f"{grouped(len(told))} note{'s' * (len(told) != 1)}" if told else ""
        words = NOT_ITS_OWN if grave else words
        if (words, tip) != (self.told.text(), self.told.toolTip()):
            self._badge(self.told, "bad" if grave else "quiet", words, tip)

    @property
    def _edited(self) -> bool:
        return self._session.trace is not None and bool(self._session.trace.edits)

    def tell(self, words: str) -> None:
        """What has been done, for a moment; spoken too."""
        self.hold(words)
        self._quiet.start()

    def hold(self, words: str) -> None:
        """What is waited for, until something else is told."""
        self._told_of = None
        self._quiet.stop()
        self._say(words)
        announce(self, words)

    def answer(self, words: str, steps: Sequence[int] = ()) -> None:
        """The same of what was asked here, whole where it can be: it goes with the place, the run
        and the words looked for that it is about. `steps`: those listed at its end."""
        self.tell(words)
        self._told_of = self._place()
        self.where.say(words, steps)
        self._fit()

    def _place(self) -> tuple[object, ...]:
        session, view = self._session, self._session.view
        value = view.layer, view.direction, view.quantity, view.unit
        pinned = session.pinned.trace, session.pinned.step
        run = session.trace, session.marks, session.finding.words
        return session.position, session.computation, *value, *run, *pinned

    def _leave(self) -> None:
        if self._told_of is not None and self._told_of != self._place():
            self._told_of = None
            self._say()

    def _say(self, words: str = "") -> None:
        self.where.say(words)
        self.where.setToolTip(words)
        self._fit()

    def show_parity(self, answer: Parity | str | None) -> None:
        """A Parity, a reason why there is none, or None while it is being computed.

        Where there are edits, it is of the run without: no other GRU can be edited.
        """
        if answer is None:
            name, words, tip = "quiet", "checking the numbers …", ""
        elif isinstance(answer, str):
            name, words, tip = "quiet", answer[:80], answer
        else:
            badge, tip = answer.badge, answer.sentence
            if self._edited:
                badge, tip = f"unedited {badge}", f"Without the edits: {tip[0].lower()}{tip[1:]}"
            name, words = "good", "✓ " + badge
            if not answer.ok:
                name, words = "bad", "✗ " + badge
                announce(self, tip, urgent=True)
        self._badge(self.parity, name, words, tip)

    def show_surprise(self, found: Surprise | None) -> None:
        """Bits per character of the text so far; None where there is none, or none yet."""
        if found is None:
            self._badge(self.surprise)
            return
        among = grouped(round(2**found.even))
        tip = (
            f"What follows costs the model {fixed(found.bits, 2)} bits a character, the mean of "
            f"{grouped(found.steps)} steps;\nguessing evenly among {among} symbols costs "
            f"log₂ {among} = {fixed(found.even, 2)}."
        )
        if self._session.trace is not None and self._session.trace.foresees:
            tip += "\nIt reads the text from its end too, and so has read what follows already."
        telling = found.telling and not self._edited
        if telling:
            tip += "\nThe vocabulary is probably in another order (Model, Vocabulary…)."
        name = "wrong" if found.worse_than_guessing else "quiet"
        words = f"{found.figures} bits/char{found.verdict}"
        trace = self._session.trace
        if trace is not None and found.steps < trace.steps - 1:
            words = phrases.told("{words}, first {n}", words=words, n=grouped(found.steps))
        self._badge(self.surprise, "bad" if telling else name, words, tip)

    # Room ----------------------------------------------------------------------------------

    def _badge(self, badge: Label, name: str = "quiet", words: str = "", tip: str = "") -> None:
        """What a badge says; one that says nothing is not there."""
        say(badge, name, words, tip)
        self._fit()

    def _fit(self) -> None:
        """In a narrow window the proof stands alone, then beside what is told, then all of them.

        An answer has their room while it stands, the last one's first, but of none that is red.
        What has just been done has none: it is cut in its middle, and its tip is whole.
        """
        answer = self.where.wanted() if self._told_of is not None else 0.0
        room, left = self.width() - _WHERE, self.width() - _AROUND - answer
        for badge in (self.parity, self.told, self.surprise, self.variant):
            wide = badge.sizeHint().width() + 6 if badge.text() else 0
            room, left = room - wide, left - wide
            fits = room >= 0 or badge is self.parity
            yields = answer and left < 0 and badge.objectName() != "bad"
            badge.setVisible(bool(wide) and fits and not yields)

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """It never keeps the window from being narrow."""
        return QSize(0, super().minimumSizeHint().height())
