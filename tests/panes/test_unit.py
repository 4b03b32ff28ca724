"""The unit inspector: its numbers are the step's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter
from samples import model, recording, session_of, text_for
from words import painted

from gru_debugger.charts import fonts
from gru_debugger.charts.theme import THEMES
from gru_debugger.core.cell import Notation, Reset
from gru_debugger.core.model import Direction
from gru_debugger.core.quantities import COMPUTATIONS, computation_in_words, is_computed
from gru_debugger.core.trace import Trace
from gru_debugger.numerals import exact, two
from gru_debugger.panes import equations
from gru_debugger.panes.named import indexed
from gru_debugger.panes.sentences import wrapped
from gru_debugger.panes.unit import UnitPane
from gru_debugger.panes.unit_foot import entry_height
from gru_debugger.panes.unit_told import terms_of
from gru_debugger.questions.asked import ASKED, SELECTABLE, Asked
from gru_debugger.questions.sentences import unit_sentence
from gru_debugger.questions.terms import gate_terms
from gru_debugger.session.frame import Frame

pytestmark = pytest.mark.usefixtures("screen")

HEIGHTS = [400, 480, 600]


def pane_of(trace: Trace, unit: int, height: int = 600, width: int = 340) -> UnitPane:
    pane = UnitPane(session_of(trace, 7, unit), THEMES["light"])
    pane.resize(width, height)
    return pane


def four_of(trace: Trace, unit: int, height: int = 600, width: int = 340) -> UnitPane:
    """The same with all four equations."""
    pane = pane_of(trace, unit, height, width)
    pane.session.look(all_equations=True)
    pane.resize(width, height)
    return pane


def frame_of(pane: UnitPane) -> Frame:
    frame = pane.session.frame
    assert frame is not None
    return frame


@pytest.mark.parametrize("reset", ["after", "before"])
@pytest.mark.parametrize("unit", [0, 7, 15])
@pytest.mark.parametrize("height", HEIGHTS)
def test_the_equations_carry_the_numbers(
    height: int, unit: int, reset: Reset, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = recording(model(reset=reset), 12)
    said = painted(four_of(trace, unit, height), monkeypatch)
    values = trace.step(7).values
    shown = ["input_r", "hidden_r", "r", "input_z", "hidden_z", "z", "input_n", "hidden_n", "n",
             "h_prev", "h"]  # fmt: skip
    for name in shown:
        assert two(float(values[name][unit])) in said, name
    assert two(1 - float(values["z"][unit])) in said


@pytest.mark.parametrize("unit", range(0, 16, 3))
def test_the_sentence_is_there_word_by_word(unit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    trace = recording(model(), 12)
    said = " ".join(painted(pane_of(trace, unit), monkeypatch))
    sentence = " ".join(span.text for span in unit_sentence(trace.step(7), unit))
    assert sentence in said


@pytest.mark.parametrize("quantity", ["h", "z"])
def test_z_does_not_say_where_a_state_set_by_hand_lies(
    quantity: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = recording(model(), 12).with_edits(f"{quantity}[3] = 0.5 at 7").finish()
    said = painted(four_of(run, 3), monkeypatch)
    assert any("of the way to old" in words for words in said) == (quantity == "z")
    others = painted(four_of(run, 4), monkeypatch)
    assert any("of the way to old" in words for words in others)


def test_names_of_a_blend_stand_in_the_order_of_their_marks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pane, begun = four_of(recording(model(), 12), 0), dict[str, float]()
    original = fonts.text

    def text(p: QPainter, x: float, baseline: float, words: str, *more: Any, **named: Any) -> Any:
        if baseline in (64, 108):  # above the line and below it
            begun[words] = x
        return original(p, x, baseline, words, *more, **named)

    monkeypatch.setattr(fonts, "text", text)
    crossed = set()
    for unit in range(16):
        pane.session.select_value("h", unit)
        painted(pane, monkeypatch)
        step = pane.session.step
        assert step is not None
        n, old, new = (float(values[unit]) for values in (step.n, step.h_prev, step.h))
        assert (begun["candidate"] < begun["old h"]) == (n <= old)
        assert abs(begun["candidate"] - begun["old h"]) > 60, "they do not touch"
        if abs(new) > 0.2:
            assert (begun["new h"] > pane.size.width() / 2) == (new > 0)
        crossed.add(n <= old)
    assert crossed == {True, False}


@pytest.mark.parametrize("reset", ["after", "before"])
def test_the_largest_terms(reset: Reset, monkeypatch: pytest.MonkeyPatch) -> None:
    m = model(hidden=32, reset=reset)
    trace = recording(m, 12)
    step, unit = trace.step(7), 3
    said = painted(pane_of(trace, unit), monkeypatch)
    assert two(float(step.sum_z[unit])) in said
    terms = gate_terms(m.cell(), step, unit, "z", reset, "x")
    largest = sorted(terms, key=lambda term: -abs(term.value))
    for term in largest[:3]:
        assert two(term.value) in said
    (others,) = [words for words in said if words.endswith("other terms")]
    shown = len(terms) - int(others.split()[0])
    rest = sum(term.value for term in largest[shown:])
    assert two(rest) in said


@pytest.mark.parametrize(
    ("position", "computation", "words"),
    [(0, "blend", "Before the first character: press → to read it."), (7, "r", "…"), (7, "n", "…")],
)
def test_what_is_not_computed_is_not_told(
    position: int, computation: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = recording(model(), 12)
    pane = four_of(trace, 3)
    pane.session.go_to(position, computation)
    said = painted(pane, monkeypatch)
    assert words in said
    assert two(float(trace.step(7).h[3])) not in said


COMPUTED = [(reset, c) for reset, order in COMPUTATIONS.items() for c in order]


@pytest.mark.parametrize("notation", ["pytorch", "course"])
@pytest.mark.parametrize("direction", ["forward", "reverse"])
@pytest.mark.parametrize(("reset", "computation"), COMPUTED)
def test_inside_a_step_what_is_known_stands_in_the_equations(
    reset: Reset,
    computation: str,
    direction: Direction,
    notation: Notation,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trace = recording(model(directions=2, reset=reset), 12)
    pane = four_of(trace, 3)
    pane.session.look(layer=0, direction=direction)
    pane.session.look(notation=notation)
    pane.session.go_to(7, computation)
    said = painted(pane, monkeypatch)
    values = trace.step(7, 0, direction).values
    shown = {"input_r", "hidden_r", "r", "input_z", "hidden_z", "z", "input_n", "hidden_n", "n",
             "h_prev", "h"}  # fmt: skip
    known = {q for q in shown if is_computed(q, computation, reset)}
    for q in known:
        assert two(float(values[q][3])) in said, q
    told = {two(float(values[q][3])) for q in (*known, "sum_r", "sum_z", "reset_product")}
    for q in shown - known:
        assert two(float(values[q][3])) in told or two(float(values[q][3])) not in said, q
    # r twice after the product; z as 1 − z, too; n and h_prev in the last line
    dots = sum(q not in known for q in shown) + sum(
        q not in known for q in ("z", "z", "n", *(["r"] if reset == "after" else []))
    )
    assert said.count("…") == dots
    sentence = " ".join(s.text for s in pane.sentence(frame_of(pane)))
    assert sentence in " ".join(said)
    if computation != "blend":
        assert computation_in_words(computation, reset) in said


@pytest.mark.parametrize("width", [200, 256, 300, 340, 500])
@pytest.mark.parametrize("notation", ["pytorch", "course"])
@pytest.mark.parametrize(("reset", "computation"), COMPUTED)
def test_every_sentence_fits_its_box(
    reset: Reset, computation: str, notation: Notation, width: int
) -> None:
    trace = recording(model(hidden=128, reset=reset), 12)
    pane = pane_of(trace, 127, 600, width)
    pane.session.look(notation=notation)
    pane.session.go_to(7, computation)
    rect = pane.laid.sentence
    for unit in range(128):
        pane.session.select_unit(unit)
        pane.session.look(quantity="n" if unit % 2 else "z")
        placed = wrapped(pane.sentence(frame_of(pane)), rect.width())
        last = max(line for _, _, line in placed)
        assert 25 + 21 * last + 4 < rect.height()


def test_course_notation_adds_the_update_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    trace = recording(model(), 12)
    pane = four_of(trace, 3)
    pane.session.toggle_notation()
    said = " ".join(painted(pane, monkeypatch))
    assert "Γ" in said
    assert two(1 - float(trace.step(7).z[3])) in said
    assert two(float(trace.step(7).z[3])) in said, "the bars keep showing z"


@pytest.mark.parametrize("width", [340, 280])
def test_no_index_of_a_gate_stands_on_the_line(
    width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    pane = four_of(recording(model(16), 12), 3, width=width)
    pane.session.toggle_notation()
    said = painted(pane, monkeypatch)
    assert "1 − Γ_u" in said
    assert not any("Γu" in words for words in said)


def test_the_arrows_select_units() -> None:
    pane = pane_of(recording(model(), 12), 3)
    up, down = pane._arrows()
    pane.press(QPointF(down.center()))
    assert pane.session.unit == 4
    pane.press(QPointF(up.center()))
    assert pane.session.unit == 3
    pane.press(QPointF(5, 300))
    assert pane.session.unit == 3


@pytest.mark.parametrize(
    "more",
    [{"hidden": 1}, {"embedding": 4}, {"bias": False}, {"output": False}, {"hidden": 1024},
     {"layers": 2, "directions": 2}, {"scale": 0.0}, {"scale": 400.0}],
)  # fmt: skip
@pytest.mark.parametrize("width", [200, 300, 500])
def test_any_model_and_size(
    width: int, more: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = recording(model(**more), 12)  # type: ignore[arg-type]
    for height in HEIGHTS:
        pane = pane_of(trace, 0, height, width)
        assert painted(pane, monkeypatch)
        pane.use_theme(THEMES["dark"])
        painted(pane, monkeypatch)


# Why? --------------------------------------------------------------------------------------


def asking(
    hidden: int = 16, reset: Reset = "after", height: int = 600, width: int = 340
) -> UnitPane:
    """Of step 7, unit 3."""
    return pane_of(recording(model(hidden=hidden, reset=reset), 12), 3, height, width)


@pytest.mark.parametrize("width", [256, 340])
@pytest.mark.parametrize("notation", ["pytorch", "course"])
@pytest.mark.parametrize("reset", ["after", "before"])
@pytest.mark.parametrize("asked", ASKED)
def test_every_value_can_be_asked_why(
    asked: Asked, reset: Reset, notation: Notation, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    pane = asking(reset=reset, width=width)
    pane.session.look(notation=notation, all_equations=True)
    pane.resize(width, 600)
    row = pane._choices()[asked]
    pane.press(row.center())
    assert pane.session.view.quantity == asked
    pane.session.look(all_equations=False)
    pane.resize(width, 600)
    step = pane.session.step
    assert step is not None
    said = painted(pane, monkeypatch)
    assert "Why is " in said
    assert indexed(pane, asked) in said
    assert two(float(step.values["h" if asked == "h" else f"sum_{asked}"][3])) in said
    shown = pane.list.shown(step)
    assert len(shown) >= 4
    for row in shown:
        assert two(row.value) in said
        if row.product is not None and width >= 300:
            assert f"{two(row.product[0])} × {two(row.product[1])}" in said
        assert not row.number or str(row.number) in said
    assert "r_{" not in " ".join(said) or notation == "pytorch"


@pytest.mark.parametrize("hidden", [1, 16, 1024])
@pytest.mark.parametrize("asked", ASKED)
def test_all_terms_can_be_seen(asked: Asked, hidden: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Largest first, by the wheel or by keys, every one of them once."""
    pane = pane_of(recording(model(hidden=hidden), 12), 0, 500)
    pane.session.look(quantity=asked)
    pane.session.look(all_terms=True)
    pane.resize(340, 500)
    step = pane.session.step
    assert step is not None
    terms = terms_of(pane, step, asked)
    assert len(terms) == (2 if asked == "h" else hidden + 2)
    seen = {row.term.name: row.value for row in pane.list.shown(step) if row.term}
    for _ in range(len(terms)):
        pane.key(Qt.Key.Key_PageDown)
        seen |= {row.term.name: row.value for row in pane.list.shown(step) if row.term}
    assert list(seen.items()) == [(term.name, term.value) for term in terms]
    last = pane.list.first
    assert last == max(0, len(terms) - pane.list.room)
    pane.scroll(QPointF(100, 200), 1.0)
    assert pane.list.first == max(0, last - 3)
    pane.key(Qt.Key.Key_Home)
    assert pane.list.first == 0
    pane.key(Qt.Key.Key_End)
    assert pane.list.first == last
    said = painted(pane, monkeypatch)
    assert two(terms[len(terms) - 1].value) in said
    assert not [words for words in said if words.endswith("other terms")]


def test_another_step_unit_or_question_begins_at_the_largest() -> None:
    pane = asking(hidden=128)
    pane.session.look(all_terms=True)
    pane.resize(340, 500)
    for change in (
        lambda: pane.session.go_to(8),
        lambda: pane.session.select_unit(5),
        lambda: pane.session.look(quantity="r"),
    ):
        step = pane.session.step
        assert step is not None
        pane.list.blocks(step)
        assert pane.list.scroll(20)
        assert pane.list.first == 20
        change()
        assert pane.session.step is not None
        pane.list.shown(pane.session.step)
        assert pane.list.first == 0


def row_of(pane: UnitPane, i: int, block: int = 0) -> QPointF:
    """A point on a row of the list."""
    step = pane.session.step
    assert step is not None
    rect = pane.list.rect
    return pane.list.blocks(step)[block].rect(i, rect.left(), rect.width()).center()


def test_a_click_on_the_others_shows_all_and_keys_do_too() -> None:
    pane = asking(hidden=32)
    pane.press(row_of(pane, pane.list.room - 1))
    assert pane.session.view.all_terms
    pane.resize(340, 600)
    ((rect, words),) = pane._switches()
    assert words == "fewer"
    pane.press(rect.center())
    assert not pane.session.view.all_terms
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Space, Qt.Key.Key_Enter):
        assert pane.key(key)
    assert pane.session.view.all_terms
    assert pane.key(Qt.Key.Key_Escape)
    assert not pane.session.view.all_terms
    assert not pane.key(Qt.Key.Key_Escape), "the window's"
    for asked, key in (("r", Qt.Key.Key_R), ("n", Qt.Key.Key_N), ("h", Qt.Key.Key_H)):
        assert pane.key(key)
        assert pane.session.view.quantity == asked


@pytest.mark.parametrize(("reset", "computation"), COMPUTED)
def test_inside_a_step_what_is_computed_is_explained(reset: Reset, computation: str) -> None:
    pane = asking(reset=reset)
    for asked in ASKED:
        pane.session.look(quantity=asked)
        pane.session.go_to(7, computation)
        told = pane.session.told
        assert told == (asked if pane.session.is_computed(asked) else computation)


def test_hovering_tells_a_terms_numbers_and_what_a_click_does() -> None:
    pane = asking(hidden=32)
    step = pane.session.step
    assert step is not None
    told = pane.hover(row_of(pane, 0)).split("\n")
    assert told[0].endswith(exact(terms_of(pane, step, "z")[0].value))
    assert told[1] == "Click or Alt+1 to go there"
    assert "Click to see them all" in pane.hover(row_of(pane, pane.list.room - 1))
    pane.session.look(all_equations=True)
    pane.resize(340, 700)
    assert pane.hover(pane._choices()["r"].center()) == "Click to ask why the reset gate is so"
    pane.session.look(quantity="n", all_terms=True)
    pane.resize(340, 700)
    shown = pane.list.shown(step)
    row = next(i for i, row in enumerate(shown) if row.product is not None)
    words = pane.hover(row_of(pane, row))
    assert f"× reset gate {exact(float(step.values['r'][3]))} =" in words


def test_a_picture_for_paper_has_no_buttons(monkeypatch: pytest.MonkeyPatch) -> None:
    pane = asking()
    pane.interactive = False
    pane.renew()
    pane.session.go_to(0)
    assert "Before the first character." in painted(pane, monkeypatch)


@pytest.mark.parametrize("quantity", ["z", "h", "h_prev", "probabilities"])
def test_before_the_first_character_only_a_state_is_there(
    quantity: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the unit's own state it is said that it starts with that, of nothing else."""
    m = model()
    pane = pane_of(Trace(m, text_for(m, 12), np.full(16, 0.25, np.float32)).finish(), 3)
    pane.session.go_to(0)
    asked = {"symbol": 2} if quantity == "probabilities" else {"quantity": quantity}
    pane.session.look(**asked)
    pane.show_step()
    said = painted(pane, monkeypatch)
    assert ("It starts with 0.25." in said) == (quantity == "h")
    assert ("Nothing of it is computed yet." in said) == (quantity != "h")
    told = "The unit's state starts with 0.25; h(0): given." in said
    assert told == (quantity in ("z", "h_prev"))


@pytest.mark.parametrize("height", HEIGHTS)
@pytest.mark.parametrize("width", [200, 256, 300, 340, 500])
def test_nothing_lies_below_the_pane(width: int, height: int) -> None:
    """Too low a dock scrolls: three rows of terms are there at least, and all that never yields."""
    for quantity in SELECTABLE:
        pane = asking(height=height, width=width)
        pane.session.look(quantity=quantity)
        pane.show_unit()
        laid, step = pane.laid, frame_of(pane).step
        wanted = 2 if quantity.startswith("input") else 3
        wanted = {"h_prev": 1, "take": 2, "keep": 2, "h": 2}.get(quantity, wanted)
        assert len(pane.list.shown(step)) >= wanted
        last = pane.list.blocks(step)[-1]
        assert last.rect(len(last.rows) - 1, 0, 1).bottom() <= laid.list.bottom() + 1
        assert laid.list.bottom() <= laid.foot
        assert laid.foot + laid.entries * entry_height(laid.one_line) <= pane.size.height()
        assert laid.place is None or laid.list.top() >= laid.place.bottom


# Set by hand -------------------------------------------------------------------------------------

SET = ["r", "z", "n", "h", "hidden_n", "reset_product"]


@pytest.mark.parametrize("notation", ["pytorch", "course"])
@pytest.mark.parametrize("reset", ["after", "before"])
@pytest.mark.parametrize("quantity", SET)
def test_what_was_set_by_hand_is_no_equations_result(
    quantity: str, reset: Reset, notation: Notation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing says that the number stems from what its equation is made of; its neighbours do."""
    plain = recording(model(reset=reset), 12)
    trace = plain.what_if(f"{quantity}[3] = 0.5 at 7")
    pane = four_of(trace, 3)
    pane.session.look(notation=notation)
    added_up: list[str] = []
    monkeypatch.setattr(
        equations, "_paint_pieces", lambda p, pane, line, step: added_up.append(line.quantity)
    )
    said = painted(pane, monkeypatch)
    assert said.count("set by hand") == (quantity in ("r", "z", "n", "h"))
    if quantity == "reset_product":
        assert ("product set by hand: 0.50" in said) == (reset == "after")
    told = ["r", "z", "n", "h"]
    set_in = "n" if (quantity, reset) == ("reset_product", "after") else quantity
    assert added_up == [name for name in told if name != set_in]
    pane.session.select_unit(4)
    assert "set by hand" not in " ".join(painted(pane, monkeypatch)), "of another unit"
    pane.session.select_unit(3)
    pane.session.go_to(8)
    assert "set by hand" not in " ".join(painted(pane, monkeypatch)), "of another step"


@pytest.mark.parametrize("notation", ["pytorch", "course"])
@pytest.mark.parametrize("quantity", SET)
def test_its_sentence_says_so(quantity: str, notation: Notation) -> None:
    trace = recording(model(), 12).what_if(f"{quantity}[3] = 0.25 at 7")
    pane = pane_of(trace, 3)
    pane.session.look(notation=notation, quantity=quantity)
    pane.session.go_to(7, "blend" if quantity == "h" else quantity)
    words = " ".join(span.text for span in pane.sentence(frame_of(pane)))
    value = "0.75" if (quantity, notation) == ("z", "course") else "0.25"
    assert f"= {value}: set by hand" in words or f"{value}: set by hand" in words
    assert "set by hand" in pane.in_words()
    pane.session.go_to(6, "blend" if quantity == "h" else quantity)
    assert "set by hand" not in " ".join(span.text for span in pane.sentence(frame_of(pane)))


def test_why_asks_for_what_it_would_have_been(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = recording(model(), 12)
    trace = plain.what_if("h[3] = 0.125 at 7")
    pane = pane_of(trace, 3)
    pane.session.look(quantity="h")
    said = painted(pane, monkeypatch)
    assert "was set by hand" in said
    assert two(float(plain.step(7).h[3])) in said, "take + keep"


@pytest.mark.parametrize("reset", ["after", "before"])
def test_why_n_adds_up_where_its_hidden_part_was_set(
    reset: Reset, monkeypatch: pytest.MonkeyPatch
) -> None:
    pane = pane_of(recording(model(reset=reset), 12).what_if("hidden_n[3] = 0.5 at 7"), 3)
    pane.session.look(quantity="n", all_terms=True)
    step = frame_of(pane).step
    assert pane.list.blocks(step)[0].group.total == pytest.approx(float(step.sum_n[3]), abs=1e-5)
    assert "set by hand" in painted(pane, monkeypatch)


@pytest.mark.parametrize("height", range(280, 620, 7))
def test_three_terms_and_the_rest_come_before_the_equation(height: int) -> None:
    pane = pane_of(recording(model(), 12), 5, height)
    pane.session.select_value("z", 5)
    if pane.laid.place is not None:
        assert len(pane.list.shown(frame_of(pane).step)) >= 4
