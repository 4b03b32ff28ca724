"""Panes, discovered: each module of this package may have a tuple `PANES`."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from gru_debugger import discovery
from gru_debugger.charts.theme import Theme
from gru_debugger.panes.pane import Pane
from gru_debugger.session.session import Session


@dataclass(frozen=True)
class PaneSpec:
    """`name` is the export's; `size` the picture's in pixels; `dock` where the window puts it."""

    name: str
    title: str
    make: Callable[[Session, Theme], Pane]
    size: tuple[int, int]
    dock: str = ""  # "top" or "right"; empty for what is part of the centre


@cache
def pane_specs() -> dict[str, PaneSpec]:
    """All panes by name, in the order of their modules."""
    import gru_debugger.panes as package

    modules = [
        importlib.import_module(f"{package.__name__}.{name}")
        for name in discovery.names(package.__path__)
    ]
    return {spec.name: spec for module in modules for spec in getattr(module, "PANES", ())}
