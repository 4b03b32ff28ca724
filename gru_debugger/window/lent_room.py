"""What docks lend to one that is opened: it is given back when that one is closed.

Qt gives a closed dock's pixels to what stands beside it, and shares a column that has become longer
anew: a map of two lines would be half the window high.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow

from gru_debugger.window.layout import ACROSS, DOWN, LEVEL

_MOST = 1 << 15  # pixels: beyond, Qt could not hold them
Sizes = dict[str, QSize]  # of the docks in sight, by their names
Sized = tuple[QDockWidget, QSize]


@dataclass(frozen=True)
class Lent:
    """What is remembered of a layout, for when that is there again."""

    before: Mapping[str, Sizes] = field(default_factory=dict)
    own: Sizes = field(default_factory=dict)


class LentRoom:
    """Of the docks of a window. Once the user has moved what parts two of them, `forget`: sizes
    are the user's then, and what is closed gives its own pixels to the centre alone."""

    def __init__(self, window: QMainWindow, docks: Mapping[str, QDockWidget]) -> None:
        self._window, self._docks = window, docks
        self._before: dict[str, Sizes] = {}  # by who was opened, the last one last
        self._own: dict[str, QSize] = {}  # of what was closed
        self.rests = True  # until the window is there

    def forget(self) -> None:
        self._before.clear()

    def kept(self) -> Lent:
        return Lent({name: dict(sizes) for name, sizes in self._before.items()}, dict(self._own))

    def take(self, lent: Lent) -> None:
        self._before = {name: dict(sizes) for name, sizes in lent.before.items()}
        self._own = dict(lent.own)

    def to_keep(self, given: Mapping[str, int]) -> str:
        """What is given back after the next start, which lanes have not `given` their room yet."""
        return json.dumps({
            name: {dock: (size.width(), size.height() - given.get(dock, 0))
                   for dock, size in sizes.items()}
            for name, sizes in self._before.items()
        })  # fmt: skip

    def begin(self, kept: object) -> None:
        """With what `to_keep` said, if it is that still."""
        try:
            read = json.loads(kept) if isinstance(kept, str) else {}
            self._before = {
                name: {dock: QSize(*(max(0, min(pixels, _MOST)) for pixels in size))
                       for dock, size in sizes.items()}
                for name, sizes in read.items() if name in self._docks
            }  # fmt: skip
        except (ValueError, TypeError, AttributeError):  # somebody else wrote it
            self.forget()

    def grow(self, name: str, more: int) -> None:
        """It has so many pixels more, which are no part of what is given back."""
        for sizes in self._before.values():
            if name in sizes:
                sizes[name] = QSize(sizes[name].width(), sizes[name].height() + more)

    @contextmanager
    def resting(self) -> Iterator[None]:
        """The window is arranged as a whole: nothing was lent, and nothing is remembered."""
        rests, self.rests = self.rests, True
        try:
            yield
        finally:
            self.rests = rests
            self.forget()
            self._own.clear()

    @contextmanager
    def opening(self, dock: QDockWidget) -> Iterator[None]:
        """It takes what it had when it was closed last, of the centre."""
        if self.rests:
            yield
            return
        name, before = self._name(dock), self._sizes()
        yield
        self._before[name] = before
        if name in self._own and self._window.dockWidgetArea(dock) in LEVEL:
            self._give({name: self._own[name]}, before, depths_alone=True)

    @contextmanager
    def closing(self, dock: QDockWidget) -> Iterator[None]:
        """Others are again as they were before it was opened, as far as that is known."""
        if self.rests or dock.isHidden() or dock.isFloating() or not self._window.isVisible():
            yield
            return
        name, now = self._name(dock), self._sizes()
        if name in now:
            self._own[name] = now[name]
        yield
        before = self._before.pop(name, {})  # what was found with it may have given its room back
        for later in self._before.values():  # as if it had not been there then
            if name in later:
                del later[name]
                later.update(before)
        self._give(before, now)

    def _give(self, sizes: Sizes, others: Sizes, depths_alone: bool = False) -> None:
        """`others`: of those whose size, or that of their place, is not among `sizes`."""
        placing = self._window.layout()
        assert placing is not None
        placing.activate()
        level, side = list[Sized](), list[Sized]()
        for name in self._sizes():
            dock = self._docks[name]
            if size := self._size(dock, sizes) or self._size(dock, others):
                is_level = self._window.dockWidgetArea(dock) in LEVEL
                (level if is_level else side).append((dock, size))
        self._resize(level, DOWN)
        if not depths_alone:
            self._resize(side, ACROSS)
            self._resize(side, DOWN)
        placing.activate()

    def _resize(self, docks: list[Sized], way: Qt.Orientation) -> None:
        lengths = [size.height() if way == DOWN else size.width() for _, size in docks]
        self._window.resizeDocks([dock for dock, _ in docks], lengths, way)

    def _size(self, dock: QDockWidget, sizes: Sizes) -> QSize | None:
        """Its own, or that of one with which it shares its place."""
        mates = self._window.tabifiedDockWidgets(dock)
        found = (sizes.get(self._name(one)) for one in (dock, *mates))
        return next((size for size in found if size is not None), None)

    def _sizes(self) -> Sizes:
        return {
            name: dock.size() for name, dock in self._docks.items()
            if dock.isVisible() and not dock.isFloating() and not dock.visibleRegion().isEmpty()
        }  # fmt: skip

    def _name(self, dock: QDockWidget) -> str:
        return dock.objectName().removeprefix("dock-")
