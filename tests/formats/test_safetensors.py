"""safetensors files: PyTorch's names inside, vocabulary and reset in the metadata."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import samples
import torch
from grus import SHAPES, Network, Shape, model_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file
from telling import told

from gru_debugger.core.activations import USUAL, Activation, Activations, table_to_json
from gru_debugger.core.cell import Reset
from gru_debugger.core.model import Example, Model
from gru_debugger.core.trace import trace
from gru_debugger.errors import ModelError
from gru_debugger.formats import load_model, safetensors

SHAPE = Shape(hidden=4, symbols=5, embedding=3)
NETWORK = Network(SHAPE)


def arrays(model: Model) -> list[Any]:
    cells = [a for layer in model.layers for cell in layer for a in cell.arrays.values()]
    return [*cells, model.embedding, model.output.weight, model.output.bias]


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shape=SHAPES, reset=st.sampled_from(["after", "before"]))
def test_a_dumped_model_comes_back(tmp_path: Path, shape: Shape, reset: Reset) -> None:
    model = model_of(Network(shape), reset)
    path = tmp_path / "model.safetensors"
    path.write_bytes(safetensors.dump(model))
    back = load_model(path)
    assert (back.reset, back.vocabulary, back.bias) == (reset, model.vocabulary, shape.bias)
    for ours, theirs in zip(arrays(back), arrays(model), strict=True):
        assert np.array_equal(ours, theirs)
    text = shape.text(10)
    assert np.array_equal(trace(back, text).states(), trace(model, text).states())


def test_a_file_says_nothing_of_its_own_name_hash_and_framework(tmp_path: Path) -> None:
    example = Example("abc\nde", step=3, unit=2)
    model = replace(model_of(NETWORK), example=example, vocabulary=tuple("abcd\n"))
    path = tmp_path / "model.safetensors"
    metadata = {"source_name": "cat.pt", "source_sha256": "f" * 64, "source_framework": "PyTorch"}
    path.write_bytes(safetensors.dump(model, metadata))
    back = load_model(path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert (back.source.name, back.source.sha256) == ("model.safetensors", digest)
    assert back.source.framework == "safetensors"
    assert back.example == example
    assert back.vocabulary == ("a", "b", "c", "d", "\n")


@pytest.mark.parametrize("kind", ["float16", "bfloat16", "float64", "float32"])
def test_precisions(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "model.safetensors"
    state = {k: w.to(getattr(torch, kind)) for k, w in NETWORK.state_dict().items()}
    save_file(state, path, {"vocabulary": json.dumps(list("abcde"))})
    model = load_model(path)
    assert model.info()["dtype"] == kind
    assert model.info()["framework"] == "safetensors"
    assert np.array_equal(model.cell().weight_hh, state["gru.weight_hh_l0"].float().numpy())
    assert model.embedding is not None
    assert np.array_equal(model.embedding, state["embedding.weight"].float().numpy())
    assert bool(told(model)) == (kind != "float32")


def test_a_tensor_of_an_unknown_type_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    state = {**NETWORK.state_dict(), "scale": torch.ones(3).to(torch.float8_e4m3fn)}
    save_file(state, path, {"vocabulary": '["a", "b", "c", "d", "e"]'})
    assert load_model(path).symbols == 5


def test_reset_is_after_unless_told(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    save_file(NETWORK.state_dict(), path)
    assert load_model(path).reset == "after"
    save_file(NETWORK.state_dict(), path, {"reset": "before"})
    assert load_model(path).info()["variant"] == "reset_before"


@pytest.mark.parametrize("first_byte", [0x80, 0x50, 0x08, 0x60, 0x10])
def test_a_header_of_any_length_is_known(tmp_path: Path, first_byte: int) -> None:
    """Its first byte may be a pickle's (0x80) or the beginning of another format's signature."""
    path = tmp_path / "model.safetensors"
    for padding in range(300):
        save_file(NETWORK.state_dict(), path, {"padding": " " * padding})
        if path.read_bytes()[0] == first_byte:
            break
    assert path.read_bytes()[0] == first_byte
    assert load_model(path).symbols == 5


def test_activations_there_and_back(tmp_path: Path) -> None:
    bent = Activations(Activation("hard_sigmoid", 1 / 6, 0.5), Activation("relu"), clip=4.0)
    plain = samples.model(layers=2, directions=2)
    for table in ([[bent] * 2] * 2, [[bent, USUAL], [USUAL, bent]]):
        layers = tuple(
            tuple(replace(cell, activations=one) for cell, one in zip(cells, row, strict=True))
            for cells, row in zip(plain.layers, table, strict=True)
        )
        back = load_model(samples.save(replace(plain, layers=layers), tmp_path / "m.safetensors"))
        assert [[cell.activations for cell in cells] for cells in back.layers] == table
        assert back.info()["activations"] == table_to_json(table)
    assert b"activations" not in safetensors.dump(plain)


@pytest.mark.parametrize("words", ["tanh", "[[", '"tanh"', "[" * 100_000, '{"gate": "swoosh"}'])
def test_activations_that_are_none(tmp_path: Path, words: str) -> None:
    path = samples.save(samples.model(), tmp_path / "m.safetensors", activations=words)
    with pytest.raises(ModelError, match="correct its metadata “activations”") as fault:
        load_model(path)
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize("length", [99_999, 100_000, 100_001, 250_000])
def test_of_a_long_text_the_beginning_is_opened_and_that_is_told(
    length: int, tmp_path: Path
) -> None:
    text = ("abcde" * (length // 5 + 1))[:length]
    stored = replace(samples.model(), example=None)
    model = load_model(samples.save(stored, tmp_path / "long.safetensors", text=text))
    assert model.example is not None
    assert model.example.text == text[:100_000]
    said = [words for words in told(model) if "its own text" in words]
    cut = f"its own text has {length:,} characters; the first 100,000 are opened"
    assert said == ([cut] if length > 100_000 else [])
