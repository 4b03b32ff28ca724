"""The order of the units in the window: asked for by menu and key, in all panes, and it stays."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from keyboard import press
from pytestqt.qtbot import QtBot
from samples import model, recording

from gru_debugger.core.trace import Trace
from gru_debugger.main_window import MainWindow
from gru_debugger.panes.strip import StripPane
from gru_debugger.session.zoom import Zoom

OpenWindow = Callable[..., MainWindow]


@pytest.fixture
def opened(open_window: OpenWindow) -> MainWindow:
    window = open_window(recording(model(16), 60).finish(), 20, 3)
    window.session.select_value("z", 3)
    return window


def order(window: MainWindow) -> list[int]:
    return [*window.units.axis.visible_units]


def falling(values: np.ndarray) -> list[int]:
    return sorted(range(len(values)), key=lambda unit: -values[unit])


def test_it_is_asked_for_here_and_stays_until_it_is_again(opened: MainWindow) -> None:
    session, actions = opened.session, opened.actions_by_name
    assert order(opened) == [*range(16)]
    assert not actions["order_again"].isEnabled()
    actions["order_value"].trigger()
    here = falling(session.trace.step(20).z)  # type: ignore[union-attr]
    assert order(opened) == here
    assert actions["order_value"].isChecked()
    assert not actions["order_index"].isChecked()
    press(opened, "Right")
    assert order(opened) == here, "nothing jumps"
    press(opened, "Ctrl+Shift+A")
    assert order(opened) == falling(session.trace.step(21).z)  # type: ignore[union-attr]
    actions["order_index"].trigger()
    assert order(opened) == [*range(16)]


def test_all_panes_have_it(opened: MainWindow) -> None:
    opened.actions_by_name["order_change"].trigger()
    step, before = (opened.session.trace.step(t) for t in (20, 19))  # type: ignore[union-attr]
    wanted = falling(abs(step.z - before.z))
    strip = opened.views["strip"].pane
    assert isinstance(strip, StripPane)
    tops = [strip.rect_of("h", unit).top() for unit in wanted]  # type: ignore[union-attr]
    assert tops == sorted(tops)
    drawn = strip.map.indices()[:, 20 - strip.first].astype(int)
    assert np.argsort(drawn, kind="stable").tolist() == np.argsort(
        np.rint(step.h[wanted] * 127), kind="stable"
    ).tolist()
    lefts = [opened.cell.pane.rect_of("r", unit).left() for unit in wanted]  # type: ignore[union-attr]
    assert lefts == sorted(lefts)
    assert "16 units by changed(z) at 20" in opened.status.where.text()


def test_keys_go_along_it_and_a_zoom_counts_its_places(opened: MainWindow) -> None:
    opened.actions_by_name["order_value"].trigger()
    units = order(opened)
    opened.session.select_unit(units[4])
    press(opened, "]")
    assert opened.session.unit == units[5]
    press(opened, "[")
    press(opened, "[")
    assert opened.session.unit == units[3]
    opened.session.look(zoom=Zoom(0, 8))
    opened.session.select_unit(units[12])
    assert units[12] in order(opened)
    opened.session.select_unit(units[15])
    press(opened, "]")
    assert opened.session.unit == units[15]


def test_likeness_waits_for_what_it_looks_at(open_window: OpenWindow, qtbot: QtBot) -> None:
    """Until so much is recorded, the units stand by index; then all panes are told."""
    window = open_window(recording(model(16), 60).finish(), 20, 3)
    window.actions_by_name["order_likeness"].trigger()
    window.session.open(Trace(model(512), "abcde dab" * 400), 1)
    assert order(window) == [*range(512)]
    qtbot.waitUntil(lambda: window.session.trace.complete)  # type: ignore[union-attr]
    assert sorted(order(window)) == [*range(512)] != order(window)


def test_the_lens_goes_with_the_selected_unit(open_window: OpenWindow) -> None:
    window = open_window(recording(model(128), 12).finish(), 6, 3)
    assert window.actions_by_name["lens"].isEnabled()
    for unit in (3, 60, 127):
        window.session.select_unit(unit)
        axis = window.units.axis
        assert unit in axis.lens
        assert axis.right(unit) - axis.left(unit) == axis.widest > axis.pitch
    before = window.units.axis.lens
    press(window, "[")
    assert window.units.axis.lens == before
    window.actions_by_name["lens"].trigger()
    assert not window.units.axis.lens
    assert not window.actions_by_name["lens"].isChecked()
