"""What is printed is only shown: no escape, no forged line, no line of a megabyte."""

from __future__ import annotations

import ast
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from gru_debugger import terminal
from gru_debugger.cli import main

PACKAGE = Path(terminal.__file__).parent
EVIL = "\x1b[2J\x1b]0;owned\x07\r\nall is well\u2028\x9b31m\u202egnp.\x7f"
PREFIX = EVIL.replace("\n", "")  # of tensors that are taken for a GRU's
LONG = "a" * 1_000_000 + PREFIX
# A file's name: at most 255 bytes, no slash.
NAME = "\x1b[31m\r\nall is well\x07\x9b.safetensors"

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def hostile(folder: Path) -> Path:
    """Files that say EVIL and LONG wherever a file can say something."""
    arrays = load_file("small.safetensors")
    vocabulary = json.dumps(["a", "b", "c", EVIL, "d" * 256, "\x1b"])
    claim = {"name": LONG, "sha256": EVIL, "framework": EVIL, "dtype": EVIL, "warnings": [LONG]}
    metadata = {
        "vocabulary": vocabulary, "converted_from": json.dumps(claim), "text": "abc",
        "source_name": LONG, "source_framework": EVIL, "source_sha256": EVIL,
    }  # fmt: skip
    gru = {name: array for name, array in arrays.items() if name.startswith("gru.")}
    fc = {name: array for name, array in arrays.items() if name.startswith("fc.")}
    renamed = {f"{PREFIX}.{name}": array for name, array in arrays.items()}
    save_file(renamed, NAME, metadata)
    save_file(gru | {f"{LONG}.{name}": a for name, a in fc.items()}, "long.safetensors", metadata)
    two = {f"{which}.{name}": a for which in (PREFIX, LONG) for name, a in gru.items()}
    save_file(two, "two.safetensors", metadata)
    save_file(arrays, "reset.safetensors", metadata | {"reset": LONG})
    save_file(arrays, "symbol.safetensors", metadata | {"vocabulary": json.dumps([LONG] * 6)})
    save_file({LONG: np.zeros((2, 3), "f4"), EVIL: np.ones(3, "f4")}, "none.safetensors")
    Path("words.csv").write_text(f"1,2,3,4,5,6\n1,2,3,4,5,{EVIL[:8]}x\n")
    return folder


LINES = [
    "info {name}",
    "info long.safetensors",
    "info two.safetensors",
    "info reset.safetensors",
    "info symbol.safetensors",
    "info none.safetensors",
    "info {name} --gru '{evil}'",
    "info {name} '{evil}'",
    "info '{evil}'",
    "info '{many}'",
    "trace {name} --text abcX{evil} -o out.npz",
    "trace small.safetensors --text '{evil}' -o out.npz",
    "trace {name} -o out{evil}.npz",
    "trace small.safetensors --rows words.csv -o out.npz",
    "convert long.safetensors -o out.npz",
    "convert {name} -o {name} --force",
    "export {name} --steps 1 --unit '{evil}' -o out",
    "export {name} --steps 7 -o out",
    "export {name} --steps 1 --pane '{evil}' -o out",
    "train text.txt -o '{evil}.safetensors'",
    "train '{evil}' -o out.safetensors",
    "train rhyme.txt --hidden 2 --epochs 1 -o 'out{evil}.safetensors'",
]


@pytest.mark.parametrize("line", LINES)
def test_nothing_of_a_file_reaches_the_terminal(
    line: str, hostile: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (hostile / "rhyme.txt").write_text("round and round the rugged rock\n" * 12)
    words = [
        word.format(name=NAME, evil=EVIL, many="b" * 5_000) for word in shlex.split(line)
    ]  # fmt: skip
    try:
        status = main(words)
    except SystemExit as left:
        status = int(str(left.code))
    out, err = capsys.readouterr()
    assert status in (0, 1, 2)
    assert out + err or status == 0
    for said in (out + err).split("\n"):
        assert said.isprintable(), said[:300]
        assert len(said) < 1_100
    assert not err.startswith("all is well")
    assert "\nall is well" not in out + err
    if status == 1:
        assert err.count("\n") == 1


def test_json_keeps_all_of_it_in_its_own_escapes(
    hostile: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["info", NAME, "--json"]) == 0
    out = capsys.readouterr().out
    assert "\\u001b[2J" in out
    assert out.isascii()
    assert all(line.isprintable() for line in out.split("\n"))
    assert json.loads(out)["vocabulary"][3] == EVIL


def test_a_progress_bar_shows_the_name_only(
    hostile: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from gru_debugger.cli import progress

    monkeypatch.setattr(progress, "PATIENCE", -1)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    main(["info", NAME])
    shown = capsys.readouterr().err
    assert "reading" in shown
    assert "\x1b[31m" not in shown
    assert "\x07" not in shown


def test_everything_is_printed_in_one_place() -> None:
    """`print` and the streams belong to `terminal`; a bar draws itself, in `cli.progress`."""
    found = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if (isinstance(node, ast.Name) and node.id == "print")
        or (isinstance(node, ast.Attribute) and ast.unparse(node) in ("sys.stdout", "sys.stderr"))
        or (isinstance(node, ast.Attribute) and node.attr.startswith("print_"))
    }
    assert found == {"terminal.py"}


@pytest.mark.skipif(os.name != "posix", reason="streams of Unix")
@pytest.mark.parametrize(
    ("words", "closed", "status", "out", "err"),
    [
        ("info none.pt", "2>&-", 1, "", ""),
        ("info", "2>&-", 2, "", ""),
        ("info small.safetensors", "2>&- <&-", 0, "path ", ""),
        ("info small.safetensors", ">&-", 1, "", "gru-debugger: standard output: "),
        ("trace small.safetensors --text abc -o out.npz", ">&- 2>&- <&-", 0, "", ""),
        ("trace small.safetensors --text abd -o out.npz", ">&- 2>&- <&-", 1, "", ""),
        ("export told.safetensors --steps 1 --pane blend -o out", ">&- 2>&- <&-", 0, "", ""),
    ],
)
def test_closed_streams(
    words: str, closed: str, status: int, out: str, err: str, folder: Path
) -> None:
    command = f"exec {shlex.quote(sys.executable)} -m gru_debugger {words} {closed}"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout[:5], done.stderr[: len(err)]) == (status, out, err)
    assert err or not done.stderr
    if "out.npz" in words and not status:
        with np.load("out.npz") as arrays:
            assert "z_l0" in arrays


def test_an_empty_name_is_a_slip(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for words in (["info", ""], ["trace", "", "-o", "a.npz"], ["convert", "", "-o", "a.npz"], [""]):
        monkeypatch.setattr("gru_debugger.system.check_window", lambda: None)
        assert main(words) == 1, words
        assert capsys.readouterr() == (
            "", "gru-debugger: the model's name is empty; name a file, or bundled:NAME.\n"
        )  # fmt: skip
    with pytest.raises(SystemExit):
        main(["export", "told.safetensors", "--steps", "1", "-o", ""])
    assert "the folder's name is empty" in capsys.readouterr().err


def test_export_without_a_model_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["trace", "-o", "out.npz"])
    assert "required: MODEL" in capsys.readouterr().err
