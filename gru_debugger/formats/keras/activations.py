"""What a Keras configuration calls σ and tanh, as `core.activations` has it.

A name, or an object: of a layer used as a function (LeakyReLU), or around a function's name.
Facts: keras/src/activations/activations.py of Keras 2.15 and 3.15.
"""

from __future__ import annotations

from typing import Any

from gru_debugger.core.activations import LINEAR, Activation, Activations

_NAMED = {
    **{name: Activation(name) for name in ("sigmoid", "tanh", "relu", "elu", "selu", "softplus",
                                           "softsign", "silu")},
    "linear": LINEAR,
    "swish": Activation("silu"),
    "leaky_relu": Activation("leaky_relu", 0.2),
}  # fmt: skip
_HARD_SIGMOID = {2: Activation("hard_sigmoid", 0.2, 0.5), 3: Activation("hard_sigmoid", 1 / 6, 0.5)}
# Layers by their names; what their configuration calls the parameter, and what it is without.
_LAYERS = {
    "LeakyReLU": ("leaky_relu", {2: ("alpha", 0.3), 3: ("negative_slope", 0.3)}),
    "ELU": ("elu", {2: ("alpha", 1.0), 3: ("alpha", 1.0)}),
    "ThresholdedReLU": ("thresholded_relu", {2: ("theta", 1.0), 3: ("theta", 1.0)}),
}


def generation(version: str) -> int:
    """2 or 3, by the file's ``keras_version``; a file without one is an old one."""
    return 3 if version.split(".")[0].isdecimal() and int(version.split(".")[0][:4]) >= 3 else 2


def of_config(config: dict[str, Any], version: str) -> Activations:
    """Of a GRU layer's configuration. Raises ValueError, which says what it has, for others."""
    layer = " ".join(str(config.get("name")).split())[:40]
    gate, candidate = (
        _activation(layer, key, config.get(key, usual), generation(version))
        for key, usual in (("recurrent_activation", "sigmoid"), ("activation", "tanh"))
    )
    return Activations(gate, candidate)


def _activation(layer: str, key: str, told: Any, keras: int) -> Activation:
    name, config = _name(told)
    found = _of_layer(name, config, keras) or _NAMED.get(name)
    if name == "hard_sigmoid":
        found = _HARD_SIGMOID[keras]
    if found is None:
        words = " ".join(name.split())[:40]
        raise ValueError(f"its layer “{layer}” has {key} {words}")
    return found


def _name(told: Any) -> tuple[str, dict[str, Any]]:
    """The function's name, or the layer's with its configuration."""
    if told is None:
        return "linear", {}
    if not isinstance(told, dict):
        return str(told), {}
    inner = told.get("config")
    config = inner if isinstance(inner, dict) else {}
    if told.get("class_name") == "Activation":
        return str(config.get("activation")), {}
    return (inner, {}) if isinstance(inner, str) else (str(told.get("class_name")), config)


def _of_layer(name: str, config: dict[str, Any], keras: int) -> Activation | None:
    """ReLU, whose slope and bounds are options, and others with one parameter."""
    if name == "ReLU" and config.get("max_value") is None and not config.get("threshold"):
        slope = config.get("negative_slope") or 0.0
        return Activation("leaky_relu", slope) if isinstance(slope, int | float) else None
    ours, parameters = _LAYERS.get(name, (None, {}))
    if ours is None:
        return None
    parameter, usual = parameters[keras]
    value = config.get(parameter, usual)
    return Activation(ours, float(value)) if isinstance(value, int | float) else None
