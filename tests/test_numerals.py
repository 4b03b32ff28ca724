"""Numbers as people read them, and that all words take them from one place."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import numpy as np
import pytest

import gru_debugger
from gru_debugger import numerals
from gru_debugger.numerals import (
    apart,
    brief,
    duration,
    exact,
    fixed,
    grouped,
    in_bytes,
    listed,
    ordinal,
    percent,
    power,
    span,
    two,
)

SOURCE = Path(gru_debugger.__file__).parent
_NUMBER = re.compile(r"[,+]|[eEfFgG%]$")  # in a format: digits in groups, a sign, decimals
# Words for programs, not for people.
_DATA = {
    "training.py": "metadata of the model's file",
    "questions/as_text.py": "columns for other programs",
}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (fixed(-0.97, 2), "−0.97"),
        (fixed(-0.001, 2), "0.00"),
        (fixed(-0.0, 2), "0.00"),
        (fixed(0.0, 2, signed=True), "0.00"),
        (fixed(0.004, 2, signed=True), "0.00"),
        (fixed(0.5, 2, signed=True), "+0.50"),
        (fixed(-1234567.891, 1), "−1,234,567.9"),
        (exact(0.25), "+0.250000"),
        (exact(-1e-9), "0.000000"),
        (two(0.0), "0.00"),
        (two(-0.0), "0.00"),
        (two(-0.004), "−0.004"),
        (two(0.00002), "2e−5"),
        (two(0.00029), "0.0003"),
        (two(-0.0005), "−0.001"),
        (two(0.999), "0.999"),
        (two(-0.99996, signed=True), "−0.99996"),
        (two(0.99999994), "0.9999999"),
        (two(1 - 1e-12), "1.00"),
        (two(0.99), "0.99"),
        (two(1.0), "1.00"),
        (two(1.003), "1.00"),
        (two(-0.00002, signed=True), "−2e−5"),
        (two(0.00002, signed=True), "+2e−5"),
        (two(12345.678, signed=True), "+12,345.68"),
        (apart(0.54, 0, 1), "0.54"),
        (apart(1.0, 0, 1), "1.00"),
        (apart(0.998, 0, 1), "0.998"),
        (apart(0.00029, 0, 1), "0.0003"),
        (apart(0.99999994, 0, 1), "0.9999999"),
        (apart(-0.9999, -1, 1), "−0.9999"),
        (apart(3e-9, 0, 1), "3e−9"),
        (apart(0.0067, 0, 1), "0.007"),
        (apart(1.7153, 1.72, -1.72), "1.715"),
        (brief(-2.5), "−2.5"),
        (brief(20000.0), "20,000"),
        (brief(1e-7), "1e−7"),
        (brief(3e20), "3e20"),
        (brief(-0.0), "0"),
        (brief(1.23456, 3), "1.23"),
        (power(4.2e-7), "4e−7"),
        (power(0.0), "0e0"),
        (power(1.25e10, 1), "1.2e10"),
        (percent(0.25), "25\u00a0%"),
        (percent(-0.001), "0\u00a0%"),
        (percent(0.0005, 1), "0.1\u00a0%"),
        (percent(12.5), "1,250\u00a0%"),
        (grouped(1000000), "1,000,000"),
        (grouped(-1234), "−1,234"),
        (grouped(0), "0"),
        (" ".join(map(ordinal, (1, 2, 3, 4, 11, 12, 13, 21, 102, 1113))),
         "1st 2nd 3rd 4th 11th 12th 13th 21st 102nd 1,113th"),
        (span("step", 1, 1200), "steps 1 to 1,200"),
        (span("layer", 0, 0), "layer 0 alone"),
        (in_bytes(940), "940\u00a0bytes"),
        (in_bytes(1_230_000), "1.2\u00a0MB"),
        (duration(0.02), "1\u00a0s"),
        (duration(12.4), "12\u00a0s"),
        (duration(99.6), "2\u00a0min"),
        (duration(36000), "600\u00a0min"),
        (fixed(float("nan"), 2), "nan"),
        (two(float("-inf")), "−inf"),
        (two(float("inf"), signed=True), "+inf"),
        (two(float("nan"), signed=True), "nan"),
        (two(-3.4e38), "−3e38"),
        (listed([1, 2, 4, 5, 6, 8, 1200]), "1 2 4–6 8 1,200"),
        (listed([]), ""),
    ],
)
def test_numbers(written: str, expected: str) -> None:
    assert written == expected


def test_a_number_is_the_same_wherever_it_stands() -> None:
    """Beside the ends of gates and candidates too, which no number reads as that isn't."""
    values = np.concatenate([np.geomspace(1e-9, 1, 900), 1 - np.geomspace(1e-7, 1, 900)])
    for value in [*values.tolist(), *(-values).tolist()]:
        words = two(value)
        assert apart(value, 0, 1) == apart(value, -1, 1) == words
        said = float(words.replace("−", "-"))
        assert (said in (-1, 0, 1)) == (value in (-1, 0, 1)), words


def formats(file: Path) -> list[str]:
    """The places where a number is formatted, and how."""
    found = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        spec = ""
        if isinstance(node, ast.FormattedValue) and node.format_spec is not None:
            spec = ast.unparse(node.format_spec).removeprefix("f").strip("'\"")
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "format":
            spec = ast.unparse(node)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            spec = "%" if isinstance(getattr(node.left, "value", 0), str) else ""
        if _NUMBER.search(re.sub(r"\{.*?\}", "", spec)):
            found.append(f"{file.relative_to(SOURCE)}:{node.lineno}: {spec}")
    return found


def test_all_numbers_for_people_are_written_by_one_module() -> None:
    own = [Path(numerals.__file__), *(SOURCE / name for name in _DATA)]
    elsewhere = [
        f for path in sorted(SOURCE.rglob("*.py")) if path not in own for f in formats(path)
    ]
    assert not elsewhere, "use gru_debugger.numerals"
    assert formats(own[0]), "this test still knows a format when it sees one"
