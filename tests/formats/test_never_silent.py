"""What a plain file of weights holds besides its GRU is told, and of plain networks nothing is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from bent_networks import INSIDE, Bent
from grus import distance
from safetensors.torch import save_file
from telling import grades, told
from torch import nn

from gru_debugger.core.trace import trace
from gru_debugger.formats import parse
from gru_debugger.source import WEIGHTS_ALONE, Choice, inside

LETTERS = "abcdefghij"
TEXT = "".join(LETTERS[(i * i + i // 7) % 10] for i in range(120))
INDICES = torch.tensor([LETTERS.index(c) for c in TEXT])
TOLERANCE = 1e-3

Save = Callable[[nn.Module, Path], None]
CONTAINERS: dict[str, Save] = {
    "state_dict": lambda net, path: torch.save(net.state_dict(), path),
    "module": lambda net, path: torch.save(net, path),
    "safetensors": lambda net, path: save_file(net.state_dict(), path),
    "npz": lambda net, path: np.savez(path, **{k: a.numpy() for k, a in net.state_dict().items()}),
}


def parted(path: Path, network: Bent, gru: str | None) -> tuple[set[str], float]:
    """The grades told of a file, and how far what is shown lies from the network's own run."""
    file, choice = parse(path), Choice(gru)
    model = file.model(choice=choice)
    if model.input == "features" or model.source.no_text:
        return grades(model), 0.0  # no text is read
    ours = trace(file.model(LETTERS, choice), TEXT)
    with torch.no_grad():
        states, scores = network(INDICES)
    apart = distance(ours.column(f"h_l{len(model.layers) - 1}"), states)
    if model.output is not None:
        assert scores is not None
        apart = max(apart, distance(ours.column("logits"), scores))
    return grades(model), apart


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("case", INSIDE)
def test_what_a_file_shows_as_another_network_is_told(
    tmp_path: Path, case: str, container: str
) -> None:
    make, gru = INSIDE[case]
    torch.manual_seed(4)
    network = make().requires_grad_(False)
    path = tmp_path / "model.npz"  # whatever is in it
    CONTAINERS[container](network, path)
    found, apart = parted(path, network, gru)
    assert apart == 0 or apart > TOLERANCE, "the case is one"
    assert "inside" in found


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
    torch.manual_seed(4)
    path = saved(tmp_path, INSIDE["a GRU above another"][0]().requires_grad_(False))
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


# As tutorials and those who follow them write them.
PLAIN: dict[str, Callable[[], nn.Module]] = {
    "PyTorch's names": lambda: network(rnn=nn.GRU(10, 6), h2o=nn.Linear(6, 18)),
    "a generator of characters": lambda: network(
        encoder=nn.Embedding(10, 6), gru=nn.GRU(6, 6, 2), decoder=nn.Linear(6, 10)
    ),
    "one-hot": lambda: network(rnn=nn.GRU(10, 6, 2, dropout=0.5), fc=nn.Linear(6, 10)),
    "a text classifier": lambda: network(
        embedding=nn.Embedding(10, 4, padding_idx=0), gru=nn.GRU(4, 6, bidirectional=True),
        dropout=nn.Dropout(), fc=nn.Linear(12, 2),
    ),
    "two layers for classes": lambda: network(
        emb=nn.Embedding(10, 4), gru=nn.GRU(4, 6), fc1=nn.Linear(6, 8), fc2=nn.Linear(8, 2)
    ),
    "a time series": lambda: network(gru=nn.GRU(3, 6), linear=nn.Linear(6, 1)),
    "an encoder": lambda: network(embedding=nn.Embedding(10, 6), gru=nn.GRU(6, 6)),
    "a decoder": lambda: network(
        embedding=nn.Embedding(10, 6), gru=nn.GRU(6, 6), out=nn.Linear(6, 10),
        softmax=nn.LogSoftmax(1),
    ),
    "a cell": lambda: network(
        embedding=nn.Embedding(10, 6), cell=nn.GRUCell(6, 6), fc=nn.Linear(6, 10)
    ),
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


REFUSED = {("tied weights", "safetensors"), ("pruned and normed weights", "module")}


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("case", PLAIN)
def test_no_false_alarm(tmp_path: Path, case: str, container: str) -> None:
    made = PLAIN[case]().requires_grad_(False)
    if (case, container) in REFUSED:
        pytest.skip("its library refuses to write it")
    path = tmp_path / "model.npz"
    CONTAINERS[container](made, path)
    model = parse(path).model()
    assert grades(model) <= {"note"}, told(model)
    assert [n.what for n in model.source.told].count(WEIGHTS_ALONE) == 1


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
