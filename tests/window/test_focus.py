"""Tab goes through the controls in a sensible order, and a ring shows where it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from keyboard import click, press, tab_chain
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from samples import model, recording
from seeing import contrast

from gru_debugger.charts.theme import THEMES, Theme
from gru_debugger.main_window import MainWindow
from gru_debugger.window.export_dialog import ExportDialog
from gru_debugger.window.focus import WIDE, FocusRing
from gru_debugger.window.palette import CommandPalette
from gru_debugger.window.pane_view import PaneView

Pixels = NDArray[np.uint8]
REACH = 4  # pixels around a control that a ring may take


@pytest.fixture(params=["light", "dark"])
def window(request: pytest.FixtureRequest, open_window: Callable[..., MainWindow]) -> MainWindow:
    """With everything in it that Tab can visit."""
    made = open_window(recording(model(layers=2), 60), 30, 5, theme=request.param)
    made.message.error("Something did not work.")
    made.message.notice("There is something to do.", "Do it", lambda: None)
    press(made, "Ctrl+M")
    made.focus_stepping()
    QApplication.processEvents()
    return made


def grab(window: QWidget) -> Pixels:
    image = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    memory = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return memory[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def place(widget: QWidget) -> QRect:
    return QRect(widget.mapTo(widget.window(), QPoint(0, 0)), widget.size())


def part_of(window: MainWindow, widget: QWidget) -> str:
    parts: dict[str, QWidget] = {"message": window.message, "tool bar": window.tool_bar}
    parts |= {f"dock {name}": dock for name, dock in window.docks.items()}
    return next(name for name, part in parts.items() if part.isAncestorOf(widget))


def parts(window: MainWindow) -> list[str]:
    """Of the window, as Tab comes to them."""
    return list(dict.fromkeys(part_of(window, widget) for widget in tab_chain(window)))


def test_the_order_of_tab(window: MainWindow) -> None:
    chain = tab_chain(window)
    docks = ["dock strip", "dock unit", "dock prediction", "dock numbers"]
    ours = ["tool bar", "message", *docks]
    assert parts(window) == ours
    assert len(chain) == len(set(chain)), "each once"
    for part in ours[:2]:
        xs = [place(w).center() for w in chain if part_of(window, w) == part]
        assert [(p.y() // 20, p.x()) for p in xs] == sorted((p.y() // 20, p.x()) for p in xs), part


def test_back_again(window: MainWindow) -> None:
    chain = tab_chain(window)
    window.focus_stepping()
    back = []
    for _ in chain:
        press(window, "Shift+Tab")
        back.append(QApplication.focusWidget())
    assert back == chain[::-1]


def stops(window: MainWindow) -> Iterator[QWidget]:
    """Every control that Tab visits, the stepping view last, each while it has the focus."""
    window.focus_stepping()
    for _ in range(60):
        press(window, "Tab")
        focused = QApplication.focusWidget()
        assert focused is not None
        yield focused
        if focused is window.cell:
            return


def test_every_stop_has_a_ring(window: MainWindow) -> None:
    """Seen against what is around it and what it surrounds; nothing else changes."""
    window.focus_stepping()
    QApplication.processEvents()
    calm = grab(window)
    theme = THEMES[window.theme.name]
    visited = 0
    for widget in stops(window):
        visited += 1
        found, area = grab(window), place(widget)
        changed = (found != calm).any(axis=2)
        outside = changed.copy()
        around = area.adjusted(-REACH, -REACH, REACH, REACH) & window.rect()
        outside[around.top() : around.bottom() + 1, around.left() : around.right() + 1] = False
        assert not outside.any(), f"{widget}: something moved"
        ink = theme.muted if isinstance(widget, PaneView) else theme.text
        ring = (found == ink.getRgb()[:3]).all(axis=2) & changed
        y, x = area.center().y(), area.center().x()
        for line in (ring[y, :x], ring[y, x:], ring[:y, x], ring[y:, x]):
            assert line.sum() >= WIDE, f"{widget}: a side of the ring is missing"
        assert contrast(ink, theme.panel) > 4.5, "and its own ground is around it"
    assert visited > 15
    window.focus_stepping()
    QApplication.processEvents()
    assert np.array_equal(grab(window), calm)


def test_a_click_leaves_the_stepping_view_calm(window: MainWindow) -> None:
    tab_chain(window)
    (ring,) = window.findChildren(FocusRing)
    assert ring.isVisible()
    click(window.cell)
    assert QApplication.focusWidget() is window.cell
    assert not ring.isVisible()
    press(window, "Tab")
    assert ring.isVisible()


def test_the_ring_follows_what_it_surrounds(window: MainWindow) -> None:
    press(window, "Tab", "Tab", "Tab")
    (ring,) = window.findChildren(FocusRing)
    focused = QApplication.focusWidget()
    assert isinstance(focused, QWidget)
    before = ring.geometry()
    window.resize(800, 800)
    window.message.clear()
    QApplication.processEvents()
    focused = QApplication.focusWidget()
    assert ring.geometry() != before or not ring.isVisible()
    if ring.isVisible():
        assert ring.geometry().contains(place(focused))


def test_a_ring_in_dialogs_too(window: MainWindow, qtbot: QtBot) -> None:
    dialog = ExportDialog(window, [("cell", "Cell")], 1, 60)
    dialog.setModal(True)
    dialog.show()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is dialog)
    for kind in (QPushButton, QLineEdit):
        control = next(w for w in dialog.findChildren(kind) if w.isEnabled())
        control.setFocus(Qt.FocusReason.TabFocusReason)
        assert QApplication.focusWidget() is control
        (ring,) = dialog.findChildren(FocusRing)
        assert ring.isVisible()
        assert ring.geometry().contains(place(control))
    dialog.close()
    dialog.deleteLater()


def test_the_order_follows_the_docks(window: MainWindow, qtbot: QtBot) -> None:
    """The text moved below the others; the unit's calculation floats, and has its own order."""
    window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, window.docks["strip"])
    QApplication.processEvents()
    assert parts(window)[2:] == [f"dock {n}" for n in ("unit", "prediction", "numbers", "strip")]
    window.docks["unit"].setFloating(True)
    qtbot.waitUntil(lambda: window.docks["unit"].window() is window.docks["unit"])
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    QApplication.processEvents()
    assert parts(window)[2:] == [f"dock {n}" for n in ("prediction", "numbers", "strip")]


def outlined(image: QImage, row: QRect, theme: Theme) -> bool:
    """Whether a row has a line around it that is told from the ground."""
    return any(
        image.pixelColor(row.center().x(), y) == theme.outline
        for y in range(row.top(), row.top() + 3)
    )


def test_the_current_entry_of_a_menu_is_seen(window: MainWindow) -> None:
    """By more than a tint."""
    theme = THEMES[window.theme.name]
    for menu in (window.menus.opening, *window.menuBar().findChildren(QMenu)):
        menu.popup(QPoint(10, 10))
        for action in (a for a in menu.actions() if a.isEnabled() and not a.isSeparator()):
            menu.setActiveAction(action)
            image = menu.grab().toImage()
            found = [a for a in menu.actions() if outlined(image, menu.actionGeometry(a), theme)]
            assert found == [action], action.text()
        menu.close()
    window.menuBar().setFocus(Qt.FocusReason.MenuBarFocusReason)
    assert not any(ring.isVisible() for ring in window.findChildren(FocusRing))


def test_the_current_row_of_what_drops_down_is_seen(window: MainWindow, qtbot: QtBot) -> None:
    theme = THEMES[window.theme.name]
    box = window.tool_bar.layer
    box.showPopup()
    qtbot.waitUntil(box.view().isVisible)
    rows = [box.view().visualRect(box.model().index(i, 0)) for i in range(box.count())]
    image = box.view().viewport().grab().toImage()
    assert [outlined(image, row, theme) for row in rows] == [True] + [False] * (len(rows) - 1)
    box.hidePopup()


def test_the_current_row_of_the_palette_is_seen(window: MainWindow) -> None:
    theme = THEMES[window.theme.name]
    press(window, "Ctrl+Shift+P")
    palette = QApplication.activePopupWidget()
    assert isinstance(palette, CommandPalette)
    tree = palette.list
    image = tree.viewport().grab().toImage()
    shown = [tree.visualItemRect(tree.topLevelItem(i)) for i in range(4)]
    assert [outlined(image, row, theme) for row in shown] == [True, False, False, False]
    palette.close()


def test_what_pops_up_has_no_ring(window: MainWindow) -> None:
    press(window, "Ctrl+Shift+P")
    palette = QApplication.activePopupWidget()
    assert palette is not None
    assert not palette.findChildren(FocusRing)
    palette.close()
