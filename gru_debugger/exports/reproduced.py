"""What reproduces what is in sight: a line for a shell, and lines of Python.

    gru-debugger bundled:sixteen --text 'the cat' --set 'r = 1' --at '4:z[9]'

What neither can say is told, not left out in silence.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

from gru_debugger.core.model import Model
from gru_debugger.core.reading import Rows
from gru_debugger.core.run import Run
from gru_debugger.exports import view_arguments
from gru_debugger.files import Text
from gru_debugger.formats.vocabulary import GIVEN, sidecar
from gru_debugger.session import marks_asked
from gru_debugger.session.marks import Marks
from gru_debugger.session.opening import CHOSEN
from gru_debugger.session.places import address_of
from gru_debugger.session.view import View
from gru_debugger.source import Choice

_TEXT = 100_000  # bytes: a shell's line has room for no more in one word
_NUMBERS = 20_000  # of h(0), written out in Python
_NONE = Marks()


@dataclass(frozen=True)
class Reproduced:
    """`without`: what is in sight and could not be said, in words."""

    words: str
    without: tuple[str, ...] = ()


def _options(choice: Choice) -> Iterator[tuple[str, str]]:
    """What was chosen in the model's file, by the names of options and arguments alike."""
    for part in fields(choice):
        value = getattr(choice, part.name)
        if value is not None:
            yield part.name, value


def _place(path: str) -> str:
    return path if path.startswith("bundled:") else str(Path(path).absolute())


def _vocabulary(model: Model) -> str:
    """The file that it was read from, where it would not be found by itself."""
    where = model.source.vocabulary_from
    found = sidecar(Path(model.source.path))
    return _place(where) if Path(where).is_file() and where != str(found) else ""


def _by_hand(model: Model) -> bool:
    """Whether its vocabulary is in no file."""
    return model.source.vocabulary_from in (GIVEN, CHOSEN)


# For a shell -------------------------------------------------------------------------------


def command(
    run: Run, position: int, view: View, beside: int = 0, marks: Marks = _NONE
) -> Reproduced:
    """What opens the window on it again."""
    model, without = run.model, list(_unnamed(run.model))
    words = ["gru-debugger", _place(model.source.path)]
    for name, value in _options(model.source.choice):
        words += _said(name, value)
    vocabulary = _vocabulary(model)
    words += _said("vocabulary", vocabulary) if vocabulary else []
    without += ["the vocabulary given by hand"] if _by_hand(model) else []
    words += _read(run, without)
    for edit in run.edits:
        words += _said("set", edit)
    words += _said("beside", str(beside)) if beside else []
    words += _said("at", str(address_of(model, position, view)))
    words += view_arguments.look_arguments_of(view)
    for option, said in marks_asked.options_of(marks):
        words += _said(option.removeprefix("--"), said)
    return Reproduced(shlex.join(words), (*without, *marks_asked.unsaid(marks)))


def _unnamed(model: Model) -> Iterator[str]:
    path = model.source.path
    if not path.startswith("bundled:") and not Path(path).exists():
        yield "the model, which is in no file"


def _said(name: str, value: str) -> list[str]:
    """What begins with a dash would be taken for an option."""
    return [f"--{name}={value}"] if value.startswith("-") else [f"--{name}", value]


def _read(run: Run, without: list[str]) -> list[str]:
    source, words = run.source, list[str]()
    if isinstance(source, Rows):
        words += _said("rows", source.path) if source.path else []
        without += [] if source.path else ["the rows, which are in no file"]
    elif isinstance(source, Text) and source.path:
        words += _said("text-file", source.path)
    elif run.model.example is None or source != run.model.example.text:
        fits = len(source.encode()) <= _TEXT and "\0" not in source
        words += _said("text", source) if fits else []
        without += [] if fits else ["the text, which a command can't hold"]
    words += ["--replace-unknown"] if run.unknown else []
    if run.initial is not None:
        words += _said("initial-state", run.initial.path) if run.initial.path else []
        without += [] if run.initial.path else [f"h(0), {run.initial.origin}"]
    return words


# In Python ---------------------------------------------------------------------------------


def python(
    run: Run, position: int, view: View, beside: int = 0, marks: Marks = _NONE
) -> Reproduced:
    """The same run, and the selected value: `model`, `trace`, `step`, `value`."""
    model, without = run.model, list(_unnamed(run.model))
    lines = ["import gru_debugger", "", *_loading(model), *_tracing(run, without)]
    if run.edits:
        lines.append(f"trace = trace.what_if({', '.join(map(repr, run.edits))})")
    if beside:
        lines.append(f"trace = trace.held_against(trace, {beside})")
    place = view.layer, view.direction
    if position:
        where = [str(position)]
        where += [f"layer={view.layer}"] if view.layer else []
        where += [f"direction={view.direction!r}"] if place != model.places[0] else []
        lines.append(f"step = trace.step({', '.join(where)})")
        asked = view.symbol is not None  # about a probability
        value = f"probabilities[{view.symbol}]" if asked else f"{view.quantity}[{view.unit}]"
        lines.append(f"value = step.{value}")
    else:
        lines.append(f"value = trace.h0[{model.places.index(place)}, {view.unit}]")
    lines += _telling(position, view)
    without += marks.in_words
    return Reproduced("\n".join([*lines, "print(value)", ""]), tuple(without))


def _telling(position: int, view: View) -> Iterator[str]:
    """What is told, where that is by other thresholds than the usual ones."""
    given = [f"{name}={value!r}" for name, value in view.thresholds.unusual.items()]
    if not given:
        return
    where = [str(position)] if position else []
    where += [f"layer={view.layer}"] if view.layer else []
    where += [f"direction={view.direction!r}"] if view.direction != "forward" else []
    where += ["notation='course'"] if view.notation == "course" else []
    yield f"print(*trace.sentences({', '.join([*where, *given])}), sep='\\n')"


def _loading(model: Model) -> Iterator[str]:
    given = [repr(_place(model.source.path))]
    vocabulary = _vocabulary(model)
    if vocabulary:
        yield "from pathlib import Path"
        yield ""
        given.append(f"vocabulary=Path({vocabulary!r})")
    elif _by_hand(model):
        given.append(f"vocabulary={list(model.vocabulary or ())!r}")
    given += [f"{name}={value!r}" for name, value in _options(model.source.choice)]
    yield f"model = gru_debugger.load_model({', '.join(given)})"


def _tracing(run: Run, without: list[str]) -> Iterator[str]:
    source, example = run.source, run.model.example
    if isinstance(source, Rows):
        yield "from gru_debugger.formats.arrays import read_rows"
        reads = f"read_rows({source.path!r})"
        without += [] if source.path else ["the rows, which are in no file"]
    elif isinstance(source, Text) and source.path:
        yield f"with open({source.path!r}, encoding='utf-8-sig', newline='') as file:"
        yield "    text = file.read()"
        reads = "text"
    else:
        own = example is not None and source == example.text
        reads = "model.example.text" if own else repr(str(source))
    given = [reads]
    if run.initial is not None:
        fits = run.initial.states.size <= _NUMBERS
        given += [f"h0={run.initial.states.tolist()!r}"] if fits else []
        without += [] if fits else [f"h(0), {run.initial.origin}"]
    given += ["unknown=True"] if run.unknown else []
    yield f"trace = gru_debugger.trace(model, {', '.join(given)})"
