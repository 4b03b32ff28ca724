"""``gru-debugger [MODEL]``: the window."""

from __future__ import annotations

import argparse
import signal
from typing import TYPE_CHECKING

from gru_debugger.cli import arguments as common
from gru_debugger.errors import SeveralGRUsError

if TYPE_CHECKING:
    from gru_debugger.core.model import Model

DESCRIPTION = (
    "See inside a GRU: open a trained model and a text and step through it.\n"
    "Without MODEL, the bundled demonstration opens."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    common.add_model(parser, optional=True)
    common.add_text(parser)
    parser.add_argument("--step", metavar="T", type=common.positive, help="the step to open at")


def run(arguments: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    from gru_debugger import system

    source = common.given_source(arguments)
    system.check_window()
    model = open_model(arguments)
    h0 = common.given_state(arguments, model)
    from gru_debugger import app

    # While Qt waits for events no Python runs that could notice Ctrl+C, and in the midst of a
    # paint Qt swallows the exception: so the system's own way to end it.
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        status: int = app.run(model, source, arguments.step, h0, arguments.replace_unknown)
    finally:
        signal.signal(signal.SIGINT, before)
    return status


def open_model(arguments: argparse.Namespace) -> Model:
    """As for the other commands; of several GRUs one is asked for, unless something was chosen."""
    file = common.open_file(arguments)
    try:
        return file.model(arguments.vocabulary, common.given_choice(arguments))
    except SeveralGRUsError:
        from gru_debugger import app

        model = app.ask_gru(file, arguments.vocabulary)
        if model is None:
            raise
        return model
