"""The zip archives that PyTorch writes, told apart by the names in them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from gru_debugger.errors import ModelError
from gru_debugger.formats import archive

if TYPE_CHECKING:
    from gru_debugger.formats.pytorch.inert_pickle import Pickle

Kind = Literal["TorchScript", "old TorchScript", "export", "package", "checkpoint", "distributed"]

# In this order: a TorchScript archive has a data.pkl as well.
_KINDS: tuple[tuple[Kind, str], ...] = (
    ("TorchScript", r"(.*/)?constants\.pkl|[^/]+/code/.*"),
    ("export", r"(.*/)?(archive_format|serialized_(exported_program\.json|state_dict\.pt))"),
    ("package", r"(.*/)?\.data/extern_modules"),
    ("checkpoint", r"(.*/)?data\.pkl"),
    ("old TorchScript", r"[^/]+/(model\.json|tensors/\d+)"),
    ("checkpoint", r"[^/]+/(data/\d+|byteorder|\.format_version)"),
)


def kind(data: bytes) -> Kind | None:
    """Which of PyTorch's archives this is; None for any other file. A cut one is told as well."""
    if data[:2] != b"PK":
        return None
    try:
        with zipfile.ZipFile(BytesIO(data)) as file:
            names = file.namelist()
            if any(name.endswith("data.pkl") for name in names) and _follows_others(file):
                return "distributed"
    except archive.FAULTS:
        names = [archive.first_name(data)]
    return next((kind for kind, form in _KINDS for name in names if re.fullmatch(form, name)), None)


def _follows_others(file: zipfile.ZipFile) -> bool:
    """Whether archives stand before it: a distributed checkpoint has one a tensor in a file."""
    return min(entry.header_offset for entry in file.infolist()) > 0


def unpack(data: bytes) -> dict[str, bytes]:
    """The archive's files by their names below its own folder."""
    entries = archive.entries(data)
    folders = {name.partition("/")[0] + "/" if "/" in name else "" for name in entries}
    base = min(folders, default="") if len(folders) == 1 else ""
    files = {name.removeprefix(base): content for name, content in entries.items()}
    if files.get("byteorder", b"little") != b"little":
        raise ValueError("it was written on a big-endian machine")
    return files


def below(folder: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {k.removeprefix(folder): v for k, v in files.items() if k.startswith(folder)}


def unpickle(data: bytes) -> Pickle:
    from gru_debugger.formats.pytorch import inert_pickle

    return inert_pickle.load(BytesIO(data))


@contextmanager
def damage_told(path: Path, what: str) -> Iterator[None]:
    """Whatever fails inside, the file is damaged: no fault of a file may pass for the program's."""
    try:
        yield
    except ModelError:
        raise
    except Exception as fault:
        words = " ".join(str(fault).split())[:120] or type(fault).__name__
        raise ModelError(
            f"{path}: a {what} that is cut short or damaged ({words}); copy or save it again."
        ) from None
