"""Indices of weights that name what is none of theirs."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

from corpus import CANARY, STATE, Payload, case, saved


def index(folder: Path, name: str, data: bytes | None = None, base: str = "model.bin") -> Path:
    """All tensors in the file of that name, which is written where there are `data`."""
    if data is not None:
        (folder / name).write_bytes(data)
    path = folder / f"{base}.index.json"
    path.write_text(json.dumps({"weight_map": dict.fromkeys(STATE, name)}))
    return path


def naming(name: str) -> Callable[[Path], Path]:
    return lambda folder: index(folder, name)


NO_NAME = "which is no name of a file beside it; "
for _title, (_name, _words) in {
    "an index of a file of the system": ("/etc/passwd", NO_NAME),
    "an index of an endless device": ("../../../../dev/zero", NO_NAME),
    "an index of a URL": ("https://example.org/w", NO_NAME),
    "an index of the folder above": ("..", "not inside the model's folder; "),
}.items():
    case(_title, f"its weights are in “{_name}”, {_words}")(naming(_name))


@case("an index of links", "its weights are in “w”, which is a link; copy the file itself")
def _links(folder: Path) -> Path:
    os.symlink("/dev/zero", folder / "w")
    return index(folder, "w")


@case("an index of 5 GB", "of its files “w”: 5,368,709,120 bytes is more than the 4,294,967,296")
def _hole(folder: Path) -> Path:
    with (folder / "w").open("wb") as out:
        out.truncate(5 << 30)
    return index(folder, "w")


@case("an index of 6 GB in two files", "6,442,451,")
def _holes(folder: Path) -> Path:
    for name in "ab":
        with (folder / name).open("wb") as out:
            out.truncate(3 << 30)
    path = folder / "model.bin.index.json"
    path.write_text(json.dumps({"weight_map": {"gru.weight_ih_l0": "a", "gru.weight_hh_l0": "b"}}))
    return path


@case("an index of bombs", "of its files “w”: a PyTorch file that is cut short or damaged (it unp")
def _bombs(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "w", "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("model/data.pkl", b"\x80\x02}.")
        out.writestr("model/data/0", bytes(60 << 20))
    return index(folder, "w")


@case("an index of brackets", "an index of weights that is cut short or damaged (")
def _brackets(folder: Path) -> Path:
    path = folder / "model.index.json"
    path.write_text('{"weight_map": {"a": ' + "[[],[]," * 590_000)
    return path


@case("an index of a pickle that would run", "")
def _payload(folder: Path) -> Path:
    return index(folder, "w", saved({**STATE, "extra": Payload(folder / CANARY)}))
