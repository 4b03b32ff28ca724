"""JSON: which model and step, and each table of the pane with the names of its rows and columns."""

from __future__ import annotations

import json
from collections.abc import Iterator

from gru_debugger.exports.pane_numbers import Numbers
from gru_debugger.panes.table import Table

_NONE = ("", "nan", "inf", "-inf")  # for which JSON has no number


def render(numbers: Numbers) -> bytes:
    """The file's bytes, ASCII. What is not computed yet, or no number, is null."""
    trace = numbers.trace
    head = json.dumps({
        "model": trace.model.info(), "edits": [str(edit) for edit in trace.edits],
        "step": numbers.position, "character": numbers.character,
    })  # fmt: skip
    tables = ",\n".join(_table(*named) for named in numbers.tables())
    return f'{head[:-1]}, "tables": [\n{tables}]}}\n'.encode("ascii")


def _table(pane: str, title: str, table: Table) -> str:
    head = json.dumps({
        "pane": pane, "table": title, "heads": table.heads, "columns": table.columns,
        "note": table.note,
    })  # fmt: skip
    rows = ",\n".join(_rows(table))
    return f'{head[:-1]}, "rows": [\n{rows}]}}'


def _rows(table: Table) -> Iterator[str]:
    for i, row in enumerate(table.words().tolist()):
        values = ", ".join("null" if word in _NONE else word for word in row)
        yield f'{{"name": {json.dumps(table.name(i))}, "values": [{values}]}}'
