"""`gru-debugger info`."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from gru_debugger.cli import main
from gru_debugger.cli.info import parameters
from gru_debugger.formats import load_model


def test_json_has_the_contracts_keys(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", "deep.safetensors", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "path": "deep.safetensors",
        "sha256": hashlib.sha256((folder / "deep.safetensors").read_bytes()).hexdigest(),
        "framework": "safetensors",
        "variant": "reset_after",
        "activations": {"gate": "sigmoid", "candidate": "tanh"},
        "layers": 2,
        "directions": 2,
        "hidden_size": 3,
        "input_size": 6,
        "input": "one-hot",
        "vocabulary": ["a", "b", "c", ",", '"', "\n"],
        "output_layer": True,
        "bias": True,
        "dtype": "float32",
        "warnings": [],
    }


def test_json_without_a_vocabulary(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", "silent.safetensors", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["vocabulary"] is None


def test_the_table(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", "told.safetensors"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[0] == "path          told.safetensors"
    assert shown[2:] == [
        "framework     safetensors",
        "GRU           1 layer, forward, 3 units",
        "variant       reset after · z keeps the old",
        "input         one-hot, 6 symbols",
        'vocabulary    6 symbols: abc,"⏎',
        "output layer  6 symbols",
        "bias          yes",
        "weights       float32",
        "parameters    123",
        "text          9 characters come with the model",
    ]


def test_the_table_says_how_to_give_a_vocabulary(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["info", "silent.safetensors"]) == 0
    assert "none; give its 6 symbols with --vocabulary FILE" in capsys.readouterr().out


def test_parameters_are_pytorchs_count(folder: Path) -> None:
    import torch

    counted = sum(
        parameter.numel()
        for module in (torch.nn.GRU(6, 3, 2, bidirectional=True), torch.nn.Linear(6, 6))
        for parameter in module.parameters()
    )
    assert parameters(load_model("deep.safetensors")) == counted
