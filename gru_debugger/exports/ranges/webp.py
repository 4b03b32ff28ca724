"""WebP: a frame a step, to the pixel as a PNG has it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Any

from gru_debugger.exports import animation

if TYPE_CHECKING:
    from PIL.Image import Image

    from gru_debugger.exports.jobs import SnapshotJob
    from gru_debugger.exports.snapshots import Film


def check(job: SnapshotJob) -> None:
    """Raises GRUDebuggerError where Pillow is not installed."""
    animation.check_pillow("webp")


_EFFORT, _METHOD = 75, 2  # less makes files of a fourfold size, more takes longer alone


class _Rest:
    """The frames after the first, for Pillow, which asks for each when it encodes it."""

    def __init__(self, images: Iterator[Image], count: int) -> None:
        self._images, self.n_frames = images, count
        self._shown: Image | None = None

    def seek(self, frame: int) -> None:
        self._shown = next(self._images)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._shown, name)


def write(film: Film, out: IO[bytes]) -> None:
    count, images = len(film.job.steps), animation.frames(film)
    first, rest = next(images), [_Rest(images, count - 1)] if count > 1 else []
    first.save(
        out, "WEBP", save_all=True, append_images=rest, duration=animation.durations(count),
        loop=0, lossless=True, quality=_EFFORT, method=_METHOD,
    )  # fmt: skip
    next(images, None)  # the last one is done too
