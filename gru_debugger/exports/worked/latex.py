"""The worked sheet as a LaTeX document: an array a band, its cells tinted by their values.

It needs amsmath, geometry and xcolor with its tables (colortbl), and compiles with any engine:
what of a stranger's text no font may have stands as its code point.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from gru_debugger.exports.worked_step import WorkedStep, joined
from gru_debugger.exports.worked_tables import Cell, Row, Table, band_table, ledger_table
from gru_debugger.spans import Span

_PREAMBLE = r"""\documentclass[a4paper,landscape,10pt]{article}
\usepackage[utf8]{inputenc}
\usepackage[margin=15mm]{geometry}
\usepackage{amsmath}
\usepackage[table]{xcolor}
\definecolor{plus}{HTML}{0072B2}
\definecolor{minus}{HTML}{D55E00}
\definecolor{keep}{HTML}{1E967D}
\definecolor{take}{HTML}{8C2069}
\definecolor{r}{HTML}{6B7686}
\definecolor{h}{HTML}{2E3844}
\definecolor{chip}{HTML}{FFF1C9}
\setlength{\parindent}{0pt}
\setlength{\arraycolsep}{4pt}
\begin{document}
"""

_ESCAPED = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#",
    "%": r"\%", "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "`": r"{`}",
    "'": r"{'}", '"': r"\texttt{\symbol{34}}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "-": "{-}",  # two of them would be one dash
    "“": "``", "”": "''", "’": "'", "–": "--", "…": r"\dots{}", "\u00a0": "~", "†": r"\dag{}",
    "−": "$-$", "×": r"$\times$", "·": r"$\cdot$", "⊙": r"$\odot$", "Γ": r"$\Gamma$",
    "σ": r"$\sigma$", "±": r"$\pm$", "≥": r"$\ge$",
}  # fmt: skip
_MATH = {
    "−": "-", "⊙": r"\odot ", "·": r"\cdot ", "Γ": r"\Gamma ", "σ": r"\sigma ", "×": r"\times ",
    "⟨": r"\langle ", "⟩": r"\rangle ", "†": r"^{\dagger}",
}  # fmt: skip
_ACCENTED = "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝßàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿ"  # in every font
_TILDE = re.compile("([a-z])\u0303")
_WORD = re.compile(r"(?<![^\W_])[a-z]{3,}(?![^\W_])")


def render(worked: WorkedStep) -> str:
    return "\n".join([*_document(worked), ""])


def _document(worked: WorkedStep) -> Iterator[str]:
    yield _PREAMBLE
    for one in worked.each:
        yield from _one(one)
    yield r"\end{document}"


def _one(worked: WorkedStep) -> Iterator[str]:
    of = worked.sheet(worked.writing)
    yield rf"\section*{{{text(worked.title)}}}"
    yield text(" · ".join(worked.under_title)) + "\n"
    rounding = worked.rounding(of)
    for band in () if worked.alone else of.bands:
        yield from _array(worked, band_table(of, band, rounding))
    yield from _list(worked.of_step(of))
    found, own = worked.ledger(of, worked.unit)
    yield from _array(worked, ledger_table(of, found, own))
    name, numbers = worked.blend(of, worked.unit, own).split(" = ", 1)
    letter, unit = name.split("_")
    yield rf"\[ {letter}_{{{unit}}} = {_sum(numbers)} \]"
    yield from _list(worked.sentences(of, worked.unit))
    notes = [worked.left_out(), worked.input_note, worked.rounded(own)]
    notes += worked.of_writing(of, worked.unit)
    notes.append("Bold: the three largest products of a gate. †: set by hand.")
    yield from (f"{text(note)}\n" for note in notes if note)


def _list(said: Iterable[Sequence[Span]]) -> Iterator[str]:
    items = [rf"\item {joined(spans, _span)}" for spans in said]
    yield from (r"\begin{itemize}", *items, r"\end{itemize}") if items else ()


def _span(piece: Span) -> str:
    words = f"${math(piece.text)}$" if piece.symbol else text(piece.text)
    return words if piece.role == "text" else rf"\textbf{{{words}}}"


# Arrays --------------------------------------------------------------------------------------


def _array(worked: WorkedStep, table: Table) -> Iterator[str]:
    equation = rf"\quad ${math(table.equation)}$" if table.equation else ""
    yield rf"\subsection*{{{text(table.title)}{equation}}}"
    yield rf"{{\small\[\begin{{array}}{{r|{'r' * table.columns}}}"
    for row in table.rows:
        yield _row(worked, row)
    yield r"\end{array}\]}"


def _row(worked: WorkedStep, row: Row) -> str:
    if row.kind == "rule":
        return r"\hline"
    chosen = r"\rowcolor{chip}" * (row.unit == worked.unit)
    cells = " & ".join(map(_cell, (row.name, *row.cells)))
    line = r" \hline" * (row.kind == "head")
    return rf"{chosen}{cells} \\{line}"


def _cell(cell: Cell) -> str:
    share = round(abs(cell.share) * 50)
    tint = cell.tint if cell.tint != "map" else ("plus" if cell.share > 0 else "minus")
    color = rf"\cellcolor{{{tint}!{share}}}" if tint and share else ""
    inner = _number(cell.number) if cell.number else (
        rf"\text{{{text(cell.words)}}}" if cell.words else math(cell.symbol))  # fmt: skip
    if cell.large:
        inner = rf"\mathbf{{{inner}}}"
    sign = math(cell.sign) + (r"\colon " if cell.function else r"\;") if cell.sign else ""
    return f"{color}{sign}{inner}{_MATH['†'] * cell.by_hand}"


def _number(words: str) -> str:
    """6e−5 as 6·10⁻⁵, 1,000 without the room of a list's comma."""
    mantissa, _, power = words.replace("−", "-").replace(",", "{,}").partition("e")
    return rf"{mantissa}\cdot 10^{{{power}}}" if power else mantissa.replace("nan", r"\text{nan}")


def _sum(words: str) -> str:
    """The numbers of a line, and what stands between them."""
    numbers, _, by_hand = words.partition(", ")
    parts = [_number(part) if part[-1].isdigit() else math(part) for part in numbers.split()]
    return " ".join(parts) + (rf"\text{{, {text(by_hand)}}}" if by_hand else "")


# Letters -------------------------------------------------------------------------------------


def math(markup: str) -> str:
    """The small mathematics markup in LaTeX' own; words of it upright."""
    markup = _WORD.sub(lambda word: _upright(word[0]), markup)
    return "".join(_MATH.get(c, c) for c in _TILDE.sub(r"\\tilde{\1}", markup))


def _upright(word: str) -> str:
    return r"\tanh " if word == "tanh" else rf"\text{{{word}}}"


def text(words: str) -> str:
    """Any words: what LaTeX would obey is escaped, what a font may lack stands as its number."""
    parts = _TILDE.split(words)
    return "".join(
        rf"$\tilde{{{part}}}$" if at % 2 else "".join(map(_letter, part))
        for at, part in enumerate(parts)
    )


def _letter(c: str) -> str:
    if c in _ESCAPED:
        return _ESCAPED[c]
    if c.isascii() or c in _ACCENTED:
        return c
    return rf"\texttt{{U+{ord(c):04X}}}"
