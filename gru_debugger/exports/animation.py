"""Pictures of steps as frames of one file, for `ranges`: one frame at a time is in memory."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from gru_debugger.errors import GRUDebuggerError

if TYPE_CHECKING:
    from PIL.Image import Image

    from gru_debugger.exports.snapshots import Film

SHOWN, LAST = 500, 2000  # milliseconds that a step is shown, and the last one


def check_pillow(name: str) -> None:
    """Raises GRUDebuggerError where what writes such files is not installed."""
    if importlib.util.find_spec("PIL") is None:
        raise GRUDebuggerError(
            f"{name.upper()} files are written by Pillow, which is not installed: "
            "pip install 'gru-debugger[animation]'."
        )


def durations(steps: int) -> list[int]:
    """Of each frame, in milliseconds."""
    return [SHOWN] * (steps - 1) + [LAST]


def frames(film: Film) -> Iterator[Image]:
    """Each step's picture as Pillow's."""
    for image in film.images():
        yield _pillow(image)


def _pillow(image: Any) -> Image:
    """Of a QImage."""
    from PIL import Image
    from PySide6.QtGui import QImage

    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    size, line = (plain.width(), plain.height()), plain.bytesPerLine()
    return Image.frombytes("RGB", size, bytes(plain.constBits()), "raw", "RGB", line)
