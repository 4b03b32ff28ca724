"""Every pair of colours that meets can be told apart, whoever looks at it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from pairs import CARRIED, GRAPHICS, MEANINGS, PARTED, QUIET, TEXT, TOUCHING, color
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPaintDevice, QPainter
from samples import model, recording, session_of
from seeing import apart, ciede2000, contrast
from words import one_by_one

from gru_debugger.charts import fonts
from gru_debugger.charts.theme import THEMES, Theme, ThemeName
from gru_debugger.panes.registry import pane_specs

both_themes = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)


def pairs() -> list[tuple[str, str]]:
    return [*combinations(MEANINGS, 2), *TOUCHING]


@pytest.mark.parametrize(
    ("first", "second", "distance"),
    [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, -1, 2), (50, 0, 0), 2.3669),
        ((50, 2.49, -0.001), (50, -2.49, 0.0011), 7.2195),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_the_distance_is_that_of_the_paper(
    first: tuple[float, ...], second: tuple[float, ...], distance: float
) -> None:
    """From the table of test data that Sharma, Wu and Dalal give."""
    assert ciede2000(np.array(first), np.array(second)) == pytest.approx(distance, abs=1e-4)


@both_themes
@pytest.mark.parametrize(
    ("table", "least"), [(TEXT, 4.5), (GRAPHICS, 3.0)], ids=["text", "graphics"]
)
def test_contrast(theme: Theme, table: dict[str, str], least: float) -> None:
    poor = {
        f"{role} on {ground}": round(found, 2)
        for role, grounds in table.items()
        for ground in grounds.split()
        if (found := contrast(theme.role(role), color(theme, ground))) < least
    }
    assert not poor


@both_themes
def test_colours_that_mean_something_are_told_apart_by_everybody(theme: Theme) -> None:
    alike = {
        f"{a} and {b}": (round(found, 1), who)
        for a, b in pairs()
        if (a, b) not in CARRIED
        for found, who in [apart(theme.role(a), theme.role(b))]
        if found < PARTED
    }
    assert not alike


def test_nothing_is_excused_that_needs_no_excuse() -> None:
    assert set(CARRIED) <= set(pairs())
    for a, b in CARRIED:
        found = [apart(theme.role(a), theme.role(b))[0] for theme in THEMES.values()]
        assert min(found) < PARTED, f"{a} and {b}"


def test_every_colour_of_the_theme_is_in_the_tables() -> None:
    grounds = {name for names in (*TEXT.values(), *GRAPHICS.values()) for name in names.split()}
    listed = {*TEXT, *GRAPHICS, *QUIET, *(role for pair in pairs() for role in pair)}
    roles = {field.name for field in fields(Theme)} - {"name"}
    assert roles == listed
    assert grounds - {"band", "band|blend"} <= roles
    drawn = roles - set(TEXT) - set(GRAPHICS)
    assert drawn == set(QUIET), "what has no contrast has a reason"


# What is really painted ----------------------------------------------------------------------


class Witness:
    """Looks at the picture where words are about to be painted: are they seen on it?"""

    def __init__(self) -> None:
        self.poor: dict[tuple[str, str, str], float] = {}
        self.words: set[str] = set()
        self._paint = fonts.text

    def text(
        self, p: QPainter, x: float, baseline: float, words: str, color: QColor,
        family: str = fonts.SANS, pixels: float = 12, weight: int = 400, italic: bool = False,
        align: str = "left",
    ) -> float:  # fmt: skip
        wide = fonts.width(words, family, pixels, weight, italic)
        left = x - {"left": 0.0, "right": wide, "center": wide / 2}[align]
        box = QRectF(left, baseline - pixels * 0.7, wide, pixels * 0.7)
        ground = _ground(p.device(), p.combinedTransform().mapRect(box))
        if ground is not None and words.strip():
            self.words.add(words)
            found = contrast(color, ground)
            if found < 4.5:
                self.poor[words, color.name(), ground.name()] = round(found, 2)
        return self._paint(p, x, baseline, words, color, family, pixels, weight, italic, align)


def _ground(device: QPaintDevice, box: QRectF) -> QColor | None:
    """The colour that most of a box has; None outside the picture."""
    assert isinstance(device, QImage)
    inside = box.toAlignedRect().intersected(device.rect())
    if inside.isEmpty():
        return None
    counted: dict[int, int] = {}
    for y in range(inside.top(), inside.bottom() + 1, 2):
        for x in range(inside.left(), inside.right() + 1, 2):
            pixel = device.pixel(x, y)
            counted[pixel] = counted.get(pixel, 0) + 1
    return QColor(max(counted, key=counted.__getitem__))


@pytest.fixture
def witness(screen: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Witness]:
    found = Witness()
    monkeypatch.setattr(fonts, "text", found.text)
    one_by_one(monkeypatch)
    return found


def states(name: ThemeName) -> Iterator[Any]:
    """Panes of every kind, at steps of every kind."""
    trace = recording(model(), 40)
    for position, computation in ((0, "blend"), (1, "r"), (7, "blend"), (40, "blend"), (9, "n")):
        session = session_of(trace, 0, 5)
        session.go_to(position, computation)
        session.look(contributions=position == 7)
        for spec in pane_specs().values():
            pane = spec.make(session, THEMES[name])
            pane.resize(*spec.size)
            yield spec.name, pane


@pytest.mark.parametrize("name", THEMES)
def test_all_words_painted_are_seen(name: ThemeName, witness: Witness) -> None:
    """Whatever a pane paints: 4.5 between its words and what is really behind them."""
    for _, pane in states(name):
        image = QImage(pane.sceneRect().size().toSize(), QImage.Format.Format_RGB32)
        painter = QPainter(image)
        pane.render(painter, QRectF(image.rect()), pane.sceneRect())
        painter.end()
        pane.rest()
        pane.clear()
    assert len(witness.words) > 150
    assert not witness.poor
