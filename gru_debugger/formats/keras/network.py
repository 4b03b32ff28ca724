"""The graph of a Keras configuration: each use of a layer, and what it is given.

Sequential models are a list of layers; all others name their inputs, in two spellings of the same:
Keras 2 (``inbound_nodes`` are nested lists) and Keras 3 (objects with ``keras_history``). Models
inside models are laid open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from gru_debugger.formats.keras.layers import (
    OPERATIONS,
    RECURRENT,
    Layer,
    class_of,
    layer,
    snake,
)

MODELS = ("Sequential", "Functional", "Model")
_MOST = 10_000  # uses of layers
_LEVELS = 16
_BASES = ("layers", "_layer_checkpoint_dependencies")

Ref = tuple[str, int, int]  # of a layer: its name, which use, which of its tensors


@dataclass(eq=False)
class Call:
    """One use of a layer; `inputs` and `states` are calls, with the number of their tensor.

    `states`: of a recurrent layer, what it is given besides x. `training`: it runs as in training.
    """

    layer: Layer
    inputs: list[tuple[Call, int]] = field(default_factory=list)
    states: list[tuple[Call, int]] = field(default_factory=list)
    masks: list[tuple[Call, int]] = field(default_factory=list)
    readers: list[Call] = field(default_factory=list)
    arguments: Any = None  # of an operation, as the file has them
    training: bool = False


@dataclass
class Network:
    """All uses of layers, and the tensors that are the model's output."""

    calls: list[Call] = field(default_factory=list)
    outputs: list[tuple[Call, int]] = field(default_factory=list)
    kind: str = ""

    def layers(self) -> list[Layer]:
        return list(dict.fromkeys(call.layer for call in self.calls))


@dataclass
class _Model:
    """A model's entries; `nested` are those that are models themselves, by their names."""

    layers: dict[str, Layer]
    nodes: dict[str, list[Any]]
    nested: dict[str, _Model]
    inputs: list[Ref]
    outputs: list[Ref]
    sequential: bool
    skipped: dict[str, int] = field(default_factory=dict)


@dataclass
class _Scope:
    """A model as it is used once: its uses of layers, or of models."""

    model: _Model
    uses: dict[tuple[str, int], Call | _Scope] = field(default_factory=dict)

    def find(self, ref: Ref) -> tuple[Call, int]:
        name, number, tensor = ref
        use = self.uses[name, number - self.model.skipped.get(name, 0)]
        return use.find(use.model.outputs[tensor]) if isinstance(use, _Scope) else (use, tensor)


def network_of(model: Any) -> Network:
    """Empty for a model that is neither Sequential nor functional.

    Raises ValueError, KeyError or IndexError where it contradicts itself.
    """
    if not isinstance(model, dict) or (whole := _parsed(model, (), "")) is None:
        return Network()
    scope, opening = _Scope(whole), _Opening()
    opening.lay_open(scope)
    opening.connect()
    outputs = [scope.find(ref) for ref in whole.outputs]
    return Network(opening.calls, outputs, class_of(model))


# Entries ----------------------------------------------------------------------------------------


def _parsed(model: dict[str, Any], above: tuple[str, ...], base: str) -> _Model | None:
    config = model.get("config")
    entries = config.get("layers") if isinstance(config, dict) else config
    if not isinstance(entries, list):
        return None
    found = _Model({}, {}, {}, [], [], class_of(model) == "Sequential")
    counts: dict[str, int] = {}
    first = entries[0].get("class_name") if entries and isinstance(entries[0], dict) else None
    if found.sequential and first != "InputLayer":
        entries = [{"class_name": "InputLayer", "config": {"name": ""}}, *entries]
    for entry in entries:
        if not isinstance(entry, dict) or not isinstance(entry.get("config"), dict | list):
            return None
        if isinstance(entry["config"], list):  # a Sequential of before 2.3
            entry = {**entry, "config": {"name": entry.get("name"), "layers": entry["config"]}}
        made = layer(entry, above)
        if str(entry.get("module")).startswith(OPERATIONS):
            number = 0  # no layer, and not counted as one
        else:
            kind = snake(made.outer.rpartition(">")[2])
            number = counts.get(kind, 0)
            counts[kind] = number + 1
            made.group = f"{base}/{kind}{f'_{number}' if number else ''}".lstrip("/")
        found.layers[made.name] = made
        found.nodes[made.name] = _nodes(entry)
        if made.outer in MODELS and len(above) < _LEVELS:
            inner = _parsed(entry, made.names, f"{made.group}/layers")
            if inner is not None:
                found.nested[made.name] = inner
    _ends(found, config)
    return found


def _nodes(entry: dict[str, Any]) -> list[Any]:
    nodes = entry.get("inbound_nodes")
    return nodes if isinstance(nodes, list) else []


def _ends(model: _Model, config: Any) -> None:
    names = list(model.layers)
    if model.sequential:
        model.inputs = [(name, 0, 0) for name in names[:1]]
        model.outputs = [(name, 0, 0) for name in names[-1:]]
        return
    told = config if isinstance(config, dict) else {}
    model.inputs, model.outputs = (
        _ends_of(told.get(f"{end}_layers")) for end in ("input", "output")
    )
    refs = [*model.outputs]
    for nodes in model.nodes.values():
        refs += _refs(nodes)
    for name, number, _ in refs:  # a model's first node may be its own, which is not in the file
        if name in model.nested and number >= len(model.nodes[name]):
            model.skipped[name] = 1


def _ends_of(value: Any) -> list[Ref]:
    """[name, node, tensor], or any nesting of such."""
    if isinstance(value, list) and len(value) == 3 and isinstance(value[0], str):
        return [_ref(value)]
    if isinstance(value, dict):
        value = list(value.values())
    return [ref for part in value for ref in _ends_of(part)] if isinstance(value, list) else []


def _ref(history: list[Any]) -> Ref:
    name, number, tensor = history[:3]
    return str(name), int(number), int(tensor)


def _refs(value: Any) -> Iterator[Ref]:
    """Depth first: [name, node, tensor, …] of Keras 2, {"keras_history": [...]} of Keras 3."""
    if isinstance(value, dict):
        history = value.get("keras_history")
        if isinstance(history, list) and len(history) > 2:
            yield _ref(history)
            return
        for part in value.values():
            yield from _refs(part)
    elif isinstance(value, list):
        if len(value) > 2 and isinstance(value[0], str) and isinstance(value[1], int):
            if value[1] >= 0:  # else a constant
                yield _ref(value)
            yield from _refs(value[3:])
            return
        for part in value:
            yield from _refs(part)


# Uses -------------------------------------------------------------------------------------------


@dataclass
class _Opening:
    """All uses so far, and what feeds each: looked up when all are known."""

    calls: list[Call] = field(default_factory=list)
    pending: list[tuple[Call, _Scope, str, list[Ref]]] = field(default_factory=list)
    used: int = 0

    def lay_open(self, scope: _Scope) -> None:
        """Every use of every layer of a model, and of the models in it."""
        model, before = scope.model, list[Ref]()
        for name, made in model.layers.items():
            for number, node in enumerate((not model.sequential and model.nodes[name]) or [None]):
                self.used += 1
                if self.used > _MOST:
                    raise ValueError("its network uses too many layers")
                given = _given(node, made) if node is not None else (before, [], [])
                if name in model.nested:
                    scope.uses[name, number] = inner = _Scope(model.nested[name])
                    self.lay_open(inner)
                    self._feed(inner, [*given[0], *given[1]], scope)
                else:
                    call = Call(made, arguments=node, training=_trains(node))
                    scope.uses[name, number] = call
                    self.calls.append(call)
                    for role, refs in zip(("inputs", "states", "masks"), given, strict=True):
                        self.pending.append((call, scope, role, refs))
            if model.sequential:
                before = [(name, 0, 0)]

    def _feed(self, inner: _Scope, given: list[Ref], around: _Scope) -> None:
        """What a nested model is given goes to its inputs, one to one."""
        for (name, *_), ref in zip(inner.model.inputs, given, strict=False):
            target = inner.uses[name, 0]
            if isinstance(target, _Scope):
                self._feed(target, [ref], around)
            else:
                self.pending.append((target, around, "inputs", [ref]))

    def connect(self) -> None:
        for call, place, role, refs in self.pending:
            wires = [place.find(ref) for ref in refs]
            getattr(call, role).extend(wires)
            for source, _ in wires:
                source.readers.append(call)


def _given(node: Any, made: Layer) -> tuple[list[Ref], list[Ref], list[Ref]]:
    """x, what else a recurrent layer is given, and masks."""
    args, more = _arguments(node)
    named = {key: list(_refs(value)) for key, value in more.items()}
    masks = named.pop("mask", []) if made.kind in RECURRENT else []
    first, *others = [list(_refs(arg)) for arg in args] or [[]]
    rest = [ref for refs in (*others, *named.values()) for ref in refs]
    if made.kind not in RECURRENT:
        return [*first, *rest], [], masks
    if not first:
        first, rest = rest[:1], rest[1:]
    return first[:1], [*first[1:], *rest], masks


def _arguments(node: Any) -> tuple[list[Any], dict[str, Any]]:
    """Those by place and those by name, in either spelling."""
    if isinstance(node, dict) and "args" in node:
        args, named = node["args"], node.get("kwargs")
        return args if isinstance(args, list) else [args], named if isinstance(named, dict) else {}
    plain: list[Any] = []
    more: dict[str, Any] = {}
    histories = [node] if isinstance(node, list) and node and isinstance(node[0], str) else node
    for history in histories if isinstance(histories, list) else [histories]:
        if isinstance(history, list) and len(history) > 3 and isinstance(history[3], dict):
            more |= history[3]
            history = history[:3]
        plain.append(history)
    return plain, more


def _trains(node: Any) -> bool:
    return node is not None and _arguments(node)[1].get("training") in (True, 1)
