"""One picture in memory: what a notebook shows, and what is saved.

No Qt here: `picture_of` imports it when all that was asked for is found to be there.
"""

from __future__ import annotations

import base64
import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gru_debugger.core.model import DIRECTIONS
from gru_debugger.errors import InputError, OutputError
from gru_debugger.exports.jobs import (
    PANES,
    PICTURES,
    SCALES,
    THEMES,
    SnapshotJob,
    check_in_text,
    check_place,
)
from gru_debugger.given import whole
from gru_debugger.numerals import dimensions, span
from gru_debugger.output import write_bytes
from gru_debugger.questions import ordering
from gru_debugger.questions.asked import SELECTABLE
from gru_debugger.questions.thresholds import Thresholds
from gru_debugger.session.view import CENTRES, NOTATIONS, View
from gru_debugger.session.zoom import SECOND, Zoom

if TYPE_CHECKING:
    from gru_debugger.core.trace import Trace

_CHOICES: dict[str, Sequence[Any]] = {
    "pane": PANES, "format": PICTURES, "theme": THEMES, "scale": SCALES,
    "centre": CENTRES,
    "notation": NOTATIONS, "quantity": SELECTABLE, "direction": DIRECTIONS,
}  # fmt: skip


@dataclass(frozen=True, repr=False)
class Picture:
    """A picture of a step, as `trace.picture` draws it.

    `data` are the bytes of a file, `format` is its ending (``png``, ``svg``, ``pdf``). `title` is
    the caption in full, `width` and `height` are in pixels at scale 1.
    """

    data: bytes
    format: str
    title: str
    width: int
    height: int

    def save(self, path: str | PathLike[str]) -> None:
        """Write it to a file, whole or not at all, also in the place of one that is there.

        Raises OutputError where that can't be done, or the name has another format's ending.
        """
        if not isinstance(path, str | PathLike):
            raise OutputError(f"{path!r:.40}: give the path of a file.")
        file = Path(path)
        ending = file.suffix[1:].lower()
        if ending != self.format and mimetypes.guess_type(file.name)[0]:
            other = f', or make one with format="{ending}"' if ending in PICTURES else ""
            raise OutputError(
                f"{file}: this picture is {self.format.upper()}; name it .{self.format}{other}."
            )
        write_bytes(file, self.data, force=True)

    def __repr__(self) -> str:
        size = dimensions((self.width, self.height))
        return f"<Picture {self.title}: {self.format.upper()}, {size}>"

    # What notebooks look for ---------------------------------------------------------------------

    def _repr_png_(self) -> bytes | None:
        return self.data if self.format == "png" else None

    def _repr_svg_(self) -> str | None:
        return self.data.decode() if self.format == "svg" else None

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[Any, Any]:
        """By media type, with the size on screen: a PNG of scale 2 is as large there as of 1."""
        kind = mimetypes.guess_type(f"picture.{self.format}")[0] or "application/octet-stream"
        data = self._repr_svg_() or base64.b64encode(self.data).decode()
        size = {"width": self.width, "height": self.height}
        return {kind: data, "text/plain": repr(self)}, {kind: size}


def picture_of(
    trace: Trace, t: int, pane: str, ending: str, theme: str, scale: int, **view: Any
) -> Picture:
    """Position t of a run; of `view`, the fields of a `View`, None is what the model shows first.

    Raises InputError for what is not there to be drawn, GRUDebuggerError where nothing can be.
    """
    chosen = {name: value for name, value in view.items() if value is not None}
    if "zoom" in chosen:
        chosen["zoom"] = _zoom(chosen["zoom"])
    if "characters" in chosen:
        chosen["characters"] = _characters(chosen["characters"])
    if "thresholds" in chosen:
        chosen["thresholds"] = Thresholds.of(chosen["thresholds"])
    for name in ("unit", "layer", "symbol"):
        whole(name, chosen.get(name, 0))
    _check_choices(pane=pane, format=ending, theme=theme, scale=scale, **chosen)
    if "order" in chosen:
        chosen["order"] = ordering.parse(str(chosen["order"]))
    looked_at = replace(View.first_of(trace.model), **chosen).asked_at(t)
    check_place(pane, looked_at, trace.model, trace.model.source.title)
    if not 0 <= whole("position", t) <= trace.steps:
        there = span("position", 0, trace.steps)
        raise InputError(f"position {t} is outside the text: it has {there}.")
    check_in_text(looked_at, trace)
    job = SnapshotJob(
        trace.model, trace, range(t, t + 1), Path(), pane, looked_at, (ending,), theme, scale
    )
    job.look_through()
    from gru_debugger.exports import drawing

    return drawing.picture(job)


def _zoom(units: range) -> Zoom:
    if not isinstance(units, range) or units.step != 1 or units.start < 0 or not units:
        raise InputError(f"units {units!r}: give those that are to be shown, such as range(8).")
    return Zoom(units.start, len(units))


def _characters(characters: range) -> Zoom:
    shown = isinstance(characters, range) and characters.step == 1 and len(characters)
    if not shown or characters.start < SECOND:
        raise InputError(
            f"characters {characters!r}: give those that are to be shown, from {SECOND}, such as "
            "range(20, 60)."
        )
    return Zoom(characters.start - SECOND, len(characters))


def _check_choices(**given: Any) -> None:
    for name, choices in _CHOICES.items():
        if name in given and given[name] not in choices:
            there = ", ".join(map(str, choices))
            raise InputError(f"{name} {given[name]!r}: there is no such one; choose of {there}.")
