"""Another module in the reading child's place: what a file that took it over could do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from gru_debugger import children
from gru_debugger.formats.child import isolation

NAME = "worker_of_a_test"
SLOW = """
import os, time
from gru_debugger.formats import {reader}
read = {reader}.read
def slowly(*given):
    while not os.path.exists({go!r}):
        time.sleep(0.01)
    return read(*given)
{reader}.read = slowly
"""
WORKER = "\nfrom gru_debugger.formats.child.worker import main\n"


def begin_with(lines: str, folder: Path, patch: pytest.MonkeyPatch) -> None:
    """From here on each reading child runs `lines` first; `folder` holds modules that it finds."""
    (folder / f"{NAME}.py").write_text(lines + WORKER)
    places = [*children.places(), str(folder)]
    patch.setattr(children, "places", lambda: places)
    patch.setattr(isolation, "_WORKER", NAME)


def read_slowly(
    folder: Path, patch: pytest.MonkeyPatch, reader: str = "safetensors"
) -> Callable[[], None]:
    """From here on a file of this format is half read until what is returned is called."""
    go = folder / "go on"
    begin_with(SLOW.format(reader=reader, go=str(go)), folder, patch)
    return go.touch
