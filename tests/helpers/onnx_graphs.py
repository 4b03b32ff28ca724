"""ONNX graphs made node by node or by torch, and onnxruntime's run of them."""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from grus import assert_close
from onnx import TensorProto, helper, numpy_helper

from gru_debugger.core.model import Model
from gru_debugger.core.trace import trace
from gru_debugger.errors import ModelError
from gru_debugger.formats import load_model

STEPS = 200
SYMBOLS = "abcdef"
INDICES = np.random.default_rng(8).integers(0, len(SYMBOLS), STEPS)
TEXT = "".join(SYMBOLS[i] for i in INDICES)
ONE_HOT = np.eye(len(SYMBOLS), dtype=np.float32)[INDICES][:, None]


def uniform(*shape: int, seed: int = 0, hidden: int = 5) -> Any:
    """As PyTorch initialises."""
    numbers = np.random.default_rng([seed, *shape]).uniform(-1, 1, shape)
    return (numbers / np.sqrt(hidden)).astype(np.float32)


def built(
    nodes: list[Any], initializers: dict[str, Any], opset: int = 14, **metadata: str
) -> onnx.ModelProto:
    """X (steps, 1, symbols) or indices (steps, 1) in, logits out where there are any."""
    stored = [numpy_helper.from_array(a, n) if isinstance(a, np.ndarray) else a
              for n, a in initializers.items()]  # fmt: skip
    floats, whole = TensorProto.FLOAT, TensorProto.INT64
    given = {name for node in nodes for name in node.input}
    graph = helper.make_graph(
        nodes, "graph",
        [helper.make_tensor_value_info(name, kind, shape)
         for name, kind, shape in (("X", floats, [None, 1, len(SYMBOLS)]),
                                   ("indices", whole, [None, 1]), ("h0", floats, None))
         if name in given],
        [helper.make_tensor_value_info(nodes[-1].output[0], floats, None)], stored,
    )  # fmt: skip
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=10 if opset > 8 else 3
    )
    helper.set_model_props(model, metadata)
    return model


def gru(
    layers: int = 1, directions: int = 1, reset: str = "after", bias: bool = True, h: int = 5,
    opset: int = 14, inputs: tuple[str, ...] = (), arrays: dict[str, Any] | None = None,
    embedding: bool = False, output: str = "", initial: Any = None,
    **attributes: Any,
) -> onnx.ModelProto:  # fmt: skip
    nodes, stored, x, width = [], {}, "X", len(SYMBOLS)
    if embedding:
        stored["table"], x, width = uniform(len(SYMBOLS), 3), "embedded", 3
        nodes.append(helper.make_node("Gather", ["table", "indices"], [x]))
    for k in range(layers):
        stored[f"W{k}"] = uniform(directions, 3 * h, width, seed=k)
        stored[f"R{k}"] = uniform(directions, 3 * h, h, seed=k)
        if bias:
            stored[f"B{k}"] = uniform(directions, 6 * h, seed=k)
        names = [x, f"W{k}", f"R{k}", f"B{k}" if bias else "", "", ""]
        if initial is not None:
            names[5] = f"h0_{k}"
            stored[names[5]] = initial[k * directions : (k + 1) * directions, None]
        names = [*names[: 6 - len(inputs)], *inputs] if inputs else names
        words = {"direction": "bidirectional"} if directions == 2 else {}
        nodes += [
            helper.make_node(
                "GRU", names, [f"Y{k}", f"last{k}"], name=f"/net/GRU_{k}" if k else "/net/GRU",
                hidden_size=h, linear_before_reset=int(reset == "after"), **words | attributes),
            helper.make_node("Transpose", [f"Y{k}"], [f"T{k}"], perm=[0, 2, 1, 3]),
            helper.make_node("Reshape", [f"T{k}", "rows"], [f"out{k}"]),
        ]  # fmt: skip
        x, width = f"out{k}", directions * h
    stored["rows"] = np.array([0, 0, -1])
    if output:
        stored["fc"], stored["fcb"] = uniform(width, len(SYMBOLS)), uniform(len(SYMBOLS))
        if output == "MatMul":
            nodes += [helper.make_node("MatMul", [x, "fc"], ["scores"]),
                      helper.make_node("Add", ["fcb", "scores"], ["logits"])]  # fmt: skip
        else:
            stored |= {"flat": np.array([-1, width]), "fc": stored["fc"].T.copy()}
            nodes += [helper.make_node("Reshape", [x, "flat"], ["states"]),
                      helper.make_node("Gemm", ["states", "fc", "fcb"], ["logits"], transB=1),
                      ]  # fmt: skip
    return built(nodes, stored | (arrays or {}), opset)


def saved(folder: Path, model: onnx.ModelProto, **external: Any) -> Path:
    path = folder / "model.onnx"
    onnx.save_model(model, path, **external)
    return path


def opened(folder: Path, model: onnx.ModelProto, **options: Any) -> Model:
    return load_model(saved(folder, model), vocabulary=SYMBOLS, **options)


def oracle(model: onnx.ModelProto, **inputs: Any) -> list[Any]:
    """Y of every GRU node, then the graph's own first output, as onnxruntime computes them."""
    asked = [node.output[0] for node in model.graph.node if node.op_type == "GRU"]
    asked.append(model.graph.output[0].name)
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    unknown = {n.output[0] for n in copy.graph.node if n.op_type == "ConstantFill"}
    for node in list(copy.graph.node):  # zeros, by an operator that onnxruntime doesn't know
        if node.output[0] in unknown or (node.op_type == "Slice" and node.input[0] in unknown):
            unknown.add(node.output[0])
            copy.graph.node.remove(node)
        node.input[:] = ["" if name in unknown else name for name in node.input]
    kept = {output.name for output in copy.graph.output}
    copy.graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None)
                             for name in asked if name not in kept)  # fmt: skip
    options = onnxruntime.SessionOptions()  # the graph as it stands: rounding is moved otherwise
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(
        copy.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return session.run(asked, inputs)


def assert_same(ours: Model, theirs: list[Any], text: str = TEXT) -> None:
    recording = trace(ours, text)
    *states, logits = theirs
    assert len(states) == len(ours.layers)
    for layer, of_layer in enumerate(states):
        for d, direction in enumerate(ours.ways):
            what = f"layer {layer} {direction}"
            assert_close(recording.states(layer, direction), of_layer[:, d, 0], what)
    if ours.output is not None:
        assert_close(recording.outputs(1, len(text))["logits"], logits.reshape(len(text), -1), "")


def refusal(path: Path, **options: Any) -> str:
    with pytest.raises(ModelError) as error:
        load_model(path, **options)
    message = str(error.value)
    assert "\n" not in message
    assert message.startswith(f"{path}: ")
    return message.removeprefix(f"{path}: ")


def exported(network: torch.nn.Module, **options: Any) -> onnx.ModelProto:
    stream = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter's own
        torch.onnx.export(
            network, (torch.from_numpy(INDICES)[None],), stream, dynamo=False,
            input_names=["indices"], **options,
        )  # fmt: skip
    return onnx.load_model_from_string(stream.getvalue())


def turn(graph: list[Any], stored: dict[str, Any], how: str, name: str) -> str:
    """The value with its time turned around."""
    if how == "ReverseSequence":
        stored["length"] = np.array([len(TEXT)])
        graph.append(helper.make_node(how, [name, "length"], [f"{name}_turned"],
                                      batch_axis=1, time_axis=0))  # fmt: skip
    else:
        stored |= {"end": np.array([-1]), "far": np.array([-(2**62)]), "axis": np.array([0])}
        graph.append(helper.make_node(
            "Slice", [name, "end", "far", "axis", "end"], [f"{name}_turned"]))  # fmt: skip
    return f"{name}_turned"
