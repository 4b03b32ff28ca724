"""Plain networks as people export them to ONNX.

Each takes indices (1, steps), and gives all it computes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

SYMBOLS, WIDTH, UNITS = 6, 4, 5


class Net(nn.Module):
    """Embedding, GRU, output layer."""

    inputs, units, layers, ways = WIDTH, UNITS, 1, 1

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(11)
        self.embed = nn.Embedding(SYMBOLS, WIDTH)
        self.gru = nn.GRU(
            self.inputs, self.units, self.layers, batch_first=True, bidirectional=self.ways == 2
        )
        self.fc = nn.Linear(self.units * self.ways, SYMBOLS)
        self.make()
        for parameter in self.parameters():
            with torch.no_grad():
                parameter.copy_(torch.randn_like(parameter) * 0.6 + 0.1)

    def make(self) -> None: ...

    def x(self, indices: Tensor) -> Tensor:
        return self.embed(indices)

    def scores(self, states: Tensor) -> Tensor:
        return self.fc(states)

    def states(self, indices: Tensor) -> Tensor:
        return self.gru(self.x(indices))[0]

    def forward(self, indices: Tensor) -> Any:
        return self.scores(self.states(indices))


def after(function: Callable[[Tensor], Tensor]) -> type[Net]:
    """Something behind the scores."""

    class After(Net):
        def scores(self, states: Tensor) -> Tensor:
            return function(self.fc(states))

    return After


class Sized(Net):
    """Layers, directions."""

    layers, ways = 2, 2


class Stacked(Net):
    layers = 3


class Dropped(Net):
    layers = 2

    def make(self) -> None:
        self.drop = nn.Dropout(0.5)
        self.gru.dropout = 0.3

    def x(self, indices: Tensor) -> Tensor:
        return self.drop(self.embed(indices))

    def scores(self, states: Tensor) -> Tensor:
        return self.fc(self.drop(states))


class StepsFirst(Net):
    def make(self) -> None:
        self.gru = nn.GRU(WIDTH, UNITS)

    def forward(self, indices: Tensor) -> Any:
        states, last = self.gru(self.embed(indices.T), torch.zeros(1, indices.shape[0], UNITS))
        return self.fc(states.reshape(-1, UNITS)), last


class Classifier(Net):
    """The last step alone, as a review's mood."""

    def scores(self, states: Tensor) -> Tensor:
        return functional.log_softmax(self.fc(states[:, -1]), -1)


class LastState(Net):
    layers = 2

    def forward(self, indices: Tensor) -> Tensor:
        return self.fc(self.gru(self.embed(indices))[1][-1])


class OneHot(Net):
    inputs = SYMBOLS

    def x(self, indices: Tensor) -> Tensor:
        return functional.one_hot(indices, SYMBOLS).float()


class HandedOn(Net):
    """States come in and go out, as for a text that goes on."""

    layers = 2

    def forward(self, indices: Tensor, h0: Tensor | None = None) -> Any:
        states, last = self.gru(self.embed(indices), torch.zeros(2, indices.shape[0], UNITS))
        return self.fc(states), last


PLAIN: dict[str, type[Net]] = {
    "embedding, GRU, output layer": Net,
    "two layers, both directions": Sized,
    "three layers": Stacked,
    "dropout": Dropped,
    "steps first": StepsFirst,
    "the last step's class": Classifier,
    "the last state's class": LastState,
    "one-hot": OneHot,
    "states handed on": HandedOn,
    "softmax": after(lambda scores: torch.softmax(scores, -1)),
    "the likeliest": after(lambda scores: scores.argmax(-1)),
    "the five likeliest": after(lambda scores: scores.topk(5).indices),
}
