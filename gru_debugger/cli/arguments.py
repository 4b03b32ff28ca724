"""Arguments that several commands share, and what they stand for."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from gru_debugger.errors import InputError, OutputError, TextError

if TYPE_CHECKING:
    from gru_debugger.core.model import Model
    from gru_debugger.core.trace import Trace


def add_model(parser: argparse.ArgumentParser, optional: bool = False) -> None:
    parser.add_argument(
        "model", metavar="MODEL", nargs="?" if optional else None,
        help="a model file, or bundled:NAME",
    )  # fmt: skip
    parser.add_argument(
        "--vocabulary", metavar="FILE", type=Path,
        help="JSON list of the model's symbols in index order, or object symbol → index",
    )  # fmt: skip
    parser.add_argument(
        "--gru", metavar="NAME", help="which GRU, where the file holds several: their names' prefix"
    )


def add_text(parser: argparse.ArgumentParser) -> None:
    group = parser.add_mutually_exclusive_group()
    group.add_argument(
        "--text", metavar="TEXT",
        help="the text to read (--text=TEXT where it begins with a dash); "
        "a bundled model brings one along",
    )  # fmt: skip
    group.add_argument("--text-file", metavar="FILE", type=Path, help="a UTF-8 file with the text")


def positive(word: str) -> int:
    """A step's number, from 1."""
    if not re.fullmatch(r"\d{1,12}", word, re.ASCII) or int(word) < 1:
        raise argparse.ArgumentTypeError(f"“{word}” is not a whole number from 1")
    return int(word)


def step_range(word: str) -> tuple[int, int]:
    """``A-B`` or ``A``, both counted from 1 and inclusive."""
    match = re.fullmatch(r"(\d{1,12})(?:-(\d{1,12}))?", word, re.ASCII)
    if match is None:
        raise argparse.ArgumentTypeError(f"“{word}” is not A-B, the first and the last step")
    first, last = int(match[1]), int(match[2] or match[1])
    if first < 1:
        raise argparse.ArgumentTypeError(f"“{word}”: steps are counted from 1")
    if last < first:
        raise argparse.ArgumentTypeError(f"“{word}” runs backwards; write {last}-{first}")
    return first, last


def open_model(arguments: argparse.Namespace) -> Model:
    from gru_debugger.formats import load_model

    return load_model(arguments.model, vocabulary=arguments.vocabulary, gru=arguments.gru)


def given_text(arguments: argparse.Namespace) -> str | None:
    """The text of --text or --text-file, if either is there."""
    from gru_debugger.files import read_text

    if arguments.text_file is not None:
        return read_text(arguments.text_file)
    text: str | None = arguments.text
    return text


def start_trace(arguments: argparse.Namespace, model: Model) -> Trace:
    """A recording not yet begun of the text given, or of the one the model brings along."""
    from gru_debugger.core.trace import Trace

    text = given_text(arguments)
    if text is None:
        if model.example is None:
            raise InputError(
                f"{arguments.model}: the file brings no text along; give one with --text TEXT "
                "or --text-file FILE."
            )
        return Trace(model, model.example.text)
    try:
        return Trace(model, text)
    except (TextError, InputError) as fault:
        origin = arguments.text_file or "--text"
        raise type(fault)(f"{origin}: {fault}") from None


def check_steps(steps: tuple[int, int], trace: Trace) -> None:
    first, last = steps
    if last > trace.steps:
        written = str(first) if first == last else f"{first}-{last}"
        raise InputError(f"--steps {written}: the text has steps 1 to {trace.steps}.")


def record(trace: Trace, last: int, report: Callable[[int], None]) -> None:
    """Record up to step `last`, and as far beyond it as the model's structure asks."""
    while trace.recorded < last and trace.advance():
        report(min(trace.recorded, last))


def refuse_overwriting(out: Path, *inputs: str | Path | None) -> None:
    """An output that is one of the command's own inputs is a slip of the hand."""
    for given in inputs:
        path = None if given is None else Path(given)
        if path is not None and out.exists() and path.exists() and out.samefile(path):
            raise OutputError(f"{out}: this is a file to be read; write to another.")
