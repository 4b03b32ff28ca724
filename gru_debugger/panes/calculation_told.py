"""The worked sheet in words and as tables, for who hears the program or wants the numbers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from gru_debugger.charts.mathematics import plain
from gru_debugger.numerals import exact
from gru_debugger.panes import in_words
from gru_debugger.panes.table import Table, Tables
from gru_debugger.phrases import told
from gru_debugger.questions.by_hand import ledger
from gru_debugger.questions.calculation import Band, Column, Sheet

if TYPE_CHECKING:
    from gru_debugger.panes.calculation import CalculationPane
    from gru_debugger.panes.pane import Pane

_TOLD = ("h_prev", "r", "z", "n", "h")
# The columns in which a quantity stands for itself; parts of sums are no column here.
OWN: dict[str, tuple[str, ...]] = {
    "h_prev": ("old",), "hidden_r": ("hidden",), "hidden_z": ("hidden",), "hidden_n": ("hidden",),
    "sum_r": ("a",), "sum_z": ("a",), "sum_n": ("a",), "r": ("result",), "z": ("result",),
    "n": ("result",), "reset_product": ("product", "r ⊙ old"), "take": ("take",),
    "keep": ("keep",), "h": ("new",),
}  # fmt: skip


def tip(pane: CalculationPane, of: Sheet, column: Column, unit: int) -> str:
    """Of a number, with all its digits; empty of what is not computed."""
    row = of.row_of(unit)
    if not pane.is_known(of, column):
        return ""
    value = {"name": _named(column), "unit": str(unit), "value": exact(float(column.values[row]))}
    if column.by_hand[row]:
        return told("{name}, unit {unit} = {value}, set by hand", **value)
    return told("{name}, unit {unit} = {value}", **value)


def _named(column: Column) -> str:
    return re.sub(r"\s+", " ", plain(column.symbol))


def words(pane: Pane, of: Sheet | None) -> str:
    """Where one is, and the selected unit's row from the old state to the new one."""
    session = pane.session
    said = in_words.of_unit(session, _TOLD)
    unit = ""
    if of is not None and said:
        unit = told("Unit {unit}: {said}", unit=str(session.unit), said=said)
    start = "" if of is not None else in_words.initial(session)
    return in_words.sentences(in_words.place(session), unit, start)


def tables(pane: CalculationPane, of: Sheet) -> Tables:
    """A table a band, and the selected unit's products."""
    made = {band.title.lower(): lambda band=band: _table(pane, of, band) for band in of.bands}
    return {**made, "row by hand": lambda: row_table(pane, of)}


def _table(pane: CalculationPane, of: Sheet, band: Band) -> Table:
    known = [not c.needs or pane.session.is_computed(c.needs) for c in band.columns]
    return Table(
        ("unit",),
        lambda row: (str(of.rows[row]),),
        tuple(map(_named, band.columns)),
        np.stack([column.values for column in band.columns], axis=1).astype(np.float32),
        np.array(known),
        row=pane.row,
    )


def row_table(pane: Pane, of: Sheet) -> Table:
    """All of the selected unit's products, by whose state they are."""
    found = ledger(of, pane.session.unit, None).hidden
    symbols = [plain(of.symbols("W_h", band.gate)) for band in of.gates if band.gate]
    known = [pane.session.is_computed(f"hidden_{band.gate}") for band in of.gates]
    values = np.concatenate([found.met[:, :1], found.weights, found.values], axis=1)
    letter = "c" if of.writing == "course" else "h"
    return Table(
        ("state",),
        lambda row: (f"{letter}{row}",),
        (plain(of.symbols("old", "r")), *symbols, *(f"{name} product" for name in symbols)),
        values.astype(np.float32),
        np.array([True] * 4 + known),
        row=pane.session.unit,
    )
