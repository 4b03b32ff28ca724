"""The numbers of a pane, or of all panes of the window, at one position: for `tables`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gru_debugger.core.trace import Trace
from gru_debugger.panes.pane import Pane
from gru_debugger.panes.table import Table


@dataclass(frozen=True)
class Numbers:
    """`panes` by their names, showing `position` of the run; 0: before the first step."""

    trace: Trace
    position: int
    panes: Mapping[str, Pane]

    @property
    def character(self) -> str:
        """What the step reads, as it stands in the text."""
        return self.trace.characters[self.position - 1] if self.position else ""

    def tables(self) -> Iterator[tuple[str, str, Table]]:
        """Each pane's name, and the title and the table of its numbers, one at a time."""
        for name, pane in self.panes.items():
            for title, make in pane.tables().items():
                yield name, title, make()
