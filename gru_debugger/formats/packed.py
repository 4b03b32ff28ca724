"""A model inside a gzip or zip archive, which may unpack to little more than it holds."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import PurePosixPath

from gru_debugger.formats import archive
from gru_debugger.formats.beside import shown

_GZIP = b"\x1f\x8b\x08"
_NAMED = 3
PARTS = "an archive of a model in several files; unpack it first and open it, or its folder."


class PackedError(ValueError):
    """What an archive is, in which there is not one model; and what to do."""


def model_in(data: bytes, is_model: Callable[[bytes], object]) -> bytes | None:
    """What is in a gzip file, or the only model in a zip archive; None of any other file.

    None of an archive without a model too. Raises PackedError.
    """
    try:
        if data.startswith(_GZIP):
            return _gzipped(data)
        found = archive.entries(data) if archive.first_name(data) else {}
    except archive.FAULTS as fault:
        words = " ".join(str(fault).split())[:120] or type(fault).__name__
        raise PackedError(
            f"an archive that is cut short or damaged ({words}); copy it again, or unpack it first "
            "and open the model in it."
        ) from None
    models = {name: content for name, content in found.items()
              if not _beside(name) and is_model(content)}  # fmt: skip
    if len(models) > 1:
        names = ", ".join(map(shown, list(models)[:_NAMED])) + ", …" * (len(models) > _NAMED)
        raise PackedError(
            f"a zip archive of several models or parts of one, {names}; unpack it first and open "
            "one of them, or their folder."
        )
    return next(iter(models.values()), None)


def _gzipped(data: bytes) -> bytes:
    stream = zlib.decompressobj(31)
    most = archive.most(len(data))
    content = stream.decompress(data, most + 1)
    if len(content) > most:
        raise ValueError("it unpacks to far more than it holds")
    if not stream.eof or stream.unused_data.strip(b"\0"):
        raise ValueError("it does not end where it says")
    return content


def _beside(name: str) -> bool:
    """What a system puts into an archive besides."""
    parts = PurePosixPath(name).parts
    return "__MACOSX" in parts or parts[-1].startswith(".")
