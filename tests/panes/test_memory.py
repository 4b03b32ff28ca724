"""The map of who still speaks: its numbers are the question's, it follows, it leads to steps."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot
from samples import model, recording, session_of, text_for

from gru_debugger.charts.theme import THEMES
from gru_debugger.core.trace import Trace
from gru_debugger.panes.memory import MemoryPane, stretch
from gru_debugger.questions.memory import memory
from gru_debugger.session.recorder import Recorder
from gru_debugger.session.session import Session

pytestmark = pytest.mark.usefixtures("qapp")
STEPS, START = 120, 50


def pane_of(session: Session, width: float = 430, height: float = 430) -> MemoryPane:
    pane = MemoryPane(session, THEMES["light"])
    session.position_changed.connect(pane.show_step)
    session.unit_changed.connect(pane.show_unit)
    session.view_changed.connect(pane.renew)
    session.opened.connect(pane.renew)
    session.recording_advanced.connect(pane.show_recording)
    pane.resize(width, height)
    return pane


def is_drawn(pane: MemoryPane) -> bool:
    """Whether the map's colours are those of the numbers that are asked for anew."""
    session = pane.session
    unit = None if session.view.all_units else session.unit
    shown = pane.shown
    parts = memory(pane.trace, shown[0], shown[-1], unit, session.layer, session.direction)
    return np.array_equal(pane.map.indices(), np.rint(parts.astype(np.float32) * 127) + 127)


@pytest.mark.parametrize("forward", [True, False])
@pytest.mark.parametrize("steps", [1, 7, 20, 21, 300])
def test_the_steps_shown(steps: int, forward: bool) -> None:
    count = min(20, steps)
    for position in range(1, steps + 1):
        shown = stretch(position, count, steps, forward)
        assert len(shown) == count
        assert position in shown
        assert 1 <= shown[0] <= shown[-1] <= steps
        read = position - shown[0] if forward else shown[-1] - position
        left = shown[-1] - position if forward else position - shown[0]
        if read + left == 19 and shown[0] > 1 and shown[-1] < steps:
            assert read >= left, "more of what was read before than of what comes"
    assert stretch(0, count, steps)[0] == 1


@pytest.mark.parametrize("way", ["forward", "reverse"])
def test_it_follows_all_that_it_is_of(way: str) -> None:
    two = recording(model(layers=2), STEPS)
    back = Trace(replace(model(), backwards=True), two.text).finish()
    session = session_of(two if way == "forward" else back, START, 3)
    pane = pane_of(session)
    changes = [
        lambda: session.go_to(START + 1),
        lambda: session.go_to(START + 40),
        lambda: session.select_unit(8),
        lambda: session.look(layer=len(pane.model.layers) - 1),
        lambda: session.look(all_units=True),
        lambda: session.go_to(1),
        lambda: session.go_to(STEPS),
        lambda: session.open(pane.trace.with_edits("z[8] = 1 from 90").finish(), STEPS, 8),
    ]
    assert is_drawn(pane)
    seen = [pane.map.indices()]
    for change in changes:
        change()
        assert is_drawn(pane)
        assert session.position in pane.shown
        seen.append(pane.map.indices())
    assert sum(not np.array_equal(a, b) for a, b in pairwise(seen)) >= 6
    session.close()


def test_a_step_within_the_stretch_asks_nothing_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    session = session_of(recording(model(), STEPS), 1, 3)
    pane = pane_of(session)
    session.look(all_units=True)
    monkeypatch.setattr("gru_debugger.panes.memory.memory", lambda *_: pytest.fail("known"))
    session.go_to(2)
    session.select_unit(5)
    assert pane.now == 2
    session.close()


def test_what_is_recorded_later_is_shown_later(qtbot: QtBot) -> None:
    m = model()
    session = Session()
    pane = pane_of(session)
    session.open(Trace(m, text_for(m, 60_000)), 1, 3)
    session.go_to(60_000)
    assert not pane.shown
    assert pane.tables() == {}
    assert "not recorded yet" in pane.in_words()
    qtbot.waitUntil(lambda: 60_000 in pane.shown)
    assert is_drawn(pane)
    session.close()


def test_the_steps_that_follow_come_as_they_are_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Recorder, "start", lambda *_: None)
    m = model()
    trace = Trace(m, text_for(m, 60_000))
    while not trace.settled:
        trace.advance()
    session = session_of(trace, trace.recorded, 3)
    pane = pane_of(session)
    assert pane.shown[-1] == session.position
    trace.advance()
    session.recording_advanced.emit()
    assert pane.shown[-1] > session.position
    assert is_drawn(pane)
    session.close()


def test_clicks_and_keys_lead_to_steps_and_units() -> None:
    session = session_of(recording(model(), STEPS), START, 3)
    pane = pane_of(session)
    middle = pane.cell / 2
    target = pane.shown[2]
    pane.press(QPointF(pane.x(target) + middle, pane.map_rect().center().y()))
    assert session.position == target
    pane.drag(QPointF(pane.x(target + 1) + middle, pane.map_rect().center().y()))
    assert session.position == target + 1
    writer = pane.shown[5]
    pane.press(QPointF(pane._side(writer).center().x(), pane.y(writer) + middle))
    assert session.position == writer
    session.go_on_trail(-1)
    assert session.position == target + 1
    pane.press(pane._choice(True).center())
    assert session.view.all_units
    pane.press(pane._choice(False).center())
    assert not session.view.all_units
    assert pane.key(Qt.Key.Key_Return)
    assert session.view.all_units
    assert not pane.key(Qt.Key.Key_X)
    session.close()


@pytest.mark.parametrize("way", ["forward", "reverse"])
def test_it_is_told(way: str) -> None:
    run = recording(model(), STEPS)
    if way == "reverse":
        run = Trace(replace(model(), backwards=True), run.text).finish()
    session = session_of(run, START, 3)
    pane = pane_of(session)
    column = START - pane.shown[0]
    rows = memory(run, pane.shown[0], pane.shown[-1], 3, 0, run.model.ways[0])[:, column]
    loudest = int(rows.argmax())
    before = 0 if way == "forward" else len(pane.shown)
    assert loudest != before
    step = loudest + pane.shown[0] - (way == "forward")
    said = f"{100 * rows[loudest]:.0f}\u00a0% was written at step {step}, “"
    assert f"Of the state of unit 3 {said}" in pane.in_words()
    middle = pane.cell / 2
    tip = pane.hover(QPointF(pane.x(START) + middle, pane.y(step) + middle))
    assert tip.startswith(f"{100 * rows[loudest]:.1f}\u00a0% of unit 3 after step {START}, “")
    assert f"was written at step {step}, “" in tip
    edge = pane.shown[0] if way == "forward" else pane.shown[-1]
    tip = pane.hover(QPointF(pane.x(START) + middle, pane.y(None) + middle))
    assert tip.endswith(f"stood there before step {edge} was read")
    table = pane.tables()["parts"]()
    np.testing.assert_array_equal(table.values[:, column], rows.astype(np.float32))
    assert (table.column, table.name(before)[0]) == (column, "before")
    assert table.name(loudest)[0] == str(step)
    session.go_to(START, "r")
    assert "Of the state" not in pane.in_words(), "not computed yet"
    session.close()


@pytest.mark.parametrize("way", ["forward", "reverse"])
def test_what_is_to_come_has_the_colours_of_its_parts(way: str) -> None:
    """Paler ones would be smaller parts: its columns are hatched, and no others are."""
    run = recording(model(), STEPS)
    if way == "reverse":
        run = Trace(replace(model(), backwards=True), run.text).finish()
    session = session_of(run, START, 3)
    pane = pane_of(session)
    shown = pane.shown
    ends = (shown[0], shown[-1]) if way == "forward" else (shown[-1], shown[0])
    first, last = _in_one_stretch(pane, ends)
    images = []
    for position in (first, last):
        session.go_to(position)
        images.append(painted_colors(pane))
        later = {step for step in shown if pane._is_later(step)}
        assert later
        for step in shown:
            if step != position:
                hatched = {len(colors) > 1 for colors in images[-1][step - shown[0]]}
                assert hatched == {step in later}, step
    for before, after in zip(*images, strict=True):
        usual = [[colors.most_common(1)[0][0] for colors in column] for column in (before, after)]
        assert usual[0] == usual[1]


def _in_one_stretch(pane: MemoryPane, ends: tuple[int, int]) -> tuple[int, int]:
    """Two positions at which the same steps are shown."""
    count, steps = len(pane.shown), pane.trace.steps
    step = 1 if ends[0] < ends[1] else -1
    positions = [p for p in range(ends[0], ends[1], step)
                 if stretch(p, count, steps, step > 0) == pane.shown]  # fmt: skip
    return positions[0], positions[-1]


def painted_colors(pane: MemoryPane) -> list[list[Counter[int]]]:
    """By column and row, how often each colour is seen inside a cell."""
    image = QImage(pane.sceneRect().size().toSize(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    pane.render(painter, QRectF(image.rect()), pane.sceneRect())
    painter.end()
    cell, rect = pane.cell, pane.map_rect()
    assert cell > 7, "as far as it is from one line to the next"

    def colors(column: int, row: int) -> Counter[int]:
        left, top = int(rect.left()) + column * cell, int(rect.top()) + row * cell
        inside = range(2, cell - 2)
        return Counter(image.pixel(left + x, top + y) for x in inside for y in inside)

    count = len(pane.shown)
    return [[colors(column, row) for row in range(count + 1)] for column in range(count)]


@pytest.mark.parametrize("size", [(240, 240), (430, 430), (900, 300)])
def test_nothing_lies_over_the_map(size: tuple[int, int]) -> None:
    """Of which units it is, is said and chosen above it."""
    session = session_of(recording(model(1024), 12), 5, 1023)
    pane = pane_of(session, *size)
    top = min(pane._head(step).top() for step in pane.shown)
    choices = [pane._choice(all_units) for all_units in (False, True)]
    assert choices[0].right() < choices[1].left()
    assert all(box.bottom() < top and box.right() <= size[0] for box in choices)
    assert pane.map_rect().bottom() <= size[1]
    session.close()
