"""The proof in the status bar: the numbers shown against PyTorch's GRU and the file's own graph.

The window's process never imports torch, so each check is a job in a folder that a child process
answers with one line of JSON. This file is the window's half, light to import; `parity_check` and
`graph_check` are the children's.
"""

from __future__ import annotations

import importlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gru_debugger import children, terminal
from gru_debugger.core.quantities import suffix
from gru_debugger.formats import safetensors
from gru_debugger.numerals import grouped, power

if TYPE_CHECKING:
    from gru_debugger.core.trace import Trace

MODEL, RECORDING = "model.safetensors", "recording.npz"

_WITH_GRAPHS = ("ONNX", "TorchScript")
_LARGEST_INPUT = 1 << 25  # values of the matrix of inputs: 128 MiB


@dataclass(frozen=True)
class OwnGraph:
    """What a file's own graph gives over the first `steps` steps; distances are max |Δ|.

    Of the `states` of all layers and of the output layer's `scores`, None where the graph gives
    none; `first` is the first step whose states are further off than their bound, 0 if none is.
    `why`: why the graph says nothing, "" where it does. `by`: what ran it.
    """

    states: float | None = None
    scores: float | None = None
    bound_states: float = 0.0
    bound_scores: float = 0.0
    steps: int = 0
    first: int = 0
    why: str = ""
    by: str = ""

    @property
    def ok(self) -> bool:
        """False too for a distance that is not a number."""
        states, scores = self.states, self.scores
        return (states is None or states <= self.bound_states) and (
            scores is None or scores <= self.bound_scores
        )

    @property
    def in_words(self) -> str:
        """“agrees to 4e-7 (states and scores of 115 steps)”."""
        kinds = {"states": self.states, "scores": self.scores}
        there = {kind: far for kind, far in kinds.items() if far is not None}
        figures = " and ".join(f"{kind} {power(far, 1)}" for kind, far in there.items())
        verb = "agrees" if self.ok else "DIFFERS"
        since = f", from step {grouped(self.first)} on" if self.first else ""
        return f"{verb}: max |Δ| {figures} over {grouped(self.steps)} steps{since}"


@dataclass(frozen=True)
class Parity:
    """What the child found over the first `steps` steps; distances are max |Δh|.

    `largest_step`: one step at a time from the h_prev shown. `largest_run`: a run of its own over
    the same text, which adds up rounding. `graph`: what the file's own says, where it has one.
    """

    largest_step: float
    largest_run: float
    bound_step: float
    bound_run: float
    against: str  # "nn.GRU" or "float64 run"
    steps: int
    graph: OwnGraph | None = None

    @property
    def ok(self) -> bool:
        """False too for a distance that is not a number."""
        return self._formula_ok and (self.graph is None or self.graph.ok)

    @property
    def _formula_ok(self) -> bool:
        return self.largest_step <= self.bound_step and self.largest_run <= self.bound_run

    @property
    def badge(self) -> str:
        """For the status bar."""
        if self.graph is not None and not self.graph.why:
            far = max(x for x in (self.graph.states, self.graph.scores) if x is not None)
            verb = "agrees to" if self.graph.ok else "DIFFERS by"
            return f"the file's own graph {verb} {power(far)}"
        return (
            f"max |Δ| vs {self.against} {power(self.largest_step)} · run {power(self.largest_run)}"
        )

    @property
    def sentence(self) -> str:
        """All of it, for the badge's tool tip."""
        verb = "Agrees with" if self._formula_ok else "DIFFERS from"
        chaotic = " Float32's rounding alone grows that far with this model."
        return (
            f"{verb} {self.against}: max |Δh| {power(self.largest_step, 1)} one step at a time "
            f"(bound {power(self.bound_step)}), {power(self.largest_run, 1)} over a run of "
            f"{grouped(self.steps)} {'step' if self.steps == 1 else 'steps'} "
            f"(bound {power(self.bound_run)})."
            f"{chaotic if self._formula_ok and self.largest_run > 1e-3 else ''}{self._of_graph}"
        )

    @property
    def _of_graph(self) -> str:
        if self.graph is None:
            return ""
        if self.graph.why:
            return f" The file's own graph was not run: {self.graph.why}."
        return f" The file's own graph, run by {self.graph.by}, {self.graph.in_words}."


def command(folder: Path) -> list[str]:
    """What to start for the job in `folder`; its `terminal.tell` answers a Parity's fields."""
    return children.command(__name__, str(folder), folder=folder, tells=True)


def graph_command(folder: Path, trace: Trace, bound: float) -> list[str]:
    """The same for the graph of the file that the trace's model came from: an OwnGraph's fields.

    `bound`: how far apart two runs in float32 may be.
    """
    from gru_debugger.formats.child import isolation

    source, chosen = trace.model.source, trace.run.initial is not None
    about = {
        "path": source.path, "sha256": source.sha256, "framework": source.framework,
        "gru": source.gru, "bound": bound, "h0_chosen": chosen, "parent": os.getpid(),
    }  # fmt: skip
    words = [str(folder), json.dumps(about)]
    return children.command(
        "gru_debugger.graph_check", *words, attached=isolation.ATTACHED, bare=True, tells=True
    )


def has_graph(trace: Trace) -> bool:
    """Whether the file of a trace's model says what its network computes, and can be run."""
    source = trace.model.source
    return source.framework in _WITH_GRAPHS and bool(source.sha256)


def not_comparable(trace: Trace, limit: int) -> str:
    """Why a graph that starts by itself can't be compared with the first steps of a trace."""
    if trace.model.source.choice.reset is not None:
        return "where the reset gate acts was chosen by hand"
    backwards = any(way == "reverse" for _, way in trace.model.places)
    if backwards and trace.steps > limit:
        return f"the text is read from its end, and has more than {grouped(limit)} characters"
    return ""


def write_job(folder: Path, trace: Trace, limit: int = 5000) -> int:
    """Put the model and the first recorded steps, at most `limit`, into `folder`: how many.

    A longer text is cut after them; the reverse direction then starts from its recorded state
    behind the cut. Raises ValueError as long as no step is recorded.
    """
    model = trace.model
    widest = max(cell.input_size for cells in model.layers for cell in cells)
    steps = min(trace.recorded, limit, max(1, _LARGEST_INPUT // widest))
    if steps < 1:
        raise ValueError("no step is recorded yet")
    (folder / MODEL).write_bytes(safetensors.dump(model))
    states: dict[str, Any] = {
        "h" + suffix(layer, way == "reverse"): trace.all_states(layer, way, 0, steps + 1)
        for layer, way in model.places
    }
    rows, indices = trace.reading.rows, trace.reading.indices
    if rows is not None:
        states["x"] = rows.values[:steps]
    elif indices is not None:
        states["indices"] = indices[:steps]
    with (folder / RECORDING).open("wb") as file:
        np.savez(file, **states)
    return steps


def main(arguments: list[str]) -> int:
    """The child process: one folder, one answer."""
    (folder,) = arguments
    # By name, in this process alone: the window, which imports this file, must not need torch.
    checker = importlib.import_module("gru_debugger.parity_check")
    terminal.tell(answer=asdict(checker.check(checker.Job.read(Path(folder)))))
    return 0
