"""SVG: glyphs as outlines, since a reader may lack the fonts."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QBuffer, QIODevice, QRect, QSize
from PySide6.QtGui import QPainter
from PySide6.QtSvg import QSvgGenerator

from gru_debugger.charts import fonts

# At QSvgGenerator's own 72 dots an inch text and bars come out at two scales.
RESOLUTION = 96


def render(size: QSize, scale: int, title: str, paint: Callable[[QPainter], None]) -> bytes:
    """The file's bytes; `scale` enlarges the picture, its own coordinates stay."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setResolution(RESOLUTION)
    generator.setSize(size * scale)
    generator.setViewBox(QRect(0, 0, size.width(), size.height()))
    generator.setTitle(title)
    painter = QPainter(generator)
    try:
        with fonts.outlines():
            paint(painter)
    finally:
        painter.end()
    return bytes(buffer.data().data())
