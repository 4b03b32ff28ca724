"""What a file's own graph gave, against what was recorded."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gru_debugger.parity import MODEL, RECORDING, OwnGraph

_HALF = 0.02  # what states in half precision may be off
_AGREES = 2e-6

Array = NDArray[Any]
Layer = tuple[Array, Array]  # its weight and its bias


class NotRunError(Exception):
    """Why the graph says nothing here, in words."""


@dataclass(frozen=True)
class Recorded:
    """The window's half: `values` by the names of `parity.write_job`, the output layer as shown."""

    values: dict[str, Array]
    output: Layer | None
    h0_chosen: bool  # by hand

    @classmethod
    def read(cls, folder: Path, h0_chosen: bool) -> Recorded:
        with np.load(folder / RECORDING, allow_pickle=False) as arrays:
            values = {name: arrays[name] for name in arrays.files}
        numbers = importlib.import_module("safetensors.numpy").load_file(folder / MODEL)
        output = (numbers["fc.weight"], numbers["fc.bias"]) if "fc.weight" in numbers else None
        return cls(values, output, h0_chosen)

    @property
    def ends(self) -> list[str]:
        """Of the states' names, without their h: ``_l0``, ``_l0_reverse``, …"""
        return [name[1:] for name in self.values if name.startswith("h_l")]

    @property
    def steps(self) -> int:
        return len(self.values[f"h{self.ends[0]}"]) - 1

    @property
    def backwards(self) -> bool:
        """Whether anything reads the text from its end."""
        return any(_reads_back(end) for end in self.ends)

    def states(self, end: str, steps: int) -> Array:
        """h of the first steps (steps, hidden)."""
        rows = self.values[f"h{end}"]
        return rows[:steps] if _reads_back(end) else rows[1 : steps + 1]

    def indices(self) -> Array:
        """Of the symbols (steps,). Raises NotRunError."""
        if "x" in self.values:
            raise NotRunError("it reads symbols, and the window rows")
        return self.values["indices"]

    def rows(self, wide: int | None) -> Array:
        """Rows, or symbols as one-hot rows of that width (steps, input). Raises NotRunError."""
        if "x" in self.values:
            return self.values["x"]
        if wide is None:
            raise NotRunError("how many values its input has for a symbol is not known")
        found = np.zeros((self.steps, wide))
        found[np.arange(self.steps), self.values["indices"]] = 1
        return found

    def initial(self) -> Array:
        """(layers · directions, hidden)."""
        return np.stack([self.values[f"h{e}"][-1 if _reads_back(e) else 0] for e in self.ends])

    def scores(self, ends: list[str], steps: int) -> Array | None:
        """Of the states of the top layer's directions (steps, symbols)."""
        if self.output is None:
            return None
        weight, bias = self.output
        found: Array = np.concatenate([self.states(e, steps) for e in ends], 1) @ weight.T + bias
        return found

    @property
    def top(self) -> list[str]:
        """The ends of the top layer."""
        layer = self.ends[-1].removesuffix("_reverse")
        return [end for end in self.ends if end.removesuffix("_reverse") == layer]


@dataclass(frozen=True)
class States:
    """Of one layer in one direction: h of each step that was fed (steps, hidden), the first in
    front; or, `last`, the one state (1, hidden) that the direction ends with."""

    end: str
    rows: Array
    last: bool


@dataclass(frozen=True)
class Theirs:
    """What the graph gave when it was fed the text's first `steps`, or more than it has.

    `scores` (steps, symbols), or of the last step alone (1, symbols); a `function` of them.
    """

    steps: int
    states: list[States]
    scores: Array | None = None
    function: str = ""


def compare(theirs: Theirs, recorded: Recorded, bound: float) -> OwnGraph:
    """Of the first of the steps that the graph was fed, as many as were recorded."""
    steps = min(theirs.steps, recorded.steps)
    there = [s for s in theirs.states if not (s.last and theirs.steps > steps)]
    half = any(states.rows.dtype == np.float16 for states in there)
    shown = [recorded.values[f"h{end}"] for end in recorded.ends]
    largest = max(1.0, *(float(np.abs(rows).max()) for rows in shown))
    limit = max(_AGREES * largest, 2 * bound, _HALF if half else 0.0)
    far = [_distances(states, recorded, steps) for states in there]
    beyond = [steps - len(each) + 1 + int(np.argmin(each <= limit))
              for each in far if not (each <= limit).all()]  # fmt: skip
    scores, scores_limit = _scores(theirs, recorded, steps, limit)
    if not far and scores is None:
        raise NotRunError("none of its values can be compared with what is shown")
    return OwnGraph(
        states=float(max(each.max() for each in far)) if far else None, scores=scores,
        bound_states=limit, bound_scores=scores_limit, steps=steps, first=min(beyond, default=0),
    )  # fmt: skip


def _distances(theirs: States, recorded: Recorded, steps: int) -> NDArray[np.float64]:
    """max |Δh| of each step (steps,); of the last alone (1,) where that is all the graph gives."""
    ours = recorded.states(theirs.end, steps)
    if theirs.last:  # in the order of reading
        ours = ours[:1] if _reads_back(theirs.end) else ours[-1:]
    rows = theirs.rows[: len(ours)].astype(np.float64)
    found: NDArray[np.float64] = np.abs(rows - ours).max(axis=1)
    return found


def _scores(
    theirs: Theirs, recorded: Recorded, steps: int, limit: float
) -> tuple[float | None, float]:
    """max |Δ| of the output layer's scores, and how far apart the states alone may bring them."""
    ours = recorded.scores(recorded.top, steps)
    if theirs.scores is None or ours is None or recorded.output is None:
        return None, 0.0
    alone = len(theirs.scores) == 1 and theirs.steps == steps
    if alone and not recorded.backwards:
        ours = ours[-1:]
    elif len(theirs.scores) != theirs.steps:  # of some steps, or of several texts: not known which
        return None, 0.0
    rows = theirs.scores[: len(ours)].astype(np.float64)
    reach = float(np.abs(recorded.output[0]).sum(axis=1).max())
    allowed = limit * max(1.0, reach) + _AGREES * float(np.abs(ours).max())
    return float(np.abs(rows - _made(ours, theirs.function)).max()), allowed


def _made(scores: Array, function: str) -> Array:
    """What the network makes of its scores."""
    if not function:
        return scores
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Array = raised / raised.sum(axis=1, keepdims=True)
    return np.log(shares) if function == "log_softmax" else shares


def _reads_back(end: str) -> bool:
    return end.endswith("_reverse")
