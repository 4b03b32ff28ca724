"""Networks whose code TorchScript can hold: as tutorials have them, and others that look alike."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

SYMBOLS, WIDTH, UNITS = 6, 4, 7


class Base(nn.Module):
    """Embedding, GRU and output layer; each subclass has a forward of its own.

    It takes indices, (1, steps) unless `first` says otherwise.
    """

    width, inputs, layers, ways, first = UNITS, WIDTH, 1, 1, "texts"

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(7)
        self.embedding = nn.Embedding(SYMBOLS, WIDTH)
        self.gru = self.made()
        self.fc = nn.Linear(UNITS * self.ways, SYMBOLS)
        self.dropout = nn.Dropout(0.4)
        self.more()
        for parameter in self.parameters():
            with torch.no_grad():
                parameter.copy_(torch.randn_like(parameter) * 0.5 + 0.1)
        self.eval()

    def made(self) -> nn.Module:
        return nn.GRU(
            self.inputs, UNITS, self.layers, batch_first=True, bidirectional=self.ways == 2,
            dropout=0.3 * (self.layers > 1),
        )  # fmt: skip

    def more(self) -> None: ...

    def given(self, indices: Tensor) -> tuple[Tensor, ...]:
        return (indices[None],)


# Plain -------------------------------------------------------------------------------------------


class Generator(Base):
    """States come in and go out."""

    def given(self, indices: Tensor) -> tuple[Tensor, ...]:
        return indices[None], torch.zeros(1, 1, UNITS)

    def forward(self, x: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
        out, hidden = self.gru(self.embedding(x), hidden)
        return self.fc(out.reshape(-1, out.size(2))), hidden


class Tagger(Base):
    layers, ways = 2, 2

    def forward(self, x: Tensor) -> Tensor:
        out, _ = self.gru(self.dropout(self.embedding(x)))
        return functional.log_softmax(self.fc(self.dropout(out)), dim=-1)


class Optional(Base):
    """As text books write it: the state may be left out."""

    def forward(self, x: Tensor, h: Tensor | None = None, temperature: float = 1.0) -> Tensor:
        out, _ = self.gru(self.embedding(x), h)
        return self.fc(out)


class LastStep(Base):
    def forward(self, x: Tensor) -> Tensor:
        out, _ = self.gru(self.embedding(x))
        return self.fc(self.dropout(out[:, -1, :]))


class LastState(Base):
    layers = 2

    def forward(self, x: Tensor) -> Tensor:
        h0 = torch.zeros(2, x.size(0), 7, device=x.device)
        _, h = self.gru(self.embedding(x), h0)
        return functional.softmax(self.fc(h[-1]), dim=1)


class Packed(Base):
    def given(self, indices: Tensor) -> tuple[Tensor, ...]:
        return indices[None], torch.tensor([len(indices)])

    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        packed = pack_padded_sequence(self.embedding(x), lengths, batch_first=True)
        out, _ = pad_packed_sequence(self.gru(packed)[0], batch_first=True)
        return self.fc(out)


class StepsFirst(Base):
    first = "steps"

    def made(self) -> nn.Module:
        return nn.GRU(WIDTH, UNITS)

    def given(self, indices: Tensor) -> tuple[Tensor, ...]:
        return (indices,)

    def forward(self, x: Tensor) -> Tensor:
        out, _ = self.gru(self.embedding(x).view(x.size(0), 1, -1))
        return self.fc(out.view(-1, 7))


class OneHot(Base):
    inputs = SYMBOLS

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.gru(functional.one_hot(x, 6).float())[0])


class OneByOne(Base):
    """GRUs of a layer each, dropout between them."""

    def more(self) -> None:
        self.gru1, self.gru2 = self.made(), nn.GRU(UNITS, UNITS, batch_first=True)
        del self.gru

    def forward(self, x: Tensor) -> Tensor:
        out, _ = self.gru1(self.embedding(x))
        out, _ = self.gru2(self.dropout(out))
        return self.fc(out)


class Rows(Base):
    """It reads rows of numbers."""

    def given(self, indices: Tensor) -> tuple[Tensor, ...]:
        return (self.embedding(indices)[None].detach(),)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.gru(x)[0])


class Learned(Base):
    """An initial state that was trained; it is stored, and taken."""

    def more(self) -> None:
        self.start = nn.Parameter(torch.zeros(1, 1, UNITS))

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.gru(self.embedding(x), self.start.repeat(1, x.size(0), 1))[0])


class Ones(Base):
    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.gru(self.embedding(x), torch.ones(1, x.size(0), 7))[0])


class Loop(Base):
    """A cell in a loop; subclasses put something inside."""

    first = "steps"

    def made(self) -> nn.Module:
        return nn.GRUCell(WIDTH, UNITS)

    def given(self, indices: Tensor) -> tuple[Tensor, ...]:
        return (indices[:, None],)

    def forward(self, x: Tensor) -> Tensor:
        rows = self.embedding(x)
        h = torch.zeros(x.size(1), 7)
        out: list[Tensor] = []
        for t in range(x.size(0)):
            h = self.gru(rows[t], h)
            out.append(self.fc(self.dropout(h)))
        return torch.stack(out)


class Loops(Base):
    """Two cells, one upon the other."""

    first = "steps"

    def more(self) -> None:
        self.gru0, self.gru1 = nn.GRUCell(WIDTH, UNITS), nn.GRUCell(UNITS, UNITS)
        del self.gru

    given = Loop.given

    def forward(self, x: Tensor) -> Tensor:
        rows = self.embedding(x)
        lower, upper = torch.zeros(1, 7), torch.zeros(1, 7)
        out: list[Tensor] = []
        for t in range(x.size(0)):
            lower = self.gru0(rows[t], lower)
            upper = self.gru1(self.dropout(lower), upper)
            out.append(upper)
        return self.fc(torch.stack(out))


class Tied(Base):
    def more(self) -> None:
        self.gru = nn.GRU(WIDTH, WIDTH, batch_first=True)
        del self.fc

    def forward(self, x: Tensor) -> Tensor:
        return functional.linear(self.gru(self.embedding(x))[0], self.embedding.weight)


class Turned(Base):
    """The output layer as a product with a matrix of its own, (units, symbols)."""

    def more(self) -> None:
        self.matrix = nn.Parameter(torch.zeros(UNITS, SYMBOLS))
        del self.fc

    def forward(self, x: Tensor) -> Tensor:
        return self.gru(self.embedding(x))[0] @ self.matrix


class Unbiased(Base):
    """A bias that is stored beside the weight and not used."""

    def forward(self, x: Tensor) -> Tensor:
        return functional.linear(self.gru(self.embedding(x))[0], self.fc.weight)


class Head(Base):
    """Two layers for classes: no predictions of symbols, and nothing that anybody would miss."""

    def more(self) -> None:
        self.fc = nn.Sequential(nn.Linear(UNITS, 5), nn.ReLU(), nn.Dropout(), nn.Linear(5, 2))

    def forward(self, x: Tensor) -> Tensor:
        return torch.sigmoid(self.fc(self.gru(self.embedding(x))[0][:, -1]))


PLAIN: dict[str, type[Base]] = {
    "a generator": Generator, "a tagger, both ways": Tagger, "an optional state": Optional,
    "the last step": LastStep, "the last state": LastState, "packed": Packed,
    "steps first": StepsFirst, "one-hot": OneHot, "one by one": OneByOne, "rows": Rows,
    "an initial state that was trained": Learned, "an initial state of ones": Ones,
    "a loop of cells": Loop, "a loop of two cells": Loops, "tied weights": Tied,
    "a matrix turned": Turned, "a bias that is not used": Unbiased, "a head of two layers": Head,
}  # fmt: skip


# Others ------------------------------------------------------------------------------------------


class Relu(Base):
    """As an old tutorial of PyTorch's has it."""

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.gru(functional.relu(self.embedding(x)))[0])


class Changed(Base):
    """In place, which the result of the call does not show."""

    def forward(self, x: Tensor) -> Tensor:
        rows = self.embedding(x).clone()
        rows[:, 2] = 0.0
        return self.fc(self.gru(rows)[0])


class Doubled(Base):
    def forward(self, x: Tensor) -> Tensor:
        rows = self.embedding(x).clone()
        rows.mul_(2.0)
        return self.fc(self.gru(rows)[0])


class Masked(Base):
    def forward(self, x: Tensor) -> Tensor:
        rows = self.embedding(x)
        return self.fc(self.gru(rows * (x != 2).unsqueeze(-1).float())[0])


class DroppedAnyway(Base):
    """F.dropout, whose default is to drop."""

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.gru(functional.dropout(self.embedding(x), 0.5))[0])


class Normed(Base):
    def more(self) -> None:
        self.norm = nn.LayerNorm(WIDTH, elementwise_affine=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.gru(self.norm(self.embedding(x)))[0])


class Clamped(Base):
    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.gru(torch.clamp(self.embedding(x), -0.2, 0.2))[0])


class Scaled(Base):
    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.gru(self.embedding(x) * 4**0.5)[0])


class Begun(Base):
    """h(0) from the text."""

    def more(self) -> None:
        self.bridge = nn.Linear(WIDTH, UNITS)

    def forward(self, x: Tensor) -> Tensor:
        rows = self.embedding(x)
        return self.fc(self.gru(rows, torch.tanh(self.bridge(rows[:, 0]))[None])[0])


class Twice(Base):
    inputs = UNITS

    def more(self) -> None:
        self.embedding = nn.Embedding(SYMBOLS, UNITS)

    def forward(self, x: Tensor) -> Tensor:
        out, _ = self.gru(self.embedding(x))
        return self.fc(self.gru(out)[0])


class Onward(Base):
    """The same GRU goes on from its own last state."""

    def forward(self, x: Tensor) -> Tensor:
        rows = self.embedding(x)
        _, h = self.gru(rows)
        return self.fc(self.gru(rows, h)[0])


class ByLength(Base):
    """What it does depends on how long the text is."""

    def forward(self, x: Tensor) -> Tensor:
        rows = self.embedding(x)
        if x.size(1) > 8:
            rows = rows * 2.0
        return self.fc(self.gru(rows)[0])


class Shortened(Base):
    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.gru(self.embedding(x)[:, ::2])[0])


class Cut(Base):
    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.gru(self.embedding(x)[:, :-1])[0])


class FeedbackLoop(Loop):
    def more(self) -> None:
        self.feed = nn.Linear(UNITS, WIDTH)

    def forward(self, x: Tensor) -> Tensor:
        rows = self.embedding(x)
        h = torch.zeros(x.size(1), 7)
        out: list[Tensor] = []
        for t in range(x.size(0)):
            h = self.gru(rows[t] + self.feed(h), h)
            out.append(h)
        return self.fc(torch.stack(out))


class DecayLoop(Loop):
    def forward(self, x: Tensor) -> Tensor:
        rows = self.embedding(x)
        h = torch.zeros(x.size(1), 7)
        out: list[Tensor] = []
        for t in range(x.size(0)):
            h = self.gru(rows[t], h * 0.9)
            out.append(h)
        return self.fc(torch.stack(out))


class ReversedLoop(Loop):
    def forward(self, x: Tensor) -> Tensor:
        rows = self.embedding(x)
        h = torch.zeros(x.size(1), 7)
        out: list[Tensor] = []
        for t in range(x.size(0)):
            h = self.gru(rows[x.size(0) - 1 - t], h)
            out.append(h)
        return self.fc(torch.stack(out))


class LayerNormLoop(Loop):
    """A cell of its own, with norms of both sums."""

    def more(self) -> None:
        self.norm_x, self.norm_h = nn.LayerNorm(3 * UNITS), nn.LayerNorm(3 * UNITS)

    def forward(self, x: Tensor) -> Tensor:
        rows = self.embedding(x)
        h = torch.zeros(x.size(1), 7)
        out: list[Tensor] = []
        for t in range(x.size(0)):
            gi = self.norm_x(functional.linear(rows[t], self.gru.weight_ih, self.gru.bias_ih))
            gh = self.norm_h(functional.linear(h, self.gru.weight_hh, self.gru.bias_hh))
            ir, iz, i_n = gi.chunk(3, 1)
            hr, hz, hn = gh.chunk(3, 1)
            z = torch.sigmoid(iz + hz)
            h = (1 - z) * torch.tanh(i_n + torch.sigmoid(ir + hr) * hn) + z * h
            out.append(h)
        return self.fc(torch.stack(out))


class Guesses(Loop):
    """A decoder that reads what it has written itself."""

    def forward(self, x: Tensor) -> Tensor:
        h = torch.zeros(x.size(1), 7)
        at = x[0]
        out: list[Tensor] = []
        for _ in range(x.size(0)):
            h = self.gru(self.embedding(at), h)
            scores = self.fc(h)
            out.append(scores)
            at = scores.argmax(-1)
        return torch.stack(out)


BENT: dict[str, type[Base]] = {
    "F.relu before": Relu, "a step set to zero": Changed, "doubled in place": Doubled,
    "a mask": Masked, "F.dropout that drops": DroppedAnyway, "LayerNorm without weights": Normed,
    "clamped": Clamped, "scaled": Scaled, "an initial state of the text": Begun,
    "run twice": Twice, "run on from its last state": Onward, "by the length": ByLength,
    "every second step": Shortened, "the last step left out": Cut,
    "feedback in a loop": FeedbackLoop, "decay in a loop": DecayLoop,
    "a loop from the end": ReversedLoop,
    "LayerNorm in a loop": LayerNormLoop, "its own guesses": Guesses,
}  # fmt: skip


class Residual(Base):
    inputs = UNITS

    def more(self) -> None:
        self.embedding = nn.Embedding(SYMBOLS, UNITS)

    def forward(self, x: Tensor) -> Tensor:
        rows = self.embedding(x)
        return self.fc(self.gru(rows)[0] + rows)


class Attention(Base):
    def more(self) -> None:
        self.attn = nn.Linear(UNITS, UNITS)
        self.fc = nn.Linear(2 * UNITS, SYMBOLS)

    def forward(self, x: Tensor) -> Tensor:
        out, _ = self.gru(self.embedding(x))
        weights = functional.softmax(torch.bmm(self.attn(out), out.transpose(1, 2)), dim=-1)
        return self.fc(torch.cat([torch.bmm(weights, out), out], -1))


class Heads(Base):
    def more(self) -> None:
        self.mood, self.length = nn.Linear(UNITS, 3), nn.Linear(UNITS, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        out, _ = self.gru(self.embedding(x))
        return self.fc(out), self.mood(out), self.length(out[:, -1])


class Temperature(Base):
    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.gru(self.embedding(x))[0]) / 0.7


class SoftmaxOfSteps(Base):
    """Along the wrong axis, as happens."""

    def forward(self, x: Tensor) -> Tensor:
        return functional.softmax(self.fc(self.gru(self.embedding(x))[0]), dim=1)


class NormAfter(Base):
    def forward(self, x: Tensor) -> Tensor:
        return self.fc(functional.normalize(self.gru(self.embedding(x))[0], dim=-1))


# Of these the states are the network's own, and no predictions are shown that are not.
BESIDE: dict[str, type[Base]] = {
    "a residual before the output layer": Residual, "attention": Attention, "three heads": Heads,
    "a temperature": Temperature, "softmax of the steps": SoftmaxOfSteps,
    "normalised states": NormAfter,
}  # fmt: skip
