"""`gru-debugger trace`: the three kinds of file against the recording they were made from."""

from __future__ import annotations

import csv
import errno
import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import pytest

import gru_debugger
from gru_debugger.cli import arguments, main
from gru_debugger.core.quantities import CELL_QUANTITIES
from gru_debugger.core.trace import Trace
from gru_debugger.exports import recording
from gru_debugger.exports.recording import json_numbers
from gru_debugger.exports.recordings import csv as csv_recording
from gru_debugger.exports.recordings import npz as npz_recording

TEXT = 'abc,"\ncab'
ENDS = {"small": ["_l0"], "deep": ["_l0", "_l0_reverse", "_l1", "_l1_reverse"]}


def reference(name: str) -> Trace:
    return gru_debugger.trace(gru_debugger.load_model(f"{name}.safetensors"), TEXT)


def columns(name: str) -> list[str]:
    cells = [quantity + end for end in ENDS[name] for quantity in CELL_QUANTITIES]
    return [*cells, "logits", "probabilities"]


def run(name: str, out: str, *more: str) -> None:
    words = ["trace", f"{name}.safetensors", "--text", TEXT, "-o", out, *more]
    assert main(words) == 0


@pytest.mark.parametrize("name", ["small", "deep"])
@pytest.mark.parametrize("steps", [(1, 9), (3, 7), (9, 9)])
def test_npz(name: str, steps: tuple[int, int], folder: Path) -> None:
    first, last = steps
    run(name, "out.npz", "--steps", f"{first}-{last}")
    trace = reference(name)
    with np.load("out.npz", allow_pickle=False) as arrays:
        assert list(arrays) == ["steps", "characters", "h0", *columns(name)]
        assert np.array_equal(arrays["h0"], trace.h0)
        assert arrays["steps"].dtype == np.int64
        assert arrays["steps"].tolist() == list(range(first, last + 1))
        assert arrays["characters"].tolist() == list(TEXT[first - 1 : last])
        for column in columns(name):
            array, expected = arrays[column], trace.column(column)[first - 1 : last]
            assert array.dtype == np.float32
            assert array.shape == expected.shape, column
            np.testing.assert_allclose(array, expected, rtol=0, atol=1e-6, err_msg=column)


def test_all_steps_are_the_default_and_one_may_be_given(folder: Path) -> None:
    run("small", "all.npz")
    run("small", "one.npz", "--steps", "4")
    with np.load("all.npz") as whole, np.load("one.npz") as one:
        assert whole["steps"].tolist() == list(range(1, 10))
        assert one["steps"].tolist() == [4]


@pytest.mark.parametrize("name", ["small", "deep"])
def test_csv(name: str, folder: Path) -> None:
    run(name, "out.csv", "--steps", "2-6")
    trace = reference(name)
    with open("out.csv", encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["step", "character", "layer", "direction", "quantity", "unit", "value"]
    expected = []
    for t in range(2, 7):
        for column in columns(name):
            bare, layer, direction = split(column)
            for unit in range(trace.column(column).shape[1]):
                expected.append([str(t), TEXT[t - 1], layer, direction, bare, str(unit)])
    assert [row[:-1] for row in rows] == expected
    values = iter(np.float32(row[-1]) for row in rows)
    for t in range(2, 7):
        for column in columns(name):
            for value in trace.column(column)[t - 1]:
                assert next(values) == pytest.approx(value, rel=0, abs=1e-6)


def split(column: str) -> tuple[str, str, str]:
    """``h_prev_l1_reverse`` -> h_prev, 1, reverse."""
    bare, mark, place = column.rpartition("_l")
    if not mark:
        return column, "", ""
    layer, _, reverse = place.partition("_")
    return bare, layer, reverse or "forward"


@pytest.mark.parametrize("name", ["small", "deep"])
def test_json(name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(name, "out.json", "--steps", "2-6")
    trace = reference(name)
    main(["info", f"{name}.safetensors", "--json"])
    found = json.loads(Path("out.json").read_bytes())
    assert list(found) == ["model", "initial_state", "edits", "steps"]
    assert found["initial_state"] == {"origin": "zeros", "values": trace.h0.tolist()}
    assert found["model"] == json.loads(capsys.readouterr().out)
    assert [step["step"] for step in found["steps"]] == [2, 3, 4, 5, 6]
    for step in found["steps"]:
        assert list(step) == ["step", "character", "quantities"]
        assert step["character"] == TEXT[step["step"] - 1]
        assert list(step["quantities"]) == columns(name)
        for column, values in step["quantities"].items():
            expected = trace.column(column)[step["step"] - 1]
            np.testing.assert_allclose(np.float32(values), expected, rtol=0, atol=1e-6)


def test_text_loses_nothing_of_a_float32() -> None:
    random = np.random.default_rng(3)
    values = random.integers(0, 1 << 32, 5_000, np.uint32).view(np.float32)
    values = values[np.isfinite(values)]
    assert (np.array(recording.numbers(values), np.float32) == values).all()


def test_json_has_null_where_a_number_overflowed() -> None:
    values = np.array([1.5, np.inf, -np.inf, np.nan], np.float32)
    assert json_numbers(values) == ["1.5", "null", "null", "null"]


@pytest.mark.parametrize("ending", ["npz", "csv", "json"])
def test_the_same_steps_give_the_same_bytes_whatever_the_memory(
    ending: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("deep", f"first.{ending}")
    monkeypatch.setattr(npz_recording, "_IN_MEMORY", 64)  # arrays wait in files
    run("deep", f"second.{ending}")
    digests = {
        hashlib.sha256(Path(f"{name}.{ending}").read_bytes()).digest()
        for name in ("first", "second")
    }
    assert len(digests) == 1


@pytest.mark.parametrize("ending", ["npz", "csv", "json"])
def test_chunks_join_without_a_seam(
    ending: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A chunk of other rows may round otherwise in the last place, no more."""
    run("deep", f"whole.{ending}")
    two_steps = 2 * recording.values_of_a_step(reference("deep").model)
    monkeypatch.setattr(recording, "_CHUNK", two_steps)
    run("deep", f"parts.{ending}")
    if ending == "npz":
        with np.load("whole.npz") as whole, np.load("parts.npz") as parts:
            assert list(whole) == list(parts)
            for name in list(whole)[2:]:
                np.testing.assert_allclose(whole[name], parts[name], rtol=0, atol=1e-6)
    else:
        lines = [Path(f"{n}.{ending}").read_text().count("\n") for n in ("whole", "parts")]
        assert lines[0] == lines[1]


@pytest.mark.parametrize("ending", ["npz", "csv", "json"])
def test_the_size_told_is_about_the_size_written(ending: str, folder: Path) -> None:
    run("deep", f"out.{ending}")
    told = recording.size(reference("deep").model, len(TEXT), f".{ending}")
    assert told == pytest.approx(Path(f"out.{ending}").stat().st_size, rel=0.75)


def test_a_large_file_is_told_beforehand(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run("small", "out.npz")
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr(arguments, "LARGE", 1_000)
    run("small", "out.npz", "--force")
    assert capsys.readouterr().err == "gru-debugger: out.npz: about 0 MB will be written\n"


def test_the_text_that_comes_with_the_model(folder: Path) -> None:
    assert main(["trace", "told.safetensors", "-o", "out.npz"]) == 0
    with np.load("out.npz") as arrays:
        assert "".join(arrays["characters"]) == TEXT


def test_a_text_file_keeps_its_line_ends(folder: Path) -> None:
    assert main(["trace", "small.safetensors", "--text-file", "text.txt", "-o", "out.npz"]) == 0
    with np.load("out.npz") as arrays:
        assert "".join(arrays["characters"]) == TEXT


def test_an_existing_file_is_replaced_only_when_the_new_one_is_whole(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(values: object) -> None:
        raise OSError(errno.ENOSPC, "")

    Path("out.csv").write_text("old")
    monkeypatch.setattr(csv_recording, "numbers", full)
    words = ["trace", "small.safetensors", "--text", TEXT, "-o", "out.csv"]
    assert main(words) == 1
    assert capsys.readouterr().err == (
        "gru-debugger: out.csv: the file is there already; add --force to overwrite, or name "
        "another.\n"
    )
    words.append("--force")
    assert main(words) == 1
    assert capsys.readouterr().err == (
        "gru-debugger: out.csv: the disk is full; make room or choose another folder.\n"
    )
    assert Path("out.csv").read_text() == "old"
    monkeypatch.undo()
    monkeypatch.chdir(folder)
    assert main(words) == 0
    assert Path("out.csv").read_text().startswith("step,")


def test_forward_models_are_recorded_no_further_than_asked(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Trace] = []
    original = recording.write

    def watching(trace: Trace, *rest: object) -> None:
        seen.append(trace)
        original(trace, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(recording, "write", watching)
    Path("long.txt").write_text("abc" * 1_000)
    assert main(
        ["trace", "small.safetensors", "--text-file", "long.txt", "--steps", "5", "-o", "o.npz"]
    ) == 0  # fmt: skip
    assert 5 <= seen[0].recorded < 3_000


class Terminal:
    """Standard error as a terminal."""

    def __init__(self) -> None:
        self.shown = ""

    def write(self, text: str) -> int:
        self.shown += text
        return len(text)

    def flush(self) -> None: ...

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("terminal", [True, False])
def test_a_bar_on_a_terminal_only(
    terminal: bool, folder: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    from gru_debugger.cli import progress

    monkeypatch.setattr(progress, "PATIENCE", 0)
    fake = Terminal()
    if terminal:
        monkeypatch.setattr(sys, "stderr", fake)
    run("small", "out.csv")
    shown = fake.shown if terminal else capsys.readouterr().err
    assert ("writing" in shown) == terminal
