"""What is opened looks as it does in a fresh window, whatever was open before."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from ended import end
from keyboard import press
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from samples import model, recording, text_for

from gru_debugger.core.activations import Activation, Activations
from gru_debugger.core.reading import Rows
from gru_debugger.core.trace import Trace
from gru_debugger.main_window import MainWindow
from gru_debugger.session.session import Session

OpenWindow = Callable[..., MainWindow]
Dress = Callable[[Session], None]

STEPS, AT, UNIT = 12, 7, 3
SIZE = 1150, 760
RELU = Activations(Activation("hard_sigmoid"), Activation("relu"))


def _rows() -> Trace:
    values = np.random.default_rng(3).uniform(-3, 3, (STEPS, 8))
    labels = [f"2026-11-{day:02}" for day in range(1, STEPS + 1)]
    return Trace(replace(model(output=False), vocabulary=None), Rows(values, labels)).finish()


def _special() -> Trace:
    symbols = ("<pad>", "<unk>", "</s>", "a", "b")
    text = "ab<pad>ba</s>ab" + "a" * (STEPS - 8)
    return Trace(replace(model(symbols=5), vocabulary=symbols), text).finish()


def _backwards() -> Trace:
    read_back = replace(model(symbols=5), backwards=True)
    return Trace(read_back, text_for(read_back, STEPS)).finish()


def _wide_start() -> Trace:
    start = np.full((1, 16), 1.7, np.float32)
    another = model(seed=1)
    return Trace(another, text_for(another, 3 * STEPS), start).finish()


KINDS: dict[str, Callable[[], Trace]] = {
    "one-hot": lambda: recording(model(), STEPS),
    "embedding": lambda: recording(model(embedding=5), STEPS),
    "rows": _rows,
    "deep": lambda: recording(model(layers=2, directions=2, output=False, bias=False), STEPS),
    "backwards": _backwards,
    "before": lambda: recording(model(reset="before", symbols=29), STEPS),
    "activations": lambda: recording(model(activations=RELU), STEPS),
    "128 units": lambda: recording(model(128), STEPS),
    "special symbols": _special,
    "longer, wide h(0)": _wide_start,
}


def _finished(session: Session) -> None:
    session.go_to(AT)


def _inside_a_step(session: Session) -> None:
    session.go_to(AT, "z")


def _before_the_first(session: Session) -> None:
    session.go_to(0)


DRESSES = [_finished, _inside_a_step, _before_the_first]


def settled(window: MainWindow, bring: Dress) -> QImage:
    """The whole window, once what is measured between events is measured; no message bar."""
    bring(window.session)
    while window.message.isVisible():
        window.message.dismiss()
    QApplication.processEvents()
    while window.surprise._gauge._measurement is not None:
        QApplication.processEvents()
    QApplication.processEvents()
    return window.grab().toImage()


def disturb(window: MainWindow) -> None:
    """What a user may have left behind: another step, a zoom, a scrolled strip."""
    window.session.go_to(AT + 1)
    window.session.zoom_by(3)
    window.views["strip"].pane.wheel(window.views["strip"].pane.sceneRect().center(), -2, False)
    QApplication.processEvents()


def fresh(open_window: OpenWindow, kind: str) -> dict[tuple[Dress, bool], QImage]:
    """Its pictures, as weights and as contributions."""
    window = open_window(KINDS[kind](), AT, UNIT, size=SIZE)
    pictures = {}
    for contributions in (False, True):
        window.session.look(contributions=contributions)
        pictures |= {(bring, contributions): settled(window, bring) for bring in DRESSES}
    end(window)  # Qt would look at all its parts again with each window that is opened
    return pictures


def test_every_pair_of_kinds(open_window: OpenWindow) -> None:
    """Opened one after another, and back with Ctrl+Z: the pictures are those of a fresh start."""
    wanted = {kind: fresh(open_window, kind) for kind in KINDS}
    window = open_window(KINDS["one-hot"](), AT, UNIT, size=SIZE)
    wrong: list[str] = []

    def check(kind: str, story: str, bring: Dress) -> None:
        if settled(window, bring) != wanted[kind][bring, window.session.view.contributions]:
            wrong.append(f"{story}: {kind}, {bring.__name__}")

    def show(kind: str) -> None:
        window.session.open(KINDS[kind](), AT, UNIT)
        window.session.look(layer=0, direction=window.session.trace.model.ways[0])  # type: ignore[union-attr]

    for turn, (one, other) in enumerate(itertools.permutations(KINDS, 2)):
        window.session.look(contributions=bool(turn % 2))
        if turn % (len(KINDS) - 1) == 0:  # afterwards Ctrl+Z has brought it back
            show(one)
        disturb(window)
        show(other)
        check(other, f"after {one}", DRESSES[turn % len(DRESSES)])
        press(window, "Ctrl+Z")
        check(one, f"Ctrl+Z from {other}", _finished)
    assert not wrong, "\n".join([f"{len(wrong)} pictures differ", *wrong[:12]])


@pytest.mark.parametrize("kind", KINDS)
def test_every_layer_and_back(kind: str, open_window: OpenWindow) -> None:
    """What one layer reads as a vector another reads as one character: nothing of it stays."""
    window = open_window(KINDS[kind](), AT, UNIT, size=SIZE)
    trace = KINDS[kind]()
    for first, second in itertools.permutations(trace.model.places, 2):
        window.session.look(layer=second[0], direction=second[1])
        alone = settled(window, _inside_a_step)
        window.session.look(layer=first[0], direction=first[1])
        settled(window, _finished)
        window.session.look(layer=second[0], direction=second[1])
        assert settled(window, _inside_a_step) == alone, (first, second)


def test_what_a_halted_step_shows_does_not_depend_on_the_step_before(
    open_window: OpenWindow,
) -> None:
    """Contributions of what is not computed yet are not those of another step."""
    window = open_window(KINDS["embedding"](), AT, UNIT, size=SIZE)
    window.session.look(contributions=True)
    pictures = []
    for before in (AT - 1, AT + 1, 0):
        window.session.go_to(before)
        settled(window, lambda session: None)
        pictures.append(settled(window, _inside_a_step))
    assert pictures[0] == pictures[1] == pictures[2]


def test_a_moved_dock_shows_the_same(open_window: OpenWindow) -> None:
    """Lay-outs made anew bring nothing back."""
    window = open_window(KINDS["embedding"](), AT, UNIT, size=SIZE)
    other = open_window(KINDS["one-hot"](), AT, UNIT, size=SIZE)
    window.session.open(KINDS["one-hot"](), AT, UNIT)
    for area in (Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.BottomDockWidgetArea):
        for shown in (window, other):
            shown.addDockWidget(area, shown.docks["unit"])
            QApplication.processEvents()
        assert settled(window, _finished) == settled(other, _finished), area


def test_what_another_model_needs_is_no_larger_afterwards(open_window: OpenWindow) -> None:
    """In a window so small that pictures are larger than their views."""

    def scenes(window: MainWindow) -> dict[str, tuple[float, float]]:
        QApplication.processEvents()
        rects = {name: view.pane.sceneRect() for name, view in window.views.items()}
        return {name: (rect.width(), rect.height()) for name, rect in rects.items()}

    small, leaky = (560, 420), Activations(Activation("hard_sigmoid"), Activation("leaky_relu"))
    fresh_ones = scenes(open_window(KINDS["one-hot"](), AT, UNIT, size=small))
    window = open_window(recording(model(activations=leaky), STEPS), AT, UNIT, size=small)
    assert scenes(window) != fresh_ones, "it needs more"
    window.session.open(KINDS["one-hot"](), AT, UNIT)
    assert scenes(window) == fresh_ones
