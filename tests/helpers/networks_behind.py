"""What people put behind a GRU: on its states, on the scores, beside them."""

from __future__ import annotations

from typing import Any

import torch
from networks import SYMBOLS, UNITS, WIDTH, Network
from networks_before import gru, linear, number
from networks_inside import with_part
from torch import nn

BOTH = {"gru": gru(bidirectional=True)}
AS_WIDE = {"embedding": lambda: nn.Embedding(SYMBOLS, UNITS), "gru": gru(UNITS)}
TIED = {"embedding": lambda: nn.Embedding(SYMBOLS, UNITS), "gru": gru(UNITS), "fc": None}


def h(code: str, **parts: Any) -> Network:
    return Network(h=code, parts=parts)


def y(code: str, **parts: Any) -> Network:
    return Network(y=code, parts=parts)


def head(code: str, **parts: Any) -> Network:
    return Network(head=code, parts=parts)


BEHIND: dict[str, Network] = {
    "a residual before the output layer": h("h = h + x", **AS_WIDE),
    "attention added": h("h = h + torch.softmax(self.attn(h) @ h.transpose(1, 2), -1) @ h",
                         attn=linear(UNITS, UNITS)),
    "attention beside": h(
        "h = torch.cat([torch.softmax(h @ h.transpose(1, 2), -1) @ h, h], -1)",
        fc=linear(2 * UNITS, SYMBOLS)),
    "attention pooled": h("h = (torch.softmax(self.attn(h), 1) * h).sum(1)",
                          attn=linear(UNITS, 1)),
    "MultiheadAttention after": h("h = self.attn(h, h, h)[0]",
                                  attn=lambda: nn.MultiheadAttention(UNITS, 1, batch_first=True)),
    "LayerNorm after": h("h = self.norm(h)", norm=lambda: nn.LayerNorm(UNITS)),
    "LayerNorm after, without weights": h("h = F.layer_norm(h, [7])"),
    "BatchNorm after": h("h = self.norm(h.transpose(1, 2)).transpose(1, 2)",
                         norm=lambda: nn.BatchNorm1d(UNITS)),
    "a residual Linear after": h("h = h + torch.relu(self.part(h))", part=linear(UNITS, UNITS)),
    "a convolution after": h("h = self.conv(h.transpose(1, 2)).transpose(1, 2)",
                             conv=lambda: nn.Conv1d(UNITS, UNITS, 3, padding=1)),
    "an LSTM after": h("h = self.lstm(h)[0]",
                       lstm=lambda: nn.LSTM(UNITS, UNITS, batch_first=True)),
    "F.relu after": h("h = F.relu(h)"),
    "states scaled": h("h = h * 0.3"),
    "states normalised": h("h = F.normalize(h, dim=-1)"),
    "states turned around": h("h = h.flip(-1)"),
    "a running mean": h("h = h.cumsum(1)"),
    "the mean of all steps": h("h = h.mean(1)"),
    "states from the end": h("h = h.flip(1)"),
    "dropout of states that drops": Network(h="h = F.dropout(h, 0.5)", random=True),
    "states and embedding": h("h = torch.cat([h, x], -1)", fc=linear(UNITS + WIDTH, SYMBOLS)),
    "both directions added": h("h = h[:, :, :7] + h[:, :, 7:]", **BOTH),
    "both directions' mean": h("h = (h[:, :, :7] + h[:, :, 7:]) / 2", **BOTH),
    "the forward direction alone": h("h = h[:, :, :7]", **BOTH),
    "both directions exchanged": h("h = torch.cat([h[:, :, 7:], h[:, :, :7]], -1)", **BOTH,
                                   fc=linear(2 * UNITS, SYMBOLS)),
    "the last of both directions": Network(
        gru="h = self.gru(x)[1]", h="h = torch.cat([h[-2], h[-1]], 1)",
        parts={**BOTH, "fc": linear(2 * UNITS, SYMBOLS)}),
    "the last states of both layers": Network(
        gru="h = self.gru(x)[1]", h="h = torch.cat([h[-2], h[-1]], 1)",
        parts={"gru": gru(num_layers=2), "fc": linear(2 * UNITS, SYMBOLS)}),
    # The output layer
    "a bias that is not used": head("y = F.linear(h, self.fc.weight)"),
    "tied weights": head("y = F.linear(h, self.embedding.weight)", **TIED),
    "tied weights, scaled": head("y = F.linear(h, self.embedding.weight) * 0.4", **TIED),
    "tied weights and a bias": head("y = F.linear(h, self.embedding.weight, self.bias)", **TIED,
                                    bias=number(SYMBOLS)),
    "a matrix turned": head("y = h @ self.matrix", fc=None, matrix=number(UNITS, SYMBOLS)),
    "normed output weights": head("y = F.linear(h, F.normalize(self.fc.weight, dim=1))"),
    "a skip to the output": head("y = self.fc(h) + self.skip(x)", skip=linear(WIDTH, SYMBOLS)),
    "the sum of two heads": head("y = self.fc(h) + self.other(h)", other=linear(UNITS, SYMBOLS)),
    "a gate of two heads": head("y = self.fc(h) * torch.sigmoid(self.other(h))",
                                other=linear(UNITS, SYMBOLS)),
    "a hidden layer": head("y = self.fc(torch.relu(self.hidden(h)))",
                           hidden=linear(UNITS, 5), fc=linear(5, SYMBOLS)),
    "the output layer twice": head("y = self.fc(h + self.back(self.fc(h)))",
                                   back=linear(SYMBOLS, UNITS)),
    # Scores
    "a temperature": y("y = y / 0.7"),
    "a trained temperature": y("y = y / self.log_temperature.exp()", log_temperature=number(1)),
    "a scale of the scores": y("y = y * self.scale", scale=number(SYMBOLS)),
    "a scale in the output layer's module": y(
        "y = y * self.fc.scale",
        fc=lambda: with_part(nn.Linear(UNITS, SYMBOLS), scale=nn.Parameter(torch.ones(SYMBOLS)))),
    "a prior": y("y = y + self.prior", prior=number(SYMBOLS)),
    "softmax of the steps": y("y = torch.softmax(y, 1)"),
    "softmax times two": y("y = 2 * torch.softmax(y, -1)"),
    "sigmoid of the scores": y("y = torch.sigmoid(y)"),
    "a symbol barred": y("y = y.clone()\ny[:, :, 0] = -9.0"),
    "scores turned around": y("y = y.flip(-1)"),
    "scores from the end": y("y = y.flip(1)"),
    "scores of the steps before": y("y = torch.cat([y[:, :1] * 0, y[:, :-1]], 1)"),
    "three heads": Network(
        gives="y, self.mood(h), self.length(h[:, -1])",
        parts={"mood": linear(UNITS, 3), "length": linear(UNITS, 1)}),
}  # fmt: skip
