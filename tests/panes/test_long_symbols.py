"""Symbols of several characters and rows' labels: nothing runs into its neighbour."""

from __future__ import annotations

import string
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter
from samples import model, session_of
from words import one_by_one, painted

from gru_debugger.charts import fonts
from gru_debugger.charts.theme import THEMES
from gru_debugger.core.model import Model
from gru_debugger.core.reading import Rows
from gru_debugger.core.trace import Trace
from gru_debugger.panes.character_columns import LEFT
from gru_debugger.panes.pane import Pane
from gru_debugger.panes.prediction import MARGIN, PredictionPane
from gru_debugger.panes.strip import StripPane
from gru_debugger.panes.strip_marks import TILE_TOP

pytestmark = pytest.mark.usefixtures("screen")

SYMBOLS = ("<pad>", "<unk>", "</s>", "<a-very-long-symbol>", " ", "\n", *string.ascii_lowercase)
TEXT = "<pad><pad>the café was <unk> open</s>\n<a-very-long-symbol> again</s><pad>"


@pytest.fixture(scope="module")
def special() -> Model:
    return replace(model(symbols=len(SYMBOLS)), vocabulary=SYMBOLS)


@pytest.fixture(scope="module")
def trace(special: Model) -> Trace:
    return Trace(special, TEXT, unknown=True).finish()


@pytest.fixture(scope="module")
def rows() -> Trace:
    values = np.random.default_rng(0).standard_normal((30, 8))
    labels = [f"2026-11-{d:02}" if d < 15 else str(100 + d) for d in range(30)]
    return Trace(model(), Rows(values, labels)).finish()


def drawn(pane: Pane, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, QRectF]]:
    """The texts on a picture, with the widths they take."""
    found: list[tuple[str, QRectF]] = []
    original = fonts.text

    def text(
        p: QPainter, x: float, baseline: float, words: str, color: Any, family: str = fonts.SANS,
        pixels: float = 12, weight: int = 400, italic: bool = False, align: str = "left",
    ) -> fonts.Shape:  # fmt: skip
        wide = fonts.width(words, family, pixels, weight)
        left = x - wide * {"left": 0.0, "center": 0.5, "right": 1.0}[align]
        found.append((words, QRectF(left, baseline - pixels, wide, pixels)))
        return original(p, x, baseline, words, color, family, pixels, weight, italic, align)

    monkeypatch.setattr(fonts, "text", text)
    one_by_one(monkeypatch)
    image = QImage(pane.sceneRect().size().toSize(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    pane.render(painter, QRectF(image.rect()), pane.sceneRect())
    painter.end()
    return found


@pytest.mark.parametrize("position", [0, 1, 8, 30])
@pytest.mark.parametrize("what", ["trace", "rows"])
def test_each_stays_in_its_cell(
    what: str, position: int, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded: Trace = request.getfixturevalue(what)
    pane = StripPane(session_of(recorded, position), THEMES["light"])
    pane.resize(1600, 156)
    seen = 0
    for words, rect in drawn(pane, monkeypatch):
        if TILE_TOP <= rect.center().y() <= TILE_TOP + 28 and rect.center().x() > LEFT:
            cell = LEFT + (rect.center().x() - LEFT) // pane.cell * pane.cell
            assert cell < rect.left(), words
            assert rect.right() < cell + pane.cell, words
            seen += len(words) > 1
    assert seen > 5


def test_what_stands_for_another_is_told(trace: Trace, special: Model) -> None:
    at = trace.characters.index("é") + 1
    assert trace.stand_in(at) == "<unk>"
    assert trace.character_in_words(at) == "“é”, read as <unk>"
    pane = StripPane(session_of(trace, 0), THEMES["light"])
    pane.resize(1600, 156)
    over = QPointF(LEFT + (at + 0.5) * pane.cell, TILE_TOP + 9)
    assert pane.hover(over) == f"step {at}: “é”, read as <unk>"
    # The <unk> that the text itself holds stands for nothing else.
    written = trace.characters.index("<unk>") + 1
    assert trace.stand_in(written) is None
    assert trace.character_in_words(written) == "“<unk>”"
    assert Trace(special, "<unk>").stand_in(1) is None


def test_a_mark_below_what_stands_for_another(trace: Trace) -> None:
    at = trace.characters.index("é") + 1
    dark = THEMES["dark"]  # where all grounds differ from all letters
    for position, color in ((0, dark.future), (at, dark.now_text), (trace.steps, dark.text)):
        pane = StripPane(session_of(trace, position), dark)
        pane.resize(1600, 156)
        image = QImage(pane.sceneRect().size().toSize(), QImage.Format.Format_RGB32)
        painter = QPainter(image)
        pane.render(painter, QRectF(image.rect()), pane.sceneRect())
        painter.end()
        marked = [
            t
            for t in range(trace.steps + 1)
            if all(
                image.pixelColor(int(LEFT + (t + share) * pane.cell), TILE_TOP + 25) == color
                for share in (0.2, 0.5, 0.8)
            )
        ]
        assert marked == [at]


def test_the_context_leaves_the_title_alone(
    trace: Trace, rows: Trace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for recorded in (trace, rows):
        for position in range(1, recorded.steps + 1):
            pane = PredictionPane(session_of(recorded, position), THEMES["light"])
            pane.resize(300, 200)
            with monkeypatch.context() as patch:
                (title, area), (context, place) = drawn(pane, patch)[:2]
            assert title == ("Next character" if recorded is trace else "Output")
            assert place.left() > area.right() + 4
            last = fonts.glyph(recorded.characters[position - 1])
            assert context.endswith(last) or "…" in context


def test_the_likeliest_are_written_out(trace: Trace, monkeypatch: pytest.MonkeyPatch) -> None:
    pane = PredictionPane(session_of(trace, 1), THEMES["light"])
    pane.resize(340, 1000)
    said = painted(pane, monkeypatch)
    assert {"<pad>", "<unk>", "</s>"} <= set(said)
    for words, rect in drawn(pane, monkeypatch)[2:]:
        if rect.left() < MARGIN + 48 and not words.startswith("rank"):
            assert rect.left() >= MARGIN, words
            assert rect.right() <= MARGIN + 48, words
