"""``gru-debugger [MODEL]``: the window."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from gru_debugger.cli import arguments as common

if TYPE_CHECKING:
    from gru_debugger.core.reading import Rows

DESCRIPTION = (
    "See inside a GRU: open a trained model and a text and step through it.\n"
    "Without MODEL, the bundled demonstration opens."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    common.add_model(parser, optional=True)
    common.add_text(parser)
    parser.add_argument("--step", metavar="T", type=common.positive, help="the step to open at")


def run(arguments: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    from gru_debugger import ending, system

    common.declare(arguments)
    source = common.given_source(arguments)
    system.check_window()
    with ending.deferred():
        return _open(arguments, source)


def _open(arguments: argparse.Namespace, source: str | Rows | None) -> int:
    from gru_debugger import app, ending
    from gru_debugger.window.start_request import Request

    ending.check()
    request = Request(
        path=Request.path if arguments.model is None else arguments.model,
        vocabulary=arguments.vocabulary,
        choice=common.given_choice(arguments),
        source=source,
        step=arguments.step,
        state=arguments.initial_state,
        unknown=arguments.replace_unknown,
    )
    return app.run(request)
