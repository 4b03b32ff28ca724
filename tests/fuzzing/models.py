"""What the fuzzed program is opened with: models of several kinds, and what they read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

MARKUP = "<b>&x<img src='/dev/zero'><a href='file:///'>a</a>"  # in every name and symbol


def write(folder: Path) -> Path:
    """Files of models, a text and rows; the folder."""
    folder.mkdir(parents=True)
    _gru(folder / "plain.safetensors", "abcdefghij klmnopqrstuvwxyz\n")
    _gru(folder / "both.safetensors", "ab cde\n", layers=2, directions=2)
    _gru(folder / "wide.safetensors", [f"{MARKUP}{i}" for i in range(40)], hidden=300)
    _gru(folder / "rows.safetensors", None, symbols=5, reset="before")
    _gru(folder / f"{MARKUP.replace('/', '-')}.safetensors", "ab", metadata={"about": MARKUP})

    np.save(folder / "rows.npy", np.random.default_rng(0).standard_normal((60, 5)))
    (folder / "text.txt").write_text("a bad cab deed\n" * 20, encoding="utf-8")
    return folder


def command_lines(folder: Path) -> Sequence[Sequence[str]]:
    """What the program is started with."""
    plain, both = str(folder / "plain.safetensors"), str(folder / "both.safetensors")
    markup = next(str(path) for path in folder.glob("*img*"))
    return [
        [],
        ["bundled:sonnets"],
        [plain, "--text-file", str(folder / "text.txt")],
        [both, "--text", "bad cab deed " * 30],
        [str(folder / "wide.safetensors")],
        [str(folder / "rows.safetensors"), "--rows", str(folder / "rows.npy")],
        [markup, "--text", "abba"],
    ]


def _gru(
    path: Path,
    vocabulary: Sequence[str] | None,
    hidden: int = 16,
    symbols: int = 0,
    layers: int = 1,
    directions: int = 1,
    reset: str = "after",
    metadata: dict[str, str] | None = None,
) -> None:
    """A GRU of random weights, under PyTorch's names."""
    chance = np.random.default_rng(hidden + layers)
    width = count = len(vocabulary) if vocabulary else symbols
    tensors = {}
    for layer in range(layers):
        for way in ("", "_reverse")[:directions]:
            for name, columns in (("ih", (width,)), ("hh", (hidden,))):
                for kind, shape in (("weight", columns), ("bias", ())):
                    tensors[f"gru.{kind}_{name}_l{layer}{way}"] = (
                        chance.standard_normal((3 * hidden, *shape)).astype(np.float32) / 3
                    )
        width = hidden * directions
    told = {"reset": reset, **(metadata or {})}
    if vocabulary:
        tensors["fc.weight"] = chance.standard_normal((count, width)).astype(np.float32)
        tensors["fc.bias"] = np.zeros(count, np.float32)
        told["vocabulary"] = json.dumps(list(vocabulary))
    save_file(tensors, path, told)
