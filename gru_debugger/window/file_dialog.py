"""The one file dialog of the program; `ruff` refuses Qt's own elsewhere.

Where the system has no dialog of its own, Qt's is shown, made safe here: it renames, moves and
deletes nothing (keys that went astray did), and it takes a path as it was typed.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from typing import Literal

from PySide6.QtCore import QDir, QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QCompleter,
    QFileDialog,
    QFileSystemModel,
    QLineEdit,
    QWidget,
)

What = Literal["file", "folder", "new file"]
Kinds = Mapping[str, Collection[str]]  # of files: in words, and the suffixes of such

_ANY: Kinds = {}
_ALL = "All files (*)"


def ask_path(
    parent: QWidget | None, title: str, start: str = "", kinds: Kinds = _ANY, what: What = "file"
) -> str:
    """The path that the user gives; empty where they would rather not.

    `start` is a folder, of a new file its whole path; whether it may be overwritten is the
    caller's to ask. A new file that has no suffix of the `kinds` gets the chosen one's.
    """
    dialog = make_dialog(parent, title, start, kinds, what)
    accepted = bool(dialog.exec())
    path = dialog.selectedFiles()[0] if accepted else ""
    suffixes = [suffix for kind in kinds.values() for suffix in kind]
    if path and what == "new file" and not path.lower().endswith(tuple(suffixes)):
        chosen = dialog.nameFilters().index(dialog.selectedNameFilter())
        path += next(iter(list(kinds.values())[chosen]))
    dialog.deleteLater()
    return path


def make_dialog(
    parent: QWidget | None, title: str, start: str, kinds: Kinds, what: What
) -> QFileDialog:
    folder = os.path.dirname(start) if what == "new file" else start
    dialog = QFileDialog(parent, title, folder)
    if kinds:
        dialog.setNameFilters([*map(_filter, kinds.items()), *[_ALL] * (what == "file")])
    dialog.setOption(QFileDialog.Option.ReadOnly)
    dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
    if what == "folder":
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    elif what == "new file":
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.selectFile(os.path.basename(start))
    else:
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    line = dialog.findChild(QLineEdit, "fileNameEdit")
    if isinstance(line, QLineEdit):  # Qt's own dialog
        line.setCompleter(_Completer(dialog, folders=what == "folder"))
    for name, words in (("lookInCombo", "Folder"), ("fileTypeCombo", "Kind of file")):
        for box in dialog.findChildren(QComboBox, name):
            box.setAccessibleName(words)  # Qt's own have none
    return dialog


def _filter(kind: tuple[str, Collection[str]]) -> str:
    """In Qt's words."""
    words, suffixes = kind
    return f"{words} ({' '.join(f'*{suffix}' for suffix in suffixes)})"


class _Completer(QCompleter):
    """Completes a path by whole paths, with Tab too.

    Qt's own cuts off what begins as the dialog's folder is called: from `a`, `a2/file` becomes
    `/file`, and `a2` nothing at all (QTBUG-103016), so that Enter takes something else.
    """

    def __init__(self, dialog: QFileDialog, folders: bool) -> None:
        files = QFileSystemModel(dialog)
        files.setOption(QFileSystemModel.Option.DontWatchForChanges)
        kinds = QDir.Filter.AllDirs | QDir.Filter.NoDotAndDotDot
        files.setFilter(kinds if folders else kinds | QDir.Filter.Files)
        files.setRootPath(dialog.directory().path())
        super().__init__(files, dialog)
        self._dialog, self._files = dialog, files
        dialog.directoryEntered.connect(files.setRootPath)
        files.directoryLoaded.connect(self._offer)

    def _whole(self, path: str) -> str:
        whole = self._dialog.directory().absoluteFilePath(os.path.expanduser(path))
        return QDir.cleanPath(whole) + "/" * whole.endswith("/")

    @Slot(str)  # a name of its own in Qt: Python's are looked up anew when a queued call arrives
    def _offer(self, folder: str) -> None:
        """What is in a folder that a relative path leads to is there only now."""
        # Not self.widget(): PySide takes what that returns for the completer's own, and a garbage
        # collection then destroys the dialog's line.
        line, typed = QApplication.focusWidget(), self.completionPrefix()
        waited = (
            isinstance(line, QLineEdit) and line.window() is self._dialog and line.text() == typed
        )
        if typed and waited and os.path.dirname(self._whole(typed)) == folder:
            self.complete()

    def splitPath(self, path: str) -> list[str]:
        return super().splitPath(self._whole(path))

    def pathFromIndex(self, index: QModelIndex | QPersistentModelIndex) -> str:
        path, typed = self._files.filePath(index), self.completionPrefix()
        if os.path.isabs(os.path.expanduser(typed)):
            return path
        return self._dialog.directory().relativeFilePath(path)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tab takes the first that is offered, where none is selected."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._forget_selection()
            popup = self.popup()
            tab = event.key() == Qt.Key.Key_Tab and watched is popup
            if popup is not None and tab and not popup.currentIndex().isValid():
                popup.setCurrentIndex(self.completionModel().index(0, 0))
        return super().eventFilter(watched, event)

    def _forget_selection(self) -> None:
        """Enter after a whole path means that path: Qt prefers what is selected in the list, which
        is the folder itself where the path begins like it."""
        if not os.path.isabs(os.path.expanduser(self.completionPrefix())):
            return
        for view in self._dialog.findChildren(QAbstractItemView):
            if view.objectName() in ("listView", "treeView"):
                view.clearSelection()
