"""What is pinned, as a part of a session file: {"step": 34}, and what its run reads and has set.

Without the latter it is of the run that is open; without a step the run itself is pinned.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from gru_debugger.core.run import Run
from gru_debugger.session import saved
from gru_debugger.session.saved import MayName, Reads

KNOWN = {"step", "called", "initial_state", "replace_unknown"} | {
    part.name for part in fields(Reads)
} - {"initial", "unknown"}
_LAST = 1 << 40  # step
_WRONG = "what was pinned is left out: “pinned” is not as this version writes it"


@dataclass(frozen=True)
class Pin:
    """`step`: 0 for a run; `reads` is None where it is of the run that is open."""

    step: int = 0
    reads: Reads | None = None


def as_json(
    pinned: Run, step: int, shown: Run, longest: int, may_name: MayName
) -> dict[str, Any] | None:
    """None where the run could not be read again; a text has `longest` characters at most."""
    if pinned == shown:
        return {"step": step}
    reads = saved.reads_to_json(pinned, longest, may_name)
    return None if reads is None else {"step": step, **reads}


def from_json(given: Any) -> tuple[Pin | None, tuple[str, ...]]:
    """And in words that it is none."""
    if given is None:
        return None, ()
    step = given.get("step") if isinstance(given, dict) else None
    if type(step) is not int or not 0 <= step < _LAST:
        return None, (f"{_WRONG}.",)
    if not given.keys() & (KNOWN - {"step"}):
        return Pin(step), ()
    reads = saved.reads_from_json(given)
    return (None, (f"{_WRONG}.",)) if reads is None else (Pin(step, reads), ())
