"""Networks as people export them to ONNX: plain ones, and those that put something around a GRU.

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

    def h0(self, indices: Tensor) -> Tensor | None:
        return None

    def scores(self, states: Tensor, x: Tensor) -> Tensor:
        return self.fc(states)

    def forward(self, indices: Tensor) -> Any:
        x = self.x(indices)
        states, _ = self.gru(x, self.h0(indices))
        return self.scores(states, x)


def before(function: Callable[[Tensor], Tensor]) -> type[Net]:
    """Something between the embedding and the GRU."""

    class Before(Net):
        def x(self, indices: Tensor) -> Tensor:
            return function(self.embed(indices))

    return Before


def on_indices(function: Callable[[Tensor], Tensor]) -> type[Net]:
    class OnIndices(Net):
        def x(self, indices: Tensor) -> Tensor:
            return self.embed(function(indices))

    return OnIndices


def after(function: Callable[[Tensor], Tensor]) -> type[Net]:
    """Something behind the scores."""

    class After(Net):
        def scores(self, states: Tensor, x: Tensor) -> Tensor:
            return function(self.fc(states))

    return After


def on_states(function: Callable[[Tensor], Tensor]) -> type[Net]:
    class OnStates(Net):
        def scores(self, states: Tensor, x: Tensor) -> Tensor:
            return self.fc(function(states))

    return OnStates


class Positions(Net):
    def make(self) -> None:
        self.where = nn.Parameter(torch.zeros(1, 200, WIDTH))

    def x(self, indices: Tensor) -> Tensor:
        return self.embed(indices) + self.where


class LinearBefore(Net):
    def make(self) -> None:
        self.part = nn.Linear(WIDTH, WIDTH)

    def x(self, indices: Tensor) -> Tensor:
        return torch.relu(self.part(self.embed(indices)))


class BatchNormBefore(Net):
    def make(self) -> None:
        self.part = nn.BatchNorm1d(WIDTH)

    def x(self, indices: Tensor) -> Tensor:
        return self.part(self.embed(indices).transpose(1, 2)).transpose(1, 2)


class ConvBefore(Net):
    def make(self) -> None:
        self.part = nn.Conv1d(WIDTH, WIDTH, 3, padding=1)

    def x(self, indices: Tensor) -> Tensor:
        return self.part(self.embed(indices).transpose(1, 2)).transpose(1, 2)


class TwoEmbeddings(Net):
    inputs = 2 * WIDTH

    def make(self) -> None:
        self.other = nn.Embedding(SYMBOLS, WIDTH)

    def x(self, indices: Tensor) -> Tensor:
        return torch.cat([self.embed(indices), self.other(indices)], -1)


class StateOfText(Net):
    def make(self) -> None:
        self.bridge = nn.Linear(WIDTH, UNITS)

    def h0(self, indices: Tensor) -> Tensor:
        return torch.tanh(self.bridge(self.embed(indices).mean(1)))[None]


class StateOfEncoder(Net):
    def make(self) -> None:
        self.encoder = nn.GRU(WIDTH, UNITS, batch_first=True)

    def h0(self, indices: Tensor) -> Tensor:
        return self.encoder(self.embed(indices))[1]


class Twice(Net):
    """The same GRU over its own states, scaled."""

    inputs = UNITS

    def make(self) -> None:
        self.embed = nn.Embedding(SYMBOLS, UNITS)

    def forward(self, indices: Tensor) -> Tensor:
        states, _ = self.gru(self.embed(indices))
        return self.fc(self.gru(states * 0.5)[0])


class Skipped(Net):
    """A second GRU, fed by the first and the embedding."""

    def make(self) -> None:
        self.upper = nn.GRU(WIDTH + UNITS, UNITS, batch_first=True)

    def scores(self, states: Tensor, x: Tensor) -> Tensor:
        return self.fc(self.upper(torch.cat([states, x], -1))[0])


class Residual(Net):
    """The embedding is added to the states."""

    units = WIDTH

    def scores(self, states: Tensor, x: Tensor) -> Tensor:
        return self.fc(states + x)


class Heads(Net):
    def make(self) -> None:
        self.mood, self.length = nn.Linear(UNITS, 3), nn.Linear(UNITS, 1)

    def scores(self, states: Tensor, x: Tensor) -> Any:
        return self.fc(states), self.mood(states), self.length(states)


class Attention(Net):
    def make(self) -> None:
        self.key = nn.Linear(UNITS, UNITS)

    def scores(self, states: Tensor, x: Tensor) -> Tensor:
        weights = torch.softmax(self.key(states) @ states.transpose(1, 2), -1)
        return self.fc(states + weights @ states)


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

    def scores(self, states: Tensor, x: Tensor) -> Tensor:
        return self.fc(self.drop(states))


class StepsFirst(Net):
    def make(self) -> None:
        self.gru = nn.GRU(WIDTH, UNITS)

    def forward(self, indices: Tensor) -> Any:
        states, last = self.gru(self.embed(indices.T), torch.zeros(1, indices.shape[0], UNITS))
        return self.fc(states.reshape(-1, UNITS)), last


class Classifier(Net):
    """The last step alone, as a review's mood."""

    def scores(self, states: Tensor, x: Tensor) -> Tensor:
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
# Shown as something else unless it is told.
BENT: dict[str, type[Net]] = {
    "scaled": before(lambda x: x * 3.0),
    "scaled by the width": before(lambda x: x * WIDTH**0.5 * 1.5),
    "shifted": before(lambda x: x - 0.7),
    "clamped": before(lambda x: x.clamp(-0.2, 0.2)),
    "Relu": before(torch.relu),
    "Tanh": before(lambda x: torch.tanh(2 * x)),
    "normalised": before(lambda x: functional.normalize(x, dim=-1)),
    "LayerNorm without weights": before(lambda x: functional.layer_norm(x, (WIDTH,))),
    "softmax before": before(lambda x: torch.softmax(x, -1)),
    "a masked step": before(lambda x: x * (torch.arange(x.shape[1]) % 3 != 0)[None, :, None]),
    "a running sum": before(lambda x: x.cumsum(1) * 0.1),
    "differences": before(lambda x: x - torch.roll(x, 1, 1)),
    "the step before": before(lambda x: functional.pad(x, (0, 0, 1, 0))[:, :-1]),
    "features turned around": before(lambda x: x.flip(-1)),
    "features permuted": before(lambda x: x[..., torch.tensor([2, 0, 3, 1])]),
    "features and steps exchanged": before(lambda x: x.transpose(1, 2).reshape(1, -1, WIDTH)),
    "indices + 1": on_indices(lambda i: (i + 1) % SYMBOLS),
    "indices turned": on_indices(lambda i: SYMBOLS - 1 - i),
    "indices clamped": on_indices(lambda i: i.clamp(1, 3)),
    "indices masked": on_indices(lambda i: torch.where(i == 2, torch.zeros_like(i), i)),
    "indices looked up": on_indices(lambda i: torch.tensor([3, 1, 4, 0, 5, 2])[i]),
    "indices shifted": on_indices(lambda i: functional.pad(i, (1, 0))[:, :-1]),
    "positions": Positions,
    "a Linear before": LinearBefore,
    "BatchNorm before": BatchNormBefore,
    "a convolution before": ConvBefore,
    "two embeddings": TwoEmbeddings,
    "an initial state of the text": StateOfText,
    "an initial state of an encoder": StateOfEncoder,
    "a second GRU fed by both": Skipped,
    "softmax times 2": after(lambda scores: 2 * torch.softmax(scores, -1)),
}
# Of these the states are the network's own, and no predictions are shown that are not.
BESIDE: dict[str, type[Net]] = {
    "the same GRU twice": Twice,
    "a residual before the output layer": Residual,
    "attention": Attention,
    "three heads": Heads,
    "LayerNorm after": on_states(lambda h: functional.layer_norm(h, (UNITS,))),
    "states scaled": on_states(lambda h: h * 0.3),
    "states clamped": on_states(lambda h: h.clamp(-0.1, 0.1)),
    "states turned around": on_states(lambda h: h.flip(-1)),
    "a running mean": on_states(lambda h: h.cumsum(1)),
    "a temperature": after(lambda scores: scores / 0.7),
    "a mean": on_states(lambda h: h.mean(1)),
}
