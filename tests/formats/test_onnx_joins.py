"""Both directions as graphs spell them out: two nodes, or the halves of one, joined by a Concat."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from grus import distance
from onnx import helper
from onnx_graphs import (
    ONE_HOT,
    SYMBOLS,
    TEXT,
    built,
    gru,
    opened,
    oracle,
    refusal,
    saved,
    turn,
    uniform,
)
from telling import told

from gru_debugger.core.trace import trace
from gru_debugger.formats import load_model

FILES = Path(__file__).parent / "files"
H = 5


def two_nodes(how: str, layers: int = 1, order: int = 1, back: bool = True,
              **reverse: Any) -> onnx.ModelProto:  # fmt: skip
    """A forward and a reverse node a layer; `how`: by the attribute, or how time is turned."""
    graph: list[Any] = []
    stored: dict[str, Any] = {"squeezed": np.array([1])}
    x, width = "X", len(SYMBOLS)
    for k in range(layers):
        halves = []
        for d in range(2):
            w, r, b = (f"{letter}{k}{d}" for letter in "WRB")
            stored |= {w: uniform(1, 3 * H, width, seed=4 * k + d),
                       r: uniform(1, 3 * H, H, seed=4 * k + d),
                       b: uniform(1, 6 * H, seed=4 * k + d)}  # fmt: skip
            turned = d == 1 and how != "attribute"
            source = turn(graph, stored, how, x) if turned else x
            options: dict[str, Any] = reverse if d else {}
            if d == 1 and how == "attribute":
                options = {"direction": "reverse", **options}
            graph += [helper.make_node("GRU", [source, w, r, b], [f"Y{k}{d}"], name=f"gru{k}{d}",
                                       hidden_size=H, **{"linear_before_reset": 1, **options}),
                      helper.make_node("Squeeze", [f"Y{k}{d}", "squeezed"], [f"H{k}{d}"]),
                      ]  # fmt: skip
            name = f"H{k}{d}"
            halves.append(turn(graph, stored, how, name) if turned and back else name)
        graph.append(helper.make_node("Concat", halves[::order], [f"both{k}"], axis=2))
        x, width = f"both{k}", 2 * H
    stored |= {"fc": uniform(width, len(SYMBOLS)), "fcb": uniform(len(SYMBOLS))}
    graph += [helper.make_node("MatMul", [x, "fc"], ["scores"]),
              helper.make_node("Add", ["scores", "fcb"], ["logits"])]  # fmt: skip
    return built(graph, stored, 14)


@pytest.mark.parametrize("how", ["attribute", "ReverseSequence", "Slice"])
@pytest.mark.parametrize("layers", [1, 2])
def test_two_nodes_are_one_gru(tmp_path: Path, how: str, layers: int) -> None:
    file = two_nodes(how, layers)
    model = opened(tmp_path, file)
    assert (len(model.layers), model.directions) == (layers, 2)
    assert told(model) == ()
    *states, logits = oracle(file, X=ONE_HOT)
    ours = trace(model, TEXT)
    for k in range(layers):
        theirs = [states[2 * k + d][:, 0, 0] for d in range(2)]
        if how != "attribute":
            theirs[1] = theirs[1][::-1]
        assert distance(ours.states(k, "forward"), theirs[0]) <= 1e-6
        assert distance(ours.states(k, "reverse"), theirs[1]) <= 1e-6
    assert distance(ours.column("logits"), logits.reshape(len(TEXT), -1)) <= 2e-6


def test_each_direction_has_its_functions(tmp_path: Path) -> None:
    file = two_nodes("attribute", activations=["HardSigmoid", "Relu"], clip=3.0)
    model = opened(tmp_path, file)
    forward, reverse = (cell.activations for cell in model.layers[0])
    assert (forward.gate.name, forward.clip) == ("sigmoid", None)
    assert (reverse.gate.name, reverse.candidate.name, reverse.clip) == ("hard_sigmoid", "relu", 3)
    theirs = oracle(file, X=ONE_HOT)[1][:, 0, 0]
    assert distance(trace(model, TEXT).states(0, "reverse"), theirs) <= 1e-6


def test_what_is_not_joined_like_that(tmp_path: Path) -> None:
    """The reverse first; its time not turned back; two of one direction; the reset apart."""
    for file in (two_nodes("attribute", order=-1), two_nodes("Slice", back=False),
                 two_nodes("attribute", direction="forward")):  # fmt: skip
        assert refusal(saved(tmp_path, file)).startswith("2 GRUs are inside (gru00, gru01)")
    apart = two_nodes("attribute", linear_before_reset=0)
    assert refusal(saved(tmp_path, apart)) == (
        "the directions of “gru00” differ in linear_before_reset; export them alike."
    )


def test_a_file_of_tf2onnx() -> None:
    """TensorFlow's own states over 200 steps; how it was made: make_tf2onnx.py."""
    model = load_model(FILES / "tf2onnx.onnx", "abcdefg")
    assert (len(model.layers), model.directions, model.reset) == (2, 2, "after")
    assert told(model) == ()
    with np.load(FILES / "tf2onnx.npz") as theirs:
        ours = trace(model, "".join("abcdefg"[i] for i in theirs["text"]))
        for layer, name in enumerate(("lower", "upper")):
            for end, part in zip(("", "_reverse"), np.split(theirs[name], 2, 1), strict=True):
                assert distance(ours.column(f"h_l{layer}{end}"), part) <= 2e-6
        assert distance(ours.column("logits"), theirs["scores"]) <= 1e-5


# Functions and bodies ---------------------------------------------------------------------------


def with_functions() -> onnx.ModelProto:
    """`Outer` calls `Inner`, which holds the GRU; an attribute is handed through both."""
    plain = gru(reset="after", embedding=True, output="MatMul", activations=["Sigmoid", "Softsign"])
    (at,) = [i for i, node in enumerate(plain.graph.node) if node.op_type == "GRU"]
    node = plain.graph.node[at]
    inner = onnx.NodeProto()
    inner.CopyFrom(node)
    inner.input[:], inner.output[:] = ["x", "w", "r", "b"], ["y", "last"]
    (limit,) = [a for a in inner.attribute if a.name == "activations"]
    limit.ClearField("strings")
    limit.ref_attr_name = "functions"
    opsets = [helper.make_opsetid("", 14), helper.make_opsetid("own", 1)]
    call = helper.make_node("Inner", ["x", "w", "r", "b"], ["z"], domain="own")
    handed = call.attribute.add(name="functions", ref_attr_name="words")
    handed.type = onnx.AttributeProto.STRINGS
    known = helper.make_node("Identity", ["z"], ["y"])
    plain.functions.extend([
        helper.make_function("own", "Outer", ["x", "w", "r", "b"], ["y"], [call, known], opsets,
                             ["words"]),
        helper.make_function("own", "Inner", ["x", "w", "r", "b"], ["y"], [inner], opsets,
                             ["functions"]),
    ])  # fmt: skip
    node.CopyFrom(helper.make_node("Outer", list(node.input)[:4], [node.output[0]], name="memory",
                                   domain="own", words=["Sigmoid", "Softsign"]))  # fmt: skip
    plain.opset_import.append(helper.make_opsetid("own", 1))
    return plain


def test_functions_are_put_where_they_are_called(tmp_path: Path) -> None:
    file = with_functions()
    indices = np.array([[SYMBOLS.index(c)] for c in TEXT])
    session = onnxruntime.InferenceSession(
        file.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    (logits,) = session.run(None, {"indices": indices})
    model = opened(tmp_path, file)
    assert model.cell().activations.candidate.name == "softsign"
    assert model.embedding is not None
    ours = trace(model, TEXT).column("logits")
    assert distance(ours, logits.reshape(len(TEXT), -1)) <= 1e-6


def test_functions_that_call_each_other(tmp_path: Path) -> None:
    file = with_functions()
    for body in file.functions:  # each itself, twice
        body.node[0].op_type, body.node[0].domain = body.name, "own"
        body.node.append(body.node[0])
    assert "damaged (its functions are nested too deep)" in refusal(saved(tmp_path, file))


def test_a_body_is_named(tmp_path: Path) -> None:
    file = gru()
    body = helper.make_graph(list(file.graph.node), "body", [], [])
    del file.graph.node[:]
    file.graph.node.append(helper.make_node("If", ["condition"], ["Y"], then_branch=body))
    assert refusal(saved(tmp_path, file)) == (
        "its GRU is in the body of its If, which is not opened; export the model so that its GRU "
        "stands in the graph itself."
    )
