"""TorchScript archives (torch.jit.save), read without running anything in them."""

from __future__ import annotations

from pathlib import Path

from gru_debugger.formats.contents import Contents
from gru_debugger.formats.pytorch import layout

NAME = "TorchScript"
SUFFIXES = (".pt", ".ptl")
LATER = ("gru_debugger.formats.aten.told", "gru_debugger.formats.pytorch.script")


def claims(data: bytes) -> bool:
    return layout.kind(data) == "TorchScript"


def read(data: bytes, path: Path) -> Contents:
    from gru_debugger.formats.pytorch import script

    return script.read(data, path)
