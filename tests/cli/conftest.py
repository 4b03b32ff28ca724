"""Small model files, and the command line run as a user would."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

SYMBOLS = ["a", "b", "c", ",", '"', "\n"]
TEXT = 'abc,"\ncab'


def write_model(
    path: Path, hidden: int = 3, layers: int = 1, directions: int = 1, gates: int = 3,
    **metadata: str,
) -> None:  # fmt: skip
    """Random weights under PyTorch's names, on one-hot SYMBOLS."""
    random = np.random.default_rng(7)
    tensors = {}
    for layer in range(layers):
        for end in (f"_l{layer}", f"_l{layer}_reverse")[:directions]:
            width = hidden * directions if layer else len(SYMBOLS)
            for kind, shape in {
                "weight_ih": (gates * hidden, width),
                "weight_hh": (gates * hidden, hidden),
                "bias_ih": (gates * hidden,),
                "bias_hh": (gates * hidden,),
            }.items():
                tensors[f"gru.{kind}{end}"] = random.standard_normal(shape, np.float32)
    tensors["fc.weight"] = random.standard_normal((len(SYMBOLS), hidden * directions), np.float32)
    tensors["fc.bias"] = random.standard_normal(len(SYMBOLS), np.float32)
    save_file(tensors, path, metadata)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: models small, deep, silent (no vocabulary), told (with a text), lstm."""
    vocabulary = json.dumps(SYMBOLS)
    write_model(tmp_path / "small.safetensors", vocabulary=vocabulary)
    write_model(tmp_path / "deep.safetensors", layers=2, directions=2, vocabulary=vocabulary)
    write_model(tmp_path / "silent.safetensors")
    write_model(tmp_path / "told.safetensors", vocabulary=vocabulary, text=TEXT, step="2", unit="1")
    write_model(tmp_path / "lstm.safetensors", gates=4, vocabulary=vocabulary)
    (tmp_path / "text.txt").write_text(TEXT, encoding="utf-8", newline="")
    (tmp_path / "empty.pt").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def program() -> Run:
    """The program in a process of its own; keywords as `subprocess.run` has them."""

    def run(*words: str, **keywords: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "gru_debugger", *words]
        options = {"capture_output": True, "text": True, "timeout": 60, **keywords}
        return subprocess.run(command, **options)  # type: ignore[call-overload, no-any-return]

    return run
