"""The small numbers at axes: every pane writes them in the face whose zero is plain."""

from __future__ import annotations

from typing import Any

import pytest
from samples import model, recording, session_of
from words import one_by_one, painted

from gru_debugger.charts import fonts
from gru_debugger.charts.theme import THEMES
from gru_debugger.panes.registry import make_pane

pytestmark = pytest.mark.usefixtures("screen")


@pytest.mark.parametrize("name", ["strip", "cell", "reset", "blend", "unit"])
def test_numbers_at_axes(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    theme, seen = THEMES["light"], list[tuple[str, str]]()
    pane = make_pane(name, session_of(recording(model(16), 40), 7, 0), theme)
    pane.session.look(quantity="h")  # of a unit, the one with an axis
    pane.resize(1260, 770)
    text = fonts.text

    def see(p: Any, x: float, y: float, words: str, color: Any, family: str, *more: Any,
            **named: Any) -> fonts.Shape:  # fmt: skip
        if color == theme.ticks and any(map(str.isdecimal, words)):
            seen.append((words, family))
        return text(p, x, y, words, color, family, *more, **named)

    monkeypatch.setattr(fonts, "text", see)
    one_by_one(monkeypatch)
    painted(pane, monkeypatch)
    assert seen
    assert {family for _, family in seen} == {fonts.TICKS}
