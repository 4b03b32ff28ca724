"""Which colours meet. Every role of the theme stands here, so a new one can't be forgotten.

A ground is a role; `band` and `band|blend` are the selected unit's band over panel and blend.
"""

from __future__ import annotations

from PySide6.QtGui import QColor
from seeing import over

from gru_debugger.charts.theme import Theme

PLAIN = "panel blend side"
PARTED = 10.0  # CIEDE2000 at which two colours are told apart for certain

# Words: 4.5 against what they stand on.
TEXT: dict[str, str] = {
    "text": f"{PLAIN} pale chip",
    "muted": f"{PLAIN} pale",
    "ticks": PLAIN,
    "future": "panel",
    "positive_text": "panel side",
    "negative_text": "panel side",
    "keep_text": PLAIN,
    "take_text": PLAIN,
    "now_text": "now h positive",  # the symbol read, “next in the text”, what is marked in a field
    "pill_text": "pill",
    "error": PLAIN,
    "good": "good_fill",
    "panel": "error future",
}

# Drawn and meaning something: 3 against what it stands on.
GRAPHICS: dict[str, str] = {
    "positive": f"{PLAIN} band grid",
    "negative": f"{PLAIN} band grid",
    "r": "panel side band pale grid",
    "h": f"{PLAIN} grid",
    "keep": f"{PLAIN} band|blend pale_take",
    "take": f"{PLAIN} band|blend",
    "edge": PLAIN,
    "ticks": PLAIN,
    "now": f"{PLAIN} pale",
    "future": "side",
    "outline": "panel side",
    "text": f"{PLAIN} pale",  # the ring of what has the focus
    "muted": "blend panel",
}

# Of the colours that mean something in the charts, each is told from each other.
MEANINGS = ("positive", "negative", "keep", "take", "r", "h", "edge")

# Colours that touch, beside those.
TOUCHING = (
    ("keep", "pale_take"),
    ("r", "pale"),
    ("positive", "ticks"),
    ("negative", "ticks"),
    ("h", "ticks"),
    ("positive", "future"),
    ("negative", "future"),
    ("keep", "good"),
    ("keep", "now"),
    ("take", "now"),
    ("good", "error"),
    ("negative", "error"),
    ("h", "now"),
    ("negative", "pill"),
)

# What those too alike have besides their colour.
CARRIED: dict[tuple[str, str], str] = {
    ("negative", "edge"): "the edges are two hair lines through all charts, a filled band between",
    ("good", "error"): "✓ and ✗ stand before the words",
    ("negative", "error"): "a bar below zero; errors are words",
    ("h", "now"): "the mark lies across its bar's end, in a halo; the bar stands on zero",
    ("negative", "pill"): "the pill holds the unit's number",
}

# Drawn, but nothing is lost with it.
QUIET: dict[str, str] = {
    "border": "parts areas that differ without it",
    "grid": "its ticks carry the numbers; where it is a track, the percentage stands beside it",
    "fill": "between the band's two edges",
    "pale": "behind the bar, up to the line at 1; of a pressed button the outline tells",
    "pale_take": "what keep's bar leaves of the height up to the line at 1",
    "chip": "behind a number that says where it stands by its place",
    "pill": "behind a number",
    "side": "a ground",
    "blend": "a ground",
    "good_fill": "behind words with a ✓",
    "map": "its scale stands beside it, and pointing at it tells the number with its sign",
}


def color(theme: Theme, name: str) -> QColor:
    if name == "band":
        return over(theme.panel, theme.fill)
    if name == "band|blend":
        return over(theme.blend, theme.fill)
    return theme.role(name)
