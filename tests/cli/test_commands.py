"""Which command runs, what it says of itself, and how it ends."""

from __future__ import annotations

import os
import subprocess
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gru_debugger
from gru_debugger import sandbox
from gru_debugger.cli import COMMANDS, main
from gru_debugger.core.compiled import engine_name
from gru_debugger.core.reading import Rows
from gru_debugger.source import Choice
from gru_debugger.window.start_request import Request

Run = Callable[..., "subprocess.CompletedProcess[str]"]

HEAVY = ("PySide6", "pyqtgraph", "torch", "onnx", "numpy")


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_comes_without_the_heavy_libraries(command: str) -> None:
    """`train` reads its flags off the options of the training, which import numpy."""
    code = (
        "import sys\nfrom gru_debugger.cli import main\n"
        f"try: main({[command, '--help'] if command else ['--help']})\n"
        f"finally: print(*[m for m in {HEAVY} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    assert done.stdout.startswith(f"usage: {' '.join(['gru-debugger', command]).strip()} [-h]")
    assert done.stderr.split() == (["numpy"] if command == "train" else [])


def test_help_lists_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0
    shown = capsys.readouterr().out
    assert all(f"  {name} " in shown for name in COMMANDS)


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--version"])
    assert left.value.code == 0
    version, guards, engine = capsys.readouterr().out.splitlines()
    assert version == f"gru-debugger {gru_debugger.__version__}"
    assert guards == f"A file is read with: {', '.join(sandbox.in_force())}"
    assert engine == f"A text is recorded by: {engine_name()}"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Request]:
    """What the window was asked to open, without a window."""
    calls: list[Request] = []
    fake = types.ModuleType("gru_debugger.app")

    def run(request: Request) -> int:
        calls.append(request)
        return 0

    fake.run = run  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "gru_debugger.app", fake)
    monkeypatch.setattr(gru_debugger, "app", fake, raising=False)
    return calls


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], ("bundled:sixteen", None, None)),
        (["./small.safetensors"], ("./small.safetensors", None, None)),
        (["bundled:sixteen", "--step", "34"], ("bundled:sixteen", None, 34)),
        (["--text=-a", "small.safetensors"], ("small.safetensors", "-a", None)),
        (
            [
                "silent.safetensors",
                "--text-file",
                "text.txt",
                "--vocabulary",
                "v.json",
                "--gru",
                "gru",
            ],
            ("silent.safetensors", 'abc,"\ncab', None),
        ),
    ],
)
def test_without_a_command_the_window_opens(
    words: list[str], expected: tuple[Any, ...], folder: Path, opened: list[Request]
) -> None:
    (folder / "v.json").write_text('["b", "a", "c", "d", "e", "f"]')
    assert main(words) == 0
    (request,) = opened
    step = None if request.at is None else request.at.step
    assert (request.path, request.source, step) == expected
    assert (request.state, request.unknown) == (None, False)
    if "--vocabulary" in words:
        assert (request.vocabulary, request.choice) == (Path("v.json"), Choice("gru"))


def test_the_window_opens_on_rows_from_a_state(folder: Path, opened: list[Request]) -> None:
    np.save(folder / "rows.npy", np.eye(6, dtype=np.float32))
    (folder / "state.csv").write_text("0.5,-0.5,0\n")
    words = ["silent.safetensors", "--rows", "rows.npy", "--initial-state", "state.csv"]
    assert main([*words, "--replace-unknown"]) == 0
    (request,) = opened
    assert isinstance(request.source, Rows)
    assert (request.source.values.shape, request.source.name) == ((6, 6), "rows.npy")
    assert (request.state, request.unknown) == ("state.csv", True)


def test_a_reader_that_goes_away(folder: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "gru_debugger", "info", "small.safetensors"]
    done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, text=True, timeout=60)
    os.close(write)
    assert (done.returncode, done.stderr) == (141, "")


def test_a_terminal_that_cannot_show_the_vocabulary(folder: Path, program: Run) -> None:
    done = program("info", "small.safetensors", env=os.environ | {"PYTHONIOENCODING": "ascii"})
    assert (done.returncode, done.stderr) == (0, "")
    assert "reset after" in done.stdout


def test_too_little_memory(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def exhausted(*words: object, **named: object) -> None:
        raise MemoryError

    monkeypatch.setattr("gru_debugger.formats.open_file", exhausted)
    assert main(["info", "small.safetensors"]) == 1
    assert capsys.readouterr().err == (
        "gru-debugger: not enough memory; use a shorter text or a smaller model.\n"
    )
