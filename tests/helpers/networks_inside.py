"""What people do inside a GRU: in loops of its cell, in cells of their own, between several."""

from __future__ import annotations

from typing import Any

from networks import SYMBOLS, UNITS, WIDTH, Network, Parts
from networks_before import cell, gru, linear, number
from torch import nn

GATES = (
    "gi = {0}(F.linear(x[:, t], self.gru.weight_ih, self.gru.bias_ih)){1}\n"
    "gh = {0}(F.linear(h, self.gru.weight_hh, self.gru.bias_hh)){1}\n"
    "ir, iz, i_n = gi.chunk(3, 1)\n"
    "hr, hz, hn = gh.chunk(3, 1)\n"
    "r = torch.sigmoid(ir + hr)\n"
    "z = torch.sigmoid(iz + hz)\n"
)
EQUATIONS = GATES.format("", "")
NEW = "h = (1 - z) * torch.tanh(i_n + r * hn) + z * h"
CALL = "h = self.gru(x[:, t], h)"


def step(code: str, **parts: Any) -> Network:
    return Network(step=code, parts=parts)


def two(between: str, inputs: int = UNITS, head: str = "y = self.fc(h)", **parts: Any) -> Network:
    """A GRU above another."""
    lines = f"h = self.gru(x)[0]\n{between}\nh = self.upper(h)[0]"
    return Network(gru=lines, parts={"upper": gru(inputs)} | parts, head=head)


def with_part(module: nn.Module, **parts: Any) -> nn.Module:
    for name, part in parts.items():
        setattr(module, name, part)
    return module


def numbered(lines: str, **parts: Any) -> Network:
    """Of sizes that fit each other, whatever is done with them."""
    usual: Parts = {"embedding": lambda: nn.Embedding(SYMBOLS, UNITS), "gru": None,
                    "gru1": gru(UNITS), "gru2": gru(UNITS)}  # fmt: skip
    return Network(gru=lines, parts=usual | parts)


INSIDE: dict[str, Network] = {
    "decay in a loop": step("h = self.gru(x[:, t], h * 0.9)"),
    "trained decay in a loop": step("h = self.gru(x[:, t], h * torch.sigmoid(self.decay))",
                                    decay=number()),
    "a scale vector in a loop": step(f"{CALL} * self.keep", keep=number(UNITS)),
    "feedback in a loop": step("h = self.gru(x[:, t] + self.feed(h), h)",
                               feed=linear(UNITS, WIDTH)),
    "LayerNorm in a loop": step(f"h = self.norm({CALL[4:]})", norm=lambda: nn.LayerNorm(UNITS)),
    "LayerNorm of both sums": step(
        GATES.format("self.norm_", "").replace("norm_(F.linear(x", "norm_x(F.linear(x").replace(
            "norm_(F.linear(h", "norm_h(F.linear(h") + NEW,
        norm_x=lambda: nn.LayerNorm(3 * UNITS), norm_h=lambda: nn.LayerNorm(3 * UNITS)),
    "LayerNorms in the cell's module": step(
        GATES.format("self.gru.norm", "") + NEW,
        gru=lambda: with_part(nn.GRUCell(WIDTH, UNITS), norm=nn.LayerNorm(3 * UNITS))),
    "one LayerNorm of both sums": step(GATES.format("self.norm", "") + NEW,
                                       norm=lambda: nn.LayerNorm(3 * UNITS)),
    "zoneout": step(f"h = 0.1 * h + 0.9 * {CALL[4:]}"),
    "clamped states in a loop": step(f"h = torch.clamp({CALL[4:]}, -0.3, 0.3)"),
    "a residual in a loop": step(f"h = h + {CALL[4:]}"),
    "dropout that drops in a loop": Network(
        step=f"h = F.dropout({CALL[4:]}, 0.3)", random=True),
    "padding skipped in a loop": step(
        f"new = {CALL[4:]}\nm = (i[:, t] != 2).unsqueeze(-1).float()\nh = m * new + (1 - m) * h"),
    "begun anew after a symbol": step(
        "h = h * (i[:, t] != 2).unsqueeze(-1).float()\n" + CALL),
    "a loop from the end": step("h = self.gru(x[:, x.size(1) - 1 - t], h)"),
    "its own guesses": Network(
        embed="x = self.embedding(i)\nat = i[:, 0]",
        step="h = self.gru(self.embedding(at), h)\nat = self.fc(h).argmax(-1)"),
    "two steps a symbol": step("h = self.gru(x[:, t], self.gru(x[:, t], h))"),
    "input feeding": Network(
        embed="x = self.embedding(i)\nfed = torch.zeros(x.size(0), 7)",
        step="h = self.gru(torch.cat([x[:, t], fed], -1), h)\nfed = torch.tanh(self.mix(h))",
        parts={"gru": cell(WIDTH + UNITS), "mix": linear(UNITS, UNITS)}),
    "attention in a loop": step(
        "past = torch.stack(every + [h], 1)\n"
        "c = torch.bmm(torch.softmax(torch.bmm(past, h.unsqueeze(-1)), 1).transpose(1, 2), past)\n"
        "h = self.gru(torch.cat([x[:, t], c[:, 0]], -1), h)", gru=cell(WIDTH + UNITS)),
    "the symbol by its step": step("h = self.gru(x[:, t] * (t + 1), h)"),
    # Cells of one's own
    "a cell as torch has it": step(EQUATIONS + NEW),
    "reset before the product": step(
        "ir, iz, i_n = F.linear(x[:, t], self.gru.weight_ih, self.gru.bias_ih).chunk(3, 1)\n"
        "wr, wz, wn = self.gru.weight_hh.chunk(3, 0)\nbr, bz, bn = self.gru.bias_hh.chunk(3, 0)\n"
        "r = torch.sigmoid(ir + F.linear(h, wr, br))\nz = torch.sigmoid(iz + F.linear(h, wz, bz))\n"
        "h = (1 - z) * torch.tanh(i_n + F.linear(r * h, wn, bn)) + z * h"),
    "the other update gate": step(EQUATIONS + "h = z * torch.tanh(i_n + r * hn) + (1 - z) * h"),
    "gates exchanged": step(EQUATIONS.replace("ir + hr", "iz + hz", 1).replace(
        "z = torch.sigmoid(iz + hz)", "z = torch.sigmoid(ir + hr)") + NEW),
    "the state of two steps before": Network(
        embed="x = self.embedding(i)\nold = torch.zeros(x.size(0), 7)",
        step=EQUATIONS + "new = (1 - z) * torch.tanh(i_n + r * hn) + z * old\nold = h\nh = new"),
    "the candidate's bias outside": step(
        EQUATIONS.replace("h, self.gru.weight_hh, self.gru.bias_hh", "h, self.gru.weight_hh")
        + "h = (1 - z) * torch.tanh(i_n + r * hn + self.gru.bias_hh[14:]) + z * h"),
    "gates of the symbol before": Network(
        embed="x = self.embedding(i)\nlast = x[:, 0]",
        step="pi = F.linear(last, self.gru.weight_ih, self.gru.bias_ih)\n"
             + EQUATIONS.replace("ir + hr", "pi[:, :7] + hr") + NEW + "\nlast = x[:, t]"),
    "each unit with each": step(
        EQUATIONS + "h = ((1 - z) * torch.tanh(i_n + r * hn) + z.t() * h).mean(0, True)"),
    "coupled gates": step(EQUATIONS.replace("r = torch.sigmoid(ir + hr)\n", "")
                          + "h = (1 - z) * torch.tanh(i_n + (1 - z) * hn) + z * h"),
    "a cell without reset": step(
        EQUATIONS + "h = (1 - z) * torch.tanh(i_n + hn) + z * h"),
    "a candidate by ReLU": step(EQUATIONS + "h = (1 - z) * torch.relu(i_n + r * hn) + z * h"),
    "peepholes": step(EQUATIONS.replace("ir + hr", "ir + hr + self.peep * h") + NEW,
                      peep=number(UNITS)),
    "a minimal cell": step(
        "f = torch.sigmoid(self.wf(x[:, t]) + self.uf(h))\n"
        "h = (1 - f) * h + f * torch.tanh(self.wh(x[:, t]) + self.uh(f * h))", gru=None,
        wf=linear(WIDTH, UNITS), uf=linear(UNITS, UNITS), wh=linear(WIDTH, UNITS),
        uh=linear(UNITS, UNITS)),
    "dropped weights": step(
        EQUATIONS.replace("self.gru.weight_hh,", "F.dropout(self.gru.weight_hh, 0.3, False),")
        + NEW),
    "a loop of two cells and a residual": Network(
        embed="x = self.embedding(i)\nlow = torch.zeros(x.size(0), 7)",
        step="low = self.lower(x[:, t], low)\nh = self.gru(low + h, h)",
        parts={"lower": cell(), "gru": cell(UNITS)}),
    # Several GRUs
    "LayerNorm between GRUs": two("h = self.norm(h)", norm=lambda: nn.LayerNorm(UNITS)),
    "a residual between GRUs": two("h = h + x", embedding=lambda: nn.Embedding(SYMBOLS, UNITS),
                                   gru=gru(UNITS)),
    "scaled between GRUs": two("h = h * 0.5"),
    "a Linear between GRUs": two("h = self.part(h)", part=linear(UNITS, UNITS)),
    "a ReLU between GRUs": two("h = torch.relu(h)"),
    "turned between GRUs": two("h = h.flip(1)"),
    "a pyramid of GRUs": two("h = h[:, ::2]"),
    "a second GRU fed by both": two("h = torch.cat([h, x], -1)", UNITS + WIDTH),
    "a GRU above a bidirectional one": two(
        "", 2 * UNITS, gru=gru(bidirectional=True), upper=gru(2 * UNITS, 5), fc=linear(5, SYMBOLS)),
    "a GRU above, joined by its width": two(
        "", 2 * UNITS, embedding=lambda: nn.Embedding(SYMBOLS, 2 * UNITS),
        gru=gru(2 * UNITS, bidirectional=True), upper=gru(2 * UNITS, 5), fc=linear(5, SYMBOLS)),
    "numbered GRUs, scaled between": numbered("h = self.gru2(self.gru1(x)[0] * 0.5)[0]"),
    "numbered GRUs, a norm between": numbered("h = self.gru2(self.norm(self.gru1(x)[0]))[0]",
                                              norm=lambda: nn.LayerNorm(UNITS)),
    "numbered GRUs side by side": numbered("h = self.gru1(x)[0] + self.gru2(x)[0]"),
    "numbered GRUs, the upper first": numbered("h = self.gru1(self.gru2(x)[0])[0]"),
    "the same GRU twice": Network(
        gru="h = self.gru(self.gru(x)[0])[0]",
        parts={"embedding": lambda: nn.Embedding(SYMBOLS, UNITS), "gru": gru(UNITS)}),
    "the same GRU twice, scaled between": Network(
        gru="h = self.gru(self.gru(x)[0] * 0.5)[0]",
        parts={"embedding": lambda: nn.Embedding(SYMBOLS, UNITS), "gru": gru(UNITS)}),
    "two GRUs side by side": Network(gru="h = self.gru(x)[0] + self.other(x)[0]",
                                     parts={"other": gru()}),
    "a second GRU from the end": Network(
        gru="h = torch.cat([self.gru(x)[0], self.back(x.flip(1))[0].flip(1)], -1)",
        parts={"back": gru(), "fc": linear(2 * UNITS, SYMBOLS)}),
    "a decoder behind its encoder": Network(
        gru="h = self.decoder(self.words(i), self.encoder(x)[1])[0]",
        parts={"gru": None, "encoder": gru(), "decoder": gru(),
               "words": lambda: nn.Embedding(SYMBOLS, WIDTH)}),
    "a decoder of the same embedding": Network(
        gru="h = self.decoder(x, self.encoder(x)[1])[0]",
        parts={"gru": None, "encoder": gru(), "decoder": gru()}),
    "called step by step": Network(
        gru="s = torch.zeros(1, x.size(0), 7)\nall: List[Tensor] = []\n"
            "for t in range(x.size(1)):\n    out, s = self.gru(x[:, t:t + 1], s)\n"
            "    all.append(out)\nh = torch.cat(all, 1)"),
    "called step by step, scored so": Network(
        gru="s = torch.zeros(1, x.size(0), 7)\nall: List[Tensor] = []\n"
            "for t in range(x.size(1)):\n    out, s = self.gru(x[:, t].unsqueeze(1), s)\n"
            "    all.append(self.fc(s[0]))\nh = torch.stack(all, 1)", head="y = h"),
    "called step by step, its embedding too": Network(
        embed="", gru="s = torch.zeros(1, i.size(0), 7)\nall: List[Tensor] = []\n"
            "for t in range(i.size(1)):\n"
            "    out, s = self.gru(self.embedding(i[:, t:t + 1]), s)\n"
            "    all.append(out)\nh = torch.cat(all, 1)"),
    "called step by step, two layers": Network(
        gru="s = torch.zeros(2, x.size(0), 7)\nall: List[Tensor] = []\n"
            "for t in range(x.size(1)):\n    out, s = self.gru(x[:, t:t + 1], s)\n"
            "    all.append(out)\nh = torch.cat(all, 1)", parts={"gru": gru(num_layers=2)}),
    "called step by step, layers exchanged": Network(
        gru="s = torch.zeros(2, x.size(0), 7)\nall: List[Tensor] = []\n"
            "for t in range(x.size(1)):\n    out, s = self.gru(x[:, t:t + 1], s.flip(0))\n"
            "    all.append(out)\nh = torch.cat(all, 1)", parts={"gru": gru(num_layers=2)}),
    "called step by step with decay": Network(
        gru="s = torch.zeros(1, x.size(0), 7)\nall: List[Tensor] = []\n"
            "for t in range(x.size(1)):\n    out, s = self.gru(x[:, t:t + 1], s * 0.9)\n"
            "    all.append(out)\nh = torch.cat(all, 1)"),
}  # fmt: skip
