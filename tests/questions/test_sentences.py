"""What happened to a unit, in words and in terms: against the step's own numbers."""

from __future__ import annotations

import re

import numpy as np
import pytest

from gru_debugger.core.activations import USUAL
from gru_debugger.core.cell import Reset
from gru_debugger.core.trace import Step
from gru_debugger.numerals import two
from gru_debugger.questions.sentences import candidate_sentence, unit_sentence


def step(z: float, n: float, old: float) -> Step:
    values = {"z": z, "n": n, "h_prev": old, "h": (1 - z) * n + z * old}
    return Step(1, "a", {name: np.array([0.0, v], np.float32) for name, v in values.items()})


def sentence(z: float, n: float, old: float) -> str:
    words = " ".join(span.text for span in unit_sentence(step(z, n, old), 1))
    return words.replace(" ,", ",").replace(" .", ".")


@pytest.mark.parametrize(
    ("z", "n", "old", "expected"),
    [
        (0.004, 0.98, -0.62, "z_{1} = 0.004: the old value −0.62 is almost fully dropped; "
         "h_{1} becomes 0.97, near the candidate 0.98, with the other sign."),
        (0.05, 0.98, 0.62, "z_{1} = 0.05: the old value 0.62 is almost fully dropped; "
         "h_{1} becomes 0.96, near the candidate 0.98."),
        (0.05, 0.9, -0.02, "z_{1} = 0.05: the old value −0.02 is almost fully dropped; "
         "h_{1} becomes 0.85, near the candidate 0.90."),
        (0.95, -0.5, 0.84, "z_{1} = 0.95: the old value 0.84 is almost fully kept; "
         "h_{1} becomes 0.77, hardly moved toward the candidate −0.50."),
        (0.25, -1.0, 1.0, "z_{1} = 0.25: 25\u00a0% of the old value 1.00 is kept and "
         "75\u00a0% of the candidate −1.00 taken; h_{1} becomes −0.50."),
        (0.0, 1.0, 0.0, "z_{1} = 0.00: the old value 0.00 is almost fully dropped; "
         "h_{1} becomes 1.00, near the candidate 1.00."),
        (1.0, 1.0, -1.0, "z_{1} = 1.00: the old value −1.00 is almost fully kept; "
         "h_{1} becomes −1.00, hardly moved toward the candidate 1.00."),
    ],
)  # fmt: skip
def test_sentences(z: float, n: float, old: float, expected: str) -> None:
    assert sentence(z, n, old) == expected


def test_what_is_kept_and_taken_have_their_colours() -> None:
    for z in (0.01, 0.5, 0.99):
        roles = {span.role: span.text for span in unit_sentence(step(z, 0.75, -0.25), 1)}
        assert (roles["keep"], roles["take"]) == ("−0.25", "0.75")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0, "0.00"),
        (0.01, "0.01"),
        (0.0099, "0.010"),
        (0.0005, "0.001"),
        (0.00049, "0.0005"),
        (-2.5, "−2.50"),
    ],
)
def test_two_decimals_or_more(value: float, words: str) -> None:
    assert two(value) == words


def candidate(step: Step, reset: Reset, by_hand: tuple[str, ...] = ()) -> str:
    spans = candidate_sentence(step, 0, reset, USUAL, by_hand)
    return re.sub(r" (?=[.,;:])", "", " ".join(span.text for span in spans))


def test_a_candidate_says_what_the_reset_gate_lets_through() -> None:
    values = {"input_n": -2.19, "hidden_n": 5.14, "r": 0.34, "sum_n": -0.44, "n": -0.42}
    made = Step(1, "t", {name: np.array([value], np.float32) for name, value in values.items()})
    assert candidate(made, "after") == (
        "The input says −2.19, the old state 5.14 against it; of that the reset gate lets "
        "34\u00a0% through: −0.44; tanh: −0.42."
    )
    made.values["input_n"][0] = 0.5
    assert candidate(made, "before") == (
        "The input says 0.50, the old state 5.14 too, behind the reset gate: −0.44; tanh: −0.42."
    )
    assert not candidate(made, "after", ("reset_product",)), "that would not be true"
    made.values["r"][0] = 1.5
    assert not candidate(made, "after"), "no share"
