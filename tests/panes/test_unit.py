"""The unit inspector: its numbers are the step's."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF
from samples import model, recording, session_of
from words import painted

from gru_debugger.charts.theme import THEMES
from gru_debugger.core.cell import Reset
from gru_debugger.core.explain import unit_sentence
from gru_debugger.core.model import Direction
from gru_debugger.core.quantities import (
    COMPUTATIONS,
    Notation,
    computation_in_words,
    is_computed,
)
from gru_debugger.core.terms import gate_terms
from gru_debugger.core.trace import Trace
from gru_debugger.numerals import two
from gru_debugger.panes.unit import MARGIN, UnitPane

pytestmark = pytest.mark.usefixtures("screen")

HEIGHTS = [400, 480, 600]


def pane_of(trace: Trace, unit: int, height: int = 600, width: int = 340) -> UnitPane:
    pane = UnitPane(session_of(trace, 7, unit), THEMES["light"])
    pane.resize(width, height)
    return pane


@pytest.mark.parametrize("reset", ["after", "before"])
@pytest.mark.parametrize("unit", [0, 7, 15])
@pytest.mark.parametrize("height", HEIGHTS)
def test_the_equations_carry_the_numbers(
    height: int, unit: int, reset: Reset, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = recording(model(reset=reset), 12)
    said = painted(pane_of(trace, unit, height), monkeypatch)
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
    pane = pane_of(trace, 3)
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
    pane = pane_of(trace, 3)
    pane.session.set_layer(0, direction)
    pane.session.set_notation(notation)
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
    sentence = " ".join(s.text for s in pane.sentence(trace.step(7, 0, direction)))
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
    pane.session.set_notation(notation)
    pane.session.go_to(7, computation)
    rect = pane._sentence_rect()
    for unit in range(128):
        pane.session.select_unit(unit)
        placed = pane._wrap(pane.sentence(trace.step(7)), pane.right - MARGIN - 32)
        last = max(line for _, _, line in placed)
        assert 25 + 21 * last + 4 < rect.height()


def test_course_notation_adds_the_update_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    trace = recording(model(), 12)
    pane = pane_of(trace, 3)
    pane.session.toggle_notation()
    said = " ".join(painted(pane, monkeypatch))
    assert "Γ" in said
    assert two(1 - float(trace.step(7).z[3])) in said
    assert two(float(trace.step(7).z[3])) in said, "the bars keep showing z"


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
