"""Every word that a pane paints passes Qt's translation, in every state that it can show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from by_hand import any_run
from pseudo import pseudo, unmarked
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter
from words import one_by_one

from gru_debugger.charts import fonts, mathematics
from gru_debugger.charts.theme import THEMES
from gru_debugger.core.trace import Trace
from gru_debugger.formats import load_model
from gru_debugger.panes.pane import Pane
from gru_debugger.panes.registry import pane_specs
from gru_debugger.session.session import Session

# Painted by `fonts.text` like all words: parts of formulas, which are the same in every language.
FORMULAS = {"input", "hidden", "take", "keep", "= tanh(", "tanh:", "σ, σ, tanh"}


def words(pane: Pane, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Outside formulas and tiles; characters of the text and numbers have a type of their own."""
    said: list[str] = []
    inside: list[str] = []
    text, tile, draw = fonts.text, fonts.tile, mathematics.draw

    def see(
        p: QPainter, x: float, baseline: float, shown: str, color: Any, family: str, *more: Any,
        **named: Any,
    ) -> Any:  # fmt: skip
        if not inside and family == fonts.SANS:
            said.append(shown)
        return text(p, x, baseline, shown, color, family, *more, **named)

    def within(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            inside.append("")
            try:
                return original(*arguments, **named)
            finally:
                inside.pop()

        return call

    with monkeypatch.context() as patch:
        patch.setattr(fonts, "text", see)
        one_by_one(patch)
        patch.setattr(fonts, "tile", within(tile))
        patch.setattr(mathematics, "draw", within(draw))
        image = QImage(pane.sceneRect().size().toSize(), QImage.Format.Format_RGB32)
        painter = QPainter(image)
        pane.render(painter, QRectF(image.rect()), pane.sceneRect())
        painter.end()
    return (shown for shown in said if shown not in FORMULAS)


def looked_at(session: Session, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What is not translated, by the pane; also on paper, where all is waited for."""
    found: dict[str, list[str]] = {}
    for name, spec in pane_specs().items():
        if name == "prediction" and session.model and session.model.output is None:
            continue
        for interactive in (True, False):
            pane = spec.make(session, THEMES["light"])
            assert isinstance(pane, Pane)
            pane.interactive = interactive
            assert spec.size is not None
            pane.resize(*spec.size)
            plain = [shown for shown in words(pane, monkeypatch) if unmarked(shown)]
            said = pane.in_words()  # to those who listen
            for edit in session.trace.edits if session.trace else ():
                said = said.replace(str(edit), "")  # which has a language of its own
            plain += {*unmarked(said)} - FORMULAS
            if plain:
                found.setdefault(name, []).extend(plain)
            pane.rest()
            pane.clear()
    return found


def sixteen() -> Trace:
    model = load_model("bundled:sixteen")
    assert model.example is not None
    return Trace(model, model.example.text).finish()


@pytest.mark.usefixtures("translated")
@pytest.mark.parametrize("state", ["step", "first", "halfway", "course", "terms", "candidate"])
def test_all_that_a_pane_paints(state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session()
    session.open(sixteen(), 34, 9)
    if state == "first":
        session.go_to(0)
    elif state == "halfway":
        session.go_to(34, "n")
    elif state == "course":
        session.look(notation="course", contributions=True)
    elif state == "terms":
        session.look(all_terms=True, symbol=3, all_units=True, of_selected=True)
    elif state == "candidate":
        session.look(quantity="n", two_steps=True, all_equations=True)
    try:
        assert looked_at(session, monkeypatch) == {}
    finally:
        session.close()


@pytest.mark.usefixtures("translated")
@pytest.mark.parametrize("seed", [1, 2, 3, 5])
def test_of_any_run(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """With edits and without, several layers, read in reverse, reset before the product."""
    session = Session()
    run = any_run(seed, 24, "r{end}[2] = 0.3 from 4 to 9", "z{end}[1] = 0 at 6")
    place = run.model.places[-1]
    session.open(Trace.of(run.run).finish(), 6, 2, place)
    try:
        assert looked_at(session, monkeypatch) == {}
    finally:
        session.close()


def test_an_unmarked_word_is_seen() -> None:
    assert unmarked("the gate") == ["the", "gate"]
    assert unmarked(pseudo("the gate of “the” {unit}, tanh").replace("{unit}", "9")) == []
    assert unmarked(f"{pseudo('step')} and") == ["and"]
    assert pseudo("{step} of") == "{step} óf"


@pytest.mark.usefixtures("translated")
def test_what_a_tip_says() -> None:
    session = Session()
    session.open(sixteen(), 34, 9)
    found, seen = list[str](), 0
    for name, spec in pane_specs().items():
        pane = spec.make(session, THEMES["light"])
        assert isinstance(pane, Pane)
        assert spec.size is not None
        pane.interactive = name not in ("overview", "curves", "influence", "gradients")  # waits
        pane.resize(*spec.size)
        for x in range(7, spec.size[0], 61):
            for y in range(5, spec.size[1], 17):
                tip = pane.hover(QPointF(x, y))
                seen += bool(tip)
                found += [tip] if {*unmarked(tip)} - FORMULAS else []
        pane.rest()
        pane.clear()
    session.close()
    assert seen > 200
    assert found == []
