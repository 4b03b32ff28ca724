"""Arguments that several commands share, and what they stand for."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from gru_debugger import terminal
from gru_debugger.cli import progress
from gru_debugger.errors import InputError, OutputError, TextError

if TYPE_CHECKING:
    from gru_debugger.core.initial_state import InitialState
    from gru_debugger.core.model import Model
    from gru_debugger.core.reading import Rows
    from gru_debugger.core.trace import Trace
    from gru_debugger.formats import ModelFile
    from gru_debugger.source import Choice

LARGE = 100_000_000  # bytes; a file of more is told beforehand


def add_model(parser: argparse.ArgumentParser, optional: bool = False) -> None:
    parser.add_argument(
        "model", metavar="MODEL", nargs="?" if optional else None,
        help="a model file, or bundled:NAME",
    )  # fmt: skip
    # For the program's own processes, whose file stands for the one that is open.
    parser.add_argument("--stand-in", metavar="FILE", type=Path, help=argparse.SUPPRESS)
    parser.add_argument(
        "--vocabulary", metavar="FILE", type=Path,
        help="JSON list of the model's symbols in index order, or object symbol → index",
    )  # fmt: skip
    parser.add_argument(
        "--gru", metavar="NAME", help="which GRU, where the file holds several: their names' prefix"
    )
    for layer in ("embedding", "output"):
        parser.add_argument(
            f"--{layer}", metavar="NAME", dest=f"{layer}_name",
            help=f"the tensor that is the {layer}{' layer' * (layer == 'output')}, or none; "
            "instead of the one found by shape and name",
        )  # fmt: skip
    parser.add_argument(
        "--reset", choices=("after", "before"),
        help="where the reset gate acts, before or after the matrix product, in place of what the "
        "file says",
    )  # fmt: skip


def add_text(parser: argparse.ArgumentParser) -> None:
    group = parser.add_mutually_exclusive_group()
    group.add_argument(
        "--text", metavar="TEXT",
        help="the text to read (--text=TEXT where it begins with a dash); "
        "a bundled model brings one along",
    )  # fmt: skip
    group.add_argument("--text-file", metavar="FILE", type=Path, help="a UTF-8 file with the text")
    group.add_argument(
        "--rows", metavar="FILE",
        help="instead of a text: a 2-D array of numbers, a row a step (.npy, .csv, .npz or "
        "FILE.npz:NAME)",
    )  # fmt: skip
    parser.add_argument(
        "--replace-unknown", action="store_true",
        help="read characters that the vocabulary lacks as its unknown symbol, such as <unk>",
    )  # fmt: skip
    parser.add_argument(
        "--initial-state", metavar="FILE",
        help="h(0): an array (.npy, .csv, .npz or FILE.npz:NAME), or a recording's last state "
        "(trace's .npz)",
    )  # fmt: skip


def add_edits(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--set", metavar="EDIT", dest="edits", action="append", default=[],
        help="what if: 'z[9] = 1 at 34', 'r = 1', 'h[0:4] = 0 from 10 to 20'; may be given again",
    )  # fmt: skip


def add_beside(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--beside", metavar="T", type=positive,
        help="hold all steps against this one: reference(h[9]) is its value, and what is drawn has "
        "a line where it is another",
    )  # fmt: skip


def positive(word: str) -> int:
    """A step's number, from 1."""
    if not re.fullmatch(r"\d{1,12}", word, re.ASCII) or int(word) < 1:
        raise argparse.ArgumentTypeError(f"“{word}” is not a whole number from 1")
    return int(word)


def step_range(word: str) -> tuple[int, int]:
    """``A-B`` or ``A``, both counted from 1 and inclusive."""
    first, last = position_range(word)
    if first < 1:
        raise argparse.ArgumentTypeError(f"“{word}”: steps are counted from 1")
    return first, last


def position_range(word: str) -> tuple[int, int]:
    """The same, with 0 for what was before the first step."""
    match = re.fullmatch(r"(\d{1,12})(?:-(\d{1,12}))?", word, re.ASCII)
    if match is None:
        raise argparse.ArgumentTypeError(f"“{word}” is not A-B, the first and the last step")
    first, last = int(match[1]), int(match[2] or match[1])
    if last < first:
        raise argparse.ArgumentTypeError(f"“{word}” runs backwards; write {last}-{first}")
    return first, last


def given_choice(arguments: argparse.Namespace) -> Choice:
    from gru_debugger.source import Choice

    return Choice(
        arguments.gru, arguments.embedding_name, arguments.output_name, arguments.reset
    )


def declare(arguments: argparse.Namespace) -> None:
    """What the model stands for, where it is a copy that the program made for itself."""
    if arguments.stand_in is not None:
        from gru_debugger.formats import provenance

        provenance.declare(Path(arguments.model), arguments.stand_in)


def open_file(arguments: argparse.Namespace) -> ModelFile:
    from gru_debugger import formats

    declare(arguments)
    with progress.reading() as watch:
        return formats.open_file(arguments.model, watch)


def open_model(arguments: argparse.Namespace) -> Model:
    """For commands that write numbers or pictures: told where these are not the network's own."""
    from gru_debugger.source import inside

    model = open_file(arguments).model(arguments.vocabulary, given_choice(arguments))
    h0 = getattr(arguments, "initial_state", None) is not None
    if words := inside(model.source.told, initial_state=h0):
        terminal.warn(f"warning: {model.source.name}: {'; '.join(words)}")
    return model


def given_text(arguments: argparse.Namespace) -> str | None:
    """The text of --text or --text-file, if either is there."""
    from gru_debugger.files import read_text

    if arguments.text_file is not None:
        return read_text(arguments.text_file)
    text: str | None = arguments.text
    return text


def given_source(arguments: argparse.Namespace) -> str | Rows | None:
    """What is to be read, a text or rows, if any is given."""
    if arguments.rows is None:
        return given_text(arguments)
    from gru_debugger.formats.arrays import read_rows

    return read_rows(arguments.rows)


def given_state(arguments: argparse.Namespace, model: Model) -> InitialState | None:
    """The initial state of --initial-state, if it is there and fits the model."""
    if arguments.initial_state is None:
        return None
    from gru_debugger.formats.arrays import state_of_file

    return state_of_file(arguments.initial_state, model)


def start_trace(arguments: argparse.Namespace, model: Model) -> Trace:
    """A recording not yet begun of what is given, or of the text that the model brings along.

    With --set it has the edits, and as its reference the run without them, or a step of its own.
    """
    trace = _edited(arguments, _plain_trace(arguments, model))
    if getattr(arguments, "beside", None):
        trace.hold(arguments.beside)
    return trace


def _edited(arguments: argparse.Namespace, plain: Trace) -> Trace:
    from gru_debugger.core.edits import out_of_range

    if not arguments.edits:
        return plain
    edits = plain.parse_edits(*arguments.edits)
    for told in filter(None, map(out_of_range, edits)):
        terminal.warn(told)
    return plain.edited(edits)


def _plain_trace(arguments: argparse.Namespace, model: Model) -> Trace:
    from gru_debugger.core.trace import Trace

    source, unknown = given_source(arguments), arguments.replace_unknown
    h0 = given_state(arguments, model)
    if source is None:
        if model.example is None:
            raise InputError(
                f"{arguments.model}: the file brings no text along; give {_wanted(model)}."
            )
        return Trace(model, model.example.text, h0, unknown)
    with _named(arguments):
        return Trace(model, source, h0, unknown)


@contextmanager
def _named(arguments: argparse.Namespace) -> Iterator[None]:
    """What is wrong with a text is said of the file or the argument that gave it."""
    origin = arguments.text_file or ("--text" if arguments.text is not None else "")
    try:
        yield
    except (TextError, InputError) as fault:
        if not origin:
            raise
        raise type(fault)(f"{origin}: {fault}") from None


def _wanted(model: Model) -> str:
    if model.input == "features":
        return f"rows of {model.input_size} numbers with --rows FILE"
    return "one with --text TEXT or --text-file FILE"


def check_steps(steps: tuple[int, int], trace: Trace) -> None:
    first, last = steps
    if last > trace.steps:
        written = str(first) if first == last else f"{first}-{last}"
        raise InputError(f"--steps {written}: {trace.reading.steps_in_words}; choose from these.")


def record(
    arguments: argparse.Namespace, trace: Trace, last: int, report: Callable[[int], None]
) -> None:
    """Record up to step `last`, and as far beyond it as the model's structure asks.

    Raises InputError where states grow beyond all numbers.
    """
    with _named(arguments):
        while trace.recorded < last and trace.advance():
            report(min(trace.recorded, last))


def add_output(
    parser: argparse.ArgumentParser, suffixes: Sequence[str], name: str = "OUT", what: str = ""
) -> None:
    """The file to write, whose ending is one of `suffixes`, and --force."""

    def path(word: str) -> Path:
        if Path(word).suffix.lower() not in suffixes:
            *others, last = suffixes
            kinds = f"{', '.join(others)} or {last}" if others else last
            raise argparse.ArgumentTypeError(f"“{word}” must end in {kinds}")
        return Path(word)

    parser.add_argument(
        "-o", dest="out", metavar="|".join(f"{name}{suffix}" for suffix in suffixes),
        required=True, type=path, help=what or "the file to write; its ending says which kind",
    )  # fmt: skip
    add_force(parser)


def add_force(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--force", action="store_true", help="overwrite a file that is there")


def check_output(out: Path, force: bool, *inputs: str | Path | None) -> None:
    """Told before the work: `out` can't be written, is there already, or is one of the inputs."""
    from gru_debugger import output

    for given in inputs:
        # FILE.npz:NAME is of FILE.npz.
        paths = [] if given is None else [Path(given), Path(str(given).rpartition(":")[0] or given)]
        if any(out.exists() and path.exists() and out.samefile(path) for path in paths):
            raise OutputError(f"{out}: this is a file to be read; write to another.")
    output.check(out, force)
