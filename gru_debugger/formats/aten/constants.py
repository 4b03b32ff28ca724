"""Numbers that are known when a network is followed: made, stored, or reckoned from such."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gru_debugger.formats.aten.calls import Call
from gru_debugger.formats.aten.values import (
    LARGEST_STORED,
    Array,
    Kind,
    Param,
    Unfollowed,
    Unknown,
)

_WHOLE = (0, 1, 2, 3, 4)  # torch's numbers of its types: uint8 to int64
_BOOL = 11

_FOLDED: dict[str, Callable[..., Any]] = {
    "add": lambda a, b, alpha=1: a + alpha * b, "sub": lambda a, b, alpha=1: a - alpha * b,
    "rsub": lambda a, b, alpha=1: b - alpha * a, "mul": np.multiply, "div": np.true_divide,
    "neg": np.negative, "floor_divide": np.floor_divide, "remainder": np.mod, "eq": np.equal,
    "ne": np.not_equal, "lt": np.less, "gt": np.greater, "le": np.less_equal,
    "ge": np.greater_equal, "logical_not": np.logical_not, "tanh": np.tanh, "exp": np.exp,
}  # fmt: skip


def kind_of(dtype: Any) -> Kind | None:
    """Of one of torch's numbers of types; None for anything else."""
    if not isinstance(dtype, int):
        return None
    return "int" if dtype in _WHOLE else "bool" if dtype == _BOOL else "float"


def numbers(call: Call, value: Any) -> Any:
    """An array, of a plain number or a small stored tensor too; anything else as it is."""
    if isinstance(value, (bool, int, float)):
        op = call.flow.op("constant", call.name, verdict="constant", moves=True)
        return call.flow.constant(op, np.asarray(value))
    return stored(call, value) if isinstance(value, Param) else value


def stored(call: Call, value: Param) -> Array | Param:
    """A small stored tensor, number by number: the same ones whenever it is read."""
    flow = call.flow
    large = math.prod(value.shape) > LARGEST_STORED or value.turned \
        or value.copies is not None
    if large or value.key in flow.spoiled:
        return value
    if value.key not in flow.read:
        array = flow.load(value)
        if array is None:
            return value
        op = flow.op("stored", call.name, [value], verdict="constant", moves=True)
        flow.read[value.key] = flow.constant(op, array)
    found = flow.read[value.key]
    return Array(found.signs.copy(), found.maker, found.kind)


def made(call: Call) -> Any:
    """zeros, arange, tensor and their kin."""
    kind, first = call.kind, call.at(0)
    if kind in ("tensor", "as_tensor", "scalar_tensor"):
        if isinstance(first, (Array, Param, Unknown)):
            return first
        values = np.asarray(_number(plain(call, first)))
    elif kind == "arange":
        bounds = _number(plain(call, call.args[:3]))
        low, high = (0, bounds[0]) if len(bounds) < 2 else bounds[:2]
        call.flow.spend([max(int((high - low) / (bounds[2] if len(bounds) > 2 else 1)), 0)])
        values = np.arange(*bounds)
    else:
        values = _full(call)
    whole = kind_of(call.named.get("dtype"))
    if whole is not None and kind not in ("tensor", "as_tensor"):
        values = values.astype(np.int64 if whole == "int" else np.float64)
    return call.flow.constant(call.move([], verdict="constant"), values)


def _full(call: Call) -> NDArray[Any]:
    """zeros, new_ones, full_like, …"""
    _, _, like = call.kind.partition("_")
    new = call.kind.startswith("new_")
    first = call.at(1 if new else 0, "size")
    size = first.dims if like == "like" and isinstance(first, (Array, Param)) else first
    sizes = size if isinstance(size, (list, tuple)) else [size]
    if any(isinstance(n, Unknown) for n in sizes):
        sizes = []  # one number, for however many there are
    dims = [int(n) for n in _number(plain(call, sizes))]
    call.flow.spend(dims)
    value = 1.0 if "ones" in call.kind else 0.0
    if "full" in call.kind:
        value = _number(plain(call, call.at(2 if new else 1, "fill_value")))
    return np.full(dims, value)


_MADE = ("zeros", "ones", "full", "arange", "scalar_tensor", "tensor", "as_tensor", "new_zeros",
         "new_ones", "new_full", "zeros_like", "ones_like", "full_like", "empty_like")  # fmt: skip
MAKERS: dict[str, Callable[[Call], Any]] = dict.fromkeys(_MADE, made)


def plain(call: Call, value: Any) -> Any:
    """A number where an array of one holds one that is known, in lists too."""
    if isinstance(value, Array) and value.signs.size == 1:
        known = call.flow.values(value)
        return value if known is None else known.reshape(-1)[0].item()
    return [plain(call, part) for part in value] if isinstance(value, (list, tuple)) else value


def _number(value: Any) -> Any:
    """The same, or a list of such; raises Unfollowed for anything else."""
    if isinstance(value, list):
        return [_number(part) for part in value]
    if not isinstance(value, (bool, int, float)):
        raise Unfollowed("a number that is computed")
    return value


def _folded(call: Call) -> Any:
    """Arithmetic of numbers that are all known."""
    if call.named or any(isinstance(v, (list, tuple, str)) for v in call.args):
        return None
    if any(isinstance(v, Array) and not call.flow.known(v) for v in call.args):
        return None
    arrays = [numbers(call, value) for value in call.args]
    values = [call.flow.values(a) if isinstance(a, Array) else None for a in arrays]
    known = [v for v in values if v is not None]
    if len(known) < len(values):
        return None
    call.flow.spend(np.broadcast_shapes(*(v.shape for v in known)))
    with np.errstate(all="ignore"):
        result = np.asarray(_FOLDED[call.kind](*known))
    return call.flow.constant(call.op(verdict="constant"), result)


def _sorted(call: Call) -> Any:
    value = call.at(0)
    values = call.flow.values(value) if isinstance(value, Array) else None
    if values is None or values.ndim != 1:
        return None
    order = np.argsort(-values if call.at(2, "descending", False) else values, kind="stable")
    op = call.op(verdict="constant")
    return call.flow.constant(op, values[order]), call.flow.constant(op, order)


def _scattered(call: Call) -> Any:
    """As an order of texts is turned round."""
    parts = [call.at(0), call.at(2), call.at(3)]
    values = [call.flow.values(p) if isinstance(p, Array) else None for p in parts]
    known = [v for v in values if v is not None and v.ndim == 1]
    if len(known) < len(parts):
        return None
    result = known[0].copy()
    result[known[1].astype(np.int64)] = known[2]
    return call.flow.constant(call.op(verdict="constant"), result)


def _numel(call: Call) -> Any:
    value = call.at(0)
    return math.prod(value.dims) if isinstance(value, (Array, Param)) else None


RECKONED: dict[str, Callable[[Call], Any]] = {
    **dict.fromkeys(_FOLDED, _folded), "sort": _sorted, "scatter": _scattered, "numel": _numel,
}
