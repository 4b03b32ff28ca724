"""PNG: the scene at a scale onto an image of the default resolution."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage, QPainter


def render(size: QSize, scale: int, paint: Callable[[QPainter], None]) -> QImage:
    """`paint` works in unscaled pixels; fonts and bars grow together."""
    image = QImage(size * scale, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFFFF)
    painter = QPainter(image)
    painter.scale(scale, scale)
    try:
        paint(painter)
    finally:
        painter.end()
    return image


def write(
    path: Path, size: QSize, scale: int, title: str, paint: Callable[[QPainter], None]
) -> None:
    """Raises OSError where Qt only returns False."""
    image = render(size, scale, paint)
    image.setText("Title", title)
    if not image.save(str(path)):
        raise OSError(f"the picture {path.name} could not be written")
