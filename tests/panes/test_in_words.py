"""What panes say in plain words to those who do not see them."""

from __future__ import annotations

import re

import numpy as np
import pytest
from samples import model, recording, session_of

from gru_debugger.charts.theme import THEMES
from gru_debugger.core.trace import Trace
from gru_debugger.numerals import two
from gru_debugger.panes.pane import Pane
from gru_debugger.panes.registry import pane_specs
from gru_debugger.session.session import Session

NAMES = tuple(pane_specs())
STEPS = ("strip", "cell", "reset", "update", "candidate", "product", "blend", "unit")


def pane_of(name: str, session: Session) -> Pane:
    return pane_specs()[name].make(session, THEMES["light"])


@pytest.fixture
def session(screen: object) -> Session:
    return session_of(recording(model(), 40), 12, 5)


@pytest.mark.parametrize("name", NAMES)
def test_every_pane_says_something_wherever_we_are(name: str, session: Session) -> None:
    """Before the first character, at every computation, at the end, and each time another thing."""
    pane, said = pane_of(name, session), []
    session.go_to(0)
    for _ in range(8):
        said.append(pane.in_words())
        session.next_computation()
    session.go_to(40)
    said.append(pane.in_words())
    assert all(re.search(r"\w.*\.$", words) for words in said)
    assert not any(re.search(r"[_{}\n]|nan|None", words) for words in said)
    assert len(set(said)) > 2


@pytest.mark.parametrize("name", NAMES)
def test_nothing_open(name: str, screen: object) -> None:
    pane = pane_of(name, Session())
    assert pane.in_words() == "Nothing is open."
    assert pane.tables() == {}


@pytest.mark.parametrize("name", STEPS)
def test_the_step_comes_first(name: str, session: Session) -> None:
    character = session.trace.character_in_words(12) if session.trace else ""
    words = pane_of(name, session).in_words()
    assert words.lower().startswith(f"{character}, step 12 of 40.".lower())
    session.go_to(0)
    assert pane_of(name, session).in_words().startswith("Before the first character.")


def test_the_cell_tells_the_selected_unit_and_all_new_states(session: Session) -> None:
    step = session.step
    assert step is not None
    words = pane_of("cell", session).in_words()
    assert "Unit 5. Reset gate: input part" in words
    for quantity, said in [("r", "reset gate"), ("z", "update gate"), ("n", "candidate")]:
        assert f"{said} {two(float(step.values[quantity][5]))}" in words
    assert f"New state of units 0 to 15: {', '.join(two(float(v)) for v in step.h)}." in words


def test_what_changed_most_is_told_from_what_to_what(session: Session) -> None:
    assert session.frame is not None
    step, before = session.frame.step, session.frame.before
    assert step is not None
    assert before is not None
    unit = int(np.abs(step.h - before.h).argmax())
    old, new = two(float(before.h[unit])), two(float(step.h[unit]))
    words = pane_of("cell", session).in_words()
    assert f"New state changed most since step 11: unit {unit} from {old} to {new}" in words


def test_inside_a_step_only_what_is_computed_is_told(session: Session) -> None:
    session.next_computation()
    words = pane_of("cell", session).in_words()
    assert "step 13 of 40, inside the step: the reset gate was just computed." in words
    assert "Not computed yet: Update gate, Candidate, Blend." in words
    assert "Reset gate of units 0 to 15" in words
    assert "new state" not in words.lower()
    unit = pane_of("unit", session).in_words()
    assert "reset gate" in unit.lower()
    assert "update gate" not in unit.lower()
    assert pane_of("prediction", session).in_words() == "Not computed yet."


def test_of_many_units_not_all_are_told(screen: object) -> None:
    session = session_of(recording(model(hidden=128), 40), 12, 90)
    for name in NAMES:
        words = pane_of(name, session).in_words()
        assert len(words) < 900, name
        assert "units 0 to" not in words
    assert "Unit 90" in pane_of("cell", session).in_words()
    assert "changed most since step 11" in pane_of("cell", session).in_words()


def test_the_text_says_what_stands_around(screen: object) -> None:
    m = model(symbols=29)
    session = session_of(Trace(m, "one\ntwo three").finish(), 5, 2)
    words = pane_of("strip", session).in_words()
    assert "Before it: “one newline ”; after it: “wo three”." in words
    assert trace_of(session).recorded == 13
    states = ", ".join(two(float(trace_of(session).state(t)[2])) for t in range(1, 6))
    assert f"State of unit 2 in steps 1 to 5: {states}." in words


def trace_of(session: Session) -> Trace:
    assert session.trace is not None
    return session.trace


def test_the_next_character_with_what_really_follows(session: Session) -> None:
    words = pane_of("prediction", session).in_words()
    assert re.match(r"Next character: .+ \d+\.\d\u00a0%", words)
    really = r"Really next: .+ \d+\.\d\u00a0%, rank (\d) of 8, (\w+), surprise \d+\.\d\d bits\."
    found = re.search(really, words)
    assert found
    assert found[2] == ("right" if found[1] == "1" else "wrong")
    session.go_to(40)
    assert pane_of("prediction", session).in_words().endswith("The text ends here.")


def test_a_layer_and_a_direction_are_named(screen: object) -> None:
    session = session_of(recording(model(layers=2, directions=2), 40), 12, 5)
    session.look(layer=1, direction="reverse")
    assert "step 12 of 40, layer 1, reverse." in pane_of("cell", session).in_words()
    session.go_to(0)
    assert pane_of("cell", session).in_words() == "Before the first character, layer 1, reverse."


def test_the_course_takes_where_pytorch_keeps(session: Session) -> None:
    step = session.step
    assert step is not None
    session.toggle_notation()
    words = pane_of("cell", session).in_words()
    assert f"1 minus update gate {two(float(step.z[5]))}" in words


def test_rows_are_told_by_their_labels(screen: object) -> None:
    m = model()
    rows = np.ones((9, m.input_size), np.float32)
    session = session_of(Trace(m, rows).finish(), 3)
    words = pane_of("strip", session).in_words()
    assert words.startswith("“3”, step 3 of 9. Before it: “1”, “2”; after it: “4”, “5”")
