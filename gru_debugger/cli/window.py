"""``gru-debugger [MODEL]``: the window."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gru_debugger.cli import arguments as common
from gru_debugger.errors import InputError
from gru_debugger.exports import view_arguments
from gru_debugger.files import SESSION_SUFFIX, TOUR_SUFFIX
from gru_debugger.session import marks_asked

if TYPE_CHECKING:
    from gru_debugger.core.address import Address
    from gru_debugger.window.start_request import Request

DESCRIPTION = (
    "See inside a GRU: open a trained model and a text and step through it.\n"
    "MODEL may be a session file, as the window saves it, or a tour.\n"
    "Without MODEL, the bundled demonstration opens."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    common.add_model(parser, optional=True)
    common.add_text(parser)
    common.add_edits(parser)
    common.add_beside(parser)
    place = parser.add_mutually_exclusive_group()
    place.add_argument("--step", metavar="T", type=common.positive, help="the step to open at")
    place.add_argument(
        "--at", metavar="ADDRESS",
        help="the step, and what to select there: 34, 34:z or 34:z[9]",
    )  # fmt: skip
    view_arguments.add_look(parser)
    parser.add_argument(
        "--tour", metavar="FILE", help="a tour (.grutour), or bundled:gates: questions to answer"
    )
    for option, what, words in (
        (marks_asked.LANE, "EXPRESSION", "a lane under the text; may be given again"),
        (marks_asked.STOP, "WHERE", "a stop: a step, or a condition; may be given again"),
    ):
        parser.add_argument(
            option, metavar=what, dest="marks", action="append", default=[], help=words,
            type=partial(_marked, option),
        )  # fmt: skip


def _marked(option: str, words: str) -> tuple[str, str]:
    """Both options together, in their order."""
    return option, words


def run(arguments: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    from gru_debugger import ending, system
    from gru_debugger.files import size_of
    from gru_debugger.formats import resolve

    if arguments.model is not None and arguments.model.endswith(SESSION_SUFFIX):
        return _open_session(arguments, parser)
    if arguments.tour is not None or (arguments.model or "").endswith(TOUR_SUFFIX):
        return _open_tour(arguments, parser)
    common.declare(arguments)
    request = request_of(arguments)
    if arguments.model is not None:
        size_of(resolve(arguments.model))  # a wrong name is told where there is no display too
    system.check_window()
    with ending.deferred():
        return _open(request)


def _open_session(arguments: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    """Which says itself what is read, from where, and what is set in it."""
    from gru_debugger import ending, system
    from gru_debugger.session import session_file

    _refuse_others(arguments, parser.parse_args([arguments.model]), arguments.model, "session")
    from gru_debugger.window.start_request import Request

    session_file.read(Path(arguments.model))  # told where there is no display too
    system.check_window()
    with ending.deferred():
        return _open(Request(session=arguments.model))


def _open_tour(arguments: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    """The same of a tour, which names what each stop reads."""
    from gru_debugger import ending, system
    from gru_debugger.lessons import reading
    from gru_debugger.window.start_request import Request

    tour = arguments.tour if arguments.tour is not None else arguments.model
    words = [arguments.model] if arguments.tour is None else ["--tour", tour]
    _refuse_others(arguments, parser.parse_args(words), tour, "tour")
    reading.read(tour)  # told where there is no display too
    system.check_window()
    with ending.deferred():
        return _open(Request(tour=tour))


def _refuse_others(
    arguments: argparse.Namespace, alone: argparse.Namespace, path: str, kind: str
) -> None:
    """Raises InputError: what was given besides."""
    given = [name for name, value in vars(arguments).items() if value != getattr(alone, name)]
    if given:
        named = {"edits": "--set", "marks": " and ".join(dict(arguments.marks)), "model": "MODEL"}
        option = named.get(given[0]) or f"--{given[0].replace('_', '-')}"
        raise InputError(f"{path}: a {kind} says all itself; leave out {option}.")


def request_of(arguments: argparse.Namespace) -> Request:
    """What the window is asked to open. Raises GRUDebuggerError for what can't be read."""
    from gru_debugger.window.start_request import Request

    return Request(
        path=Request.path if arguments.model is None else arguments.model,
        vocabulary=arguments.vocabulary,
        choice=common.given_choice(arguments),
        source=common.given_source(arguments),
        at=_place(arguments),
        state=arguments.initial_state,
        unknown=arguments.replace_unknown,
        edits=tuple(arguments.edits),
        beside=arguments.beside or 0,
        look=tuple(view_arguments.look_of(arguments).items()),
        marks=marks_asked.marks_of(arguments.marks),
    )


def _open(request: Request) -> int:
    import gc

    gc.disable()  # what is imported stays: looking for garbage in it takes a fortieth of a start
    from gru_debugger import ending, qt_imports

    qt_imports.quicken()
    from gru_debugger import app

    ending.check()
    return app.run(request)


def _place(arguments: argparse.Namespace) -> Address | None:
    """Where to open. Raises InputError for what is an address in no run."""
    from gru_debugger.core import address

    if arguments.at is not None:
        return address.parse(arguments.at, f"--at {arguments.at}")
    step = arguments.step
    return None if step is None else address.Address(step, said=f"--step {step}")
