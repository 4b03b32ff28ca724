"""The first start shows step 34 of the bundled model: every bar and number there is `trace`'s."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from driver import Screenshot, Start
from reading import Bars, chips, read_bars, read_chip

import gru_debugger
from gru_debugger.core.trace import Step, Trace
from gru_debugger.numerals import two

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
    yield program.look()
    assert program.quit()[0] == 0
    assert program.errors() == ""


def off(bars: dict[str, Bars], step: Step) -> dict[str, float]:
    """By how many pixels the bars of each quantity miss the step's values at most."""
    return {
        name: float(np.abs(read.values - step.values[name]).max()) / read.pixel
        for name, read in bars.items()
    }


def numbers(recorded: Trace, t: int) -> list[str]:
    """What the chips say about unit 9 in a step, column by column."""
    step, cell, size = recorded.step(t), recorded.model.cell(), recorded.model.hidden_size
    symbol = recorded.model.index_of[step.character]
    parts = {"r": "sum_r", "z": "sum_z", "n": "reset_product"}
    words = []
    for i, (gate, third) in enumerate(parts.items()):
        weight = float(cell.weight_ih[i * size + UNIT, symbol])
        signed = [
            weight,
            *(step.values[q][UNIT] for q in (f"input_{gate}", f"hidden_{gate}", third)),
        ]
        words += [two(float(value), signed=True) for value in signed]
        words.append(two(float(step.values[gate][UNIT]), signed=gate == "n"))
        state = step.values["h_prev" if gate == "r" else "h"]
        words.append(two(float(state[UNIT]), signed=True))
    return words


def test_step_34_on_screen_is_that_of_trace(first_start: Screenshot, recorded: Trace) -> None:
    bars = read_bars(first_start, recorded.model.hidden_size)
    assert set(bars) == {"r", "z", "n", "h_prev", "h"}
    for name, pixels in off(bars, recorded.step(34)).items():
        assert pixels <= TOLERANCE, f"{name}: a bar is {pixels:.1f} pixels off"

    expected = numbers(recorded, 34)
    others = [words for t in range(25, 45) for words in numbers(recorded, t)]
    found = chips(first_start)
    assert len(found) == len(expected), "chips on screen"
    for chip, words in zip(found, expected, strict=True):
        read, distance = read_chip(chip, [*expected, *others])
        assert (read, distance < SAME) == (words, True), f"{words} reads {read} ({distance:.2f})"

    # The same reading held against another step fails everywhere: it can tell.
    assert min(off(bars, recorded.step(35)).values()) > 10
    wrong = [
        words
        for chip, words in zip(found, numbers(recorded, 35), strict=True)
        if read_chip(chip, [words])[1] > OTHER
    ]
    assert len(wrong) >= len(expected) - 2
