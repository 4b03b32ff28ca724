"""HDF5 and Keras files that point elsewhere, declare too much, hang the library or bring code."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np

from corpus import case, file

FILES = Path(__file__).parents[2] / "formats" / "files"
HANGS = gzip.decompress((FILES / "hang.h5.gz").read_bytes())


def h5(fill: Callable[[h5py.File], object]) -> bytes:
    """A file that a function fills, with the weights of a small GRU beside."""
    stream = io.BytesIO()
    with h5py.File(stream, "w") as opened:
        cell = opened.create_group("model_weights/gru/gru/gru_cell")
        cell["recurrent_kernel:0"] = np.zeros((2, 6), np.float32)
        cell["bias:0"] = np.zeros((2, 6), np.float32)
        fill(opened)
    return stream.getvalue()


KERNEL = "model_weights/gru/gru/gru_cell/kernel:0"


def kernel(opened: h5py.File) -> None:
    opened[KERNEL] = np.zeros((3, 6), np.float32)


def external_link(opened: h5py.File) -> None:
    opened[KERNEL] = h5py.ExternalLink("/etc/hostname", "/secret")


def soft_link(opened: h5py.File) -> None:
    opened[KERNEL] = h5py.SoftLink("/model_weights/gru/gru/gru_cell/bias:0")


def external_data(opened: h5py.File) -> None:
    where = [("/etc/hostname", 0, 72)]
    opened.create_dataset(KERNEL, (3, 6), np.float32, external=where)


def virtual_data(opened: h5py.File) -> None:
    layout = h5py.VirtualLayout((3, 6), np.float32)
    layout[:] = h5py.VirtualSource("/etc/hostname", "x", (3, 6))
    opened.create_virtual_dataset(KERNEL, layout)


def terabytes(opened: h5py.File) -> None:
    opened.create_dataset(KERNEL, (10**6, 10**6), np.float32, chunks=(1000, 1000))


def bomb(opened: h5py.File) -> None:
    opened.create_dataset(KERNEL, data=np.zeros((50_000_000,), np.float32), compression="gzip",
                          chunks=(50_000_000,))  # fmt: skip


def loop(opened: h5py.File) -> None:
    """A group that holds itself."""
    opened["model_weights/gru/gru/gru_cell/again"] = opened["model_weights"]


FOLLOWED = "link, which is not followed; save the model in one file"
ELSEWHERE = f"“{KERNEL}” keeps its numbers in another file, which is not opened; save the model in"
DAMAGED = "an HDF5 file that is cut short or damaged ("
FILLED = {
    "external link": (external_link, f"“kernel:0” is an external {FOLLOWED}"),
    "soft link": (soft_link, f"“kernel:0” is a soft {FOLLOWED}"),
    "external dataset": (external_data, ELSEWHERE),
    "virtual dataset": (virtual_data, ELSEWHERE),
    "HDF5 that declares 4 TB": (terabytes, f"{DAMAGED}an array is not as large as declared)"),
    "HDF5 bomb of 200 MB": (bomb, f"{DAMAGED}an array is not as large as declared)"),
    "group that holds itself": (loop, f"{DAMAGED}its groups are nested too deep)"),
}
for _name, (_fill, _words) in FILLED.items():
    file(_name, _words, ".h5", lambda fill=_fill: h5(fill))

file("HDF5 that hangs its library", "a Keras file that is cut short or damaged (", ".h5", HANGS)
file("HDF5 cut short", DAMAGED, ".h5", h5(kernel)[:1500])


def keras(config: object, weights: bytes, *others: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.0.0"}))
        archive.writestr("config.json", config if isinstance(config, str) else json.dumps(config))
        archive.writestr("model.weights.h5", weights)
        for other in others:
            archive.writestr(other, "text")
    return stream.getvalue()


def lambda_layer() -> bytes:
    """A Lambda layer with marshalled code, which Keras itself runs unless told not to."""
    code = {"class_name": "__lambda__", "config": {"code": "4wEAAAAAAAAA", "defaults": None}}
    layer = {"class_name": "Lambda", "config": {"name": "lambda", "function": code}}
    model = {"class_name": "Sequential", "config": {"layers": [layer]}}
    return keras(model, h5(kernel))


def named_layer() -> bytes:
    """A layer that a registered name would have Python import."""
    layer = {"module": "os", "class_name": "mkdir", "config": {"path": "canary"}}
    model = {"class_name": "Sequential", "config": {"layers": [layer]}}
    return keras(model, h5(kernel))


BROKEN = "a Keras file that is cut short or damaged ("
file("Keras with a lambda", "", ".keras", lambda_layer)
file("Keras that names a function", "", ".keras", named_layer)
file("Keras whose entries leave the folder", "", ".keras",
     lambda: keras({"config": {"layers": []}}, h5(kernel), "../../canary"))  # fmt: skip
file("Keras of nested JSON", BROKEN, ".keras", lambda: keras("[" * 100_000, h5(kernel)))


@case("Keras without weights", BROKEN)
def _no_weights(folder: Path) -> Path:
    path = folder / "model.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", "{}")
    return path
