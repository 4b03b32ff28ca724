"""h(0) in the window: chosen, shown, kept with its model, handed from an encoder to its decoder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event

import numpy as np
import pytest
import torch
from inked import inked
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot
from readers import read_slowly
from samples import model, save, text_for
from waiting import PATIENCE, when_open

from gru_debugger.charts.theme import THEMES
from gru_debugger.core.initial_state import InitialState
from gru_debugger.core.model import Model
from gru_debugger.core.trace import Trace
from gru_debugger.exports import stamp
from gru_debugger.formats import load_model
from gru_debugger.main_window import MainWindow
from gru_debugger.source import Choice
from gru_debugger.window import file_dialog
from gru_debugger.window.initial_state_dialog import InitialStateDialog
from gru_debugger.window.initial_states import choices, ended

OpenWindow = Callable[..., MainWindow]
GIVEN = np.random.default_rng(9).uniform(-0.9, 0.9, (1, 16)).astype(np.float32)


@pytest.fixture
def window(open_window: OpenWindow, tmp_path: Path) -> MainWindow:
    opened = load_model(save(model(), tmp_path / "one.safetensors"))
    return open_window(Trace(opened, text_for(opened, 30)).finish(), 12, 5)


def shown(window: MainWindow) -> Trace:
    assert window.session.trace is not None
    return window.session.trace


def button(dialog: QWidget, words: str) -> QAbstractButton:
    return next(b for b in dialog.findChildren(QAbstractButton) if words in b.text())


def choose(window: MainWindow, words: str, answer: str = "OK") -> None:
    """By the dialog: what has these words, and then the answer."""

    def drive(dialog: QWidget) -> None:
        button(dialog, words).click()
        button(dialog, answer).click()
        dialog.close()  # were the button of no use, nobody would

    when_open(drive)
    window.actions_by_name["initial_state"].trigger()


def torch_states(m: Model, text: str, h0: np.ndarray) -> np.ndarray:
    cell = m.cell()
    gru = torch.nn.GRU(cell.input_size, cell.hidden_size)
    arrays = (cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh)
    for parameter, array in zip(gru.parameters(), arrays, strict=True):
        parameter.data = torch.from_numpy(np.array(array))
    x = torch.eye(cell.input_size)[torch.from_numpy(m.indices(text))]
    with torch.no_grad():
        return gru(x, torch.from_numpy(h0))[0].numpy()


def test_the_last_state_is_where_the_next_recording_starts(window: MainWindow) -> None:
    before = shown(window)
    choose(window, "Last state of one.safetensors")
    trace = shown(window).finish()
    assert trace is not before
    assert (window.session.position, window.session.unit, trace.text) == (12, 5, before.text)
    theirs = torch_states(trace.model, trace.text, before.final_states())
    assert np.abs(trace.states() - theirs).max() < 1e-5
    assert np.abs(before.states() - theirs).max() > 1e-3
    assert trace.initial.origin.startswith("last state of one.safetensors on “")
    assert trace.initial.origin.endswith(" …”, 30 steps")
    assert f"h(0): {trace.initial.origin}" in window.status.where.text()
    window.session.undo()
    assert shown(window) is before
    assert "h(0): zeros" in window.status.where.text()


def test_cancelling_changes_nothing(window: MainWindow) -> None:
    before = shown(window)
    choose(window, "Last state", "Cancel")
    assert shown(window) is before


def test_what_does_not_fit_says_why() -> None:
    small, deep = model(4), model(16, layers=2, directions=2)
    texts = {"a": small, "aa": deep, "aaa": model()}
    ends = [ended(Trace(m, text).finish()) for text, m in texts.items()]
    now = InitialState(np.zeros((1, 16), np.float32), "zeros")
    found = dict(choices(model(), now, ends))
    told = [state for state in found.values() if isinstance(state, str)]
    assert told == ["the file holds none", "1 × 4 values, not 1 × 16", "4 × 16 values, not 1 × 16"]
    stored = replace(model(), h0=GIVEN)
    kept = dict(choices(stored, InitialState(GIVEN, "h.npy"), []))
    assert isinstance(kept["Stored in the model"], InitialState)
    assert "As now: h.npy" in kept


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("shape", [{}, {"layers": 4, "directions": 2}, {"hidden": 700}])
def test_the_dialog_shows_what_is_chosen(
    theme: str, shape: dict[str, int], window: MainWindow
) -> None:
    m = model(**shape)
    h0 = np.full((len(m.layers) * m.directions, m.hidden_size), 0.5, np.float32)
    dialog = InitialStateDialog(
        window, THEMES[theme], replace(m, h0=h0), InitialState(0 * h0, "zeros"), [],
        window.files.opener,
    )  # fmt: skip
    dialog.show()
    empty = dialog.preview.grab().toImage()
    next(b for b in dialog.group.buttons() if "Stored" in b.text()).click()
    assert np.array_equal(dialog.chosen.states, h0)
    image = dialog.preview.grab().toImage()
    assert image != empty
    colors = {image.pixelColor(x, 12).name() for x in range(image.width())}
    assert THEMES[theme].positive.name() in colors
    dialog.close()
    dialog.deleteLater()


def test_a_state_from_a_file(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    np.save(tmp_path / "h.npy", GIVEN)
    np.save(tmp_path / "bad.npy", GIVEN[:, :3])
    dialog = InitialStateDialog(window, THEMES["light"], shown(window).model,
                                shown(window).initial, [], window.files.opener)  # fmt: skip
    for name in ("bad.npy", "h.npy"):
        path = str(tmp_path / name)
        monkeypatch.setattr(file_dialog, "ask_path", lambda *_, p=path, **__: p)
        button(dialog, "From a file…").click()
        window.files.opener.settle()
        if name == "bad.npy":
            assert "this model needs (1, 16)" in dialog.fault.text()
            assert dialog.chosen.origin == "zeros"
    assert (dialog.chosen.origin, dialog.fault.text()) == ("h.npy", "")
    assert np.array_equal(dialog.chosen.states, GIVEN)
    dialog.deleteLater()


def test_another_text_and_a_reload_keep_it(window: MainWindow, qtbot: QtBot) -> None:
    window.files.recordings.again(InitialState(GIVEN, "h.npy"))
    window.files.recordings.use_text("abab")
    assert np.array_equal(shown(window).h0, GIVEN)
    before = shown(window)
    window.files.reload()
    qtbot.waitUntil(lambda: window.session.trace is not before)
    assert (shown(window).initial.origin, shown(window).text) == ("h.npy", "abab")


def test_another_model_drops_it_and_says_so(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window.files.recordings.again(InitialState(GIVEN, "h.npy"))
    before = shown(window)
    window.files.open_model(str(save(model(seed=1), tmp_path / "two.safetensors")))
    qtbot.waitUntil(lambda: window.session.trace is not before)
    assert not shown(window).h0.any()
    said = window.message.words.text()
    assert said == "h(0) was h.npy; two.safetensors starts from zeros."


def test_an_encoder_is_offered_to_its_decoder(window: MainWindow) -> None:
    """The two GRUs of one file; only the first time that they meet."""
    source = replace(model().source, path="seq.pt", name="seq.pt")
    encoder, decoder = (
        replace(model(seed=k), source=replace(source, gru=name, choice=Choice(name)))
        for k, name in enumerate(("encoder", "decoder"), 2)
    )
    encoded = Trace(encoder, "abcab").finish()
    window.session.open(encoded)
    window.session.open(Trace(decoder, "ba").finish())
    assert window.message.words.text() == "Start from the last state of “encoder”?"
    window.message.offer.click()
    assert np.array_equal(shown(window).h0, encoded.final_states())
    assert shown(window).initial.origin == "last state of seq.pt (encoder) on “abcab”, 5 steps"
    window.message.clear()
    window.session.open(encoded)
    window.session.open(Trace(decoder, "ba").finish())
    assert "Start from" not in window.message.words.text() or not window.message.isVisible()


def test_position_0_shows_it(open_window: OpenWindow) -> None:
    window = open_window(Trace(model(), "abab", InitialState(GIVEN, "h.npy")).finish(), 0, 5)
    strip = window.views["strip"].pane
    assert strip.first == 0  # type: ignore[attr-defined]
    assert np.array_equal(shown(window).state(0), GIVEN[0])
    assert window.session.initial is not None
    assert np.array_equal(window.session.initial, GIVEN[0])
    window.session.step_forward()
    assert window.session.initial is None


def test_the_course_writes_it_its_own_way(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the status bar, the panes, their tables and tips, and below pictures."""
    trace = Trace(model(), "abab", InitialState(GIVEN, "h.npy")).finish()
    window = open_window(trace, 0, 5)

    def said() -> list[str]:
        told = [window.status.where.text(), stamp.words(trace, 0, window.session.notation)]
        for pane in (view.pane for view in window.views.values() if view.in_sight):
            told += [words for words, _ in inked(pane, monkeypatch).words]
            told += [" ".join(t.name(i)) for make in pane.tables().values()
                     for t in [make()] for i in range(t.rows)]  # fmt: skip
            across, down = int(pane.size.width()), int(pane.size.height())
            told += [pane.hover(QPointF(x, y)) for x in range(0, across, 9)
                     for y in range(0, down, 9)]  # fmt: skip
        return told

    for notation, own, other in (("pytorch", "h(0)", "c⟨0⟩"), ("course", "c⟨0⟩", "h(0)")):
        window.session.look(notation=notation)  # type: ignore[arg-type]
        found = said()
        assert sum(own in words for words in found) >= 5
        assert not [words for words in found if other in words]


@pytest.mark.parametrize("way", ["read", "given up"])
def test_a_state_is_read_while_the_dialog_goes_on(
    way: str, window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is decided meanwhile; closing the dialog ends the reading."""
    go_on = read_slowly(tmp_path, monkeypatch, "arrays")
    np.save(tmp_path / "h.npy", GIVEN)
    monkeypatch.setattr(file_dialog, "ask_path", lambda *_, **__: str(tmp_path / "h.npy"))
    before = shown(window)
    dialog = InitialStateDialog(window, THEMES["light"], before.model, before.initial, [],
                                window.files.opener)  # fmt: skip
    dialog.file.click()
    assert not dialog.file.isEnabled()
    assert not dialog._ok.isEnabled()
    if way == "read":
        go_on()
        qtbot.waitUntil(dialog._ok.isEnabled)
        assert dialog.chosen.origin == "h.npy"
    else:
        dialog.reject()
        assert dialog._ok.isEnabled()
        go_on()
        window.files.opener.wait(PATIENCE)
        QApplication.processEvents()
        assert dialog.chosen.origin == "zeros"
    dialog.deleteLater()


def test_closing_the_dialog_ends_no_other_reading(window: MainWindow) -> None:
    before, done = shown(window), Event()
    dialog = InitialStateDialog(window, THEMES["light"], before.model, before.initial, [],
                                window.files.opener)  # fmt: skip
    read: list[bool] = []
    window.files.opener.start(lambda _: done.wait(PATIENCE), read.append)
    dialog.reject()
    done.set()
    window.files.opener.settle()
    assert read == [True]
    dialog.deleteLater()
