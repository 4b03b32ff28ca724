"""Known faults of the tools that write files, as far as a file alone betrays them.

One table: a new fault is a row. What a row says is told; nothing is changed by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from gru_debugger.source import Choice, Notice


@dataclass(frozen=True)
class Written:
    """What a file says of who wrote it, and of the GRU inside; `reset` as `Told` has it.

    `states`: what a graph calls them.
    """

    container: str
    producer: str = ""
    reset: str = "after"
    states: str = ""


@dataclass(frozen=True)
class Fault:
    """`rule` finds it; `sentence` says what is wrong, `source` where that is known from.

    `mend`: how to read such a file as it was meant, for who chooses that; None where no choice
    does.
    """

    rule: Callable[[Written], bool]
    sentence: str
    source: str
    remedy: str
    mend: Choice | None = None

    def notice(self) -> Notice:
        words = f"{self.sentence} ({self.source}); {self.remedy}"
        return Notice("inside", "a known fault", "inside the GRU", words)


KNOWN_FAULTS: tuple[Fault, ...] = (
    Fault(
        lambda file: (file.container, file.producer, file.reset) == ("ONNX", "pytorch", "before"),
        "PyTorch wrote this file, whose nn.GRU has the reset gate after the matrix product, but "
        "the file says before: its network is not the one that was trained",
        "onnxscript 0.5.7 to 0.7.0 left linear_before_reset out, microsoft/onnxscript#2852",
        "export it again with onnxscript 0.7.2, or read it with --reset after",
        Choice(reset="after"),
    ),
    Fault(
        lambda file: (file.container, file.producer, file.reset) == ("ONNX", "tf2onnx", "before")
        and re.search(r"CudnnRNN\w*_Y_\d+$", file.states) is not None,
        "tf2onnx wrote this file of a CuDNN GRU, which has its reset gate after the matrix product "
        "and its gates in the order r, z, n, but the file says before, and z, r, n: its network is "
        "not the one that was trained",
        "onnx/tensorflow-onnx#939; still so in tf2onnx 1.17.0",
        "load its weights into a GRU layer of Keras, and open or export that",
    ),
)


def known(file: Written) -> tuple[Notice, ...]:
    """The faults that a file has by its own word."""
    return tuple(fault.notice() for fault in KNOWN_FAULTS if fault.rule(file))


def mend(told: Iterable[Notice]) -> Choice | None:
    """How to read a file as it was meant, where a fault is told of it; None where none is."""
    faults = (f for f in KNOWN_FAULTS for n in told if n == f.notice())
    return next((f.mend for f in faults if f.mend), None)


def mended(notice: Notice, choice: Choice) -> bool:
    """Whether a fault is told of a file that was read so that it is none."""
    fault = mend([notice])
    return fault is not None and fault.reset == choice.reset
