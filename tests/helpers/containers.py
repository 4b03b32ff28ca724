"""Every container in which PyTorch's users keep a network."""

from __future__ import annotations

import functools
import inspect
import warnings
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

Given = tuple[Tensor, ...]
Save = Callable[[nn.Module, Given, Path], None]


# torch.jit.script looks for the same sources again and again: nine tenths of its time.
_FOUND = functools.cache(inspect.findsource)


def _script(net: nn.Module, given: Given, path: Path) -> None:
    with patch.object(inspect, "findsource", _FOUND):
        torch.jit.script(net).save(path)


@functools.lru_cache(1)  # taken apart, it is the same network
def _export(net: nn.Module, given: Given) -> torch.export.ExportedProgram:
    return torch.export.export(net, given)


def _onnx(net: nn.Module, given: Given, path: Path) -> None:
    torch.onnx.export(net, given, str(path), dynamo=False)


# Of weights: nothing in such a file says what is done between the layers.
WEIGHTS: dict[str, Save] = {
    "state_dict": lambda net, given, path: torch.save(net.state_dict(), path),
    "module": lambda net, given, path: torch.save(net, path),
    "safetensors": lambda net, given, path: save_file(net.state_dict(), path),
    "npz": lambda net, given, path: np.savez(
        path.open("wb"), **{k: a.float().numpy() for k, a in net.state_dict().items()}),
}
# Of the whole network.
GRAPHS: dict[str, Save] = {
    "script": _script,
    "trace": lambda net, given, path: torch.jit.trace(net, given, check_trace=False).save(path),
    "frozen": lambda net, given, path: torch.jit.freeze(
        torch.jit.trace(net.eval(), given, check_trace=False)).save(path),
    "export": lambda net, given, path: torch.export.save(_export(net, given), path),
    "decomposed": lambda net, given, path: torch.export.save(
        _export(net, given).run_decompositions(), path),
    "onnx": _onnx,
}
CONTAINERS = WEIGHTS | GRAPHS


class Unsaved(Exception):  # noqa: N818
    """Its own library does not write the network so."""


def saved(container: str, net: nn.Module, given: Given, path: Path) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch's own
            CONTAINERS[container](net, given, path)
    except Exception as fault:
        raise Unsaved(f"{type(fault).__name__}: {str(fault).splitlines()[0]}") from None
