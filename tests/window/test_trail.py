"""W and Shift+W: to the step that wrote a state, to the one that overwrites it, and back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from keyboard import press
from pytestqt.qtbot import QtBot
from samples import model, recording

from gru_debugger.main_window import MainWindow
from gru_debugger.questions import causes, writing
from gru_debugger.questions.asked import SELECTABLE

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
    assert said(window).startswith(f"h[{UNIT}] = ")
    assert f"written at step {found.step}, " in said(window)
    press(window, "Alt+Left")
    assert session.position == START
    assert not said(window), "it was told of that step"
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


def test_what_is_not_recorded_yet_is_said(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert window.session.trace is not None
    monkeypatch.setattr(window.session.trace, "recorded", START - 1)
    window.questions.last_written()
    assert said(window) == f"Step {START} is not recorded yet."
    window.session.go_to(0)
    window.questions.overwritten_next()
    assert said(window) == "Before the first character nothing has been written."


def strongest(window: MainWindow) -> causes.Cause:
    session = window.session
    assert session.trace is not None
    name = f"{session.view.quantity}_l{session.layer}[{session.unit}]"
    return causes.causes(session.trace, name, session.position)[0]


@pytest.mark.parametrize("quantity", SELECTABLE)
def test_c_follows_the_strongest_cause(window: MainWindow, quantity: str) -> None:
    """To its step, quantity, unit and layer; where it is no value of the run, one stays."""
    session = window.session
    assert session.trace is not None
    session.look(layer=1, quantity=quantity)
    if quantity in ("h", "keep", "h_prev"):  # so that this step, or the one before, wrote
        at = START if quantity == "h" else START - 1
        session.open(session.trace.what_if(f"z_l1[{UNIT}] = 0 at {at}"), START, UNIT)
    found = strongest(window)
    press(window, "C")
    if quantity not in ("keep", "h_prev"):
        assert found.name in said(window)
    view = session.view
    if found.address is None:
        assert (session.position, view.quantity, view.unit) == (START, quantity, UNIT)
    else:
        name = f"{view.quantity}_l{view.layer}[{view.unit}]"
        assert found.address == f"{session.position}:{name}".replace("_l0[", "[")
        press(window, "Alt+Left")
        view = session.view
        assert (session.position, view.quantity, view.unit, view.layer) == (
            START, quantity, UNIT, 1
        )  # fmt: skip


def test_an_answer_goes_with_its_place_and_what_was_done_stays(window: MainWindow) -> None:
    for elsewhere in ("Right", "F11", "]", "Up"):
        window.session.go_to(START)
        press(window, "C")
        assert "largest term is" in said(window)
        press(window, elsewhere)
        assert not said(window), elsewhere
    window.exporter.done.emit("Saved.")
    press(window, "Right")
    assert said(window) == "Saved."


def test_c_skips_what_was_only_kept(window: MainWindow) -> None:
    session = window.session
    assert session.trace is not None
    session.open(session.trace.what_if(f"z[{UNIT}] = 0.999 from 20"), START, UNIT)
    session.look(quantity="h")
    found = writing.last_written(session.trace, UNIT, START, (0, "forward"))
    press(window, "C")
    assert (session.position, session.view.quantity) == (found.step, "h")
    assert "is kept" in said(window)
    press(window, "C")
    assert session.view.quantity in ("n", "h")


@pytest.mark.parametrize("quantity", ["h", "keep", "h_prev"])
def test_c_goes_past_copies_where_this_step_has_the_largest_share(
    window: MainWindow, quantity: str
) -> None:
    """Of 0.7 from steps 10 and 20 more is kept, 0.39, than step 30 takes, −0.32."""
    session = window.session
    assert session.trace is not None
    u = f"l0[{UNIT}]"
    run = session.trace.what_if(
        f"h_{u} = 0 at 9", f"z_{u} = 0.5 at 10", f"n_{u} = 1 at 10", f"z_{u} = 1 from 11 to 19",
        f"z_{u} = 0.6 at 20", f"n_{u} = 1 at 20", f"z_{u} = 1 from 21 to 29",
        f"z_{u} = 0.55 at 30", f"n_{u} = -0.7 at 30",
    )  # fmt: skip
    session.open(run, START, UNIT)
    session.look(quantity=quantity)
    assert writing.last_written(run, UNIT, START, (0, "forward")).step == START
    press(window, "C")
    assert (session.position, session.view.quantity, session.unit) == (20, "h", UNIT)
    assert "most of that was written at step 20" in said(window)


@pytest.mark.parametrize("key", ["C", "W", "Shift+W"])
def test_of_what_is_not_computed_yet(window: MainWindow, key: str) -> None:
    window.session.previous_computation()
    window.session.look(quantity="h")
    press(window, key)
    assert said(window) == "The selected value is not computed yet."
    assert window.session.position == START
