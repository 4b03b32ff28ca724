"""A run as files and arguments for a process of the program's own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from gru_debugger.core.model import Model
from gru_debugger.core.reading import Rows
from gru_debugger.core.run import Run
from gru_debugger.formats import provenance, safetensors
from gru_debugger.formats.arrays import dump_rows, dump_state

SOURCE, TEXT, ROWS, STATE = "source.json", "text.txt", "rows.npz", "state.npz"


def hand_over_model(folder: Path, model: Model, stem: str = "model", name: str = "") -> str:
    """Write it into `folder`, and beside it what it stands for, for `handed_over`; the file.

    `name`: what it is called there, where that is not its file's name.
    """
    path, origin = folder / f"{stem}.safetensors", provenance.of(model)
    path.write_bytes(safetensors.dump(model))
    told = provenance.dumps(replace(origin, name=name or origin.name))
    (folder / SOURCE).write_text(told, encoding="utf-8")
    return str(path)


def hand_over(folder: Path, run: Run) -> list[str]:
    """Write what it reads and starts from into `folder`: the arguments that read it as it is.

    They name the edits too; the model is `hand_over_model`'s.
    """
    if isinstance(run.source, Rows):
        (folder / ROWS).write_bytes(dump_rows(run.source))
    else:
        mark = run.source.startswith("\ufeff")  # a reader takes one off
        (folder / TEXT).write_bytes(run.source.encode("utf-8-sig" if mark else "utf-8"))
    if run.initial is not None:
        (folder / STATE).write_bytes(dump_state(run.initial))
    words = [*handed_over(folder), *(["--replace-unknown"] if run.unknown else [])]
    return [*words, *(word for edit in run.edits for word in ("--set", edit))]


def handed_over(folder: Path) -> list[str]:
    """The arguments that read what lies in `folder`."""
    files = {"--stand-in": SOURCE, "--text-file": TEXT, "--rows": ROWS, "--initial-state": STATE}
    there = {option: folder / name for option, name in files.items() if (folder / name).exists()}
    return [word for option, path in there.items() for word in (option, str(path))]
