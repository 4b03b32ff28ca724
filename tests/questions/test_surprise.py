"""Bits per character: torch's cross entropy is the oracle."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import samples
import torch
from grus import Network, Shape, model_of

from gru_debugger.core.trace import Trace, trace
from gru_debugger.formats import load_model
from gru_debugger.questions.surprise import Surprise, mean_surprise


def test_against_cross_entropy() -> None:
    network = Network(Shape(hidden=8, embedding=3, scale=4.0))
    text = network.shape.text(300)
    scores = network(text)
    following = torch.tensor([network.shape.vocabulary.index(c) for c in text[1:]])
    theirs = float(torch.nn.functional.cross_entropy(scores[:-1], following)) / np.log(2)
    found = mean_surprise(trace(model_of(network), text))
    assert found is not None
    assert found.bits == pytest.approx(theirs, rel=1e-5)
    assert (found.even, found.steps) == (pytest.approx(np.log2(6)), 299)
    part = mean_surprise(trace(model_of(network), text), 50)
    assert part is not None
    first = torch.nn.functional.cross_entropy(scores[:50], following[:50])
    assert part.bits == pytest.approx(float(first) / np.log(2), rel=1e-5)


def test_a_shuffled_vocabulary_shows() -> None:
    model = load_model("bundled:sixteen")
    assert model.example is not None
    right = mean_surprise(trace(model, model.example.text))
    symbols = list(model.require_vocabulary())
    shuffled = replace(model, vocabulary=tuple(np.random.default_rng(0).permutation(symbols)))
    wrong = mean_surprise(trace(shuffled, model.example.text))
    assert right is not None
    assert wrong is not None
    assert not right.worse_than_guessing
    assert wrong.worse_than_guessing
    assert right.bits < right.even / 2


@pytest.mark.parametrize(
    ("bits", "even", "figures", "worse"),
    [
        (2.31, 6.02, "2.31 of 6.02", False),
        (6.27, 6.25, "6.27 of 6.25", True),
        (6.2524, 6.2509, "6.252 of 6.251", True),
        (6.25044, 6.25031, "6.2504 of 6.2503", True),
        (6.249, 6.2509, "6.25 of 6.25", False),
        (3.0000001, 3.0, "3.00 of 3.00", False),  # an output of zeros, rounded
    ],
)
def test_worse_than_guessing_is_told(bits: float, even: float, figures: str, worse: bool) -> None:
    found = Surprise(bits, even, 2000)
    assert (found.figures, found.worse_than_guessing) == (figures, worse)
    assert found.verdict == (", worse than guessing" if worse else "")


def test_none_where_nothing_is_predicted() -> None:
    model = samples.model(symbols=4)
    assert mean_surprise(trace(model, "\n")) is None, "nothing follows"
    assert mean_surprise(trace(replace(model, output=None), "\n\t")) is None
    assert mean_surprise(trace(model, np.eye(4))) is None
    assert mean_surprise(Trace(model, "\n\t")) is None, "not recorded yet"
