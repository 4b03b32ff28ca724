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

from gru_debugger.core import axes, compiled, engine
from gru_debugger.core.edits import Place
from gru_debugger.core.model import Model
from gru_debugger.core.trace import Trace
from gru_debugger.errors import InputError
from gru_debugger.session import history, recorder
from gru_debugger.session import session as module
from gru_debugger.session.recorder import Recorder
from gru_debugger.session.session import Session

pytestmark = pytest.mark.usefixtures("qapp")

BUSY = 0.0005  # seconds that a stretch takes at least, so that a recording is seen under way


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "recording"]


def working() -> bool:
    """Whether anything is recorded or measured."""
    return any(t.name in ("recording", "measuring") for t in threading.enumerate())


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


def test_opening_records_little(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the window's thread, which would wait: where no step is there before all are, too."""
    monkeypatch.setattr(Recorder, "start", lambda self, trace: None)
    network = model(64, scale=0.3, directions=2)
    for edits in ((), ("r = 1",), ("z = 1.0001",)):
        trace, session = long(200_000, network).with_edits(*edits), Session()
        session.open(trace, 100_000)
        for each in (trace, trace.plain):
            assert 0 < sum(map(each.read_so_far, network.places)) <= 4 * 512


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
    while trace.share < 0.25:
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
    length = engine.stretch(trace.model)
    ends = np.minimum(np.arange(4) * length, 1500)
    np.testing.assert_allclose(shares[:4], ends / 6000)
    assert trace.share == 1.0
    edited = trace.edited(trace.parse_edits("z = 1 at 1400"))
    assert edited.share == 0.0
    assert edited.finish().share == 1.0


# States beyond all numbers ---------------------------------------------------------------------

SLOWLY = "z = 1.01"  # some 9,000 steps until they are


@pytest.mark.usefixtures("threaded")
def test_what_grows_beyond_all_numbers_later_gives_way_to_what_was_open(qtbot: QtBot) -> None:
    session, told = Session(), []
    plain = long(12_000).finish()
    session.open(plain, 9)
    session.refused.connect(lambda fault: told.append((str(fault), session.trace)))
    session.open(plain.with_edits(SLOWLY), 12)
    edited = session.trace
    assert edited is not plain
    qtbot.waitUntil(lambda: bool(told))
    ((said, shown),) = told
    assert said.startswith("the states of layer 0 grow beyond all numbers at step ")
    assert shown is session.trace is plain
    assert session.position == 9
    assert not session.can_undo()
    assert not session.can_redo()
    assert session.recorder.progress is None
    assert not threads()


def test_what_soon_does_is_not_shown_at_all() -> None:
    session = Session()
    plain = long(12_000).finish()
    session.open(plain, 9)
    for edit in ("z = 2", "z = 1e30 from 5000"):
        with pytest.raises(InputError, match="beyond all numbers"):
            session.open(plain.with_edits(edit), 12)
        assert (session.trace, session.position) == (plain, 9)
        assert not session.can_undo()


@pytest.mark.usefixtures("threaded")
def test_where_nothing_was_open_what_is_recorded_stays(qtbot: QtBot) -> None:
    session, told = Session(), []
    session.refused.connect(told.append)
    session.open(long(12_000).with_edits(SLOWLY))
    trace = session.trace
    assert trace is not None
    qtbot.waitUntil(lambda: bool(told))
    assert session.trace is trace
    assert 5000 < trace.recorded < trace.steps
    session.go_to(trace.recorded)
    assert session.step is not None
    session.step_forward()
    assert session.step is None


@pytest.mark.usefixtures("threaded")
def test_undo_stays_where_it_is_rather(monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    """Of what was opened before it was found to grow."""
    session, told = Session(), []
    session.refused.connect(told.append)
    first = long(12_000)
    growing, last = first.with_edits(SLOWLY), long(20)
    with monkeypatch.context() as patch:
        patch.setattr(Recorder, "start", lambda self, trace: None)
        for trace in (first, growing, last):
            session.open(trace)
    session.undo()
    assert session.trace is growing
    qtbot.waitUntil(lambda: bool(told))
    assert session.trace is last
    session.undo()
    assert session.trace is first, "the other is forgotten"
    session.close()


def test_undo_to_what_is_known_to_grow_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where its recording is made again."""
    monkeypatch.setattr(Recorder, "start", lambda self, trace: None)
    monkeypatch.setattr(history, "RECORDINGS", 0)
    session = Session()
    first = long(12_000)
    growing = first.with_edits("z = 2")
    monkeypatch.setattr(module, "_record_first", lambda *_: None)
    for trace in (first, growing, long(20)):
        session.open(trace)
    monkeypatch.undo()
    last = session.trace
    with pytest.raises(InputError, match="beyond all numbers"):
        session.undo()
    assert session.trace is last
    assert session.can_undo()
    assert not session.can_redo()


# What an edited run is drawn against -----------------------------------------------------------


@pytest.mark.usefixtures("threaded")
@pytest.mark.parametrize("ways", [1, 2])
def test_the_axes_of_an_edited_run_are_not_waited_for(ways: int, qtbot: QtBot) -> None:
    """They are those of the run without, which may not be recorded yet."""
    network = model(hidden=4, scale=0.3, directions=ways)
    trace, session, told = long(20_000, network).with_edits("r = 1"), Session(), []
    session.view_changed.connect(lambda: told.append(session.axes))
    session.open(trace, 200)
    assert trace.plain.share < 0.2
    qtbot.waitUntil(lambda: trace.complete and trace.plain.complete and not working())
    expected = long(20_000, network).finish().axes()
    assert session.axes == expected
    assert told[-1:] in ([expected], []), "what moved was announced"


def test_the_plain_run_comes_first_where_axes_are_measured_of_it(
    threaded: bool, qtbot: QtBot
) -> None:
    trace, session, settled = long(200_000).with_edits("r = 1"), Session(), []
    session.recording_advanced.connect(lambda: settled.append((trace.settled, trace.complete)))
    session.open(trace)
    qtbot.waitUntil(lambda: any(one for one, _ in settled))
    assert not any(complete for one, complete in settled if not one)
    assert trace.plain.recorded < 60_000, "the rest of it comes last"
    session.close()


@pytest.mark.usefixtures("threaded")
def test_no_axes_are_measured_in_the_window_s_thread(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But for the first of them, without which nothing could be drawn."""
    rows: dict[str, list[int]] = {}
    real = axes._levelled

    def levelled(trace: Trace, place: Place, first: int, end: int) -> object:
        rows.setdefault(threading.current_thread().name, []).append(end - first)
        return real(trace, place, first, end)

    monkeypatch.setattr(axes, "_levelled", levelled)
    session, trace = Session(), long(5000)
    session.open(trace, 50)
    assert sum(rows["MainThread"]) <= 512
    del rows["MainThread"]
    qtbot.waitUntil(lambda: trace.complete and not working())
    assert list(rows) in (["recording"], ["measuring"])
    assert session.axes == trace.axes()
    session.look(full_axes=False, contributions=True)
    assert len(rows) == 1
