"""Several GRUs in one file, and stacks of single ones: found, listed, chosen, refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from grus import assert_close, distance
from telling import told
from torch import nn

from gru_debugger.core.trace import trace
from gru_debugger.errors import ModelError, SeveralGRUsError
from gru_debugger.formats import load_model, open_file
from gru_debugger.source import Choice

LETTERS = "abcdefghij"
TEXT = "".join(LETTERS[(i * i + i // 7) % 10] for i in range(200))


class Part(nn.Module):
    """An encoder, or with `out` a decoder."""

    def __init__(self, seed: int, out: bool = False, width: int = 6) -> None:
        torch.manual_seed(seed)
        super().__init__()
        self.embedding = nn.Embedding(10, width)
        self.gru = nn.GRU(width, 6)
        if out:
            self.out = nn.Linear(6, 10)


def module(**parts: nn.Module) -> nn.Module:
    made = nn.Module()
    for name, part in parts.items():
        made.add_module(name, part)
    return made.requires_grad_(False)


def save(path: Path, content: nn.Module | dict[str, Any]) -> Path:
    torch.save(content.state_dict() if isinstance(content, nn.Module) else content, path)
    return path


def indices() -> torch.Tensor:
    return torch.tensor([LETTERS.index(c) for c in TEXT])


def names(path: Path) -> list[str]:
    return [gru.name for gru in open_file(path).grus() if gru.refusal is None]


# Encoder and decoder -----------------------------------------------------------------------------


@pytest.fixture
def both(tmp_path: Path) -> tuple[nn.Module, Path]:
    net = module(encoder=Part(0), decoder=Part(1, out=True))
    return net, save(tmp_path / "both.pt", net)


@pytest.mark.parametrize("name", ["encoder", "decoder"])
def test_each_with_its_own_neighbours(both: tuple[nn.Module, Path], name: str) -> None:
    net, path = both
    part = net.get_submodule(name)
    model = load_model(path, LETTERS, gru=f"{name}.gru")
    assert model.source.gru == f"{name}.gru"
    h, _ = part.gru(part.embedding(indices()))
    ours = trace(model, TEXT)
    assert_close(ours.column("h"), h, "h")
    assert (model.output is not None) == (name == "decoder")
    if name == "decoder":
        assert_close(ours.column("logits"), part.out(h), "logits")


def test_what_is_listed(both: tuple[nn.Module, Path]) -> None:
    _, path = both
    encoder, decoder = open_file(path).grus()
    assert (encoder.name, decoder.name) == ("encoder.gru", "decoder.gru")
    assert (encoder.layers, encoder.directions) == (1, 1)
    assert (encoder.hidden_size, encoder.input_size, encoder.refusal) == (6, 6, None)
    chosen = [[m.chosen and m.chosen.name for m in gru.matched] for gru in (encoder, decoder)]
    assert chosen == [
        ["encoder.embedding.weight", None],
        ["decoder.embedding.weight", "decoder.out.weight"],
    ]
    with pytest.raises(SeveralGRUsError) as error:
        load_model(path)
    assert str(error.value) == (
        f"{path}: 2 GRUs are inside (encoder.gru, decoder.gru); choose one with --gru NAME."
    )


def test_a_shared_embedding(tmp_path: Path) -> None:
    torch.manual_seed(3)
    net = module(
        embedding=nn.Embedding(10, 6), encoder=nn.GRU(6, 6), decoder=nn.GRU(6, 6),
        fc=nn.Linear(6, 10),
    )  # fmt: skip
    path = save(tmp_path / "shared.pt", net)
    for name in ("encoder", "decoder"):
        model = load_model(path, LETTERS, gru=name)
        h, _ = net.get_submodule(name)(net.embedding(indices()))
        assert_close(trace(model, TEXT).column("h"), h, name)
        assert (model.output is None) == (name == "encoder")
    assert told(load_model(path, gru="encoder")) == (
        "no output layer was found: no predictions are shown (not fc.weight (10 × 6), “decoder” "
        "decodes what this GRU encodes)",
        "decoder.weight_ih_l0 (18 × 6): not computed here; it may stand beside the GRU (of "
        "“decoder”): the states shown do not depend on that",
    )
    assert load_model(path, gru="encoder", output="fc").output is not None


def test_short_names_of_numpy(tmp_path: Path) -> None:
    """The output layer beside both is the decoder's."""
    content = {}
    for prefix, seed in (("enc", 0), ("dec", 1)):
        part = Part(seed).requires_grad_(False)
        content[f"{prefix}_emb"] = part.embedding.weight.numpy()
        for ours, theirs in (("w", "weight"), ("b", "bias")):
            for side in ("ih", "hh"):
                content[f"{prefix}_{ours}_{side}"] = getattr(
                    part.gru, f"{theirs}_{side}_l0"
                ).numpy()
    fc = nn.Linear(6, 10).requires_grad_(False)
    np.savez(tmp_path / "model.npz", **content, fc_w=fc.weight.numpy(), fc_b=fc.bias.numpy())
    assert names(tmp_path / "model.npz") == ["enc", "dec"]
    model = load_model(tmp_path / "model.npz", LETTERS, gru="dec")
    h, _ = part.gru(part.embedding(indices()))
    assert_close(trace(model, TEXT).column("logits"), fc(h), "logits")
    assert load_model(tmp_path / "model.npz", LETTERS, gru="enc").output is None


# Stacks ------------------------------------------------------------------------------------------

Run = Callable[[nn.Module, torch.Tensor], torch.Tensor]


def run_cells(cells: list[nn.Module], x: torch.Tensor) -> torch.Tensor:
    """The top one's states."""
    states = [torch.zeros(1, 6) for _ in cells]
    rows = []
    for row in x:
        below = row[None]
        for k, cell in enumerate(cells):
            below = states[k] = cell(below, states[k])
        rows.append(below[0])
    return torch.stack(rows)


def run_modules(modules: list[nn.Module], x: torch.Tensor) -> torch.Tensor:
    for part in modules:
        x, _ = part(x)
    return x


STACKS: dict[str, tuple[str, Callable[[], nn.Module], Any, tuple[str, ...]]] = {
    "ModuleList of GRUCell": (
        "cells", lambda: module(cells=nn.ModuleList([nn.GRUCell(10, 6), nn.GRUCell(6, 6)])),
        run_cells, ("cells.0", "cells.1"),
    ),
    "cell1, cell2, cell3": (
        "cell", lambda: module(cell1=nn.GRUCell(10, 6), cell2=nn.GRUCell(6, 6),
                               cell3=nn.GRUCell(6, 6)),
        run_cells, ("cell1", "cell2", "cell3"),
    ),
    "gru1, gru2": (
        "gru", lambda: module(gru1=nn.GRU(10, 6), gru2=nn.GRU(6, 6)), run_modules,
        ("gru1", "gru2"),
    ),
    "of two layers and one": (
        "net.rnn", lambda: module(net=module(rnn_1=nn.GRU(10, 6, 2), rnn_2=nn.GRU(6, 6))),
        run_modules, ("net.rnn_1", "net.rnn_2"),
    ),
    "both directions": (
        "gru", lambda: module(gru0=nn.GRU(10, 6, bidirectional=True),
                              gru1=nn.GRU(12, 6, bidirectional=True)),
        run_modules, ("gru0", "gru1"),
    ),
    "a list and nothing else": (
        "0+1", lambda: nn.ModuleList([nn.GRU(10, 6), nn.GRU(6, 6)]), run_modules, ("0", "1"),
    ),
    "in modules of their own": (
        "blocks", lambda: module(blocks=nn.ModuleList([module(gru=nn.GRU(10, 6)),
                                                       module(gru=nn.GRU(6, 6))])),
        run_modules, ("blocks.0.gru", "blocks.1.gru"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", STACKS)
def test_a_stack_is_one_gru(tmp_path: Path, case: str) -> None:
    name, make, run, parts = STACKS[case]
    torch.manual_seed(5)
    net = make().requires_grad_(False)
    path = save(tmp_path / "stack.pt", net)
    model = load_model(path, LETTERS)
    listed = ", ".join(f"“{part}”" for part in parts)
    assert told(model)[0] == (
        f"{listed} were taken as the layers of one GRU, by their numbers and sizes; --gru "
        f"{parts[0]} opens one alone"
    )
    assert model.source.gru == name
    assert told(load_model(path, LETTERS, gru=name))[:1] != told(model)[:1]
    h = run([net.get_submodule(part) for part in parts], torch.eye(10)[indices()])
    ours = trace(model, TEXT)
    top = f"_l{len(model.layers) - 1}"
    ends = ("", "_reverse")[: model.directions]
    states = [ours.column(f"h{top}{end}") for end in ends]
    assert_close(np.concatenate(states, 1), h, case)


def test_a_layer_of_a_stack_alone(tmp_path: Path) -> None:
    net = module(emb=nn.Embedding(10, 6), gru1=nn.GRU(6, 6), gru2=nn.GRU(6, 6), fc=nn.Linear(6, 10))
    path = save(tmp_path / "stack.pt", net)
    file = open_file(path)
    assert [(g.name, g.part_of, g.layers) for g in file.grus()] == [
        ("gru", None, 2), ("gru1", "gru", 1), ("gru2", "gru", 1),
    ]  # fmt: skip
    first = file.model(LETTERS, Choice("gru1"))
    h, _ = net.gru1(net.emb(indices()))
    assert_close(trace(first, TEXT).column("h"), h, "h")
    assert first.output is None
    second = file.model(None, Choice("gru2"))
    assert (second.embedding, second.input) == (None, "features")
    assert second.output is not None
    assert second.source.no_text == "the GRU reads the state of “gru1”, which is not computed here"


NO_STACKS: dict[str, tuple[Callable[[], nn.Module], list[str]]] = {
    "other numbers of units": (
        lambda: module(cells=nn.ModuleList([nn.GRUCell(5, 6), nn.GRUCell(6, 7)])),
        ["cells.0", "cells.1"],
    ),
    "a gap in the numbers": (
        lambda: module(gru1=nn.GRU(5, 6), gru3=nn.GRU(6, 6)), ["gru1", "gru3"],
    ),
    "the same input for both": (
        lambda: module(gru1=nn.GRU(5, 6), gru2=nn.GRU(5, 6)), ["gru1", "gru2"],
    ),
    "by direction": (
        lambda: module(fwd=nn.GRUCell(6, 6), bwd=nn.GRUCell(6, 6)), ["fwd", "bwd"],
    ),
    "an ensemble": (
        lambda: module(models=nn.ModuleList([Part(0, out=True), Part(1, out=True)])),
        ["models.0.gru", "models.1.gru"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", NO_STACKS)
def test_what_is_no_stack(tmp_path: Path, case: str) -> None:
    make, expected = NO_STACKS[case]
    path = save(tmp_path / "several.pt", make())
    assert names(path) == expected
    with pytest.raises(SeveralGRUsError, match=r"2 GRUs are inside \("):
        load_model(path)


def test_the_second_reading_of_a_stack_would_differ(tmp_path: Path) -> None:
    """Layers in the wrong order do not pass."""
    torch.manual_seed(5)
    net = module(gru1=nn.GRU(6, 6), gru2=nn.GRU(6, 6))
    model = load_model(save(tmp_path / "stack.pt", net), "abcdef")
    x = torch.eye(6)[indices() % 6]
    text = "".join("abcdef"[i] for i in (indices() % 6).tolist())
    right, wrong = (run_modules(order, x) for order in ([net.gru1, net.gru2], [net.gru2, net.gru1]))
    ours = trace(model, text).column("h_l1")
    assert distance(ours, right) <= 1e-6 < 1e-3 < distance(ours, wrong)


# What else is inside -----------------------------------------------------------------------------


def test_the_same_twice_is_one(tmp_path: Path) -> None:
    net = module(cells=nn.ModuleList([nn.GRUCell(10, 6), nn.GRUCell(6, 6)]))
    content = {"model": net.state_dict(), "best": net.state_dict()}
    assert load_model(save(tmp_path / "m.pt", content), LETTERS).source.gru == "model.cells"


OTHERS: dict[str, tuple[dict[str, Any], str]] = {
    "an LSTM": (
        nn.LSTM(3, 4).state_dict(),
        "an LSTM (four gates), not a GRU: other.weight_hh_l0 is 16 × 4. This program opens GRUs.",
    ),
    "a plain RNN": (
        nn.RNN(3, 4).state_dict(),
        "a plain RNN (no gates), not a GRU: other.weight_hh_l0 is 4 × 4. This program opens GRUs.",
    ),
    "a GRU without its second layer": (
        {k.replace("_l1", "_l2"): w for k, w in nn.GRU(3, 4, 2).state_dict().items()},
        "other.weight_ih_l1 is missing; save the whole state_dict.",
    ),
    "layers of several sizes": (
        {**nn.GRU(3, 4).state_dict(),
         **{k.replace("_l0", "_l1"): w for k, w in nn.GRU(4, 5).state_dict().items()}},
        "layer 1 reads 4 values and has 5 units, where 4 and 4 are expected; this is not one GRU.",
    ),
    "half a GRU": (
        {"weight_hh_l0": torch.ones(12, 4)},
        "other.weight_ih_l0 is missing; save the whole state_dict.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", OTHERS)
def test_why_one_cannot_be_opened(tmp_path: Path, case: str) -> None:
    state, message = OTHERS[case]
    part = {f"gru.{k}": w for k, w in nn.GRU(10, 6).state_dict().items()}
    path = save(tmp_path / "m.pt", {**part, **{f"other.{k}": w for k, w in state.items()}})
    refusals = {gru.name: gru.refusal for gru in open_file(path).grus()}
    assert refusals == {"gru": None, "other": message}
    with pytest.raises(ModelError) as error:
        load_model(path, gru="other")
    assert str(error.value) == f"{path}: {message}"


def test_too_many_are_not_told_apart(tmp_path: Path) -> None:
    state = nn.GRU(3, 2).state_dict()
    content = {f"gru_{n}x.{k}": w for n in range(300) for k, w in state.items()}
    with pytest.raises(ModelError, match=r"300 recurrent layers are inside, more than the 256 "):
        load_model(save(tmp_path / "many.pt", content))


def test_a_message_names_some(tmp_path: Path) -> None:
    content = {f"gru_{n}x.{k}": w for n in range(20) for k, w in nn.GRU(3, 2).state_dict().items()}
    with pytest.raises(SeveralGRUsError, match=r"20 GRUs are inside \(gru_0x, .*gru_15x, …\);"):
        load_model(save(tmp_path / "many.pt", content))


def test_the_only_gru_in_a_module_needs_its_name_alone(tmp_path: Path) -> None:
    grus = {n: torch.nn.GRU(3, 4).state_dict() for n in ("enc", "dec")}
    state = {f"{n}.gru.{k}": w for n, weights in grus.items() for k, w in weights.items()}
    torch.save(state, tmp_path / "model.pt")
    assert load_model(tmp_path / "model.pt", gru="enc").source.gru == "enc.gru"
    with pytest.raises(ModelError, match=r"no GRU called “en”"):
        load_model(tmp_path / "model.pt", gru="en")
