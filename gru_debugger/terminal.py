"""What the program prints. Every word of it passes here, since file and tensor names are others'.

A terminal obeys escapes, and a line break in a name can forge a message: what is printed stands on
lines of bounded length, in characters that are only shown.
"""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from gru_debugger.errors import GRUDebuggerError, one_line


def show(*lines: str) -> None:
    """On standard output. Raises OSError where it can't be written."""
    if sys.stdout is not None:
        sys.stdout.write("".join(f"{one_line(line)}\n" for line in lines))
        sys.stdout.flush()  # here, where a failure can still be told


def show_json(content: Any, indent: int | None = None) -> None:
    """All of it, on standard output; JSON has escapes of its own for what a terminal obeys."""
    if sys.stdout is not None:
        sys.stdout.write(_json(content, indent) + "\n")
        sys.stdout.flush()


def show_items(items: Iterable[Any]) -> None:
    """A JSON list, an item a line as they come: a million of them are never in memory at once."""
    if sys.stdout is not None:
        before = "["
        for item in items:
            sys.stdout.write(f"{before}\n {_json(item)}")
            before = ","
        sys.stdout.write("[]\n" if before == "[" else "\n]\n")
        sys.stdout.flush()


def show_rows(rows: Iterable[Iterable[str]]) -> None:
    """Lines of cells with a tab between, as long as they are; text in a cell as in JSON."""
    if sys.stdout is not None:
        for cells in rows:
            sys.stdout.write("\t".join(map(_in_cell, cells)) + "\n")
        sys.stdout.flush()


def _in_cell(text: str) -> str:
    return text if text.isprintable() else _json(text)[1:-1]


def _json(content: Any, indent: int | None = None) -> str:
    return json.dumps(content, indent=indent, allow_nan=False).replace("\x7f", "\\u007f")


def warn(words: str) -> None:
    """One line on standard error."""
    _say(f"gru-debugger: {words}")


def fail(fault: GRUDebuggerError) -> None:
    """The same of an error, and its class and attributes for a window that listens."""
    tell(error=fault.to_json())
    warn(str(fault))


def report(text: str) -> None:
    """A traceback, on standard error."""
    _say(*text.splitlines())


# A child of the window's ---------------------------------------------------------------------

_listened_to = False


def be_listened_to() -> None:
    """This process was started by one that understands what `tell` says."""
    global _listened_to
    _listened_to = True


def tell(**what: Any) -> None:
    """A line of JSON on standard output, for the window that started this; nothing for people.

    `done`: a number of pictures, of training so many hundredths, with `bits` a character;
    `answer`: what was found; `error`: what `fail` tells.
    """
    if _listened_to and sys.stdout is not None:
        sys.stdout.write(json.dumps(what) + "\n")
        sys.stdout.flush()


def _say(*lines: str) -> None:
    if sys.stderr is not None:
        sys.stderr.write("".join(f"{one_line(line)}\n" for line in lines))
        sys.stderr.flush()


# The streams -------------------------------------------------------------------------------


def prepare() -> None:
    """Before anything is printed, or opened."""
    if os.name == "posix":
        _fill_streams()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal without Unicode


def _fill_streams() -> None:
    """Of those that the program was started without: no file that it opens shall stand for one.

    What is said on standard error is lost then; standard output can't be written, which is told.
    """
    for number, flags in ((0, os.O_RDONLY), (1, os.O_RDONLY), (2, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            handle = os.open(os.devnull, flags)
            if handle != number:
                os.dup2(handle, number)
                os.close(handle)
    if sys.stdout is None:
        sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    if sys.stderr is None:
        sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)


@contextmanager
def silenced() -> Iterator[None]:
    """What a library prints meanwhile, into whichever stream, goes nowhere."""
    kept = os.dup(1), os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os.dup2(kept[0], 1)
        os.dup2(kept[1], 2)


def discard() -> None:
    """Send what is still buffered nowhere, or Python complains about it while it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
