"""The proof in the status bar: the numbers shown against PyTorch's own GRU.

The window's process never imports torch, so the check is a job in a folder that a child process
answers with one line of JSON. This file is the window's half, light to import; `parity_check` is
the child's.
"""

from __future__ import annotations

import importlib
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

_LARGEST_INPUT = 1 << 25  # values of the matrix of inputs: 128 MiB


@dataclass(frozen=True)
class Parity:
    """What the child found over the first `steps` steps; distances are max |Δh|.

    `largest_step`: one step at a time from the h_prev shown. `largest_run`: a run of its own over
    the same text, which adds up rounding.
    """

    largest_step: float
    largest_run: float
    bound_step: float
    bound_run: float
    against: str  # "nn.GRU" or "float64 run"
    steps: int

    @property
    def ok(self) -> bool:
        """False too for a distance that is not a number."""
        return self.largest_step <= self.bound_step and self.largest_run <= self.bound_run

    @property
    def badge(self) -> str:
        """For the status bar."""
        return (
            f"max |Δ| vs {self.against} {power(self.largest_step)} · run {power(self.largest_run)}"
        )

    @property
    def sentence(self) -> str:
        """All of it, for the badge's tool tip."""
        verb = "Agrees with" if self.ok else "DIFFERS from"
        chaotic = " Float32's rounding alone grows that far with this model."
        return (
            f"{verb} {self.against}: max |Δh| {power(self.largest_step, 1)} one step at a time "
            f"(bound {power(self.bound_step)}), {power(self.largest_run, 1)} over a run of "
            f"{grouped(self.steps)} {'step' if self.steps == 1 else 'steps'} "
            f"(bound {power(self.bound_run)})."
            f"{chaotic if self.ok and self.largest_run > 1e-3 else ''}"
        )


def command(folder: Path) -> list[str]:
    """What to start for the job in `folder`; its `terminal.tell` answers a Parity's fields."""
    return children.command(__name__, str(folder), folder=folder, tells=True)


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
