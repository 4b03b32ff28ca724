"""What the export of pictures asks for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)

from gru_debugger.exports.jobs import FORMATS, PICTURES, RANGES, SCALES, TABLES, THEMES
from gru_debugger.numerals import grouped
from gru_debugger.window import file_dialog
from gru_debugger.window.combo import Combo
from gru_debugger.window.plain import Label
from gru_debugger.window.style import say

_KINDS = {
    "A picture a step": PICTURES,
    "All steps in one file": RANGES,
    "Numbers of a step": TABLES,
}
_RANGE = re.compile(r"(\d{1,12})(?:-(\d{1,12}))?", re.ASCII)


@dataclass(frozen=True)
class Choices:
    """What was chosen; `steps` as typed, "" for wherever the window is."""

    pane: str = "window"
    steps: str = ""
    formats: tuple[str, ...] = ("png",)
    theme: str = "light"
    scale: int = 2
    folder: str = ""

    @classmethod
    def kept(cls, text: str) -> Choices:
        """What was chosen the last time, from whatever the settings hold."""
        try:
            found = json.loads(text)
            formats = tuple(map(str, found["formats"]))
            words = {name: str(found[name]) for name in ("pane", "steps", "theme", "folder")}
            return cls(formats=formats, scale=int(found["scale"]), **words)
        except (ValueError, TypeError, KeyError):
            return cls()

    def to_keep(self) -> str:
        return json.dumps(asdict(self))

    @property
    def span(self) -> tuple[int, int] | None:
        """First and last step, where that is what was typed."""
        found = _RANGE.fullmatch(self.steps)
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
        return (first, last) if first <= last else None

    @property
    def count(self) -> int:
        """How often a step is drawn or written; 0 where the steps are none."""
        first, last = self.span or (1, 0)
        return (last - first + 1) * len(self.formats)

    @property
    def files(self) -> int:
        """How many files it will be: of some formats one for all steps."""
        first, last = self.span or (1, 0)
        return sum(1 if name in RANGES else last - first + 1 for name in self.formats)

    def arguments(self) -> list[str]:
        """The choices as the command line's own arguments."""
        formats = [word for name in self.formats for word in ("--format", name)]
        return [
            "--pane", self.pane, "--steps", self.steps, *formats, "--theme", self.theme,
            "--scale", str(self.scale), "-o", self.folder,
        ]  # fmt: skip


class ExportDialog(QDialog):
    """Which pane, which steps, which formats; where to. `step` is the window's, of `steps`.

    `check` says why what is chosen can't be, "" where it can.
    """

    def __init__(
        self,
        parent: QWidget,
        panes: list[tuple[str, str]],
        step: int,
        steps: int,
        last: Choices | None = None,
        check: Callable[[Choices], str] = lambda chosen: "",
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export pictures")
        self._step, self._last_step, self._check = step, steps, check
        self._make_fields(panes)
        self._lay_out()
        self._fill(last or Choices())
        self.steps.textChanged.connect(self._judge)
        self.pane.currentIndexChanged.connect(self._judge)
        for box in self.formats.values():
            box.toggled.connect(self._judge)
        self._judge()

    def _make_fields(self, panes: list[tuple[str, str]]) -> None:
        self.pane = _box(panes)
        self.steps = QLineEdit()
        self.steps.setPlaceholderText(f"0-{self._last_step}")
        self.formats = {name: QCheckBox(name.upper()) for name in FORMATS}
        self.theme = _box((name, name.capitalize()) for name in THEMES)
        self.scale = _box((scale, str(scale)) for scale in SCALES)
        self.folder = QLineEdit()
        self.folder.setAccessibleName("Folder")
        self.told = Label(wrap=True)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.go = self.buttons.addButton("Export", QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)

    def _lay_out(self) -> None:
        browse = QPushButton("…", autoDefault=False)
        browse.setAccessibleName("Choose a folder")
        browse.clicked.connect(self._browse)
        folder = QHBoxLayout()
        folder.addWidget(self.folder, 1)
        folder.addWidget(browse)
        form = QFormLayout(self)
        form.addRow("Picture", self.pane)
        form.addRow(f"Steps, 0 to {grouped(self._last_step)}", self.steps)
        for words, names in _KINDS.items():
            form.addRow(words, self._row_of(names))
        form.addRow("Theme", self.theme)
        form.addRow("Scale of pictures", self.scale)
        form.addRow("Folder", folder)
        form.addRow("", self.told)
        form.addRow(self.buttons)
        self.setMinimumWidth(460)

    def _row_of(self, names: Sequence[str]) -> QHBoxLayout:
        row = QHBoxLayout()
        for name in names:
            row.addWidget(self.formats[name])
        row.addStretch(1)
        return row

    def _fill(self, last: Choices) -> None:
        """With what was chosen last, as far as it can be had here."""
        for box, value in ((self.pane, last.pane), (self.theme, last.theme),
                           (self.scale, last.scale)):  # fmt: skip
            box.setCurrentIndex(max(0, box.findData(value)))
        known = [name for name in last.formats if name in self.formats] or Choices.formats
        for name in known:
            self.formats[name].setChecked(True)
        fits = last.span is not None and last.span[1] <= self._last_step
        self.steps.setText(last.steps if fits else str(self._step))
        self.folder.setText(last.folder or str(Path.cwd()))

    def _judge(self) -> None:
        """How many files it will be, or why none."""
        choices, last = self.choices(), self._last_step
        count, wrong = choices.files, ""
        if choices.span is None or choices.span[1] > last:
            wrong = f"Type a step or a range, such as 3-7, from 0 to {grouped(last)}."
        elif not choices.formats:
            wrong = "Tick at least one format."
        wrong = wrong or self._check(choices)
        files = f"{grouped(count)} file{'s' * (count > 1)}"
        say(self.told, "wrong" if wrong else "plain", wrong or files)
        self.go.setEnabled(not wrong)

    def _browse(self) -> None:
        title, before = "Folder for the pictures", self.folder.text()
        folder = file_dialog.ask_path(self, title, before, what="folder")
        if folder:
            self.folder.setText(folder)

    def choices(self) -> Choices:
        return Choices(
            pane=self.pane.currentData(),
            steps=self.steps.text().replace(" ", "").replace("–", "-"),
            formats=tuple(name for name, check in self.formats.items() if check.isChecked()),
            theme=self.theme.currentData(),
            scale=self.scale.currentData(),
            folder=self.folder.text(),
        )

    def to_keep(self) -> str:
        """For the next time: a single step that is the window's own follows the window."""
        choices = self.choices()
        follows = choices.steps == str(self._step)
        return (replace(choices, steps="") if follows else choices).to_keep()


def _box(choices: Iterable[tuple[object, str]]) -> Combo:
    box = Combo()
    for value, words in choices:
        box.addItem(words, value)
    return box
