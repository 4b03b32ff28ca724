"""The work on a graph grows as the graph does, and what holds many GRUs opens too."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from onnx import helper
from onnx_graphs import SYMBOLS, built, saved, uniform
from telling import grades
from torch import Tensor, nn

from gru_debugger.formats import open_file, parse

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning"),
]
UNITS = 4


class Steps(nn.Module):
    """A cell, step by step, whose scores are put behind all those before."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding, self.cell = nn.Embedding(6, UNITS), nn.GRUCell(UNITS, UNITS)
        self.fc = nn.Linear(UNITS, 6)

    def forward(self, indices: Tensor) -> Tensor:
        x, h, y = self.embedding(indices), torch.zeros(1, UNITS), torch.zeros(1, 0, 6)
        for t in range(indices.shape[1]):
            h = self.cell(x[:, t], h)
            y = torch.cat((y, self.fc(h)[:, None]), 1)
        return y


def traced(size: int, path: Path) -> None:
    torch.jit.trace(Steps().eval(), (torch.zeros(1, size).long(),)).save(path)


def exported(size: int, path: Path) -> None:
    given = (torch.zeros(1, size).long(),)
    torch.export.save(torch.export.export(Steps().eval(), given), path)


def gru_node(x: str, h0: str = "", number: int = 0) -> Any:
    inputs, outputs = [x, "W", "R", "", "", h0], [f"Y{number}", f"H{number}"]
    return helper.make_node("GRU", inputs, outputs, name=f"gru{number}", hidden_size=UNITS,
                            linear_before_reset=1)  # fmt: skip


def chain(size: int, path: Path, before: bool = False) -> None:
    """Nodes that change nothing, in a row behind the GRU, or before it."""
    row = [helper.make_node("Identity", [f"i{k}"], [f"i{k + 1}"]) for k in range(size)]
    ends = ("i0", f"i{size}") if before else ("x", "x")
    nodes = [helper.make_node("Gather", ["table", "indices"], [ends[0]]), gru_node(ends[1])]
    nodes[1:1] = row if before else []
    nodes.append(helper.make_node("Squeeze", ["Y0", "one"], ["h" if before else "i0"]))
    nodes += [] if before else row
    nodes.append(helper.make_node("MatMul", ["h" if before else f"i{size}", "fc"], ["y"]))
    path.write_bytes(built(nodes, stored()).SerializeToString())


def unrolled(size: int, path: Path) -> None:
    """A GRU that is called once a step, and an output layer at each."""
    names, nodes = [f"y{t}" for t in range(size)], []
    for t in range(size):
        nodes += [helper.make_node("Slice", ["x", f"s{t}", f"s{t + 1}"], [f"x{t}"]),
                  gru_node(f"x{t}", f"H{t - 1}" if t else "", t),
                  helper.make_node("MatMul", [f"Y{t}", "fc"], [f"y{t}"])]  # fmt: skip
    nodes.insert(0, helper.make_node("Gather", ["table", "indices"], ["x"]))
    nodes.append(helper.make_node("Concat", names, ["y"], axis=0))
    model = built(nodes, stored() | {f"s{t}": np.array([t]) for t in range(size + 1)})
    model.graph.input[0].type.tensor_type.shape.dim[0].dim_value = size
    path.write_bytes(model.SerializeToString())
    assert not grades(parse(path).model())


def stored() -> dict[str, Any]:
    return {"table": uniform(len(SYMBOLS), UNITS), "fc": uniform(UNITS, len(SYMBOLS)),
            "W": uniform(1, 3 * UNITS, UNITS), "R": uniform(1, 3 * UNITS, UNITS),
            "one": np.array([1])}  # fmt: skip


def calls(path: Path) -> int:
    """How many functions are called to read a file."""
    count = 0

    def counted(_: Any, event: str, __: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        parse(path)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    ("write", "size"), [(traced, 20), (exported, 20), (chain, 200), (unrolled, 20)],
    ids=["TorchScript", "torch.export", "ONNX", "ONNX, step by step"],
)  # fmt: skip
def test_twice_as_large_is_twice_the_work(
    write: Callable[[int, Path], None], size: int, tmp_path: Path
) -> None:
    counts = []
    for times in (1, 1, 2, 4):  # the first imports
        path = tmp_path / f"{times}.model"
        write(times * size, path)
        counts.append(calls(path))
    first, second = counts[2] - counts[1], counts[3] - counts[2]
    assert second < 2.35 * first, counts


def test_a_long_way_to_the_gru(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    chain(300, path, before=True)
    assert "inside" in grades(parse(path).model())  # it is not followed so far, and told


@pytest.mark.child
def test_hundreds_of_gru_nodes(tmp_path: Path) -> None:
    """As torch's exporter unrolls a loop over steps; each is listed, and what is told of it."""
    nodes = []
    for t in range(200):
        nodes.append(helper.make_node("Slice", ["x", f"s{t}", f"s{t + 1}"], [f"x{t}"]))
        nodes.append(gru_node(f"x{t}", f"H{t - 1}" if t else "", t))
        nodes += [helper.make_node("Mul", [f"Y{t}", "one"], [f"m{t}.{k}"]) for k in range(6)]
    nodes.insert(0, helper.make_node("Gather", ["table", "indices"], ["x"]))
    nodes += [helper.make_node("Squeeze", ["Y199", "axis"], ["h"]),
              helper.make_node("MatMul", ["h", "fc"], ["y"])]  # fmt: skip
    steps = {f"s{t}": np.array([t]) for t in range(201)}
    model = built(nodes, stored() | steps | {"axis": np.array([1]), "one": np.ones(1, np.float32)})
    file = open_file(saved(tmp_path, model))
    assert len(file.contents.told) == 200
    assert max(len(told.operations) for told in file.contents.told.values()) < 100
    assert sum(op.count for op in file.contents.told["gru0."].operations) == len(model.graph.node)
