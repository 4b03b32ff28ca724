"""What the export of pictures asks for."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)

from gru_debugger.numerals import grouped


class ExportDialog(QDialog):
    """Which pane, which steps, which format; where to."""

    def __init__(
        self, parent: QWidget, panes: list[tuple[str, str]], step: int, steps: int
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export pictures")
        self.pane = QComboBox()
        for name, title in panes:
            self.pane.addItem(title, name)
        self.steps = QLineEdit(str(max(1, step)))
        self.steps.setPlaceholderText(f"1-{steps}")
        self.format = self._choice("PNG", "SVG", "PDF")
        self.theme = self._choice("Light", "Dark")
        self.scale = self._choice("1", "2", "3", "4")
        self.scale.setCurrentIndex(1)
        self.folder = QLineEdit(str(Path.cwd()))
        self.folder.setAccessibleName("Folder")
        browse = QPushButton("…", autoDefault=False)
        browse.setAccessibleName("Choose a folder")
        browse.clicked.connect(self._browse)
        line = QHBoxLayout()
        line.addWidget(self.folder, 1)
        line.addWidget(browse)
        form = QFormLayout(self)
        form.addRow("Picture", self.pane)
        form.addRow(f"Steps, of {grouped(steps)}", self.steps)
        form.addRow("Format", self.format)
        form.addRow("Theme", self.theme)
        form.addRow("Scale", self.scale)
        form.addRow("Folder", line)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.addButton("Export", QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        form.addRow(buttons)

    def _choice(self, *words: str) -> QComboBox:
        box = QComboBox()
        box.addItems(list(words))
        return box

    def _browse(self) -> None:
        folder = QFileDialog.getExistingDirectory(
            self, "Folder for the pictures", self.folder.text()
        )
        if folder:
            self.folder.setText(folder)

    def count(self) -> int:
        """How many pictures, for the progress; the export itself judges what was typed."""
        first, _, last = self.steps.text().replace(" ", "").partition("-")
        numbers = [int(word) for word in (first, last or first) if word.isdecimal()]
        return max(1, numbers[-1] - numbers[0] + 1) if numbers else 1

    def arguments(self) -> list[str]:
        """The choices as the command line's own arguments."""
        return [
            "--pane",
            self.pane.currentData(),
            "--steps",
            self.steps.text().replace(" ", ""),
            "--format",
            self.format.currentText().lower(),
            "--theme",
            self.theme.currentText().lower(),
            "--scale",
            self.scale.currentText(),
            "-o",
            self.folder.text(),
        ]
