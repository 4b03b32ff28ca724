"""The check box that keeps a vocabulary beside its model, where it is found the next time."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QCheckBox

from gru_debugger.core.model import Model
from gru_debugger.errors import ExistingFileError, OutputError
from gru_debugger.formats import vocabulary
from gru_debugger.output import write_bytes
from gru_debugger.window.plain import on_button


class Remember(QCheckBox):
    """Hidden where the model is no file of the user's; says what would be replaced."""

    def __init__(self, model: Model) -> None:
        super().__init__()
        self._source = model.source
        file = Path(model.source.path)
        self._path = vocabulary.sidecar_of(file) if file.is_file() else None
        self._show()

    def _show(self) -> None:
        path = self._path
        if path is None:
            return
        self._replaces = path.exists()
        words = f"&Remember beside the model, as {on_button(path.name)}"
        if self._source.vocabulary_inside:
            words += ": not possible, the one in the checkpoint goes before it"
            self.setEnabled(False)
        elif self._replaces:
            words += ", in place of the one that is there"
        self.setText(words)

    @property
    def possible(self) -> bool:
        """Whether there is anything to be shown."""
        return self._path is not None

    def save(self, symbols: tuple[str, ...]) -> None:
        """Write them where that is asked for. Raises OutputError; nothing is replaced untold."""
        path = self._path
        if path is None or not self.isChecked():
            return
        try:
            write_bytes(path, vocabulary.to_json(symbols), force=self._replaces)
        except ExistingFileError:
            self.setChecked(False)
            self._show()
            raise OutputError(f"{path}: it has come to be there; remember to replace it.") from None
