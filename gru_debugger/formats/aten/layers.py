"""The layers that are computed here, as operators: embedding, one-hot, Linear, GRU."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gru_debugger.formats.aten.calls import Call
from gru_debugger.formats.aten.constants import stored
from gru_debugger.formats.aten.values import Array, Block, Impossible, Op, Param, Signs, Unknown


@dataclass(frozen=True, eq=False)
class Lookup:
    """Rows of a stored table, or of zeros with a one (`table` None), by the signs of `indices`."""

    table: Param | None
    indices: Signs


@dataclass(frozen=True, eq=False)
class Linear:
    """`rows` (any, inputs), and the block that holds what it gives."""

    weight: Param
    bias: Param | None
    rows: Signs
    block: Block


@dataclass(frozen=True, eq=False)
class Recurrent:
    """A GRU over all its steps, or a cell over one; `x` (steps, texts, inputs).

    `states` holds all h, or the cell's one, `last` the last of each layer; `seen` whose results it
    reads as x, and `begun` as h(0).
    """

    weights: tuple[Param, ...]
    x: Signs | None
    hx: Any
    seen: tuple[Op, ...]
    begun: tuple[Op, ...]
    layers: int
    directions: int
    cell: bool
    states: Block
    last: Block | None = None


def _embedding(call: Call) -> Any:
    table, indices = call.args[:2]
    if isinstance(indices, Array) and indices.kind != "int":
        raise Impossible("indices that are no whole numbers")
    return looked_up(call, table, [indices]) if isinstance(table, Param) else None


def looked_up(call: Call, table: Param, places: list[Any]) -> Any:
    op = call.op()
    if len(places) != 1 or not isinstance(places[0], Array) or len(table.dims) != 2:
        return Unknown(op)
    indices = places[0]
    if not table.turned and table.key not in call.flow.spoiled and indices.kind == "int":
        op.layer = Lookup(table, indices.signs.ravel().copy())
    return call.flow.fresh(op, (*indices.dims, table.dims[1]), role="rows")


def _one_hot(call: Call) -> Any:
    indices, count = call.at(0), call.at(1, "num_classes", -1)
    if not isinstance(indices, Array) or not isinstance(count, int) or count < 1:
        return None
    if indices.kind != "int":
        raise Impossible("indices that are no whole numbers")
    return _ones(call, indices, count)


def _ones(call: Call, indices: Array, count: int) -> Array:
    op = call.op()
    op.layer = Lookup(None, indices.signs.ravel().copy())
    return call.flow.fresh(op, (*indices.dims, count), "int", role="one-hot")


def _equal(call: Call) -> Any:
    """One-hot, as torch itself takes it apart: each index compared with 0 … n − 1."""
    if len(call.args) != 2 or not all(isinstance(a, Array) for a in call.args):
        return None
    for indices, numbers in (call.args, call.args[::-1]):
        values = call.flow.values(numbers)
        if values is not None and values.ndim == 1 and indices.dims[-1:] == (1,) \
                and np.array_equal(values, np.arange(values.size)):  # fmt: skip
            found = _ones(call, Array(indices.signs[..., 0], indices.maker), values.size)
            return Array(found.signs, found.maker, "bool")
    return None


def _linear(call: Call) -> Any:
    x, weight, bias = call.at(0), call.at(1), call.at(2)
    if call.kind in ("addmm",):
        bias, x, weight = call.at(0), call.at(1), call.at(2)
        if call.named.get("beta", 1) != 1 or call.named.get("alpha", 1) != 1:
            return None
    x = stored(call, x) if isinstance(x, Param) else x
    if call.kind == "bmm" and isinstance(x, Array) and isinstance(weight, Param) \
            and weight.copies is not None and x.dims[:1] == weight.dims[:1]:  # fmt: skip
        weight = replace(weight, copies=None)
    if not isinstance(x, Array) or not isinstance(weight, Param) or len(weight.dims) != 2:
        return None
    if call.kind != "linear":
        weight = Param(weight.key, weight.name, weight.shape, weight.kind, not weight.turned)
    if x.dims[-1:] != weight.dims[1:] or x.kind != "float":
        raise Impossible("a Linear layer of another width")
    if bias is not None and not isinstance(bias, Param):
        return None
    return _scores(call, x, weight, bias)


def _scores(call: Call, x: Array, weight: Param, bias: Param | None) -> Array:
    op = call.op()
    made = call.flow.fresh(op, (*x.dims[:-1], weight.dims[0]), role="scores")
    known = not {weight.key, getattr(bias, "key", None)} & call.flow.spoiled.keys()
    if known and (bias is None or bias.dims == weight.dims[:1]):
        rows = x.signs.reshape(-1, x.dims[-1])
        op.layer = Linear(weight, bias, rows, call.flow.blocks[-1])
    return made


def _biased(call: Call) -> Any:
    """A sum that only adds its bias to a product: a Linear layer in two parts."""
    if len(call.args) != 2 or call.named.get("alpha", 1) != 1:
        return None
    product, bias = call.args if isinstance(call.args[1], Param) else call.args[::-1]
    if not isinstance(product, Array) or not isinstance(bias, Param):
        return None
    blocks = call.flow.owners(product.signs)
    layer = blocks[0].op.layer if len(blocks) == 1 else None
    whole = isinstance(layer, Linear) and layer.block is blocks[0] and layer.bias is None
    if not whole or not isinstance(layer, Linear) or bias.dims != layer.weight.dims[:1]:
        return None
    plain = np.arange(blocks[0].start, blocks[0].start + product.signs.size)
    if not np.array_equal(product.signs.ravel(), plain):
        return None
    blocks[0].op.moves = True  # its sums are read by this alone, or told
    blocks[0].op.verdict = "computed"
    shape = (*product.dims[:-1], layer.rows.shape[-1])
    return _scores(call, Array(layer.rows.reshape(shape), product.maker), layer.weight, bias)


def _gru(call: Call) -> Any:
    args = call.args
    packed = isinstance(args[3], (list, tuple))
    x, hx, weights = (args[0], args[2], args[3]) if packed else (args[0], args[1], args[2])
    biases, count, dropout, train, both = args[4:9] if packed else args[3:8]
    if not isinstance(weights, (list, tuple)) or not all(isinstance(w, Param) for w in weights):
        return None
    if bool(both) not in (False, True) or not isinstance(count, int) or not weights:
        return None
    first = not packed and bool(args[8])
    wide, ways = weights[0].dims[-1], 1 + bool(both)
    units = weights[1].dims[-1]
    each = 4 if biases else 2
    fits = len(weights) == each * ways * count and all(
        w.dims[:1] == (3 * units,) and not w.turned for w in weights
    )
    op = call.op()
    if isinstance(x, Array):
        signs = x.signs[:, None] if packed else x.signs
        if signs.ndim != 3 or signs.shape[-1] != wide or x.kind != "float":
            raise Impossible("a GRU of another width")
        if first:
            signs = signs.swapaxes(0, 1)
        steps, texts = signs.shape[:2]
    elif isinstance(x, Unknown):
        signs, steps, texts = None, call.flow.steps, 1
    else:
        return None
    hx = _state(call, hx, (count * ways, texts, units))
    made = call.flow.fresh(op, (steps, texts, ways * units), role="states")
    states = call.flow.blocks[-1]
    end = call.flow.fresh(op, (count * ways, texts, units), role="last")
    if train and dropout and count > 1:
        op.reason = "its dropout runs as in training"
    if fits and not {w.key for w in weights} & call.flow.spoiled.keys():
        op.layer = Recurrent(
            tuple(weights), None if signs is None else signs.copy(), hx, call.flow.parents([x]),
            call.flow.parents([hx]), count, ways, False, states, call.flow.blocks[-1],
        )  # fmt: skip
    out = made.signs[:, 0] if packed else made.signs.swapaxes(0, 1) if first else made.signs
    return Array(out, op), end


def _state(call: Call, hx: Any, dims: tuple[int, ...]) -> Any:
    """Of the size that it must have; one number is for all."""
    hx = stored(call, hx) if isinstance(hx, Param) else hx
    if not isinstance(hx, Array):
        return hx
    if hx.dims not in ((), dims):
        raise Impossible("an initial state of another size")
    return Array(np.broadcast_to(hx.signs, dims).copy(), hx.maker)


def _cell(call: Call) -> Any:
    x, hx = call.args[:2]
    weights = [w for w in call.args[2:6] if w is not None]
    if not all(isinstance(w, Param) for w in weights) or len(weights) not in (2, 4):
        return None
    units = weights[1].dims[-1]
    texts = x.dims[0] if isinstance(x, Array) else 1
    if isinstance(x, Array) and (x.dims[1:] != weights[0].dims[1:] or x.kind != "float"):
        raise Impossible("a cell of another width")
    hx = _state(call, hx, (texts, units))
    op = call.op()
    made = call.flow.fresh(op, (texts, units), role="states")
    plain = all(w.dims[:1] == (3 * units,) and not w.turned for w in weights)
    if plain and not {w.key for w in weights} & call.flow.spoiled.keys():
        op.layer = Recurrent(
            tuple(weights), x.signs[None].copy() if isinstance(x, Array) else None,
            hx,
            call.flow.parents([x]), call.flow.parents([hx]), 1, 1, True, call.flow.blocks[-1],
        )  # fmt: skip
    return made


# Packing -----------------------------------------------------------------------------------------


def _packed(call: Call) -> Any:
    """One text, all of whose steps are read: its rows one after another."""
    x, first = call.at(0), bool(call.at(2, "batch_first", False))
    if not isinstance(x, Array) or x.signs.ndim < 2:
        return None
    signs = x.signs.swapaxes(0, 1) if first else x.signs
    lengths = call.at(1)
    if isinstance(lengths, Array) and lengths.dims != signs.shape[1:2]:
        raise Impossible("not a length for each text")
    if signs.shape[1] != 1:
        return None
    values = call.flow.values(lengths) if isinstance(lengths, Array) else None
    op = call.flow.op(call.kind, call.name, [x], verdict="packing", moves=True)
    if values is None:
        op.reason = "how many steps of a text are read is computed when it runs; here all are"
        op.verdict = "told"
    elif values.tolist() != [len(signs)]:
        return None
    ones = call.flow.constant(op, np.ones(len(signs), np.int64))
    return Array(signs[:, 0].copy(), op, x.kind), ones


def _unpacked(call: Call) -> Any:
    x, first = call.at(0), bool(call.at(2, "batch_first", False))
    if not isinstance(x, Array) or call.at(4, "total_length") not in (None, len(x.signs)):
        return None
    op = call.flow.op(call.kind, call.name, [x], verdict="packing", moves=True)
    signs = x.signs[None] if first else x.signs[:, None]
    return Array(signs, op, x.kind), call.flow.constant(op, np.array([len(x.signs)]))


LAYERS: dict[str, Callable[[Call], Any]] = {
    "embedding": _embedding, "one_hot": _one_hot, "eq": _equal, "linear": _linear,
    "addmm": _linear, "matmul": _linear, "mm": _linear, "bmm": _linear, "add": _biased, "gru": _gru,
    "gru_cell": _cell, "_pack_padded_sequence": _packed, "_pad_packed_sequence": _unpacked,
}  # fmt: skip
