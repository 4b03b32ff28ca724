"""The other files that a model's file names: those of its folder, and no others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from hashlib import sha256
from pathlib import Path, PurePosixPath, PureWindowsPath

from gru_debugger.errors import ModelError
from gru_debugger.files import LARGEST_MODEL, size_of
from gru_debugger.numerals import grouped

_SHOWN = 100
_BLOCK = 1 << 20


@lru_cache(1 << 13)
def shown(name: str) -> str:
    """A name from a file as a message can show it, on one line."""
    return "".join(c if c.isprintable() else "·" for c in name[:_SHOWN])


def find(path: Path, location: str, again: str) -> Path:
    """The regular file that the model's file `path` means by `location`, in or below its folder.

    A link is followed only to the folder where that file itself really lies, as in a cache of
    downloads. Raises ModelError; `again` is what to do about a place outside.
    """
    where = f"{path}: its weights are in “{shown(location)}”"
    windows, parts = PureWindowsPath(location), PurePosixPath(location).parts
    if (not parts or windows.drive or windows.root or ".." in windows.parts
            or "\\" in location or "\0" in location):  # fmt: skip
        raise ModelError(f"{where}, not inside the model's folder; {again}")
    file = path.parent
    for part in parts:
        file /= part
        if file.is_symlink() and file.resolve().parent != path.resolve().parent:
            raise ModelError(f"{where}, which is a link; copy the file itself to this place.")
    if not file.is_file():
        raise ModelError(f"{where}, which is not there; copy all of its files together.")
    return file


def size_with(path: Path, size: int, others: Iterable[Path]) -> int:
    """How many bytes a file and those it names have together. Raises ModelError for too many."""
    total = size
    for file in others:
        with blaming(path, file):
            total += size_of(file)
    if total > LARGEST_MODEL:
        raise ModelError(
            f"{path}: {grouped(total)} bytes in all of its files are more than the "
            f"{grouped(LARGEST_MODEL)} that can be opened."
        )
    return total


@contextmanager
def blaming(path: Path, file: Path) -> Iterator[None]:
    """What is wrong with another of its files is told of the model's file, `path`."""
    try:
        yield
    except ModelError as fault:
        words = str(fault).removeprefix(f"{file}: ")
        raise ModelError(f"{path}: of its files “{shown(file.name)}”: {words}") from None


def digest(data: bytes, others: Iterable[Path]) -> str:
    """SHA-256 of a file's bytes and those of the files it names, one behind the other."""
    found = sha256(data)
    for file in others:
        with file.open("rb") as stream:
            while block := stream.read(_BLOCK):
                found.update(block)
    return found.hexdigest()
