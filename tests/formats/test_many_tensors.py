"""What a stranger puts into a file by the thousand is looked at in linear time, by the program
itself: there the child's limits do not hold."""

from __future__ import annotations

import json
import re
import time
import tracemalloc
from collections.abc import Callable
from itertools import takewhile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru_debugger.errors import ModelError
from gru_debugger.formats.assembly import (
    listing,
    matching,
    neighbours,
    parameters,
    parametrizations,
)
from gru_debugger.formats.contents import Contents

FILE = Path("many.pt")


def zeros(*shape: int) -> np.ndarray:
    return np.zeros(shape, np.float32)


def grus(count: int, name: str) -> dict[str, np.ndarray]:
    """GRUs of one unit, each with other weights."""
    cells = {name.format(i): zeros(3, 2) + i for i in range(count)}
    return {f"{k}weight_ih": a for k, a in cells.items()} | {
        f"{k}weight_hh": zeros(3, 1) for k in cells
    }


def rivals(count: int) -> None:
    """Every matrix might be every GRU's."""
    tensors = grus(count, "m{}.a.b.c.gru.")
    for i in range(100):
        tensors[f"m{i % count}.a.b.c.emb{i}.weight"] = zeros(4, 2)
        tensors[f"m{i % count}.a.b.c.fc{i}.weight"] = zeros(4, 1)
    assert len(listing.listed(Contents(tensors), FILE)) == count


def encoders(count: int) -> None:
    tensors = grus(count, "encdec{}.")
    for i in range(100):
        tensors[f"fc{i}.weight"] = zeros(4, 1)
    assert len(listing.listed(Contents(tensors), FILE)) == count


def numbered(count: int) -> None:
    """Layers of one GRU, each above the one before."""
    names = [f"layers.{i}.{kind}" for i in range(40 * count) for kind in ("weight_ih", "weight_hh")]
    assert len(parameters.find({name: zeros(3, 1) for name in names})) == 40 * count + 1


def equals(count: int) -> None:
    """Many that are the same but for their last number."""
    tensors = grus(count, "m{}.")
    tensors |= {name: np.zeros((3, 50_000), np.float32) for name in tensors if "ih" in name}
    for i, name in enumerate(n for n in tensors if "ih" in n):
        tensors[name][-1, -1] = i
    found = neighbours.survey(Contents(tensors))
    assert len(parameters.to_choose_from(found.grus, found.tensors)) == count


def vocabularies(count: int) -> None:
    """Each of many GRUs might have it."""
    symbols = {"vocab": [str(i) for i in range(100 * count)]}
    found = listing.listed(Contents(grus(count, "m{}.a."), extras=symbols), FILE)
    assert len(found) == count


def vocabularies_beside(count: int) -> None:
    """In the metadata, for all of them."""
    symbols = {"vocabulary": json.dumps([str(i) for i in range(100 * count)])}
    found = listing.listed(Contents(grus(count, "m{}.a."), symbols), FILE)
    assert len(found) == count


def faulty_vocabularies(count: int) -> None:
    """Only the last symbol shows that it is none."""
    symbols = {"vocab": [*(str(i) for i in range(100 * count)), "0"]}
    found = listing.listed(Contents(grus(count, "m{}.a."), extras=symbols), FILE)
    assert len(found) == count


def parts_of_weights(count: int) -> None:
    """Names that may begin to be such a part's at each place."""
    for name in ("weight_ih_g", "parametrizations.a.1.x", "parametrizations.", "a._u"):
        for end in ("!", "\n!", "_g"):
            parametrizations.undo({name * 10 * count + end: zeros(1)})


WORKS = [
    rivals, encoders, numbered, equals, vocabularies, vocabularies_beside, faulty_vocabularies,
    parts_of_weights,
]  # fmt: skip


@pytest.mark.parametrize("work", WORKS)
def test_in_linear_time(work: Callable[[int], None]) -> None:
    def seconds(count: int) -> float:
        begun = time.process_time()
        work(count)
        return time.process_time() - begun

    few, many = (min(seconds(count) for _ in range(2)) for count in (30, 240))
    assert many < 14 * few + 0.1, "8 times as many took as long as if each met each"


def test_more_than_can_be_told_apart_are_refused() -> None:
    with pytest.raises(ModelError, match="300 recurrent layers are inside"):
        listing.listed(Contents(grus(300, "m{}.a.")), FILE)


def test_modules_in_modules_take_linear_memory() -> None:
    def peak(count: int) -> int:
        deep = "a." * count
        tensors = grus(1, f"{deep}{{}}") | {f"{deep}fc.weight": zeros(4, 1)}
        tracemalloc.start()
        assert listing.listed(Contents(tensors), FILE)[0].matched[1].chosen
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    assert peak(4000) < 14 * peak(500)


def test_each_of_many_grus_among_many_tensors_of_long_names() -> None:
    """Those of forty parts cost little more than short ones; taken apart anew, ten times."""

    def seconds(before: str) -> float:
        tensors = grus(120, f"{before}{{}}.")
        for i in range(800):
            tensors[f"{before * 3}embed{i}.hidden.x"] = zeros(1, 1)
        begun = time.process_time()
        assert len(listing.listed(Contents(tensors), FILE)) == 120
        return time.process_time() - begun

    short, long = seconds("m."), seconds("m." * 40)
    assert long < 4 * short + 0.1


NAMES = st.lists(st.sampled_from(["a", "b", "gru", "", ".", "_", "/"]), max_size=8).map("".join)


@given(NAMES, st.lists(NAMES, min_size=1, max_size=4, unique=True))
def test_names_agree_part_by_part(name: str, prefixes: list[str]) -> None:
    def parts(words: str) -> list[str]:
        return re.split("[._/]", words)

    def near(prefix: str) -> int:
        pairs = zip(parts(name), parts(prefix), strict=False)
        return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))

    first, *_ = every = [parameters.Parameters(prefix, {(0, False): {}}) for prefix in prefixes]
    shared = first.shared(name)
    assert parameters.dotted(name)[:shared].count(".") == near(first.prefix)
    assert name[shared:] == "".join(re.split("([._/])", name)[2 * near(first.prefix) :])
    nearer = matching.Around({}, every).nearer(name, shared)
    closer = {p.name for p in every if near(p.prefix) > near(first.prefix)}
    assert nearer in closer or (nearer is None and not closer)


PIECES = ["a", ".", "_", "weight", "bias", "_ih", "_l0", "parametrizations.", ".original", "1",
          "_g", "_mask", ".0._u"]  # fmt: skip
# Exact, but not linear.
PART = re.compile(
    r"^(?P<before>.*?)"
    r"(?:parametrizations\.(?P<new>\w+)\.(?P<kept>original\d*|\d+\..+)"
    r"|(?P<old>(?:weight|bias)(?:_[ih]h\w*?)?)_(?P<hook>g|v|u|orig|mask))$"
)


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_parts_of_weights_are_told_as_a_pattern_would(name: str) -> None:
    match = PART.match(name)
    found = match and (match["before"] + (match["new"] or match["old"]),
                       match["kept"] or match["hook"])  # fmt: skip
    assert parametrizations.part_of(name) == found
