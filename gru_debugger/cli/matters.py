"""The window's process that tries each unit's silence (`questions.matters`); no command."""

from __future__ import annotations

import argparse
import math
import os
from collections.abc import Sequence
from time import monotonic

from gru_debugger import terminal
from gru_debugger.cli import arguments as common
from gru_debugger.errors import GRUDebuggerError

_TOLD = 0.2  # seconds between two times that it is told


def main(arguments: Sequence[str]) -> int:
    """A run as commands read it, of a layer and direction; tells what each unit's silence costs."""
    parser = argparse.ArgumentParser()
    common.add_model(parser)
    common.add_text(parser)
    common.add_edits(parser)
    parser.add_argument("--layer", type=int, default=0)
    parser.add_argument("--direction", default="forward")
    given = parser.parse_args(arguments)
    if hasattr(os, "nice"):
        os.nice(10)  # the window's own work goes first
    try:
        return _try(given)
    except GRUDebuggerError as fault:
        terminal.fail(fault)
        return 1


def _try(given: argparse.Namespace) -> int:
    from gru_debugger.questions.matters import losses

    trace = common.start_trace(given, common.open_model(given))
    found, told = list[float | None](), 0.0
    for lost in losses(trace, (given.layer, given.direction)):
        found.append(None if math.isnan(lost) else lost)  # JSON has no nan
        if monotonic() - told > _TOLD:
            told = monotonic()
            terminal.tell(lost=found)
    terminal.tell(answer=found)
    return 0
