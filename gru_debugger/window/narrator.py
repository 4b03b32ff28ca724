"""Announces each step to a screen reader, from the stepping view, in a few words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject

from gru_debugger.panes import in_words
from gru_debugger.session.session import Session
from gru_debugger.window.accessible import announce, listening
from gru_debugger.window.centre import Centre
from gru_debugger.window.telling import of_step

_TOLD = ("h", "h_prev", "r", "z", "n")  # the selected unit's quantities


class Narrator(QObject):
    """While a text is played nothing is said; when it halts, where."""

    def __init__(self, session: Session, centre: Centre) -> None:
        super().__init__(centre)
        self._session = session
        self._centre = centre
        session.opened.connect(self._say_opened)
        session.position_changed.connect(self._say_step)
        session.playing_changed.connect(self._say_step)
        session.unit_changed.connect(self._say_unit)
        session.view_changed.connect(self._say_step)
        centre.switched.connect(self._say_view)

    def _say(self, words: Callable[[], Sequence[str]]) -> None:
        """Made only where somebody listens: a key press pays for no words that nobody hears."""
        if listening() and not self._session.playing:
            announce(self._centre.shown, in_words.sentences(*words()))

    def _say_opened(self) -> None:
        model = self._session.model
        if model is not None:
            title = model.source.title
            self._say(lambda: (f"{title} is open", in_words.place(self._session)))

    def _say_view(self) -> None:
        self._say(lambda: (self._centre.shown.accessibleName(),))

    def _say_step(self) -> None:
        self._say(lambda: (*self._step(), self._unit()))

    def _step(self) -> Sequence[str]:
        """Where one is; inside a step, what the computation has made of all units."""
        inside = self._session.computation != "blend" and of_step(self._session)
        return [inside or in_words.place(self._session)]

    def _say_unit(self) -> None:
        self._say(lambda: (self._unit(),))

    def _unit(self) -> str:
        session = self._session
        if session.step is None:
            return in_words.initial(session)
        told = dict.fromkeys((session.view.quantity, *_TOLD))  # the selected one first
        return f"Unit {session.unit}: {in_words.of_unit(session, told)}"
