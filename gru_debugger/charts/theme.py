"""Colours. A colour means one thing everywhere; the table is the design's own."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

ThemeName = Literal["light", "dark"]


@dataclass(frozen=True)
class Theme:
    """One colour a role; `map` holds the diverging map's stops at −1, −0.62, 0, 0.62, 1."""

    name: ThemeName
    panel: QColor
    blend: QColor
    side: QColor
    border: QColor
    outline: QColor
    text: QColor
    muted: QColor
    ticks: QColor
    future: QColor
    positive: QColor
    negative: QColor
    r: QColor
    h: QColor
    keep: QColor
    take: QColor
    positive_text: QColor
    negative_text: QColor
    keep_text: QColor
    take_text: QColor
    pale_take: QColor
    pale: QColor
    grid: QColor
    pill: QColor
    pill_text: QColor
    edge: QColor
    fill: QColor
    chip: QColor
    now: QColor
    now_text: QColor
    error: QColor
    good: QColor
    good_fill: QColor
    map: tuple[str, ...]

    def role(self, name: str) -> QColor:
        color: QColor = getattr(self, name)
        return color


_TABLE: dict[str, tuple[str, str]] = {
    "panel": ("#FFFFFF", "#181C22"),
    "blend": ("#F7F8FA", "#1D2128"),
    "side": ("#F8F9FA", "#15181E"),
    "border": ("#DFE3E8", "#2B313A"),  # parts what would be told apart without it
    "outline": ("#828C98", "#68727F"),  # says where a field is, or that a button is pressed
    "text": ("#1A1F26", "#E4E8ED"),
    "muted": ("#5A6472", "#9DA7B4"),
    "ticks": ("#66717D", "#828D9A"),
    "future": ("#69747F", "#7B8693"),
    "positive": ("#0072B2", "#4FA8E8"),
    "negative": ("#D55E00", "#F58A4B"),
    "r": ("#6B7686", "#A3AFBE"),
    "h": ("#2E3844", "#D5DCE4"),
    "keep": ("#1E967D", "#64D6B5"),
    "take": ("#8C2069", "#CE559F"),
    # Text needs more contrast than a bar.
    "positive_text": ("#0072B2", "#4FA8E8"),
    "negative_text": ("#B84F00", "#F58A4B"),
    "keep_text": ("#1E7F6C", "#64D6B5"),
    "take_text": ("#8C2069", "#E57FBE"),
    "pale_take": ("#F3E6EE", "#44293D"),
    "pale": ("#F1F3F5", "#22272E"),
    "grid": ("#E6E9ED", "#2B313A"),
    "pill": ("#FFCB45", "#F2BC3B"),
    "pill_text": ("#1A1F26", "#1A1F26"),
    "edge": ("#B07C00", "#F2D160"),
    "fill": ("#2EFFC400", "#1EFFC828"),
    "chip": ("#FFF1C9", "#3D3318"),
    "now": ("#1A1F26", "#F1F4F7"),
    "now_text": ("#FFFFFF", "#15181E"),
    "error": ("#C4153B", "#FF5C7A"),
    "good": ("#1A6B4A", "#DDF7EA"),
    "good_fill": ("#DDF3E7", "#17352A"),
}
_MAPS = (
    ("#8F3E00", "#D55E00", "#F3F4F6", "#0072B2", "#00436B"),
    ("#FFB27A", "#E0702B", "#20252D", "#2F8FD3", "#86CBFF"),
)


def _theme(name: ThemeName, column: int) -> Theme:
    colors = {role: QColor(pair[column]) for role, pair in _TABLE.items()}
    return Theme(name=name, map=_MAPS[column], **colors)


THEMES: dict[str, Theme] = {"light": _theme("light", 0), "dark": _theme("dark", 1)}
assert {f.name for f in fields(Theme)} == {"name", "map", *_TABLE}

_STOPS = (-1.0, -0.62, 0.0, 0.62, 1.0)
_TO_LMS = np.array([[0.4122214708, 0.5363325363, 0.0514459929],
                    [0.2119034982, 0.6806995451, 0.1073969566],
                    [0.0883024619, 0.2817188376, 0.6299787005]])  # fmt: skip
_TO_LAB = np.array([[0.2104542553, 0.7936177850, -0.0040720468],
                    [1.9779984951, -2.4285922050, 0.4505937099],
                    [0.0259040371, 0.7827717662, -0.8086757660]])  # fmt: skip


def mixed(ground: QColor, color: QColor, share: float) -> QColor:
    """So much of a colour on a ground, opaque."""
    parts = [
        round((1 - share) * of(ground) + share * of(color))
        for of in (QColor.red, QColor.green, QColor.blue)
    ]
    return QColor(*parts)


@cache
def diverging_map(name: str) -> NDArray[np.uint8]:
    """255 colours (255, 3), the middle one exactly zero's; mixed in OKLab (Ottosson 2020)."""
    colors = [QColor(c) for c in THEMES[name].map]
    stops = np.array([(c.redF(), c.greenF(), c.blueF()) for c in colors])
    linear = np.where(stops <= 0.04045, stops / 12.92, ((stops + 0.055) / 1.055) ** 2.4)
    lab = np.cbrt(linear @ _TO_LMS.T) @ _TO_LAB.T
    at = np.linspace(-1, 1, 255)
    mixed = np.stack([np.interp(at, _STOPS, lab[:, i]) for i in range(3)], axis=1)
    linear = (mixed @ np.linalg.inv(_TO_LAB).T) ** 3 @ np.linalg.inv(_TO_LMS).T
    linear = linear.clip(0, 1)
    rgb = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    table: NDArray[np.uint8] = np.rint(rgb * 255).astype(np.uint8)
    return table


def map_color(name: str, value: float) -> QColor:
    """The map's colour of a value in −1..1."""
    index = round((min(1.0, max(-1.0, value)) + 1) * 127)
    r, g, b = diverging_map(name)[index]
    return QColor(int(r), int(g), int(b))
