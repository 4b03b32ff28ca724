"""Functions of PyTorch's that a stored network calls beside its layers, by the text of its code."""

from __future__ import annotations

import re
from collections.abc import Iterable

from gru_debugger.formats.ledger import Operation

# Those that change numbers. Not softmax: it is what is shown of the scores.
_NAMES = (
    "relu", "leaky_relu", "elu", "gelu", "silu", "selu", "softplus", "hardtanh", "tanh", "sigmoid",
    "layer_norm", "native_layer_norm", "batch_norm", "group_norm", "instance_norm", "flip", "bmm",
    "scaled_dot_product_attention",
)  # fmt: skip
_CALLED = re.compile(rf"\btorch\.(?:ops\.aten\.)?({'|'.join(_NAMES)})_?(?:\.\w+)?\b[\"(]")


def beside_the_layers(texts: Iterable[bytes]) -> tuple[Operation, ...]:
    """Those that are called, of which a text does not say where."""
    called = (name for text in texts for name in _CALLED.findall(text.decode("utf-8", "replace")))
    return tuple(Operation(f"torch.{name}") for name in dict.fromkeys(called))
