"""Whoever does not see the window: every control has a name in letters, every pane says what is."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from keyboard import press
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QInputDialog
from samples import model, recording, save, text_for
from spoken import controls, description, name, nameless

import gru_debugger.window
from gru_debugger.actions import ACTIONS
from gru_debugger.core.trace import Trace
from gru_debugger.formats import load_model
from gru_debugger.main_window import MainWindow
from gru_debugger.panes import registry
from gru_debugger.parity import Parity
from gru_debugger.window import dialogs
from gru_debugger.window.pane_view import PaneView

OpenWindow = Callable[..., MainWindow]
LEFT_OUT = {"quit", "play", "reload", "undo"}  # ask nothing


@pytest.fixture
def window(open_window: OpenWindow, tmp_path: Path) -> MainWindow:
    opened = load_model(save(model(layers=2, directions=2), tmp_path / "random.safetensors"))
    return open_window(Trace(opened, text_for(opened, 40)).finish(), 12, 5)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[type, list[str]]]:
    """Every dialog's class, with what in it has no name; each is shown, looked at and given up."""
    found: dict[type, list[str]] = {}

    def ask(dialog: QDialog) -> int:
        dialog.show()
        assert controls(dialog)
        found.setdefault(type(dialog), []).extend(nameless(dialog))
        give_up(dialog)
        return int(QDialog.DialogCode.Rejected)

    monkeypatch.setattr(QDialog, "exec", ask)
    monkeypatch.setattr(QInputDialog, "getInt", lambda *_: (0, False))
    yield found
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def give_up(dialog: QDialog) -> None:
    """By the button for it, where there is one."""
    for box in dialog.findChildren(QDialogButtonBox):
        for button in box.buttons():
            if box.buttonRole(button) == QDialogButtonBox.ButtonRole.RejectRole:
                button.click()
                assert not dialog.isVisible(), f"{button.text()} of {dialog.windowTitle()}"
    dialog.close()


def own_dialogs() -> set[type]:
    """All classes of dialogs that the program has."""
    for info in pkgutil.iter_modules(gru_debugger.window.__path__):
        importlib.import_module(f"{gru_debugger.window.__name__}.{info.name}")

    def below(kind: type) -> Iterator[type]:
        for one in kind.__subclasses__():
            yield one
            yield from below(one)

    return {kind for kind in below(QDialog) if kind.__module__.startswith("gru_debugger")}


def test_every_control_of_the_window_has_a_name(window: MainWindow) -> None:
    assert len(controls(window)) >= 15
    assert nameless(window) == []
    press(window, "Ctrl+M")
    window.message.notice("Something to know.", "Do it", lambda: None)
    assert nameless(window) == []
    window.text.edit()
    assert window.text.editor.isVisible()
    assert nameless(window) == []


@pytest.mark.parametrize("size", [(1600, 1000), (900, 600)])
def test_names_are_words_not_signs(size: tuple[int, int], open_window: OpenWindow) -> None:
    window = open_window(recording(model(), 40), size=size)
    bar = window.tool_bar
    assert name(bar.back) == "Back"
    assert name(bar.step) == "Step"
    assert name(bar.play) == "Play"
    window.session.toggle_playing()
    assert name(bar.play) == "Pause"
    assert name(bar.theme) == "Light or dark theme"
    assert name(bar.position) == "step"
    assert "random.safetensors" in name(bar.file)
    assert {name(w) for w in controls(window.docks["unit"])} >= {"Unit", "Close the pane: Unit"}


def test_every_dialog_that_an_action_opens_has_names(
    window: MainWindow, asked: dict[type, list[str]]
) -> None:
    for action in ACTIONS:
        if action.name not in LEFT_OUT:
            action.call(window)
            window.files.opener.settle()
            for popup in (w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog)):
                if popup.isVisible():
                    asked.setdefault(type(popup), []).extend(nameless(popup))
                    give_up(popup)
    dialogs.ask_uncovered(window, replace(model(), example=None), "äöü", "ab")
    assert {kind: names for kind, names in asked.items() if names} == {}
    assert own_dialogs() - set(asked) == set(), "a dialog that is opened by nothing here"


def test_panes_are_charts_that_tell_what_they_show_now(window: MainWindow) -> None:
    for pane in registry.PANES:
        if pane.start == "closed":
            window.docks.show(pane.name)
        elif pane.area == "centre":
            window.session.look(centre=pane.name)
    views = window.findChildren(PaneView)
    assert {name(view) for view in views} == {p.title for p in registry.PANES if p.area != "none"}
    for _ in range(8):
        for view in views:
            interface = QAccessible.queryAccessibleInterface(view)
            assert interface.role() == QAccessible.Role.Chart
            assert interface.childCount() == 0
            assert description(view) == view.pane.in_words() != ""
        press(window, "F11")


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What goes to a screen reader that listens: who has changed, and what is announced."""
    events: list[Any] = []

    def update(event: Any) -> None:
        if event.type() == QAccessible.Event.Announcement:
            events.append(event.message())
        else:
            assert event.type() == QAccessible.Event.DescriptionChanged
            events.append(name(event.object()))

    monkeypatch.setattr(QAccessible, "isActive", lambda: True)
    monkeypatch.setattr(QAccessible, "updateAccessibility", update)
    return events


PANES = {
    pane.title for pane in registry.PANES
    if pane.area != "none" and pane.start == "open"
    and (pane.area != "centre" or pane == registry.centre_specs()[0])
}  # fmt: skip


@pytest.mark.parametrize(
    "key", ["Right", "Left", "F11", "Home", "End", "Shift+Right", "]", "Ctrl+Shift+N"]
)
def test_each_step_is_told_once_by_all(key: str, window: MainWindow, told: list[Any]) -> None:
    press(window, key)
    assert set(told) - PANES == {words for words in told if words not in PANES}
    assert sorted(words for words in told if words in PANES) == sorted(PANES)
    (said,) = (words for words in told if words not in PANES)
    assert f"Unit {window.session.unit}" in said
    if key != "]":
        assert f"step {window.session.position} of 40" in said or "Before the first" in said


def test_playing_is_silent_until_it_halts(window: MainWindow, told: list[Any]) -> None:
    window.session.toggle_playing()
    for _ in range(3):
        window.session._play_on()
    assert [words for words in told if words not in PANES] == []
    window.session.pause()
    (said,) = (words for words in told if words not in PANES)
    assert "step 15 of 40" in said


def test_what_is_opened_is_announced(window: MainWindow, told: list[Any]) -> None:
    window.session.open(recording(model(hidden=4), 10), 3)
    (said,) = (words for words in told if words not in PANES)
    assert said.startswith("Random.safetensors is open.")
    assert "step 3 of 10" in said


def test_hidden_panes_are_quiet_and_nothing_costs_without_a_listener(
    window: MainWindow, told: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    window.docks["unit"].close()
    press(window, "Right")
    assert "Unit" not in told
    assert "Cell" in told
    monkeypatch.setattr(QAccessible, "isActive", lambda: False)
    for view in window.views.values():
        monkeypatch.setattr(view.pane, "in_words", lambda: pytest.fail("asked for nothing"))
    told.clear()
    press(window, "Right", "F11", "]")
    assert told == []


def test_a_message_is_announced(window: MainWindow, told: list[Any]) -> None:
    window.message.error("model.pt: not a model.")
    assert told == ["model.pt: not a model."]
    window.message.error("model.pt: not a model.")
    window.message.notice("Something to know.", "Do it", lambda: None)
    assert told[1:] == ["model.pt: not a model.", "Something to know. Do it"]


def test_what_was_done_and_a_proof_that_fails_are_announced(
    window: MainWindow, told: list[Any]
) -> None:
    press(window, "Ctrl+Shift+M")
    columns = len(window.cell.pane.tables()["values"]().columns)
    assert told == [f"Copied Cell: values: 16 rows, {columns} columns"]
    answer = Parity(1e-7, 1e-6, 1e-6, 1e-5, "nn.GRU", 40)
    window.status.show_parity(answer)
    assert told[1:] == []
    window.status.show_parity(replace(answer, largest_step=1.0))
    assert "DIFFERS from nn.GRU" in told[1]


def test_a_trace_without_steps_recorded_yet(open_window: OpenWindow) -> None:
    trace = Trace(model(), recording(model(), 40).text)
    window = open_window(trace, 1)
    window.session.recorder.stop()
    trace.recorded = 0
    window.session._frames.clear()
    for view in window.views.values():
        assert description(view)
