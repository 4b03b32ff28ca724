"""ONNX: symbols' indices in; all states, the last states and the logits out.

``indices`` (steps,) are turned into one-hot vectors or rows of the embedding; a model of features
takes ``x`` (steps, input). ``h0`` (layers · directions, hidden) need not be given.
``states`` (steps, layers · directions, hidden), ``last_states`` (layers · directions, hidden)
and ``logits`` (steps, symbols) come out. Facts of the operator (gates in the order z, r, h):
onnx.ai/onnx/operators/onnx__GRU.html.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, ValueInfoProto, helper, numpy_helper

from gru_debugger import __version__
from gru_debugger.core.activations import SIGMOID, TANH, Activations
from gru_debugger.core.cell import Array, Cell
from gru_debugger.core.model import Model
from gru_debugger.errors import OutputError
from gru_debugger.formats import state_dict
from gru_debugger.numerals import grouped

# What runtimes of 2021 and later know.
_OPSET, _IR_VERSION = 14, 8
_WORDS = {
    "sigmoid": "Sigmoid", "tanh": "Tanh", "hard_sigmoid": "HardSigmoid", "relu": "Relu",
    "leaky_relu": "LeakyRelu", "thresholded_relu": "ThresholdedRelu", "scaled_tanh": "ScaledTanh",
    "elu": "Elu", "softsign": "Softsign", "softplus": "Softplus", "affine": "Affine",
}  # fmt: skip
_ELSEWHERE = "write .npz or .safetensors."
_LARGEST = (2 << 30) - (1 << 20)  # bytes; protobuf ends at 2 GiB


@dataclass
class _Graph:
    nodes: list[NodeProto] = field(default_factory=list)
    stored: dict[str, NDArray[Any]] = field(default_factory=dict)
    inputs: list[ValueInfoProto] = field(default_factory=list)
    outputs: list[ValueInfoProto] = field(default_factory=list)

    def node(self, op: str, inputs: list[str], *outputs: str, **attributes: Any) -> str:
        """The name of its first output."""
        self.nodes.append(helper.make_node(op, inputs, outputs, **attributes))
        return outputs[0]

    def store(self, name: str, values: Any) -> str:
        self.stored[name] = np.asarray(values)
        return name

    def input(self, name: str, kind: int, *shape: int | str) -> str:
        self.inputs.append(helper.make_tensor_value_info(name, kind, shape))
        return name

    def output(self, name: str, *shape: int | str) -> None:
        self.outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))

    def serialize(self, metadata: dict[str, str]) -> bytes:
        size = sum(array.nbytes for array in self.stored.values())
        if size > _LARGEST:
            raise OutputError(
                f"an ONNX file holds 2 GiB at most, and these weights are {grouped(size)} bytes; "
                "write .safetensors."
            )
        stored = [numpy_helper.from_array(array, name) for name, array in self.stored.items()]
        message = helper.make_model(
            helper.make_graph(self.nodes, "gru", self.inputs, self.outputs, stored),
            opset_imports=[helper.make_opsetid("", _OPSET)],
            ir_version=_IR_VERSION,
            producer_name="gru-debugger",
            producer_version=__version__,
        )
        helper.set_model_props(message, metadata)
        return bytes(message.SerializeToString())


def write(model: Model, metadata: dict[str, str]) -> bytes:
    graph = _Graph()
    graph.store("axis_1", [1])
    graph.store("axis_2", [2])
    top = _stack(graph, model, _inputs(graph, model))
    if model.output is not None:
        weight = graph.store("fc.weight", model.output.weight)
        bias = graph.store("fc.bias", model.output.bias)
        logits = graph.node("Gemm", [top, weight, bias], "logits", transB=1)
        graph.output(logits, "steps", len(model.output.weight))
    if model.vocabulary is not None:
        metadata = {**metadata, "vocabulary": state_dict.vocabulary(model.vocabulary)}
    return graph.serialize(metadata)


def _inputs(graph: _Graph, model: Model) -> str:
    """x of layer 0 (steps, input)."""
    if model.input == "features":
        return graph.input("x", TensorProto.FLOAT, "steps", model.input_size)
    indices = graph.input("indices", TensorProto.INT64, "steps")
    if model.embedding is not None:
        return graph.node("Gather", [graph.store("embedding", model.embedding), indices], "x")
    symbols = graph.store("symbols", np.int64(model.symbols))
    values = graph.store("off_on", np.array([0, 1], np.float32))
    return graph.node("OneHot", [indices, symbols, values], "x")


def _stack(graph: _Graph, model: Model, x: str) -> str:
    """The layers, each reading the one below: the top layer's states, directions side by side."""
    zeros = np.zeros((len(model.places), model.hidden_size), np.float32)
    # A stored value under an input's name is what is taken where none is given.
    graph.store("h0", zeros if model.h0 is None else model.h0)
    graph.input("h0", TensorProto.FLOAT, *zeros.shape)
    states, last = [], []
    for k, cells in enumerate(model.layers):
        all_states, last_states = _layer(graph, k, cells, model, x)
        states.append(graph.node("Squeeze", [all_states, "axis_2"], f"states_l{k}"))
        last.append(graph.node("Squeeze", [last_states, "axis_1"], f"last_states_l{k}"))
        x = graph.node("Flatten", [states[-1]], f"h_l{k}", axis=1)
    graph.output(graph.node("Concat", states, "states", axis=1), "steps", *zeros.shape)
    graph.output(graph.node("Concat", last, "last_states", axis=0), *zeros.shape)
    return x


def _layer(graph: _Graph, k: int, cells: tuple[Cell, ...], model: Model, x: str) -> tuple[str, str]:
    """Y (steps, directions, 1, hidden) and Y_h (directions, 1, hidden) of layer `k`."""
    weights = {
        "W": [_zrh(cell.weight_ih) for cell in cells],
        "R": [_zrh(cell.weight_hh) for cell in cells],
        "B": [np.concatenate([_zrh(cell.bias_ih), _zrh(cell.bias_hh)]) for cell in cells],
    }
    stored = {
        kind: graph.store(f"{kind}_l{k}", np.stack(arrays))
        for kind, arrays in weights.items()
        if kind != "B" or model.bias
    }
    first, end = (graph.store(f"row_{i * len(cells)}", [i * len(cells)]) for i in (k, k + 1))
    rows = graph.node("Slice", ["h0", first, end], f"h0_rows_l{k}")
    names = [
        graph.node("Unsqueeze", [x, "axis_1"], f"x_l{k}"),
        stored["W"],
        stored["R"],
        stored.get("B", ""),
        "",  # texts of different lengths; there is one
        graph.node("Unsqueeze", [rows, "axis_1"], f"h0_l{k}"),
    ]
    y, y_h = f"y_l{k}", f"y_h_l{k}"
    direction = "bidirectional" if len(cells) == 2 else model.ways[0]
    graph.node(
        "GRU", names, y, y_h, name="gru" if k == 0 else f"gru_l{k}",
        hidden_size=model.hidden_size, direction=direction,
        linear_before_reset=int(model.reset == "after"),
        **_functions([cell.activations for cell in cells]),
    )  # fmt: skip
    return y, y_h


def _functions(of_cells: list[Activations]) -> dict[str, Any]:
    """The attributes for what is other than σ and tanh; parameters in the functions' order."""
    clips = {one.clip for one in of_cells}
    if len(clips) > 1:
        raise OutputError("ONNX clips both directions alike, this model doesn't; " + _ELSEWHERE)
    clip = clips.pop()
    found: dict[str, Any] = {} if clip is None else {"clip": clip}
    functions = [function for one in of_cells for function in (one.gate, one.candidate)]
    if all((one.gate, one.candidate) == (SIGMOID, TANH) for one in of_cells):
        return found
    lacking = [function.symbol for function in functions if function.name not in _WORDS]
    if lacking:
        raise OutputError(f"ONNX' GRU has no {lacking[0]}, this model has; {_ELSEWHERE}")
    found["activations"] = [_WORDS[function.name] for function in functions]
    for key in ("alpha", "beta"):
        values = [getattr(function, key) for function in functions]
        if any(value is not None for value in values):
            found[f"activation_{key}"] = [value for value in values if value is not None]
    return found


def _zrh(rows: Array) -> Array:
    r, z, n = np.split(rows, 3)
    return np.concatenate([z, r, n])
