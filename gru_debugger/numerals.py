"""Numbers as people read them: a true minus, digits in groups, a zero without a sign.

For windows, pictures and what commands say; never for what a program reads (CSV, JSON).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

MINUS, NO_BREAK = "−", "\u00a0"
_VERY_LARGE = 1e7
_EXPONENT = re.compile(r"e([+-])0*(\d+)")


def _typeset(words: str, signed: bool = False) -> str:
    """What Python writes, as it is set: 3e−7 for 3e-07, and +0.5 where a sign is wanted."""
    if "e" in words:
        words = _EXPONENT.sub(lambda found: f"e{found[1].removeprefix('+')}{found[2]}", words)
    negative = words.startswith("-")
    if (signed or negative) and not words.partition("e")[0].strip("-0.,"):
        words = words.removeprefix("-")  # zero, or rounded to it
    elif signed and not negative and words != "nan":
        words = f"+{words}"
    return words.replace("-", MINUS) if "-" in words else words


def grouped(number: int) -> str:
    """1,000,000."""
    return _typeset(f"{number:,}")


def counted(number: int, word: str) -> str:
    """1 layer; 1,024 layers."""
    return f"{grouped(number)} {word}{'s' * (number != 1)}"


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 11th."""
    teens = 10 < number % 100 < 20
    ending = "th" if teens else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{grouped(number)}{ending}"


def span(word: str, first: int, last: int) -> str:
    """layers 0 to 3; of one that is alone, layer 0 alone."""
    if first == last:
        return f"{word} {grouped(first)} alone"
    return f"{word}s {grouped(first)} to {grouped(last)}"


def listed(numbers: Iterable[int]) -> str:
    """2 5–8 1,200: of whole numbers in their order; a row of three or more is one."""
    rows: list[list[int]] = []
    for number in numbers:
        if rows and number == rows[-1][-1] + 1:
            rows[-1].append(number)
        else:
            rows.append([number])
    parts = [
        [f"{grouped(row[0])}–{grouped(row[-1])}"] if len(row) > 2 else [grouped(n) for n in row]
        for row in rows
    ]
    return " ".join(part for row in parts for part in row)


def dimensions(shape: Iterable[int]) -> str:
    """12,000 × 16."""
    return " × ".join(map(grouped, shape))


def fixed(value: float, digits: int, signed: bool = False) -> str:
    """So many digits after the point."""
    words = f"{value:,.{digits}f}"
    return words if value > 0 and not signed else _typeset(words, signed)


def exact(value: float) -> str:
    """With its sign and as many digits as float32 is good for."""
    return fixed(value, 6, signed=True)


def brief(value: float, digits: int = 6, signed: bool = False) -> str:
    """So many digits in all at most, no zeros behind them."""
    return _typeset(f"{value:,.{digits}g}", signed)


def power(value: float, digits: int = 0) -> str:
    """Times a power of ten: 4e−7."""
    return _typeset(f"{value:.{digits}e}")


def two(value: float, signed: bool = False) -> str:
    """Two decimals; more where two would say zero, or that a gate is at its end, of what is not;
    none of what is very large."""
    size = abs(value)
    if size >= _VERY_LARGE:
        return _typeset(f"{value:.0e}", signed)
    if 0.995 <= size < 1:
        return fixed(value, _telling(size, (1.0,)), signed)
    if size >= 0.01 or value == 0:
        return fixed(value, 2, signed)
    if size >= 1e-4:
        return fixed(value, 3 if size >= 0.0005 else 4, signed)
    return _typeset(f"{value:.0e}", signed)


def _telling(value: float, bounds: tuple[float, ...]) -> int:
    """Decimals with which a value does not read as one of the bounds: two, unless float32 could
    tell it from them; then so many as it takes."""
    digits = (digits for digits in range(2, 8) if round(value, digits) not in bounds)
    return next(digits, 2)


def percent(share: float, digits: int = 0) -> str:
    """25 %, never broken."""
    return f"{fixed(100 * share, digits)}{NO_BREAK}%"


def in_bytes(size: int) -> str:
    """As file managers show it: 940 bytes, 1.2 MB."""
    amount, unit = float(size), "bytes"
    for larger in ("kB", "MB", "GB"):
        if amount >= 1000:
            amount, unit = amount / 1000, larger
    return f"{fixed(amount, 0 if unit == 'bytes' else 1)}{NO_BREAK}{unit}"


def duration(seconds: float) -> str:
    """How long something takes, about: 12 s, 3 min."""
    if seconds < 99.5:
        return f"{fixed(max(1.0, seconds), 0)}{NO_BREAK}s"
    return f"{fixed(seconds / 60, 0)}{NO_BREAK}min"


def apart(value: float, *bounds: float) -> str:
    """As `two`, so that a number is the same wherever it stands; more decimals where it would read
    as one of the bounds, which it is not."""
    if value in bounds or abs(value) < 0.01 or round(value, 2) not in bounds:
        return two(value)
    return fixed(value, _telling(value, bounds))
