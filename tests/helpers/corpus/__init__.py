"""Hostile, broken and mistaken files: each is made in a folder, and answered with known words.

A case is a function that writes a file (and what it needs beside it) and returns the file's path;
its words are how the answer goes on after the file's name. A case without words is a good file
that carries something hostile along: it opens, and nothing of it is run.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import torch
from grus import Network, Shape

Build = Callable[[Path], Path]

NETWORK = Network(Shape(hidden=4, symbols=3))
STATE = NETWORK.state_dict()
CANARY = "canary"


@dataclass(frozen=True)
class Case:
    name: str
    words: str
    build: Build


CASES: list[Case] = []


def case(name: str, words: str) -> Callable[[Build], Build]:
    """Put a builder into the corpus."""

    def add(build: Build) -> Build:
        CASES.append(Case(name, words, build))
        return build

    return add


def file(name: str, words: str, suffix: str, data: bytes | Callable[[], bytes]) -> None:
    """A case that is one file of these bytes."""

    def build(folder: Path) -> Path:
        path = folder / f"model{suffix}"
        path.write_bytes(data() if callable(data) else data)
        return path

    case(name, words)(build)


class Payload:
    """Makes a folder when it is unpickled by pickle itself."""

    def __init__(self, canary: Path | str) -> None:
        self.canary = str(canary)

    def __reduce__(self) -> Any:
        import os

        return os.mkdir, (self.canary,)


def saved(content: Any, new: bool = True) -> bytes:
    stream = BytesIO()
    torch.save(content, stream, _use_new_zipfile_serialization=new)
    return stream.getvalue()


def with_payload(folder: Path, dump: Callable[[Any, Path], None], path: Path) -> Path:
    """The file that `dump` writes of a payload whose canary would sing in `folder`."""
    dump(Payload(folder / CANARY), path)
    return path


def plain_pickle(protocol: int) -> Build:
    def build(folder: Path) -> Path:
        path = folder / "model.pt"
        path.write_bytes(pickle.dumps(Payload(folder / CANARY), protocol))
        return path

    return build


from corpus import (  # noqa: E402, F401
    containers,
    hdf5s,
    jaxes,
    mistakes,
    onnxs,
    packings,
    pytorchs,
    shards,
    tensorflows,
    torchscripts,
)
