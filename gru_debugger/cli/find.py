"""``gru-debugger find``: the steps at which a condition holds, a line each."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any

from gru_debugger import terminal
from gru_debugger.cli import arguments as common
from gru_debugger.cli.progress import bar
from gru_debugger.numerals import grouped
from gru_debugger.questions.as_text import as_text

if TYPE_CHECKING:
    from gru_debugger.core.trace import Trace
    from gru_debugger.questions.expressions import Term

Hit = tuple[int, str, dict[str, Any]]  # step, character, the columns' values

DESCRIPTION = (
    "Print the steps where a condition holds, tab-separated: step, character, the sides of its "
    "comparisons, and what --show asks for."
)
_EPILOG = """conditions: z[9] < 0.05   character == "e" and max(abs(h - h_prev)) > 0.5
  predicted != next_character   mean(r) < 0.2   argmax(changed(h)) == 9   ends_with("the ")"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    common.add_model(parser)
    common.add_text(parser)
    common.add_edits(parser)
    common.add_beside(parser)
    parser.add_argument(
        "--where", metavar="CONDITION", required=True, help="such as 'z[9] < 0.05 and step > 3'"
    )
    parser.add_argument(
        "--show", metavar="EXPRESSION", action="append", default=[],
        help="a further column, such as 'surprise' or 'h[0:4]'; may be given again",
    )  # fmt: skip
    parser.add_argument("--limit", metavar="N", type=common.positive, help="stop after N steps")
    parser.add_argument("--json", action="store_true", help="print a list of objects instead")


def run(arguments: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    from gru_debugger.questions import expressions

    model = common.open_model(arguments)
    trace = common.start_trace(arguments, model)
    condition = expressions.condition(arguments.where, trace)
    shown = [expressions.compile_expression(text, trace) for text in arguments.show]
    columns = _columns(condition, shown)
    with bar("recording", trace.steps) as report:
        common.record(arguments, trace, trace.steps, report)
    found = _hits(condition, columns, trace, arguments.limit)
    if arguments.json:
        terminal.show_items(map(_in_json, found))
    else:
        first = next(found, None)
        terminal.show_rows([["step", "character", *columns]])
        if first is None:
            terminal.warn(f"no step of {grouped(trace.steps)} meets “{arguments.where}”.")
        else:
            terminal.show_rows(map(_in_line, chain([first], found)))
    return 0


def _columns(condition: Term, shown: list[Term]) -> dict[str, Term]:
    """By their headings, as they were written; each once."""
    sides = {side.text: side for side in condition.sides}
    for heading in ("step", "character"):
        sides.pop(heading, None)
    return sides | {term.text: term for term in shown}


def _hits(
    condition: Term, columns: dict[str, Term], trace: Trace, limit: int | None
) -> Iterator[Hit]:
    """Step, character and the columns' values, as Python's own; text None where there is none."""
    from gru_debugger.questions import expressions

    left = limit if limit is not None else trace.steps
    for stretch, rows in expressions.hits(condition, trace):
        rows = rows[:left]
        left -= len(rows)
        if rows:
            values = {
                heading: _spread(term.values(stretch), len(stretch), rows)
                for heading, term in columns.items()
            }
            for i, row in enumerate(rows):
                step = stretch.a + row + 1
                yield step, trace.characters[step - 1], {k: v[i] for k, v in values.items()}
        if not left:
            return


def _spread(values: Any, count: int, rows: list[int]) -> list[Any]:
    """The values of some rows of a stretch of `count`, of what may be the same at every step."""
    import numpy as np

    array = np.asarray(values)
    if not array.ndim:
        array = np.broadcast_to(array, (count,))
    picked: list[Any] = array[rows].tolist()
    return picked


def _in_line(hit: Hit) -> list[str]:
    step, character, values = hit
    return [str(step), as_text(character), *map(as_text, values.values())]


def _in_json(hit: Hit) -> dict[str, Any]:
    step, character, values = hit
    numbers = {heading: _finite(value) for heading, value in values.items()}
    return {"step": step, "character": character, "values": numbers}


def _finite(value: Any) -> Any:
    """JSON has no word for what is not a number."""
    if isinstance(value, list):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
