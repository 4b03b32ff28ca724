"""What the text that is read is called stands where one looks: the title and the status bar."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from keyboard import press
from PySide6.QtWidgets import QApplication
from samples import model, recording, save, text_for

from gru_debugger.core.model import Example
from gru_debugger.core.reading import Rows
from gru_debugger.core.trace import Trace
from gru_debugger.files import Text, read_text
from gru_debugger.main_window import MainWindow

OpenWindow = Callable[..., MainWindow]


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window(recording(model(), 40), 12, 5)


def names(window: MainWindow) -> tuple[str, str]:
    """In the title, and in the status bar behind step and units."""
    return window.windowTitle().split(" – ")[1], window.status.where.text().split("  ·  ")[2]


def open_text(window: MainWindow, path: Path, words: str) -> None:
    path.write_text(words, encoding="utf-8")
    window.files.open_text(path)
    window.files.opener.settle()


def test_a_texts_file(window: MainWindow, tmp_path: Path) -> None:
    assert names(window) == ("typed text",) * 2
    open_text(window, tmp_path / "first.txt", text_for(model(), 30, 1))
    assert names(window) == ("first.txt",) * 2
    open_text(window, tmp_path / "second.txt", text_for(model(), 30, 2))
    assert names(window) == ("second.txt",) * 2
    press(window, "Ctrl+Z")
    assert names(window) == ("first.txt",) * 2
    press(window, "Ctrl+Z")
    assert names(window) == ("typed text",) * 2
    press(window, "Ctrl+Y")
    press(window, "Ctrl+Shift+Z")
    assert names(window) == ("second.txt",) * 2


def test_another_model_reads_the_same_text(window: MainWindow, tmp_path: Path) -> None:
    open_text(window, tmp_path / "kept.txt", text_for(model(), 30, 1))
    window.files.open_model(str(save(model(seed=1), tmp_path / "other.safetensors")))
    window.files.opener.settle()
    assert window.windowTitle() == "other.safetensors – kept.txt – GRU Debugger"
    window.files.reload()
    window.files.opener.settle()
    assert names(window) == ("kept.txt",) * 2


def test_what_was_edited_says_so(window: MainWindow, tmp_path: Path) -> None:
    open_text(window, tmp_path / "draft.txt", text_for(model(), 30, 1))
    for typed, name in (("", "draft.txt"), ("a", "draft.txt, edited"), ("b", "draft.txt, edited")):
        press(window, "Return")
        window.text.editor.insertPlainText(typed)
        press(window, "Ctrl+Return")
        assert names(window) == (name,) * 2


def test_texts_that_come_along_and_rows_have_names_too(open_window: OpenWindow) -> None:
    m = model(4, 8)
    rows = Rows(np.ones((5, 8), np.float32), name="sensor.csv")
    assert names(open_window(Trace(m, rows).finish())) == ("sensor.csv",) * 2
    assert Text.name_of(read_text(Path(__file__))) == "test_text_name.py"


@pytest.mark.parametrize("name", ["bundled:sixteen", "bundled:sonnets"])
def test_bundled_texts(name: str, window: MainWindow) -> None:
    window.files.open_model(name)
    window.files.opener.settle()
    assert names(window) == ("its own text",) * 2


def test_a_name_that_would_be_two_lines(window: MainWindow) -> None:
    window.session.open(Trace(model(), Text(text_for(model(), 9), "a\nb\x1b[31m" + "c" * 500)))
    QApplication.processEvents()
    for name in names(window):
        assert name.startswith("a b·[31m")
        assert len(name) < 90


def test_a_text_is_its_words() -> None:
    text = Text("abc", "name")
    assert text == "abc"
    assert hash(text) == hash("abc")
    assert Text.name_of(Text.edited("abc", text)) == "name"
    assert Text.name_of(Text.edited("abd", text)) == "name, edited"
    assert Text.name_of(Text.edited("abd", "abc")) == "typed text"
    assert Example(text).text is text
