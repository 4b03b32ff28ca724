"""One entry of a Keras configuration: a layer, with what its wrappers say of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

RECURRENT = ("GRU", "CuDNNGRU", "LSTM", "CuDNNLSTM", "SimpleRNN")
_WRAPPERS = ("TimeDistributed", "Bidirectional", "RNN")
_OWN = re.compile(
    r"(tf_)?keras(\.|$)|tensorflow\.(python\.)?keras(\.|$)"
)  # modules of Keras itself
OPERATIONS = "keras.src.ops."  # module of what stands in a graph and is no layer


@dataclass(eq=False)
class Layer:
    """`kind` is the class inside TimeDistributed and Bidirectional, `outer` the class itself.

    A class that is not Keras' own has “>” before its name in both. `names` are those of the models
    that it is nested in and its own, `group` where Keras 3 keeps its arrays. `backward`: the
    configuration of a Bidirectional's other direction, where it has its own. `go_backwards`: its x
    is read from the end, and its states come in that order.
    """

    names: tuple[str, ...]
    kind: str
    outer: str
    config: dict[str, Any]
    group: str = ""
    backward: dict[str, Any] | None = None
    merge: str = "concat"  # of a Bidirectional's two directions
    go_backwards: bool = False
    input_shape: Any = None

    @property
    def name(self) -> str:
        return self.names[-1] if self.names else ""

    def of_direction(self, reverse: bool) -> dict[str, Any]:
        """The configuration of the cell that reads forwards, or of the other."""
        return self.backward if reverse and self.backward is not None else self.config

    @property
    def reversed(self) -> tuple[str, str]:
        """Its name, and that of its other direction."""
        return self.names[0], str(self.of_direction(True).get("name"))

    def every_step(self) -> bool:
        return self.config.get("return_sequences") is True

    def activation(self) -> str:
        """Of a Dense or Activation layer, by its name; "linear" where there is none."""
        told = self.config.get("activation", "linear")
        if isinstance(told, dict):
            told = told.get("config") if isinstance(told.get("config"), str) else "?"
        return "linear" if told is None else str(told)


def layer(entry: dict[str, Any], above: tuple[str, ...] = (), base: str = "") -> Layer:
    """`above`: the names of the models around it; `base`: their group."""
    outer = kind = class_of(entry)
    config = entry["config"]
    name = str(config.get("name") or entry.get("name"))
    other = config.get("backward_layer") if kind == "Bidirectional" else None
    backward = other.get("config") if isinstance(other, dict) else None
    merge = str(config.get("merge_mode", "concat"))
    go_backwards = False
    for _ in range(3):
        go_backwards = go_backwards or bool(config.get("go_backwards"))
        inner = config.get("cell" if kind == "RNN" else "layer")
        if kind not in _WRAPPERS or not isinstance(inner, dict):
            break
        kind, more = class_of(inner), inner.get("config")
        more = more if isinstance(more, dict) else {}
        config = {**_of_rnn(config), **more} if "cell" in config else more
    kind = kind.removesuffix("Cell")
    built = entry.get("build_config")
    return Layer(
        (*above, name), kind, outer, config, base,
        backward=backward if isinstance(backward, dict) else None, merge=merge,
        go_backwards=go_backwards,
        input_shape=built.get("input_shape") if isinstance(built, dict) else None,
    )  # fmt: skip


def _of_rnn(config: dict[str, Any]) -> dict[str, Any]:
    """What an RNN says and its cell does not."""
    kept = ("return_sequences", "return_state", "stateful", "time_major", "go_backwards")
    return {key: config[key] for key in kept if key in config}


def class_of(entry: dict[str, Any]) -> str:
    """The class, with “>” before it where the file says that it is not Keras' own."""
    name = str(entry.get("class_name"))
    if ">" in name or ("module" not in entry and not entry.get("registered_name")):
        return name
    if "module" in entry:
        return name if _OWN.match(str(entry["module"])) else f">{name}"
    return name if ">" not in str(entry["registered_name"]) else f">{name}"


def snake(name: str) -> str:
    """As Keras names its groups: keras/src/utils/naming.py."""
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()
