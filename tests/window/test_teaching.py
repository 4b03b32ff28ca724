"""Teaching: full screen, larger, by computations; afterwards all is as it was."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from keyboard import press
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from samples import model, recording

from gru_debugger.main_window import MainWindow

OpenWindow = Callable[..., MainWindow]
STEP, UNIT = 7, 5


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window(recording(model(), 12), STEP, UNIT, size=(1200, 800))


def sizes(window: MainWindow) -> dict[str, tuple[int, int, int, int]]:
    """Where each dock is, and the centre; of what is closed, nothing."""
    there = {name: dock for name, dock in window.docks.items() if dock.isVisible()}
    rects = {name: dock.geometry() for name, dock in there.items()} | {
        "centre": window.cell.geometry(), "window": window.geometry()
    }  # fmt: skip
    return {name: (r.x(), r.y(), r.width(), r.height()) for name, r in rects.items()}


@pytest.mark.parametrize("key", ["Ctrl+F11", "Esc"])
def test_it_fills_the_screen_and_leaves_all_as_it_was(key: str, window: MainWindow) -> None:
    session, before = window.session, sizes(window)
    view, sheet = session.view, QApplication.instance().styleSheet()  # type: ignore[union-attr]
    press(window, "Ctrl+F11")
    assert window.isFullScreen()
    assert sizes(window) != before
    assert window.actions_by_name["teaching"].isChecked()
    assert (session.position, session.view) == (STEP, view)
    assert sizes(window).keys() == before.keys(), "the same docks"
    press(window, key)
    QApplication.processEvents()
    assert not window.isFullScreen()
    assert sizes(window) == before
    assert QApplication.instance().styleSheet() == sheet  # type: ignore[union-attr]
    assert not window.actions_by_name["teaching"].isChecked()
    assert (session.position, session.view, session.speed) == (STEP, view, 5)


def test_docks_are_as_they_were_where_no_window_is_ever_as_large_as_the_screen(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    """Without a window manager nothing is resized, and only the bars' heights change."""
    monkeypatch.setattr(MainWindow, "setWindowState", lambda *state: None)
    window = open_window(recording(model(), 12), STEP, UNIT, size=(1500, 900))
    before = sizes(window)
    press(window, "Ctrl+F11")
    press(window, "Esc")
    qtbot.waitUntil(lambda: sizes(window) == before)


@pytest.mark.parametrize(
    ("size", "larger"),
    [((1280, 720), 1), ((1366, 768), 1), ((1600, 1000), 1.17), ((1920, 1080), 1.25)],
)
def test_it_is_larger_by_what_the_window_has_room_for(
    size: tuple[int, int], larger: float, open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it is where no window is ever as large as the screen; the result stays in sight."""
    monkeypatch.setattr(MainWindow, "setWindowState", lambda *state: None)
    window = open_window(recording(model(hidden=16), 12), STEP, UNIT, size=size)
    press(window, "Ctrl+2")
    view = window.docks.views["calculation"]
    whole = view.horizontalScrollBar().maximum() == 0
    before = sizes(window)
    press(window, "Ctrl+F11")
    QApplication.processEvents()
    assert view.transform().m11() == larger
    assert (view.horizontalScrollBar().maximum() == 0) == whole
    if larger == 1:
        assert sizes(window) == before
    bar = window.tool_bar
    assert all(one.width() >= one.sizeHint().width() for one in bar.centre if one.isVisible())
    if larger > 1:
        assert bar.file.width() >= min(bar.file.sizeHint().width(), 150)


def test_it_follows_the_window_to_the_screen(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    """Window systems give it that size when they like."""
    monkeypatch.setattr(MainWindow, "setWindowState", lambda *state: None)
    window = open_window(recording(model(), 12), STEP, UNIT, size=(1366, 768))
    press(window, "Ctrl+F11")
    letters = window.status.where._size
    assert window.cell.transform().m11() == 1
    window.resize(1920, 1080)
    qtbot.waitUntil(lambda: window.cell.transform().m11() == 1.25)
    assert window.status.where._size > letters
    press(window, "Esc")
    assert window.status.where._size == letters


def test_a_pane_is_larger_and_answers_where_it_is_drawn(window: MainWindow) -> None:
    def of_unit() -> tuple[float, float]:
        rect = window.cell.rect_of("z", UNIT)
        assert rect is not None
        return rect.width(), rect.center().x()

    plain_pane = window.cell.pane.size
    press(window, "Ctrl+F11")
    pane, view = window.cell.pane, window.cell
    assert pane.size.width() == pytest.approx(view.width() / 1.25, abs=1)
    assert plain_pane != pane.size
    rect = view.rect_of("z", 3)
    assert rect is not None
    QTest.mouseClick(
        view.viewport(), Qt.MouseButton.LeftButton, pos=rect.center().toPoint()
    )  # fmt: skip
    assert (window.session.unit, window.session.view.quantity) == (3, "z")
    inner = pane.rect_of("z", 3)
    assert inner is not None
    assert rect.width() == pytest.approx(1.25 * inner.width())
    assert view.mapToScene(QPoint(0, 0)) == QPointF(0, 0)
    assert of_unit()[0] > 0


def test_type_is_larger_in_bars_too_and_is_painted_sharp(window: MainWindow) -> None:
    high = window.status.fontMetrics().height()
    press(window, "Ctrl+F11")
    assert window.status.fontMetrics().height() > high
    window.cell.grab()
    kept = window.cell.pane._background._pixels or window.cell.pane._standing._pixels
    assert kept is not None
    assert kept.devicePixelRatio() == pytest.approx(1.25)


def test_playing_shows_each_computation(window: MainWindow, qtbot: QtBot) -> None:
    session = window.session
    press(window, "Ctrl+F11")
    assert session.speed == 1
    session.set_speed(50)
    seen: list[tuple[int, str]] = []
    session.position_changed.connect(lambda: seen.append((session.position, session.computation)))
    session.go_to(10)
    seen.clear()
    press(window, "Space")
    qtbot.waitUntil(lambda: not session.playing)
    names = ["r", "z", "hidden_n", "reset_product", "n", "blend"]
    assert seen == [(t, name) for t in (11, 12) for name in names]
    press(window, "Ctrl+F11")
    session.set_speed(50)
    session.go_to(10)
    seen.clear()
    press(window, "Space")
    qtbot.waitUntil(lambda: not session.playing)
    assert seen == [(11, "blend"), (12, "blend")]


def test_escape_closes_a_line_first(window: MainWindow) -> None:
    press(window, "Ctrl+F11")
    press(window, "Ctrl+F")
    press(window, "Esc")
    assert window.isFullScreen()
    press(window, "Esc")
    assert not window.isFullScreen()


def test_what_was_opened_meanwhile_stays_open(window: MainWindow) -> None:
    press(window, "Ctrl+F11")
    window.docks.show("memory")
    window.docks["prediction"].close()
    memory = window.docks.views["memory"]
    assert memory.transform().m11() == 1.25
    press(window, "Esc")
    assert window.docks["memory"].isVisible()
    assert not window.docks["prediction"].isVisible()
    assert memory.transform().m11() == 1


def test_what_is_kept_for_the_next_start_is_the_usual_window(
    window: MainWindow, open_window: OpenWindow
) -> None:
    before = sizes(window)
    press(window, "Ctrl+F11")
    window.close()
    bare = QWidget()
    bare.restoreGeometry(window.settings.value("geometry"))
    assert (bare.width(), bare.height(), bare.isFullScreen()) == (1200, 800, False)
    bare.deleteLater()
    other = open_window(recording(model(), 12), STEP, UNIT, size=(1200, 800))
    assert not other.isFullScreen()
    assert sizes(other) | {"window": ()} == before | {"window": ()}
