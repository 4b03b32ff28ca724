"""A row of the table of panes is a pane of the window, wherever it stands, however it starts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from keyboard import click, press
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QHoverEvent, QPainter
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QTabBar, QToolButton
from pytestqt.qtbot import QtBot
from samples import model, recording, text_for
from spoken import name

from gru_debugger import main_window as window_module
from gru_debugger.charts.theme import THEMES, Theme
from gru_debugger.core.trace import Trace
from gru_debugger.main_window import MainWindow
from gru_debugger.panes import registry
from gru_debugger.panes.pane import Pane
from gru_debugger.panes.registry import PaneSpec
from gru_debugger.panes.table import Tables
from gru_debugger.session.session import Session
from gru_debugger.session.view import CENTRES
from gru_debugger.window import docks as docks_module
from gru_debugger.window.palette import CommandPalette

OpenWindow = Callable[..., MainWindow]
AREAS = {
    "top": Qt.DockWidgetArea.TopDockWidgetArea,
    "bottom": Qt.DockWidgetArea.BottomDockWidgetArea,
    "left": Qt.DockWidgetArea.LeftDockWidgetArea,
    "right": Qt.DockWidgetArea.RightDockWidgetArea,
}


class Toy(Pane):
    takes_keys = True
    drawn = 0

    def show_step(self) -> None:
        self.drawn += 1

    def paint_overlay(self, p: QPainter) -> None:
        p.fillRect(QRectF(10, 10, 20, 20), self.theme.now)

    def words(self) -> str:
        return f"Step {self.session.position}."

    def numbers(self) -> Tables:
        return {}

    def rect_of(self, quantity: str, unit: int) -> QRectF | None:
        return QRectF(10, 10, 20, 20)


class ToyWidget(QLabel):
    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__("a widget")
        self.theme = theme

    def use_theme(self, theme: Theme) -> None:
        self.theme = theme


TOY = PaneSpec("toy", "Toy", f"{__name__}:Toy", (300, 200), "bottom", deep=(120, 100))
Add = Callable[..., MainWindow]


@pytest.fixture
def add(open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch) -> Iterator[Add]:
    def added(size: tuple[int, int] = (1600, 1000), **fields: Any) -> MainWindow:
        rows = (*registry.PANES, replace(TOY, **fields))
        monkeypatch.setattr(registry, "PANES", rows)
        return open_window(recording(model(), 40), 12, 5, size=size)

    return added  # type: ignore[return-value]


def panes_menu(window: MainWindow) -> dict[str, Any]:
    (menu,) = (menu for menu in window.findChildren(QMenu) if menu.title() == "Show panes")
    return {a.text(): a for a in menu.actions()}


@pytest.mark.parametrize("area", AREAS)
def test_it_stands_where_its_row_says(area: str, add: Add) -> None:
    window = add(area=area, deep=(260, 260))
    dock = window.docks["toy"]
    assert dock.isVisible()
    assert window.dockWidgetArea(dock) == AREAS[area]
    deep = dock.height() if area in ("top", "bottom") else dock.width()
    assert deep == 260 or area in ("top", "right"), "alone there it is as deep as it says"
    assert panes_menu(window)["Show the pane: Toy"].isChecked()
    assert window.views["toy"].accessibleName() == "Toy"
    assert window.rects_of("z", 0)["toy"].width() == 20


def test_below_its_neighbour(add: Add) -> None:
    window = add(area="right", neighbour="prediction", deep=None)
    above, dock = window.docks["prediction"], window.docks["toy"]
    assert dock.x() == above.x()
    assert dock.y() >= above.y() + above.height()


def test_closed_at_first(add: Add) -> None:
    window = add(start="closed")
    dock, toggle = window.docks["toy"], panes_menu(window)["Show the pane: Toy"]
    assert not dock.isVisible()
    assert not toggle.isChecked()
    toggle.trigger()
    QApplication.processEvents()
    assert dock.isVisible()
    assert toggle.isChecked()
    assert abs(dock.height() - 120) <= 1
    assert window.cell.pane.size.height() <= window.cell.height() + 1, "the picture stays whole"
    toggle.trigger()
    assert not dock.isVisible()
    toggle.trigger()
    (close,) = (b for b in dock.findChildren(QToolButton) if "Close" in name(b))
    click(close)
    assert not dock.isVisible()
    assert not toggle.isChecked()
    toggle.trigger()
    window.restore_layout()
    assert not dock.isVisible()
    assert not toggle.isChecked()


@pytest.mark.parametrize("size", [(1366, 768), (1600, 1000)], ids=str)
def test_it_opens_no_higher_than_leaves_the_picture_whole(size: Any, add: Add) -> None:
    window = add(size, start="closed", deep=(900, 900))
    strip = window.docks["strip"].height()
    window.docks.show("toy")
    QApplication.processEvents()
    assert window.docks["toy"].height() > 60
    assert window.docks["strip"].height() == strip
    assert window.cell.pane.size.height() <= window.cell.height() + 1


def test_from_then_on_its_height_is_the_user_s(add: Add) -> None:
    window = add(start="closed")
    window.docks.show("toy")
    window.resizeDocks([window.docks["toy"]], [180], Qt.Orientation.Vertical)
    QApplication.processEvents()
    high = window.docks["toy"].height()
    assert high > 150
    window.docks["toy"].close()
    window.docks.show("toy")
    QApplication.processEvents()
    assert window.docks["toy"].height() == high


def test_tabbed_at_first(add: Add) -> None:
    """Behind its neighbour, in the menu as one that is there; it comes to the front."""
    window = add(area="right", neighbour="prediction", start="tabbed", deep=None)
    dock = window.docks["toy"]
    assert dock in window.tabifiedDockWidgets(window.docks["prediction"])
    assert window.views["prediction"].in_sight
    assert not window.views["toy"].in_sight
    assert window.rects_of("z", 0).keys() == {"cell"}, "what lies behind shows nothing"
    toy: Any = window.views["toy"].pane
    drawn = toy.drawn
    press(window, "Right")
    assert toy.drawn == drawn, "it costs nothing"
    toggle = panes_menu(window)["Show the pane: Toy"]
    assert toggle.isChecked()
    window.docks.go_to("toy")
    QApplication.processEvents()
    assert window.views["toy"].in_sight
    assert not window.views["prediction"].in_sight
    assert toy.drawn > drawn, "it catches up"
    assert QApplication.focusWidget() is window.views["toy"]
    assert {bar.count() for bar in window.findChildren(QTabBar) if bar.isVisible()} == {2}
    window.restore_layout()
    QApplication.processEvents()
    assert window.views["prediction"].in_sight
    assert not window.views["toy"].in_sight


@pytest.mark.parametrize("start", ["closed", "tabbed", "open"])
def test_its_layout_is_kept(start: str, add: Add) -> None:
    neighbour = "prediction" if start == "tabbed" else ""
    window = add(area="right", neighbour=neighbour, start=start)
    window.docks.show("toy")
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, window.docks["toy"])
    window.docks["unit"].close()
    window.close()
    again = add()
    assert again.docks["toy"].isVisible()
    assert again.dockWidgetArea(again.docks["toy"]) == Qt.DockWidgetArea.LeftDockWidgetArea
    assert not again.docks["unit"].isVisible()
    assert not panes_menu(again)["Show the pane: Unit"].isChecked()


def test_a_layout_kept_before_it_was_there(open_window: OpenWindow, add: Add) -> None:
    """Of an earlier version of the program: the others stand as they did."""
    window = open_window(recording(model(), 40))
    window.docks["prediction"].close()
    window.close()
    again = add()
    assert not again.docks["prediction"].isVisible()
    assert again.docks["unit"].isVisible()
    again.restore_layout()
    assert again.docks["toy"].isVisible()
    assert again.dockWidgetArea(again.docks["toy"]) == AREAS["bottom"]


def test_it_is_told_of_steps_and_themes_and_found_by_the_palette(add: Add) -> None:
    window = add()
    view = window.views["toy"]
    press(window, "Right")
    assert view.in_words() == "Step 13."
    window.set_theme("dark")
    assert view.pane.theme is THEMES["dark"]
    window.actions_by_name["palette"].trigger()
    palette = QApplication.activePopupWidget()
    assert isinstance(palette, CommandPalette)
    titles = [entry.title for entry in palette._find("pane toy")]
    palette.close()
    assert {"Show the pane: Toy", "Go to the pane: Toy"} <= set(titles)


def test_a_widget_may_be_one(open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    row = replace(TOY, factory=f"{__name__}:ToyWidget", size=None)
    monkeypatch.setattr(docks_module, "WIDGETS", (*docks_module.WIDGETS, row))
    window = open_window(recording(model(), 40))
    widget = window.docks.widgets["toy"]
    assert isinstance(widget, ToyWidget)
    assert widget.isVisible()
    window.set_theme("dark")
    assert widget.theme is THEMES["dark"]
    assert "toy" not in window.views
    assert window.rects_of("z", 3).keys() == {"cell"}
    window.docks["toy"].close()
    window.restore_layout()
    assert widget.isVisible()


def test_the_window_names_no_pane() -> None:
    source = Path(window_module.__file__).read_text("utf-8")
    assert not [name for name in registry.pane_specs() if f'"{name}"' in source]


def test_pictures_of_it_are_offered(monkeypatch: pytest.MonkeyPatch, screen: object) -> None:
    from gru_debugger.exports import jobs, snapshots

    monkeypatch.setattr(registry, "PANES", (*registry.PANES, TOY))
    trace = recording(model(), 40)
    job = jobs.SnapshotJob(trace.model, trace, range(3, 4), Path(), "toy")
    image = snapshots.draw(job)
    assert image.width() == 300
    assert image.pixelColor(15, 15) == THEMES["light"].now


def test_every_row_s_neighbour_stands_before_it() -> None:
    rows = (*registry.PANES, *docks_module.WIDGETS)
    names = [row.name for row in rows]
    assert len(set(names)) == len(names)
    for i, row in enumerate(rows):
        assert not row.neighbour or row.neighbour in names[:i]
        assert row.start != "tabbed" or row.neighbour
    assert tuple(row.name for row in rows if row.area == "centre") == CENTRES


def test_a_point_is_a_point(add: Add) -> None:
    """The place that the window tells is the pane's own, moved to where the view stands."""
    window = add()
    view = window.views["toy"]
    corner = view.viewport().mapTo(window, view.viewport().rect().topLeft())
    assert window.rects_of("z", 0)["toy"].topLeft() == QPointF(corner) + QPointF(10, 10)


def test_docks_of_one_side_are_equally_high(open_window: OpenWindow) -> None:
    window = open_window(recording(model(), 40), 12, 5)
    both = "history", "memory"
    for each in both:
        window.docks.show(each)
        QApplication.processEvents()
    heights = [window.docks[each].height() for each in both]
    assert abs(heights[0] - heights[1]) <= 2
    assert min(heights) > 300


@pytest.mark.parametrize(("size", "places"), [((1366, 768), 1), ((1600, 1000), 2)], ids=str)
def test_where_there_is_too_little_height_they_share_it(
    size: Any, places: int, open_window: OpenWindow
) -> None:
    window = open_window(recording(model(), 40), 12, 5, size=size)
    names = "history", "similar", "memory"
    for each in names:
        window.docks.show(each)
        QApplication.processEvents()
    shared = {
        frozenset((dock, *window.tabifiedDockWidgets(dock)))
        for dock in (window.docks[each] for each in names)
    }
    assert len(shared) == places
    assert window.views["memory"].in_sight, "the one opened last is in front"
    assert window.docks["memory"].height() >= 300
    for each in names:
        window.docks.show(each)
        QApplication.processEvents()
        content = window.docks.content(each)
        assert window.docks[each].width() >= content.minimumSizeHint().width(), "nothing is cut"
    window.docks["memory"].close()
    window.docks.show("memory")
    assert window.docks["memory"] in frozenset().union(*(one for one in shared if len(one) > 1))


def test_no_dock_makes_the_window_larger(open_window: OpenWindow) -> None:
    """As on a screen of 1600 x 1000 at 200 %."""
    window = open_window(recording(model(), 40), 12, 5, size=(800, 500))
    for each in window.docks:
        window.docks.show(each)
        QApplication.processEvents()
    assert (window.width(), window.height()) == (800, 500)


def test_the_curves_are_a_tab_beside_the_unit(open_window: OpenWindow) -> None:
    """Nothing else moves: the unit's dock keeps its size, and what is below it too."""
    window = open_window(recording(model(), 40), 12, 5)
    assert "curves" not in window.views, "nothing is made of what is closed"
    QApplication.processEvents()
    names = "unit", "prediction"
    before = [window.docks[name].size() for name in names]
    press(window, "B")
    QApplication.processEvents()
    assert window.docks["curves"] in window.tabifiedDockWidgets(window.docks["unit"])
    assert window.views["curves"].in_sight
    assert not window.views["unit"].in_sight
    after = [window.docks[name].size() for name in ("curves", "prediction")]
    assert [abs(a.height() - b.height()) < 30 for a, b in zip(before, after, strict=True)] == [
        True, True
    ]  # fmt: skip


def test_what_lies_behind_another_tab_looks_no_further(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    m = model()
    window = open_window(Trace(m, text_for(m, 9000)).finish(), 12, 5)
    press(window, "B")
    run = window.views["curves"].pane.run
    qtbot.waitUntil(lambda: run.complete)
    window.session.select_unit(6)
    window.docks["unit"].raise_()
    QApplication.processEvents()
    known = run.unit.known
    assert known < 9000
    for _ in range(20):
        QApplication.processEvents()
    assert run.unit.known == known
    press(window, "B")
    qtbot.waitUntil(lambda: run.complete)
    window.docks["unit"].raise_()
    QApplication.processEvents()
    window.session.open(recording(m, 40), 3, 5)
    assert run.unit is None, "what was open is let go of, unseen too"
    press(window, "B")
    assert run.unit.trace is recording(m, 40)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_tabs_show_which_is_chosen_and_pointed_at(open_window: OpenWindow, theme: str) -> None:
    """By a line below them: one in ink, one in grey, none below the others; each name is whole."""
    window = open_window(recording(model(), 12), 7, 3)
    window.resize(1366, 768)
    if theme == "dark":
        press(window, "Ctrl+Shift+T")
    for pane in ("curves", "ledger", "gradients"):
        window.docks.show(pane)
    QApplication.processEvents()
    (bar,) = (one for one in window.findChildren(QTabBar) if one.count() == 4 and one.isVisible())
    chosen = bar.currentIndex()
    pointed, *others = (at for at in range(4) if at != chosen)
    middle = QPointF(bar.tabRect(pointed).center())
    there = QPointF(bar.mapToGlobal(middle.toPoint()))
    QApplication.sendEvent(bar, QHoverEvent(QEvent.Type.HoverMove, middle, there, QPointF(-1, -1)))
    image, colors = bar.grab().toImage(), THEMES[theme]

    def below(at: int) -> str:
        rect = bar.tabRect(at)
        return image.pixelColor(rect.center().x(), rect.bottom()).name()

    assert below(chosen) == colors.text.name()
    assert below(pointed) == colors.role("outline").name()
    assert {below(at) for at in others} == {colors.side.name()}
    assert bar.tabRect(3).right() < bar.width()
    for at in range(4):
        font = QFont(bar.font())
        font.setWeight(QFont.Weight.DemiBold if at == chosen else QFont.Weight.Normal)
        assert QFontMetricsF(font).horizontalAdvance(bar.tabText(at)) + 15 < bar.tabRect(at).width()
