"""``gru-debugger influence``: the gradient of a value with respect to every earlier x and h."""

from __future__ import annotations

import argparse

from gru_debugger import terminal
from gru_debugger.cli import arguments as common
from gru_debugger.cli.progress import bar
from gru_debugger.errors import InputError
from gru_debugger.numerals import fixed

DESCRIPTION = (
    "Write the gradients of one number of a step with respect to every earlier x and h, and beside "
    "them the direct path's (products of z), those with the gates held, and a plain RNN's at the "
    "same states."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    common.add_model(parser)
    common.add_text(parser)
    common.add_edits(parser)
    parser.add_argument(
        "--step", metavar="T", type=common.positive, required=True, help="the step of the value"
    )
    parser.add_argument(
        "--of", metavar="VALUE",
        help="'h[9]', 'n_l1[3]', 'logits[4]' or 'probability(\"e\")' (default: the likeliest next "
        "character's logit)",
    )  # fmt: skip
    common.add_output(parser, (".npz",))


def run(arguments: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    from gru_debugger.exports import influence as file
    from gru_debugger.questions.influence import Influence
    from gru_debugger.questions.influenced import named

    common.check_output(
        arguments.out, arguments.force, arguments.model, arguments.text_file, arguments.vocabulary,
        arguments.rows, arguments.initial_state,
    )  # fmt: skip
    trace = common.start_trace(arguments, common.open_model(arguments))
    t = arguments.step
    if t > trace.steps:
        raise InputError(f"--step {t}: {trace.reading.steps_in_words}; choose one of these.")
    last = t if trace.model.ways == ("forward",) else trace.steps
    with bar("recording", last) as report:
        common.record(arguments, trace, last, report)
    found = Influence(trace, named(trace, arguments.of, t), t)
    size = sum(array.nbytes for array in found.arrays.values())
    if size > common.LARGE:
        terminal.warn(f"{arguments.out}: about {fixed(size / 1e6, 0)} MB will be written")
    with bar("going back", found.work) as report:
        done = 0
        while found.advance():
            done += 1
            report(min(done, found.work))
    file.write(found, arguments.out, arguments.force)
    return 0
