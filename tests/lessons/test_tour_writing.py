"""Bookmarks become a tour that is read again, and stands where they stood."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from samples import model, recording, save

from gru_debugger.core.address import Address
from gru_debugger.core.reading import Rows
from gru_debugger.core.run import Run
from gru_debugger.core.trace import Trace
from gru_debugger.errors import InputError
from gru_debugger.formats import load_model
from gru_debugger.lessons.live import Live
from gru_debugger.lessons.reading import read
from gru_debugger.lessons.writing import to_bytes
from gru_debugger.session.bookmarks import Bookmark

MARKS = (
    Bookmark(Address(3, "z[2]"), "The leap: look at {z} here"),
    Bookmark(Address(5)),
    Bookmark(Address(7, "h[1]"), "x" * 150),
)


def made(folder: Path, text: str = "") -> Run:
    opened = load_model(save(model(), folder / "m.safetensors"))
    return Run(opened, text or recording(model(), 20).text)


def test_they_come_back(tmp_path: Path) -> None:
    run, path = made(tmp_path), tmp_path / "t.grutour"
    path.write_bytes(to_bytes(path, run, "cell", MARKS))
    tour = read(path)
    assert [stop.at for stop in tour.stops] == ["3:z[2]", "5", "7:h[1]"]
    assert [stop.heading for stop in tour.stops] == ["The leap", "5", "x" * 60]
    assert tour.stops[0].say["course"] == "look at (z) here"
    assert {stop.model for stop in tour.stops} == {str(tmp_path / "m.safetensors")}
    assert {stop.text for stop in tour.stops} == {run.source}
    live = Live(tour.stops[0], Trace.of(run).finish())
    assert (live.target.step, live.target.unit, live.target.quantity) == (3, 2, "z")
    assert live.right == 0


def test_a_bundled_model_keeps_its_own_text(tmp_path: Path) -> None:
    opened = load_model("bundled:sixteen")
    assert opened.example is not None
    path = tmp_path / "t.grutour"
    path.write_bytes(to_bytes(path, Run(opened, opened.example.text), "cell", MARKS))
    (stop, *_) = read(path).stops
    assert (stop.model, stop.text) == ("bundled:sixteen", None)


def test_what_no_tour_can_say(tmp_path: Path) -> None:
    run, inside = made(tmp_path), tmp_path / "in"
    inside.mkdir()
    with pytest.raises(InputError, match="model's folder"):
        to_bytes(inside / "t.grutour", run, "cell", MARKS)
    path = tmp_path / "t.grutour"
    with pytest.raises(InputError, match="61 bookmarks"):
        to_bytes(path, run, "cell", [Bookmark(Address(t)) for t in range(61)])
    with pytest.raises(InputError, match="10,000"):
        to_bytes(path, made(tmp_path, "ab" * 6000), "cell", MARKS)
    rows = replace(run, source=Rows(np.zeros((3, run.model.input_size), np.float32)))
    with pytest.raises(InputError, match="rows"):
        to_bytes(path, rows, "cell", MARKS)


def test_before_the_first_character_there_is_no_value(tmp_path: Path) -> None:
    path = tmp_path / "t.grutour"
    path.write_bytes(to_bytes(path, made(tmp_path), "cell", [Bookmark(Address(0), "start")]))
    (stop,) = read(path).stops
    trace = Trace.of(made(tmp_path)).finish()
    assert Live(stop, trace).target.step == 0
    with pytest.raises(InputError, match="before the first"):
        _ = Live(replace(stop, values={"z": "z[1]"}), trace).values
