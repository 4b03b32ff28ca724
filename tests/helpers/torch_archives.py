"""Networks as torch's own archives, and whether what is shown of these is what they compute."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from grus import distance
from telling import grades, told
from torch import Tensor, nn

from gru_debugger.core.trace import trace
from gru_debugger.errors import ModelError
from gru_debugger.formats import ModelFile, parse
from gru_debugger.source import Choice

Given = tuple[Tensor, ...]
Save = Callable[[nn.Module, Given, Path], None]
CLOSE = 3e-6

ARCHIVES: dict[str, Save] = {
    "script": lambda net, given, path: torch.jit.script(net).save(path),
    "trace": lambda net, given, path: torch.jit.trace(net, given).save(path),
    "frozen": lambda net, given, path: torch.jit.freeze(torch.jit.trace(net, given)).save(path),
    "export": lambda net, given, path: torch.export.save(torch.export.export(net, given), path),
}
Runs = dict[str, Any]  # states (steps, units · directions) by the names of GRUs


def ran(net: nn.Module, given: Given) -> tuple[Runs, Any]:
    """The states of each GRU the first time that it is called, and what the network gives."""
    found: dict[str, list[Any]] = {}

    def keep(name: str) -> Any:
        def hook(module: nn.Module, _: Any, out: Any) -> None:
            if isinstance(module, nn.GRUCell):
                found.setdefault(name, []).append(out.detach().reshape(1, -1))
            elif name not in found:
                states = out[0].data if hasattr(out[0], "data") else out[0]
                found[name] = [states.detach().reshape(-1, states.shape[-1])]

        return hook

    hooks = [part.register_forward_hook(keep(name)) for name, part in net.named_modules()
             if isinstance(part, (nn.GRU, nn.GRUCell))]  # fmt: skip
    with torch.no_grad():
        out = net(*given)
    for hook in hooks:
        hook.remove()
    first = out[0] if isinstance(out, tuple) else out
    return {name: np.concatenate(parts) for name, parts in found.items()}, first.detach().numpy()


def settled(path: Path, symbols: str, read: Any, runs: Runs, out: Any) -> dict[str, set[str]]:
    """The grades told of each GRU of a file, by its name.

    Raises AssertionError where numbers are shown that are not the network's own and nobody says so.
    """
    file = parse(path)
    listed = [gru for gru in file.grus() if gru.part_of is None]
    found = {}
    for number, gru in enumerate(listed):
        choice = Choice(gru.name if len(listed) > 1 else None)
        model = file.model(choice=choice)
        found[gru.name] = grades(model)
        if "inside" in grades(model) or model.source.no_text:
            assert "inside" in grades(model)
            continue
        top = gru.parts[-1] if gru.parts else gru.name
        states = runs.get(top, list(runs.values())[min(number, len(runs) - 1)])
        apart = shown(file, choice, symbols, read, states, out)
        assert apart <= CLOSE, (gru.name, told(model), apart)
    return found


def shown(
    file: ModelFile, choice: Choice, symbols: str, read: Any, states: Any, out: Any
) -> float:
    """How far all that is shown lies from what the network computes of a text or of rows."""
    model = file.model(symbols if isinstance(read, str) else None, choice)
    ours = trace(model, read)
    top = len(model.layers) - 1
    shown_states = np.concatenate([ours.states(top, way) for way in model.ways], -1)
    found = distance(shown_states, states)
    if model.output is None:
        return found
    logits = ours.column("logits")
    if out.dtype.kind != "f" or out.shape[-1] != logits.shape[-1]:
        return found  # a choice of the scores
    rows = out.reshape(-1, logits.shape[-1])
    likely = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    kinds = (logits, likely, np.exp(likely))
    return max(found, min(distance(kind[-len(rows) :], rows) for kind in kinds))


def outcome(
    save: Save, net: nn.Module, given: Given, path: Path, symbols: str, text: str
) -> dict[str, set[str]] | None:
    """The grades told of each GRU, or None where the file is refused."""
    runs, out = ran(net, given)
    save(net, given, path)
    try:
        read = text if given[0].dtype == torch.int64 else given[0][0].numpy()
        return settled(path, symbols, read, runs, out)
    except ModelError:
        return None
