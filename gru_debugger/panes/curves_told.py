"""The curves and the reset gate's doing in words and as tables, for who hears the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gru_debugger.numerals import exact, grouped, two
from gru_debugger.panes import curve_resets, in_words
from gru_debugger.panes.equations import short
from gru_debugger.panes.table import Table, Tables, part, stretch
from gru_debugger.phrases import told
from gru_debugger.questions.curves import BENT

if TYPE_CHECKING:
    from gru_debugger.panes.curves import CurvesPane

_HELD = "The other units' gates are held as they are"


def words(pane: CurvesPane) -> str:
    """What is read off the picture: the sentence, the three candidates, how often it matters."""
    session = pane.session
    of_sum = told("Unit {unit}: {said}", unit=str(session.unit),
                  said=in_words.plain(pane.of_sum()))  # fmt: skip
    said = [in_words.place(session), of_sum]
    if session.step is not None and session.is_computed("n"):
        opened = pane.opened(session.step)
        n = {row: two(values["n"]) for row, values in opened.told.items()}
        said.append(told(
            "Its candidate is {n}; with the reset gate open (1) {open}, shut (0) {shut}",
            n=n[""], open=n["1"], shut=n["0"],
        ))  # fmt: skip
        if pane.model.reset == "before":
            said.append(told(_HELD))
        if hand := curve_resets.by_hand(pane):
            said.append(told("The {quantity} is set by hand, whatever the gate is",
                             quantity=in_words.name(session, hand)))  # fmt: skip
    said.append(in_words.plain(pane.of_resets().spans))
    return in_words.sentences(*said)


def tip(pane: CurvesPane, unit: int) -> str:
    """A unit's candidates in this step, and how often its gate is used."""
    step, use, said = pane.session.step, pane.run.use, [told("unit {unit}", unit=str(unit))]
    if step is not None and pane.session.is_computed("n"):
        opened, n = pane.opened(step), short(pane, "n")
        said.append(f"{n} = {exact(float(step.values['n'][unit]))}")
        said.append(f"r = 1: {exact(float(opened.open[unit]))}")
        said.append(f"r = 0: {exact(float(opened.shut[unit]))}")
    if use is not None and use.known:
        said.append(told("changed in {used} of {known} steps", used=grouped(int(use.used[unit])),
                         known=grouped(use.known)))  # fmt: skip
    return "\n".join(said)


def tables(pane: CurvesPane) -> Tables:
    """Candidates and use, a unit a row; the selected unit's sums, a step a row."""
    found = {}
    if pane.session.step is not None and pane.session.is_computed("n"):
        found["reset gate"] = lambda: _units(pane)
    if pane.run.unit is not None and pane.run.unit.known:
        found["sums"] = lambda: _sums(pane)
    return found


def _units(pane: CurvesPane) -> Table:
    step, use = pane.session.step, pane.run.use
    assert step is not None
    assert use is not None
    opened = pane.opened(step)
    columns = "r = 1", "n", "r = 0", "steps changed"
    values = np.stack([opened.open, step.values["n"], opened.shut, use.used], axis=1)
    shown = stretch(len(values), len(columns), pane.session.unit)
    return Table(("unit",), lambda i: (str(shown[i]),), columns,
                 values[shown.start : shown.stop].astype(np.float32),
                 note=part(shown, 0, len(opened.open) - 1),
                 row=pane.session.unit - shown.start)  # fmt: skip


def _sums(pane: CurvesPane) -> Table:
    curves, at = pane.run.unit, pane.session.position - 1
    assert curves is not None
    columns = tuple(name for q in BENT for name in (f"sum_{q}", q))
    shown = stretch(curves.known, len(columns), max(0, at))
    rows = slice(shown.start, shown.stop)
    values = np.stack(
        [series[q][rows] for q in BENT for series in (curves.sums, curves.values)], axis=1
    )
    steps = range(shown.start + 1, shown.stop + 1)

    def name(row: int) -> tuple[str, str]:
        return str(steps[row]), pane.trace.character_in_words(steps[row])

    return Table(("step", "reads"), name, columns, values, note=part(steps, 1, curves.known),
                 row=at - shown.start if at in shown else None)  # fmt: skip
