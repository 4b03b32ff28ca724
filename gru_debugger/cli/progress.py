"""A progress bar on standard error: on a terminal only, and only for what takes long."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

PATIENCE = 1.0  # seconds without a bar


@contextmanager
def bar(what: str, total: int | None = None) -> Iterator[Callable[..., None]]:
    """A function to call with the steps done, the steps in all, and figures to show behind."""
    from tqdm import tqdm

    with tqdm(
        total=total, desc=what, unit="step", delay=PATIENCE, disable=None, leave=False
    ) as shown:

        def report(done: int, total: int | None = None, **figures: float) -> None:
            shown.total = total or shown.total
            if figures:
                shown.set_postfix(figures, refresh=False)
            shown.update(done - shown.n)

        yield report
