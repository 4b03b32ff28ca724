"""What a file of weights says of its parts by names, classes and sizes, and what it can't say.

All ways to put something around a GRU, in all containers, are in test_networks.py.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from containers import WEIGHTS, Unsaved
from containers import saved as saves
from safetensors.torch import save_file
from telling import grades, told
from torch import nn

from gru_debugger.formats import parse
from gru_debugger.source import WEIGHTS_ALONE, Choice, inside

LETTERS = "abcdefghij"
INDICES = torch.arange(10)


def saved(path: Path, made: nn.Module, whole: bool = False) -> Path:
    torch.save(made if whole else made.state_dict(), path / "model.pt")
    return path / "model.pt"


def test_a_table_that_may_be_either_is_asked_for(tmp_path: Path) -> None:
    """As wide as the GRU's input and states, without a bias or a word in its name."""
    path = saved(tmp_path, network(table=nn.Embedding(10, 6), gru=nn.GRU(6, 6)))
    model = parse(path).model()
    words = (
        "table.weight (10 × 6) would fit as the embedding and as the output layer, and the file "
        "does not say which; --embedding NAME or --output NAME chooses"
    )
    assert (model.embedding, model.output, model.source.no_text) == (None, None, words)
    assert f"{words}: no text can be read, only rows of numbers" in inside(model.source.told)
    table = parse(path).model(LETTERS, Choice(embedding="table"))
    assert (table.input, table.output, inside(table.source.told)) == ("embedding", None, [])
    scores = parse(path).model(choice=Choice(output="table"))
    assert (scores.input, inside(scores.source.told)) == ("features", [])
    assert scores.output is not None


def test_a_vocabulary_decides_what_a_table_is(tmp_path: Path) -> None:
    """Of ten symbols and six inputs: not one-hot, so it is the embedding."""
    path = saved(tmp_path, network(table=nn.Embedding(10, 6), gru=nn.GRU(6, 6)))
    model = parse(path).model(LETTERS)
    assert (model.input, inside(model.source.told)) == ("embedding", [])


@pytest.mark.parametrize("name", ["table", "fc", "encoder"])
def test_a_whole_modules_classes_decide(tmp_path: Path, name: str) -> None:
    """Whatever they are called."""
    made = network(**{name: nn.Embedding(10, 6)}, gru=nn.GRU(6, 6), x=nn.Linear(6, 10, bias=False))
    model = parse(saved(tmp_path, made, whole=True)).model()
    assert [m.chosen and m.chosen.name for m in model.source.matched] == [
        f"{name}.weight", "x.weight"
    ]  # fmt: skip
    assert grades(model) == set()


def test_a_norm_is_no_output_layer_by_its_class(tmp_path: Path) -> None:
    made = network(gru=nn.GRU(3, 6), out=nn.LayerNorm((10, 6), bias=True))
    model = parse(saved(tmp_path, made, whole=True)).model()
    assert model.output is None
    assert "not out.weight (10 × 6), it is a LayerNorm by its class" in told(model)[0]


def test_widths_alone_join_no_embedding_to_a_second_gru(tmp_path: Path) -> None:
    made = network(embedding=nn.Embedding(10, 12), gru=nn.GRU(12, 6, bidirectional=True),
                   upper=nn.GRU(12, 5), fc=nn.Linear(5, 10))  # fmt: skip
    path = saved(tmp_path, made)
    model = parse(path).model(choice=Choice("upper"))
    assert model.source.no_text == (
        "this GRU may read the states of “gru”, which has as many, and not embedding.weight "
        "(10 × 12); --embedding NAME if it does"
    )
    assert parse(path).model(LETTERS, Choice("upper", "embedding")).input == "embedding"
    lower = parse(path).model(LETTERS, Choice("gru"))
    assert (lower.input, lower.output) == ("embedding", None)


def test_other_heads_stand_beside(tmp_path: Path) -> None:
    made = network(
        embedding=nn.Embedding(10, 4), gru=nn.GRU(4, 6), fc=nn.Linear(6, 10),
        mood=nn.Linear(6, 3), length=nn.Linear(6, 1),
    )  # fmt: skip
    model = parse(saved(tmp_path, made)).model()
    assert grades(model) == {"beside"}
    assert told(model) == (
        "mood.weight (3 × 6), length.weight (1 × 6): not computed here; they may stand beside the "
        "GRU (as another output layer, whose scores are not shown): the states shown do not depend "
        "on that",
    )


def test_a_layer_inside_attention_is_no_output_layer(tmp_path: Path) -> None:
    """Of a model that reads rows: no symbols say how many scores there are."""
    made = network(gru=nn.GRU(3, 6), w=nn.Linear(6, 6), v=nn.Linear(6, 1, bias=False),
                   last=nn.Linear(12, 4))  # fmt: skip
    model = parse(saved(tmp_path, made)).model()
    assert model.output is None


def test_what_no_weight_can_be_is_accounted_for(tmp_path: Path) -> None:
    tensors = dict(network(gru=nn.GRU(10, 6), fc=nn.Linear(6, 10)).state_dict())
    tensors["gru.scale"] = torch.ones(6).to(torch.float8_e4m3fn)
    save_file(tensors, tmp_path / "model.safetensors")
    model, account = parse(tmp_path / "model.safetensors").opened()
    assert {t.name: t.verdict for t in account.tensors}["gru.scale"] == "told"
    assert grades(model) == {"inside"}


# Plain networks ----------------------------------------------------------------------------------


def network(**parts: nn.Module) -> nn.Module:
    made = nn.Module()
    for name, part in parts.items():
        made.add_module(name, part)
    return made.requires_grad_(False)


def tied() -> nn.Module:
    made = network(encoder=nn.Embedding(10, 6), rnn=nn.GRU(6, 6), decoder=nn.Linear(6, 10))
    made.decoder.weight = made.encoder.weight
    return made


def pruned() -> nn.Module:
    from torch.nn.utils import parametrizations, prune

    made = network(emb=nn.Embedding(10, 4), gru=nn.GRU(4, 6), fc=nn.Linear(6, 10))
    parametrizations.weight_norm(made.fc)
    prune.l1_unstructured(made.emb, "weight", 3)
    return made


def counting() -> nn.Module:
    """With what a training loop keeps in a module."""
    made = network(embedding=nn.Embedding(10, 4), gru=nn.GRU(4, 6), fc=nn.Linear(6, 10))
    made.criterion = nn.CrossEntropyLoss(weight=torch.ones(10))
    made.register_buffer("epoch", torch.tensor(3))
    return made


# What no tutorial's network in the table is.
PLAIN: dict[str, Callable[[], nn.Module]] = {
    "cells": lambda: network(
        emb=nn.Embedding(10, 6), cells=nn.ModuleList([nn.GRUCell(6, 6), nn.GRUCell(6, 6)]),
        out=nn.Linear(6, 10),
    ),
    "a GRU alone": lambda: nn.GRU(10, 6),
    "a list of modules": lambda: nn.Sequential(nn.Embedding(10, 4), nn.GRU(4, 6), nn.Linear(6, 10)),
    "a list of modules, all as wide": lambda: nn.Sequential(
        nn.Embedding(10, 6), nn.GRU(6, 6), nn.Linear(6, 10, bias=False)
    ),
    "tied weights": tied,
    "pruned and normed weights": pruned,
    "a criterion and a counter": counting,
    "wrapped": lambda: nn.DataParallel(
        network(embedding=nn.Embedding(10, 4), gru=nn.GRU(4, 6), fc=nn.Linear(6, 10))
    ),
}  # fmt: skip


@pytest.mark.parametrize("container", WEIGHTS)
@pytest.mark.parametrize("case", PLAIN)
def test_no_false_alarm(tmp_path: Path, case: str, container: str) -> None:
    path = tmp_path / "model.pt"
    try:
        saves(container, PLAIN[case]().requires_grad_(False), (), path)
    except Unsaved:
        assert (case, container) in REFUSED
        return
    model = parse(path).model()
    assert grades(model) <= {"note"}, told(model)
    assert [n.what for n in model.source.told].count(WEIGHTS_ALONE) == 1


REFUSED = {("tied weights", "safetensors"), ("pruned and normed weights", "module")}


def test_a_training_loops_checkpoint(tmp_path: Path) -> None:
    made = counting().requires_grad_(True)
    optimizer = torch.optim.Adam(made.parameters())
    made.fc(made.gru(made.embedding(INDICES))[0]).sum().backward()
    optimizer.step()
    torch.save({"epoch": 3, "model": made.state_dict(), "optimizer": optimizer.state_dict(),
                "losses": [torch.tensor(1.0)]}, tmp_path / "model.pt")  # fmt: skip
    model, account = parse(tmp_path / "model.pt").opened()
    assert grades(model) == set()
    verdicts = {tensor.name: (tensor.verdict, tensor.count) for tensor in account.tensors}
    assert verdicts["optimizer"] == ("optimizer", 3 * len(optimizer.state))
    assert verdicts["losses"] == ("bookkeeping", 1)
    assert verdicts["model.criterion.weight"] == ("training", 1)
    assert verdicts["model.epoch"] == ("bookkeeping", 1)
    assert verdicts["model.gru.weight_hh_l0"] == ("computed", 1)


def test_a_module_beside_its_state_dict_is_a_copy(tmp_path: Path) -> None:
    made = network(embedding=nn.Embedding(10, 4), gru=nn.GRU(4, 6), fc=nn.Linear(6, 10))
    torch.save({"model": made, "state_dict": made.state_dict()}, tmp_path / "model.pt")
    model, account = parse(tmp_path / "model.pt").opened()
    assert grades(model) == set()
    verdicts = [tensor.verdict for tensor in account.tensors]
    assert {verdict: verdicts.count(verdict) for verdict in verdicts} == {"computed": 7, "copy": 7}
