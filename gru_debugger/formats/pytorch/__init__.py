"""PyTorch checkpoints (.pt, .pth), without torch and without running what is inside."""

from __future__ import annotations

from pathlib import Path

from gru_debugger.formats.contents import Contents
from gru_debugger.formats.pytorch import layout

NAME = "PyTorch"
SUFFIXES = (".pt", ".pth", ".ckpt")
LATER = ("gru_debugger.formats.pytorch.file",)

_KINDS = "checkpoint", "distributed", "package", "old TorchScript"


def claims(data: bytes) -> bool:
    if data[:2] == b"PK":
        return layout.kind(data) in _KINDS
    # A pickle; the length in front of a safetensors file may begin so too, but ends in zeros.
    return data[:1] == b"\x80" and data[3:8] != bytes(5)


def read(data: bytes, path: Path) -> Contents:
    from gru_debugger.formats.pytorch import file

    return file.read(data, path)
