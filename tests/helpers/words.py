"""The words that a pane paints."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from gru_debugger.charts import fonts, mathematics
from gru_debugger.panes.pane import Pane


def one_by_one(patch: pytest.MonkeyPatch) -> None:
    """Words that are painted together are painted by `fonts.text`, for whoever watches that."""

    def each(
        p: QPainter, baseline: float, placed: Any, color: Any, family: str, pixels: float
    ) -> None:
        for x, words in placed:
            fonts.text(p, x, baseline, words, color, family, pixels, align="center")

    patch.setattr(fonts, "centred_on", each)


def painted(pane: Pane, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Texts and formulas (in their markup), in the order of painting."""
    said: list[str] = []
    inside: list[str] = []  # a formula's letters are texts too

    def spy(module: Any, name: str, at: int) -> None:
        original = getattr(module, name)

        def call(*arguments: Any, **named: Any) -> Any:
            if not inside:
                said.append(arguments[at])
            inside.append(name)
            try:
                return original(*arguments, **named)
            finally:
                inside.pop()

        monkeypatch.setattr(module, name, call)

    with monkeypatch.context() as patch:
        monkeypatch = patch
        one_by_one(patch)
        spy(fonts, "text", 3)
        spy(fonts, "tile", 3)
        spy(mathematics, "draw", 3)
        image = QImage(pane.sceneRect().size().toSize(), QImage.Format.Format_RGB32)
        painter = QPainter(image)
        pane.render(painter, QRectF(image.rect()), pane.sceneRect())
        painter.end()
    return said
