"""What stands where in the unit's pane, and what of it yields where there is less room.

First the second line of the foot, then the first, then terms down to three and what the others
sum up to, then the equation, then the line that the state is blended on; never the trail, the
value's name and its sentence.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QRectF

from gru_debugger.panes import equations, sentences, terms
from gru_debugger.panes.beside import step_there
from gru_debugger.panes.pane import Pane
from gru_debugger.panes.unit_foot import entry_height, keys_of

MARGIN = 22
_SENTENCE, _BLOCK = 57.5, 58  # pixels above the sentence, and of the line of the blend above it
_TRAIL = 28  # pixels that the rest is lower below a trail, which has its own air
_FOOT = 8  # pixels around the foot's entries
_FEWEST = 4  # rows below all equations
_ROWS = 3  # more than the fewest, before the foot's second entry
_AIR = 90  # pixels above all that with which everything has air
_LIST_TOP, _LEAST_LIST = 84, 220  # pixels, where all terms have the pane


@dataclass(frozen=True)
class Laid:
    """`top`: below the trail. `block`: there is a line of the blend, or of the halt. `foot`: the
    top of so many `entries`, of one line or two each."""

    top: int = 0
    block: bool = False
    sentence: QRectF = field(default_factory=QRectF)
    place: equations.Place | None = None
    list: QRectF = field(default_factory=QRectF)
    foot: float = 0.0
    entries: int = 0
    one_line: bool = False


def _sentence(pane: Pane) -> QRectF:
    wide = pane.size.width() - 2 * MARGIN - 1
    return QRectF(MARGIN + 0.5, _SENTENCE, wide, sentences.height(wide))


def _fewest(pane: Pane) -> int:
    """Pixels of the list at least."""
    told = pane.session.told
    if pane.session.view.all_equations:
        return terms.height(_FEWEST)
    if told in ("h", "n") or (told == "reset_product" and pane.model.reset == "after"):
        return terms.height(2) + terms.GAP + terms.height(3)
    return terms.height(2 if told in ("take", "keep", "reset_product", "h_prev") else 3)


def _equations(pane: Pane, air: float) -> tuple[int, int]:
    """How many there are to be shown, and pixels from one to the next."""
    count = 4 if pane.session.view.all_equations else len(equations.own(pane))
    return count, round(38 + 4 * air)


def _height(count: int, pitch: int) -> int:
    """Pixels of equations, with their heading."""
    return 15 + 25 + pitch * (count - 1) + 18 + 6 if count else 10


def least(pane: Pane) -> int:
    """Pixels of height without which a part would be missing that never yields.

    The same for all values, so that none brings a scroll bar, and with a trail or without.
    """
    if pane.session.view.all_terms:
        return _LEAST_LIST
    height = _TRAIL + _SENTENCE + _sentence(pane).height() + 10
    if pane.session.view.all_equations:
        return round(height + _BLOCK + _height(4, 38) + terms.height(_FEWEST) - 6)
    return round(height + terms.height(3) + 4)


def laid(pane: Pane, trail: bool) -> Laid:
    view, session = pane.session.view, pane.session
    top, bottom = _TRAIL if trail else 0, pane.size.height() - 4
    wide = pane.size.width() - 2 * MARGIN
    if view.all_terms:
        high = bottom - _LIST_TOP - top
        return Laid(top, list=QRectF(MARGIN, _LIST_TOP + top, wide, high))
    sentence, one_line = _sentence(pane), session.told == "h"
    room = bottom - top - sentence.bottom() - _fewest(pane) - 10
    count, _ = _equations(pane, 0)
    wants = session.told == "h" or session.computation != "blend" or view.all_equations
    block = wants and room >= _BLOCK
    room -= _BLOCK if block else 0
    there = step_there(pane) is not None and not view.all_equations
    high = _height(count, 38) - 10 + (equations.THERE if there else 0)
    writes = session.computation == "blend"  # else the state is not written yet
    writes = writes and session.told != "probabilities"  # which is no unit's
    terms_first = terms.ROW if _fewest(pane) == terms.height(3) else 0
    if count and room < high + terms_first and not view.all_equations:
        count, writes = 0, False
    room -= high if count else 0
    entry = entry_height(one_line)
    entries = int(writes and room >= entry + _FOOT + terms_first)
    for more in range(2, len(keys_of(session.told)) + 1) if writes else ():
        if room >= more * entry + _FOOT + terms.ROW * _ROWS:
            entries = more
    foot = _FOOT + entries * entry if entries else 0
    room -= foot + terms.ROW * _ROWS
    air = min(1.0, max(0.0, room / _AIR))
    sentence.translate(0, top + (_BLOCK if block else 0) + round(4 * air))
    place, end = None, round(sentence.bottom() + 4 + 8 * air)
    if count:
        baseline = round(sentence.bottom() + 15 + 9 * air)
        pitch = _equations(pane, air)[1]
        place = equations.Place(MARGIN, MARGIN + wide, baseline, pitch, count, there)
        end = round(place.bottom + 6 + 6 * air)
    listed = QRectF(MARGIN, end, wide, bottom - foot - end)
    return Laid(top, block, sentence, place, listed, bottom - foot, entries, one_line)
