"""Faults in what Qt calls: in PySide 6.10 a second one that leaves an override ends the process."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

_P = ParamSpec("_P")
_Self = TypeVar("_Self")


def guarded(
    method: Callable[Concatenate[_Self, _P], None],
) -> Callable[Concatenate[_Self, _P], None]:
    """The method, with its faults given to ``sys.excepthook``: the program goes on."""

    @wraps(method)
    def call(self: _Self, /, *args: _P.args, **kwargs: _P.kwargs) -> None:
        try:
            method(self, *args, **kwargs)
        except Exception:
            sys.excepthook(*sys.exc_info())

    return call


@contextmanager
def raised() -> Iterator[None]:
    """Within it a guarded fault is raised when the block ends: a picture must not be half right."""
    faults: list[BaseException] = []
    before = sys.excepthook
    sys.excepthook = lambda kind, fault, trace: faults.append(fault)
    try:
        yield
    finally:
        sys.excepthook = before
    if faults:
        raise faults[0]
