"""A folder given in the place of a model file, as Hugging Face's libraries save models."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from fnmatch import fnmatch
from itertools import islice
from pathlib import Path

from gru_debugger.errors import ModelError
from gru_debugger.files import reason
from gru_debugger.formats.unclaimed import CORE_ML, DISTRIBUTED, OPENVINO, ORBAX

# What a model's folder has it in.
_USUAL = ("model.safetensors", "model.safetensors.index.json",
          "pytorch_model.bin", "pytorch_model.bin.index.json")  # fmt: skip
_SAVED_MODEL = "variables/variables.index"  # of TensorFlow's
_DATA = re.compile(r"\.data-\d{5}-of-\d{5}$")
_INDEX = ".index.json"  # of weights in several files, which are not models by themselves
_MOST = 10_000  # files that are looked at
_NAMED = 4


# What a folder has that is a model of another kind: each of these, by path.
_OTHERS: tuple[tuple[tuple[str, ...], str], ...] = (
    ((".metadata", "*.distcp"), DISTRIBUTED),
    (("_CHECKPOINT_METADATA",), ORBAX),
    (("_METADATA", "manifest.ocdbt"), ORBAX),
    (("*/_CHECKPOINT_METADATA",), ORBAX),
    (("Manifest.json", "Data/com.apple.CoreML"), CORE_ML),
    (("*.mlmodelc",), CORE_ML),
    (("*.xml", "*.bin"), OPENVINO),
)


def _fits(entry: Path, pattern: str) -> bool:
    name, _, inside = pattern.partition("/")
    return fnmatch(entry.name, name) and (entry / inside).exists()


def _what_is(entries: list[Path]) -> str:
    for patterns, words in _OTHERS:
        if all(any(_fits(entry, pattern) for entry in entries) for pattern in patterns):
            return words
    return "a folder without a model file in it; give a file."


def meant(path: Path) -> Path:
    """The file that stands for a checkpoint of TensorFlow's, whose name or data may be given."""
    name = _DATA.sub("", path.name)
    index = path.with_name(f"{name}.index")
    if name == path.name and (os.path.isfile(path) or os.path.isdir(path)):
        return path
    return index if os.path.isfile(index) else path  # of `os`: no name is too long for it


def model_in(folder: Path, suffixes: Iterable[str]) -> Path:
    """The one model file in it: of the usual name, or the only one whose name ends so.

    Raises ModelError, which names what there is.
    """
    try:
        entries = list(islice(folder.iterdir(), _MOST))
        names = [path.name for path in entries if path.is_file()]
    except OSError as fault:
        raise ModelError(f"{folder}: {reason(fault)}") from None
    for name in _USUAL:
        if name in names:
            return folder / name
    if (folder / _SAVED_MODEL).is_file():
        return folder / _SAVED_MODEL
    ends = tuple(suffixes)
    models = sorted(name for name in names if name.lower().endswith(ends))
    models = [name for name in models if name.endswith(_INDEX)] or models
    if len(models) == 1:
        return folder / models[0]
    if not models:
        raise ModelError(f"{folder}: {_what_is(entries)}")
    more = f" and {len(models) - _NAMED} more" if len(models) > _NAMED else ""
    raise ModelError(
        f"{folder}: a folder of several models, {', '.join(models[:_NAMED])}{more}; open one of "
        "them."
    )
