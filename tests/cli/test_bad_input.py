"""Bad input on the command line: the exit status, and the line that says what, what to do."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from gru_debugger.cli import main

Run = Callable[..., "subprocess.CompletedProcess[str]"]

NO_NUMBERS = "not a file of numbers; give a numpy .npy or .npz, or a table that is called .csv."
VOCABULARY = '6 symbols: abc,"⏎'

# (command line, what follows "gru-debugger: " on standard error); the status is 1.
UNUSABLE = [
    ("info missing.pt", "missing.pt: no such file; check the name."),
    ("info empty.pt", "empty.pt: the file is empty; copy or save it again."),
    (
        "info .",
        ".: a folder of several models, deep.safetensors, empty.pt, lstm.safetensors, "
        "silent.safetensors and 3 more; open one of them.",
    ),
    (
        "info text.txt",
        "text.txt: a text file, not a model; choose a model file, such as .pt, "
        ".safetensors, .onnx, .keras or .npz.",
    ),
    (
        "info lstm.safetensors",
        "lstm.safetensors: an LSTM (four gates), not a GRU: gru.weight_hh_l0 is 12 × 3. "
        "This program opens GRUs.",
    ),
    (
        "info small.safetensors --gru decoder",
        "small.safetensors: no GRU called “decoder”; its GRU is gru.",
    ),
    ("info bundled:sixteen --gru decoder",
     "bundled:sixteen: no GRU called “decoder”; its GRU is gru."),
    (
        "info small.safetensors --vocabulary none.json",
        "none.json: no such file; check the name.",
    ),
    (
        "info small.safetensors --vocabulary short.json",
        "short.json: 2 symbols, but the model needs 6; give the vocabulary it was trained with.",
    ),
    (
        "trace small.safetensors -o out.npz",
        "small.safetensors: the file brings no text along; give one with --text TEXT or "
        "--text-file FILE.",
    ),
    (
        "trace silent.safetensors --text abc -o out.npz",
        "silent.safetensors: the file holds no vocabulary; give its 6 symbols in index order as a "
        "JSON list: --vocabulary FILE, or silent.vocab.json beside it.",
    ),
    (
        "trace small.safetensors --text abcX -o out.npz",
        "--text: character “X” at position 4 of the text is not in the model's vocabulary "
        f"({VOCABULARY}); change the text or the vocabulary.",
    ),
    (
        "trace small.safetensors --text-file other.txt -o out.npz",
        "other.txt: character carriage return at position 2 of the text is not in the model's "
        f"vocabulary ({VOCABULARY}); change the text or the vocabulary.",
    ),
    (
        "trace small.safetensors --text-file latin.txt -o out.npz",
        "latin.txt: not UTF-8 text (byte 0xe9 at 1); save it as UTF-8.",
    ),
    (
        "trace small.safetensors --text-file none.txt -o out.npz",
        "none.txt: no such file; check the name.",
    ),
    (
        "trace small.safetensors --rows none.npy -o out.npz",
        "none.npy: no such file; check the name.",
    ),
    ("trace small.safetensors --rows text.txt -o out.npz", f"text.txt: {NO_NUMBERS}"),
    ("trace small.safetensors --text abc --initial-state text.txt -o out.npz",
     f"text.txt: {NO_NUMBERS}"),
    (
        "trace small.safetensors --rows narrow.npy -o out.npz",
        "narrow.npy: 4 × 5 values of type float32, where rows of 6 numbers are expected, one row a "
        "step.",
    ),
    (
        "trace small.safetensors --rows two.npz:c -o out.npz",
        "two.npz: no 2-D array of numbers is called “c”; there are a (2 × 6), b (3 × 6).",
    ),
    (
        "trace small.safetensors --rows nan.csv -o out.npz",
        "nan.csv: row 2, column 3 is infinite or not a number.",
    ),
    (
        "trace small.safetensors --rows rows.npy --steps 3-9 -o out.npz",
        "--steps 3-9: the rows are steps 1 to 4; choose from these.",
    ),
    (
        "export small.safetensors --rows narrow.npy --steps 1 -o pictures",
        "narrow.npy: 4 × 5 values of type float32, where rows of 6 numbers are expected, one row a "
        "step.",
    ),
    (
        "trace small.safetensors --text abc --initial-state narrow.npy -o out.npz",
        "narrow.npy: the initial state has shape (4, 5); this model needs (1, 3).",
    ),
    (
        "trace small.safetensors --text abc --initial-state none.csv -o out.npz",
        "none.csv: no such file; check the name.",
    ),
    (
        "export small.safetensors --text abc --steps 1 --initial-state nan.csv -o pictures",
        "nan.csv: the initial state holds an infinite value, or one that is not a number.",
    ),
    (
        "trace small.safetensors --text abcX --replace-unknown -o out.npz",
        "small.safetensors: the vocabulary has no symbol for unknown characters, such as <unk>; "
        "change the text.",
    ),
    (
        "trace small.safetensors --text '' -o out.npz",
        "--text: the text is empty: give at least one character.",
    ),
    (
        "trace told.safetensors --steps 8-60 -o out.npz",
        "--steps 8-60: the text has steps 1 to 9; choose from these.",
    ),
    (
        "trace told.safetensors --steps 60 -o out.npz",
        "--steps 60: the text has steps 1 to 9; choose from these.",
    ),
    (
        "trace told.safetensors -o none/out.npz",
        "none/out.npz: the folder does not exist; create it or name another.",
    ),
    ("trace told.safetensors -o folder.npz", "folder.npz: this is a folder; name a file."),
    (
        "trace told.safetensors --text-file text.csv -o ./text.csv",
        "text.csv: this is a file to be read; write to another.",
    ),
    (
        "export told.safetensors --steps 1-60 -o out",
        "--steps 1-60: the text has steps 1 to 9; choose from these.",
    ),
    (
        "export told.safetensors --steps 1 --unit 3 -o out",
        "--unit 3: told.safetensors has units 0 to 2.",
    ),
    (
        "export told.safetensors --steps 1 --units 1-3 -o out",
        "--units 1-3: told.safetensors has units 0 to 2.",
    ),
    (
        "export told.safetensors --steps 1 --order 'z at 60' -o out",
        "no step 60: the text has steps 1 to 9; choose one of these.",
    ),
    (
        "export told.safetensors --steps 1 --characters 4-60 -o out",
        "--characters 4-60: of this text characters 2 to 9 can be expected by a step.",
    ),
    (
        "export deep.safetensors --text abc --steps 1 --layer 2 -o out",
        "--layer 2: deep.safetensors has layers 0 to 1.",
    ),
    (
        "export told.safetensors --steps 1 --layer 1 -o out",
        "--layer 1: told.safetensors has layer 0 alone.",
    ),
    (
        "export told.safetensors --steps 1 --direction reverse -o out",
        "--direction reverse: told.safetensors reads forward only; leave it out.",
    ),
    (
        "export told.safetensors --steps 1-2 -o pictures",
        "pictures/told-step-0002.png: the file is there already; add --force to overwrite, or "
        "name another folder.",
    ),
    (
        "export told.safetensors --steps 1 -o text.txt",
        "text.txt: a file of this name is there; name a folder.",
    ),
    *[
        (
            f"{line} -o {out}",
            f"{out}: the file is there already; add --force to overwrite, or name another.",
        )
        for line, out in [
            ("trace told.safetensors", "two.npz"),
            ("convert told.safetensors", "two.npz"),
            ("train text.txt", "told.safetensors"),
        ]
    ],
    *[
        (
            f"{line} -o none/{out}",
            f"none/{out}: the folder does not exist; create it or name another.",
        )
        for line, out in [
            ("convert told.safetensors", "a.npz"),
            ("train text.txt", "a.safetensors"),
        ]
    ],
    ("train none.txt -o out.safetensors", "none.txt: no such file; check the name."),
    ("--text-file none.txt", "none.txt: no such file; check the name."),
    ("info sixteen", "sixteen: no such file; did you mean bundled:sixteen?"),
]

# (command line, what standard error says before it names --help); the status is 2.
COMMANDS = "info, trace, find, explain, influence, convert, export, train"
MISUSED = [
    (
        "inf small.safetensors",
        f"inf: no such command or file; did you mean info? There are {COMMANDS}",
    ),
    ("generate", f"generate: no such command or file; there are {COMMANDS}"),
    ("none.pt small.safetensors", "unrecognized arguments: small.safetensors"),
    (
        "info",
        "the following arguments are required: MODEL",
    ),
    (
        "info small.safetensors --jsn",
        "unrecognized arguments: --jsn",
    ),
    (
        "trace told.safetensors --text a --text-file text.txt -o out.npz",
        "argument --text-file: not allowed with argument --text",
    ),
    (
        "trace told.safetensors",
        "the following arguments are required: -o",
    ),
    (
        "trace told.safetensors -o out.txt",
        "argument -o: “out.txt” must end in .csv, .json or .npz",
    ),
    (
        "trace told.safetensors --steps x -o out.npz",
        "argument --steps: “x” is not A-B, the first and the last step",
    ),
    (
        "trace told.safetensors --steps 0-4 -o out.npz",
        "argument --steps: “0-4”: steps are counted from 1",
    ),
    (
        "trace told.safetensors --steps 9-4 -o out.npz",
        "argument --steps: “9-4” runs backwards; write 4-9",
    ),
    (
        "export told.safetensors --steps 1 --unit -1 -o out",
        "argument --unit: “-1” is not a whole number from 0",
    ),
    (
        "train text.txt -o out.pt",
        "argument -o: “out.pt” must end in .safetensors",
    ),
    (
        "--step 0",
        "argument --step: “0” is not a whole number from 1",
    ),
    (
        "told.safetensors --text a --text-file text.txt",
        "argument --text-file: not allowed with argument --text",
    ),
]


@pytest.fixture(autouse=True)
def _files(folder: Path) -> None:
    (folder / "other.txt").write_bytes(b"a\r\n")
    np.save("rows.npy", np.eye(4, 6, dtype=np.float32))
    np.save("narrow.npy", np.eye(4, 5, dtype=np.float32))
    np.savez("two.npz", a=np.eye(2, 6), b=np.eye(3, 6))
    (folder / "nan.csv").write_text("1,2,3,4,5,6\n1,2,nan,4,5,6\n")
    (folder / "latin.txt").write_bytes(b"a\xe9")
    (folder / "text.csv").write_text("abc")
    (folder / "short.json").write_text('["a", "b"]')
    (folder / "folder.npz").mkdir()
    (folder / "pictures").mkdir()
    (folder / "pictures" / "told-step-0002.png").touch()


@pytest.mark.parametrize(("line", "message"), UNUSABLE, ids=[line for line, _ in UNUSABLE])
def test_unusable(
    line: str, message: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(folder.rglob("*"))
    assert main(shlex.split(line)) == 1
    out, err = capsys.readouterr()
    assert (out, err) == ("", f"gru-debugger: {message}\n")
    assert sorted(folder.rglob("*")) == before, "no output file is left"


@pytest.mark.parametrize(
    "line",
    [
        "trace small.safetensors --text abcabc -o out.npz",
        "export small.safetensors --text abcabc --steps 1 -o out",
        "find small.safetensors --text abcabc --where step>3",
    ],
)
def test_states_beyond_all_numbers(
    line: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(folder.rglob("*"))
    assert main(shlex.split(f"{line} --set z=1e30")) == 1
    out, err = capsys.readouterr()
    assert not out
    assert err.splitlines() == [
        "gru-debugger: “z=1e30” is outside 0…1, where z lies by itself.",
        "gru-debugger: --text: the states of layer 0 grow beyond all numbers at step 2: nothing "
        "bounds them with the edits; use a shorter text.",
    ]
    assert sorted(folder.rglob("*")) == before, "no output file is left"


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("trace told.safetensors -o new.npz", "new.npz"),
        ("convert told.safetensors -o new.npz", "new.npz"),
        ("train rhyme.txt --hidden 2 --epochs 1 -o new.safetensors", "new.safetensors"),
        ("export told.safetensors --steps 1 --pane blend -o .", "told-step-0001.png"),
    ],
)
def test_what_came_to_be_there_meanwhile_stays(
    line: str, name: str, folder: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    def check(*_: object) -> None:
        (folder / name).write_text("another's")

    (folder / "rhyme.txt").write_text("round and round the rugged rock\n" * 12)
    monkeypatch.setattr("gru_debugger.output.check", check)
    monkeypatch.setattr("gru_debugger.exports.jobs.SnapshotJob.refuse_overwriting", check)
    assert main(shlex.split(line)) == 1
    assert capsys.readouterr().err == (
        f"gru-debugger: {name}: the file is there already; add --force to overwrite, or name "
        "another.\n"
    )
    assert (folder / name).read_text() == "another's"


@pytest.mark.parametrize(("line", "message"), MISUSED, ids=[line for line, _ in MISUSED])
def test_misused(line: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(shlex.split(line))
    assert left.value.code == 2
    command = line.split()[0] if line.startswith(("info", "trace", "export", "train")) else ""
    program = f"gru-debugger {command}".rstrip()
    assert capsys.readouterr() == ("", f"gru-debugger: {message}; see {program} --help.\n")


@pytest.mark.parametrize(
    ("flag", "choices"),
    [
        ("--pane", ["window", "strip", "cell", "reset", "update", "candidate", "product", "blend",
                    "unit", "prediction"]),
        ("--notation", ["pytorch", "course"]),
        ("--format", ["png", "svg", "pdf"]),
        ("--theme", ["light", "dark"]),
        ("--scale", ["1", "2", "3", "4"]),
        ("--direction", ["forward", "reverse"]),
    ],
)  # fmt: skip
def test_an_unknown_choice_lists_the_choices(
    flag: str, choices: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Without the exact words, which are argparse's and differ between versions of Python."""
    with pytest.raises(SystemExit) as left:
        main(["export", "told.safetensors", "--steps", "1", "-o", "out", flag, "9"])
    assert left.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert f"argument {flag}: invalid choice" in line
    assert all(choice in line for choice in choices)


def test_a_pane_the_model_cannot_fill(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from safetensors.numpy import load_file, save_file

    tensors = load_file(folder / "told.safetensors")
    save_file(
        {name: array for name, array in tensors.items() if name.startswith("gru")},
        folder / "mute.safetensors",
        {"vocabulary": '["a", "b", "c", "d", "e", "f"]'},
    )
    line = "export mute.safetensors --text abc --steps 1 --pane prediction -o out"
    assert main(shlex.split(line)) == 1
    assert capsys.readouterr().err == (
        "gru-debugger: --pane prediction: mute.safetensors has no output layer; choose another "
        "pane.\n"
    )


def test_a_name_with_a_line_break_stays_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", "two\nlines.pt"]) == 1
    assert capsys.readouterr().err == (
        "gru-debugger: two lines.pt: no such file; check the name.\n"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on a file's size")
@pytest.mark.parametrize("ending", ["npz", "csv", "json"])
def test_a_full_disk_leaves_nothing_behind(ending: str, folder: Path) -> None:
    """A limit on the size of files stands in for the disk: both refuse the write."""
    import subprocess

    out = f"out.{ending}"
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (1500, 1500));"
        "from gru_debugger.cli import main;"
        f"sys.exit(main(['trace', 'told.safetensors', '-o', '{out}']))"
    )
    before = sorted(folder.iterdir())
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr.startswith(f"gru-debugger: {out}: ")
    assert done.stderr.count("\n") == 1
    assert sorted(folder.iterdir()) == before


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux' own")
def test_standard_output_that_is_full(folder: Path, program: Run) -> None:
    with open("/dev/full", "w") as full:
        done = program("info", "small.safetensors", stdout=full, stderr=-1, capture_output=False)
    assert done.returncode == 1
    assert done.stderr == (
        "gru-debugger: standard output: No space left on device; send it elsewhere.\n"
    )
