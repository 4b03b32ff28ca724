"""What a pane took of others when it was opened they have again when it is closed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from keyboard import click, press
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot
from samples import model, recording

from gru_debugger.main_window import MainWindow
from gru_debugger.session.marks import Lane, Marks
from gru_debugger.window.docks import WIDGETS
from gru_debugger.window.tour_card import TourCard

OpenWindow = Callable[..., MainWindow]
Sizes = dict[str, tuple[int, int]]
BOTH = pytest.mark.parametrize("size", [(1600, 1000), (1366, 768)], ids=str)


def settle() -> None:
    for _ in range(3):
        QApplication.processEvents()


def sizes(window: MainWindow) -> Sizes:
    """Of what is in sight, the centre too."""
    settle()
    shown = {name: dock for name, dock in window.docks.items() if dock.isVisible()}
    found = {name: (dock.width(), dock.height()) for name, dock in shown.items()
             if not dock.visibleRegion().isEmpty()}  # fmt: skip
    return {**found, "centre": (window.centre.width(), window.centre.height())}


def docks(window: MainWindow) -> Sizes:
    """The centre has the room of the first hint too, once a tour has been taken."""
    return {name: size for name, size in sizes(window).items() if name != "centre"}


def near(found: Sizes, expected: Sizes, by: int = 1) -> bool:
    """To a pixel, as Qt rounds."""
    return found.keys() == expected.keys() and all(
        abs(a - b) <= by for name, size in found.items()
        for a, b in zip(size, expected[name], strict=True)
    )  # fmt: skip


def opened(open_window: OpenWindow, size: tuple[int, int]) -> MainWindow:
    return open_window(recording(model(), 120), 90, 5, size=size)


@BOTH
def test_influence_gives_all_back(open_window: OpenWindow, size: tuple[int, int]) -> None:
    """I opens it, asks of the selected value, and closes it; twice, and by the cross."""
    window = opened(open_window, size)
    before, selected = sizes(window), window.session.view.of_selected
    for _ in range(2):
        press(window.cell, "I")
        assert window.docks["influence"].isVisible()
        taken = sizes(window)
        assert taken["centre"][1] < before["centre"][1]
        assert taken["strip"] == before["strip"]
        press(window.cell, "I", "I")
        assert not window.docks["influence"].isVisible()
        assert near(sizes(window), before)
        assert window.session.view.of_selected is selected
    press(window.cell, "I")
    assert near(sizes(window), taken), "as it was"
    for name in ("influence", "gradients"):
        title = window.docks[name].titleBarWidget()
        assert title is not None
        click(title.findChild(QToolButton))
        settle()
    assert near(sizes(window), before)


@BOTH
@pytest.mark.parametrize("order", [("influence", "gradients"), ("gradients", "influence")])
def test_in_any_order(
    open_window: OpenWindow, size: tuple[int, int], order: tuple[str, str]
) -> None:
    window = opened(open_window, size)
    before = sizes(window)
    press(window.cell, "I")
    for name in order:
        window.docks[name].close()
    assert near(sizes(window), before)


CLOSED = ["memory", "numbers", "log", "history", "similar", "ledger", "curves"]


@BOTH
@pytest.mark.parametrize("name", CLOSED)
def test_every_pane_does(open_window: OpenWindow, size: tuple[int, int], name: str) -> None:
    window = opened(open_window, size)
    before = sizes(window)
    for _ in range(2):
        window.docks.show(name)
        settle()
        assert not near(sizes(window), before)
        window.docks[name].close()
        assert near(sizes(window), before)


def test_one_opened_while_another_was(open_window: OpenWindow) -> None:
    """What it would have to give back to, had the other not been there."""
    window = opened(open_window, (1600, 1000))
    before = sizes(window)
    press(window.cell, "I")
    window.docks.show("numbers")
    press(window.cell, "I", "I")
    assert window.docks["numbers"].isVisible()
    window.docks["numbers"].close()
    assert near(sizes(window), before)


@BOTH
def test_the_next_start_knows_nothing_of_it(
    open_window: OpenWindow, size: tuple[int, int]
) -> None:
    window = opened(open_window, size)
    before = sizes(window)
    press(window.cell, "I", "I", "I")
    settle()
    window.close()
    again = opened(open_window, size)
    assert near(sizes(again), before)


@BOTH
@pytest.mark.parametrize("lanes", ["none", "before", "after"])
def test_the_next_start_gives_back_what_this_one_took(
    open_window: OpenWindow, size: tuple[int, int], lanes: str
) -> None:
    """And the one after it; what of it lanes were given they take along."""
    window = opened(open_window, size)
    before, marks = sizes(window), Marks(lanes=(Lane("z[9]"),))
    if lanes == "before":
        window.session.mark(marks)
        settle()
    press(window.cell, "I")
    if lanes == "after":
        window.session.mark(marks)
        settle()
    for _ in range(2):
        window.close()
        window = opened(open_window, size)
        assert window.docks["influence"].isVisible(), "it was open"
    press(window.cell, "I", "I")
    by = 2 if lanes == "before" else 1  # a column that was lower is shared by its shares then
    assert near(sizes(window), before, by)
    window.close()
    assert near(sizes(opened(open_window, size)), before, by)


@pytest.mark.parametrize("kept", [
    "", "{", "[]", '{"influence": 3}', '{"influence": {"unit": [1]}}', "nothing", 7, None,
    '{"influence": {"unit": ["a", 2]}}', '{"influence": {"unit": [99999999999, 2]}}',
    '{"nowhere": {"unit": [100, 200]}}',
])  # fmt: skip
def test_what_was_kept_of_it_may_be_anything(open_window: OpenWindow, kept: object) -> None:
    window = opened(open_window, (1600, 1000))
    before = sizes(window)
    press(window.cell, "I")
    window.close()
    window.settings.setValue("lent", kept)
    window = opened(open_window, (1600, 1000))
    press(window.cell, "I", "I")
    assert sizes(window)["strip"] == before["strip"]


def test_what_the_user_drags_is_the_user_s(open_window: OpenWindow) -> None:
    window = opened(open_window, (1600, 1000))
    before = sizes(window)
    press(window.cell, "I")
    settle()
    dock = window.docks["prediction"]
    between = dock.geometry().topLeft() + QPoint(dock.width() // 2, -1)
    assert window.isSeparator(between)
    handle, left = window.windowHandle(), Qt.MouseButton.LeftButton
    QTest.mousePress(handle, left, Qt.KeyboardModifier.NoModifier, between)
    QTest.mouseMove(handle, between + QPoint(0, -60))
    QTest.mouseRelease(handle, left, Qt.KeyboardModifier.NoModifier, between + QPoint(0, -60))
    settle()
    dragged = dock.height()
    press(window.cell, "I", "I")
    after = sizes(window)
    assert after["strip"] == before["strip"], "what is closed is the centre's all the same"
    assert after["prediction"][1] > dragged > before["prediction"][1] - 60
    assert after["prediction"][1] > before["prediction"][1] + 30


def test_restore_layout_restores_what_influence_took(open_window: OpenWindow) -> None:
    """Also of a layout that was kept spoilt, and what is opened then is as high as at first."""
    window = opened(open_window, (1600, 1000))
    before = sizes(window)
    press(window.cell, "I")
    first = sizes(window)
    docks = [window.docks[name] for name in ("strip", "influence")]
    window.resizeDocks(docks, [400, 120], Qt.Orientation.Vertical)
    settle()
    window.close()
    again = opened(open_window, (1600, 1000))
    assert not near(sizes(again), first)
    press(again, "Ctrl+K", "D")
    assert near(sizes(again), before)
    press(again.cell, "I")
    assert near(sizes(again), first)


def test_all_that_can_be_closed_at_first_is_tried() -> None:
    from gru_debugger.panes.registry import pane_specs

    closed = {spec.name for spec in (*pane_specs().values(), *WIDGETS)
              if spec.start == "closed" and spec.area != "none"}  # fmt: skip
    assert closed == {*CLOSED, "influence", "gradients", "tour"}


def left_at(window: MainWindow, stop: int, way: str, qtbot: QtBot) -> None:
    """The bundled tour is taken up at that stop, which is answered, and left."""
    window.settings.setValue("tour", ["bundled:gates", stop - 1])
    press(window, "Shift+F1")
    qtbot.waitUntil(lambda: window.tours.live is not None)
    assert window.tours.index == stop - 1
    if window.tours.asked:
        press(window, "S")
    settle()
    assert window.docks["influence"].isVisible() is (stop in (10, 11, 12))
    if way == "its button":
        card = window.docks.content("tour")
        assert isinstance(card, TourCard)
        click(card.leave)
    elif way == "its end":
        press(window, "PgDown")
    else:
        press(window, way)
    settle()
    assert not window.tours.under_way


@pytest.mark.parametrize(
    ("stop", "way"),
    [*((stop, way) for stop in (9, 10, 11, 12, 13) for way in ("Escape", "its button")),
     (13, "its end")],
)  # fmt: skip
def test_a_tour_takes_nothing_of_influence_s_room(
    open_window: OpenWindow, qtbot: QtBot, stop: int, way: str
) -> None:
    """Opened first after the tour it is as high as without one, closed, and at the next start."""

    def looked() -> list[Sizes]:
        found = [docks(window)]
        for keys in (["I"], ["I", "I"], ["I"]):
            press(window.cell, *keys)
            found.append(docks(window))
        return found

    window = opened(open_window, (1600, 1000))
    expected = looked()
    assert expected[1]["influence"][1] > 250
    window.close()
    window.settings.clear()
    window = opened(open_window, (1600, 1000))
    left_at(window, stop, way, qtbot)
    assert all(map(near, looked(), expected))
    window.close()
    window = opened(open_window, (1600, 1000))
    assert near(docks(window), expected[3])
    press(window.cell, "I", "I")
    assert docks(window)["strip"] == expected[0]["strip"]


def test_a_tour_forgets_nothing_of_what_was_lent(open_window: OpenWindow, qtbot: QtBot) -> None:
    """Opened before it, closed after it; and what was closed before has its own size after it."""
    window = opened(open_window, (1600, 1000))
    before = docks(window)
    press(window.cell, "I")
    taken = docks(window)
    left_at(window, 10, "Escape", qtbot)
    assert near(docks(window), taken)
    press(window.cell, "I", "I")
    assert near(docks(window), before)
    left_at(window, 10, "Escape", qtbot)
    assert near(docks(window), before)
    press(window.cell, "I")
    assert near(docks(window), taken)
