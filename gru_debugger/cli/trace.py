"""``gru-debugger trace``: every quantity of every step, as arrays or as text."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from gru_debugger import terminal
from gru_debugger.cli import arguments as common
from gru_debugger.cli.progress import bar
from gru_debugger.exports.recordings import SUFFIXES
from gru_debugger.numerals import fixed

if TYPE_CHECKING:
    from gru_debugger.core.trace import Trace

DESCRIPTION = f"Write every quantity of every step to a file ({', '.join(SUFFIXES)})."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    common.add_model(parser)
    common.add_text(parser)
    common.add_edits(parser)
    parser.add_argument(
        "--steps", metavar="A-B", type=common.step_range, help="first and last step (default: all)"
    )
    common.add_output(parser, SUFFIXES)


def _doubt(trace: Trace) -> None:
    """A vocabulary in another order is silent otherwise."""
    from gru_debugger.questions.surprise import MEASURED, mean_surprise

    found = mean_surprise(trace, MEASURED)
    if found is not None and found.telling:
        terminal.warn(found.doubt(trace.model.source.name))


def run(arguments: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    from gru_debugger.exports import recording

    out: Path = arguments.out
    common.check_output(
        out, arguments.force, arguments.model, arguments.text_file, arguments.vocabulary,
        arguments.rows, arguments.initial_state,
    )  # fmt: skip
    model = common.open_model(arguments)
    trace = common.start_trace(arguments, model)
    first, last = arguments.steps or (1, trace.steps)
    common.check_steps((first, last), trace)
    size = recording.size(model, last - first + 1, out.suffix.lower())
    if size > common.LARGE:
        terminal.warn(f"{out}: about {fixed(size / 1e6, 0)} MB will be written")
    with bar("recording", last) as report:
        common.record(arguments, trace, last, report)
    _doubt(trace.plain)  # edits are a reason of their own
    with bar("writing", last - first + 1) as report:
        recording.write(trace, first, last, out, report, arguments.force)
    return 0
