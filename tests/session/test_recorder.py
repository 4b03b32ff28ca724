"""Recording beside the window: in a thread, or in slices where numpy holds the interpreter."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot
from samples import model, recording, text_for

from gru_debugger.core import compiled, engine
from gru_debugger.core.model import Model
from gru_debugger.core.trace import Trace
from gru_debugger.session import recorder
from gru_debugger.session.recorder import Recorder
from gru_debugger.session.session import Session

pytestmark = pytest.mark.usefixtures("qapp")

BUSY = 0.0005  # seconds that a stretch takes at least, so that a recording is seen under way


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "recording"]


@pytest.fixture(params=["compiled code", "numpy"])
def threaded(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    if request.param == "numpy":
        monkeypatch.setattr(compiled, "library", lambda: None)
    elif compiled.library() is None:
        pytest.skip("no compiler was there at installation")
    return bool(request.param == "compiled code")


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Stretches that take their time, the interpreter free meanwhile."""
    real, wait = engine.states, threading.Event().wait

    def states(*given: object) -> object:
        wait(BUSY)
        return real(*given)

    monkeypatch.setattr(engine, "states", states)
    yield
    for thread in threads():
        thread.join()


def long(steps: int, network: Model | None = None) -> Trace:
    network = network or model(hidden=4, scale=0.3)
    return Trace(network, (text_for(network, 1000) * (steps // 1000 + 1))[:steps])


@pytest.mark.usefixtures("slow")
def test_a_long_text_is_recorded_beside_events(threaded: bool, qtbot: QtBot) -> None:
    """Opening returns at once, events go on, and the axes stay."""
    trace, session = long(1_000_000), Session()
    axes, beats = [], []
    session.recording_advanced.connect(lambda: axes.append(trace.axes()))
    beat = QTimer(interval=1)
    beat.timeout.connect(lambda: beats.append(trace.recorded))
    session.open(trace, 900_000)
    assert bool(threads()) == threaded
    assert session.step is None, "step 900,000 is not recorded yet"
    beat.start()
    with qtbot.waitSignal(session.recording_advanced):
        pass
    session.go_to(10)
    assert session.step is not None, "what is recorded can be looked at meanwhile"
    qtbot.waitUntil(lambda: trace.recorded > 20_000 and len(axes) > 3)
    beat.stop()
    assert len(set(beats)) > 3
    assert axes[-1] == axes[-2]
    session.open(recording(model(hidden=4, scale=0.3), 5))  # leaves the long one alone
    for thread in threads():
        thread.join()
    recorded = trace.recorded
    assert recorded < 900_000
    qtbot.wait(20)
    assert trace.recorded == recorded


@pytest.mark.parametrize(("layers", "directions"), [(1, 1), (2, 2)])
def test_the_same_states(layers: int, directions: int, threaded: bool, qtbot: QtBot) -> None:
    network = model(24, 8, layers, directions)
    trace, session = long(5000, network), Session()
    session.open(trace)
    with qtbot.waitSignal(session.recording_advanced):
        pass
    qtbot.waitUntil(lambda: trace.complete)
    expected = long(5000, network).finish()
    for place in network.places:
        found, whole = trace.all_states(*place), expected.all_states(*place)
        np.testing.assert_allclose(found, whole, rtol=0, atol=1e-6)


@pytest.mark.usefixtures("threaded")
def test_the_step_waited_for_is_announced(qtbot: QtBot) -> None:
    session, told = Session(), []
    session.open(long(30_000), 1)
    session.go_to(session.steps)
    session.position_changed.connect(lambda: told.append(session.step))
    qtbot.waitUntil(lambda: bool(told))
    assert told[0] is not None
    assert told[0].number == 30_000


def test_the_first_paint_shows_a_step_near_the_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing has been recorded beside the window by then; a step far away is not waited for."""
    monkeypatch.setattr(Recorder, "start", lambda self, trace: None)
    session = Session()
    session.open(long(5000), 200)
    assert session.step is not None
    assert session.step.number == 200
    session.open(long(100_000), 90_000)
    assert session.step is None


@pytest.mark.usefixtures("slow", "threaded")
def test_two_may_record_at_once(qtbot: QtBot) -> None:
    """What asks for all of it in the window's thread meets the recorder's."""
    trace, session = long(40_000), Session()
    session.open(trace)
    qtbot.waitUntil(lambda: trace.recorded > 512)
    trace.finish()
    expected = long(40_000).finish()
    np.testing.assert_allclose(trace.states(), expected.states(), rtol=0, atol=1e-6)


@pytest.mark.usefixtures("slow")
def test_closing_ends_the_thread(qtbot: QtBot) -> None:
    session = Session()
    session.open(long(2_000_000))
    assert len(threads()) == 1
    session.close()
    assert not threads()
    assert session.recorder.progress is None


@pytest.mark.usefixtures("slow")
def test_a_session_that_is_gone_leaves_its_thread_alone(qtbot: QtBot) -> None:
    """The thread holds nothing of Qt's: no object of it can end there."""
    session = Session()
    session.open(long(2_000_000))
    (thread,) = threads()
    held = gc.get_referents(thread, *thread.__dict__.values())
    assert not [thing for thing in held if isinstance(thing, QObject)]
    session.recorder.close()


@pytest.mark.usefixtures("slow")
def test_opening_another_and_going_back_records_on(qtbot: QtBot) -> None:
    first, second, session = long(60_000), long(30_000), Session()
    session.open(first)
    session.open(second)
    session.undo()
    qtbot.waitUntil(lambda: first.complete)
    assert not second.complete
    expected = long(60_000).finish()
    np.testing.assert_allclose(first.states(), expected.states(), rtol=0, atol=1e-6)


def test_a_fault_is_raised_in_the_window_s_thread(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Recorder()
    trace = long(100_000)
    monkeypatch.setattr(engine, "lets_go", lambda network: True)
    monkeypatch.setattr(trace, "advance", lambda: 1 / 0)
    with qtbot.captureExceptions() as faults:
        made.start(trace)
        qtbot.waitUntil(lambda: bool(faults))
    assert [kind for kind, *_ in faults] == [ZeroDivisionError]
    qtbot.wait(50)
    assert len(faults) == 1, "told once"


def test_what_is_soon_there_is_not_talked_of(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(recorder, "monotonic", lambda: now[0])
    monkeypatch.setattr(engine, "lets_go", lambda network: False)
    trace, made = long(20_480), Recorder()
    made.start(trace)
    assert made.progress is None
    for _ in range(10):
        trace.advance()
    now[0] += 0.1
    assert made.progress is None, "it takes 0.4 s in all"
    now[0] += 3.9
    found = made.progress
    assert found is not None
    assert (found.share, found.left) == (0.25, 12.0)
    trace.finish()
    assert made.progress is None
    made.close()


def test_a_share_of_all_layers_and_directions() -> None:
    """Nothing is final before all is, yet it goes on."""
    trace = long(1500, model(4, 8, 2, 2))
    shares = [trace.share]
    while trace.advance():
        shares.append(trace.share)
        assert trace.recorded == 0
    np.testing.assert_allclose(shares[:4], np.array([0, 512, 1024, 1500]) / 6000)
    assert trace.share == 1.0
    edited = trace.edited(trace.parse_edits("z = 1 at 1400"))
    assert edited.share == 0.0
    assert edited.finish().share == 1.0
