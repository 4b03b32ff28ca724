"""What a prompt and a notebook show: one short line, a small table, nothing of a stranger's run."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from samples import VOCABULARY, model

import gru_debugger
from gru_debugger.api import Trace, trace
from gru_debugger.core.initial_state import InitialState
from gru_debugger.core.model import Model
from gru_debugger.core.reading import Rows
from gru_debugger.core.run import Run
from gru_debugger.core.shown import excerpt
from gru_debugger.core.trace import Trace as Begun
from gru_debugger.source import Notice

SIXTEEN = gru_debugger.load_model("bundled:sixteen")
BAD = '<script>alert("1")</script>&amp;\x1b[31m\u202e\n'


class Told(HTMLParser):
    """The cells of a table, and the tags that are there."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.cells: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)
        if tag in ("caption", "th", "td"):
            self.cells.append("")

    def handle_data(self, data: str) -> None:
        self.cells[-1] += data


def network(**changes: object) -> Model:
    made = model(16, 8)
    return replace(made, source=replace(made.source, **changes))


LINES: dict[str, Model] = {
    "1 layer × 16 units, 8 symbols, reset after": model(16, 8),
    "2 layers × 6 units, both directions, 8 symbols, reset before":
        model(6, 8, 2, 2, reset="before"),
    "1 layer × 1 unit, from the end only, 8 symbols, reset after":
        replace(model(1, 8), backwards=True),
    "1 layer × 1,200 units, rows of 3 numbers, reset after":
        replace(model(1200, 3, output=False), vocabulary=None),
    "1 layer × 16 units, 8 symbols, no vocabulary, reset after":
        replace(model(16, 8), vocabulary=None),
}  # fmt: skip


@pytest.mark.parametrize("line", LINES)
def test_a_model_is_a_line(line: str) -> None:
    assert repr(LINES[line]) == f"<Model random.safetensors: test, {line}>"


def test_a_model_is_a_table() -> None:
    told = Told(replace(model(16, 8, embedding=5), bias=True)._repr_html_())
    pairs = dict(zip(told.cells[1::2], told.cells[2::2], strict=True))
    assert told.cells[0] == "Model random.safetensors"
    assert pairs["GRU"] == "1 layer × 16 units"
    assert pairs["input"] == "8 symbols, embedding of 5"
    assert pairs["vocabulary"] == "8 symbols: ⏎⇥␣abcde"
    assert pairs["output layer"] == "8 symbols"
    assert pairs["SHA-256"] == "0123456789ab"


def test_its_arrays_are_not_poured_out() -> None:
    made = model(64, 8)
    rows = trace(made, Rows(np.ones((500, 8), np.float32)))
    for shown in (made, made.layers, made.output, rows, rows.reading, rows.reading.rows):
        assert len(repr(shown)) < 120
    assert len(repr(trace(made, "ab" * 5000).reading)) < 120


def test_a_run_is_a_line() -> None:
    run = trace(SIXTEEN, "the cat sat on the mat. " * 200)
    assert repr(run) == "<Trace 4,800 steps of “the cat sat on the mat.…”, sixteen>"
    assert repr(run.what_if("r = 1", "z[9] = 1 at 3")) == (
        "<Trace 4,800 steps of “the cat sat on the mat.…”, sixteen, set r = 1; z[9] = 1 at 3>"
    )
    assert repr(trace(model(16, 8), "a", np.ones((1, 16)))) == (
        "<Trace 1 step of “a”, random, h(0): given>"
    )
    rows = Rows(np.ones((5, 8)), name="sensor.csv")
    assert repr(trace(model(16, 8), rows)) == "<Trace 5 steps of sensor.csv, random>"
    assert repr(Begun(SIXTEEN, "the")) == "<Trace 0 of 3 steps of “the”, sixteen>"


def test_a_run_is_a_table() -> None:
    run = trace(SIXTEEN, "the cat sat").what_if("r = 1")
    told = Told(run._repr_html_())
    assert told.cells == [
        "Trace",
        "model", "sixteen.safetensors: safetensors, 1 layer × 16 units, 25 symbols, reset after",
        "reads", "“the cat sat”", "h(0)", "zeros", "edit", "r = 1", "recorded", "11 steps",
        "reference", "Trace 11 steps of “the cat sat”, sixteen",
    ]  # fmt: skip


def test_what_is_to_be_run_is_a_line_and_a_table() -> None:
    given = InitialState(np.ones((1, 16), np.float32), "last state of a.npz")
    run = Run(SIXTEEN, "the cat sat", given, edits=("r = 1",))
    assert repr(run) == "<Run “the cat sat”, sixteen, h(0): last state of a.npz, set r = 1>"
    assert Told(run._repr_html_()).cells[3:] == [
        "reads", "“the cat sat”", "h(0)", "last state of a.npz", "edit", "r = 1",
    ]  # fmt: skip
    assert trace(SIXTEEN, "the cat sat").what_if("r = 1").run == Run(
        SIXTEEN, "the cat sat", edits=("r = 1",)
    )


def test_a_step_is_a_line_and_a_table() -> None:
    step = trace(SIXTEEN, "the cat sat").step(4)
    assert repr(step) == (
        "<Step 4 space: x (25,), h_prev … h (16,), logits, probabilities (25,)>"
    )
    told = Told(step._repr_html_())
    assert told.cells[:5] == ["Step 4 space", "", "values", "lowest", "highest"]
    row = told.cells[told.cells.index("take") :][:4]
    low, high = (f"{v:.4f}".replace("-", "−") for v in (step.take.min(), step.take.max()))
    assert row == ["take", "16", low, high]
    assert len(told.cells) == 5 + 4 * len(step.values)


def test_tab_completes_the_quantities_of_a_step() -> None:
    step = trace(model(16, 8, output=False), "ab").step(1)
    assert {"z", "reset_product", "number", "get"} <= set(dir(step))
    assert "logits" not in dir(step)
    assert all(hasattr(step, name) for name in dir(step))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a" * 24, "“" + "a" * 24 + "”"),
        ("a" * 25, "“" + "a" * 24 + "…”"),
        ("From fairest creatures we desire increase", "“From fairest creatures…”"),
        ("one two three four five s and", "“one two three four five…”"),
        ("one\ntwo\x00", "“one two·”"),
    ],
)
def test_an_excerpt_of_a_text(text: str, shown: str) -> None:
    assert excerpt(text) == shown


def strange() -> Trace:
    symbols = (*VOCABULARY[:7], BAD)
    made = network(name=BAD, path=BAD, framework=BAD, told=(Notice("note", BAD, BAD, BAD),))
    return trace(replace(made, vocabulary=symbols), f"ab{BAD}")


def test_what_a_file_says_is_plain_text() -> None:
    run = strange()
    for shown in (run.model, run, run.run, run.what_if("r = 1"), run.step(3)):
        line, html = repr(shown), shown._repr_html_()
        assert line.isprintable()
        assert len(line) < 500
        told = Told(html)
        assert told.tags == {"table", "caption", "tbody", "tr", "th", "td"}
        assert any("<script>alert(" in cell for cell in told.cells)
        assert all(cell.isprintable() for cell in told.cells)


def test_endless_names_are_cut() -> None:
    run = trace(network(name="x" * 10**6, path="y" * 10**6, framework="z" * 10**6), "ab" * 10**5)
    for shown in (run.model, run, run.step(3)):
        assert len(repr(shown)) < 1300
        assert len(shown._repr_html_()) < 8000
