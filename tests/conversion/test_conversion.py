"""Converted files: each run by its own library, opened again here, and passed on in chains."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import safetensors
import torch
from grus import SHAPES, Network, Shape, assert_close, model_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import gru_debugger
from gru_debugger.conversion import KINDS, convert
from gru_debugger.conversion import onnx as onnx_writer
from gru_debugger.core.activations import SIGMOID, USUAL, Activation, Activations
from gru_debugger.core.model import DIRECTIONS, Example, Model, Source
from gru_debugger.core.trace import Trace
from gru_debugger.errors import ModelError, OutputError
from gru_debugger.formats import load_model

STEPS = 200
ODD = ("<pad>", "</s>", "é", "\n", "\0", "a\0", "\udc80", "😀", " ", '"', "[", "]", "\\", "ab")

MODELS = {
    "one-hot": Shape(),
    "embedding": Shape(embedding=3),
    "embedding as wide as the states": Shape(hidden=6, embedding=6, directions=1),
    "one symbol, one unit": Shape(hidden=1, symbols=1),
    "as many units as symbols": Shape(hidden=6, symbols=6, layers=6),
    "three layers": Shape(layers=3, scale=2.0),
    "both directions": Shape(directions=2, embedding=4),
    "two layers, both directions": Shape(hidden=4, layers=2, directions=2),
    "no bias": Shape(layers=2, bias=False),
}


def made(shape: Shape, reset: Any = "after", h0: bool = False, **others: Any) -> Model:
    model = model_of(Network(shape), reset)
    if h0:
        random = np.random.default_rng(shape.seed)
        rows = shape.layers * shape.directions
        others["h0"] = random.uniform(-1, 1, (rows, shape.hidden)).astype(np.float32)
    return replace(model, **others)


def written(model: Model, folder: Path, suffix: str) -> Path:
    path = folder / f"model{suffix}"
    path.write_bytes(convert(model, path))
    return path


def arrays(model: Model) -> list[Any]:
    cells = [a for layer in model.layers for cell in layer for a in cell.arrays.values()]
    output = () if model.output is None else vars(model.output).values()
    return [*cells, model.embedding, model.h0, *output]


def assert_same(ours: Model, theirs: Model) -> None:
    """To the bit."""
    for name in ("reset", "bias", "vocabulary", "example"):
        assert getattr(ours, name) == getattr(theirs, name)
    assert len(ours.layers) == len(theirs.layers)
    for mine, other in zip(arrays(ours), arrays(theirs), strict=True):
        assert (mine is None) == (other is None)
        if mine is not None:
            assert mine.dtype == other.dtype == np.float32
            assert mine.shape == other.shape
            assert mine.tobytes() == other.tobytes()


def suffixes(model: Model) -> list[str]:
    return [s for s in KINDS if s != ".pt" or model.reset == "after"]


# Opened again here ------------------------------------------------------------------------------


@pytest.mark.parametrize("h0", [False, True])
@pytest.mark.parametrize("reset", ["after", "before"])
@pytest.mark.parametrize("shape", MODELS.values(), ids=MODELS)
def test_every_file_comes_back(tmp_path: Path, shape: Shape, reset: str, h0: bool) -> None:
    example = Example("abc\r\nab", step=3, unit=0)
    whole = made(shape, reset, h0, example=example)
    bare = replace(whole, vocabulary=None, output=None, example=None)
    for model in (whole, replace(whole, vocabulary=None), replace(whole, output=None), bare):
        for suffix in suffixes(model):
            assert_same(load_model(written(model, tmp_path, suffix)), model)


@settings(
    deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(shape=SHAPES, reset=st.sampled_from(["after", "before"]), data=st.data())
def test_any_chain(tmp_path: Path, shape: Shape, reset: str, data: st.DataObject) -> None:
    first = model = made(shape, reset, h0=True)
    for suffix in data.draw(st.permutations(suffixes(model))):
        model = load_model(written(model, tmp_path, suffix))
        assert_same(model, first)


@pytest.mark.parametrize("suffix", KINDS)
@pytest.mark.parametrize("vocabulary", [ODD, tuple(map(chr, range(256))), ("\0",), ("[", '"')])
def test_odd_symbols(tmp_path: Path, suffix: str, vocabulary: tuple[str, ...]) -> None:
    shape = Shape(symbols=len(vocabulary), embedding=2)
    model = replace(made(shape), vocabulary=vocabulary)
    assert_same(load_model(written(model, tmp_path, suffix)), model)


def test_numbers_at_the_ends_of_float32(tmp_path: Path) -> None:
    """Signed zeros, the smallest and the largest."""
    model = made(Shape(hidden=4), h0=True)
    for array in arrays(model):
        if array is not None:
            array.reshape(-1)[:4] = -0.0, 1e-45, 3.4e38, -1e-40
    for suffix in KINDS:
        assert_same(load_model(written(model, tmp_path, suffix)), model)


# Run by the library it was made for -------------------------------------------------------------


def recording(model: Model, shape: Shape) -> tuple[Trace, Any, Any]:
    """The trace of 200 steps, its states (steps, layers · directions, hidden) and the last."""
    trace = Trace(model, shape.text(STEPS)).finish()
    directions = DIRECTIONS[: shape.directions]
    places = [(k, d) for k in range(shape.layers) for d in directions]
    states = np.stack([trace.states(k, d) for k, d in places], axis=1)
    last = [states[-1 if d == "forward" else 0, i] for i, (_, d) in enumerate(places)]
    return trace, states, np.stack(last)


def session_of(file: Path) -> Any:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # it says of each run that an optional h0 is one
    return onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])


@pytest.mark.parametrize("h0", [False, True])
@pytest.mark.parametrize("shape", MODELS.values(), ids=MODELS)
def test_torch_runs_pt(tmp_path: Path, shape: Shape, h0: bool) -> None:
    model = made(shape, h0=h0)
    saved = torch.load(written(model, tmp_path, ".pt"), weights_only=True)
    network = Network(replace(shape, seed=shape.seed + 1))  # of other weights
    gru = torch.nn.GRU(
        saved["input_size"], saved["hidden_size"], saved["num_layers"], bias=saved["bias"],
        bidirectional=saved["bidirectional"],
    )  # fmt: skip
    own = {k.removeprefix("gru."): v for k, v in saved["state_dict"].items() if k[:4] == "gru."}
    gru.load_state_dict(own, strict=True)
    network.gru = gru
    network.load_state_dict(saved["state_dict"], strict=True)
    assert saved["vocabulary"] == list(shape.vocabulary)
    trace, states, last = recording(model, shape)
    with torch.no_grad():
        x, start = network.inputs(trace.text), saved.get("gru.h0")
        h, h_n = network.gru(x, start)
        logits = network(trace.text, start)
    top = states[:, -shape.directions :].reshape(STEPS, -1)
    assert_close(top, h, "states of the top layer")
    assert_close(last, h_n, "last states")
    assert_close(trace.outputs(1, STEPS)["logits"], logits, "logits", 2e-6)


@pytest.mark.parametrize("h0", [False, True])
@pytest.mark.parametrize("reset", ["after", "before"])
@pytest.mark.parametrize("shape", MODELS.values(), ids=MODELS)
def test_onnxruntime_runs_onnx(tmp_path: Path, shape: Shape, reset: str, h0: bool) -> None:
    model = made(shape, reset, h0)
    file = written(model, tmp_path, ".onnx")
    onnx.checker.check_model(onnx.load(file), full_check=True)
    session = session_of(file)
    trace, states, last = recording(model, shape)
    asked = ["states", "last_states", "logits"]
    found = dict(zip(asked, session.run(asked, {"indices": trace.reading.indices}), strict=True))
    assert_close(found["states"], states, "states")
    assert_close(found["last_states"], last, "last states")
    assert_close(found["logits"], trace.outputs(1, STEPS)["logits"], "logits", 2e-6)

    other = np.random.default_rng(1).uniform(-1, 1, last.shape).astype(np.float32)
    (found_states,) = session.run(["states"], {"indices": trace.reading.indices, "h0": other})
    _, states, _ = recording(replace(model, h0=other), shape)
    assert_close(found_states, states, "states from another h(0)")


def test_onnx_of_features_takes_rows(tmp_path: Path) -> None:
    model = replace(made(Shape(layers=2)), vocabulary=None, output=None)
    assert model.input == "features"
    session = session_of(written(model, tmp_path, ".onnx"))
    rows = np.random.default_rng(2).standard_normal((STEPS, model.input_size)).astype(np.float32)
    trace = Trace(model, rows).finish()
    states = np.stack([trace.states(0), trace.states(1)], axis=1)
    assert_close(session.run(["states"], {"x": rows})[0], states, "states")


@pytest.mark.parametrize("reset", ["after", "before"])
@pytest.mark.parametrize("shape", MODELS.values(), ids=MODELS)
def test_numpy_and_safetensors_read_the_same(tmp_path: Path, shape: Shape, reset: str) -> None:
    """PyTorch's names and numbers, to the bit."""
    model = made(shape, reset, h0=True)
    expected = {n: w.numpy() for n, w in Network(shape).state_dict().items()} | {"gru.h0": model.h0}
    with np.load(written(model, tmp_path, ".npz"), allow_pickle=False) as found:
        texts = {"vocabulary", "reset", "initial_state", "converted_from"}
        assert set(found) == set(expected) | texts
        assert found["vocabulary"].tolist() == list(shape.vocabulary)
        assert (found["reset"][()], found["initial_state"][()]) == (reset, "gru.h0")
        for name, array in expected.items():
            assert found[name].dtype == np.float32
            assert np.array_equal(found[name], array)
    with safetensors.safe_open(written(model, tmp_path, ".safetensors"), "numpy") as opened:
        assert set(opened.keys()) == set(expected)
        assert json.loads(opened.metadata()["vocabulary"]) == list(shape.vocabulary)
        assert opened.metadata()["reset"] == reset
        for name, array in expected.items():
            assert np.array_equal(opened.get_tensor(name), array)


def test_swapped_gates_would_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The agreement with onnxruntime is not luck: the other order of the gates is far off."""
    monkeypatch.setattr(onnx_writer, "_zrh", lambda rows: rows)
    with pytest.raises(AssertionError, match="states"):
        test_onnxruntime_runs_onnx(tmp_path, Shape(), "after", False)


# Where it came from -----------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", KINDS)
def test_provenance(tmp_path: Path, suffix: str) -> None:
    source = Source("m.h5", "m.h5", "ab" * 32, "Keras", "float16", ("float16 weights …", "b\nc"))
    model = replace(made(Shape()), source=replace(source, gru="decoder.gru"))
    path = written(model, tmp_path, suffix)
    back = load_model(path).source
    assert (back.name, back.dtype, back.warnings) == (path.name, "float32", ())
    assert back.sha256 != source.sha256
    assert back.framework != "Keras"
    assert back.converted_from is not None
    assert asdict(back.converted_from) == {
        "name": "m.h5", "sha256": "ab" * 32, "framework": "Keras", "dtype": "float16",
        "gru": "decoder.gru", "reset": "after", "warnings": ("float16 weights …", "b·c"),
        "program": f"gru-debugger {gru_debugger.__version__}", "converted_from": None,
    }  # fmt: skip


def test_provenance_of_a_chain(tmp_path: Path) -> None:
    model = replace(made(Shape()), source=Source("m.h5", "m.h5", "ab" * 32, "Keras"))
    for suffix in KINDS:
        model = load_model(written(model, tmp_path, suffix))
    names, origin = [], model.source.converted_from
    while origin is not None:
        names.append(origin.name)
        origin = origin.converted_from
    assert names == ["model.pt", "model.onnx", "model.safetensors", "m.h5"]


def test_metadata_of_a_checkpoint_are_read_only_where_convert_wrote_them(tmp_path: Path) -> None:
    checkpoint = {
        "state_dict": Network(Shape()).state_dict(),
        "metadata": {"reset": "every epoch", "text": "abc", "converted_from": "{}", 3: "a"},
    }
    torch.save(checkpoint, tmp_path / "theirs.pt")
    with pytest.raises(ModelError, match="reset is “every epoch”"):
        load_model(tmp_path / "theirs.pt")
    del checkpoint["metadata"]["converted_from"]
    torch.save(checkpoint, tmp_path / "theirs.pt")
    model = load_model(tmp_path / "theirs.pt")
    assert (model.reset, model.example) == ("after", None)


@pytest.mark.parametrize(
    "told",
    ["", "[]", '"a"', "{", "[" * 100_000, '{"converted_from":' * 5_000 + "{}" + "}" * 5_000],
)  # fmt: skip
def test_a_strangers_provenance_is_no_fault(tmp_path: Path, told: str) -> None:
    path = tmp_path / "model.npz"
    np.savez(path, converted_from=np.array(told or " "), **_arrays())
    origin = load_model(path).source.converted_from
    assert origin is None or (origin.name, origin.warnings) == ("", ())


def test_a_strangers_provenance_is_read_with_bounds(tmp_path: Path) -> None:
    nested: dict[str, Any] = {}
    for _ in range(200):
        nested = {"name": 7, "sha256": "\x1b[31m" * 1_000, "converted_from": nested}
    path = tmp_path / "model.npz"
    np.savez(path, converted_from=np.array(json.dumps(nested)), **_arrays())
    origin = load_model(path).source.converted_from
    for _ in range(16):
        assert origin is not None
        assert origin.name == ""
        assert len(origin.sha256) == 1_000
        assert "\x1b" not in origin.sha256
        origin = origin.converted_from
    assert origin is None


def _arrays() -> dict[str, Any]:
    return {name: w.numpy() for name, w in Network(Shape()).state_dict().items()}


# What can't be written --------------------------------------------------------------------------


def test_pytorch_has_no_reset_before(tmp_path: Path) -> None:
    with pytest.raises(OutputError) as refusal:
        convert(made(Shape(), "before"), tmp_path / "x.pt")
    assert str(refusal.value) == (
        f"{tmp_path / 'x.pt'}: PyTorch's GRU resets after the matrix product, this model before "
        "it; write .onnx, .npz or .safetensors."
    )


def test_onnx_holds_two_gibibytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx_writer, "_LARGEST", 1_000)
    with pytest.raises(OutputError) as refusal:
        convert(made(Shape(hidden=30)), tmp_path / "x.onnx")
    assert str(refusal.value).startswith(f"{tmp_path / 'x.onnx'}: an ONNX file holds 2 GiB at most")


@pytest.mark.parametrize("suffix", [".onnx", ".pt", ".npz"])
def test_the_same_model_gives_the_same_bytes(suffix: str) -> None:
    """safetensors' own library writes the metadata in any order."""
    first, second = (convert(made(Shape(layers=2)), Path(f"{n}{suffix}")) for n in "ab")
    assert first == second


# Other functions than σ and tanh ----------------------------------------------------------------

FUNCTIONS = {
    "Keras 2's": Activations(Activation("hard_sigmoid")),
    "Keras 3's": Activations(Activation("hard_sigmoid", 1 / 6, 0.5)),
    "parameters of two": Activations(Activation("hard_sigmoid", 0.3), Activation("leaky_relu")),
    "scaled": Activations(SIGMOID, Activation("scaled_tanh", 0.5, 1.5)),
    "relu": Activations(SIGMOID, Activation("softsign")),
    "clipped": Activations(clip=0.25),
    "clipped relu": Activations(Activation("hard_sigmoid"), Activation("relu"), clip=0.5),
}


def acting(shape: Shape, *functions: Activations, reset: Any = "after") -> Model:
    """With the functions of each direction."""
    model = made(shape, reset, h0=True)
    layers = tuple(
        tuple(replace(cell, activations=f) for cell, f in zip(cells, functions, strict=True))
        for cells in model.layers
    )
    return replace(model, layers=layers)


@pytest.mark.parametrize("reset", ["after", "before"])
@pytest.mark.parametrize("functions", FUNCTIONS.values(), ids=FUNCTIONS)
def test_onnxruntime_runs_other_functions(
    tmp_path: Path, functions: Activations, reset: str
) -> None:
    shape = Shape(layers=2, directions=2)
    model = acting(shape, functions, Activations(clip=functions.clip), reset=reset)
    file = written(model, tmp_path, ".onnx")
    onnx.checker.check_model(onnx.load(file), full_check=True)
    session = session_of(file)
    trace, states, _ = recording(model, shape)
    assert_close(session.run(["states"], {"indices": trace.reading.indices})[0], states, "states")


@pytest.mark.parametrize("suffix", [".safetensors", ".npz"])
@pytest.mark.parametrize("functions", FUNCTIONS.values(), ids=FUNCTIONS)
def test_functions_come_back(tmp_path: Path, suffix: str, functions: Activations) -> None:
    for model in (acting(Shape(), functions), acting(Shape(directions=2), functions, USUAL)):
        back = load_model(written(model, tmp_path, suffix))
        assert back.activations_to_json() == model.activations_to_json()
        assert_same(back, model)


@pytest.mark.parametrize("reset", ["after", "before"])
@pytest.mark.parametrize("functions", FUNCTIONS.values(), ids=FUNCTIONS)
def test_functions_come_back_from_onnx(tmp_path: Path, functions: Activations, reset: str) -> None:
    """Their parameters as float32, which is all that ONNX has: the states are the same."""
    shape = Shape(layers=2, directions=2)
    model = acting(shape, functions, Activations(clip=functions.clip), reset=reset)
    back = load_model(written(model, tmp_path, ".onnx"))
    assert in_float32(back) == in_float32(model)
    assert_same(back, model)
    assert np.array_equal(recording(back, shape)[1], recording(model, shape)[1])


def in_float32(model: Model) -> Any:
    def rounded(text: str) -> float:
        return float(np.float32(text))

    return json.loads(json.dumps(model.activations_to_json()), parse_float=rounded)


@pytest.mark.parametrize(
    ("suffix", "functions", "said"),
    [
        (".pt", Activations(SIGMOID, Activation("relu"), clip=2),
         "PyTorch's GRU has σ and tanh, this model n by relu(a) = max(a, 0), sums clipped at ±2; "
         "write .onnx, .npz or .safetensors."),
        (".onnx", Activations(Activation("silu")),
         "ONNX' GRU has no silu, this model has; write .npz or .safetensors."),
        (".onnx", Activations(clip=2),
         "ONNX clips both directions alike, this model doesn't; write .npz or .safetensors."),
    ],
)  # fmt: skip
def test_functions_that_a_framework_lacks(
    tmp_path: Path, suffix: str, functions: Activations, said: str
) -> None:
    with pytest.raises(OutputError) as refusal:
        convert(acting(Shape(directions=2), functions, USUAL), tmp_path / f"x{suffix}")
    assert str(refusal.value) == f"{tmp_path}/x{suffix}: {said}"
