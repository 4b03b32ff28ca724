"""The account of a Keras network, seen from one of its GRUs: what stands on each of its ways.

Computed, harmless or told; told is what no table here knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gru_debugger.formats.contents import LAST_OF_BOTH
from gru_debugger.formats.keras.layers import RECURRENT, Layer
from gru_debugger.formats.keras.network import MODELS, Call, Network
from gru_debugger.formats.ledger import Operation, Where
from gru_debugger.formats.ledger.harmless import Harmless
from gru_debugger.source import INITIAL_STATE, Grade, Notice

_DROPOUT = ("Dropout", "SpatialDropout1D", "SpatialDropout2D", "GaussianDropout", "AlphaDropout",
            "GaussianNoise")  # fmt: skip
# A head of such layers alone is a plain one: that it is not computed is no more than a note.
_HEAD = ("Dense", "Activation", "ReLU", "LeakyReLU", "Softmax", "Flatten", "GlobalMaxPooling1D",
         "GlobalAveragePooling1D", "BatchNormalization")  # fmt: skip
_INDICES = ("TextVectorization", "StringLookup", "IntegerLookup")
# What a layer's configuration may say without changing what is computed of it here.
_USUAL = {"name", "trainable", "dtype", "batch_input_shape", "batch_shape", "input_shape",
          "input_length", "seed", "quantization_config"}  # fmt: skip
_TRAINED = ("initializer", "regularizer", "constraint")
_GRU = {"units", "activation", "recurrent_activation", "use_bias", "return_sequences",
        "return_state", "go_backwards", "stateful", "unroll", "zero_output_for_mask", "dropout",
        "recurrent_dropout", "implementation", "reset_after", "ragged", "output_dim", "input_dim",
        "init", "inner_init", "inner_activation", "consume_less"}  # fmt: skip
_EMBEDDING = {"input_dim", "output_dim", "mask_zero", "sparse", "lora_rank", "lora_alpha", "init"}
_DENSE = {"units", "activation", "use_bias", "bias", "lora_rank", "lora_alpha", "input_dim",
          "output_dim", "init"}  # fmt: skip
_OWN = "a class that is not Keras' own"
_MOST = 2_000_000  # uses that are looked at, for all GRUs together

Held = Mapping[Layer, frozenset[str]]  # “cells”, “matrix”


@dataclass
class Stack:
    """GRU layers that feed each other, what feeds the first and what reads the last.

    `between`: what of the way to the first is not computed, so that no text can be read.
    """

    layers: list[Layer]
    embedding: Layer | None = None
    output: Layer | None = None
    between: str | None = None
    notices: list[Notice] = field(default_factory=list)
    operations: list[Operation] = field(default_factory=list)


def stacks(network: Network, held: Held) -> list[Stack]:
    """The recurrent layers, those joined that feed each other directly; `held`: a layer's arrays.

    Only of layers whose arrays are in the file.
    """
    uses: dict[Layer, list[Call]] = {}
    for call in network.calls:
        uses.setdefault(call.layer, []).append(call)
    joined: dict[Layer, list[Layer]] = {}  # by the last
    for layer in _ordered(uses):
        below = _below(uses[layer])
        joined[layer] = [*(joined.pop(below, []) if below else []), layer]
    kept = [
        layers
        for layers in joined.values()
        if all("cells" in held.get(layer, ()) for layer in layers)
    ]
    room = max(1, _MOST // max(1, len(network.calls)))
    return [_Ways(network, layers, uses, held).stack() if i < room else _unfollowed(layers)
            for i, layers in enumerate(kept)]  # fmt: skip


def _unfollowed(layers: list[Layer]) -> Stack:
    reason = "among more layers than are followed"
    return Stack(layers, operations=[Operation("network", "", "unknown", reason=reason)])


def loose(network: Network) -> Iterable[Operation]:
    """All that is not harmless, of a network of which no GRU was found by its configuration."""
    for layer in network.layers():
        call = next(call for call in network.calls if call.layer is layer)
        if _harmless(call) is None and layer.outer not in ("Embedding", "GRU", "Dense"):
            own = _OWN if ">" in layer.outer + layer.kind else ""
            yield Operation(layer.outer.removeprefix(">"), _title(layer), reason=own)


# Joining ----------------------------------------------------------------------------------------


def _ordered(uses: dict[Layer, list[Call]]) -> list[Layer]:
    """Recurrent layers, each behind those that feed it directly."""
    found: dict[Layer, None] = {}
    for layer in (layer for layer in uses if layer.kind in RECURRENT):
        chain: list[Layer] = []
        at: Layer | None = layer
        while at is not None and at not in found and at not in chain:
            chain.append(at)
            at = _below(uses[at])
        found |= dict.fromkeys(reversed(chain))
    return list(found)


def _below(calls: list[Call]) -> Layer | None:
    """The layer of its kind that a recurrent one reads, each step, whenever it is used."""
    layer = calls[0].layer
    sources = [through(*call.inputs[0]) for call in calls if call.inputs]
    below = {source.layer for source, tensor in sources if tensor == 0}
    if len(sources) < len(calls) or len(below) != 1 or any(tensor for _, tensor in sources):
        return None
    found = below.pop()
    alike = found.kind == layer.kind and found is not layer and found.every_step()
    return found if alike and _size(found) == _size(layer) else None


def _size(layer: Layer) -> tuple[Any, ...]:
    units = layer.config.get("units", layer.config.get("output_dim"))
    reset = str(layer.config.get("reset_after"))
    return layer.outer == "Bidirectional", layer.outer == "TimeDistributed", str(units), reset


def through(call: Call, tensor: int) -> tuple[Call, int]:
    """What feeds a call, past all that changes nothing."""
    for _ in range(10_000):
        if len(call.inputs) != 1 or _harmless(call) is None:
            break
        call, tensor = call.inputs[0]
    return call, tensor


# One by one -------------------------------------------------------------------------------------


def _harmless(call: Call) -> Harmless | None:
    """Why a use of a layer changes no number, wherever it stands; None if it may."""
    layer = call.layer
    if layer.outer not in (layer.kind, "TimeDistributed"):
        return None
    if layer.kind in _DROPOUT:
        return None if call.training else "dropout"
    if layer.kind == "ActivityRegularization":
        return "training"
    if layer.kind in ("InputLayer", "Masking"):
        return "bookkeeping"
    if layer.kind == "Identity" or (layer.kind == "Activation" and layer.activation() == "linear"):
        return "identity"
    return "shape" if _same_shape(call) else None


def _same_shape(call: Call) -> bool:
    """A Reshape that takes or gives axes of one."""
    if call.layer.kind != "Reshape" or call.layer.outer != "Reshape":
        return False
    given = call.layer.input_shape or (
        call.inputs[0][0].layer.config.get("batch_shape") if call.inputs else None
    )
    target = call.layer.config.get("target_shape")
    if not isinstance(given, list) or not isinstance(target, list) or not given:
        return False
    return [n for n in given[1:] if n != 1] == [n for n in target if n != 1] and None not in given[
        1:
    ]


def _shown(call: Call) -> Harmless | None:
    """What may follow the scores."""
    layer = call.layer
    axis = layer.config.get("axis", -1)
    if layer.kind == "Softmax" and axis == -1:
        return "shown"
    if layer.kind == "Activation" and layer.activation() == "softmax":
        return "shown"
    return _harmless(call)


def _choice(call: Call) -> Harmless | None:
    """What takes one of the steps: x[:, -1]."""
    args = call.arguments.get("args") if isinstance(call.arguments, dict) else None
    if call.layer.kind != "GetItem" or not isinstance(args, list) or len(args) != 2:
        return None
    index = args[1]
    if not isinstance(index, list) or len(index) not in (2, 3) or type(index[1]) is not int:
        return None
    whole = [part for i, part in enumerate(index) if i != 1]
    return "choice" if all(map(_everything, whole)) else None


def _everything(part: Any) -> bool:
    config = part.get("config") if isinstance(part, dict) else None
    return (isinstance(config, dict) and part.get("class_name") == "__slice__"
            and not any(config.get(k) is not None for k in ("start", "stop", "step")))  # fmt: skip


def _title(layer: Layer) -> str:
    return "/".join(layer.names)


def _odd(layer: Layer, known: set[str]) -> list[str]:
    """What its configuration says besides, and nobody here knows."""
    return [
        key for key, value in layer.config.items()
        if key not in known and key not in _USUAL and value not in (None, False, [])
        and not key.endswith(_TRAINED)
    ]  # fmt: skip


def _policy(layer: Layer) -> str:
    """In which type it computes, "" where it is that of its weights."""
    told = layer.config.get("dtype")
    config = told.get("config") if isinstance(told, dict) else None
    name = str(config.get("name")) if isinstance(config, dict) else str(told or "")
    return name if name not in ("", "float32", "float64", "float16", "bfloat16") else ""


# From one GRU -----------------------------------------------------------------------------------


class _Ways:
    """Ways that lead to a stack of layers and from it, and what stands on them."""

    def __init__(
        self, network: Network, layers: list[Layer], uses: dict[Layer, list[Call]], held: Held
    ) -> None:
        self._network, self._layers, self._held = network, layers, held
        self._own = [call for layer in layers for call in uses[layer]]
        self._first, self._last = uses[layers[0]], uses[layers[-1]]
        first = [source for call in self._first for source, _ in call.inputs]
        given = [state for call in self._own for state, _ in call.states]
        self._before, self._initial = _reached(first, _above), _reached(given, _above)
        self._after = _reached([r for call in self._own for r in call.readers], _readers)
        self._said: dict[Call, Operation] = {}
        self._stack = Stack(layers)

    def stack(self) -> Stack:
        self._told_of_itself()
        self._said |= {call: self._computed(call, "inside the GRU") for call in self._own}
        for at in (call.inputs[0][0] for call in self._own if call not in self._first):
            while at not in self._said:
                self._say(at, "inside the GRU", _harmless(at))
                at = at.inputs[0][0]
        self._read()
        self._begin()
        self._predict()
        for call in self._network.calls:
            self._say(call, "beside the GRU", _harmless(call))
        self._stack.operations += self._said.values()
        if self._network.kind not in MODELS:
            kind = self._network.kind.removeprefix(">")
            self._stack.operations.append(Operation(kind, "", reason=_OWN))
        return self._stack

    def _say(
        self, call: Call, where: Where, verdict: Harmless | None = None, reason: str = "",
        grade: Grade | None = None,
    ) -> None:  # fmt: skip
        """The first word counts."""
        if call in self._said or call.layer.kind == "InputLayer":
            return
        kind, name = call.layer.outer.removeprefix(">"), _title(call.layer)
        if call.layer.kind == "Masking" and where == "before the GRU":
            verdict, grade = None, "note"
            reason = "Keras passes over the rows that it masks; here they are read like any other"
        reason = reason or ("it runs as in training" if call.training else "")
        self._said[call] = Operation(kind, name, where, verdict or "told", reason, grade)

    def _computed(self, call: Call, where: Where) -> Operation:
        return Operation(call.layer.outer, _title(call.layer), where, "computed")

    def _tell(self, layer: Layer, where: Where, reason: str) -> None:
        """Of one of the layers themselves, which is computed but for that."""
        told = Operation(layer.outer, _title(layer), where, reason=reason)
        self._stack.operations.append(told)

    def _note(self, what: str, where: str, words: str) -> None:
        self._stack.notices.append(Notice("note", what, where, words))

    # The layers themselves ------------------------------------------------------------------

    def _told_of_itself(self) -> None:
        """What they do besides the equations."""
        for layer in self._layers:
            name = _title(layer)
            if odd := _odd(layer, _GRU):
                self._tell(layer, "inside the GRU", ", ".join(odd[:4]))
            if layer.config.get("stateful") is True:
                self._note("stateful", name, f"“{name}” keeps its states from text to text "
                           "(stateful); here each text begins anew")  # fmt: skip
            if policy := _policy(layer):
                self._note("dtype", name, f"Keras computes “{name}” as {policy[:40]}; here it is "
                           "computed in float32")  # fmt: skip
            if layer.outer == "TimeDistributed":
                self._note("TimeDistributed", name, f"“{name}” reads many texts side by side "
                           "(TimeDistributed); here it reads one")  # fmt: skip
        if any(call.masks for call in self._own):
            name = _title(self._layers[0])
            self._note("mask", name, f"Keras passes over the steps of a mask that “{name}” is "
                       "given; here all are read")  # fmt: skip
        for call in self._own:
            config = call.layer.config
            if call.training and (config.get("dropout") or config.get("recurrent_dropout")):
                self._tell(call.layer, "inside the GRU", "its dropout runs as in training")

    # Towards it -----------------------------------------------------------------------------

    def _read(self) -> None:
        """From the input to the first layer."""
        sources = [through(*call.inputs[0])[0] for call in self._first if call.inputs]
        tables = [call for call in sources if call.layer.outer == "Embedding"
                  and "matrix" in self._held.get(call.layer, ())]  # fmt: skip
        same = len({call.layer for call in tables}) == 1 and len(tables) == len(sources)
        plain = [call for call in tables if self._reads_symbols(call)]
        if same and len(plain) == len(tables):
            self._stack.embedding = tables[0].layer
            self._said |= {call: self._computed(call, "before the GRU") for call in tables}
            self._mask_zero(tables[0].layer)
        again = [call for call in self._own if call in self._before]
        if again:
            self._tell(again[0].layer, "before the GRU", "used again on its own states")
        elif len(self._first) > 1:
            name = _title(self._layers[0])
            self._note("used again", name, f"“{name}” is used {len(self._first)} times; here it "
                       "reads one text")  # fmt: skip
        for call in self._before:
            self._before_it(call)
        told = [op for call in self._before if (op := self._said.get(call)) is not None
                and op.verdict == "told" and op.grade is None]  # fmt: skip
        if told or again:
            self._stack.between, self._stack.embedding = _stands(told), None

    def _before_it(self, call: Call) -> None:
        if call.layer.outer in _INDICES:
            self._say(call, "before the GRU", None, "symbols are told apart by the vocabulary",
                      "note")  # fmt: skip
        elif self._one_hot(call):
            self._said[call] = self._computed(call, "before the GRU")
        else:
            self._say(call, "before the GRU", _harmless(call))

    def _one_hot(self, call: Call) -> bool:
        """Rows of zeros with a one, made of symbols right before the GRU: as they are here."""
        config = call.layer.config
        return (call.layer.outer == "OneHot" and config.get("axis") == -1
                and self._stack.embedding is None and self._reads_symbols(call))  # fmt: skip

    def _reads_symbols(self, call: Call) -> bool:
        """Whether it reads the model's input as it is."""
        if len(call.inputs) != 1:
            return False
        source, _ = through(*call.inputs[0])
        plain = source.layer.kind == "InputLayer" and not source.inputs
        return plain or source.layer.outer in _INDICES

    def _mask_zero(self, table: Layer) -> None:
        if odd := _odd(table, _EMBEDDING):
            self._tell(table, "before the GRU", ", ".join(odd[:4]))
        if table.config.get("mask_zero") is True:
            self._note("mask_zero", table.name, f"Keras passes over symbol 0 (mask_zero of "
                       f"“{table.name}”); here it is read like any other")  # fmt: skip

    def _begin(self) -> None:
        """What gives h(0), the nearest first."""
        for call in self._initial:
            if call.layer.kind == "InputLayer" and not call.inputs:
                if any(call is state for own in self._own for state, _ in own.states):
                    self._said[call] = Operation(
                        "InputLayer",
                        _title(call.layer),
                        INITIAL_STATE,
                        reason="given with the text",
                    )
                continue
            self._say(call, INITIAL_STATE, _harmless(call))
        if twice := [call for call in self._own if call in self._initial]:
            self._tell(twice[0].layer, "inside the GRU", "it goes on from its own states")

    # From it --------------------------------------------------------------------------------

    def _predict(self) -> None:
        """From the last layer to the output."""
        heads = [call for call in self._after if self._is_head(call)]
        last, table = self._layers[-1], self._stack.embedding
        if heads and last.outer == "Bidirectional" and not last.every_step():
            self._stack.notices.append(LAST_OF_BOTH)
            for head in heads:
                self._say(head, "after the GRU", None, "", "note")
            heads = []
        symbols = table.config.get("input_dim") if table else None
        best = next((h for h in heads if h.layer.config.get("units") == symbols), None)
        chosen = best or next(iter(heads), None)
        if chosen is not None:
            self._stack.output = chosen.layer
            self._on_the_way(chosen, {call for call in heads if call.layer is chosen.layer})
        for call in self._after:
            if chosen is not None:
                self._say(call, "beside the GRU", _harmless(call), "not on the way to the scores")
            else:
                verdict = _shown(call) if call.layer.kind == "Activation" else _harmless(call)
                plain = call.layer.kind in _HEAD and len(call.inputs) == 1
                self._say(call, "after the GRU", verdict, "no predictions are shown" * plain,
                          "note" if plain else None)  # fmt: skip

    def _on_the_way(self, chosen: Call, same: set[Call]) -> None:
        self._said |= {call: self._computed(call, "after the GRU") for call in same}
        at = chosen.inputs[0][0]
        while at not in self._own and at not in self._said:
            self._say(at, "after the GRU", _harmless(at) or _choice(at))
            at = at.inputs[0][0]
        for call in _reached([reader for head in same for reader in head.readers], _readers):
            self._say(call, "after the GRU", _shown(call))

    def _is_head(self, call: Call) -> bool:
        """A Dense layer that reads the states, and whose sums are the scores."""
        layer = call.layer
        if layer.kind != "Dense" or layer.outer not in ("Dense", "TimeDistributed"):
            return False
        if (
            "matrix" not in self._held.get(layer, ())
            or _odd(layer, _DENSE)
            or len(call.inputs) != 1
        ):
            return False
        source, tensor = through(*call.inputs[0])
        while _choice(source) and source.inputs:
            source, tensor = through(*source.inputs[0])
        last = self._layers[-1]
        state = tensor == 1 and last.outer != "Bidirectional"
        if source not in self._last or not (tensor == 0 or state):
            return False
        if layer.activation() not in ("linear", "softmax"):
            return False
        following = _reached([call], _readers)
        ends = {call for call, _ in self._network.outputs}
        return all(_shown(c) for c in following if c is not call) and bool(ends & set(following))


def _stands(told: list[Operation]) -> str:
    """What stands between the symbols and the GRU; `told`: the nearest to it first."""
    others = [op for op in told if op.kind != "Embedding"]
    tables = [op.name for op in told if op.kind == "Embedding"]
    nearest = (others or told)[:1]
    named = f"“{nearest[0].name}” ({nearest[0].kind})" if nearest else ""
    if tables and others[:1] == told[:1]:
        return f"between the embedding “{tables[0]}” and the GRU stands {named}"
    place = f"the embedding “{tables[0]}”" if tables and others else "the GRU"
    return f"before {place} stands {named if told else 'the GRU itself'}"


def _above(call: Call) -> list[Call]:
    return [source for source, _ in (*call.inputs, *call.states, *call.masks)]


def _readers(call: Call) -> list[Call]:
    return call.readers


def _reached(begun: list[Call], step: Callable[[Call], list[Call]]) -> dict[Call, None]:
    """These and all beyond them, the nearest first."""
    found: dict[Call, None] = {}
    wave = begun
    while wave:
        fresh = [call for call in dict.fromkeys(wave) if call not in found]
        found |= dict.fromkeys(fresh)
        wave = [other for call in fresh for other in step(call)]
    return found
