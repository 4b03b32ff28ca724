"""Reading a tour: JSON that may come from a stranger, within limits; errors name the field."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gru_debugger.core.quantities import COMPUTATIONS
from gru_debugger.errors import InputError
from gru_debugger.files import read_bytes, read_text
from gru_debugger.formats import bundled_names
from gru_debugger.lessons.fields import LONGEST, Fields
from gru_debugger.lessons.tour import (
    BUNDLED,
    FORMAT,
    VERSION,
    Answer,
    Asked,
    Stop,
    Tour,
    Value,
    Words,
)
from gru_debugger.panes.registry import pane_specs
from gru_debugger.paths import resource
from gru_debugger.session import named_files

LARGEST = 1 << 20  # bytes
STOPS, VALUES, MARKS, ANSWERS, PANES, POINTS = 60, 30, 9, 3, 3, 4
LONGEST_TEXT = 10_000  # characters that a stop reads: it waits until all are recorded
VIEWS = ("cell", "calculation", "overview")
_PART = re.compile(r"\{([^{}]*)\}|[{}]")
_SHOWN = re.compile(r"([^/%#=]*)(?:/([^/%#=]*)|[%#=])?")
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,40}", re.ASCII)
_ALWAYS = ("step", "character", "next")  # what every stop knows

# What can be asked of the run besides expressions, and what each takes besides.
ASKED = {
    "half_life": ("back",), "kept": (), "short_lived": (), "candidate": ("r",),
    "count": (), "first": (), "left": ("back", "of"), "wrote": ("unit",),
}  # fmt: skip
_STOP = (
    "heading", "model", "text", "text_file", "at", "where", "computation", "view", "values", "say",
    "formula", "worked", "marks", "hidden", "ask", "answers", "then", "show", "points",
)  # fmt: skip


def read(path: Path | str) -> Tour:
    """The tour in a file, or the bundled one. Raises InputError: which stop and field is wrong."""
    file = resource("tours", "gates.grutour") if str(path) == BUNDLED else Path(path)
    data = read_bytes(file, LARGEST, InputError)
    try:
        content = json.loads(data)
    except json.JSONDecodeError as fault:
        raise InputError(f"{path}: line {fault.lineno}: not JSON: {fault.msg}.") from None
    except (ValueError, RecursionError):
        raise InputError(f"{path}: not JSON; save it as UTF-8, and nest less.") from None
    whole = Fields(content, "", str(path))
    if whole.take("format") != FORMAT:
        whole.refuse("format", f"it is no tour: this has to be “{FORMAT}”.")
    if whole.whole("version", 10**6) != VERSION:
        whole.refuse("version", f"this program reads version {VERSION}.")
    title, minutes = whole.string("title"), whole.whole("minutes", 600)
    reader = _Reader(file)
    stops = whole.list_of("stops", STOPS, reader.stop)
    whole.close(("format", "version", "title", "minutes", "stops"))
    if not stops:
        whole.refuse("stops", "there is none.")
    bundled = file.exists() and file.samefile(resource("tours", "gates.grutour"))
    return Tour(BUNDLED if bundled else file, title or file.stem, minutes, stops)


class _Reader:
    """Of one file's stops: what a stop does not say of model and text, the one before said."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._model, self._text = "", None

    def stop(self, content: Any, number: int) -> Stop:
        f = Fields(content, f"stop {number}", str(self._file))
        self._reads(f)
        values = self._values(f)
        made = Stop(
            headings=f.words("heading", 200, needed=True), model=self._model, text=self._text,
            at=f.string("at"), where=f.string("where", LONGEST),
            computation=f.string("computation"), view=f.string("view") or VIEWS[0], values=values,
            say=f.words("say"), formula=f.words("formula"), worked=f.words("worked"),
            marks=f.list_of("marks", MARKS, lambda one, _: self._value(f, "marks", one)),
            hidden=f.string("hidden"), ask=f.words("ask"),
            answers=f.list_of("answers", ANSWERS, lambda one, _: self._answer(f, one)),
            then=f.words("then"), show=f.list_of("show", PANES, lambda one, _: _pane(f, one)),
            points=f.list_of("points", POINTS, lambda one, _: self._point(f, one)),
        )  # fmt: skip
        f.close(_STOP)
        self._check(f, made)
        return made

    def _check(self, f: Fields, stop: Stop) -> None:
        if bool(stop.at) == bool(stop.where):
            f.refuse("at", "give either “at”, an address, or “where”, a condition.")
        if stop.computation not in ("", *COMPUTATIONS["after"]):
            f.refuse("computation", f"there are {', '.join(COMPUTATIONS['after'])}.")
        if stop.view not in VIEWS:
            f.refuse("view", f"there are {', '.join(VIEWS)}.")
        if bool(stop.answers) != any(stop.ask.values()):
            f.refuse("answers", "a question has answers, and answers have a question (“ask”).")
        known = {*stop.values, *_ALWAYS}
        said = [("say", stop.say), ("formula", stop.formula), ("worked", stop.worked),
                ("ask", stop.ask), ("then", stop.then)]  # fmt: skip
        said += [("answers", answer.words) for answer in stop.answers]
        said += [("points", words) for point in stop.points for words in point]
        for answer in stop.answers:
            if isinstance(answer.right, str):
                said.append(("answers", {"": answer.right}))
        for field, words in said:
            for one in words.values():
                _check_names(f, field, one, known)

    def _reads(self, f: Fields) -> None:
        model, text, file = f.string("model"), f.take("text"), f.string("text_file")
        if model:
            self._model, self._text = self._named(f, "model", model), None
        if not self._model:
            f.refuse("model", "the first stop names one, such as bundled:sixteen.")
        if text is not None and (not isinstance(text, str) or not text):
            f.refuse("text", "this is no text.")
        if file:
            text = str(read_text(Path(self._named(f, "text_file", file))))
        if text is not None:
            if len(text) > LONGEST_TEXT:
                f.refuse("text", f"it is longer than {LONGEST_TEXT} characters.")
            self._text = text

    def _named(self, f: Fields, field: str, name: str) -> str:
        """A file that came along: a stranger could name whatever the user can read."""
        if field == "model" and name.startswith("bundled:"):
            if name.removeprefix("bundled:") not in bundled_names():
                f.refuse(field, f"there are {', '.join(f'bundled:{n}' for n in bundled_names())}.")
            return name
        path = named_files.absolute(name, self._file)
        if not named_files.is_name(name) or not named_files.came_along(path, self._file):
            f.refuse(field, "name a file in the tour's own folder, or below it.")
        return path

    def _values(self, f: Fields) -> Mapping[str, Value]:
        found = dict[str, Value]()
        for name, given in f.mapping("values", VALUES).items():
            if not _NAME.fullmatch(name) or name in _ALWAYS:
                f.refuse("values", f"“{name[:40]}” is no name; small letters, digits and _ are.")
            if isinstance(given, str) and 0 < len(given) <= LONGEST:
                found[name] = given
            else:
                found[name] = self._asked(f, name, given)
        return found

    def _asked(self, f: Fields, name: str, given: Any) -> Asked:
        kinds = [kind for kind in ASKED if isinstance(given, dict) and kind in given]
        if len(kinds) != 1 or not set(given) <= {kinds[0], *ASKED[kinds[0]]}:
            f.refuse("values", f"“{name}”: give an expression, or one of {', '.join(ASKED)}.")
        plain = all(type(one) in (str, int) and len(str(one)) <= 200 for one in given.values())
        if not plain:
            f.refuse("values", f"“{name}”: give whole numbers and short texts alone.")
        return Asked(kinds[0], given[kinds[0]], {k: v for k, v in given.items() if k != kinds[0]})

    def _value(self, f: Fields, field: str, given: Any) -> str:
        if not isinstance(given, str) or len(given) > 80:
            f.refuse(field, "give values such as z[9].")
        return given

    def _point(self, f: Fields, given: Any) -> tuple[Words, Words]:
        inner = Fields(given, f"{f.name}, points", str(self._file))
        point = inner.words("heading", 200, needed=True), inner.words("words")
        inner.close(("heading", "words"))
        return point

    def _answer(self, f: Fields, given: Any) -> Answer:
        inner = Fields(given, f"{f.name}, answers", str(self._file))
        words, right = inner.words("words"), inner.take("right", False)
        if type(right) is not bool and not (isinstance(right, str) and 0 < len(right) <= LONGEST):
            inner.refuse("right", "give true, false or a condition.")
        inner.close(("words", "right"))
        return Answer(words, right)


def _pane(f: Fields, given: Any) -> str:
    """One of those that the window can open."""
    names = [spec.name for spec in pane_specs().values() if spec.area not in ("none", "centre")]
    if given not in names:
        f.refuse("show", f"there are {', '.join(names)}.")
    return str(given)


def _check_names(f: Fields, field: str, words: str, known: set[str]) -> None:
    for found in _PART.finditer(words):
        shown = _SHOWN.fullmatch(found[1] or "")
        if shown is None or not {name for name in shown.groups() if name is not None} <= known:
            told = ", ".join(sorted(known))
            f.refuse(field, f"“{found[0][:40]}” is no value of this stop; there are {told}.")
