"""Importing while Qt's bindings are there."""

from __future__ import annotations


def quicken() -> None:
    """Have PySide leave the sources of what is imported alone.

    From its own import on it reads the source of every module that is imported, pyqtgraph's and
    numpy's too, to see whether it names PySide6 and so may ask for Qt's functions by other names
    (snake_case). It takes a tenth of a start and keeps all sources in memory; nobody asks here. It
    has no switch for it; where the function is not what it was, everything is as without this.
    """
    import PySide6.QtCore  # noqa: F401 -- brings the module below along

    try:
        from shibokensupport import feature
    except ImportError:
        return
    if hasattr(feature, "_mod_uses_pyside"):
        feature._mod_uses_pyside = lambda module: False
