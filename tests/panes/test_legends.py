"""A legend names what its chart draws: all of it, and nothing else, at any size and density."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from samples import model, recording, session_of
from words import painted

from gru_debugger.charts import legend
from gru_debugger.charts.theme import THEMES
from gru_debugger.panes.blend import RING, BlendRow, NewStateRow
from gru_debugger.panes.columns import ColumnsPane
from gru_debugger.panes.registry import pane_specs

pytestmark = pytest.mark.usefixtures("screen")

NAMES = {"take": "take n", "keep": "keep h", "new": "new h", "old": "old h", "h": "new h"}
# In windows of 1600 × 1000 and 900 × 600, at 200 % on 1600 × 1000, of 640 × 480; an export's part.
SIZES = [(1260, 770), (600, 380), (500, 290), (498, 280), (200, 60)]


def shown(hidden: int, size: tuple[int, int], zoom: float) -> ColumnsPane:
    session = session_of(recording(model(hidden), 12), 7, 0)
    pane = pane_specs()["cell"].make(session, THEMES["light"])
    assert isinstance(pane, ColumnsPane)
    pane.resize(max(size[0], pane.least_width), size[1])
    pane.session.zoom_by(zoom)
    pane.renew()
    return pane


def drawn(row: BlendRow | NewStateRow) -> set[str]:
    names = {
        NAMES[name]
        for name, series in row.chart._series.items()
        if name in NAMES and len(series.rectangles())
    }
    ringed = isinstance(row, BlendRow) and row.axis.pitch >= RING
    return names | ({"old h"} if ringed else set())


@pytest.mark.parametrize("zoom", [1, 4])
@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("hidden", [1, 6, 16, 48, 128, 256, 1024])
def test_legends_name_what_is_drawn(
    hidden: int, size: tuple[int, int], zoom: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    pane = shown(hidden, size, zoom)
    keys: list[tuple[float, float, str]] = []
    monkeypatch.setattr(legend, "_paint_shape", lambda p, x, y, key: keys.append((x, y, key.words)))
    painted(pane, monkeypatch)
    for column in pane.columns():
        row = column.rows[0]
        if isinstance(row, BlendRow | NewStateRow):
            right = column.left + pane.axis.width
            named = {k for x, y, k in keys if column.left <= x < right and y > column.top}
            assert named == (drawn(row) if column.shown else set())  # it may be a name alone


@pytest.mark.parametrize("edits", [("h[2] = -0.9 at 3",), ()], ids=str)
@pytest.mark.parametrize("size", [(1260, 770), (1056, 436)], ids=str)
def test_a_reference_is_named_by_its_own_mark(
    size: tuple[int, int], edits: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In all three charts of the state, and each name whole in its column; no name without it."""
    session = session_of(recording(model(16), 12).with_edits(*edits).finish(), 4, 0)
    pane = pane_specs()["cell"].make(session, THEMES["light"])
    assert isinstance(pane, ColumnsPane)
    pane.resize(*size)
    pane.show_step()
    named: list[tuple[float, str, float]] = []

    def draw(p: Any, x: float, y: float, color: Any, key: Any, pixels: int) -> None:
        named.extend([(x, key.shape, x + key.width(pixels))] if key.words == "without" else [])

    monkeypatch.setattr(legend, "_paint_key", draw)
    painted(pane, monkeypatch)
    assert [shape for _, shape, _ in named] == (["mark", "hollow", "mark"] if edits else [])
    states = [c for c in pane.columns() if c.spec.title in ("Old state", "Blend", "New state")]
    for column, (left, _, right) in zip(states, named, strict=False):
        assert column.left <= left < right <= column.left + pane.axis.label_width


def test_a_reference_is_named_at_the_steps_that_have_its_mark(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Step by step, in each chart: what is set at step 5 leaves its old state as it was."""
    plain = recording(model(16), 12).finish()
    edited = plain.with_edits("z[2] = 1 at 5").finish()
    session = session_of(edited, 4, 0)
    pane = pane_specs()["cell"].make(session, THEMES["light"])
    assert isinstance(pane, ColumnsPane)
    pane.resize(1260, 770)
    for step in (4, 5, 6, 5, 3):
        session.go_to(step)
        pane.show_step()
        old, new = (np.abs(getattr(edited.step(step), name) - getattr(plain.step(step), name)).max()
                    for name in ("h_prev", "h"))  # fmt: skip
        assert (old > 0.05, new > 0.05) == (step == 6, step in (5, 6))
        said = painted(pane, monkeypatch).count("without")
        assert said == int(old > 0.05) + 2 * int(new > 0.05), step


@pytest.mark.parametrize("hidden", [16, 1024])
def test_what_is_grey_is_said(hidden: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the reset gate scales: an outline, of dense charts a grey ground."""
    words = painted(shown(hidden, SIZES[0], 1), monkeypatch)
    assert ("outline: unscaled" in words) == (hidden == 16)
    assert ("grey: unscaled" in words) == (hidden == 1024)
