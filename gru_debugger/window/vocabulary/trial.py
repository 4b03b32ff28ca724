"""What a text costs with the symbols that a vocabulary dialog shows: a wrong order is seen."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QTimer

from gru_debugger.core.model import Model, printable
from gru_debugger.core.trace import Trace
from gru_debugger.numerals import fixed, grouped
from gru_debugger.questions.surprise import MEASURED, Surprise
from gru_debugger.window.plain import Label
from gru_debugger.window.style import say
from gru_debugger.window.surprise import Gauge

_SETTLED = 200  # milliseconds without a change before the text is measured


class Said(Label):
    """A line of a dialog that says something about what was typed."""

    def __init__(self) -> None:
        super().__init__(wrap=True)
        self.setMinimumHeight(20)


class Trial(Said):
    """A line that says it, or why it can't be said."""

    def __init__(self, model: Model) -> None:
        super().__init__()
        self._model = model
        self._symbols: tuple[str, ...] | None = None
        self._text = ""
        self._gauge = Gauge(self, records=True)
        self._gauge.measured.connect(self._show)
        self._settled = QTimer(self, singleShot=True, interval=_SETTLED)
        self._settled.timeout.connect(self._measure)

    def begin(self, symbols: tuple[str, ...] | None, text: str) -> None:
        """Other symbols, None while they are not all there."""
        self._symbols, self._text = symbols, text
        self._gauge.measure(None)
        say(self, "plain", self._untried() if symbols is not None else "")
        self._settled.start()

    def _measure(self) -> None:
        if self._symbols is None or self._untried():
            return
        model = replace(self._model, vocabulary=self._symbols)
        text = self._text[: MEASURED + 1]
        lacking = next((s for s in model.split(text) if s not in model.index_of), None)
        if lacking is None:
            self._gauge.measure(Trace(model, text))
        else:
            words = f"The text holds {printable(lacking)}, which is not among these symbols."
            say(self, "plain", words)

    def _untried(self) -> str:
        """Why the order can't be tried; empty if it can."""
        if self._model.output is None:
            return "The file has no output layer: nothing tells whether the order is right."
        if self._model.backwards:
            return "The text is read from its end: nothing tells whether the order is right."
        if not self._text:
            return "To try the order, take the characters from a text that the model knows."
        return ""

    def _show(self, found: Surprise | None, done: bool) -> None:
        if found is None:
            return
        needed = self._model.symbols
        name, guess = (
            "plain",
            f"log₂ {grouped(needed)} = {fixed(found.even, 2)} for guessing",
        )
        words = f"{fixed(found.bits, 2)} bits per character of this text, {guess}"
        if found.worse_than_guessing:
            name, words = "wrong", f"{words}: the order is probably another"
        say(self, name, words if done else f"{words} (so far)")
