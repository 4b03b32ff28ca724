"""``gru-debugger convert``: a model as another framework's file."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from gru_debugger.cli import arguments as common
from gru_debugger.conversion import KINDS
from gru_debugger.errors import OutputError

DESCRIPTION = (
    "Write a model as a file of another framework, every number as it is, with its vocabulary and "
    "where it came from."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    common.add_model(parser)
    parser.add_argument("--force", action="store_true", help="overwrite a file that is there")
    parser.add_argument(
        "-o", dest="out", metavar="|".join(f"OUT{suffix}" for suffix in KINDS), required=True,
        type=out_file, help="the file to write; its ending says which kind",
    )  # fmt: skip
    # For the window, whose file stands for the one that is open.
    parser.add_argument("--stand-in", action="store_true", help=argparse.SUPPRESS)


def out_file(word: str) -> Path:
    path = Path(word)
    if path.suffix.lower() not in KINDS:
        *others, last = KINDS
        raise argparse.ArgumentTypeError(f"“{word}” must end in {', '.join(others)} or {last}")
    return path


def run(arguments: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    from gru_debugger.conversion import convert
    from gru_debugger.files import write_bytes
    from gru_debugger.formats import resolve

    out: Path = arguments.out
    common.refuse_overwriting(out, resolve(arguments.model), arguments.vocabulary)
    if out.exists() and not arguments.force:
        raise OutputError(
            f"{out}: the file is there already; add --force to overwrite, or name another."
        )
    model = common.open_model(arguments)
    data = convert(model, out, model.source.converted_from if arguments.stand_in else None)
    for warning in model.source.warnings:
        print(f"gru-debugger: {arguments.model}: {warning}", file=sys.stderr)
    write_bytes(out, data)
    return 0
