"""Operators that move numbers and change none, on arrays of signs as torch's are on numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gru_debugger.formats.aten.values import Signs
from gru_debugger.formats.ledger import Verdict


def _axes(signs: Signs, *axes: int) -> tuple[int, ...]:
    if not all(-max(signs.ndim, 1) <= axis < max(signs.ndim, 1) for axis in axes):
        raise ValueError("an axis that is not there")
    return tuple(axis % max(signs.ndim, 1) for axis in axes)


def _transposed(signs: Signs, one: int, other: int) -> Signs:
    return signs.swapaxes(*_axes(signs, one, other)) if signs.ndim else signs


def _viewed(signs: Signs, shape: Sequence[int]) -> Signs:
    return signs.reshape([int(n) for n in shape])


def _flattened(signs: Signs, start: int = 0, end: int = -1) -> Signs:
    if not signs.ndim:
        return signs.reshape(1)
    first, last = _axes(signs, start, end)
    return signs.reshape(*signs.shape[:first], -1, *signs.shape[last + 1 :])


def _unflattened(signs: Signs, axis: int, sizes: Sequence[int]) -> Signs:
    (at,) = _axes(signs, axis)
    return signs.reshape(*signs.shape[:at], *sizes, *signs.shape[at + 1 :])


def _squeezed(signs: Signs, axes: Any = None) -> Signs:
    if axes is None:
        return signs.squeeze()
    places = _axes(signs, *(axes if isinstance(axes, (list, tuple)) else [axes]))
    return signs.squeeze(tuple(a for a in places if signs.ndim and signs.shape[a] == 1))


def _unsqueezed(signs: Signs, axis: int) -> Signs:
    return np.expand_dims(signs, axis)


def _expanded(signs: Signs, sizes: Sequence[int], *_: Any) -> Signs:
    more = len(sizes) - signs.ndim
    shape = [signs.shape[k - more] if n == -1 and k >= more else n for k, n in enumerate(sizes)]
    return np.broadcast_to(signs, shape)


def _repeated(signs: Signs, times: Sequence[int]) -> Signs:
    return np.tile(signs, [int(n) for n in times])


def _selected(signs: Signs, axis: int, index: int) -> Signs:
    (at,) = _axes(signs, axis)
    if not -signs.shape[at] <= index < signs.shape[at]:
        raise ValueError("a step that is not there")
    return signs[(slice(None),) * at + (index,)]


def _sliced(
    signs: Signs, axis: int = 0, start: int | None = None, end: int | None = None, step: int = 1
) -> Signs:
    (at,) = _axes(signs, axis)
    return signs[(slice(None),) * at + (slice(start, end, step),)]


def _narrowed(signs: Signs, axis: int, start: int, length: int) -> Signs:
    start = start % signs.shape[_axes(signs, axis)[0]]
    return _sliced(signs, axis, start, start + length)


def _permuted(signs: Signs, order: Sequence[int]) -> Signs:
    return signs.transpose([int(axis) for axis in order])


def _moved(signs: Signs, source: Any, target: Any) -> Signs:
    return np.moveaxis(signs, source, target)


def _turned(signs: Signs, axes: Sequence[int]) -> Signs:
    return np.flip(signs, _axes(signs, *axes))


def _rolled(signs: Signs, shifts: Any, axes: Any = None) -> Signs:
    return np.roll(signs, shifts, axes or None)


def _t(signs: Signs) -> Signs:
    return signs.T


def _same(signs: Signs, *_: Any) -> Signs:
    return signs


def _copied(signs: Signs, *_: Any) -> Signs:
    return signs.copy()


def _contiguous(signs: Signs, *_: Any) -> Signs:
    return np.ascontiguousarray(signs).reshape(signs.shape)


def _chunks(signs: Signs, count: int, axis: int = 0) -> list[Signs]:
    (at,) = _axes(signs, axis)
    size = max(-(-signs.shape[at] // count), 1)
    return _parts(signs, size, axis)


def _parts(signs: Signs, size: Any, axis: int = 0) -> list[Signs]:
    (at,) = _axes(signs, axis)
    whole = signs.shape[at]
    if isinstance(size, (list, tuple)):
        ends = np.cumsum([int(n) for n in size]).tolist()
        if ends[-1:] != [whole]:
            raise ValueError("parts that are not the whole")
    else:
        ends = [*range(int(size), whole, int(size)), whole]
    return [_sliced(signs, axis, a, b) for a, b in zip([0, *ends], ends, strict=False)]


def _unbound(signs: Signs, axis: int = 0) -> list[Signs]:
    (at,) = _axes(signs, axis)
    return [_selected(signs, at, k) for k in range(signs.shape[at])]


_NAMES: dict[Callable[..., Any], str] = {
    _transposed: "transpose swapaxes swapdims", _viewed: "view reshape _unsafe_view",
    _flattened: "flatten", _unflattened: "unflatten", _squeezed: "squeeze",
    _unsqueezed: "unsqueeze", _expanded: "expand broadcast_to", _repeated: "repeat tile",
    _selected: "select", _sliced: "slice", _narrowed: "narrow", _permuted: "permute",
    _moved: "movedim moveaxis", _turned: "flip", _rolled: "roll", _t: "t numpy_T",
    _same: "detach alias identity lift_fresh data cpu cuda",
    _copied: "clone lift_fresh_copy", _contiguous: "contiguous",
    _chunks: "chunk unsafe_chunk", _parts: "split split_with_sizes unsafe_split tensor_split",
    _unbound: "unbind",
}  # fmt: skip
MOVES: dict[str, Callable[..., Any]] = {
    name: function for function, names in _NAMES.items() for name in names.split()
}
VERDICTS: dict[str, Verdict] = {
    **dict.fromkeys(MOVES, "shape"),
    **dict.fromkeys(("detach", "alias", "identity", "clone", "contiguous", "data"), "identity"),
}


def size_of(kind: str, signs: Signs, args: Sequence[Any]) -> int:
    """How many signs a move makes room for, where these are not those that are there."""
    if kind in ("repeat", "tile", "expand", "broadcast_to") and args:
        sizes = [int(n) for n in args[0]] if isinstance(args[0], (list, tuple)) else []
        fixed = math.prod(n for n in sizes if n > 0)
        return fixed * (signs.size if kind in ("repeat", "tile") else 1)
    return signs.size
