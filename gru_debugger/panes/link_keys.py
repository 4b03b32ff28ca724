"""A pane's links by keyboard: arrows choose one, Enter follows it, Esc lets go."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPen

from gru_debugger.panes.links import Link
from gru_debugger.panes.pane import Pane

_FAR = 10**6
_BY = {
    Qt.Key.Key_Down: 1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_Left: -1,
    Qt.Key.Key_Home: -_FAR, Qt.Key.Key_End: _FAR,
}  # fmt: skip
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class LinkKeys:
    """`links` are the pane's now, in the order of reading: the chosen one is counted, so that it
    stays where it is while what it says becomes another."""

    def __init__(self, pane: Pane, links: Callable[[], Sequence[Link]]) -> None:
        self._pane, self._links = pane, links
        self._at: int | None = None

    @property
    def chosen(self) -> Link | None:
        links = self._links() if self._at is not None else ()
        return links[min(self._at, len(links) - 1)] if links and self._at is not None else None

    def key(self, key: int) -> bool:
        """False where it means nothing: beyond the ends arrows are the view's, which scrolls."""
        links, by = self._links(), _BY.get(Qt.Key(key))
        if by is not None and links:
            before, last = self._at, len(links) - 1
            if before is None:
                self._at = 0 if by in (1, -_FAR) else last
            else:
                self._at = max(0, min(min(before, last) + by, last))
            self._pane.repaint_step()
            return self._at != before
        chosen = self.chosen
        if key in _ENTER and chosen is not None:
            chosen.follow()
            return True
        return key == Qt.Key.Key_Escape and self.let_go()

    def let_go(self) -> bool:
        """None is chosen any more; whether one was."""
        was, self._at = self._at is not None, None
        if was:
            self._pane.repaint_step()
        return was

    def paint(self, p: QPainter) -> None:
        """A frame around the chosen one, as the keyboard's ring is."""
        chosen = self.chosen
        if chosen is not None:
            p.setPen(QPen(self._pane.theme.text, 2))
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.drawRoundedRect(chosen.rect.adjusted(-1, 0, 1, 0), 3, 3)
