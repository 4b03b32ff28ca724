"""Keras networks, and their states as Keras computes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from grus import distance

from gru_debugger.core.model import Model
from gru_debugger.core.trace import trace

SYMBOLS = "abcdefg"
UNITS = 5
WIDTH = 3


@dataclass(frozen=True)
class Variant:
    reset_after: bool = True
    use_bias: bool = True
    both: bool = False
    layers: int = 1
    embedding: bool = True
    more: dict[str, Any] = field(default_factory=dict)


def built(keras: Any, variant: Variant) -> Any:
    """Characters in, scores out; biases that are not zero."""
    of = keras.layers
    rows = [of.Embedding(len(SYMBOLS), WIDTH)] if variant.embedding else []
    for _ in range(variant.layers):
        gru = of.GRU(UNITS, return_sequences=True, reset_after=variant.reset_after,
                     use_bias=variant.use_bias, **variant.more)  # fmt: skip
        rows += [of.Bidirectional(gru) if variant.both else gru, of.Dropout(0.2)]
    rows.append(of.TimeDistributed(of.Dense(len(SYMBOLS))) if variant.both
                else of.Dense(len(SYMBOLS)))  # fmt: skip
    shape = (None,) if variant.embedding else (None, len(SYMBOLS))
    return shaken(keras.Sequential([of.Input(shape), *rows]))


def shaken(model: Any) -> Any:
    """With biases that are not zero, as training leaves them."""
    random = np.random.default_rng(5)
    model.set_weights([w if w.ndim == 2 and len(w) > 2 else random.normal(0, 0.3, w.shape)
                       for w in model.get_weights()])  # fmt: skip
    return model


def inputs(text: str, embedding: bool) -> Any:
    indices = np.array([SYMBOLS.index(c) for c in text])
    return indices[None] if embedding else np.eye(len(SYMBOLS), dtype="float32")[indices][None]


def states(keras: Any, network: Any, x: Any) -> list[list[Any]]:
    """(steps, units) of each direction of each layer, as Keras computes them."""
    found = []
    for layer in network.layers:
        x = layer(x)
        if isinstance(layer, (keras.layers.GRU, keras.layers.Bidirectional)):
            found.append(np.split(np.asarray(x.detach())[0], x.shape[-1] // UNITS, axis=-1))
    return [*found, [np.asarray(x.detach())[0]]]


def assert_runs_like(keras: Any, network: Any, model: Model, embedding: bool = True) -> None:
    """Every layer's and direction's states and the scores, over 200 steps."""
    text = "".join(np.random.default_rng(1).choice(list(SYMBOLS), 200))
    ours = trace(model, text)
    *layers, (scores,) = states(keras, network, inputs(text, embedding))
    assert len(layers) == len(model.layers)
    for number, row in enumerate(layers):
        assert len(row) == model.directions
        for theirs, end in zip(row, ("", "_reverse"), strict=False):
            largest = max(1.0, float(np.abs(theirs).max()))
            assert distance(ours.column(f"h_l{number}{end}"), theirs) <= 1e-6 * largest
    assert distance(ours.column("logits"), scores) <= 2e-6
