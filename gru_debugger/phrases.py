"""Sentences as templates with named places: "{h} changes most in unit {unit}".

A template is one literal string, whole, so that a translation may order its pieces anew. What is
shown passes here; where no screen is known a template says what stands in it, and the window puts
Qt's own translation before it (`translate_by`), so that numbers and questions need no Qt.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import ClassVar

from gru_debugger.numerals import grouped
from gru_debugger.spans import Span

Translate = Callable[[str], str]

_PLACE = re.compile(r"\{(\w+)\}")
_INDEXED = re.compile(r"_\{(?:(\w),)?(\d+)\}")


class _Language:
    """What every template passes; one for the whole process, as Qt's translators are."""

    translate: Translate = staticmethod(str)
    known: ClassVar[dict[str, str]] = {}  # asked for once: words are said at every key press


def translate_by(translate: Translate) -> None:
    """From now on every template is what this makes of it."""
    _Language.translate = staticmethod(translate)
    _Language.known.clear()


def _shown(template: str) -> str:
    known = _Language.known.get(template)
    if known is None:
        known = _Language.known[template] = _Language.translate(template)
    return known


def words(template: str, **parts: str) -> str:
    """The template in the user's language, where there is only text, its places filled."""
    shown = _shown(template)
    if not parts:
        return shown
    pieces = _pieces(shown, template)
    return "".join([parts[piece] if i % 2 else piece for i, piece in enumerate(pieces)])


def several(count: int, one: str, many: str, **parts: str) -> str:
    """“{n} unit” or “{n} units”, of so many."""
    return words(one if count == 1 else many, n=grouped(count), **parts)


def phrase(template: str, **parts: Span | str) -> list[Span]:
    """The template in the user's language, its places filled: with words, or with a piece that has
    a colour of its own. A translation that lacks a place, or has one more, is not taken."""
    spans, words = list[Span](), ""
    for i, piece in enumerate(_pieces(_shown(template), template)):
        part = parts[piece] if i % 2 else piece
        if isinstance(part, str):
            words += part
            continue
        spans += [Span(words.strip())] if words.strip() else []
        spans.append(part)
        words = ""
    return [*spans, Span(words.strip())] if words.strip() else spans


@lru_cache(maxsize=1024)
def _pieces(shown: str, template: str) -> list[str]:
    """What is shown, or else the template, in pieces, of which every second is a name."""
    same = sorted(_PLACE.findall(shown)) == sorted(_PLACE.findall(template))
    return _PLACE.split(shown if same else template)


def in_text(spans: Sequence[Span]) -> str:
    """A sentence where there is only text: h_{9} is h[9], Γ_{u,9} Γu[9]."""
    words = ""
    for text, _, symbol in spans:
        shown = _INDEXED.sub(r"\1[\2]", text).replace("_", "") if symbol else text
        words += shown if not words or shown[:1] in ".,;:" else f" {shown}"
    return words


def told(template: str, **parts: str) -> str:
    """A template filled with words alone, as text."""
    return in_text(phrase(template, **parts))
