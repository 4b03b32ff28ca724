"""SVG: glyphs as outlines, since a reader may lack the fonts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter
from PySide6.QtSvg import QSvgGenerator

from gru_debugger.charts import ink

# At QSvgGenerator's own 72 dots an inch text and bars come out at two scales.
RESOLUTION = 96


def write(
    path: Path, size: QSize, scale: int, title: str, paint: Callable[[QPainter], None]
) -> None:
    generator = QSvgGenerator()
    generator.setFileName(str(path))
    generator.setResolution(RESOLUTION)
    generator.setSize(size * scale)
    generator.setViewBox(QRect(0, 0, size.width(), size.height()))
    generator.setTitle(title)
    painter = QPainter(generator)
    if not painter.isActive():
        raise OSError(f"the picture {path.name} could not be written")
    try:
        with ink.outlines():  # a reader may lack the fonts
            paint(painter)
    finally:
        finished = painter.end()
    if not finished:
        raise OSError(f"the picture {path.name} could not be written")
