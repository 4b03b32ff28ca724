"""How far the axes of a run's charts reach: fixed once its first steps are recorded.

Gates 0..1 and states −1..1 are the same for all models; input parts, hidden parts, and sums with
products have a level each, the usual value's, not the largest, so that it is seen. Full axes, for
who asks for them, reach as far as any value of the whole recording.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from gru_debugger.core.cell import Array, Range, gru_step
from gru_debugger.core.edits import Place
from gru_debugger.core.model import Model
from gru_debugger.core.quantities import LEVELLED, range_of

if TYPE_CHECKING:
    from gru_debugger.core.recording import Recording

MEASURED = 2000  # steps, the first that a direction reads
USUAL = 0.98  # of the values are within a level

_PRODUCTS = 1 << 23  # multiplications of a stretch that is measured for full axes: milliseconds
_LONGEST, _SHORTEST = 2048, 8  # its rows

NICE = (1, 1.5, 2, 3, 4, 5, 6, 8)


class Axes:
    """Measures the first steps of each layer and direction of a recording.

    `measure` does so as far as they are recorded, `of` tells what was found: a window that leaves
    measuring to another thread never waits for it. The recording, always the same one, is handed
    over and not held: it holds these.
    """

    def __init__(self, model: Model, h0: Array, steps: int) -> None:
        self._wanted = min(MEASURED, steps)
        places = model.places
        self._locks = {place: Lock() for place in places}
        self._state = max(1.0, float(np.abs(h0).max()))
        self._measured: dict[Place, int] = dict.fromkeys(places, 0)
        self._values: dict[Place, dict[Range, list[Array]]] = {
            place: defaultdict(list) for place in places
        }
        self._levels: dict[Place, dict[Range, float]] = {place: {} for place in places}
        self._full: dict[Place, dict[Range, float]] = {place: {} for place in places}
        self._seen: dict[Place, int] = dict.fromkeys(places, 0)

    def settled(self, recording: Recording) -> bool:
        """Whether all is recorded that the levels are measured of."""
        return all(recording.read_so_far(place) >= self._wanted for place in self._measured)

    def measure(self, recording: Recording, place: Place) -> None:
        """As far as is recorded; of some threads that ask, all but one wait."""
        with self._locks[place]:
            self._measure(recording, place)

    def _measure(self, recording: Recording, place: Place) -> None:
        """In the order of reading: the levels once something is there, and once all is."""
        done = self._measured[place]
        there = min(recording.read_so_far(place), self._wanted)
        if there <= done:
            return
        for kind, rows in _levelled(recording, place, done, there):
            self._values[place][kind].append(np.abs(rows).ravel())
        self._measured[place] = there
        settled = there == self._wanted
        if settled or not done:
            self._levels[place] = {
                kind: _level(kind, np.concatenate(values))
                for kind, values in self._values[place].items()
            }
        if settled:
            self._values[place].clear()

    # Full axes -----------------------------------------------------------------------------

    def look_further(self, recording: Recording, place: Place) -> bool:
        """For full axes, a stretch more of what is recorded; False where all of that is seen."""
        done, there = self._seen[place], recording.read_so_far(place)
        if done >= there:
            return False
        end = min(there, done + _stretch_rows(recording.model, place))
        largest = self._full[place]
        for kind, rows in _levelled(recording, place, done, end):
            reach = max(float(rows.max()), -float(rows.min()))
            largest[kind] = max(largest.get(kind, 0.0), reach)
        self._seen[place] = end
        return True

    def seen(self, place: Place) -> int:
        """How many steps full axes have been looked for in."""
        return self._seen[place]

    def of(
        self, recording: Recording, place: Place, full: bool = False
    ) -> dict[Range, tuple[float, float]]:
        """Lowest and highest value of each kind of axis, as measured; of nothing yet, measured now.

        `full`: of all that `look_further` saw.
        """
        if not self._levels[place]:
            self.measure(recording, place)
        levels = self._levels[place]
        if full:
            reach = {kind: round_up(value) for kind, value in self._full[place].items()}
            levels = {kind: max(levels.get(kind, 0.0), reach.get(kind, 0.0)) for kind in levels}
        gate = max(1.0, levels.get("gate", 1.0))
        state = max(self._state, levels.get("state", 1.0))
        lowest = recording.model.cell(*place).activations.gate.range[0]
        return {
            "gate": (-gate if lowest < 0 else 0.0, gate),
            "state": (-state, state),
            **{kind: (-levels.get(kind, 1.0), levels.get(kind, 1.0)) for kind in LEVELLED},
        }


def _levelled(
    recording: Recording, place: Place, first: int, end: int
) -> Iterator[tuple[Range, Array]]:
    """The values that no activation bounds, by the kind of their axis: (rows, units) each.

    Of the steps that are read as first + 1 to end, in the order of reading.
    """
    model, steps = recording.model, recording.steps
    a, b = (first, end) if place[1] == "forward" else (steps - end, steps - first)
    parts, h_prev = recording.input_parts(*place, a, b), recording.previous_states(*place, a, b)
    bounded = _bounded(model, place)
    with np.errstate(over="ignore", invalid="ignore"):  # of the last states that are numbers
        values = gru_step(model.cell(*place), parts, h_prev, model.reset)
    for name, rows in values.items():
        kind = range_of(name, model.reset)
        if kind not in bounded:
            yield kind, rows


def _bounded(model: Model, place: Place) -> list[Range]:
    """What the activations keep in its range."""
    stay = model.cell(*place).activations
    kinds: dict[Range, bool] = {"gate": stay.gates_stay, "state": stay.states_stay}
    return [kind for kind, bounded in kinds.items() if bounded]


def _stretch_rows(model: Model, place: Place) -> int:
    cell = model.cell(*place)
    products = 3 * cell.hidden_size * (cell.hidden_size + cell.input_size)
    return min(_LONGEST, max(_SHORTEST, _PRODUCTS // products))


def _level(kind: Range, values: Array) -> float:
    """Of gates and states that leave their range by an unusual activation: the largest."""
    return round_up(usual(values) if kind in LEVELLED else float(values.max()))


def usual(values: Array) -> float:
    """Their quantile. numpy's own would do, but imports masked arrays: 12 ms of a start."""
    place = USUAL * (len(values) - 1)
    low = int(place)
    near = np.partition(values, (low, min(low + 1, len(values) - 1)))[low : low + 2]
    return float(near[0] + (near[-1] - near[0]) * (place - low))


def round_up(value: float, nice: tuple[float, ...] = NICE) -> float:
    """The next of some numbers times a power of ten; 1 for zero and for what is no number."""
    if not value or not math.isfinite(value):
        return 1.0
    power = math.floor(math.log10(value))
    for factor in (*nice, 10):
        found = float(f"{factor}e{power}")
        if value <= found:
            return found
    return float(f"1e{power + 2}")  # rounding of log10 just below a power of ten
