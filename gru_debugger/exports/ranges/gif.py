"""GIF: of each step after the first the part that changed, in 256 colours of its own.

Pillow would hold all frames until the last: it encodes them here, what stands around them is
written by hand (CompuServe, “Graphics Interchange Format, Version 89a”).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING

from gru_debugger.exports import animation

if TYPE_CHECKING:
    from PIL.Image import Image

    from gru_debugger.exports.jobs import SnapshotJob
    from gru_debugger.exports.snapshots import Film

_COLORS = 256
_FOR_EVER = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
_END = b"\x3b"


def check(job: SnapshotJob) -> None:
    """Raises GRUDebuggerError where Pillow is not installed."""
    animation.check_pillow("gif")


def write(film: Film, out: IO[bytes]) -> None:
    waits, before = iter(animation.durations(len(film.job.steps))), None
    for now in animation.frames(film):
        if before is None:
            out.write(_begin(now.size, film.job.title))
        out.writelines(_frame(before, now, next(waits)))
        before = now
    out.write(_END)


def _begin(size: tuple[int, int], title: str) -> bytes:
    """The header, that it plays for ever, and what the first step is, as a comment."""
    words = title.encode("utf-8", "replace")
    pieces = (words[i : i + 255] for i in range(0, len(words), 255))
    comment = b"".join(bytes([len(piece)]) + piece for piece in pieces)
    header = b"GIF89a" + struct.pack("<HHBBB", *size, 0x70, 0, 0)
    return header + _FOR_EVER + b"\x21\xfe" + comment + b"\0"


def _frame(before: Image | None, now: Image, milliseconds: int) -> Iterator[bytes]:
    """What is another than before; a pixel where nothing is."""
    from PIL import GifImagePlugin, Image, ImageChops

    part = (0, 0, *now.size)
    if before is not None:
        part = ImageChops.difference(before, now).getbbox() or (0, 0, 1, 1)
    colors = now.crop(part).quantize(_COLORS, dither=Image.Dither.NONE)
    yield from GifImagePlugin.getdata(
        colors, part[:2], duration=milliseconds, include_color_table=True
    )
