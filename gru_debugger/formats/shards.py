"""Weights in several files, and the index that says which tensor lies in which.

``model.safetensors.index.json`` and ``pytorch_model.bin.index.json``, as Hugging Face's libraries
write them beside their files. Layout facts: huggingface_hub/serialization/_base.py.
"""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

from gru_debugger.errors import ModelError
from gru_debugger.files import read_bytes
from gru_debugger.formats import beside as files_beside
from gru_debugger.formats import pytorch, safetensors
from gru_debugger.formats.beside import shown
from gru_debugger.formats.contents import Contents
from gru_debugger.numerals import grouped

NAME = "Hugging Face index"
SUFFIXES = (".index.json",)

_LONGEST = 4 << 20  # bytes: JSON takes ten times as much when it is unpacked
_MOST = 256  # files
_AGAIN = "download or save the index and its files again, all into one folder."


def claims(data: bytes) -> bool:
    return data[:64].lstrip()[:1] == b"{" and b'"weight_map"' in data[: 1 << 16]


def beside(data: bytes, path: Path) -> list[Path]:
    return [_file(path, name) for name in _tensors_of(_index(data, path), path)]


def read(data: bytes, path: Path) -> Contents:
    index = _index(data, path)
    metadata = index.get("metadata")
    told = metadata.items() if isinstance(metadata, dict) else ()
    whole = Contents({}, {key: text for key, text in told if isinstance(text, str)})
    for name, tensors in _tensors_of(index, path).items():
        _join(whole, _shard(path, name, tensors))
    return whole


def _index(data: bytes, path: Path) -> dict[str, Any]:
    try:
        if len(data) > _LONGEST:
            raise ValueError(f"more than {grouped(_LONGEST)} bytes")
        index = json.loads(data)
        if not isinstance(index, dict) or not isinstance(index.get("weight_map"), dict):
            raise ValueError("its weight_map is no object")
        return index
    except (ValueError, RecursionError) as fault:
        raise ModelError(
            f"{path}: an index of weights that is cut short or damaged ({fault}); {_AGAIN}"
        ) from None


def _tensors_of(index: dict[str, Any], path: Path) -> dict[str, set[str]]:
    """The files' names, in order, and which tensors lie in each."""
    found: dict[str, set[str]] = {}
    for tensor, name in index["weight_map"].items():
        if not isinstance(name, str):
            raise ModelError(f"{path}: “{shown(tensor)}” lies in no file by its name; {_AGAIN}")
        found.setdefault(name, set()).add(tensor)
    if not found:
        raise ModelError(f"{path}: an index of no weights; {_AGAIN}")
    if len(found) > _MOST:
        raise ModelError(
            f"{path}: its weights are in {grouped(len(found))} files, of which {_MOST} can be "
            "opened; save them in larger ones."
        )
    return dict(sorted(found.items()))


def _file(path: Path, name: str) -> Path:
    if "/" in name or name == path.name:
        raise ModelError(
            f"{path}: its weights are in “{shown(name)}”, which is no name of a file beside it; "
            f"{_AGAIN}"
        )
    return files_beside.find(path, name, _AGAIN)


def _shard(path: Path, name: str, tensors: set[str]) -> Contents:
    """What one file holds: those tensors and no others. Raises ModelError."""
    file = _file(path, name)
    with files_beside.blaming(path, file):
        data = read_bytes(file)
    reader = next((one for one in (safetensors, pytorch) if one.claims(data)), None)
    if reader is None:
        raise ModelError(
            f"{path}: “{shown(name)}”, one of its files, is neither safetensors nor PyTorch's; "
            f"{_AGAIN}"
        )
    with files_beside.blaming(path, file):
        found: Contents = reader.read(data, file)
    there = {*found.tensors, *(tensor.name for tensor in found.stored)}
    for odd, words in ((tensors - there, "is not in"), (found.tensors.keys() - tensors, "is in")):
        if odd:
            against = ", where it says so" if odd <= tensors else ", and it does not say so"
            raise ModelError(
                f"{path}: “{shown(min(odd))}” {words} “{shown(name)}”{against}; {_AGAIN}"
            )
    return found


def _join(whole: Contents, part: Contents) -> None:
    """What the parts hold together; the first that says something is right."""
    for field in fields(Contents):
        ours, theirs = getattr(whole, field.name), getattr(part, field.name)
        if isinstance(ours, dict):
            for key, value in theirs.items():
                ours.setdefault(key, value)
        elif isinstance(ours, tuple):
            setattr(whole, field.name, ours + theirs)
