"""CSV in long form, as a recording's: a line a number, of all tables of the pane."""

from __future__ import annotations

import csv
import io

from gru_debugger.exports.pane_numbers import Numbers

HEADER = ("step", "character", "pane", "table", "row", "column", "value")


def render(numbers: Numbers) -> bytes:
    """The file's bytes. Of what is not computed yet there is no line."""
    out = io.StringIO(newline="")
    write = csv.writer(out, lineterminator="\n")
    write.writerow(HEADER)
    for pane, title, table in numbers.tables():
        front = numbers.position, numbers.character, pane, title
        for i, row in enumerate(table.words().tolist()):
            name = " ".join(filter(None, table.name(i)))
            cells = zip(table.columns, row, strict=True)
            write.writerows((*front, name, column, value) for column, value in cells if value)
    return out.getvalue().encode("utf-8", "backslashreplace")
