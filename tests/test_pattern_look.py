"""The process that looks for a regular expression ends by itself, whatever the expression."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import numpy as np
import pytest
from waiting import PATIENCE

from gru_debugger import children, pattern_look


def look(folder: Path, text: str, pattern: str) -> tuple[int, str]:
    """Its status, and what it says on standard error."""
    command = pattern_look.command(folder, text, pattern)
    with children.start(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as child:
        status = child.wait(PATIENCE)
        assert child.stderr is not None
        return status, child.stderr.read().decode()


def test_hits_are_characters_whatever_they_are(tmp_path: Path) -> None:
    text = "é\r\n\ud800😀e\r\n\x00é"
    assert look(tmp_path, text, "[é\x00]|\r") == (0, "")
    hits = np.fromfile(tmp_path / pattern_look.HITS, np.int64).reshape(-1, 2)
    assert hits.tolist() == [[0, 1], [1, 2], [6, 7], [8, 9], [9, 10]]


def test_an_endless_one_ends_though_nobody_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pattern_look, "SECONDS", 1)
    assert look(tmp_path, "a" * 60, "(a+)+b") == (-signal.SIGALRM, "")


def test_one_that_takes_too_much_memory_is_told(tmp_path: Path) -> None:
    status, said = look(tmp_path, "ab" * 5_000_000, "((a)|(b))*c")
    assert status == 1
    assert "takes too much memory" in said
