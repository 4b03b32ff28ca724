"""Another module in the reading child's place: what a file that took it over could do."""

from __future__ import annotations

from pathlib import Path

import pytest

from gru_debugger import children
from gru_debugger.formats.child import isolation

NAME = "worker_of_a_test"
WORKER = "\nfrom gru_debugger.formats.child.worker import main\n"


def begin_with(lines: str, folder: Path, patch: pytest.MonkeyPatch) -> None:
    """From here on each reading child runs `lines` first; `folder` holds modules that it finds."""
    (folder / f"{NAME}.py").write_text(lines + WORKER)
    places = [*children.places(), str(folder)]
    patch.setattr(children, "places", lambda: places)
    patch.setattr(isolation, "_WORKER", NAME)
