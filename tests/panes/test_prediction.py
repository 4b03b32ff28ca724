"""Predictions: ranks and surprises against numpy in float64."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from samples import model, recording, session_of
from words import painted

from gru_debugger.charts import fonts
from gru_debugger.charts.theme import THEMES
from gru_debugger.core.model import Model
from gru_debugger.core.trace import Trace
from gru_debugger.main_window import MainWindow
from gru_debugger.numerals import percent
from gru_debugger.panes.prediction import FIRST, ROW, PredictionPane

pytestmark = pytest.mark.usefixtures("screen")

STEPS = 30


def pane_of(trace: Trace, position: int, height: int = 200) -> PredictionPane:
    pane = PredictionPane(session_of(trace, position), THEMES["light"])
    pane.resize(340, height)
    return pane


def oracle(m: Model, trace: Trace, t: int) -> np.ndarray:
    """softmax(W h + b) in float64."""
    assert m.output is not None
    tops = [trace.state(t, len(m.layers) - 1, d) for d in ("forward", "reverse")[: m.directions]]  # type: ignore[arg-type]
    logits = m.output.weight.astype(np.float64) @ np.concatenate(tops) + m.output.bias
    e = np.exp(logits - logits.max())
    return np.asarray(e / e.sum())


@pytest.mark.parametrize(
    "more", [{}, {"layers": 2, "directions": 2}, {"symbols": 29, "scale": 6.0}]
)
def test_rank_and_surprise(more: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    m = model(**more)  # type: ignore[arg-type]
    trace = recording(m, STEPS)
    for t in (1, 2, 15, STEPS - 1):
        said = painted(pane_of(trace, t), monkeypatch)
        (line,) = [words for words in said if words.startswith("rank")]
        seen = " · it was read from the end" if m.directions > 1 else ""
        match = re.fullmatch(rf"rank (\d+) of (\d+), (\w+) · surprise ([\d.]+) bits{seen}", line)
        assert match, line
        p = oracle(m, trace, t)
        follows = m.index_of[trace.text[t]]
        assert int(match[1]) == 1 + sum(q > p[follows] for q in p)
        assert int(match[2]) == m.symbols
        assert match[3] == ("right" if p[follows] == p.max() else "wrong")
        assert float(match[4]) == pytest.approx(-np.log2(p[follows]), abs=0.006)


def test_the_likeliest_stand_in_order_with_their_shares(monkeypatch: pytest.MonkeyPatch) -> None:
    m = model()
    trace = recording(m, STEPS)
    said = painted(pane_of(trace, 9, height=400), monkeypatch)
    p = oracle(m, trace, 9)
    order = np.argsort(-p)
    shown = [words for words in said if words.endswith("%")]
    assert shown == [percent(p[i], 1) for i in order]
    glyphs = [fonts.glyph(m.require_vocabulary()[i]) for i in order]
    assert [words for words in said if words in glyphs and len(words) == 1] == glyphs


def test_what_follows_is_always_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where it is the least likely of all."""
    m = model(symbols=29)
    trace = recording(m, 300)
    for t in range(1, 300, 17):
        p = oracle(m, trace, t)
        follows = m.index_of[trace.text[t]]
        said = painted(pane_of(trace, t), monkeypatch)
        assert "next in the text" in said
        assert percent(p[follows], 1) in said


def test_what_follows_has_a_short_word_where_the_long_one_has_no_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Inside its bar or behind it, beside the numbers of two runs; no word is cut."""
    trace = recording(model(scale=6.0), 60).with_edits("r = 1").finish()
    seen = dict[int, set[str]]()
    for width in (240, 300, 400):
        said = list[str]()
        for t in range(1, 60):
            pane = pane_of(trace, t)
            pane.resize(width, 200)
            said += [words for words in painted(pane, monkeypatch) if words.startswith("next")]
        assert len(said) == 59
        seen[width] = {*said}
    assert seen == {240: {"next"}, 300: {"next in the text", "next"}, 400: {"next in the text"}}


def test_what_is_asked_about_is_there_where_there_is_room() -> None:
    """Beside the likeliest and the one that follows, by probability."""
    m = model(symbols=29)
    trace = recording(m, STEPS)
    p = oracle(m, trace, 9)
    follows, order = m.index_of[trace.text[9]], [int(i) for i in np.argsort(-p)]
    for asked in order:
        for height, count in ((300, 10), (140, 3), (118, 2)):
            pane = pane_of(trace, 9, height)
            pane.session.look(symbol=asked)
            rows = pane._rows(pane._given(trace.step(9).probabilities))
            assert len(rows) == count
            assert rows == sorted(rows, key=order.index)
            assert {order[0], follows} <= {*rows}
            assert asked in rows or count == 2


@pytest.mark.parametrize(
    ("position", "computation", "words"),
    [
        (0, "blend", "Before the first character."),
        (5, "r", "Not computed yet."),
        (5, "n", "Not computed yet."),
        (STEPS, "blend", "The text ends here."),
    ],
)
def test_why_there_are_none(
    position: int, computation: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pane = pane_of(recording(model(), STEPS), position)
    pane.session.go_to(position, computation)
    assert words in painted(pane, monkeypatch)


def test_without_an_output_layer_or_a_vocabulary(monkeypatch: pytest.MonkeyPatch) -> None:
    trace = recording(model(output=False), STEPS)
    said = painted(pane_of(trace, 5), monkeypatch)
    assert "The file has no output layer: no predictions." in said


def test_an_impossible_character_is_a_number_of_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    m = model()
    assert m.output is not None
    bias = m.output.bias.copy()
    trace = recording(m, STEPS)
    bias[m.index_of[trace.text[5]]] = -1e4
    trace = Trace(replace(m, output=replace(m.output, bias=bias)), trace.text).finish()
    (line,) = [w for w in painted(pane_of(trace, 5), monkeypatch) if w.startswith("rank")]
    assert "inf" not in line
    assert "nan" not in line


def test_hovering_tells_the_probability() -> None:
    m = model()
    trace = recording(m, STEPS)
    p = oracle(m, trace, 9)
    words = pane_of(trace, 9).hover(QPointF(100, FIRST + ROW / 2))
    assert words.endswith(f"p = {p.max():.6f}\nClick to ask why")


@pytest.mark.parametrize("position", [1, 12, STEPS])
def test_of_a_text_read_from_its_end_nothing_follows(
    position: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    m = replace(model(), backwards=True)
    trace = Trace(m, recording(model(), STEPS).text).finish()
    said = painted(pane_of(trace, position, height=400), monkeypatch)
    assert "Output" in said
    assert "Softmax of the output; its target is not known." in said
    assert not [w for w in said if re.search("rank|[Nn]ext|ends", w)]
    assert m.output is not None
    logits = m.output.weight.astype(np.float64) @ trace.state(position) + m.output.bias
    shares = np.sort(np.exp(logits) / np.exp(logits).sum())[::-1]
    assert [w for w in said if w.endswith("%")] == [percent(p, 1) for p in shares]


def test_five_are_shown_where_there_is_room(
    open_window: Callable[..., MainWindow], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As drawn: in a window of 1600 × 1000, and in the pictures."""
    window = open_window(recording(model(), STEPS), 9, size=(1600, 1000))
    pane = window.views["prediction"].pane
    exported = pane_of(recording(model(), STEPS), 9)
    for shown in (pane, exported):
        assert len([w for w in painted(shown, monkeypatch) if w.endswith("%")]) >= 5
        assert [w for w in painted(shown, monkeypatch) if w.startswith("rank")]


def test_beside_a_reference_stand_its_numbers_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the picture, in words, in the table and in the tip; thin bars as long as they say."""
    m, t = model(), 9
    plain = recording(m, STEPS)
    edited = plain.with_edits("h = 0.5 at 9").finish()
    pane = pane_of(edited, t, height=400)
    here, there = oracle(m, edited, t), oracle(m, plain, t)
    order = np.argsort(-here)
    said = painted(pane, monkeypatch)
    assert [w for w in said if w.endswith(" →")] == [f"{100 * there[i]:.1f} →" for i in order]
    table = pane.tables()["probabilities"]()
    assert table.columns == ("probability", "without the edits")
    assert table.values[:, 1] == pytest.approx(there[order], abs=1e-6)
    assert f", without the edits {percent(float(there[order[0]]), 1)}" in pane.in_words()
    assert f"\n{there[order[1]]:.6f} without the edits" in pane.hover(QPointF(100, FIRST + ROW + 9))
    session = pane.session
    session.swap()
    pane.resize(340, 400)
    said = painted(pane, monkeypatch)
    assert [w for w in said if w.endswith(" →")] == [
        f"{100 * here[i]:.1f} →" for i in np.argsort(-there)
    ]
    assert "with the edits" in pane.in_words()
    session.swap()
    session.open(plain, t)
    pane.resize(340, 400)
    assert not [w for w in painted(pane, monkeypatch) if w.endswith("→")]
