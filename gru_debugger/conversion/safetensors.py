"""safetensors, as the program's own models are."""

from __future__ import annotations

from gru_debugger.core.model import Model
from gru_debugger.formats import safetensors


def write(model: Model, metadata: dict[str, str]) -> bytes:
    return safetensors.dump(model, metadata)
