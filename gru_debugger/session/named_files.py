"""The files that a session names: as they stand in it, and which it may name unasked.

A session may come from a stranger, who could name whatever the user can read. What lies in or below
the session's own folder came along with it; anything else is the user's to allow.
"""

from __future__ import annotations

import os
from pathlib import Path, PurePath
from typing import Any

_LONGEST = 4096  # characters


def is_name(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST and value.isprintable()


def relative(name: str, session: Path) -> str:
    """From the session's folder, where that can be said; FILE.npz:NAME keeps its end."""
    try:
        return Path(os.path.relpath(name, session.absolute().parent)).as_posix()
    except ValueError:  # on another drive
        return name


def absolute(name: str, session: Path) -> str:
    """As it is meant in the session's folder."""
    return str(session.absolute().parent / name)


def came_along(path: str, session: Path) -> bool:
    """Whether it leads to a file in the session's folder, links followed; of FILE.npz:NAME, both
    ways to mean it."""
    home = really(str(session.absolute().parent))
    meant = {path, path.rpartition(":")[0] or path}
    return all(PurePath(really(one)).is_relative_to(home) for one in meant)


def really(path: str) -> str:
    """Where it leads."""
    return os.path.realpath(path)
