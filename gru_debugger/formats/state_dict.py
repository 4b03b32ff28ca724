"""A model as named tensors and texts: what every file that this program writes has in common."""

from __future__ import annotations

import json
from collections.abc import Sequence

from gru_debugger.core.activations import USUAL
from gru_debugger.core.cell import Array
from gru_debugger.core.model import Model
from gru_debugger.core.quantities import suffix


def gru(model: Model) -> dict[str, Array]:
    """The GRU's own, under the names that ``torch.nn.GRU`` gives them."""
    tensors = {}
    for layer, cells in enumerate(model.layers):
        for direction, cell in zip(model.ways, cells, strict=True):
            end = suffix(layer, direction == "reverse")
            tensors[f"weight_ih{end}"] = cell.weight_ih
            tensors[f"weight_hh{end}"] = cell.weight_hh
            if model.bias:
                tensors[f"bias_ih{end}"] = cell.bias_ih
                tensors[f"bias_hh{end}"] = cell.bias_hh
    return tensors


def network(model: Model) -> dict[str, Array]:
    """Of a module with ``gru``, and ``embedding`` and ``fc`` where the model has them."""
    tensors = {f"gru.{name}": array for name, array in gru(model).items()}
    if model.embedding is not None:
        tensors["embedding.weight"] = model.embedding
    if model.output is not None:
        tensors["fc.weight"] = model.output.weight
        tensors["fc.bias"] = model.output.bias
    return tensors


def metadata(model: Model) -> dict[str, str]:
    """What `assemble` reads beside the tensors; an initial state is the tensor ``gru.h0``."""
    texts: dict[str, str] = {"reset": model.reset}
    if model.h0 is not None:
        texts["initial_state"] = "gru.h0"
    functions = model.activations_to_json()
    if functions != USUAL.to_json():
        texts["activations"] = json.dumps(functions)
    if model.example is not None:
        example = model.example
        texts |= {"text": str(example.text), "step": str(example.step), "unit": str(example.unit)}
    return texts


def vocabulary(symbols: Sequence[str]) -> str:
    """A JSON list; half of a surrogate pair, which UTF-8 does not have, as JSON's escape."""
    listed = json.dumps(list(symbols), ensure_ascii=False)
    return listed.encode("utf-8", "backslashreplace").decode("utf-8")
