"""PDF: one page of the picture's own size, fonts embedded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMarginsF, QSize, QSizeF
from PySide6.QtGui import QPageSize, QPainter, QPdfWriter

# One dot a pixel: at the writer's own 1,200 dots an inch text and bars come out at two scales.
RESOLUTION = 96
POINTS = 72 / RESOLUTION


def write(
    path: Path, size: QSize, scale: int, title: str, paint: Callable[[QPainter], None]
) -> None:
    writer = QPdfWriter(str(path))
    writer.setResolution(RESOLUTION)
    writer.setTitle(title)
    writer.setCreator("GRU Debugger")
    page = QSizeF(size.width() * scale * POINTS, size.height() * scale * POINTS)
    writer.setPageSize(
        QPageSize(page, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch)
    )
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    painter = QPainter(writer)
    if not painter.isActive():
        raise OSError(f"the picture {path.name} could not be written")
    painter.scale(scale, scale)
    try:
        paint(painter)
    finally:
        finished = painter.end()
    if not finished:
        raise OSError(f"the picture {path.name} could not be written")
