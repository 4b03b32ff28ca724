"""What a model writes on from the last state of a run: sampled, or the likeliest each time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core.cell import Array, input_part, stepper
from gru_debugger.core.edits import Edit, overwrite, parse
from gru_debugger.core.trace import Trace
from gru_debugger.errors import InputError
from gru_debugger.given import number, whole
from gru_debugger.numerals import grouped
from gru_debugger.questions.predictions import none_because

Scores = NDArray[np.float64]


class Letter(NamedTuple):
    """A symbol that was written, and its probability, 0..1, whatever the temperature."""

    symbol: str
    probability: float


def generate(
    trace: Trace, count: int, temperature: float = 1.0, seed: int | None = None
) -> Iterator[Letter]:
    """`count` symbols, one at a time, each read before the next is written.

    Symbols are drawn with probabilities softmax(logits / temperature); at 0 the likeliest is
    taken, the first of equals. `seed`: the same gives the same again. What edits without a last
    step set, they go on setting. Raises InputError where the run predicts no next character, and
    where what nothing bounds has grown beyond all numbers.
    """
    if reason := unable(trace):
        raise InputError(f"nothing can be written on: {reason}.")
    if whole("count", count) < 0:
        raise InputError(f"{count} symbols can't be written; give a number from 0.")
    if not 0 <= number("temperature", temperature) < np.inf:
        raise InputError(f"temperature {temperature}: give a number from 0, the likeliest, up.")
    if seed is not None and whole("seed", seed) < 0:
        raise InputError(f"seed {seed}: give a whole number from 0, or none.")
    return _written(trace.finish(), count, temperature, np.random.default_rng(seed))


def unable(trace: Trace) -> str:
    """Why nothing can be written on, in words; empty where it can."""
    if trace.model.ways != ("forward",):
        return "the model reads from the end of the text too, which is not there yet"
    return none_because(trace)


def _written(
    trace: Trace, count: int, temperature: float, random: np.random.Generator
) -> Iterator[Letter]:
    vocabulary = trace.model.require_vocabulary()
    going_on = _GoingOn(trace, count)
    for _ in range(count):
        scores = going_on.logits.astype(np.float64)
        index = _chosen(scores, temperature, random)
        yield Letter(vocabulary[index], float(_chances(scores)[index]))
        going_on.read(index)


def _chosen(scores: Scores, temperature: float, random: np.random.Generator) -> int:
    if not temperature:
        return int(scores.argmax())
    return int(random.choice(len(scores), p=_chances(scores, temperature)))


def _chances(scores: Scores, temperature: float = 1.0) -> Scores:
    with np.errstate(over="ignore"):  # at almost 0, all but the largest are -infinity
        weights = np.exp((scores - scores.max()) / temperature)
    chances: Scores = weights / weights.sum()
    return chances


class _GoingOn:
    """The states of a run beyond its last step, read on a symbol at a time."""

    def __init__(self, trace: Trace, count: int) -> None:
        self._model = model = trace.model
        self._step = self._text = trace.steps
        self._edits = _going_on(trace, count)
        self._steppers = [stepper(model.cell(layer), model.reset) for layer, _ in model.places]
        self._states = list(trace.final_states())

    @property
    def logits(self) -> Array:
        output = self._model.output
        assert output is not None
        with np.errstate(over="ignore", invalid="ignore"):  # it is told in words
            scores: Array = output.weight @ self._states[-1] + output.bias
        self._check(scores, "scores")
        return scores

    def read(self, index: int) -> None:
        self._step += 1
        for layer, step in enumerate(self._steppers):
            edited = overwrite(self._edits, (layer, "forward"), self._step - 1, self._step)
            with np.errstate(over="ignore", invalid="ignore"):
                h = step(self._part(layer, index), self._states[layer], edited).h
            self._check(h, f"states of layer {layer}")
            self._states[layer] = h

    def _check(self, values: Array, what: str) -> None:
        if not np.isfinite(values).all():
            raise InputError(
                f"the {what} grow beyond all numbers at step {grouped(self._step)}, of which the "
                f"text has {grouped(self._text)}: write on less, or another run."
            )

    def _part(self, layer: int, index: int) -> Array:
        cell, embedding = self._model.cell(layer), self._model.embedding
        if layer:
            return input_part(cell, self._states[layer - 1])
        if embedding is None:  # one-hot: a column of the matrix
            return cell.weight_ih[:, index] + cell.bias_ih
        return input_part(cell, embedding[index])


def _going_on(trace: Trace, count: int) -> list[Edit]:
    """The run's edits, as they would be on a text that is `count` steps longer."""
    return [parse(str(edit), trace.model, trace.steps + count) for edit in trace.edits]
