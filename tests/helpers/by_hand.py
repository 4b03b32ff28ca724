"""Runs of any kind, and what edits make of their steps: for loops that are questions' oracles."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from samples import model, text_for

from gru_debugger.api import Trace, trace
from gru_debugger.core.edits import Place


def any_run(seed: int, steps: int, *edits: str) -> Trace:
    """Of any model and h(0); two seeds of three with `edits`, “{end}” naming the last place."""
    random = np.random.default_rng(seed)
    layers, directions = (int(random.integers(1, 3)) for _ in "ld")
    network = model(5, 8, layers, directions, "before" if seed % 2 else "after", seed=seed)
    if seed % 4 == 3:
        network = replace(model(5, 8, reset="before", seed=seed), backwards=True)
    h0 = random.uniform(-1, 1, (len(network.places), 5)).astype(np.float32)
    run = trace(network, text_for(network, steps, seed), h0)
    layer, way = network.places[-1]
    end = f"_l{layer}" + "_reverse" * (way == "reverse")
    return run.what_if(*(edit.format(end=end) for edit in edits)) if seed % 3 else run


def set_by_hand(run: Trace, unit: int, place: Place, s: int) -> float | None:
    """What the last edit made a unit's state at a step, or none."""
    found = None
    for edit in run.edits:
        if edit.place == place and edit.quantity == "h" and edit.first <= s <= edit.last:
            found = float(np.float32(edit.value)) if edit.start <= unit < edit.stop else found
    return found
