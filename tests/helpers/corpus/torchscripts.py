"""TorchScript's code and torch.export's graphs that would never end, or take all memory."""

from __future__ import annotations

import json
import warnings
import zipfile
from collections.abc import Callable
from functools import cache
from io import BytesIO
from typing import Any

import torch
from torch import nn

from corpus import file


class Small(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.gru = nn.GRU(3, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.gru(x)[0]


@cache
def archive(kind: str) -> bytes:
    stream = BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if kind == "script":
            torch.jit.save(torch.jit.script(Small().eval()), stream)
        else:
            torch.export.save(torch.export.export(Small().eval(), (torch.ones(5, 1, 3),)), stream)
    return stream.getvalue()


def rewritten(kind: str, change: Callable[[str, bytes], bytes]) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(archive(kind))) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return stream.getvalue()


def with_code(*lines: str) -> bytes:
    """These lines before the GRU is called."""
    inserted = "".join(f"    {line}\n" for line in lines).encode()
    there = b"    gru = self.gru\n"
    data = rewritten("script", lambda _, text: text.replace(there, inserted + there))
    assert len(data) > len(archive("script")) - 8000
    return data


CODES: dict[str, tuple[str, ...]] = {
    "a loop without end": ("while True:", "  pass"),
    "loops in loops": (
        "for a in range(90000):", "  for b in range(90000):", "    c = torch.add(a, b)"
    ),
    "a number that doubles its digits": (
        "n = 3", "for a in range(100):", "  n = torch.mul(n, n)"
    ),
    "a string that doubles": (
        's = "abc"', "for a in range(100):", "  s = torch.add(s, s)"
    ),
    "a string as wide as memory": ('s = torch.remainder("%1000000000d", 5)',),
    "a list that doubles": ("s = [1]", "for a in range(100):", "  s = torch.add(s, s)"),
    "10¹² zeros": ("z = torch.zeros([1000000, 1000000])",),
    "10¹² of one": ("z = torch.contiguous(torch.expand(torch.zeros([1]), [1000000, 1000000]))",),
    "10¹² places": (
        "a = torch.unsqueeze(torch.arange(1000000), 1)", "b = torch.arange(1000000)",
        "c = torch.index(x, [a, b])",
    ),
    "a tensor that doubles": (
        "z = torch.ones([4])", "for a in range(100):", "  z = torch.cat([z, z])"
    ),
    "it calls itself twice": ("a = (self).forward(x, )", "b = (self).forward(x, )"),
    "nested as deep as Python reads": (f"a = {'torch.neg(' * 90}1{')' * 90}",),
    "a power of a power": ("p = torch.pow(1e300, 1e300)",),
}  # fmt: skip
for _name, _lines in CODES.items():
    file(f"TorchScript: {_name}", "", ".pt", lambda lines=_lines: with_code(*lines))  # type: ignore[misc]
CUT = "a TorchScript file that is cut short or damaged ("
file("TorchScript: names without end", CUT, ".pt", lambda: with_code(f"a = self{'.gru' * 3000}"))
file("TorchScript: a list in itself", CUT, ".pt", lambda: with_code(
    "s = [1]", "t = torch.append(s, s)", "u = torch.eq(s, [s])"))  # fmt: skip


def with_graph(change: Callable[[dict[str, Any]], None]) -> bytes:
    def changed(name: str, data: bytes) -> bytes:
        if not name.endswith("models/model.json"):
            return data
        program = json.loads(data)
        change(program["graph_module"]["graph"])
        return json.dumps(program).encode()

    return rewritten("export", changed)


def many(graph: dict[str, Any]) -> None:
    graph["nodes"] = graph["nodes"][:1] * 100_000


def large(graph: dict[str, Any]) -> None:
    for meta in graph["tensor_values"].values():
        meta["sizes"] = [{"as_int": 1 << 62}] * len(meta["sizes"])


def unnamed(graph: dict[str, Any]) -> None:
    for node in graph["nodes"]:
        del node["inputs"]


DAMAGED = "a torch.export file that is cut short or damaged ("
file("torch.export: 100,000 operations", "", ".pt2", lambda: with_graph(many))
file("torch.export: tensors of 2⁶² numbers", "", ".pt2", lambda: with_graph(large))
file("torch.export: operations without inputs", DAMAGED, ".pt2", lambda: with_graph(unnamed))
file("torch.export: nested without end", DAMAGED, ".pt2", lambda: rewritten(
    "export", lambda n, d: b"[" * 100_000 if n.endswith("models/model.json") else d))  # fmt: skip
