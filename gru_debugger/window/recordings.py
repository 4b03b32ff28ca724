"""A model and what it reads become the recording that is shown; what is missing is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from gru_debugger.core.initial_state import InitialState
from gru_debugger.core.model import Model
from gru_debugger.core.reading import Rows
from gru_debugger.core.trace import Trace
from gru_debugger.errors import GRUDebuggerError, InputError, VocabularyError
from gru_debugger.formats.arrays import state_of_file
from gru_debugger.session.session import Session
from gru_debugger.source import AS_FOUND
from gru_debugger.window import dialogs, rows
from gru_debugger.window.start_request import Request
from gru_debugger.window.vocabulary_dialog import CHOSEN, ask_vocabulary, with_vocabulary

if TYPE_CHECKING:
    from gru_debugger.window.messages import MessageBar


class Recordings(QObject):
    """What was shown stays until the new recording is there, and whenever it can't be."""

    shown = Signal(str, object)  # the path of a file that was opened, and the Choice in it
    text_made_up = Signal()  # since neither the file nor the user gave one
    rows_wanted = Signal(object, str)  # by a Model that has no vocabulary, from this path

    def __init__(self, window: QWidget, session: Session, message: MessageBar) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._message = message
        self._request: Request | None = None  # until it has been shown
        self.refusal: GRUDebuggerError | None = None  # why the last opening came to nothing

    def fail(self, fault: GRUDebuggerError) -> None:
        self.refusal, self._request = fault, None
        self._message.not_opened(str(fault))

    def decline(self, needed: Callable[[], object]) -> None:
        """The user would rather not; `needed` raises what a command that can't ask would say."""
        self._request = None
        try:
            needed()
        except GRUDebuggerError as fault:
            self.refusal = fault

    # A model -------------------------------------------------------------------------------

    def begin(self, model: Model, request: Request) -> None:
        """Show a model as the command line asks for it."""
        self._request = request
        if isinstance(request.source, Rows):
            self._show(model, request.source, 1)
        else:
            self.use_model(model, request.path, request.source)

    def use_model(self, model: Model, path: str, text: str | None = None) -> None:
        """Show a model with a text of its own, or with what is read now."""
        if model.vocabulary is None or model.source.no_text:
            completed = self._without_vocabulary(model, path, text)
            if completed is None:
                return
            model = completed
        example, kept = model.example, self._kept(text)
        if not kept and text is None:
            self._show(model, *rows.start_text(model))
            if example is None:
                self.text_made_up.emit()
        elif text is None and example is not None and path.startswith("bundled:"):
            self._show(model, example.text, example.step, example.unit)
        elif model.covers(kept) or self._request is not None:
            self._show(model, kept, 1 if text is not None else self._session.position)
        elif not self._show_uncovered(
            model, kept, rows.start_text(model)[0] if text is None else None
        ):
            return
        self.shown.emit(path, model.source.choice)

    def _without_vocabulary(self, model: Model, path: str, text: str | None) -> Model | None:
        """The model with a vocabulary; None where it reads rows, or is not to be opened."""
        trace = self._session.trace
        if model.source.no_text and text is not None:
            self._say_no_text(model)
            return None
        if model.input == "features" and text is None:
            shown = trace.reading.rows if trace else None
            if shown is not None and rows.fit(shown, model):
                if self._show(model, shown, self._session.position):
                    self.shown.emit(path, model.source.choice)
                return None
            answer = rows.ask_input(self._window, model)
            if answer == "rows":
                self.rows_wanted.emit(model, path)
                return None
            if answer is None:
                self.decline(lambda: rows.refuse_without(model))
                return None
        completed = ask_vocabulary(self._window, model, self._kept(text))
        if completed is None:
            self.decline(model.require_vocabulary)
        return completed

    def _kept(self, text: str | None) -> str:
        """A text that comes with a model, or the one that is open."""
        trace = self._session.trace
        return text if text is not None else trace.text if trace else ""

    def replace_model(self, model: Model) -> None:
        """Show a model instead of the one that is open, keeping text, step and unit."""
        trace = self._session.trace
        assert trace is not None
        old, given = trace.model.source, trace.model.vocabulary
        by_hand = old.vocabulary_from == CHOSEN and old.gru == model.source.gru
        if (by_hand or model.vocabulary is None) and model.symbols == len(given or ()):
            model = with_vocabulary(model, given or ())
        if _reads(model, trace):
            self._read_again(model, trace)
            self.shown.emit(model.source.path, model.source.choice)
        else:
            self.use_model(model, model.source.path)

    def ask_vocabulary(self) -> None:
        """Correct the vocabulary of the model that is open, and read the same text with it."""
        trace = self._session.trace
        if trace is None or trace.reading.rows is not None:
            return
        model = ask_vocabulary(self._window, trace.model, trace.text)
        if model is not None and model.vocabulary != trace.model.vocabulary:
            self._read_again(model, trace)

    def _read_again(self, model: Model, trace: Trace) -> None:
        """What was read under another model, at the same step where that is there."""
        if _reads(model, trace):
            source, place = trace.reading.source, (self._session.position, self._session.unit)
            unknown = trace.reading.unknown and not model.covers(trace.text)
            self._show(model, source, *place, unknown=unknown)
        else:
            self._show_uncovered(model, trace.text)

    # What it reads -------------------------------------------------------------------------

    def use_text(self, text: str) -> bool:
        """Read another text with the model that is open; False where the user would rather not."""
        model = self._session.model
        if model is None or not self.reads_text():
            return False
        if not model.covers(text):
            return self._show_uncovered(model, text)
        self._show(model, text, 1)
        return True

    def _show_uncovered(self, model: Model, text: str, another: str | None = None) -> bool:
        """A text with characters that the vocabulary lacks, as the user wants it read."""
        chosen = dialogs.ask_uncovered(self._window, model, text, another)
        if chosen is not None:
            self._show(model, chosen.text, 1, unknown=chosen.unknown)
        return chosen is not None

    def use_rows(
        self, found: Mapping[str, Rows], path: str, model: Model | None = None, model_path: str = ""
    ) -> None:
        """Rows from `path` for the model that is open, or for a new one from `model_path`."""
        reader = model or self._session.model
        chosen = rows.choose(self._window, found, reader) if reader else None
        if reader is None or chosen is None or not self._show(reader, chosen, 1):
            return
        if path:
            self.shown.emit(path, AS_FOUND)
        if model_path:
            self.shown.emit(model_path, reader.source.choice)

    def reads_text(self) -> bool:
        """Whether the model that is open can; where it can't, a vocabulary is offered."""
        model = self._session.model
        if model is not None and model.source.no_text:
            self._say_no_text(model)
            return False
        if model is not None and model.vocabulary is None:
            self._message.notice(
                f"{model.source.name} reads rows of numbers; to read a text it needs a vocabulary.",
                "Give a vocabulary…",
                lambda: self._give_vocabulary(model),
                "vocabulary",
            )
        return model is not None and model.vocabulary is not None

    def _say_no_text(self, model: Model) -> None:
        words = f"{model.source.name}: {model.source.no_text}; a text can't be read."
        self.fail(VocabularyError(words))

    def _give_vocabulary(self, model: Model) -> None:
        completed = ask_vocabulary(self._window, model, "")
        if completed is not None:
            self._show(completed, *rows.start_text(completed))

    # What it starts from -------------------------------------------------------------------

    def again(self, h0: InitialState) -> None:
        """Record what is open once more, from another initial state."""
        trace, session = self._session.trace, self._session
        if trace is not None:
            reading = trace.reading
            place = session.position, session.unit
            self._show(trace.model, reading.source, *place, h0, reading.unknown)

    def _kept_state(self, model: Model) -> InitialState | None:
        """The initial state that was chosen, where it is the same model that goes on."""
        trace = self._session.trace
        if trace is None or not trace.initial.chosen_for(trace.model):
            return None
        old, new = trace.model.source, model.source
        fits = trace.h0.shape == (len(model.places), model.hidden_size)
        return trace.initial if fits and (old.path, old.gru) == (new.path, new.gru) else None

    def _show(
        self,
        model: Model,
        source: str | Rows,
        position: int,
        unit: int | None = None,
        h0: InitialState | None = None,
        unknown: bool = False,
    ) -> bool:
        """Open a recording of it; False, and told, where that can't be."""
        request, self._request = self._request or Request(), None
        try:
            if request.state is not None:
                h0 = state_of_file(request.state, model)
            h0 = h0 or self._kept_state(model)
            trace = Trace(model, source, h0, unknown or request.unknown)
            _check_step(request.step, trace)
        except GRUDebuggerError as fault:
            self.fail(fault)
            return False
        position = request.step or position
        self._session.open(trace, position, unit)
        return True


def _check_step(step: int | None, trace: Trace) -> None:
    if step is not None and step > trace.steps:
        has = "text has" if trace.reading.rows is None else "rows are"
        raise InputError(f"--step {step}: the {has} steps 1 to {trace.steps}.")


def _reads(model: Model, trace: Trace) -> bool:
    """Whether a model can read what a recording reads, as that was asked to be read."""
    if trace.reading.rows is not None:
        return rows.fit(trace.reading.rows, model)
    stands_in = trace.reading.unknown and model.unknown_symbol is not None
    return model.covers(trace.text) or stands_in
