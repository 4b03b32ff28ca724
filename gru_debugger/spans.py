"""Sentences in pieces, so that whoever shows them may colour and set each as what it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["text", "strong", "keep", "take", "link"]


@dataclass(frozen=True)
class Span:
    """A piece of a sentence. `symbol` pieces are in the mathematics markup."""

    text: str
    role: Role = "text"
    symbol: bool = False
