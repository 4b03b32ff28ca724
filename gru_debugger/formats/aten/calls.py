"""One use of an operator, and what becomes of one that is not followed number by number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gru_debugger.formats.aten.values import Array, Flow, Kind, Op, Param, Signs, Tensor, Unknown

CHOICES = ("softmax", "log_softmax", "_softmax", "_log_softmax", "argmax", "topk", "max")

_TRUTHS = ("eq", "ne", "lt", "gt", "le", "ge", "logical_not", "logical_and", "logical_or",
           "isnan", "isinf", "isfinite", "any", "all")  # fmt: skip
_PLACES = ("argmax", "argmin", "argsort", "multinomial", "count_nonzero", "bucketize",
           "searchsorted", "nonzero")  # fmt: skip
_REDUCE = ("sum", "mean", "amax", "amin", "prod", "std", "var", "norm", "linalg_vector_norm",
           "logsumexp", "any", "all", "argmax", "argmin", "median", "max", "min", "count_nonzero",
           "nansum", "nanmean")  # fmt: skip
_BY_AXIS = ("sort", "topk", "mode", "kthvalue", "cummax", "cummin")  # two results: with places
_LIKE_THE_FIRST = ("layer_norm", "batch_norm", "group_norm", "instance_norm", "gather", "scatter",
                   "native_layer_norm")  # fmt: skip
_PRODUCTS = ("matmul", "mm", "bmm", "mv", "baddbmm", "addmm")
_NO_SHAPE = ("conv1d", "conv2d", "convolution", "_convolution", "conv_transpose1d", "einsum",
             "lstm", "lstm_cell", "gru", "gru_cell", "rnn_tanh", "rnn_relu", "max_pool1d",
             "avg_pool1d", "adaptive_avg_pool1d", "adaptive_max_pool1d", "nonzero", "masked_select",
             "unique", "tensordot", "outer", "cdist", "unfold", "fold", "pixel_shuffle", "bilinear",
             "upsample_nearest1d", "multinomial", "multi_head_attention_forward",
             "_native_multi_head_attention")  # fmt: skip


@dataclass(frozen=True, eq=False)
class Choice:
    """What is made of each of `rows` of scores (any, symbols)."""

    rows: Signs


@dataclass
class Call:
    """Of the operator `kind` in the module `name`; `declared`: the sizes of what it gives."""

    flow: Flow
    kind: str
    args: list[Any]
    named: dict[str, Any] = field(default_factory=dict)
    name: str = ""
    declared: list[tuple[int, ...] | None] | None = None

    def at(self, index: int, name: str = "", default: Any = None) -> Any:
        return self.args[index] if index < len(self.args) else self.named.get(name, default)

    def tensors(self) -> list[Tensor]:
        return tensors_in([*self.args, *self.named.values()])

    def op(self, read: Iterable[Any] | None = None, **more: Any) -> Op:
        return self.flow.op(self.kind, self.name, self.tensors() if read is None else read, **more)

    def move(self, read: Iterable[Any], **more: Any) -> Op:
        """The operation, as one that moves numbers."""
        return self.op(read, **({"verdict": "shape", "moves": True} | more))


def tensors_in(values: Iterable[Any]) -> list[Tensor]:
    found: list[Tensor] = []
    for value in values:
        if isinstance(value, (Array, Param, Unknown)):
            found.append(value)
        elif isinstance(value, (list, tuple)):
            found += tensors_in(value)
    return found


def opaque(call: Call, kind: Kind | None = None, reason: str = "") -> Any:
    """New numbers of the size that the operator gives, as far as that is known."""
    op = call.op(reason=reason)
    if call.kind in CHOICES and _along_the_last(call):
        value = call.args[0]
        op.layer = Choice(value.signs.reshape(-1, value.dims[-1]).copy())
    kind = kind or _kind(call)
    if call.declared is not None:
        made = [Unknown(op) if dims is None else _made(call, op, dims, kind)
                for dims in call.declared]  # fmt: skip
        return made[0] if len(made) == 1 else made
    shape = _shape(call)
    if shape is None:
        return Unknown(op)
    one = _made(call, op, shape, kind)
    along = call.kind in ("max", "min", "median") and call.at(1, "dim") is not None \
        and not isinstance(call.at(1), (Array, Param))  # fmt: skip
    with_places = call.kind in _BY_AXIS or along
    return (one, call.flow.one_for_all(op, shape, "int")) if with_places else one


def _made(call: Call, op: Op, dims: tuple[int, ...], kind: Kind) -> Array:
    if isinstance(op.layer, Choice) and call.args[0].dims == dims:  # still one for each symbol
        return call.flow.fresh(op, dims, kind, role="scores")
    return call.flow.one_for_all(op, dims, kind)


def _kind(call: Call) -> Kind:
    if call.kind in _TRUTHS:
        return "bool"
    tensors = call.tensors()
    whole = tensors and all(getattr(t, "kind", "float") != "float" for t in tensors)
    return "int" if whole or call.kind in _PLACES else "float"


def _along_the_last(call: Call) -> bool:
    """Whether it compares the numbers of a row."""
    value = call.at(0)
    axis = call.at(2, "dim", -1) if call.kind == "topk" else call.at(1, "dim")
    if not isinstance(value, Array) or not value.dims:
        return False
    if isinstance(axis, int) and not -value.signs.ndim <= axis < value.signs.ndim:
        raise IndexError("an axis that is not there")
    if axis not in (-1, value.signs.ndim - 1):
        return False
    return all(call.flow.rows(value.signs.reshape(-1, value.dims[-1])))


def _shape(call: Call) -> tuple[int, ...] | None:
    tensors, kind = call.tensors(), call.kind
    if kind in _NO_SHAPE or not tensors or any(isinstance(t, Unknown) for t in tensors):
        return None
    dims = [t.dims for t in tensors if not isinstance(t, Unknown)]
    if kind in _PRODUCTS:
        return _of_product(*dims[-2:]) if len(dims) > 1 else None
    if kind in _REDUCE and not (kind in ("max", "min") and len(dims) > 1):
        return _reduced(call, dims[0])
    if kind in _LIKE_THE_FIRST:
        return dims[0]
    return _of_layer(call, dims)


def _of_layer(call: Call, dims: list[tuple[int, ...]]) -> tuple[int, ...] | None:
    match call.kind, dims:
        case "linear", [x, weight, *_]:
            return (*x[:-1], weight[0])
        case "embedding", [table, indices, *_]:
            return (*indices, *table[1:])
        case "topk", [x, *_]:
            return (*x[:-1], int(call.at(1)))
        case "scaled_dot_product_attention", [query, _, value, *_]:
            return (*query[:-1], value[-1])
    try:
        return np.broadcast_shapes(*dims)
    except ValueError:
        return None


def _of_product(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    if len(other) < 2 or len(one) < 2:
        return (*one[:-1], *other[1:])
    if one[-1] != other[-2]:
        raise ValueError("matrices that do not fit")
    return (*np.broadcast_shapes(one[:-2], other[:-2]), one[-2], other[-1])


def _reduced(call: Call, dims: tuple[int, ...]) -> tuple[int, ...]:
    where = 2 if call.kind in ("norm", "linalg_vector_norm") else 1
    axes = call.at(where, "dim")
    if axes is None:
        return ()
    places = axes if isinstance(axes, (list, tuple)) else [axes]
    gone = {int(a) % max(len(dims), 1) for a in places} or set(range(len(dims)))
    kept = call.at(where + 1, "keepdim", False) is True
    return tuple(1 if k in gone else n for k, n in enumerate(dims) if kept or k not in gone)
