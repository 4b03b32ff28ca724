"""`gru-debugger train`: flags to options, and one real training."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from gru_debugger import training
from gru_debugger.cli import main
from gru_debugger.training import TrainingOptions


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    calls: list[tuple[Any, ...]] = []

    def train_file(
        path: Path, out: Path, options: TrainingOptions, progress: Any, force: bool
    ) -> str:
        progress(1, 2, 3.25)
        calls.append((path, out, options))
        return "what came out"

    monkeypatch.setattr(training, "train_file", train_file)
    return calls


def test_the_defaults_are_the_options_own(
    trained: list[tuple[Any, ...]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "some.txt", "-o", "out.safetensors"]) == 0
    assert trained == [(Path("some.txt"), Path("out.safetensors"), TrainingOptions())]
    assert capsys.readouterr() == ("what came out\n", "")


def test_flags_are_read_as_their_types(trained: list[tuple[Any, ...]]) -> None:
    words = [
        "train", "some.txt", "-o", "out.safetensors", "--hidden", "4", "--seed", "9",
        "--epochs", "2", "--learning-rate", "0.01", "--unit-order", "3,0,2,1",
        "--example-text", "ab",
    ]  # fmt: skip
    assert main(words) == 0
    assert trained[0][2] == TrainingOptions(
        hidden=4, seed=9, epochs=2, learning_rate=0.01, unit_order=(3, 0, 2, 1), example_text="ab"
    )


def test_every_option_is_a_flag_with_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["train", "--help"])
    shown = " ".join(capsys.readouterr().out.split())
    for field in fields(TrainingOptions):
        assert f"--{field.name.replace('_', '-')} " in shown
        assert " ".join(str(field.metadata["help"]).split()) in shown


def test_the_text_is_not_overwritten(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("text.safetensors").write_text("a text by a strange name")
    assert main(["train", "text.safetensors", "-o", "./text.safetensors"]) == 1
    assert "this is a file to be read" in capsys.readouterr().err
    assert Path("text.safetensors").read_text() == "a text by a strange name"


def test_a_model_that_the_program_opens(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("rhyme.txt").write_text("round and round the rugged rock\n" * 12)
    words = ["train", "rhyme.txt", "-o", "rhyme.safetensors", "--hidden", "4", "--epochs", "1"]
    assert main(words) == 0
    assert main(["info", "rhyme.safetensors"]) == 0
    assert "1 layer, forward, 4 units" in capsys.readouterr().out
    assert main(["trace", "rhyme.safetensors", "-o", "rhyme.npz"]) == 0
