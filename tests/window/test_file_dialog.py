"""The file dialog: it changes no file, and a path that is typed is the one that is taken."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, QMimeData, Qt, QTimer, QUrl
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFileDialog,
    QLineEdit,
    QToolButton,
    QTreeView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from gru_debugger.window import file_dialog

Dialog = Callable[..., QFileDialog]
SELECT = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
FILES = ("one/model.pt", "one2/other.pt", "one/deep/third.pt", "top.pt", "not asked for.bin")
KINDS = {"Models": (".pt", ".onnx"), "numpy": (".npz",)}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in FILES:
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def dialog(screen: QApplication, folder: Path, qtbot: QtBot) -> Iterator[Dialog]:
    """One that stands in a folder, with the focus in its line."""
    made: list[QFileDialog] = []

    def make(start: str = "one", what: file_dialog.What = "file") -> QFileDialog:
        kinds = {} if what == "folder" else KINDS
        shown = file_dialog.make_dialog(None, "Open", str(folder / start), kinds, what)
        made.append(shown)
        shown.show()
        with qtbot.waitActive(shown):
            shown.activateWindow()
        line_of(shown).setFocus()
        return shown

    yield make
    for shown in made:
        shown.close()
        shown.deleteLater()


def line_of(dialog: QFileDialog) -> QLineEdit:
    line = dialog.findChild(QLineEdit, "fileNameEdit")
    assert isinstance(line, QLineEdit)
    return line


def popup_of(dialog: QFileDialog) -> QAbstractItemView:
    popup = line_of(dialog).completer().popup()
    assert popup is not None
    return popup


def typed(dialog: QFileDialog, qtbot: QtBot, words: str, *keys: Qt.Key) -> None:
    """Type, wait for what is offered where it is to be chosen from, and press some keys."""
    qtbot.keyClicks(line_of(dialog), words)
    popup = popup_of(dialog)
    if keys[0] != Qt.Key.Key_Return:
        qtbot.waitUntil(popup.isVisible)
    for key in keys:
        qtbot.keyClick(popup if popup.isVisible() else line_of(dialog), key)


def test_enter_takes_a_path_that_begins_like_the_folder(
    dialog: Dialog, folder: Path, qtbot: QtBot
) -> None:
    """Of what is typed, not of the folder, which Qt selects in its list meanwhile."""
    (folder / "one.pt").write_text("a file beside the folder")
    shown = dialog()
    line, popup = line_of(shown), popup_of(shown)
    for sign in f"{folder}/one.pt":
        qtbot.keyClicks(popup if popup.isVisible() else line, sign)
        if line.text() == f"{folder}/one":
            qtbot.waitUntil(popup.isVisible)
        QApplication.processEvents()
    (view,) = (v for v in shown.findChildren(QAbstractItemView) if v.objectName() == "treeView")
    view.selectionModel().select(view.rootIndex(), SELECT)  # as Qt does where it has the time
    qtbot.keyClick(popup if popup.isVisible() else line, Qt.Key.Key_Return)
    assert shown.result() == QFileDialog.DialogCode.Accepted
    assert shown.selectedFiles() == [str(folder / "one.pt")]


def test_the_line_outlives_a_garbage_collection(dialog: Dialog, qtbot: QtBot) -> None:
    """PySide once took the line for the completer's own, and the program crashed."""
    shown = dialog()
    qtbot.keyClicks(line_of(shown), "../one2/o")
    qtbot.waitUntil(popup_of(shown).isVisible)
    gc.collect()
    assert line_of(shown).text() == "../one2/o"
    qtbot.keyClick(popup_of(shown), Qt.Key.Key_Escape)


DOWN, TAB, ENTER = Qt.Key.Key_Down, Qt.Key.Key_Tab, Qt.Key.Key_Return
WAYS = {
    "in full": ("{}/one2/other.pt", [ENTER]),
    "of another folder that begins alike, by Down": ("{}/one2/o", [DOWN, ENTER]),
    "by Tab": ("{}/one2/o", [TAB, ENTER]),
    "from the folder, by Tab": ("../one2/o", [TAB, ENTER]),
    "from home, by Down": ("~/one2/o", [DOWN, ENTER]),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_path_is_taken_as_it_was_typed(
    way: str, dialog: Dialog, folder: Path, qtbot: QtBot
) -> None:
    words, keys = WAYS[way]
    shown = dialog()
    typed(shown, qtbot, words.format(folder), *keys)
    assert shown.result() == QFileDialog.DialogCode.Accepted
    assert shown.selectedFiles() == [str(folder / "one2" / "other.pt")]


@pytest.mark.parametrize("key", [DOWN, TAB])
def test_the_folder_that_was_typed_is_chosen_and_no_other(
    key: Qt.Key, dialog: Dialog, folder: Path, qtbot: QtBot
) -> None:
    shown = dialog(what="folder")
    typed(shown, qtbot, f"{folder}/one2", key)
    assert line_of(shown).text() == f"{folder}/one2"
    qtbot.keyClick(line_of(shown), ENTER)
    assert shown.selectedFiles() == [str(folder / "one2")]


def test_a_name_in_the_folder(dialog: Dialog, folder: Path, qtbot: QtBot) -> None:
    shown = dialog()
    typed(shown, qtbot, "de", DOWN)
    assert line_of(shown).text() == "deep"


def test_a_name_below_the_folder(dialog: Dialog, folder: Path, qtbot: QtBot) -> None:
    shown = dialog()
    typed(shown, qtbot, "deep/t", TAB, ENTER)
    assert shown.selectedFiles() == [str(folder / "one" / "deep" / "third.pt")]


def test_a_folder_is_entered(dialog: Dialog, folder: Path, qtbot: QtBot) -> None:
    shown = dialog()
    typed(shown, qtbot, f"{folder}/one2/", ENTER)
    qtbot.waitUntil(lambda: shown.directory().path() == str(folder / "one2"))
    typed(shown, qtbot, "ot", TAB, ENTER)
    assert shown.selectedFiles() == [str(folder / "one2" / "other.pt")]


def test_what_has_come_into_a_folder_is_offered_once_it_is_entered_again(
    dialog: Dialog, folder: Path, qtbot: QtBot
) -> None:
    shown, deep = dialog(), folder / "one" / "deep"
    view = shown.findChild(QTreeView, "treeView")
    assert isinstance(view, QTreeView)
    up = shown.findChild(QToolButton, "toParentButton")
    assert isinstance(up, QToolButton)

    def rows() -> list[int]:
        files, root = view.model(), view.rootIndex()
        return [i for i in range(files.rowCount(root)) if files.index(i, 0, root).data() == "deep"]

    def enter() -> None:
        qtbot.waitUntil(lambda: bool(rows()))  # a folder is read beside the window
        files, root = view.model(), view.rootIndex()
        place = view.visualRect(files.index(rows()[0], 0, root)).center()
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
        qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
        qtbot.waitUntil(lambda: shown.directory().path() == str(deep))
        line_of(shown).setFocus()
        line_of(shown).clear()

    enter()
    typed(shown, qtbot, "th", Qt.Key.Key_Escape)
    (deep / "new.pt").write_text("new")
    up.click()
    qtbot.waitUntil(lambda: shown.directory().path() == str(deep.parent))
    enter()
    typed(shown, qtbot, "ne", TAB, ENTER)
    assert shown.selectedFiles() == [str(deep / "new.pt")]


# It changes nothing ------------------------------------------------------------------------


@pytest.mark.qt_log_ignore("edit: editing failed", extend=True)  # which is what is wanted
@pytest.mark.parametrize("what", ["file", "folder", "new file"])
def test_nothing_is_renamed_moved_or_deleted(
    what: file_dialog.What, dialog: Dialog, folder: Path, qtbot: QtBot
) -> None:
    shown = dialog("" if what != "new file" else "new.pt", what)
    model = shown.findChildren(QTreeView)[0].model()
    lists = [v for v in shown.findChildren(QAbstractItemView) if v.model() is model]
    assert lists
    asked: list[QWidget] = []

    def refuse() -> None:
        modal = QApplication.activeModalWidget()
        if modal is not None and modal is not shown:
            asked.append(modal)
            modal.close()

    watch = QTimer(shown, interval=50)
    watch.timeout.connect(refuse)
    watch.start()
    for view in lists:
        qtbot.waitUntil(lambda: model.rowCount(view.rootIndex()) > 0)  # noqa: B023
        index = model.index(0, 0, view.rootIndex())
        view.setCurrentIndex(index)
        for key in (Qt.Key.Key_Delete, Qt.Key.Key_F2):
            view.setFocus()
            qtbot.keyClick(view, key)
        assert not view.findChildren(QLineEdit), "no name is being edited"
        assert not index.flags() & Qt.ItemFlag.ItemIsEditable
        dropped = QMimeData()
        dropped.setUrls([QUrl.fromLocalFile(str(folder / "top.pt"))])
        model.dropMimeData(dropped, Qt.DropAction.MoveAction, 0, 0, index)
    for action in ("qt_rename_action", "qt_delete_action", "qt_new_folder_action"):
        for found in shown.findChildren(QAction, action):
            found.trigger()
    there = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
    assert {name for name in there if ".config" not in name} == set(FILES)
    assert not asked


@pytest.mark.parametrize(
    ("name", "chosen", "taken"),
    [
        ("a.npz", "Models (*.pt *.onnx)", "a.npz"),
        ("a.v2", "numpy (*.npz)", "a.v2.npz"),
        ("a", "Models (*.pt *.onnx)", "a.pt"),
    ],
)
def test_a_new_file_gets_a_suffix(
    name: str, chosen: str, taken: str, screen: QApplication, folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def choose(dialog: QFileDialog) -> int:
        dialog.selectNameFilter(chosen)
        dialog.selectFile(str(folder / name))
        return 1

    monkeypatch.setattr(QFileDialog, "exec", choose)
    path = file_dialog.ask_path(None, "Save", str(folder / "first.pt"), KINDS, "new file")
    assert path == str(folder / taken)
