"""A bidirectional GRU of two layers written out as two loops of cells a layer, right and wrong.

`torch.export` saves it in single operators; what is shown is judged by torch's own run.
"""

from __future__ import annotations

import functools
from pathlib import Path

import pytest
import torch
from containers import Given, saved
from judged import Run, Verdict, judged
from networks import LETTERS, PLACES, SYMBOLS, UNITS, WIDTH, Network
from networks_before import gru, linear
from torch import nn

from gru_debugger.formats.contents import LAST_OF_BOTH

LAYER = """
f = torch.zeros(1, 7)
b = torch.zeros(1, 7)
ahead: List[Tensor] = []
back: List[Tensor] = []
for t in range(x.size(1)):
    f = torch.gru_cell(x[:, t], f, {0})
    ahead.append(f)
    b = torch.gru_cell(x.flip(1)[:, t], b, {1})
    back.append(b)
fs = torch.stack(ahead, 1)
bs = torch.stack(back, 1).flip(1)
x = torch.cat([fs, bs], -1)
"""
BELOW = "x = x.clone()"
F, B, BACK, BOTH = "x[:, t], f", "x.flip(1)[:, t], b", "torch.stack(back, 1).flip(1)", "[fs, bs]"

Changes = tuple[str, ...]  # in the upper layer and below it: what, and by what it is replaced

RIGHT: dict[str, Changes] = {
    "as torch has it": (),
    "read by descending indices": (B, "x[:, x.size(1) - 1 - t], b"),
    "put back by indices": (BACK, "torch.stack(back, 1)[:, torch.arange(4, -1, -1)]"),
    "begun with ones": ("b = torch.zeros", "b = torch.ones"),
}
# The states are the network's own, but no predictions are shown.
BEHIND: dict[str, Changes] = {
    "not put back": (BACK, "torch.stack(back, 1)"),
    "halves exchanged": (BOTH, "[bs, fs]"),
    "units mixed": (BOTH, "[fs[:, :, :3], bs, fs[:, :, 3:]]"),
    "a half scaled": (BOTH, "[fs, bs * 0.5]"),
    "a half a step later": (BOTH, "[fs, bs.roll(1, 1)]"),
}
INSIDE: dict[str, Changes] = {
    "read forwards": (B, "x[:, t], b"),
    "read a step later": (B, "x.flip(1).roll(1, 1)[:, t], b"),
    "read scaled": (B, "x.flip(1)[:, t] * 0.5, b"),
    "a step read twice": (B, "x.flip(1)[:, max(t, 1)], b"),
    "both read from the end": (F, "x.flip(1)[:, t], f"),
    "directions exchanged": (B, "x[:, t], b", F, "x.flip(1)[:, t], f"),
    "the forward state scaled": ("ahead.append(f)", "f = f * 0.9\n    ahead.append(f)"),
    "the reverse state scaled": ("back.append(b)", "b = b * 0.9\n    back.append(b)"),
    "the reverse state begun anew": ("back.append(b)", "back.append(b)\n    b = torch.zeros(1, 7)"),
    "the other's state": (B, "x.flip(1)[:, t], f"),
    "begun with what is read": ("b = torch.zeros(1, 7)", "b = x[:, 0, :7]"),
    "halves exchanged below": (BELOW, "x = torch.cat([bs, fs], -1)"),
    "not put back below": (BELOW, "x = torch.cat([fs, bs.flip(1)], -1)"),
    "scaled below": (BELOW, "x = x * 0.5"),
    "one direction below": (BELOW, "x = torch.cat([fs, fs], -1)"),
    "turned below": (BELOW, "x = x.flip(1)"),
}  # fmt: skip


def _layer(number: int) -> str:
    kinds = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    return LAYER.strip().format(*(
        ", ".join(f"self.gru.{kind}_l{number}{way}" for kind in kinds) for way in ("", "_reverse")
    ))  # fmt: skip


def _network(changes: Changes) -> Network:
    upper = f"{BELOW}\n{_layer(1)}\nh = x"
    for old, new in zip(changes[::2], changes[1::2], strict=True):
        assert old in upper
        upper = upper.replace(old, new)
    return Network(gru=f"{_layer(0)}\n{upper}", gives="y, fs, bs", parts={
        "gru": lambda: nn.GRU(WIDTH, UNITS, 2, bidirectional=True),
        "fc": linear(2 * UNITS, SYMBOLS)})  # fmt: skip


@functools.lru_cache(1)  # exported once for two containers
def _made(changes: Changes, name: str) -> tuple[nn.Module, Given]:
    network = _network(changes)
    return network.made(name), network.given(PLACES)


def _verdict(changes: Changes, name: str, container: str, folder: Path) -> Verdict:
    return _of(*_made(changes, name), container, folder)


def _of(net: nn.Module, given: Given, container: str, folder: Path) -> Verdict:
    """Of a network that gives its scores and the states of both directions."""
    scores, *both = (out[0].numpy() for out in net(*given))
    matrices = [getattr(net.gru, f"weight_hh_l1{way}").numpy() for way in ("", "_reverse")]
    text = "".join(LETTERS[k] for k in PLACES)
    saved(container, net, given, folder / "model.pt2")
    run = Run(LETTERS, text, list(zip(matrices, both, strict=True)), scores)
    (verdict,) = judged(folder / "model.pt2", run).values()
    assert not verdict.silent, verdict
    return verdict


containers = pytest.mark.parametrize("container", ["decomposed", "export", "trace"])


@containers
@pytest.mark.parametrize("name", RIGHT)
def test_what_a_bidirectional_gru_computes_is_exact(
    name: str, container: str, tmp_path: Path
) -> None:
    verdict = _verdict(RIGHT[name], name, container, tmp_path)
    assert (verdict.outcome, verdict.scored, verdict.grades) == ("exact", True, frozenset())


@pytest.mark.parametrize(("x", "outcome"), [("", "exact"), ("x = x * 0.5", "inside")])
def test_several_texts_at_once(x: str, outcome: str, tmp_path: Path) -> None:
    """torch then multiplies step by step, each by a copy of the matrix."""
    network = Network(
        x=x, gives="y, h[:, :, :7], h[:, :, 7:]",
        given=lambda i: (torch.stack([i, i.flip(0)]),),
        parts={"gru": gru(num_layers=2, bidirectional=True), "fc": linear(2 * UNITS, SYMBOLS)},
    )  # fmt: skip
    verdict = _of(network.made("several texts"), network.given(PLACES), "decomposed", tmp_path)
    assert (verdict.outcome, verdict.scored) == (outcome, True)


@pytest.mark.parametrize("name", BEHIND)
def test_behind_it_predictions_are_not_shown(name: str, tmp_path: Path) -> None:
    verdict = _verdict(BEHIND[name], name, "decomposed", tmp_path)
    assert (verdict.outcome, verdict.scored) == ("exact", False)
    assert verdict.words


@containers
def test_the_last_states_of_both_are_known(container: str, tmp_path: Path) -> None:
    changes = (BOTH, "[fs[:, -1], bs[:, 0]]")
    verdict = _verdict(changes, "the last of both", container, tmp_path)
    assert (verdict.outcome, verdict.grades) == ("exact", {"note"})
    assert LAST_OF_BOTH.in_words in verdict.words


# Taking an export apart takes torch some eight seconds; of loops written out little is left to be
# taken apart, so a few stand for all.
_APART = "read scaled", "directions exchanged", "the reverse state scaled", "not put back below"


@pytest.mark.parametrize(
    ("name", "container"),
    [
        (name, container)
        for name in INSIDE
        for container in ("export", "trace", "decomposed")
        if container != "decomposed" or name in _APART
    ],
)
def test_what_is_another_network_is_told(name: str, container: str, tmp_path: Path) -> None:
    assert _verdict(INSIDE[name], name, container, tmp_path).outcome == "inside"
