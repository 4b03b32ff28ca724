"""PNG: the scene at a scale onto an image of the default resolution."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QBuffer, QIODevice, QSize
from PySide6.QtGui import QImage, QImageWriter, QPainter


def image(size: QSize, scale: int, paint: Callable[[QPainter], None]) -> QImage:
    """`paint` works in unscaled pixels; fonts and bars grow together."""
    drawn = QImage(size * scale, QImage.Format.Format_RGB32)
    drawn.fill(0xFFFFFFFF)
    painter = QPainter(drawn)
    try:
        painter.scale(scale, scale)
        paint(painter)
    finally:
        painter.end()
    return drawn


def render(size: QSize, scale: int, title: str, paint: Callable[[QPainter], None]) -> bytes:
    """The file's bytes."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, b"png")
    writer.setText("Title", title)
    writer.write(image(size, scale, paint))
    return bytes(buffer.data().data())
