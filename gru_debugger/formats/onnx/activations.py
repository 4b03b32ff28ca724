"""The attributes `activations`, `activation_alpha`, `activation_beta` and `clip` of a GRU node.

Alphas and betas are taken in order by those functions that have such a parameter, as onnxruntime
does it; its own defaults of the parameters that ONNX leaves open are not followed.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gru_debugger.core.activations import Activation, Activations
from gru_debugger.formats.beside import shown
from gru_debugger.formats.onnx.graph import Node

_TAKES = {  # by ONNX' names in lower case: ours, alphas, betas
    "sigmoid": ("sigmoid", 0, 0), "tanh": ("tanh", 0, 0), "relu": ("relu", 0, 0),
    "softsign": ("softsign", 0, 0), "softplus": ("softplus", 0, 0),
    "leakyrelu": ("leaky_relu", 1, 0), "thresholdedrelu": ("thresholded_relu", 1, 0),
    "elu": ("elu", 1, 0), "hardsigmoid": ("hard_sigmoid", 1, 1),
    "scaledtanh": ("scaled_tanh", 1, 1), "affine": ("affine", 1, 1),
}  # fmt: skip


def of_node(node: Node, directions: int) -> list[Activations]:
    """One a direction. Raises ValueError for what ONNX does not have, or leaves open."""
    names = node.texts("activations") or ["Sigmoid", "Tanh"] * directions
    if len(names) == 2 and directions == 2:
        names = names * 2
    if len(names) != 2 * directions:
        raise ValueError(f"it has {len(names)} activations, where {2 * directions} are needed")
    alphas, betas = (iter(node.numbers(key)) for key in ("activation_alpha", "activation_beta"))
    functions = [_function(name, alphas, betas) for name in names]
    clip = node.number("clip", np.inf)
    limit = clip if clip < np.finfo(np.float32).max else None
    pairs = zip(functions[::2], functions[1::2], strict=True)
    return [Activations(gate, candidate, limit) for gate, candidate in pairs]


def _function(name: str, alphas: Any, betas: Any) -> Activation:
    if name.lower() not in _TAKES:
        raise ValueError(f"it has the activation {shown(name)}, which ONNX has not for a GRU")
    ours, *counts = _TAKES[name.lower()]
    alpha, beta = (next(values, None) if count else None
                   for values, count in zip((alphas, betas), counts, strict=True))  # fmt: skip
    return Activation(ours, alpha, beta)
