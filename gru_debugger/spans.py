"""Sentences in pieces, so that whoever shows them may colour and set each as what it is."""

from __future__ import annotations

from typing import Literal, NamedTuple

Role = Literal["text", "strong", "keep", "take", "link"]


class Span(NamedTuple):
    """A piece of a sentence. `symbol` pieces are in the mathematics markup."""

    text: str
    role: Role = "text"
    symbol: bool = False
