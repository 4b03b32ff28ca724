"""Where sums lie on their curves and what reset gates do, against the equations in float64, a step
at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import oracle
import pytest
from by_hand import any_run
from samples import model, recording

from gru_debugger.api import Trace
from gru_debugger.core.activations import Activation, Activations
from gru_debugger.core.edits import Place
from gru_debugger.core.model import printable
from gru_debugger.core.trace import Trace as CoreTrace
from gru_debugger.numerals import apart
from gru_debugger.panes.in_words import plain
from gru_debugger.questions.curves import BENT, UnitCurves
from gru_debugger.questions.curves_in_words import becomes, ranged, reset_of_all, reset_of_unit
from gru_debugger.questions.reset_use import ResetUse, candidates
from gru_debugger.questions.thresholds import USUAL

STEPS = 30
EDITS = "r{end}[2] = 0.3 from 4 to 9", "hidden_n{end}[1] = 0.4 at 12", "n{end}[2] = -0.5 at 7"


def put(
    run: CoreTrace, place: Place, t: int, gate: slice | None, r: float
) -> Callable[..., np.ndarray]:
    """What the run's edits set in a step, and then some reset gates."""

    def edited(name: str, values: np.ndarray) -> np.ndarray:
        values = values.copy()
        for edit in run.edits:
            if (edit.quantity, edit.place) == (name, place) and edit.first <= t <= edit.last:
                values[edit.units] = np.float32(edit.value)
        if name == "r" and gate is not None:
            values[gate] = r
        return values

    return edited


def by_hand(
    run: CoreTrace, place: Place, t: int, gate: slice | None = None, r: float = 0
) -> dict[str, np.ndarray]:
    step = run.step(t, *place)
    edited = put(run, place, t, gate, r)
    return oracle.step(run.model.cell(*place), step.x, step.h_prev, run.model.reset, edited)


def all_of(
    run: CoreTrace, place: Place, unit: int, more: float = USUAL.used
) -> tuple[UnitCurves, ResetUse]:
    curves, use = UnitCurves(run, place, unit, more), ResetUse(run, place, more)
    while curves.advance():
        pass
    while use.advance():
        pass
    assert curves.complete
    assert use.complete
    return curves, use


@pytest.mark.parametrize("seed", range(8))
def test_sums_values_and_opened_gates_are_those_of_a_loop(seed: int) -> None:
    run = any_run(seed, STEPS, *EDITS)
    for place in run.model.places:
        for unit in (1, 2):
            curves, _ = all_of(run, place, unit)
            for t in range(1, STEPS + 1):
                there = by_hand(run, place, t)
                opened = by_hand(run, place, t, slice(None), 1)["n"][unit]
                for name in BENT:
                    assert curves.sums[name][t - 1] == pytest.approx(there[f"sum_{name}"][unit],
                                                                     abs=2e-5)  # fmt: skip
                    assert curves.values[name][t - 1] == pytest.approx(there[name][unit], abs=2e-6)
                assert curves.opened[t - 1] == pytest.approx(opened, abs=2e-6)


@pytest.mark.parametrize("more", [USUAL.used, 0.02, 0.4])
@pytest.mark.parametrize("seed", range(8))
def test_how_often_gates_are_used_is_what_a_loop_counts(seed: int, more: float) -> None:
    run = any_run(seed, STEPS, *EDITS)
    changed = 0
    for place in run.model.places:
        curves, use = all_of(run, place, 2, more)
        used, effect, mine = np.zeros(5, int), np.zeros(5), Counter[str]()
        for t in range(1, STEPS + 1):
            there, opened = by_hand(run, place, t), by_hand(run, place, t, slice(None), 1)
            difference = np.abs(there["n"] - opened["n"])
            assert np.abs(difference - more).min() > 1e-7, "too near to be counted by rounding"
            used += difference > more
            effect += difference
            mine.update({run.characters[t - 1]} if difference[2] > more else ())
        np.testing.assert_array_equal(use.used, used)
        steps = int(curves.used().sum())
        told_of = plain(reset_of_unit(curves, "pytorch").spans)
        assert told_of.startswith(f"In {steps or 'none'} of {STEPS} steps the reset gate")
        assert f"by more than {more:g}" in told_of
        np.testing.assert_allclose(use.effect, effect, atol=1e-4)
        assert use.unused == (used == 0).sum()
        told = curves.on_characters(100)
        assert {one.character: one.used for one in told} == mine
        assert [one.used for one in told] == sorted(mine.values(), reverse=True)
        for one in told:
            assert one.read == list(run.characters).count(one.character)
            assert run.characters[one.step - 1] == one.character
            assert curves.used()[one.step - 1]
        changed += int(used.sum())
    assert changed


@pytest.mark.parametrize("reset", ["after", "before"])
@pytest.mark.parametrize("r", [0, 1])
def test_one_gate_alone_or_all_of_them(reset: str, r: int) -> None:
    run = recording(model(reset=reset, layers=2, directions=2), 12)
    place: Place = (1, "reverse")
    reached = 0
    for t in (1, 6, 12):
        for gate in (None, 3):
            mine = slice(None) if gate is None else slice(3, 4)
            wanted = by_hand(run, place, t, mine, r)["n"]
            found = candidates(run, place, t - 1, t, r, gate)[0]
            np.testing.assert_allclose(found, wanted, atol=2e-6)
            reached += int((np.abs(wanted - run.step(t, *place).n) > 1e-4).sum()) * (gate == 3)
    assert reached > 3 if reset == "before" else reached <= 3, "before, one gate reaches all"


def test_only_what_is_recorded_is_looked_at() -> None:
    m = model()
    run = CoreTrace(m, "ab" * 40_000)
    curves, use = UnitCurves(run, (0, "forward"), 3), ResetUse(run, (0, "forward"))
    run.advance()
    there = run.recorded
    while curves.advance() or use.advance():
        pass
    assert curves.known == use.known == there < run.steps
    told = plain(reset_of_unit(curves, "pytorch").spans)
    assert f"of the first {there:,} of 80,000 steps" in told
    assert f"In the first {there:,} of 80,000 steps" in plain(ranged(curves, "z", "pytorch"))


# Sentences ----------------------------------------------------------------------------------------


def said(run: CoreTrace, t: int, unit: int, quantity: str, notation: str = "pytorch") -> str:
    curves, _ = all_of(run, (0, "forward"), unit)
    hand = [e.quantity for e in run.edits if e.first <= t <= e.last and e.start <= unit < e.stop]
    now = becomes(curves, run.step(t), quantity, notation, hand)  # type: ignore[arg-type]
    return plain([*now, *ranged(curves, quantity, notation)])  # type: ignore[arg-type]


def sixteen() -> Trace:
    import gru_debugger

    m = gru_debugger.load_model("bundled:sixteen")
    return gru_debugger.trace(m, m.example.text)


def test_the_demonstration_says_it_as_the_design_does() -> None:
    run = sixteen()
    assert said(run, 34, 5, "z") == (
        "The sum 0.18 becomes z = 0.54. In the 115 steps here z goes from 0.0003 to 0.89, "
        "never 0\u00a0or\u00a01. σ divides 1 by 1 + e^−a, which is always more than 1."
    )
    z = run.column("z[5]")
    assert (apart(float(z.min()), 0, 1), apart(float(z.max()), 0, 1)) == ("0.0003", "0.89")


def test_the_course_s_gate_is_one_minus_z() -> None:
    run = sixteen()
    words, z = said(run, 34, 5, "z", "course"), run.column("z[5]")
    low, high = (apart(float(one), 0, 1) for one in (np.float32(1) - z.max(), 1 - z.min()))
    assert f"Γu goes from {low} to {high}, never 0" in words
    assert "becomes 1 − Γu = 0.54, PyTorch's z, so Γu = 0.46." in words


def test_where_float32_does_reach_an_end_it_says_so() -> None:
    run = recording(model(scale=30), 40)
    exactly = 0
    for unit in range(16):
        for quantity, low, high in (("r", 0, 1), ("z", 0, 1), ("n", -1, 1)):
            values = run.column(f"{quantity}[{unit}]")
            ends = {end: int((values == end).sum()) for end in (low, high)}
            words = said(run, 5, unit, quantity)
            assert ("never" in words) == (not any(ends.values()))
            for end, count in ends.items():
                steps = f"{count} step{'s' * (count != 1)}".replace("-", "−")
                assert (f"{end} in {steps}".replace("-", "−") in words) == bool(count)
            exactly += sum(ends.values())
    assert exactly > 100


def test_a_function_that_reaches_its_ends_is_said_to() -> None:
    hard = Activations(Activation("hard_sigmoid"), Activation("relu"))
    run = recording(model(scale=6, activations=hard), 40)
    found = [said(run, 5, unit, "z") for unit in range(16)]
    assert any("hard σ reaches its ends" in words for words in found)
    assert not any("float32" in words or "more than 1" in words for words in found)
    assert "never" not in said(run, 5, 3, "n"), "relu has no end above"


def test_what_is_set_by_hand_is_no_sum_s() -> None:
    run = recording(model(), 12).with_edits("z[3] = 1 at 5").finish()
    words, total = said(run, 5, 3, "z"), run.step(5).sum_z[3]
    made = apart(float(1 / (1 + np.exp(-np.float64(total)))), 0, 1)
    assert f"would become {made}, but z is set by hand: 1.00." in words
    assert "never" not in words


def test_the_course_s_gate_has_bounds_of_its_own() -> None:
    """1 − z of what lies between −1 and 1 lies between 0 and 2."""
    soft = Activations(Activation("softsign"), Activation("tanh"))
    run = recording(model(activations=soft, scale=0.5), 12)
    curves, _ = all_of(run, (0, "forward"), 3)
    assert curves.bounds("z") == (-1, 1)
    assert curves.bounds("z", course=True) == (0, 2)
    assert "never 0\u00a0or\u00a02." in said(run, 5, 3, "z", "course")


def test_a_clipped_sum_is_said_to_be() -> None:
    run = recording(model(scale=6, activations=Activations(clip=0.5)), 12)
    beyond = abs(run.step(5).sum_z) > 0.5
    for unit in range(16):
        assert (", clipped at ±0.5, becomes" in said(run, 5, unit, "z")) == beyond[unit]
    assert beyond.any()


@pytest.mark.parametrize("reset", ["after", "before"])
def test_what_the_gates_do_is_told_and_leads_there(reset: str) -> None:
    run = recording(model(reset=reset), 60)
    curves, use = all_of(run, (0, "forward"), 3)
    told, characters = reset_of_unit(curves, "pytorch"), curves.on_characters(3)
    words = plain(told.spans)
    assert words.startswith(f"In {curves.used().sum()} of 60 steps the reset gate")
    assert ("together" in words) == (reset == "before")
    assert [span.text for span in told.spans if span.role == "link"] == [
        printable(one.character) for one in characters
    ]
    assert told.links == [("step", one.step) for one in characters]
    every = reset_of_all(use)
    assert every.links == [("unit", unit) for unit in use.most(3)]
    assert [span.text for span in every.spans if span.role == "link"] == [
        str(unit) for unit in np.argsort(-use.used, kind="stable")[:3]
    ] or len({*use.used}) < len(use.used)


def test_gates_that_do_nothing_are_said_to_do_nothing() -> None:
    run = recording(model(), 12).with_edits("r = 1").finish()
    curves, use = all_of(run, (0, "forward"), 3)
    assert plain(reset_of_unit(curves, "pytorch").spans).startswith("In none of 12 steps")
    assert plain(reset_of_all(use).spans) == "It changes no unit's candidate by more than 0.1."
