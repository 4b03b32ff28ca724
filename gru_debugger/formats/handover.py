"""What a recording reads and starts from, as files for a process of the program's own."""

from __future__ import annotations

from pathlib import Path

from gru_debugger.core.initial import InitialState
from gru_debugger.core.reading import Reading
from gru_debugger.formats.arrays import dump_rows, dump_state


def hand_over(folder: Path, reading: Reading, initial: InitialState | None = None) -> list[str]:
    """Write them into `folder`; the command line's arguments that read them as they are."""
    return [*_source(folder, reading), *_state(folder, initial)]


def _source(folder: Path, reading: Reading) -> list[str]:
    if reading.rows is not None:
        path = folder / "rows.npz"
        path.write_bytes(dump_rows(reading.rows))
        return ["--rows", str(path)]
    path = folder / "text.txt"
    mark = reading.text.startswith("\ufeff")  # a reader takes one off
    path.write_bytes(reading.text.encode("utf-8-sig" if mark else "utf-8"))
    return ["--text-file", str(path), *(["--replace-unknown"] if reading.unknown else [])]


def _state(folder: Path, initial: InitialState | None) -> list[str]:
    if initial is None:
        return []
    path = folder / "state.npz"
    path.write_bytes(dump_state(initial))
    return ["--initial-state", str(path)]
