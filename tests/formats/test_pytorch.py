"""PyTorch files in every shape people save them, read without torch; torch.load is the oracle."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from grus import SHAPES, Network, Shape, assert_close, distance
from hypothesis import HealthCheck, given, settings
from telling import told

from gru_debugger.core.trace import trace
from gru_debugger.formats import load_model, pytorch

SHAPE = Shape(hidden=4, symbols=5, layers=2, directions=2, embedding=3)
NETWORK = Network(SHAPE)
STATE = NETWORK.state_dict()
LETTERS = list(SHAPE.vocabulary)
LAYOUTS = pytest.mark.parametrize("new", [True, False], ids=["zip", "before 1.6"])


def save(content: Any, path: Path, new: bool = True) -> Path:
    torch.save(content, path, _use_new_zipfile_serialization=new)
    return path


def assert_runs_like(network: Network, path: Path, tolerance: float = 1e-6, **options: Any) -> None:
    """The file's model, run over a text, gives the network's scores."""
    text = network.shape.text(20)
    model = load_model(path, **options)
    assert_close(trace(model, text).column("logits"), network(text), path.name, tolerance)


# What torch.save writes -----------------------------------------------------------------------


@LAYOUTS
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shape=SHAPES)
def test_state_dict(tmp_path: Path, new: bool, shape: Shape) -> None:
    network = Network(shape)
    path = save(network.state_dict(), tmp_path / "model.pt", new)
    found = pytorch.read(path.read_bytes(), path).tensors
    expected = torch.load(path, weights_only=True)
    assert list(found) == list(expected)
    for name, tensor in expected.items():
        assert np.array_equal(found[name], tensor.numpy())
    assert_runs_like(network, path, vocabulary=shape.vocabulary)


@LAYOUTS
@pytest.mark.parametrize("kind", ["float16", "bfloat16", "float64"])
def test_other_precisions(tmp_path: Path, new: bool, kind: str) -> None:
    """Compared, as the contract has it, with the model converted to float32."""
    state = {name: w.to(getattr(torch, kind)) for name, w in STATE.items()}
    path = save(state, tmp_path / "model.pt", new)
    found = pytorch.read(path.read_bytes(), path).tensors
    for name, tensor in torch.load(path, weights_only=True).items():
        assert np.array_equal(found[name].astype(np.float32), tensor.float().numpy())
    model = load_model(path, vocabulary=LETTERS)
    assert model.source.dtype == kind
    assert told(model) == (f"{kind} weights were converted to float32",)
    assert model.cell().weight_hh.dtype == np.float32
    network = Network(SHAPE)
    network.load_state_dict({name: w.float() for name, w in state.items()})
    assert_runs_like(network, path, vocabulary=LETTERS)


@LAYOUTS
def test_views_of_one_storage(tmp_path: Path, new: bool) -> None:
    """Transposed, strided, offset and shared tensors; integers and booleans beside them."""
    base = torch.arange(24.0).reshape(4, 6)
    content = {
        "base": base, "turned": base.T, "column": base[:, 2], "part": base[1:3, ::2],
        "scalar": base[2, 3], "empty": base[:0], "whole": torch.arange(5), "true": base > 3,
    }  # fmt: skip
    path = save(content, tmp_path / "views.pt", new)
    found = pytorch.read(path.read_bytes(), path).tensors
    for name, tensor in torch.load(path, weights_only=True).items():
        assert np.array_equal(found[name], tensor.numpy()), name
        assert found[name].dtype == tensor.numpy().dtype


@LAYOUTS
def test_whole_module_with_its_vocabulary(tmp_path: Path, new: bool) -> None:
    network = Network(SHAPE)
    network.char2int = {c: i for i, c in enumerate(LETTERS)}
    path = save(network, tmp_path / "module.pt", new)
    assert load_model(path).vocabulary == tuple(LETTERS)
    assert_runs_like(network, path)


def test_gru_cell(tmp_path: Path) -> None:
    cell = torch.nn.GRUCell(5, 4)
    model = load_model(save(cell.state_dict(), tmp_path / "cell.pt"), LETTERS)
    assert model.output is None
    assert told(model) == ("no output layer was found: no predictions are shown",)
    h = torch.zeros(4)
    for row, index in zip(trace(model, "abcde").states(), range(5), strict=True):
        h = cell(torch.eye(5)[index], h)
        assert distance(row, h.detach()) <= 1e-6


def test_without_bias(tmp_path: Path) -> None:
    network = Network(Shape(bias=False))
    path = save(network.state_dict(), tmp_path / "model.pt")
    assert load_model(path, "abcdef").bias is False
    assert_runs_like(network, path, vocabulary="abcdef")


# How people wrap it ---------------------------------------------------------------------------

Wrap = Callable[[dict[str, torch.Tensor]], Any]

WRAPPINGS: dict[str, Wrap] = {
    "DataParallel": lambda s: {f"module.{k}": w for k, w in s.items()},
    "torch.compile": lambda s: {f"_orig_mod.{k}": w for k, w in s.items()},
    "both": lambda s: {f"module._orig_mod.{k}": w for k, w in s.items()},
    "a prefix of its own": lambda s: {f"submodule.net.{k}": w for k, w in s.items()},
    "model_state_dict": lambda s: {"epoch": 3, "model_state_dict": s, "loss": 1.5},
    "two levels deep": lambda s: {"best": {"state_dict": s, "score": 0.5}, "args": {"lr": 0.1}},
    "in a list": lambda s: [s, {"n_hidden": 4}],
    "with the optimizer": lambda s: {
        "state_dict": s,
        "optimizer": {"state": {0: {"exp_avg": torch.ones(12, 4)}}, "param_groups": [{"lr": 1}]},
    },
    "and the module too": lambda s: {"state_dict": s, "model": NETWORK},
    "parameters": lambda s: {k: torch.nn.Parameter(w) for k, w in s.items()},
    "with integers": lambda s: {**s, "steps": torch.tensor(3), "ids": torch.ones(5, 3).long()},
}  # fmt: skip


@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_wrapping(tmp_path: Path, wrapping: str) -> None:
    path = save(WRAPPINGS[wrapping](STATE), tmp_path / "model.pt")
    assert_runs_like(NETWORK, path, vocabulary=LETTERS)


@pytest.mark.parametrize("new", [True, False], ids=["parametrizations", "weight_g and weight_v"])
@pytest.mark.parametrize("dim", [0, 1])
@pytest.mark.filterwarnings("ignore:.*weight_norm.*:FutureWarning")
def test_weight_norm(tmp_path: Path, new: bool, dim: int) -> None:
    network = Network(SHAPE)
    module = torch.nn.utils.parametrizations if new else torch.nn.utils
    module.weight_norm(network.gru, "weight_hh_l0", dim=dim)
    path = save(network.state_dict(), tmp_path / "model.pt")
    assert len(torch.load(path, weights_only=True)) == len(STATE) + 1
    model = load_model(path, LETTERS)
    assert distance(model.cell().weight_hh, NETWORK.gru.weight_hh_l0) <= 1e-6
    assert_runs_like(NETWORK, path, vocabulary=LETTERS)


NAMES = [
    ("embedding", "fc"), ("encoder", "decoder"), ("word_to_vec", "linear"), ("embed", "out"),
    ("emb", "project"), ("lookup", "output_proj"),
]  # fmt: skip


@pytest.mark.parametrize(("embedding", "output"), NAMES)
@pytest.mark.parametrize("square", [True, False], ids=["embedding as wide as h", "narrower"])
def test_names_of_the_other_layers(
    tmp_path: Path, embedding: str, output: str, square: bool
) -> None:
    network = Network(Shape(hidden=4, symbols=5, embedding=4 if square else 3))
    renamed = {
        name.replace("embedding.", f"{embedding}.").replace("fc.", f"{output}."): w
        for name, w in network.state_dict().items()
    }
    assert_runs_like(network, save(renamed, tmp_path / "model.pt"), vocabulary=LETTERS)


def test_tied_weights(tmp_path: Path) -> None:
    network = Network(Shape(hidden=4, symbols=5, embedding=4))
    network.fc.weight = network.embedding.weight
    assert_runs_like(network, save(network.state_dict(), tmp_path / "m.pt"), vocabulary=LETTERS)


# Several GRUs ---------------------------------------------------------------------------------


@pytest.mark.parametrize("gru", ["encoder", "decoder"])
def test_each_gru_has_its_own_neighbours(tmp_path: Path, gru: str) -> None:
    networks = {name: Network(Shape(4, 5, embedding=3, seed=i)) for i, name in
                enumerate(("encoder", "decoder"))}  # fmt: skip
    state = {f"{name}.{k}": w for name, n in networks.items() for k, w in n.state_dict().items()}
    path = save(state, tmp_path / "both.pt")
    assert_runs_like(networks[gru], path, vocabulary=LETTERS, gru=f"{gru}.gru")


def test_an_lstm_beside_the_gru_is_left_alone(tmp_path: Path) -> None:
    other = {f"tagger.{k}": w for k, w in torch.nn.LSTM(5, 4).state_dict().items()}
    path = save({**other, **STATE}, tmp_path / "model.pt")
    assert_runs_like(NETWORK, path, vocabulary=LETTERS)
