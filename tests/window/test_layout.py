"""Docks, themes and what is kept of them until the next start."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from keyboard import click, press
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QTabBar, QToolButton
from pytestqt.qtbot import QtBot
from samples import model, recording

from gru_debugger.charts.theme import THEMES
from gru_debugger.main_window import MainWindow
from gru_debugger.panes.registry import PANES
from gru_debugger.panes.unit import UnitPane
from gru_debugger.session.marks import Lane, Marks
from gru_debugger.session.session import Session
from gru_debugger.session.view import FOLDS
from gru_debugger.window.docks import LAYOUT_VERSION, WIDGETS
from gru_debugger.window.palette import CommandPalette

OpenWindow = Callable[..., MainWindow]
SPECS = [spec for spec in (*PANES, *WIDGETS) if spec.area not in ("none", "centre")]
DOCKS = {spec.name for spec in SPECS if spec.start == "open"}


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window(recording(model(), 40), 12, 5)


def arrangement(window: MainWindow) -> dict[str, tuple[object, ...]]:
    return {
        name: (window.dockWidgetArea(dock), dock.isVisible(), dock.isFloating())
        for name, dock in window.docks.items()
    }


def open_ones(window: MainWindow) -> set[str]:
    return {name for name, dock in window.docks.items() if dock.isVisible()}


def reopen(window: MainWindow, open_window: OpenWindow) -> MainWindow:
    window.close()
    return open_window(recording(model(), 40))


def test_docks_can_be_closed_moved_and_floated(window: MainWindow) -> None:
    assert set(window.docks) == {spec.name for spec in SPECS}
    assert {"strip", "unit", "prediction"} <= DOCKS
    features = QDockWidget.DockWidgetFeature
    for dock in window.docks.values():
        needed = features.DockWidgetClosable | features.DockWidgetMovable
        assert dock.features() & needed == needed
        assert dock.features() & features.DockWidgetFloatable
        assert dock.objectName()
    assert open_ones(window) == DOCKS


@pytest.mark.parametrize("name", sorted(DOCKS))
def test_a_dock_closes_and_comes_back(name: str, window: MainWindow) -> None:
    dock = window.docks[name]
    (close,) = dock.titleBarWidget().findChildren(QToolButton)
    click(close)
    assert not dock.isVisible()
    assert QApplication.focusWidget() is window.cell
    press(window, "Right")
    assert window.session.position == 13
    dock.toggleViewAction().trigger()
    assert dock.isVisible()
    dock.close()
    window.actions_by_name["restore_layout"].trigger()
    assert dock.isVisible()


def test_restoring_the_layout_brings_hidden_rows_back(window: MainWindow) -> None:
    rows = [row for row in window.cell.pane._rows() if row.slot.fold]  # type: ignore[attr-defined]
    window.session.look(folded=FOLDS)
    window.actions_by_name["restore_layout"].trigger()
    assert not window.session.view.folded
    shown = window.cell.pane.shown_rows()  # type: ignore[attr-defined]
    assert all(row in shown for row in rows)


def test_the_layout_is_kept_between_runs(window: MainWindow, open_window: OpenWindow) -> None:
    window.docks["prediction"].close()
    window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, window.docks["strip"])
    expected = arrangement(window)
    again = reopen(window, open_window)
    assert arrangement(again) == expected
    assert not again.docks["prediction"].isVisible()
    again.restore_layout()
    assert open_ones(again) == DOCKS
    area = again.dockWidgetArea(again.docks["strip"])
    assert area == Qt.DockWidgetArea.TopDockWidgetArea


def test_lanes_leave_no_room_behind(window: MainWindow, open_window: OpenWindow) -> None:
    """Else the text would be higher with each start."""
    before = window.docks["strip"].height()
    window.session.mark(Marks(lanes=(Lane("h[1]"), Lane("z[2]"), Lane("r[3]"))))
    QApplication.processEvents()
    assert window.docks["strip"].height() > before
    again = reopen(window, open_window)
    assert again.docks["strip"].height() == before


def test_a_window_that_was_never_shown_keeps_no_layout(
    window: MainWindow, open_window: OpenWindow
) -> None:
    """As where a signal ends the program while it asks for a vocabulary."""
    expected = {name: dock.size() for name, dock in window.docks.items()}
    window.close()
    for kept in ("layout", "geometry"):
        window.settings.remove(kept)
    unseen = MainWindow(Session(), window.settings)
    unseen.close()
    unseen.deleteLater()
    again = open_window(recording(model(), 40))
    assert {name: dock.size() for name, dock in again.docks.items()} == expected


def test_a_layout_of_another_version_is_not_restored(
    window: MainWindow, open_window: OpenWindow
) -> None:
    expected = arrangement(window)
    window.docks["unit"].close()
    window.close()
    window.settings.setValue("layout", QMainWindow.saveState(window, LAYOUT_VERSION + 1))
    assert arrangement(open_window(recording(model(), 40))) == expected


@pytest.mark.parametrize("layout", [b"", b"nonsense", "a word", 7])
def test_broken_settings_are_no_hindrance(layout: object, open_window: OpenWindow) -> None:
    window = open_window(recording(model(), 40), layout=layout, geometry=layout, theme=str(layout))
    assert open_ones(window) == DOCKS


def test_editing_brings_a_closed_strip_back(window: MainWindow) -> None:
    window.docks["strip"].close()
    press(window, "Return")
    assert window.text.editor.isVisible()
    press(window, "Escape")
    assert window.views["strip"].isVisible()


# Themes ------------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_theme_recolours_everything(theme: str, window: MainWindow) -> None:
    window.set_theme("dark" if theme == "light" else "light")
    window.set_theme(theme)
    colors = THEMES[theme]
    for name, view in window.views.items():
        role = colors.role(view.pane.background)
        image = view.grab().toImage()
        assert image.pixelColor(QPoint(3, 3)) == role, name
        assert view.pane.theme is colors
    bar = window.tool_bar.grab().toImage()
    assert bar.pixelColor(4, 4) == colors.panel
    assert window.menuBar().grab().toImage().pixelColor(2, 2) == colors.panel


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_tab_in_front_is_told_from_the_others(theme: str, window: MainWindow) -> None:
    window.set_theme(theme)
    press(window, "B")
    QApplication.processEvents()
    (bar,) = [bar for bar in window.findChildren(QTabBar) if not bar.visibleRegion().isEmpty()]
    image, front = bar.grab().toImage(), bar.currentIndex()
    ends = [image.pixelColor(bar.tabRect(i).center().x(), bar.tabRect(i).bottom() - 1)
            for i in range(bar.count())]  # fmt: skip
    assert bar.tabText(front) == "Curves"
    assert [color == THEMES[theme].text for color in ends] == [i == front for i in range(len(ends))]


def test_the_theme_is_kept_between_runs(window: MainWindow, open_window: OpenWindow) -> None:
    press(window, "Ctrl+Shift+T")
    assert window.theme.name == "dark"
    again = reopen(window, open_window)
    assert again.theme.name == "dark"
    again.actions_by_name["theme"].trigger()
    assert again.theme.name == "light"


def test_the_theme_follows_the_system_if_it_is_to(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    class System:
        scheme = Qt.ColorScheme.Dark

        def colorScheme(self) -> Qt.ColorScheme:
            return self.scheme

    changed = QApplication.styleHints().colorSchemeChanged
    monkeypatch.setattr(QApplication, "styleHints", System)
    changed.emit(System.scheme)
    assert window.theme.name == "light", "it was chosen"
    window.actions_by_name["system_theme"].trigger()
    assert window.theme.name == "dark"
    System.scheme = Qt.ColorScheme.Light
    changed.emit(System.scheme)
    assert window.theme.name == "light"
    System.scheme = Qt.ColorScheme.Dark
    changed.emit(System.scheme)
    assert window.theme.name == "dark"


# What is hidden costs nothing --------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(DOCKS))
def test_a_hidden_pane_is_left_alone(
    name: str, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    pane = window.views[name].pane
    told: list[str] = []
    methods = ("show_step", "show_unit", "renew", "show_recording")
    for method in (*methods, "repaint_step", "repaint_standing"):
        original = getattr(type(pane), method)

        def spy(*arguments: object, method: str = method, original: object = original) -> None:
            told.append(method)
            original(*arguments)  # type: ignore[operator]

        monkeypatch.setattr(type(pane), method, spy)
    press(window, "Right")
    assert told, "while it is visible it is told"
    window.docks[name].close()
    QApplication.processEvents()
    told.clear()
    press(window, "Right", "F11", "]", "Ctrl+Shift+N", "End")
    assert not told
    window.docks[name].show()
    QApplication.processEvents()
    assert "show_step" in told, "it catches up when it comes back"


# Sizes -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("width", "height"), [(1600, 1000), (1366, 768), (1024, 700), (2560, 1440)]
)
def test_the_window_takes_the_size_it_is_given(
    width: int, height: int, open_window: OpenWindow
) -> None:
    window = open_window(recording(model(), 40), 12, 5, size=(width, height))
    assert (window.width(), window.height()) == (width, height)
    for view in window.views.values():
        place = view.mapTo(window, QPoint(0, 0))
        assert 0 <= place.x() <= place.x() + view.width() <= width
        assert 0 <= place.y() <= place.y() + view.height() <= height
        assert view.width() >= 200
    cell = window.cell
    assert cell.pane.sceneRect().width() <= cell.width()
    assert cell.pane.sceneRect().height() <= cell.height() + 1, "all rows are in sight"


@pytest.mark.parametrize("size", [(900, 600), (800, 500), (640, 480), (420, 340)], ids=str)
def test_what_has_no_room_is_reached_by_scrolling(
    size: tuple[int, int], open_window: OpenWindow
) -> None:
    """Every pane's picture ends in its view, or at the end of a scroll bar; none lies over it."""
    window = open_window(recording(model(symbols=29), 40), 12, 5, size=size)
    assert (window.width(), window.height()) == size
    for name, view in window.views.items():
        if not view.in_sight:  # what has never been is not laid out
            window.docks.show(name)
            QApplication.processEvents()
        scene, area = view.pane.sceneRect(), view.viewport()
        for bar, picture, room in (
            (view.horizontalScrollBar(), scene.width(), area.width()),
            (view.verticalScrollBar(), scene.height(), area.height()),
        ):
            assert picture <= room + 1 or bar.isVisible(), name
            bar.setValue(bar.maximum())
            assert picture <= room + bar.value() + 1, name
        assert scene.width() >= view.pane.least_width


def test_lanes_and_an_edit_leave_three_terms_and_the_rank(open_window: OpenWindow) -> None:
    window = open_window(recording(model(), 40), 12, 5, size=(1366, 768))
    window.files.recordings.set_edits("r[5] = 1")
    window.session.mark(Marks(lanes=tuple(map(Lane, ("h[5]", "surprise", "rank")))))
    for _ in range(3):
        QApplication.processEvents()
    prediction, unit = window.views["prediction"], window.views["unit"].pane
    assert prediction.pane.size.height() <= prediction.height() + 1, "down to the rank"
    assert isinstance(unit, UnitPane)
    frame = window.session.frame
    assert frame is not None
    assert len(unit.list.shown(frame.step)) > 3, "and what the other terms sum up to"


def test_in_a_very_low_window_the_sentence_is_whole(open_window: OpenWindow) -> None:
    """What else would stand below it lies behind."""
    window = open_window(recording(model(), 40), 12, 5, size=(800, 500))
    view = window.views["unit"]
    assert isinstance(view.pane, UnitPane)
    assert view.in_sight
    assert view.pane.laid.sentence.bottom() <= view.height()
    assert not window.views["prediction"].in_sight


@pytest.mark.parametrize("size", [(800, 420), (640, 400)], ids=str)
def test_the_selected_value_s_chart_comes_into_sight(
    size: tuple[int, int], open_window: OpenWindow
) -> None:
    window = open_window(recording(model(), 40), 12, 5, size=size)
    view = window.cell
    for quantity in ("h", "z", "h_prev", "n"):
        window.session.select_value(quantity, 5)
        QApplication.processEvents()
        (chart,) = [row.rect for row in view.pane.shown_rows() if row.selected]  # type: ignore[attr-defined]
        bar = view.verticalScrollBar()
        assert bar.value() <= chart.top()
        assert chart.bottom() <= bar.value() + view.viewport().height()
        assert (view.pane.size.height() > view.height() + 1) is bar.isVisible()


@pytest.mark.parametrize("height", range(430, 1001, 30))
def test_what_a_low_window_hides_is_told(height: int, open_window: OpenWindow) -> None:
    """In the menus and in the palette, and only while it is so."""
    window = open_window(recording(model(), 40), 12, 5, size=(1366, height))
    actions, pane = window.actions_by_name, window.cell.pane
    shown = {row.slot.fold for row in pane.shown_rows()}  # type: ignore[attr-defined]
    said = {}
    for rows in FOLDS:
        action, why = actions[f"fold_{rows}"], f"The window is too low for the {rows}"
        said[rows] = action.toolTip() == why
        assert said[rows] is (rows not in shown) is not action.isEnabled()
        assert (f"(the {why[4:]})" in action.text()) is said[rows]
    button = actions["contributions"]
    assert button.isEnabled() is ("weights" in shown)
    assert ("too low for the weights" in button.toolTip()) is said["weights"]
    window.actions_by_name["palette"].trigger()
    palette = QApplication.activePopupWidget()
    assert isinstance(palette, CommandPalette)
    found = [e for e in palette._find("hide the weights") if e.title.startswith("Hide the weights")]
    assert [e.enabled for e in found] == [not said["weights"]]
    assert ("too low" in found[0].title) is said["weights"]
    palette.close()
    actions["numbers"].trigger()
    assert window.docks["numbers"].isVisible()
    assert button.isEnabled(), "the table has contributions too"
    window.docks["numbers"].close()
    QApplication.processEvents()
    assert button.isEnabled() is ("weights" in shown)
    window.session.look(folded=("weights",))
    assert actions["fold_weights"].isEnabled(), "the user's own choice can be taken back"
    window.session.look(folded=())
    window.resize(1366, 1000)
    QApplication.processEvents()
    assert button.isEnabled()
    assert "low" not in button.toolTip() + actions["fold_weights"].text()


def test_resizing_again_and_again(window: MainWindow, qtbot: QtBot) -> None:
    for width, height in ((900, 600), (1600, 1000), (1366, 768), (1600, 1000)):
        window.resize(width, height)
        QApplication.processEvents()
    assert (window.cell.pane.size.width(), window.cell.pane.size.height()) == (
        window.cell.width(),
        window.cell.height(),
    )


def test_a_minimized_window_stops_playing(window: MainWindow) -> None:
    window.session.toggle_playing()
    window.showMinimized()
    QApplication.processEvents()
    assert not window.session.playing


@pytest.mark.parametrize("notation", ["pytorch", "course"])
@pytest.mark.parametrize("size", [(1366, 768), (1600, 974), (1600, 1000)], ids=str)
def test_all_equations_are_in_sight(
    size: tuple[int, int], notation: Any, open_window: OpenWindow
) -> None:
    window = open_window(recording(model(16), 20), 12, 6, size)
    window.session.look(notation=notation, all_equations=True)
    view = window.views["unit"]
    QApplication.processEvents()
    assert view.pane.laid.place.bottom <= view.viewport().height()  # type: ignore[attr-defined]
    assert window.views["prediction"].verticalScrollBar().maximum() == 0, "symbols too"


# In a session ------------------------------------------------------------------------------


def test_a_described_layout_comes_back(window: MainWindow, open_window: OpenWindow) -> None:
    docks = window.docks
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, docks["prediction"])
    docks.show("numbers")
    window.tabifyDockWidget(docks["unit"], docks["numbers"])
    docks["unit"].raise_()
    docks["strip"].setFloating(True)
    docks["strip"].setGeometry(100, 80, 900, 200)
    window.resizeDocks([docks["prediction"]], [260], Qt.Orientation.Horizontal)
    QApplication.processEvents()
    said, shown = json.loads(json.dumps(docks.described())), arrangement(window)
    window.restore_layout()
    assert arrangement(window) != shown
    window.docks.take(said)
    QApplication.processEvents()
    assert arrangement(window) == shown
    assert docks["strip"].geometry() == QRect(100, 80, 900, 200)
    assert docks["prediction"].width() == 260
    assert window.tabifiedDockWidgets(docks["unit"]) == [docks["numbers"]]
    assert docks.described() == said


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4)
ENTRY = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from([spec.name for spec in SPECS]) | SCALARS,
        "area": st.sampled_from(["top", "left", "bottom", "right"]) | SCALARS,
        "size": st.lists(st.integers(-9, 30_000), min_size=2, max_size=2) | SCALARS,
        "tabbed": st.sampled_from([spec.name for spec in SPECS]) | SCALARS,
        "shown": st.booleans() | SCALARS,
        "front": st.booleans() | SCALARS,
        "floating": st.lists(st.integers(-30_000, 30_000), min_size=4, max_size=4) | SCALARS,
    },
)


AWAY = {"name": "unit", "area": "left", "size": [9, 9], "floating": [-9999, -9999, 99, 99]}
HUGE = {"area": "left", "size": [20_000, 20_000]}


def test_a_strangers_layout_hides_nothing_of_the_centre(window: MainWindow) -> None:
    @given(st.fixed_dictionaries({"docks": st.lists(ENTRY, max_size=8) | SCALARS}) | SCALARS)
    @example({"docks": [AWAY]})
    @example({"docks": [{**HUGE, "name": spec.name} for spec in SPECS]})
    @settings(max_examples=40)
    def tried(content: object) -> None:
        window.docks.take(content)
        QApplication.processEvents()
        assert window.isVisible()
        assert min(window.cell.width(), window.cell.height()) >= 120
        room = window.screen().availableGeometry()
        for dock in window.docks.values():
            assert not dock.isFloating() or room.intersects(dock.frameGeometry())

    tried()
    window.restore_layout()
    assert open_ones(window) == DOCKS
