"""Random models, recordings and sessions for tests of what is on screen; no torch here."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

from gru_debugger.core.activations import USUAL, Activations
from gru_debugger.core.cell import Array, Cell, Reset
from gru_debugger.core.model import Model, OutputLayer
from gru_debugger.core.trace import Trace
from gru_debugger.formats import safetensors
from gru_debugger.session.session import Session
from gru_debugger.source import Source

VOCABULARY = "\n\t abcdefghijklmnopqrstuvwxyz"


@cache
def model(
    hidden: int = 16,
    symbols: int = 8,
    layers: int = 1,
    directions: int = 1,
    reset: Reset = "after",
    embedding: int | None = None,
    output: bool = True,
    bias: bool = True,
    seed: int = 0,
    scale: float = 1.5,
    activations: Activations = USUAL,
) -> Model:
    """A GRU of normally distributed weights on the first `symbols` of VOCABULARY."""
    random = np.random.default_rng(seed)

    def normal(*shape: int) -> Array:
        return (random.standard_normal(shape) * scale / np.sqrt(shape[-1])).astype(np.float32)

    def cell(width: int) -> Cell:
        biases = [normal(3 * hidden) * 4 if bias else np.zeros(3 * hidden, np.float32)] * 2
        return Cell(
            normal(3 * hidden, width), normal(3 * hidden, hidden), *biases, activations=activations
        )

    widths = [embedding or symbols, *[hidden * directions] * (layers - 1)]
    return Model(
        layers=tuple(tuple(cell(width) for _ in range(directions)) for width in widths),
        reset=reset,
        source=Source(
            "folder/random.safetensors", "random.safetensors", "0123456789ab" * 5, "test"
        ),
        embedding=normal(symbols, embedding) if embedding else None,
        output=OutputLayer(normal(symbols, hidden * directions), normal(symbols))
        if output
        else None,
        vocabulary=tuple(VOCABULARY[:symbols]),
        bias=bias,
    )


def text_for(m: Model, length: int, seed: int = 0) -> str:
    random = np.random.default_rng(seed)
    return "".join(random.choice(list(m.require_vocabulary()), length))


shared: list[Trace] = []  # by tests: what one changes in them, others would find


@cache
def recording(m: Model, length: int = 40) -> Trace:
    shared.append(Trace(m, text_for(m, length)).finish())
    return shared[-1]


def session_of(trace: Trace, position: int = 1, unit: int = 0) -> Session:
    session = Session()
    session.open(trace, position, unit)
    return session


def save(m: Model, path: Path, **metadata: str) -> Path:
    """The model as a file, its vocabulary and example inside if it has them."""
    path.write_bytes(safetensors.dump(m, metadata))
    return path
