"""Weights kept in parts, put together as torch does; each against torch's own run."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from grus import Network, Shape, distance
from telling import told
from torch.nn.utils import parametrizations, parametrize, prune

from gru_debugger.core.trace import trace
from gru_debugger.errors import ModelError
from gru_debugger.formats import load_model
from gru_debugger.formats.assembly.parametrizations import undo

SHAPE = Shape(hidden=4, symbols=5, layers=2, directions=2, embedding=12)
LETTERS = SHAPE.vocabulary
TEXT = SHAPE.text(200)

pytestmark = pytest.mark.filterwarnings("ignore:.*norm.*:FutureWarning")

Change = Callable[[torch.nn.Module, str], Any]

CHANGES: dict[str, Change] = {
    "weight norm": parametrizations.weight_norm,
    "weight norm along columns": lambda m, n: parametrizations.weight_norm(m, n, dim=1),
    "weight norm of the whole": lambda m, n: parametrizations.weight_norm(m, n, dim=None),
    "weight norm, old": torch.nn.utils.weight_norm,
    "weight norm of the whole, old": lambda m, n: torch.nn.utils.weight_norm(m, n, dim=None),
    "spectral norm": parametrizations.spectral_norm,
    "spectral norm along columns": lambda m, n: parametrizations.spectral_norm(m, n, dim=1),
    "spectral norm, old": torch.nn.utils.spectral_norm,
    "pruned": lambda m, n: prune.l1_unstructured(m, n, amount=0.3),
    "pruned twice": lambda m, n: (prune.random_unstructured(m, n, amount=0.2),
                                  prune.ln_structured(m, n, amount=0.3, n=2, dim=0)),
}  # fmt: skip
WHOLE = [case for case, change in CHANGES.items() if "old" in case or "pruned" in case]


def changed(change: Change, shape: Shape = SHAPE) -> Network:
    """A network whose GRU, embedding and output layer are so kept, moved on from the start."""
    network = Network(shape)
    torch.manual_seed(7)
    for module, name in ((network.gru, "weight_hh_l0"), (network.gru, "weight_ih_l1_reverse"),
                         (network.embedding, "weight"), (network.fc, "weight")):  # fmt: skip
        change(module, name)
    with torch.no_grad():
        for _ in range(15):
            network("a")  # spectral norm learns its u and v in training alone
        for name, weight in network.named_parameters():
            if "bias" not in name:
                weight += 0.03 * torch.randn_like(weight)
    return network.eval()


def runs(network: Network) -> list[torch.Tensor]:
    """The top layer's states, both ways, and the scores."""
    states = network.gru(network.inputs(TEXT).to(network.gru.bias_hh_l0.dtype))[0]
    return [states[:, :4].detach(), states[:, 4:].detach(), network.fc(states).detach()]


def assert_runs_like(network: Network, path: Path, **options: Any) -> None:
    """Over 200 steps; torch's own rounding, by its distance from float64, is the measure."""
    ours = trace(load_model(path, **options), TEXT)
    theirs, exact = runs(network), runs(network.double())
    network.float()
    for name, one, true in zip(("h_l1", "h_l1_reverse", "logits"), theirs, exact, strict=True):
        tolerance = max(1e-6, 4 * distance(one, true))
        assert tolerance < 1e-5, name
        assert distance(ours.column(name), one) <= tolerance, name


@pytest.mark.parametrize("case", CHANGES)
def test_state_dict(tmp_path: Path, case: str) -> None:
    network, path = changed(CHANGES[case]), tmp_path / "model.pt"
    torch.save(network.state_dict(), path)
    assert not {"gru.weight_hh_l0", "fc.weight"} & torch.load(path, weights_only=True).keys()
    assert_runs_like(network, path, vocabulary=LETTERS)


@pytest.mark.parametrize("case", WHOLE)
def test_whole_module(tmp_path: Path, case: str) -> None:
    network, path = changed(CHANGES[case]), tmp_path / "model.pt"
    network.chars = LETTERS
    network.requires_grad_(False)
    network("a")  # the hooks compute their weights when the module is called
    torch.save(network, path)
    assert_runs_like(network, path)


def test_half_weights(tmp_path: Path) -> None:
    """Put together in float32 at least, whatever they are stored in."""
    state = {k: w.half() for k, w in changed(parametrizations.weight_norm).state_dict().items()}
    path = tmp_path / "model.pt"
    torch.save(state, path)
    network = changed(parametrizations.weight_norm)
    network.load_state_dict({k: w.float() for k, w in state.items()})
    assert told(load_model(path)) == ("float16 weights were converted to float32",)
    assert_runs_like(network, path, vocabulary=LETTERS)


@pytest.mark.parametrize("where", ["gru.{}_raw", "gru.module.{}_raw", "gru.{}_raw beside"])
def test_weight_drop(where: str, tmp_path: Path) -> None:
    """As AWD-LSTM, PyTorch-NLP and fastai keep a weight, and some beside it what was dropped."""
    network, path = Network(SHAPE).eval(), tmp_path / "model.pt"
    raw, _, beside = where.partition(" ")
    inside = "gru.module." if "module" in raw or beside else "gru."
    state = {name.replace("gru.", inside): w for name, w in network.state_dict().items()}
    for name in ("weight_hh_l0", "weight_hh_l1_reverse"):
        weight = state.pop(f"{inside}{name}")
        state[raw.format(name)] = weight
        if beside:
            state[f"{inside}{name}"] = torch.dropout(weight, 0.5, True)
    torch.save(state, path)
    assert_runs_like(network, path, vocabulary=LETTERS)
    assert told(load_model(path)) == (
        f"{raw.format('weight_hh_l0')}, {raw.format('weight_hh_l1_reverse')}: taken as the weights "
        "themselves, as networks with weight drop keep them",
    )


# What can't be told -----------------------------------------------------------------------------


class Doubled(torch.nn.Module):
    """A user's own."""

    def forward(self, weight: torch.Tensor) -> torch.Tensor:
        return 2 * weight

    def right_inverse(self, weight: torch.Tensor) -> torch.Tensor:
        return weight / 2


def orthogonal(how: str, trivial: bool) -> Change:
    return lambda m, n: parametrizations.orthogonal(
        m, n, orthogonal_map=how, use_trivialization=trivial
    )


def own(module: torch.nn.Module, name: str) -> None:
    parametrize.register_parametrization(module, name, Doubled())


def own_and_spectral(module: torch.nn.Module, name: str) -> None:
    own(module, name)
    parametrizations.spectral_norm(module, name)


ORTHOGONAL = "as orthogonal, by one of three maps that the file does not name"
OWN = "by a class that the file does not name"
REFUSED: dict[str, tuple[Change, str]] = {
    "matrix_exp": (orthogonal("matrix_exp", True), ORTHOGONAL),
    "cayley": (orthogonal("cayley", True), ORTHOGONAL),
    "householder": (orthogonal("householder", True), ORTHOGONAL),
    "householder, plain": (orthogonal("householder", False), OWN),
    "a user's own": (own, OWN),
    "a user's own, then spectral norm": (own_and_spectral, OWN),
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("of", ["gru.weight_hh_l0", "embedding.weight", "fc.weight"])
def test_not_guessed(tmp_path: Path, case: str, of: str) -> None:
    change, words = REFUSED[case]
    network, path = Network(SHAPE), tmp_path / "model.pt"
    change(network.get_submodule(of.partition(".")[0]), of.partition(".")[2])
    torch.save(network.state_dict(), path)
    with pytest.raises(ModelError) as error:
        load_model(path, LETTERS)
    assert str(error.value) == (
        f"{path}: {of} is parametrized {words}; call "
        "torch.nn.utils.parametrize.remove_parametrizations on it in PyTorch and save again."
    )
    parametrize.remove_parametrizations(
        network.get_submodule(of.partition(".")[0]), of.partition(".")[2]
    )
    torch.save(network.state_dict(), path)
    assert_runs_like(network, path, vocabulary=LETTERS)


def test_the_three_orthogonal_maps_leave_the_same_tensors() -> None:
    """Which is why none of them is guessed: one original, three weights."""
    weights, kept = [], []
    for how in ("matrix_exp", "cayley", "householder"):
        network = Network(SHAPE)
        torch.manual_seed(3)
        orthogonal(how, True)(network.gru, "weight_hh_l0")
        parts = network.gru.parametrizations.weight_hh_l0
        with torch.no_grad():
            parts.original += torch.randn_like(parts.original).tril(-1)
        weights.append(network.gru.weight_hh_l0.detach())
        kept.append(network.gru.state_dict())
    for other in (1, 2):
        assert kept[0].keys() == kept[other].keys()
        assert all(torch.equal(kept[0][k], kept[other][k]) for k in kept[0])
        assert distance(weights[0], weights[other]) > 0.01


def test_a_parametrization_elsewhere_is_none_of_ours(tmp_path: Path) -> None:
    network, path = Network(SHAPE), tmp_path / "model.pt"
    network.critic = torch.nn.Linear(3, 3)
    own(network.critic, "weight")
    torch.save(network.state_dict(), path)
    assert_runs_like(network, path, vocabulary=LETTERS)


def test_a_whole_module_so_kept_can_not_be_saved() -> None:
    """torch itself refuses; so a class' name never reaches a file."""
    network = Network(SHAPE)
    own(network.gru, "weight_hh_l0")
    with pytest.raises(RuntimeError, match="only supported through state_dict"):
        torch.save(network, BytesIO())


def test_names_that_only_look_like_parts() -> None:
    tensors = {name: np.ones(3) for name in ("attention.weight_u", "weight_g", "x_v", "mask")}
    assert undo(tensors) == (tensors, {})


FIT_FOR_NOTHING = {
    "lengths of other rows": {"g": (3, 1), "v": (4, 2)},
    "as many lengths as numbers": {"g": (4, 2), "v": (4, 2)},
    "lengths of more dimensions": {"g": (4, 1, 1), "v": (4, 2)},
    "vectors of another matrix": {"orig": (4, 2), "u": (3,), "v": (2,)},
    "a mask that would make it larger": {"orig": (10**6, 1), "mask": (1, 10**6)},
}


@pytest.mark.parametrize("case", FIT_FOR_NOTHING)
def test_parts_that_do_not_fit(case: str) -> None:
    parts = {f"fc.weight_{k}": np.ones(s) for k, s in FIT_FOR_NOTHING[case].items()}
    tensors, unknown = undo(parts)
    if "fc.weight_orig" in parts:
        assert list(tensors) == list(unknown) == ["fc.weight"]
        assert np.isnan(tensors["fc.weight"]).all()
    else:  # may be anything
        assert tensors == parts


def test_a_direction_without_length() -> None:
    tensors, _ = undo({"weight_g": np.ones((2, 1)), "weight_v": np.zeros((2, 3))})
    assert np.isnan(tensors["weight"]).all()
