"""One judge of what a file shows: exact, told with the grade inside, or refused; never else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from grus import distance
from telling import grades, told

from gru_debugger.core.model import Model
from gru_debugger.core.trace import trace
from gru_debugger.errors import ModelError
from gru_debugger.formats import ModelFile, parse
from gru_debugger.source import Choice

CLOSE = 1e-5
Outcome = Literal["exact", "inside", "refused"]


@dataclass
class Run:
    """What a network computes by itself.

    `read`: a text of `symbols`, or rows (steps, inputs). `states` (steps, units) of each use of
    each GRU in each direction, beside the recurrent matrix (3 · units, units) of its top layer, by
    which it is known in a file. `scores`: what the network gives, (…, symbols) where it is scores.
    `turned`: the text is turned around before a GRU, and what the network gives may stay so.
    """

    symbols: str
    read: Any
    states: list[tuple[Any, Any]]
    scores: Any = None
    turned: bool = False


@dataclass
class Verdict:
    """Of one GRU of a file; `apart`: how far what is shown lies from the network's own run.

    `scored`: whether predictions are shown; `words`: what is told, besides the standing note.
    """

    outcome: Outcome
    grades: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()
    apart: float = 0.0
    scored: bool = False
    standing: bool = False

    @property
    def silent(self) -> bool:
        return self.outcome == "exact" and not self.apart <= CLOSE


def judged(path: Path, run: Run) -> dict[str, Verdict]:
    """Each GRU of a file by its name; of a file that is refused whole, “”."""
    try:
        file = parse(path)
        listed = [gru.name for gru in file.grus() if gru.part_of is None] or [""]
    except ModelError as fault:
        return {"": Verdict("refused", words=(str(fault),))}
    choices = {name: Choice(name if len(listed) > 1 else None) for name in listed}
    return {name: _one(file, choice, run) for name, choice in choices.items()}


def _one(file: ModelFile, choice: Choice, run: Run) -> Verdict:
    try:
        model = file.model(choice=choice)
    except ModelError as fault:
        return Verdict("refused", words=(str(fault),))
    found, words = frozenset(grades(model)), told(model)
    assert "inside" in found or not model.source.no_text, "no text is read, and nobody says why"
    if "inside" in found:
        return Verdict("inside", found, words, scored=model.output is not None)
    try:
        given = file.model(run.symbols if isinstance(run.read, str) else None, choice)
    except ModelError as fault:  # the text has other symbols than it reads
        return Verdict("exact", found, (*words, str(fault)), np.inf)
    standing = len(model.source.told) > len(words)  # of these it is none
    scored = given.output is not None
    words = told(given)
    return Verdict("exact", found, words, _apart(given, run), scored, standing)


def _apart(model: Model, run: Run) -> float:
    ours, top, found = trace(model, run.read), len(model.layers) - 1, 0.0
    for way in model.ways:
        weight = model.cell(top, way).weight_hh
        theirs = [states for own, states in run.states if same(own, weight)]
        if way == "reverse" or run.turned:  # what turns a text around may leave its states so
            theirs += [states[::-1] for states in theirs]
        found = max(found, nearest(ours.states(top, way), theirs))
    if model.output is None or run.scores is None:
        return found
    logits = ours.column("logits")
    both = run.turned or model.ways == ("reverse",)
    orders = (logits, logits[::-1]) if both else (logits,)
    return max(found, min(of_scores(each, run.scores) for each in orders))


def same(one: Any, other: Any) -> bool:
    return one.shape == other.shape and bool(np.allclose(one, other, atol=1e-6))


def nearest(ours: Any, theirs: Iterable[Any]) -> float:
    return min((distance(ours, a) for a in theirs if np.shape(a) == ours.shape), default=np.inf)


def of_scores(logits: Any, theirs: Any) -> float:
    """As they are, as probabilities or their logarithms, or chosen from; all steps or the last."""
    log = logits - np.log(np.exp(logits - logits.max(-1, keepdims=True)).sum(-1, keepdims=True)) \
        - logits.max(-1, keepdims=True)  # fmt: skip
    if theirs.dtype.kind in "iu":
        best = np.argsort(-logits, -1, kind="stable")
        rows = theirs.reshape(len(logits), -1) if theirs.size % len(logits) == 0 else theirs[None]
        return 0.0 if np.array_equal(best[-len(rows) :, : rows.shape[1]], rows) else np.inf
    if theirs.shape[-1:] != logits.shape[-1:]:
        return np.inf
    rows = theirs.reshape(-1, logits.shape[-1])
    if len(rows) > len(logits):
        return np.inf
    return min(distance(a[-len(rows) :], rows) for a in (logits, log, np.exp(log)))
