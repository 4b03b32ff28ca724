"""How much a text surprises a model that predicts it: a shuffled vocabulary shows so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gru_debugger import phrases
from gru_debugger.core.cell import Array
from gru_debugger.core.trace import Trace
from gru_debugger.numerals import fixed
from gru_debugger.questions.predictions import none_because

MEASURED = 2000  # steps of a long text
_TELLING = 100.0  # bits in all, over guessing, that no accident of a few characters costs
_EQUAL = 1e-4  # bits a character; a smaller difference from guessing is none
# At most this many scores at a time, and products of a weight with a state.
_SCORES, _PRODUCTS = 1 << 18, 1 << 24


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
        return self.bits - self.even > _EQUAL

    @property
    def figures(self) -> str:
        """“2.31 of 6.02”."""
        bits, even = self.numbers
        return phrases.told("{bits} of {even}", bits=bits, even=even)

    @property
    def numbers(self) -> tuple[str, str]:
        """Both, with more decimals where two would hide which is the larger."""
        enough = (d for d in (2, 3) if fixed(self.bits, d) != fixed(self.even, d))
        decimals = next(enough, 4) if self.worse_than_guessing else 2
        return fixed(self.bits, decimals), fixed(self.even, decimals)

    @property
    def verdict(self) -> str:
        """What is said after the figures; nothing where the model does better."""
        return phrases.told(", worse than guessing") if self.worse_than_guessing else ""

    @property
    def telling(self) -> bool:
        """So much worse than guessing that it is no accident of a few characters."""
        return (self.bits - self.even) * self.steps > _TELLING

    def doubt(self, name: str) -> str:
        """The question to ask about a model called `name` where this is telling."""
        return (
            f"“{name}” finds this text less likely than chance ({fixed(self.bits, 2)} bits per "
            f"character, guessing costs {fixed(self.even, 2)}): is the vocabulary in the right "
            "order?"
        )


class Measurement:
    """The mean surprise of the first `limit` steps of a recording, a few milliseconds at a time.

    Nothing is there to be measured without an output layer, of rows instead of a text, of a text
    read from its end, of an output of another size than the vocabulary, or of fewer than two steps.
    """

    def __init__(self, trace: Trace, limit: int = MEASURED) -> None:
        self.trace = trace
        symbols = _symbols(trace)
        self.last = min(trace.steps - 1, limit) if symbols else 0
        self._rows = rows_at_once(trace)
        self._even = float(np.log2(max(1, symbols)))
        self._bits, self._measured = 0.0, 0

    @property
    def done(self) -> bool:
        return self._measured >= self.last

    @property
    def surprise(self) -> Surprise | None:
        """Of what has been measured so far; None of nothing."""
        steps = self._measured
        return Surprise(self._bits / steps, self._even, steps) if steps else None

    def advance(self) -> bool:
        """Measure some more of what is recorded; False where there is nothing to measure now."""
        trace, indices = self.trace, self.trace.reading.indices
        a = self._measured + 1
        b = min(self._measured + self._rows, self.last, trace.recorded)
        if indices is None or b < a:
            return False
        self._bits += bits(trace.outputs(a, b)["probabilities"], indices[a : b + 1])
        self._measured = b
        return True


def rows_at_once(trace: Trace) -> int:
    """How many steps' outputs take a few milliseconds."""
    model, scores = trace.model, max(1, trace.model.symbols)
    products = scores * model.hidden_size * model.directions
    return max(1, min(_SCORES // scores, _PRODUCTS // products))


def bits(probabilities: Array, right: NDArray[np.integer[Any]]) -> float:
    """What the symbols that follow, (rows,), cost by these (rows, symbols), all together."""
    return float(each(probabilities, right).sum(dtype=np.float64))


def each(probabilities: Array, right: NDArray[np.integer[Any]]) -> NDArray[np.float32]:
    """And what each of them does (rows,)."""
    p = probabilities[np.arange(len(probabilities)), right]
    smallest = np.finfo(np.float32).tiny  # a probability that underflowed is not impossible
    return np.asarray(-np.log2(np.maximum(p, smallest)))


def _symbols(trace: Trace) -> int:
    """How many symbols are predicted, of those that are read; 0 for none."""
    return 0 if none_because(trace) else trace.model.symbols


def mean_surprise(trace: Trace, limit: int | None = None) -> Surprise | None:
    """Over the recorded steps, the first `limit` of them; None as for a `Measurement`."""
    measurement = Measurement(trace, limit or trace.steps)
    while measurement.advance():
        pass
    return measurement.surprise
