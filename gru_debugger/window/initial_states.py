"""h(0) in the window: chosen in a dialog, or taken from what another recording ended with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from gru_debugger.charts import fonts
from gru_debugger.charts.qt_faults import guarded
from gru_debugger.charts.theme import Theme
from gru_debugger.core.initial_state import STORED, ZEROS, InitialState
from gru_debugger.core.model import Model
from gru_debugger.core.trace import Trace
from gru_debugger.errors import GRUDebuggerError
from gru_debugger.formats.arrays import ALL_SUFFIXES, state_of_file
from gru_debugger.numerals import grouped, two
from gru_debugger.session.session import Session
from gru_debugger.source import Source
from gru_debugger.window import dialogs, file_dialog
from gru_debugger.window.messages import MessageBar
from gru_debugger.window.opening import Opener
from gru_debugger.window.plain import Label, on_button
from gru_debugger.window.recordings import Recordings

_REMEMBERED = 5
_EXCERPT = 12  # characters of a text
_STATES = {"States": ALL_SUFFIXES}


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


class InitialStateDialog(QDialog):
    """One of the choices, with a preview of its values."""

    def __init__(
        self,
        parent: QWidget,
        theme: Theme,
        model: Model,
        now: InitialState,
        remembered: list[Ended],
        opener: Opener,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Initial state")
        self.setMinimumWidth(640)  # a long origin and why it does not fit
        self._model = model
        self.chosen = now
        self.group = QButtonGroup(self)
        self._states: dict[QRadioButton, InitialState] = {}
        self.preview = Preview(theme, model)
        self.fault = Label(wrap=True)
        self.fault.setObjectName("wrong")
        self.fault.hide()
        layout = QVBoxLayout(self)
        layout.addWidget(Label("h(0), the state before the first step:"))
        self._choices = QVBoxLayout()
        layout.addLayout(self._choices)
        for words, state in choices(model, now, remembered):
            self._add(words, state)
        self.file = QPushButton("From a file…", autoDefault=False)
        self.file.clicked.connect(self._from_file)
        layout.addWidget(self.file, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.fault)
        layout.addWidget(self.preview)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self._ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        self._opener = opener
        self._reading = False
        opener.ended.connect(self._read)
        self.finished.connect(self._give_up)
        self.group.buttonToggled.connect(self._choose)
        self._check(now.origin)

    def _add(self, words: str, state: InitialState | str) -> None:
        fits = isinstance(state, InitialState)
        words = words if fits else f"{words}: {state}"
        button = QRadioButton(on_button(words))
        button.setToolTip(words)
        button.setEnabled(fits)
        self.group.addButton(button)
        self._choices.addWidget(button)
        if isinstance(state, InitialState):
            self._states[button] = state

    def _check(self, origin: str) -> None:
        for button, state in self._states.items():
            if state.origin == origin:
                button.setChecked(True)

    def _choose(self) -> None:
        button = self.group.checkedButton()
        if isinstance(button, QRadioButton):
            self.chosen = self._states[button]
            self.preview.show_states(self.chosen)

    def _from_file(self) -> None:
        path = file_dialog.ask_path(self, "A state", kinds=_STATES)
        if path:
            self._opener.start(
                lambda watch: state_of_file(path, self._model, watch), self._use, self._refuse
            )
            self._set_reading(True)

    def _set_reading(self, reading: bool) -> None:
        """Meanwhile nothing is decided."""
        self._reading = reading
        for button in (self.file, self._ok):
            button.setEnabled(not reading)

    def _read(self) -> None:
        self._set_reading(False)

    def _give_up(self) -> None:
        if self._reading:
            self._opener.cancel()

    def _refuse(self, fault: GRUDebuggerError) -> None:
        self.fault.setText(str(fault))
        self.fault.show()

    def _use(self, state: InitialState) -> None:
        self.fault.clear()
        self.fault.hide()
        self._add(f"From a file: {state.origin}", state)
        list(self._states)[-1].setChecked(True)


class Preview(QWidget):
    """Bars of each layer and direction on one axis, with the least and the largest value."""

    ROW, MOST, LABEL, VALUES = 34, 6, 116, 112

    def __init__(self, theme: Theme, model: Model) -> None:
        super().__init__()
        self._theme = theme
        self._names = [model.place_in_words(*place) for place in model.places]
        self._states = np.zeros((len(model.places), model.hidden_size), np.float32)
        self.setMinimumHeight(self.sizeHint().height())

    def sizeHint(self) -> QSize:
        return QSize(480, self.ROW * min(self.MOST, len(self._names)) + 8)

    def show_states(self, initial: InitialState) -> None:
        self._states = initial.states
        self.update()

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        reach = max(1.0, float(np.abs(self._states).max()))
        for i, row in enumerate(self._states[: self.MOST]):
            self._paint_row(p, 4 + i * self.ROW, self._names[i], row, reach)
        p.end()

    def _paint_row(self, p: QPainter, top: float, name: str, row: np.ndarray, reach: float) -> None:
        theme, left, high = self._theme, self.LABEL, self.ROW - 6
        room, middle = self.width() - left - self.VALUES, top + high / 2
        fonts.text(p, 0, middle + 4, name, theme.muted, fonts.SANS, 12)
        p.fillRect(QRectF(left, top, room, high), theme.pale)
        p.fillRect(QRectF(left, middle, room, 1), theme.ticks)
        groups = np.array_split(row, min(len(row), max(1, room)))  # a pixel a group, or more
        wide = room / len(groups)
        for i, group in enumerate(groups):
            for value in {float(group.min()), float(group.max())} - {0.0}:
                tall = abs(value) / reach * high / 2
                color = theme.positive if value > 0 else theme.negative
                y = middle - tall if value > 0 else middle
                p.fillRect(QRectF(left + i * wide, y, max(1.0, wide - 1), tall), color)
        words = f"{two(float(row.min()))} … {two(float(row.max()))}"
        fonts.text(p, self.width(), middle + 4, words, theme.text, fonts.MONO, 11, align="right")
