"""What was taken of a file as a model's parts, why, and what else could have been."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from gru_debugger.numerals import dimensions

Role = Literal["embedding", "output"]
NONE = "none"  # as a choice: no such layer


@dataclass(frozen=True)
class Choice:
    """What the user chose in a file that can be read in several ways; None: as it is found.

    `gru` is the name of a GRU, `embedding` and `output` are names of tensors, or `NONE`.
    """

    gru: str | None = None
    embedding: str | None = None
    output: str | None = None

    def of(self, role: Role) -> str | None:
        return self.embedding if role == "embedding" else self.output


AS_FOUND = Choice()


@dataclass(frozen=True)
class Candidate:
    """A tensor whose shape fits a role, with what speaks for it and against it."""

    name: str
    shape: tuple[int, ...]
    pros: tuple[str, ...] = ()
    cons: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.name} ({dimensions(self.shape)})"


@dataclass(frozen=True)
class Match:
    """What was taken in a role, None for nothing, and why; `equal`: as good, and other numbers."""

    role: Role
    chosen: Candidate | None
    reason: str
    candidates: tuple[Candidate, ...] = ()
    equal: tuple[Candidate, ...] = ()

    def __str__(self) -> str:
        words = NONE if self.chosen is None else str(self.chosen)
        return f"{words}: {self.reason}" if self.reason else words

    def info(self) -> dict[str, Any]:
        """What ``info --json`` prints."""
        return {
            "name": None if self.chosen is None else self.chosen.name,
            "shape": None if self.chosen is None else list(self.chosen.shape),
            "reason": self.reason,
            "candidates": [
                {"name": c.name, "shape": list(c.shape), "for": list(c.pros),
                 "against": list(c.cons)}
                for c in self.candidates
            ],
        }  # fmt: skip
