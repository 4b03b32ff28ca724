"""What a stranger puts into a file by the thousand is looked at in linear time, by the program
itself: there the child's limits do not hold."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from gru_debugger.errors import ModelError
from gru_debugger.formats.assembly import listing, parameters, survey
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
    found = survey.survey(Contents(tensors))
    assert len(parameters.to_choose_from(found.grus, found.tensors)) == count


def vocabularies(count: int) -> None:
    """Each of many GRUs might have it."""
    symbols = {"vocab": [str(i) for i in range(100 * count)]}
    found = listing.listed(Contents(grus(count, "m{}.a."), extras=symbols), FILE)
    assert len(found) == count


@pytest.mark.parametrize("work", [rivals, encoders, numbered, equals, vocabularies])
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
