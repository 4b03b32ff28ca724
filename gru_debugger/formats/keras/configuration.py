"""What a Keras configuration says of a model: its layers, and which feeds which.

Two spellings of the same: Keras 2 (``inbound_nodes`` are nested lists) and Keras 3 (objects with
``keras_history``). Sequential models are a list of layers; all others name their inputs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from gru_debugger.formats.contents import LAST_OF_BOTH
from gru_debugger.source import Notice

RECURRENT = ("GRU", "CuDNNGRU", "LSTM", "CuDNNLSTM", "SimpleRNN")
# What changes nothing when a trained model runs.
_THROUGH = ("Dropout", "SpatialDropout1D", "GaussianDropout", "AlphaDropout", "GaussianNoise",
            "InputLayer", "Masking", "ActivityRegularization")  # fmt: skip


@dataclass
class Layer:
    """`kind` is the class inside TimeDistributed and Bidirectional, `outer` the class itself.

    `backward`: the configuration of a Bidirectional's other direction, where it has its own.
    `go_backwards`: its x is read from the end, and its states come in that order.
    """

    name: str
    kind: str
    outer: str
    config: dict[str, Any]
    source: str | None
    group: str = ""  # where Keras 3 keeps it: the class in snake case, numbered
    backward: dict[str, Any] | None = None
    merge: str = "concat"  # of a Bidirectional's two directions
    go_backwards: bool = False

    def linear(self) -> bool:
        return self.config.get("activation", "linear") in (None, "linear")


@dataclass
class Stack:
    """GRU layers that feed each other, what feeds the first and what reads the last.

    `between`: what stands between an embedding and the first, if anything does; `notices`: what
    Keras does besides.
    """

    layers: list[Layer]
    embedding: Layer | None = None
    output: Layer | None = field(default=None)
    between: str | None = None
    notices: list[Notice] = field(default_factory=list)


def layers_of(model: Any) -> list[Layer]:
    """The layers of a Sequential or functional model; [] for any other."""
    config = model.get("config") if isinstance(model, dict) else None
    entries = config.get("layers") if isinstance(config, dict) else config
    if not isinstance(entries, list):
        return []
    sequential = model.get("class_name") == "Sequential"
    found: list[Layer] = []
    counts: dict[str, int] = {}
    for entry in entries:
        if not isinstance(entry, dict) or not isinstance(entry.get("config"), dict):
            return []
        before = found[-1].name if found else None
        layer = _layer(entry, before if sequential else _first_source(entry))
        number = counts.get(layer.outer, 0)
        counts[layer.outer] = number + 1
        layer.group = _snake(layer.outer) + (f"_{number}" if number else "")
        found.append(layer)
    return found


def _layer(entry: dict[str, Any], source: str | None) -> Layer:
    outer = kind = str(entry.get("class_name"))
    config = entry["config"]
    name = str(config.get("name") or entry.get("name"))
    other = config.get("backward_layer") if kind == "Bidirectional" else None
    backward = other.get("config") if isinstance(other, dict) else None
    merge = str(config.get("merge_mode", "concat"))
    go_backwards = False
    for _ in range(3):
        go_backwards = go_backwards or bool(config.get("go_backwards"))
        inner = config.get("cell" if kind == "RNN" else "layer")
        if kind not in ("TimeDistributed", "Bidirectional", "RNN") or not isinstance(inner, dict):
            break
        kind, config = str(inner.get("class_name")), inner.get("config", {})
    kind = kind.removesuffix("Cell")
    backward = backward if isinstance(backward, dict) else None
    return Layer(name, kind, outer, config, source, backward=backward, merge=merge,
                 go_backwards=go_backwards)  # fmt: skip


def _snake(name: str) -> str:
    """As Keras names its groups: keras/src/utils/naming.py."""
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def _first_source(entry: dict[str, Any]) -> str | None:
    """The layer whose output is the first input: the text's path, not an initial state's."""
    return next(_histories(entry.get("inbound_nodes")), None)


def _histories(value: Any) -> Iterator[str]:
    """Depth first: [name, node, tensor, …] of Keras 2, {"keras_history": [...]} of Keras 3."""
    if isinstance(value, dict):
        history = value.get("keras_history")
        if isinstance(history, list) and history:
            yield str(history[0])
        else:
            for part in value.values():
                yield from _histories(part)
    elif isinstance(value, list):
        if len(value) > 2 and isinstance(value[0], str) and isinstance(value[1], int):
            yield value[0]
        else:
            for part in value:
                yield from _histories(part)


def stacks(layers: list[Layer]) -> list[Stack]:
    """The recurrent layers, those joined that feed each other directly."""
    by_name = {layer.name: layer for layer in layers}
    found: dict[str, Stack] = {}  # by the name of the stack's last layer
    for layer in layers:
        if layer.kind not in RECURRENT:
            continue
        source = _through(layer, by_name)
        below = found.pop(source.name, None) if source and source.kind == layer.kind else None
        stack = below or _begun(source, by_name)
        stack.layers.append(layer)
        found[layer.name] = stack
    for stack in found.values():
        last = stack.layers[-1]
        reading = [d for d in layers if d.kind == "Dense" and _through(d, by_name) is last]
        stack.output = next((d for d in reading if _scores(d, layers)), None)
        if stack.output and last.outer == "Bidirectional" and not _every_step(last):
            stack.output = None
            stack.notices.append(LAST_OF_BOTH)
        _warn_of_masks(stack, by_name)
    return list(found.values())


def _begun(source: Layer | None, by_name: dict[str, Layer]) -> Stack:
    """A stack whose first layer `source` feeds; None: what the model itself is given."""
    if source is None or source.kind == "Embedding":
        return Stack([], source)
    stack, shown = Stack([]), f"“{source.name}” ({source.outer})"
    above: Layer | None = source
    for _ in by_name:
        above = _through(above, by_name) if above else None
        if above and above.kind == "Embedding":
            stack.between = f"between the embedding “{above.name}” and the GRU stands {shown}"
    if stack.between is None:
        words = f"its input passes through {shown}, which is not shown"
        stack.notices.append(Notice("inside", shown, "before the GRU", words))
    return stack


def _every_step(layer: Layer) -> bool:
    return layer.config.get("return_sequences") is True


def _warn_of_masks(stack: Stack, by_name: dict[str, Layer]) -> None:
    """Steps that Keras skips, the state staying as it is."""
    if stack.embedding and stack.embedding.config.get("mask_zero") is True:
        stack.notices.append(Notice(
            "note", "mask_zero", stack.embedding.name,
            f"Keras passes over symbol 0 (mask_zero of “{stack.embedding.name}”); here it is read "
            "like any other",
        ))  # fmt: skip
    masks = [layer for layer in by_name.values() if layer.kind == "Masking"]
    if masks:
        stack.notices.append(Notice(
            "note", "Masking", masks[0].name,
            f"Keras passes over the rows that “{masks[0].name}” masks; here they are read like "
            "any other",
        ))  # fmt: skip


def _through(layer: Layer, by_name: dict[str, Layer]) -> Layer | None:
    """What feeds a layer, past all that changes nothing."""
    source = by_name.get(layer.source or "")
    for _ in by_name:
        if source is None or source.kind not in _THROUGH:
            break
        source = by_name.get(source.source or "")
    return source


def _scores(dense: Layer, layers: list[Layer]) -> bool:
    """Whether a Dense layer's sums are the scores: nothing but a softmax comes after it."""
    if not dense.linear():
        return dense.config.get("activation") == "softmax"
    after = [layer for layer in layers if layer.source == dense.name]
    return all(
        layer.kind in (*_THROUGH, "Softmax")
        or (layer.kind == "Activation" and layer.config.get("activation") in ("softmax", "linear"))
        for layer in after
    )
