"""What a page that steps holds: the cell's columns as they are drawn, and each step's numbers.

The columns are those of the cell's pane, so that a row added there is on the page too. Plain
values, for JSON; no name or text in it is markup.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from gru_debugger.charts import fonts
from gru_debugger.charts.legend import Key
from gru_debugger.charts.theme import THEMES, Theme
from gru_debugger.core.cell import QUANTITIES, Notation
from gru_debugger.core.model import Model
from gru_debugger.core.quantities import (
    CELL_QUANTITIES,
    COMPUTATIONS,
    computation_in_words,
)
from gru_debugger.exports import stamp
from gru_debugger.numerals import percent
from gru_debugger.panes import in_words
from gru_debugger.panes.bands import Column
from gru_debugger.panes.bar_rows import (
    BarRow,
    CandidateRow,
    GateRow,
    ProductRow,
    SignedRow,
    UpdateRow,
)
from gru_debugger.panes.blend import BlendRow, NewStateRow, OldStateRow
from gru_debugger.panes.columns import ColumnsPane
from gru_debugger.panes.prediction import PredictionPane
from gru_debugger.panes.registry import make_pane
from gru_debugger.questions.sentences import sentence
from gru_debugger.session.session import Session
from gru_debugger.session.view import NOTATIONS

LISTED = 8  # symbols of a step's predictions
SHOWN = tuple(name for name in CELL_QUANTITIES if name != "x")

# How each kind of row is drawn, by the script's names.
_LOOKS: Mapping[type, str] = {
    SignedRow: "signed", ProductRow: "product", GateRow: "gate", UpdateRow: "update",
    CandidateRow: "candidate", OldStateRow: "old", BlendRow: "blend", NewStateRow: "new",
}  # fmt: skip


def head(session: Session, theme: Theme) -> dict[str, Any]:
    """All but the steps."""
    trace, model = session.trace, session.model
    assert trace is not None
    assert model is not None
    order = COMPUTATIONS[model.reset]
    return {
        "title": model.source.title, "about": "  ·  ".join(_about(session)), "of": trace.steps,
        "units": model.hidden_size, "unit": session.unit, "notation": session.notation,
        "computations": [{"name": "h" if name == "blend" else name,
                          "words": computation_in_words(name, model.reset)} for name in order],
        "output": PredictionPane(session, theme).title,
        **_in_notations(session, theme),
    }  # fmt: skip


def _about(session: Session) -> Iterator[str]:
    """What stands beside the model's name."""
    model = session.model
    assert model is not None
    yield model.source.sha256[:12]
    if len(model.places) > 1:
        yield model.place_in_words(session.layer, session.direction)
    yield model.variant_in_words()


def _in_notations(session: Session, theme: Theme) -> dict[str, Any]:
    """The columns in both notations, and what each quantity is called."""
    view, model, bands = session.view, session.model, dict[str, Any]()
    assert model is not None
    pane = make_pane("cell", session, theme)
    assert isinstance(pane, ColumnsPane)
    quantities: dict[str, dict[str, Any]] = {
        name: {"made": _made(name, model)} for name in SHOWN
    }
    for notation in NOTATIONS:
        session.show(replace(view, notation=notation))
        pane.resize(1260, 770)
        bands[notation] = _bands(pane)
        for name in SHOWN:
            words = in_words.name(session, name)
            quantities[name][notation] = {"symbol": pane.symbol(name), "words": words}
    session.show(view)
    return {"bands": bands, "quantities": quantities}


def _made(name: str, model: Model) -> int:
    """Which of the step's computations yields it; −1: it is there when that begins."""
    computation = QUANTITIES[name].computation
    return COMPUTATIONS[model.reset].index(computation) if computation else -1


def _bands(pane: ColumnsPane) -> list[list[dict[str, Any]]]:
    columns = iter(pane.columns())
    return [[_column(next(columns), pane) for _ in band.columns] for band in pane.bands]


def _column(column: Column, pane: ColumnsPane) -> dict[str, Any]:
    spec = column.spec
    rows = [row for row in column.rows if isinstance(row, BarRow)]
    return {
        "title": spec.title, "subtitle": spec.subtitle,
        "equation": "".join(part for part, _ in spec.equation(pane)),
        "keys": [_key(key, pane.theme) for key in (spec.keys(pane) if spec.keys else ())
                 if not key.passing],
        "rows": [_row(row) for row in rows],
    }  # fmt: skip


def _key(key: Key, theme: Theme) -> tuple[str, str, str]:
    """Words, the role of the colour, the shape."""
    role = next(name for name in _roles(theme) if theme.role(name) is key.color)
    return key.words, role, key.shape


def _row(row: BarRow) -> dict[str, Any]:
    return {
        "quantity": row.quantity,
        "look": next(_LOOKS[kind] for kind in type(row).__mro__ if kind in _LOOKS),
        "range": row.range(), "operator": row.operator, "formula": row.formula(),
        "note": QUANTITIES[row.quantity].described(row.pane.activations),
        "unscaled": getattr(row, "unscaled", ""), "short": row.short_formula(),
        "keys": [_key(key, row.pane.theme) for key in row.keyed()],
    }  # fmt: skip


# Steps -------------------------------------------------------------------------------------


def steps_words(session: Session) -> dict[str, Any]:
    """What a position is called and what is said of it; its numbers are written beside it."""
    trace, t = session.trace, session.position
    assert trace is not None
    caption = stamp.words(trace, t, session.notation)
    if not t:
        name = f"Before the first {trace.reading.noun}"
        return {"t": 0, "sign": "·", "name": name, "caption": caption, "said": {}}
    character = trace.characters[t - 1]
    said = {notation: list(_said(session, notation)) for notation in NOTATIONS}
    return {
        "t": t, "sign": fonts.glyph(character), "name": trace.character_in_words(t),
        "caption": caption, "said": said, **_next(session),
    }  # fmt: skip


def _said(session: Session, notation: Notation) -> Iterator[str]:
    """A sentence of each unit."""
    frame, model = session.frame, session.model
    assert frame is not None
    assert model is not None
    activations = model.cell(session.layer, session.direction).activations
    for unit in range(model.hidden_size):
        by_hand = frame.by_hand(unit)
        told = sentence(frame.step, unit, "blend", model.reset, notation, activations, by_hand)
        yield in_words.plain(told)


def _next(session: Session) -> dict[str, Any]:
    """The likeliest symbols, the one that follows among them, if the output tells of symbols."""
    step, trace = session.step, session.trace
    assert trace is not None
    found = None if step is None else step.get("probabilities")
    if found is None or len(found) < 2:
        return {}
    following = trace.reading.one_index(session.position + 1) if trace.predicts_next else None
    order = (-found).argsort(kind="stable")[:LISTED].tolist()
    if following is not None and following not in order:
        order[-1] = following
    names = trace.model.vocabulary or range(len(found))
    rows = [[fonts.glyph(str(names[i])), _json(found[i]), i == following] for i in order]
    share = "" if following is None else percent(float(found[following]), 1)
    return {"next": rows, "follows": share and f"next in the text: {share}"}


def _json(value: np.float32) -> float | None:
    """With the digits that it is good for; None for what JSON has no word for."""
    return float(str(value)) if np.isfinite(value) else None


def colours() -> str:
    """Both themes as a style sheet's variables."""
    return "".join(
        f':root[data-theme="{name}"] {{ color-scheme: {name}; {_variables(theme)} }}\n'
        for name, theme in THEMES.items()
    )


def _variables(theme: Theme) -> str:
    colors = ((name, theme.role(name)) for name in _roles(theme))
    return " ".join(
        f"--{name}: rgb({c.red()} {c.green()} {c.blue()} / {round(c.alphaF(), 3)});"
        for name, c in colors
    )


def _roles(theme: Theme) -> Iterator[str]:
    return (name for name in vars(theme) if name not in ("name", "map"))
