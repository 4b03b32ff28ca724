"""A file's model as it was chosen before, or the GRUs in it of which one is to be chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gru_debugger.core.model import Model
from gru_debugger.errors import ModelError, SeveralGRUsError
from gru_debugger.formats import ModelFile, open_file
from gru_debugger.formats.vocabulary import Given
from gru_debugger.source import AS_FOUND, Choice

if TYPE_CHECKING:
    from gru_debugger.formats.assembly.listing import FoundGRU
    from gru_debugger.formats.child.isolation import Watch


@dataclass(frozen=True)
class Undecided:
    """A file that was read, and the GRUs in it, of which one is to be chosen."""

    file: ModelFile
    grus: list[FoundGRU]
    vocabulary: Given = None

    def model(self, choice: Choice) -> Model:
        """Raises ModelError; SeveralGRUsError where nothing is chosen."""
        return self.file.model(self.vocabulary, choice)


def read(
    path: str,
    choice: Choice,
    watch: Watch | None = None,
    vocabulary: Given = None,
    strict: bool = False,
) -> Model | Undecided:
    """The model as it was chosen before, if that still can be; otherwise as it is found.

    `strict`: it was chosen just now, and what can't be is an error.
    """
    file = open_file(path, watch)
    for wanted in dict.fromkeys((choice, choice if strict else AS_FOUND)):
        try:
            return file.model(vocabulary, wanted)
        except SeveralGRUsError:
            break
        except ModelError:
            if strict or wanted == AS_FOUND:
                raise
    return Undecided(file, file.grus(vocabulary), vocabulary)


def undecided(path: str, watch: Watch | None = None) -> Undecided:
    file = open_file(path, watch)
    return Undecided(file, file.grus())
