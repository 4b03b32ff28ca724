"""What can't be opened: one line, status 1, and never a window."""

from __future__ import annotations

from pathlib import Path

import pytest
from driver import Program


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["broken.safetensors"], "broken.safetensors: "),
        (["missing.pt"], "missing.pt: "),
        (["--text", "the cat @ the mat"], "character “@” at position 9 "),
        (["--text-file", "nowhere.txt"], "nowhere.txt: "),
        (["--step", "4711"], "--step 4711: "),
    ],
    ids=lambda value: value if isinstance(value, str) else " ",
)
def test_bad_input_opens_no_window(
    words: list[str], said: str, display: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home)
    Path("broken.safetensors").write_bytes(b"\x40\0\0\0\0\0\0\0{not json")
    program = Program(display, home, *words)
    try:
        assert program.process.wait(60) == 1
    finally:
        program.stop()
    lines = program.errors().splitlines()
    assert len(lines) == 1, lines
    assert lines[0].startswith("gru-debugger: ")
    assert said in lines[0]
