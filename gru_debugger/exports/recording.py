"""Every quantity of a stretch of steps, as .npz arrays, long CSV or JSON.

Written a chunk of steps at a time, since a recording holds only its states: the rest of a long
text's quantities can be larger than memory. The same steps give the same bytes.
"""

from __future__ import annotations

import io
import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core.cell import Array
from gru_debugger.core.model import Direction, Model
from gru_debugger.core.quantities import CELL_QUANTITIES, suffix
from gru_debugger.core.trace import Trace
from gru_debugger.output import folder_of, writing

Progress = Callable[[int], None]  # steps done

_CHUNK = 1 << 20  # values derived at once
_IN_MEMORY = 1 << 22  # bytes of one array; of more, the rest waits in a temporary file
_BYTES = {".npz": 4, ".csv": 38, ".json": 13}  # of one value, about
_DATE = (1980, 1, 1, 0, 0, 0)  # of every file in the archive: the same steps, the same bytes


def write(
    trace: Trace, first: int, last: int, path: Path, progress: Progress, force: bool = False
) -> None:
    """Write steps first..last, which must be recorded, as `path`'s ending says; all or nothing.

    `force`: in the place of a file that is there. Raises OutputError.
    """
    writers: dict[str, Callable[[Trace, int, int, IO[bytes], Progress], None]] = {
        ".npz": partial(_write_npz, folder_of(path)), ".csv": _write_csv, ".json": _write_json,
    }  # fmt: skip
    writer = writers[path.suffix.lower()]
    with writing(path, force) as file:
        writer(trace, first, last, file, progress)


def size(model: Model, steps: int, ending: str) -> int:
    """Bytes that `write` will write, about."""
    return steps * _values_of_a_step(model) * _BYTES[ending]


def _values_of_a_step(model: Model) -> int:
    hidden = model.hidden_size * (len(CELL_QUANTITIES) - 1)
    inputs = sum(cells[0].input_size for cells in model.layers)
    outputs = 0 if model.output is None else 2 * len(model.output.bias)
    return model.directions * (len(model.layers) * hidden + inputs) + outputs


def _chunks(trace: Trace, first: int, last: int) -> Iterator[tuple[int, int]]:
    rows = max(1, _CHUNK // _values_of_a_step(trace.model))
    for a in range(first, last + 1, rows):
        yield a, min(a + rows - 1, last)


@dataclass(frozen=True)
class _Place:
    """One layer in one direction, or the output layer, whose quantities have no suffix."""

    rows: Callable[[int, int], Mapping[str, Array]]
    layer: int | None = None
    direction: Direction | None = None

    def named(self, quantity: str) -> str:
        if self.layer is None:
            return quantity
        return quantity + suffix(self.layer, self.direction == "reverse")


def _places(trace: Trace) -> list[_Place]:
    model = trace.model
    cells = [
        _Place(partial(trace.rows, layer=layer, direction=direction), layer, direction)
        for layer, direction in model.places
    ]
    return cells if model.output is None else [*cells, _Place(trace.outputs)]


# numpy -------------------------------------------------------------------------------------


def _write_npz(
    folder: str | None, trace: Trace, first: int, last: int, out: IO[bytes], progress: Progress
) -> None:
    """`folder`: where arrays wait that are large."""
    places = _places(trace)
    with zipfile.ZipFile(out, "w") as archive:
        _store(archive, "steps", np.arange(first, last + 1, dtype=np.int64))
        _store(archive, "characters", np.array(list(trace.characters[first - 1 : last])))
        _store(archive, "h0", np.ascontiguousarray(trace.h0, "<f4"))
        if trace.edits:
            _store(archive, "edits", np.array([str(edit) for edit in trace.edits]))
        done = 0
        for place in places:
            with ExitStack() as files:
                columns: dict[str, _Column] = {}
                for a, b in _chunks(trace, first, last):
                    for quantity, rows in place.rows(a, b).items():
                        if quantity not in columns:
                            data = files.enter_context(
                                tempfile.SpooledTemporaryFile(_IN_MEMORY, dir=folder)
                            )
                            columns[quantity] = _Column(data, rows.shape[1])
                        columns[quantity].append(rows)
                    done += b - a + 1
                    progress(done // len(places))
                for quantity, column in columns.items():
                    column.store(archive, place.named(quantity))


class _Column:
    """One array, growing by rows, until its place in the archive is free.

    An archive takes one entry after another, and a chunk of steps yields a piece of each.
    """

    def __init__(self, data: IO[bytes], width: int) -> None:
        self.data, self.steps, self.width = data, 0, width

    def append(self, rows: Array) -> None:
        self.data.write(np.ascontiguousarray(rows, "<f4").tobytes())
        self.steps += len(rows)

    def store(self, archive: zipfile.ZipFile, name: str) -> None:
        self.data.seek(0)
        with _entry(archive, name, np.dtype("<f4"), (self.steps, self.width)) as entry:
            shutil.copyfileobj(self.data, entry, 1 << 20)


def _store(archive: zipfile.ZipFile, name: str, array: NDArray[Any]) -> None:
    with _entry(archive, name, array.dtype, array.shape) as entry:
        entry.write(array.tobytes())


@contextmanager
def _entry(
    archive: zipfile.ZipFile, name: str, dtype: np.dtype[Any], shape: tuple[int, ...]
) -> Iterator[IO[bytes]]:
    """An array's file in the archive, its header written."""
    header = {
        "descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": shape,
    }  # fmt: skip
    with archive.open(zipfile.ZipInfo(f"{name}.npy", _DATE), "w", force_zip64=True) as entry:
        np.lib.format.write_array_header_1_0(entry, header)
        yield entry


# Text --------------------------------------------------------------------------------------


@contextmanager
def _text(file: IO[bytes], encoding: str) -> Iterator[IO[str]]:
    out = io.TextIOWrapper(file, encoding, "backslashreplace", newline="")
    yield out
    out.detach()  # all of it written, and the file left open


def _numbers(values: Array) -> list[str]:
    """Each as the shortest decimal that gives the same float32 again."""
    return [str(value) for value in values]


def _steps(
    trace: Trace, first: int, last: int, progress: Progress
) -> Iterator[tuple[int, list[tuple[_Place, str, Array]]]]:
    """Each step with all its quantities, in the order of the places."""
    places = _places(trace)
    for a, b in _chunks(trace, first, last):
        chunk = [(place, q, rows) for place in places for q, rows in place.rows(a, b).items()]
        for t in range(a, b + 1):
            yield t, [(place, quantity, rows[t - a]) for place, quantity, rows in chunk]
            progress(t - first + 1)


def _write_csv(trace: Trace, first: int, last: int, file: IO[bytes], progress: Progress) -> None:
    with _text(file, "utf-8") as out:
        out.write("step,character,layer,direction,quantity,unit,value\n")
        for t, quantities in _steps(trace, first, last, progress):
            character = _quoted(trace.characters[t - 1])
            for place, quantity, values in quantities:
                layer = "" if place.layer is None else place.layer
                front = f"{t},{character},{layer},{place.direction or ''},{quantity},"
                out.writelines(f"{front}{u},{v}\n" for u, v in enumerate(_numbers(values)))


def _quoted(character: str) -> str:
    special = any(c in ',"\r\n' for c in character)
    return '"' + character.replace('"', '""') + '"' if special else character


def _write_json(trace: Trace, first: int, last: int, file: IO[bytes], progress: Progress) -> None:
    """Escaped to ASCII: any reader takes it, and half a surrogate pair does no harm."""
    with _text(file, "ascii") as out:
        states = ", ".join(f"[{', '.join(_json_numbers(row))}]" for row in trace.h0)
        out.write(f'{{"model": {json.dumps(trace.model.info())},\n"initial_state": '
                  f'{{"origin": {json.dumps(trace.initial.origin)}, "values": [{states}]}},\n'
                  f'"edits": {json.dumps([str(edit) for edit in trace.edits])},\n'
                  '"steps": [')  # fmt: skip
        for t, quantities in _steps(trace, first, last, progress):
            values = ", ".join(
                f'"{place.named(quantity)}": [{", ".join(_json_numbers(array))}]'
                for place, quantity, array in quantities
            )
            character = json.dumps(trace.characters[t - 1])
            comma = "" if t == first else ","
            out.write(f'{comma}\n{{"step": {t}, "character": {character}, '
                      f'"quantities": {{{values}}}}}')  # fmt: skip
        out.write("\n]}\n")


def _json_numbers(values: Array) -> list[str]:
    """JSON has no word for infinity: weights near float32's limits can reach it."""
    if np.isfinite(values).all():
        return _numbers(values)
    return [str(v) if np.isfinite(v) else "null" for v in values]
