"""What rows are handed at a step: itself, the one before, the reference's, and what was set."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPixmap
from samples import model, recording, session_of, text_for

from gru_debugger.charts.theme import THEMES
from gru_debugger.core.edits import EDITABLE, parse, set_at
from gru_debugger.core.model import Direction
from gru_debugger.core.trace import Trace
from gru_debugger.panes.bar_rows import BarRow
from gru_debugger.panes.columns import ColumnsPane
from gru_debugger.panes.registry import pane_specs
from gru_debugger.session.frame import Frame, Frames
from gru_debugger.session.recorder import Recorder
from gru_debugger.session.session import Session

pytestmark = pytest.mark.usefixtures("screen")

DEEP = model(8, layers=2, directions=2)
EDITS = ("z[5] = 1 at 12", "r = 1 from 10 to 14", "h[2:4] = 0.5 from 13", "n[1] = 0 at 11")


@pytest.fixture
def nothing_records(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what the test asks for is recorded, however fast a thread would be."""
    monkeypatch.setattr(Recorder, "start", lambda self, trace: None)


def frame_of(session: Session) -> Frame:
    assert session.frame is not None
    return session.frame


def same(step: Any, trace: Trace, t: int, layer: int = 0, way: Direction = "forward") -> None:
    expected = trace.step(t, layer, way)
    assert step.number == t
    assert step.values.keys() == expected.values.keys()
    for name, values in expected.values.items():
        np.testing.assert_array_equal(step.values[name], values, name)


def test_a_plain_run_has_no_reference_and_nothing_set() -> None:
    trace = recording(model())
    frame = frame_of(session_of(trace, 7))
    same(frame.step, trace, 7)
    same(frame.before, trace, 6)
    assert frame.reference is None
    assert frame.edited == {}


def test_there_is_none_before_the_first_step_and_nothing_before_that() -> None:
    session = session_of(recording(model()), 0)
    assert session.frame is None
    assert Session().frame is None
    session.go_to(1)
    assert frame_of(session).before is None


@pytest.mark.usefixtures("nothing_records")
def test_there_is_none_where_nothing_is_recorded_yet() -> None:
    trace = Trace(model(), text_for(model(), 4000))
    session = session_of(trace, 3900)
    assert trace.recorded < 3900
    assert session.frame is None
    trace.finish()
    same(frame_of(session).step, trace, 3900)


@pytest.mark.parametrize("t", range(8, 17))
def test_the_reference_is_the_run_that_was_not_edited(t: int) -> None:
    plain = recording(model())
    trace = plain.what_if(*EDITS[:2]).what_if(*EDITS[2:])
    frame = frame_of(session_of(trace, t))
    same(frame.step, trace, t)
    same(frame.before, trace, t - 1)
    same(frame.reference, plain, t)
    changed = not np.array_equal(frame.step.h, plain.step(t).h)
    assert changed == (t >= 10), "from the first edited step on"


def test_a_reference_of_another_kind_is_taken_as_it_is() -> None:
    """A run that is held against another one, without edits; a shorter one ends before it."""
    trace, other = (Trace(model(), text_for(model(), n, seed=n)).finish() for n in (30, 20))
    session = session_of(trace.held_against(other), 12)
    same(frame_of(session).reference, other, 12)
    session.go_to(25)
    assert frame_of(session).reference is None


@pytest.mark.usefixtures("nothing_records")
def test_a_reference_comes_as_soon_as_it_is_recorded() -> None:
    plain = Trace(model(), text_for(model(), 4000))
    plain.advance()
    trace = plain.edited(plain.parse_edits("z[5] = 1 at 1")).finish()
    session = session_of(trace, 3900)
    assert frame_of(session).reference is None
    plain.finish()
    same(frame_of(session).reference, plain, 3900)


@pytest.mark.parametrize("t", range(8, 17))
def test_what_is_set_is_told_unit_by_unit(t: int) -> None:
    trace = recording(model()).what_if(*EDITS)
    expected: dict[str, list[int]] = {}
    if t == 12:
        expected["z"] = [5]
    if 10 <= t <= 14:
        expected["r"] = list(range(16))
    if t >= 13:
        expected["h"] = [2, 3]
    if t == 11:
        expected["n"] = [1]
    edited = frame_of(session_of(trace, t)).edited
    assert {name: np.flatnonzero(units).tolist() for name, units in edited.items()} == expected
    assert all(units.shape == (16,) for units in edited.values())


@pytest.mark.parametrize("layer", [0, 1])
@pytest.mark.parametrize("way", ["forward", "reverse"])
def test_of_the_layer_and_direction_shown(layer: int, way: Direction) -> None:
    plain = recording(DEEP)
    trace = plain.what_if("z_l1_reverse[3] = 0 from 5 to 9", "r_l0[2] = 1 at 7")
    session = session_of(trace, 7)
    session.look(layer=layer, direction=way)
    frame = frame_of(session)
    same(frame.step, trace, 7, layer, way)
    same(frame.before, trace, 6, layer, way)
    same(frame.reference, plain, 7, layer, way)
    expected = {(1, "reverse"): {"z": [3]}, (0, "forward"): {"r": [2]}}.get((layer, way), {})
    found = {name: np.flatnonzero(units).tolist() for name, units in frame.edited.items()}
    assert found == expected


def test_flags_are_those_of_the_values_that_differ_from_computed_ones() -> None:
    """Of sentences at random, against the numbers themselves: each is set to one never computed."""
    random = np.random.default_rng(3)
    trace = recording(model())
    for _ in range(40):
        name = str(random.choice(EDITABLE))
        a, b = sorted(random.integers(0, 17, 2).tolist())
        first, last = sorted(random.integers(1, 41, 2).tolist())
        units = f"[{a}:{b}]" if a < b else ""
        sentence = f"{name}{units} = 0.123456789 from {first} to {last}"
        edited = trace.what_if(sentence)
        t = int(random.integers(1, 41))
        flags = set_at([parse(sentence, trace.model, 40)], (0, "forward"), t, 16)
        is_set = edited.step(t).values[name] == np.float32(0.123456789)
        np.testing.assert_array_equal(flags.get(name, np.zeros(16, bool)), is_set, sentence)
        assert set(flags) <= {name}


def test_steps_are_derived_once(monkeypatch: pytest.MonkeyPatch) -> None:
    trace = recording(model()).what_if("r = 1 at 12")
    made: list[int] = []
    derive = Trace.step

    def spy(self: Trace, t: int, *place: Any) -> Any:
        made.append(t)
        return derive(self, t, *place)

    monkeypatch.setattr(Trace, "step", spy)
    session = session_of(trace, 12)
    first = frame_of(session)
    assert sorted(made) == [11, 12, 12]
    session.go_to(13)
    frame_of(session)
    session.go_to(12)
    assert sorted(made) == [11, 12, 12, 13, 13]
    assert frame_of(session).step is first.step


def test_nothing_of_what_was_open_is_kept() -> None:
    frames, trace = Frames(), recording(model())
    for t in range(1, 40):
        assert frames.at(trace, t, (0, "forward")) is not None
    assert len(frames._steps) < 20
    frames.clear()
    assert not frames._steps
    assert frames._last is None


def test_another_recording_s_steps_are_let_go_of() -> None:
    session = session_of(recording(model()), 12)
    frame_of(session)
    other = recording(model(seed=1))
    session.open(other, 3)
    assert frame_of(session).step.number == 3
    assert {trace for trace, *_ in session._frames._steps} == {other}


def test_rows_are_handed_the_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    """When a step is drawn, when its numbers are painted and when the pointer asks."""
    trace = recording(model()).what_if("z[5] = 1 at 12")
    session = session_of(trace, 12, 5)
    pane = pane_specs()["cell"].make(session, THEMES["light"])
    assert isinstance(pane, ColumnsPane)
    handed: list[tuple[str, Frame | None]] = []
    for method in ("show", "paint_overlay", "hover"):
        original = getattr(BarRow, method)

        def spy(self: BarRow, *more: Any, method: str = method, original: Any = original) -> Any:
            handed.append((method, more[-1]))
            return original(self, *more)

        monkeypatch.setattr(BarRow, method, spy)
    pane.resize(1260, 770)
    pixels = QPixmap(1260, 770)
    painter = QPainter(pixels)
    pane.paint_overlay(painter)
    painter.end()
    row = next(row for row in pane.shown_rows() if isinstance(row, BarRow) and row.quantity == "z")
    pane.hover(row.rect.topLeft() + QPointF(pane.axis.center(5), 4))
    assert {method for method, _ in handed} == {"show", "paint_overlay", "hover"}
    assert {id(frame) for _, frame in handed} == {id(session.frame)}
    frame = frame_of(session)
    assert frame.edited["z"].tolist() == [unit == 5 for unit in range(16)]
    same(frame.reference, trace.plain, 12)
