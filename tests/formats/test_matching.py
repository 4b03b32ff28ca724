"""Embedding and output layer: which are taken and why, what is told, and the user's own choice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from grus import assert_close
from safetensors.torch import save_model
from telling import told
from torch import nn

from gru_debugger.core.model import Model
from gru_debugger.core.trace import trace
from gru_debugger.errors import ModelError
from gru_debugger.formats import load_model
from gru_debugger.source import Match

LETTERS = "abcdefghij"
TEXT = "".join(LETTERS[(i * i + i // 7) % 10] for i in range(200))


def network(**parts: nn.Module) -> nn.Module:
    torch.manual_seed(len(parts))
    module = nn.Module()
    for name, part in parts.items():
        module.add_module(name, part)
    return module.requires_grad_(False)


def save(path: Path, **parts: nn.Module) -> Path:
    torch.save(network(**parts).state_dict(), path / "model.pt")
    return path / "model.pt"


def match(model: Model, role: str) -> Match:
    return next(m for m in model.source.matched if m.role == role)


def chosen(model: Model) -> tuple[str | None, str | None]:
    return tuple(m.chosen.name if m.chosen else None for m in model.source.matched)  # type: ignore[return-value]


def refusal(path: Path, **options: Any) -> str:
    with pytest.raises(ModelError) as error:
        load_model(path, **options)
    assert "\n" not in str(error.value)
    return str(error.value).removeprefix(f"{path}: ")


def emb(width: int = 4) -> nn.Embedding:
    return nn.Embedding(10, width)


def indices() -> torch.Tensor:
    return torch.tensor([LETTERS.index(c) for c in TEXT])


# What is taken -----------------------------------------------------------------------------------


def test_the_reasons(tmp_path: Path) -> None:
    path = save(tmp_path, emb=emb(), gru=nn.GRU(4, 6), fc=nn.Linear(6, 10))
    model = load_model(path)
    assert told(model) == ()
    assert [str(m) for m in model.source.matched] == [
        "emb.weight (10 × 4): its width fits the GRU's input; its name says “emb”",
        "fc.weight (10 × 6): as wide as the GRU's states; its name says “fc”; it has a bias; as "
        "many rows as symbols",
    ]


@pytest.mark.parametrize("width", [4, 6], ids=["narrow", "as wide as the states"])
@pytest.mark.parametrize("bias", [True, False])
def test_nothing_is_told_of_a_plain_model(tmp_path: Path, width: int, bias: bool) -> None:
    parts = {"embed": emb(width), "gru": nn.GRU(width, 6), "out": nn.Linear(6, 10, bias=bias)}
    model = load_model(save(tmp_path, **parts), LETTERS)
    assert chosen(model) == ("embed.weight", "out.weight")
    assert told(model) == ()


def test_padding_is_a_row_like_others(tmp_path: Path) -> None:
    parts = {"emb": nn.Embedding(10, 4, padding_idx=0), "gru": nn.GRU(4, 6)}
    path = save(tmp_path, **parts)
    h, _ = parts["gru"](parts["emb"](indices()))
    assert_close(trace(load_model(path, LETTERS), TEXT).column("h"), h, "h")


@pytest.mark.parametrize("kind", ["pt", "safetensors"])
def test_tied_weights(tmp_path: Path, kind: str) -> None:
    """safetensors' save_model keeps one of the two, and says in the metadata which."""
    net = network(embedding=emb(6), gru=nn.GRU(6, 6), fc=nn.Linear(6, 10))
    net.fc.weight = net.embedding.weight
    path = tmp_path / f"tied.{kind}"
    if kind == "pt":
        torch.save(net.state_dict(), path)
    else:
        save_model(net, str(path))
    model = load_model(path, LETTERS)
    assert told(model) == ()
    scores = net.fc(net.gru(net.embedding(indices()))[0])
    assert_close(trace(model, TEXT).column("logits"), scores, "logits")


def test_classes_are_no_symbols(tmp_path: Path) -> None:
    path = save(tmp_path, emb=emb(), gru=nn.GRU(4, 6), fc=nn.Linear(6, 3))
    model = load_model(path)
    assert model.output is None
    assert told(model) == (
        "no output layer was found: no predictions are shown (not fc.weight (3 × 6), 3 rows, where "
        "there are 10 symbols)",
    )


def test_positions_are_no_symbols(tmp_path: Path) -> None:
    path = save(tmp_path, pos_embedding=nn.Embedding(99, 4), tokens=emb(), gru=nn.GRU(4, 6))
    assert chosen(load_model(path))[0] == "tokens.weight"


def test_a_hidden_layer_is_no_output_layer(tmp_path: Path) -> None:
    parts = {"gru": nn.GRU(10, 6), "fc1": nn.Linear(6, 8), "fc2": nn.Linear(8, 10)}
    model = load_model(save(tmp_path, **parts))
    assert chosen(model) == (None, None)
    assert told(model) == (
        "no output layer was found: no predictions are shown (not fc1.weight (8 × 6), a hidden "
        "layer: fc2.weight reads what it gives)",
        "fc2.weight (10 × 8): not computed here, no predictions are shown",
    )


# What is told ------------------------------------------------------------------------------------


def before(*names: str, why: str = "as long as what it reads") -> str:
    return _may("before", "states", names, why)


def after(*names: str, why: str = "as long as its states") -> str:
    return _may("after", "predictions", names, why)


def _may(place: str, what: str, names: tuple[str, ...], why: str) -> str:
    it = "it" if len(names) == 1 else "they"
    more = f" and {len(names) - 4} more" * (len(names) > 4)
    return (
        f"{', '.join(names[:4])}{more}: not computed here; {it} may stand {place} the GRU ({why}): "
        f"the {what} shown are not the network's own"
    )


BESIDE: dict[str, tuple[dict[str, nn.Module], tuple[str, ...]]] = {
    "a hidden layer as wide as the states": (
        {"emb": emb(), "gru": nn.GRU(4, 6), "fc1": nn.Linear(6, 6), "fc2": nn.Linear(6, 10)},
        (after("fc1.weight (6 × 6)", why="as wide as its states"),),
    ),
    "LayerNorm": (
        {"emb": emb(), "gru": nn.GRU(4, 6), "norm": nn.LayerNorm(6), "fc": nn.Linear(6, 10)},
        (after("norm.weight (6)"),),
    ),
    "BatchNorm before and after": (
        {"emb": emb(), "bn1": nn.BatchNorm1d(4), "gru": nn.GRU(4, 6), "bn2": nn.BatchNorm1d(6),
         "fc": nn.Linear(6, 10)},
        tuple(
            place(f"bn{i}.weight ({size})")
            for i, (place, size) in enumerate([(before, 4), (after, 6)], 1)
        ),
    ),
    "a square matrix before": (
        {"emb": emb(), "proj": nn.Linear(4, 4), "gru": nn.GRU(4, 6), "fc": nn.Linear(6, 10)},
        (before("proj.weight (4 × 4)", why="as many columns as it reads values"),),
    ),
    "a convolution before": (
        {"emb": emb(), "conv": nn.Conv1d(4, 4, 3), "gru": nn.GRU(4, 6), "fc": nn.Linear(6, 10)},
        (before("conv.weight (4 × 4 × 3)",
                why="as many columns as it reads values"),),
    ),
    "a table of positions": (
        {"emb": emb(), "pos": nn.Embedding(99, 4), "gru": nn.GRU(4, 6), "fc": nn.Linear(6, 10)},
        (before("pos.weight (99 × 4)", why="as many columns as it reads values"),),
    ),
    "an initial state that was trained": (
        {"emb": emb(), "gru": nn.GRU(4, 6, 2), "h0": nn.ParameterList([torch.ones(2, 1, 6)]),
         "fc": nn.Linear(6, 10)},
        ("h0.0 (2 × 1 × 6): not computed here; it may give the initial state (by its size and "
         "name): zeros are taken, --initial-state FILE gives another",),
    ),
    "attention": (
        {"embedding": emb(6), "attn": nn.Linear(12, 9), "attn_combine": nn.Linear(12, 6),
         "gru": nn.GRU(6, 6), "out": nn.Linear(6, 10)},
        (after("attn.weight (9 × 12)", "attn_combine.weight (6 × 12)",
               why="attention, by its name"),),
    ),
    "two that fit": (
        {"emb": emb(), "gru": nn.GRU(4, 6), "head": nn.Linear(6, 10), "fc": nn.Linear(6, 10)},
        ("fc.weight (10 × 6) was taken as the output layer, and head.weight (10 × 6) would fit as "
         "well; --output NAME chooses",),
    ),
    "two embeddings": (
        {"char_embed": emb(), "word_embed": emb(), "gru": nn.GRU(4, 6), "fc": nn.Linear(6, 10)},
        ("char_embed.weight (10 × 4) was taken as the embedding, and word_embed.weight (10 × 4) "
         "would fit as well; --embedding NAME chooses",),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BESIDE)
def test_what_the_shapes_cannot_decide_is_told(tmp_path: Path, case: str) -> None:
    parts, warnings = BESIDE[case]
    model = load_model(save(tmp_path, **parts), LETTERS)
    assert None not in chosen(model)
    assert told(model) == warnings


BETWEEN = {
    "a matrix": (
        {"emb": emb(), "proj": nn.Linear(4, 5), "gru": nn.GRU(5, 6), "fc": nn.Linear(6, 10)},
        "between the embedding emb.weight (10 × 4) and the GRU stands proj.weight (5 × 4)",
    ),
    "a context joined to it": (
        {"embedding": emb(), "Wa": nn.Linear(6, 6), "gru": nn.GRU(10, 6), "out": nn.Linear(6, 10)},
        "the GRU reads 10 values, and the embedding embedding.weight (10 × 4) gives only 4 of them",
    ),
}


@pytest.mark.parametrize("case", BETWEEN)
def test_an_embedding_that_is_not_x_is_not_taken(tmp_path: Path, case: str) -> None:
    """No number may be shown that the network never had."""
    parts, words = BETWEEN[case]
    path = save(tmp_path, **parts)
    (tmp_path / "model.vocab.json").write_text('["' + '", "'.join(LETTERS) + '"]')
    model = load_model(path)
    assert model.embedding is None
    assert model.vocabulary is None
    assert model.input == "features"
    assert f"{words}: no text can be read, only rows of numbers" in told(model)
    with pytest.raises(ModelError, match="give rows of numbers instead of a text, --rows FILE"):
        trace(model, "abc")
    assert refusal(path, vocabulary=LETTERS) == (
        f"{words}: no text can be read, only rows of numbers."
    )


# The user's choice -------------------------------------------------------------------------------

HEADS = {"emb": emb(), "gru": nn.GRU(4, 6), "fc": nn.Linear(6, 10), "head": nn.Linear(6, 10)}


@pytest.mark.parametrize("name", ["head", "head.weight", "fc.weight"])
def test_another_output_layer(tmp_path: Path, name: str) -> None:
    net = network(**HEADS)
    torch.save(net.state_dict(), tmp_path / "model.pt")
    model = load_model(tmp_path / "model.pt", LETTERS, output=name)
    other = "fc" if name.startswith("head") else "head"
    assert told(model) == (
        f"{other}.weight (10 × 6): not computed here, as chosen",
    )
    assert match(model, "output").reason == "as chosen"
    h, _ = net.gru(net.emb(indices()))
    scores = net.get_submodule(name.removesuffix(".weight"))(h)
    assert_close(trace(model, TEXT).column("logits"), scores, name)


def test_another_embedding(tmp_path: Path) -> None:
    net = network(char_embed=emb(), word_embed=emb(), gru=nn.GRU(4, 6))
    torch.save(net.state_dict(), tmp_path / "model.pt")
    model = load_model(tmp_path / "model.pt", LETTERS, embedding="word_embed")
    h, _ = net.gru(net.word_embed(indices()))
    assert_close(trace(model, TEXT).column("h"), h, "h")


def test_none(tmp_path: Path) -> None:
    path = save(tmp_path, **HEADS)
    model = load_model(path, "abcd", embedding="none", output="none")
    assert chosen(model) == (None, None)
    assert told(model) == (
        "emb.weight (10 × 4): not computed here, as chosen",
        "fc.weight (10 × 6), head.weight (10 × 6): not computed here, as chosen",
    )
    assert (model.embedding, model.output, model.input) == (None, None, "one-hot")


REFUSED = {
    "no such": (
        {"output": "decoder"},
        "no tensor called “decoder” can be the output layer of “gru”; those that fit: "
        "fc.weight (10 × 6), head.weight (10 × 6).",
    ),
    "not as wide": (
        {"output": "emb"},
        "“emb” is 10 × 4, and can't be the output layer of “gru”; those that fit: fc.weight "
        "(10 × 6), head.weight (10 × 6).",
    ),
    "no matrix": (
        {"embedding": "fc.bias"},
        "“fc.bias” is 10, and can't be the embedding of “gru”; those that fit: emb.weight "
        "(10 × 4).",
    ),
    "the GRU's own": (
        {"embedding": "gru.weight_ih_l0"},
        "no tensor called “gru.weight_ih_l0” can be the embedding of “gru”; those that "
        "fit: emb.weight (10 × 4).",
    ),
    "too few rows": (
        {"output": "fc", "embedding": "none", "vocabulary": "abcd"},
        "“fc” is 10 × 6, and can't be the output layer of “gru”; none fits.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_fit_is_refused(tmp_path: Path, case: str) -> None:
    options, message = REFUSED[case]
    assert refusal(save(tmp_path, **HEADS), **options) == message
