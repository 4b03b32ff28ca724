"""Models to convert, what they must be afterwards, and their own runs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from grus import Network, Shape, model_of

from gru_debugger.conversion import SUFFIXES, convert
from gru_debugger.core.model import Model
from gru_debugger.core.trace import Trace

STEPS = 200

MODELS = {
    "one-hot": Shape(),
    "embedding": Shape(embedding=3),
    "embedding as wide as the states": Shape(hidden=6, embedding=6, directions=1),
    "one symbol, one unit": Shape(hidden=1, symbols=1),
    "as many units as symbols": Shape(hidden=6, symbols=6, layers=6),
    "three layers": Shape(layers=3, scale=2.0),
    "both directions": Shape(directions=2, embedding=4),
    "two layers, both directions": Shape(hidden=4, layers=2, directions=2),
    "no bias": Shape(layers=2, bias=False),
}


def made(shape: Shape, reset: Any = "after", h0: bool = False, **others: Any) -> Model:
    model = model_of(Network(shape), reset)
    if h0:
        random = np.random.default_rng(shape.seed)
        rows = shape.layers * shape.directions
        others["h0"] = random.uniform(-1, 1, (rows, shape.hidden)).astype(np.float32)
    return replace(model, **others)


def written(model: Model, folder: Path, suffix: str) -> Path:
    path = folder / f"model{suffix}"
    path.write_bytes(convert(model, path))
    return path


def arrays(model: Model) -> list[Any]:
    cells = [a for layer in model.layers for cell in layer for a in cell.arrays.values()]
    output = () if model.output is None else vars(model.output).values()
    return [*cells, model.embedding, model.h0, *output]


def assert_same(ours: Model, theirs: Model) -> None:
    """To the bit."""
    for name in ("reset", "bias", "vocabulary", "example", "ways"):
        assert getattr(ours, name) == getattr(theirs, name)
    assert len(ours.layers) == len(theirs.layers)
    for mine, other in zip(arrays(ours), arrays(theirs), strict=True):
        assert (mine is None) == (other is None)
        if mine is not None:
            assert mine.dtype == other.dtype == np.float32
            assert mine.shape == other.shape
            assert mine.tobytes() == other.tobytes()


def suffixes(model: Model) -> list[str]:
    torch_has_it = model.reset == "after" and not model.backwards
    return [s for s in SUFFIXES if s != ".pt" or torch_has_it]


def recording(model: Model, shape: Shape) -> tuple[Trace, Any, Any]:
    """The trace of 200 steps, its states (steps, layers · directions, hidden) and the last."""
    trace = Trace(model, shape.text(STEPS)).finish()
    states = np.stack([trace.states(*place) for place in model.places], axis=1)
    last = [states[-1 if d == "forward" else 0, i] for i, (_, d) in enumerate(model.places)]
    return trace, states, np.stack(last)


def session_of(file: Path) -> Any:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # it says of each run that an optional h0 is one
    return onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
