"""A lane of a recording shows what `evaluate` and `where` say of its expression."""

from __future__ import annotations

import tracemalloc
from copy import copy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import model, recording, text_for

from gru_debugger.core import columns
from gru_debugger.core.trace import Trace
from gru_debugger.questions import writing
from gru_debugger.questions.expressions import Stretch, evaluate, where
from gru_debugger.questions.expressions.compiling import HARDEST
from gru_debugger.questions.lane_runs import LaneRun
from gru_debugger.questions.writes import Writes

TWO = recording(model(layers=2, directions=2, output=False), 90).finish()
RUN = recording(model(), 90).finish()


@pytest.mark.parametrize(
    "expression", ["z[3]", "h[0:4]", "surprise", "step * 2", "3", "max(abs(h - h_prev))", "rank"]
)
def test_numbers_are_those_of_evaluate(expression: str) -> None:
    run = LaneRun(RUN, expression)
    wanted = np.broadcast_to(evaluate(expression, RUN), run.values(0, 90).shape)
    both = np.concatenate([run.values(0, 31), run.values(31, 90)])
    np.testing.assert_allclose(both, wanted, rtol=1e-6, atol=1e-6)
    assert not run.is_truth
    while run.advance():
        pass
    assert not run.wants_more
    assert not run.holds.size


@pytest.mark.parametrize("expression", ["z[3] < 0.4", "leap: surprise > 2", "ends_with('a')"])
def test_where_it_holds_is_what_where_finds(expression: str) -> None:
    run = LaneRun(RUN, expression)
    assert run.is_truth
    while run.advance():
        pass
    steps = where(expression, RUN)
    assert (np.flatnonzero(run.holds) + 1).tolist() == steps.tolist()
    assert (run.known, run.count) == (90, len(steps))


@pytest.mark.parametrize("every", [1, 3, 60])
def test_each_so_many_of_its_hits_are_counted_from_the_first_step(every: int) -> None:
    run = LaneRun(RUN, "surprise > 4")
    while run.advance():
        pass
    steps = where("surprise > 4", RUN).tolist()
    wanted = steps[every - 1 :: every]
    for split in (steps[0], steps[1]):
        both = np.concatenate([run.halts(0, split, every), run.halts(split, 90, every)])
        assert (np.flatnonzero(both) + 1).tolist() == wanted


def test_it_goes_no_further_than_what_is_recorded() -> None:
    m = model()
    trace = Trace(m, text_for(m, 3000))
    run = LaneRun(trace, "h[0] > 0")
    trace.advance()
    while run.advance():
        pass
    assert run.known == trace.recorded < trace.steps
    trace.finish()
    while run.advance():
        pass
    assert (np.flatnonzero(run.holds) + 1).tolist() == where("h[0] > 0", trace).tolist()


def test_axes_are_the_quantitys_own_or_the_usual_value() -> None:
    assert LaneRun(RUN, "z[3]").axis == (0.0, 1.0)
    assert LaneRun(RUN, "r").axis == (0.0, 1.0)
    assert LaneRun(RUN, "h[2]").axis == (-1.0, 1.0)
    assert LaneRun(RUN, "probabilities[2]").axis == (0.0, 1.0)
    assert LaneRun(RUN, "hidden_z[1]").axis == RUN.axes_so_far()["hidden"]
    low, high = LaneRun(RUN, "surprise").axis
    usual = float(np.nanquantile(evaluate("surprise", RUN), 0.98))
    assert low == 0.0
    assert usual <= high <= 2 * usual
    low, high = LaneRun(RUN, "h[0] * 100").axis
    assert low == -high
    assert LaneRun(RUN, "previous(h[0] / 0)").axis == (0.0, 1.0)


@pytest.mark.parametrize(
    ("expression", "place", "unit"),
    [("h_l0[3]", (0, "forward"), 3), ("h_l1_reverse[5]", (1, "reverse"), 5)],
)
def test_the_lane_of_a_state_knows_its_unit(expression: str, place: object, unit: int) -> None:
    run = LaneRun(TWO, expression)
    assert run.unit == (place, unit)
    layer, direction = run.unit[0]
    z = evaluate("z" + expression[1:].partition("[")[0], TWO)
    np.testing.assert_allclose(run.blend(4, 30), z[4:30, unit], atol=1e-6)
    assert direction in ("forward", "reverse")
    assert layer in (0, 1)


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("z[99]", "there are units 0 to 15"),
        ("z[3] <", ""),
        ("h > 0.5", "truths a step are too many for a lane"),
        ('["a", "b"]', ""),
        ("reference(h[1])", ""),
    ],
)
def test_what_means_nothing_says_so(expression: str, words: str) -> None:
    run = LaneRun(RUN, expression)
    assert run.term is None
    assert words in run.fault
    assert "\n" not in run.fault
    assert run.fault


@given(st.text(max_size=60) | st.from_regex(r"[a-z\[\]()<>=+*. 0-9:]{0,40}", fullmatch=True))
def test_any_text_is_a_lane_or_one_line(expression: str) -> None:
    run = LaneRun(RUN, expression)
    if run.term is None:
        assert run.fault
        assert len(run.fault.splitlines()) == 1
    else:
        assert len(run.values(0, 90)) == 90
        low, high = (0.0, 1.0) if run.term.kind != "number" else run.axis
        assert low < high


def test_what_was_written_follows_unit_and_step() -> None:
    run = LaneRun(RUN, "written")
    assert (run.fault, run.is_truth, run.values_a_step, run.wants_more) == ("", False, None, False)
    assert np.isnan(run.values(0, 10)).all(), "of no step"
    writes = Writes(RUN, 3, (0, "forward"))
    run.present = lambda: (writes, 20)
    expected = writing.shares(RUN, 3, 20)
    np.testing.assert_allclose(run.values(4, 20), expected[5:], atol=1e-7)
    other = copy(run)  # as pictures have them
    other.present = lambda: (writes, 9)
    shares = writing.shares(RUN, 3, 9)
    np.testing.assert_allclose(other.values(4, 9), shares[5:], atol=1e-7)
    assert np.isnan(run.values(20, 30)).all(), "what is read later has left nothing"
    assert run.axis == (-1.0, 1.0)
    assert LaneRun(RUN, "written > 0").fault


@pytest.mark.parametrize("inside", ["h", "0.5", "step"])
def test_what_doubles_at_each_level_is_refused(inside: str) -> None:
    deep = LaneRun(RUN, "changed(" * 20 + inside + ")" * 20)
    assert "has too many parts" in deep.fault


OF_ONE = st.sampled_from(["changed", "previous", "abs", "max", "sum", "any", "argmax", "norm"])
OF_TWO = st.sampled_from(["+", "*", "<", "==", "and", "or", "in"])
NESTED = st.recursive(
    st.sampled_from(["z[3]", "h[0:4]", "h", "surprise", "step", "0.5", "character", "predicted"]),
    lambda inner: st.one_of(
        st.tuples(OF_ONE, inner, st.integers(1, 30)).map(
            lambda one: f"{one[0]}(" * one[2] + one[1] + ")" * one[2]
        ),
        st.tuples(inner, OF_TWO, inner).map("({0[0]} {0[1]} {0[2]})".format),
    ),
    max_leaves=20,
)


@settings(max_examples=100)
@given(NESTED)
def test_whatever_is_nested_is_a_bounded_amount_of_work_or_one_line(expression: str) -> None:
    """As many looks at the recording as it says, and no more memory than its pieces need."""
    run = LaneRun(RUN, expression)
    if run.term is None:
        assert len(run.fault.splitlines()) == 1
        return
    looks = []
    plain = Stretch.quantity, Stretch.number, Stretch.characters
    with pytest.MonkeyPatch.context() as patch:
        for one in plain:
            patch.setattr(
                Stretch, one.__name__,
                lambda *words, one=one: (looks.append(1), one(*words))[1],
            )  # fmt: skip
        tracemalloc.start()
        run.values(0, 90)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert len(looks) <= run.term.work <= HARDEST
    assert peak < 8 << 20
    assert run.term.rows(RUN) * max(1, run.term.work) <= max(HARDEST, columns.stretch_rows(RUN))
