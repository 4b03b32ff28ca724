"""What README says of the program's own tables, written from them: `make docs`.

Between ``<!-- NAME: written by make docs -->`` and ``<!-- end -->`` stands what a function here
makes; everything else is written by hand. A test fails where README says something else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import fields
from pathlib import Path

from gru_debugger import conversion, formats
from gru_debugger.actions import shortcuts_table
from gru_debugger.exports import recordings
from gru_debugger.exports.jobs import FORMATS, PANES
from gru_debugger.numerals import brief
from gru_debugger.questions.thresholds import USUAL, Thresholds

README = Path(__file__).parents[1] / "README.md"


def _table(head: tuple[str, str], rows: Iterable[tuple[str, str]]) -> str:
    lines = [head, ("---", "---"), *rows]
    return "\n".join(f"| {left} | {right} |" for left, right in lines)


def keys() -> str:
    rows = ((title, f"`{pressed}`".replace(" · ", "` · `")) for title, pressed in shortcuts_table())
    return _table(("action", "keys"), rows)


def offered() -> str:
    rows = {
        "panes, `export --pane`": PANES,
        "pictures and numbers, `export --format`": FORMATS,
        "recordings, `trace -o`": recordings.SUFFIXES,
        "models written, `convert -o`": conversion.SUFFIXES,
        "models read usually end in": formats.suffixes(),
    }
    return _table(("", "names"), ((what, f"`{' '.join(names)}`") for what, names in rows.items()))


def thresholds() -> str:
    rows = ((f"`{one.name}` {brief(getattr(USUAL, one.name))}",
             f"{one.metadata['title']}: {one.metadata['meaning']}")
            for one in fields(Thresholds))  # fmt: skip
    return _table(("as usual", "what it means"), rows)


SECTIONS: dict[str, Callable[[], str]] = {
    "keys": keys, "offered": offered, "thresholds": thresholds
}  # fmt: skip


def written(readme: str) -> str:
    """The same text with its sections as they are now. Raises ValueError where one is missing."""
    for name, make in SECTIONS.items():
        start = f"<!-- {name}: written by make docs -->"
        section = f"{start}\n\n{make()}\n\n<!-- end -->"
        pattern = rf"{re.escape(start)}.*?<!-- end -->"
        readme, found = re.subn(pattern, lambda _, new=section: new, readme, flags=re.DOTALL)
        if found != 1:
            raise ValueError(f"README.md: {found} places begin with {start}; one is wanted.")
    return readme


if __name__ == "__main__":
    README.write_text(written(README.read_text("utf-8")), "utf-8")
