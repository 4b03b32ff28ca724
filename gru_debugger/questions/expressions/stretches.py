"""The values of names over a stretch of steps, looked up once for all that ask for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core import columns
from gru_debugger.core.cell import Array
from gru_debugger.core.edits import Place
from gru_debugger.core.model import Direction

if TYPE_CHECKING:
    from gru_debugger.core.trace import Trace

Texts = NDArray[np.object_]  # a character a step, None for nothing


def stretches(trace: Trace) -> Iterator[Stretch]:
    """All steps of a recording, a bounded number at a time."""
    rows = columns.stretch_rows(trace)
    for a in range(0, trace.steps, rows):
        yield Stretch(trace, a, min(a + rows, trace.steps))


class Stretch:
    """Rows a..b-1 (from 0) of a recording, and what was looked up of them."""

    def __init__(self, trace: Trace, a: int, b: int) -> None:
        self.trace = trace
        self.a, self.b = a, b
        self._found: dict[tuple[Any, ...], Any] = {}
        self._reference: Beside | None = None

    def __len__(self) -> int:
        return self.b - self.a

    @property
    def reference(self) -> Beside:
        """The rows of the run that this one is compared with."""
        if self._reference is None:
            self._reference = Beside(self.trace, self.a, self.b)
        return self._reference

    def quantity(self, name: str, place: Place, units: slice, back: int) -> Array:
        """(rows, units) float32, `back` steps before; not a number where no such step is."""
        key = (name, place, units.start, units.stop, back)
        if key not in self._found:
            self._found[key] = self._quantity(name, place, units, back)
        found: Array = self._found[key]
        return found

    def _quantity(self, name: str, place: Place, units: slice, back: int) -> Any:
        if name == "h" and back:  # the state before the first step is there: h(0)
            name, back = "h_prev", back - 1
        return self._shifted(
            lambda a, b: columns.derive(self.trace, name, place, a, b, units), place[1], back
        )

    def _shifted(self, derive: Any, direction: Direction, back: int) -> Any:
        if not back:
            return derive(self.a, self.b)
        a, b, first, end = self._rows(direction, back)
        sample = derive(0, 1)
        shifted = np.full((len(self), *sample.shape[1:]), np.nan, sample.dtype)
        if a < b:
            shifted[first:end] = derive(a, b)
        return shifted

    def _rows(self, direction: Direction, back: int) -> tuple[int, int, int, int]:
        """The rows a step is `back` after, and where in the stretch they belong."""
        by = -back if direction == "forward" else back
        a, b = max(self.a + by, 0), min(self.b + by, self.trace.steps)
        return a, b, a - self.a - by, b - self.a - by

    # What is one value a step, of no layer: the order is that of the model's first direction ----

    def number(self, name: str, back: int) -> NDArray[np.float64]:
        """``step``, ``surprise`` or ``rank`` (rows,); not a number where there is none."""
        key = (name, back)
        if key not in self._found:
            derive = getattr(self, f"_{name}")
            self._found[key] = self._shifted(derive, self.trace.model.ways[0], back)
        found: NDArray[np.float64] = self._found[key]
        return found

    def characters(self, name: str, back: int) -> Texts:
        """``character``, ``next_character`` or ``predicted`` (rows,); None where there is none."""
        key = (name, back)
        if key not in self._found:
            a, b, first, end = self._rows(self.trace.model.ways[0], back)
            found = np.full(len(self), None, object)
            if a < b:
                found[first:end] = getattr(self, f"_{name}")(a, b)
            self._found[key] = found
        texts: Texts = self._found[key]
        return texts

    def _step(self, a: int, b: int) -> NDArray[np.float64]:
        return np.arange(a + 1, b + 1, dtype=np.float64)

    def _character(self, a: int, b: int) -> list[str]:
        return list(self.trace.characters[a:b])

    def _next_character(self, a: int, b: int) -> list[str | None]:
        following: list[str | None] = list(self.trace.characters[a + 1 : b + 1])
        return following + [None] * (b - a - len(following))

    def _predicted(self, a: int, b: int) -> list[str]:
        vocabulary = self.trace.model.require_vocabulary()
        return [vocabulary[i] for i in self.trace.outputs(a + 1, b)["probabilities"].argmax(axis=1)]

    def _surprise(self, a: int, b: int) -> NDArray[np.float64]:
        """From the scores, in float64: a probability may be too small for a number of its own."""
        following = self._following(a, b)
        scores = self.trace.outputs(a + 1, b)["logits"].astype(np.float64)[: len(following)]
        largest = scores.max(axis=1)
        whole = np.log(np.exp(scores - largest[:, None]).sum(axis=1)) + largest
        nats = whole - scores[np.arange(len(scores)), following]
        return self._to_end(nats / np.log(2), b - a)

    def _rank(self, a: int, b: int) -> NDArray[np.float64]:
        following = self._following(a, b)
        p = self.trace.outputs(a + 1, b)["probabilities"][: len(following)]
        right = p[np.arange(len(p)), following]
        return self._to_end((p > right[:, None]).sum(axis=1) + 1.0, b - a)

    def _following(self, a: int, b: int) -> NDArray[np.int64]:
        indices = self.trace.reading.indices
        assert indices is not None
        return indices[a + 1 : b + 1]

    def _to_end(self, values: NDArray[np.float64], rows: int) -> NDArray[np.float64]:
        """At the last step nothing follows."""
        return np.concatenate([values, np.full(rows - len(values), np.nan)])

    def ends_with(self, words: str, back: int) -> NDArray[np.bool_]:
        """Whether the text up to and including each character ends so (rows,)."""
        direction = self.trace.model.ways[0]
        a, b, first, end = self._rows(direction, back)
        found = np.zeros(len(self), bool)
        if a < b:
            found[first:end] = self._ends_with(words, a, b)
        return found

    def _ends_with(self, words: str, a: int, b: int) -> list[bool]:
        """Looked up in as many characters before row a as `words` can reach back to."""
        symbols = self.trace.characters
        start = max(0, a - len(words))
        text = "".join(symbols[start:a])
        found = []
        for symbol in symbols[a:b]:
            text = (text + symbol)[-len(words) - len(symbol) :]
            found.append(text.endswith(words))
        return found


class Beside:
    """What stands beside rows a..b-1 of a run in its reference: rows that follow one another, once
    each, and which of them is beside which."""

    def __init__(self, trace: Trace, a: int, b: int) -> None:
        run, held = trace.reference, trace.held
        assert run is not None
        self._which: NDArray[np.intp] | None = None
        if held is None or held.alike:
            self._stretches = [Stretch(run, a, b)]
            return
        numbers = held.rows(a, b)
        rows, which = np.unique(np.maximum(numbers, 1) - 1, return_inverse=True)
        self._which, self._none = which, numbers < 1
        pieces = np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1)
        self._stretches = [Stretch(run, int(p[0]), int(p[-1]) + 1) for p in pieces]

    def values(self, of: Callable[[Stretch], Any]) -> Any:
        """(rows,) or (rows, n), or one for all; what a comparison holds for nowhere beside none."""
        found = [of(stretch) for stretch in self._stretches]
        if self._which is None or not np.ndim(found[0]):
            return found[0]
        values = np.concatenate(found)[self._which]
        if self._none.any():
            nothing: dict[str, Any] = {"b": False, "O": None}
            values[self._none] = nothing.get(values.dtype.kind, np.nan)
        return values
