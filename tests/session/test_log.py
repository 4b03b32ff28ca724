"""The log is collected as far as the text is recorded and its lanes are looked through."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot
from samples import model, recording, text_for

from gru_debugger.core.trace import Trace
from gru_debugger.session.log import LogRows
from gru_debugger.session.marks import Lane, Marks
from gru_debugger.session.session import Session

pytestmark = pytest.mark.usefixtures("qapp")
STEPS = 200_000


def test_stops_alone_wait_for_the_recording(qtbot: QtBot) -> None:
    session, m = Session(), model()
    session.open(Trace(m, text_for(m, STEPS)), 1)
    rows = LogRows(session)
    session.mark(Marks((3, STEPS - 1)))
    rows.show(True)
    assert rows.log is not None
    assert rows.log.known < STEPS
    qtbot.waitUntil(lambda: rows.log is not None and rows.log.complete)
    assert rows.log.steps == [3, STEPS - 1]
    session.close()


def test_a_condition_waits_until_its_lane_knows(qtbot: QtBot) -> None:
    session = Session()
    session.open(recording(model(), STEPS), 1)
    rows = LogRows(session)
    rows.show(True)
    assert rows.log is None, "nothing halts a run"
    holds = f"max(changed(h)) > 100 or step == {STEPS - 2}"
    session.mark(Marks(lanes=(Lane(holds, armed=True),)))
    qtbot.waitUntil(lambda: rows.log is not None and rows.log.complete)
    assert rows.log is not None
    assert rows.log.steps == [STEPS - 2]
    session.close()
