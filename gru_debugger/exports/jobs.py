"""What is to be drawn: chosen by the command line or a dialog, carried out by `snapshots`.

No Qt here: the command line checks a whole job before it pays for Qt's import.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gru_debugger import discovery
from gru_debugger.errors import ExistingFileError, InputError, one_line
from gru_debugger.exports import pictures, ranges, tables
from gru_debugger.numerals import span
from gru_debugger.panes import registry
from gru_debugger.session.marks import MOST, Marks
from gru_debugger.session.view import View
from gru_debugger.session.zoom import SECOND

if TYPE_CHECKING:
    from gru_debugger.core.model import Model
    from gru_debugger.core.trace import Trace
    from gru_debugger.questions.lane_runs import LaneRun
    from gru_debugger.session.whole_run import WholeRun

Progress = Callable[[int], None]  # pictures done, or steps

PANES = ("window", *(spec.name for spec in registry.PANES if spec.size is not None))
PICTURES = discovery.names(pictures.__path__)  # a file a step
TABLES = discovery.names(tables.__path__)  # the same, of the numbers
RANGES = discovery.names(ranges.__path__)  # a file for all steps
FORMATS = tuple(sorted((*PICTURES, *TABLES, *RANGES)))
THEMES = ("light", "dark")
SCALES = (1, 2, 3, 4)


@dataclass(frozen=True, eq=False)
class SnapshotJob:
    """Each step in each format; `steps` are positions, 0 before the first character.

    `marks`: lanes, stops and bookmarks of the strip, where that or the window is the pane; of the
    lanes `known` are runs that need not be looked through once more. `whole_run`: what is known of
    it, for who can't wait until all is.
    """

    model: Model
    trace: Trace
    steps: range
    folder: Path
    pane: str = "window"
    view: View = field(default_factory=View)
    formats: tuple[str, ...] = ("png",)
    theme: str = "light"
    scale: int = 1
    force: bool = False
    marks: Marks = field(default_factory=Marks)
    known: Sequence[LaneRun] = ()
    whole_run: WholeRun | None = None

    @property
    def stem(self) -> str:
        """The model in a file's name: ``bundled:sixteen`` and ``sixteen.pt`` are sixteen."""
        return Path(self.model.source.path.removeprefix("bundled:")).stem or "model"

    @property
    def title(self) -> str:
        """What a file with all steps says of itself."""
        source = self.model.source
        steps = span("step", self.steps[0], self.steps[-1])
        return one_line(f"{source.title}  ·  {source.sha256[:12]}  ·  {steps}")

    @property
    def count(self) -> int:
        """How often a step is drawn or written."""
        return len(self.steps) * len(self.formats)

    def of_kind(self, names: Sequence[str]) -> tuple[str, ...]:
        """Those of its formats that are among `names`."""
        return tuple(name for name in self.formats if name in names)

    def file_name(self, step: int, ending: str | None = None) -> str:
        """``MODEL-step-0034.png``; four digits, or as many as the text's last step has.

        Of a format that has all steps in one file, ``MODEL-steps-0001-0034.html``.
        """
        digits, name = max(4, len(str(self.trace.steps))), ending or self.formats[0]
        if name in RANGES:
            first, last = self.steps[0], self.steps[-1]
            return f"{self.stem}-steps-{first:0{digits}}-{last:0{digits}}.{name}"
        return f"{self.stem}-step-{step:0{digits}}.{name}"

    def path(self, step: int, ending: str | None = None) -> Path:
        return self.folder / self.file_name(step, ending)

    def paths(self) -> Iterator[Path]:
        """All files that it writes."""
        per_step = (self.path(step, end) for step in self.steps for end in self.formats)
        return iter(dict.fromkeys(per_step))

    def check_formats(self) -> None:
        """Before any work: raises GRUDebuggerError for what one of its formats can't hold."""
        for name in self.of_kind(RANGES):
            format_of(name).check(self)

    def look_through(self, report: Progress = lambda seen: None) -> None:
        """Find how far axes reach in the recording, which is complete; `report` is told the steps.

        They are those of the run without edits, of which is recorded what is needed.
        """
        plain, place = self.trace.plain, (self.view.layer, self.view.direction)
        while not (plain.complete if self.view.full_axes else self.trace.settled):
            plain.advance()
            report(plain.recorded)
        while self.view.full_axes and self.trace.look_further(*place):
            report(self.trace.seen(*place))

    def refuse_overwriting(self) -> None:
        """Raises ExistingFileError where a file of this job is there already, unless `force`."""
        if self.force:
            return
        there = [path for path in self.paths() if path.exists()]
        if there:
            raise ExistingFileError(there[0], len(there) - 1, "another folder")


def format_of(name: str) -> Any:
    """The module that is the format."""
    kinds = ((PICTURES, pictures), (TABLES, tables), (RANGES, ranges))
    package = next(package for names, package in kinds if name in names)
    return importlib.import_module(f"{package.__name__}.{name}")


def check_lanes(lanes: Sequence[str], trace: Trace, option: str = "") -> None:
    """Raises InputError for an expression that means nothing for the run."""
    if not lanes:
        return
    from gru_debugger.questions.expressions import asks_reference
    from gru_debugger.questions.lane_runs import LaneRun

    if trace.reference is not None and any(map(asks_reference, lanes)):
        trace.reference.finish()  # a lane would wait for it
    if len(lanes) > MOST:
        raise InputError(f"{option}lane: there are {len(lanes)}; at most {MOST} find room.")
    for lane in lanes:
        if fault := LaneRun(trace, lane).fault:
            raise InputError(f"{option}lane: {fault}")


def check_in_text(view: View, trace: Trace, option: str = "") -> None:
    """Raises InputError for an order of a step, or for characters, that the run lacks."""
    if view.order.step > 0:
        trace.check_number(view.order.step)
    first = view.characters.first + SECOND
    last = first + view.characters.count - 1
    if view.characters.count and last > trace.steps:
        there = "none" if trace.steps < SECOND else span("character", SECOND, trace.steps)
        said = f"of this text {there} can be expected by a step"
        raise InputError(f"{option}characters {first}-{last}: {said}.")


def check_place(pane: str, view: View, model: Model, name: str, option: str = "") -> None:
    """Raises InputError for what `model`, called `name`, lacks; `option` stands before its name."""
    layers, units = len(model.layers), model.hidden_size
    there = span("unit", 0, units - 1)
    if not 0 <= view.layer < layers:
        raise InputError(f"{option}layer {view.layer}: {name} has {span('layer', 0, layers - 1)}.")
    if view.direction not in model.ways:
        raise InputError(
            f"{option}direction {view.direction}: {name} reads {model.ways[0]} only; leave it out."
        )
    if not 0 <= view.unit < units:
        raise InputError(f"{option}unit {view.unit}: {name} has {there}.")
    first, last = view.zoom.first, view.zoom.first + view.zoom.count - 1
    if last >= units:
        raise InputError(f"{option}units {first}-{last}: {name} has {there}.")
    if view.symbol is not None and model.output is None:
        raise InputError(f"{option}symbol {view.symbol}: {name} has no output layer; leave it out.")
    if view.symbol is not None and model.output and view.symbol >= len(model.output.bias):
        symbols = span("symbol", 0, len(model.output.bias) - 1)
        raise InputError(f"{option}symbol {view.symbol}: {name} has {symbols}.")
    if pane == "prediction" and model.output is None:
        raise InputError(
            f"{option}pane prediction: {name} has no output layer; choose another pane."
        )
