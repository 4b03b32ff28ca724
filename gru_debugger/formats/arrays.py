"""Numbers that are not weights: rows to step over, and initial states; .npy, .npz and .csv.

Read as bytes of a stranger: sizes are checked before anything is allocated, and objects refused.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core.initial import InitialState
from gru_debugger.core.model import DIRECTIONS, Model
from gru_debugger.core.quantities import suffix
from gru_debugger.core.reading import Rows
from gru_debugger.errors import InputError, ModelError
from gru_debugger.files import read_bytes
from gru_debugger.formats import npz

LARGEST = 1 << 30
_LARGEST_CSV = 64 << 20
_LONGEST_LABEL = 24

Arrays = dict[str, NDArray[Any]]


def read_rows(name: str | Path) -> Rows:
    """A 2-D array of numbers, a row a step; ``FILE.npz:NAME`` chooses among several.

    In a .csv a first line of words names the columns, and a first column of words the rows.
    Raises InputError.
    """
    path, chosen = _split(str(name))
    if path.suffix.lower() == ".csv":
        return _from_csv(path)
    found = {k: a for k, a in _arrays(path).items() if a.ndim == 2 and a.dtype.kind in "fiub"}
    if chosen is not None and chosen not in found:
        raise InputError(f"{path}: no 2-D array of numbers is called “{chosen}”; {_there(found)}.")
    if chosen is None and len(found) != 1:
        how = f"; choose one, {path.name}:NAME" if found else ""
        raise InputError(
            f"{path}: one 2-D array of numbers is expected, a row a step; {_there(found)}{how}."
        )
    key = chosen if chosen is not None else next(iter(found))
    return Rows(found[key], name=path.name if not chosen else f"{path.name}:{chosen}")


def read_initial_state(name: str | Path, model: Model) -> InitialState:
    """h(0) (layers · directions, hidden): an array of that size, or a recording's last states.

    A recording is the .npz that `gru-debugger trace` writes: of the reverse direction its first
    row is what was computed last. Raises InputError.
    """
    path, chosen = _split(str(name))
    if path.suffix.lower() == ".csv":
        return InitialState(_from_csv(path).values, path.name)
    arrays = {k: a for k, a in _arrays(path).items() if a.dtype.kind in "fiu"}
    if chosen is None and "steps" in arrays and "h_l0" in arrays:
        return InitialState(_last_states(arrays, model, path), f"last state of {path.name}")
    key = chosen if chosen is not None else "h0" if "h0" in arrays else None
    if key is None and len(arrays) == 1:
        key = next(iter(arrays))
    if key is None or key not in arrays:
        raise InputError(
            f"{path}: which array is the initial state? {_there(arrays)}; choose one, "
            f"{path.name}:NAME."
        )
    return InitialState(np.asarray(arrays[key], np.float32), path.name)


def _last_states(arrays: Arrays, model: Model, path: Path) -> NDArray[Any]:
    rows = []
    for layer in range(len(model.layers)):
        for direction in DIRECTIONS[: model.directions]:
            name = "h" + suffix(layer, direction == "reverse")
            states = arrays.get(name)
            if states is None or states.ndim != 2 or not len(states):
                raise InputError(
                    f"{path}: the recording has no {name}, which this model needs: it has "
                    f"{len(model.layers)} × {model.directions} states."
                )
            rows.append(states[0 if direction == "reverse" else -1])
    if len({row.shape for row in rows}) > 1:
        raise InputError(f"{path}: the recording's states differ in size; record it again.")
    return np.stack(rows)


def _split(name: str) -> tuple[Path, str | None]:
    path = Path(name)
    front, colon, last = name.rpartition(":")
    if colon and not path.exists() and Path(front).exists():
        return Path(front), last
    return path, None


def _there(found: Arrays) -> str:
    shapes = [f"{k or 'the array'} ({' × '.join(map(str, a.shape))})" for k, a in found.items()]
    if not shapes:
        return "there is none"
    return f"there are {', '.join(shapes[:6])}{', …' if len(shapes) > 6 else ''}"


def _arrays(path: Path) -> Arrays:
    """By name; the one of an .npy has none."""
    data = read_bytes(path, LARGEST, InputError)
    try:
        if npz.claims(data):
            return npz.read(data, path).tensors
        return {"": npz.single(data, path)}
    except ModelError as fault:
        raise InputError(str(fault)) from None


def _from_csv(path: Path) -> Rows:
    data = read_bytes(path, _LARGEST_CSV, InputError)
    try:
        return _rows_of(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")), path)
    except (UnicodeDecodeError, csv.Error) as fault:
        raise InputError(f"{path}: not a CSV file ({fault}); save it as UTF-8 CSV.") from None


def _rows_of(lines: Iterator[list[str]], path: Path) -> Rows:
    """The numbers of each line; words in the first line or column are names."""
    labels: list[str] = []
    values: list[NDArray[np.float32]] = []
    for number, line in enumerate(lines, 1):
        if not line or (number == 1 and not _is_number(line[-1])):
            continue
        if len(line) > 1 and not _is_number(line[0]):
            labels.append(line.pop(0)[:_LONGEST_LABEL])
        row = _numbers(line, number, path)
        if values and len(row) != len(values[0]):
            raise InputError(
                f"{path}: line {number} has {len(row)} numbers, where {len(values[0])} are "
                "expected; give each as many."
            )
        values.append(row)
    if not values:
        raise InputError(f"{path}: there are no rows; give a line a step.")
    return Rows(np.stack(values), labels if len(labels) == len(values) else (), path.name)


def _numbers(words: list[str], number: int, path: Path) -> NDArray[np.float32]:
    try:
        with np.errstate(over="ignore"):  # infinity is told when the rows are read
            return np.array([float(word) for word in words], np.float64).astype(np.float32)
    except ValueError:
        word = next(w for w in words if not _is_number(w))
        raise InputError(f"{path}: “{word[:40]}” in line {number} is not a number.") from None


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True
