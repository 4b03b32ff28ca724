"""What the tree of a pickled module's classes says of it: in an nn.Sequential, where a part stands.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from telling import grades, told
from torch import nn

from gru_debugger.errors import ModelError
from gru_debugger.formats import ModelFile, parse
from gru_debugger.source import inside

LETTERS = "abcdefghij"


def saved(path: Path, made: nn.Module) -> ModelFile:
    torch.save(made.requires_grad_(False), path / "model.pt")
    return parse(path / "model.pt")


def network(**parts: nn.Module) -> nn.Module:
    made = nn.Module()
    for name, part in parts.items():
        made.add_module(name, part)
    return made


def around(*before: nn.Module, after: tuple[nn.Module, ...] = ()) -> nn.Module:
    """A list of modules: embedding, these, GRU, those, output layer."""
    return nn.Sequential(nn.Embedding(10, 4), *before, nn.GRU(4, 6), *after, nn.Linear(6, 10))


def with_head(*head: nn.Module) -> nn.Module:
    return network(embedding=nn.Embedding(10, 4), gru=nn.GRU(4, 6), head=nn.Sequential(*head))


BEFORE: dict[str, Callable[[], nn.Module]] = {
    "ReLU": lambda: around(nn.ReLU()),
    "LayerNorm without weights": lambda: around(nn.LayerNorm(4, elementwise_affine=False)),
    "BatchNorm1d": lambda: around(nn.BatchNorm1d(4, affine=False, track_running_stats=False)),
    "Softmax": lambda: around(nn.Softmax(-1)),
    "in a list of its own": lambda: around(nn.Sequential(nn.Dropout(), nn.Tanh())),
    "the GRU in a list of its own": lambda: nn.Sequential(
        nn.Embedding(10, 4), nn.Hardtanh(), nn.Sequential(nn.Dropout(), nn.GRU(4, 6))
    ),
}


@pytest.mark.parametrize("case", BEFORE)
def test_what_stands_before_the_gru_in_a_list(tmp_path: Path, case: str) -> None:
    file = saved(tmp_path, BEFORE[case]())
    model = file.model()
    assert "before the GRU stands" in model.source.no_text
    assert "it stands before the GRU" in inside(model.source.told)[0]
    with pytest.raises(ModelError, match="no text can be read"):
        file.model(LETTERS)


AFTER: dict[str, Callable[[], nn.Module]] = {
    "ReLU": lambda: around(after=(nn.ReLU(),)),
    "LayerNorm without weights": lambda: around(after=(nn.LayerNorm(6, 1e-5, False),)),
    "ReLU before the output layer": lambda: with_head(nn.ReLU(), nn.Linear(6, 10)),
    "ReLU behind it": lambda: with_head(nn.Linear(6, 10), nn.ReLU()),
}


@pytest.mark.parametrize("case", AFTER)
def test_what_stands_between_gru_and_scores(tmp_path: Path, case: str) -> None:
    model = saved(tmp_path, AFTER[case]()).model(LETTERS)
    assert model.output is not None
    assert any("after the GRU" in words for words in inside(model.source.told)), told(model)


def test_a_part_of_a_users_own_class_may_stand_anywhere(tmp_path: Path) -> None:
    made = network(embedding=nn.Embedding(10, 4), act=nn.ReLU(), norm=nn.RMSNorm(4, None, False),
                   gru=nn.GRU(4, 6), fc=nn.Linear(6, 10))  # fmt: skip
    (words,) = inside(saved(tmp_path, made).model(LETTERS).source.told)
    assert words.startswith("act (ReLU), norm (RMSNorm): not computed here; they may stand any")


PLAIN: dict[str, Callable[[], nn.Module]] = {
    "dropout": lambda: around(nn.Dropout(), nn.Identity(), after=(nn.Dropout1d(),)),
    "a softmax": lambda: network(
        embedding=nn.Embedding(10, 4), gru=nn.GRU(4, 6), fc=nn.Linear(6, 10),
        softmax=nn.LogSoftmax(-1), flatten=nn.Flatten(), criterion=nn.CrossEntropyLoss(),
        parts=nn.ModuleList(),
    ),
    "a head of two layers": lambda: with_head(
        nn.Linear(6, 8), nn.ReLU(), nn.Dropout(), nn.Linear(8, 2)
    ),
    "a head of one": lambda: with_head(nn.Dropout(), nn.Linear(6, 10), nn.Softmax(-1)),
}  # fmt: skip


@pytest.mark.parametrize("case", PLAIN)
def test_no_false_alarm(tmp_path: Path, case: str) -> None:
    model, account = saved(tmp_path, PLAIN[case]()).opened(LETTERS)
    assert grades(model) <= {"note"}, told(model)
    assert account.operations
