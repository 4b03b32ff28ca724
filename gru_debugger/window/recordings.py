"""A model and what it reads become the recording that is shown; what is missing is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from gru_debugger.core import address
from gru_debugger.core.address import Target
from gru_debugger.core.edits import out_of_range
from gru_debugger.core.initial_state import InitialState
from gru_debugger.core.model import Model
from gru_debugger.core.reading import Rows
from gru_debugger.core.run import Run
from gru_debugger.core.trace import Trace
from gru_debugger.errors import GRUDebuggerError, InputError, one_line
from gru_debugger.questions.asked import SELECTABLE
from gru_debugger.session import marks_asked, opening
from gru_debugger.session.marks import Marks
from gru_debugger.session.opening import AS_IT_COMES, Decision, Opening, Shown, Wish
from gru_debugger.session.session import Session
from gru_debugger.session.view import View
from gru_debugger.source import AS_FOUND
from gru_debugger.window.start_request import Request

if TYPE_CHECKING:
    from gru_debugger.window.messages import MessageBar



def ask_vocabulary(window: QWidget, model: Model, text: str) -> Model | None:
    """The dialog, which the window starts without."""
    from gru_debugger.window.vocabulary import dialog

    return dialog.ask_vocabulary(window, model, text)


def _check_look(look: Mapping[str, Any], trace: Trace) -> None:
    """Raises InputError for what the run lacks."""
    from gru_debugger.exports import jobs

    model = trace.model
    view = replace(View.first_of(model), **look)
    jobs.check_place("window", view, model, model.source.title, option="--")
    jobs.check_in_text(view, trace, option="--")


class Recordings(QObject):
    """What was shown stays until the new recording is there, and whenever it can't be.

    What is to be shown is decided by `session.opening`; here its questions are asked.
    """

    shown = Signal(str, object)  # the path of a file that was opened, and the Choice in it
    text_made_up = Signal()  # since neither the file nor the user gave one
    rows_wanted = Signal(object, str)  # by a Model that has no vocabulary, from this path

    def __init__(self, window: QWidget, session: Session, message: MessageBar) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._message = message
        self._wish: Wish = AS_IT_COMES  # until it has been shown
        self.refusal: GRUDebuggerError | None = None  # why the last opening came to nothing
        session.refused.connect(self.fail)

    def fail(self, fault: GRUDebuggerError) -> None:
        # Without its traceback, which holds what could not be opened.
        self.refusal, self._wish = fault.with_traceback(None), AS_IT_COMES
        self._message.not_opened(str(fault))

    def decline(self, needed: Callable[[], object]) -> None:
        """The user would rather not; `needed` raises what a command that can't ask would say."""
        self._wish = AS_IT_COMES
        try:
            needed()
        except GRUDebuggerError as fault:
            self.refusal = fault

    @property
    def _shown(self) -> Shown | None:
        session = self._session
        if session.edited is None:
            return None
        return Shown(session.edited.run, session.position, session.unit)

    # A model -------------------------------------------------------------------------------

    def begin(self, model: Model, request: Request) -> None:
        """Show a model as the command line asks for it."""
        self.open_model(model, "" if isinstance(request.source, Rows) else request.path, request)

    def bring_back(self, run: Run, position: int, marks: Marks) -> bool:
        """Show a run that was open before; whether it is shown now."""
        self._wish = Wish(marks=marks)
        return self._open(Opening(run, position))

    def use_model(self, model: Model, path: str, text: str | None = None) -> None:
        """Show a model with a text of its own, or with what is read now."""
        self.open_model(model, path, Wish(text))

    def open_model(self, model: Model, path: str, wish: Wish) -> bool:
        """Show a model, from this path, as it is wished; whether it is shown now."""
        self._wish = wish
        try:
            decision = opening.of_model(model, self._shown, wish)
        except GRUDebuggerError as fault:
            self.fail(fault)
            return False
        return self._carry_out(decision, path)

    def _carry_out(self, decision: Decision, path: str = "") -> bool:
        """Show what was decided, or ask; whether it is shown now. `path`: the model's file."""
        if isinstance(decision, Opening):
            return self._open(decision, path)
        if isinstance(decision, opening.InputWanted):
            return self._ask_input(decision.model, path)
        if isinstance(decision, opening.VocabularyWanted):
            completed = ask_vocabulary(self._window, decision.model, decision.text)
            if completed is not None:
                return self.open_model(completed, path, self._wish)
            self.decline(decision.model.require_vocabulary)
            return False
        return self._ask_reading(decision, path)

    def _ask_input(self, model: Model, path: str) -> bool:
        from gru_debugger.window import rows

        answer = rows.ask_input(self._window, model)
        if answer == "rows":
            self.rows_wanted.emit(model, path)
        elif answer is None:
            self.decline(lambda: rows.refuse_without(model))
        else:
            return self.open_model(model, path, replace(self._wish, as_text=True))
        return False

    def _ask_reading(self, asked: opening.Uncovered, path: str) -> bool:
        """A text with characters that the vocabulary lacks, as the user wants it read."""
        from gru_debugger.window import dialogs

        chosen = dialogs.ask_uncovered(self._window, asked.model, asked.text, asked.another)
        if chosen is None:
            self._wish = AS_IT_COMES
            return False
        wish = replace(self._wish, source=chosen.text, unknown=chosen.unknown)
        return self.open_model(asked.model, path, wish)

    def replace_model(self, model: Model) -> None:
        """Show a model instead of the one that is open, keeping text, step and unit."""
        shown = self._shown
        assert shown is not None
        self._carry_out(opening.instead(model, shown), model.source.path)

    def ask_vocabulary(self) -> None:
        """Correct the vocabulary of the model that is open, and read the same text with it."""
        shown = self._shown
        if shown is None or isinstance(shown.run.source, Rows):
            return
        model = ask_vocabulary(self._window, shown.run.model, shown.run.source)
        if model is not None and model.vocabulary != shown.run.model.vocabulary:
            self._carry_out(opening.read_again(model, shown))

    # What it reads -------------------------------------------------------------------------

    def use_text(self, text: str) -> bool:
        """Read another text with the model that is open; False where that was not to be."""
        shown = self._shown
        if shown is None or not self.reads_text():
            return False
        return self._carry_out(opening.of_text(text, shown))

    def use_rows(
        self, found: Mapping[str, Rows], path: str, model: Model | None = None, model_path: str = ""
    ) -> None:
        """Rows from `path` for the model that is open, or for a new one from `model_path`."""
        reader = model or self._session.model
        from gru_debugger.window import rows

        chosen = rows.choose(self._window, found, reader) if reader else None
        if reader is None or chosen is None:
            self._wish = AS_IT_COMES
            return
        wish = replace(self._wish, source=chosen)
        if not self.open_model(reader, "", wish):
            return
        if path:
            self.shown.emit(path, AS_FOUND)
        if model_path:
            self.shown.emit(model_path, reader.source.choice)

    def reads_text(self) -> bool:
        """Whether the model that is open can; where it can't, a vocabulary is offered."""
        model = self._session.model
        if model is not None and model.source.no_text:
            self.fail(opening.no_text(model))
            return False
        if model is not None and model.vocabulary is None:
            self._message.notice(
                f"{model.source.name} reads rows of numbers; to read a text it needs a vocabulary.",
                "Give a vocabulary…",
                lambda: self._give_vocabulary(model),
                "vocabulary",
            )
        return model is not None and model.vocabulary is not None

    def _give_vocabulary(self, model: Model) -> None:
        completed = ask_vocabulary(self._window, model, "")
        if completed is not None:
            self._open(replace(opening.start(completed, self._shown), made_up=False))

    # What it starts from, and what is set in it ----------------------------------------------

    def again(self, h0: InitialState) -> None:
        """Record what is open once more, from another initial state."""
        shown = self._shown
        if shown is not None:
            self._open(opening.from_state(h0, shown))

    def set_edits(self, *sentences: str, again: bool = False) -> None:
        """Show the run with these edits in the place of those there. Raises GRUDebuggerError.

        `again`: as one change with the one before.
        """
        shown = self._shown
        if shown is not None:
            self._show(opening.with_edits(sentences, shown), again)

    def try_edits(self, *sentences: str, again: bool = False) -> None:
        """The same; where that can't be, it is told."""
        self._go(lambda: self.set_edits(*sentences, again=again))

    def swap_pinned(self) -> None:
        """Show the pinned run, and pin the one that is shown."""
        self._go(self._session.swap)

    def undo(self) -> None:
        self._go(self._session.undo)

    def redo(self) -> None:
        self._go(self._session.redo)

    def _go(self, there: Callable[[], None]) -> None:
        try:
            there()
        except GRUDebuggerError as fault:
            self.fail(fault)

    # Shown ---------------------------------------------------------------------------------

    def _open(self, decided: Opening, path: str = "") -> bool:
        """Record and show it; False, and told, where that can't be."""
        try:
            self._show(decided)
        except GRUDebuggerError as fault:
            self.fail(fault)
            return False
        if path:
            self.shown.emit(path, decided.run.model.source.choice)
        if decided.made_up:
            self.text_made_up.emit()
        return True

    def _show(self, decided: Opening, again: bool = False) -> None:
        """Raises GRUDebuggerError, what is shown being the same as before."""
        trace, session = self.recorded(decided.run), self._session
        at, told = self._target(decided, trace)
        unit = decided.unit if at.unit is None else at.unit
        before = session.edited.run.edits if session.edited is not None else ()
        look, beside, marks = dict(self._wish.look), self._wish.beside, self._wish.marks
        if beside:
            trace.check_number(beside)
        if look:
            _check_look(look, trace)
        marks_asked.check(marks, trace, bool(beside or trace.edits))
        self._wish = AS_IT_COMES
        session.open(trace, at.step, unit, at.place, again)
        if at.quantity in SELECTABLE:
            look["quantity"] = at.quantity
        if at.symbol is not None:
            look["symbol"] = at.symbol
        session.look(**look)
        if beside:
            session.hold(trace, beside)
        if marks.any:
            session.bring(marks)
        if told:
            self._message.notice(told, topic="at")
        for edit in trace.edits:
            if str(edit) not in before and (words := out_of_range(edit)):
                self._message.notice(words, topic="out of range")

    def _target(self, decided: Opening, trace: Trace) -> tuple[Target, str]:
        """Where to open; with what is said where the run lacks that, and nobody insists on it."""
        wanted = self._wish.at
        if wanted is None:
            return Target(decided.position), ""
        try:
            return address.find(wanted, trace), ""
        except InputError as fault:
            if self._wish.strict:
                raise
            step = wanted.step if wanted.step <= trace.steps else decided.position
            return Target(step), one_line(str(fault))

    def recorded(self, run: Run) -> Trace:
        """Begun anew, or upon what is open where the two differ by edits alone. Raises as
        `Trace.of`."""
        open_now = self._session.edited
        if open_now is not None and open_now.run.plain == run.plain:
            return open_now.with_edits(*run.edits)
        return Trace.of(run)
