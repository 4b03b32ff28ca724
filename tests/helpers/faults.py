"""What is wrong with numbers in words."""

from __future__ import annotations

import re

_FAULTS = {
    "a hyphen for a minus": re.compile(r"(?<![\w.,])-\d|\de-\d"),
    "a % that can be parted from its number": re.compile(r"\d[ ]?%"),
    "a zero with a sign": re.compile(r"[-−]0(\.0+)?(?![\d.,eE])"),
    "digits without groups": re.compile(r"(?<![\w.])\d{5,}(?!\w)"),
}


_INDEX = re.compile(r"\[[\d, ]+\]")  # W[2, 10120], as programs write it


def faults(words: str) -> list[str]:
    words = _INDEX.sub("", words)
    return [name for name, wrong in _FAULTS.items() if wrong.search(words)]
