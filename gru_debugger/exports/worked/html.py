"""The worked sheet as one HTML file: real tables, offline, in each way of writing it.

Without scripts everything stands below one another; with them one way of writing and one unit are
shown, and a radio button and a list choose others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape

from gru_debugger.exports.worked_page import SCRIPT, STYLE
from gru_debugger.exports.worked_step import WorkedStep, joined
from gru_debugger.exports.worked_tables import Cell, Row, Table, band_table, ledger_table
from gru_debugger.questions.calculation import Sheet
from gru_debugger.questions.calculation_symbols import WRITINGS, Writing
from gru_debugger.spans import Span

_NAMES: dict[Writing, str] = {"pytorch": "PyTorch", "course": "Course", "keras": "Keras"}
_PIECE = re.compile(r"_\{([^}]*)\}|\^\{([^}]*)\}|_(.)|([^\W\d_]̃?)|(.)", re.S)
_WORD = re.compile(r"(?<![^\W_])[^\W\d_]{3,}(?![^\W_])")


def render(worked: WorkedStep) -> str:
    return "\n".join(_page(worked)) + "\n"


def _page(worked: WorkedStep) -> Iterator[str]:
    title = escape(worked.title_of_all)
    yield "<!DOCTYPE html>"
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    # Nothing is fetched, whatever a name in here says.
    yield ('<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
           "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">")  # fmt: skip
    yield f"<title>{title}</title>"
    yield f"<style>\n{STYLE}</style></head>"
    yield f'<body data-unit="{worked.unit}" data-writing="{worked.writing}">'
    yield f"<header><h1>{title}</h1>"
    yield f"<p>{escape(' · '.join(worked.under_title))}</p>"
    yield from _choices(worked)
    yield "</header><main>"
    for writing in WRITINGS:
        for one in worked.each:
            yield from _section(one, writing, worked.and_next)
    yield f"</main>\n<script>\n{SCRIPT}</script>\n</body></html>"


def _units(worked: WorkedStep) -> list[int]:
    return [worked.unit] if worked.alone else [*worked.rows]


def _choices(worked: WorkedStep) -> Iterator[str]:
    yield '<form class="choices" hidden><fieldset><legend>Notation</legend>'
    for writing in WRITINGS:
        checked = " checked" * (writing == worked.writing)
        yield (f'<label><input type="radio" name="writing" value="{writing}"{checked}> '
               f"{_NAMES[writing]}</label>")  # fmt: skip
    yield '</fieldset><label>Unit <select name="unit">'
    for unit in _units(worked):
        yield f"<option{' selected' * (unit == worked.unit)}>{unit}</option>"
    yield "</select></label></form>"


def _section(worked: WorkedStep, writing: Writing, several: bool) -> Iterator[str]:
    of = worked.sheet(writing)
    yield f'<section data-writing="{writing}"><h2>In {_NAMES[writing]}’s writing</h2>'
    if several:
        yield f"<h3>Step {worked.t}, {escape(worked.character)}</h3>"
    yield '<div class="sheet">'
    for band in () if worked.alone else of.bands:
        yield from _table(band_table(of, band, worked.rounding(of)))
    yield from _list(worked.of_step(of))
    yield '</div><div class="units">'
    for unit in _units(worked):
        yield from _unit(worked, of, unit)
    yield '</div><div class="notes">'
    notes = [worked.left_out(), worked.input_note, worked.rounded(worked.rounding(of))]
    notes.append("Bold: the three largest products of a gate. †: set by hand.")
    yield from (f"<p class=note>{escape(note)}</p>" for note in notes if note)
    yield "</div></section>"


def _unit(worked: WorkedStep, of: Sheet, unit: int) -> Iterator[str]:
    found, rounding = worked.ledger(of, unit)
    yield f'<article data-unit="{unit}">'
    yield from _table(ledger_table(of, found, rounding))
    name, numbers = worked.blend(of, unit, rounding).split(" ", 1)
    yield f"<p class=blend>{_math(name.replace('_', '_{') + '}')} {escape(numbers)}</p>"
    yield from _list(worked.sentences(of, unit))
    yield from (f"<p class=note>{escape(note)}</p>" for note in worked.of_writing(of, unit))
    yield "</article>"


def _list(said: Iterable[Sequence[Span]]) -> Iterator[str]:
    items = [f"<li>{joined(spans, _span)}</li>" for spans in said]
    yield from ("<ul>", *items, "</ul>") if items else ()


# Tables --------------------------------------------------------------------------------------


def _table(table: Table) -> Iterator[str]:
    equation = f" <span class=equation>{_math(table.equation)}</span>" if table.equation else ""
    yield f"<div class=scroll><table><caption>{escape(table.title)}{equation}</caption>"
    for row in table.rows:
        yield _row(row, table.columns)
    yield "</table></div>"


def _row(row: Row, columns: int) -> str:
    if row.kind == "rule":
        return f'<tr class=rule aria-hidden="true"><td colspan={columns + 1}></td></tr>'
    scope = "col" if row.kind == "head" else "row"
    unit = "" if row.unit is None else f' data-unit="{row.unit}"'
    name = f"<th scope={scope}>{_cell(row.name)}</th>"
    if row.kind == "head":
        return f"<tr>{name}{''.join(f'<th scope=col>{_cell(c)}</th>' for c in row.cells)}</tr>"
    return f"<tr class={row.kind}{unit}>{name}{''.join(map(_data, row.cells))}</tr>"


def _data(cell: Cell) -> str:
    """A number with its tint: so many percent of a colour that the page has for it."""
    share = round(abs(cell.share) * 50)
    tint = cell.tint if cell.tint != "map" else ("plus" if cell.share > 0 else "minus")
    style = f' class={tint} style="--a:{share}%"' if tint and share else ""
    inner = f"<b>{_cell(cell)}</b>" if cell.large else _cell(cell)
    return f"<td{style}>{inner}</td>"


def _cell(cell: Cell) -> str:
    words = escape(cell.number or cell.words) or _math(cell.symbol)
    sign = f"<span class=sign>{escape(cell.sign)}{':' * cell.function}</span> " if cell.sign else ""
    return f"{sign}{words}{'†' * cell.by_hand}"


# Mathematics ---------------------------------------------------------------------------------


def _span(piece: Span) -> str:
    words = _math(piece.text) if piece.symbol else escape(piece.text)
    return words if piece.role == "text" else f'<b class="{piece.role}">{words}</b>'


def _math(markup: str) -> str:
    """The small markup as HTML: letters italic, indices below and above; words upright."""
    if not markup:
        return ""
    parts, at = [], 0
    for word in _WORD.finditer(markup):
        parts += [_letters(markup[at : word.start()]), escape(word[0])]
        at = word.end()
    return f"<span class=math>{''.join(parts)}{_letters(markup[at:])}</span>"


def _letters(markup: str) -> str:
    def shown(found: re.Match[str]) -> str:
        low, high, one, letter, other = found.groups()
        if low or one:
            return f"<sub>{escape(low or one)}</sub>"
        if high:
            return f"<sup>{escape(high)}</sup>"
        return f"<i>{letter}</i>" if letter and letter not in "σΓ" else escape(letter or other)

    return _PIECE.sub(shown, markup)
