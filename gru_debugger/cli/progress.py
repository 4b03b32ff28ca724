"""A progress bar on standard error: on a terminal only, and only for what takes long."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from gru_debugger import ending
from gru_debugger.errors import one_line

if TYPE_CHECKING:
    from gru_debugger.formats.child.isolation import Progress

PATIENCE = 1.0  # seconds without a bar


@contextmanager
def bar(what: str, total: int | None = None) -> Iterator[Callable[..., None]]:
    """A function to call with the steps done, the steps in all, and figures to show behind."""
    from tqdm import tqdm

    with tqdm(
        total=total, desc=what, unit="step", delay=PATIENCE, disable=None, leave=False
    ) as shown:

        def report(done: int, total: int | None = None, **figures: float) -> None:
            ending.check()
            shown.total = total or shown.total
            if figures:
                shown.set_postfix(figures, refresh=False)
            shown.update(done - shown.n)

        yield report


@contextmanager
def reading() -> Iterator[Callable[[Progress], None]]:
    """What `open_file` has for its `watch`: a bar of the file's bytes."""
    begun = time.monotonic()
    with ExitStack() as stack:
        shown: Any = None

        def watch(progress: Progress) -> None:
            nonlocal shown
            ending.check()
            if time.monotonic() - begun < PATIENCE:
                return
            if shown is None:
                from tqdm import tqdm

                shown = stack.enter_context(tqdm(
                    total=progress.size, desc=one_line(f"reading {progress.name}", 60), unit="B",
                    unit_scale=True, disable=None, leave=False,
                ))  # fmt: skip
            shown.update(round(progress.part * progress.size) - shown.n)

        yield watch
