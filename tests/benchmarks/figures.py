"""What the benchmarks share: a model of any size, rounds, medians and a table."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from time import process_time

# First, as in the program: it says how many threads numpy may use.
import gru_debugger.cli  # noqa: F401  # isort: skip
import numpy as np

from gru_debugger.core.cell import Cell
from gru_debugger.core.model import Model, OutputLayer
from gru_debugger.source import Source

MISSED = "MISSED "  # in what `verdict` says
SYMBOLS = tuple(chr(code) for code in range(ord(" "), ord(" ") + 60))


# A screen on which a window has the size it asks for: Qt's own of this kind is 800 × 800.
_SCREEN = {"name": "large", "x": 0, "y": 0, "width": 3200, "height": 2000}


def alone() -> None:
    """No screen and no settings of the user; to be called before Qt is imported."""
    folder = Path(tempfile.mkdtemp(prefix="gru-debugger-bench-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    screens = folder / "screens.json"
    screens.write_text(json.dumps({"screens": [_SCREEN]}))
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={screens}"
    for variable in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        os.environ[variable] = str(folder)


def random_model(hidden: int) -> Model:
    """A GRU of PyTorch's default initialisation over 60 one-hot symbols."""
    random = np.random.default_rng(hidden)

    def uniform(*shape: int) -> np.ndarray:
        return random.uniform(-1, 1, shape).astype(np.float32) / np.float32(hidden**0.5)

    cell = Cell(
        uniform(3 * hidden, len(SYMBOLS)), uniform(3 * hidden, hidden),
        uniform(3 * hidden), uniform(3 * hidden),
    )  # fmt: skip
    return Model(
        layers=((cell,),),
        reset="after",
        source=Source("random", "random", "0" * 64, "none"),
        output=OutputLayer(uniform(len(SYMBOLS), hidden), uniform(len(SYMBOLS))),
        vocabulary=SYMBOLS,
    )


def random_text(length: int) -> str:
    return "".join(np.random.default_rng(0).choice(SYMBOLS, length))


def anonymous() -> float:
    """MB of memory that is no file's: it can't be written out where others need it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("RssAnon"))) / 1024


def timed(
    call: Callable[[], object], times: int, clock: Callable[[], float] = process_time
) -> list[float]:
    """Milliseconds of processor time of each of so many calls: others use this machine too."""
    taken = []
    for _ in range(times):
        start = clock()
        call()
        taken.append((clock() - start) * 1000)
    return taken


class Taken:
    """Milliseconds of calls that were taken in turns, a median a round.

    What else runs here slows all of a round alike: ratios are those of the rounds.
    """

    def __init__(self) -> None:
        self.rounds: dict[str, list[float]] = {}

    def ms(self, name: str) -> float:
        return median(self.rounds[name])

    def ratio(self, name: str, other: str) -> float:
        """How many times as long as the other it took."""
        pairs = zip(self.rounds[name], self.rounds[other], strict=True)
        return median(a / b for a, b in pairs)


def interleaved(
    calls: dict[str, tuple[Callable[[], object], int]],
    rounds: int,
    clock: Callable[[], float] = process_time,
) -> Taken:
    """Each call so many times a round, after once for its caches."""
    taken = Taken()
    for call, _ in calls.values():
        call()
    for _ in range(rounds):
        for name, (call, times) in calls.items():
            taken.rounds.setdefault(name, []).append(median(timed(call, times, clock)))
    return taken


def table(title: str, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    print(title)
    lines = [[str(word) for word in row] for row in (heads, *rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(heads))]
    for line in lines:
        first, *others = (
            word.ljust(wide) if i == 0 else word.rjust(wide)
            for i, (word, wide) in enumerate(zip(line, widths, strict=True))
        )
        print("  ".join((first, *others)).rstrip(), flush=True)


def verdict(ratio: float, bound: float, at_least: bool = False) -> str:
    """The ratio beside its bound; with `MISSED` where it is beyond."""
    good = ratio >= bound if at_least else ratio <= bound
    return f"{ratio:.2f} {'' if good else MISSED}({'≥' if at_least else '≤'} {bound:g})"


def status(rows: Sequence[Sequence[object]]) -> int:
    """A script's, of the rows of its table: 1 where a bound is missed."""
    return int(any(MISSED in str(word) for row in rows for word in row))
