"""The caption of every picture names model, bytes, step and character, whatever their length."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from pypdf import PdfReader
from PySide6.QtGui import QImage, QPainter
from samples import model, text_for
from words import one_by_one

from gru_debugger.charts import fonts
from gru_debugger.core.initial_state import InitialState
from gru_debugger.core.trace import Trace
from gru_debugger.exports import snapshots, stamp
from gru_debugger.exports.jobs import PANES, PICTURES, SnapshotJob
from gru_debugger.exports.pictures import png
from gru_debugger.panes.registry import pane_specs

pytestmark = pytest.mark.usefixtures("screen")

STEPS, MARGIN = 12, 24
NAMES = [
    "m.pt",
    "shakespeare-sonnets-256-units-epoch-40.safetensors",
    "模型" * 40 + ".pt",
    "x" * 9000,
]
SYMBOLS = ["a", "\n", "<pad>", "<|endoftext|>", "<a special symbol of forty letters and more>"]
SHA = "0123456789ab"


def trace_of(name: str, symbol: str, origin: str = "") -> Trace:
    m = model()
    vocabulary = (symbol, *[s for s in m.vocabulary or () if s != symbol][: m.symbols - 1])
    m = replace(m, vocabulary=vocabulary, source=replace(m.source, name=name))
    h0 = InitialState(np.ones((1, 16), np.float32), origin) if origin else None
    return Trace(m, symbol * STEPS, h0).finish()


def job_of(trace: Trace, folder: Path, pane: str = "unit", **more: object) -> SnapshotJob:
    return SnapshotJob(trace.model, trace, range(7, 8), folder, pane=pane, **more)  # type: ignore[arg-type]


def complete(words: str, name: str, symbol: str, step: int = 7) -> None:
    """Model, hash, step and character are there; a name at least by its ends."""
    told = stamp.words(trace_of(name, symbol), step).split("  ·  ")
    shown = words.split("  ·  ")
    assert len(shown) == len(told), words
    for short, full in zip(shown, told, strict=True):
        start, _, end = short.partition("…")
        assert full == short or (start and full.startswith(start) and full.endswith(end)), short
    assert shown[1] == SHA
    assert shown[2] == f"step {step}"


@pytest.mark.parametrize("symbol", SYMBOLS)
@pytest.mark.parametrize("name", NAMES, ids=["short", "long", "wide", "endless"])
@pytest.mark.parametrize("pane", PANES)
def test_it_says_everything_in_the_room_there_is(pane: str, name: str, symbol: str) -> None:
    wide = 1600 if pane == "window" else pane_specs()[pane].size[0]
    trace = trace_of(name, symbol)
    for step in (0, 7, STEPS):
        lines = stamp.lines(trace, step, wide)
        for line in lines:
            assert fonts.width(line, fonts.MONO, 10) <= wide - 2 * MARGIN
        complete("  ·  ".join(lines), name, symbol, step)
    assert stamp.height(wide) == 10 + 16 * len(lines)


@pytest.mark.parametrize("pane", PANES)
def test_where_the_state_comes_from_finds_room_too(pane: str) -> None:
    wide = 1600 if pane == "window" else pane_specs()[pane].size[0]
    lines = stamp.lines(trace_of(NAMES[1], SYMBOLS[3], "last step of " + "y" * 300), 7, wide)
    assert re.search(r"h\(0\): .*…|h\(0.*…", lines[-1])
    assert all(fonts.width(line, fonts.MONO, 10) <= wide - 2 * MARGIN for line in lines)


@pytest.mark.parametrize("pane", PANES)
@pytest.mark.parametrize("count", [1, 40])
def test_edits_are_named(pane: str, count: int) -> None:
    wide = 1600 if pane == "window" else pane_specs()[pane].size[0]
    edits = [f"z[{i % 16}] = 1 at 3" for i in range(count)]
    trace = trace_of("m.pt", "a").what_if(*edits)
    lines = stamp.lines(trace, 7, wide)
    assert "set z[" in lines[-1]
    assert stamp.words(trace, 7).endswith(f"set {'; '.join(edits)}")
    assert all(fonts.width(line, fonts.MONO, 10) <= wide - 2 * MARGIN for line in lines)


@pytest.mark.parametrize("scale", [1, 3])
@pytest.mark.parametrize("pane", PANES)
def test_nothing_is_cut_off_in_the_picture(pane: str, scale: int, tmp_path: Path) -> None:
    """The caption's ink ends before the picture does."""
    job = job_of(trace_of(NAMES[1], SYMBOLS[4]), tmp_path, pane, scale=scale)
    snapshot = snapshots.Snapshot(job)
    snapshot.go_to(7)
    image = png.image(snapshot.size, scale, snapshot.paint)
    high = stamp.height(snapshot.size.width())
    left, right = inked(image, scale * (snapshot.size.height() - high + 2))
    assert left >= (MARGIN - 2) * scale
    assert right <= image.width() - (MARGIN - 2) * scale
    snapshot.close()


def inked(image: QImage, top: int) -> tuple[int, int]:
    """The first and the last column with any ink below `top`."""
    ground = image.pixel(0, image.height() - 1)
    columns = [
        x for x in range(image.width()) for y in range(top, image.height(), 2)
        if image.pixel(x, y) != ground
    ]  # fmt: skip
    return min(columns), max(columns)


@pytest.mark.parametrize("pane", [pane for pane in PANES if pane != "window"])
def test_a_pdf_can_be_searched_for_it(pane: str, tmp_path: Path) -> None:
    job = job_of(trace_of(NAMES[1], "<pad>"), tmp_path, pane, formats=("pdf",))
    snapshots.export(job, lambda done: None)
    page = PdfReader(job.path(7)).pages[0]
    said = "".join(page.extract_text().split())  # pypdf guesses where blanks are
    for words in (SHA, "step7", "“<pad>”"):
        assert words in said, words


@pytest.mark.parametrize("ending", PICTURES)
def test_all_steps_are_of_one_size(ending: str, tmp_path: Path) -> None:
    """However long their characters' names are."""
    m = model()
    vocabulary = ("<|endoftext|>", *(m.vocabulary or ())[1:])
    m = replace(m, vocabulary=vocabulary)
    trace = Trace(m, "a<|endoftext|>b").finish()
    job = SnapshotJob(m, trace, range(1, 4), tmp_path, pane="prediction", formats=(ending,))
    snapshot = snapshots.Snapshot(job)
    sizes = set()
    for step in job.steps:
        snapshot.go_to(step)
        sizes.add((snapshot.size.width(), snapshot.size.height()))
    assert sizes == {(340, 200 + 44)}


def test_the_window_s_head_keeps_its_parts_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long name takes no room from the step, nor the step from the notation."""
    trace = trace_of(NAMES[1] * 4, "a", "last step of " + "y" * 300)
    snapshot = snapshots.Snapshot(job_of(trace, tmp_path, "window"))
    spans: list[tuple[float, float]] = []
    original = fonts.text

    def spy(
        p: QPainter, x: float, baseline: float, words: str, *more: object, **named: str
    ) -> fonts.Shape:
        shape = original(p, x, baseline, words, *more, **named)  # type: ignore[arg-type]
        wide = shape.width
        if p.combinedTransform().map(x, baseline)[1] < 40 and words.strip():
            left = x - wide if named.get("align") == "right" else x
            spans.append((left, left + wide))
        return shape

    monkeypatch.setattr(fonts, "text", spy)
    one_by_one(monkeypatch)
    png.image(snapshot.size, 1, snapshot.paint)
    snapshot.close()
    spans.sort()
    assert len(spans) >= 3
    for (_, end), (start, _) in pairwise(spans):
        assert end < start
    assert spans[-1][1] <= 1600 - 24


def test_a_text_of_the_sample_is_not_changed() -> None:
    trace = Trace(model(), text_for(model(), 9)).finish()
    assert stamp.lines(trace, 3, 1600) == [stamp.words(trace, 3)]
