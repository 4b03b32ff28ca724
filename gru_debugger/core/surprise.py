"""How much a text surprises a model that predicts it: a shuffled vocabulary shows so."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gru_debugger.core.trace import Trace

# At most this many numbers of scores at a time, and steps in all.
_AT_ONCE = 1 << 20
MEASURED = 2000


@dataclass(frozen=True)
class Surprise:
    """`bits` a character, the mean −log₂ p of what really follows, over `steps` of them.

    Guessing evenly among all symbols costs `even` = log₂(symbols) bits.
    """

    bits: float
    even: float
    steps: int

    @property
    def worse_than_guessing(self) -> bool:
        """A trained model that reads its own vocabulary is not."""
        return self.bits > self.even


def mean_surprise(trace: Trace, limit: int | None = None) -> Surprise | None:
    """Over the recorded steps, the first `limit` of them.

    None where nothing is predicted: no output layer, rows instead of a text, an output of another
    size than the vocabulary, or fewer than two steps.
    """
    model, indices = trace.model, trace.reading.indices
    symbols = 0 if model.output is None else len(model.output.weight)
    last = min(trace.recorded, trace.steps - 1, limit or trace.steps)
    if indices is None or symbols != model.symbols or last < 1:
        return None
    smallest = np.finfo(np.float32).tiny  # a probability that underflowed is not impossible
    bits, rows = 0.0, max(1, _AT_ONCE // symbols)
    for a in range(1, last + 1, rows):
        b = min(a + rows - 1, last)
        p = trace.outputs(a, b)["probabilities"]
        right = p[np.arange(len(p)), indices[a : b + 1]]
        bits -= float(np.log2(np.maximum(right, smallest)).sum(dtype=np.float64))
    return Surprise(bits / last, float(np.log2(symbols)), last)
