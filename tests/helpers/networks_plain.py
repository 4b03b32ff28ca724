"""The plain networks of tutorials, under the names that these give to the parts."""

from __future__ import annotations

from typing import Any

import torch
from networks import SYMBOLS, UNITS, WIDTH, Network, Parts
from networks_before import cell, gru, linear
from torch import nn

NONE: Parts = {"embedding": None, "gru": None, "fc": None}
STATE: dict[str, Any] = {
    "args": "i: Tensor, hidden: Tensor",
    "given": lambda i: (i[None], torch.zeros(1, 1, UNITS)), "gives": "y, hidden",
}  # fmt: skip


def table(width: int = WIDTH, **more: Any) -> Any:
    return lambda: nn.Embedding(SYMBOLS, width, **more)


def parts(**more: Any) -> Parts:
    return NONE | more


DROP = {"drop": lambda: nn.Dropout(0.4)}
PLAIN: dict[str, Network] = {
    "embedding, GRU, output layer": Network(),
    # PyTorch's tutorials
    "names by their characters": Network(
        embed="x = F.one_hot(i, 6).float()", gru="h = self.rnn(x)[1][0]",
        head="y = F.log_softmax(self.h2o(h), dim=1)",
        parts=parts(rnn=gru(SYMBOLS), h2o=linear(UNITS, 18))),
    "a generator of characters": Network(
        embed="x = self.encoder(i)", gru="h, hidden = self.gru(x, hidden)",
        head="y = self.decoder(h.reshape(-1, h.size(2)))",
        parts=parts(encoder=table(UNITS), gru=gru(UNITS), decoder=linear(UNITS, SYMBOLS)), **STATE),
    "a translator's encoder": Network(
        x="x = self.dropout(x)", gru="h, hidden = self.gru(x)", head="y = h", gives="y, hidden",
        parts=parts(embedding=table(UNITS), gru=gru(UNITS), dropout=lambda: nn.Dropout(0.1))),
    "a translator's decoder": Network(
        gru="h, hidden = self.gru(x, hidden)", head="y = F.log_softmax(self.out(h), dim=-1)",
        parts=parts(embedding=table(UNITS), gru=gru(UNITS), out=linear(UNITS, SYMBOLS)), **STATE),
    "a language model of words": Network(
        embed="x = self.drop(self.encoder(i))", gru="h, hidden = self.rnn(x, hidden)",
        h="h = self.drop(h)", head="y = F.log_softmax(self.decoder(h).view(-1, 6), dim=1)",
        args="i: Tensor, hidden: Tensor", gives="y, hidden",
        given=lambda i: (i[:, None], torch.zeros(2, 1, UNITS)),
        parts=parts(**DROP, encoder=table(), rnn=lambda: nn.GRU(WIDTH, UNITS, 2, dropout=0.2),
                    decoder=linear(UNITS, SYMBOLS))),
    "its tied weights": Network(
        embed="x = self.drop(self.encoder(i))", gru="h, hidden = self.rnn(x, hidden)",
        head="y = F.linear(h, self.encoder.weight)",
        parts=parts(**DROP, encoder=table(UNITS), rnn=gru(UNITS)), **STATE),
    # Those who follow them
    "a tagger, both ways": Network(
        x="x = self.drop(x)", h="h = self.drop(h)",
        y="y = F.log_softmax(y, dim=-1)",
        parts={**DROP, "gru": gru(num_layers=2, dropout=0.3, bidirectional=True),
               "fc": linear(2 * UNITS, SYMBOLS)}),
    "bidirectional": Network(
        parts={"gru": gru(bidirectional=True), "fc": linear(2 * UNITS, SYMBOLS)}),
    "bidirectional, steps first": Network(
        embed="x = self.embedding(i.t())", h="h = h.transpose(0, 1)",
        parts={"gru": lambda: nn.GRU(WIDTH, UNITS, 2, bidirectional=True),
               "fc": linear(2 * UNITS, SYMBOLS)}),
    "bidirectional, without biases": Network(
        parts={"gru": gru(num_layers=2, bidirectional=True, bias=False),
               "fc": linear(2 * UNITS, SYMBOLS)}),
    "without biases": Network(parts={"gru": gru(bias=False)}),
    "three layers": Network(parts={"gru": gru(num_layers=3)}),
    "a text classifier": Network(
        h="h = self.drop(h[:, -1, :])", parts={**DROP, "embedding": table(padding_idx=0)}),
    "the last state's class": Network(
        gru="h0 = torch.zeros(2, x.size(0), 7, device=x.device)\nh = self.gru(x, h0)[1][-1]",
        y="y = F.softmax(y, dim=1)", parts={"gru": gru(num_layers=2)}),
    "the last state of both ways": Network(
        gru="h = self.gru(x)[1]", h="h = torch.cat([h[-2], h[-1]], 1)",
        head="y = torch.sigmoid(self.fc(h))",
        parts={"gru": gru(num_layers=2, bidirectional=True), "fc": linear(2 * UNITS, 1)}),
    "two layers for classes": Network(
        h="h = h[:, -1]", head="y = torch.sigmoid(self.fc2(F.relu(self.fc1(h))))",
        parts=parts(emb=table(), gru=gru(), fc1=linear(UNITS, 5), fc2=linear(5, 2)),
        embed="x = self.emb(i)"),
    "packed texts": Network(
        gru="packed = pack_padded_sequence(x, lengths, batch_first=True)\n"
            "h = pad_packed_sequence(self.gru(packed)[0], batch_first=True)[0]",
        args="i: Tensor, lengths: Tensor",
        given=lambda i: (i[None], torch.tensor([len(i)])),
        not_so=dict.fromkeys(("export", "decomposed"), "torch does not export it")),
    "steps first": Network(
        embed="x = self.embedding(i).view(i.size(0), 1, -1)",
        gru="h = self.gru(x)[0]", head="y = self.fc(h.view(-1, 7))", given=lambda i: (i,),
        parts={"gru": lambda: nn.GRU(WIDTH, UNITS)}),
    "one-hot": Network(
        embed="x = F.one_hot(i, 6).float()", parts={"embedding": None, "gru": gru(SYMBOLS)}),
    "a time series": Network(
        embed="", head="y = self.linear(h[:, -1])", args="x: Tensor",
        given=lambda i: (torch.stack([i.sin(), i.cos(), i / 6.0], -1)[None],),
        parts=parts(gru=gru(3), linear=linear(UNITS, 1))),
    "a loop of cells": Network(
        embed="x = self.embedding(i)", step="h = self.gru(self.drop(x[:, t]), h)", parts=DROP,
        not_so={"onnx": "its exporter takes a cell apart"}),
    "a loop from a stored state": Network(
        gru="h = self.start\nevery: List[Tensor] = []\nfor t in range(x.size(1)):\n"
            "    h = self.gru(x[:, t], h)\n    every.append(h)\nh = torch.stack(every, 1)",
        parts={"gru": cell(), "start": lambda: nn.Parameter(torch.ones(1, 7))},
        not_so={"onnx": "its exporter takes a cell apart",
                "frozen": "torch writes into the constants that it makes of its first step",
                **dict.fromkeys(("state_dict", "module", "safetensors", "npz"),
                                "that it is what the loop begins with is not in it")}),
    "a loop of two cells": Network(
        gru="a = torch.zeros(x.size(0), 7)\nb = torch.zeros(x.size(0), 7)\n"
            "every: List[Tensor] = []\nfor t in range(x.size(1)):\n"
            "    a = self.gru0(x[:, t], a)\n    b = self.gru1(self.drop(a), b)\n"
            "    every.append(b)\nh = torch.stack(every, 1)",
        parts={**DROP, "gru": None, "gru0": cell(), "gru1": cell(UNITS)},
        not_so={"onnx": "its exporter takes a cell apart"}),
    "one by one": Network(
        gru="h = self.gru2(self.drop(self.gru1(x)[0]))[0]",
        parts={**DROP, "gru": None, "gru1": gru(), "gru2": gru(UNITS)}),
    "a state that may be left out": Network(
        gru="h = self.gru(x, h0)[0]",
        args="i: Tensor, h0: Optional[Tensor] = None, temperature: float = 1.0"),
    "softmax": Network(y="y = torch.softmax(y, -1)"),
    "the likeliest": Network(y="y = y.argmax(-1)"),
    "the five likeliest": Network(y="y = y.topk(5)[1]"),
    "a state that was stored": Network(
        gru="h = self.gru(x, self.h_0)[0]", parts={"h_0": lambda: nn.Buffer(torch.zeros(1, 1, 7))},
        not_so=dict.fromkeys(("state_dict", "module", "safetensors", "npz"),
                             "that it is what the network begins with is not in it")),
    "half precision": Network(half=True),
}  # fmt: skip
