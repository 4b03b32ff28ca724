"""A network of PyTorch's run by torch itself, and the plain network of the same parts."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import torch
from judged import Run, nearest, of_scores, same
from networks import LETTERS, Given, Network
from torch import nn


def own_run(net: nn.Module, network: Network, given: Given) -> Run:
    """On a copy: what runs may change what it stores."""
    net = copy.deepcopy(net).float().eval()
    calls: dict[str, list[Any]] = {}

    def keep(name: str) -> Any:
        def hook(_: nn.Module, __: Any, out: Any) -> None:
            states = out[0] if isinstance(out, tuple) else out
            states = getattr(states, "data", states)
            calls.setdefault(name, []).append(states.reshape(-1, states.shape[-1]).numpy())

        return hook

    grus = {n: m for n, m in net.named_modules() if isinstance(m, (nn.GRU, nn.GRUCell))}
    hooks = [part.register_forward_hook(keep(name)) for name, part in grus.items()]
    out = net(*given)
    for hook in hooks:
        hook.remove()
    if network.step and "gru" in grus:
        calls["gru"] = [net.run(*given)[0].numpy()]
    every = {n: [*each, np.concatenate(each)] for n, each in calls.items()}
    states = [pair for name, part in grus.items() for whole in every.get(name, ())
              for pair in _directions(part, whole)]  # fmt: skip
    scores = out[0] if isinstance(out, tuple) else out
    text = given[0].dtype == torch.int64
    read = "".join(LETTERS[k] for k in given[0].ravel().tolist()) if text else given[0][0].numpy()
    return Run(LETTERS, read, states, scores.numpy())


def _directions(part: nn.Module, states: Any) -> list[tuple[Any, Any]]:
    """The recurrent matrix of the top layer in each direction, and its states."""
    if not isinstance(part, nn.GRU):
        return [(part.weight_hh.float().numpy(), states)]
    name = f"weight_hh_l{part.num_layers - 1}"
    ends = ("", "_reverse")[: 1 + part.bidirectional]
    return [(getattr(part, name + end).float().numpy(), half)
            for end, half in zip(ends, np.split(states, len(ends), -1), strict=True)]  # fmt: skip


def plain_apart(net: nn.Module, run: Run) -> tuple[float, float] | None:
    """How far embedding, GRU and output layer alone lie from the network: states, and all.

    None where it has not one of each that fit each other.
    """
    net = copy.deepcopy(net).float().eval()
    parts: dict[str, Any] = dict(net.named_children())
    grus = [m for m in net.modules() if isinstance(m, (nn.GRU, nn.GRUCell))]
    table, gru, fc = parts.get("embedding"), parts.get("gru"), parts.get("fc")
    if table is None or grus != [gru] or table.embedding_dim != gru.input_size:
        return None
    indices = torch.tensor([run.symbols.index(c) for c in run.read])
    states = _states(gru, nn.functional.embedding(indices, table.weight))
    found = max(nearest(ours, (whole for own, whole in run.states if same(own, weight)))
                for weight, ours in _directions(gru, states.numpy()))  # fmt: skip
    scores = 0.0
    if fc is not None and fc.in_features == states.shape[-1]:
        scores = of_scores(fc(states).numpy(), run.scores)
    return found, max(found, scores)


def _states(gru: Any, x: Any) -> Any:
    if isinstance(gru, nn.GRU):
        return gru(x)[0]
    h, every = torch.zeros(1, gru.hidden_size), []
    for row in x:
        h = gru(row[None], h)
        every.append(h)
    return torch.cat(every)
