"""The pane of curves: its points, marks and bars are the numbers', and it costs nothing unseen."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from by_hand import any_run
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot
from samples import model, recording, session_of, text_for

import gru_debugger
from gru_debugger.charts import fonts, mathematics
from gru_debugger.charts.theme import THEMES
from gru_debugger.core.activations import Activation, Activations
from gru_debugger.core.cell import Notation, Reset
from gru_debugger.core.reading import Rows
from gru_debugger.core.trace import Trace
from gru_debugger.numerals import two
from gru_debugger.panes import curve_resets
from gru_debugger.panes.curve_plots import reach
from gru_debugger.panes.curve_resets import sum_in_words
from gru_debugger.panes.curves import CurvesPane
from gru_debugger.panes.unit import UnitPane
from gru_debugger.session.session import Session

pytestmark = pytest.mark.usefixtures("screen")


def pane_of(session: Session, width: float = 340, interactive: bool = True) -> CurvesPane:
    pane = CurvesPane(session, THEMES["light"])
    pane.interactive = interactive
    session.position_changed.connect(pane.show_step)
    session.unit_changed.connect(pane.show_unit)
    session.view_changed.connect(pane.renew)
    session.opened.connect(pane.renew)
    pane.resize(width, 640)
    return pane


def painted(pane: CurvesPane) -> None:
    image = QImage(pane.sceneRect().size().toSize(), QImage.Format.Format_RGB32)
    p = QPainter(image)
    pane.render(p, QRectF(image.rect()), pane.sceneRect())
    p.end()


@pytest.mark.parametrize("end", [(0.1, 5), (4.9, 5), (5.1, 10), (12, 20), (21, 50), (300, 500)])
def test_the_axis_holds_all_sums(end: tuple[float, float]) -> None:
    assert reach([-end[0], 0.0, float("nan")]) == end[1]


@pytest.mark.parametrize(("name", "unit"), [("sixteen", 9), ("sonnets", 0)])
@pytest.mark.parametrize("notation", ["pytorch", "course"])
def test_labels_stand_still_above_the_curves(
    name: str, unit: int, notation: Notation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each at its own place whatever its number, on no plot and on no other words."""
    network = gru_debugger.load_model(f"bundled:{name}")
    session = session_of(Trace(network, network.example.text[:110]).finish(), 1, unit)
    session.look(notation=notation)
    pane = pane_of(session, interactive=False)
    begins: dict[str, set[tuple[float, float]]] = {}
    draw, text, others = mathematics.draw, fonts.text, set[tuple[float, ...]]()

    def label(p: QPainter, x: float, y: float, words: str, color: QColor, size: float) -> float:
        wide = draw(p, x, y, words, color, size)
        if " = " in words and y < pane.plots[0].rect.top():
            if size == 12:
                begins.setdefault(words.partition(" = ")[0], set()).add((x, y))
            boxes.append(QRectF(x - 9, y - 9, wide + 9, 11))
        return wide

    def told(p: QPainter, x: float, y: float, words: str, *more: Any, **named: Any) -> Any:
        shape = text(p, x, y, words, *more, **named)
        if more[1] == fonts.SANS and y < pane.plots[0].rect.top():
            others.add((x, y - 9, shape.width, 11))
        return shape

    monkeypatch.setattr(mathematics, "draw", label)
    monkeypatch.setattr(fonts, "text", told)
    for t in range(1, 110, 6):
        session.go_to(t)
        boxes: list[QRectF] = []
        painted(pane)
        assert len(boxes) == 4, "σ and three labels"
        assert not any(a.intersects(b) for a, b in combinations(boxes, 2))
        assert all(box.right() <= pane.size.width() and box.bottom() < pane.plots[0].rect.top()
                   for box in boxes)  # fmt: skip
        assert not any(a.intersects(QRectF(*b)) for a in boxes for b in others)
    assert {name: len(places) for name, places in begins.items()} == (
        {"r": 1, "z": 1, "n": 1} if notation == "pytorch" else {"Γ_r": 1, "1 − Γ_u": 1, "c̃": 1}
    )
    session.close()


@pytest.mark.parametrize(("name", "unit"), [("sixteen", 9), ("sonnets", 0), ("sonnets", 178)])
@pytest.mark.parametrize("notation", ["pytorch", "course"])
def test_a_number_has_the_decimals_that_the_unit_s_pane_gives_it(
    name: str, unit: int, notation: Notation
) -> None:
    network = gru_debugger.load_model(f"bundled:{name}")
    session = session_of(Trace(network, network.example.text).finish(), 34, unit)
    session.look(notation=notation, quantity="z")
    curves, beside = pane_of(session), UnitPane(session, THEMES["light"])
    beside.resize(340, 600)
    needed = set[int]()
    for t in range(1, session.trace.steps + 1 if session.trace else 0, 3):
        session.go_to(t)
        curves.look()
        frame, said = session.frame, " ".join(span.text for span in curves.of_sum())
        assert frame is not None
        number = beside._value_words(frame.step)
        assert f" = {number}" in said.replace("  ", " "), (t, number, said)
        told = beside.sentence(frame)[1].text.strip("=: ")
        assert told in said
        needed.add(len(told))
    assert len(needed) > 1, "some of them need more than two decimals"
    session.close()


@pytest.mark.parametrize(("hidden", "marks"), [(16, True), (200, False)])
def test_the_charts_over_many_units_end_at_the_margin_and_say_what_is_drawn(
    hidden: int, marks: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = session_of(recording(model(hidden), 20), 7, 2)
    pane = pane_of(session, interactive=False)
    assert pane.units is not None
    last = pane.units.dots.left() + pane.axis.edge(hidden)
    assert last <= 340 - 22 + 8 * marks, "with marks apart, a gap behind the last one is beyond it"
    drawn: list[str] = []
    monkeypatch.setattr(curve_resets, "paint_mark", lambda p, pane, what, at: drawn.append(what))
    painted(pane)
    assert ("open" in drawn) == ("shut" in drawn) == marks
    assert ("reach" in drawn) != marks
    session.close()


@pytest.mark.parametrize("seed", range(8))
def test_points_lie_on_their_curves(seed: int) -> None:
    run = any_run(seed, 30)
    session = session_of(run, 7, 2)
    layer, direction = run.model.places[-1]
    session.look(layer=layer, direction=direction)
    pane = pane_of(session)
    for t in (7, 8, 30):
        session.go_to(t)
        step = session.step
        assert step is not None
        for plot, names in zip(pane.plots, (("r", "z"), ("n",)), strict=True):
            for name in names:
                total = float(step.values[f"sum_{name}"][2])
                at = pane.rect_of(name, 2)
                assert at is not None
                share = (at.center().x() - plot.rect.left()) / plot.rect.width()
                assert share * 2 * plot.end - plot.end == pytest.approx(total, abs=1e-4)
                usual = {"n": np.tanh(total)}.get(name, 1 / (1 + np.exp(-total)))
                low = -1 if name == "n" else 0
                up = (plot.rect.bottom() - at.center().y()) / plot.rect.height()
                assert low + up * (1 - low) == pytest.approx(usual, abs=1e-4)
    session.close()


@pytest.mark.parametrize("reset", ["after", "before"])
def test_marks_of_all_units_are_what_other_gates_would_make(reset: str) -> None:
    run = recording(model(reset=reset), 12)
    session = session_of(run, 5, 3)
    pane = pane_of(session)
    opened = pane.opened(run.step(5))
    gate = "r" if reset == "after" else "r[3]"
    for found, r in ((opened.open, 1), (opened.shut, 0)):
        np.testing.assert_allclose(found, run.what_if(f"{gate} = {r} at 5").step(5).n, atol=1e-6)
        assert opened.told[str(r)]["n"] == pytest.approx(
            run.what_if(f"r[3] = {r} at 5").step(5).n[3], abs=1e-6
        )
    assert opened.told[""]["n"] == run.step(5).n[3]
    assert "held" in pane.in_words() or reset == "after"
    session.close()


def paint(pane: CurvesPane) -> np.ndarray:
    image = QImage(340, 700, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    pane.render(painter, QRectF(image.rect()), QRectF(image.rect()))
    painter.end()
    return np.frombuffer(image.constBits(), np.uint32).copy()


def test_links_lead_to_steps_and_units(qtbot: QtBot) -> None:
    run = recording(model(), 40)
    session = session_of(run, 5, 3)
    pane = pane_of(session)
    qtbot.waitUntil(lambda: pane.run.complete)
    paint(pane)
    said = pane.of_resets()
    assert len(pane.links) == len(said.links) >= 4
    assert {kind for kind, _ in said.links} == {"step", "unit"}
    for link, (kind, at) in zip(list(pane.links), said.links, strict=True):
        assert pane.point(link.rect.center())
        pane.press(link.rect.center())
        assert (session.position if kind == "step" else session.unit) == at
        session.go_to(5)
        session.select_unit(3)
        paint(pane)
    assert not pane.point(QPointF(1, 1))
    session.close()


def test_a_point_is_framed_with_its_symbol() -> None:
    session = session_of(recording(model(), 40), 5, 3)
    pane = pane_of(session)
    for name in ("r", "z", "n"):
        at = pane.rect_of(name, 3)
        assert at is not None
        assert pane.pointed_at(at.center())[1] is False
        session.point_at(name, True)
        *named, frame = pane._pointed_rects()
        assert frame.contains(at)
        assert len(named) == (name != "z"), "the formula is the candidate's"
    session.point_at("W_hz", True)
    assert pane._pointed_rects() == []
    paint(pane)
    session.close()


@pytest.mark.parametrize("notation", ["pytorch", "course"])
@pytest.mark.parametrize("reset", ["after", "before"])
def test_the_symbols_of_the_formula(
    reset: Reset, notation: Notation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each where it is drawn, and explained there."""
    session = session_of(recording(model(reset=reset), 40), 5, 3)
    session.look(notation=notation)
    pane = pane_of(session)
    drawn, draw = list[Any](), mathematics.draw

    def spy(p: Any, x: float, y: float, markup: str, color: Any, pixels: float) -> float:
        drawn.append((markup, x, y, pixels))
        return draw(p, x, y, markup, color, pixels)

    monkeypatch.setattr(mathematics, "draw", spy)
    paint(pane)
    ((formula, x, y, pixels),) = (one for one in drawn if "tanh" in one[0])
    n, r = {"pytorch": ("n", "r"), "course": ("c̃", "Γ_r")}[notation]
    product = {"pytorch": "r ⊙ h", "course": "Γ_r ⊙ c"}[notation]
    expected = [(n, "n"), ("input", "input_n"), (r, "r")]
    if reset == "after":
        expected += [("hidden", "hidden_n")]
    else:
        whole = f"W_{{hn}}({product})"
        expected += [("W_{hn}", "W_hn"), (product, "reset_product"), (whole, "hidden_n"),
                     (f"{whole} + b_{{hn}}", "hidden_n")]  # fmt: skip
    symbols = pane.symbols()
    assert len(symbols) == len(expected)
    for markup, name in expected:
        at = formula.index(markup)
        ends = [x + mathematics.width(formula[:i], pixels) for i in (at, at + len(markup))]
        rect = next(one.rect for one in symbols if one.quantity == name
                    and abs(one.rect.left() + 3 - ends[0]) < 0.01
                    and abs(one.rect.right() - 3 - ends[1]) < 0.01)  # fmt: skip
        assert rect.contains(QPointF(ends[0], y - 4))
        session.point_at(name)
        assert rect in pane._pointed_rects()
    of_r = next(one.rect for one in symbols if one.quantity == "r")
    assert pane.pointed_at(of_r.center()) == ("r", True)
    assert "in the other variant" in pane.hover(of_r.center())
    session.close()


def test_a_step_asks_nothing_anew_of_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    session = session_of(recording(model(), 40), 5, 3)
    pane = pane_of(session)
    paint(pane)
    for name in ("ranged", "reset_of_unit", "reset_of_all"):
        monkeypatch.setattr(f"gru_debugger.panes.curves.{name}", lambda *_: pytest.fail("known"))
    session.go_to(6)
    paint(pane)
    session.close()


def test_words_and_tables_have_the_numbers() -> None:
    run = recording(model(), 40)
    session = session_of(run, 5, 3)
    pane = pane_of(session, interactive=False)
    words = pane.in_words()
    assert "step 5 of 40" in words
    assert "Unit 3: The sum" in words
    assert "with the reset gate open (1)" in words
    tables = pane.tables()
    units = tables["reset gate"]()
    step = run.step(5)
    np.testing.assert_array_equal(units.values[:, 1], step.n)
    np.testing.assert_allclose(
        units.values[:, 0], run.what_if("r = 1 at 5").step(5).n, atol=1e-6
    )
    assert units.row == 3
    sums = tables["sums"]()
    assert sums.rows == 40
    assert sums.columns == ("sum_r", "r", "sum_z", "z", "sum_n", "n")
    np.testing.assert_allclose(sums.values[:, 4], run.column("sum_n[3]")[:, 0], rtol=1e-6)
    assert sums.row == 4
    assert sums.name(4)[0] == "5"
    session.close()


def test_inside_a_step_only_what_is_computed_is_shown() -> None:
    session = session_of(recording(model(), 12), 4, 3)
    pane = pane_of(session)
    session.next_computation()  # of step 5: the reset gate alone
    assert session.computation == "r"
    assert pane.rect_of("r", 3) is not None
    assert pane.rect_of("z", 3) is None
    assert pane.rect_of("n", 3) is None
    assert "reset gate open" not in pane.in_words()
    assert "reset gate" not in pane.tables()
    session.close()


OTHERS: dict[str, Any] = {
    "clip": Activations(clip=0.5),
    "relu": Activations(Activation("hard_sigmoid"), Activation("relu")),
    "affine": Activations(Activation("affine", 0.1, 0.25), Activation("softsign")),
}


@pytest.mark.parametrize("activations", OTHERS.values(), ids=OTHERS)
def test_other_activations_have_their_own_curves(activations: Activations) -> None:
    run = recording(model(activations=activations), 12)
    session = session_of(run, 5, 3)
    pane = pane_of(session)
    sums = np.linspace(-5, 5, 11, dtype=np.float32)
    for plot, bend in zip(pane.plots, (activations.bend_gates, activations.bend_candidate),
                          strict=True):  # fmt: skip
        np.testing.assert_array_equal(plot.bend(sums), bend(sums))
        low, high = plot.ends
        assert np.isfinite((low, high)).all()
        assert low < high
    assert pane.in_words()
    session.close()


def test_a_long_text_is_looked_through_beside_the_window(qtbot: QtBot) -> None:
    m = model()
    run = Trace(m, text_for(m, 9000)).finish()
    session = session_of(run, 5, 3)
    pane = pane_of(session)
    assert not pane.run.complete
    qtbot.waitUntil(lambda: pane.run.complete)
    assert pane.run.unit is not None
    assert pane.run.unit.known == 9000
    session.select_unit(4)
    assert not pane.run.complete
    assert pane.rest(), "what is left to be done is told"
    assert pane.run.unit.known < 9000
    session.close()


def test_what_is_found_later_is_drawn(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    m, drawn, renew = model(), list[bool](), CurvesPane.renew
    monkeypatch.setattr(
        CurvesPane, "renew", lambda pane: drawn.append(pane.run.complete) or renew(pane)
    )
    session = session_of(Trace(m, text_for(m, 9000)).finish(), 5, 3)
    pane = pane_of(session)
    before = paint(pane)
    qtbot.waitUntil(lambda: pane.run.complete)
    assert drawn[-1], "and nothing was drawn for another reason"
    later = pane_of(session, interactive=False)
    assert (paint(later) != before).any()
    qtbot.waitUntil(lambda: bool(pane.units and pane.run.complete))
    assert (pane.plots[0].end, pane.of_resets()) == (later.plots[0].end, later.of_resets())
    later.interactive = True  # links have dots below
    for twice in (pane, later, pane, later):  # words are shaped when they are drawn a second time
        paint(twice)
    np.testing.assert_array_equal(paint(pane), paint(later))
    session.close()


def test_another_layer_or_run_is_looked_through_anew() -> None:
    run = recording(model(layers=2), 40)
    session = session_of(run, 5, 3)
    pane = pane_of(session, interactive=False)
    for layer in (1, 0):
        session.look(layer=layer)
        assert pane.run.unit is not None
        assert pane.run.use is not None
        assert pane.run.unit.place == pane.run.use.place == (layer, "forward")
        np.testing.assert_allclose(
            pane.run.unit.sums["n"], run.column(f"sum_n_l{layer}[3]")[:, 0], rtol=1e-6
        )
    edited = run.with_edits("r = 1").finish()
    session.open(edited, 5, 3)
    assert pane.run.unit is not None
    assert pane.run.unit.trace is edited
    assert not pane.run.unit.used().any()
    session.close()


def test_on_paper_all_of_it_is_known() -> None:
    m = model()
    session = session_of(Trace(m, text_for(m, 9000)).finish(), 5, 3)
    pane = pane_of(session, interactive=False)
    assert pane.run.complete
    session.close()


def test_clicks() -> None:
    session = session_of(recording(model(), 40), 5, 3)
    pane = pane_of(session)
    assert pane.units is not None
    x = pane.units.dots.left() + pane.axis.center(8)
    pane.press(QPointF(x, pane.units.bars.center().y()))
    assert session.unit == 8
    session.close()


def test_rows_of_numbers_have_no_characters() -> None:
    values = np.random.default_rng(0).uniform(-2, 2, (40, 8))
    named = replace(model(output=False), vocabulary=None)
    session = session_of(Trace(named, Rows(values)).finish(), 5, 3)
    pane = pane_of(session, interactive=False)
    assert {kind for kind, _ in pane.of_resets().links} == {"unit"}
    assert "most at" not in pane.in_words()
    session.close()


def test_before_the_first_step_there_is_the_text_alone() -> None:
    session = session_of(recording(model(), 40), 0, 3)
    pane = pane_of(session, interactive=False)
    paint(pane)
    assert "In the 40 steps here z goes from" in pane.in_words()
    assert "becomes" not in pane.in_words()
    assert list(pane.tables()) == ["sums"]
    session.close()


def test_a_gate_set_by_hand_is_said_to_do_nothing_where_it_can_t() -> None:
    run = recording(model(), 40).with_edits("n[3] = 0.5 at 5").finish()
    session = session_of(run, 5, 3)
    pane = pane_of(session, interactive=False)
    assert "The candidate is set by hand, whatever the gate is" in pane.in_words()
    assert sum_in_words(pane, pane.opened(run.step(5)).told["1"], "1") == "candidate set by hand"
    session.go_to(6)
    step = run.step(6)
    assert sum_in_words(pane, pane.opened(step).told["1"], "1") == (
        f"{two(float(step.input_n[3]))} + 1 · {two(float(step.hidden_n[3]))}"
    )
    assert {two(values["n"]) for values in pane.opened(run.step(5)).told.values()} == {"0.50"}
    session.close()
