"""What is open, and where one is in it, as plain JSON: to be opened again another day.

What is long stands there by its path, or it is not kept at all. What is read back may be another
version's, or damaged: then it is nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from gru_debugger.core.address import Address, parse
from gru_debugger.core.initial_state import InitialState
from gru_debugger.core.model import DIRECTIONS, Model
from gru_debugger.core.reading import Rows
from gru_debugger.core.run import Run
from gru_debugger.errors import GRUDebuggerError, InputError
from gru_debugger.files import Text, read_text
from gru_debugger.formats.arrays import read_rows
from gru_debugger.questions import ordering, thresholds
from gru_debugger.questions.asked import SELECTABLE
from gru_debugger.session.opening import CHOSEN
from gru_debugger.session.view import CENTRES, FOLDS, NOTATIONS, View
from gru_debugger.session.zoom import Zoom
from gru_debugger.source import AS_FOUND, Choice

T = TypeVar("T")
USUAL = View()  # where nothing is said of it
MayName = Callable[[str], bool]  # whether a text may be kept by the path of its file
LONGEST = 20_000  # characters of a text, numbers of a state or symbols that are kept themselves


@dataclass(frozen=True, kw_only=True)
class Reads:
    """What a run of some model reads, starts from and has set in it.

    `own_text`: it reads what the model brings along; else `text`, `text_file` or `rows`.
    """

    own_text: bool = False
    text: str | None = None
    text_file: str | None = None
    rows: str | None = None
    initial: InitialState | None = None
    unknown: bool = False
    edits: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """What is read of the disk."""
        return tuple(filter(None, (self.text_file, self.rows)))

    def read_source(self) -> str | Rows | None:
        """What is read, but for the model's own text. Raises GRUDebuggerError."""
        if self.text_file is not None:
            return read_text(Path(self.text_file))
        return self.text if self.rows is None else read_rows(self.rows)

    def run(self, model: Model, source: str | Rows | None) -> Run:
        """Of this model; `source` is what was read. Raises InputError: it brings no text along."""
        if self.own_text and model.example is not None:
            source = model.example.text
        if source is None:
            raise InputError(f"{model.source.name} brings no text along.")
        return Run(model, source, self.initial, self.unknown, self.edits)


@dataclass(frozen=True, kw_only=True)
class Saved(Reads):
    """A run by the files that it was read from, and how it was looked at."""

    path: str
    sha256: str
    at: Address
    choice: Choice = AS_FOUND
    vocabulary: tuple[str, ...] | None = None
    view: View = USUAL

    @property
    def there(self) -> bool:
        """Whether its files are."""
        return (self.path.startswith("bundled:") or _is_file(self.path)) and all(
            map(_is_file, self.files)
        )


def _is_file(name: str) -> bool:
    """FILE, or FILE.npz:NAME."""
    return Path(name).is_file() or Path(name.rpartition(":")[0] or name).is_file()


def any_file(_: str) -> bool:
    return True


def to_json(
    run: Run, position: int, view: View, longest: int = LONGEST, may_name: MayName = any_file
) -> dict[str, Any] | None:
    """None of what could not be opened again as it is; a text has `longest` characters at most."""
    model, reads = run.model, reads_to_json(run, longest, may_name)
    path = model.source.path
    known = path.startswith("bundled:") or Path(path).is_file()
    if reads is None or not known:
        return None
    by_hand = model.source.vocabulary_from == CHOSEN
    if by_hand and sum(map(len, model.vocabulary or ())) > LONGEST:
        return None
    path = path if path.startswith("bundled:") else str(Path(path).absolute())
    seen = {**asdict(view), "scroll": None, "order": str(view.order),
            "thresholds": view.thresholds.unusual}  # fmt: skip
    return {
        "model": {"path": path, "sha256": model.source.sha256, **asdict(model.source.choice)},
        **reads,
        **({"vocabulary": list(model.vocabulary or ())} if by_hand else {}),
        "at": str(position),
        "view": seen,
    }


def reads_to_json(
    run: Run, longest: int = LONGEST, may_name: MayName = any_file
) -> dict[str, Any] | None:
    """What `Reads` says of a run; None as `to_json`."""
    source = _source(run, longest, may_name)
    if source is None or (run.initial and run.initial.states.size > LONGEST):
        return None
    return {
        **source,
        **({"initial_state": _state(run.initial)} if run.initial else {}),
        "replace_unknown": run.unknown,
        "edits": list(run.edits),
    }


def _source(run: Run, longest: int, may_name: MayName) -> dict[str, Any] | None:
    source, example = run.source, run.model.example
    if isinstance(source, Rows):
        return {"rows": source.path} if source.path else None
    if example is not None and source == example.text:
        return {"own_text": True}
    path = source.path if isinstance(source, Text) else ""
    if path and (len(source) > longest or may_name(path)):
        return {"text_file": path}
    return {"text": str(source), "called": Text.name_of(source)} if len(source) <= longest else None


def _state(initial: InitialState) -> dict[str, Any]:
    return {"values": initial.states.tolist(), "origin": initial.origin}


def from_json(content: Any) -> Saved | None:
    """None for what is no such thing."""
    return _or_none(_read, content)


def reads_from_json(content: Any) -> Reads | None:
    """None for what is no such thing."""
    return _or_none(lambda content: Reads(**_reads(content)), content)


def _or_none(read: Callable[[Any], T], content: Any) -> T | None:
    try:
        return read(content)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, GRUDebuggerError):
        return None


def _read(content: dict[str, Any]) -> Saved:
    model, symbols = content["model"], content.get("vocabulary")
    return Saved(
        path=str(model["path"]),
        sha256=str(model["sha256"]),
        at=parse(content["at"]),
        choice=Choice(*(_text(model.get(part.name)) for part in fields(Choice))),
        vocabulary=None if symbols is None else tuple(map(str, symbols)),
        view=_read_view(content["view"]) if "view" in content else USUAL,
        **_reads(content),
    )


def _reads(content: dict[str, Any]) -> dict[str, Any]:
    """The fields of `Reads`."""
    state = content.get("initial_state")
    strings = {key: _text(content.get(key)) for key in ("text", "text_file", "rows")}
    if strings["text"] is not None and content.get("called"):
        strings["text"] = Text(strings["text"], str(content["called"]))
    own = content.get("own_text") is True
    if sum(text is not None for text in strings.values()) + own != 1:
        raise ValueError("one thing is read")
    return {
        "own_text": own,
        "initial": None if state is None else _read_state(state),
        "unknown": content.get("replace_unknown") is True,
        "edits": _read_edits(content.get("edits", [])),
        **strings,
    }


def _read_edits(edits: Any) -> tuple[str, ...]:
    if not isinstance(edits, list):  # a text is no list of its letters
        raise TypeError("a list")
    return tuple(map(str, edits))


def _text(value: Any) -> str | None:
    if not isinstance(value, str | None):
        raise TypeError("a text")
    return value


def _read_state(state: dict[str, Any]) -> InitialState:
    with np.errstate(over="ignore"):  # what is no finite number is told where it is to be used
        return InitialState(np.array(state["values"], np.float32), str(state["origin"]))


_IS: dict[str, Callable[[Any], bool]] = {
    "layer": lambda v: type(v) is int and v >= 0,
    "direction": lambda v: v in DIRECTIONS,
    "unit": lambda v: type(v) is int,
    "quantity": lambda v: v in SELECTABLE,
    "symbol": lambda v: type(v) is int and v >= 0,
    "notation": lambda v: v in NOTATIONS,
    "centre": lambda v: v in CENTRES,
    "contributions": lambda v: type(v) is bool,
    "folded": lambda v: isinstance(v, list | tuple) and set(v) <= {*FOLDS},
    "all_terms": lambda v: type(v) is bool,
    "all_equations": lambda v: type(v) is bool,
    "full_axes": lambda v: type(v) is bool,
    "lens": lambda v: type(v) is bool,
    "order": lambda v: isinstance(v, str) and _is_order(v),
    "all_units": lambda v: type(v) is bool,
    "of_selected": lambda v: type(v) is bool,
    "two_steps": lambda v: type(v) is bool,
    "thresholds": lambda v: isinstance(v, dict),
    "zoom": lambda v: _is_zoom(v),
    "characters": lambda v: _is_zoom(v),
}


def _is_zoom(value: Any) -> bool:
    return isinstance(value, dict) and all(
        type(value.get(key)) is int for key in ("first", "count")
    )


def _is_order(words: str) -> bool:
    try:
        ordering.parse(words)
    except InputError:
        return False
    return True


def _read_view(content: dict[str, Any]) -> View:
    """What it says that means something; of the rest, what is usual."""
    known = {field.name for field in fields(View)} & _IS.keys()
    found = {name: content[name] for name in known if name in content and _IS[name](content[name])}
    for name in {"zoom", "characters"} & found.keys():
        found[name] = Zoom(found[name]["first"], found[name]["count"])
    if "order" in found:
        found["order"] = ordering.parse(found["order"])
    if "folded" in found:
        found["folded"] = tuple(found["folded"])
    if "thresholds" in found:
        found["thresholds"] = thresholds.from_json(found["thresholds"])
    return View(**found)
