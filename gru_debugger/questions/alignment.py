"""Which step of one text stands beside which of another: what was inserted stands beside none."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_PAIRS = 1 << 20  # of symbols between the common ends that are compared: some tenths of a second


def aligned(old: NDArray[np.integer], new: NDArray[np.integer]) -> NDArray[np.int64]:
    """For each step of `new`, both symbol indices, the step of `old`, from 1; 0 for none.

    The common beginning and end, and between them, where that is not too long, what `difflib` finds
    the same; a stretch that is replaced by another as long stands beside it.
    """
    steps = np.zeros(len(new), np.int64)
    begin = _common(old, new)
    end = _common(old[begin:][::-1], new[begin:][::-1])
    steps[:begin] = np.arange(1, begin + 1)
    if end:
        steps[-end:] = np.arange(len(old) - end + 1, len(old) + 1)
    before, after = (each[begin : len(each) - end].tolist() for each in (old, new))
    if len(before) == len(after):
        steps[begin : len(new) - end] = np.arange(begin + 1, len(old) - end + 1)
    elif len(before) * len(after) <= _PAIRS:
        from difflib import SequenceMatcher

        matcher = SequenceMatcher(None, before, after, autojunk=False)
        for _, a, a_end, b, b_end in matcher.get_opcodes():
            if a_end - a == b_end - b:
                steps[begin + b : begin + b_end] = np.arange(begin + a + 1, begin + a_end + 1)
    return steps


def _common(old: NDArray[np.integer], new: NDArray[np.integer]) -> int:
    """How many symbols both begin with."""
    count = min(len(old), len(new))
    other = np.flatnonzero(old[:count] != new[:count])
    return int(other[0]) if len(other) else count
