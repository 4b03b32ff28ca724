"""Every quantity of a stretch of steps, for `recordings`, which write it as files.

Written a chunk of steps at a time, since a recording holds only its states: the rest of a long
text's quantities can be larger than memory. The same steps give the same bytes.
"""

from __future__ import annotations

import importlib
import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Protocol, cast

import numpy as np

from gru_debugger.core.cell import Array
from gru_debugger.core.model import Direction, Model
from gru_debugger.core.quantities import CELL_QUANTITIES, suffix
from gru_debugger.core.trace import Trace
from gru_debugger.exports import recordings
from gru_debugger.output import folder_of, writing

Progress = Callable[[int], None]  # steps done

_CHUNK = 1 << 20  # values derived at once


class Format(Protocol):
    BYTES: int

    def write(self, stretch: Stretch, out: IO[bytes]) -> None: ...


def _format(ending: str) -> Format:
    return cast(Format, importlib.import_module(f"{recordings.__name__}{ending}"))


def write(
    trace: Trace, first: int, last: int, path: Path, progress: Progress, force: bool = False
) -> None:
    """Write steps first..last, which must be recorded, as `path`'s ending says; all or nothing.

    `force`: in the place of a file that is there. Raises OutputError.
    """
    stretch = Stretch(trace, first, last, progress, folder_of(path))
    with writing(path, force) as file:
        _format(path.suffix.lower()).write(stretch, file)


def size(model: Model, steps: int, ending: str) -> int:
    """Bytes that `write` will write, about."""
    return steps * values_of_a_step(model) * _format(ending).BYTES


def values_of_a_step(model: Model) -> int:
    hidden = model.hidden_size * (len(CELL_QUANTITIES) - 1)
    inputs = sum(cells[0].input_size for cells in model.layers)
    outputs = 0 if model.output is None else 2 * len(model.output.bias)
    return model.directions * (len(model.layers) * hidden + inputs) + outputs


@dataclass(frozen=True)
class Place:
    """One layer in one direction, or the output layer, whose quantities have no suffix."""

    rows: Callable[[int, int], Mapping[str, Array]]
    layer: int | None = None
    direction: Direction | None = None

    def named(self, quantity: str) -> str:
        if self.layer is None:
            return quantity
        return quantity + suffix(self.layer, self.direction == "reverse")


@dataclass(frozen=True)
class Stretch:
    """Steps `first` to `last`, to be written; `folder`: where there is room for large files."""

    trace: Trace
    first: int
    last: int
    progress: Progress
    folder: str | None = None

    @property
    def places(self) -> list[Place]:
        trace, model = self.trace, self.trace.model
        cells = [
            Place(partial(trace.rows, layer=layer, direction=direction), layer, direction)
            for layer, direction in model.places
        ]
        return cells if model.output is None else [*cells, Place(trace.outputs)]

    def chunks(self) -> Iterator[tuple[int, int]]:
        """First and last steps of pieces that may be held at once."""
        rows = max(1, _CHUNK // values_of_a_step(self.trace.model))
        for a in range(self.first, self.last + 1, rows):
            yield a, min(a + rows - 1, self.last)

    def steps(self) -> Iterator[tuple[int, list[tuple[Place, str, Array]]]]:
        """Each step with all its quantities, in the order of the places."""
        places = self.places
        for a, b in self.chunks():
            chunk = [(place, q, rows) for place in places for q, rows in place.rows(a, b).items()]
            for t in range(a, b + 1):
                yield t, [(place, quantity, rows[t - a]) for place, quantity, rows in chunk]
                self.progress(t - self.first + 1)


# Text --------------------------------------------------------------------------------------


@contextmanager
def as_text(file: IO[bytes], encoding: str) -> Iterator[IO[str]]:
    out = io.TextIOWrapper(file, encoding, "backslashreplace", newline="")
    yield out
    out.detach()  # all of it written, and the file left open


def numbers(values: Array) -> list[str]:
    """Each as the shortest decimal that gives the same float32 again."""
    return [str(value) for value in values]


def json_numbers(values: Array) -> list[str]:
    """The same for JSON, which has no word for infinity: weights near float32's limits can reach
    it."""
    if np.isfinite(values).all():
        return numbers(values)
    return [str(v) if np.isfinite(v) else "null" for v in values]
