"""Registries without lists: what lies in a package is what is offered.

A file there is all that a new format, picture, pane or recording needs. Names come without an
import, so that `--help` is quick; a module is imported when it is used.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable


def names(path: Iterable[str]) -> tuple[str, ...]:
    """Of the modules in a package whose ``__path__`` is `path`, sorted."""
    return tuple(sorted(info.name for info in pkgutil.iter_modules(path)))
