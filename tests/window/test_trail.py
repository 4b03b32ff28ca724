"""W and Shift+W: to the step that wrote a state, to the one that overwrites it, and back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from keyboard import press
from pytestqt.qtbot import QtBot
from samples import model, recording

from gru_debugger.main_window import MainWindow
from gru_debugger.questions import writing

OpenWindow = Callable[..., MainWindow]
STEPS, START, UNIT = 60, 30, 5


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    run = recording(model(layers=2), STEPS)
    run.finish()
    return open_window(run, START, UNIT)


def said(window: MainWindow) -> str:
    return window.status.where.said


def test_w_goes_to_the_step_that_wrote_most(window: MainWindow, qtbot: QtBot) -> None:
    session = window.session
    assert session.trace is not None
    session.open(session.trace.what_if(f"z[{UNIT}] = 0.999 from 20"), START, UNIT)
    found = writing.last_written(session.trace, UNIT, START, (0, "forward"))
    assert found.step not in (None, START)
    press(window, "W")
    assert session.position == found.step
    assert said(window).startswith(f"h_l0[{UNIT}] = ")
    assert f"written at step {found.step}, " in said(window)
    press(window, "Alt+Left")
    assert session.position == START
    press(window, "Alt+Right")
    assert session.position == found.step


def test_shift_w_goes_to_the_step_that_overwrites(window: MainWindow, qtbot: QtBot) -> None:
    session = window.session
    assert session.trace is not None
    found = writing.overwritten_next(session.trace, UNIT, START, (0, "forward"))
    assert found.step is not None
    press(window, "Shift+W")
    assert session.position == found.step
    assert f"more than half is overwritten by step {found.step}, " in said(window)


def test_what_was_written_here_is_told_with_what_was_there_before(window: MainWindow) -> None:
    session = window.session
    assert session.trace is not None
    session.open(session.trace.what_if(f"z[{UNIT}] = 0 at {START}"), START, UNIT)
    press(window, "W")
    assert session.position == START, "it is written at this very step"
    assert "most of it was written here, " in said(window)
    assert not window.actions_by_name["trail_back"].isEnabled()
    session.go_to(0)
    assert not window.actions_by_name["last_written"].isEnabled()


def test_the_trail_takes_unit_and_layer_along(window: MainWindow) -> None:
    session = window.session
    back, forward = (window.actions_by_name[f"trail_{way}"] for way in ("back", "forward"))
    window.questions.overwritten_next()
    led_to = session.position
    assert back.isEnabled()
    assert not forward.isEnabled()
    session.look(layer=1)
    session.select_unit(2)
    back.trigger()
    assert (session.position, session.unit, session.layer) == (START, UNIT, 0)
    assert not back.isEnabled()
    forward.trigger()
    assert (session.position, session.unit, session.layer) == (led_to, 2, 1)


def test_edits_keep_the_trail_and_another_text_ends_it(window: MainWindow) -> None:
    session = window.session
    window.questions.overwritten_next()
    assert session.trace is not None
    session.open(session.trace.what_if("r = 1"), session.position, UNIT)
    assert window.actions_by_name["trail_back"].isEnabled()
    session.open(recording(model(layers=2), STEPS - 1), 5, UNIT)
    assert not window.actions_by_name["trail_back"].isEnabled()


def test_what_is_not_recorded_yet_is_said(window: MainWindow) -> None:
    assert window.session.trace is not None
    window.session.trace.recorded = START - 1
    window.questions.last_written()
    assert said(window) == f"Step {START} is not recorded yet."
    window.session.go_to(0)
    window.questions.overwritten_next()
    assert said(window) == "Before the first character nothing has been written."
