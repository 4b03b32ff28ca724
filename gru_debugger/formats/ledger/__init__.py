"""The account of a file: every tensor and operation is computed here, harmless, or told."""

from gru_debugger.formats.ledger.entries import (
    NAMELESS,
    AnyEntry,
    Ledger,
    Operation,
    Tensor,
    Verdict,
    Where,
    bounded,
    graded,
    module,
    notices,
    share,
    why,
)
from gru_debugger.formats.ledger.harmless import HARMLESS

__all__ = ["HARMLESS", "NAMELESS", "AnyEntry", "Ledger", "Operation", "Tensor", "Verdict", "Where",
           "bounded", "graded", "module", "notices", "share", "why"]  # fmt: skip
