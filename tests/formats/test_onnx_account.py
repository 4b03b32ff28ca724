"""Quantized weights of an ONNX file, and files that a tool is known to have written wrong.

What a graph puts around its GRU is in test_networks.py and test_onnx_composed.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from graph_answers import said
from grus import assert_close, distance
from onnx import helper, numpy_helper
from onnx_graphs import (
    INDICES,
    SYMBOLS,
    TEXT,
    assert_same,
    exported,
    gru,
    opened,
    oracle,
    refusal,
    saved,
)
from onnx_networks import Net, OneHot
from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_dynamic,
    quantize_static,
)
from telling import grades, told

from gru_debugger.core.model import Model
from gru_debugger.core.trace import trace
from gru_debugger.formats import parse
from gru_debugger.source import Choice

FILES = Path(__file__).parent / "files"
TOLERANCE = 1e-3
CLOSE = 2e-6


def apart(model: Model, file: onnx.ModelProto) -> float:
    """How far the states shown lie from those of the file's GRU, as onnxruntime runs it."""
    states, _ = oracle(file, indices=INDICES[None])
    return distance(trace(model, TEXT).states(), states[:, 0, 0])


# Quantized weights -------------------------------------------------------------------------------


def quantized(kind: type[np.integer], axis: bool, block: bool = False) -> onnx.ModelProto:
    """W and R as whole numbers, with a scale for each of the rows or for all."""
    file = gru(embedding=True, output="MatMul", opset=21)
    nodes = []
    for tensor in file.graph.initializer:
        if tensor.name not in ("W0", "R0"):
            continue
        array, name = numpy_helper.to_array(tensor), tensor.name
        rows = array.shape[1] if axis else 1
        scale = np.linspace(0.004, 0.006, rows, dtype=np.float32)
        zero = np.full(rows, 0 if kind is np.int8 else 120, kind)
        low, high = np.iinfo(kind).min, np.iinfo(kind).max
        rounded = np.round(array / scale.reshape(1, -1, 1)) + zero.reshape(1, -1, 1)
        whole = np.clip(rounded, low, high)
        tensor.CopyFrom(numpy_helper.from_array(whole.astype(kind), f"{name} stored"))
        if not axis:
            scale, zero = scale.reshape(()), zero.reshape(())
        file.graph.initializer.extend([numpy_helper.from_array(scale, f"{name} scale"),
                                       numpy_helper.from_array(zero, f"{name} zero")])  # fmt: skip
        nodes.append(helper.make_node(
            "DequantizeLinear", [f"{name} {part}" for part in ("stored", "scale", "zero")], [name],
            axis=1, **({"block_size": 1} if block else {})))  # fmt: skip
    kept = list(file.graph.node)
    del file.graph.node[:]
    file.graph.node.extend([*nodes, *kept])
    return file


@pytest.mark.parametrize("axis", [False, True])
@pytest.mark.parametrize("kind", [np.int8, np.uint8])
def test_quantized_weights(tmp_path: Path, kind: type[np.integer], axis: bool) -> None:
    file = quantized(kind, axis)
    model = opened(tmp_path, file)
    name = np.dtype(kind).name
    assert f"{name} weights were converted to float32" in " ".join(told(model)).replace(
        f"float32, {name}", name
    )
    assert grades(model) == {"note"}
    assert_same(model, oracle(file, indices=INDICES[:, None]))


class _Calibration(CalibrationDataReader):
    def __init__(self) -> None:
        self._left = [{"indices": INDICES[:, None]}]

    def get_next(self) -> Any:
        return self._left.pop() if self._left else None


def by_onnxruntime(folder: Path, static: bool, **options: Any) -> onnx.ModelProto:
    """A GRU with an embedding and an output layer, as onnxruntime's own tools quantize it."""
    before, after = saved(folder, gru(embedding=True, output="MatMul")), folder / "quantized.onnx"
    if static:
        quantize_static(before, after, _Calibration(), quant_format=QuantFormat.QDQ, **options)
    else:
        quantize_dynamic(before, after, **options)
    return onnx.load(after)


@pytest.mark.parametrize(
    ("static", "options"),
    [(False, {}), (False, {"weight_type": QuantType.QInt8}), (True, {}),
     (True, {"op_types_to_quantize": ["GRU", "MatMul", "Gather"]})],
)  # fmt: skip
def test_quantized_by_onnxruntime(tmp_path: Path, static: bool, options: dict[str, Any]) -> None:
    """The embedding's rows are dequantized after they are looked up; its output layer rounds."""
    file = by_onnxruntime(tmp_path, static, **options)
    model = opened(tmp_path, file)
    assert model.embedding is not None
    assert grades(model) == {"note", "beside"}
    assert "int8 weights were converted to float32" in " ".join(told(model))
    assert model.output is None, "its scores are not those of the dequantized weights"
    (states, _) = oracle(file, indices=INDICES[:, None])
    assert_close(trace(model, TEXT).column("h"), states[:, 0, 0], "h")


def test_what_a_gru_reads_is_rounded(tmp_path: Path) -> None:
    """By a scale that is not the table's: its numbers are others then."""
    file = by_onnxruntime(tmp_path, True, op_types_to_quantize=["GRU"])
    said = refusal(saved(tmp_path, file), vocabulary=SYMBOLS)
    assert said.startswith("between the embedding and the GRU stand DequantizeLinear, QuantizeLin")


@pytest.mark.parametrize("wrong", ["scale", "zero_point"])
def test_rounding_by_another_scale(tmp_path: Path, wrong: str) -> None:
    """As above, of a file that differs in that one number from one that opens."""
    file = by_onnxruntime(tmp_path, True)
    rounding = next(node for node in file.graph.node if node.op_type == "QuantizeLinear")
    name = rounding.input[1 if wrong == "scale" else 2]
    stored = next(t for t in file.graph.initializer if t.name == name)
    other = numpy_helper.to_array(stored) + np.ones((), numpy_helper.to_array(stored).dtype)
    file.graph.initializer.append(numpy_helper.from_array(other, "other"))
    rounding.input[1 if wrong == "scale" else 2] = "other"
    said = refusal(saved(tmp_path, file), vocabulary=SYMBOLS)
    assert said.startswith("between the embedding and the GRU stand")


def test_weights_quantized_by_blocks(tmp_path: Path) -> None:
    assert refusal(saved(tmp_path, quantized(np.int8, True, block=True))) == (
        "the weights of “/net/GRU” (W and R) are quantized in a way that is not read (by blocks, "
        "or to a type other than int8 and uint8); export it before it is quantized."
    )


# Known faults ------------------------------------------------------------------------------------


def test_a_gru_that_pytorch_wrote_wrong(tmp_path: Path) -> None:
    """By torch 2.13 with onnxscript 0.6.2; its states are not nn.GRU's, and are shown as they are.
    """
    path = FILES / "dynamo_before.onnx"
    model = parse(path).model(SYMBOLS)
    assert model.reset == "before"
    assert grades(model) == {"inside"}
    (words,) = told(model)
    assert words == (
        "PyTorch wrote this file, whose nn.GRU has the reset gate after the matrix product, but "
        "the file says before: its network is not the one that was trained (onnxscript 0.5.7 to "
        "0.7.0 left linear_before_reset out, microsoft/onnxscript#2852); export it again with "
        "onnxscript 0.7.2, or read it with --reset after"
    )
    file = onnx.load(path)
    assert apart(model, file) <= CLOSE
    states = Net().eval().states(torch.from_numpy(INDICES)[None])[0].detach().numpy()
    assert distance(trace(model, TEXT).states(), states) > 0.01


def test_it_can_be_read_as_it_was_trained() -> None:
    """Then its states are nn.GRU's, and what it says is a note."""
    path = FILES / "dynamo_before.onnx"
    model = parse(path).model(SYMBOLS, Choice(reset="after"))
    assert model.reset == "after"
    assert told(model) == (
        "read with the reset gate after the matrix product, as chosen; it says before",
    )
    assert grades(model) == {"note"}
    states = Net().eval().states(torch.from_numpy(INDICES)[None])[0].detach().numpy()
    assert distance(trace(model, TEXT).states(), states) <= CLOSE
    assert told(parse(path).model(SYMBOLS, Choice(reset="before"))) == told(
        parse(path).model(SYMBOLS)
    )


def test_other_writers_mean_what_they_write(tmp_path: Path) -> None:
    """Keras has a GRU with the reset gate before, and others too."""
    for producer, reset, alarm in (
        ("keras", "before", False), ("tf2onnx", "before", False), ("pytorch", "after", False),
        ("pytorch", "before", True),
    ):  # fmt: skip
        file = gru(reset=reset, embedding=True, output="MatMul")
        file.producer_name = producer
        assert ("inside" in grades(opened(tmp_path, file))) == alarm


# A one at each symbol's place --------------------------------------------------------------------


@pytest.mark.child
@pytest.mark.parametrize("off", [0, 1])
def test_indices_held_against_each_number_are_one_hot_rows(tmp_path: Path, off: int) -> None:
    """As PyTorch's newer exporter writes F.one_hot; against other numbers it is something else."""
    file = exported(OneHot())
    (node,) = [n for n in file.graph.node if n.op_type == "OneHot"]
    at = list(file.graph.node).index(node)
    numbers = np.roll(np.arange(len(SYMBOLS)), off)
    file.graph.initializer.extend([
        numpy_helper.from_array(numbers, "each"), numpy_helper.from_array(np.array([-1]), "last"),
    ])  # fmt: skip
    for new in reversed([
        helper.make_node("Unsqueeze", [node.input[0], "last"], ["column"]),
        helper.make_node("Equal", ["column", "each"], ["truths"]),
        helper.make_node("Cast", ["truths"], ["whole"], to=onnx.TensorProto.INT64),
        helper.make_node("Cast", ["whole"], list(node.output), to=onnx.TensorProto.FLOAT),
    ]):  # fmt: skip
        file.graph.node.insert(at, new)
    file.graph.node.remove(node)
    model = parse(saved(tmp_path, file)).model()
    if off:
        assert "inside" in grades(model)
        assert model.source.no_text
        return
    assert (grades(model), model.input) == (set(), "one-hot")
    found = said(tmp_path, trace(opened(tmp_path, file), TEXT))
    assert (found.ok, found.why) == (True, "")
