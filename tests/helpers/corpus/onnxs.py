"""ONNX files that lie, or point outside their folder."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import onnx
from onnx import TensorProto, helper

from corpus import case, file

UNITS, INPUTS = 2, 3
DAMAGED = "an ONNX file that is cut short or damaged ("


def model(w: TensorProto | None = None, nodes: int = 0) -> onnx.ModelProto:
    """A GRU of zeros, `w` in place of its input weights."""
    zeros = [0.0] * (3 * UNITS * max(UNITS, INPUTS))
    w = w or helper.make_tensor(
        "W", TensorProto.FLOAT, (1, 3 * UNITS, INPUTS), zeros[: 3 * UNITS * INPUTS]
    )
    r = helper.make_tensor(
        "R", TensorProto.FLOAT, (1, 3 * UNITS, UNITS), zeros[: 3 * UNITS * UNITS]
    )
    made = [helper.make_node("GRU", ["x", "W", "R"], ["y"], hidden_size=UNITS)]
    made += [helper.make_node("Identity", ["y"], [f"y{i}"]) for i in range(nodes)]
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ("steps", 1, INPUTS))
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, ("steps", 1, 1, UNITS))
    graph = helper.make_graph(made, "graph", [x], [y], [w, r])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])


def outside(location: str) -> TensorProto:
    w = TensorProto(name="W", data_type=TensorProto.FLOAT, dims=(1, 3 * UNITS, INPUTS))
    w.data_location = TensorProto.EXTERNAL
    w.external_data.add(key="location", value=location)
    return w


def at(location: str) -> Callable[[Path], Path]:
    def build(folder: Path) -> Path:
        (folder / "model.onnx").write_bytes(model(outside(location)).SerializeToString())
        return folder / "model.onnx"

    return build


INSIDE = "not inside the model's folder; put that file beside the model and export again with a"
MISSING = "which is not there; copy all of its files together."
for _name, (_location, _fault) in {
    "external data above the folder": ("../../../../etc/hostname", INSIDE),
    "external data at an absolute path": ("/etc/hostname", INSIDE),
    "external data of an endless file": ("/dev/zero", INSIDE),
    "external data in no file": ("nothing.data", MISSING),
    "external data at a URL": ("https://example.org/w.data", MISSING),
}.items():
    case(_name, f"its weights are in “{_location}”, {_fault}")(at(_location))


@case("external data behind a link", "its weights are in “w.data”, which is a link; copy the file")
def _link(folder: Path) -> Path:
    os.symlink("/etc/hostname", folder / "w.data")
    return at("w.data")(folder)


@case("external data in a pipe", f"its weights are in “w.data”, {MISSING}")
def _pipe(folder: Path) -> Path:
    os.mkfifo(folder / "w.data")
    return at("w.data")(folder)


def huge() -> bytes:
    w = TensorProto(name="W", data_type=TensorProto.FLOAT, dims=(1, 3 * 10**6, 10**6))
    w.raw_data = bytes(16)
    return model(w).SerializeToString()


def nested() -> bytes:
    """Attributes that hold graphs that hold attributes …, 20,000 deep, with honest lengths."""
    data = b""
    for _ in range(20_000):
        for tag in (b"\x0a", b"\x2a", b"\x32"):  # node of a graph, attribute, its graph
            data = tag + varint(len(data)) + data
    return b"\x08\x08\x3a" + varint(len(data)) + data


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


GOOD = model().SerializeToString()
file("ONNX that declares 12 TB", DAMAGED, ".onnx", huge)
file("ONNX of endless nesting", "no GRU node inside; its operators are none.", ".onnx", nested)
file(
    "ONNX of a million empty nodes",
    DAMAGED,
    ".onnx",
    b"\x08\x08\x3a" + varint(2_000_000) + b"\x0a\0" * 10**6,
)
file(
    "ONNX length beyond the file", DAMAGED, ".onnx", b"\x08\x08\x3a\xff\xff\xff\xff\x7f" + GOOD[:50]
)
file("ONNX cut short", DAMAGED, ".onnx", GOOD[: len(GOOD) // 2])
