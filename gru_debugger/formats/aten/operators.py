"""torch's operators on signs: what each makes of what it is given.

Each that is known is a row of a table; a function that can't say what becomes of a call answers
with None, and the next is asked. What nobody knows makes new numbers, and is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from gru_debugger.formats.aten import cells, layers
from gru_debugger.formats.aten.calls import Call, opaque
from gru_debugger.formats.aten.constants import (
    MAKERS,
    RECKONED,
    kind_of,
    numbers,
    plain,
    stored,
)
from gru_debugger.formats.aten.moves import MOVES, VERDICTS, size_of
from gru_debugger.formats.aten.values import (
    Array,
    Counted,
    Impossible,
    Kind,
    Param,
    Unfollowed,
    Unknown,
)

_CASTS: dict[str, Kind] = {
    "float": "float", "double": "float", "half": "float", "bfloat16": "float", "long": "int",
    "int": "int", "short": "int", "bool": "bool",
}  # fmt: skip
_KINDS: tuple[Kind, ...] = ("bool", "int", "float")  # each holds what those before it do
_CHECKS = ("_assert_async", "_assert_tensor_metadata", "_assert_scalar", "sym_constrain_range",
           "sym_constrain_range_for_size", "_check", "warn", "manual_seed")  # fmt: skip

Rule = Callable[[Call], Any]


def applied(call: Call) -> Any:
    """What an operator gives. Raises Unfollowed, or Impossible where torch would refuse."""
    if call.kind in _CHECKS:
        return None
    try:
        if call.kind.endswith("_") and not call.kind.startswith("__"):
            return _in_place(call)
        return next((f for rule in _rules(call) if (f := rule(call)) is not None), None)
    except (ValueError, IndexError, TypeError, OverflowError, ZeroDivisionError) as fault:
        raise Impossible(f"{call.kind}: {fault}") from None


def _rules(call: Call) -> Iterator[Rule]:
    kind = call.kind
    for table in (layers.LAYERS, _RULES, MAKERS):
        if kind in table:
            yield table[kind]
    if kind in cells.OPERATORS:
        yield cells.followed
    if call.args and isinstance(call.args[0], Param):
        yield _of_stored
        call.args[0] = stored(call, call.args[0])
    if kind in MOVES:
        yield _moved
    if kind in RECKONED:
        yield RECKONED[kind]
    yield opaque


# In place ----------------------------------------------------------------------------------------


def _in_place(call: Call) -> Any:
    target = call.at(0)
    if isinstance(target, Param):
        op = call.op()
        call.flow.spoiled[target.key] = op
        return Unknown(op)
    same = Call(call.flow, call.kind[:-1], list(call.args), call.named, call.name, call.declared)
    result = _filled(same) if same.kind in ("copy", "fill", "zero") else applied(same)
    if not isinstance(target, Array):
        return result
    if not isinstance(result, Array):
        result = call.flow.one_for_all(call.op(), target.dims, target.kind)
    if result.dims == target.dims:
        if not target.signs.flags.writeable:
            _unshare(call, target)
        target.signs[...] = result.signs
    else:
        target.signs = result.signs
    target.maker = result.maker
    return target


def _unshare(call: Call, target: Array) -> None:
    """Room of its own for what is nothing but new numbers; else many numbers would be one."""
    if any(block.role or block.values is not None for block in call.flow.owners(target.signs)):
        raise Unfollowed(f"{call.kind} writes where many numbers are one")
    call.flow.spend(target.dims)
    target.signs = target.signs.copy()


def _filled(call: Call) -> Any:
    """copy, fill and zero: numbers that stand in the place of others."""
    target, value = call.at(0), numbers(call, call.at(1, "value", 0))
    if not isinstance(target, Array) or not isinstance(value, Array):
        return Unknown(call.op())
    op = call.move([target, value])
    return Array(np.broadcast_to(value.signs, target.dims), op, target.kind)


# Moves -------------------------------------------------------------------------------------------


def _of_stored(call: Call) -> Any:
    """What leaves a stored matrix as it is, turns it, or copies it for each step."""
    value = call.args[0]
    if call.kind in ("expand", "view"):
        return _copied(call, value)
    if call.kind in ("detach", "contiguous", "clone", "alias", "lift_fresh_copy", "to", "float"):
        return value
    axes = call.args[1] if call.kind == "permute" else call.args[1:3]
    turns = call.kind in ("t", "numpy_T") or (
        call.kind in ("transpose", "permute") and sorted(n % 2 for n in axes) == [0, 1])
    if not turns or len(value.dims) != 2:
        return None
    call.op([value], verdict="turned back", moves=True)
    return Param(value.key, value.name, value.shape, value.kind, not value.turned)


def _copied(call: Call, value: Param) -> Param | None:
    """A matrix for each step, as a product of matrices reads it."""
    sizes = call.at(1)
    if not isinstance(sizes, (list, tuple)) or len(sizes) != 3 or len(value.shape) != 2 \
            or not isinstance(sizes[0], int):  # fmt: skip
        return None
    copied = replace(value, copies=value.copies or sizes[0])
    if copied.dims != tuple(sizes):
        return None
    call.op([value], verdict="shape", moves=True)
    return copied


def _moved(call: Call) -> Any:
    value, args = call.at(0), [plain(call, a) for a in call.args[1:]]
    if not isinstance(value, Array) or set(call.named) - {"implicit", "memory_format"} \
            or any(isinstance(a, (Array, Param, Unknown)) for a in args):  # fmt: skip
        return None
    call.flow.spend([size_of(call.kind, value.signs, args)])
    result = MOVES[call.kind](value.signs, *args)
    op = call.move([value], verdict=VERDICTS[call.kind])
    if isinstance(result, list):
        return [Array(signs, op, value.kind) for signs in result]
    return Array(result, op, value.kind)


def _size(call: Call) -> Any:
    value, axis = call.at(0), call.at(1, "dim")
    if isinstance(value, Unknown):
        return value
    dims = [Counted(n) if n == call.flow.steps else n for n in value.dims]
    return dims if axis is None else dims[int(axis)]


def _cast(call: Call) -> Any:
    value = call.at(0)
    if not isinstance(value, Array):
        return value if isinstance(value, Param) else None
    wanted = _wanted(call, value)
    narrower = _KINDS.index(wanted) < _KINDS.index(value.kind)
    if narrower and call.flow.values(value) is None and not _whole(call, value, wanted):
        return opaque(call, wanted)
    return Array(value.signs, call.move([value], verdict="cast"), wanted)


def _wanted(call: Call, value: Array) -> Kind:
    if call.kind in _CASTS:
        return _CASTS[call.kind]
    if call.kind == "type_as":
        other = call.at(1)
        return other.kind if isinstance(other, (Array, Param)) else "float"
    given = [a for a in call.args[1:3] if isinstance(a, int) and not isinstance(a, bool)]
    return kind_of(call.named.get("dtype", next(iter(given), None))) or value.kind


def _whole(call: Call, value: Array, wanted: Kind) -> bool:
    """Whether its numbers are whole, though of a type that need not be."""
    roles = {block.role for block in call.flow.owners(value.signs)}
    return roles <= {"indices", "one-hot"} and wanted == "int"


def _joined(call: Call) -> Any:
    parts, axis = call.at(0), int(call.at(1, "dim", 0))
    parts = [] if isinstance(parts, Unknown) else [numbers(call, part) for part in parts]
    if not parts or not all(isinstance(part, Array) for part in parts):
        return opaque(call)
    call.flow.spend([sum(part.signs.size for part in parts)])
    signs = [part.signs for part in parts if part.dims != (0,) or len(parts) == 1]
    result = np.stack(signs, axis) if call.kind == "stack" else np.concatenate(signs, axis)
    return Array(result, call.move(parts), parts[0].kind)


def _like(call: Call) -> Any:
    """view_as, expand_as, reshape_as."""
    value, other = call.at(0), call.at(1)
    if not isinstance(value, Array) or not isinstance(other, (Array, Param)):
        return None
    kind = call.kind.removesuffix("_as")
    return _moved(Call(call.flow, kind, [value, list(other.dims)], {}, call.name))


def _padded(call: Call) -> Any:
    """With constants around: more than that it is shifted or cut."""
    value, widths = call.at(0), call.at(1)
    named = call.kind == "pad"
    if not isinstance(value, Array) or (named and call.at(2, "mode", "constant") != "constant"):
        return None
    filling = call.at(3 if named else 2, "value", 0.0) or 0.0
    pairs = [(int(a), int(b)) for a, b in zip(widths[::2], widths[1::2], strict=True)]
    around = [(0, 0)] * (value.signs.ndim - len(pairs)) + pairs[::-1]
    if any(n < 0 for pair in around for n in pair):
        return None
    call.flow.spend([n + a + b for n, (a, b) in zip(value.dims, around, strict=True)])
    constant = int(numbers(call, filling).signs.reshape(-1)[0])
    return Array(np.pad(value.signs, around, constant_values=constant), call.move([value]),
                 value.kind)  # fmt: skip


# Rows by number ----------------------------------------------------------------------------------


def _indexed(call: Call) -> Any:
    """Of a stored table those rows that a text asks for."""
    value = call.at(0)
    if call.kind == "index":
        places = list(call.at(1) or [])
    else:
        axis = int(call.at(1)) % max(len(getattr(value, "dims", ())), 1)
        places = [None] * axis + [call.at(2)]
    if isinstance(value, Param):
        text = any(isinstance(p, Array) and call.flow.values(p) is None for p in places)
        value = value if text and len(value.dims) > 1 else stored(call, value)
    if isinstance(value, Param):
        return layers.looked_up(call, value, places)
    if not isinstance(value, Array):
        return opaque(call)
    known = [call.flow.values(p) if isinstance(p, Array) else None for p in places]
    if any(k is None and p is not None for k, p in zip(known, places, strict=True)):
        return _unknown_rows(call, value, places)
    where = [slice(None) if k is None else k if k.dtype.kind == "b" else k.astype(np.int64)
             for k in known]  # fmt: skip
    indexed = [k for k in known if k is not None]
    here = np.broadcast_shapes(*(k.shape for k in indexed if k.dtype.kind != "b"))
    call.flow.spend([*here, value.signs.size])
    result = value.signs[tuple(where)]
    return Array(result, call.move([value]), value.kind)


def _unknown_rows(call: Call, value: Array, places: list[Any]) -> Any:
    """Of places that are computed: as many numbers as if these were zeros."""
    whole = all(p is None or (isinstance(p, Array) and p.kind == "int") for p in places)
    if whole and call.declared is None:
        zeros = [slice(None) if p is None else np.zeros(p.dims, np.int64) for p in places]
        call.declared = [value.signs[tuple(zeros)].shape]
    return opaque(call)


def _dropped(call: Call) -> Any:
    """Dropout: nothing is dropped of a network that is used, unless the file says so."""
    value, train = call.at(0), call.at(2, "train", False)
    if train is not False and call.at(1) not in (0, 0.0):
        return opaque(call, reason="it runs as in training")
    if not isinstance(value, Array):
        return value
    return Array(value.signs, call.move([value], verdict="dropout"), value.kind)


_RULES: dict[str, Rule] = {
    **dict.fromkeys((*_CASTS, "to", "type_as", "_to_copy", "type"), _cast),
    **dict.fromkeys(("cat", "concat", "concatenate", "stack"), _joined),
    **dict.fromkeys(("index", "index_select"), _indexed),
    **dict.fromkeys(("view_as", "reshape_as", "expand_as"), _like),
    **dict.fromkeys(("pad", "constant_pad_nd"), _padded),
    **dict.fromkeys(("dropout", "feature_dropout", "alpha_dropout"), _dropped),
    **dict.fromkeys(("size", "sym_size"), _size),
}
