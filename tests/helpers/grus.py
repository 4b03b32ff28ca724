"""Small torch networks of every shape, and the same as the program's `Model`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from hypothesis import strategies as st

from gru_debugger.core.cell import Reset
from gru_debugger.core.model import Model
from gru_debugger.live import from_module

TOLERANCE = 1e-6  # of one step, times the largest value where that is more than 1


@dataclass(frozen=True)
class Shape:
    hidden: int = 5
    symbols: int = 6
    layers: int = 1
    directions: int = 1
    bias: bool = True
    embedding: int | None = None
    seed: int = 0
    scale: float = 1.0  # 1 is PyTorch's own initialisation

    @property
    def vocabulary(self) -> str:
        return "".join(chr(ord("a") + i) for i in range(self.symbols))

    def text(self, length: int) -> str:
        random = np.random.default_rng(self.seed)
        return "".join(random.choice(list(self.vocabulary), length))


SHAPES = st.builds(
    Shape,
    hidden=st.integers(1, 9),
    symbols=st.integers(1, 7),
    layers=st.integers(1, 3),
    directions=st.integers(1, 2),
    bias=st.booleans(),
    embedding=st.none() | st.integers(1, 8),
    seed=st.integers(0, 2**16),
)


class Network(torch.nn.Module):
    """Characters in, scores of the next character out."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        torch.manual_seed(shape.seed)
        self.shape = shape
        if shape.embedding is not None:
            self.embedding = torch.nn.Embedding(shape.symbols, shape.embedding)
        self.gru = torch.nn.GRU(
            shape.embedding or shape.symbols, shape.hidden, shape.layers,
            bias=shape.bias, bidirectional=shape.directions == 2,
        )  # fmt: skip
        self.fc = torch.nn.Linear(shape.hidden * shape.directions, shape.symbols)
        with torch.no_grad():
            for weight in self.parameters():
                weight *= shape.scale
        self.requires_grad_(False)

    def inputs(self, text: str) -> torch.Tensor:
        """x of layer 0 (steps, input)."""
        indices = torch.tensor([self.shape.vocabulary.index(c) for c in text])
        if self.shape.embedding is not None:
            return self.embedding(indices)
        return torch.nn.functional.one_hot(indices, self.shape.symbols).float()

    def forward(self, text: str, h0: torch.Tensor | None = None) -> torch.Tensor:
        return self.fc(self.gru(self.inputs(text), h0)[0])


def model_of(network: Network, reset: Reset = "after") -> Model:
    return replace(from_module(network, network.shape.vocabulary), reset=reset)


def distance(ours: Any, theirs: Any) -> float:
    """max |Δ| in float64."""
    ours, theirs = np.asarray(ours, np.float64), np.asarray(theirs, np.float64)
    assert ours.shape == theirs.shape
    return float(np.abs(ours - theirs).max())


def assert_close(ours: Any, theirs: Any, what: str, tolerance: float = TOLERANCE) -> None:
    largest = max(1.0, float(np.abs(np.asarray(theirs)).max()))
    assert distance(ours, theirs) <= tolerance * largest, what
