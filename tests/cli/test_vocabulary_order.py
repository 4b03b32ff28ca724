"""A vocabulary in another order is told: by `info` in bits, by `trace` in one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gru_debugger import cli
from gru_debugger.core.trace import trace
from gru_debugger.formats import load_model
from gru_debugger.questions.surprise import mean_surprise


@pytest.fixture
def backwards(tmp_path: Path) -> Path:
    """The bundled model's vocabulary, from its end."""
    path = tmp_path / "backwards.json"
    symbols = load_model("bundled:sixteen").require_vocabulary()
    path.write_text(json.dumps(symbols[::-1]))
    return path


@pytest.mark.parametrize("right", [True, False])
def test_info_tells_the_bits(
    right: bool, backwards: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [] if right else ["--vocabulary", str(backwards)]
    assert cli.main(["info", "bundled:sixteen", *given]) == 0
    model = load_model("bundled:sixteen", vocabulary=None if right else backwards)
    assert model.example is not None
    found = mean_surprise(trace(model, model.example.text))
    assert found is not None
    assert found.worse_than_guessing is not right
    line = f"surprise      {found.bits:.2f} of 4.64 bits per character on the text that comes along"
    line += "" if right else ", worse than guessing"
    assert line in capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("right", [True, False])
def test_trace_asks(
    right: bool, backwards: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [] if right else ["--vocabulary", str(backwards)]
    out = str(tmp_path / "out.npz")
    assert cli.main(["trace", "bundled:sixteen", *given, "-o", out]) == 0
    said = capsys.readouterr().err
    if right:
        assert said == ""
        return
    assert said.startswith(
        "gru-debugger: “sixteen.safetensors” finds this text less likely than chance ("
    )
    assert said.endswith(
        "bits per character, guessing costs 4.64): is the vocabulary in the right order?\n"
    )
    assert said.count("\n") == 1


def test_of_an_edited_run_nothing_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model, out = load_model("bundled:sixteen"), str(tmp_path / "out.npz")
    assert model.example is not None
    found = mean_surprise(trace(model, model.example.text).what_if("h = 1"))
    assert found is not None
    assert found.telling
    assert cli.main(["trace", "bundled:sixteen", "--set", "h = 1", "-o", out]) == 0
    assert capsys.readouterr() == ("", "")
