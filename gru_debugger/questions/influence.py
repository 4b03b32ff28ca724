"""How strongly every earlier state and character moves one number: its gradients, exactly.

Total gradients of a value of step T with respect to every x and h, as reverse-mode automatic
differentiation gives them, and beside them three paths that teach where they come from: the direct
one (products of z), with r and z held, and the plain RNN at the same states.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core import storage
from gru_debugger.core.cell import Array
from gru_debugger.core.columns import OUTPUTS
from gru_debugger.core.edits import Place
from gru_debugger.core.gradients import StepsBack, Vector, in_float64
from gru_debugger.core.quantities import suffix
from gru_debugger.core.trace import Trace
from gru_debugger.questions.influenced import Value, named

PATHS = ("direct", "constant_gates", "plain_rnn")

_PRODUCTS = 1 << 21  # multiplications of rows that are linearised at once, about
_ROWS = 256


@dataclass(frozen=True)
class _Seed:
    """The gradients that all begins with: those of a place's quantities at step T."""

    place: Place
    of: dict[str, Vector]


class Influence:
    """The gradients of one value of step `t`, found a step back at a time by `advance`.

    `arrays`, float32: ``h_l0``, ``h_l0_reverse``, ``h_l1``… (rows + 1, hidden), row k for
    h(first + k), in reverse for the h of row first + k + 1; ``x`` (rows, input) and
    ``attribution`` (rows,), row k for step first + k + 1; and of the value's own layer
    ``direct_h_l0``, ``constant_gates_h_l0``, ``plain_rnn_h_l0``, and so on. Rows are those of steps
    first + 1..t, of a model that reads in reverse first + 1..steps.

    `norms`: the Euclidean length of each row of a state's arrays, float64. `first`: no further
    back than h(first), of a model that reads forward alone.
    """

    def __init__(self, trace: Trace, value: Value, t: int, first: int = 0) -> None:
        self.trace, self.value, self.step = trace, value, t
        model = trace.model
        forward = model.ways == ("forward",)
        self.first = first if forward else 0
        self.last = t if forward else trace.steps
        rows, hidden = self.last - self.first, model.hidden_size
        self.own = value.places(model)
        names = [_called(place) for place in model.places]
        names += [f"{path}_{_called(place)}" for place in self.own for path in PATHS]
        kept = storage.zeros([rows + 1] * len(names), hidden)
        self.arrays: dict[str, Array] = dict(zip(names, kept, strict=True))
        self.norms = {name: np.zeros(rows + 1) for name in names}
        self.arrays["x"] = storage.zeros([rows], model.input_size)[0]
        self.arrays["attribution"] = np.zeros(rows, np.float32)
        self._seed = _Seed(value.place, {})
        self._from_above: dict[Place, NDArray[np.float64]] = {}
        self._begin()
        self._work = self._all_places()
        self.complete = False

    def __repr__(self) -> str:
        return f"<Influence on {self.value} of step {self.step}>"

    def __getitem__(self, name: str) -> Array:
        return self.arrays[name]

    def advance(self) -> bool:
        """One step further back, in one layer; False once all is known."""
        self.complete = self.complete or next(self._work, None) is None
        return not self.complete

    def finish(self) -> Influence:
        while self.advance():
            pass
        return self

    @property
    def work(self) -> int:
        """How often there may be something to `advance`, about."""
        return (self.last - self.first) * len(self.trace.model.places)

    def row(self, t: int, place: Place) -> int:
        """Where h of step t stands in the arrays of a place."""
        return t - self.first - (place[1] == "reverse")

    def begins(self, place: Place) -> int:
        """The step of the first state, from T backwards, that moves the value at all there."""
        norms = self.norms[_called(place)]
        return self.step if norms[self.row(self.step, place)] else self._before(self.step, place)

    # Where it begins ------------------------------------------------------------------------

    def _begin(self) -> None:
        value, model, t = self.value, self.trace.model, self.step
        if value.quantity in OUTPUTS:
            gradient = value.of_top(self.trace, t)
            for i, place in enumerate(self.own):
                size = model.hidden_size
                self._above(place)[self.row(t, place)] = gradient[i * size :][:size]
        elif value.quantity == "x":
            self._to_x(value.place[0], t - 1, _unit(value))
        elif value.quantity == "h":
            self._above(value.place)[self.row(t, value.place)] = _unit(value)
        else:
            self._seed.of[value.quantity] = _unit(value)

    def _above(self, place: Place) -> NDArray[np.float64]:
        """What reaches a place's states from the layer above, or from the value itself."""
        if place not in self._from_above:
            shape = (self.last - self.first + 1, self.trace.model.hidden_size)
            self._from_above[place] = np.zeros(shape)
        return self._from_above[place]

    def _to_x(self, layer: int, a: int, gradients: NDArray[np.float64]) -> None:
        """Adds gradients of x of rows from a on, (rows, input), of a layer."""
        rows = np.atleast_2d(gradients)
        if not layer:
            k = a - self.first
            self.arrays["x"][k : k + len(rows)] += rows
            return
        size = self.trace.model.hidden_size
        for i, way in enumerate(self.trace.model.ways):
            place = (layer - 1, way)
            k = self.row(a + 1, place)
            self._above(place)[k : k + len(rows)] += rows[:, i * size :][:, :size]

    # Step by step back ----------------------------------------------------------------------

    def _all_places(self) -> Iterator[bool]:
        for place in sorted(self.trace.model.places, key=lambda place: -place[0]):
            yield from self._through(place)
            self._from_above.pop(place, None)
        x = self.arrays["x"]
        for a in range(0, len(x), _ROWS):
            given = self.trace.inputs(0, self.first + a, min(self.first + a + _ROWS, self.last))
            self.arrays["attribution"][a : a + len(given)] = np.einsum(
                "ti,ti->t", given.astype(float), x[a : a + len(given)]
            )
            yield True

    def _before(self, t: int, place: Place) -> int:
        """The step that the direction read before t."""
        return t - 1 if place[1] == "forward" else t + 1

    def _steps_of(self, place: Place) -> range:
        """The steps that can matter, in the order in which gradients pass them."""
        above = self._from_above.get(place)
        there = [] if above is None else [
            int(k) + self.first + (place[1] == "reverse") for k in np.flatnonzero(above.any(axis=1))
        ]  # fmt: skip
        if self._seed.of and place == self._seed.place:
            there.append(self.step)
        if not there:
            return range(0)
        if place[1] == "forward":
            return range(max(there), self.first, -1)
        return range(min(there), self.last + 1)

    def _through(self, place: Place) -> Iterator[bool]:
        """Fill a place's arrays, and hand what reaches its x to the layer below."""
        steps = self._steps_of(place)
        if not steps:
            return
        cell = in_float64(self.trace.model.cell(*place))
        at_once = max(1, min(_ROWS, _PRODUCTS // (3 * cell.hidden_size**2)))
        carried, lines = np.zeros(cell.hidden_size), None
        for start in range(0, len(steps), at_once):
            piece = steps[start : start + at_once]
            a, b = min(piece[0], piece[-1]) - 1, max(piece[0], piece[-1])
            back = StepsBack(self.trace, place, cell, a, b)
            sums = np.empty((b - a, 3 * len(carried)))
            yield True
            for t in piece:
                gradient, lines = self._arrived(place, t, carried, lines)
                seeds = self._seed.of if t == self.step and place == self._seed.place else {}
                sums[t - 1 - a], carried = back.step(t - 1 - a, {"h": gradient} | seeds)
                if lines is not None:
                    lines = back.with_gates_held(t - 1 - a, lines)
                yield True
            self._to_x(place[0], a, sums @ cell.weight_ih)
        self._arrived(place, self._before(steps[-1], place), carried, lines)

    def _arrived(
        self, place: Place, t: int, carried: Vector, lines: NDArray[np.float64] | None
    ) -> tuple[Vector, NDArray[np.float64] | None]:
        """Keep the gradient of h(t), with what comes from above, and the three paths' there."""
        k, name = self.row(t, place), _called(place)
        gradient = carried + self._from_above[place][k] if place in self._from_above else carried
        self._keep(name, k, gradient)
        if place in self.own:
            begun = t == self._before(self.step, place) or (t == self.step and gradient.any())
            if lines is None and begun:
                lines = np.stack([gradient] * len(PATHS))
            for path, line in zip(PATHS, lines if lines is not None else (), strict=False):
                self._keep(f"{path}_{name}", k, line)
        return gradient, lines

    def _keep(self, name: str, k: int, gradient: Vector) -> None:
        self.arrays[name][k] = gradient
        self.norms[name][k] = np.sqrt(gradient @ gradient)


def _called(place: Place) -> str:
    return "h" + suffix(place[0], place[1] == "reverse")


def _unit(value: Value) -> Vector:
    gradient = np.zeros(value.width)
    gradient[value.unit] = 1
    return gradient


def influence(trace: Trace, t: int, of: str | None = None) -> Influence:
    """The gradients of one value of step t, by the names of the arrays. Raises InputError.

    `of`: a quantity and a unit, ``h[9]``, ``n_l1[3]``, ``logits[4]``, or ``probability("e")``;
    None: the likeliest next character's logit.
    """
    trace.finish()
    return Influence(trace, named(trace, of, t), t).finish()
