"""What a recording reads: symbols of several characters, unknown ones, rows of numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import samples
import torch
from grus import Network, Shape, assert_close, model_of

from gru_debugger.core.model import Model
from gru_debugger.core.reading import Rows
from gru_debugger.core.trace import Trace, trace
from gru_debugger.errors import InputError, TextError, VocabularyError

SPECIAL = ("<pad>", "<", "p", "a", "d", ">", "<unk>", "</s>")


@pytest.fixture
def special() -> Model:
    return replace(samples.model(symbols=8), vocabulary=SPECIAL)


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("pad", ["p", "a", "d"]),
        ("<pad>ad</s>", ["<pad>", "a", "d", "</s>"]),
        ("<<pad>>", ["<", "<pad>", ">"]),
        ("<pa><pad", ["<", "p", "a", ">", "<", "p", "a", "d"]),
        ("<unk>", ["<unk>"]),
    ],
)
def test_symbols_of_several_characters_are_written_as_such(
    special: Model, text: str, symbols: list[str]
) -> None:
    recorded = trace(special, text)
    assert list(recorded.characters) == symbols
    assert recorded.reading.indices is not None
    assert [SPECIAL[i] for i in recorded.reading.indices] == symbols
    assert recorded.steps == len(symbols)
    assert [recorded.step(t + 1).character for t in range(len(symbols))] == symbols


def test_the_longest_symbol_is_read(special: Model) -> None:
    model = replace(special, vocabulary=("a", "aa", "aaa", "b", "ab", ".", "x", "y"))
    assert list(model.split("aaaab.")) == ["aaa", "ab", "."]


def test_a_text_of_single_characters_is_not_copied() -> None:
    model, text = samples.model(symbols=8), "\n\t abcd"
    assert model.split(text) is text


def test_a_line_end_is_a_symbol_like_others(special: Model) -> None:
    model = replace(special, vocabulary=("\n", "<pad>", "\r\n", "a", "b", "c", "d", "e"))
    assert list(model.split("a\r\n\n<pad>")) == ["a", "\r\n", "\n", "<pad>"]


def test_what_the_vocabulary_lacks_is_an_error_at_its_position(special: Model) -> None:
    with pytest.raises(TextError, match=r"^character “x” at position 7 of the text is not in"):
        trace(special, "<pad>ax")


def test_unknown_characters_on_request(special: Model) -> None:
    recorded = trace(special, "pxa<pad>é", unknown=True)
    assert recorded.reading.indices is not None
    assert recorded.reading.indices.tolist() == [2, 6, 3, 0, 6]
    assert list(recorded.characters) == ["p", "x", "a", "<pad>", "é"], "as written"
    same = trace(special, "p<unk>a<pad><unk>")
    assert np.array_equal(recorded.states(), same.states())


def test_without_an_unknown_symbol_the_request_is_refused() -> None:
    with pytest.raises(VocabularyError, match=r"no symbol for unknown characters, such as <unk>"):
        Trace(samples.model(symbols=8), "ab!", unknown=True)


@pytest.mark.parametrize("shape", [Shape(), Shape(layers=2, directions=2), Shape(embedding=4)])
def test_rows_against_torch(shape: Shape) -> None:
    network = Network(replace(shape, hidden=9))
    x = torch.randn(
        200, shape.embedding or shape.symbols, generator=torch.Generator().manual_seed(3)
    )
    model = replace(model_of(network), vocabulary=None)
    recorded = trace(model, x.numpy())
    theirs, last = network.gru(x)
    top = [recorded.states(shape.layers - 1, d) for d in ("forward", "reverse")[: shape.directions]]
    assert_close(np.concatenate(top, axis=1), theirs, "rows")
    assert_close(recorded.final_states(), last, "the last states, as torch returns them")
    assert np.array_equal(recorded.step(7).x, x[6].numpy())
    assert_close(recorded.outputs(1, 200)["logits"], network.fc(theirs), "logits", 2e-6)
    assert (recorded.input, recorded.text, recorded.step(7).character) == ("features", "", "7")


def test_rows_have_labels() -> None:
    model = samples.model(symbols=3)
    recorded = trace(model, Rows(np.eye(3), ("mon", "tue", "wed"), "week.csv"))
    assert recorded.step(2).character == "tue"
    by_index = trace(model, model.require_vocabulary()[0])
    assert np.array_equal(recorded.step(1).h, by_index.step(1).h), "a row may be a one-hot vector"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (np.zeros((2, 4)), "rows: 2 × 4 values of type float64, where rows of 3 numbers are"),
        (np.zeros(3), "rows: 3 values of type float64, where rows of 3 numbers are expected"),
        (np.array([["a", "b", "c"]]), "rows: 1 × 3 values of type <U1, where rows of 3 numbers"),
        (np.zeros((0, 3)), "rows: there are no rows; give at least one."),
        (
            np.array([[0, 1, 2], [3, np.nan, 5]]),
            "rows: row 2, column 2 is infinite or not a number.",
        ),
    ],
)
def test_rows_that_do_not_fit(values: np.ndarray, words: str) -> None:
    with pytest.raises(InputError) as told:
        trace(samples.model(symbols=3), values)
    assert str(told.value).startswith(words)


def test_features_are_told_from_symbols() -> None:
    silent = replace(samples.model(symbols=3), vocabulary=None)
    assert silent.input == "one-hot", "it predicts as many symbols as it reads"
    assert replace(silent, output=None).input == "features"
    assert replace(samples.model(symbols=3), output=None).input == "one-hot"
    assert replace(samples.model(symbols=3, embedding=2), vocabulary=None).input == "embedding"


def test_a_number_that_makes_sums_infinite_is_refused() -> None:
    values = np.ones((3, 5), np.float32)
    values[1, 2] = -2e38
    with pytest.raises(InputError, match=r"^rows: row 2, column 3 is too large"):
        trace(samples.model(symbols=5), Rows(values))
    values[1, 2] = 1e30  # large, and no reason to refuse it
    assert np.isfinite(trace(samples.model(symbols=5), Rows(values)).states()).all()
