"""Ready-made stops and lanes: each holds where a loop of its own says, whatever the model."""

from __future__ import annotations

import numpy as np
import pytest
from samples import model, recording

from gru_debugger.core.edits import Place
from gru_debugger.core.trace import Trace
from gru_debugger.errors import GRUDebuggerError
from gru_debugger.questions.expressions import where
from gru_debugger.questions.lane_runs import LaneRun
from gru_debugger.questions.ready_made import LANES, STOPS, Asked

STEPS, UNIT = 300, 5
RUN = recording(model(), STEPS).finish()
BOTH = recording(model(layers=2, directions=2, output=False), 60).finish()
FIRST: Place = (0, "forward")


def steps_of(title: str, trace: Trace) -> list[int]:
    asked = Asked(trace, FIRST, UNIT)
    (one,) = (one for one in STOPS if title in one.title)
    said = one.said(asked)
    assert one.is_said(asked, said)
    return where(said, trace).tolist()


def saturated(values: np.ndarray) -> np.ndarray:
    return (values < 0.01) | (values > 0.99)


@pytest.fixture(scope="module")
def strong() -> Trace:
    """With gates that saturate at some steps and not at others."""
    edits = ("z[5] = 0.001 from 3 to 5", "r[5] = 0.999 from 5 to 9", "z[2] = 1 at 20")
    return RUN.with_edits(*edits).finish()


def test_saturated_gates(strong: Trace) -> None:
    both = np.hstack([strong.column("z"), strong.column("r")])
    wanted = np.flatnonzero(saturated(both).any(axis=1)) + 1
    assert steps_of("any gate of the layer", strong) == wanted.tolist()
    assert {3, 9, 20} <= {*wanted.tolist()} < {*range(1, STEPS + 1)}
    begun = []
    for gate in "zr":
        now = saturated(strong.column(gate)[:, UNIT])
        begun += [t + 1 for t in range(1, STEPS) if now[t] and not now[t - 1]]
    assert steps_of("becomes saturated", strong) == sorted(begun)
    assert {3, 5} <= {*begun}


def test_a_candidate_that_flips_its_sign() -> None:
    n = RUN.column("n")[:, UNIT]
    wanted = [t + 1 for t in range(1, STEPS) if float(n[t]) * float(n[t - 1]) < 0]
    assert steps_of("flips its sign", RUN) == wanted
    assert wanted


def test_the_largest_changes_are_ten() -> None:
    states = np.vstack([np.zeros(16), RUN.column("h")]).astype(np.float64)
    change = np.abs(np.diff(states, axis=0)).max(axis=1)
    wanted = np.sort(np.argsort(change)[-10:]) + 1
    assert steps_of("state's change", RUN) == wanted.tolist()
    assert len(steps_of("state's change", recording(model(), 35).finish())) == 3


def test_the_biggest_surprises_are_ten() -> None:
    found = steps_of("the surprise is", RUN)
    assert len(found) == 10
    p, m = RUN.column("probabilities"), RUN.model
    assert m.vocabulary is not None
    follow = [m.vocabulary.index(c) for c in RUN.characters[1:]]
    likely = [float(p[t, symbol]) for t, symbol in enumerate(follow)]
    assert sorted(found) == sorted((np.argsort(likely)[:10] + 1).tolist())


def test_equal_values_are_all_among_the_largest() -> None:
    flat = RUN.with_edits("h = 0").finish()
    assert steps_of("state's change", flat) == list(range(1, STEPS + 1))


def test_a_wrong_prediction() -> None:
    p, m = RUN.column("probabilities"), RUN.model
    assert m.vocabulary is not None
    best = [m.vocabulary[i] for i in p.argmax(axis=1)]
    wanted = [t for t in range(1, STEPS) if best[t - 1] != RUN.characters[t]]
    assert steps_of("prediction is wrong", RUN) == wanted


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
def test_a_number_that_is_not_finite(value: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Infinity and what is no number, in whatever it may stand; finite numbers never."""
    from gru_debugger.questions.expressions.stretches import Stretch

    assert steps_of("not finite", RUN) == []
    plain = Stretch.quantity
    for name in ("h", "sum_n", "sum_r", "sum_z", "logits"):

        def broken(self: Stretch, of: str, *rest: object, name: str = name) -> np.ndarray:
            values = np.array(plain(self, of, *rest))  # type: ignore[arg-type]
            if of == name and self.a <= 40 < self.b:
                values[40 - self.a, 0] = value
            return values

        monkeypatch.setattr(Stretch, "quantity", broken)
        assert steps_of("not finite", RUN) == [41], name


def test_the_difference_between_two_runs(strong: Trace) -> None:
    asked = Asked(strong, FIRST, UNIT)
    (one,) = (one for one in LANES if one.beside)
    run = LaneRun(strong, one.said(asked))
    assert not run.fault
    wanted = [np.abs(strong.step(t).h - RUN.step(t).h).max() for t in range(1, STEPS + 1)]
    assert max(wanted) > 0.1
    assert run.values(0, STEPS) == pytest.approx(np.array(wanted), abs=1e-6)
    other = RUN.with_edits("h = 0.5 from 100 to 200").finish()
    here, there = (run.column("probabilities").argmax(axis=1) for run in (other, RUN))
    steps = (np.flatnonzero(here != there) + 1).tolist()
    assert steps
    assert steps_of("reference predicts", other) == steps
    assert "an edit makes one" in one.why_not(RUN)


EDITED = BOTH.with_edits("h_l0_reverse = 0").finish()


@pytest.mark.parametrize("trace", [RUN, BOTH, EDITED], ids=["plain", "both ways", "edited"])
def test_each_means_something_for_any_layer_or_says_why_not(trace: Trace) -> None:
    for place in trace.model.places:
        asked = Asked(trace, place, 15)
        for one in (*STOPS, *LANES):
            if one.why_not(trace):
                with pytest.raises(GRUDebuggerError):
                    where(one.said(asked), trace)
            else:
                run = LaneRun(trace, one.said(asked))
                assert not run.fault, run.fault
                assert run.is_truth == (one in STOPS)
                assert "{" not in one.titled(asked)


def test_none_is_offered_twice() -> None:
    asked = Asked(RUN, FIRST, UNIT)
    said = [one.expression(asked) for one in (*STOPS, *LANES) if not one.why_not(RUN)]
    assert len({*said}) == len(said)


def test_of_several_units_the_selected_is_one() -> None:
    cases = (16, 5, "h[4:8]"), (16, 15, "h[12:16]"), (6, 5, "h[2:6]"), (3, 0, "h[0:3]")
    for size, unit, wanted in cases:
        asked = Asked(recording(model(size), 4).finish(), FIRST, unit)
        assert LANES[1].said(asked) == wanted
