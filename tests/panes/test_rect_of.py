"""Where a value is drawn: a change of it, and of nothing else, changes pixels there alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from samples import model, recording, session_of

from gru_debugger.charts.theme import THEMES
from gru_debugger.core.quantities import CELL_QUANTITIES
from gru_debugger.core.trace import Trace
from gru_debugger.panes.pane import Pane
from gru_debugger.panes.registry import pane_specs
from gru_debugger.session.session import Session

pytestmark = pytest.mark.usefixtures("screen")

UNIT = 3  # not the selected one, whose number stands in more places
IN_CELL = [q for q in CELL_QUANTITIES if q not in ("x", "sum_n")]
SELECTED = 9


def made(name: str, session: Session, size: tuple[int, int] | None = None) -> Pane:
    pane = pane_specs()[name].make(session, THEMES["light"])
    assert isinstance(pane, Pane)
    pane.resize(*(size or pane_specs()[name].size))
    return pane


def pixels(pane: Pane) -> NDArray[np.uint32]:
    image = QImage(pane.sceneRect().size().toSize(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    pane.render(painter, QRectF(image.rect()), pane.sceneRect())
    painter.end()
    return np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1).copy()


def changed(pane: Pane, quantity: str, unit: int, value: float) -> QRectF:
    """The smallest rectangle around the pixels that change with the value."""
    frame = pane.session.frame
    assert frame is not None
    before, kept = pixels(pane), frame.step.values[quantity]
    frame.step.values[quantity] = kept.copy()
    frame.step.values[quantity][unit] = value
    pane.show_step()
    ys, xs = np.nonzero(pixels(pane) != before)
    frame.step.values[quantity] = kept
    pane.show_step()
    assert len(xs), "nothing has changed"
    return QRectF(xs.min(), ys.min(), xs.max() + 1 - xs.min(), ys.max() + 1 - ys.min())


def at_first(trace: Trace, selected: int = SELECTED) -> Session:
    """Nothing is marked as changed where there is no step before."""
    return session_of(trace, 1, selected)


@pytest.mark.parametrize("quantity", IN_CELL)
@pytest.mark.parametrize("reset", ["after", "before"])
@pytest.mark.parametrize("size", [(1260, 900), (820, 860)], ids=str)
def test_a_bar_is_where_it_is_said_to_be(quantity: str, reset: Any, size: tuple[int, int]) -> None:
    pane = made("cell", at_first(recording(model(reset=reset))), size)
    rect = pane.rect_of(quantity, UNIT)
    assert rect is not None
    assert pane.sceneRect().contains(rect)
    seen = changed(pane, quantity, UNIT, 0.43)
    twice = "hidden_n" if reset == "after" else "reset_product"  # its outline, or what W_hn meets
    if quantity in ("h", "h_prev", twice):
        assert seen.intersects(rect), "it is drawn in more places"
    else:
        assert rect.adjusted(-2, -2, 2, 2).contains(seen)


def test_of_those_that_show_it_the_chart_of_its_own() -> None:
    pane = made("cell", at_first(recording(model())))
    for quantity, title in (("h", "New state"), ("h_prev", "Old state"), ("take", "Blend")):
        column = next(c for c in pane.columns() if c.spec.title == title)  # type: ignore[attr-defined]
        rect = pane.rect_of(quantity, UNIT)
        assert rect is not None
        assert column.left <= rect.left() < column.left + pane.axis.width  # type: ignore[attr-defined]
        assert rect.top() >= column.top


@pytest.mark.parametrize("unit", [0, 7, 15, 255])
def test_every_unit_has_its_own_place(unit: int) -> None:
    """The parts of a chart lie side by side, and its unit is under the pointer there."""
    pane = made("cell", at_first(recording(model(256))))
    rect = pane.rect_of("z", unit)
    assert rect is not None
    assert pane.unit_under(rect.center()) in (unit - 1, unit, unit + 1)  # type: ignore[attr-defined]
    assert pane.rect_of("z", 256) is None
    assert pane.rect_of("z", -1) is None


def test_there_is_none_of_what_is_not_shown() -> None:
    session = at_first(recording(model(64)))
    pane = made("cell", session)
    assert pane.rect_of("x", UNIT) is None
    assert pane.rect_of("nonsense", UNIT) is None
    assert pane.rect_of("sum_z", UNIT) is not None
    session.look(folded=("sums",))
    pane.renew()
    assert pane.rect_of("sum_z", UNIT) is None
    assert pane.rect_of("z", UNIT) is not None
    session.look(folded=())
    session.select_unit(50)
    session.zoom_by(8)
    pane.renew()
    assert pane.rect_of("z", 50) is not None
    assert pane.rect_of("z", UNIT) is None, "zoomed away"
    session.go_to(1, "r")
    assert pane.rect_of("r", 50) is not None
    assert pane.rect_of("z", 50) is None, "not computed yet"
    assert made("reset", session).rect_of("z", 50) is None, "in another pane"
    assert made("cell", session, (1260, 260)).rect_of("sum_r", 50) is None, "no room"
    for name, spec in pane_specs().items():
        empty = spec.make(Session(), THEMES["light"])
        assert isinstance(empty, Pane)
        empty.resize(*spec.size)
        assert empty.rect_of("h", 0) is None, name
        assert empty.rect_of("probabilities", 0) is None, name


def test_before_the_first_step_there_is_the_initial_state() -> None:
    session = session_of(recording(model()), 0)
    pane, strip = made("cell", session), made("strip", session)
    assert pane.rect_of("h", UNIT) is not None
    assert pane.rect_of("take", UNIT) is None
    rect = strip.rect_of("h", UNIT)
    assert rect is not None
    assert rect.left() == strip.x(0)  # type: ignore[attr-defined]
    assert strip.rect_of("h_prev", UNIT) is None


@pytest.mark.parametrize("quantity", ["h", "h_prev"])
@pytest.mark.parametrize("layers", [1, 2])
def test_states_in_the_strip(quantity: str, layers: int) -> None:
    """The column of the step, or of the one that its direction read before."""
    trace = recording(model(8, layers=layers, directions=layers))
    session = session_of(trace, 12, SELECTED)
    way = "reverse" if layers == 2 else "forward"
    session.look(direction=way)
    strip = made("strip", session, (1600, 206))
    rect = strip.rect_of(quantity, UNIT)
    assert rect is not None
    at = 12 if quantity == "h" else 13 if way == "reverse" else 11
    states = trace.states(0, way)
    before = pixels(strip)
    kept = float(states[at - 1, UNIT])
    states.flags.writeable = True
    states[at - 1, UNIT] = -0.9 if kept > 0 else 0.9
    strip.renew()
    ys, xs = np.nonzero(pixels(strip) != before)
    states[at - 1, UNIT] = kept
    seen = QRectF(xs.min(), ys.min(), xs.max() + 1 - xs.min(), ys.max() + 1 - ys.min())
    assert rect.adjusted(-2, -2, 2, 2).contains(seen)
    assert strip.rect_of("z", UNIT) is None
    assert strip.rect_of(quantity, 8) is None
    session.go_to(12, "r")
    assert (strip.rect_of(quantity, UNIT) is None) == (quantity == "h")


@pytest.mark.parametrize("quantity", ["r", "z", "n", "input_r", "hidden_z", "input_n", "hidden_n"])
def test_numbers_in_the_unit_pane(quantity: str) -> None:
    """Its number among the equations is where it is said to be."""
    session = at_first(recording(model()))
    session.look(all_equations=True)
    pane = made("unit", session)
    rect = pane.rect_of(quantity, SELECTED)
    assert rect is not None
    assert pane.rect_of(quantity, UNIT) is None, "another unit's"
    frame = session.frame
    assert frame is not None
    before = pixels(pane)
    frame.step.values[quantity] = frame.step.values[quantity].copy()
    frame.step.values[quantity][SELECTED] = 0.8888
    pane.show_step()
    there = rect.toAlignedRect()
    part = np.s_[there.top() : there.bottom() + 1, there.left() : there.right() + 1]
    assert (pixels(pane)[part] != before[part]).any()
    session.look(all_terms=True)
    pane.renew()
    assert pane.rect_of(quantity, SELECTED) is None


@pytest.mark.parametrize("quantity", ["input_z", "take", "h_prev", "h", "reset_product"])
def test_the_selected_value_has_its_number_beside_its_name(quantity: str) -> None:
    session = at_first(recording(model()))
    pane = made("unit", session)
    session.look(quantity=quantity)
    pane.show_unit()
    rect = pane.rect_of(quantity, SELECTED)
    assert rect is not None
    assert rect.bottom() < 50
    assert pane.rect_of("hidden_r", SELECTED) is None, "its equation is not shown"


def test_symbols_in_the_prediction() -> None:
    session = session_of(recording(model(symbols=12)), 5)
    pane = made("prediction", session)
    frame = session.frame
    assert frame is not None
    order = np.argsort(-frame.step.probabilities, kind="stable")
    first, second = (pane.rect_of("probabilities", int(i)) for i in order[:2])
    assert first is not None
    assert second is not None
    assert first.bottom() <= second.top()
    words = f"p = {frame.step.probabilities[order[0]]:.6f}"
    assert words in pane.hover(first.center()).split("\n")[0]
    assert pane.rect_of("h", 0) is None
    hidden = [i for i in range(12) if pane.rect_of("probabilities", i) is None]
    assert hidden, "there is no room for all"
    session.go_to(5, "r")
    assert pane.rect_of("probabilities", int(order[0])) is None


# In the window -------------------------------------------------------------------------------


def test_the_window_tells_where_a_value_is_in_sight(open_window: Callable[..., Any]) -> None:
    window = open_window(recording(model()), 12, SELECTED)
    window.session.look(all_equations=True)
    found = window.rects_of("h", SELECTED)
    assert set(found) == {"strip", "cell", "unit"}
    for name, rect in found.items():
        view = window.views[name]
        corner = view.viewport().mapTo(window, QPoint(0, 0))
        expected = view.pane.rect_of("h", SELECTED)
        assert rect == expected.translated(corner.x(), corner.y())
    assert set(window.rects_of("probabilities", 0)) <= {"prediction"}
    window.docks["unit"].close()
    assert set(window.rects_of("h", SELECTED)) == {"strip", "cell"}


def test_what_is_scrolled_out_of_sight_is_nowhere(open_window: Callable[..., Any]) -> None:
    window = open_window(recording(model()), 12, 0, size=(640, 480))
    view = window.cell
    bar = view.horizontalScrollBar()
    assert view.horizontalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAlwaysOn
    assert bar.maximum() > 0
    bar.setValue(0)
    assert view.rect_of("r", 0) is not None
    assert view.rect_of("n", 15) is None
    bar.setValue(bar.maximum())
    assert view.rect_of("r", 0) is None
    there = view.rect_of("n", 15)
    assert there is not None
    scene = view.pane.rect_of("n", 15)
    assert there.left() == scene.left() - bar.value()
    assert there.right() <= view.viewport().width()
