"""The influence's lanes: their numbers are the question's, they follow, they lead to steps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from pytestqt.qtbot import QtBot
from samples import model, recording, session_of, text_for

import gru_debugger
from gru_debugger.charts import fonts
from gru_debugger.charts.theme import THEMES, mixed
from gru_debugger.core.trace import Trace
from gru_debugger.panes import influence_lines, influence_told, sentences
from gru_debugger.panes.character_columns import LEFT, CharacterColumns, first_before
from gru_debugger.panes.gradients import GradientsPane
from gru_debugger.panes.influence import InfluencePane
from gru_debugger.panes.influence_asked import AsksInfluence
from gru_debugger.panes.strip import StripPane
from gru_debugger.phrases import translate_by
from gru_debugger.questions.influence import influence
from gru_debugger.questions.influence_in_words import left
from gru_debugger.session import influence as here
from gru_debugger.session.session import Session

pytestmark = pytest.mark.usefixtures("screen")
STEPS, START = 120, 44


def pane_of(session: Session, width: float = 1600, height: float = 320) -> InfluencePane:
    pane = InfluencePane(session, THEMES["light"])
    session.position_changed.connect(pane.show_step)
    session.unit_changed.connect(pane.show_unit)
    session.view_changed.connect(pane.renew)
    session.opened.connect(pane.renew)
    session.influence.advanced.connect(pane.show_more)
    pane.resize(width, height)
    return pane


def is_shown(pane: InfluencePane, of: str | None) -> bool:
    """Whether what is drawn is what the question answers of this step."""
    session = pane.session
    wanted = influence(pane.trace, session.position, of)
    positions = range(pane.first, pane.last + 1)
    if pane.shares is None or pane.found is None or not pane.found.complete:
        return False
    place, name = pane.shares.place, pane.shares.name
    for path, *_ in influence_lines.LINES:
        drawn = pane.values(pane.shares.shares(path), positions)
        start = wanted.norms[name][wanted.row(wanted.begins(place), place)]
        for position, value in zip(positions, drawn, strict=True):
            row = wanted.row(position, place)
            there = 0 <= row < len(wanted.norms[name])
            if there and not np.isclose(value, wanted.norms[f"{path}{name}"][row] / start):
                return False
            if not there and not np.isnan(value):
                return False
    spoke = [pane.attribution(t) for t in positions if 1 <= t <= wanted.last]
    rows = [t - 1 for t in positions if 1 <= t <= wanted.last]
    return bool(np.allclose(np.array(spoke, float), wanted["attribution"][rows], atol=1e-7))


@pytest.mark.parametrize("kept", ["forward", "both", "reverse"])
def test_it_follows_all_that_it_is_of(kept: str) -> None:
    network = model(layers=2, directions=2 if kept == "both" else 1)
    if kept == "reverse":
        network = replace(network, backwards=True)
    session = session_of(Trace(network, text_for(network, STEPS)).finish(), START, 3)
    pane = pane_of(session)
    pane.interactive = False  # no events here: what is asked is answered at once
    way = network.ways[-1]
    end = "_reverse" * (way == "reverse")
    assert not session.view.of_selected
    for change, of in (
        (lambda: session.go_to(START + 1), None),
        (lambda: session.look(of_selected=True, quantity="z", direction=way), f"z_l0{end}[3]"),
        (lambda: session.select_unit(8), f"z_l0{end}[8]"),
        (lambda: session.look(layer=1), f"z_l1{end}[8]"),
        (lambda: session.look(symbol=2), "logits[2]"),
        (lambda: session.look(symbol=None, of_selected=False), None),
        (lambda: session.go_to(2), None),
        (lambda: session.go_to(STEPS - 1), None),
        (lambda: session.open(pane.trace.what_if("h[3] = 0.2 at 40"), START, 8), None),
    ):
        change()
        pane.show_step()
        assert is_shown(pane, of), of
    session.close()


def test_a_short_run_of_few_units_is_there_at_once_and_a_long_one_comes(qtbot: QtBot) -> None:
    session = session_of(recording(model(4), 20), 20, 1)
    assert is_shown(pane_of(session), None)
    session.close()
    session = session_of(recording(model(200), 60), 60, 1)
    pane = pane_of(session)
    assert pane.found is not None
    assert not pane.found.complete, "a key press waits for nothing"
    assert "looking back" in pane.in_words()
    qtbot.waitUntil(lambda: is_shown(pane, None))
    assert "steps back" in pane.in_words()
    session.close()


def test_while_nothing_is_found_it_says_that_it_looks_back(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = list[str]()
    text = fonts.text
    monkeypatch.setattr(fonts, "text", lambda *given, **more: said.append(given[3])
                        or text(*given, **more))  # fmt: skip

    def drawn(pane: InfluencePane) -> list[str]:
        said.clear()
        image = QImage(1600, 320, QImage.Format.Format_ARGB32)
        p = QPainter(image)
        pane.paint_background(p)
        p.end()
        return list(said)

    session = session_of(recording(model(200), 60), 60, 1)
    pane = pane_of(session)
    assert "looking back…" in drawn(pane)
    qtbot.waitUntil(lambda: is_shown(pane, None))
    assert "looking back…" not in drawn(pane)
    session.close()


def test_nothing_is_computed_where_nobody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(here.InfluenceHere, "_new", lambda *_: pytest.fail("nobody asked"))
    session = session_of(recording(model()), 5, 1)
    for position in (6, 7, 3):
        session.go_to(position)
    session.close()


def test_why_there_is_none() -> None:
    session = session_of(recording(model(), STEPS), 0, 3)
    pane = pane_of(session)
    assert pane.tables() == {}
    assert "Nothing has been read yet" in pane.in_words()
    session.go_to(7, "z")
    assert "The logit is not computed yet in this step." in pane.in_words()
    session.look(of_selected=True, quantity="r")
    assert "steps back" in pane.in_words()
    session.close()
    both = model(2, directions=2)
    session = session_of(Trace(both, text_for(both, 2500)).finish(), 7, 1)
    assert "the command gru-debugger influence" in pane_of(session).in_words()
    session.close()


def test_only_the_last_steps_are_looked_back_at(qtbot: QtBot) -> None:
    network = model(4)
    session = session_of(Trace(network, text_for(network, 1000)).finish(), 900, 1)
    pane = pane_of(session)
    assert pane.found is not None
    assert pane.found.first == 900 - here.BACK
    qtbot.waitUntil(lambda: is_shown(pane, None))
    session.close()


@pytest.mark.parametrize("steps", [5, 60, 61, 300])
@pytest.mark.parametrize("forward", [True, False])
def test_two_thirds_are_the_past(steps: int, forward: bool) -> None:
    columns = 60
    for position in range(1, steps + 1):
        first = first_before(position, columns, steps, forward)
        assert 0 <= first <= max(0, steps + 1 - columns)
        assert first <= position < first + columns
        past = position - first if forward else first + columns - 1 - position
        before = position if forward else steps - position
        assert past >= min(before, 2 * columns // 3 - 1) or first in (0, steps + 1 - columns)


def test_the_strip_turns_with_it() -> None:
    session = session_of(recording(model(), STEPS), 90, 3)
    strip = StripPane(session, THEMES["light"])
    strip.resize(1600, 156)
    session.scroll_changed.connect(strip.show_scroll)
    pane, before = pane_of(session), (strip.first, strip.cell)
    pane.come_to_front(True)
    assert (strip.first, strip.last, strip.cell) == (pane.first, pane.last, pane.cell)
    assert strip.first != before[0]
    pane.come_to_front(False)
    assert (strip.first, strip.cell) == before
    session.close()


def test_clicks_lead_to_steps_and_units() -> None:
    session = session_of(recording(model(), STEPS), START, 3)
    pane = pane_of(session)
    lines, units = pane.lanes["lines"], pane.lanes["units"]
    pane.press(QPointF(pane.x(40) + 3, lines.center().y()))
    assert session.position == 40
    pane.press(QPointF(pane.x(30) + 3, units.top() + 7.5 * units.height() / 16))
    assert (session.position, session.unit, session.view.quantity) == (30, 7, "h")
    session.go_on_trail(-1)
    assert (session.position, session.unit) == (40, 3)
    pane.press(QPointF(LEFT - 20, lines.center().y()))
    assert session.position == 40
    tip = pane.hover(QPointF(pane.x(38) + 3, units.top() + 7.5 * units.height() / 16))
    gradient = influence(pane.trace, 40)["h_l0"][38][7]
    assert "step 38" in tip
    assert f"h[7]: {'+' if gradient > 0 else '−'}" in tip
    session.close()


def along_the_text(pane: CharacterColumns, y: float) -> Iterator[None]:
    """One move after another, each begun when the one before has been looked at."""
    yield pane.wheel(QPointF(700, y), 1, False)
    yield pane.wheel(QPointF(700, y), -2, True)
    pane.pan(60)
    yield
    yield pane.pan_by_half(-1)
    yield pane.press(QPointF(LEFT + 9 * pane.cell, y))
    yield pane.drag(QPointF(LEFT + 9 * pane.cell + 2, y))
    yield pane.drag(QPointF(LEFT + 20 * pane.cell, y))
    yield pane.drag(QPointF(5, y))
    yield pane.release()


def test_wheel_and_pointer_do_what_they_do_in_the_strip() -> None:
    session = session_of(recording(model(), 400), 200, 3)
    session.influence.show(True)
    strip, pane = StripPane(session, THEMES["light"]), pane_of(session)
    session.scroll_changed.connect(pane.show_scroll)
    session.position_changed.connect(strip.show_step)
    session.scroll_changed.connect(strip.show_scroll)
    strip.resize(1600, 156)
    lane = pane.lanes["lines"].center().y()
    seen: list[list[tuple[int, int]]] = []
    for one, y in ((strip, 80.0), (pane, lane)):
        session.look(scroll=None)
        session.go_to(200)
        seen.append([])
        for _ in along_the_text(one, y):
            assert (strip.first, strip.last) == (pane.first, pane.last)
            seen[-1].append((session.position, pane.first))
    assert seen[0] == seen[1]
    assert len({first for _, first in seen[0]}) > 5
    pane.press(QPointF(LEFT - 20, lane))
    pane.drag(QPointF(LEFT + 20 * pane.cell, lane))
    assert session.position == seen[0][-1][0], "what is pressed beside the columns is not dragged"
    session.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("name", "t"), [("sixteen", 34), ("sixteen", 1), ("sixteen", 3), ("sonnets", 150)]
)
@pytest.mark.parametrize("size", [(1600, 356), (1600, 206), (700, 200), (320, 200)])
def test_every_line_is_named_inside_its_lane(
    name: str, t: int, size: tuple[int, int], theme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = gru_debugger.load_model(f"bundled:{name}")
    session = session_of(Trace(network, network.example.text).finish(), t, 9)
    pane = InfluencePane(session, THEMES[theme])
    pane.interactive = False
    pane.resize(*size)
    boxes = names_of(pane, monkeypatch)
    if size[0] == 1600:
        assert boxes.keys() == influence_lines.names("pytorch").keys()
    for box in boxes.values():
        assert pane.lanes["lines"].adjusted(-2, -3, 2, 3).contains(box)
    assert not any(a.intersects(b) for a, b in combinations(boxes.values(), 2))
    if size == (1600, 356):  # there is room: no name lies on a line, none under the step's edges
        for line in points_of(pane).values():
            for at, box in product(line, boxes.values()):
                assert not box.adjusted(0, 1, 0, -1).contains(QPointF(*at))
        column = QRectF(pane.x(t), 0, pane.cell, 356)
        assert not any(box.intersects(column) for box in boxes.values())
    session.close()


@pytest.mark.parametrize(
    ("name", "end", "t", "size"),
    [("sixteen", None, 34, (1366, 195)), ("sixteen", None, 34, (1366, 236)),
     ("sonnets", 60, 60, (1600, 290)), ("sonnets", 154, 154, (1600, 290))],
)  # fmt: skip
def test_in_little_room_names_keep_off_the_step_and_out_of_the_future(
    name: str, end: int | None, t: int, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Further from their lines, where these lie close together below the lane's upper edge."""
    network = gru_debugger.load_model(f"bundled:{name}")
    session = session_of(Trace(network, network.example.text[:end]).finish(), t, 9)
    pane = InfluencePane(session, THEMES["light"])
    pane.interactive = False
    pane.resize(*size)
    boxes = names_of(pane, monkeypatch)
    assert boxes.keys() == influence_lines.names("pytorch").keys()
    for path, box in boxes.items():
        assert box.right() < pane.x(t), path
        for other, line in points_of(pane).items():
            within = box.adjusted(0, 1, 0, -1)
            assert other == path or not any(within.contains(QPointF(*at)) for at in line), path
    session.close()


def test_the_bars_axis_only_grows_and_begins_anew_with_another_value() -> None:
    network = gru_debugger.load_model("bundled:sixteen")
    session = session_of(Trace(network, network.example.text).finish(), 34, 9)
    pane = pane_of(session)
    ends = []
    for t in range(34, 60):
        session.go_to(t)
        assert pane.found is not None
        ends.append(pane._bars_end(pane.found))
        assert ends[-1] >= np.abs(pane.found["attribution"]).max()
    assert ends == sorted(ends)
    assert len(set(ends)) <= 3, "and in few steps"
    session.look(of_selected=True, quantity="z")
    assert pane.found is not None
    assert pane._bars_end(pane.found) < ends[-1]
    session.close()


@pytest.mark.parametrize(("height", "lanes"), [(100, 1), (190, 2), (330, 3)])
def test_lanes_that_have_no_room_are_named(
    height: int, lanes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = session_of(recording(model(), STEPS), START, 3)
    pane = pane_of(session, 1366, height)
    assert len(pane.lanes) == lanes
    said: list[str] = []
    monkeypatch.setattr(InfluencePane, "_paint_left_out", lambda self, p, questions, y: (
        said.extend(questions), 0.0)[1])  # fmt: skip
    painted(pane)
    every = influence_told.captions(pane)
    assert said == [question for name, (question, _) in every.items() if name not in pane.lanes]
    session.close()


def test_on_paper_the_characters_stand_below_their_bars(monkeypatch: pytest.MonkeyPatch) -> None:
    session = session_of(recording(model(), STEPS), START, 3)
    pane = pane_of(session, height=330)
    letters: list[tuple[float, str]] = []
    text = fonts.text
    monkeypatch.setattr(fonts, "text", lambda p, x, y, words, *more, **options: (
        letters.append((x, words)) if bars < y <= bars + 16 and more[1] == fonts.MONO else None,
        text(p, x, y, words, *more, **options))[1])  # fmt: skip
    bars = pane.lanes["bars"].bottom()
    painted(pane)
    assert not letters, "in the window the strip has them"
    pane.interactive = False
    pane.resize(1600, 330)
    assert pane.lanes.keys() == {"lines", "bars", "units"}
    assert pane.lanes["units"].top() - pane.lanes["bars"].bottom() >= 16 + 22
    bars = pane.lanes["bars"].bottom()
    painted(pane)
    shown = range(max(1, pane.first), pane.last + 1)
    assert letters == [(pane.x(t) + pane.cell / 2, fonts.glyph(pane.trace.characters[t - 1]))
                       for t in shown]  # fmt: skip
    session.close()


def test_nothing_is_drawn_over_what_is_said_in_the_lanes_place() -> None:
    """At the beginning, where nothing was read, and beyond the step no unit's line goes on."""
    session = session_of(recording(model(), STEPS), 0, 3)
    pane = pane_of(session)
    image = QImage(1600, 320, QImage.Format.Format_RGB32)
    image.fill(pane.theme.panel)
    p = QPainter(image)
    pane.paint_overlay(p)
    p.end()
    rect = pane.lanes["lines"]
    column = image.copy(int(pane.x(0)), int(rect.top()), pane.cell, int(rect.height()))
    plain = QColor(pane.theme.panel).rgb()
    assert all(column.pixel(x, 5) == plain for x in range(column.width()))
    session.go_to(START)
    assert pane._carried() == (pane.lanes["units"].left(), pane.x(START + 1))
    session.close()


def names_of(pane: InfluencePane, monkeypatch: pytest.MonkeyPatch) -> dict[str, QRectF]:
    """Where each path's name stands."""
    paths = {name: path for path, name in influence_lines.names(pane.session.notation).items()}
    boxes: dict[str, QRectF] = {}

    def placed(p: QPainter, box: QRectF, words: str, *_: object) -> None:
        if words in paths:
            boxes[paths[words]] = box.adjusted(-influence_lines.SAMPLE, 0, 0, 0)

    with monkeypatch.context() as patched:
        patched.setattr(fonts, "centred", placed)
        painted(pane)
    return boxes


def points_of(pane: InfluencePane) -> dict[str, list[tuple[float, float]]]:
    """Where each line is to be, on an axis reckoned here: those between the lane's edges."""
    found, t = influence(pane.trace, pane.session.position), pane.session.position
    rows = {path: found.norms[f"{path}h_l0"][pane.first : t + 1] / found.norms["h_l0"][t]
            for path in influence_lines.names("pytorch")}  # fmt: skip
    seen = np.concatenate([row[row > 0] for row in rows.values()])
    high = max(0, int(np.ceil(np.log10(seen.max()))))
    low = max(int(np.floor(np.log10(seen.min()))), high - 9)
    rect = pane.lanes["lines"]
    places: dict[str, list[tuple[float, float]]] = {}
    for path, row in rows.items():
        places[path] = [
            (LEFT + (i + 0.5) * pane.cell,
             rect.top() + (high - np.log10(share)) / (high - low) * rect.height())
            for i, share in enumerate(row) if share >= 10.0**low
        ]  # fmt: skip
    return places


def test_a_line_that_is_all_below_the_axis_is_named_at_its_edge(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network = gru_debugger.load_model("bundled:sonnets")
    session = session_of(Trace(network, network.example.text).finish(), 400, 9)
    pane = pane_of(session, height=356)
    session.influence.finished()
    boxes: dict[str, QRectF] = {}
    for scroll in (None, 200):
        session.look(scroll=scroll)
        pane.show_scroll()
        with monkeypatch.context() as patched:
            patched.setattr(fonts, "centred", lambda p, box, words, *_: boxes.update({words: box}))
            painted(pane)
        name = "as a plain RNN: z = 0 at the same states"
        assert (f"{name} ↓" in boxes) == (scroll is not None)
    box, rect = boxes[f"{name} ↓"], pane.lanes["lines"]
    assert rect.bottom() - 6 < box.bottom() <= rect.bottom()
    far = pane.shares.shares("plain_rnn_")[: pane.last - pane.found.first + 1]  # type: ignore[union-attr]
    assert far.max() < 1e-9, "none of it would be on the axis"
    session.close()


@pytest.mark.parametrize("way", ["forward", "reverse"])
def test_what_the_gates_give_is_filled_down_to_the_edge_where_a_plain_rnn_is_lower(
    way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = session_of(recording(model(8, seed=3, directions=2), 100), 60, 5)
    session.look(direction=way)
    pane = pane_of(session, 1366, 260)
    session.influence.finished()
    pane.show_step()
    image, rect = painted(pane), pane.lanes["lines"]
    assert pane.shares is not None
    positions = range(pane.first, pane.last + 1)
    plain = pane.values(pane.shares.shares("plain_rnn_"), positions)
    lower = [t for t, share in zip(positions, plain, strict=True) if 0 < share < 1e-12]
    assert len(lower) > 5
    def at(position: int) -> str:
        return image.pixelColor(int(pane.x(position) + 6), int(rect.bottom()) - 4).name()

    filled = mixed(pane.theme.panel, pane.theme.keep, 26 / 255).name()
    names = list(names_of(pane, monkeypatch).values())
    free = [t for t in lower[1:-1] if not any(
        box.contains(QPointF(pane.x(t) + 6, rect.bottom() - 4)) for box in names)]  # fmt: skip
    assert {at(t) for t in free} == {filled}
    assert at(63 if way == "forward" else 57) == pane.theme.panel.name(), "on the other side"
    session.close()


COLORS = {"": "h", "direct_": "keep", "constant_gates_": "r", "plain_rnn_": "take"}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_path_is_drawn_in_its_colour_where_its_numbers_are(theme: str) -> None:
    network = gru_debugger.load_model("bundled:sixteen")
    session = session_of(Trace(network, network.example.text).finish(), 34, 9)
    pane = InfluencePane(session, THEMES[theme])
    pane.interactive = False
    pane.resize(1600, 356)
    image = painted(pane)
    colors = {path: THEMES[theme].role(color) for path, color in COLORS.items()}
    points = points_of(pane)
    for path, color in colors.items():
        others = [at for other, line in points.items() if other != path for at in line]
        alone = [(x, y) for x, y in points[path]
                 if all(abs(a - x) > 30 or abs(b - y) > 6 for a, b in others)]  # fmt: skip
        assert len(alone) > 3, path
        assert all(image.pixelColor(round(x), int(y)) == color for x, y in alone), path
    session.close()


def test_lines_end_at_their_lane_s_edge_in_an_svg_too() -> None:
    """Where no clip is: the direct path of sixteen falls far below the axis."""
    network = gru_debugger.load_model("bundled:sixteen")
    session = session_of(Trace(network, network.example.text).finish(), 34, 9)
    pane = InfluencePane(session, THEMES["light"])
    pane.interactive = False
    pane.resize(1600, 356)
    buffer, generator = QBuffer(), QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setViewBox(pane.sceneRect())
    p = QPainter(generator)
    pane.render(p, pane.sceneRect(), pane.sceneRect())
    p.end()
    file = bytes(buffer.data()).decode()
    groups = re.findall(r'<g [^>]*stroke="(#\w+)"[^>]*>(.*?)</g>', file, re.S)
    lane = pane.lanes["lines"]
    for path, role in COLORS.items():
        color = THEMES["light"].role(role).name()
        drawn = "".join(inner for stroke, inner in groups if stroke == color)
        ys = [float(y) for y in re.findall(r"[-\d.e]+,([-\d.e]+)", drawn)]
        assert len(ys) > 9, path
        assert max(ys) <= lane.bottom() + 0.5, path
        if path == "direct_":
            assert max(ys) > lane.bottom() - 0.5
    session.close()


def test_each_line_has_a_stroke_of_its_own() -> None:
    """For those who tell no colours apart: two lines of one stroke differ in lightness."""
    strokes = {dashes: path for path, *_, dashes in influence_lines.LINES}
    assert len(strokes) == 3
    for theme in THEMES.values():
        whole, direct = theme.role("h").lightness(), theme.role("keep").lightness()
        assert abs(whole - direct) > 20


def test_decades() -> None:
    assert influence_lines.decades([np.array([1.0, 0.02])]) == (-2, 0)
    assert influence_lines.decades([np.array([3.0, 1e-30])]) == (-8, 1)
    assert influence_lines.decades([np.array([0.0, np.nan])]) == (-2, 0)


def test_tables() -> None:
    session = session_of(recording(model(), STEPS), START, 3)
    pane = pane_of(session)
    tables = {title: make() for title, make in pane.tables().items()}
    found = influence(pane.trace, START)
    kept, gradients = tables["what is left"], tables["gradients"]
    np.testing.assert_array_equal(gradients.values, found["h_l0"])
    assert gradients.name(4)[0] == kept.name(4)[0] == "4"
    start = found.norms["h_l0"][START]
    for column, path in enumerate(("", "direct_", "constant_gates_", "plain_rnn_")):
        wanted = (found.norms[f"{path}h_l0"] / start).astype(np.float32)
        np.testing.assert_allclose(kept.values[:, column], wanted, rtol=1e-6)
    assert not np.broadcast_to(kept.known, kept.values.shape)[0, -1], "nothing is read at 0"
    np.testing.assert_allclose(kept.values[1:, -1], found["attribution"])
    assert (kept.row, gradients.column) == (START, 3)
    session.close()


def painted(pane: InfluencePane) -> QImage:
    image = QImage(pane.sceneRect().size().toSize(), QImage.Format.Format_RGB32)
    p = QPainter(image)
    pane.render(p, QRectF(image.rect()), pane.sceneRect())
    p.end()
    return image


def test_gates_held_are_told_as_they_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """To those who hear it, where the pointer is, in the table: by numbers of 33 steps back."""
    network = gru_debugger.load_model("bundled:sixteen")
    session = session_of(Trace(network, network.example.text).finish(), 34, 9)
    pane, beside = pane_of(session), GradientsPane(session, THEMES["light"])
    pane.interactive = beside.interactive = False
    pane.resize(1600, 356)
    beside.resize(340, 320)
    found = influence(pane.trace, 34)
    share = left(found.norms["constant_gates_h_l0"][1] / found.norms["h_l0"][34])
    assert share == "3e−6"
    assert f"With r and z held constant {share} of the gradient is left." in pane.in_words()
    assert f"gates held {share}" in pane.hover(QPointF(pane.x(1) + 3, pane.lanes["lines"].top()))
    session.toggle_notation()
    assert f"With Γr and Γu held constant {share}" in pane.in_words()
    said: list[tuple[float, str]] = []  # right edges, and what ends there
    monkeypatch.setattr(fonts, "text", lambda p, x, y, words, *_, **__: said.append((x, words)))
    painted(beside)
    (edge,) = [x for x, words in said if words == "gates held"]
    assert [words for x, words in said if x == edge] == ["gates held", "77\u00a0%", "218\u00a0%",
                                                         "10\u00a0%", share]  # fmt: skip
    session.close()


@pytest.mark.parametrize(("height", "backs"), [
    (320, [1, 3, 10, 33]), (250, [1, 10, 33]), (231, [1, 33]), (196, [1, 33]), (180, [33]),
    (128, [33]), (110, []),
])  # fmt: skip
@pytest.mark.parametrize(("name", "t"), [("sixteen", 34), ("sonnets", 150)])
def test_in_little_room_the_sentence_stays_whole_and_rows_give_way(
    name: str, t: int, height: int, backs: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    network = gru_debugger.load_model(f"bundled:{name}")
    session = session_of(Trace(network, network.example.text).finish(), t, 9)
    pane = GradientsPane(session, THEMES["light"])
    pane.interactive = False
    for _ in range(2):  # as its view does: how high it must be depends on its width
        pane.resize(340, height)
    assert pane.size.height() == height, "nothing is scrolled"
    assert [row.back for row in pane._rows] == backs
    said: list[tuple[float, float, str]] = []
    text = fonts.text
    monkeypatch.setattr(fonts, "text", lambda p, x, y, words, *more, **options: (
        said.append((x, y, words)), text(p, x, y, words, *more, **options))[1])  # fmt: skip
    painted(pane)
    assert max(y for _, y, _ in said) < height
    sentence = [y for _, y, words in said if pane._box.top() < y < pane._box.bottom() - 3]
    table = [y for _, y, words in said if y > pane._box.bottom() + 3]
    assert len(sentence) + len(table) == len(said) - 2, "besides title and value"
    assert not backs or min(table) - max(sentence) > 15
    session.close()


@pytest.mark.parametrize("t", [60, 154, 248, 342])
def test_a_long_sentence_has_all_its_lines_in_its_box(
    t: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = gru_debugger.load_model("bundled:sonnets")
    session = session_of(Trace(network, network.example.text[:t]).finish(), t, 0)
    pane = GradientsPane(session, THEMES["light"])
    pane.interactive = False
    pane.resize(340, 276)
    lines: list[float] = []
    monkeypatch.setattr(sentences, "paint_words", lambda p, span, x, y, *_: lines.append(y))
    painted(pane)
    assert lines
    assert max(lines) < pane._box.bottom() - 4, "and none runs into the table's head"
    session.close()


@pytest.fixture
def loud(screen: object) -> Iterator[None]:
    """A language in which all letters of a template are large ones."""
    translate_by(lambda words: re.sub(r"\{\w+\}|[^{]+", lambda one: one[0] if one[0][0] == "{"
                                      else one[0].upper(), words))  # fmt: skip
    yield
    translate_by(str)


@pytest.mark.usefixtures("loud")
@pytest.mark.parametrize("position", [0, 1, START])
@pytest.mark.parametrize("kind", [InfluencePane, GradientsPane])
@pytest.mark.parametrize("layers", [1, 2])
def test_all_words_are_translated(
    kind: type[AsksInfluence], position: int, layers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = replace(model(layers=layers), vocabulary=tuple("ABCDEFGH"))
    session = session_of(Trace(network, text_for(network, STEPS)).finish(), position, 3)
    said: list[str] = []
    text = fonts.text
    monkeypatch.setattr(fonts, "text", lambda p, x, y, words, *more, **options: (
        said.append(words), text(p, x, y, words, *more, **options))[1])  # fmt: skip
    for interactive in (False, True):
        pane = kind(session, THEMES["light"])
        pane.interactive = interactive
        pane.resize(1600, 320)
        painted(pane)
    asked = influence_told.words(pane)
    said += asked
    if pane.shares is not None:
        said.append(influence_told.tip(pane, position, 3))
        assert len(said) > 5
    told_as_they_are = {"layer"}  # of the model, not of the pane
    small = {word for words in said for word in re.findall("[a-z]{2,}", words)}
    assert small <= told_as_they_are, said
    session.close()


def test_it_paints_without_anything_open() -> None:
    pane = InfluencePane(Session(), THEMES["light"])
    pane.resize(400, 200)
    painted(pane)


def test_a_blank_s_sign_keeps_clear_of_the_dots_below_it(monkeypatch: pytest.MonkeyPatch) -> None:
    run = Trace(model(), "  ab  ab  ab").finish()
    pane = GradientsPane(session_of(run, 12, 3), THEMES["light"])
    pane.resize(340, 400)
    signs, dots = list[tuple[float, float]](), list[float]()
    draw, underline = fonts.text, fonts.underline

    def text(p: QPainter, x: float, y: float, words: str, *more: Any, **named: Any) -> Any:
        if words == "␣":
            signs.append((y, y + fonts.metrics((fonts.MONO, 11, 400, False))
                          .tightBoundingRect(words).bottom()))  # fmt: skip
        return draw(p, x, y, words, *more, **named)

    def below(p: QPainter, x: float, y: float, *more: Any) -> None:
        dots.append(y)
        underline(p, x, y, *more)

    monkeypatch.setattr(fonts, "text", text)
    monkeypatch.setattr(fonts, "underline", below)
    painted(pane)
    assert signs
    for y, bottom in signs:
        assert min(dot for dot in dots if dot > y) - bottom >= 2
