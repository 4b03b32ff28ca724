"""Zip archives from strangers: what they unpack to is bounded before anything is unpacked."""

from __future__ import annotations

import io
import zipfile
import zlib

# Trained weights hardly compress; zeros and small numbers do, in small files.
_RATIO = 8
_SMALL = 16 << 20
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

FAULTS = (zipfile.BadZipFile, zlib.error, ValueError, EOFError, RuntimeError, NotImplementedError,
          OSError, IndexError, KeyError, OverflowError, MemoryError)  # fmt: skip


def first_name(data: bytes) -> str:
    """The name of a zip's first entry, which a file that is cut short still has; "" if none."""
    if data[:4] != b"PK\x03\x04":
        return ""
    return data[30 : 30 + int.from_bytes(data[26:28], "little")].decode("utf-8", "replace")


def most(size: int) -> int:
    """How many bytes an archive of so many may unpack to."""
    return _RATIO * size + _SMALL


def entries(data: bytes) -> dict[str, bytes]:
    """Every file of the archive. Raises one of `FAULTS` where it is damaged or a bomb."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        found = [entry for entry in archive.infolist() if not entry.is_dir()]
        if sum(entry.file_size for entry in found) > most(len(data)):
            raise ValueError("it unpacks to far more than it holds")
        return {entry.filename: _read(archive, entry) for entry in found}


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    if entry.compress_type not in _METHODS:
        raise ValueError("it is compressed in another way than deflate")
    with archive.open(entry) as stream:
        # A bare read() would unpack all there is before it looks at the size declared.
        data = stream.read(entry.file_size)
    if len(data) != entry.file_size:
        raise ValueError("an entry is shorter than declared")
    return data
