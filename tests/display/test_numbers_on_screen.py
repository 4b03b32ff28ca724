"""The first start shows step 34 of the bundled model: every bar and number there is `trace`'s."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import oracle
import pytest
from driver import Screenshot, Start
from reading import Bars, chips, read_bars, read_chip
from samples import session_of

import gru_debugger
from gru_debugger.charts.theme import THEMES
from gru_debugger.core.trace import Step, Trace
from gru_debugger.numerals import two
from gru_debugger.panes.bar_rows import BarRow
from gru_debugger.panes.columns import ColumnsPane
from gru_debugger.panes.registry import make_pane

UNIT = 9
TOLERANCE = 2.0  # pixels: an end blended with what is behind it, and an outline over it
SAME, OTHER = 0.5, 1.5  # mean difference of a chip's pixels: equal digits, another digit


@pytest.fixture
def recorded() -> Trace:
    model = gru_debugger.load_model("bundled:sixteen")
    assert model.example is not None
    return gru_debugger.trace(model, model.example.text)


@pytest.fixture
def first_start(start: Start, qapp: object) -> Iterator[Screenshot]:
    program = start()
    for _ in range(6):  # from z on to take, whose number stands in no chip: all are alike then
        program.press("Down")
    yield program.look()
    assert program.quit()[0] == 0
    assert program.errors() == ""


def off(bars: dict[str, Bars], step: Step) -> dict[str, float]:
    """By how many pixels the bars of each quantity miss the step's values at most."""
    return {
        name: float(np.abs(read.values - step.values[name]).max()) / read.pixel
        for name, read in bars.items()
    }


def columns(recorded: Trace) -> list[list[str]]:
    """The quantities of each column's charts from top to bottom, the state's below the gate's."""
    pane = make_pane("cell", session_of(recorded), THEMES["light"])
    assert isinstance(pane, ColumnsPane)
    charts = [
        [row.quantity for row in column.rows if isinstance(row, BarRow)]
        for column in pane.columns()
    ]
    return [above + below for above, below in zip(charts[:3], charts[3:], strict=True)]


def numbers(recorded: Trace, t: int, charts: list[list[str]]) -> list[str]:
    """What the chips say about unit 9 in a step, column by column."""
    step, cell, size = recorded.step(t), recorded.model.cell(), recorded.model.hidden_size
    symbol = recorded.model.index_of[step.character]
    words = []
    for i, quantities in enumerate(charts):
        words.append(two(float(cell.weight_ih[i * size + UNIT, symbol]), signed=True))
        for name in quantities:
            value = float(step.values[name][UNIT])
            words.append(two(value, signed=name not in oracle.AXES["gate"]))
    return words


def test_step_34_on_screen_is_that_of_trace(first_start: Screenshot, recorded: Trace) -> None:
    bars = read_bars(first_start, recorded.model.hidden_size)
    assert set(bars) == {"r", "z", "n", "h_prev", "h"}
    for name, pixels in off(bars, recorded.step(34)).items():
        assert pixels <= TOLERANCE, f"{name}: a bar is {pixels:.1f} pixels off"

    charts = columns(recorded)
    expected = numbers(recorded, 34, charts)
    others = [words for t in range(25, 45) for words in numbers(recorded, t, charts)]
    found = chips(first_start)
    assert len(found) == len(expected), "chips on screen"
    for chip, words in zip(found, expected, strict=True):
        read, distance = read_chip(chip, [*expected, *others])
        assert (read, distance < SAME) == (words, True), f"{words} reads {read} ({distance:.2f})"

    # The same reading held against another step fails everywhere: it can tell.
    assert min(off(bars, recorded.step(35)).values()) > 10
    wrong = [
        words
        for chip, words in zip(found, numbers(recorded, 35, charts), strict=True)
        if read_chip(chip, [words])[1] > OTHER
    ]
    assert len(wrong) >= len(expected) - 2
