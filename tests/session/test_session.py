"""The window's state: positions, computations, selection, playing."""

from __future__ import annotations

import gc
import weakref
from copy import deepcopy
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot
from samples import model, recording, session_of, text_for

from gru_debugger.core.cell import Reset
from gru_debugger.core.model import Direction
from gru_debugger.core.trace import Trace
from gru_debugger.session.marks import Lane, Marks
from gru_debugger.session.playing import SPEEDS
from gru_debugger.session.session import Session
from gru_debugger.session.view import View
from gru_debugger.session.zoom import Zoom

pytestmark = pytest.mark.usefixtures("qapp")

STEPS = 12
ORDERS: dict[Reset, list[str]] = {
    "after": ["r", "z", "hidden_n", "reset_product", "n", "blend"],
    "before": ["r", "z", "reset_product", "hidden_n", "n", "blend"],
}


def state(session: Session) -> tuple[Any, ...]:
    """All that is shown, numbers included."""
    step = session.step
    values = () if step is None else tuple((n, v.tobytes()) for n, v in step.values.items())
    before = session.frame.before if session.frame else None
    return (
        session.position, session.computation, session.unit, session.layer, session.direction,
        values, None if before is None else before.h.tobytes(),
    )  # fmt: skip


@pytest.fixture
def session() -> Session:
    return session_of(recording(model(), STEPS), position=5)


@pytest.mark.parametrize(
    ("start", "move", "end"),
    [
        (5, lambda s: s.step_forward(), 6),
        (5, lambda s: s.step_backward(), 4),
        (5, lambda s: s.step_forward(10), STEPS),
        (5, lambda s: s.step_backward(10), 0),
        (0, lambda s: s.step_backward(), 0),
        (STEPS, lambda s: s.step_forward(), STEPS),
        (STEPS, lambda s: s.next_computation(), STEPS),
        (0, lambda s: s.previous_computation(), 0),
        (5, lambda s: s.go_to(0), 0),
        (5, lambda s: s.go_to(10**9), STEPS),
        (5, lambda s: s.go_to(-3), 0),
        (0, lambda s: s.toggle_playing(), 0),
        (STEPS, lambda s: s.toggle_playing(), STEPS),
    ],
)
def test_positions_stay_in_the_text(start: int, move: Any, end: int, session: Session) -> None:
    session.go_to(start)
    move(session)
    assert (session.position, session.computation) == (end, "blend")
    session.pause()


@pytest.mark.parametrize("reset", ["after", "before"])
@pytest.mark.parametrize("start", [0, 1, 5, STEPS - 1])
def test_six_computations_are_one_step(start: int, reset: Reset) -> None:
    session = session_of(recording(model(reset=reset), STEPS), start)
    finished = state(session)
    seen = []
    for _ in range(6):
        session.next_computation()
        seen.append((session.position, session.computation))
    assert seen == [(start + 1, name) for name in ORDERS[reset]]
    there = state(session)
    session.go_to(start)
    session.step_forward()
    assert state(session) == there
    back = []
    for _ in range(6):
        session.previous_computation()
        back.append((session.position, session.computation))
    assert back == [(start + 1, name) for name in ORDERS[reset][-2::-1]] + [(start, "blend")]
    assert state(session) == finished


@pytest.mark.parametrize("computation", ORDERS["after"])
@pytest.mark.parametrize(
    ("move", "position"),
    [
        (lambda s: s.step_forward(), 6),
        (lambda s: s.step_backward(), 4),
        (lambda s: s.go_to(0), 0),
        (lambda s: s.go_to(STEPS), STEPS),
        (lambda s: s.step_forward(10), STEPS),
        (lambda s: s.go_to(5), 5),
    ],
)
def test_moves_inside_a_step_land_on_finished_ones(
    move: Any, position: int, computation: str, session: Session
) -> None:
    session.go_to(5, computation)
    move(session)
    assert (session.position, session.computation) == (position, "blend")


@pytest.mark.parametrize("reset", ["after", "before"])
@pytest.mark.parametrize("halt", range(6))
def test_what_is_computed_at_each_halt(halt: int, reset: Reset) -> None:
    """The contract's equations decide: nothing is there before what it is made of."""
    made_of = {
        "after": {
            "hidden_n": [],
            "reset_product": ["r", "hidden_n"],
            "sum_n": ["input_n", "reset_product"],
        },
        "before": {
            "reset_product": ["r"],
            "hidden_n": ["reset_product"],
            "sum_n": ["input_n", "hidden_n"],
        },
    }[reset] | {
        "r": ["sum_r"],
        "z": ["sum_z"],
        "sum_r": ["input_r", "hidden_r"],
        "sum_z": ["input_z", "hidden_z"],
        "n": ["sum_n"],
        "take": ["z", "n"],
        "keep": ["z"],
        "h": ["take", "keep"],
        "logits": ["h"],
        "probabilities": ["logits"],
    }
    session = session_of(recording(model(reset=reset), 3))
    session.go_to(2, ORDERS[reset][halt])
    for name, parts in made_of.items():
        if session.is_computed(name):
            assert all(session.is_computed(part) for part in parts), name
    done = ORDERS[reset][: halt + 1]
    for name in ORDERS[reset]:
        assert session.is_computed("h" if name == "blend" else name) == (name in done)
    assert session.is_computed("x")
    assert session.is_computed("h_prev")


@pytest.mark.parametrize(("layers", "directions"), [(1, 1), (2, 2)])
@pytest.mark.parametrize("count", [1, 7, STEPS])
def test_forward_and_back_restores_the_state(count: int, layers: int, directions: int) -> None:
    session = session_of(recording(model(layers=layers, directions=directions), STEPS), 0, 3)
    session.look(layer=layers - 1, direction="reverse" if directions > 1 else "forward")
    before = state(session)
    for _ in range(count):
        session.step_forward()
    for _ in range(count):
        session.step_backward()
    assert state(session) == before


def test_changed_means_since_the_step_before(session: Session) -> None:
    session.go_to(11)
    session.go_to(4)
    trace = session.trace
    assert trace is not None
    assert session.frame is not None
    assert session.frame.before is not None
    assert session.frame.before.number == 3
    np.testing.assert_array_equal(session.frame.before.h, trace.step(3).h)
    session.go_to(1)
    assert session.frame is not None
    assert session.frame.before is None


@pytest.mark.parametrize(("asked", "given"), [(-1, 0), (0, 0), (15, 15), (16, 15), (99, 15)])
def test_units_stay_in_the_model(asked: int, given: int, session: Session) -> None:
    session.select_unit(7)
    session.select_unit(asked)
    assert session.unit == given


def test_layer_and_direction() -> None:
    session = session_of(recording(model(layers=2, directions=2), STEPS), 4)
    trace = session.trace
    assert trace is not None
    for layer in (0, 1):
        for direction in ("forward", "reverse"):
            session.look(layer=layer, direction=direction)  # type: ignore[arg-type]
            assert session.step is not None
            expected = trace.step(4, layer, direction)  # type: ignore[arg-type]
            np.testing.assert_array_equal(session.step.z, expected.z)


def test_a_smaller_model_clamps_everything() -> None:
    session = session_of(recording(model(hidden=16, layers=2, directions=2), 30), 25, 15)
    session.look(layer=1, direction="reverse")
    session.open(recording(model(hidden=3), 10), position=25)
    assert (session.unit, session.layer, session.direction) == (2, 0, "forward")
    assert (session.position, session.computation) == (10, "blend")
    assert session.step is not None


def test_undo_goes_back_and_forth() -> None:
    session = Session()
    assert not session.can_undo()
    session.undo()
    assert session.trace is None
    first, second = recording(model(), 9), recording(model(hidden=4), 5)
    session.open(first, 7, 12)
    assert not session.can_undo()
    session.open(second, 3)
    session.undo()
    assert (session.trace, session.position, session.unit) == (first, 7, 12)
    assert (session.can_undo(), session.can_redo()) == (False, True)
    session.undo()
    assert session.trace is first
    session.go_to(5)
    session.redo()
    assert (session.trace, session.position, session.unit) == (second, 3, 3)
    assert (session.can_undo(), session.can_redo()) == (True, False)
    session.undo()
    assert session.position == 5, "where one was, not where it was opened"


def test_undo_goes_back_to_where_one_was() -> None:
    """Step, unit, layer and direction when the other was opened."""
    deep = model(layers=2, directions=2)
    session = session_of(recording(deep, 12), 5)
    session.go_to(8)
    session.select_unit(3)
    session.look(layer=1, direction="reverse")
    session.open(recording(model(), 9), 2, 6)
    session.undo()
    assert (session.position, session.unit) == (8, 3)
    assert (session.layer, session.direction) == (1, "reverse")


def test_undo_of_edits_stays_where_one_is() -> None:
    """To and fro at a later step one sees what they do there."""
    plain = recording(model(layers=2, directions=2), 12)
    session = session_of(plain, 5)
    session.open(plain.with_edits("r = 1").finish(), 5)
    session.go_to(9, "z")
    session.select_unit(3)
    session.look(layer=1, direction="reverse")
    for go, edits in ((session.undo, ()), (session.redo, ("r = 1",))):
        go()
        assert session.trace is not None
        assert session.trace.run.edits == edits
        assert (session.position, session.computation, session.unit) == (9, "z", 3)
        assert (session.layer, session.direction) == (1, "reverse")


def test_a_place_to_open_at() -> None:
    """A layer and direction too, of which a smaller model takes the nearest."""
    session, place = Session(), (1, "reverse")
    session.open(recording(model(layers=2, directions=2), 12), 4, 3, place)  # type: ignore[arg-type]
    assert (session.position, session.unit) == (4, 3)
    assert (session.layer, session.direction) == place
    session.open(recording(model(), 12), 4, 3, place)  # type: ignore[arg-type]
    assert (session.layer, session.direction) == (0, "forward")


def test_what_opens_is_announced_when_it_is_there() -> None:
    session, told = Session(), []
    session.opened.connect(lambda: told.append((session.trace, session.position)))
    first, second = recording(model(), 9), recording(model(hidden=4), 5)
    session.undo()
    session.open(first, 7)
    session.open(second, 3)
    session.undo()
    session.redo()
    session.redo()
    assert told == [(first, 7), (second, 3), (first, 7), (second, 3)]


def test_each_change_is_announced_once(session: Session) -> None:
    """And nothing else is."""
    told: list[str] = []
    for name in ("position", "unit", "zoom", "scroll", "view"):
        getattr(session, f"{name}_changed").connect(lambda name=name: told.append(name))
    for names, change in (
        ("position", session.step_forward),
        ("position", session.next_computation),
        ("unit", lambda: session.select_unit(3)),
        ("unit", lambda: session.look(quantity="n")),
        ("zoom", lambda: session.zoom_by(1.5)),
        ("zoom unit", lambda: session.select_unit(15)),
        ("scroll", lambda: session.look(scroll=2)),
        ("view", lambda: session.look(all_terms=True)),
        ("view", session.toggle_notation),
        ("view", lambda: session.look(contributions=True)),
        ("view", lambda: session.look(folded=("weights",))),
        ("view unit", lambda: session.look(folded=(), unit=2)),
        ("", lambda: session.look(unit=2)),
        ("", lambda: session.go_to(session.position, session.computation)),
    ):
        told.clear()
        change()
        assert told == names.split()


def test_what_opens_is_looked_at_as_before(session: Session) -> None:
    """But for the zoom of another model, and where the wheel had moved the strip."""
    session.look(notation="course", all_terms=True, zoom=Zoom(2, 8), scroll=1)
    assert session.trace is not None
    session.open(recording(session.trace.model, 9), 2)
    assert session.view == View(notation="course", all_terms=True, zoom=Zoom(2, 8))
    session.open(recording(session.trace.model, 8), 2, 13)
    assert session.view.zoom == Zoom(8, 8), "what is selected comes into sight"
    session.open(recording(model(seed=2), 9), 2)
    assert session.view == View(unit=13, notation="course", all_terms=True)


def test_the_strip_stays_scrolled_within_a_step(session: Session) -> None:
    session.look(scroll=3)
    session.previous_computation()
    assert session.view.scroll == 3
    session.step_forward()
    assert session.view.scroll is None


def test_playing_stops_at_the_end(qtbot: QtBot, session: Session) -> None:
    session.set_speed(50)
    seen = []
    session.position_changed.connect(lambda: seen.append(session.position))
    session.toggle_playing()
    assert session.playing
    qtbot.waitUntil(lambda: not session.playing)
    assert seen == list(range(6, STEPS + 1))


def test_pause_and_speeds(session: Session) -> None:
    session.toggle_playing()
    session.toggle_playing()
    assert not session.playing
    for _ in range(9):
        session.change_speed(1)
    assert session.speed == SPEEDS[-1]
    for _ in range(9):
        session.change_speed(-1)
    assert session.speed == SPEEDS[0]


def test_playing_and_its_speed_are_announced(session: Session) -> None:
    told: list[tuple[bool, int]] = []
    session.playing_changed.connect(lambda: told.append((session.playing, session.speed)))
    session.toggle_playing()
    assert told == [(True, 5)]
    session.change_speed(1)
    assert told[1:] == [(True, 10)]
    session.toggle_playing()
    assert told[2:] == [(False, 10)]
    session.pause()
    session.set_speed(2)
    assert told[3:] == [(False, 2)]


@pytest.mark.parametrize("speed", SPEEDS)
def test_speed_is_in_characters_a_second(speed: int, session: Session) -> None:
    """Chosen before or while it plays."""
    session.set_speed(speed)
    session.toggle_playing()
    assert session._player.interval() == 1000 // speed
    other = SPEEDS[SPEEDS.index(speed) - 1]
    session.set_speed(other)
    assert session._player.interval() == 1000 // other
    session.pause()


def test_what_opens_is_at_a_finished_step(session: Session) -> None:
    session.go_to(5, "r")
    session.open(recording(model(), 8), 5)
    assert session.computation == "blend"


def test_the_state_before_the_text() -> None:
    """Of the layer shown; the reverse direction starts behind the text."""
    trace = Trace(model(layers=2, directions=2), "abc", np.arange(64.0).reshape(4, 16) / 64)
    session = session_of(trace, 0)
    for layer in (0, 1):
        session.look(layer=layer, direction="forward")
        np.testing.assert_array_equal(session.initial, trace.h0[2 * layer])
        session.look(direction="reverse")
        assert session.initial is None
    session.look(direction="forward")
    session.step_forward()
    assert session.initial is None


def test_why_tells_of_what_is_computed(session: Session) -> None:
    """The value that is selected, or until it is there what was just computed."""
    session.look(quantity="h")
    told, answered = list[str](), list[str]()
    for computation in ORDERS["after"]:
        session.go_to(5, computation)
        told.append(session.told)
        answered.append(session.answered)
    assert told == ["r", "z", "hidden_n", "reset_product", "n", "h"]
    assert answered == ["r", "z", "n", "n", "n", "h"]


def test_opening_stops_playing(session: Session) -> None:
    session.toggle_playing()
    session.open(recording(model(), 8))
    assert not session.playing


def test_axes_that_settle_are_announced(qtbot: QtBot) -> None:
    """What is read after the first stretch is louder."""
    small = deepcopy(model(hidden=4, symbols=8, seed=3))  # the sample is shared
    for cell in small.layers[0]:
        cell.weight_ih[:, 7] *= 30
    text = text_for(model(hidden=4, symbols=7), 700) + (small.vocabulary or ())[7] * 2000
    session, told = Session(), []
    trace = Trace(small, text)
    trace.advance()
    first = trace.axes()
    session.open(trace, 1)
    session.view_changed.connect(lambda: told.append(trace.axes()))
    qtbot.waitUntil(lambda: bool(told))
    assert trace.axes() != first
    assert told == [trace.axes()]


def louder_at_its_end(length: int = 1200) -> Trace:
    """Full axes are wider than the usual ones, the more of it is recorded."""
    small = deepcopy(model(hidden=4, symbols=8, layers=2, directions=2, seed=3))
    for cell in small.layers[0]:
        cell.weight_ih[:, 7] *= 30
    last = (small.vocabulary or ())[7] * 9
    return Trace(small, text_for(model(hidden=4, symbols=7), length) + last)


def seen(trace: Trace, layer: int = 0, direction: Direction = "forward") -> Any:
    """The full axes of the whole recording, found in another one of it."""
    other = Trace(trace.model, trace.text).finish()
    while other.look_further(layer, direction):
        pass
    return other.axes(layer, direction, full=True)


def test_full_axes_come_beside_the_window(qtbot: QtBot) -> None:
    """Growing, announced whenever they do; of the layer shown, of what is opened."""
    trace, session, told = louder_at_its_end().finish(), Session(), []
    session.open(trace)
    session.view_changed.connect(lambda: told.append(session.axes))
    usual = session.axes
    session.look(full_axes=True)
    assert told == [usual], "not a stretch of it waited for"
    qtbot.waitUntil(lambda: session.axes == seen(trace))
    assert session.axes["input"][1] > usual["input"][1]
    assert told[-1] == session.axes
    assert len(told) < 12, "only what differs is announced"
    session.look(layer=1, direction="reverse")
    qtbot.waitUntil(lambda: session.axes == seen(trace, 1, "reverse"))
    assert told[-1] == session.axes
    session.look(layer=0, direction="forward", full_axes=False)
    assert told[-1] == session.axes == usual


def test_the_switch_itself_is_announced_once(qtbot: QtBot) -> None:
    trace, session, told = louder_at_its_end().finish(), Session(), []
    while trace.look_further():
        pass
    session.open(trace)
    session.view_changed.connect(lambda: told.append(session.axes))
    session.look(full_axes=True)
    with qtbot.waitSignal(session._full_axes.advanced):
        pass
    assert told == [session.axes]


def test_full_axes_of_what_is_being_recorded(qtbot: QtBot) -> None:
    trace, session, told = louder_at_its_end(), Session(), []
    session.look(full_axes=True)
    session.view_changed.connect(lambda: told.append(session.axes))
    session.open(trace)
    qtbot.waitUntil(lambda: trace.complete and session.axes == seen(trace))
    assert told[-1] == session.axes
    session.undo()
    session.close()


def test_who_wants_no_full_axes_pays_for_none(qtbot: QtBot) -> None:
    trace, session = louder_at_its_end(), Session()
    session.open(trace)
    qtbot.waitUntil(lambda: trace.complete)
    assert trace.seen() == 0
    session.look(full_axes=True)
    session.look(full_axes=False)
    qtbot.wait(30)
    assert trace.seen() == 0


def test_nothing_goes_on_after_closing() -> None:
    trace, session = louder_at_its_end(4000).finish(), Session()
    session.open(trace)
    session.look(full_axes=True)
    session.toggle_playing()
    session.close()
    assert not session.playing
    seen = trace.seen()
    for _ in range(5):
        QCoreApplication.processEvents()
    assert trace.seen() == seen < trace.steps


def test_a_session_ends_with_its_last_reference() -> None:
    """Left to the collector it might end in the thread that records, and its timers with it."""
    session = session_of(recording(model(), 20), 3)
    session.mark(Marks(lanes=(Lane("h[3]"), Lane("z[3] < 0.5"))))
    session.pin(session.trace)
    session.close()
    gone = weakref.ref(session)
    gc.disable()
    try:
        del session
        assert gone() is None
    finally:
        gc.enable()
