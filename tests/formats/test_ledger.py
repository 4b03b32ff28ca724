"""The account of a file: what its verdicts, places and grades come to, whatever the format."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import torch
from torch import nn

from gru_debugger.cli import main
from gru_debugger.core.initial_state import InitialState
from gru_debugger.core.trace import Trace
from gru_debugger.formats import ledger, parse
from gru_debugger.formats.ledger import HARMLESS, Operation, Tensor, Where
from gru_debugger.formats.ledger.harmless import Harmless
from gru_debugger.source import Grade, Notice, inside

PLACES: dict[Where, tuple[Grade, Grade]] = {  # with and without predictions
    "before the GRU": ("inside", "inside"),
    "inside the GRU": ("inside", "inside"),
    "initial state": ("inside", "inside"),
    "after the GRU": ("inside", "beside"),
    "beside the GRU": ("beside", "beside"),
    "unknown": ("inside", "inside"),
}


def test_every_place_has_its_grade() -> None:
    assert set(PLACES) == set(get_args(Where))
    for where, expected in PLACES.items():
        entry = Operation("Relu", where=where)
        assert tuple(ledger.graded(entry, shown) for shown in (True, False)) == expected
        assert ledger.graded(replace(entry, grade="note"), True) == "note"


def test_every_harmless_reason_is_in_the_table() -> None:
    assert set(HARMLESS) == set(get_args(Harmless))
    assert all(words and "\n" not in words for words in HARMLESS.values())


def test_nobody_has_to_say_that_something_is_told() -> None:
    assert Operation("Whatever").verdict == Tensor("whatever").verdict == "told"
    assert [n.grade for n in ledger.notices([Operation("Whatever")], False)] == ["inside"]


@pytest.mark.parametrize("verdict", ["computed", *HARMLESS])
def test_of_what_is_computed_or_harmless_nothing_is_told(verdict: ledger.Verdict) -> None:
    assert ledger.notices([Operation("Whatever", verdict=verdict)], True) == []


def test_one_sentence_for_what_is_told_for_one_reason() -> None:
    relus = [Operation("Relu", f"/act_{i}", "before the GRU") for i in range(6)]
    scaled = Operation("Mul", "/scale", "before the GRU", reason="times 0.5")
    head = Tensor("mood.weight", (3, 6), where="beside the GRU")
    bias = replace(head, name="mood.bias", shape=(3,))
    assert ledger.notices([head, scaled, *relus, bias], True) == [
        Notice("inside", "/scale (Mul)", "before the GRU",
               "/scale (Mul): not computed here; it stands before the GRU (times 0.5), so that the "
               "states shown are not the network's own"),
        Notice("inside", "/act_0 (Relu), /act_1 (Relu), /act_2 (Relu), /act_3 (Relu) and 2 more",
               "before the GRU",
               "/act_0 (Relu), /act_1 (Relu), /act_2 (Relu), /act_3 (Relu) and 2 more: not "
               "computed here; they stand before the GRU, so that the states shown are not the "
               "network's own"),
        Notice("beside", "mood.weight (3 × 6)", "beside the GRU",
               "mood.weight (3 × 6): not computed here; it may stand beside the GRU: the states "
               "shown do not depend on that"),
    ]  # fmt: skip


def test_a_stored_tensor_shares_the_verdict_of_what_was_made_of_it(tmp_path: Path) -> None:
    """Flax has a name a gate; the account has the file's own."""
    random = np.random.default_rng(0)
    sizes = {f"{s}{g}": (4, 6) if s == "i" else (6, 6) for s in "ih" for g in "rzn"}
    arrays = {f"cell.{part}.kernel": random.random(size) for part, size in sizes.items()}
    arrays["opt_state.0.mu.cell.ir.kernel"] = random.random((4, 6))
    arrays["norm.scale"] = random.random(6)
    np.savez(tmp_path / "flax.npz", **arrays)
    _, account = parse(tmp_path / "flax.npz").opened()
    verdicts = {tensor.name: tensor.verdict for tensor in account.tensors}
    assert verdicts == {
        **{f"cell.{part}.kernel": "computed" for part in sizes},
        "opt_state.0.mu.cell.ir.kernel": "optimizer", "norm.scale": "told",
    }  # fmt: skip


# What commands and pictures say ------------------------------------------------------------------


@pytest.fixture
def bent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    net = nn.Module()
    net.embedding, net.gru, net.fc = nn.Embedding(10, 4), nn.GRUCell(4, 6), nn.Linear(6, 10)
    net.gru.ln_x, net.gru.ln_h = nn.LayerNorm(18), nn.LayerNorm(18)
    torch.save({"net": net.state_dict(), "chars": "abcdefghij"}, "bent.pt")
    return "bent.pt"


WORDS = (
    "bent.pt: net.gru.ln_x.weight (18), net.gru.ln_h.weight (18): not computed here; they may "
    "stand inside the GRU (in the GRU's own module): the states shown are not the network's own"
)
WRITING = [
    ["trace", "-o", "out.npz", "--text", "abc"],
    ["find", "--where", "step > 0", "--text", "abc"],
    ["export", "--steps", "1", "--pane", "blend", "-o", "pictures", "--text", "abc"],
    ["convert", "-o", "out.safetensors"],
]


@pytest.mark.parametrize("words", WRITING, ids=lambda words: words[0])
def test_every_command_that_writes_numbers_says_so(
    bent: str, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([words[0], bent, *words[1:]]) == 0
    assert capsys.readouterr().err.splitlines()[0] == f"gru-debugger: warning: {WORDS}"


def test_info_says_it_by_its_grade_and_all_entries_by_name(
    bent: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["info", bent, "--all"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert f"inside        {WORDS.removeprefix('bent.pt: ')}" in shown
    entries = [line.split() for line in shown[shown.index("") + 1 :]]
    assert len(entries) == 11
    assert {entry[1]: entry[0] for entry in entries} == {
        "net.embedding.weight": "computed", "net.fc.weight": "computed", "net.fc.bias": "computed",
        **{f"net.gru.{kind}_{x}h": "computed" for kind in ("weight", "bias") for x in "ih"},
        **{f"net.gru.ln_{x}.{kind}": "told" for kind in ("weight", "bias") for x in "xh"},
    }  # fmt: skip
    assert main(["info", bent, "--all", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [notice["grade"] for notice in told["told"]] == ["inside", "note"]
    assert told["warnings"] == [notice["in_words"] for notice in told["told"]]
    assert told["tensors"][0] == {
        "name": "net.embedding.weight", "shape": [10, 4], "dtype": "float32", "where": "unknown",
        "verdict": "computed", "reason": "", "grade": None, "count": 1,
    }  # fmt: skip
    assert told["operations"] == []


def test_an_initial_state_that_is_given_is_not_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    net = nn.Module()
    net.gru, net.h_0 = nn.GRU(3, 6), nn.Parameter(torch.ones(1, 6))
    torch.save(net.state_dict(), "start.pt")
    np.save("rows.npy", np.ones((4, 3)))
    np.save("h0.npy", np.ones((1, 6)))
    words = ["find", "start.pt", "--rows", "rows.npy", "--where", "step > 0"]
    assert main(words) == 0
    assert "it may give the initial state" in capsys.readouterr().err
    assert main([*words, "--initial-state", "h0.npy"]) == 0
    assert capsys.readouterr().err == ""


def test_a_pictures_caption_is_marked(bent: str) -> None:
    from gru_debugger.exports import stamp

    trace = Trace(parse(bent).model(), "abc").finish()
    assert stamp.words(trace, 2).split("  ·  ")[2] == "not the network's own"
    plain = replace(trace.model, source=replace(trace.model.source, told=()))
    assert "own" not in stamp.words(Trace(plain, "abc").finish(), 2)


def test_what_is_missed_is_only_the_initial_state() -> None:
    told = (Notice("inside", "a", "initial state", "one"), Notice("beside", "b", "", "two"),
            Notice("inside", "c", "before the GRU", "three"))  # fmt: skip
    assert inside(told) == ["one", "three"]
    assert inside(told, initial_state=True) == ["three"]
    assert InitialState(np.ones((1, 6), np.float32)).origin == "given"


@pytest.mark.parametrize("name", ["", " "])
def test_what_has_no_name_is_called_so(name: str, tmp_path: Path) -> None:
    """A tensor without a name is no initial state either."""
    state = {f"gru.{key}": tensor for key, tensor in nn.GRU(3, 4).state_dict().items()}
    torch.save({**state, name: torch.ones(2, 2)}, tmp_path / "model.pt")
    model, _ = parse(tmp_path / "model.pt").opened(None)
    assert model.h0 is None
    assert any(n.in_words.startswith("a tensor without a name (2 × 2): not computed here; ")
               for n in model.source.told)  # fmt: skip
    (notice,) = ledger.notices([Operation(name, name, "before the GRU")], False)
    assert notice.in_words.startswith("an operation without a name: not computed here; it stands")
