"""Keras networks, and their states as Keras computes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from grus import distance
from judged import Run

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


def keras_run(keras: Any, network: Any) -> Run:
    """What Keras computes, of indices or of rows, with all states of each of its GRUs."""
    random = np.random.default_rng(2)
    table = next((layer for layer in found(network) if hasattr(layer, "embeddings")), None)
    given = []
    for x in network.inputs:
        shape = (1, *(n or 30 for n in x.shape[1:]))
        count = 5 if table is None else table.input_dim
        whole = len(shape) == 2
        given.append(random.integers(1, count, shape) if whole  # 0 may be masked
                     else random.normal(size=shape).astype(np.float32))  # fmt: skip
    states: list[tuple[Any, Any]] = []
    grus = [layer for layer in found(network)
            if isinstance(getattr(layer, "cell", None), keras.layers.GRUCell)]  # fmt: skip
    calls = {layer: layer.call for layer in grus}
    for layer in grus:
        layer.call = _keeping(layer, calls[layer], states)
    out = network(given if len(given) > 1 else given[0], training=False)
    for layer, call in calls.items():
        layer.call = call
    outs = out if isinstance(out, (list, tuple)) else [out]
    scores = next((each for each in outs if each.shape[-1] == count), outs[0])
    read = "".join(_LETTERS[k] for k in given[0][0]) if given[0].ndim == 2 else \
        given[0].reshape(given[0].shape[1], -1)  # fmt: skip
    return Run(_LETTERS[:count], read, states, scores.detach().numpy())


_LETTERS = "abcdefghij"


def found(layer: Any) -> list[Any]:
    """All layers of a network, in each other and in wrappers."""
    inner = [*getattr(layer, "layers", ()),
             *(getattr(layer, name) for name in ("layer", "forward_layer", "backward_layer")
               if hasattr(layer, name))]  # fmt: skip
    return [each for part in dict.fromkeys(inner) for each in (part, *found(part))]


def _keeping(layer: Any, call: Any, states: list[tuple[Any, Any]]) -> Any:
    """All its states, which it may not give itself, beside its recurrent matrix as torch has it."""
    kernel = np.asarray(layer.cell.recurrent_kernel)
    z, r, n = np.split(kernel.T, 3)

    def keep(*given: Any, **named: Any) -> Any:
        if layer.stateful:
            layer.reset_state()
        kept, layer.return_sequences = layer.return_sequences, True
        every = call(*given, **named)
        every = every[0] if isinstance(every, (list, tuple)) else every
        layer.return_sequences = kept
        states.append((np.concatenate([r, z, n]), every.detach().numpy()[0]))
        if layer.stateful:
            layer.reset_state()
        return call(*given, **named)

    return keep
