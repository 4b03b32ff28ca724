"""Opening: what is bad is told in one line and changes nothing; what is good is kept in mind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from json import dumps
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QMessageBox
from pytestqt.qtbot import QtBot
from samples import VOCABULARY, model, recording, save

from gru_debugger.core.model import Example
from gru_debugger.core.trace import Trace
from gru_debugger.formats import load_model, safetensors
from gru_debugger.main_window import MainWindow
from gru_debugger.window import dialogs, file_dialog
from gru_debugger.window.recent import Recent
from gru_debugger.window.vocabulary.dialog import VocabularyDialog

OpenWindow = Callable[..., MainWindow]
Answer = Callable[[str], list[QDialog]]


@pytest.fixture
def window(open_window: OpenWindow, tmp_path: Path) -> MainWindow:
    """On a model read from the file one.safetensors, at step 12, unit 5."""
    path = save(model(), tmp_path / "one.safetensors")
    opened = load_model(path)
    return open_window(Trace(opened, recording(model(), 30).text).finish(), 12, 5)


def test_a_claimed_origin_is_shown_as_a_claim(open_window: OpenWindow, tmp_path: Path) -> None:
    """Beside the hash of what was read, whatever the file says of its own."""
    path = tmp_path / "lies.safetensors"
    told = {"name": "nine.pt", "sha256": "9" * 64, "framework": "PyTorch", "dtype": "float32"}
    forged = {"source_name": "nine.pt", "source_sha256": "9" * 64, "converted_from": dumps(told)}
    path.write_bytes(safetensors.dump(model(), forged))
    window = open_window(Trace(load_model(path), recording(model(), 30).text).finish(), 12, 5)
    tip = window.tool_bar.file.toolTip().splitlines()
    digest = sha256(path.read_bytes()).hexdigest()
    assert tip[:2] == [str(path), f"SHA-256 {digest[:12]}"]
    assert tip[2].startswith("says it was converted from nine.pt (PyTorch, float32, SHA-256 999")
    assert "lies.safetensors" in window.tool_bar.file.text()


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Answers each question of the window by the button whose words hold the given ones."""

    def give(words: str) -> list[QDialog]:
        asked: list[QDialog] = []

        def ask(dialog: QDialog) -> bool:
            asked.append(dialog)
            assert isinstance(dialog, QMessageBox)
            (button,) = [b for b in dialog.buttons() if words in b.text()]
            button.click()
            return True

        monkeypatch.setattr(dialogs, "ask", ask)
        return asked

    return give


def state(window: MainWindow) -> tuple[Any, ...]:
    session = window.session
    return (
        session.trace,
        session.position,
        session.unit,
        session.computation,
        window.windowTitle(),
    )


def text_of(window: MainWindow) -> str:
    assert window.session.trace is not None
    return window.session.trace.text


def opened(window: MainWindow, qtbot: QtBot, before: object) -> Trace:
    """The recording that comes in place of `before`."""
    qtbot.waitUntil(lambda: window.session.trace is not before)
    assert window.session.trace is not None
    return window.session.trace


# What is bad -------------------------------------------------------------------------------

BAD_MODELS = {
    "missing.pt": (None, "no such file"),
    "empty.pt": (b"", "the file is empty"),
    "text.safetensors": (b"just some words", ""),
    "cut.safetensors": ("cut", "cut short or damaged"),
    "folder.pt": ("folder", "a folder without a model file in it"),
}
BAD_TEXTS = {
    "missing.txt": (None, "no such file"),
    "empty.txt": (b"", "the file is empty"),
    "latin.txt": ("café".encode("latin-1"), "not UTF-8"),
    "folder.txt": ("folder", "this is a folder"),
}


def write(path: Path, content: bytes | str | None) -> None:
    if content == "folder":
        path.mkdir()
    elif content == "cut":
        path.write_bytes((path.parent / "one.safetensors").read_bytes()[:-100])
    elif isinstance(content, bytes):
        path.write_bytes(content)


@pytest.mark.parametrize("name", [*BAD_MODELS, *BAD_TEXTS])
def test_what_is_bad_leaves_everything_as_it_was(
    name: str, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    content, words = {**BAD_MODELS, **BAD_TEXTS}[name]
    write(tmp_path / name, content)
    before = state(window)
    assert not window.message.isVisible()
    if name in BAD_MODELS:
        window.files.open_model(str(tmp_path / name))
    else:
        window.files.open_text(tmp_path / name)
    qtbot.waitUntil(lambda: window.message.words.text().startswith(str(tmp_path / name)))
    assert window.message.isVisible()
    said = window.message.words.text()
    assert words in said
    assert "\n" not in said
    assert "Traceback" not in said
    assert state(window) == before
    assert window.files.recent.paths() == []


def test_the_newest_of_two_openings_counts(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    before = window.session.trace
    for hidden in (3, 4, 5):
        save(model(hidden), tmp_path / f"{hidden}.safetensors")
        window.files.open_model(str(tmp_path / f"{hidden}.safetensors"))
    assert opened(window, qtbot, before).model.hidden_size == 5
    window.files.opener.wait(10)
    QApplication.processEvents()
    assert window.session.model is not None
    assert window.session.model.hidden_size == 5


# A new model -------------------------------------------------------------------------------


def test_a_new_model_keeps_the_text(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    before = window.session.trace
    path = save(model(4, symbols=20), tmp_path / "two.safetensors")
    window.files.open_model(str(path))
    trace = opened(window, qtbot, before)
    assert trace.model.hidden_size == 4
    assert before is not None
    assert trace.text == before.text
    assert (window.session.position, window.session.unit) == (12, 3)
    assert window.windowTitle().startswith("two.safetensors")
    assert "two.safetensors" in window.tool_bar.file.text()


@pytest.mark.parametrize(
    ("choice", "expected"),
    [("own text", "\n\n\t"), ("out", "kept"), ("Go back", None)],
)
def test_a_new_model_that_lacks_characters_asks(
    choice: str,
    expected: str | None,
    window: MainWindow,
    qtbot: QtBot,
    tmp_path: Path,
    answer: Answer,
) -> None:
    asked = answer(choice)
    before = state(window)
    small = replace(model(4, symbols=3), example=Example("\n\n\t", 2, 1))
    path = save(small, tmp_path / "small.safetensors")
    window.files.open_model(str(path))
    qtbot.waitUntil(lambda: bool(asked))
    (box,) = asked
    assert isinstance(box, QMessageBox)
    kept = "".join(c for c in before[0].text if c in VOCABULARY[:3])
    assert box.text() == "“small.safetensors” can't read the text that is open."
    assert "at position" in box.informativeText()
    left_out = len(before[0].text) - len(kept)
    assert any(f"Leave {left_out} characters out" in b.text() for b in box.buttons())
    box.deleteLater()
    if expected is None:
        assert state(window) == before
        assert window.files.recent.paths() == []
    else:
        assert text_of(window) == (kept if expected == "kept" else expected)
        assert window.session.position == 1


@pytest.mark.parametrize("choice", ["out", "Go back"])
def test_a_text_with_unknown_characters_asks(
    choice: str, window: MainWindow, tmp_path: Path, qtbot: QtBot, answer: Answer
) -> None:
    asked = answer(choice)
    before = state(window)
    (tmp_path / "text.txt").write_text("abXcaZb", encoding="utf-8")
    window.files.open_text(tmp_path / "text.txt")
    qtbot.waitUntil(lambda: bool(asked))
    (box,) = asked
    assert isinstance(box, QMessageBox)
    assert "“X”, “Z” (first at position 3)" in box.informativeText()
    box.deleteLater()
    if choice == "out":
        assert text_of(window) == "abcab"
    else:
        assert state(window) == before


def test_reading_them_as_the_unknown_symbol(window: MainWindow, answer: Answer) -> None:
    asked = answer("Read them as <unk>")
    unknowing = replace(model(4, symbols=5), vocabulary=("<unk>", "<pad>", "a", "b", "\n"))
    window.session.open(Trace(unknowing, "ab").finish())
    assert window.files.recordings.use_text("ab<pad>éab-\n")
    trace = window.session.trace
    assert trace is not None
    assert trace.text == "ab<pad>éab-\n"
    assert trace.reading.indices is not None
    assert trace.reading.indices.tolist() == [2, 3, 1, 0, 2, 3, 0, 4]
    (box,) = asked
    assert isinstance(box, QMessageBox)
    assert "“é”, “-” (first at position 8)" in box.informativeText()
    assert [b.text() for b in box.buttons()][:2] == ["Read them as <unk>", "Leave 2 characters out"]
    box.deleteLater()


def test_a_text_with_nothing_known_offers_no_leaving_out(
    window: MainWindow, answer: Answer
) -> None:
    asked = answer("Go back")
    window.files.recordings.use_text("XYZ")
    (box,) = asked
    assert isinstance(box, QMessageBox)
    assert not [b for b in box.buttons() if "Leave" in b.text()]
    box.deleteLater()


# Texts as they are -------------------------------------------------------------------------


@pytest.fixture
def reader(open_window: OpenWindow) -> MainWindow:
    """A window whose model knows line ends of every kind, a byte-order mark and more."""
    symbols = "ab \r\n\ufeff\xa0\u2028é"
    wide = replace(model(4, symbols=len(symbols)), vocabulary=tuple(symbols))
    return open_window(Trace(wide, "ab").finish())


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xef\xbb\xbfab\r\nba\n", "ab\r\nba\n"),
        (b"ab\ra\r\n\nb", "ab\ra\r\n\nb"),
        ("é b\xa0\n".encode(), "é b\xa0\n"),
        (b"ab\xef\xbb\xbfa", "ab\ufeffa"),
    ],
)
def test_texts_are_read_as_they_are(
    data: bytes, text: str, reader: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    before = reader.session.trace
    (tmp_path / "text.txt").write_bytes(data)
    reader.files.open_text(tmp_path / "text.txt")
    assert opened(reader, qtbot, before).text == text


@pytest.mark.parametrize(
    "text", ["ab\r\nba\r\n", "ab\ra\r\n\nb", "a\xa0b", "a\u2028b", "ab", "\n\n", "a\ufeffb"]
)
def test_editing_and_changing_nothing_changes_nothing(text: str, reader: MainWindow) -> None:
    reader.files.recordings.use_text(text)
    reader.text.edit()
    assert reader.text.editor.text() == text
    reader.text.editor.applied.emit(reader.text.editor.text())
    assert text_of(reader) == text


@pytest.mark.parametrize(
    ("text", "edited"),
    [("ab\r\nba", "ab\r\nba\r\nb"), ("ab\nba", "ab\nba\nb"), ("a\xa0b", "a\xa0b\nb")],
)
def test_an_edited_text_keeps_its_line_ends(text: str, edited: str, reader: MainWindow) -> None:
    reader.files.recordings.use_text(text)
    reader.text.edit()
    cursor = reader.text.editor.textCursor()
    cursor.movePosition(cursor.MoveOperation.End)
    cursor.insertText("\nb")
    assert reader.text.editor.text() == edited
    reader.text.editor.given_up.emit()


# Dropping ----------------------------------------------------------------------------------


def drop(window: MainWindow, *paths: Path | str, text: str = "") -> None:
    data = QMimeData()
    if paths:
        data.setUrls([QUrl(p) if isinstance(p, str) else QUrl.fromLocalFile(str(p)) for p in paths])
    if text:
        data.setText(text)
    copy, left, none = (
        Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    window.dropEvent(QDropEvent(QPointF(300, 300), copy, data, left, none))


@pytest.mark.parametrize("name", ["text.txt", "TEXT.TXT", "notes.md", "README"])
def test_dropping_a_text(name: str, window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    before = window.session.trace
    (tmp_path / name).write_text("abcab", encoding="utf-8")
    drop(window, tmp_path / name)
    assert opened(window, qtbot, before).text == "abcab"


@pytest.mark.parametrize("name", ["two.safetensors", "two.pt", "with space ü.bin"])
def test_dropping_a_model(name: str, window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    before = window.session.trace
    save(model(4), tmp_path / name)
    drop(window, tmp_path / name)
    assert opened(window, qtbot, before).model.hidden_size == 4


def test_dropping_a_model_and_a_text(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    before = window.session.trace
    save(model(4, symbols=20), tmp_path / "two.safetensors")
    (tmp_path / "text.txt").write_text("klmn", encoding="utf-8")
    drop(window, tmp_path / "text.txt", tmp_path / "two.safetensors")
    trace = opened(window, qtbot, before)
    assert (trace.model.hidden_size, trace.text) == (4, "klmn")
    assert window.session.position == 1


def test_dropping_words_and_what_is_elsewhere(window: MainWindow) -> None:
    drop(window, text="cab")
    assert text_of(window) == "cab"
    before = state(window)
    drop(window, "https://example.org/model.pt")
    assert window.message.words.text().startswith("https://example.org/model.pt")
    assert state(window) == before


# Remembering, reloading --------------------------------------------------------------------


def test_recent_files(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    paths = [save(model(hidden), tmp_path / f"{hidden}.pt") for hidden in range(2, 13)]
    for path in [*paths, paths[3]]:
        before = window.session.trace
        window.files.open_model(str(path))
        opened(window, qtbot, before)
    expected = [paths[3], *[p for p in paths[::-1] if p != paths[3]]][:8]
    assert window.files.recent.paths() == [str(path) for path in expected]
    (menu,) = (m for m in window.findChildren(QMenu) if m.title() == "Open recent")
    menu.popup(window.pos())
    menu.close()
    names = [action.text() for action in menu.actions()]
    assert names[:2] == ["bundled:sixteen", "bundled:sonnets"]
    assert names[2:] == [str(path) for path in expected]
    before = window.session.trace
    menu.actions()[3].trigger()
    assert opened(window, qtbot, before).model.source.path == str(expected[1])


def test_one_recent_file_survives_the_settings(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    """QSettings gives a list of one back as a word."""
    before = window.session.trace
    window.files.open_model(str(save(model(3), tmp_path / "a.pt")))
    opened(window, qtbot, before)
    window.settings.sync()
    again = type(window.settings)(window.settings.fileName(), window.settings.format())
    window.files.recent = Recent(again)
    assert window.files.recent.paths() == [str(tmp_path / "a.pt")]


def test_a_bundled_model_brings_its_text(window: MainWindow, qtbot: QtBot) -> None:
    before = window.session.trace
    window.files.open_model("bundled:sixteen")
    trace = opened(window, qtbot, before)
    assert trace.model.example is not None
    assert trace.text == trace.model.example.text
    assert window.session.position == 34
    assert window.files.recent.paths() == []


def test_reloading_keeps_step_and_unit(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    before = window.session.trace
    assert before is not None
    save(model(seed=7), tmp_path / "one.safetensors")
    qtbot.waitUntil(lambda: "changed on disk" in window.message.words.text())
    assert window.session.trace is before, "not by itself"
    window.message.offer.click()
    trace = opened(window, qtbot, before)
    assert trace.text == before.text
    assert (window.session.position, window.session.unit) == (12, 5)
    assert trace.step(12).z.tolist() != before.step(12).z.tolist()
    assert trace.model.source.sha256 != before.model.source.sha256


def test_an_atomic_replacement_is_noticed_again_and_again(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    for seed in (1, 2):
        window.message.words.setText("")
        save(model(seed=seed), tmp_path / "new")
        (tmp_path / "new").replace(tmp_path / "one.safetensors")
        qtbot.waitUntil(lambda: "changed on disk" in window.message.words.text())


@pytest.mark.parametrize("hidden", [4, 16])
def test_reloading_clamps_the_unit(
    hidden: int, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    before = window.session.trace
    save(model(hidden, seed=3), tmp_path / "one.safetensors")
    window.files.reload()
    opened(window, qtbot, before)
    assert (window.session.position, window.session.unit) == (12, min(5, hidden - 1))


def test_reloading_what_is_gone_leaves_it(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    before = state(window)
    (tmp_path / "one.safetensors").unlink()
    window.actions_by_name["reload"].trigger()
    qtbot.waitUntil(window.message.isVisible)
    assert "no such file" in window.message.words.text()
    assert state(window) == before


def test_undo_brings_back_what_was_open(window: MainWindow) -> None:
    before = state(window)
    undo = window.actions_by_name["undo"]
    window.files.recordings.use_text("abc")
    assert undo.text() == "Undo: another text"
    undo.trigger()
    assert state(window) == before
    assert not undo.isEnabled()
    window.actions_by_name["redo"].trigger()
    assert text_of(window) == "abc"


def test_warnings_of_a_file_are_shown(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    before = window.session.trace
    save(model(output=False), tmp_path / "two.pt")
    window.files.open_model(str(tmp_path / "two.pt"))
    opened(window, qtbot, before)
    assert "no output layer" in window.message.words.text()


@pytest.mark.parametrize(("action", "name"), [("open_model", "two.pt"), ("open_text", "text.txt")])
def test_choosing_a_file(
    action: str, name: str, window: MainWindow, qtbot: QtBot, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    before = window.session.trace
    save(model(4), tmp_path / "two.pt")
    (tmp_path / "text.txt").write_text("cab")
    chosen = ["", str(tmp_path / name)]
    monkeypatch.setattr(file_dialog, "ask_path", lambda *_, **__: chosen.pop(0))
    window.actions_by_name[action].trigger()
    window.files.opener.wait(10)
    assert window.session.trace is before, "nothing was chosen"
    window.actions_by_name[action].trigger()
    trace = opened(window, qtbot, before)
    assert trace.text == "cab" if name == "text.txt" else trace.model.hidden_size == 4


# The vocabulary ----------------------------------------------------------------------------


@pytest.mark.parametrize("accepted", [True, False])
def test_a_model_without_a_vocabulary_asks_for_it(
    accepted: bool,
    window: MainWindow,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[QDialog] = []

    def ask(given: QDialog) -> bool:
        assert isinstance(given, VocabularyDialog)
        given.edit.setPlainText(VOCABULARY[:8])
        asked.append(given)
        given.deleteLater()
        return accepted

    monkeypatch.setattr(dialogs, "ask", ask)
    before = state(window)
    path = save(replace(model(4), vocabulary=None), tmp_path / "silent.pt")
    window.files.open_model(str(path))
    qtbot.waitUntil(lambda: bool(asked))
    if accepted:
        assert window.session.model is not None
        assert window.session.model.vocabulary == tuple(VOCABULARY[:8])
        trace = window.session.trace
        window.files.reload()
        opened(window, qtbot, trace)
        assert len(asked) == 1, "it is not asked for again"
    else:
        assert state(window) == before
