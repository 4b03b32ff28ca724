"""What a model writes on, against a loop over torch's own modules."""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate
from typing import Any

import numpy as np
import pytest
import torch
from samples import VOCABULARY, model

from gru_debugger.api import Trace, trace
from gru_debugger.core.model import Model
from gru_debugger.core.reading import Rows
from gru_debugger.errors import InputError
from gru_debugger.questions import generation

TEXT = "aba cab\t"
MODELS = {
    "one-hot": model(16, 8, bias=False, scale=2, seed=9),
    "embedding, two layers": model(16, 8, 2, embedding=5, bias=False, scale=2, seed=3),
}


def written_by_torch(network: Model, count: int, temperature: float, seed: int) -> str:
    """torch.nn.GRU a character at a time, its scores in float64, drawn by the sum of chances."""
    size, layers = network.hidden_size, len(network.layers)
    gru = torch.nn.GRU(network.input_size, size, layers, batch_first=True)
    for layer, (cell,) in enumerate(network.layers):
        for name, values in cell.arrays.items():
            getattr(gru, f"{name}_l{layer}").data = torch.tensor(values)
    assert network.output is not None
    weight, bias = (torch.tensor(a) for a in (network.output.weight, network.output.bias))
    table = np.eye(8, dtype=np.float32) if network.embedding is None else network.embedding
    random, written = np.random.default_rng(seed), ""
    with torch.no_grad():
        reading = torch.tensor(table[network.indices(TEXT)])[None]
        _, h = gru(reading)
        for _ in range(count):
            scores = (weight @ h[-1, 0] + bias).double()
            if temperature:
                chances = torch.softmax(scores / temperature, 0).tolist()
                point = random.random()
                index = sum(total <= point for total in accumulate(chances))
            else:
                index = int(scores.argmax())
            written += VOCABULARY[index]
            _, h = gru(torch.tensor(table[[index]])[None], h)
    return written


@pytest.mark.parametrize("temperature", [0, 0.5, 1, 2])
@pytest.mark.parametrize("kind", MODELS)
def test_it_writes_what_torch_writes(kind: str, temperature: float) -> None:
    run = trace(MODELS[kind], TEXT)
    written = run.generate(60, temperature, seed=7)
    assert written == written_by_torch(MODELS[kind], 60, temperature, 7)
    assert len(set(written)) > 3


def test_the_likeliest_is_what_reading_it_on_predicts() -> None:
    """Also before the matrix product, from another h(0), and where edits go on."""
    network = model(16, 8, 2, reset="before", bias=False, scale=4, seed=10)
    h0 = np.full((2, 16), 0.5, np.float32)
    edits = ("r = 0.8", "z_l1[0:3] = 0.2 from 3", "h[5] = 0.9 at 8", "n[4] = -1 from 2 to 8")
    written = trace(network, TEXT, h0).what_if(*edits).generate(40, temperature=0)
    read_on = trace(network, TEXT + written, h0).what_if(*edits)
    predicted = read_on.evaluate("predicted")[len(TEXT) - 1 : -1]
    assert "".join(predicted) == written
    assert len(set(written)) > 2
    assert written != trace(network, TEXT, h0).generate(40, temperature=0)


def test_a_seed_gives_the_same_again_and_none_another() -> None:
    run = trace(MODELS["one-hot"], TEXT)
    assert run.generate(50, seed=3) == run.generate(50, seed=3) != run.generate(50, seed=4)
    assert run.generate(200) != run.generate(200)
    assert run.generate(0) == ""


def test_almost_no_temperature_is_the_likeliest() -> None:
    run = trace(MODELS["one-hot"], TEXT)
    assert run.generate(50, 1e-310, seed=1) == run.generate(50, 0)


def test_an_edit_that_has_an_end_ends_with_the_text() -> None:
    """One without goes on, and so does one from a step on; both are the same run before."""
    run = trace(MODELS["one-hot"], TEXT)
    ended = run.what_if("h[0:8] = 0.9 from 2 to 8").generate(40, 0)
    assert run.what_if("h[0:8] = 0.9 from 2").generate(40, 0) != ended
    last = run.what_if("h[0:8] = 0.9 from 2 to 8").final_states()
    begin = Trace(MODELS["one-hot"], ended, last)
    assert "".join(begin.evaluate("predicted")[:-1]) == ended[1:]


@pytest.mark.parametrize("temperature", [0, 1])
@pytest.mark.parametrize(
    ("kind", "edit", "says"),
    [
        ("one-hot", "z = 1.5", r"the scores grow beyond all numbers at step 2\d\d, of which the "),
        ("one-hot", "h = 3e38", "the scores grow beyond all numbers at step 8, of which the text"),
        ("embedding, two layers", "z = 1.5", r"the states of layer \d grow beyond all numbers at"),
    ],
)
def test_what_grows_beyond_all_numbers_is_told(
    kind: str, edit: str, says: str, temperature: float
) -> None:
    with pytest.raises(InputError, match=says):
        trace(MODELS[kind], TEXT).what_if(edit).generate(400, temperature, seed=1)


def test_symbols_come_one_by_one() -> None:
    endless = generation.generate(trace(MODELS["one-hot"], TEXT), 10**9, 0)
    first = [next(endless).symbol for _ in range(5)]
    assert "".join(first) == trace(MODELS["one-hot"], TEXT).generate(5, 0)


@pytest.mark.parametrize("temperature", [0, 2])
def test_each_comes_with_the_probability_that_the_model_gives_it(temperature: float) -> None:
    network = MODELS["embedding, two layers"]
    letters = list(generation.generate(trace(network, TEXT), 30, temperature, seed=1))
    read_on = trace(network, TEXT + "".join(letter.symbol for letter in letters))
    for t, letter in enumerate(letters, len(TEXT)):
        index = network.index_of[letter.symbol]
        assert letter.probability == pytest.approx(read_on.step(t).probabilities[index], abs=1e-5)


def rows() -> Trace:
    return trace(model(16, 8), Rows(np.ones((5, 8))))


@pytest.mark.parametrize(
    ("run", "asked", "says"),
    [
        (lambda: trace(model(16, 8, output=False), TEXT), {}, "the model has no output layer."),
        (lambda: trace(model(16, 8, 1, 2), TEXT), {}, "reads from the end of the text too"),
        (lambda: trace(replace(model(16, 8), backwards=True), TEXT), {}, "reads from the end"),
        (rows, {}, "the output of this run predicts no next character."),
        (lambda: trace(model(16, 8), TEXT), {"temperature": -1}, "temperature -1: give a number"),
        (lambda: trace(model(16, 8), TEXT), {"temperature": float("nan")}, "temperature nan"),
        (lambda: trace(model(16, 8), TEXT), {"count": -3}, "-3 symbols can't be written"),
        (lambda: trace(model(16, 8), TEXT), {"seed": -3}, "seed -3: give a whole number"),
    ],
)
def test_what_can_not_be_written_is_told(run: Any, asked: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        run().generate(**({"count": 9} | asked))
