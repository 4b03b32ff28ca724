"""Whatever TorchScript and torch.export put around a GRU is computed as torch does it, or told."""

from __future__ import annotations

from pathlib import Path

import bent_networks
import numpy as np
import onnx_networks
import pytest
import script_networks
import torch
from telling import told
from torch_archives import ARCHIVES, outcome

from gru_debugger.formats import parse

SYMBOLS, STEPS = "abcdef", 11
PLACES = np.random.default_rng(5).integers(0, len(SYMBOLS), STEPS)
TEXT = "".join(SYMBOLS[i] for i in PLACES)
INDICES = torch.from_numpy(PLACES)
TRACE = ARCHIVES["trace"]

# What torch says of its own of tracing and exporting.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning"),
]


def found(table: dict[str, type[script_networks.Base]], case: str, way: str, path: Path) -> object:
    net = table[case]()
    given = net.given(INDICES)
    return outcome(ARCHIVES[way], net, given, path / "model.pt2", SYMBOLS, TEXT)


APART = "torch takes a traced GRUCell apart, and freezing then its names"
NOT_SO = {
    ("a loop of cells", "frozen"): APART, ("a loop of two cells", "frozen"): APART,
    ("one by one", "frozen"): "GRUs without names are opened one at a time",
    ("packed", "export"): "torch does not export it",
}  # fmt: skip


@pytest.mark.parametrize("way", ARCHIVES)
@pytest.mark.parametrize("case", script_networks.PLAIN)
def test_plain_networks_are_exact_and_raise_no_alarm(tmp_path: Path, case: str, way: str) -> None:
    if (case, way) in NOT_SO:
        pytest.skip(NOT_SO[case, way])
    grades = found(script_networks.PLAIN, case, way, tmp_path)
    assert isinstance(grades, dict)
    assert all(g <= {"note"} for g in grades.values()), told(parse(tmp_path / "model.pt2").model())


@pytest.mark.parametrize("way", ARCHIVES)
@pytest.mark.parametrize("case", script_networks.BENT)
def test_what_is_not_computed_is_told(tmp_path: Path, case: str, way: str) -> None:
    if case == "by the length" and way != "script":
        pytest.skip("the others have decided for a length")
    grades = found(script_networks.BENT, case, way, tmp_path)
    assert grades is None or all("inside" in g for g in grades.values())


@pytest.mark.parametrize("way", ARCHIVES)
@pytest.mark.parametrize("case", script_networks.BESIDE)
def test_what_stands_beside_is_told_and_states_are_exact(
    tmp_path: Path, case: str, way: str
) -> None:
    if (case, way) == ("softmax of the steps", "script"):
        pytest.skip("of a text without an axis of texts it is right")
    grades = found(script_networks.BESIDE, case, way, tmp_path)
    assert isinstance(grades, dict)
    assert all("beside" in g and "inside" not in g for g in grades.values())


def test_of_three_heads_that_of_the_symbols_is_taken(tmp_path: Path) -> None:
    found(script_networks.BESIDE, "three heads", "script", tmp_path)
    output = parse(tmp_path / "model.pt2").model(SYMBOLS).output
    assert output is not None
    assert len(output.weight) == len(SYMBOLS)


# The networks of other tables --------------------------------------------------------------------


@pytest.mark.parametrize("case", [*onnx_networks.BENT, *onnx_networks.BESIDE])
def test_networks_exported_to_onnx(tmp_path: Path, case: str) -> None:
    net = (onnx_networks.BENT | onnx_networks.BESIDE)[case]().eval()
    long = case == "positions"
    indices = INDICES.repeat(19)[:200] if long else INDICES
    text = "".join(SYMBOLS[i] for i in indices)
    grades = outcome(TRACE, net, (indices[None],), tmp_path / "model.pt2", SYMBOLS, text)
    assert grades is not None
    if case in onnx_networks.BENT and len(grades) == 1 and case != "softmax times 2":
        assert all("inside" in g for g in grades.values())
    assert all(g - {"note"} for g in grades.values())


@pytest.mark.parametrize("case", bent_networks.INSIDE)
def test_networks_of_weights(tmp_path: Path, case: str) -> None:
    """Of which a file of weights alone says “inside” throughout; the graph knows better."""
    torch.manual_seed(4)
    net = Scored(bent_networks.INSIDE[case][0]().requires_grad_(False))
    letters = "abcdefghij"
    text = "".join(letters[i] for i in PLACES)
    outcome(TRACE, net, (INDICES,), tmp_path / "model.pt2", letters, text)


class Scored(torch.nn.Module):
    """A network's scores alone."""

    def __init__(self, net: bent_networks.Bent) -> None:
        super().__init__()
        self.net = net

    def forward(self, indices: torch.Tensor) -> torch.Tensor:
        scores = self.net(indices)[1]
        assert scores is not None
        return scores
