"""Converted files of GRUs with other functions than σ and tanh."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from converted import (
    assert_same,
    made,
    recording,
    session_of,
    written,
)
from grus import Shape, assert_close

from gru_debugger.conversion import convert
from gru_debugger.core.activations import SIGMOID, USUAL, Activation, Activations
from gru_debugger.core.model import Model
from gru_debugger.errors import OutputError
from gru_debugger.formats import load_model

FUNCTIONS = {
    "Keras 2's": Activations(Activation("hard_sigmoid")),
    "Keras 3's": Activations(Activation("hard_sigmoid", 1 / 6, 0.5)),
    "parameters of two": Activations(Activation("hard_sigmoid", 0.3), Activation("leaky_relu")),
    "scaled": Activations(SIGMOID, Activation("scaled_tanh", 0.5, 1.5)),
    "relu": Activations(SIGMOID, Activation("softsign")),
    "clipped": Activations(clip=0.25),
    "clipped relu": Activations(Activation("hard_sigmoid"), Activation("relu"), clip=0.5),
}


def acting(shape: Shape, *functions: Activations, reset: Any = "after") -> Model:
    """With the functions of each direction."""
    model = made(shape, reset, h0=True)
    layers = tuple(
        tuple(replace(cell, activations=f) for cell, f in zip(cells, functions, strict=True))
        for cells in model.layers
    )
    return replace(model, layers=layers)


@pytest.mark.parametrize("reset", ["after", "before"])
@pytest.mark.parametrize("functions", FUNCTIONS.values(), ids=FUNCTIONS)
def test_onnxruntime_runs_other_functions(
    tmp_path: Path, functions: Activations, reset: str
) -> None:
    shape = Shape(layers=2, directions=2)
    model = acting(shape, functions, Activations(clip=functions.clip), reset=reset)
    file = written(model, tmp_path, ".onnx")
    onnx.checker.check_model(onnx.load(file), full_check=True)
    session = session_of(file)
    trace, states, _ = recording(model, shape)
    assert_close(session.run(["states"], {"indices": trace.reading.indices})[0], states, "states")


@pytest.mark.parametrize("suffix", [".safetensors", ".npz"])
@pytest.mark.parametrize("functions", FUNCTIONS.values(), ids=FUNCTIONS)
def test_functions_come_back(tmp_path: Path, suffix: str, functions: Activations) -> None:
    for model in (acting(Shape(), functions), acting(Shape(directions=2), functions, USUAL)):
        back = load_model(written(model, tmp_path, suffix))
        assert back.activations_to_json() == model.activations_to_json()
        assert_same(back, model)


@pytest.mark.parametrize("reset", ["after", "before"])
@pytest.mark.parametrize("functions", FUNCTIONS.values(), ids=FUNCTIONS)
def test_functions_come_back_from_onnx(tmp_path: Path, functions: Activations, reset: str) -> None:
    """Their parameters as float32, which is all that ONNX has: the states are the same."""
    shape = Shape(layers=2, directions=2)
    model = acting(shape, functions, Activations(clip=functions.clip), reset=reset)
    back = load_model(written(model, tmp_path, ".onnx"))
    assert in_float32(back) == in_float32(model)
    assert_same(back, model)
    assert np.array_equal(recording(back, shape)[1], recording(model, shape)[1])


def in_float32(model: Model) -> Any:
    def rounded(text: str) -> float:
        return float(np.float32(text))

    return json.loads(json.dumps(model.activations_to_json()), parse_float=rounded)


@pytest.mark.parametrize(
    ("suffix", "functions", "said"),
    [
        (".pt", Activations(SIGMOID, Activation("relu"), clip=2),
         "PyTorch's GRU has σ and tanh, this model n by relu(a) = max(a, 0), sums clipped at ±2; "
         "write .onnx, .npz or .safetensors."),
        (".onnx", Activations(Activation("silu")),
         "ONNX' GRU has no silu, this model has; write .npz or .safetensors."),
        (".onnx", Activations(clip=2),
         "ONNX clips both directions alike, this model doesn't; write .npz or .safetensors."),
    ],
)  # fmt: skip
def test_functions_that_a_framework_lacks(
    tmp_path: Path, suffix: str, functions: Activations, said: str
) -> None:
    with pytest.raises(OutputError) as refusal:
        convert(acting(Shape(directions=2), functions, USUAL), tmp_path / f"x{suffix}")
    assert str(refusal.value) == f"{tmp_path}/x{suffix}: {said}"
