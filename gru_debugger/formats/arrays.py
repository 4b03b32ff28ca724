"""Numbers that are not weights: rows to step over, and initial states; .npy, .npz and .csv.

They are a stranger's bytes too: `read` runs in the child, as a model's format does.
"""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core.initial_state import InitialState, initial_state
from gru_debugger.core.model import Model
from gru_debugger.core.quantities import suffix
from gru_debugger.core.reading import Rows
from gru_debugger.errors import InputError, ModelError
from gru_debugger.formats import npy, npz
from gru_debugger.formats.contents import Contents
from gru_debugger.formats.tables import LONGEST_NAME, read_csv
from gru_debugger.numerals import dimensions, grouped

if TYPE_CHECKING:
    from gru_debugger.formats.child.isolation import Watch

NAME = "rows of numbers"
SUFFIXES = (".npy", ".csv")  # of files that hold rows and nothing else
ARCHIVE = ".npz"  # of arrays, which may be a model's
ALL_SUFFIXES = (".npy", ARCHIVE, ".csv")
LARGEST = 1 << 30  # bytes, of a file and of its rows in float32
_LONGEST_ORIGIN = 80
_MOST = 1000  # arrays of rows in a file

Arrays = dict[str, NDArray[Any]]


def rows_in(path: Path, watch: Watch | None = None) -> dict[str, Rows]:
    """Every 2-D array of numbers of a file, a row a step, by name; the one of an .npy has none.

    In an .npz, `labels` and `columns`, arrays of strings, name the rows and the numbers in a row;
    in a .csv a first line of words names the columns, and a first column of words the rows.
    Raises InputError where there is none. `watch` as for `formats.open_file`.
    """
    contents = _contents(path, watch)
    arrays = {k: a for k, a in contents.tensors.items() if a.dtype.kind in "fiub"}
    found = {k: a for k, a in arrays.items() if a.ndim == 2}
    if not found:
        raise InputError(
            f"{path}: one 2-D array of numbers is expected, a row a step; {_there(arrays)}."
        )
    if any(4 * array.size > LARGEST for array in found.values()):
        raise InputError(f"{path}: more than {LARGEST >> 30} GiB of numbers; give fewer rows.")
    if len(found) > _MOST:
        raise InputError(
            f"{path}: {grouped(len(found))} arrays of rows are more than the {grouped(_MOST)} "
            "that can be chosen from; save the one of interest alone."
        )
    labels, columns = (_words(contents.extras.get(key)) for key in ("labels", "columns"))
    return {
        name: Rows(
            array,
            labels if len(labels) == len(array) else (),
            f"{path.name}:{name}" if name else path.name,
            columns if len(columns) == array.shape[1] else (),
            f"{path.absolute()}:{name}" if name else str(path.absolute()),
        )
        for name, array in found.items()
    }


def _words(value: Any) -> tuple[str, ...]:
    """The names of rows or columns; none where they are not there."""
    return tuple(str(word)[:LONGEST_NAME] for word in value) if isinstance(value, list) else ()


def read_rows(name: str | Path) -> Rows:
    """The rows of a file that has one array of them; ``FILE.npz:NAME`` chooses among several.

    Raises InputError.
    """
    path, chosen = _split(str(name))
    found = rows_in(path)
    there = _there({k: rows.values for k, rows in found.items()})
    if chosen is not None and chosen not in found:
        raise InputError(f"{path}: no 2-D array of numbers is called “{chosen}”; {there}.")
    if chosen is None and len(found) > 1:
        raise InputError(
            f"{path}: one 2-D array of numbers is expected, a row a step; {there}; choose one, "
            f"{path.name}:NAME."
        )
    rows = found[chosen] if chosen is not None else next(iter(found.values()))
    return rows if chosen is not None else replace(rows, name=path.name)


def read_initial_state(name: str | Path, model: Model, watch: Watch | None = None) -> InitialState:
    """h(0) (layers · directions, hidden): an array of that size, or a recording's last states.

    A recording is the .npz that `gru-debugger trace` writes: of the reverse direction its first
    row is what was computed last. `origin`, a string beside an array, says where it comes from.
    Raises InputError.
    """
    path, chosen = _split(str(name))
    contents = _contents(path, watch)
    arrays = {k: a for k, a in contents.tensors.items() if a.dtype.kind in "fiu"}
    here = str(path.absolute()) + (f":{chosen}" if chosen is not None else "")
    if chosen is None and "steps" in arrays and {"h_l0", "h_l0_reverse"} & arrays.keys():
        return InitialState(_last_states(arrays, model, path), f"last state of {path.name}", here)
    key = chosen if chosen is not None else "h0" if "h0" in arrays else None
    if key is None and len(arrays) == 1:
        key = next(iter(arrays))
    if key is None or key not in arrays:
        raise InputError(
            f"{path}: which array is the initial state? {_there(arrays)}; choose one, "
            f"{path.name}:NAME."
        )
    origin = contents.metadata.get("origin", "")[:_LONGEST_ORIGIN]
    with np.errstate(over="ignore"):  # infinity is told by who uses it
        states = np.asarray(arrays[key], np.float32)
    return InitialState(states, origin if origin.isprintable() and origin else path.name, here)


def state_of_file(name: str | Path, model: Model, watch: Watch | None = None) -> InitialState:
    """The same, found to fit the model. Raises InputError, which names the file."""
    given = read_initial_state(name, model, watch)
    try:
        return initial_state(model, given)
    except InputError as fault:
        raise InputError(f"{name}: {fault}") from None


def _last_states(arrays: Arrays, model: Model, path: Path) -> NDArray[Any]:
    rows = []
    for layer, direction in model.places:
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
    shapes = [f"{k or 'the array'} ({dimensions(a.shape)})" for k, a in found.items()]
    if not shapes:
        return "there is none"
    return f"there are {', '.join(shapes[:6])}{', …' if len(shapes) > 6 else ''}"


def _contents(path: Path, watch: Watch | None = None) -> Contents:
    from gru_debugger.formats.child import isolation

    try:
        return isolation.read(path, watch, reader=__name__).contents
    except ModelError as fault:
        raise InputError(str(fault)) from None


def read(data: bytes, path: Path) -> Contents:
    """The arrays by name; the one of an .npy or .csv has none. Raises ModelError or InputError."""
    if len(data) > LARGEST:
        raise InputError(f"{path}: more than {LARGEST >> 30} GiB; give fewer rows.")
    if path.suffix.lower() == ".csv":
        rows = read_csv(data, path)
        names = {"labels": rows.labels, "columns": rows.columns}
        return Contents({"": rows.values}, extras={k: list(v) for k, v in names.items() if v})
    if npz.claims(data):
        return npz.read(data, path)
    if data.startswith(npy.MAGIC):
        return Contents({"": npz.single(data, path)})
    raise InputError(
        f"{path}: not a file of numbers; give a numpy .npy or .npz, or a table that is called .csv."
    )


def dump_rows(rows: Rows) -> bytes:
    """An .npz that `read_rows` reads as the same rows under the same names."""
    names = {"labels": rows.labels, "columns": rows.columns}
    stored = {name: np.array(list(words)) for name, words in names.items() if words}
    return _npz(rows=rows.values, **stored)


def dump_state(initial: InitialState) -> bytes:
    """An .npz that `read_initial_state` reads as the same state from the same origin."""
    return _npz(h0=initial.states, origin=np.array(initial.origin))


def _npz(**arrays: NDArray[Any]) -> bytes:
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **arrays)
    return file.getvalue()
