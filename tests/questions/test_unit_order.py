"""Orders of the units: by a value, by its change, by likeness; how they are written."""

from __future__ import annotations

import numpy as np
import pytest
from samples import model, recording

from gru_debugger.core.edits import Place
from gru_debugger.errors import InputError
from gru_debugger.questions.ordering import BY, BY_INDEX, Ordering, parse
from gru_debugger.questions.unit_order import alike, units_by

STEPS = 30
DEEP = {"layers": 2, "directions": 2}
PLACES: list[Place] = [(0, "forward"), (0, "reverse"), (1, "forward"), (1, "reverse")]


@pytest.mark.parametrize("place", PLACES, ids=str)
@pytest.mark.parametrize("quantity", ["z", "h", "sum_n"])
@pytest.mark.parametrize("step", [1, 12, STEPS])
def test_values_and_changes_fall_from_left_to_right(
    step: int, quantity: str, place: Place
) -> None:
    trace = recording(model(16, **DEEP), STEPS).finish()
    values = trace.step(step, *place).values[quantity]
    by_value = units_by(trace, Ordering("value", quantity, step), place)
    assert by_value is not None
    assert by_value.units.tolist() == sorted(range(16), key=lambda u: -values[u])
    assert [by_value.units[by_value.places[u]] for u in range(16)] == [*range(16)]
    before = step + (1 if place[1] == "reverse" else -1)
    if 1 <= before <= STEPS:
        moved = abs(values - trace.step(before, *place).values[quantity])
        by_change = units_by(trace, Ordering("change", quantity, step), place)
        assert by_change is not None
        assert by_change.units.tolist() == sorted(range(16), key=lambda u: -moved[u])


def test_at_the_first_step_a_state_changes_from_the_initial_one() -> None:
    trace = recording(model(16), STEPS).finish()
    found = units_by(trace, Ordering("change", "h", 1), (0, "forward"))
    first = abs(trace.step(1).h - trace.step(1).h_prev)
    assert found is not None
    assert found.units.tolist() == sorted(range(16), key=lambda u: -first[u])


def test_edits_do_not_change_it_and_a_step_behind_the_end_is_the_last() -> None:
    plain = recording(model(16), STEPS).finish()
    edited = plain.with_edits("h = 0 from 3").finish()
    for step in (12, 10**9):
        here, there = (units_by(t, Ordering("value", "h", step), (0, "forward"))
                       for t in (edited, plain))  # fmt: skip
        assert here is not None
        assert there is not None
        assert here.units.tolist() == there.units.tolist()
    assert units_by(plain, BY_INDEX, (0, "forward")) is None


def test_units_that_move_together_stand_together() -> None:
    """Five groups, each a wave of its own with a little noise, mixed up."""
    random = np.random.default_rng(3)
    groups = random.permutation(np.repeat(np.arange(5), [3, 9, 2, 7, 11]))
    waves = random.standard_normal((300, 2)) @ np.stack(
        [np.cos(np.arange(5) * 1.2), np.sin(np.arange(5) * 1.2)]
    )
    states = waves[:, groups] + 0.02 * random.standard_normal((300, len(groups)))
    found = groups[alike(states.astype(np.float32))].tolist()
    runs = [group for i, group in enumerate(found) if i == 0 or group != found[i - 1]]
    assert sorted(runs) == [*range(5)], "each group in one piece"


def test_units_on_a_circle_stand_in_its_order() -> None:
    """Of states cos(a + unit's angle) the order is that of the angles, begun anywhere; so many
    units that they are more than the steps, too."""
    random = np.random.default_rng(4)
    for units, steps in ((40, 200), (400, 100)):
        angles = random.permutation(np.sort(random.uniform(0, 5.5, units)))
        states = np.cos(np.linspace(0, 40, steps)[:, None] + angles).astype(np.float32)
        found = angles[alike(states)]
        turns = np.diff(np.unwrap(found, period=2 * np.pi))
        assert abs(np.sign(turns).sum()) >= units - 3, "round the circle once, in one sense"


def test_units_that_do_not_move_stand_last() -> None:
    states = np.random.default_rng(5).standard_normal((50, 8)).astype(np.float32)
    states[:, [2, 5]] = 0.5, -1
    assert alike(states)[-2:].tolist() == [2, 5]
    assert sorted(alike(states)) == [*range(8)]
    assert alike(np.zeros((9, 4), np.float32)).tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(
    "words", [*BY, "z at 34", "changed(h) at 7", "reset_product at 1", "changed(sum_z) at 0"]
)
def test_an_order_is_written_as_it_is_read(words: str) -> None:
    assert str(parse(words)) == words


@pytest.mark.parametrize("words", ["", "z", "z at", "zz at 3", "changed(z)", "z at 3 ", "z at -1",
                                   "x at 1", "likeness at 3", "a" * 10**6])  # fmt: skip
def test_what_is_no_order_is_told(words: str) -> None:
    if words == "z at 3 ":
        assert str(parse(words)) == "z at 3"
        return
    with pytest.raises(InputError, match="order of units") as error:
        parse(words)
    assert len(str(error.value)) < 260


def test_what_is_left_open_is_what_is_shown() -> None:
    assert str(parse("value").asked("r", 12)) == "r at 12"
    assert str(parse("change").asked("h", 0)) == "changed(h) at 0"
    assert str(parse("z at 3").asked("r", 12)) == "z at 3"
    assert str(parse("likeness").asked("r", 12)) == "likeness"
