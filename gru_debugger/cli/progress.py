"""A progress bar on standard error: on a terminal only, and only for what takes long."""

from __future__ import annotations

import threading
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
    with _shown(total=total, desc=what, unit="step", delay=PATIENCE) as shown:

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
                shown = stack.enter_context(_shown(
                    total=progress.size, desc=one_line(f"reading {progress.name}", 60), unit="B",
                    unit_scale=True,
                ))  # fmt: skip
            shown.update(round(progress.part * progress.size) - shown.n)

        yield watch


def _shown(**options: Any) -> Any:
    """tqdm's bar. Its own lock is one for processes, and where these are spawned making it starts
    one, which looks for modules in the current folder.
    """
    from tqdm import tqdm

    tqdm.set_lock(threading.RLock())
    return tqdm(disable=None, leave=False, **options)
