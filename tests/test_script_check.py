"""A TorchScript file's own network, run by PyTorch in its child process, against what is shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from graph_answers import said
from torch import Tensor, nn

from gru_debugger import load_model, sandbox
from gru_debugger.core.trace import Trace, trace
from gru_debugger.graph_check import torch_script
from gru_debugger.graph_check.comparing import NotRunError
from gru_debugger.source import inside

pytestmark = [
    pytest.mark.child,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning"),
]

SYMBOLS = "abcdefg"
TEXT = (SYMBOLS * 9)[:50] + "gfedcba"
CLOSE = 1e-6


class Net(nn.Module):
    """An embedding, a GRU and an output layer, whose parts stand where `order` has them."""

    def __init__(self, layers: int = 1, both: bool = False, first: bool = True) -> None:
        super().__init__()
        self.embedding = nn.Embedding(7, 5)
        self.gru = nn.GRU(5, 6, layers, batch_first=first, bidirectional=both)
        self.fc = nn.Linear(12 if both else 6, 7)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        y, h = self.gru(self.embedding(x))
        return self.fc(y), h


class StepsInFront(Net):
    def __init__(self) -> None:
        super().__init__(2, first=False)


class StatesToo(Net):
    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        y, _ = self.gru(self.embedding(x))
        return y, torch.log_softmax(self.fc(y), -1)


class LastAlone(Net):
    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        _, h = self.gru(self.embedding(x))
        return torch.softmax(self.fc(h[-1]), -1), h


class OneStep(nn.Module):
    """As in PyTorch's tutorials: a symbol and a state."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(7, 6)
        self.gru = nn.GRU(6, 6)
        self.out = nn.Linear(6, 7)

    def forward(self, x: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
        y, hidden = self.gru(self.embedding(x).view(1, 1, -1), hidden)
        return self.out(y[0]), hidden


class Cells(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(7, 5)
        self.cell = nn.GRUCell(5, 6)
        self.fc = nn.Linear(6, 7)

    def forward(self, x: Tensor) -> Tensor:
        h = torch.zeros(x.shape[0], 6)
        found: list[Tensor] = []
        for t in range(x.shape[1]):
            h = self.cell(self.embedding(x[:, t]), h)
            found.append(self.fc(h))
        return torch.stack(found, 1)


class Noisy(Net):
    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        print("a word from inside", x)
        y, h = self.gru(self.embedding(x))
        return y.sum(), self.fc(y), h


class ReadsFiles(Net):
    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        y, h = self.gru(self.embedding(x))
        return self.fc(y), h + torch.from_file("/etc/passwd", size=1, dtype=torch.uint8).sum() * 0


def scripted(net: nn.Module, path: Path) -> None:
    torch.jit.script(net.eval()).save(path)


def traced(net: nn.Module, path: Path) -> None:
    torch.jit.trace(net.eval(), torch.zeros(2, 9, dtype=torch.long)).save(path)


def frozen(net: nn.Module, path: Path) -> None:
    torch.jit.freeze(torch.jit.script(net.eval())).save(path)


def of(folder: Path, net: nn.Module, save: Callable[[nn.Module, Path], None] = scripted) -> Trace:
    torch.manual_seed(5)
    for parameter in net.parameters():
        nn.init.uniform_(parameter, -0.9, 0.9)
    save(net, folder / "net.pt")
    return trace(load_model(folder / "net.pt", vocabulary=SYMBOLS), TEXT)


CASES: dict[str, tuple[Callable[[], nn.Module], Any, str]] = {
    "traced": (Net, traced, "states and scores"),
    "frozen": (Net, frozen, "states and scores"),
    "steps in front, two layers": (StepsInFront, scripted, "states and scores"),
    "two layers, both directions, traced": (lambda: Net(2, True), traced, "scores"),
    "states, and log_softmax": (StatesToo, scripted, "states and scores"),
    "the last step alone": (LastAlone, scripted, "states and scores"),
    "a step at a time": (OneStep, scripted, "states and scores"),
    "a loop of cells": (Cells, scripted, "scores"),
    "a loop of cells, unrolled": (Cells, traced, "scores"),
    "scripted, a word on standard output": (Noisy, scripted, "states and scores"),
}


@pytest.mark.parametrize("case", CASES)
def test_plain_networks_agree(case: str, tmp_path: Path) -> None:
    make, save, kinds = CASES[case]
    recorded = of(tmp_path, make(), save)
    found = said(tmp_path, recorded)
    assert (found.ok, found.why, found.first, found.by) == (True, "", 0, "PyTorch")
    there = {"states": found.states, "scores": found.scores}
    assert " and ".join(k for k, far in there.items() if far is not None) == kinds
    assert max(far for far in there.values() if far is not None) < CLOSE
    assert found.steps == (9 if "unrolled" in case else len(TEXT))


class Clamped(Cells):
    def forward(self, x: Tensor) -> Tensor:
        h = torch.zeros(x.shape[0], 6)
        found: list[Tensor] = []
        for t in range(x.shape[1]):
            h = self.cell(self.embedding(x[:, t]), h).clamp(-0.3, 0.3)
            found.append(self.fc(h))
        return torch.stack(found, 1)


def test_what_the_reader_tells_is_not_called_the_grus(tmp_path: Path) -> None:
    recorded = of(tmp_path, Clamped())
    assert inside(recorded.model.source.told)
    assert said(tmp_path, recorded).why == "none of its outputs is known to be the GRU's"


@pytest.mark.parametrize("save", [scripted, traced])
def test_the_first_step_that_is_off(save: Callable[..., None], tmp_path: Path) -> None:
    recorded = of(tmp_path, StatesToo(), save)
    recorded.state(40)[2] += 1e-3
    found = said(tmp_path, recorded)
    assert (found.ok, found.first) == (False, 40)
    assert found.scores is not None
    assert found.scores > found.bound_scores / 100


def test_scores_that_are_off(tmp_path: Path) -> None:
    """The output layer as it is shown against the network's own."""
    recorded = of(tmp_path, Net())
    assert recorded.model.output is not None
    recorded.model.output.bias[3] += 0.01
    found = said(tmp_path, recorded)
    assert (found.ok, found.scores) == (False, pytest.approx(0.01, rel=1e-3))


def test_h0_by_hand(tmp_path: Path) -> None:
    own = of(tmp_path, Net())
    given = trace(own.model, TEXT, np.full((1, 6), 0.5))
    assert said(tmp_path, given).why == "h(0) was chosen by hand, and the network has its own"
    (tmp_path / "handed").mkdir()
    handed = of(tmp_path / "handed", OneStep())
    given = trace(handed.model, TEXT, np.full((1, 6), 0.5))
    assert said(tmp_path / "handed", given).ok


def test_a_network_reads_no_file(tmp_path: Path) -> None:
    found = said(tmp_path, of(tmp_path, ReadsFiles()))
    assert "Permission denied" in found.why


def test_a_system_that_confines_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """There nothing of the file's is run."""
    monkeypatch.setattr(sandbox, "landlock_version", lambda: 0)
    with pytest.raises(NotRunError, match="can't confine it"):
        torch_script.prepare()
