"""Which GRU of a file: asked, taken by key or mouse, remembered; left alone by Esc."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from keyboard import double_click, press
from onnx_graphs import SYMBOLS, gru, saved
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot
from samples import VOCABULARY, model, recording, save

from gru_debugger.core.trace import Trace
from gru_debugger.formats import load_model
from gru_debugger.main_window import MainWindow
from gru_debugger.session import choosing
from gru_debugger.source import AS_FOUND, Choice
from gru_debugger.window import dialogs
from gru_debugger.window.gru_choice import ChoiceDialog
from gru_debugger.window.recent import Recent

OpenWindow = Callable[..., MainWindow]
LETTERS = VOCABULARY[:8]
TO_DEC = ["Down"] * 4


def several(path: Path, units: int = 4) -> Path:
    """`enc` with two embeddings that fit, `gru1` and `gru2` that chain, `dec` with two outputs."""
    random = np.random.default_rng(units)

    def cell(name: str, inputs: int, size: int, gates: int = 3) -> dict[str, np.ndarray]:
        shapes = {"w_ih": (gates * size, inputs), "w_hh": (gates * size, size)}
        return {f"{name}_{part}": random.random(s, np.float32) for part, s in shapes.items()}

    arrays = {
        **cell("enc", 3, 5), **cell("gru1", 2, 3), **cell("gru2", 3, 3),
        **cell("dec", 8, units), **cell("tag", 3, 4, gates=4),
        "enc_emb": random.random((8, 3), np.float32),
        "dec_out_w": random.random((8, units), np.float32),
        "dec_head_w": random.random((8, units), np.float32),
        "chars": np.array(list(LETTERS)),
    }  # fmt: skip
    np.savez(path, **arrays)
    return path


@pytest.fixture
def window(open_window: OpenWindow, tmp_path: Path) -> MainWindow:
    opened = load_model(save(model(), tmp_path / "one.safetensors"))
    return open_window(Trace(opened, recording(model(), 30).text).finish(), 12, 5)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> list[ChoiceDialog]:
    """Questions are shown but answered by the test, through `answer`."""
    shown: list[ChoiceDialog] = []
    ANSWERS.clear()

    def ask(dialog: QDialog) -> bool:
        assert isinstance(dialog, ChoiceDialog)
        shown.append(dialog)
        dialog.show()
        dialog.activateWindow()
        qtbot.waitUntil(lambda: QApplication.activeWindow() is dialog)
        ANSWERS.pop(0)(dialog)
        assert not dialog.isVisible()
        dialog.deleteLater()
        return dialog.result() == QDialog.DialogCode.Accepted

    monkeypatch.setattr(dialogs, "ask", ask)
    return shown


ANSWERS: list[Callable[[ChoiceDialog], object]] = []


def keys(*names: str) -> Callable[[ChoiceDialog], object]:
    def give(dialog: ChoiceDialog) -> None:
        for name in names:
            press(dialog, name)

    return give


def ask(window: MainWindow, qtbot: QtBot, call: Callable[[], object], *answers: str) -> None:
    """Do something that asks, answer by keys, and wait for the model."""
    before = window.session.trace
    ANSWERS.append(keys(*answers))
    call()
    qtbot.waitUntil(lambda: window.session.trace is not before)
    assert not ANSWERS


def gru_of(window: MainWindow) -> str:
    assert window.session.model is not None
    return window.session.model.source.gru


# The dialog --------------------------------------------------------------------------------------


@pytest.fixture
def dialog(screen: QApplication, qtbot: QtBot, tmp_path: Path) -> ChoiceDialog:
    read = choosing.undecided(str(several(tmp_path / "several.npz")))
    made = ChoiceDialog(None, "several.npz", read.grus)
    qtbot.addWidget(made)
    made.show()
    with qtbot.waitActive(made):
        made.activateWindow()
    return made


def rows(dialog: ChoiceDialog) -> list[list[str]]:
    items = dialog.list.findItems("*", Qt.MatchFlag.MatchWildcard | Qt.MatchFlag.MatchRecursive)
    return [[item.text(k) for k in range(dialog.list.columnCount())] for item in items]


def test_what_is_listed(dialog: ChoiceDialog) -> None:
    assert sorted(rows(dialog)) == sorted([
        ["enc", "1", "5", "3", "enc_emb", "none"],
        ["gru", "2", "3", "2", "none", "none"],
        ["gru1", "1", "3", "2", "none", "none"],
        ["gru2", "1", "3", "3", "none", "none"],
        ["dec", "1", "4", "8", "none", "dec_out_w"],
        ["tag: an LSTM (four gates), not a GRU: tag_w_hh is 16 × 4. This program opens GRUs.",
         "", "", "", "", ""],
    ])  # fmt: skip


def test_arrows_pass_over_what_cannot_be_opened(dialog: ChoiceDialog) -> None:
    passed = []
    for _ in range(6):
        assert dialog.gru is not None
        passed.append(dialog.gru.name)
        press(dialog, "Down")
    assert sorted(set(passed)) == ["dec", "enc", "gru", "gru1", "gru2"]
    assert dialog.focusWidget() is dialog.list


def test_home_and_end_stop_at_what_can_be_opened(dialog: ChoiceDialog) -> None:
    press(dialog, "End")
    assert dialog.gru is not None
    assert dialog.gru.name == "dec", "an LSTM stands below it"
    press(dialog, "Home")
    assert dialog.gru.name == "enc"


def test_the_layers_of_the_one_selected(dialog: ChoiceDialog) -> None:
    embedding, output = dialog.layers["embedding"], dialog.layers["output"]
    assert [embedding.box.itemText(i) for i in range(embedding.box.count())] == [
        "enc_emb (8 × 3), as found", "none",
    ]  # fmt: skip
    assert embedding.why.text().startswith("its width fits the GRU's input")
    assert dialog.choice == Choice("enc")
    item = dialog.list.findItems("dec", Qt.MatchFlag.MatchExactly)[0]
    dialog.list.setCurrentItem(item)
    assert [output.box.itemData(i) for i in range(output.box.count())] == [
        None, "dec_head_w", "none",
    ]  # fmt: skip
    assert [embedding.box.itemText(i) for i in range(embedding.box.count())] == ["none, as found"]
    reasons = set[str]()
    for i, name in ((1, "dec_head_w"), (2, "none")):
        output.box.setCurrentIndex(i)
        assert dialog.choice == Choice("dec", None, name)
        assert output.why.text() == output.box.itemData(i, Qt.ItemDataRole.ToolTipRole)
        reasons.add(output.why.text())
    assert len(reasons) == 2


def test_tab_reaches_everything(dialog: ChoiceDialog) -> None:
    reached = set()
    for _ in range(8):
        reached.add(QApplication.focusWidget())
        press(dialog, "Tab")
    boxes = {layer.box for layer in dialog.layers.values()}
    assert {dialog.list, dialog.ok, *boxes} <= reached


@pytest.mark.parametrize(("key", "accepted"), [("Return", True), ("Enter", True), ("Esc", False)])
def test_enter_and_escape(dialog: ChoiceDialog, key: str, accepted: bool) -> None:
    press(dialog, key)
    assert not dialog.isVisible()
    assert (dialog.result() == QDialog.DialogCode.Accepted) == accepted


def test_a_double_click_opens(dialog: ChoiceDialog) -> None:
    item = dialog.list.findItems("dec", Qt.MatchFlag.MatchExactly)[0]
    place = dialog.list.visualItemRect(item).center()
    dialog.list.setCurrentItem(item)
    double_click(dialog.list.viewport(), place)
    assert not dialog.isVisible()
    assert dialog.choice.gru == "dec"


# In the window -----------------------------------------------------------------------------------


def test_opening_asks_and_enter_takes_the_one_selected(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, asked: list[ChoiceDialog]
) -> None:
    path = several(tmp_path / "several.npz")
    ask(window, qtbot, lambda: window.files.open_model(str(path)), *TO_DEC, "Return")
    assert len(asked) == 1
    assert gru_of(window) == "dec"
    assert window.session.model is not None
    assert window.session.model.hidden_size == 4


def test_escape_leaves_everything_as_it_was(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, asked: list[ChoiceDialog]
) -> None:
    before = (window.session.trace, window.session.position, window.session.unit)
    ANSWERS.append(keys("Down", "Esc"))
    window.files.open_model(str(several(tmp_path / "several.npz")))
    qtbot.waitUntil(lambda: bool(asked))
    window.files.opener.wait(10)
    QApplication.processEvents()
    assert (window.session.trace, window.session.position, window.session.unit) == before
    assert window.files.recent.paths() == []
    assert not window.message.isVisible()


def test_the_choice_is_remembered(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, asked: list[ChoiceDialog]
) -> None:
    """By reloading and by opening it again; not where the file no longer has that GRU."""
    path = several(tmp_path / "several.npz")
    ask(window, qtbot, lambda: window.files.open_model(str(path)), *TO_DEC, "Return")
    for call in (window.files.reload, lambda: window.files.open_model(str(path))):
        before = window.session.trace
        several(path, units=6)
        call()
        qtbot.waitUntil(lambda b=before: window.session.trace is not b)
        assert gru_of(window) == "dec"
    assert len(asked) == 1
    kept = Recent(window.settings).choice(str(path))
    assert kept == Choice("dec")
    with np.load(path) as file:
        content = {k.replace("dec_", "decoder_"): file[k] for k in file.files}
    np.savez(path, **content)
    ask(window, qtbot, lambda: window.files.open_model(str(path)), "Return")
    assert len(asked) == 2
    assert gru_of(window) == "enc"


def test_choosing_again(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, asked: list[ChoiceDialog]
) -> None:
    """The action begins with what is open; text and step stay."""
    path = several(tmp_path / "several.npz")
    ask(window, qtbot, lambda: window.files.open_model(str(path)), *TO_DEC, "Return")
    text, position = window.session.trace and window.session.trace.text, window.session.position
    again = window.actions_by_name["choose_gru"].trigger

    def other_output(dialog: ChoiceDialog) -> None:
        assert dialog.choice == Choice("dec")
        dialog.layers["output"].box.setCurrentIndex(1)
        press(dialog, "Return")

    before = window.session.trace
    ANSWERS.append(other_output)
    again()
    qtbot.waitUntil(lambda: window.session.trace is not before)
    assert window.session.trace is not None
    assert window.session.trace.model.source.choice == Choice("dec", None, "dec_head_w")
    assert (window.session.trace.text, window.session.position) == (text, position)
    ask(window, qtbot, again, "Home", "Return")
    assert gru_of(window) == "enc"
    assert len(asked) == 3


def test_a_file_of_one_asks_nothing_but_can_be_looked_at(
    window: MainWindow, qtbot: QtBot, asked: list[ChoiceDialog]
) -> None:
    def without_output(dialog: ChoiceDialog) -> None:
        assert dialog.choice == Choice("gru")
        dialog.layers["output"].select("none")
        press(dialog, "Return")

    before = window.session.trace
    ANSWERS.append(without_output)
    window.files.choose()
    qtbot.waitUntil(lambda: window.session.trace is not before)
    assert window.session.model is not None
    assert window.session.model.output is None


def test_what_is_ambiguous_offers_the_choice(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, asked: list[ChoiceDialog]
) -> None:
    path = several(tmp_path / "several.npz")
    ask(window, qtbot, lambda: window.files.open_model(str(path)), *TO_DEC, "Return")
    assert "dec_head_w (8 × 4) would fit as well" in window.message.words.text()
    assert window.message.offer.text() == "Choose…"
    ask(window, qtbot, window.message.offer.click, "Home", "Return")
    assert gru_of(window) == "enc"


def test_a_file_written_wrongly_is_offered_as_it_was_meant(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    """At once, by the button, and after another start; Ctrl+Z brings the file's own reading."""
    file = gru(reset="before", embedding=True, output="MatMul")
    file.producer_name = "pytorch"
    path = saved(tmp_path, file)
    (tmp_path / "model.vocab.json").write_text(json.dumps(list(SYMBOLS)))

    def reset() -> str:
        model = window.session.model
        return "" if model is None or model.source.path != str(path) else model.reset

    (tmp_path / "text.txt").write_text("abcabc")
    window.files.open_model(str(path), tmp_path / "text.txt")
    qtbot.waitUntil(lambda: reset() == "before")
    assert window.message.offer.text() == "Read as reset after"
    window.message.offer.click()
    qtbot.waitUntil(lambda: reset() == "after")
    assert window.message.offer.text() != "Read as reset after"
    assert "as chosen; it says before" in window.message.words.text()
    assert Recent(window.settings).choice(str(path)) == Choice(reset="after")
    window.session.undo()
    assert reset() == "before"


@pytest.mark.parametrize("kept", ["", "[]", '{"a": 1}', '{"a": [1, 2, 3, 4, 5]}', "nonsense"])
def test_settings_of_another_kind_are_no_choice(window: MainWindow, kept: str) -> None:
    window.settings.setValue("choices", kept)
    assert Recent(window.settings).choice("b") == AS_FOUND
