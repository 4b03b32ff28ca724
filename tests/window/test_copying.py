"""What is copied reproduces what is in sight: the command opens it, Python has its numbers."""

from __future__ import annotations

import argparse
import json
import shlex
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from samples import model, save

from gru_debugger.cli import window as command
from gru_debugger.core.address import Address
from gru_debugger.core.initial_state import initial_state
from gru_debugger.core.run import Run
from gru_debugger.core.trace import Trace
from gru_debugger.exports import stamp
from gru_debugger.files import read_text
from gru_debugger.formats import load_model
from gru_debugger.formats.arrays import read_rows, state_of_file
from gru_debugger.main_window import MainWindow
from gru_debugger.questions.thresholds import Thresholds
from gru_debugger.questions.told import sentences
from gru_debugger.session import marks_json
from gru_debugger.session.bookmarks import Bookmark
from gru_debugger.session.marks import Lane, Marks
from gru_debugger.session.zoom import Zoom

OpenWindow = Callable[..., MainWindow]
TYPED = "-ab'c\"$a\n`a`\\"


def typed(folder: Path) -> Run:
    """Two layers, both ways; a text that no shell may touch."""
    letters = "".join(sorted({*TYPED}))
    path = save(model(8, len(letters), 2, 2), folder / "it's.safetensors")
    words = folder / "other.json"
    words.write_text(json.dumps(list(letters)), encoding="utf-8")
    return Run(load_model(path, words), TYPED, edits=("r = 1", "z_l1_reverse[3] = 1 at 5"))


def of_files(folder: Path) -> Run:
    (folder / "-a text.txt").write_bytes("\ufeffabc\r\nab".encode())
    opened = load_model(save(model(8, symbols=9), folder / "m.safetensors"))
    opened = load_model(opened.source.path, "\r\nabcdefg")
    text = read_text(folder / "-a text.txt")
    np.save(folder / "h.npy", np.full((1, 8), 0.3, np.float32))
    return Run(opened, text, state_of_file(folder / "h.npy", opened))


def of_rows(folder: Path) -> Run:
    path = save(model(8), folder / "m.safetensors")
    values = np.random.default_rng(1).standard_normal((9, 8)).astype(np.float32)
    np.savez(folder / "x.npz", first=values, other=values[:3])
    return Run(load_model(path, reset="before"), read_rows(f"{folder / 'x.npz'}:first"))


def bundled(folder: Path) -> Run:
    opened = load_model("bundled:sixteen")
    assert opened.example is not None
    return Run(opened, opened.example.text, edits=("z[9] = 1 at 34",))


RUNS = [typed, of_rows, bundled]


BOUNDS = Thresholds(low=0.2, high=0.7, kept=0.0005)


def shown(open_window: OpenWindow, run: Run, position: int) -> MainWindow:
    window = open_window(Trace.of(run).finish(), position, 3)
    last = run.model.places[-1]
    window.session.look(
        layer=last[0], direction=last[1], quantity="hidden_n", notation="course", zoom=Zoom(2, 5),
        full_axes=True, all_units=True, all_terms=True, contributions=True, lens=False,
        all_equations=True, symbol=3, centre="overview", of_selected=True, two_steps=True,
        thresholds=BOUNDS, characters=Zoom(0, 4),
    )  # fmt: skip
    return window


def copied(window: MainWindow, how: str) -> str:
    window.actions_by_name[f"copy_{how}"].trigger()
    return QApplication.clipboard().text()


@pytest.mark.parametrize("make", RUNS)
def test_the_command_opens_the_same(
    make: Callable[[Path], Run], open_window: OpenWindow, tmp_path: Path
) -> None:
    run = make(tmp_path)
    window = shown(open_window, run, 5)
    marks, run_shown = MARKS.within(window.session.steps), window.session.edited
    assert run_shown is not None
    window.session.mark(marks_json.fitting(marks, run_shown)[0])
    words = shlex.split(copied(window, "command"))
    assert window.status.where.said == "The command is in the clipboard."
    assert words[0] == "gru-debugger"
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    request = command.request_of(parser.parse_args(words[1:]))
    again = open_window(bundled_trace(), 1)
    again.files.start(request)
    again.files.opener.settle()
    same(again.session.trace, window.session.trace)
    assert again.session.view == window.session.view
    assert again.session.position == 5
    assert again.session.marks == window.session.marks
    assert [run.fault for run in again.session.lanes.runs] == [""] * (3 - (make is of_rows))


def test_what_it_is_held_against_is_copied_too(open_window: OpenWindow, tmp_path: Path) -> None:
    """A step of its own; of another run it is told that this can't be said."""
    window = shown(open_window, typed(tmp_path), 5)
    session, run = window.session, window.session.trace
    assert run is not None
    session.pin(run, 3)
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    words = shlex.split(copied(window, "command"))
    again = open_window(bundled_trace(), 1)
    again.files.start(command.request_of(parser.parse_args(words[1:])))
    again.files.opener.settle()
    frame = again.session.frame
    assert frame is not None
    assert frame.reference is not None
    place = session.layer, session.direction
    np.testing.assert_array_equal(frame.reference.h, run.step(3, *place).h)
    assert "beside step 3, " in stamp.words(run, 5)
    names: dict[str, Any] = {}
    exec(copied(window, "python"), names)
    assert names["trace"].reference.run.edits == run.run.edits
    assert names["trace"].evaluate("reference(step)").tolist() == [3.0] * run.steps
    exported = window.exporter._arguments(tmp_path)
    assert exported[exported.index("--beside") + 1] == "3"
    session.open(Trace(run.model, "a`a").finish(), 2)
    assert "--beside" not in copied(window, "command")
    assert "without the pinned run" in window.status.where.said
    assert "--beside" not in window.exporter._arguments(tmp_path)
    assert session.trace is not None
    assert "beside step 3, “b” of “-ab" in stamp.words(session.trace, 2)


MARKS = Marks(
    (3, 12), (Lane("z[1]"), Lane("leap: surprise > 3", armed=True), Lane("-h[2] > 0"))
)


def test_what_was_put_on_the_steps_is_told(open_window: OpenWindow) -> None:
    """Python has no place for it; a command none for bookmarks, and for how rarely a lane halts."""
    window = open_window(bundled_trace(), 5)
    bookmarks = (Bookmark(Address(2)),)
    for marks, words in (
        (MARKS, "without 3 lanes and 2 stops,"),
        (Marks((), MARKS.lanes[:1]), "without 1 lane,"),
        (replace(MARKS, bookmarks=bookmarks), "without 3 lanes, 2 stops and 1 bookmark,"),
    ):
        window.session.mark(marks)
        copied(window, "python")
        assert window.status.where.said == f"Python, {words} is in the clipboard."
    plain = open_window(bundled_trace().plain.finish(), 5)
    asks = Lane("h[3] - reference(h[3])")
    for marks, words in (
        (MARKS, ""),
        (Marks((3,), (replace(MARKS.lanes[1], every=3),)), ", without “every … hits”,"),
        (Marks(bookmarks=bookmarks), ", without 1 bookmark,"),
        (Marks(lanes=(asks,)), ", without 1 lane that would mean nothing there,"),
    ):
        plain.session.mark(marks)
        copied(plain, "command")
        assert plain.status.where.said == f"The command{words} is in the clipboard."
    window.session.mark(Marks(lanes=(asks,)))
    assert f"--lane '{asks.expression}'" in copied(window, "command"), "of the run without edits"


def bundled_trace() -> Trace:
    return Trace.of(bundled(Path())).finish()


def same(found: Trace | None, shown: Trace | None) -> None:
    assert found is not None
    assert shown is not None
    assert found.run.edits == shown.run.edits
    assert found.model.source.choice == shown.model.source.choice
    assert list(found.characters) == list(shown.characters)
    for layer, direction in shown.model.places:
        name = f"h_l{layer}" + "_reverse" * (direction == "reverse")
        np.testing.assert_array_equal(found.column(name), shown.column(name))


@pytest.mark.parametrize("position", [0, 5])
@pytest.mark.parametrize("make", [*RUNS, of_files])
def test_python_has_the_same_numbers(
    make: Callable[[Path], Run],
    position: int,
    open_window: OpenWindow,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    window = shown(open_window, make(tmp_path), position)
    names: dict[str, Any] = {}
    exec(copied(window, "python"), names)
    session = window.session
    same(names["trace"], session.trace)
    assert session.trace is not None
    expected = np.float32(0) if session.trace.initial.zeros else session.trace.h0[0, 3]
    if position:
        step = session.trace.step(5, session.layer, session.direction)
        assert session.view.symbol is not None
        expected = step.probabilities[session.view.symbol]
    assert names["value"] == expected
    *told, value = capsys.readouterr().out.splitlines()
    assert np.float32(value) == expected
    place, t = (session.layer, session.direction), position or None
    assert told == sentences(names["trace"], t, None, None, *place, "course", BOUNDS)


def test_what_is_in_no_file_is_told(open_window: OpenWindow, tmp_path: Path) -> None:
    run = of_files(tmp_path)
    window = open_window(Trace.of(run).finish(), 2, 3)
    words = shlex.split(copied(window, "command"))
    assert words[2:] == [
        "--text-file", str(tmp_path / "-a text.txt"), "--initial-state", str(tmp_path / "h.npy"),
        "--at", "2:z[3]",
    ]  # fmt: skip
    told = "The command, without the vocabulary given by hand, is in the clipboard."
    assert window.status.where.said == told
    long = Run(model(8), "ab" * 60_000, initial_state(model(8), np.ones((1, 8))))
    window.session.open(Trace.of(long), 1)
    assert "--text" not in shlex.split(copied(window, "command"))
    assert "the text, which a command can't hold" in window.status.where.said
    assert "h(0), given" in window.status.where.said
    assert "the model, which is in no file" in window.status.where.said


def test_python_prints_the_probability_that_is_asked_about(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    window = shown(open_window, bundled(tmp_path), 12)
    window.session.look(symbol=3)
    names: dict[str, Any] = {}
    exec(copied(window, "python"), names)
    step = window.session.step
    assert step is not None
    assert names["value"] == step.probabilities[3]
