"""A sentence for each computation of a step: its numbers are the step's, and known by then."""

from __future__ import annotations

import re

import numpy as np
import pytest
from samples import model, recording

from gru_debugger.core.activations import USUAL, Activation, Activations
from gru_debugger.core.cell import Notation, Reset
from gru_debugger.core.quantities import COMPUTATIONS, computation_in_words, is_computed
from gru_debugger.core.trace import Step
from gru_debugger.numerals import percent, two
from gru_debugger.questions.sentences import sentence

ODD = Activations(Activation("relu"), Activation("softsign"), clip=0.5)
VALUES = ("r", "z", "n", "input_r", "hidden_r", "sum_r", "input_z", "hidden_z", "sum_z", "input_n",
          "hidden_n", "sum_n", "reset_product", "h_prev", "h", "take", "keep")  # fmt: skip


def words(step: Step, unit: int, computation: str, **more: object) -> str:
    told = " ".join(span.text for span in sentence(step, unit, computation, **more))  # type: ignore[arg-type]
    return re.sub(r" (?=[.,])", "", told)


def step_of(values: dict[str, float]) -> Step:
    return Step(1, "a", {q: np.array([0.0, values.get(q, 0.0)], np.float32) for q in VALUES})


R = {"r": 0.33, "input_r": 0.58, "hidden_r": -1.29, "sum_r": -0.71}
Z = {"z": 0.03, "input_z": -0.64, "hidden_z": -2.9, "sum_z": -3.54, "h_prev": 0.62}
N = {"n": -0.89, "input_n": -0.75, "hidden_n": -1.99, "reset_product": -0.66, "sum_n": -1.41}


@pytest.mark.parametrize(
    ("values", "computation", "more", "expected"),
    [
        (R, "r", {}, "r_{1} = 0.33: σ of −0.71, the sum of input part 0.58 and hidden part −1.29. "
         "It lets 33 % of the hidden part pass."),
        (R, "r", {"reset": "before", "notation": "course"}, "Γ_{r,1} = 0.33: σ of −0.71, the sum "
         "of input part 0.58 and hidden part −1.29. It lets 33 % of the old state pass."),
        (R | {"r": 0.0004}, "r", {}, "r_{1} = 0.0004: σ of −0.71, the sum of input part 0.58 and "
         "hidden part −1.29. It lets less than 0.1 % of the hidden part pass."),
        (Z, "z", {}, "z_{1} = 0.03: σ of −3.54, the sum of input part −0.64 and hidden part −2.90. "
         "It keeps 3 % of the old value 0.62."),
        (Z, "z", {"notation": "course"}, "Γ_{u,1} = 0.97: 1 − σ of −3.54, the sum of input part "
         "−0.64 and hidden part −2.90. It replaces 97 % of the old value 0.62."),
        (N, "hidden_n", {}, "Hidden part −1.99: what the old state says of the candidate; the "
         "reset gate has yet to weigh it."),
        (N, "hidden_n", {"reset": "before"}, "Hidden part −1.99: what the old state, as far as the "
         "reset gate let it pass, says of the candidate."),
        (R | N, "reset_product", {}, "Of the hidden part −1.99 the reset gate lets 33 % pass: "
         "−0.66."),
        (R | N | {"h_prev": 0.62, "reset_product": 0.2}, "reset_product", {"reset": "before"},
         "Of the old value 0.62 the reset gate lets 33 % pass: 0.20."),
        (N | {"r": 1.7, "reset_product": -3.38}, "reset_product", {},
         "The hidden part −1.99 times the reset gate's 1.70 is −3.38."),
        (N, "n", {}, "n_{1} = −0.89: tanh of −1.41, the sum of input part −0.75 and of what passed "
         "the reset gate, −0.66."),
        (N, "n", {"reset": "before", "notation": "course"}, "c̃_{1} = −0.89: tanh of −1.41, the sum "
         "of input part −0.75 and hidden part −1.99."),
        (N, "n", {"activations": ODD}, "n_{1} = −0.89: softsign of −1.41 (clipped at ±0.5), the "
         "sum of input part −0.75 and of what passed the reset gate, −0.66."),
    ],
)  # fmt: skip
def test_each_computation_says_what_it_did(
    values: dict[str, float], computation: str, more: dict[str, object], expected: str
) -> None:
    said = words(step_of(values), 1, computation, **more).replace("\u00a0", " ")
    assert said == expected


@pytest.mark.parametrize("activations", [USUAL, ODD], ids=["usual", "odd"])
@pytest.mark.parametrize("notation", ["pytorch", "course"])
@pytest.mark.parametrize("direction", ["forward", "reverse"])
@pytest.mark.parametrize("reset", ["after", "before"])
def test_numbers_are_the_steps_and_known_by_then(
    reset: Reset, direction: str, notation: Notation, activations: Activations
) -> None:
    m = model(hidden=5, directions=2, reset=reset, activations=activations)
    trace = recording(m, 9)
    for t in (1, 5, 9):
        step = trace.step(t, 0, direction)  # type: ignore[arg-type]
        for computation in COMPUTATIONS[reset]:
            known = [q for q in VALUES if is_computed(q, computation, reset)]
            for unit in range(5):
                found = [float(step.values[q][unit]) for q in known]
                gates = [g for q, g in zip(known, found, strict=True) if q in "rz"]
                shares = [*gates, *(1 - g for g in gates)]
                allowed = {two(v) for v in [*found, *shares]} | {"1", "±0.5"}
                allowed |= {percent(v, d).removesuffix("\u00a0%") for v in shares for d in (0, 1)}
                allowed |= {"0.1"} if any(0 < v < 0.001 for v in shares) else set()
                said = words(step, unit, computation, reset=reset, notation=notation,
                             activations=activations)  # fmt: skip
                numbers = re.findall(r"(?<![\w{,])±?−?\d[\d.,]*(?:e−?\d+)?", said)
                assert numbers
                assert {n.rstrip(".,") for n in numbers} <= allowed, said
                value = "h" if computation == "blend" else computation
                told = 1 - found[known.index("z")] if value == "z" and notation == "course" else (
                    float(step.values[value][unit]))  # fmt: skip
                assert two(told) in said


@pytest.mark.parametrize("reset", ["after", "before"])
def test_every_computation_has_words(reset: Reset) -> None:
    said = [computation_in_words(c, reset) for c in COMPUTATIONS[reset]]
    assert len(set(said)) == 6
    assert not [words for words in said if "_" in words]
