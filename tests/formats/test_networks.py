"""Networks × containers: what a file shows is the network's own, or told, or refused; never else.

Each network is made by torch, saved in all containers that it can be saved in, and judged by its
own run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from containers import CONTAINERS, WEIGHTS, Unsaved, saved
from judged import CLOSE, Run, Verdict, judged
from networks import LETTERS, PLACES, Network, says_nothing
from networks_before import BEFORE
from networks_behind import BEHIND
from networks_inside import INSIDE
from networks_plain import PLAIN
from own_run import own_run, plain_apart
from torch import nn

from gru_debugger.cli import main

NETWORKS = BEFORE | INSIDE | BEHIND
# A second each: torch takes all operators apart, the GRU too.
DECOMPOSED = ("embedding, GRU, output layer", "three layers", "a loop of cells",
              "a loop from a stored state", "scaled", "decay in a loop", "LayerNorm after",
              "without biases", "bidirectional", "bidirectional, steps first",
              "bidirectional, without biases", "a tagger, both ways",
              "the last state of both ways", "the last of both directions",
              "the forward direction alone", "both directions exchanged",
              "a GRU above a bidirectional one")  # fmt: skip
# What is told though it is computed just so, or seems to be.
FALSE_ALARMS: dict[str, tuple[str, ...]] = {
    "saved while it trained": ("trace", "export"),  # which drops then; its weights don't
}

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # torch's own of TorchScript


def verdicts(
    case: str, network: Network, net: nn.Module, run: Run, path: Path
) -> Iterator[tuple[str, str, Verdict]]:
    """Of each container, of each GRU that is listed in it."""
    given = network.given(PLACES)
    for container in CONTAINERS:
        if container in network.not_so or (container == "decomposed" and case not in DECOMPOSED):
            continue
        if container != "decomposed":  # which takes apart what was exported
            made = network.made(case)
        try:
            saved(container, made, given, path)
        except Unsaved:
            assert case in NETWORKS, f"{container}: a plain network, and its library refuses it"
            continue
        for name, verdict in judged(path, run).items():
            yield container, name, verdict


@pytest.mark.parametrize("case", NETWORKS)
def test_exact_or_told_or_refused(tmp_path: Path, case: str) -> None:
    network = NETWORKS[case]
    net = network.made(case)
    run = own_run(net, network, network.given(PLACES))
    plain = None if network.random else plain_apart(net, run)
    faults = []
    for container, name, verdict in verdicts(case, network, net, run, tmp_path / "model.pt2"):
        weights = container in WEIGHTS
        mute = weights and says_nothing(net, classes=container == "module")
        spared = (weights and not mute) or container in FALSE_ALARMS.get(case, ())
        known = None if spared else plain
        if fault := wrong(verdict, known, mute):
            faults.append(f"{container}, {name}: {fault}: {verdict.words}")
    assert not faults, "\n".join(faults)


def wrong(verdict: Verdict, plain: tuple[float, float] | None, mute: bool) -> str:
    """Why a verdict is none of those that may be, or “”.

    `plain`: how far the plain network lies from this one, as far as the file can say so; `mute`:
    the file can't say that it is another.
    """
    if verdict.silent and not (mute and verdict.standing):
        return f"shown as another, {verdict.apart:.2g} apart, and nobody says so"
    if verdict.outcome == "exact" and not (verdict.scored or verdict.words):
        return "no predictions are shown, and nobody says so"
    if verdict.outcome == "inside" and plain and plain[verdict.scored] <= CLOSE:
        return "told, though what is shown is exact"
    return ""


@pytest.mark.parametrize("case", PLAIN)
def test_plain_networks_are_exact_and_raise_no_alarm(tmp_path: Path, case: str) -> None:
    network = PLAIN[case]
    net = network.made(case)
    run = own_run(net, network, network.given(PLACES))
    faults = [
        f"{container}, {name}: {verdict.outcome}, {verdict.apart:.2g} apart: {verdict.words}"
        for container, name, verdict in verdicts(case, network, net, run, tmp_path / "model.pt2")
        if verdict.outcome != "exact" or verdict.silent or verdict.grades - {"note"}
        or verdict.standing != (container in WEIGHTS)
    ]  # fmt: skip
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("container", CONTAINERS)
def test_of_a_plain_network_commands_print_no_warning(
    tmp_path: Path, container: str, capsys: pytest.CaptureFixture[str]
) -> None:
    network = PLAIN["embedding, GRU, output layer"]
    path = tmp_path / "model.pt2"
    saved(container, network.made("plain"), network.given(PLACES), path)
    (tmp_path / "model.pt2.vocab.json").write_text(json.dumps(list(LETTERS)))
    assert main(["trace", str(path), "--text", LETTERS, "-o", str(tmp_path / "out.npz")]) == 0
    assert capsys.readouterr().err == ""
