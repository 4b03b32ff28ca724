"""Networks around a GRU, written as what differs from the plain one.

Each takes indices (1, steps), unless its `args` say otherwise, and gives scores. Its class has a
source of its own, so that TorchScript can read it, and a name in this module, so that it pickles.
"""

from __future__ import annotations

import linecache
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Optional

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

LETTERS = "abcdef"
SYMBOLS, WIDTH, UNITS = len(LETTERS), 4, 7
PLACES = torch.tensor([1, 2, 5, 0, 3])  # of the text that is read; each step costs in loops

Given = tuple[Tensor, ...]
Parts = dict[str, Callable[[], Any] | None]

USUAL: Parts = {
    "embedding": lambda: nn.Embedding(SYMBOLS, WIDTH),
    "gru": lambda: nn.GRU(WIDTH, UNITS, batch_first=True),
    "fc": lambda: nn.Linear(UNITS, SYMBOLS),
}
_SCOPE = {
    "torch": torch, "Tensor": Tensor, "F": functional, "List": list, "Optional": Optional, "nn": nn,
    "pack_padded_sequence": pack_padded_sequence, "pad_packed_sequence": pad_packed_sequence,
    "__name__": __name__,
}  # fmt: skip


@dataclass(frozen=True)
class Network:
    """Lines of code by their places, and `parts` besides the usual or (None) without them.

    `step`: what a loop of cells does with x[:, t] and h; "" for no loop. `random`: two runs differ.
    `training`: saved as it is while it trains. `half`: in half precision. `not_so`:
    containers of which torch says otherwise than of the network, and why.
    """

    before: str = ""  # i, indices
    embed: str = "x = self.embedding(i)"
    x: str = ""
    gru: str = "h = self.gru(x)[0]"
    step: str = ""
    h: str = ""
    head: str = "y = self.fc(h)"
    y: str = ""
    gives: str = "y"
    parts: Parts = field(default_factory=dict)
    args: str = "i: Tensor"
    given: Callable[[Tensor], Given] = lambda i: (i[None],)
    random: bool = False
    training: bool = False
    half: bool = False
    not_so: dict[str, str] = field(default_factory=dict)

    def made(self, name: str) -> nn.Module:
        """With numbers that training might have left."""
        torch.manual_seed(7)
        network: nn.Module = _class(self, name)()
        cell: Parts = {"gru": lambda: nn.GRUCell(WIDTH, UNITS)} if self.step else {}
        for part, make in (USUAL | cell | self.parts).items():
            if make is not None:
                setattr(network, part, make())
        for parameter in network.parameters():
            with torch.no_grad():
                parameter.copy_(torch.randn_like(parameter) * 0.5 + 0.1)
        network = network.half() if self.half else network
        return network.train(self.training).requires_grad_(False)

    def lines(self) -> list[str]:
        gru = self.gru.split("\n")
        if self.step:
            gru = [
                "h = torch.zeros(x.size(0), 7)", "every: List[Tensor] = []",
                "for t in range(x.size(1)):",
                *(f"    {line}" for line in self.step.split("\n")),
                "    every.append(h)", "h = torch.stack(every, 1)",
            ]  # fmt: skip
        places = (self.before, self.embed, self.x, *gru, "states = h", self.h, self.head, self.y)
        return [line for place in places for line in place.split("\n") if line]


def _class(network: Network, name: str) -> Any:
    title = "".join(word.capitalize() for word in name.split() if word.isidentifier()) or "Plain"
    body = "\n".join(f"        {line}" for line in network.lines())
    source = (
        f"class {title}(nn.Module):\n"
        f"    def forward(self, {network.args}):\n{body}\n        return {network.gives}\n\n"
        f"    def run(self, {network.args}):\n{body}\n        return states\n"
    )
    where = f"<{name}>"
    linecache.cache[where] = len(source), None, source.splitlines(keepends=True), where
    scope = dict(_SCOPE)
    exec(compile(source, where, "exec"), scope)
    globals()[title] = scope[title]
    return scope[title]


def says_nothing(network: nn.Module, classes: bool) -> bool:
    """Whether all that it stores is an embedding's, a GRU's and an output layer's.

    Of these a file of weights can't say what is done between them; nor can one of weights and
    `classes`, unless there are others.
    """
    if _holds(network):
        return False
    kinds = [type(part).__name__ for part in network.modules()
             if part is not network and (classes or _holds(part))]  # fmt: skip
    plain = sorted(kind for kind in kinds if kind != "Dropout")
    stacked = {"gru1", "gru2"} <= dict(network.named_children()).keys()
    return plain in (_STACKED if stacked else _PLAIN)


def _holds(part: nn.Module) -> bool:
    own = (*part.parameters(recurse=False), *part.buffers(recurse=False))
    return bool(own)


_PLAIN = (
    ["Embedding", "GRU", "Linear"], ["Embedding", "GRUCell", "Linear"], ["Embedding", "GRU"],
    ["GRU", "Linear"],
)  # fmt: skip
_STACKED = (["Embedding", "GRU", "GRU", "Linear"],)
