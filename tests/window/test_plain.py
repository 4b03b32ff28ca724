"""What a file says is shown as it is: no HTML, no picture loaded, no mark of a key."""

from __future__ import annotations

import ast
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QDialog,
    QLabel,
    QTextEdit,
    QToolTip,
    QWidget,
)
from pytestqt.qtbot import QtBot
from samples import model, save

import gru_debugger
from gru_debugger.core.initial_state import InitialState
from gru_debugger.core.model import Example
from gru_debugger.core.trace import Trace
from gru_debugger.formats import load_model, open_file
from gru_debugger.main_window import MainWindow
from gru_debugger.source import Notice
from gru_debugger.window import crash, dialogs, initial_state_dialog, initial_states, rows
from gru_debugger.window.gru_choice import ChoiceDialog
from gru_debugger.window.plain import SHEET, Box, Label, as_title, on_button
from gru_debugger.window.vocabulary.dialog import VocabularyDialog

CANARY = "canary"  # in the current folder
MARKUP = f'<img src="{CANARY}"><b>b</b><a href="file:{CANARY}">a</a>&lt;&x<s>'
MARK = re.compile(r"(?<!&)(?:&&)*&(?:x|lt)")  # of a key, made of what the file says
NAME = MARKUP.replace("/", "")  # of a file


@pytest.fixture(autouse=True)
def canary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A pipe that nobody must open: who did would wait for ever, were it not for this process."""
    monkeypatch.chdir(tmp_path)
    os.mkfifo(CANARY)
    listen = f"while : > {CANARY}; do echo > opened; done"  # opening waits for a reader
    with subprocess.Popen(["sh", "-c", listen]) as listener:
        yield
        QApplication.processEvents()
        listener.kill()
    assert not (tmp_path / "opened").exists(), "a picture was loaded"


def walk() -> set[str]:
    """Look at all there is; the kinds of widgets that say what the file says."""
    QApplication.processEvents()
    found = set()
    for widget in QApplication.allWidgets():
        said = words_of(widget)
        if isinstance(widget, QLabel):
            assert widget.textFormat() == Qt.TextFormat.PlainText, widget.text()
        if isinstance(widget, QAbstractButton) and "<" in said:
            assert not MARK.search(said), said
        if isinstance(widget, QTextEdit):
            assert "<" not in said or widget.toPlainText() == said
        if "<" in said:
            found.add(type(widget).__name__)
            heard = QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
            assert "<" in heard or not isinstance(widget, QLabel), heard
        tips = {widget.toolTip()} | (set(tips_of(widget)) if widget.isVisible() else set())
        if any(show_tip(tip, widget) for tip in tips):
            found.add(f"the tip of {type(widget).__name__}")
    return found


def words_of(widget: QWidget) -> str:
    if isinstance(widget, QTextEdit):
        return widget.toPlainText()
    return str(widget.text()) if isinstance(widget, QLabel | QAbstractButton) else ""


def tips_of(widget: QWidget) -> Iterator[str]:
    if isinstance(widget, QAbstractItemView):
        items = widget.model()
        for row in range(min(20, items.rowCount())):
            for column in range(items.columnCount()):
                yield str(items.index(row, column).data(Qt.ItemDataRole.ToolTipRole) or "")


def show_tip(words: str, widget: QWidget) -> bool:
    if "<" not in words:
        return False
    QToolTip.showText(QPoint(5, 5), words, widget)
    return check_tip()


def check_tip() -> bool:
    """Whether a tip is shown that says what the file says; it is plain."""
    QApplication.processEvents()
    tips = [w for w in QApplication.allWidgets() if w.objectName() == "qtooltip_label"]
    for tip in tips:
        assert isinstance(tip, QLabel)
        assert tip.textFormat() == Qt.TextFormat.PlainText
    said = any("<" in tip.text() for tip in tips if isinstance(tip, QLabel))
    QToolTip.hideText()
    return said


def file_of(folder: Path) -> Path:
    """A model that says it wherever it can."""
    symbols = (*(f"{MARKUP}{i}" for i in range(4)), "<s>", "<b>", "a", "&")
    told = replace(
        model(embedding=3), vocabulary=symbols, example=Example(MARKUP + "0<s>a&<b>" + MARKUP + "1")
    )
    return save(told, folder / f"{NAME}.safetensors", author=MARKUP, description=MARKUP)


@pytest.fixture
def window(open_window: Callable[..., MainWindow], tmp_path: Path) -> MainWindow:
    opened = load_model(file_of(tmp_path))
    assert opened.example is not None
    source = replace(opened.source, told=(Notice("inside", MARKUP, MARKUP, MARKUP),))
    trace = Trace(replace(opened, source=source), opened.example.text).finish()
    return open_window(trace, 1)


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> list[set[str]]:
    """Each dialog is shown, looked at, and left; what was found in each."""
    found: list[set[str]] = []

    def ask(dialog: QDialog) -> bool:
        dialog.show()
        found.append(walk())
        dialog.close()
        dialog.deleteLater()
        return False

    monkeypatch.setattr(dialogs, "ask", ask)
    for module in (initial_state_dialog, rows, crash):
        if hasattr(module, "ask"):
            monkeypatch.setattr(module, "ask", ask)
    return found


def test_the_window(window: MainWindow, qtbot: QtBot) -> None:
    window.message.error(f"{MARKUP}: not opened")
    window.status.tell(MARKUP)
    window.status.show_parity(f"parity not checked: {MARKUP}")
    window.files.recent.add(NAME)
    window.menus.opening.aboutToShow.emit()
    found = walk()
    assert {"Label", "QToolButton", "the tip of QToolButton", "the tip of Tile"} <= found
    entries = [a for a in window.findChildren(QAction) if "<" in a.text()]
    assert entries
    assert not any(MARK.search(action.text()) for action in entries)
    assert window.windowTitle().startswith(NAME)


def test_tips_of_the_panes(window: MainWindow) -> None:
    seen = set()
    for name, view in window.views.items():
        for x in range(10, view.width(), 23):
            for y in range(10, view.height(), 23):
                view.pointer_moved(QPointF(x, y), False)
                if check_tip():
                    seen.add(name)
    assert "strip" in seen


def test_editing_and_choosing_a_character(window: MainWindow, qtbot: QtBot) -> None:
    window.text.edit()
    assert walk()
    assert window.text.editor.toPlainText().startswith(MARKUP)
    assert window.text.editor.special.accessibleName().startswith(f"also {MARKUP}")
    window.text.editor.given_up.emit()


def test_questions(window: MainWindow, answer: list[set[str]]) -> None:
    opened = window.session.model
    assert opened is not None
    dialogs.ask_uncovered(window, opened, f"{MARKUP} zzz", "a")
    rows.ask_input(window, opened)
    dialogs.may_overwrite(window, "Title", Path(NAME, NAME))
    crash.show_report(window, MARKUP, f"Traceback\nValueError: {MARKUP}")
    rows.choose(window, {f"{MARKUP}{i}": rows_of(i) for i in range(3)}, opened)
    for found in answer[:4]:
        assert "QLabel" in found
    assert len(answer) == 5


def rows_of(columns: int) -> rows.Rows:
    return rows.Rows(np.zeros((2, columns + 1), np.float32), name=MARKUP)


def test_about_and_shortcuts(window: MainWindow, answer: list[set[str]]) -> None:
    window.show_about()
    window.show_shortcuts()
    assert len(answer) == 2


def test_vocabulary(window: MainWindow, answer: list[set[str]]) -> None:
    opened = window.session.model
    assert opened is not None
    dialog = VocabularyDialog(window, opened, MARKUP)
    dialog._say_fault(MARKUP)
    dialogs.ask(dialog)
    assert {"Label", "Said", "Remember"} <= answer[0]


def test_initial_states(window: MainWindow, answer: list[set[str]]) -> None:
    trace = window.session.trace
    assert trace is not None
    ended = initial_states.Ended(
        trace.model.source, InitialState(trace.final_states(), f"last state of {MARKUP}")
    )
    found = initial_state_dialog.InitialStateDialog(
        window, window.theme, trace.model, trace.initial, [ended], window.files.opener
    )
    found.fault.setText(MARKUP)
    found.fault.show()
    dialogs.ask(found)
    assert {"Label", "QRadioButton", "the tip of QRadioButton"} <= answer[0]


def test_choosing_a_gru(window: MainWindow, answer: list[set[str]], tmp_path: Path) -> None:
    weights: dict[str, np.ndarray] = {}
    cell = model(4).layers[0][0]
    for name in (f"{MARKUP}one", "<b>two"):
        weights[f"{name}.weight_ih_l0"] = cell.weight_ih + len(name)
        weights[f"{name}.weight_hh_l0"] = cell.weight_hh
    weights[f"{MARKUP}.emb"] = np.zeros((5, cell.input_size), np.float32)
    np.savez(tmp_path / f"{NAME}.npz", **weights)
    grus = open_file(tmp_path / f"{NAME}.npz").grus()
    dialogs.ask(ChoiceDialog(window, NAME, grus))
    assert "Label" in answer[0]


def test_pictures(window: MainWindow, tmp_path: Path) -> None:
    from xml.etree import ElementTree

    from gru_debugger.exports import snapshots
    from gru_debugger.exports.jobs import SnapshotJob

    trace = window.session.trace
    assert trace is not None
    (tmp_path / "out").mkdir()
    job = SnapshotJob(
        model=trace.model, trace=trace, steps=range(1, 2), folder=tmp_path / "out",
        formats=("svg",),
    )  # fmt: skip
    snapshots.export(job, lambda count: None)
    (written,) = (tmp_path / "out").glob("*.svg")
    tags = {element.tag.rpartition("}")[2] for element in ElementTree.parse(written).iter()}
    assert not tags & {"b", "a", "img", "s"}


# The rule ----------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [MARKUP, "<s>", "&lt;", "<b>\nx", "a < b > c"])
def test_labels_boxes_and_tips(words: str, screen: QApplication, qtbot: QtBot) -> None:
    label, box = Label(words), Box(None, words, words, words)
    offered = box.offer(words)
    with_sheet = QLabel(words)  # as Qt itself makes them
    screen.setStyleSheet(SHEET)
    for widget in (label, box, with_sheet):
        widget.show()
    walk()
    assert label.text() == words
    assert offered.text().replace("&&", "&") == " ".join(words.split())
    for widget in (label, box, with_sheet):
        widget.close()
        widget.deleteLater()
    screen.setStyleSheet("")


def test_words_are_bounded() -> None:
    assert len(Label("x" * 10**6).text()) == 4000
    assert len(on_button("x" * 10**6)) == 200
    assert on_button("a&b\tc\nd") == "a&&b c d"
    assert as_title("a[*]b") == "a[*][*]b"


def test_every_style_sheet_begins_with_it(window: MainWindow, screen: QApplication) -> None:
    for theme in ("light", "dark"):
        window.set_theme(theme)
        assert screen.styleSheet().startswith(SHEET)


def test_no_file_of_the_program_makes_text_rich() -> None:
    """`ruff` refuses Qt's own labels and boxes; this is what it can't see."""
    refused = {
        "RichText", "MarkdownText", "AutoText", "setHtml", "toHtml", "insertHtml", "appendHtml",
        "setMarkdown", "setOpenExternalLinks", "setWhatsThis", "setTextFormat",
    }  # fmt: skip
    home = Path(gru_debugger.__file__).parent
    for file in home.rglob("*.py"):
        names = {
            n.attr for n in ast.walk(ast.parse(file.read_text())) if isinstance(n, ast.Attribute)
        }
        allowed = {"setTextFormat"} if file.name in ("plain.py", "fonts.py") else set()
        assert not names & refused - allowed, file
