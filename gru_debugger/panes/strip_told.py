"""The strip told: in plain words, as a table of its states, and what stands under the pointer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF

from gru_debugger import phrases
from gru_debugger.numerals import exact, grouped, two
from gru_debugger.panes import in_words, lanes_told, pinned_mark
from gru_debugger.panes.strip_marks import among_stops
from gru_debugger.panes.table import Table, Tables, part, stretch
from gru_debugger.session.bookmarks import LONGEST

if TYPE_CHECKING:
    from gru_debugger.panes.strip import StripPane

_TOLD = 5  # states of the selected unit that are told in words


def words(pane: StripPane) -> str:
    session = pane.session
    around = in_words.around(pane.trace, session.position)
    stops, bookmarks = in_words.stops(session), in_words.bookmarks(session)
    found = in_words.found(session)
    marked = stops, bookmarks, pane.edits.words(), pinned_mark.words(pane), found
    told = in_words.place(session), *marked, around, _last_states(pane)
    return in_words.sentences(*told, *lanes_told.words(session))


def _last_states(pane: StripPane) -> str:
    """The selected unit's state after each of the last steps that are read."""
    t, unit, trace = pane.session.position, pane.session.unit, pane.trace
    if not t or t > trace.recorded or not pane.session.is_computed("h"):
        return in_words.initial(pane.session)
    states = trace.states(pane.session.layer, pane.session.direction, max(0, t - _TOLD), t)[
        :, unit
    ]
    first = t - len(states) + 1
    parts = {"unit": str(unit), "t": grouped(t),
             "values": ", ".join(two(float(v)) for v in states)}  # fmt: skip
    if first < t:
        return phrases.told("State of unit {unit} in steps {first} to {t}: {values}",
                            first=grouped(first), **parts)  # fmt: skip
    return phrases.told("State of unit {unit} in step {t}: {values}", **parts)


def numbers(pane: StripPane) -> Tables:
    return {"states": partial(_states, pane), **lanes_told.tables(pane.session)}


def _states(pane: StripPane) -> Table:
    """A row a position; of a long text those around where we are."""
    session, trace, size = pane.session, pane.trace, pane.model.hidden_size
    begin = 0 if session.direction == "forward" else 1
    shown = stretch(trace.steps + 1 - begin, size, session.position - begin)
    steps = range(shown.start + begin, shown.stop + begin)
    states = trace.all_states(session.layer, session.direction, shown.start, shown.stop)
    recorded = np.arange(steps.start, steps.stop)[:, None] <= trace.recorded

    def name(row: int) -> tuple[str, str]:
        t = steps[row]
        return str(t), trace.character_in_words(t) if 1 <= t <= trace.steps else ""

    return Table(
        ("step", trace.reading.noun),
        name,
        tuple(f"h[{unit}]" for unit in range(size)),
        states,
        recorded,
        part(steps, begin, trace.steps),
        row=session.position - steps.start if session.position in steps else None,
        column=session.unit,
    )


def hover(pane: StripPane, at: QPointF) -> str:
    position = pane.position_at(at)
    if position is None:
        return ""
    rect = pane.map_rect()
    words = phrases.told("step {t}", t=grouped(position))
    if position:
        words += f": {pane.trace.character_in_words(position)}"
        if position in pane.session.marks.stops:
            words += "\n" + phrases.told("a stop; click the dot to remove it (F9)")
        elif among_stops(at):
            words += "\n" + phrases.told("click to set a stop (F9)")
    words += pane.edits.hover(position) + pinned_mark.hover(pane, position)
    for one in pane.session.marks.bookmarks:
        if one.at.step == position:
            words += "\n" + phrases.told("bookmark {bookmark}", bookmark=one.in_words(LONGEST))
    first = 1 if pane.session.direction == "reverse" else 0
    if rect.top() <= at.y() <= rect.bottom() and first <= position <= pane.trace.recorded:
        size = pane.model.hidden_size
        row = min(size - 1, int((at.y() - rect.top()) / rect.height() * size))
        order = pane.session.unit_order
        unit = row if order is None else int(order.units[row])
        state = pane.trace.state(position, pane.session.layer, pane.session.direction)
        words += f"\nh[{unit}] = {exact(float(state[unit]))}"
    return words
