"""The window, its exports and its proof on a GRU that reads the text from its end only."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import samples
from samples import model, text_for

from gru_debugger import parity, parity_check
from gru_debugger.cli import main
from gru_debugger.core.cell import Reset
from gru_debugger.core.model import Model
from gru_debugger.core.trace import Trace, trace
from gru_debugger.exports.jobs import SnapshotJob
from gru_debugger.exports.snapshots import Snapshot
from gru_debugger.formats.arrays import read_initial_state
from gru_debugger.main_window import MainWindow
from gru_debugger.session.view import View

OpenWindow = Callable[..., MainWindow]

STEPS = 30


def backwards(layers: int = 1, reset: Reset = "after") -> Model:
    return replace(model(layers=layers, reset=reset), backwards=True)


def recording(layers: int = 1, reset: Reset = "after") -> Trace:
    m = backwards(layers, reset)
    return trace(m, text_for(m, STEPS))


@pytest.mark.parametrize("layers", [1, 2])
def test_the_selector_names_the_direction(open_window: OpenWindow, layers: int) -> None:
    window = open_window(recording(layers), 7)
    box = window.tool_bar.layer
    assert [box.itemText(i) for i in range(box.count())] == [
        f"layer {k}, reverse" for k in range(layers)
    ]
    assert not box.isHidden()
    assert window.session.direction == "reverse"
    box.setCurrentIndex(layers - 1)
    assert (window.session.layer, window.session.direction) == (layers - 1, "reverse")
    forward = trace(model(), text_for(model(), STEPS))
    window.session.open(forward)
    assert (window.session.direction, box.isHidden()) == ("forward", True)


def test_stepping_shows_each_character_its_state(open_window: OpenWindow) -> None:
    window, ours = open_window(recording(), 0), recording()
    session = window.session
    assert session.initial is None, "it comes after the last character"
    for t in range(1, STEPS + 1):
        session.step_forward()
        assert session.step is not None
        assert np.array_equal(session.step.h, ours.states()[t - 1])
    session.step_backward(STEPS)
    assert session.position == 0


@pytest.mark.parametrize("reset", ["after", "before"])
@pytest.mark.parametrize("layers", [1, 2])
def test_the_proof(layers: int, reset: Reset) -> None:
    ours = recording(layers, reset)
    with tempfile.TemporaryDirectory() as name:
        parity.write_job(Path(name), ours)
        job = parity_check.Job.read(Path(name))
        found = parity_check.check(job)
        assert found.ok
        assert found.against == ("nn.GRU" if reset == "after" else "float64 run")
        states = job.recording["h_l0_reverse"]
        job.recording["h_l0_reverse"] = states.flip(0)
        assert not parity_check.check(job).ok


def test_the_picture_says_so_and_needs_no_direction(
    screen: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ours = recording(2)
    job = SnapshotJob(ours.model, ours, range(4, 6), tmp_path, view=View(layer=1))
    assert Snapshot(job).session.direction == "reverse"
    path = samples.save(ours.model, tmp_path / "m.safetensors")
    words = ["export", str(path), "--text", "abc", "--steps", "1", "-o", str(tmp_path)]
    assert main([*words, "--direction", "forward"]) == 1
    assert capsys.readouterr().err == (
        f"gru-debugger: --direction forward: {path} reads reverse only; leave it out.\n"
    )
    assert main([*words, "--pane", "cell"]) == 0
    assert (tmp_path / "m-step-0001.png").exists()


def test_a_recording_and_its_last_state(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`trace` names its arrays _reverse, and what was read last is the first row."""
    ours = recording(2)
    path = samples.save(ours.model, tmp_path / "m.safetensors")
    out = tmp_path / "run.npz"
    assert main(["trace", str(path), "--text", ours.text, "-o", str(out)]) == 0
    with np.load(out) as arrays:
        # Of other stretches: a sum of products may be rounded otherwise.
        assert np.allclose(arrays["z_l1_reverse"], ours.column("z_l1_reverse"), rtol=0, atol=1e-6)
        assert "h_l0" not in arrays
    state = read_initial_state(str(out), ours.model)
    assert np.array_equal(state.states, ours.final_states())
    assert main(["info", str(path)]) == 0
    assert "2 layers, reverse, 16 units" in capsys.readouterr().out
