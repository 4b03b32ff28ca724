"""A small painter for the mathematics: italic letters, upright digits and names, indices.

Markup: ``_{…}`` or ``_x`` lowers, ``^{…}`` raises; ``{color|…}`` is not needed, colours are
given per call. Rich text through QTextDocument has uneven baselines; this has one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from PySide6.QtGui import QColor, QPainter

from gru_debugger.charts import fonts
from gru_debugger.core.activations import SYMBOLS

_WORDS = ("input part", "hidden part", "input", "hidden", "take", "keep", "reset_product")
# The longer first: “hard σ” is one name.
_UPRIGHT = sorted((*SYMBOLS, "softmax", "logits", *_WORDS), key=len, reverse=True)
_TOKEN = re.compile(
    r"_\{([^}]*)\}|\^\{([^}]*)\}|_(.)|("
    + "|".join(map(re.escape, _UPRIGHT))
    + r")|([^\W\d_]̃?)|(\s+)|(.)",
    re.S,
)

_LEAST = 10  # pixels of type


@dataclass(frozen=True)
class Run:
    text: str
    x: float
    shift: float  # downwards, in pixels
    pixels: float
    italic: bool
    family: str = fonts.MATH


@cache
def layout(markup: str, pixels: float) -> tuple[tuple[Run, ...], float]:
    """The runs of a formula and its width."""
    runs: list[Run] = []
    x = 0.0
    index_end = 0.0  # an index below and one above may stand over each other
    for low, high, low1, upright, letter, space, other in _TOKEN.findall(markup):
        small = round(pixels * 0.72)
        if low or low1 or high:
            start = x
            shift = pixels * (-0.38 if high else 0.2)
            for part in re.findall(r"[^\W\d_]|[\W\d_]+", low or low1 or high):
                italic = part.isalpha()
                runs.append(Run(part, start, shift, small, italic))
                start += fonts.width(part, fonts.MATH, small, 400, italic)
            index_end = start
            x = index_end
            continue
        if space:
            x += pixels * 0.22
            continue
        word = upright or letter or other
        italic = bool(letter) and not _is_upright_letter(letter)
        words = upright in _WORDS
        family, size = (fonts.SANS, pixels * 0.8) if words else (fonts.MATH, pixels)
        gap = pixels * 0.16 if word in "=+−⊙·<>" else 0.0
        x += gap
        runs.append(Run(word, x, 0.0, round(size), italic and not words, family))
        x += fonts.width(word, family, round(size), 400, italic and not words) + gap
    return tuple(runs), x


def _is_upright_letter(letter: str) -> bool:
    return letter in "Γσ"


def draw(
    p: QPainter, x: float, baseline: float, markup: str, color: QColor, pixels: float
) -> float:
    """Paint a formula on a baseline; returns its width."""
    runs, wide = layout(markup, pixels)
    for run in runs:
        fonts.text(
            p,
            x + run.x,
            baseline + run.shift,
            run.text,
            color,
            run.family,
            run.pixels,
            400,
            run.italic,
        )
    return wide


def draw_within(
    p: QPainter, x: float, baseline: float, markup: str, color: QColor, pixels: float, room: float
) -> float:
    """`draw`, smaller where there is less room; nothing where it could not be read."""
    pixels = size_within(markup, pixels, room)
    return draw(p, x, baseline, markup, color, pixels) if pixels else 0.0


def size_within(markup: str, pixels: float, room: float) -> float:
    """The size at which a formula finds room; 0 where it could not be read."""
    if not fits(markup, pixels, room):
        return 0.0
    while width(markup, pixels) > room:
        pixels -= 1
    return pixels


def plain(markup: str) -> str:
    """A formula where there is only text: “b_r = b_ir + b_hr”."""
    return re.sub(r"[{}]", "", markup)


def fits(markup: str, pixels: float, room: float) -> bool:
    """Whether a formula finds room, in smaller letters where need be."""
    return width(markup, min(pixels, _LEAST)) <= room


def width(markup: str, pixels: float) -> float:
    return layout(markup, pixels)[1]
