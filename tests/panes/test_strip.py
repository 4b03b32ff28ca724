"""The text strip: what it shows depends on position and width alone."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from samples import model, recording, session_of

from gru_debugger.charts import fonts
from gru_debugger.charts.theme import THEMES, diverging_map
from gru_debugger.core.model import Direction, printable
from gru_debugger.core.trace import Trace
from gru_debugger.numerals import exact
from gru_debugger.panes import overview, strip_marks
from gru_debugger.panes.character_columns import CELL, LEFT, RIGHT, first_column
from gru_debugger.panes.strip import StripPane
from gru_debugger.panes.strip_marks import MAP_TOP, TILE, TILE_TOP
from gru_debugger.session.marks import Lane
from gru_debugger.session.session import Session

pytestmark = pytest.mark.usefixtures("screen")


@pytest.mark.parametrize("columns", [4, 5, 17, 59, 60])
@pytest.mark.parametrize("steps", [1, 3, 58, 59, 60, 500, 200_000])
def test_the_position_is_always_in_sight(steps: int, columns: int) -> None:
    for position in {*range(min(steps, 300) + 1), steps // 2, steps - 1, steps}:
        first = first_column(position, columns, steps)
        assert 0 <= first <= position < first + columns
        assert first + columns <= max(columns, steps + 1), "no empty columns at the end"


def test_it_turns_seldom() -> None:
    firsts = [first_column(position, 60, 1000) for position in range(1001)]
    turns = sum(a != b for a, b in itertools.pairwise(firsts))
    assert turns <= 1000 / 30 + 1
    assert firsts == sorted(firsts)


def strip(trace: Trace, position: int = 5, width: int = 1000) -> StripPane:
    pane = StripPane(session_of(trace, position), THEMES["light"])
    pane.resize(width, 156)
    return pane


def paint(pane: StripPane) -> QImage:
    image = QImage(pane.sceneRect().size().toSize(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    pane.render(painter, QRectF(image.rect()), pane.sceneRect())
    painter.end()
    return image


@pytest.fixture(scope="module")
def long() -> Trace:
    return recording(model(), 300)


@pytest.mark.parametrize("history", [[], [300, 0], [149], [151], list(range(100, 150))])
def test_the_picture_is_the_same_however_it_was_reached(long: Trace, history: list[int]) -> None:
    pane = strip(long, 7)
    for position in [*history, 150]:
        pane.session.go_to(position)
        pane.show_step()
    assert paint(pane) == paint(strip(long, 150))


def test_scrolling_ends_with_the_next_step(long: Trace) -> None:
    pane = strip(long, 150)
    at, before = QPointF(500, 80), pane.first
    pane.wheel(at, -5, False)
    pane.show_scroll()
    assert pane.first > before
    pane.wheel(at, 500, False)
    pane.show_scroll()
    assert pane.first == 0
    pane.session.look(scroll=10**6)
    pane.show_scroll()
    assert pane.last == long.steps, "no further than the end"
    pane.session.go_to(151)
    pane.show_step()
    assert paint(pane) == paint(strip(long, 151))


@pytest.mark.parametrize("layer", [0, 1])
@pytest.mark.parametrize("direction", ["forward", "reverse"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_map_is_the_states(theme: str, direction: str, layer: int) -> None:
    """Column t is h after t, unit 0 on top; what lies ahead stands back behind a veil."""
    trace = recording(model(layers=2, directions=2), 12)
    # Nothing lies ahead of the last character forward, nor of the first one in reverse.
    session = session_of(trace, 12 if direction == "forward" else 1)
    session.look(layer=layer, direction=direction)  # type: ignore[arg-type]
    pane = StripPane(session, THEMES[theme])
    pane.resize(1000, MAP_TOP + 24 + 16 * 5)
    states = trace.states(layer, direction)  # type: ignore[arg-type]
    expected = np.rint(states.T * 127).astype(int) + 127
    np.testing.assert_array_equal(pane.map.indices()[:, 1:], expected)
    image, unit = paint(pane), 5
    for t in range(2, 12):
        x, y = int(LEFT + (t + 0.5) * pane.cell), int(MAP_TOP + (unit + 0.5) * 5)
        assert image.pixelColor(x, y) == QColor(*diverging_map(theme)[expected[unit, t - 1]])


@pytest.mark.parametrize(
    ("direction", "read"), [("forward", range(1, 6)), ("reverse", range(5, 13))]
)
def test_the_veil_begins_behind_what_is_read(direction: Direction, read: range) -> None:
    """Forward it lies over what follows the position, in reverse over what stands before it."""
    session = session_of(recording(model(directions=2), 12), 5)
    session.look(direction=direction)
    pane = StripPane(session, THEMES["light"])
    pane.resize(1000, MAP_TOP + 24 + 16 * 5)
    image, shown = paint(pane), pane.map.indices()

    def bare(t: int) -> bool:
        x = int(LEFT + (t + 0.5) * pane.cell)
        colors = [QColor(*diverging_map("light")[index]) for index in shown[2:, t]]
        seen = [image.pixelColor(x, int(MAP_TOP + (unit + 0.5) * 5)) for unit in range(2, 16)]
        return seen == colors

    assert [t for t in range(1, 13) if bare(t)] == list(read)


def test_a_shown_state_is_paler_ahead(long: Trace) -> None:
    now, later = paint(strip(long, 30)), paint(strip(long, 5))
    x, ys = int(LEFT + 20.5 * CELL), range(MAP_TOP + 2, 120)
    deepest = [min(image.pixelColor(x, y).lightness() for y in ys) for image in (now, later)]
    assert deepest[1] > deepest[0]


def test_a_click_goes_to_the_character(long: Trace) -> None:
    pane = strip(long, 0)
    for t in (3, 0, 30):
        pane.press(QPointF(LEFT + (t + 0.5) * pane.cell, TILE_TOP + TILE / 2))
        assert pane.session.position == t
    pane.press(QPointF(5, TILE_TOP + 5))
    assert pane.session.position == 30, "beside the strip nothing happens"


def test_dragging_scrubs_and_stays_on_the_strip(long: Trace) -> None:
    pane = strip(long, 0)
    pane.drag(QPointF(LEFT + 9.5 * pane.cell, 80))
    assert pane.session.position == 9
    pane.drag(QPointF(-100, 80))
    assert pane.session.position == 0
    pane.drag(QPointF(9999, 80))
    assert pane.session.position == pane.last


@pytest.fixture
def followed() -> Iterator[StripPane]:
    """Of 400 characters, told of what changes."""
    session = session_of(recording(model(), 400), 20)
    pane = StripPane(session, THEMES["light"])
    session.position_changed.connect(pane.show_step)
    session.scroll_changed.connect(pane.show_scroll)
    pane.resize(1600, 156)
    yield pane
    session.close()


def test_the_text_stays_under_the_pointer_until_it_is_let_go(followed: StripPane) -> None:
    """Where it turns: a hand that trembles would run away with the step."""
    pane, session = followed, followed.session
    first, at = pane.first, QPointF(followed.x(50) + 4, 80)
    pane.press(at)
    for moved in range(5):
        pane.drag(at + QPointF(moved, 0))
        assert (session.position, pane.first) == (50, first)
    pane.drag(QPointF(pane.x(44) + 4, 80))
    assert (session.position, pane.first) == (44, first)
    pane.drag(at)
    pane.release()
    assert session.view.scroll is None
    assert pane.first == first_column(50, pane.columns, session.steps) > first


def test_dragged_beyond_an_end_the_text_moves_a_column_at_a_time(followed: StripPane) -> None:
    pane, session = followed, followed.session
    pane.press(QPointF(pane.x(30) + 4, 80))
    for further in range(1, 4):
        last = pane.last
        pane.drag(QPointF(pane.size.width() - 5, 80))
        assert (session.position, pane.last, pane.first) == (last + 1, last + 1, further)
    for back in (2, 1, 0, 0):
        pane.drag(QPointF(5, 80))
        assert (session.position, pane.first) == (back, back)
    pane.release()
    assert session.view.scroll is None


def test_a_click_on_the_step_itself_leaves_the_text_where_it_was_scrolled(
    followed: StripPane,
) -> None:
    session = followed.session
    session.look(scroll=5)
    for position, kept in ((20, 5), (21, None)):
        followed.press(QPointF(followed.x(position) + 4, 80))
        followed.release()
        assert (session.position, session.view.scroll) == (position, kept)


def test_the_middle_button_moves_whole_columns_and_keeps_the_rest(followed: StripPane) -> None:
    pane = followed
    for _ in range(10):
        assert pane.pan(-pane.cell / 4)
    assert (pane.first, pane.session.position) == (2, 20)
    assert pane.pan(1.5 * pane.cell)
    assert pane.first == 1
    assert pane.pan(9999)
    assert pane.first == 0
    short = strip(recording(model(), 20), 3)
    assert not short.pan(-99.0), "all of it is in sight"


def test_hovering_names_step_character_and_state(long: Trace) -> None:
    pane = strip(long, 0)
    words = pane.hover(QPointF(LEFT + 4.5 * pane.cell, MAP_TOP + 1))
    assert "step 4" in words
    assert printable(long.text[3]) in words
    assert f"h[0] = {exact(float(long.state(4)[0]))}" in words


@pytest.mark.parametrize("hidden", [1, 16, 128, 1024])
@pytest.mark.parametrize("width", [200, 1000, 3000])
def test_any_size_paints(width: int, hidden: int) -> None:
    pane = strip(recording(model(hidden), 20), 0, width)
    paint(pane)
    pane.resize(width, 60)
    pane.use_theme(THEMES["dark"])
    paint(pane)


def test_what_is_not_recorded_yet_appears(screen: object) -> None:
    trace = Trace(model(hidden=4), "ab" * 600)
    session = session_of(trace, 1200)
    while trace.recorded < 1200:
        trace.advance()
    pane = StripPane(session, THEMES["light"])
    pane.resize(1000, 156)
    whole = pane.map.indices().copy()
    late = Trace(model(hidden=4), "ab" * 600)
    session = Session()
    session.recorder.start = lambda trace: None  # type: ignore[method-assign]
    session.open(late, 1200)
    pane = StripPane(session, THEMES["light"])
    pane.resize(1000, 156)
    assert not late.complete
    late.finish()
    pane.show_recording()
    np.testing.assert_array_equal(pane.map.indices(), whole)


@pytest.mark.parametrize("steps", [1, 50, 9000, 100_000])
def test_of_a_long_text_each_stretch_shows_whether_a_condition_holds_in_it(steps: int) -> None:
    holds = np.random.default_rng(steps).random(steps) < 0.001
    holds[0] = True
    every, found = -(-steps // overview._POOLED), overview.places(holds)
    wanted = np.unique(np.flatnonzero(holds) // every) * every + 1
    assert found.tolist() == wanted.tolist()


@pytest.mark.parametrize("width", [600, 1000, 1600])
@pytest.mark.parametrize("steps", [1, 5, 12, 20, 38, 60, 300])
def test_a_short_text_has_the_strip_s_width(steps: int, width: int) -> None:
    """All of it in sight, in whole pixels a column, but none absurdly wide."""
    pane = strip(recording(model(), steps), 1, width)
    room = width - LEFT - RIGHT
    assert CELL <= pane.cell == int(pane.cell) <= 3 * CELL
    used = pane.map_rect().width()
    assert used == (pane.last - pane.first + 1) * pane.cell <= max(room, 4 * CELL)
    if pane.last - pane.first < steps:
        assert pane.cell == CELL
    elif pane.cell < 3 * CELL:
        assert room - used < steps + 1, "a pixel more a column would not fit"


@pytest.mark.parametrize("position", [414, 416, 499, 501])
def test_no_number_touches_that_of_the_step(
    position: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = session_of(recording(model(), 600), position, 2)
    pane = StripPane(session, THEMES["light"])
    pane.resize(1600, 200)
    numbers: list[tuple[float, str]] = []
    monkeypatch.setattr(fonts, "centred_on", lambda p, y, placed, color, family, pixels: (
        numbers.extend(placed) if family == fonts.TICKS else None))  # fmt: skip
    paint(pane)
    box = strip_marks._label_now(pane)
    assert len(numbers) > 5
    for x, words in numbers:
        half = fonts.width(words, fonts.TICKS, 10) / 2
        assert x + half + 3 < box.left() or x - half - 3 > box.right()
    session.close()


def test_the_whole_text_s_last_number_is_right_of_the_cursor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session = session_of(recording(model(), 600), 600, 2)
    session.mark(replace(session.marks, stops=(5,)))
    pane = StripPane(session, THEMES["light"])
    pane.resize(1600, 230)
    area = pane.lanes.overview.area
    said: list[float] = []
    monkeypatch.setattr(fonts, "text", lambda p, x, y, words, *_, **__: (
        said.append(x) if words == "600" else None))  # fmt: skip
    filled: list[QRectF] = []
    image = QImage(1600, 230, QImage.Format.Format_RGB32)
    p = QPainter(image)
    pane.lanes.overview.paint(p)
    p.end()
    monkeypatch.setattr(QPainter, "fillRect", lambda self, rect, color: filled.append(rect))
    pane.lanes.overview.paint_step(QPainter())
    assert said
    assert filled[0].right() + 5 < said[0] < area.right() + 50
    session.close()


def test_a_space_stands_inside_its_box(monkeypatch: pytest.MonkeyPatch) -> None:
    session = session_of(recording(model(), 60), 7, 2)
    session.mark(replace(session.marks, lanes=(Lane("h[2]"),)))
    pane = StripPane(session, THEMES["light"])
    pane.resize(1600, 230)
    middles: dict[str, float] = {}
    monkeypatch.setattr(fonts, "centred", lambda p, box, words, *_: (
        middles.update({words: box.center().y()})))  # fmt: skip
    image = QImage(1600, 230, QImage.Format.Format_RGB32)
    for value in (" ", "a"):
        p = QPainter(image)
        pane.lanes._paint_value(p, 0, value)
        p.end()
    assert middles[fonts.glyph(" ")] <= middles["a"] - 2, "its sign is below the other letters"
    session.close()


def test_the_pinned_step_has_a_frame_of_its_own() -> None:
    """In its column alone, of another run too where that reads the same; told and in the tip."""
    run = Trace(model(), recording(model(), 20).text).finish()
    pane = strip(run)
    plain = painted(pane)

    def changed() -> list[int]:
        """The columns in which the picture is another one."""
        pane.renew()
        x = np.flatnonzero((painted(pane) != plain).any(axis=0)) + 0.5
        return sorted({int((at - LEFT) // pane.cell) + pane.first for at in x})

    session = pane.session
    session.pin(run, 9)
    assert 9 in changed()
    assert set(changed()) <= {8, 9, 10}, "its edges lie on those of its neighbours"
    column = QPointF(pane.x(9) + 3, MAP_TOP + 9)
    assert "all others are held against this step" in pane.hover(column)
    assert f"Held against step 9, {run.character_in_words(9)}" in pane.words()
    session.pin(Trace(run.model, run.text), 9)
    assert 9 in changed()
    session.pin(Trace(run.model, run.text[:12]), 9)
    assert changed() == []
    session.pin(run, 5)
    assert changed() == [], "the one that is shown has its own"


def painted(pane: StripPane) -> np.ndarray:
    image = paint(pane)
    return np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1).copy()
