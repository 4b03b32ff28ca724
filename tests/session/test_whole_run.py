"""The whole run is looked through by a thread, and told now and then."""

from __future__ import annotations

import threading
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from samples import model, recording, text_for

from gru_debugger.core.trace import Trace
from gru_debugger.questions.overview import Survey
from gru_debugger.session import whole_run
from gru_debugger.session.whole_run import WholeRun

PLACE: Any = (0, "forward")


def same(found: Survey | None, expected: Survey) -> None:
    assert found is not None
    assert found.units is not None
    assert expected.units is not None
    counted, wanted = asdict(found.units), asdict(expected.units)
    for name, value in wanted.items():
        np.testing.assert_equal(counted[name], value, name)
    np.testing.assert_equal(found.bits, expected.bits)


def test_the_thread_finds_what_is_found_without_it(qtbot: QtBot, qapp: object) -> None:
    run = recording(model(64), 4000)
    alone = Survey(run, PLACE)
    while alone.advance():
        pass
    whole = WholeRun()
    whole.follow(run, PLACE)
    whole.stop()
    whole.follow(run, PLACE)  # again, while the first is about a stretch still
    qtbot.waitUntil(lambda: whole.survey is not None and whole.survey.complete)
    same(whole.survey, alone)
    assert not whole._timer.isActive()


def test_two_never_look_at_a_time(monkeypatch: pytest.MonkeyPatch, qapp: object) -> None:
    """What was told to end may be about a stretch still."""
    monkeypatch.setattr(whole_run._Work, "start", lambda _: None)
    run, whole = recording(model(), 40), WholeRun()
    whole.follow(run, PLACE)
    first = whole._work
    whole.stop()
    whole.follow(run, PLACE)
    second, done = whole._work, list[str]()
    assert first is not None
    assert second is not None
    monkeypatch.setattr(first, "join", lambda: done.append("joined"))
    plain = Survey.go_on
    monkeypatch.setattr(Survey, "go_on", lambda s: (done.append("looked"), plain(s))[1])
    second.run()
    assert done[:2] == ["joined", "looked"]


def test_it_waits_for_what_is_not_recorded_yet(qtbot: QtBot, qapp: object) -> None:
    m = model(64)
    run = Trace(m, text_for(m, 30_000))
    run.advance()
    assert not run.complete
    whole = WholeRun()
    whole.follow(run, PLACE)
    qtbot.waitUntil(lambda: whole.survey is not None and whole.survey.steps == run.recorded)
    assert whole._timer.isActive()
    run.finish()
    qtbot.waitUntil(lambda: whole.survey is not None and whole.survey.complete)


def test_it_is_told_now_and_then(monkeypatch: pytest.MonkeyPatch, qapp: object) -> None:
    """And known no sooner: what is drawn anew costs more than what was found."""
    clock = [100.0]
    monkeypatch.setattr(whole_run, "monotonic", lambda: clock[0])
    going, more = threading.Event(), threading.Event()

    def go_on(survey: Survey) -> bool:
        going.wait()
        going.clear()
        found = plain(survey)
        more.set()
        return found

    plain = Survey.go_on
    monkeypatch.setattr(Survey, "go_on", go_on)
    monkeypatch.setattr("gru_debugger.core.columns.stretch_rows", lambda trace: 100)
    run = recording(model(output=False), 4000)
    whole, told = WholeRun(), list[int]()
    whole.advanced.connect(lambda: told.append(whole.survey.steps if whole.survey else 0))
    whole.follow(run, PLACE)
    assert whole.left is None
    for seconds, expected in (
        (0.05, []), (0.06, [200]), (0.05, [200]), (10, [200, 400]), (0.9, [200, 400]),
        (0.2, [200, 400, 600]),
    ):  # fmt: skip
        more.clear()
        going.set()
        more.wait()
        clock[0] += seconds
        whole._look()
        assert told == expected
    assert whole.left == pytest.approx((4000 - 600) / 600 * (clock[0] - 100))
    whole.stop()
    going.set()


def test_what_goes_wrong_in_it_is_told(monkeypatch: pytest.MonkeyPatch, qapp: object) -> None:
    monkeypatch.setattr(Survey, "go_on", lambda _: 1 / 0)
    whole = WholeRun()
    whole.follow(recording(model(), 40), PLACE)
    assert whole._work is not None
    whole._work.join()
    with pytest.raises(ZeroDivisionError):
        whole._look()
    assert not whole._timer.isActive()
