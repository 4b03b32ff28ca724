"""Converted files: each run by its own library, opened again here, and passed on in chains."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import safetensors
import torch
from converted import (
    MODELS,
    STEPS,
    arrays,
    assert_same,
    made,
    recording,
    session_of,
    suffixes,
    written,
)
from grus import SHAPES, Network, Shape, assert_close
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gru_debugger.conversion import SUFFIXES, convert
from gru_debugger.conversion import onnx as onnx_writer
from gru_debugger.core.model import Example
from gru_debugger.core.trace import Trace
from gru_debugger.errors import OutputError
from gru_debugger.formats import load_model

FILES = Path(__file__).parents[1] / "formats" / "files"
ODD = ("<pad>", "</s>", "é", "\n", "\0", "a\0", "\udc80", "😀", " ", '"', "[", "]", "\\", "ab")

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


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shape=SHAPES, reset=st.sampled_from(["after", "before"]), data=st.data())
def test_any_chain(tmp_path: Path, shape: Shape, reset: str, data: st.DataObject) -> None:
    first = model = made(shape, reset, h0=True)
    for suffix in data.draw(st.permutations(suffixes(model))):
        model = load_model(written(model, tmp_path, suffix))
        assert_same(model, first)


@pytest.mark.parametrize("suffix", SUFFIXES)
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
    for suffix in SUFFIXES:
        assert_same(load_model(written(model, tmp_path, suffix)), model)


FOREIGN = ("candle.safetensors", "dynamo.onnx", "equinox_stack.eqx", "keras2.h5", "mlx.npz",
           "mlx_stack.safetensors", "nnx_both.safetensors", "tf1.npz",
           "linen_setup.npz")  # fmt: skip


@pytest.mark.parametrize("name", FOREIGN)
def test_files_of_every_framework(tmp_path: Path, name: str) -> None:
    model = load_model(FILES / name)
    possible = [".safetensors", ".onnx", ".npz"]
    if model.reset == "after" and name != "keras2.h5":  # whose gates are hard sigmoids
        possible.append(".pt")
    else:
        with pytest.raises(OutputError, match="PyTorch's GRU"):
            convert(model, tmp_path / "x.pt")
    for suffix in possible:
        back = load_model(written(model, tmp_path, suffix))
        assert_same(back, model)
        assert back.source.warnings == ()
        origin = back.source.converted_from
        assert origin is not None
        assert (origin.name, origin.framework) == (name, model.source.framework)


# Run by the library it was made for -------------------------------------------------------------


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


@pytest.mark.parametrize("reset", ["after", "before"])
@pytest.mark.parametrize("shape", [Shape(embedding=3), Shape(layers=2), Shape(bias=False)])
def test_what_reads_from_the_end(tmp_path: Path, shape: Shape, reset: str) -> None:
    model = made(shape, reset, h0=True, backwards=True)
    assert sorted(suffixes(model)) == [".npz", ".onnx", ".safetensors"]
    first = model
    for suffix in (*suffixes(model), ".safetensors"):
        model = load_model(written(model, tmp_path, suffix))
        assert_same(model, first)
    session = session_of(tmp_path / "model.onnx")
    trace, states, last = recording(model, shape)
    indices = {"indices": trace.reading.indices}
    ours = states, last, trace.column("logits")
    for their, our in zip(session.run(["states", "last_states", "logits"], indices), ours,
                          strict=True):  # fmt: skip
        assert_close(their, our, "", 2e-6)
    _, forwards, _ = recording(replace(model, backwards=False), shape)
    assert np.abs(forwards - states).max() > 1e-3


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


# What can't be written --------------------------------------------------------------------------


def test_pytorch_has_no_reset_before(tmp_path: Path) -> None:
    with pytest.raises(OutputError) as refusal:
        convert(made(Shape(), "before"), tmp_path / "x.pt")
    assert str(refusal.value) == (
        f"{tmp_path / 'x.pt'}: PyTorch's GRU resets after the matrix product, this model before "
        "it; write .onnx, .npz or .safetensors."
    )


def test_pytorch_has_no_reverse_alone(tmp_path: Path) -> None:
    with pytest.raises(OutputError) as refusal:
        convert(made(Shape(), backwards=True), tmp_path / "x.pt")
    assert str(refusal.value) == (
        f"{tmp_path / 'x.pt'}: PyTorch's GRU reads forward or in both directions, this model in "
        "reverse only; write .onnx, .npz or .safetensors."
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
