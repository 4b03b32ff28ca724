"""``gru-debugger convert``: a model as another framework's file."""

from __future__ import annotations

import argparse
from pathlib import Path

from gru_debugger.cli import arguments as common
from gru_debugger.conversion import SUFFIXES

DESCRIPTION = (
    "Write a model as a file of another framework, every number as it is, with its vocabulary and "
    "where it came from."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    common.add_model(parser)
    common.add_output(parser, SUFFIXES)


def run(arguments: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    from gru_debugger.conversion import convert
    from gru_debugger.formats import resolve
    from gru_debugger.formats.provenance import stands_for
    from gru_debugger.output import write_bytes

    out: Path = arguments.out
    common.check_output(out, arguments.force, resolve(arguments.model), arguments.vocabulary)
    model = common.open_model(arguments)
    data = convert(model, out, stands_for(model.source.path))
    write_bytes(out, data, arguments.force)
    return 0
