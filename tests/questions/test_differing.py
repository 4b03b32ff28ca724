"""What an edit changed first, and what it does to predictions, against loops over single steps."""

from __future__ import annotations

import numpy as np
import pytest
from samples import model, recording, text_for

from gru_debugger.core.trace import Trace
from gru_debugger.questions import differing
from gru_debugger.questions.asked import selectable
from gru_debugger.questions.differing import Comparison, Effect, First

STEPS = 60


def compared(run: Trace, reference: Trace, limit: int = 1000) -> Comparison:
    comparison = Comparison(run, reference, limit)
    while comparison.advance():
        pass
    assert comparison.done
    return comparison


def by_hand(run: Trace, reference: Trace) -> tuple[int, tuple[int, str], str, int] | None:
    """Every value of every step, one after the other."""
    for place in run.model.places:
        steps = range(1, run.steps + 1)
        for t in steps if place[1] == "forward" else reversed(steps):
            ours, theirs = run.step(t, *place).values, reference.step(t, *place).values
            for name in selectable(run.model.reset):
                if name == "h_prev":
                    continue
                off = np.abs(ours[name].astype(float) - theirs[name])
                level = max(1.0, *map(abs, ours[name]), *map(abs, theirs[name]))
                for e in run.edits:  # what they set is no consequence
                    if (e.place, e.quantity) == (place, name) and e.first <= t <= e.last:
                        off[e.start : e.stop] = 0
                if off.max() > 1e-5 * level:
                    return t, place, name, int(off.argmax())
    return None


@pytest.mark.parametrize(
    ("kind", "edits"),
    [
        ({}, ["z[9] = 1 at 34"]),
        ({}, ["hidden_n[0:4] = 0.5 at 50", "r = 1 from 40"]),
        ({"reset": "before"}, ["reset_product[3] = 2 from 12"]),
        ({"layers": 2, "directions": 2}, ["n_l1_reverse[2] = 0 at 20"]),
        ({"layers": 2, "directions": 2}, ["h_l0_reverse[2] = 0.3 from 20 to 31", "z_l1 = 1 at 3"]),
    ],
)
def test_the_first_difference(
    kind: dict[str, int], edits: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(differing.columns, "stretch_rows", lambda _: 7)
    run = recording(model(**kind), STEPS)
    edited = run.with_edits(*edits).finish()
    first = compared(edited, run).first
    assert first is not None
    assert (first.step, first.place, first.quantity, first.unit) == by_hand(edited, run)
    where = first.step, *first.place
    assert first.here == pytest.approx(edited.step(*where).values[first.quantity][first.unit], 1e-6)
    assert first.there == pytest.approx(run.step(*where).values[first.quantity][first.unit], 1e-6)


def test_what_is_rounding_is_no_difference() -> None:
    run = recording(model(), STEPS)
    z = float(run.step(20).z[3])
    assert compared(run.with_edits(f"z[3] = {z + 5e-6} at 20").finish(), run).first is None
    comparison = compared(run.with_edits(f"z[3] = {z + 5e-5} at 20").finish(), run)
    first = comparison.first
    assert first is not None
    assert (first.step, first.quantity in ("take", "keep"), first.unit) == (20, True, 3)


def test_what_was_set_is_told_where_nothing_follows_from_it() -> None:
    run = recording(model(), STEPS)
    h = float(run.step(STEPS).h[3])
    comparison = compared(run.with_edits(f"h[3] = {h + 0.5} at {STEPS}").finish(), run)
    assert not comparison.follows
    there = First(STEPS, (0, "forward"), "h", 3, pytest.approx(h + 0.5), pytest.approx(h))
    assert comparison.first == there


def test_another_text_and_another_model_are_compared_too() -> None:
    one = model()
    run, other = recording(one), Trace(one, text_for(one, 20) + text_for(one, 40, 1)[20:]).finish()
    first = compared(run, other).first
    assert first is not None
    assert (first.step, first.quantity[:5]) == (21, "input")
    another = Trace(model(seed=1), run.text).finish()
    first = compared(run, another).first
    assert first is not None
    assert (first.step, first.quantity) == (1, "input_r")


@pytest.mark.parametrize("limit", [1000, 15])
def test_what_it_does_to_predictions(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(differing, "rows_at_once", lambda _: 4)
    run = recording(model(), STEPS)
    edited = run.with_edits("z[9] = 1 at 34", "r = 1 from 40").finish()
    a, b = (1, STEPS - 1) if limit == 1000 else (34, 48)
    cost, changed = np.zeros(2), 0
    for t in range(a, b + 1):
        p = [each.step(t).probabilities.astype(float) for each in (edited, run)]
        right = run.model.require_vocabulary().index(run.text[t])
        cost -= np.log2([each[right] for each in p])
        changed += p[0].argmax() != p[1].argmax()
    assert changed > 3
    here, there = cost / (b - a + 1)
    assert compared(edited, run, limit).effect == Effect(
        a, b, pytest.approx(here, rel=1e-6), pytest.approx(there, rel=1e-6), changed
    )


def test_it_waits_for_what_is_not_recorded_yet() -> None:
    one = model()
    run = Trace(one, text_for(one, 9000))
    edited = run.with_edits("z[9] = 1 at 8999")
    comparison = Comparison(edited, run, 10)
    while comparison.advance():
        pass
    assert not comparison.done
    edited.finish()
    run.finish()
    while comparison.advance():
        pass
    assert comparison.done
    assert comparison.first is not None
    assert comparison.first.step == 8999


def test_without_an_output_there_is_no_effect() -> None:
    run = recording(model(output=False), STEPS)
    comparison = compared(run.with_edits("r = 1").finish(), run)
    assert comparison.first is not None
    assert comparison.effect is None


def test_a_difference_that_reaches_no_state_is_one() -> None:
    run = recording(model(), STEPS)
    one = run.with_edits("h[3] = 0.5 at 20").finish()
    two = run.with_edits("r[3] = 0.1 at 20", "h[3] = 0.5 at 20").finish()
    assert np.array_equal(one.states(), two.states())
    first = compared(two, one).first
    assert first is not None
    assert (first.step, first.quantity, first.unit) == (20, "reset_product", 3)
