"""`gru-debugger influence`: its arrays against the library's, its names, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import gru_debugger
from gru_debugger.cli import arguments, main
from gru_debugger.core.trace import Trace

TEXT = 'abc,"\ncab'
PATHS = ("direct", "constant_gates", "plain_rnn")
OWN = {"small": ["h_l0"], "deep": ["h_l1", "h_l1_reverse"]}
ALL = {"small": ["h_l0"], "deep": ["h_l0", "h_l0_reverse", "h_l1", "h_l1_reverse"]}


def run(name: str, *words: str) -> int:
    return main(["influence", f"{name}.safetensors", "--text", TEXT, "-o", "out.npz", *words])


def reference(name: str) -> Trace:
    return gru_debugger.trace(gru_debugger.load_model(f"{name}.safetensors"), TEXT)


@pytest.mark.parametrize("name", ["small", "deep"])
@pytest.mark.parametrize("of", [None, "n[1]", 'probability("b")'])
def test_arrays(name: str, of: str | None, folder: Path) -> None:
    assert run(name, "--step", "7", *(["--of", of] if of else [])) == 0
    wanted = reference(name).influence(7, of)
    rows = 7 if name == "small" else len(TEXT)
    own = ["h_l0"] if of == "n[1]" else OWN[name]
    states = [*ALL[name], *(f"{path}_{one}" for one in own for path in PATHS)]
    with np.load("out.npz", allow_pickle=False) as arrays:
        assert list(arrays) == ["of", "step", "characters", *states, "x", "attribution"]
        assert str(arrays["of"]) == str(wanted.value)
        assert int(arrays["step"]) == 7
        assert arrays["characters"].tolist() == list(TEXT[:rows])
        for array in states:
            assert arrays[array].dtype == np.float32
            assert arrays[array].shape == (rows + 1, wanted.trace.model.hidden_size), array
            np.testing.assert_array_equal(arrays[array], wanted[array], array)
        for array in ("x", "attribution"):
            assert arrays[array].dtype == np.float32
            assert len(arrays[array]) == rows
            np.testing.assert_array_equal(arrays[array], wanted[array], array)


def test_edits_are_named_and_hand_nothing_back(folder: Path) -> None:
    assert run("small", "--step", "7", "--set", "h = 0 at 4") == 0
    with np.load("out.npz", allow_pickle=False) as arrays:
        assert arrays["edits"].tolist() == ["h = 0 at 4"]
        assert not arrays["h_l0"][:4].any()
        assert arrays["h_l0"][4:].any()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--step", "10"], "--step 10: the text has steps 1 to 9; choose one of these."),
        (["--step", "3", "--of", "h"], "“h”: these are several values; name one, h["),
        (["--step", "3", "--of", "swoosh[1]"], "no quantity is called “swoosh”"),
        (["--step", "3", "--of", 'probability("q")'], "the model's vocabulary has no such symbol."),
    ],
)
def test_what_can_not_be_used(
    words: list[str], said: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("small", *words) == 1
    told = capsys.readouterr()
    assert said in told.err
    assert told.err.count("\n") == 1
    assert told.out == ""
    assert not Path("out.npz").exists()


def test_a_large_file_is_told_beforehand(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("small", "--step", "9") == 0
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(arguments, "LARGE", 100)
    assert run("small", "--step", "9", "--force") == 0
    assert capsys.readouterr().err == "gru-debugger: out.npz: about 0 MB will be written\n"


def test_wrong_usage_and_a_file_that_is_there(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        run("small")
    assert ended.value.code == 2
    Path("out.npz").write_text("mine")
    assert run("small", "--step", "3") == 1
    assert "out.npz" in capsys.readouterr().err
    assert Path("out.npz").read_text() == "mine"
    assert run("small", "--step", "3", "--force") == 0
