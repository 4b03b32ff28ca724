"""HTML: one page that goes from step to step by keys, in any browser, from numbers in the file.

It asks no network for anything: style and script stand in it, and its policy forbids all else.
Whatever a model or a text says stands in JSON in which nothing is markup.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Iterator
from string import Template
from typing import IO, TYPE_CHECKING

from gru_debugger.errors import InputError
from gru_debugger.exports.recording import json_numbers
from gru_debugger.numerals import counted, grouped
from gru_debugger.paths import resource

if TYPE_CHECKING:
    from gru_debugger.core.cell import Array
    from gru_debugger.exports.jobs import SnapshotJob
    from gru_debugger.exports.snapshots import Film

MOST = 50_000  # steps times units: some 25 MB, which a browser still opens in a second or two
_PANES = ("window", "cell")


def check(job: SnapshotJob) -> None:
    """Raises InputError for more than a page can hold, or a part of one."""
    if job.pane not in _PANES:
        raise InputError(
            f"a page (--format html) shows the whole cell, not the pane {job.pane} alone; choose "
            "the window."
        )
    steps, units = len(job.steps), job.model.hidden_size
    if steps * units > MOST:
        raise InputError(
            f"--format html: {counted(steps, 'step')} of {counted(units, 'unit')} are more than a "
            f"page can hold; choose at most {grouped(max(1, MOST // units))} with --steps."
        )


def write(film: Film, out: IO[bytes]) -> None:
    begin, end = _around(film)
    out.write(begin.encode())
    for piece in _data(film):
        out.write(_harmless(piece).encode())
    out.write(end.encode())


def _around(film: Film) -> tuple[str, str]:
    """The page before its data and behind them."""
    from gru_debugger.exports import page

    style = page.colours() + _file("page.css")
    script = _file("page.js")
    begin, end = Template(_file("page.html")).substitute(
        theme=film.job.theme, title=html.escape(film.job.title), style=style, script=script,
        style_hash=_hash(style), script_hash=_hash(script), data="\0",
    ).split("\0")  # fmt: skip
    return begin, end


def _file(name: str) -> str:
    return resource("page", name).read_text("utf-8")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _harmless(piece: str) -> str:
    """JSON that ends no script and begins no comment, whatever its strings say."""
    return piece.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _data(film: Film) -> Iterator[str]:
    """One JSON object, a step at a time. ASCII: half a surrogate pair does no harm."""
    from gru_debugger.exports import page

    session = film.snapshot.session
    yield json.dumps(page.head(session, film.snapshot.theme), allow_nan=False)[:-1]
    comma = ', "steps": [\n'
    for _ in film.steps():
        words = json.dumps(page.steps_words(session), allow_nan=False)[:-1]
        yield f'{comma}{words}, "values": {{{_values(film)}}}}}'
        comma = ",\n"
    yield "\n]}"


def _values(film: Film) -> str:
    """Of the position where the session is: h(0) before the first step."""
    from gru_debugger.exports import page

    session = film.snapshot.session
    if session.step is not None:
        found = {name: session.step.values[name] for name in page.SHOWN}
    else:
        found = {} if session.initial is None else {"h": session.initial}
    return ", ".join(f'"{name}": [{_numbers(values)}]' for name, values in found.items())


def _numbers(values: Array) -> str:
    return ",".join(json_numbers(values))
