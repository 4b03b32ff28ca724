"""``gru-debugger find``: the steps at which a condition holds, a line each."""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from gru_debugger.cli import arguments as common
from gru_debugger.cli.progress import bar

if TYPE_CHECKING:
    from gru_debugger.core.expressions import Term
    from gru_debugger.core.trace import Trace

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
    from gru_debugger.core import expressions

    model = common.open_model(arguments)
    trace = common.start_trace(arguments, model)
    condition = expressions.condition(arguments.where, trace)
    shown = [expressions.compile_expression(text, trace) for text in arguments.show]
    columns = _columns(condition, shown)
    with bar("recording", trace.steps) as report:
        common.record(trace, trace.steps, report)
    found = _hits(condition, columns, trace, arguments.limit)
    if arguments.json:
        _print_json(found)
    else:
        _print_lines(found, columns)
    return 0


def _columns(condition: Term, shown: list[Term]) -> dict[str, Term]:
    """By their headings, as they were written; each once."""
    sides = {side.text: side for side in condition.sides}
    for heading in ("step", "character"):
        sides.pop(heading, None)
    return sides | {term.text: term for term in shown}


def _hits(
    condition: Term, columns: dict[str, Term], trace: Trace, limit: int | None
) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Step, character and the columns' values, as Python's own; text None where there is none."""
    from gru_debugger.core import expressions

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


def _print_lines(
    found: Iterator[tuple[int, str, dict[str, Any]]], columns: dict[str, Term]
) -> None:
    headings = (heading.replace("\t", " ") for heading in columns)
    print("\t".join(["step", "character", *headings]))
    for step, character, values in found:
        words = [str(step), _quoted(character), *map(_in_line, values.values())]
        print("\t".join(words))


def _in_line(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(map(_in_line, value))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.7g}"
    return "" if value is None else _quoted(value)


def _quoted(text: str) -> str:
    """As in JSON without the quotation marks, so that it stays on its line."""
    return json.dumps(text, ensure_ascii=not text.isprintable())[1:-1]


def _print_json(found: Iterator[tuple[int, str, dict[str, Any]]]) -> None:
    """A list, an object a line: a million of them are never in memory at once."""
    before = "["
    for step, character, values in found:
        numbers = {heading: _in_json(value) for heading, value in values.items()}
        hit = {"step": step, "character": character, "values": numbers}
        print(before, json.dumps(hit, allow_nan=False), sep="\n ", end="")
        before = ","
    print("\n]" if before == "," else "[]")


def _in_json(value: Any) -> Any:
    if isinstance(value, list):
        return [_in_json(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
