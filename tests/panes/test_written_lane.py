"""The lane of what each step wrote in the selected unit, as it stands at the present step."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from samples import model, recording, session_of, text_for

from gru_debugger.charts.theme import THEMES
from gru_debugger.core.trace import Trace
from gru_debugger.panes.strip import StripPane
from gru_debugger.questions import writing
from gru_debugger.session.marks import Lane, Marks
from gru_debugger.session.session import Session

pytestmark = pytest.mark.usefixtures("qapp")
LANES = Marks(lanes=(Lane("written"), Lane("h[1]")))


def strip_of(session: Session) -> StripPane:
    pane = StripPane(session, THEMES["light"])
    session.mark(LANES)
    session.position_changed.connect(pane.show_step)
    session.unit_changed.connect(pane.show_unit)
    session.lanes.advanced.connect(pane.show_lanes)
    pane.resize(1600, 300)
    return pane


def drawn(pane: StripPane) -> np.ndarray:
    values = pane.lanes._values[0]
    assert values is not None
    return values


def expected(pane: StripPane) -> np.ndarray:
    """Of the steps in sight; none has been read later than the present one."""
    session, begin = pane.session, pane.lanes._begin
    found = np.full(session.steps, np.nan)
    t = session.position
    found[:t] = writing.shares(pane.trace, session.unit, t)[1:]
    return found[begin : begin + len(drawn(pane))]


def test_one_that_stands_still_follows_no_more() -> None:
    session = session_of(recording(model(), 200), 30, 8)
    strip_of(session)
    still = session.lanes.runs[0].still()
    before = still.values(0, 60)
    assert np.isfinite(before[:30]).all()
    session.go_to(45)
    session.select_unit(3)
    np.testing.assert_array_equal(still.values(0, 60), before)
    session.close()


def test_it_follows_step_and_unit() -> None:
    session = session_of(recording(model(), 200), 30, 8)
    pane = strip_of(session)
    np.testing.assert_allclose(drawn(pane), expected(pane), atol=1e-7)
    session.go_to(31)
    np.testing.assert_allclose(drawn(pane), expected(pane), atol=1e-7)
    session.select_unit(3)
    np.testing.assert_allclose(drawn(pane), expected(pane), atol=1e-7)
    session.go_to(150)
    np.testing.assert_allclose(drawn(pane), expected(pane), atol=1e-7)
    session.go_to(0)
    assert np.isnan(drawn(pane)).all()
    session.close()


def test_what_is_far_becomes_known_beside_the_window(qtbot: QtBot) -> None:
    m = model()
    trace = Trace(m, text_for(m, 40_000)).finish().with_edits("z[8] = 1").finish()
    session = session_of(trace, 40_000, 8)
    pane = strip_of(session)
    assert np.isfinite(drawn(pane)).all(), "what is in sight is known at once"
    session.look(scroll=0)
    pane.renew()
    assert np.isnan(drawn(pane)).all()
    qtbot.waitUntil(lambda: bool(np.isfinite(drawn(pane)).all()))
    np.testing.assert_allclose(drawn(pane), expected(pane), atol=1e-7)
    session.close()


def test_without_it_a_step_arranges_no_lanes(monkeypatch: pytest.MonkeyPatch) -> None:
    session = session_of(recording(model(), 200), 30, 8)
    pane = strip_of(session)
    session.mark(Marks(lanes=(Lane("h[1]"),)))
    pane.renew()
    monkeypatch.setattr(pane.lanes, "arrange", lambda *_: pytest.fail("nothing has changed"))
    session.go_to(31)
    session.select_unit(3)
    session.close()
