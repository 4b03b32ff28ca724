"""SVG: glyphs as outlines, since a reader may lack the fonts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter
from PySide6.QtSvg import QSvgGenerator

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
    paint(painter)
    if not painter.end():
        raise OSError(f"the picture {path.name} could not be written")
