"""Where docks are, as plain JSON, and docks put there: for sessions.

Not in Qt's own bytes, as the settings keep it: a session may be a stranger's, and of damaged bytes
Qt's reading crashes. What is wrong here is as if it were not said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow

AREAS = {
    "top": Qt.DockWidgetArea.TopDockWidgetArea,
    "bottom": Qt.DockWidgetArea.BottomDockWidgetArea,
    "left": Qt.DockWidgetArea.LeftDockWidgetArea,
    "right": Qt.DockWidgetArea.RightDockWidgetArea,
}
LEVEL = (AREAS["top"], AREAS["bottom"])  # where docks stand beside each other
ACROSS, DOWN = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
LOW = 860  # pixels; in a lower window what stands around the centre is smaller
VERY_LOW = 560  # pixels; in a lower one panes share a place that else stand above each other
_LARGEST = 20_000  # pixels

Docks = Mapping[str, QDockWidget]


@dataclass(frozen=True)
class _Place:
    """`tabbed`: the dock that it shares a place with; `front`: of these it is the one in sight.
    `below`: where docks stand beside each other, the one that it stands below all the same."""

    name: str
    area: str
    size: tuple[int, int]
    shown: bool = True
    front: bool = False
    tabbed: str = ""
    below: str = ""
    floating: tuple[int, int, int, int] | None = None


# Said --------------------------------------------------------------------------------------


def described(window: QMainWindow, docks: Docks) -> dict[str, Any]:
    """From the left and from the top, what is closed last."""
    first: dict[str, str] = {}  # of those that share a place, the first one
    places = []
    for name in sorted(docks, key=lambda name: _order(window, docks[name])):
        dock = docks[name]
        mates = [other for other in first if docks[other] in window.tabifiedDockWidgets(dock)]
        first[name] = first[mates[0]] if mates else name
        places.append(_said(window, name, dock, first[name]))
        if above := _above(window, dock, [docks[other] for other in first if other != name]):
            places[-1]["below"] = next(other for other in first if docks[other] is above)
    return {"docks": places}


def _said(window: QMainWindow, name: str, dock: QDockWidget, first: str) -> dict[str, Any]:
    area = next(word for word, one in AREAS.items() if one == window.dockWidgetArea(dock))
    said: dict[str, Any] = {"name": name, "area": area, "size": [dock.width(), dock.height()]}
    said["shown"] = _is_open(dock)
    if first != name:
        said["tabbed"] = first
    if _mates(window, dock):
        said["front"] = _in_sight(dock)
    if dock.isFloating():
        where = dock.geometry()
        said["floating"] = [where.x(), where.y(), where.width(), where.height()]
    return said


def _above(
    window: QMainWindow, dock: QDockWidget, others: list[QDockWidget]
) -> QDockWidget | None:
    """What it stands below, in an area where docks else stand beside each other."""
    area, there = window.dockWidgetArea(dock), dock.geometry()
    if area not in LEVEL or not _in_sight(dock) or dock.isFloating():
        return None
    over = (
        one for one in others
        if window.dockWidgetArea(one) == area and _in_sight(one) and not one.isFloating()
        and one.geometry().bottom() < there.top()
        and one.geometry().left() <= there.center().x() <= one.geometry().right()
    )  # fmt: skip
    return max(over, key=lambda one: one.geometry().bottom(), default=None)


def _mates(window: QMainWindow, dock: QDockWidget) -> Sequence[QDockWidget]:
    return window.tabifiedDockWidgets(dock)


def _is_open(dock: QDockWidget) -> bool:
    """Behind another too."""
    return dock.toggleViewAction().isChecked()


def _in_sight(dock: QDockWidget) -> bool:
    return not dock.visibleRegion().isEmpty()


def _order(window: QMainWindow, dock: QDockWidget) -> tuple[bool, int, int, bool]:
    """Where it stands, or that of its mates which is in sight; that one first."""
    seen = next((one for one in (dock, *_mates(window, dock)) if _in_sight(one)), dock)
    return not _is_open(dock), seen.y(), seen.x(), not _in_sight(dock)


# Done --------------------------------------------------------------------------------------


def arrange(window: QMainWindow, docks: Docks, content: Any) -> None:
    """Put docks where they are said to be; others stay."""
    places = list(_read(content, docks))
    for place in places:
        _put(window, docks, place)
    for place in places:
        if place.front:
            docks[place.name].raise_()
        if place.floating is not None:
            _float(window, docks[place.name], place.floating)
    _size(window, docks, [one for one in places if AREAS[one.area] in LEVEL], 0)
    _size(window, docks, [one for one in places if AREAS[one.area] not in LEVEL], 1)


def _read(content: Any, docks: Docks) -> Iterator[_Place]:
    """Each dock once."""
    said = content.get("docks") if isinstance(content, dict) else None
    left = {*docks}
    for one in said if isinstance(said, list) else ():
        name = one.get("name") if isinstance(one, dict) else None
        if not isinstance(name, str) or name not in left:
            continue
        size, area = _numbers(one.get("size"), 2), one.get("area")
        if size is None or not isinstance(area, str) or area not in AREAS:
            continue
        left.remove(name)

        yield _Place(
            name, area, (size[0], size[1]),
            one.get("shown") is not False, one.get("front") is True,
            _before(one.get("tabbed"), name, {*docks} - left),
            _before(one.get("below"), name, {*docks} - left),
            _rectangle(one.get("floating")),
        )  # fmt: skip


def _before(other: Any, name: str, said: set[str]) -> str:
    """Another dock, of those that were said already; else ""."""
    return other if isinstance(other, str) and other in said and other != name else ""


def _numbers(value: Any, count: int) -> list[int] | None:
    right = isinstance(value, list) and len(value) == count
    right = right and all(type(one) is int and abs(one) <= _LARGEST for one in value)
    return value if right else None


def _rectangle(value: Any) -> tuple[int, int, int, int] | None:
    found = _numbers(value, 4)
    return None if found is None else (found[0], found[1], found[2], found[3])


def _put(window: QMainWindow, docks: Docks, place: _Place) -> None:
    dock, mate, above = (docks.get(name) for name in (place.name, place.tabbed, place.below))
    assert dock is not None
    dock.setFloating(False)
    window.addDockWidget(AREAS[place.area], dock)
    if mate is not None and window.dockWidgetArea(mate) == AREAS[place.area]:
        window.tabifyDockWidget(mate, dock)
    elif above is not None and window.dockWidgetArea(above) == AREAS[place.area]:
        window.splitDockWidget(above, dock, DOWN)
    dock.setVisible(place.shown)


def _float(window: QMainWindow, dock: QDockWidget, where: tuple[int, int, int, int]) -> None:
    """On the screen that the window is on, and no larger than that."""
    room, (x, y, wide, high) = window.screen().availableGeometry(), where
    wide, high = max(80, min(wide, room.width())), max(60, min(high, room.height()))
    x = max(room.left(), min(x, room.left() + room.width() - wide))
    y = max(room.top(), min(y, room.top() + room.height() - high))
    dock.setFloating(True)
    dock.setGeometry(QRect(x, y, wide, high))


def _size(window: QMainWindow, docks: Docks, places: list[_Place], along: int) -> None:
    """Of those that stand in rows beside each other (`along` 0), or in columns (1)."""
    standing = [one for one in places if one.shown and not one.tabbed and one.floating is None]
    if standing:
        row = [one for one in standing if not one.below]
        first = {one.area: one for one in reversed(row)}.values()  # they share their depth
        lower = [one for one in standing if one.below]
        for way, some in ((along, row), (1 - along, [*first, *lower])):
            sizes = [max(1, one.size[way]) for one in some]
            window.resizeDocks([docks[one.name] for one in some], sizes, (ACROSS, DOWN)[way])
