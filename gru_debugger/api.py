"""What ``import gru_debugger`` offers of a run: a recording with the questions as its methods."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core import trace as core
from gru_debugger.core.model import Direction, Model
from gru_debugger.core.reading import Rows
from gru_debugger.questions import expressions, generation, writing


class Trace(core.Trace):
    def __init__(
        self, model: Model, text: str | Rows | NDArray[Any], h0: Any = None, unknown: bool = False
    ) -> None:
        super().__init__(model, text, h0, unknown)
        self.finish()

    def evaluate(self, expression: str) -> NDArray[Any]:
        """An expression at every step: (steps,) or (steps, n), of numbers, truths or str.

        ``max(abs(h - h_prev))``, ``z[9]``, ``predicted``. Raises ExpressionError, one line that
        says at which character, for what can't be read or means nothing for this run.
        """
        return expressions.evaluate(expression, self)

    def where(self, condition: str) -> NDArray[np.int64]:
        """The steps, from 1, at which a condition holds: ``z[9] < 0.05``. Raises as `evaluate`."""
        return expressions.where(condition, self)

    def written(
        self, unit: int, t: int, layer: int = 0, direction: Direction | None = None
    ) -> NDArray[np.float64]:
        """What each step put into h[unit] at step t; the shares sum to it.

        Forward (t + 1,): row s is step s, row 0 the initial state. In reverse (steps - t + 2,):
        row 0 is step t, the last row the initial state. A step's share is what it took of its
        candidate, times z of all steps since. Raises InputError for what the run lacks.
        """
        return writing.shares(self, unit, t, layer, direction)

    def generate(self, count: int, temperature: float = 1.0, seed: int | None = None) -> str:
        """What the model writes on from the last state: `count` symbols.

        They are drawn with probabilities softmax(logits / temperature), at 0 the likeliest is
        taken; `seed` makes it the same again. Edits without a last step go on. Raises InputError
        where the run predicts no next character.
        """
        return "".join(generation.generate(self, count, temperature, seed))


def trace(
    model: Model, text: str | Rows | NDArray[Any], h0: Any = None, unknown: bool = False
) -> Trace:
    """Run a text, or rows (steps, input), through `model`; the arguments as for `Trace`."""
    return Trace(model, text, h0, unknown)
