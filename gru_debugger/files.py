"""Reading with a bound, and what to say where files can't be read or written."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Callable
from pathlib import Path

from gru_debugger.errors import GRUDebuggerError, ModelError, TextError
from gru_debugger.numerals import grouped

TEXT_SUFFIXES = (".txt", ".text", ".md")  # what texts are usually called
SESSION_SUFFIX, TOUR_SUFFIX = ".grusession", ".grutour"

LARGEST_MODEL = 4 << 30
LARGEST_TEXT = 64 << 20
_BLOCK = 8 << 20


def size_of(
    path: Path, limit: int = LARGEST_MODEL, error: type[GRUDebuggerError] = ModelError
) -> int:
    """The size of a regular file of at most `limit` bytes; `error` says what hinders."""
    try:
        if path.is_dir():
            raise error(f"{path}: this is a folder; give a file.")
        if path.exists() and not path.is_file():
            raise error(f"{path}: this is not a regular file; give a file.")
        with path.open("rb") as file:  # which tells of permissions too
            size = os.fstat(file.fileno()).st_size
    except OSError as fault:
        raise error(f"{path}: {reason(fault)}") from None
    if size > limit:
        raise error(
            f"{path}: {grouped(size)} bytes is more than the {grouped(limit)} that can be opened."
        )
    if not size:
        raise error(f"{path}: the file is empty; copy or save it again.")
    return size


def read_bytes(
    path: Path,
    limit: int = LARGEST_MODEL,
    error: type[GRUDebuggerError] = ModelError,
    report: Callable[[int], object] = lambda count: None,
) -> bytes:
    """The bytes of such a file; `report` is told how many there are so far."""
    block_size = min(size_of(path, limit, error) + 1, _BLOCK)
    stream = io.BytesIO()
    try:
        with path.open("rb", buffering=0) as file:
            while stream.tell() <= limit and (block := file.read(block_size)):
                stream.write(block)
                report(stream.tell())
    except OSError as fault:
        raise error(f"{path}: {reason(fault)}") from None
    if not stream.tell():
        raise error(f"{path}: the file is empty; copy or save it again.")
    return stream.getvalue()  # no copy: nobody else has the bytes


TYPED = "typed text"
_CONTINUED = ", written on"


class Text(str):
    """A text that is called something: the file that it stood in, or whose it is.

    `path`: where that file is, absolute; empty where it is no file's, or not as it stood there.
    """

    name: str
    path: str

    def __new__(cls, words: str, name: str, path: str = "") -> Text:
        made = super().__new__(cls, words)
        made.name, made.path = name, path
        return made

    @staticmethod
    def name_of(text: str) -> str:
        """What a text is called; one without a name was typed."""
        return text.name if isinstance(text, Text) else TYPED

    @staticmethod
    def edited(text: str, before: str) -> str:
        """A text that was made of the one before, and is called so."""
        name = Text.name_of(before)
        if text == before or name == TYPED:
            return before if text == before else text
        return Text(text, f"{name.removesuffix(', edited')}, edited")


    @staticmethod
    def continued(text: str, before: str) -> Text:
        """A text that goes on otherwise than the one before from some character on."""
        return Text(text, f"{Text.name_of(before).removesuffix(_CONTINUED)}{_CONTINUED}")

    @staticmethod
    def is_continued(text: str) -> bool:
        return Text.name_of(text).endswith(_CONTINUED)


def read_text(path: Path) -> Text:
    """A UTF-8 text, with or without a byte-order mark, its line ends as they are in the file."""
    data = read_bytes(path, LARGEST_TEXT, TextError)
    try:
        return Text(data.decode("utf-8-sig"), path.name, str(path.absolute()))
    except UnicodeDecodeError as fault:
        raise TextError(
            f"{path}: not UTF-8 text (byte {data[fault.start]:#04x} at {fault.start}); "
            "save it as UTF-8."
        ) from None


def reason(fault: OSError, writing: bool = False) -> str:
    """What hinders, and what to do."""
    reasons = {
        errno.ENOENT: "the folder does not exist; create it or name another."
        if writing
        else "no such file; check the name.",
        errno.EACCES: f"no permission to {'write here' if writing else 'read it'}; "
        f"change its permissions or {'choose another folder' if writing else 'copy it'}.",
        errno.EFBIG: "the file is larger than is allowed here; choose another folder.",
        errno.EDQUOT: "your share of the disk is used up; make room or choose another folder.",
        errno.ENOSPC: "the disk is full; make room or choose another folder.",
        errno.EROFS: "the file system is read-only; choose another folder.",
        errno.EISDIR: "this is a folder; name a file.",
        errno.ENOTDIR: "a part of the path is not a folder; check the name.",
        errno.ELOOP: "it is a link that leads back to itself; check the name.",
        errno.ENAMETOOLONG: "the name is too long; choose a shorter one.",
    }
    return reasons.get(fault.errno or 0, f"{fault.strerror or fault}.")
