"""What a model's file is told to hold besides, in the status bar and the message bar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from samples import model as sample
from samples import text_for

from gru_debugger.core.initial_state import InitialState
from gru_debugger.core.trace import Trace
from gru_debugger.main_window import MainWindow
from gru_debugger.source import INITIAL_STATE, WEIGHTS_ALONE, Notice

OpenWindow = Callable[..., MainWindow]

ALONE = Notice("note", WEIGHTS_ALONE, "between the layers", "weights alone")
BESIDE = Notice("beside", "head", "beside the GRU", "a head")
INSIDE = Notice("inside", "norm", "before the GRU", "x is another")
START = Notice("inside", "encoder", INITIAL_STATE, "h(0) is another")


def told(*notices: Notice, start: bool = False) -> Trace:
    plain = sample()
    model = replace(plain, source=replace(plain.source, told=notices))
    h0 = InitialState(np.ones((1, 16), np.float32)) if start else None
    return Trace(model, text_for(model, 12), h0)


def test_nothing_to_tell(open_window: OpenWindow) -> None:
    window = open_window(told())
    assert not window.status.told.isVisible()
    assert not window.message.isVisible()


def test_the_standing_note_is_no_message(open_window: OpenWindow) -> None:
    window = open_window(told(ALONE))
    label = window.status.told
    assert (label.isVisible(), label.text(), label.toolTip()) == (True, "1 note", "weights alone.")
    assert label.objectName() == "quiet"
    assert not window.message.isVisible()


@pytest.mark.parametrize("start", [False, True])
def test_what_stands_inside_is_red(open_window: OpenWindow, start: bool) -> None:
    window = open_window(told(ALONE, BESIDE, INSIDE, START, start=start))
    label = window.status.told
    assert (label.text(), label.objectName()) == ("not the network's own", "bad")
    assert label.toolTip() == "x is another." + "\nh(0) is another." * (not start)
    assert label.isVisible()
    assert window.message.words.text().endswith("a head; x is another; h(0) is another.")


def test_it_goes_with_the_model_and_with_another_initial_state(open_window: OpenWindow) -> None:
    window = open_window(told(START))
    label = window.status.told
    assert label.objectName() == "bad"
    window.session.open(told(START, start=True))
    assert (label.text(), label.objectName()) == ("1 note", "quiet")
    window.session.open(told())
    assert not label.isVisible()


def test_in_a_narrow_window_it_stays_before_the_bits(open_window: OpenWindow) -> None:
    window = open_window(told(INSIDE))
    window.resize(640, 480)
    assert window.status.told.isVisible()
    assert not window.status.variant.isVisible()
