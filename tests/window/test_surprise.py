"""Bits per character in the window: measured between events, said once where it is too much."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import process_time

import numpy as np
import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from samples import model, recording, text_for

from gru_debugger.core.activations import Activation, Activations
from gru_debugger.core.model import Model
from gru_debugger.core.trace import Trace, trace
from gru_debugger.formats import load_model
from gru_debugger.main_window import MainWindow
from gru_debugger.parity import Parity
from gru_debugger.questions.surprise import MEASURED, Surprise, mean_surprise
from gru_debugger.session.recorder import Recorder
from gru_debugger.source import Notice
from gru_debugger.window.surprise import Gauge

OpenWindow = Callable[..., MainWindow]


@pytest.fixture(scope="module")
def sixteen() -> Model:
    return load_model("bundled:sixteen")


@pytest.fixture(scope="module")
def text(sixteen: Model) -> str:
    assert sixteen.example is not None
    return sixteen.example.text


@pytest.fixture(scope="module")
def wrong(sixteen: Model) -> Model:
    """The same with its vocabulary in another order."""
    mixed = np.random.default_rng(0).permutation(sixteen.require_vocabulary())
    return replace(sixteen, vocabulary=tuple(map(str, mixed)))


def words(found: Surprise | None) -> str:
    assert found is not None
    worse = ", worse than guessing" if found.bits > found.even else ""
    return f"{found.bits:.2f} of {found.even:.2f} bits/char{worse}"


def test_it_stands_in_the_status_bar(
    sixteen: Model, text: str, open_window: OpenWindow, qtbot: QtBot
) -> None:
    window = open_window(Trace(sixteen, text))
    label, found = window.status.surprise, mean_surprise(trace(sixteen, text))
    qtbot.waitUntil(lambda: label.text() == words(found))
    assert label.isVisible()
    assert label.objectName() == "quiet"
    assert found is not None
    assert label.toolTip() == (
        f"What follows costs the model {found.bits:.2f} bits a character, the mean of "
        f"{len(text) - 1} steps;\nguessing evenly among 25 symbols costs log₂ 25 = 4.64."
    )
    assert not window.message.isVisible()
    window.session.open(Trace(replace(sixteen, output=None), text))
    assert not label.isVisible(), "nothing is predicted"


def test_a_shuffled_vocabulary_is_told_once(
    wrong: Model, text: str, open_window: OpenWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(Trace(wrong, text))
    found = mean_surprise(trace(wrong, text))
    assert found is not None
    qtbot.waitUntil(window.message.isVisible)
    assert window.message.words.text() == (
        f"“sixteen.safetensors” finds this text less likely than chance ({found.bits:.2f} bits "
        "per character, guessing costs 4.64): is the vocabulary in the right order?"
    )
    label = window.status.surprise
    assert (label.objectName(), label.text()) == ("bad", words(found))
    assert label.toolTip().endswith("another order (Model, Vocabulary…).")
    asked: list[None] = []
    monkeypatch.setattr(window.files.recordings, "ask_vocabulary", lambda: asked.append(None))
    assert window.message.offer.text() == "Vocabulary…"
    window.message.dismiss()
    window.files.recordings.use_text(text[::-1])
    other = mean_surprise(trace(wrong, text[::-1]))
    qtbot.waitUntil(lambda: label.text() == words(other))
    assert not window.message.isVisible(), "not a second time"


def test_the_button_asks_for_the_vocabulary(
    wrong: Model, text: str, open_window: OpenWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(
        "gru_debugger.window.recordings.ask_vocabulary",
        lambda *given: asked.append(given[1:]),
    )
    window = open_window(Trace(wrong, text))
    qtbot.waitUntil(window.message.isVisible)
    window.message.offer.click()
    assert asked == [(wrong, text)]


def test_a_warning_is_not_driven_away(
    wrong: Model, text: str, open_window: OpenWindow, qtbot: QtBot
) -> None:
    source = replace(wrong.source, told=(Notice("note", "", "", "half of it was converted"),))
    window = open_window(Trace(replace(wrong, source=source), text))
    said = window.message.words
    assert "half of it was converted" in said.text()
    qtbot.waitUntil(lambda: window.status.surprise.objectName() == "bad")
    assert "half of it was converted" in said.text()
    assert not window.message.offer.isVisible(), "nothing to do about it"
    window.message.dismiss()
    assert window.message.isVisible()
    assert "less likely than chance" in said.text()
    window.message.dismiss()
    assert not window.message.isVisible()


def test_a_few_characters_are_no_proof(
    wrong: Model, text: str, open_window: OpenWindow, qtbot: QtBot
) -> None:
    window = open_window(Trace(wrong, text[:6]))
    found = mean_surprise(trace(wrong, text[:6]))
    qtbot.waitUntil(lambda: window.status.surprise.text() == words(found))
    assert found is not None
    assert found.worse_than_guessing
    assert window.status.surprise.objectName() == "wrong", "marked, but no proof"
    assert not window.message.isVisible()


def test_a_little_worse_than_guessing_is_marked(open_window: OpenWindow, qtbot: QtBot) -> None:
    """As a model is that was hardly trained: so little that no question is asked."""
    hardly = model(symbols=29, scale=0.3, seed=5)
    text = text_for(hardly, 300)
    found = mean_surprise(trace(hardly, text))
    assert found is not None
    assert found.worse_than_guessing
    assert not found.telling
    window = open_window(Trace(hardly, text))
    label = window.status.surprise
    qtbot.waitUntil(lambda: label.text() == words(found))
    assert label.objectName() == "wrong"


@pytest.mark.parametrize("directions", [1, 2])
def test_what_has_been_read_already_is_no_forecast(
    directions: int, open_window: OpenWindow, qtbot: QtBot
) -> None:
    window = open_window(recording(model(directions=directions), 40))
    label = window.status.surprise
    qtbot.waitUntil(lambda: label.text() != "")
    assert ("read what follows already" in label.toolTip()) == (directions > 1)


@pytest.mark.parametrize("directions", [1, 2])
def test_nothing_of_the_last_recording_stays(
    directions: int, open_window: OpenWindow, qtbot: QtBot
) -> None:
    """From the moment another text is open: neither its bits nor its proof."""
    both = model(directions=directions)
    window = open_window(recording(both, 40), proof=True)
    label, parity = window.status.surprise, window.status.parity
    qtbot.waitUntil(label.isVisible)
    window.status.show_parity(Parity(0.0, 0.0, 1.0, 1.0, "nn.GRU", 40))
    window.session.open(Trace(both, text_for(both, 40_000)))
    assert not label.isVisible()
    assert parity.text() == "checking the numbers …"
    short = text_for(both, 30, seed=3)
    window.session.open(Trace(both, short))
    found = mean_surprise(trace(both, short))
    qtbot.waitUntil(lambda: label.isVisible() and label.text() == words(found))


def test_what_is_recorded_later_is_measured_too(
    sixteen: Model, text: str, open_window: OpenWindow, qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(Recorder, "start", lambda self, trace: None)
    long = Trace(sixteen, text * 40)
    window = open_window(long)
    qtbot.waitUntil(lambda: not window.surprise._gauge._timer.isActive())
    long.finish()
    window.session.recorder.advanced.emit()
    found = mean_surprise(long, MEASURED)
    first = f"{words(found)}, first {MEASURED:,}"
    qtbot.waitUntil(lambda: window.status.surprise.text() == first)


def test_of_a_long_text_the_beginning_is_measured(
    sixteen: Model, text: str, open_window: OpenWindow, qtbot: QtBot
) -> None:
    long = text * 40
    assert len(long) > 2 * MEASURED
    window = open_window(Trace(sixteen, long))
    found, told = mean_surprise(trace(sixteen, long), MEASURED), window.status.surprise
    qtbot.waitUntil(lambda: f"the mean of {MEASURED:,} steps" in told.toolTip())
    assert told.text() == f"{words(found)}, first {MEASURED:,}"


def test_what_was_begun_is_given_up_for_another(
    sixteen: Model, text: str, screen: QApplication, qtbot: QtBot
) -> None:
    parent = QObject()
    gauge, told = Gauge(parent, records=True), list[tuple[Surprise | None, bool]]()
    gauge.measured.connect(lambda found, done: told.append((found, done)))
    gauge.measure(Trace(sixteen, text * 20))
    gauge.measure(Trace(sixteen, text[:50]))
    qtbot.waitUntil(lambda: bool(told) and told[-1][1])
    qtbot.wait(50)
    assert [found for found, done in told if done] == [mean_surprise(trace(sixteen, text[:50]))]


def test_what_can_not_be_recorded_is_not_measured(screen: QApplication, qtbot: QtBot) -> None:
    """Nor is it a fault: states beyond all numbers, of symbols that are tried."""
    growing = model(scale=300, activations=Activations(candidate=Activation("relu")))
    parent = QObject()
    gauge, tried = Gauge(parent, records=True), Trace(growing, text_for(growing, 300))
    gauge.measure(tried)
    qtbot.waitUntil(lambda: not gauge._timer.isActive())
    assert "grow beyond all numbers" in tried.refusal


def test_no_slice_keeps_the_window_waiting(screen: QApplication, qtbot: QtBot) -> None:
    """Of 1,024 units and 5,000 symbols, each look at the event queue is soon."""
    large = model(1024, symbols=8, embedding=8)
    random = np.random.default_rng(0)
    assert large.output is not None
    weight = random.standard_normal((5000, 1024)).astype(np.float32)
    output = replace(large.output, weight=weight, bias=np.zeros(5000, np.float32))
    embedding = random.standard_normal((5000, 8)).astype(np.float32)
    symbols = tuple(chr(0x4E00 + i) for i in range(5000))
    large = replace(large, output=output, embedding=embedding, vocabulary=symbols)
    parent = QObject()
    gauge = Gauge(parent, records=True)
    gauge.measure(Trace(large, "".join(symbols[:300])))
    slices: list[float] = []
    while gauge._measurement is not None:
        begin = process_time()
        gauge._go()
        slices.append(process_time() - begin)
    assert len(slices) > 50
    assert float(np.median(slices)) < 0.05


def test_a_short_text_may_be_proof(wrong: Model, text: str) -> None:
    found = mean_surprise(trace(wrong, text[:24]))
    assert found is not None
    assert found.telling
