"""The overview's plots: what stands where is the numbers', and each point leads somewhere."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from by_hand import any_run
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from samples import model, recording, session_of, text_for
from seeing import contrast, over

import gru_debugger
from gru_debugger.charts import fonts
from gru_debugger.charts.scatter import Scatter
from gru_debugger.charts.theme import THEMES
from gru_debugger.core.trace import Trace
from gru_debugger.panes.whole_run import labels
from gru_debugger.panes.whole_run.pane import WholeRunPane
from gru_debugger.panes.whole_run.ranked import Holding, Missing
from gru_debugger.panes.whole_run.scatters import Dots
from gru_debugger.panes.whole_run.surprise import Surprise
from gru_debugger.questions import matters, overview_in_words
from gru_debugger.questions.overview import Survey
from gru_debugger.session.recorder import Recorder
from gru_debugger.session.session import Session
from gru_debugger.session.whole_run import WholeRun
from gru_debugger.session.zoom import Zoom

pytestmark = pytest.mark.usefixtures("screen")


def pane_of(session: Session, size: tuple[int, int] = (1259, 737)) -> WholeRunPane:
    """All is known to it, as on paper."""
    pane = WholeRunPane(session, THEMES["light"])
    pane.interactive = False
    session.position_changed.connect(pane.show_step)
    session.unit_changed.connect(pane.show_unit)
    session.view_changed.connect(pane.renew)
    session.zoom_changed.connect(pane.show_zoom)
    session.opened.connect(pane.renew)
    pane.resize(*size)
    return pane


def painted(pane: WholeRunPane) -> QImage:
    image = QImage(pane.size.toSize(), QImage.Format.Format_RGB32)
    p = QPainter(image)
    pane.render(p)
    p.end()
    return image


@pytest.mark.parametrize("seed", range(6))
def test_dots_stand_where_the_numbers_are(seed: int) -> None:
    run = any_run(seed, 30, "z{end}[1] = 1")
    session = session_of(run, 7, 2)
    layer, direction = run.model.places[-1]
    session.look(layer=layer, direction=direction)
    pane = pane_of(session)
    survey = Survey(run, (layer, direction))
    while survey.advance():
        pass
    units = survey.units
    assert units is not None
    expected = (
        (units.z_low, units.z_high), (units.r_low, units.r_high), (units.mean, units.deviation),
    )  # fmt: skip
    dotted = [panel for panel in pane.panels if isinstance(panel, Dots)]
    for panel, (xs, ys) in zip(dotted, expected, strict=True):
        for unit in range(run.model.hidden_size):
            at = panel.dot(unit)
            assert at is not None
            left, right = panel.low[0], panel.high[0]
            x = left + (at.x() - panel.plot.left()) / panel.plot.width() * (right - left)
            assert x == pytest.approx(float(np.clip(xs[unit], left, right)), abs=1e-6)
            y = (panel.plot.bottom() - at.y()) / panel.plot.height()
            assert y == pytest.approx(float(ys[unit]), abs=1e-6)
    session.close()


def test_what_is_found_before_a_panel_is_told_is_drawn_when_it_is() -> None:
    """The window may paint in between."""
    run = recording(model(), 40)
    session = session_of(run, 7, 2)
    pane = pane_of(session)
    pane.interactive = True
    session.whole_run.survey = Survey(run, (0, "forward"))
    pane.arrange()
    session.whole_run.stop()
    while session.whole_run.survey.advance():
        pass
    before = painted(pane)
    of_units = [panel for panel in pane.panels if isinstance(panel, Dots | Holding)]
    for panel in of_units:
        assert panel.dot(2) is None
        assert panel.hover(panel.plot.center()) == ""
    pane.show_whole_run()
    assert painted(pane) != before
    assert all(panel.dot(2) is not None for panel in of_units)
    session.close()


def test_a_click_on_a_point_selects_its_unit() -> None:
    session = session_of(recording(model(), 40), 7, 2)
    pane = pane_of(session)
    painted(pane)
    for panel in pane.panels:
        for unit in (11, 4, 0):
            at = panel.dot(unit)
            if at is None or panel.unit_at(at) != unit:  # under another one
                continue
            assert pane.point(at)
            assert f"Unit {unit}" in pane.hover(at)
            pane.press(at)
            assert session.unit == unit
    assert session.unit == 0
    assert not pane.point(QPointF(3, 3))
    session.close()


def test_links_of_sentences_lead_there() -> None:
    session = session_of(recording(model(), 40), 7, 2)
    pane = pane_of(session)
    for panel in pane.all:
        answer = panel.answer()
        for link, goal in zip(panel.sentence.links, answer.goals, strict=False):
            pane.press(link.rect.center())
            if goal.kind == "unit":
                assert session.unit == goal.number
            else:
                assert session.position == goal.number
    assert pane.surprise.sentence.links
    session.close()


def test_ranks_are_sorted() -> None:
    run = recording(model(), 40)
    session = session_of(run, 7, 2)
    pane = pane_of(session)
    holding = next(panel for panel in pane.panels if isinstance(panel, Holding))
    missing = next(panel for panel in pane.panels if isinstance(panel, Missing))
    units = pane.units
    assert units is not None
    assert holding.shown == sorted(range(16), key=lambda unit: -units.half_life[unit])
    lost = list(matters.losses(run, (0, "forward")))
    assert missing.shown.tolist() == sorted(range(16), key=lambda unit: -lost[unit])
    for unit in range(16):
        dot = missing.dot(unit)
        assert dot is not None
        value = missing.low + (missing.plot.bottom() - dot.y()) / missing.plot.height() * (
            missing.high - missing.low
        )
        assert value == pytest.approx(lost[unit], abs=1e-6)
    session.close()


@pytest.mark.parametrize("hidden", [1, 3, 16, 200])
@pytest.mark.parametrize("size", [(1259, 737), (1026, 500), (1259, 387)])
def test_labels_are_few_and_apart(hidden: int, size: tuple[int, int]) -> None:
    session = session_of(recording(model(hidden), 60), 7, 0)
    pane = pane_of(session, size)
    for unit in {0, hidden // 2, hidden - 1}:
        session.select_unit(unit)
        for panel in pane.panels:
            shown = panel.labels
            assert len(shown) <= labels.MOST
            named = [one for label in shown for one in label.units]
            assert len(set(named)) == len(named)
            assert panel.dot(unit) is None or unit in named, "the selected one always has its own"
            for a, b in combinations(shown, 2):
                assert not a.rect.intersects(b.rect)
            for label in shown:
                assert label.rect.right() <= panel.plot.right() + 2
                assert label.rect.left() >= panel.plot.left() - 4
        before = [[(label.rect, label.words) for label in panel.labels] for panel in pane.panels]
        session.step_forward()
        assert before == [
            [(label.rect, label.words) for label in panel.labels] for panel in pane.panels
        ], "a step moves none"
    session.close()


def test_panels_stand_apart_and_inside() -> None:
    for size in ((1259, 737), (1600, 1100), (1026, 500), (640, 300), (1259, 387), (1600, 581)):
        session = session_of(recording(model(), 40), 7, 0)
        pane = pane_of(session, size)
        inside = QRectF(0, 0, size[0], pane.size.height() + 0.5)
        for a, b in combinations(pane.all, 2):
            assert not a.rect.adjusted(1, 1, -1, -1).intersects(b.rect.adjusted(1, 1, -1, -1))
        for panel in pane.all:
            assert inside.contains(panel.rect)
        session.close()


@pytest.mark.parametrize("height", [590, 640, 705])
def test_a_bar_above_it_brings_no_scroll_bar(height: int) -> None:
    session = session_of(recording(model(), 40), 7, 0)
    pane = pane_of(session, (1259, height))
    assert pane.size.height() == height
    assert pane.surprise.rect.bottom() == height
    session.close()


def test_what_is_wide_and_low_has_two_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Below Influence and a bar all is in sight, no sentence is smaller, no title over another."""
    network = gru_debugger.load_model("bundled:sonnets")
    assert network.example is not None
    session = session_of(Trace(network, network.example.text).finish(), 7, 2)
    pane = pane_of(session, (1259, 380))
    ends: dict[str, tuple[float, float]] = {}
    plain = fonts.text

    def text(p: QPainter, x: float, y: float, words: str, *given: Any, **more: Any) -> Any:
        shape = plain(p, x, y, words, *given, **more)
        ends.setdefault(words, (x, x + shape.width))
        return shape

    monkeypatch.setattr(fonts, "text", text)
    pane.interactive = True
    for width, height in ((1259, 380), (1259, 425), (1259, 581), (1110, 500)):
        pane.resize(width, height)
        ends.clear()
        painted(pane)
        assert pane.size.height() == height, "nothing is scrolled"
        assert len({panel.rect.top() for panel in pane.all}) == 2
        for panel in pane.all:
            assert panel.plot.height() > 55
            assert panel.sentence._pixels >= 11
            beyond = [one.rect.left() for one in pane.all if one.rect.left() > panel.rect.left()]
            assert ends[panel.question][1] < min(beyond, default=width + 18) - 18
    session.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_dot_is_seen(theme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    colors: list[QColor] = []
    place = Scatter.place
    monkeypatch.setattr(Scatter, "place", lambda self, x, y, color, radius: (
        colors.append(color), place(self, x, y, color, radius))[1])  # fmt: skip
    for hidden in (3, 600):
        session = session_of(recording(model(hidden), 9), 7, 0)
        pane = WholeRunPane(session, THEMES[theme])
        pane.interactive = False
        pane.resize(1259, 737)
        session.close()
    panel = THEMES[theme].panel
    assert len(colors) == 6
    assert min(contrast(over(panel, color), panel) for color in colors) >= 3


# Surprise ------------------------------------------------------------------------------------


def test_bars_are_the_bits() -> None:
    run = recording(model(), 60)
    session = session_of(run, 7, 2)
    pane = pane_of(session)
    panel, plot = pane.surprise, pane.surprise.plot
    bars = panel.bars()
    assert len(bars) == 59
    for character, bar in enumerate(bars, 2):
        p = run.step(character - 1).probabilities
        right = run.model.require_vocabulary().index(run.characters[character - 1])
        bits = bar.height() / plot.height() * panel.top
        assert bits == pytest.approx(-np.log2(p[right]), abs=1e-4)
        assert panel.character_at(QPointF(bar.center().x(), plot.bottom() - 1)) == character
    at = QPointF(bars[20].center().x(), plot.bottom() - 1)
    assert "follows step 21: " in pane.hover(at), "as what is told of the run says it"
    pane.press(at)
    assert session.position == 21, "where it is seen what was expected"
    session.close()


def test_of_characters_in_a_pixel_the_dearest_is_seen() -> None:
    m = model(4)
    session = session_of(Trace(m, text_for(m, 5000)).finish(), 7, 2)
    pane = pane_of(session)
    panel = pane.surprise
    bars = panel.bars()
    assert len(bars) <= panel.plot.width() + 1
    survey = pane.survey
    assert survey is not None
    bits = survey.known_bits
    highest = max(bar.height() for bar in bars) / panel.plot.height() * panel.top
    assert highest == pytest.approx(bits.max())
    x = panel.plot.left() + (bits.argmax() + 0.5) / 4999 * panel.plot.width()
    assert panel.character_at(QPointF(x, panel.plot.bottom() - 1)) == bits.argmax() + 2
    session.close()


def test_the_wheel_looks_closer_around_the_pointer() -> None:
    session = session_of(recording(model(), 300), 7, 2)
    pane = pane_of(session)
    panel = pane.surprise
    at = QPointF(panel.plot.left() + 0.25 * panel.plot.width(), panel.plot.center().y())
    before = panel.character_at(at)
    assert not pane.pan(50), "all is in sight"
    assert pane.scroll(at, 4.0)
    assert panel.last - panel.first < 150
    after = panel.character_at(at)
    assert before is not None
    assert after is not None
    assert abs(before - after) <= 1
    first = panel.first
    assert pane.pan(60)
    assert panel.first < first
    assert pane.scroll(at, -40.0)
    assert len(panel.bars()) == 299
    assert not pane.scroll(QPointF(5, 5), 1.0), "elsewhere the pane scrolls"
    session.close()


@pytest.mark.parametrize("hidden", [4, 16, 200])
def test_what_is_told_of_peaks_cuts_no_bar(hidden: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where all are about as high, too."""
    session = session_of(recording(model(hidden), 90), 7, 2)
    for size in ((1259, 737), (1259, 590)):
        pane = pane_of(session, size)
        told: list[QRectF] = []
        with monkeypatch.context() as patched:
            patched.setattr(
                Surprise, "_paint_told", lambda *given, told=told: told.append(given[3])
            )
            painted(pane)
        assert told
        panel = pane.surprise
        told.append(panel.guessing_box())
        for rect in told:
            assert not any(rect.intersects(bar) for bar in panel.bars())
            assert panel.rect.top() + 49 < rect.top(), "below the sentence"
        assert not any(a.intersects(b) for a, b in combinations(told, 2))
    session.close()


@pytest.mark.parametrize("name", ["sixteen", "sonnets"])
def test_the_dearest_characters_are_those_that_are_told(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = gru_debugger.load_model(f"bundled:{name}")
    assert network.example is not None
    session = session_of(Trace(network, network.example.text).finish(), 7, 2)
    pane = pane_of(session, (1259, 737))
    told: list[str] = []
    monkeypatch.setattr(
        Surprise, "_paint_told", lambda _, p, parts, rect: told.append(parts[-1][0]))
    painted(pane)
    bits = sorted(pane.surprise.bits.tolist(), reverse=True)
    costs = [float(words.split()[-1]) for words in told]
    assert len(costs) >= 4
    assert costs == pytest.approx(bits[: len(costs)], abs=0.0051)
    session.close()


def test_behind_one_without_room_none_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be less dear than one that is not."""
    session = session_of(recording(model(), 60), 7, 2)
    pane = pane_of(session)
    first, second, *_ = pane.surprise.peaks()
    told: list[str] = []
    monkeypatch.setattr(
        Surprise, "_paint_told", lambda _, p, parts, rect: told.append(parts[-1][0]))
    free = Surprise._free
    monkeypatch.setattr(Surprise, "_free", lambda self, character, *given: (
        None if character == second else free(self, character, *given)))  # fmt: skip
    painted(pane)
    (cost,) = (float(words.split()[-1]) for words in told)
    assert cost == pytest.approx(pane.surprise.bits[first - 2], abs=0.0051)
    session.close()


@pytest.mark.parametrize("zoom", [None, (0, 4999), (17, 3000), (1234, 1300)])
def test_each_pixel_has_the_bar_of_its_dearest_character(zoom: tuple[int, int] | None) -> None:
    m = model(4)
    session = session_of(Trace(m, text_for(m, 5000)).finish(), 7, 2)
    if zoom is not None:
        session.look(characters=Zoom(*zoom))
    for width in (640, 1259, 1301):
        pane = pane_of(session, (width, 737))
        panel, highest = pane.surprise, dict[int, float]()
        for character in panel._there():
            x = int(panel._x(character))
            highest[x] = max(highest.get(x, 0.0), float(panel.bits[character - 2]))
        bars = panel.bars()
        assert [bar.left() for bar in bars] == list(highest)
        heights = np.array([bar.height() for bar in bars]) / panel.plot.height() * panel.top
        np.testing.assert_allclose(heights, [*highest.values()], atol=1e-9)
    session.close()


def test_the_last_number_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    session = session_of(recording(model(), 40), 7, 2)
    pane = pane_of(session)
    ends: list[float] = []
    monkeypatch.setattr(fonts, "text", lambda p, x, y, words, color, family, pixels, **_:
                        ends.append(x + fonts.width(words, family, pixels) / 2))  # fmt: skip
    for x in (pane.surprise.plot.right(), pane.surprise.plot.center().x()):
        pane.surprise.tick(QPainter(), x, "1,000,000")
    assert ends[0] <= pane.size.width()
    wide = fonts.width("1,000,000", fonts.TICKS, 10)
    assert ends[1] == pytest.approx(pane.surprise.plot.center().x() + wide / 2)
    session.close()


# What is not there -----------------------------------------------------------------------------


def test_without_an_output_layer() -> None:
    session = session_of(recording(model(output=False), 40), 0, 2)
    pane = pane_of(session)
    painted(pane)
    told = pane.in_words()
    assert told.count("The model has no output layer") == 2
    assert "surprise" not in pane.tables()
    session.close()


def test_nothing_is_told_before_it_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Recorder, "start", lambda *_: None)
    m = model(300)
    session = Session()
    run = Trace(m, text_for(m, 900))
    session.open(run, 1, 3)
    pane = WholeRunPane(session, THEMES["dark"])
    pane.resize(1259, 737)
    painted(pane)
    assert run.recorded < run.steps
    assert "Known once the text is recorded." in pane.in_words()
    assert "So far of 0 of 900 steps, 0\u00a0%." in pane.in_words()
    session.close()


def test_how_much_of_the_text_is_known_is_told_at_a_readable_size(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And all answers are of the same steps."""
    session = session_of(recording(model(), 4000), 7, 2)
    pane = pane_of(session)
    survey = Survey(pane.trace, session.where.place)
    monkeypatch.setattr("gru_debugger.core.columns.stretch_rows", lambda trace: 300)
    monkeypatch.setattr("gru_debugger.questions.overview.rows_at_once", lambda trace: 500)
    survey.advance()
    survey.advance()
    assert (survey.steps, len(survey.known_bits)) == (300, 300)
    session.whole_run.show(survey, None)
    sizes: dict[str, float] = {}
    plain = fonts.text

    def text(p: QPainter, x: float, y: float, words: str, *given: Any, **more: Any) -> Any:
        sizes[words] = given[2]
        return plain(p, x, y, words, *given, **more)

    monkeypatch.setattr(fonts, "text", text)
    monkeypatch.setattr(pane, "look", lambda: None)
    pane.show_whole_run()
    painted(pane)
    assert sizes["so far of 300 of 4,000 steps, 8\u00a0%"] >= 13
    session.close()


def test_what_is_found_meanwhile_is_told_with_how_much_it_is_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All that is on a screen is of the same steps; what comes above it has room of its own."""
    session = session_of(recording(model(), 4000), 7, 2)
    pane = pane_of(session)
    titles = [panel.rect.top() for panel in pane.all]
    survey = Survey(pane.trace, session.where.place)
    monkeypatch.setattr("gru_debugger.core.columns.stretch_rows", lambda trace: 300)
    monkeypatch.setattr("gru_debugger.questions.overview.rows_at_once", lambda trace: 300)
    survey.advance()
    survey.advance()
    session.whole_run.show(survey, None)
    monkeypatch.setattr(pane, "look", lambda: None)
    pane.show_whole_run()
    assert pane.panels[0].rect.top() >= titles[0] + 16
    assert pane.surprise.rect.bottom() == pane.size.height()
    while survey.go_on():  # as a thread does
        pass
    words = pane.in_words()
    assert "So far of 300 of 4,000 steps" in words
    assert " of 300 cost more than guessing" in words
    assert pane._so_far in words.replace("So far", "so far")
    survey.take()
    pane.show_whole_run()
    assert [panel.rect.top() for panel in pane.all] == titles
    assert " of 3,999 cost more than guessing" in pane.in_words()
    assert pane._so_far == ""
    session.close()


def test_the_time_that_is_left_stands_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    session = session_of(recording(model(), 4000), 7, 2)
    pane = pane_of(session)
    survey = Survey(pane.trace, session.where.place)
    monkeypatch.setattr("gru_debugger.core.columns.stretch_rows", lambda trace: 400)
    survey.advance()
    session.whole_run.show(survey, None)
    assert pane.progress().endswith("10\u00a0%")
    monkeypatch.setattr(WholeRun, "left", 83.0)
    assert pane.progress().endswith("10\u00a0%, 83\u00a0s left")
    session.close()


@pytest.mark.parametrize("size", [(1259, 737), (1259, 590), (1041, 500)])
@pytest.mark.parametrize("units", [256, 1024])
def test_what_is_tried_so_far_is_told_at_the_size_of_the_others(
    units: int, size: tuple[int, int]
) -> None:
    session = session_of(recording(model(), 40), 7, 2)
    pane = pane_of(session, size)
    missing = next(panel for panel in pane.panels if isinstance(panel, Missing))
    bits = np.full(units, np.nan)
    bits[: units - 20] = 0.02
    bits[units - 30], bits[units - 21] = 2.48, -0.25
    said = overview_in_words.lost(bits, units - 20, "", wanted=True)
    missing.sentence.say(said.spans)
    assert missing.sentence._pixels == pane.panels[0].sentence._pixels
    session.close()


def test_numbers_are_those_of_the_run() -> None:
    run = recording(model(), 40)
    session = session_of(run, 7, 2)
    pane = pane_of(session)
    units = pane.tables()["units"]()
    assert units.rows == 16
    assert units.row == 2
    column = units.columns.index("largest")
    expected = np.abs(run.states()).max(axis=0)
    np.testing.assert_allclose(units.values[:, column], expected, rtol=1e-6)
    bits = pane.tables()["surprise"]()
    assert bits.rows == 39
    assert bits.name(0)[0] == "2"
    assert pane.tables()["values"]().values.sum() == pytest.approx(2)
    session.close()
