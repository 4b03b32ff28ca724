"""What is opened: decided from what is open, what was read of a file and what is asked for.

A decision is an `Opening`, or a question to the user, whose answer is decided upon again. Nothing
here knows a screen, and nothing is recorded yet: what can't be read is told by who does that.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from gru_debugger.core.address import Address
from gru_debugger.core.edits import names_steps, parse
from gru_debugger.core.initial_state import InitialState
from gru_debugger.core.model import Model
from gru_debugger.core.reading import Rows
from gru_debugger.core.run import Run
from gru_debugger.errors import EditError, VocabularyError
from gru_debugger.files import Text
from gru_debugger.session.marks import Marks

_NONE = Marks()
CHOSEN = "the dialog"  # where a vocabulary is from that the user gave in the window


@dataclass(frozen=True)
class Shown:
    """What is open, and where one is in it."""

    run: Run
    position: int = 1
    unit: int = 0


@dataclass(frozen=True)
class Wish:
    """What a model is asked to be opened with; None: what there is, or as it comes.

    `beside`: the step that all others are held against, 0 for none. `look`: fields of the view, and
    what they are to be. `as_text`: a model that could read rows is to read a text. `strict`: what
    is named and can't be read is refused, where otherwise the user is asked how to read it.
    `afresh`: no h(0) and no edit that was chosen by hand goes along.
    """

    source: str | Rows | None = None
    initial: InitialState | None = None
    unknown: bool = False
    edits: tuple[str, ...] = ()
    beside: int = 0
    at: Address | None = None
    look: tuple[tuple[str, Any], ...] = ()
    marks: Marks = _NONE
    as_text: bool = False
    afresh: bool = False
    strict: bool = False


AS_IT_COMES = Wish()


@dataclass(frozen=True)
class Opening:
    """A run to be shown, and where; `made_up`: its text is neither the model's nor the user's."""

    run: Run
    position: int = 1
    unit: int | None = None
    made_up: bool = False


@dataclass(frozen=True)
class InputWanted:
    """The model reads rows: which, or is it to read a text?"""

    model: Model


@dataclass(frozen=True)
class VocabularyWanted:
    """Of which symbols, the text to be read being this one."""

    model: Model
    text: str


@dataclass(frozen=True)
class Uncovered:
    """The vocabulary lacks characters of the text: how is it to be read, or is `another`?"""

    model: Model
    text: str
    another: str | None = None


Decision = Opening | InputWanted | VocabularyWanted | Uncovered


# A model -----------------------------------------------------------------------------------


def of_model(model: Model, shown: Shown | None, wish: Wish = AS_IT_COMES) -> Decision:
    """A model with what is asked for, or with what is read now. Raises VocabularyError."""
    if isinstance(wish.source, Rows):
        return _opening(model, wish.source, shown, wish)
    if model.source.no_text and wish.source is not None:
        raise no_text(model)
    if model.vocabulary is None or model.source.no_text:
        return _without_vocabulary(model, shown, wish)
    kept = _text(shown, wish)
    if wish.source is None and not kept:
        return start(model, shown, wish)
    if wish.source is None and model.source.path.startswith("bundled:") and model.example:
        return start(model, shown, wish)
    if wish.strict or readable(model, kept, wish.unknown):
        position = shown.position if shown and wish.source is None else 1
        return _opening(model, kept, shown, wish, position)
    return Uncovered(model, kept, start_text(model)[0] if wish.source is None else None)


def _without_vocabulary(model: Model, shown: Shown | None, wish: Wish) -> Decision:
    if model.input == "features" and wish.source is None and not wish.as_text:
        rows = shown.run.source if shown else None
        if shown is not None and isinstance(rows, Rows) and fit(rows, model):
            return _opening(model, rows, shown, wish, shown.position)
        return InputWanted(model)
    return VocabularyWanted(model, _text(shown, wish))


def start(model: Model, shown: Shown | None, wish: Wish = AS_IT_COMES) -> Opening:
    """A model that has a vocabulary with its own text, or with one made up."""
    text, position, unit = start_text(model)
    opening = _opening(model, text, shown, wish, position, unit)
    return replace(opening, made_up=model.example is None)


def _text(shown: Shown | None, wish: Wish) -> str:
    """The text that comes with the model, or the one that is open."""
    source = wish.source if wish.source is not None else shown.run.source if shown else ""
    return source if isinstance(source, str) else ""


def instead(model: Model, shown: Shown) -> Decision:
    """A model in the place of the one that is open, which keeps what is read and the place in it.

    Its vocabulary too, where that was chosen by hand or the model has none.
    """
    old = shown.run.model
    by_hand = old.source.vocabulary_from == CHOSEN and old.source.gru == model.source.gru
    if (by_hand or model.vocabulary is None) and model.symbols == len(old.vocabulary or ()):
        model = with_vocabulary(model, old.vocabulary or ())
    return read_again(model, shown) if reads(model, shown.run) else of_model(model, shown)


def with_vocabulary(model: Model, symbols: tuple[str, ...]) -> Model:
    """The same model with symbols that the user gave."""
    source = replace(model.source, vocabulary_from=CHOSEN)
    return replace(model, vocabulary=symbols, source=source)


def read_again(model: Model, shown: Shown) -> Opening | Uncovered:
    """What is read now, by another model, at the same step where that can read it."""
    run = shown.run
    if isinstance(run.source, str) and not reads(model, run):
        return Uncovered(model, run.source)
    covered = isinstance(run.source, str) and model.covers(run.source)
    wish = Wish(unknown=run.unknown and not covered)
    return _opening(model, run.source, shown, wish, shown.position, shown.unit)


# What it reads, starts from and has set in it ----------------------------------------------


def of_text(text: str, shown: Shown, unknown: bool = False) -> Opening | Uncovered:
    """Another text for the model that is open, which has a vocabulary."""
    model = shown.run.model
    if not readable(model, text, unknown):
        return Uncovered(model, text)
    return _opening(model, text, shown, Wish(unknown=unknown))


def from_state(initial: InitialState, shown: Shown) -> Opening:
    """The same from another initial state."""
    return _same_place(replace(shown.run, initial=initial), shown)


def with_edits(sentences: tuple[str, ...], shown: Shown) -> Opening:
    """The same with these edits instead of those there."""
    return _same_place(replace(shown.run, edits=sentences), shown)


def _same_place(run: Run, shown: Shown) -> Opening:
    return Opening(run, shown.position, shown.unit)


def _opening(
    model: Model,
    source: str | Rows,
    shown: Shown | None,
    wish: Wish,
    position: int = 1,
    unit: int | None = None,
) -> Opening:
    """Of what was chosen by hand, what is still fit is kept."""
    if wish.afresh:
        shown = None
    initial = wish.initial or kept_state(model, shown)
    edits = wish.edits or kept_edits(model, source, shown)
    return Opening(Run(model, source, initial, wish.unknown, edits), position, unit)


# What fits ---------------------------------------------------------------------------------


def fit(rows: Rows, model: Model) -> bool:
    return bool(rows.values.shape[1] == model.input_size)


def readable(model: Model, text: str, unknown: bool) -> bool:
    """Whether the vocabulary covers it, with its unknown symbol where that is asked for."""
    return (unknown and model.unknown_symbol is not None) or model.covers(text)


def reads(model: Model, run: Run) -> bool:
    """Whether a model can read what a run reads, as that was asked to be read."""
    if isinstance(run.source, Rows):
        return fit(run.source, model)
    return readable(model, run.source, run.unknown)


def _same_gru(model: Model, shown: Shown) -> bool:
    old, new = shown.run.model.source, model.source
    return (old.path, old.gru) == (new.path, new.gru)


def kept_state(model: Model, shown: Shown | None) -> InitialState | None:
    """The initial state that was chosen, where it is the same model that goes on."""
    initial = shown.run.initial if shown else None
    if shown is None or initial is None or not _same_gru(model, shown):
        return None
    fits = initial.states.shape == (len(model.places), model.hidden_size)
    return initial if fits else None


def kept_edits(model: Model, source: str | Rows, shown: Shown | None) -> tuple[str, ...]:
    """What is set by hand, where it is the same model that goes on.

    What names steps means those of its text, and goes with it.
    """
    if shown is None or not shown.run.edits or not _same_gru(model, shown):
        return ()
    run = shown.run
    steps = len(model.split(source)) if isinstance(source, str) else len(source.values)
    same = source is run.source or (isinstance(source, str) and source == run.source)
    mine = [sentence for sentence in run.edits if same or not names_steps(sentence)]
    return tuple(sentence for sentence in mine if _can_be_set(sentence, model, steps))


def fit_edits(
    sentences: tuple[str, ...], model: Model, source: str | Rows | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Those that can be set in a run of these, and those that can't."""
    if source is None or (isinstance(source, str) and not model.covers(source)):
        return sentences, ()  # it is asked first how that is to be read
    steps = len(model.split(source)) if isinstance(source, str) else len(source.values)
    fit = tuple(sentence for sentence in sentences if _can_be_set(sentence, model, steps))
    return fit, tuple(sentence for sentence in sentences if sentence not in fit)


def _can_be_set(sentence: str, model: Model, steps: int) -> bool:
    try:
        parse(sentence, model, steps)
    except EditError:
        return False
    return True


def no_text(model: Model) -> VocabularyError:
    return VocabularyError(f"{model.source.name}: {model.source.no_text}; a text can't be read.")


def start_text(model: Model) -> tuple[str, int, int]:
    """Text, step and unit for a model that is opened without a text; it has a vocabulary."""
    if model.example is not None:
        return model.example.text, model.example.step, model.example.unit
    sentence = "the cat sat on the mat and the hat sat on the cat."
    if model.covers(sentence):
        return Text(sentence, "a sentence to begin with"), 1, 0
    symbols = model.require_vocabulary()
    single = [s for s in symbols if len(s) == 1 and s.isprintable()]
    return Text("".join(single[:40]) or symbols[0], "some of its symbols"), 1, 0
