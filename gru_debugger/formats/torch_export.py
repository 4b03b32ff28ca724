"""torch.export archives (.pt2)."""

from __future__ import annotations

from pathlib import Path

from gru_debugger.formats.contents import Contents
from gru_debugger.formats.pytorch import layout

NAME = "torch.export"
SUFFIXES = (".pt2",)
LATER = ("gru_debugger.formats.aten.told", "gru_debugger.formats.pytorch.export")


def claims(data: bytes) -> bool:
    return layout.kind(data) == "export"


def read(data: bytes, path: Path) -> Contents:
    from gru_debugger.formats.pytorch import export

    return export.read(data, path)
