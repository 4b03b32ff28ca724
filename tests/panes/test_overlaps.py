"""Letters, chips, pills, marks and the amber band keep out of each other's way, at any size."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from inked import inked
from samples import model, recording, session_of, text_for

from gru_debugger.charts.theme import THEMES
from gru_debugger.core.activations import Activation, Activations
from gru_debugger.core.reading import Rows
from gru_debugger.core.trace import Trace
from gru_debugger.panes.pane import Pane
from gru_debugger.panes.registry import pane_specs

pytestmark = pytest.mark.usefixtures("screen")

LEAKY = Activations(Activation("hard_sigmoid"), Activation("leaky_relu"))
# In windows of 1600 × 1000, 1366 × 768, 1024 × 600 and 900 × 600; at 200 % on 1920 × 1080 and
# 1600 × 1000; 640 × 480; an export's, and one as small as there is.
SIZES = [(1260, 770), (1066, 540), (722, 360), (600, 380), (660, 330), (500, 290), (498, 280),
         (1900, 1100), (200, 60)]  # fmt: skip

SPECIAL = ("<pad>", "<a-very-long-symbol>", "</s>", "a", "b")


def _special() -> Trace:
    named = replace(model(symbols=5), vocabulary=SPECIAL)
    return Trace(named, "ab<pad><a-very-long-symbol>ba</s>abaabba").finish()


def _rows() -> Trace:
    values = np.random.default_rng(0).uniform(-2000, 2000, (12, 8))
    return Trace(replace(model(output=False), vocabulary=None), Rows(values)).finish()


def _backwards() -> Trace:
    read_back = replace(model(reset="before"), backwards=True)
    return Trace(read_back, text_for(read_back, 12)).finish()


TRACES: dict[str, Any] = {
    "16": lambda: recording(model(symbols=29), 12),
    "1": lambda: recording(model(1), 12),
    "before": lambda: recording(model(reset="before", embedding=5), 12),
    "deep": lambda: recording(model(layers=2, directions=2), 12),
    "backwards": _backwards,
    "activations": lambda: recording(model(activations=LEAKY, scale=6), 12),
    "tiny": lambda: recording(model(scale=0.004), 12),
    "128": lambda: recording(model(128), 12),
    "1,024": lambda: recording(model(1024), 12),
    "special": _special,
    "rows": _rows,
}


def made(name: str, trace: Trace, size: tuple[int, int], unit: int) -> Pane:
    session = session_of(trace, 7, min(unit, trace.model.hidden_size - 1))
    pane = pane_specs()[name].make(session, THEMES["light"])
    width, height = max(size[0], round(pane.least_width)), size[1]
    pane.resize(width, height)
    return pane


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("kind", TRACES)
def test_the_cell_view(kind: str, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """In both notations, as weights and contributions, with the unit anywhere, zoomed."""
    trace = TRACES[kind]()
    wrong: list[str] = []
    for unit, course, zoom in ((0, False, 1), (9, True, 1), (15, False, 1), (1023, True, 3)):
        pane = made("cell", trace, size, unit)
        pane.session.look(notation="course" if course else "pytorch")
        pane.session.look(contributions=course)
        pane.session.zoom_by(zoom)
        pane.renew()
        found = inked(pane, monkeypatch)
        wrong += [f"unit {unit}: {words}" for words in found.meeting()]
        wrong += [f"unit {unit}: {words!r} is outside" for words in found.outside(pane.sceneRect())]
        assert pane.sceneRect().width() == max(size[0], pane.least_width)
    assert not wrong, "\n".join(dict.fromkeys(wrong[:20]))


PARTS = ("reset", "update", "candidate", "product", "blend")


@pytest.mark.parametrize("name", PARTS)
@pytest.mark.parametrize("kind", TRACES)
def test_the_parts(kind: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """On their own, as exports have them and in docks."""
    trace = TRACES[kind]()
    wrong: list[str] = []
    for size in (pane_specs()[name].size, (620, 400), (300, 260)):
        for course in (False, True):
            pane = made(name, trace, size, 9)
            pane.session.look(notation="course" if course else "pytorch")
            pane.renew()
            found = inked(pane, monkeypatch)
            wrong += [f"{size}: {words}" for words in found.meeting()]
            wrong += [f"{size}: {words!r} out" for words in found.outside(pane.sceneRect())]
    assert not wrong, "\n".join(dict.fromkeys(wrong[:20]))


# The panes beside it ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", TRACES)
@pytest.mark.parametrize("name", ["strip", "unit", "prediction", "influence", "gradients"])
def test_the_docks(name: str, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As wide and high as docks are, at every kind of step."""
    trace = TRACES[kind]()
    sizes = {
        "strip": [(1600, 156), (640, 110), (200, 60)],
        "prediction": [(340, 210), (300, 120), (200, 60), (700, 300)],
        "unit": [(340, 600), (300, 600), (700, 600)],
        "influence": [(1600, 310), (1366, 206), (500, 180)],
        "gradients": [(340, 250), (300, 600), (700, 600)],
    }
    wrong: list[str] = []
    for size in sizes[name]:
        pane = made(name, trace, size, 9)
        for position, computation in ((7, "blend"), (7, "z"), (5, "n"), (0, "blend")):
            pane.session.go_to(position, computation)
            pane.show_step()
            found, where = inked(pane, monkeypatch), f"{size} at {position}"
            wrong += [f"{where}: {words}" for words in found.meeting()]
            wrong += [f"{where}: {words!r} outside" for words in found.outside(pane.sceneRect())]
    assert not wrong, "\n".join(dict.fromkeys(wrong[:20]))


@pytest.mark.parametrize("position", [995, 999, 1000, 1001, 12344, 12345, 12346])
def test_the_strips_numbers_far_in_a_text(position: int, monkeypatch: pytest.MonkeyPatch) -> None:
    short = model(4)
    trace = Trace(short, text_for(short, 12400))
    while trace.recorded < position:
        trace.advance()
    session = session_of(trace, position, 2)
    pane = pane_specs()["strip"].make(session, THEMES["light"])
    pane.resize(1100, 140)
    assert not inked(pane, monkeypatch).meeting()
