"""Light and dark, a small screen, and a layout that comes back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from driver import Program, Screenshot, Start, difference, xvfb
from reading import read_bars

import gru_debugger
from gru_debugger.charts.theme import THEMES


@pytest.fixture(scope="module")
def small_display() -> Iterator[str]:
    with xvfb(1366, 768) as name:
        yield name


def choose_theme(home: Path, name: str) -> None:
    folder = home / "config" / "gru-debugger"
    folder.mkdir()
    (folder / "gru-debugger.conf").write_text(f"[General]\ntheme={name}\n")


def share(picture: Screenshot, theme: str) -> float:
    """Of the pixels, those that are a theme's ground."""
    grounds = [THEMES[theme].role(role).getRgb()[:3] for role in ("panel", "blend", "side")]
    return sum(float((picture == ground).all(axis=2).mean()) for ground in grounds)


def geometry(program: Program) -> dict[str, int]:
    """X, Y, WIDTH and HEIGHT of the window on the screen."""
    lines = program.xdotool("getwindowgeometry", "--shell", program.window).splitlines()
    pairs = (line.split("=") for line in lines)
    return {name: int(value) for name, value in pairs if name in ("X", "Y", "WIDTH", "HEIGHT")}


def panes(program: Program) -> Screenshot:
    """The window without its status bar, where the parity badge comes when it comes."""
    at = geometry(program)
    window = program.look()[at["Y"] : at["Y"] + at["HEIGHT"], at["X"] : at["X"] + at["WIDTH"]]
    return window[:-30]


@pytest.mark.parametrize(("theme", "other"), [("light", "dark"), ("dark", "light")])
def test_the_theme_kept_is_shown(theme: str, other: str, home: Path, start: Start) -> None:
    choose_theme(home, theme)
    program = start()
    kept = program.look()
    assert share(kept, theme) > 0.4
    assert share(kept, other) < 0.02
    program.press("ctrl+shift+t")
    switched = program.look()
    assert share(switched, other) > 0.4
    assert share(switched, theme) < 0.02
    program.press("ctrl+shift+t")
    assert share(program.look(), theme) > 0.4
    assert program.errors() == ""


def test_a_small_screen_shows_all(small_display: str, start: Start, qapp: object) -> None:
    program = start(on=small_display)
    at = geometry(program)
    assert (at["X"], at["Y"]) >= (0, 0)
    assert at["X"] + at["WIDTH"] <= 1366
    assert at["Y"] + at["HEIGHT"] <= 768
    model = gru_debugger.load_model("bundled:sixteen")
    assert model.example is not None
    step = gru_debugger.trace(model, model.example.text).step(34)
    for name, bars in read_bars(program.look(), 16).items():
        assert np.abs(bars.values - step.values[name]).max() <= 2 * bars.pixel, name
    assert program.quit()[0] == 0
    assert program.errors() == ""


def test_the_next_start_has_the_layout_of_the_last(start: Start) -> None:
    first = start()
    first.xdotool("windowsize", first.window, "1500", "900", "windowmove", first.window, "40", "30")
    first.settle()
    whole = panes(first)
    first.press("ctrl+shift+p")
    first.xdotool("type", "--delay", "20", "Next character")  # the action's name, and the dock's
    first.press("Down", "Return")
    without = panes(first)
    assert difference(whole, without), "the dock is still there"
    at = geometry(first)
    status, seconds = first.quit()
    assert (status, first.errors()) == (0, "")
    assert seconds < 3

    second = start()
    assert geometry(second) == at
    assert difference(panes(second), without) == ""
    assert second.quit()[0] == 0
    assert second.errors() == ""
