"""The vocabulary dialog: what it takes, what it says is wrong, what it remembers, what it costs."""

from __future__ import annotations

import json
import string
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import process_time

import numpy as np
import pytest
from keyboard import press
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot
from samples import VOCABULARY, model, recording, save

from gru_debugger.core.initial_state import InitialState
from gru_debugger.core.model import Model, OutputLayer
from gru_debugger.core.trace import Trace, trace
from gru_debugger.formats import load_model, vocabulary
from gru_debugger.main_window import MainWindow
from gru_debugger.questions.surprise import mean_surprise
from gru_debugger.session.opening import with_vocabulary
from gru_debugger.window import dialogs, file_dialog
from gru_debugger.window.vocabulary.dialog import VocabularyDialog
from gru_debugger.window.vocabulary.presets import PRESETS
from gru_debugger.window.vocabulary.table import code_point, typed, written

OpenWindow = Callable[..., MainWindow]
Make = Callable[..., VocabularyDialog]
DISPLAY, EDIT = Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole


def silent(symbols: int, hidden: int = 4) -> Model:
    """A model of any number of symbols that names none."""
    random = np.random.default_rng(0)
    weight = random.standard_normal((symbols, hidden)).astype(np.float32)
    embedding = random.standard_normal((symbols, 3)).astype(np.float32)
    output = OutputLayer(weight, np.zeros(symbols, np.float32))
    base = model(hidden, symbols=8, embedding=3)
    return replace(base, embedding=embedding, output=output, vocabulary=None)


@pytest.fixture
def make(screen: QApplication, qtbot: QtBot) -> Make:
    def dialog(needed: int | Model = 5, text: str = "") -> VocabularyDialog:
        of = silent(needed) if isinstance(needed, int) else needed
        made = VocabularyDialog(None, of, text)
        qtbot.addWidget(made)
        return made

    return dialog


def press_button(dialog: VocabularyDialog, words: str) -> None:
    next(b for b in dialog.findChildren(QPushButton) if words in b.text()).click()
    dialog.opener.settle()


def choose(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    monkeypatch.setattr(file_dialog, "ask_path", lambda *_, **__: str(path))


# Typed -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "count", "ok"),
    [
        ("", "0 of 5 symbols", False),
        ("abcd", "4 of 5 symbols; 1 is missing", False),
        ("abc", "3 of 5 symbols; 2 are missing", False),
        ("abcde", "5 of 5 symbols", True),
        ("ab d\n", "5 of 5 symbols", True),
        ("abcdef", "6 of 5 symbols; 1 too many", False),
        ("abcda", "5 of 5 symbols; there twice: “a” at 0 and 4", False),
        ("a a a", "5 of 5 symbols; there twice: “a” at 0 and 2, space at 1 and 3", False),
        ("aabbccddee", "10 of 5 symbols; 5 too many; there twice: “a” at 0 and 1, "
         "“b” at 2 and 3, “c” at 4 and 5 …", False),
        ("abcd\xa0", "5 of 5 symbols", True),
    ],
)  # fmt: skip
def test_the_symbols_typed_are_counted(typed: str, count: str, ok: bool, make: Make) -> None:
    dialog = make()
    dialog.edit.setPlainText(typed)
    assert dialog.count.text() == count
    assert dialog.ok.isEnabled() == ok
    assert dialog.symbols == tuple(typed)
    assert dialog.table.symbols == dialog.symbols
    assert dialog.count.objectName() == ("plain" if ok or len(typed) < 5 else "wrong")


@pytest.mark.parametrize(("place", "first"), [("come first", True), ("come last", False)])
def test_special_symbols_stand_in_front_or_behind(place: str, first: bool, make: Make) -> None:
    dialog = make()
    dialog.show()
    dialog.edit.setPlainText("abc")
    dialog.special.setFocus()
    dialog.special.setText("<pad>  </s>")
    dialog.place.setCurrentText(place)
    dialog.place.activated.emit(dialog.place.currentIndex())
    special, characters = ("<pad>", "</s>"), ("a", "b", "c")
    assert dialog.symbols == ((*special, *characters) if first else (*characters, *special))
    assert dialog.ok.isEnabled()


@pytest.mark.parametrize(
    "symbols",
    [
        ("<pad>", "a", "b", " ", "\n"),
        ("a", "b", "c", "<unk>", "</s>"),
        ("a", "b", "c", "d", "\xa0"),
        ("<a>", "<b>", "<c>", "<d>", "<e>"),
    ],
)
def test_symbols_go_into_the_boxes_and_come_out_again(symbols: tuple[str, ...], make: Make) -> None:
    dialog = make(replace(silent(5), vocabulary=symbols))
    assert dialog.symbols == dialog.table.symbols == symbols
    dialog.edit.textChanged.emit()
    assert dialog.symbols == symbols
    assert dialog.ok.isEnabled()


@pytest.mark.parametrize(
    "symbols",
    [("a", "<pad>", "b", "c", "d"), ("a", "b", "c", "\r", "\n"), ("<a b>", "a", "b", "c", "d"),
     ("a", "b", "c", "d", "\u2029")],
)  # fmt: skip
def test_what_the_boxes_cannot_hold_stays_right_in_the_table(
    symbols: tuple[str, ...], make: Make
) -> None:
    dialog = make(replace(silent(5), vocabulary=symbols))
    assert dialog.symbols == dialog.table.symbols == symbols
    assert dialog.ok.isEnabled()
    assert dialog.edit.toPlainText() == ""
    assert "change them in the table" in dialog.edit.placeholderText()


# The table ---------------------------------------------------------------------------------


def test_the_table_names_what_is_there(make: Make) -> None:
    dialog = make()
    dialog.edit.setPlainText("a\n aé\u200bz")
    table = dialog.table
    rows = [[table.index(r, c).data() for c in range(3)] for r in range(table.rowCount())]
    assert rows == [
        ["0", "a", "there twice: U+0061 latin small letter a"],
        ["1", "⏎", "U+000A newline"],
        ["2", "␣", "U+0020 space"],
        ["3", "a", "there twice: U+0061 latin small letter a"],
        ["4", "é", "U+00E9 latin small letter e with acute"],
        ["5", "·", "too many: U+200B zero width space"],
        ["6", "z", "too many: U+007A latin small letter z"],
    ]
    dialog.edit.setPlainText("abc")
    assert table.rowCount() == 5
    assert table.index(3, 2).data() == "missing"
    assert code_point("<pad>") == "5 characters"


def test_rows_that_change_are_told(make: Make) -> None:
    """All of them, for the view and for a screen reader that asks it."""
    dialog = make()
    dialog.edit.setPlainText("abcde")
    told: list[tuple[int, ...]] = []
    dialog.table.dataChanged.connect(
        lambda a, b: told.append((a.row(), a.column(), b.row(), b.column()))
    )
    dialog.edit.setPlainText("abcdf")
    assert told[-1:] == [(0, 0, 4, 2)]


@pytest.mark.parametrize(
    ("row", "words", "symbols"),
    [
        (0, "z", "zbcde"),
        (4, r"\n", "abcd\n"),
        (2, "<pad>", ("a", "b", "<pad>", "d", "e")),
        (1, r"\u00e9", "aécde"),
        (1, "\\", "a\\cde"),
        (1, "", "abcde"),
        (1, r"\x", ("a", r"\x", "c", "d", "e")),
    ],
)
def test_editing_in_place(row: int, words: str, symbols: str, make: Make) -> None:
    dialog = make()
    dialog.edit.setPlainText("abcde")
    dialog.table.setData(dialog.table.index(row, 1), words, EDIT)
    assert dialog.symbols == tuple(symbols)
    assert dialog.table.symbols == tuple(symbols)


@pytest.mark.parametrize(("row", "edited"), [(1, 1), (3, 3), (4, 3)])
def test_enter_edits_a_symbol_or_the_first_that_is_missing(
    row: int, edited: int, make: Make, qtbot: QtBot
) -> None:
    """Qt complains of an editor that is left over, or that it has none: that fails here."""
    dialog = make()
    dialog.edit.setPlainText("abc")
    dialog.show()
    dialog.activateWindow()
    dialog.view.setFocus()
    dialog.view.select(row)
    press(dialog, "Return")
    assert dialog.view.currentIndex().row() == edited
    line = dialog.view.findChild(QLineEdit)
    assert isinstance(line, QLineEdit)
    again = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier)
    dialog.view.keyPressEvent(again)  # as comes where the editor leaves it to the table
    line.setText("z")
    dialog.edit.setFocus()
    expected = [*"abc"]
    expected[edited : edited + 1] = "z"
    qtbot.waitUntil(lambda: dialog.symbols == tuple(expected))


@pytest.mark.parametrize("symbol", [*"a\\\n\t\x00é\u2028", "<pad>", "\\", "\r\n", "\U0001f600"])
def test_a_symbol_is_written_so_that_it_can_be_typed(symbol: str) -> None:
    assert typed(written(symbol)) == symbol
    assert written(symbol).isprintable()


def test_moving_a_symbol_by_the_keyboard(make: Make, qtbot: QtBot) -> None:
    dialog = make()
    dialog.edit.setPlainText("abcde")
    dialog.show()
    dialog.activateWindow()
    dialog.view.setFocus()
    dialog.view.select(1)
    press(dialog, "Alt+Down", "Alt+Down")
    assert dialog.symbols == tuple("acdbe")
    assert dialog.view.currentIndex().row() == 3
    press(dialog, "Alt+Down", "Alt+Down")
    assert dialog.symbols == tuple("acdeb"), "the last stays the last"
    press(dialog, "Alt+Up")
    assert dialog.symbols == tuple("acdbe")
    assert dialog.edit.toPlainText() == "acdbe"
    press(dialog, "Tab")
    assert not dialog.view.hasFocus()


def test_a_hundred_thousand_symbols_are_fast(make: Make) -> None:
    dialog = make(silent(100_000))
    symbols = tuple(f"w{i}" for i in range(100_000))
    begin = process_time()
    dialog._set(symbols)
    dialog.show()
    dialog.view.select(70_000)
    QApplication.processEvents()
    dialog.grab()
    assert process_time() - begin < 3.0
    assert dialog.ok.isEnabled()
    assert dialog.table.index(99_999, 1).data() == "w99999"


# Presets and files -------------------------------------------------------------------------


@pytest.mark.parametrize("name", PRESETS)
def test_presets(name: str, make: Make) -> None:
    size = len(PRESETS[name])
    assert len(set(PRESETS[name])) == size
    dialog = make(size)
    words = [dialog.presets.itemText(i) for i in range(dialog.presets.count())]
    assert name in words
    dialog.presets.setCurrentIndex(words.index(name))
    dialog.presets.activated.emit(words.index(name))
    assert dialog.symbols == tuple(PRESETS[name])
    assert dialog.ok.isEnabled()
    assert dialog.presets.currentIndex() == 0


def test_presets_of_another_size_are_grey_and_say_theirs(make: Make) -> None:
    dialog = make(26)
    offered = dialog.presets.model()
    shown = {
        offered.index(i, 0).data(): bool(offered.index(i, 0).flags() & Qt.ItemFlag.ItemIsEnabled)
        for i in range(1, offered.rowCount())
    }
    assert list(shown)[:2] == ["lower-case letters", "upper-case letters"]
    assert shown["lower-case letters"]
    assert shown["string.printable: 100"] is False
    assert sum(shown.values()) == 2
    assert dialog.presets.itemText(0) == "Presets"
    assert make(7).presets.itemText(0) == "No preset has 7"


def test_presets_leave_room_for_special_symbols(make: Make) -> None:
    dialog = make(28)
    dialog.special.setText("<pad> <unk>")
    dialog.special.textEdited.emit("")
    index = dialog.presets.findText("lower-case letters")
    dialog.presets.setCurrentIndex(index)
    dialog.presets.activated.emit(index)
    assert dialog.symbols == ("<pad>", "<unk>", *string.ascii_lowercase)
    assert dialog.ok.isEnabled()


@pytest.mark.parametrize("data", ["ecdab", "b a\r\nb", "é\xa0\u2028ab"])
def test_the_sorted_characters_of_a_text(
    data: str, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog, path = make(), tmp_path / "text.txt"
    path.write_bytes(data.encode())
    choose(monkeypatch, path)
    press_button(dialog, "text")
    assert dialog.symbols == tuple(sorted(set(data)))
    assert dialog.ok.isEnabled()


def test_special_symbols_in_the_text_are_not_taken_apart(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog, path = make(5), tmp_path / "text.txt"
    path.write_text("ab</s>cab</s>")
    choose(monkeypatch, path)
    dialog.special.setText("<pad> </s>")
    press_button(dialog, "text")
    assert dialog.symbols == ("<pad>", "</s>", "a", "b", "c")


@pytest.mark.parametrize("button", ["Sorted", "JSON"])
def test_files_are_read_beside_the_window(
    button: str, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a slow disk it answers meanwhile; closed, it waits for nothing that is read."""
    dialog, read = make(5), threading.Event()

    def slowly(path: Path) -> None:
        read.wait(60)

    monkeypatch.setattr(vocabulary, "from_json", slowly)
    monkeypatch.setattr("gru_debugger.window.vocabulary.dialog.read_text", slowly)
    choose(monkeypatch, tmp_path / "v.json")
    next(b for b in dialog.findChildren(QPushButton) if button in b.text()).click()
    dialog.edit.setPlainText("abcde")
    assert dialog.symbols == tuple("abcde")
    dialog.reject()
    read.set()
    dialog.opener.wait(60)


def test_a_json_file(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dialog, path = make(5), tmp_path / "v.json"
    path.write_text('{"<pad>": 0, "a": 1, "<unk>": 3, "b": 2, "c": 4}')
    choose(monkeypatch, path)
    press_button(dialog, "JSON")
    assert dialog.symbols == ("<pad>", "a", "b", "<unk>", "c")
    path.write_text("{")
    press_button(dialog, "JSON")
    assert dialog.fault.text() == (
        f"{path}: not a JSON vocabulary; save a JSON list of strings in index order."
    )
    assert dialog.fault.isVisibleTo(dialog)
    assert dialog.symbols == ("<pad>", "a", "b", "<unk>", "c"), "what was there stays"
    dialog.edit.setPlainText("abcde")
    assert not dialog.fault.isVisibleTo(dialog)


# Bits per character ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sixteen() -> Model:
    return load_model("bundled:sixteen")


def shuffled(of: Model) -> tuple[str, ...]:
    return tuple(str(s) for s in np.random.default_rng(0).permutation(of.require_vocabulary()))


def test_the_surprise_of_the_text_is_told(sixteen: Model, make: Make, qtbot: QtBot) -> None:
    assert sixteen.example is not None
    text = sixteen.example.text
    right = mean_surprise(trace(sixteen, text))
    wrong = mean_surprise(trace(replace(sixteen, vocabulary=shuffled(sixteen)), text))
    assert right is not None
    assert wrong is not None
    dialog = make(sixteen, text)
    guessing = "bits per character of this text, log₂ 25 = 4.64 for guessing"
    qtbot.waitUntil(lambda: dialog.trial.text() == f"{right.bits:.2f} {guessing}")
    assert dialog.trial.objectName() == "plain"
    dialog._set(shuffled(sixteen))
    words = f"{wrong.bits:.2f} {guessing}: the order is probably another"
    qtbot.waitUntil(lambda: dialog.trial.text() == words)
    assert dialog.trial.objectName() == "wrong"
    dialog._set(shuffled(sixteen)[:-1])
    assert dialog.trial.text() == ""


def test_why_the_order_cannot_be_tried(sixteen: Model, make: Make, qtbot: QtBot) -> None:
    mute = make(replace(sixteen, output=None), "the cat")
    assert mute.trial.text() == (
        "The file has no output layer: nothing tells whether the order is right."
    )
    assert make(replace(sixteen, example=None)).trial.text() == (
        "To try the order, take the characters from a text that the model knows."
    )
    other = make(sixteen, "theQcat")
    words = "The text holds “Q”, which is not among these symbols."
    qtbot.waitUntil(lambda: other.trial.text() == words)


def test_the_text_of_the_characters_is_the_one_that_is_measured(
    sixteen: Model, make: Make, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sixteen.example is not None
    text = sixteen.example.text + "".join(sixteen.require_vocabulary())
    (tmp_path / "text.txt").write_text(text)
    choose(monkeypatch, tmp_path / "text.txt")
    dialog = make(replace(sixteen, vocabulary=None, example=None), "XYZ")
    press_button(dialog, "text")
    found = mean_surprise(trace(sixteen, text))
    assert found is not None
    assert dialog.symbols == sixteen.vocabulary
    qtbot.waitUntil(lambda: dialog.trial.text().startswith(f"{found.bits:.2f} bits per"))


# Remembered --------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return save(replace(model(4), vocabulary=None), tmp_path / "silent.pt")


def filled(make: Make, path: Path) -> VocabularyDialog:
    dialog = make(load_model(path))
    if not dialog.ok.isEnabled():
        dialog.edit.setPlainText(VOCABULARY[:8])
    assert dialog.ok.isEnabled()
    return dialog


def test_a_vocabulary_is_remembered_beside_its_model(make: Make, file: Path) -> None:
    beside = file.with_name("silent.vocab.json")
    dialog = filled(make, file)
    assert dialog.remember.text() == "&Remember beside the model, as silent.vocab.json"
    assert not dialog.remember.isChecked()
    dialog.ok.click()
    assert not beside.exists(), "only where it is asked for"
    dialog = filled(make, file)
    dialog.remember.setChecked(True)
    dialog.ok.click()
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert json.loads(beside.read_text(encoding="utf-8")) == list(VOCABULARY[:8])
    assert load_model(file).vocabulary == tuple(VOCABULARY[:8])
    assert sorted(path.name for path in file.parent.iterdir()) == ["silent.pt", "silent.vocab.json"]
    again = filled(make, file)
    assert again.remember.text().endswith(", in place of the one that is there")


def test_what_has_come_to_be_there_is_not_overwritten(make: Make, file: Path) -> None:
    dialog = filled(make, file)
    dialog.remember.setChecked(True)
    beside = file.with_name("silent.vocab.json")
    beside.write_text('["other"]')
    dialog.ok.click()
    assert dialog.result() != QDialog.DialogCode.Accepted
    assert beside.read_text() == '["other"]'
    assert "it has come to be there" in dialog.fault.text()
    dialog.remember.setChecked(True)
    dialog.ok.click()
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert json.loads(beside.read_text()) == list(VOCABULARY[:8])


def test_a_folder_that_cannot_be_written_to_is_told(
    make: Make, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = filled(make, file)
    dialog.remember.setChecked(True)
    file.unlink()
    file.parent.rmdir()
    dialog.ok.click()
    assert dialog.result() != QDialog.DialogCode.Accepted
    beside = file.with_name("silent.vocab.json")
    assert dialog.fault.text() == (
        f"{beside}: the folder does not exist; create it or name another."
    )
    assert dialog.fault.isVisibleTo(dialog)
    dialog.remember.setChecked(False)
    dialog.ok.click()
    assert dialog.result() == QDialog.DialogCode.Accepted


def test_where_it_cannot_be_remembered(make: Make, sixteen: Model, tmp_path: Path) -> None:
    assert not make(sixteen).remember.isVisibleTo(make(sixteen)), "of a bundled model"
    cell = model(2, symbols=3).cell()
    weights = {"weight_ih_l0": cell.weight_ih, "weight_hh_l0": cell.weight_hh}
    np.savez(tmp_path / "own.npz", chars=np.array(list("abc")), **weights)
    opened = load_model(tmp_path / "own.npz")
    corrected = make(with_vocabulary(opened, ("c", "b", "a")))
    assert not corrected.remember.isEnabled(), "once more, after one was given by hand"
    dialog = make(opened)
    assert not dialog.remember.isEnabled()
    assert dialog.remember.text() == (
        "&Remember beside the model, as own.vocab.json: not possible, the one in the checkpoint "
        "goes before it"
    )


@pytest.mark.parametrize(
    "symbols", [("a", "\n", "<pad>"), ("é", "中", "\U0001f600"), ("\ud800", "a")]
)
def test_what_is_written_is_read_again(symbols: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "v.json"
    path.write_bytes(vocabulary.to_json(symbols))
    assert vocabulary.from_json(path) == symbols
    assert (symbols[0] in path.read_text(encoding="utf-8")) == (symbols[0] != "\ud800")


# In the window -----------------------------------------------------------------------------


@pytest.fixture
def window(open_window: OpenWindow, tmp_path: Path) -> MainWindow:
    path = save(model(), tmp_path / "one.safetensors")
    return open_window(Trace(load_model(path), recording(model(), 30).text).finish(), 12, 5)


def give(monkeypatch: pytest.MonkeyPatch, symbols: tuple[str, ...], accepted: bool = True) -> None:
    def ask(dialog: QDialog) -> bool:
        assert isinstance(dialog, VocabularyDialog)
        dialog._set(symbols)
        dialog.deleteLater()
        return accepted

    monkeypatch.setattr(dialogs, "ask", ask)


def test_a_wrong_order_is_put_right_and_undone(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    before = window.session.trace
    assert before is not None
    symbols = tuple(VOCABULARY[:8][::-1])
    action = window.actions_by_name["vocabulary"]
    assert action.isEnabled()
    give(monkeypatch, symbols, accepted=False)
    action.trigger()
    assert window.session.trace is before, "Cancel leaves what was open"
    give(monkeypatch, symbols)
    action.trigger()
    now = window.session.trace
    assert now is not None
    assert now is not before
    assert (now.model.vocabulary, now.text) == (symbols, before.text)
    assert (window.session.position, window.session.unit) == (12, 5)
    now.finish()
    assert before.reading.indices is not None
    assert now.reading.indices is not None
    assert now.reading.indices.tolist() == [7 - i for i in before.reading.indices]
    window.files.reload()
    qtbot.waitUntil(lambda: window.session.trace is not now)
    assert window.session.model is not None
    assert window.session.model.vocabulary == symbols, "given by hand, it outlives a reload"
    give(monkeypatch, symbols)
    reloaded = window.session.trace
    action.trigger()
    assert window.session.trace is reloaded, "the same symbols change nothing"
    window.actions_by_name["undo"].trigger()
    assert window.session.trace is now
    assert now.model.vocabulary == symbols


def test_a_corrected_vocabulary_keeps_the_initial_state(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert window.session.trace is not None
    vocabulary = window.session.trace.model.require_vocabulary()
    given = InitialState(np.full_like(window.session.trace.h0, 0.25), "chosen")
    window.files.recordings.again(given)
    give(monkeypatch, vocabulary[::-1])
    window.actions_by_name["vocabulary"].trigger()
    now = window.session.trace
    assert now.model.vocabulary == vocabulary[::-1]
    assert (now.initial.origin, now.h0.tolist()) == ("chosen", given.states.tolist())


def test_the_dialog_shows_what_is_open(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[tuple[str, ...]] = []

    def ask(dialog: QDialog) -> bool:
        assert isinstance(dialog, VocabularyDialog)
        shown.append(dialog.symbols)
        dialog.deleteLater()
        return False

    monkeypatch.setattr(dialogs, "ask", ask)
    window.actions_by_name["vocabulary"].trigger()
    assert shown == [tuple(VOCABULARY[:8])]


def test_rows_have_no_vocabulary(window: MainWindow) -> None:
    window.session.open(Trace(model(), np.eye(8)))
    assert not window.actions_by_name["vocabulary"].isEnabled()
    window.files.recordings.ask_vocabulary()
