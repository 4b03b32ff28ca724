"""Whatever is wrong with an argument in Python is told in a line, of whatever type it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gru_debugger
from gru_debugger import GRUDebuggerError, Picture, Trace, load_model


@pytest.fixture(scope="module")
def recorded() -> Trace:
    return gru_debugger.trace(load_model("bundled:sixteen"), "the cat")


# What is done with a trace, whatever mypy says, and what is told.
WRONG: list[tuple[Callable[[Any], object], str]] = [
    (lambda t: t.step("a"), "step 'a': give a whole number."),
    (lambda t: t.step(1.0), "step 1.0: give a whole number."),
    (lambda t: t.step(None), "step None: give a whole number."),
    (lambda t: t.step(1, layer="a"), "layer 'a': give a whole number."),
    (lambda t: t.written(1.0, 3), "unit 1.0: give a whole number."),
    (lambda t: t.written(1, "a"), "step 'a': give a whole number."),
    (lambda t: t.generate(1.5), "count 1.5: give a whole number."),
    (lambda t: t.generate(1, temperature="a"), "temperature 'a': give a number."),
    (lambda t: t.generate(1, seed="a"), "seed 'a': give a whole number."),
    (lambda t: t.causes(9, 1), "quantity 9: give a str."),
    (lambda t: t.causes("z[9]", "a"), "step 'a': give a whole number."),
    (lambda t: t.similar("a"), "step 'a': give a whole number."),
    (lambda t: t.similar(1, 9), "units 9: give several, such as [3, 9] or range(8)."),
    (lambda t: t.picture("a"), "position 'a': give a whole number."),
    (lambda t: t.picture(1, unit=1.0), "unit 1.0: give a whole number."),
    (lambda t: t.column(3), "quantity 3: give a str."),
    (lambda t: t.evaluate(3), "expression 3: give a str."),
    (lambda t: t.where(None), "expression None: give a str."),
    (lambda t: t.what_if(3), "edit 3: give a str."),
    (lambda t: load_model(t.steps), "7: no model's name; give a file's path, or bundled:NAME."),
    (
        lambda t: gru_debugger.trace(t.model.source.path, t.text),
        "'bundled:sixteen' is no model; load it first: trace(load_model('bundled:sixteen'), …).",
    ),
]
TEXTS: list[tuple[Any, str]] = [
    (None, "None is neither a text nor a table of numbers; give a str, or an array (steps, "),
    (b"abc", "b'abc' is neither a text nor a table of numbers; "),
    ([[1], [1, 2]], "[[1], [1, 2]] is neither a text nor a table of numbers; "),
    (np.zeros(25), "rows: 25 values of type float64, where rows of 25 numbers are expected, "),
]


@pytest.mark.parametrize(("ask", "said"), WRONG, ids=[said for _, said in WRONG])
def test_an_argument(ask: Callable[[Any], object], said: str, recorded: Trace) -> None:
    with pytest.raises(GRUDebuggerError) as told:
        ask(recorded)
    assert str(told.value) == said


@pytest.mark.parametrize(("text", "said"), TEXTS, ids=[said[:12] for _, said in TEXTS])
def test_a_text(text: Any, said: str, recorded: Trace) -> None:
    with pytest.raises(GRUDebuggerError) as told:
        gru_debugger.trace(recorded.model, text)
    assert str(told.value).startswith(said)


def test_whatever_counts_is_a_number(recorded: Trace) -> None:
    three: Any = np.int64(3)
    assert recorded.step(three).number == 3
    assert recorded.generate(2, temperature=np.float32(0)) == recorded.generate(2, temperature=0)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("x.xyz", "x.xyz: this picture is PNG; name it .png."),
        ("x.svg", 'x.svg: this picture is PNG; name it .png, or make one with format="svg".'),
        (3, "3: give the path of a file."),
    ],
)
def test_a_pictures_name(
    path: Any, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(GRUDebuggerError) as told:
        Picture(b"", "png", "", 1, 1).save(path)
    assert str(told.value) == said
    assert list(tmp_path.iterdir()) == []
