"""Keras files, without Keras: .h5 of Keras 2 and 3, .keras, .weights.h5."""

from __future__ import annotations

from pathlib import Path

from gru_debugger.formats import archive
from gru_debugger.formats.contents import Contents

NAME = "Keras"
SUFFIXES = (".keras", ".h5", ".hdf5")
LIBRARIES = ("h5py",)
LATER = ("gru_debugger.formats.keras.file",)

SIGNATURE = b"\x89HDF\r\n\x1a\n"


def claims(data: bytes) -> bool:
    if data[:8] == SIGNATURE:
        return True
    return archive.first_name(data) in ("metadata.json", "config.json", "model.weights.h5")


def read(data: bytes, path: Path) -> Contents:
    from gru_debugger.formats.keras import file

    return file.read(data, path)
