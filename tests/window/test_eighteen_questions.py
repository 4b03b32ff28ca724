"""README's eighteen questions: only its keys are pressed, the answer is read where it stands."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import oracle
import pytest
from autograd import Graph
from keyboard import press
from numpy.typing import NDArray
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from gru_debugger.core.trace import Trace
from gru_debugger.formats import load_model
from gru_debugger.main_window import MainWindow
from gru_debugger.numerals import fixed, two
from gru_debugger.panes.gradients import GradientsPane
from gru_debugger.parity import Parity
from gru_debugger.window.history import History

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
ROWS = re.findall(
    r"^\| (.+\?) \| (.+) \| (\d) \| .+ \|$", README.partition("## Eighteen questions")[2], re.M
)
KEYS = {question: re.findall(r"`([^`]+)`|“([^”]+)”", keys) for question, keys, _ in ROWS}
MOST = 5
MODEL = load_model("bundled:sixteen")
assert MODEL.example is not None
TEXT, STEP = MODEL.example.text, 34
Edited = Callable[[int, str, oracle.Array], oracle.Array]


@pytest.fixture
def window(open_window: Callable[..., MainWindow]) -> MainWindow:
    """Of a small screen's size, with all badges in the status bar."""
    assert MODEL.example is not None
    window = open_window(Trace(MODEL, TEXT).finish(), STEP, MODEL.example.unit, (1366, 768))
    window.status.show_parity(Parity(3e-7, 2e-6, 1e-6, 1e-5, "nn.GRU", len(TEXT)))
    return window


def run(
    edited: Edited = lambda t, name, values: values,
) -> tuple[dict[str, oracle.Array], oracle.Array]:
    """The quantities in float64 (steps + 1, units), row t of step t, and the probabilities."""
    assert MODEL.output is not None
    h = np.zeros(MODEL.hidden_size)
    rows: dict[str, list[oracle.Array]] = {}
    for t, symbol in enumerate(MODEL.indices(TEXT), 1):
        x = np.eye(MODEL.symbols)[symbol]
        q = oracle.step(
            MODEL.cell(0), x, h, MODEL.reset, lambda name, v, t=t: edited(t, name, v)  # type: ignore[misc]
        )
        h = q["h"]
        for name in q:
            rows.setdefault(name, [np.zeros_like(q[name])]).append(q[name])
    all_rows = {name: np.array(values) for name, values in rows.items()}
    scores = all_rows["h"] @ np.asarray(MODEL.output.weight, float).T + MODEL.output.bias
    likely = np.exp(scores - scores.max(axis=1, keepdims=True))
    return all_rows, likely / likely.sum(axis=1, keepdims=True)


PLAIN, LIKELY = run()


def shares(unit: int, t: int) -> NDArray[np.float64]:
    """What each step, from 1, put into h[unit] at step t."""
    z, n = PLAIN["z"][:, unit], PLAIN["n"][:, unit]
    return np.array([(1 - z[s]) * n[s] * np.prod(z[s + 1 : t + 1]) for s in range(1, t + 1)])


def asked(window: MainWindow, question: str) -> str:
    """After the keys: what the status bar says, all of it."""
    assert 1 <= len(KEYS[question]) <= MOST
    for key, typed in KEYS[question]:
        popup = QApplication.activePopupWidget()
        if typed:
            line = QApplication.focusWidget()
            assert isinstance(line, QLineEdit)
            QTest.keyClicks(line, typed)
        else:
            press(popup or window, key)
            window.files.opener.settle()
    QApplication.processEvents()
    where = window.status.where
    assert where.shown() == where.said or not where.said, "all of it is in sight"
    return where.said


def unit_words(window: MainWindow) -> str:
    assert window.docks["unit"].isVisible()
    return window.views["unit"].pane.words()


def listed(words: str) -> list[int]:
    """The steps at the end of what is said."""
    found: list[int] = []
    for part in words.partition("; steps ")[2].split():
        first, _, last = part.partition("–")
        found += range(int(first), int(last or first) + 1)
    return found


def test_the_table_counts_right() -> None:
    assert len(ROWS) == 18
    assert [len(KEYS[question]) for question, _, _ in ROWS] == [int(n) for _, _, n in ROWS]


def test_which_unit_changed_most(window: MainWindow) -> None:
    said = asked(window, "Which unit changed most here, and why?")
    h, t = PLAIN["h"], STEP
    unit = int(np.abs(h[t] - h[t - 1]).argmax())
    old, new = two(h[t - 1, unit]), two(h[t, unit])
    keep, take = two(PLAIN["keep"][t, unit]), two(PLAIN["take"][t, unit])
    assert said == (
        f"h[{unit}] changed most here, from {old} to {new}: {keep} is what was kept of the old "
        f"state, {take} what was taken of the candidate."
    )
    assert f"Why the new state is {new}" in unit_words(window)


def test_when_it_was_last_overwritten(window: MainWindow) -> None:
    said = asked(window, "When was h[9] last overwritten?")
    here, before = shares(9, STEP), shares(9, STEP - 1)
    assert np.abs(here).argmax() + 1 == STEP
    s = int(np.abs(before).argmax()) + 1
    assert f"most of it was written here, {two(here[-1], True)}" in said
    assert f"of the {two(PLAIN['h'][STEP - 1, 9])} before, most was written at step {s}, " in said


def test_how_much_was_kept_and_for_how_long(window: MainWindow) -> None:
    said = asked(window, "How much of h[0] was kept, and for how long?")
    s = int(np.abs(shares(0, STEP)).argmax()) + 1
    kept = round(100 * np.prod(PLAIN["z"][s + 1 : STEP + 1, 0]))
    now = two(PLAIN["h"][STEP, 0])
    assert said.startswith(f"h[0] = {now}: most of it was written at step {s}, ")
    assert said.endswith(f"of which {kept}\u00a0% is kept, {STEP - s} steps later.")


def test_what_drove_a_gate(window: MainWindow) -> None:
    asked(window, "What drove r[3]?")
    words = unit_words(window)
    w_h = np.asarray(MODEL.cell(0).weight_hh, float)[3]
    read = np.asarray(MODEL.cell(0).weight_ih, float)[3, MODEL.indices(TEXT)[STEP - 1]]
    terms = w_h * PLAIN["h"][STEP - 1]
    largest = int(np.abs(terms).argmax())
    assert f"Why the reset gate is {two(PLAIN['r'][STEP, 3])}" in words
    assert f"h[{largest}] {two(terms[largest])}" in words
    assert f"“{TEXT[STEP - 1]}” read {two(read)}" in words


def test_a_candidate_without_the_reset_gate(window: MainWindow) -> None:
    asked(window, "What would n be without the reset gate?")
    edited, _ = run(lambda t, name, values: np.ones_like(values) if name == "r" else values)
    assert f"candidate {two(edited['n'][STEP, 9])}." in window.cell.pane.words()
    assert two(edited["n"][STEP, 9]) != two(PLAIN["n"][STEP, 9])


def test_all_steps_where_a_gate_is_closed(window: MainWindow, qtbot: QtBot) -> None:
    said = asked(window, "Where is z[9] below 0.05?")
    steps = (np.flatnonzero(PLAIN["z"][1:, 9] < 0.05) + 1).tolist()
    assert listed(said) == steps
    assert f"{steps.index(window.session.position) + 1} of {len(steps)};" in said


def test_a_unit_that_can_t_forget(window: MainWindow, qtbot: QtBot) -> None:
    asked(window, "What if unit 9 could not forget here?")

    def kept(t: int, name: str, values: oracle.Array) -> oracle.Array:
        return np.where(np.arange(16) == 9, 1.0, values) if (t, name) == (STEP, "z") else values

    edited, likely = run(kept)
    bar = window.edit_bar
    qtbot.waitUntil(lambda: bar.predictions.isVisible())
    assert bar.bits.isVisible()
    changed = int((likely[1:-1].argmax(axis=1) != LIKELY[1:-1].argmax(axis=1)).sum())
    following = MODEL.indices(TEXT)[1:]
    before, after = (
        -np.log2(p[1:-1][np.arange(len(following)), following]).mean() for p in (LIKELY, likely)
    )
    assert bar.bits.text() == f"{before:.2f} → {after:.2f} bits/char"
    assert bar.predictions.text() == f"{changed} of {len(TEXT) - 1} predictions changed"
    assert f"step {STEP}, taken of n₉ {two(PLAIN['take'][STEP, 9])} → 0.00" in bar.first.text()
    assert f"h becomes {two(edited['h'][STEP, 9])}" in unit_words(window)


def test_the_next_wrong_prediction(window: MainWindow) -> None:
    said = asked(window, "Where is the next wrong prediction?")
    wrong = np.flatnonzero(LIKELY[1:-1].argmax(axis=1) != MODEL.indices(TEXT)[1:]) + 1
    there = wrong[wrong > STEP][0]
    assert window.session.position == there
    assert said.startswith(f"Step {there}: wrong: ")
    words = window.views["prediction"].pane.words()
    assert f"Really next: “{TEXT[there]}”" in words


def test_where_the_text_ends_so(window: MainWindow) -> None:
    said = asked(window, "Where does the text end with “the ”?")
    steps = [t for t in range(1, len(TEXT) + 1) if TEXT[:t].endswith("the ")]
    assert listed(said) == steps
    assert window.session.position == next(t for t in steps if t > STEP)


def influence_words(window: MainWindow, qtbot: QtBot) -> str:
    """When it has been found out."""
    pane = window.views["gradients"].pane
    assert isinstance(pane, GradientsPane)
    qtbot.waitUntil(lambda: pane.found is not None and pane.found.complete)
    return pane.words()


def told(window: MainWindow, qtbot: QtBot) -> str:
    """What is told in sentences above the picture."""
    qtbot.waitUntil(lambda: len(window.message.messages) == 1)
    (message,) = window.message.messages
    assert message.topic == "sentences"
    return message.words.replace("\u00a0", " ")


def gradients(run: Trace, t: int) -> dict[str, NDArray[np.float64]]:
    """torch's own, of the likeliest next character's logit."""
    graph = Graph(run, t)
    likeliest = int(run.step(t).logits.argmax())
    return graph.gradients(graph.value("logits", (0, "forward"), likeliest))


def test_the_character_that_matters_most(window: MainWindow, qtbot: QtBot) -> None:
    asked(window, "Which earlier character matters most to this prediction?")
    said = influence_words(window, qtbot)
    spoke = gradients(Trace(MODEL, TEXT).finish(), STEP)["attribution"]
    most = int(spoke.argmax())
    assert f"“{TEXT[most]}” of step {most + 1} ({two(spoke[most], signed=True)})" in said


def test_whether_a_unit_remembers(window: MainWindow) -> None:
    asked(window, "Can unit 9 remember 20 steps?")
    history = window.docks.content("history")
    assert isinstance(history, History)
    assert history.isVisible()
    half = np.log(0.5) / np.log(PLAIN["z"][1:, 9]).mean()
    assert f"h[9] loses half in {half:.2f} steps." in history.head.text()


def test_the_course_in_pytorchs_terms(window: MainWindow, qtbot: QtBot) -> None:
    asked(window, "What is this unit's Γu in PyTorch's terms?")
    z = PLAIN["z"][STEP, 9]
    said = re.search(
        r"1 − Γu = (\S+), PyTorch's z, so Γu = (\S+)\. ", window.views["curves"].pane.words()
    )
    assert said
    np.testing.assert_allclose([*map(float, said.groups())], [z, 1 - z], rtol=0, atol=5e-4)


def test_how_sure_and_whether_right(window: MainWindow, qtbot: QtBot) -> None:
    asked(window, "How sure is the network, and is it right?")
    p, following = LIKELY[STEP], MODEL.indices(TEXT)[STEP]
    assert p.argmax() == following
    said = told(window, qtbot)
    assert f"next: {100 * p.max():.0f} %. The text goes on with it, at a cost of " in said
    assert f"{-np.log2(p[following]):.2f} bits" in said


def test_which_unit_holds_longest(window: MainWindow, qtbot: QtBot) -> None:
    asked(window, "Which unit holds longest?")
    half = np.log(0.5) / np.log(PLAIN["z"][1:]).mean(axis=0)
    unit = int(half.argmax())
    assert f"Unit {unit} holds longest: it loses half in {half[unit]:.2f} steps." in told(
        window, qtbot
    )


def test_where_it_is_most_surprised(window: MainWindow, qtbot: QtBot) -> None:
    asked(window, "Where is the network most surprised?")
    following = MODEL.indices(TEXT)[1:]
    bits = -np.log2(LIKELY[1:-1][np.arange(len(following)), following])
    most = int(bits.argmax())
    where = f"most at step {most + 1}, where “{TEXT[most + 1]}” follows, {bits[most]:.2f} bits"
    qtbot.waitUntil(lambda: where in window.views["overview"].pane.words().replace("\u00a0", " "))


def test_how_a_gate_lies_between(window: MainWindow, qtbot: QtBot) -> None:
    asked(window, "How can a gate lie between 0 and 1?")
    z = PLAIN["z"][1:, 9]
    pane = window.views["curves"].pane
    said = pane.words()
    assert f"The sum {two(PLAIN['sum_z'][STEP, 9])} becomes z = {two(z[STEP - 1])}." in said
    qtbot.waitUntil(lambda: "never 0 or 1" in pane.words().replace("\u00a0", " "))
    assert 0 < z.min() < z.max() < 1


def test_what_the_reset_gate_tells(window: MainWindow, qtbot: QtBot) -> None:
    asked(window, "What does the reset gate tell?")
    given, met = PLAIN["input_n"][STEP, 9], PLAIN["hidden_n"][STEP, 9]
    wide, shut = two(np.tanh(given + met)), two(np.tanh(given))
    words = f"with the reset gate open (1) {wide}, shut (0) {shut}."
    assert words in window.views["curves"].pane.words()


def test_why_gradients_last(window: MainWindow, qtbot: QtBot) -> None:
    asked(window, "How does the update gate help against vanishing gradients?")
    session = window.session
    assert session.trace is not None
    assert (session.trace.model.hidden_size, session.position) == (256, session.steps)
    said = influence_words(window, qtbot)
    lengths = np.linalg.norm(gradients(session.trace, session.position)["h_l0"], axis=1)
    back = 33
    left = lengths[-1 - back] / lengths[-1]
    assert left > 1.1, "more than all is not left"
    assert f"{back} steps back the gradient is {fixed(left, 1)} times as strong" in said
