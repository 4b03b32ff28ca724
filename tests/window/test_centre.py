"""The centre's views of the same step: one is shown, it has the keys, others cost nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from keyboard import click, press
from PySide6.QtCore import QPoint, QPointF, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication
from samples import model, recording

from gru_debugger import actions, menus
from gru_debugger.core.cell import Array
from gru_debugger.exports import jobs, snapshots
from gru_debugger.main_window import MainWindow
from gru_debugger.panes import registry
from gru_debugger.panes.columns import ColumnsPane
from gru_debugger.panes.pane import Pane
from gru_debugger.panes.registry import PaneSpec
from gru_debugger.panes.table import Table, Tables
from gru_debugger.session import saved
from gru_debugger.session.view import CENTRES, View

OpenWindow = Callable[..., MainWindow]
TOY = PaneSpec("toy", "Toy", f"{__name__}:Toy", (300, 200), "centre")


class Toy(Pane):
    made = 0

    def __init__(self, *given: object) -> None:
        super().__init__(*given)  # type: ignore[arg-type]
        Toy.made += 1
        self.drawn = 0

    def show_step(self) -> None:
        self.drawn += 1
        super().show_step()

    def paint_background(self, p: QPainter) -> None:
        p.fillRect(self.sceneRect(), self.theme.now)

    def words(self) -> str:
        return f"The toy's step {self.session.position}."

    def numbers(self) -> Tables:
        return {"toys": self._table}

    def _table(self) -> Table:
        values: Array = self.trace.step(max(1, self.session.position)).h[:, None]
        return Table(("unit",), lambda i: (str(i),), ("h",), values)

    def rect_of(self, quantity: str, unit: int) -> QRectF | None:
        return QRectF(10, 10, 20, 20)


@pytest.fixture
def window(open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    monkeypatch.setitem(actions._CENTRE_KEYS, "toy", "Ctrl+9")
    rows = (*actions.ACTIONS, actions._centre(TOY))
    monkeypatch.setattr(registry, "PANES", (*registry.PANES, TOY))
    monkeypatch.setattr(menus, "ACTIONS", rows)
    monkeypatch.setattr(menus, "_OWN", (*menus._OWN, rows[-1]))
    Toy.made = 0
    return open_window(recording(model(), 40), 12, 5)  # type: ignore[return-value]


def test_it_is_made_when_it_is_shown_first(window: MainWindow) -> None:
    assert "toy" not in window.views
    assert Toy.made == 0
    press(window, "Ctrl+9")
    assert Toy.made == 1
    assert window.centre.shown is window.views["toy"]
    assert window.centre.shown.isVisible()
    assert not window.cell.isVisible()
    assert window.centre.shown.size() == window.centre.size()
    assert window.actions_by_name["centre_toy"].isChecked()
    assert not window.actions_by_name["centre_cell"].isChecked()
    press(window, "Ctrl+1", "Ctrl+9")
    assert Toy.made == 1
    press(window, "Ctrl+9")
    assert window.actions_by_name["centre_toy"].isChecked(), "pressed again it stays"


def test_the_shown_one_has_the_keys(window: MainWindow) -> None:
    for key, view in (("Ctrl+9", "toy"), ("Ctrl+1", "cell")):
        press(window, key)
        shown = window.views[view]
        assert QApplication.focusWidget() is shown
        at = window.session.position
        press(window, "Right", "Right", "Left", "]")
        assert window.session.position == at + 1
        window.tool_bar.position.setFocus()
        click(window.tool_bar.theme)
        assert QApplication.focusWidget() is shown, "a click gives it its keys back"
        click(shown.viewport(), QPoint(5, 5))
        press(window, "Left")
        assert window.session.position == at
    assert window.session.unit == 7


def test_what_is_not_shown_costs_nothing(window: MainWindow) -> None:
    press(window, "Ctrl+9", "Ctrl+1")
    toy = window.views["toy"].pane
    assert isinstance(toy, Toy)
    before = toy.drawn
    press(window, "Right", "Right", "]")
    window.session.toggle_notation()
    assert toy.drawn == before
    assert "toy" not in window.rects_of("h", 3)
    press(window, "Ctrl+9")
    assert toy.drawn > before
    assert "toy" in window.rects_of("h", 3)
    assert "cell" not in window.rects_of("h", 3)


def test_the_numbers_are_of_the_shown_one(window: MainWindow) -> None:
    press(window, "Ctrl+9", "Ctrl+M")
    numbers = window.numbers.table
    assert numbers.box.currentText() == "Toy: toys"
    assert numbers.words.toPlainText() == "The toy's step 12."
    press(window, "Ctrl+1")
    assert numbers.box.currentText() == "Cell: values"
    window.session.toggle_notation()
    assert numbers.box.currentText() == "Cell: values"


def test_rows_of_the_cell_are_refused_in_words(window: MainWindow) -> None:
    press(window, "Ctrl+9")
    action = window.actions_by_name["fold_sums"]
    assert not action.isEnabled()
    assert "Only the Cell view has sums" in action.toolTip()
    press(window, "Ctrl+1")
    assert action.isEnabled()


def test_it_stays_where_another_text_is_opened(window: MainWindow) -> None:
    press(window, "Ctrl+9")
    window.session.open(recording(model(6), 12), 4, 2)
    assert window.session.view.centre == "toy"
    assert window.centre.shown is window.views["toy"]


def test_the_windows_picture_has_it(window: MainWindow, tmp_path: Path) -> None:
    press(window, "Ctrl+9")
    trace = window.session.trace
    assert trace is not None
    job = jobs.SnapshotJob(
        trace.model, trace, range(3, 4), tmp_path, view=window.session.view.on_paper()
    )
    image = snapshots.draw(job)
    assert image.pixelColor(600, 600) == window.views["toy"].pane.theme.now


def test_the_table_names_those_of_the_view() -> None:
    assert tuple(spec.name for spec in registry.centre_specs()) == CENTRES
    assert set(CENTRES) <= actions._CENTRE_KEYS.keys()
    for name in CENTRES:
        assert saved._read_view({"centre": name}).centre == name
    assert saved._read_view({"centre": "unit"}) == View()


def test_a_click_on_a_matrix_s_caption_shows_contributions(open_window: OpenWindow) -> None:
    window = open_window(recording(model(), 40), 12, 5)
    pane, session = window.cell.pane, window.session
    assert isinstance(pane, ColumnsPane)
    for shown in (True, False):
        window.cell.grab()
        (link,) = next(row.links for row in pane.shown_rows() if row.links)
        assert pane.point(link.rect.center())
        assert ("Contributions" in pane.hover(link.rect.center())) is shown
        pane.press(link.rect.center())
        pane.drag(link.rect.center())
        assert session.view.contributions is shown
        assert session.unit == 5
    assert not pane.point(QPointF(2, 2))
