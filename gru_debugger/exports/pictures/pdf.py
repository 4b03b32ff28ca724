"""PDF: one page as large as the picture at scale 1, a pixel being 1/96 inch; fonts embedded."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QSize, QSizeF
from PySide6.QtGui import QPageSize, QPainter, QPdfWriter

# One dot a pixel: at the writer's own 1,200 dots an inch text and bars come out at two scales.
RESOLUTION = 96
POINTS = 72 / RESOLUTION


def render(size: QSize, scale: int, title: str, paint: Callable[[QPainter], None]) -> bytes:
    """The file's bytes. Lines have no resolution: `scale` would only make the paper larger."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(RESOLUTION)
    writer.setTitle(title)
    writer.setCreator("GRU Debugger")
    page = QSizeF(size.width() * POINTS, size.height() * POINTS)
    exact = QPageSize.SizeMatchPolicy.ExactMatch
    writer.setPageSize(QPageSize(page, QPageSize.Unit.Point, "", exact))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    painter = QPainter(writer)
    try:
        paint(painter)
    finally:
        painter.end()
    return bytes(buffer.data().data())
