"""Not hostile, only not what was meant: other files, other models, no file at all."""

from __future__ import annotations

import io
import os
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import save

from corpus import STATE, case, file, saved


def photo(kind: str) -> bytes:
    stream = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 255, (60, 80, 3), np.uint8)
    Image.fromarray(noise).save(stream, kind)
    return stream.getvalue()


NOT_A_MODEL = ", not a model; "
file("empty", "the file is empty; copy or save it again.", ".pt", b"")
file("one byte", "not a model file this program knows; ", ".pt", b"\xff")
file("a photo", f"a JPEG picture{NOT_A_MODEL}", ".pt", lambda: photo("JPEG"))
file("a picture", f"a PNG picture{NOT_A_MODEL}", ".onnx", lambda: photo("PNG"))
file("a text", f"a text file{NOT_A_MODEL}", ".safetensors", "Der Kater saß.".encode())
file("a web page", "a web page or XML file, not a model; download", ".pt", b"<!DOCTYPE html>\n<p>")
file("a pointer of Git LFS", "a Git LFS pointer, not the model itself; fetch", ".pt",
     b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12\n")  # fmt: skip
file(
    "noise", "not a model file this program knows; ", ".h5", np.random.default_rng(4).bytes(50_000)
)
file("an LSTM", "an LSTM (four gates), not a GRU: ", ".pt",
     lambda: saved(torch.nn.LSTM(3, 4).state_dict()))  # fmt: skip
file("a plain RNN", "a plain RNN (no gates), not a GRU: ", ".pt",
     lambda: saved(torch.nn.RNN(3, 4).state_dict()))  # fmt: skip
file("a transformer", "no GRU inside (no weight_ih and weight_hh); its tensors are ", ".pt",
     lambda: saved(torch.nn.TransformerEncoderLayer(8, 2, 16).state_dict()))  # fmt: skip
file("a whole transformer", "no GRU inside", ".pt",
     lambda: saved(torch.nn.TransformerEncoderLayer(8, 2, 16)))  # fmt: skip
file("a GRU of another name", "", ".txt", lambda: save(STATE))


@case("a folder", "a folder without a model file in it; give a file.")
def _folder(folder: Path) -> Path:
    (folder / "model.pt").mkdir()
    return folder / "model.pt"


@case("no file", "no such file; check the name.")
def _nothing(folder: Path) -> Path:
    return folder / "model.pt"


@case("a link to nowhere", "no such file; check the name.")
def _nowhere(folder: Path) -> Path:
    os.symlink("nowhere", folder / "model.pt")
    return folder / "model.pt"


@case("a link to itself", "it is a link that leads back to itself; check the name.")
def _itself(folder: Path) -> Path:
    os.symlink("model.pt", folder / "model.pt")
    return folder / "model.pt"


@case("a pipe", "this is not a regular file; give a file.")
def _pipe(folder: Path) -> Path:
    os.mkfifo(folder / "model.pt")
    return folder / "model.pt"


@case("an endless device", "this is not a regular file; give a file.")
def _device(folder: Path) -> Path:
    os.symlink("/dev/zero", folder / "model.pt")
    return folder / "model.pt"


@case("a hole of 5 GB", "5,368,709,120 bytes is more than the 4,294,967,296 that can be opened.")
def _hole(folder: Path) -> Path:
    with (folder / "model.pt").open("wb") as out:
        out.truncate(5 << 30)
    return folder / "model.pt"
