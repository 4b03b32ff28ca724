"""A column a character: which stretch of the text a pane as wide as the strip shows, and where."""

from __future__ import annotations

from PySide6.QtCore import QPointF

from gru_debugger.charts.theme import Theme
from gru_debugger.panes.pane import Pane
from gru_debugger.session.session import Session

CELL = 25  # pixels a character, at least; a short text has the strip's width, up to
_WIDEST = 3 * CELL
LEFT, RIGHT = 62, 50


def first_column(position: int, columns: int, steps: int) -> int:
    """The leftmost position shown: it turns by half pages, and depends on nothing else."""
    half = max(1, columns // 2)
    return _held(position // half * half - columns // 4, columns, steps)


def first_before(position: int, columns: int, steps: int, forward: bool = True) -> int:
    """The same where it is looked back: by thirds, so that two of them were read before."""
    if not forward:
        return _held(steps + 1 - first_before(steps + 1 - position, columns, steps) - columns,
                     columns, steps)  # fmt: skip
    third = max(1, columns // 3)
    return _held(position // third * third - 2 * third, columns, steps)


def _held(first: int, columns: int, steps: int) -> int:
    """Inside the text."""
    return int(min(max(0, first), max(0, steps + 1 - columns)))


class CharacterColumns(Pane):
    """Positions `first` to `last` as columns `cell` pixels wide."""

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__(session, theme)
        self.first = self.last = 0
        self.cell = CELL
        self._panned = 0.0  # pixels that no column has moved by yet

    @property
    def looks_back(self) -> bool:
        """Whether what was read before needs the room."""
        return self.session.influence.shown

    @property
    def columns(self) -> int:
        return max(4, int(self._room) // self.cell)

    @property
    def _room(self) -> float:
        return self.size.width() - LEFT - RIGHT

    def settle_columns(self) -> None:
        """For another size or text."""
        self.cell = min(max(CELL, int(self._room) // (self.session.steps + 1)), _WIDEST)
        self.turn()

    def turn(self) -> None:
        """Choose the stretch that is shown: positions `first` to `last`."""
        session = self.session
        scroll, shown = session.view.scroll, (session.position, self.columns, session.steps)
        if scroll is not None:
            self.first = min(scroll, self._last_first)
        elif self.looks_back:
            self.first = first_before(*shown, session.direction == "forward")
        else:
            self.first = first_column(*shown)
        self.last = min(session.steps, self.first + self.columns - 1)

    @property
    def _last_first(self) -> int:
        """The leftmost position where the end of the text is in sight."""
        return max(0, self.session.steps + 1 - self.columns)

    def x(self, position: int) -> float:
        return LEFT + (position - self.first) * self.cell

    def position_at(self, at: QPointF) -> int | None:
        position = self.first + int((at.x() - LEFT) // self.cell)
        return position if at.x() >= LEFT and self.first <= position <= self.last else None

    # Along the text ----------------------------------------------------------------------------

    def scroll_by(self, turns: float) -> None:
        """The wheel, along the text."""
        self._scroll_to(self.first - (round(turns * 3) or (1 if turns > 0 else -1)))

    def _scroll_to(self, first: int) -> None:
        first = min(max(0, first), self._last_first)
        if first != self.first:
            self.session.look(scroll=first)

    def pan(self, pixels: float) -> bool:
        """Whole columns; what is less is kept for the next time."""
        if self.session.trace is None or not self._last_first:
            return False
        self._panned += pixels
        columns = int(self._panned / self.cell)
        if columns:
            self._panned -= columns * self.cell
            self._scroll_to(self.first - columns)
        return True

    def pan_by_half(self, way: int) -> None:
        """Half of what is shown further: 1 to later characters, −1 to earlier ones."""
        self._scroll_to(self.first + way * max(1, self.columns // 2))

    def hold(self) -> None:
        """A press: what is in sight stays until `release`."""
        self.session.hold_text(self.first)

    def scrub(self, at: QPointF) -> None:
        """Go along with the pointer; beyond an end of the columns the text moves below it."""
        position = self.first + int((at.x() - LEFT) // self.cell)
        beyond = (position > self.last) - (position < self.first)
        self.session.hold_text(min(max(0, self.first + beyond), self._last_first))
        self.turn()
        self.session.go_to(min(max(self.first, position), self.last))

    def release(self) -> None:
        self.session.hold_text(None)

    def show_scroll(self) -> None:
        self.show_step()
