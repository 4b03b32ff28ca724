"""h(0) in the window: chosen in a dialog, or taken from what another recording ended with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from gru_debugger.charts import fonts
from gru_debugger.charts.theme import Theme
from gru_debugger.core.initial_state import STORED, ZEROS, InitialState
from gru_debugger.core.model import Model
from gru_debugger.core.trace import Trace
from gru_debugger.numerals import grouped
from gru_debugger.session.session import Session
from gru_debugger.source import Source
from gru_debugger.window.messages import MessageBar
from gru_debugger.window.opening import Opener
from gru_debugger.window.recordings import Recordings

_REMEMBERED = 5
_EXCERPT = 12  # characters of a text


@dataclass(frozen=True)
class Ended:
    """What a recording ended with, and of which model."""

    source: Source
    state: InitialState


def ended(trace: Trace) -> Ended:
    """Its last states, “last state of encoder.pt on “how are …”, 12 steps”. Trace is complete."""
    source, reading = trace.model.source, trace.reading
    chosen = source.choice.gru  # where the file holds several
    name = f"{source.name} ({chosen})" if chosen else source.name
    first = "".join(map(fonts.glyph, reading.text[:_EXCERPT]))
    what = f"“{first}{' …' if len(reading.text) > _EXCERPT else ''}”"
    if reading.rows is not None:
        what = reading.rows.name
    steps = f"{grouped(trace.steps)} step{'s' * (trace.steps != 1)}"
    words = f"last state of {name} on {what}, {steps}"
    return Ended(source, InitialState(trace.final_states(), words))


def choices(
    model: Model, now: InitialState, remembered: list[Ended]
) -> list[tuple[str, InitialState | str]]:
    """What h(0) may be, in words, or why it may not."""
    shape = len(model.places), model.hidden_size
    found: list[tuple[str, InitialState | str]] = [
        ("Zeros", InitialState(np.zeros(shape, np.float32), ZEROS)),
        ("Stored in the model", "the file holds none")
        if model.h0 is None
        else ("Stored in the model", InitialState(model.h0, STORED)),
    ]
    for end in remembered:
        has = end.state.states.shape
        words = f"{has[0]} × {has[1]} values, not {shape[0]} × {shape[1]}"
        origin = end.state.origin
        found.append((origin[0].upper() + origin[1:], end.state if has == shape else words))
    if now.origin not in {s.origin for _, s in found if isinstance(s, InitialState)}:
        found.append((f"As now: {now.origin}", now))
    return found


class InitialStates(QObject):
    """Asks for h(0), remembers what the last recordings ended with, and offers it to a decoder."""

    def __init__(
        self,
        window: QWidget,
        session: Session,
        recordings: Recordings,
        message: MessageBar,
        theme: Callable[[], Theme],
        opener: Opener,
    ) -> None:
        super().__init__(window)
        self._theme, self._opener = theme, opener
        self._window, self._session = window, session
        self._recordings, self._message = recordings, message
        self.remembered: list[Ended] = []
        self._noted: Trace | None = None
        self._shown: Trace | None = None
        self._offered: set[frozenset[tuple[str, str]]] = set()
        session.opened.connect(self._opened)
        session.recording_advanced.connect(self._note)

    def ask(self) -> None:
        trace = self._session.trace
        if trace is None:
            return
        from gru_debugger.window import dialogs
        from gru_debugger.window.initial_state_dialog import InitialStateDialog

        dialog = InitialStateDialog(
            self._window, self._theme(), trace.model, trace.initial, self.remembered, self._opener
        )
        if dialogs.ask(dialog):
            self._recordings.again(dialog.chosen)

    def _note(self) -> None:
        """What is recorded to its end is remembered."""
        trace = self._session.trace
        if trace is None or trace is self._noted or not trace.complete:
            return
        self._noted, end = trace, ended(trace)
        others = [e for e in self.remembered if e.state.origin != end.state.origin]
        self.remembered = [end, *others][:_REMEMBERED]

    def _opened(self) -> None:
        before, self._shown = self._shown, self._session.trace
        trace = self._shown
        if before is not None and trace is not None and trace.model is not before.model:
            self._tell_change(before, trace)
        self._note()

    def _tell_change(self, before: Trace, trace: Trace) -> None:
        """Another model: its sister's last state is offered, or the loss of a chosen h(0) told."""
        end = self._sister(trace)
        if end is not None:
            name = end.source.choice.gru or end.source.name
            self._message.notice(
                f"Start from the last state of “{name}”?",
                "Start from it",
                lambda: self._recordings.again(end.state),
                "initial state",
                "model",
            )
        elif before.initial.chosen_for(before.model) and not trace.initial.chosen_for(trace.model):
            self._message.notice(
                f"h(0) was {before.initial.origin}; {trace.model.source.name} starts from "
                f"{'zeros' if trace.initial.zeros else 'what is ' + trace.initial.origin}.",
                "Initial state…",
                self.ask,
                "initial state",
                "model",
            )

    def _sister(self, trace: Trace) -> Ended | None:
        """What the other GRU of the same file ended with, the first time that the two meet."""
        source = trace.model.source
        for end in self.remembered:
            pair = frozenset([(end.source.path, end.source.gru), (source.path, source.gru)])
            fits = end.state.states.shape == trace.h0.shape
            if end.source.path == source.path and len(pair) == 2 and fits:
                met = pair in self._offered
                self._offered.add(pair)
                return None if met else end
        return None

