"""What was opened last, and what was chosen in it: kept in the settings."""

from __future__ import annotations

import json
from dataclasses import astuple
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QSettings

from gru_debugger.source import AS_FOUND, Choice

_MOST = 8

Other = Literal["texts", "sessions"]


class Recent:
    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    def paths(self) -> list[str]:
        """Absolute paths, the last one first."""
        value = self._settings.value("recent", [])
        return [str(path) for path in value] if isinstance(value, list) else [str(value)]

    def others(self, kind: Other) -> list[str]:
        """The same of what is no model and no rows."""
        value = self._settings.value(f"recent {kind}", [])
        return [str(path) for path in value] if isinstance(value, list) else [str(value)]

    def add_other(self, kind: Other, path: Path) -> None:
        first = str(path.absolute())
        paths = [first, *(p for p in self.others(kind) if p != first)][:_MOST]
        self._settings.setValue(f"recent {kind}", paths)

    def folder(self) -> str:
        """Where the last file came from."""
        paths = self.paths()
        return str(Path(paths[0]).parent) if paths else ""

    def choice(self, path: str) -> Choice:
        """What was chosen in a file the last time."""
        return self._choices().get(str(Path(path).absolute()), AS_FOUND)

    def add(self, path: str, choice: Choice = AS_FOUND) -> None:
        """Remember a file; its choice for as long as it is among the recent ones."""
        if path.startswith("bundled:"):
            return
        first = str(Path(path).absolute())
        paths = [first, *(p for p in self.paths() if p != first)][:_MOST]
        choices = {**self._choices(), first: choice}
        content = {p: list(astuple(c)) for p, c in choices.items()
                   if p in paths and c != AS_FOUND}  # fmt: skip
        self._settings.setValue("recent", paths)
        self._settings.setValue("choices", json.dumps(content))

    def clear(self) -> None:
        """Forget the models, and what was chosen in them."""
        self._settings.remove("recent")
        self._settings.remove("choices")

    def _choices(self) -> dict[str, Choice]:
        try:
            content = json.loads(str(self._settings.value("choices", "{}")))
            return {str(path): Choice(*words) for path, words in content.items()}
        except (ValueError, TypeError, AttributeError):  # another program's, or an older one's
            return {}
