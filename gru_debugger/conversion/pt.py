"""PyTorch's .pt: a plain dictionary that ``torch.load(…, weights_only=True)`` opens.

Its ``state_dict`` loads strictly into a module with ``gru`` (an ``nn.GRU``), and ``embedding``
and ``fc`` where the model has them.
"""

from __future__ import annotations

import io
from typing import Any

from gru_debugger.core.model import Model
from gru_debugger.errors import OutputError
from gru_debugger.formats import state_dict


def write(model: Model, metadata: dict[str, str]) -> bytes:
    if model.reset == "before":
        raise OutputError(
            "PyTorch's GRU resets after the matrix product, this model before it; "
            "write .onnx, .npz or .safetensors."
        )
    if model.backwards:
        raise OutputError(
            "PyTorch's GRU reads forward or in both directions, this model in reverse only; "
            "write .onnx, .npz or .safetensors."
        )
    others = {cell.activations.in_words() for cells in model.layers for cell in cells} - {""}
    if others:
        raise OutputError(
            f"PyTorch's GRU has σ and tanh, this model {'; '.join(sorted(others))}; "
            "write .onnx, .npz or .safetensors."
        )
    import torch

    tensors = {n: torch.from_numpy(a.copy()) for n, a in state_dict.network(model).items()}
    checkpoint: dict[str, Any] = {
        "state_dict": tensors,
        "input_size": model.input_size,
        "hidden_size": model.hidden_size,
        "num_layers": len(model.layers),
        "bias": model.bias,
        "bidirectional": model.directions == 2,
    }
    if model.vocabulary is not None:
        checkpoint["vocabulary"] = list(model.vocabulary)
    if model.h0 is not None:  # beside the state_dict, where nn.GRU has no place for it
        checkpoint["gru.h0"] = torch.from_numpy(model.h0.copy())
    checkpoint["metadata"] = metadata
    stream = io.BytesIO()
    torch.save(checkpoint, stream)
    return stream.getvalue()
