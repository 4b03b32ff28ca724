"""What a program gives as an argument, which may be anything: what was asked for, or one line."""

from __future__ import annotations

import operator
from numbers import Real
from typing import Any

from gru_debugger.errors import InputError


def whole(name: str, value: Any) -> int:
    """A whole number. Raises InputError for what is none: 1.0 and "1" too."""
    try:
        return operator.index(value)
    except TypeError:
        raise _wrong(name, value, "a whole number") from None


def number(name: str, value: Any) -> float:
    """Raises InputError for what is none."""
    if not isinstance(value, Real):
        raise _wrong(name, value, "a number")
    return float(value)


def words(name: str, value: Any) -> str:
    """Raises InputError for what is no str."""
    if not isinstance(value, str):
        raise _wrong(name, value, "a str")
    return value


def _wrong(name: str, value: Any, wanted: str) -> InputError:
    return InputError(f"{name} {value!r:.40}: give {wanted}.")
