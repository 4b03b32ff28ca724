"""What TorchScript's code does with values that are no tensors: numbers, truths, lists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gru_debugger.formats.aten.values import Counted, Unfollowed

MOST = 100_000  # elements of a list
_LARGEST = 1 << 63
_OF_STRINGS = ("add", "eq", "ne", "len", "list", "str", "__contains__")


@dataclass(frozen=True)
class Named:
    """A type or a device, which no number depends on."""

    name: str


def _times(a: Any, b: Any) -> Any:
    return a * min(int(b), MOST // (len(a) + 1)) if isinstance(a, (list, str)) else a * b


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": _times,
    "div": lambda a, b: a / b, "floordiv": lambda a, b: a // b, "floor_divide": lambda a, b: a // b,
    "remainder": lambda a, b: a % b, "neg": lambda a: -a, "abs": abs,
    "pow": lambda a, b: float(a) ** float(b), "sqrt": lambda a: float(a) ** 0.5,
    "eq": lambda a, b: a == b, "ne": lambda a, b: a != b, "lt": lambda a, b: a < b,
    "gt": lambda a, b: a > b, "le": lambda a, b: a <= b, "ge": lambda a, b: a >= b,
    "__and__": lambda a, b: bool(a and b), "__or__": lambda a, b: bool(a or b),
    "__xor__": lambda a, b: bool(a) != bool(b), "__not__": lambda a: not a, "len": len,
    "__contains__": lambda a, b: b in a, "list": list, "copy": list, "min": min, "max": max,
    "floor": lambda a: int(a // 1), "ceil": lambda a: -int(-a // 1), "str": str,
    "__range_length": lambda a, b, c: len(range(a, b, c)),
    "__derive_index": lambda i, start, step: start + i * step, "keys": list,
    "values": lambda a: list(a.values()), "Bool": bool, "Int": int, "Float": float,
    "Scalar": lambda a: a,
}  # fmt: skip

# The same of anything, tensors too.
OF_ANYTHING: dict[str, Callable[..., Any]] = {
    "__is__": lambda a, b: a is b, "__isnot__": lambda a, b: a is not b,
    "is_floating_point": lambda a: getattr(a, "kind", "float") == "float",
    "format": lambda *_: "", "device": lambda *_: Named("device"),
}  # fmt: skip


def computed(kind: str, args: list[Any]) -> Any:
    """Whether a result depends on how long the text is goes with it."""
    if kind not in _OF_STRINGS and any(isinstance(a, str) for a in args):
        raise Unfollowed("a string in its code")
    try:
        result = FUNCTIONS[kind](*args)
    except (ArithmeticError, TypeError, ValueError, IndexError, AttributeError):
        raise Unfollowed("arithmetic in its code") from None
    if (isinstance(result, int) and abs(result) > _LARGEST) or (
        isinstance(result, (str, list)) and len(result) > MOST
    ):
        raise Unfollowed("a number or a list that is too large")
    depends = any(isinstance(a, Counted) for a in _flat(args))
    return Counted(result) if depends and isinstance(result, (bool, int)) else result


def _flat(values: list[Any]) -> list[Any]:
    return [v for value in values for v in (value if isinstance(value, (list, tuple)) else [value])]


def changed(kind: str, target: list[Any], args: list[Any]) -> list[Any]:
    """append, extend, insert and _set_item, of a list."""
    if kind == "append":
        target.append(args[0])
    elif kind == "extend":
        target.extend(args[0])
    elif kind == "insert":
        target.insert(int(args[0]), args[1])
    else:
        target[int(args[0])] = args[1]
    if len(target) > MOST:
        raise Unfollowed("a list that is too long")
    return target


CHANGES = ("append", "extend", "insert", "_set_item")
