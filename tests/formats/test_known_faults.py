"""What tools are known to have written wrongly is told of their own files, and of no others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from grus import distance
from onnx import helper, numpy_helper
from onnx_graphs import ONE_HOT, SYMBOLS, assert_same, built, opened, oracle, uniform
from telling import told

from gru_debugger.core.reading import Rows
from gru_debugger.core.trace import trace
from gru_debugger.formats import parse
from gru_debugger.formats.ledger.known_faults import KNOWN_FAULTS
from gru_debugger.source import Choice

FILES = Path(__file__).parent / "files"
FAULTY = {"dynamo_before.onnx", "tf2onnx_cudnn.onnx"}
ARRAYS = {"keras2.npz", "tf2onnx.npz", "tf2onnx_cudnn.npz"}  # what others computed: no models
CLEAN = [path for path in sorted(FILES.iterdir())
         if path.suffix in (".onnx", ".h5", ".npz", ".safetensors", ".msgpack", ".eqx")
         and path.name not in FAULTY | ARRAYS and not path.stem.endswith("states")]  # fmt: skip


def faults(path: Path) -> list[str]:
    """What is told of a file's GRUs that is in the table."""
    file = parse(path)
    known = {fault.notice().in_words for fault in KNOWN_FAULTS}
    grus = [gru.name for gru in file.grus() if gru.refusal is None]
    return [words for name in grus for words in told(file.model(choice=Choice(name)))
            if words in known]  # fmt: skip


@pytest.mark.parametrize("path", CLEAN, ids=lambda path: path.name)
def test_no_false_alarm(path: Path) -> None:
    assert faults(path) == []


def test_cudnn_by_tf2onnx() -> None:
    """Its own graph is shown as it is; with both mistakes undone it is what Keras computes."""
    path = FILES / "tf2onnx_cudnn.onnx"
    kept = np.load(FILES / "tf2onnx_cudnn.npz")
    (words,) = faults(path)
    assert words.startswith("tf2onnx wrote this file of a CuDNN GRU")
    shown = trace(parse(path).model(), Rows(kept["rows"])).column("h")
    file = onnx.load(path)
    assert distance(shown, run(file, kept["rows"])) <= 1e-6
    assert distance(shown, kept["states"]) > 0.1
    undo(file)
    assert distance(run(file, kept["rows"]), kept["states"]) <= 1e-6


def run(file: onnx.ModelProto, rows: Any) -> Any:
    return oracle(file, rows=rows[:, None])[-1].reshape(len(rows), -1)


def undo(file: onnx.ModelProto) -> None:
    """The reset gate after the matrix product, and the gates r, z, n in ONNX' order."""
    (node,) = (n for n in file.graph.node if n.op_type == "GRU")
    node.attribute.append(helper.make_attribute("linear_before_reset", 1))
    units = helper.get_attribute_value(next(a for a in node.attribute if a.name == "hidden_size"))
    stored = max(file.graph.initializer, key=lambda t: numpy_helper.to_array(t).size)
    flat = numpy_helper.to_array(stored)
    width = flat.size // (3 * units) - units - 2
    pieces, at = [], 0
    for columns in (width, units, 1, 1):
        gates = flat[at : at + 3 * units * columns].reshape(3, -1)
        pieces.append(gates[[1, 0, 2]].ravel())
        at += gates.size
    stored.CopyFrom(numpy_helper.from_array(np.concatenate(pieces), stored.name))


@pytest.mark.parametrize("sizes", ["an input", "an attribute", "alike"])
def test_weights_that_the_graph_splits(sizes: str, tmp_path: Path) -> None:
    """As tf2onnx leaves cuDNN's to the graph."""
    wide = len(SYMBOLS)
    units = wide if sizes == "alike" else 5
    stored = {"all": uniform(1, 3 * units, wide + units), "parts": np.array([wide, units])}
    given = ["all", "parts"] if sizes == "an input" else ["all"]
    more = {"split": [wide, units]} if sizes == "an attribute" else {}
    nodes = [helper.make_node("Split", given, ["W", "R"], axis=2, **more),
             helper.make_node("GRU", ["X", "W", "R"], ["Y"], hidden_size=units, name="gru"),
             helper.make_node("Identity", ["Y"], ["y"])]  # fmt: skip
    file = built(nodes, stored, 13 if sizes == "an input" else 12)
    assert_same(opened(tmp_path, file), oracle(file, X=ONE_HOT))
