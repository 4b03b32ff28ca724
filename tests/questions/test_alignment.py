"""Steps of an edited text beside those of the one before."""

from __future__ import annotations

import numpy as np
import pytest

from gru_debugger.questions.alignment import aligned


def beside(old: str, new: str) -> list[int]:
    return aligned(*(np.array([ord(c) for c in text]) for text in (old, new))).tolist()


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("the cat", "the cat", [1, 2, 3, 4, 5, 6, 7]),
        ("the cat", "the hat", [1, 2, 3, 4, 5, 6, 7]),  # replaced
        ("the cat", "the fat cat", [1, 2, 3, 4, 0, 0, 0, 0, 5, 6, 7]),  # inserted
        ("the fat cat", "the cat", [1, 2, 3, 4, 9, 10, 11]),  # deleted
        ("abcdefgh", "xbcdeefgz", [1, 2, 3, 4, 5, 0, 6, 7, 8]),  # several at once
        ("aaa", "aaaa", [1, 2, 3, 0]),
        ("abc", "", []),
        ("", "ab", [0, 0]),
    ],
)
def test_small_changes(old: str, new: str, wanted: list[int]) -> None:
    assert beside(old, new) == wanted


def test_any_change_keeps_the_order_and_pairs_what_is_the_same() -> None:
    random = np.random.default_rng(0)
    for _ in range(60):
        old = random.integers(0, 4, 60)
        at, gone, added = (int(n) for n in random.integers(0, 20, 3))
        new = np.concatenate([old[:at], random.integers(0, 4, added), old[at + gone :]])
        steps = aligned(old, new)
        known = steps[steps > 0]
        assert (np.diff(known) > 0).all()
        assert (steps[:at] == np.arange(1, at + 1)).all()
        if added != gone:
            where = np.flatnonzero(steps)
            other = old[steps[where] - 1] != new[where]
            assert other.sum() <= min(added, gone), "but for what was replaced"


def test_long_changes_are_left_alone_and_take_no_time() -> None:
    random = np.random.default_rng(0)
    old, new = random.integers(0, 9, 300_000), random.integers(0, 9, 299_000)
    new[:1000] = old[:1000]
    steps = aligned(old, new)
    assert (steps[:1000] == np.arange(1, 1001)).all()
    assert np.count_nonzero(steps[1000:]) < 20
