"""``gru-debugger explain``: the worked calculation of a step, as text, HTML or LaTeX."""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path
from typing import TYPE_CHECKING

from gru_debugger import terminal
from gru_debugger.cli import arguments as common
from gru_debugger.cli.progress import bar
from gru_debugger.exports import view_arguments
from gru_debugger.exports.view_arguments import index
from gru_debugger.exports.worked import ENDINGS, FORMATS

if TYPE_CHECKING:
    from gru_debugger.core.model import Model
    from gru_debugger.core.trace import Trace
    from gru_debugger.exports.worked_step import WorkedStep

DESCRIPTION = (
    "Print the worked calculation of a step: every product, sum and gate as one writes them down "
    "by hand, and sentences that say what they mean."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    common.add_model(parser)
    common.add_text(parser)
    common.add_edits(parser)
    parser.add_argument(
        "--step", metavar="T", type=one_or_two, required=True,
        help="from 1; T-U: two in a row, of which one hands its state to the other",
    )  # fmt: skip
    parser.add_argument(
        "--unit", metavar="I", type=index, help="the calculation of this unit alone, from 0"
    )
    parser.add_argument("--layer", metavar="K", type=index, default=0, help="from 0 (default: 0)")
    parser.add_argument("--direction", choices=("forward", "reverse"))
    parser.add_argument(
        "--notation", choices=("pytorch", "course"), default="pytorch",
        help="the course's has Γu = 1 − z, and one bias a gate",
    )  # fmt: skip
    view_arguments.add_thresholds(parser)
    parser.add_argument(
        "--as-keras", action="store_true",
        help="in Keras' layout: kernel and recurrent_kernel, gates in the order z, r, h",
    )  # fmt: skip
    parser.add_argument(
        "--format", choices=FORMATS, help="default: what OUT ends in (.html, .tex), else text"
    )
    parser.add_argument(
        "-o", dest="out", metavar="OUT", type=Path, help="a file, in the place of standard output"
    )
    common.add_force(parser)


def one_or_two(word: str) -> tuple[int, int]:
    """A step, or two that follow each other."""
    first, last = common.step_range(word)
    if last - first > 1:
        raise argparse.ArgumentTypeError(f"“{word}”: give one step, or two in a row")
    return first, last


def run(arguments: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    out: Path | None = arguments.out
    if out is not None:
        common.check_output(
            out, arguments.force, arguments.model, arguments.text_file, arguments.vocabulary,
            arguments.rows, arguments.initial_state,
        )  # fmt: skip
    kind = arguments.format or ENDINGS.get(out.suffix.lower() if out else "", "text")
    model = common.open_model(arguments)
    _check_place(arguments, model)
    trace = common.start_trace(arguments, model)
    last = arguments.step[1]
    trace.check_number(last)
    with bar("recording", last) as report:
        common.record(arguments, trace, last, report)
    renderer = importlib.import_module(f"gru_debugger.exports.worked.{kind}")
    _write(renderer.render(_worked(arguments, trace)), out, arguments.force)
    return 0


def _check_place(arguments: argparse.Namespace, model: Model) -> None:
    """Raises InputError for what the model lacks."""
    model.cell(arguments.layer, arguments.direction)
    if arguments.unit is not None:
        model.check_unit(arguments.unit)


def _worked(arguments: argparse.Namespace, trace: Trace) -> WorkedStep:
    from gru_debugger.exports.worked_step import WorkedStep
    from gru_debugger.questions.thresholds import Thresholds

    model = trace.model
    first = model.example.unit if model.example else 0
    return WorkedStep(
        trace,
        arguments.step[0],
        (arguments.layer, arguments.direction or model.ways[0]),
        min(first, model.hidden_size - 1) if arguments.unit is None else arguments.unit,
        "keras" if arguments.as_keras else arguments.notation,
        alone=arguments.unit is not None,
        and_next=arguments.step[0] < arguments.step[1],
        thresholds=Thresholds.of(dict(arguments.thresholds)),
    )


def _write(words: str, out: Path | None, force: bool) -> None:
    if out is None:
        terminal.show(*words.splitlines())
        return
    from gru_debugger.output import write_bytes

    write_bytes(out, words.encode(), force)
