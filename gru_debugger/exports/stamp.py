"""The caption below every picture: which model, which bytes, which step, which character.

All of it is there in every picture. Names give way before numbers do: what is too long loses its
middle, and a narrow picture has two lines, whatever it says, so that all its steps are of a size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtGui import QColor, QPainter

from gru_debugger.charts import fonts
from gru_debugger.core.cell import Notation
from gru_debugger.core.trace import Trace
from gru_debugger.numerals import grouped
from gru_debugger.session.pinned import in_words
from gru_debugger.source import NOT_ITS_OWN, inside

MARGIN = 24
_NARROW = 900  # pixels below which the caption has two lines
_LINE, _ABOVE = 16, 10  # pixels
# A font whose digits are plain characters: from a PDF the hash can be copied.
_FONT: fonts.Used = (fonts.MONO, 10, 400, False)
_BETWEEN = "  ·  "
_LONGEST = 400  # characters that a caption could hold at all


@dataclass(frozen=True)
class Part:
    text: str
    yields: bool = False  # loses its middle where there is no room


_MARK = Part(NOT_ITS_OWN)


def parts(
    trace: Trace, position: int, notation: Notation = "pytorch"
) -> tuple[list[Part], list[Part]]:
    """Of the model: its name, the first 12 digits of its hash, and whether what is shown is not the
    network's own. Of the step: number, character, h(0) if it is not zeros, edits, what it is held
    against, and what the file says that it was converted from."""
    source = trace.model.source
    doubt = inside(source.told, initial_state=trace.initial.chosen_for(trace.model))
    where = trace.character_in_words(position) if position else f"before {trace.reading.noun} 1"
    more = [] if trace.initial.zeros else [trace.initial.in_words(notation)]
    if trace.edits:
        more.append(f"set {'; '.join(map(str, trace.edits))}")
    if trace.held is not None and trace.reference is not None:
        more.append(f"beside {in_words(trace.reference, trace.held.fixed, trace)}")
    if source.converted_from is not None:
        more.append(source.converted_from.in_brief())
    return (
        [Part(source.title, yields=True), Part(source.sha256[:12]), *([_MARK] if doubt else ())],
        [Part(f"step {grouped(position)}"), *(Part(text, yields=True) for text in (where, *more))],
    )


def words(trace: Trace, position: int, notation: Notation = "pytorch") -> str:
    """All of it in full, for a file's title."""
    model, step = parts(trace, position, notation)
    return _joined(model + step)


def height(width: float) -> int:
    """Pixels of the caption under a picture so wide."""
    return _ABOVE + _LINE * (2 if width < _NARROW else 1)


def lines(
    trace: Trace, position: int, width: float, notation: Notation = "pytorch"
) -> list[str]:
    model, step = parts(trace, position, notation)
    split = [model, step] if width < _NARROW else [model + step]
    return [fitted(line, width - 2 * MARGIN) for line in split]


def paint(p: QPainter, said: Sequence[str], top: float, color: QColor) -> None:
    family, pixels, weight, _ = _FONT
    for i, line in enumerate(said):
        fonts.text(p, MARGIN, top + 17 + i * _LINE, line, color, family, pixels, weight)


def fitted(line: Sequence[Part], room: float) -> str:
    """The parts on one line, the longest that may yield shortened until all find room."""
    limit = min(_LONGEST, max((len(part.text) for part in line if part.yields), default=0))
    measure = fonts.metrics(_FONT).horizontalAdvance
    while limit > 3 and measure(_joined(line, limit)) > room:
        limit -= 1
    return _joined(line, limit)


def _joined(line: Sequence[Part], limit: int | None = None) -> str:
    return _BETWEEN.join(_shortened(part, limit) for part in line)


def _shortened(part: Part, limit: int | None) -> str:
    text = part.text
    if limit is None or not part.yields or len(text) <= limit:
        return text
    return f"{text[: limit // 2]}…{text[len(text) - (limit - 1) // 2 :]}"
