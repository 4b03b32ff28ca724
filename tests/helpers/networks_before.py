"""What people put before a GRU: on indices, on embeddings, on the initial state."""

from __future__ import annotations

from typing import Any

import torch
from networks import SYMBOLS, UNITS, WIDTH, Network, Parts
from torch import nn


def x(code: str, **parts: Any) -> Network:
    return Network(x=code, parts=parts)


def indices(code: str, **parts: Any) -> Network:
    return Network(before=code, parts=parts)


def begun(h0: str, **more: Any) -> Network:
    parts: Parts = {k: make for k, make in more.items() if callable(make) and k != "given"}
    others = {k: v for k, v in more.items() if k not in parts}
    return Network(gru=f"h = self.gru(x, {h0})[0]", parts=parts, **others)


def linear(inputs: int = WIDTH, outputs: int = WIDTH) -> Any:
    return lambda: nn.Linear(inputs, outputs)


def number(*shape: int) -> Any:
    return lambda: nn.Parameter(torch.ones(shape))


def gru(inputs: int = WIDTH, units: int = UNITS, **more: Any) -> Any:
    return lambda: nn.GRU(inputs, units, batch_first=True, **more)


def cell(inputs: int = WIDTH, units: int = UNITS) -> Any:
    return lambda: nn.GRUCell(inputs, units)


WIDER = {"gru": gru(2 * WIDTH)}
SHIFT = "torch.zeros_like({0}[:, :1]), {0}[:, :-1]"

BEFORE: dict[str, Network] = {
    "scaled": x("x = x * 4**0.5"),
    "clamped": x("x = torch.clamp(x, -0.2, 0.2)"),
    "F.relu before": x("x = F.relu(x)"),
    "tanh before": x("x = self.act(2.0 * x)", act=nn.Tanh),
    "a ReLU module before": x("x = self.act(x)", act=nn.ReLU),
    "normalised": x("x = F.normalize(x, dim=-1)"),
    "LayerNorm without weights": x(
        "x = self.norm(x)", norm=lambda: nn.LayerNorm(WIDTH, elementwise_affine=False)),
    "LayerNorm before": x("x = self.norm(x)", norm=lambda: nn.LayerNorm(WIDTH)),
    "BatchNorm before": x("x = self.norm(x.transpose(1, 2)).transpose(1, 2)",
                          norm=lambda: nn.BatchNorm1d(WIDTH)),
    "a Linear before": x("x = self.part(x)", part=linear()),
    "two Linears before": x("x = self.part(x)", part=lambda: nn.Sequential(
        nn.Linear(WIDTH, 9), nn.Tanh(), nn.Linear(9, WIDTH))),
    "a highway before": x("g = torch.sigmoid(self.gate(x))\n"
                          "x = g * torch.relu(self.part(x)) + (1 - g) * x",
                          gate=linear(), part=linear()),
    "a residual before": x("x = x + torch.relu(self.part(x))", part=linear()),
    "a convolution before": x("x = self.conv(x.transpose(1, 2)).transpose(1, 2)",
                              conv=lambda: nn.Conv1d(WIDTH, WIDTH, 3, padding=1)),
    "convolution and pooling before": x(
        "x = F.max_pool1d(self.conv(x.transpose(1, 2)), 2).transpose(1, 2)",
        conv=lambda: nn.Conv1d(WIDTH, WIDTH, 3, padding=1)),
    "positions embedded": x("x = x + self.where(torch.arange(x.size(1)))",
                            where=lambda: nn.Embedding(30, WIDTH)),
    "positions trained": x("x = x + self.where[:, :x.size(1)]", where=number(1, 30, WIDTH)),
    "positions stored": x("x = x + self.pe[:, :x.size(1)]",
                          pe=lambda: nn.Buffer(torch.randn(1, 30, WIDTH))),
    "a scale vector before": x("x = x * self.gain", gain=number(WIDTH)),
    "a scale before": x("x = x * self.scale", scale=number()),
    "a mask": x("x = x * (i != 2).unsqueeze(-1).float()"),
    "a step set to zero": x("x = x.clone()\nx[:, 2] = 0.0"),
    "doubled in place": x("x = x.clone()\nx.mul_(2.0)"),
    "a running sum": x("x = x.cumsum(1) * 0.1"),
    "the step before": x(f"x = torch.cat([{SHIFT.format('x')}], 1)"),
    "features turned around": x("x = x.flip(-1)"),
    "features permuted": x("x = x[:, :, torch.tensor([2, 0, 3, 1])]"),
    "features and steps exchanged": x("x = x.transpose(1, 2).reshape(1, -1, 4)"),
    "two embeddings beside": x("x = torch.cat([x, self.other(i)], -1)",
                               other=lambda: nn.Embedding(SYMBOLS, WIDTH), **WIDER),
    "two embeddings added": x("x = x + self.other(i)",
                              other=lambda: nn.Embedding(SYMBOLS, WIDTH)),
    "a feature beside": x("x = torch.cat([x, i.float().unsqueeze(-1) / 6], -1)",
                          gru=gru(WIDTH + 1)),
    "an embedding and its square": x("x = torch.cat([x, x * x], -1)", **WIDER),
    "an embedding of bounded norm": Network(
        parts={"embedding": lambda: nn.Embedding(SYMBOLS, WIDTH, max_norm=0.5)},
        not_so={"script": "torch.jit.script leaves max_norm out"}),
    "dropout that drops": Network(x="x = F.dropout(x, 0.5)", random=True),
    "saved while it trained": Network(
        x="x = self.dropout(x)", parts={"dropout": lambda: nn.Dropout(0.5)}, training=True),
    "noise": Network(x="x = x + torch.randn_like(x) * 0.1", random=True),
    "attention before": x("x = torch.softmax(x @ x.transpose(1, 2), -1) @ x"),
    "MultiheadAttention before": x(
        "x = self.attn(x, x, x)[0]",
        attn=lambda: nn.MultiheadAttention(WIDTH, 1, batch_first=True)),
    "an LSTM before": x("x = self.lstm(x)[0]",
                        lstm=lambda: nn.LSTM(WIDTH, WIDTH, batch_first=True)),
    "the mean repeated": x("x = x.mean(1, keepdim=True).expand(1, x.size(1), 4)"),
    "every second step": x("x = x[:, ::2]"),
    "the last step left out": x("x = x[:, :-1]"),
    "read from the end": x("x = x.flip(1)"),
    "turned twice": x("x = x.flip(1).flip(1)"),
    "by the length": x("if x.size(1) > 4:\n    x = x * 2.0"),
    "one-hot and a Linear": Network(
        embed="x = self.part(F.one_hot(i, 6).float())",
        parts={"part": linear(SYMBOLS), "embedding": None}),
    # On indices
    "indices plus one": indices("i = (i + 1) % 6"),
    "indices turned": indices("i = 5 - i"),
    "indices clamped": indices("i = i.clamp(1, 3)"),
    "unknown ones masked": indices("i = torch.where(i == 2, torch.zeros_like(i), i)"),
    "indices looked up": indices("i = self.places[i]",
                                 places=lambda: nn.Buffer(torch.tensor([3, 1, 4, 0, 5, 2]))),
    "teacher forcing": indices(f"i = torch.cat([{SHIFT.format('i')}], 1)"),
    "indices from the end": indices("i = i.flip(1)"),
    # Initial states
    "ones to begin with": begun("torch.ones(1, x.size(0), 7)"),
    "noise to begin with": begun("torch.randn(1, x.size(0), 7)", random=True),
    "a trained state to begin with": begun("self.h_0.repeat(1, x.size(0), 1)",
                                           h_0=number(1, 1, UNITS)),
    "a trained state squashed": begun("torch.tanh(self.h_0)", h_0=number(1, 1, UNITS)),
    "a state of the text": begun("torch.tanh(self.bridge(x.mean(1))).unsqueeze(0)",
                                 bridge=linear(WIDTH, UNITS)),
    "a state of a picture": begun(
        "self.bridge(picture).unsqueeze(0)", bridge=linear(9, UNITS),
        args="i: Tensor, picture: Tensor", given=lambda i: (i[None], torch.ones(1, 9))),
    "a state of an encoder": begun("self.encoder(x)[1]", encoder=gru()),
    "run on from its last state": begun("self.gru(x)[1]"),
    "run on from half its last state": begun("self.gru(x)[1] * 0.5"),
}  # fmt: skip
