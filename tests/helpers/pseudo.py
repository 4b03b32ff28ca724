"""A translation that any reader can read, and a test can see: most letters have accents."""

from __future__ import annotations

import re

from PySide6.QtCore import QTranslator

ACCENTED = dict(zip("aeiouyncsrtdlzAEIOUYNCSRTDLZ", "áéíóúýñçšřťďĺžÁÉÍÓÚÝÑÇŠŘŤĎĹŽ", strict=True))
_PLACE = re.compile(r"(\{[^}]*\})")
_NOT_SAID = re.compile(r"“[^”]*”|\w*_\w*")  # what a text or a file says; a name of expressions
_WORD = re.compile(r"[^\W\d_]{2,}")
NAMES = {"tanh", "Γr", "Γu"}  # of functions and gates, in every language


def pseudo(template: str) -> str:
    """Its places stay as they are."""
    pieces = _PLACE.split(template)
    return "".join(
        piece if i % 2 else "".join(ACCENTED.get(letter, letter) for letter in piece)
        for i, piece in enumerate(pieces)
    )


def unmarked(said: str) -> list[str]:
    """Words that no translation has seen."""
    return [word for word in _WORD.findall(_NOT_SAID.sub("", said))
            if word not in NAMES and any(letter in ACCENTED for letter in word)]  # fmt: skip


class Marking(QTranslator):
    """As Qt has it."""

    def isEmpty(self) -> bool:
        return False

    def translate(self, context: str, source: str, *_: object) -> str:
        return pseudo(source) if context == "sentences" else source
