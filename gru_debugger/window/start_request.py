"""What the command line asks the window to open."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gru_debugger.formats import resolve
from gru_debugger.formats.vocabulary import Given
from gru_debugger.session.opening import Wish
from gru_debugger.source import AS_FOUND, Choice

_QUICK = 32 << 20  # bytes that are read in less time than a window takes to come


@dataclass(frozen=True)
class Request(Wish):
    """A model's file and what it is to be opened with; `state`: of which file `initial` is read.

    `session`, `tour`: the file that says all of that instead.
    """

    path: str = "bundled:sixteen"
    vocabulary: Given = None
    choice: Choice = AS_FOUND
    state: str | None = None
    strict: bool = True
    session: str | None = None
    tour: str | None = None

    @property
    def quick(self) -> bool:
        """Whether it is soon told what is in the files; if not, the window comes first.

        Raises ModelError: no such bundled model.
        """
        model = resolve(self.path)
        if model.name.endswith((".index", ".index.json")):
            return False  # the numbers are in other files
        files = [model, *([] if self.state is None else [Path(self.state)])]
        return sum(file.stat().st_size for file in files if file.is_file()) <= _QUICK
