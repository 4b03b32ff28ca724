"""Thresholds as anybody could set them."""

from __future__ import annotations

from dataclasses import fields

from hypothesis import strategies as st

from gru_debugger.questions.thresholds import Thresholds

NAMES = tuple(one.name for one in fields(Thresholds))
_ORDERED = ("low", "high"), ("leaning", "sure")


def digits(most: int) -> st.SearchStrategy[float]:
    """From 0 to `most` with up to four digits; ends and round numbers often."""
    whole = st.sampled_from([0.0, 0.01, 0.05, 0.1, 0.5, 0.9, 0.99, 1.0])
    any_of = st.integers(0, most * 10_000).map(lambda number: number / 10_000)
    return st.one_of(whole.filter(lambda value: value <= most), any_of)


@st.composite
def any_thresholds(draw: st.DrawFn) -> Thresholds:
    found = {name: draw(digits(1)) for name in NAMES}
    found["saturated"] /= 2
    found["saturated"] = round(found["saturated"], 4)
    for small, large in _ORDERED:
        found[small], found[large] = sorted((found[small], found[large]))
    return Thresholds(**found)
