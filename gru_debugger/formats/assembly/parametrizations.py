"""Weights that PyTorch keeps as something else: a length and a direction, a mask beside them.

``torch.nn.utils.parametrizations`` keeps what it needs under ``parametrizations.NAME.``, the older
hooks (``weight_norm``, ``spectral_norm``, ``prune``) under the weight's own name with an ending. So
do the weight drops of AWD-LSTM, fastai and PyTorch-NLP, ``_raw``, of recurrent layers; beside it
some have, without that ending, what the last step of training left of it.
The class is not stored; what it was is told by what tensors there are, or it is not guessed.
Each rule is torch's for a module that is not in training, computed in float64.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Tensors = Mapping[str, NDArray[Any]]
Exact = NDArray[np.float64]

# Both take linear time: neither looks on to the end of the name from each place that may begin it.
_NEW = re.compile(r"parametrizations\.(?P<of>\w+)\.(?=original\d*$|\d+\..)")
_OLD = re.compile(r"(?:weight|bias)(?:$|_[ih]h)")
_HOOKS = ("g", "v", "u", "orig", "mask")
RAW = "_raw"
_DROPPED = re.compile(r"weight_[ih]h(_l\d+)?(_reverse)?_raw$")

_REMOVE = (
    "; call torch.nn.utils.parametrize.remove_parametrizations on it in PyTorch and save again."
)


def undo(tensors: Tensors) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """The tensors as the layers use them, and of those that can't be had why: name -> words.

    In the place of one that can't be had stands an array without numbers.
    """
    plain = dict(tensors)
    unknown: dict[str, str] = {}
    for name, names in _groups(tensors).items():
        parts = {part: tensors[at] for part, at in names.items()}
        weight = _weight(parts)
        if weight is None:
            original = next(
                (parts[p] for p in ("original", "original0", "orig") if p in parts), None
            )
            if original is None or name in plain:
                continue  # nothing that replaces a weight
            weight = np.full(original.shape, np.nan, np.float32)
            unknown[name] = f"{name} is parametrized {_how(parts)}{_REMOVE}"
        for at in names.values():
            del plain[at]
        plain[name] = weight
    return plain, unknown


def _groups(tensors: Tensors) -> dict[str, dict[str, str]]:
    """Of every weight that is kept in parts: part -> name of its tensor."""
    groups: dict[str, dict[str, str]] = {}
    for at in tensors:
        if found := part_of(at):
            name, part = found
            groups.setdefault(name, {})[part] = at
    return groups


def part_of(at: str) -> tuple[str, str] | None:
    """The weight that a tensor is a part of, and which: (“gru.weight”, “original0”)."""
    if match := _NEW.search(at):
        return at[: match.start()] + match["of"], at[match.end() :]
    name, _, hook = at.rpartition("_")
    if at.endswith(RAW) and _DROPPED.search(at.rpartition(".")[2]):
        return name, hook
    return (name, hook) if hook in _HOOKS and _OLD.search(re.split(r"\W", name)[-1]) else None


def _weight(parts: Tensors) -> NDArray[Any] | None:
    """The weight, in the parts' own precision and float32 at least; None where no rule fits."""
    for names, rule in _RULES.items():
        if parts.keys() == set(names):
            with np.errstate(all="ignore"):  # infinite weights are told of when all are together
                weight = rule(*(parts[name].astype(np.float64) for name in names))
                precision = np.result_type(np.float32, *parts.values())
                return None if weight is None else weight.astype(precision)
    return None


def _weight_norm(g: Exact, v: Exact) -> Exact | None:
    """g · v / |v|, one length a row, a column, or for the whole."""
    shape = g.shape or (1,) * v.ndim
    if len(shape) != v.ndim or any(n not in (1, m) for n, m in zip(shape, v.shape, strict=True)):
        return None
    if v.ndim > 1 and 1 not in shape:
        return None
    alone = tuple(axis for axis, n in enumerate(shape) if n == 1)
    lengths: Exact = np.sqrt((v * v).sum(axis=alone, keepdims=True))
    return v * (g / lengths)


def _spectral_norm(w: Exact, u: Exact, v: Exact) -> Exact | None:
    """W / σ with σ = u · W v as stored; W is turned where it was normed along its columns."""
    if w.ndim != 2 or sorted(w.shape) != sorted(u.shape + v.shape):
        return None
    turned = w if len(u) == len(w) else w.T
    return w / float(u @ turned @ v)


def _prune(w: Exact, mask: Exact) -> Exact | None:
    return w * mask if w.shape == mask.shape else None


_RULES: dict[tuple[str, ...], Callable[..., Exact | None]] = {
    ("original0", "original1"): _weight_norm,
    ("g", "v"): _weight_norm,
    ("original", "0._u", "0._v"): _spectral_norm,
    ("orig", "u", "v"): _spectral_norm,
    ("orig", "mask"): _prune,
    ("raw",): lambda raw: raw,
}


def _how(parts: Tensors) -> str:
    if parts.keys() == {"original", "0.base"}:
        return "as orthogonal, by one of three maps that the file does not name"
    return "by a class that the file does not name"
