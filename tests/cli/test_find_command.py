"""`gru-debugger find`: its lines and JSON against the recording, and --set."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import gru_debugger
from gru_debugger.cli import main
from gru_debugger.core.trace import Trace

TEXT = 'abc,"\ncab'


def run(*words: str) -> int:
    return main(["find", "small.safetensors", "--text", TEXT, *words])


def reference() -> Trace:
    return gru_debugger.trace(gru_debugger.load_model("small.safetensors"), TEXT)


def test_a_line_a_hit(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trace = reference()
    shown = ["--show", "h[0:2]", "--show", "next_character", "--show", "z[1] < 0.5"]
    assert run("--where", "z[0] < 0.9 and 0 < r[1] <= 1", *shown) == 0
    header, *lines = capsys.readouterr().out.splitlines()
    assert header == "step\tcharacter\tz[0]\tr[1]\th[0:2]\tnext_character\tz[1] < 0.5"
    steps = [t for t in range(1, 10) if trace.step(t).z[0] < 0.9]
    assert 0 < len(steps) == len(lines)
    for t, line in zip(steps, lines, strict=True):
        number, character, z, r, h, following, small = line.split("\t")
        step = trace.step(t)
        assert (int(number), json.loads(f'"{character}"')) == (t, TEXT[t - 1])
        assert [float(z), float(r)] == pytest.approx([step.z[0], step.r[1]], abs=1e-6)
        assert list(map(float, h.split(" "))) == pytest.approx(step.h[:2], abs=1e-6)
        assert json.loads(f'"{following}"') == TEXT[t : t + 1]
        assert small == ("true" if step.z[1] < 0.5 else "false")


def test_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trace = reference()
    assert run("--where", "step > 7", "--show", "surprise", "--show", "h", "--json") == 0
    hits = json.loads(capsys.readouterr().out)
    assert [hit["step"] for hit in hits] == [8, 9]
    assert [hit["character"] for hit in hits] == list(TEXT[7:])
    assert [list(hit["values"]) for hit in hits] == [["surprise", "h"]] * 2
    assert hits[1]["values"]["surprise"] is None
    p = trace.step(8).probabilities[trace.model.index_of[TEXT[8]]]
    assert hits[0]["values"]["surprise"] == pytest.approx(-np.log2(p), rel=1e-5)
    assert hits[1]["values"]["h"] == trace.step(9).h.astype(float).tolist()


def test_no_hit(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--where", "step > 9") == 0
    said = "gru-debugger: no step of 9 meets “step > 9”.\n"
    assert capsys.readouterr() == ("step\tcharacter\n", said)
    assert run("--where", "step > 9", "--json") == 0
    assert capsys.readouterr() == ("[]\n", "")


def test_the_first_hits(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--where", "step > 2", "--limit", "3") == 0
    assert [line.split("\t")[0] for line in capsys.readouterr().out.splitlines()[1:]] == list("345")


def test_what_if(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edits = ["--set", "z[1] = 1 at 4", "--set", "r = 0"]
    shown = ["--show", "h[1]", "--show", "reference(h[1])"]
    assert run("--where", "step == 4", *edits, *shown) == 0
    step, _, ours, theirs = capsys.readouterr().out.splitlines()[1].split("\t")
    trace = reference()
    assert step == "4"
    edited = trace.what_if("z[1] = 1 at 4", "r = 0")
    assert float(ours) == pytest.approx(float(edited.step(4).h[1]), abs=1e-6)
    assert float(theirs) == pytest.approx(float(trace.step(4).h[1]), abs=1e-6)


def test_beside_a_step(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of the run with its edits."""
    edit = "z[1] = 1 at 4"
    words = ["--where", "abs(h[1] - reference(h[1])) < 0.2", "--show", "reference(step)"]
    assert run(*words, "--set", edit, "--beside", "4") == 0
    lines = [line.split("\t") for line in capsys.readouterr().out.splitlines()[1:]]
    h = reference().what_if(edit).column("h")[:, 1].astype(float)
    near = np.flatnonzero(np.abs(h - h[3]) < 0.2) + 1
    assert [int(line[0]) for line in lines] == near.tolist()
    assert 4 in near
    assert {line[-1] for line in lines} == {"4"}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--where", "step > 1", "--beside", "10"], "no step 10: "),
        (["--where", "z < 0.5"], "write any(z < 0.5), all(z < 0.5) or z[2] < 0.5."),
        (["--where", "z[9] < 0.5"], "there are units 0 to 2."),
        (["--where", "step > 1", "--show", "q"], "no quantity is called “q”"),
        (["--where", "step > 1", "--set", "z = 1 at 99"], "no step 99; this run has steps 1 to 9."),
        (["--where", "step > 1", "--set", "z = x"], "“x” is no finite number"),
    ],
)
def test_refusals(
    words: list[str], says: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*words) == 1
    out, err = capsys.readouterr()
    assert not out
    assert says in err
    assert err.startswith("gru-debugger: ")
    assert err.count("\n") == 1


def test_a_gate_beyond_its_range_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--where", "step > 8", "--set", "z[0] = 1.5 at 3") == 0
    err = capsys.readouterr().err
    assert err == "gru-debugger: “z[0] = 1.5 at 3” is outside 0…1, where z lies by itself.\n"


def test_states_that_an_edit_lets_grow_beyond_all_numbers(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["find", "small.safetensors", "--text", "abc" * 200, "--where", "step > 1"]
    assert main([*words, "--set", "z = 3"]) == 1
    assert "nothing bounds them with the edits; use a shorter text." in capsys.readouterr().err


def test_traces_hold_their_edits(folder: Path) -> None:
    words = ["trace", "small.safetensors", "--text", TEXT, "--set", "z[1]  = 1 at 4"]
    assert main([*words, "-o", "out.npz"]) == 0
    assert main([*words, "-o", "out.json"]) == 0
    expected = reference().what_if("z[1] = 1 at 4")
    with np.load("out.npz") as arrays:
        assert arrays["edits"].tolist() == ["z[1] = 1 at 4"]
        for name in ("z_l0", "h_l0", "keep_l0", "logits"):
            np.testing.assert_allclose(arrays[name], expected.column(name), atol=1e-6)
    assert json.loads(Path("out.json").read_text())["edits"] == ["z[1] = 1 at 4"]
    assert main(["trace", "small.safetensors", "--text", TEXT, "-o", "plain.npz"]) == 0
    with np.load("plain.npz") as arrays:
        assert "edits" not in arrays
