"""The worked sheet on screen: its numbers are the step's, and stand where they belong."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from samples import model, recording, session_of
from seeing import contrast, over
from words import painted

from gru_debugger.charts import fonts
from gru_debugger.charts.theme import THEMES
from gru_debugger.core.quantities import COMPUTATIONS
from gru_debugger.core.trace import Trace
from gru_debugger.numerals import two
from gru_debugger.panes.calculation import CalculationPane
from gru_debugger.panes.calculation_layout import LEFT
from gru_debugger.panes.calculation_paint import number, tint
from gru_debugger.panes.row_by_hand import RowByHandPane
from gru_debugger.session.session import Session

pytestmark = pytest.mark.usefixtures("screen")
T, UNIT = 7, 3
SIZES = [(1259, 737), (1260, 770), (1066, 550), (1025, 505), (1600, 1000), (600, 300)]


def pane_of(session: Session, size: tuple[int, int] = SIZES[0]) -> CalculationPane:
    pane = CalculationPane(session, THEMES["light"])
    session.position_changed.connect(pane.show_step)
    session.unit_changed.connect(pane.show_unit)
    session.view_changed.connect(pane.renew)
    session.opened.connect(pane.renew)
    pane.resize(max(size[0], pane.least_width), size[1])
    return pane


def placed(pane: Any, patch: pytest.MonkeyPatch) -> list[tuple[str, float, float]]:
    """All texts painted with the right end and the baseline of each."""
    said: list[tuple[str, float, float]] = []
    original = fonts.text

    def spy(p: Any, x: float, y: float, words: str, *rest: Any, **more: Any) -> Any:
        shape = original(p, x, y, words, *rest, **more)
        behind = {"right": 0.0, "center": shape.width / 2}.get(more.get("align", ""), shape.width)
        said.append((words, x + behind, y))
        return shape

    with patch.context() as inner:
        inner.setattr(fonts, "text", spy)
        image = QImage(pane.sceneRect().size().toSize(), QImage.Format.Format_RGB32)
        painter = QPainter(image)
        pane.render(painter, QRectF(image.rect()), pane.sceneRect())
        painter.end()
    return said


def at(said: list[tuple[str, float, float]], rect: QRectF) -> list[str]:
    return [words for words, x, y in said if rect.contains(QPointF(x, y))]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", ["after", "before", "many", "embedding"])
@pytest.mark.parametrize("notation", ["pytorch", "course"])
def test_each_number_stands_where_its_value_is(
    kind: str, notation: str, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: dict[str, Any] = {"before": {"reset": "before"}, "many": {"hidden": 300},
                            "embedding": {"embedding": 5, "layers": 2}}.get(kind, {})  # fmt: skip
    session = session_of(recording(model(**told)), T, UNIT)
    session.look(notation=notation)
    pane = pane_of(session, size)
    said, step, seen = placed(pane, monkeypatch), session.step, 0
    assert step is not None
    assert pane.layout is not None
    for quantity in ("h_prev", "hidden_n", "sum_r", "r", "z", "sum_n", "n", "take", "keep", "h",
                     "reset_product"):  # fmt: skip
        for unit in pane.rows:
            rect = pane.rect_of(quantity, unit)
            if rect is None:
                continue
            value = float(step.values[quantity][unit])
            assert at(said, rect) == [two(value) if unit == UNIT else number(value)], quantity
            seen += 1
    least = 2 * len(pane.rows) if pane.layout.folded else 7 * len(pane.rows)
    assert seen > least
    session.close()


@pytest.mark.parametrize(
    ("size", "rows", "by_hand"),
    [((1260, 740), [16, 16, 16], True), ((1260, 690), [16, 16, 16], True),
     ((1025, 505), [1, 16, 16], False), ((940, 458), [1, 1, 16], False)],
)  # fmt: skip
def test_as_much_as_has_room_is_there(
    size: tuple[int, int], rows: list[int], by_hand: bool
) -> None:
    """The windows of 1600 × 1000, the same below a bar, of 1366 × 768 and of 1280 × 720."""
    pane = pane_of(session_of(recording(model(symbols=25)), T, UNIT), size)
    of = pane.layout
    assert of is not None
    assert [band.rows for band in of.bands] == rows
    assert (of.ledger is not None) == by_hand
    assert pane.least_width <= size[0], "the result is in sight"
    assert sum(of.slots["new"]) <= size[0]


def test_two_steps_have_room_beside_the_bar_that_scrolls_them() -> None:
    session = session_of(recording(model(symbols=25)), T, UNIT)
    session.look(two_steps=True)
    pane = pane_of(session, (1025 - 13, 505))
    assert pane.layout is not None
    assert pane.least_width <= 1025 - 13
    assert sum(pane.layout.slots["new"]) <= 1025 - 13


def test_a_wide_pane_s_sheet_without_maps_is_wider_and_keeps_the_row_by_hand() -> None:
    """Which takes the room beside the upper bands that gaps would take."""
    narrow, wide = (
        pane_of(session_of(recording(model(hidden=300)), T, UNIT), (width, 740)).layout
        for width in (1100, 1260)
    )
    assert narrow is not None
    assert wide is not None
    assert sum(wide.slots["new"]) > sum(narrow.slots["new"])
    assert narrow.ledger is not None
    assert wide.ledger is not None


@pytest.mark.parametrize("width", [1260, 1400, 1580, 1700])
@pytest.mark.parametrize("hidden", [256, 1024])
def test_of_many_units_the_sheet_takes_the_whole_width(hidden: int, width: int) -> None:
    pane = pane_of(session_of(recording(model(hidden=hidden), 9), T, UNIT), (width, 740))
    assert pane.layout is not None
    assert pane.layout.ledger is not None
    right = max(sum(pane.layout.slots["new"]), pane.layout.ledger.right())
    assert 0.93 * width < right <= width


@pytest.mark.parametrize("notation", ["pytorch", "course"])
@pytest.mark.parametrize("reset", ["after", "before"])
@pytest.mark.parametrize("size", SIZES)
def test_where_the_row_by_hand_has_no_room_it_says_where_it_is(
    size: tuple[int, int], reset: str, notation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a window; beside what is drawn there."""
    run = recording(model(symbols=25, reset=reset))  # type: ignore[arg-type]
    session = session_of(run, T, UNIT)
    session.look(notation=notation)
    pane = pane_of(session, size)
    assert pane.layout is not None
    words = f"Row {UNIT}, by hand: View, Show panes"
    told = [one for one in placed(pane, monkeypatch) if one[0] == words]
    if pane.layout.ledger is not None:
        assert not told
    elif size == (1025, 505):
        ((_, right, y),) = told
        left = right - fonts.width(words, fonts.SANS, 12)
        assert sum(pane.layout.slots["take" if reset == "before" else "result"]) < left
        assert right <= pane.size.width()
        assert y < pane.layout.bands[0].top
    session.select_unit(UNIT + 1)
    again = [one for one in placed(pane, monkeypatch) if one[0] == f"Row {UNIT + 1}{words[5:]}"]
    assert len(again) == len(told)
    pane.interactive = False
    pane.renew()
    assert not [one for one in placed(pane, monkeypatch) if one[0].endswith("Show panes")]
    session.close()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("hidden", [1, 3, 16, 17, 128, 129, 300])
@pytest.mark.parametrize("reset", ["after", "before"])
def test_all_finds_room_and_nothing_lies_over_another(
    hidden: int, reset: str, size: tuple[int, int]
) -> None:
    session = session_of(recording(model(hidden=hidden, reset=reset)), T, hidden // 2)  # type: ignore[arg-type]
    for notation in ("pytorch", "course"):
        session.look(notation=notation)
        pane = pane_of(session, size)
        of = pane.layout
        assert of is not None
        ends = [LEFT - 1.0]
        for left, wide in of.slots.values():
            assert left > ends[-1]
            ends.append(left + wide)
        assert ends[-1] <= pane.size.width()
        assert all(a.bottom < b.top for a, b in zip(of.bands, of.bands[1:], strict=False))
        assert of.bands[-1].bottom <= pane.size.height()
        assert ("W_h" in of.slots) == (hidden <= 128)
        if of.ledger is not None:
            assert pane.sceneRect().contains(of.ledger)
            for band in range(3):
                names = [name for name in of.slots if band == 2 or name in used_by(pane, band)]
                rows = range(of.bands[band].rows)
                assert not any(of.ledger.intersects(of.cell(name, band, row))
                               for name in names for row in rows)  # fmt: skip
    session.close()


def used_by(pane: CalculationPane, band: int) -> set[str]:
    of = pane.sheet()
    assert of is not None
    return {name for place, name, _ in pane.columns(of) if place == band}


@pytest.mark.parametrize("reset", ["after", "before"])
def test_what_is_not_computed_yet_is_not_drawn(
    reset: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = session_of(recording(model(reset=reset)), T, UNIT)  # type: ignore[arg-type]
    pane = pane_of(session)
    of = pane.sheet()
    assert of is not None
    assert pane.layout is not None
    for computation in COMPUTATIONS[reset]:  # type: ignore[index]
        session.go_to(T, computation)
        said = placed(pane, monkeypatch)
        for band, name, column in pane.columns(of):
            known = not column.needs or session.is_computed(column.needs)
            there = [at(said, pane.layout.cell(name, band, row)) for row in range(16)]
            assert all(there) if known else not any(there), (computation, name, column.needs)
    session.close()


def test_the_row_by_hand_adds_up_as_it_is_painted(monkeypatch: pytest.MonkeyPatch) -> None:
    for hidden in (16, 300):
        session = session_of(recording(model(hidden=hidden)), T, UNIT)
        pane = pane_of(session)
        card = pane.card
        assert card.rect is not None
        of = pane.sheet()
        assert of is not None
        said = placed(pane, monkeypatch)
        for column, end in enumerate(card.ends(of)[2]):
            inside = [(y, words) for words, x, y in said if abs(x - (end - 3)) < 0.5
                      and card.rect.contains(QPointF(x, y))]  # fmt: skip
            numbers = [round(100 * float(words.replace("−", "-"))) for _, words in sorted(inside)
                       if words.lstrip("−+")[:1].isdigit()]  # fmt: skip
            weights = pane.model.cell().weight_hh[column * hidden + UNIT].astype(float)
            total = float(weights @ of.step.h_prev)
            at_total = 13 if hidden == 300 else 16
            rounding = numbers[at_total] if "rounding" in painted(pane, monkeypatch) else 0
            sums = [numbers[at_total], numbers[at_total + 1]]
            assert round(100 * total) in sums
            added = sum(numbers[:at_total])
            assert added in sums or added + rounding == numbers[at_total + 1]
        session.close()


def test_where_a_sum_is_beside_what_is_printed_before_it_it_says_so() -> None:
    """h = take · n + keep · old, in the numbers that stand there."""
    exact = about = 0
    for unit in range(16):
        session = session_of(recording(model()), T, unit)
        pane = pane_of(session)
        of = pane.sheet()
        assert of is not None
        written = dict(pane.card.blend(of, pane.card.made(of)[1]))
        take, n, z, old = (
            Decimal(written[slot].split()[-1].replace("−", "-"))
            for slot in ("1 − z", "n", "z", "old")
        )
        sign, new = written["new"].split()
        assert (sign == "=") == (two(float(take * n + z * old)) == new)
        exact, about = exact + (sign == "="), about + (sign == "≈")
        session.close()
    assert exact
    assert about


def test_small_numbers_by_hand_are_no_zeros(monkeypatch: pytest.MonkeyPatch) -> None:
    session = session_of(recording(model(hidden=300, scale=0.05)), T, UNIT)
    pane = pane_of(session)
    card = pane.card
    assert card.rect is not None
    of = pane.sheet()
    assert of is not None
    products = [
        words for words, x, y in placed(pane, monkeypatch)
        if card.rect.contains(QPointF(x, y)) and abs(x - (card.ends(of)[2][0] - 3)) < 0.5
        and words.lstrip("−+")[:1].isdigit()
    ]  # fmt: skip
    assert len(products) >= 12
    assert sum(float(words.replace("−", "-")) == 0 for words in products) < len(products) / 2
    session.close()


def test_lines_stay_where_rounding_takes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    session = session_of(recording(model()), 1, UNIT)
    pane = pane_of(session)
    seen: dict[bool, set[float]] = {True: set(), False: set()}
    for _ in range(20):
        of = pane.sheet()
        assert of is not None
        found, rounding = pane.card.made(of)
        rounded = "rounding" in painted(pane, monkeypatch)
        seen[rounded].add(pane.card.lines(found, rounding))
        session.step_forward()
    assert seen[True] == seen[False]
    assert len(seen[True]) == 1
    session.close()


def test_a_click_selects_and_the_sheet_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    session = session_of(recording(model()), T, UNIT)
    pane = pane_of(session)
    rect = pane.rect_of("z", 11)
    assert rect is not None
    pane.press(rect.center())
    assert session.unit == 11
    assert "Row 11, by hand" in painted(pane, monkeypatch)
    card = pane.card.rect
    assert card is not None
    pane.press(QPointF(card.left() + 20, card.top() + 56 + 14 * 5.5))
    assert session.unit == 5
    step = session.step
    assert step is not None
    tip = pane.hover(pane.rect_of("n", 5).center())  # type: ignore[union-attr]
    assert f"{abs(step.n[5]):.6f}" in tip
    assert pane.hover(pane.map_rect(1, "h").center()).startswith("W_hz[")
    for change in (lambda: session.go_to(T + 1), lambda: session.look(notation="course"),
                   lambda: session.select_unit(9)):  # fmt: skip
        before = painted(pane, monkeypatch)
        change()
        assert painted(pane, monkeypatch) != before
    session.close()


def test_of_many_units_the_rows_turn_with_the_selected_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session = session_of(recording(model(hidden=300)), T, UNIT)
    pane = pane_of(session)
    for unit in (3, 12, 13, 150, 299):
        session.select_unit(unit)
        assert unit in pane.rows
        assert pane.rect_of("h", unit) is not None
        assert str(unit) in painted(pane, monkeypatch)
    session.close()


@pytest.mark.parametrize("way", ["forward", "reverse"])
@pytest.mark.parametrize("size", [SIZES[0], SIZES[2]])
def test_two_steps_in_a_row(
    way: str, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = recording(model(layers=2, directions=2))
    session = session_of(trace, T, UNIT)
    session.look(layer=1, direction=way, two_steps=True)
    pane = pane_of(session, size)
    layout = pane.layout
    assert layout is not None
    assert [band.rows for band in layout.bands] == [1, 1, 16, 1, 1, 16]
    said = placed(pane, monkeypatch)
    first, second = pane.shown()
    earlier = trace.step(T - 1 if way == "forward" else T + 1, 1, way)  # type: ignore[arg-type]
    for (at_band, of), step in ((first, earlier), (second, trace.step(T, 1, way))):  # type: ignore[arg-type]
        assert of.step.number == step.number
        for row in range(16):
            words = at(said, layout.cell("new", at_band + 2, row))
            assert words == [(two if row == UNIT else number)(float(step.h[row]))]
        for gate, band in (("r", 0), ("z", 1)):
            words = at(said, layout.cell("result", at_band + band, 0))
            assert words == [two(float(step.values[gate][UNIT]))]
    assert np.array_equal(earlier.h, trace.step(T, 1, way).h_prev)  # type: ignore[arg-type]
    session.go_to(T, "r")
    said = placed(pane, monkeypatch)
    assert not at(said, layout.cell("new", 5, 4))
    assert at(said, layout.cell("new", 2, 4)), "the step before is done"
    session.go_to(1 if way == "forward" else trace.steps)
    assert pane.layout is not None
    assert len(pane.layout.bands) == 3
    session.close()


def test_colours_mean_the_same_at_all_steps() -> None:
    session = session_of(recording(model()), T, UNIT)
    pane = pane_of(session)
    reaches = set()
    for t in range(1, 30):
        session.go_to(t)
        reaches.add(pane.reach)
    assert len(reaches) == 1
    session.close()


@pytest.mark.parametrize("theme", [*THEMES])
def test_numbers_can_be_read_on_every_tint_of_the_amber_row_too(theme: str) -> None:
    colors = THEMES[theme]
    amber = QColor(colors.fill)
    amber.setAlpha(26)
    for ground in (colors.panel, over(colors.panel, amber)):
        for of in ("map", "keep", "take", "r", "h"):
            for share in np.linspace(-1, 1, 41):
                told = over(ground, tint(theme, of, float(share)))  # type: ignore[arg-type]
                assert contrast(colors.text, told) >= 4.5, (of, share)


def test_before_the_first_step_and_told() -> None:
    trace = recording(model())
    session = session_of(trace, 0, UNIT)
    pane = pane_of(session)
    alone = RowByHandPane(session, THEMES["light"])
    alone.resize(380, 500)
    assert pane.tables() == alone.tables() == {}
    assert "Before the first" in pane.in_words()
    session.go_to(T)
    step = trace.step(T)
    assert f"new state {two(float(step.h[UNIT]))}" in pane.in_words()
    tables = pane.tables()
    assert [*tables] == ["reset gate", "update gate", "candidate", "blend", "row by hand"]
    blend = tables["blend"]()
    assert np.array_equal(blend.values[:, -1], step.h)
    assert blend.row == UNIT
    products = alone.tables()["row by hand"]()
    wanted = trace.model.cell().weight_hh[UNIT].astype(float) * step.h_prev
    np.testing.assert_allclose(products.values[:, 4], wanted, atol=1e-6)
    session.close()


def test_both_panes_paint_what_was_set_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    trace: Trace = recording(model()).what_if("h[3] = 0.125 at 7", "z[3] = 0.5 at 7")
    session = session_of(trace, T, UNIT)
    alone = RowByHandPane(session, THEMES["light"])
    alone.resize(380, 500)
    assert {"set by hand", "0.50†"} <= {*painted(alone, monkeypatch)}
    pane = pane_of(session)
    assert "set by hand" in pane.hover(pane.rect_of("z", 3).center())  # type: ignore[union-attr]
    session.close()
