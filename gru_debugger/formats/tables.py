"""Rows of numbers from .csv files, as spreadsheets and data frames write them.

Commas, semicolons or tabs between the numbers; where it is not the comma, 1,5 may stand for 1.5.
A first line of words names the columns, and a first column of words the rows.
"""

from __future__ import annotations

import csv
import re
from array import array
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gru_debugger.core.reading import Rows
from gru_debugger.errors import InputError
from gru_debugger.numerals import grouped

_LARGEST = 64 << 20
_LONGEST_LINE = 1 << 20  # characters, and
_MOST_ROWS = 1_000_000  # so that a hostile file's words and labels stay within memory
LONGEST_NAME = 24
_SEPARATORS = ";\t,"


def read_csv(data: bytes, path: Path) -> Rows:
    """Raises InputError, which names the line."""
    if len(data) > _LARGEST:
        raise InputError(f"{path}: more than {_LARGEST >> 20} MB of CSV; give it as .npy.")
    try:
        text = data.decode("utf-8-sig")
        separator = _separator(text)
        lines = csv.reader(_lines(text, path), delimiter=separator, skipinitialspace=True)
        return _rows(lines, separator != ",", path)
    except (UnicodeDecodeError, csv.Error) as fault:
        raise InputError(f"{path}: not a CSV file ({fault}); save it as UTF-8 CSV.") from None


def _separator(text: str) -> str:
    """As the first line has it; blanks where it has no other, as numpy.savetxt writes."""
    first = re.sub(r'"[^"]*"', "", text.lstrip()[:_LONGEST_LINE].partition("\n")[0]).rstrip("\r")
    return next((s for s in _SEPARATORS if s in first), " " if " " in first.strip() else ",")


def _lines(text: str, path: Path) -> Iterator[str]:
    start, number = 0, 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        number += 1
        if end - start > _LONGEST_LINE:
            raise InputError(
                f"{path}: line {number} has {grouped(end - start)} characters; give a line a step."
            )
        yield text[start:end].rstrip("\r\n") if '"' not in text[start:end] else text[start:end]
        start = end


def _rows(lines: Iterator[list[str]], commas: bool, path: Path) -> Rows:
    """The numbers of each line; `commas`: as decimal points."""
    head: list[str] | None = None
    labels: list[str] = []
    values, width, steps = array("f"), 0, 0  # infinity is told when the rows are read
    indexed = False  # the head's first cell is empty: what stands below it are names, not numbers
    for number, line in enumerate(lines, 1):
        words = [word.strip().replace(",", ".", 1) if commas else word.strip() for word in line]
        if not any(words):
            continue
        if head is None:
            indexed = len(words) > 1 and not words[0]
            head = [] if not indexed and _is_number(words[-1]) else [w.strip() for w in line]
            if head:
                continue
        labelled = len(words) > 1 and (indexed or not _is_number(words[0]))
        if labelled:
            words = words[1:]
            labels.append(line[0].strip()[:LONGEST_NAME])
        if steps and len(words) != width:
            raise InputError(
                f"{path}: line {number} has {len(words)} numbers, where {width} are "
                "expected; give each as many."
            )
        values.extend(_numbers(words, number, 1 + labelled, path))
        width, steps = len(words), steps + 1
        if steps > _MOST_ROWS:
            raise InputError(
                f"{path}: more than {grouped(_MOST_ROWS)} rows; give fewer, or as .npy."
            )
    if not steps:
        raise InputError(f"{path}: there are no rows; give a line a step.")
    names = [name[:LONGEST_NAME] for name in (head or [])[-width:]]
    return Rows(
        np.array(values, np.float32).reshape(steps, width),
        labels if len(labels) == steps else (),
        path.name,
        names if len(names) == width else (),
    )


def _numbers(words: list[str], number: int, column: int, path: Path) -> list[float]:
    """Of line `number`, the first in `column`."""
    try:
        if not _is_plain("".join(words)):
            raise ValueError
        return list(map(float, words))
    except ValueError:
        k = next(k for k, word in enumerate(words) if not (_is_plain(word) and _is_number(word)))
        what = f"“{words[k][:40]}”" if words[k] else "an empty cell"
        raise InputError(
            f"{path}: {what} in line {number}, column {column + k} is not a number."
        ) from None


def _is_plain(word: str) -> bool:
    """Python itself reads 1_0 as ten, and all the world's digits."""
    return word.isascii() and "_" not in word


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True
