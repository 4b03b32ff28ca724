"""Formulas: one baseline, indices below it, letters italic and the rest upright."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QFont, QFontMetricsF

from gru_debugger.charts import fonts, mathematics
from gru_debugger.charts.mathematics import Run, layout
from gru_debugger.core.activations import SYMBOLS
from gru_debugger.core.cell import QUANTITIES
from gru_debugger.core.quantities import symbol

pytestmark = pytest.mark.usefixtures("screen")

FORMULAS = [
    symbol(name, notation, reset)
    for name in QUANTITIES
    for notation in ("pytorch", "course")
    for reset in ("after", "before")
] + [
    "r_t = σ(W_{ir}x_t + b_{ir} + W_{hr}h_{t−1} + b_{hr})",
    "c̃^{⟨t⟩} = tanh(W_{in}x^{⟨t⟩} + b_{in})",
]


def runs(markup: str, pixels: float = 15) -> tuple[Run, ...]:
    return layout(markup, pixels)[0]


@pytest.mark.parametrize("markup", sorted(set(FORMULAS)))
def test_runs_follow_each_other_on_one_baseline(markup: str) -> None:
    placed, wide = layout(markup, 15)
    end = 0.0
    for run in placed:
        assert run.x >= end - 0.51
        end = run.x + fonts.width(run.text, run.family, run.pixels, 400, run.italic)
        assert run.shift == 0 or run.pixels < 15
    assert abs(end - wide) <= 3
    assert wide == mathematics.width(markup, 15)


@pytest.mark.parametrize(("markup", "letters"), [("rzrz", "rzrz"), ("a_{rzxr}", "arzxr")])
def test_italic_letters_take_their_own_width(markup: str, letters: str) -> None:
    """An upright r is narrower than an italic one, an upright z wider."""
    placed, wide = layout(markup, 40)
    assert "".join(run.text for run in placed) == letters
    widths = []
    for run in placed:
        font = QFont(fonts.font(run.family, run.pixels))
        font.setItalic(True)
        widths.append(QFontMetricsF(font).horizontalAdvance(run.text))
    ends = [*(run.x for run in placed[1:]), wide]
    for run, of_its_own, end in zip(placed, widths, ends, strict=True):
        assert end - run.x == pytest.approx(of_its_own)


@pytest.mark.parametrize(
    ("markup", "text", "low"),
    [
        ("h_{t−1}", ["h", "t", "−1"], [False, True, True]),
        ("r_t", ["r", "t"], [False, True]),
        ("W_{in}x_t", ["W", "i", "n", "x", "t"], [False, True, True, False, True]),
        ("z_{12}", ["z", "12"], [False, True]),
    ],
)
def test_indices_are_small_and_below(markup: str, text: list[str], low: list[bool]) -> None:
    placed = runs(markup, 15)
    assert [run.text for run in placed] == text
    for run, is_low in zip(placed, low, strict=True):
        assert (run.shift > 0) == is_low
        assert run.pixels == (11 if is_low else 15)


def test_raised_ones_are_above() -> None:
    base, *raised = runs("x^{⟨t⟩}")
    assert base.shift == 0
    assert [run.text for run in raised] == ["⟨", "t", "⟩"]
    assert all(run.shift < 0 for run in raised)


@pytest.mark.parametrize(
    ("markup", "italic", "upright"),
    [
        ("(1 − z_t) ⊙ n_t", "ztn", "(1−)⊙"),
        ("σ(a_r)", "ar", "σ()"),
        ("Γ_u", "u", "Γ"),
        ("h_{12}", "h", "12"),
    ],
)
def test_letters_are_italic_and_the_rest_upright(markup: str, italic: str, upright: str) -> None:
    placed = runs(markup)
    assert {letter for run in placed if run.italic for letter in run.text} == set(italic)
    assert {letter for run in placed if not run.italic for letter in run.text} == set(upright)


def test_names_of_functions_are_one_upright_word() -> None:
    first = runs("tanh(a_n)")[0]
    assert (first.text, first.italic, first.family) == ("tanh", False, fonts.MATH)


def test_a_larger_size_is_proportionally_wider() -> None:
    for markup in FORMULAS[:10]:
        assert mathematics.width(markup, 30) == pytest.approx(
            2 * mathematics.width(markup, 15), rel=0.1
        )


@pytest.mark.parametrize("name", SYMBOLS)
def test_functions_are_upright_and_whole(name: str) -> None:
    first, *others = runs(f"{name}(a_r)")
    assert (first.text, first.italic) == (name, False)
    assert [run.text for run in others] == ["(", "a", "r", ")"]
