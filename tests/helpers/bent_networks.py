"""Networks of which a file of weights says more than a GRU, its embedding and its output layer.

Each runs itself: indices (steps,) -> the states (steps, units), and the scores where it has any.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

SYMBOLS, WIDTH, UNITS = 10, 4, 6
Run = tuple[Tensor, Tensor | None]


class Bent(nn.Module):
    """Embedding, GRU and output layer; `make` adds parts, the others put them to use."""

    width, units, outputs = WIDTH, UNITS, SYMBOLS

    def __init__(self) -> None:
        super().__init__()
        self.make()
        self.finish()

    def make(self) -> None:
        self.embedding = nn.Embedding(SYMBOLS, self.width)
        self.gru = nn.GRU(self.width, self.units)
        self.fc = nn.Linear(self.units, self.outputs)

    def finish(self) -> None:
        """Other numbers than a fresh normalisation's, which changes next to nothing."""
        for parameter in self.parameters():
            with torch.no_grad():
                parameter.copy_(torch.randn_like(parameter) * 0.6 + 0.1)

    def x(self, indices: Tensor) -> Tensor:
        return self.embedding(indices)

    def h0(self) -> Tensor | None:
        return None

    def after(self, states: Tensor) -> Tensor:
        return states

    def forward(self, indices: Tensor) -> Run:
        states, _ = self.gru(self.x(indices), self.h0())
        return states, self.fc(self.after(states))


class Before(Bent):
    """A part before the GRU."""

    made: Callable[[], nn.Module]

    def make(self) -> None:
        super().make()
        self.part = type(self).made()

    def x(self, indices: Tensor) -> Tensor:
        return self.part(self.embedding(indices))


class NormBefore(Before):
    made = staticmethod(lambda: nn.LayerNorm(WIDTH))


class DenseBefore(Before):
    made = staticmethod(lambda: nn.Linear(WIDTH, WIDTH))


class HighwayBefore(Before):
    """Two layers, wider between."""

    made = staticmethod(lambda: nn.Sequential(nn.Linear(WIDTH, 9), nn.Tanh(), nn.Linear(9, WIDTH)))


class Positions(Bent):
    def make(self) -> None:
        super().make()
        self.where = nn.Embedding(300, self.width)

    def x(self, indices: Tensor) -> Tensor:
        return self.embedding(indices) + self.where(torch.arange(len(indices)))


class ScaledBefore(Bent):
    def make(self) -> None:
        super().make()
        self.gain = nn.Parameter(torch.ones(self.width))

    def x(self, indices: Tensor) -> Tensor:
        return self.embedding(indices) * self.gain


class NumberBefore(Bent):
    def make(self) -> None:
        super().make()
        self.scale = nn.Parameter(torch.ones(()))

    def x(self, indices: Tensor) -> Tensor:
        return self.embedding(indices) * self.scale


class Convolved(Bent):
    def make(self) -> None:
        super().make()
        self.conv = nn.Conv1d(self.width, self.width, 3, padding=1)

    def x(self, indices: Tensor) -> Tensor:
        return self.conv(self.embedding(indices).T[None])[0].T


class LearnedStart(Bent):
    def make(self) -> None:
        super().make()
        self.h_0 = nn.Parameter(torch.ones(1, self.units))

    def h0(self) -> Tensor:
        return self.h_0


class StartOfAVector(Bent):
    """The initial state is computed from something else, as of a picture."""

    def make(self) -> None:
        super().make()
        self.bridge = nn.Linear(9, self.units)

    def h0(self) -> Tensor:
        return self.bridge(torch.ones(1, 9))


class NormAfter(Bent):
    def make(self) -> None:
        super().make()
        self.norm = nn.LayerNorm(self.units)

    def after(self, states: Tensor) -> Tensor:
        return self.norm(states)


class DenseAfter(Bent):
    def make(self) -> None:
        super().make()
        self.hidden = nn.Linear(self.units, self.units)

    def after(self, states: Tensor) -> Tensor:
        return torch.relu(self.hidden(states)) + states


class Attention(Bent):
    """The context is added to the state."""

    def make(self) -> None:
        super().make()
        self.attn = nn.Linear(self.units, self.units)

    def after(self, states: Tensor) -> Tensor:
        return states + torch.softmax(self.attn(states) @ states.T, 1) @ states


class Temperature(Bent):
    def make(self) -> None:
        super().make()
        self.log_temperature = nn.Parameter(torch.zeros(1))

    def forward(self, indices: Tensor) -> Run:
        states, scores = super().forward(indices)
        assert scores is not None
        return states, scores / self.log_temperature.exp()


class OutputScale(Bent):
    """A parameter of the output layer's own that no Linear has."""

    def make(self) -> None:
        super().make()
        self.fc.scale = nn.Parameter(torch.ones(SYMBOLS))

    def forward(self, indices: Tensor) -> Run:
        states, scores = super().forward(indices)
        assert scores is not None
        return states, scores * self.fc.scale


class Loop(Bent):
    """A cell in a loop of the network's own, with something inside."""

    def make(self) -> None:
        super().make()
        self.gru = nn.GRUCell(self.width, self.units)
        self.inside()

    def inside(self) -> None: ...

    def step(self, x: Tensor, h: Tensor) -> Tensor:
        return self.gru(x, h)

    def forward(self, indices: Tensor) -> Run:
        h, states = torch.zeros(1, self.units), []
        for x in self.x(indices):
            h = self.step(x[None], h)
            states.append(h)
        every = torch.cat(states)
        return every, self.fc(every)


class NormedLoop(Loop):
    def inside(self) -> None:
        self.norm = nn.LayerNorm(self.units)

    def step(self, x: Tensor, h: Tensor) -> Tensor:
        return self.norm(self.gru(x, h))


class DecayLoop(Loop):
    def inside(self) -> None:
        self.decay = nn.Parameter(torch.tensor(0.3))

    def step(self, x: Tensor, h: Tensor) -> Tensor:
        return self.gru(x, h * torch.sigmoid(self.decay))


class ScaleLoop(Loop):
    def inside(self) -> None:
        self.keep = nn.Parameter(torch.ones(self.units))

    def step(self, x: Tensor, h: Tensor) -> Tensor:
        return self.gru(x, h) * self.keep


class FeedbackLoop(Loop):
    def inside(self) -> None:
        self.feed = nn.Linear(self.units, self.width)

    def step(self, x: Tensor, h: Tensor) -> Tensor:
        return self.gru(x + self.feed(h), h)


class LayerNormCell(nn.GRUCell):
    """Normalises both sums of 3 · units."""

    def __init__(self, inputs: int, units: int) -> None:
        super().__init__(inputs, units)
        self.ln_x, self.ln_h = nn.LayerNorm(3 * units), nn.LayerNorm(3 * units)

    def forward(self, x: Tensor, h: Tensor) -> Tensor:  # type: ignore[override]
        ir, iz, i_n = self.ln_x(x @ self.weight_ih.T + self.bias_ih).chunk(3, 1)
        hr, hz, hn = self.ln_h(h @ self.weight_hh.T + self.bias_hh).chunk(3, 1)
        r, z = torch.sigmoid(ir + hr), torch.sigmoid(iz + hz)
        n = torch.tanh(i_n + r * hn)
        return (1 - z) * n + z * h


class LayerNormLoop(Loop):
    def make(self) -> None:
        super().make()
        self.gru = LayerNormCell(self.width, self.units)


class LayerNormBeside(Loop):
    """The same norms as parts of the network, not of the cell."""

    def inside(self) -> None:
        self.ln = nn.LayerNorm(3 * self.units)

    def step(self, x: Tensor, h: Tensor) -> Tensor:
        cell = self.gru
        ir, iz, i_n = self.ln(x @ cell.weight_ih.T + cell.bias_ih).chunk(3, 1)
        hr, hz, hn = (h @ cell.weight_hh.T + cell.bias_hh).chunk(3, 1)
        z = torch.sigmoid(iz + hz)
        return (1 - z) * torch.tanh(i_n + torch.sigmoid(ir + hr) * hn) + z * h


class Chained(Bent):
    """A GRU above another of other size; joined to the embedding by no more than its width."""

    width = 2 * UNITS

    def make(self) -> None:
        super().make()
        self.gru = nn.GRU(self.width, self.units, bidirectional=True)
        self.upper = nn.GRU(2 * self.units, 5)
        self.fc = nn.Linear(5, SYMBOLS)

    def forward(self, indices: Tensor) -> Run:
        states, _ = self.upper(self.gru(self.x(indices))[0])
        return states, self.fc(states)


class FromEncoder(Bent):
    """A decoder that begins with its encoder's last state."""

    def make(self) -> None:
        self.encoder, self.decoder = nn.Module(), nn.Module()
        for part in (self.encoder, self.decoder):
            part.embedding = nn.Embedding(SYMBOLS, self.width)
            part.gru = nn.GRU(self.width, self.units)
        self.decoder.fc = nn.Linear(self.units, SYMBOLS)

    def forward(self, indices: Tensor) -> Run:
        _, h = self.encoder.gru(self.encoder.embedding(indices))
        states, _ = self.decoder.gru(self.decoder.embedding(indices), h)
        return states, self.decoder.fc(states)


# By name, and which of several GRUs is opened.
INSIDE: dict[str, tuple[type[Bent], str | None]] = {
    "LayerNorm before": (NormBefore, None),
    "a Linear before": (DenseBefore, None),
    "two Linears before": (HighwayBefore, None),
    "positions added": (Positions, None),
    "a scale vector before": (ScaledBefore, None),
    "a scale before": (NumberBefore, None),
    "a convolution before": (Convolved, None),
    "an initial state that was trained": (LearnedStart, None),
    "an initial state from elsewhere": (StartOfAVector, None),
    "LayerNorm after": (NormAfter, None),
    "a residual Linear after": (DenseAfter, None),
    "attention after": (Attention, None),
    "a temperature": (Temperature, None),
    "a scale of the scores": (OutputScale, None),
    "LayerNorm of h in a loop": (NormedLoop, None),
    "a decay in a loop": (DecayLoop, None),
    "a scale vector in a loop": (ScaleLoop, None),
    "feedback in a loop": (FeedbackLoop, None),
    "LayerNorms of 3 · units in the cell": (LayerNormLoop, None),
    "a LayerNorm of 3 · units beside the cell": (LayerNormBeside, None),
    "a GRU above another": (Chained, "upper"),
    "a decoder behind its encoder": (FromEncoder, "decoder.gru"),
}
