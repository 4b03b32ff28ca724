"""``gru-debugger train``: a small character model from a text file."""

from __future__ import annotations

import argparse
from dataclasses import fields
from pathlib import Path

from gru_debugger import terminal
from gru_debugger.cli.arguments import add_output, check_output
from gru_debugger.cli.progress import bar

DESCRIPTION = (
    "Train a small character model on a UTF-8 text file. The bundled models were made this way; "
    "the same text, options and seed give the same file."
)

_PARTS = 100  # how often a window that waits is told


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Every field of TrainingOptions is a flag."""
    from gru_debugger.training import TrainingOptions, flag

    parser.add_argument("text_file", metavar="TEXTFILE", type=Path, help="the text to learn from")
    add_output(parser, (".safetensors",), "MODEL", "the model file to write")
    for field in fields(TrainingOptions):
        help_ = str(field.metadata["help"])
        if field.default is not None:
            help_ += " (default: %(default)s)"
        parser.add_argument(
            flag(field), dest=field.name, type=field.metadata["type"], default=field.default,
            metavar=field.name.rpartition("_")[2].upper(), help=help_,
        )  # fmt: skip


def run(arguments: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    from gru_debugger.training import TrainingOptions, train_file

    values = {field.name: getattr(arguments, field.name) for field in fields(TrainingOptions)}
    options = TrainingOptions(**values)
    check_output(arguments.out, arguments.force, arguments.text_file)
    with bar("training") as report:

        def progress(done: int, total: int, bits: float) -> None:
            report(done, total, bits_per_character=bits)
            part = _PARTS * done // total
            if part > _PARTS * (done - 1) // total:
                terminal.tell(done=part, bits=bits)

        summary = train_file(arguments.text_file, arguments.out, options, progress, arguments.force)
    terminal.show(summary)
    return 0
