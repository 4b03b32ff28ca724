"""numpy's .npz: an array a quantity, steps by units."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core.cell import Array
from gru_debugger.exports.recording import Stretch

BYTES = 4

_IN_MEMORY = 1 << 22  # bytes of one array; of more, the rest waits in a temporary file
_DATE = (1980, 1, 1, 0, 0, 0)  # of every file in the archive: the same steps, the same bytes


def write(stretch: Stretch, out: IO[bytes]) -> None:
    trace, first, last, places = stretch.trace, stretch.first, stretch.last, stretch.places
    with zipfile.ZipFile(out, "w") as archive:
        store(archive, "steps", np.arange(first, last + 1, dtype=np.int64))
        store(archive, "characters", np.array(list(trace.characters[first - 1 : last])))
        store(archive, "h0", np.ascontiguousarray(trace.h0, "<f4"))
        if trace.edits:
            store(archive, "edits", np.array([str(edit) for edit in trace.edits]))
        done = 0
        for place in places:
            with ExitStack() as files:
                columns: dict[str, _Column] = {}
                for a, b in stretch.chunks():
                    for quantity, rows in place.rows(a, b).items():
                        if quantity not in columns:
                            data = files.enter_context(
                                tempfile.SpooledTemporaryFile(_IN_MEMORY, dir=stretch.folder)
                            )
                            columns[quantity] = _Column(data, rows.shape[1])
                        columns[quantity].append(rows)
                    done += b - a + 1
                    stretch.progress(done // len(places))
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


def store(archive: zipfile.ZipFile, name: str, array: NDArray[Any]) -> None:
    """A whole array, written a piece at a time: it may lie in a file."""
    rows = max(1, _IN_MEMORY // (array.nbytes // max(1, len(array)) or 1)) if array.ndim else 1
    with _entry(archive, name, array.dtype, array.shape) as entry:
        for a in range(0, len(array) if array.ndim else 1, rows):
            entry.write((array[a : a + rows] if array.ndim else array).tobytes())


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
