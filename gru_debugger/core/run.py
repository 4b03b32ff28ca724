"""A run: what a recording is made from, and all that it is made from."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gru_debugger.core import shown
from gru_debugger.core.initial_state import InitialState
from gru_debugger.core.model import Model
from gru_debugger.core.reading import Rows


@dataclass(frozen=True)
class Run:
    """A model, what it reads and starts from, and what is set in it by hand.

    `initial`: the h(0) that was chosen, None for the one that the model starts from by itself.
    `unknown`: characters that the vocabulary lacks are read as its unknown symbol. `edits` are
    sentences, later ones win. Two are equal where they are of the same model and rows themselves
    and say the same of all else; whether the model can read it is told by who records it.
    """

    model: Model
    source: str | Rows
    initial: InitialState | None = None
    unknown: bool = False
    edits: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return shown.run_line(self)

    def _repr_html_(self) -> str:
        """What notebooks show."""
        return shown.run_table(self)

    @property
    def plain(self) -> Run:
        """The same without edits."""
        return replace(self, edits=()) if self.edits else self

    def edited(self, *sentences: str) -> Run:
        """The same with more edits."""
        return replace(self, edits=(*self.edits, *sentences))
