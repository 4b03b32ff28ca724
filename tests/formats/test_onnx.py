"""ONNX files beside onnxruntime: every state, from helper-made graphs and torch's exporters."""

from __future__ import annotations

import json
import warnings
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from grus import distance
from onnx import TensorProto, helper, numpy_helper
from onnx_graphs import (
    INDICES,
    ONE_HOT,
    STEPS,
    SYMBOLS,
    TEXT,
    assert_same,
    built,
    exported,
    gru,
    opened,
    oracle,
    refusal,
    saved,
    uniform,
)
from telling import told

from gru_debugger.core.model import Model
from gru_debugger.core.trace import trace
from gru_debugger.errors import ModelError
from gru_debugger.formats import load_model, protobuf, safetensors

FILES = Path(__file__).with_name("files")


# Agreement --------------------------------------------------------------------------------------


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("reset", ["after", "before"])
@pytest.mark.parametrize(("layers", "directions"), [(1, 1), (1, 2), (3, 1), (2, 2)])
def test_every_state(tmp_path: Path, layers: int, directions: int, reset: str, bias: bool) -> None:
    file = gru(layers, directions, reset, bias)
    model = opened(tmp_path, file)
    assert (model.reset, model.bias, len(model.layers)) == (reset, bias, layers)
    assert (model.directions, model.embedding, model.output) == (directions, None, None)
    assert model.info()["framework"] == "ONNX"
    assert_same(model, oracle(file, X=ONE_HOT))


@pytest.mark.parametrize("opset", [7, 9, 11, 13, 14, 18, 22, 24, 26])
def test_opsets(tmp_path: Path, opset: int) -> None:
    file = gru(opset=opset, embedding=True, output="Gemm")
    assert_same(opened(tmp_path, file), oracle(file, indices=INDICES[:, None]))


@pytest.mark.parametrize("output", ["MatMul", "Gemm"])
@pytest.mark.parametrize("directions", [1, 2])
def test_embedding_and_output(tmp_path: Path, output: str, directions: int) -> None:
    file = gru(2, directions, embedding=True, output=output)
    model = opened(tmp_path, file)
    assert model.embedding is not None
    assert model.output is not None
    assert told(model) == ()
    assert_same(model, oracle(file, indices=INDICES[:, None]))


def test_initial_state(tmp_path: Path) -> None:
    h0 = uniform(4, 5)
    file = gru(2, 2, initial=h0)
    model = opened(tmp_path, file)
    assert np.array_equal(model.h0, h0)
    assert_same(model, oracle(file, X=ONE_HOT))
    path = tmp_path / "model.safetensors"
    path.write_bytes(safetensors.dump(model))
    again = load_model(path)
    assert np.array_equal(again.h0, h0)
    assert_same(again, oracle(file, X=ONE_HOT))


def test_texts_first(tmp_path: Path) -> None:
    """layout 1, which onnxruntime doesn't compute: the same weights, h(0) of another shape."""
    h0 = uniform(2, 5)
    file = gru(1, 2, initial=h0)
    expected = trace(opened(tmp_path, file), TEXT).states()
    for tensor in file.graph.initializer:
        if tensor.name == "h0_0":
            tensor.CopyFrom(numpy_helper.from_array(h0[None], "h0_0"))
    node = next(node for node in file.graph.node if node.op_type == "GRU")
    node.attribute.append(helper.make_attribute("layout", 1))
    model = opened(tmp_path, file)
    assert np.array_equal(model.h0, h0)
    assert np.array_equal(trace(model, TEXT).states(), expected)


def test_a_learned_initial_state(tmp_path: Path) -> None:
    """One state of both layers, repeated for each text and cut by layer as it runs."""
    h0 = uniform(2, 1, 5)
    bounds = {k: np.array([v]) for k, v in {"zero": 0, "one": 1, "two": 2, "texts": 1}.items()}
    file = gru(2, arrays={"h0s": h0, **bounds, "five": np.array([5])})
    shape = helper.make_node("Concat", ["two", "runs", "five"], ["shape"], axis=0)
    nodes = [
        helper.make_node("Shape", ["X"], ["shape of X"]),
        helper.make_node("Slice", ["shape of X", "one", "two"], ["runs"]),
        shape,
        helper.make_node("Expand", ["h0s", "shape"], ["wide"]),
        helper.make_node("Slice", ["wide", "zero", "one", "zero"], ["h0_0"]),
        helper.make_node("Slice", ["wide", "one", "two", "zero"], ["h0_1"]),
    ]
    kept = list(file.graph.node)
    for node, name in zip((n for n in kept if n.op_type == "GRU"), ("h0_0", "h0_1"), strict=True):
        node.input[5] = name
    del file.graph.node[:]
    file.graph.node.extend(nodes + kept)
    model = opened(tmp_path, file)
    assert np.array_equal(model.h0, h0[:, 0])
    assert_same(model, oracle(file, X=ONE_HOT))


@pytest.mark.parametrize("value", [None, 0.25])
def test_a_filled_initial_state(tmp_path: Path, value: float | None) -> None:
    tensor = None if value is None else numpy_helper.from_array(np.array([value], np.float32))
    file = gru(inputs=("filled",), arrays={"five": np.array([1, 1, 5])})
    shape = helper.make_node("ConstantOfShape", ["five"], ["filled"], value=tensor)
    file.graph.node.insert(0, shape)
    model = opened(tmp_path, file)
    assert model.h0 is None if value is None else (model.h0 == value).all()
    assert_same(model, oracle(file, X=ONE_HOT))


def test_initial_states_of_zeros_or_unknown(tmp_path: Path) -> None:
    assert opened(tmp_path, gru(initial=np.zeros((1, 5), np.float32))).h0 is None
    model = opened(tmp_path, gru(inputs=("h0",)))
    assert model.h0 is None
    assert told(model)[-1] == (
        "its initial state is given when it runs; zeros are taken here"
    )


def with_weight(tensor: Any = None, nodes: tuple[Any, ...] = ()) -> onnx.ModelProto:
    """The model of `gru()`, its W stored in another way."""
    file = gru()
    first = next(i for i, t in enumerate(file.graph.initializer) if t.name == "W0")
    del file.graph.initializer[first]
    file.graph.initializer.extend([tensor] if tensor is not None else [])
    kept = list(file.graph.node)
    del file.graph.node[:]
    file.graph.node.extend([*nodes, *kept])
    return file


W = uniform(1, 15, len(SYMBOLS))
Z, R, H = np.split(W[0], 3)


def stored_ways() -> dict[str, onnx.ModelProto]:
    make = helper.make_tensor
    floats, node = W.reshape(-1), helper.make_node
    pytorch = numpy_helper.from_array(np.concatenate([R, Z, H]), "w")
    ends = {"a": 0, "b": 5, "c": 10, "d": 15}
    bounds = tuple(node("Constant", [], [k], value_ints=[v]) for k, v in ends.items())
    return {
        "raw": with_weight(numpy_helper.from_array(W, "W0")),
        "list of floats": with_weight(make("W0", 1, W.shape, floats)),
        "list of doubles": with_weight(
            make("w", 11, W.shape, floats), (node("Cast", ["w"], ["W0"], to=1),)
        ),
        "Constant": with_weight(
            None, (node("Constant", [], ["W0"], value=numpy_helper.from_array(W)),)
        ),
        "Identity": with_weight(
            numpy_helper.from_array(W, "w"),
            (node("Identity", ["w"], ["v"]), node("Identity", ["v"], ["W0"])),
        ),
        "slices and joins": with_weight(pytorch, (
            *bounds,
            node("Slice", ["w", "a", "b", "a"], ["r"]), node("Slice", ["w", "b", "c"], ["z"]),
            node("Slice", ["w", "c", "d"], ["h"]),
            node("Concat", ["z", "r", "h"], ["all"], axis=0),
            node("Unsqueeze", ["all", "a"], ["W0"]),
        )),
        "turned and shaped": with_weight(
            numpy_helper.from_array(W[0].T.copy(), "w"),
            (node("Transpose", ["w"], ["t"], perm=[1, 0]),
             node("Constant", [], ["s"], value_ints=[1, 15, -1]),
             node("Reshape", ["t", "s"], ["W0"])),
        ),
    }  # fmt: skip


@pytest.mark.parametrize("way", stored_ways())
def test_ways_to_store(tmp_path: Path, way: str) -> None:
    file = stored_ways()[way]
    model = opened(tmp_path, file)
    assert np.array_equal(model.cell().weight_ih, np.concatenate([R, Z, H]))
    assert_same(model, oracle(file, X=ONE_HOT))


@pytest.mark.parametrize("raw", [True, False])
@pytest.mark.parametrize("kind", ["FLOAT16", "BFLOAT16", "DOUBLE"])
def test_precisions(tmp_path: Path, kind: str, raw: bool) -> None:
    """Compared with the model in float32: onnxruntime has no such GRU on a processor."""
    file, number = gru(), getattr(TensorProto, kind)
    rounded = onnx.ModelProto()
    rounded.CopyFrom(file)
    for tensor, other in zip(file.graph.initializer, rounded.graph.initializer, strict=True):
        if tensor.name != "rows":
            array = numpy_helper.to_array(tensor)
            dtype = helper.tensor_dtype_to_np_dtype(number)
            made = numpy_helper.from_array(array.astype(dtype), tensor.name)
            if not raw:
                made = helper.make_tensor(tensor.name, number, array.shape, array.reshape(-1))
            other.CopyFrom(
                numpy_helper.from_array(array.astype(dtype).astype(np.float32), tensor.name)
            )
            tensor.CopyFrom(made)
    model = opened(tmp_path, file)
    dtype = {"DOUBLE": "float64"}.get(kind, kind.lower())
    assert model.info()["dtype"] == dtype
    assert told(model)[0] == f"{dtype} weights were converted to float32"
    assert_same(model, oracle(rounded, X=ONE_HOT))


def test_external_data(tmp_path: Path) -> None:
    file = gru(2, embedding=True, output="Gemm")
    theirs = oracle(file, indices=INDICES[:, None])
    path = saved(
        tmp_path, file, save_as_external_data=True, location="model.data", size_threshold=0
    )
    assert path.stat().st_size < 4000
    assert_same(load_model(path, vocabulary=SYMBOLS), theirs)


# torch's exporters ------------------------------------------------------------------------------


class Network(torch.nn.Module):
    def __init__(self, layers: int, directions: int, bias: bool = True) -> None:
        super().__init__()
        torch.manual_seed(3)
        self.embed = torch.nn.Embedding(len(SYMBOLS), 3)
        self.gru = torch.nn.GRU(
            3, 6, layers, bias=bias, batch_first=True, bidirectional=directions == 2
        )
        self.fc = torch.nn.Linear(6 * directions, len(SYMBOLS))

    def forward(self, indices: torch.Tensor) -> torch.Tensor:
        return self.fc(self.gru(self.embed(indices))[0])


@pytest.mark.parametrize("folding", [True, False])
@pytest.mark.parametrize("opset", [7, 9, 13, 20])
@pytest.mark.parametrize(("layers", "directions", "bias"), [(1, 1, True), (2, 2, False)])
def test_legacy_exporter(
    tmp_path: Path, layers: int, directions: int, bias: bool, opset: int, folding: bool
) -> None:
    network = Network(layers, directions, bias)
    file = exported(network, opset_version=opset, do_constant_folding=folding)
    model = opened(tmp_path, file)
    assert told(model) == ()
    assert len(model.layers) == layers
    assert np.array_equal(model.cell().weight_ih, network.gru.weight_ih_l0.detach().numpy())
    assert_same(model, oracle(file, indices=INDICES[None]))


def test_dynamo_exporter() -> None:
    """Made once: files/make_dynamo_onnx.py."""
    path = FILES / "dynamo.onnx"
    model = load_model(path, vocabulary="abcdefg")
    assert (len(model.layers), model.directions, model.hidden_size) == (2, 2, 28)
    assert told(model) == ()
    theirs = oracle(onnx.load(path), indices=np.arange(STEPS)[None] % 7)
    assert_same(model, theirs, ("abcdefg" * STEPS)[:STEPS])


@pytest.mark.parametrize("value", [0.0, 0.5])
def test_states_made_for_as_many_texts_as_there_are(tmp_path: Path, value: float) -> None:
    """Zeros of all layers, and of each its own, as dynamo's exporter writes them."""
    file = gru(layers=2, embedding=True, output="MatMul", opset=17)
    stored = {"number": np.float32(value), "layers": np.array([2]), "units": np.array([5]),
              **{f"at{k}": np.array([k]) for k in range(3)}}  # fmt: skip
    file.graph.initializer.extend(numpy_helper.from_array(a, name) for name, a in stored.items())
    made = [helper.make_node("Shape", ["indices"], ["texts"], start=1, end=2),
            helper.make_node("Concat", ["layers", "texts", "units"], ["sizes"], axis=0),
            helper.make_node("Expand", ["number", "sizes"], ["states"])]  # fmt: skip
    for k, node in enumerate(n for n in file.graph.node if n.op_type == "GRU"):
        made.append(helper.make_node("Slice", ["states", f"at{k}", f"at{k + 1}", "at0"], [f"h{k}"]))
        node.input[:] = [*node.input[:4], "", f"h{k}"]
    nodes = [*made, *file.graph.node]
    del file.graph.node[:]
    file.graph.node.extend(nodes)
    model = opened(tmp_path, file)
    assert told(model) == ()
    assert_same(model, oracle(file, indices=INDICES[:, None]))


# Wrong readings ---------------------------------------------------------------------------------


def wrong(name: str) -> onnx.ModelProto:
    """A file that differs by one misreading of the operator."""
    file = gru(reset="before" if name == "reset before" else "after")
    for tensor in file.graph.initializer:
        array = numpy_helper.to_array(tensor).copy()
        if name == "gates swapped" and tensor.name in ("W0", "R0"):
            array = array[:, [*range(5, 10), *range(5), *range(10, 15)]]
        if name == "z flipped" and tensor.name in ("W0", "R0", "B0"):
            array[:, :5] *= -1
            array[:, 15:20] *= -1
        if name == "biases exchanged" and tensor.name == "B0":
            array = np.roll(array, 15, axis=1)
        if name == "matrix turned" and tensor.name == "R0":
            array = array.reshape(1, 3, 5, 5).transpose(0, 1, 3, 2).reshape(1, 15, 5)
        tensor.CopyFrom(numpy_helper.from_array(array, tensor.name))
    return file


@pytest.mark.parametrize(
    "name", ["gates swapped", "reset before", "z flipped", "biases exchanged", "matrix turned"]
)
def test_wrong_readings_differ(tmp_path: Path, name: str) -> None:
    ours = trace(opened(tmp_path, wrong(name)), TEXT).states()
    assert distance(ours, oracle(gru(), X=ONE_HOT)[0][:, 0, 0]) > 1e-3


# Several GRUs, vocabulary, what stands around ---------------------------------------------------


def two(**upper: Any) -> onnx.ModelProto:
    """Two GRUs that read the same x."""
    nodes, stored = [], {}
    for k, name in enumerate(("enc", "dec")):
        stored |= {f"W{k}": uniform(1, 15, 6, seed=k), f"R{k}": uniform(1, 15, 5, seed=k)}
        more = upper if k else {"linear_before_reset": 1}
        nodes.append(helper.make_node(
            "GRU", ["X", f"W{k}", f"R{k}"], [f"Y{k}"], name=name, hidden_size=5, **more
        ))  # fmt: skip
    return built(nodes, stored)


def test_several(tmp_path: Path) -> None:
    path = saved(tmp_path, two())
    assert refusal(path) == "2 GRUs are inside (enc, dec); choose one with --gru NAME."
    states = oracle(two(), X=ONE_HOT)
    for k, name in enumerate(("enc", "dec")):
        model = load_model(path, vocabulary=SYMBOLS, gru=name)
        assert model.reset == ("after", "before")[k]
        assert_same(model, [states[k], None])


def test_one_that_cannot_be_opened_does_not_hinder_the_other(tmp_path: Path) -> None:
    path = saved(tmp_path, two(activations=["Sigmoid", "Swish"]))
    assert load_model(path, gru="enc").hidden_size == 5
    assert "“dec” can't be computed" in refusal(path, gru="dec")


@pytest.mark.parametrize("key", ["vocabulary", "itos", "char2idx"])
def test_vocabulary(tmp_path: Path, key: str) -> None:
    file = gru()
    value: Any = dict(zip(SYMBOLS, range(6), strict=True)) if key == "char2idx" else list(SYMBOLS)
    helper.set_model_props(file, {key: json.dumps(value), "text": "abc", "step": "2"})
    model = load_model(saved(tmp_path, file))
    assert model.vocabulary == tuple(SYMBOLS)
    assert model.example is not None
    assert (model.example.text, model.example.step) == ("abc", 2)
    helper.set_model_props(file, {key: "abc"})
    assert refusal(saved(tmp_path, file)) == "its metadata: the vocabulary is not a JSON list."


def test_what_stands_between_is_told(tmp_path: Path) -> None:
    file = gru(embedding=True, output="Gemm")
    file.graph.node.insert(1, helper.make_node("Relu", ["embedded"], ["positive"]))
    file.graph.node[2].input[0] = "positive"
    model = load_model(saved(tmp_path, file))
    between = "between the embedding and the GRU stands Relu: no text can be read, only rows of "
    assert told(model) == (
        "Relu, Gather: not computed here; they stand before the GRU, so that the states shown are "
        "not the network's own",
        between + "numbers",
    )
    assert between in refusal(saved(tmp_path, file), vocabulary=SYMBOLS)
    file = gru()
    file.graph.node.insert(0, helper.make_node("Relu", [file.graph.input[0].name], ["positive"]))
    file.graph.node[1].input[0] = "positive"
    model = load_model(saved(tmp_path, file))
    assert told(model)[1:] == (
        "Relu: not computed here; it stands before the GRU, so that the states shown are not the "
        "network's own",
        "between the input and the GRU stands Relu: no text can be read, only rows of numbers",
    )
    file = gru(output="MatMul")
    file.graph.node.append(helper.make_node("Tanh", ["logits"], ["more"]))
    file.graph.output[0].name = "more"
    assert opened(tmp_path, file).output is None
    file.graph.node[-1].op_type = "Softmax"
    assert opened(tmp_path, file).output is not None


@pytest.mark.parametrize("both", [False, True])
def test_the_last_states_of_both_directions_are_of_no_step(tmp_path: Path, both: bool) -> None:
    class Last(Network):
        def forward(self, indices: torch.Tensor) -> torch.Tensor:
            last = self.gru(self.embed(indices))[1]
            return self.fc(torch.cat([last[-2], last[-1]], dim=-1) if both else last[-1])  # type: ignore[no-any-return]

    model = opened(tmp_path, exported(Last(1, 1 + both)))
    assert (model.output is None) == both
    said = [words for words in told(model) if "the last state of each" in words]
    assert len(said) == both


# Refusals ---------------------------------------------------------------------------------------

HIDDEN = "; export it with its weights inside."
EXPORT = "; export it with what the ONNX operator has."
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "clip": ({"clip": -3.5}, "“/net/GRU” can't be computed: clip is a finite number above "
                             f"zero{EXPORT}"),
    "unknown": ({"activations": ["Swish", "Tanh"]},
                "“/net/GRU” can't be computed: it has the activation Swish, which ONNX has not for "
                f"a GRU{EXPORT}"),
    "too few": ({"activations": ["Tanh"]},
                "“/net/GRU” can't be computed: it has 1 activations, where 2 are needed"
                f"{EXPORT}"),
    "alpha left open": ({"activations": ["Sigmoid", "ThresholdedRelu"]},
                        "“/net/GRU” can't be computed: the activation thresholded_relu needs a "
                        f"finite alpha{EXPORT}"),
    "directions": ({"direction": "bidirectional"},
                   "an ONNX file that is cut short or damaged (the weights of a GRU are not of its "
                   "directions); copy or save it again."),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refused(tmp_path: Path, case: str) -> None:
    attributes, message = REFUSED[case]
    assert refusal(saved(tmp_path, gru(**attributes))) == message


def test_the_usual_activations_may_be_named(tmp_path: Path) -> None:
    file = gru(activations=["sigmoid", "Tanh"])
    assert opened(tmp_path, file).hidden_size == 5


def test_weights_from_outside(tmp_path: Path) -> None:
    assert refusal(saved(tmp_path, with_weight())) == (
        "the weights of “/net/GRU” (W) are not stored in the file but computed or given when it "
        "runs; export it with its weights inside."
    )


@pytest.mark.parametrize(
    ("op", "gates", "what"),
    [("LSTM", 4, "an LSTM (four gates)"), ("RNN", 1, "a plain RNN (no gates)")],
)
def test_other_networks(tmp_path: Path, op: str, gates: int, what: str) -> None:
    stored = {"W": uniform(1, gates * 5, 6), "R": uniform(1, gates * 5, 5)}
    node = helper.make_node(op, ["X", "W", "R"], ["Y"], name="net", hidden_size=5)
    assert refusal(saved(tmp_path, built([node], stored))) == (
        f"{what}, not a GRU: net.weight_hh_l0 is {gates * 5} × 5. This program opens GRUs."
    )


def test_no_gru(tmp_path: Path) -> None:
    nodes = [helper.make_node(op, [a], [b]) for op, a, b in
             (("Relu", "X", "1"), ("Tanh", "1", "2"), ("Exp", "2", "3"), ("Log", "3", "4"),
              ("Abs", "4", "5"))]  # fmt: skip
    assert refusal(saved(tmp_path, built(nodes, {}))) == (
        "no GRU node inside; its operators are Relu, Tanh, Exp, Log, …. Choose a model of a GRU, "
        "exported so that its GRU stays one node."
    )


def test_a_loop_of_cells(tmp_path: Path) -> None:
    """Unrolled by torch's exporter: nothing but its operations is left of the cell."""
    class Loop(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.cell = torch.nn.GRUCell(3, 4)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            h = torch.zeros(1, 4)
            for row in x:
                h = self.cell(row[None], h)
            return h

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of tracing, and of the exporter's age
        torch.onnx.export(Loop(), (torch.ones(2, 3),), tmp_path / "m.onnx", dynamo=False)
    assert refusal(tmp_path / "m.onnx") == (
        "no GRU node inside; one may stand in it operation by operation, as a loop of GRUCell is "
        "exported, which is not read. Save the model's weights instead, of a PyTorch model its "
        "state_dict."
    )


# Hostile files ----------------------------------------------------------------------------------


def external(folder: Path, location: str, **told: str) -> Path:
    """A model in `folder`/model whose W is said to be in the file `location`."""
    tensor = TensorProto(name="W0", dims=W.shape, data_type=1, data_location=1)
    for key, value in {"location": location, **told}.items():
        tensor.external_data.add(key=key, value=value)
    path = folder / "model" / "model.onnx"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(with_weight(tensor).SerializeToString())
    return path


OUTSIDE = ("not inside the model's folder; put that file beside the model and export again with a "
           "relative path.")  # fmt: skip


@pytest.mark.parametrize(
    "location", ["../w.data", "a/../../w.data", "/w.data", "..\\w.data", "C:\\w.data", "//h/w", ""]
)
def test_data_outside(tmp_path: Path, location: str) -> None:
    (tmp_path / "w.data").write_bytes(W.tobytes())
    (tmp_path / "model" / "a").mkdir(parents=True)
    expected = f"its weights are in “{location}”, {OUTSIDE}"
    assert refusal(external(tmp_path, location)) == expected
    absolute = str(tmp_path / "w.data")
    assert refusal(external(tmp_path, absolute)).endswith(OUTSIDE)


def test_data_behind_a_link(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "w.data").write_bytes(W.tobytes())
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "w.data").symlink_to(tmp_path / "out" / "w.data")
    (tmp_path / "model" / "folder").symlink_to(tmp_path / "out")
    for location in ("w.data", "folder/w.data"):
        assert refusal(external(tmp_path, location)) == (
            f"its weights are in “{location}”, which is a link; copy the file itself to this place."
        )


def test_data_missing_or_short(tmp_path: Path) -> None:
    there = "its weights are in “w.data”, which"
    assert refusal(external(tmp_path, "w.data")) == f"{there} is not there; copy all of its " \
        "files together."  # fmt: skip
    data = tmp_path / "model" / "w.data"
    data.write_bytes(W.tobytes()[:-1])
    assert refusal(external(tmp_path, "w.data")) == (
        f"{there} has 359 bytes where 360 are needed; copy it again."
    )
    data.write_bytes(W.tobytes())
    assert load_model(external(tmp_path, "w.data", offset="0", length="360")).hidden_size == 5
    assert "which has 360 bytes where 364 are" in refusal(external(tmp_path, "w.data", offset="4"))
    for how in ({"length": "4"}, {"offset": "-4"}, {"offset": "x"}, {"length": "9" * 30}):
        assert "cut short or damaged" in refusal(external(tmp_path, "w.data", **how))


def test_its_hash_and_its_bounds_are_those_of_both_files(tmp_path: Path) -> None:
    """A changed second file is another model; 40 MB of it are no file too large."""
    path = external(tmp_path, "w.data", offset="0", length="360")
    data = tmp_path / "model" / "w.data"
    data.write_bytes(W.tobytes())
    files = path.read_bytes() + data.read_bytes()
    assert load_model(path).source.sha256 == sha256(files).hexdigest()
    data.write_bytes((2 * W).tobytes())
    assert load_model(path).source.sha256 != sha256(files).hexdigest()
    large = np.zeros((1, 15, 700_000), np.float32)
    data.write_bytes(large.tobytes())
    tensor = TensorProto(name="W0", dims=large.shape, data_type=1, data_location=1)
    tensor.external_data.add(key="location", value="w.data")
    path.write_bytes(with_weight(tensor).SerializeToString())
    assert load_model(path).input_size == 700_000


def damaged(path: Path) -> str:
    message = refusal(path)
    start, end = "an ONNX file that is cut short or damaged (", "); copy or save it again."
    assert message.startswith(start)
    assert message.endswith(end)
    return message[len(start) : -len(end)]


@pytest.mark.parametrize("dims", [(10**9, 10**9), (2**62, 4), (-1, 15, 6), (1,) * 40, (1, 15, 7)])
def test_declared_sizes(tmp_path: Path, dims: tuple[int, ...]) -> None:
    tensor = TensorProto(name="W0", dims=dims, data_type=1, raw_data=W.tobytes())
    assert damaged(saved(tmp_path, with_weight(tensor))).startswith("a tensor ")


def test_constants_that_grow(tmp_path: Path) -> None:
    nodes = [helper.make_node("Concat", [f"c{i}", f"c{i}"], [f"c{i + 1}"], axis=0)
             for i in range(40)]  # fmt: skip
    nodes.append(helper.make_node("Identity", ["c40"], ["W0"]))
    file = with_weight(numpy_helper.from_array(W, "c0"), tuple(nodes))
    assert damaged(saved(tmp_path, file)) == "its constants together are far larger than the file"


@pytest.mark.parametrize("length", [100, 100_000])
def test_constants_in_a_chain_or_circle(tmp_path: Path, length: int) -> None:
    nodes = [helper.make_node("Identity", [f"c{i}"], [f"c{i + 1}"]) for i in range(100)]
    nodes.append(helper.make_node("Identity", ["c100"], ["W0" if length == 100 else "c0"]))
    nodes += [helper.make_node("Identity", ["c0"], ["W0"])] * (length > 100)
    stored = numpy_helper.from_array(W, "c0") if length == 100 else None
    file = with_weight(stored, tuple(nodes))
    assert damaged(saved(tmp_path, file)) == "its constants are nested too deep"


@pytest.mark.parametrize("field", [b"\x0a\x00", b"\x2a\x00", b"\x5a\x00"])
def test_many_empty_parts(tmp_path: Path, field: bytes) -> None:
    """2 MB of them would be 160 MB of objects in libprotobuf; here they are counted."""
    inner = field * (1 << 20)
    path = tmp_path / "model.onnx"
    path.write_bytes(b"\x08\x08\x12\x01a\x3a\x80\x80\x80\x01" + inner)
    assert damaged(path) == "it has too many parts"


@pytest.mark.parametrize("part", [0.05, 0.2, 0.5, 0.8, 0.97, 0.999])
def test_cut_short(tmp_path: Path, part: float) -> None:
    path = saved(tmp_path, gru(embedding=True, output="Gemm"))
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * part)])
    assert "early" in damaged(path)


def test_any_byte_changed(tmp_path: Path) -> None:
    """A model or one line, and no other exception."""
    path, random = saved(tmp_path, gru(2, output="MatMul")), np.random.default_rng(5)
    good = np.frombuffer(path.read_bytes(), np.uint8)
    for _ in range(400):
        data = good.copy()
        data[random.integers(0, len(data), 3)] = random.integers(0, 256, 3)
        path.write_bytes(data.tobytes())
        answer: Model | str
        try:
            answer = load_model(path)
        except ModelError as error:
            answer = str(error)
        assert isinstance(answer, Model) or "\n" not in answer


def test_names_on_one_line(tmp_path: Path) -> None:
    file = gru(clip=-1.0)
    next(n for n in file.graph.node if n.op_type == "GRU").name = "a\nb" + "c" * 1000
    assert refusal(saved(tmp_path, file)).startswith(f"“a·b{'c' * 97}” can't be")


@pytest.mark.parametrize("data", [b"\xff" * 11, b"\x0b", b"\x00\x00", b"\x0a\x05ab", b"\x0d\0"])
def test_wire_faults(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"^(it|a) "):
        protobuf.Message(memoryview(data), protobuf.Budget())
