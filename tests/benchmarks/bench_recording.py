"""Recording a text against torch.nn.GRU's own forward pass over it, and deriving one step.

By the clock: of large cells the program shares each product between two threads. torch has as many
as it takes by itself, and uses one of them for a text. The bounds are those of the compiled engine;
where there was no compiler at installation, the ratios are printed and bound nothing. The step is
what a key press computes before anything is drawn.
"""

from __future__ import annotations

import sys
from time import perf_counter

import figures

figures.alone()

import torch  # noqa: E402

from gru_debugger.core.compiled import engine_name, library  # noqa: E402
from gru_debugger.core.trace import Trace, trace  # noqa: E402

LENGTHS = {16: 8000, 64: 6000, 256: 4000, 1024: 400}
BOUNDS = {16: 20, 64: 8, 256: 2.5, 1024: 1.2}  # times as fast as torch
ROUNDS = 11


def torch_pass(units: int, text: str) -> object:
    """A call that runs torch's own GRU of the same weights over the same one-hot text."""
    cell = figures.random_model(units).cell()
    gru = torch.nn.GRU(len(figures.SYMBOLS), units)
    gru.load_state_dict({f"{k}_l0": torch.from_numpy(v) for k, v in cell.arrays.items()})
    indices = torch.tensor([figures.SYMBOLS.index(c) for c in text])
    x = torch.nn.functional.one_hot(indices, len(figures.SYMBOLS)).float()

    def run() -> None:
        with torch.no_grad():
            gru(x)

    return run


def measure(units: int, length: int) -> list[object]:
    model, text = figures.random_model(units), figures.random_text(length)
    recorded = trace(model, text)
    steps = iter(range(10, length))
    calls = {
        "record": (lambda: Trace(model, text).finish(), 1),
        "torch": (torch_pass(units, text), 1),
        "step": (lambda: recorded.step(next(steps)), 25),
    }
    taken = figures.interleaved(calls, ROUNDS, perf_counter)  # type: ignore[arg-type]
    ours, theirs = (taken.ms(name) / length * 1000 for name in ("record", "torch"))
    bound = BOUNDS[units] if library() else 0
    return [
        f"{units:,} units", f"{ours:.2f}", f"{theirs:.2f}",
        figures.verdict(taken.ratio("torch", "record"), bound, at_least=True),
        f"{taken.ms('step') * 1000:.0f}",
    ]  # fmt: skip


def main() -> int:
    rows = [measure(*case) for case in LENGTHS.items()]
    heads = ("µs a character", "recording", "nn.GRU", "nn.GRU/recording", "a step, µs")
    figures.table(f"Recording by {engine_name()}; medians, taken in turns", heads, rows)
    return figures.status(rows)


if __name__ == "__main__":
    sys.exit(main())
