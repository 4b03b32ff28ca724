"""The command line: which command, its exit status, and one line for whatever goes wrong.

Each command is a module of this package with ``DESCRIPTION``, ``add_arguments(parser)`` and
``run(arguments, parser) -> int``. A module is imported only when its command is the one called,
and imports numpy, Qt or torch only once its arguments are known to be right: ``--help`` is quick.

Exit status: 0 done; 1 the input can't be used; 2 wrong usage; 129, 130, 143 ended by SIGHUP,
Ctrl+C, SIGTERM; 141 the reader of the output went away.
"""

from __future__ import annotations

import argparse
import atexit
import importlib
import os
import re
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

# Before numpy is imported: for one step's small products, threads that wait for each other on busy
# cores take twenty times as long as one thread.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from gru_debugger import __version__, ending, terminal
from gru_debugger.errors import GRUDebuggerError, InputError, OutputError

COMMANDS = {
    "info": "say what a model file holds",
    "trace": "write every quantity of every step to a file",
    "find": "print the steps where a condition holds",
    "explain": "print the worked calculation of a step",
    "influence": "write how each earlier state moves a value",
    "convert": "write a model as another framework's file",
    "export": "write pictures of steps, without a display",
    "train": "train a small character model on a text of your own",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command, or open the window; the exit status."""
    if argv is None:  # the program itself, which ends with this
        atexit.register(ending.skip_teardown)
    words = list(sys.argv[1:] if argv is None else argv)
    terminal.prepare()
    try:
        with ending.heeded():
            status = _dispatch(words)
        return status
    except GRUDebuggerError as fault:
        return _fail(fault)
    except KeyboardInterrupt as ended:
        return ending.status(ended)
    except BrokenPipeError:
        terminal.discard()
        return 141
    except OSError as fault:  # those of files are told by `files`; what is left is the terminal
        terminal.discard()
        told = f"standard output: {fault.strerror or fault}; send it elsewhere."
        return _fail(OutputError(told))
    except MemoryError:
        return _fail(InputError("not enough memory; use a shorter text or a smaller model."))


def _dispatch(words: list[str]) -> int:
    named = bool(words) and words[0] in COMMANDS
    command = words[0] if named else "window"
    module = importlib.import_module(f"{__name__}.{command}")
    parser = _parser(command, module.DESCRIPTION)
    module.add_arguments(parser)
    if words and not named:
        _check_command(words[0], parser)
    arguments = parser.parse_args(words[1:] if named else words)
    status: int = module.run(arguments, parser)
    return status


def _check_command(word: str, parser: argparse.ArgumentParser) -> None:
    """A bare word that is no file is told as a command that there is not."""
    if not re.fullmatch(r"[^\W\d][\w-]*", word) or os.path.lexists(word):
        return
    from difflib import get_close_matches

    from gru_debugger.formats import bundled_names

    if word not in bundled_names():  # else whoever opens it says what was meant
        near = get_close_matches(word, COMMANDS, n=1)
        mend = f"did you mean {near[0]}? There" if near else "there"
        parser.error(f"{word}: no such command or file; {mend} are {', '.join(COMMANDS)}")


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in a line, as all else is said."""

    def error(self, message: str) -> NoReturn:
        terminal.tell(error=InputError(message).to_json())
        terminal.warn(f"{message.removesuffix('.')}; see {self.prog} --help.")
        self.exit(2)


def _parser(command: str, description: str) -> argparse.ArgumentParser:
    if command != "window":
        return _Parser(prog=f"gru-debugger {command}", description=description, allow_abbrev=False)
    listed = "\n".join(f"  {name:<10}{what}" for name, what in COMMANDS.items())
    parser = _Parser(
        prog="gru-debugger",
        description=description,
        epilog=f"commands:\n{listed}\n\n“gru-debugger COMMAND --help” tells more.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--version", action=_Version, nargs=0,
        help="say it, what guards from a file here, and what records",
    )  # fmt: skip
    return parser


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from gru_debugger import sandbox
        from gru_debugger.core.compiled import engine_name

        terminal.show(
            f"gru-debugger {__version__}",
            f"A file is read with: {', '.join(sandbox.in_force())}",
            f"A text is recorded by: {engine_name()}",
        )
        parser.exit()


def _fail(fault: GRUDebuggerError) -> int:
    terminal.fail(fault)
    return 1
