"""The panes that a tour's stop asks for: opened for as long as it is answered, no longer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gru_debugger.window.layout import LOW

if TYPE_CHECKING:
    from gru_debugger.main_window import MainWindow


class TourPanes:
    """What the user has opened stays open."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._opened: list[str] = []
        self._made_way = False  # the next character has

    def show(self, wanted: tuple[str, ...]) -> None:
        """These, and none any more that only the stop before wanted."""
        docks = self._window.docks
        for name in set(self._opened) - set(wanted):
            docks[name].close()
            self._opened.remove(name)
        for name in wanted:
            if docks[name].isHidden():
                docks.show(name)
                self._opened.append(name)
        self._make_way(bool(wanted) and self._window.height() < LOW)

    def _make_way(self, wanted: bool) -> None:
        """In a low window panes that came would leave the card three lines: what stands below it
        leaves for as long."""
        below = self._window.docks["prediction"]
        if wanted and below.isVisible():
            below.close()
            self._made_way = True
        elif not wanted and self._made_way:
            self._window.docks.show("prediction")
            self._made_way = False
