"""Sentences as templates with named places: "{h} changes most in unit {unit}".

A template is one literal string, whole, so that a translation may order its pieces anew. What is
shown passes here; where no screen is known a template says what stands in it, and the window puts
Qt's own translation before it (`translate_by`), so that numbers and questions need no Qt.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from gru_debugger.numerals import grouped
from gru_debugger.spans import Span

Translate = Callable[[str], str]

_PLACE, _BRACE = re.compile(r"\{(\w+)\}"), re.compile("[{}]")
_BRACED = re.compile(r"\{[^}]*\}")
_INDEXED = re.compile(r"_\{(?:(\w),)?(\d+)\}")


class _Language:
    """What every template passes; one for the whole process, as Qt's translators are."""

    translate: Translate = staticmethod(str)


# What is shown of each template, whole and in pieces, of which every second is a place's name: all
# that is said at a key press is asked for once.
_shown: dict[str, str] = {}
_pieces: dict[str, list[str]] = {}


def translate_by(translate: Translate) -> None:
    """From now on every template is what this makes of it."""
    _Language.translate = staticmethod(translate)
    _shown.clear()
    _pieces.clear()


def _learn(template: str) -> None:
    """A translation that lacks a place, or has one more, is not taken."""
    shown = _Language.translate(template)
    same = sorted(_PLACE.findall(shown)) == sorted(_PLACE.findall(template))
    if not same or _BRACE.search(_PLACE.sub("", shown)):
        shown = template
    _shown[template], _pieces[template] = shown, _PLACE.split(shown)


def told(template: str, **parts: str) -> str:
    """The template in the user's language, its places filled with words."""
    if template not in _shown:
        _learn(template)
    shown = _shown[template]
    return shown.format(**parts) if parts else shown


def foreign(words: str) -> str:
    """What a file says, such as a tour, in the user's language, where its translator knows it; what
    stands in braces is a matter of the file. Kept by nobody: it may be anything."""
    shown = _Language.translate(words)
    same = sorted(_BRACED.findall(shown)) == sorted(_BRACED.findall(words))
    return shown if same else words


def several(count: int, one: str, many: str, **parts: str) -> str:
    """“{n} unit” or “{n} units”, of so many."""
    template = one if count == 1 else many
    return told(template, n=grouped(count), **parts)


def phrase(template: str, **parts: Span | str | list[Span]) -> list[Span]:
    """The same as spans, its places filled with words, or with a piece that has a colour of its
    own, or several."""
    if template not in _pieces:
        _learn(template)
    spans, words = list[Span](), ""
    for i, piece in enumerate(_pieces[template]):
        part = parts[piece] if i % 2 else piece
        if isinstance(part, str):
            words += part
            continue
        spans += [Span(words.strip())] if words.strip() else []
        spans += part if isinstance(part, list) else [part]
        words = ""
    return [*spans, Span(words.strip())] if words.strip() else spans


def in_text(spans: Sequence[Span]) -> str:
    """A sentence where there is only text: h_{9} is h[9], Γ_{u,9} Γu[9]."""
    words = ""
    for text, _, symbol in spans:
        shown = _INDEXED.sub(r"\1[\2]", text).replace("_", "") if symbol else text
        words += shown if not words or shown[:1] in ".,;:" else f" {shown}"
    return words
