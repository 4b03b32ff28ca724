"""The overview for those who do not see it: its answers, and its numbers as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gru_debugger import phrases
from gru_debugger.core.model import printable
from gru_debugger.panes import in_words, table
from gru_debugger.panes.table import Table, Tables
from gru_debugger.questions.overview import BINS

if TYPE_CHECKING:
    from gru_debugger.panes.whole_run.pane import WholeRunPane

_UNITS = (
    "z_low", "z_high", "r_low", "r_high", "half_life", "largest", "mean", "deviation",
)  # fmt: skip


def words(pane: WholeRunPane) -> str:
    """Where we are, and each question with its answer."""
    if pane.survey is None:
        pane.look()
    said = [in_words.place(pane.session), pane.progress()]
    said += [
        f"{phrases.told(panel.question)} {_capital(panel.answer().words)}" for panel in pane.all
    ]
    return in_words.sentences(*filter(None, said))


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def numbers(pane: WholeRunPane) -> Tables:
    survey = pane.survey
    tables = {"units": lambda: units(pane), "values": lambda: values(pane)}
    if survey is None or not survey.why_none:
        tables["surprise"] = lambda: surprise(pane)
    return tables


def units(pane: WholeRunPane) -> Table:
    """A row a unit; what its silence costs too, where that is known."""
    if pane.survey is None:
        pane.look()
    found, size = pane.units, pane.model.hidden_size
    columns = [np.zeros(size) if found is None else getattr(found, name) for name in _UNITS]
    losses = np.full(size, np.nan) if pane.losses is None else pane.losses.bits
    every = np.stack([*columns, losses], axis=1).astype(np.float32)
    known = ~np.isnan(every) & (found is not None)
    return Table(
        ("unit",), lambda i: (str(i),), (*_UNITS, "bits_lost"), every, known, row=pane.session.unit
    )


def values(pane: WholeRunPane) -> Table:
    """Shares of all units and steps, a row an equal part of −1..1."""
    found = pane.units
    shares = (
        np.zeros((BINS, 2)) if found is None else np.stack([found.h_bins, found.n_bins], axis=1)
    )
    edges = np.linspace(-1, 1, BINS + 1)
    return Table(
        ("from", "to"), lambda i: (str(edges[i]), str(edges[i + 1])), ("h", "n"),
        shares.astype(np.float32), known=found is not None,
    )  # fmt: skip


def surprise(pane: WholeRunPane) -> Table:
    """A row a character, from the second on, around the one that this step predicts."""
    bits = np.zeros(0) if pane.survey is None else pane.survey.bits
    at = max(0, pane.session.position - 1)
    shown = table.stretch(len(bits), 1, at)
    part = bits[shown.start : shown.stop, None].astype(np.float32)

    def name(i: int) -> tuple[str, str]:
        character = shown.start + i + 2
        return str(character), printable(pane.trace.characters[character - 1])

    return Table(
        ("character", "read"), name, ("bits",), part, ~np.isnan(part),
        _left_out(shown, len(bits)),
        row=at - shown.start if len(part) else None,
    )  # fmt: skip


def _left_out(shown: range, count: int) -> str:
    if not shown:
        return ""
    return table.part(range(shown.start + 2, shown.stop + 2), 2, count + 1)
