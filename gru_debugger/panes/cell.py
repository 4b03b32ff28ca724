"""The cell view and its parts: what stands in each column, from top to bottom."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gru_debugger.charts.legend import Key, Shape
from gru_debugger.panes import beside
from gru_debugger.panes.bands import Band, ColumnSpec, Equation
from gru_debugger.panes.bar_rows import (
    CandidateRow,
    GateRow,
    ProductRow,
    SignedRow,
    UpdateRow,
)
from gru_debugger.panes.blend import RING, BlendRow, NewStateRow, OldStateRow
from gru_debugger.panes.columns import ColumnsPane
from gru_debugger.panes.rows import AxisRow, Row
from gru_debugger.panes.slots import AXIS, Slot
from gru_debugger.panes.weights import WeightRow
from gru_debugger.phrases import told

# What stands where in a column that computes a gate or the candidate, from top to bottom.
WEIGHTS_I = Slot("weights_i", 84, 30, fold="weights")
WEIGHTS_H = Slot("weights_h", 80, 30, fold="weights")
FIRST, SECOND = Slot("first part", fold="parts"), Slot("second part", fold="parts")
SUM = Slot("sum", fold="sums")
RESULT = Slot("result", 58, 34)
GATES = (WEIGHTS_I, WEIGHTS_H, FIRST, SECOND, SUM, RESULT, AXIS)
# In the product's own column, and in those of the blend, whose names stand in their heads.
UNSCALED, GATE, SCALED = Slot("unscaled"), Slot("gate", 58, 34), Slot("scaled")
STATE = Slot("state", 112, 42, caption=12)


def _gate_rows(gate: str, result: type[GateRow]) -> Callable[[ColumnsPane], Sequence[Row]]:
    def rows(pane: ColumnsPane) -> Sequence[Row]:
        return (
            WeightRow(pane, WEIGHTS_I, gate, "i"),
            WeightRow(pane, WEIGHTS_H, gate, "h"),
            SignedRow(pane, FIRST, f"input_{gate}"),
            SignedRow(pane, SECOND, f"hidden_{gate}", operator="+"),
            SignedRow(pane, SUM, f"sum_{gate}", operator="="),
            result(pane, RESULT, gate),
            AxisRow(pane),
        )

    return rows


def _candidate_rows(pane: ColumnsPane) -> Sequence[Row]:
    """After: W_in x, W_hn h, + r ⊙ (W_hn h). Before: W_in x, r ⊙ h, + W_hn (r ⊙ h)."""
    if pane.model.reset == "after":
        parts: tuple[Row, ...] = (
            SignedRow(pane, FIRST, "input_n"),
            SignedRow(pane, SECOND, "hidden_n"),
            ProductRow(pane, SUM, "hidden_n", operator="+"),
        )
    else:
        parts = (
            SignedRow(pane, FIRST, "input_n"),
            ProductRow(pane, SECOND, "h_prev"),
            SignedRow(pane, SUM, "hidden_n", operator="+"),
        )
    weights = (WeightRow(pane, WEIGHTS_I, "n", "i"), WeightRow(pane, WEIGHTS_H, "n", "h"))
    return (*weights, *parts, CandidateRow(pane, RESULT, "n"), AxisRow(pane))


def _product_rows(pane: ColumnsPane) -> Sequence[Row]:
    unscaled = "hidden_n" if pane.model.reset == "after" else "h_prev"
    return (
        SignedRow(pane, UNSCALED, unscaled),
        GateRow(pane, GATE, "r", operator="⊙"),
        ProductRow(pane, SCALED, unscaled, operator="="),
        AxisRow(pane),
    )


def _course(pane: ColumnsPane) -> bool:
    return pane.session.notation == "course"


def _gate(pane: ColumnsPane, sums: str) -> str:
    return pane.activations.applied("gate", sums)


def _in_ink(formula: str) -> Equation:
    return ((formula, "text"),)


def _equation_r(pane: ColumnsPane) -> Equation:
    if _course(pane):
        return _in_ink(f"Γ_r = {_gate(pane, 'W_{ir}x^{⟨t⟩} + W_{hr}c^{⟨t−1⟩} + b_r')}")
    return _in_ink(f"r_t = {_gate(pane, 'W_{ir}x_t + b_{ir} + W_{hr}h_{t−1} + b_{hr}')}")


def _equation_z(pane: ColumnsPane) -> Equation:
    if _course(pane):
        return _in_ink(f"1 − Γ_u = {_gate(pane, 'W_{iz}x^{⟨t⟩} + W_{hz}c^{⟨t−1⟩} + b_z')}")
    return _in_ink(f"z_t = {_gate(pane, 'W_{iz}x_t + b_{iz} + W_{hz}h_{t−1} + b_{hz}')}")


def _equation_n(pane: ColumnsPane) -> Equation:
    after = pane.model.reset == "after"
    if _course(pane):
        n, visible = "c̃^{⟨t⟩}", "W_{in}x^{⟨t⟩} + b_{in}"
        hidden = (
            "Γ_r ⊙ (W_{hn}c^{⟨t−1⟩} + b_{hn})" if after else ("W_{hn}(Γ_r ⊙ c^{⟨t−1⟩}) + b_{hn}")
        )
    else:
        n, visible = "n_t", "W_{in}x_t + b_{in}"
        hidden = "r_t ⊙ (W_{hn}h_{t−1} + b_{hn})" if after else "W_{hn}(r_t ⊙ h_{t−1}) + b_{hn}"
    return _in_ink(f"{n} = {pane.activations.applied('candidate', f'{visible} + {hidden}')}")


def _equation_product(pane: ColumnsPane) -> Equation:
    return _in_ink(pane.symbol("reset_product"))


def _equation_blend(pane: ColumnsPane) -> Equation:
    """Taken in plum, kept in teal: the colours of its bars."""
    return (
        (f"{pane.symbol('h')} = ", "text"),
        (pane.symbol("take"), "take_text"),
        (" + ", "text"),
        (pane.symbol("keep"), "keep_text"),
    )


def _one_bias(gate: str) -> Callable[[ColumnsPane], str]:
    """The course writes one bias a gate, where the rows below have PyTorch's two."""
    return lambda pane: f"b_{gate} = b_{{i{gate}}} + b_{{h{gate}}}" if _course(pane) else ""


def _keys_blend(pane: ColumnsPane) -> Sequence[Key]:
    """Of what is drawn: dense charts have no marks, less dense ones no rings."""
    theme, h = pane.theme, pane.letter("h")
    bars = (Key(told("take {n}", n=pane.letter("n")), theme.take),
            Key(told("keep {h}", h=h), theme.keep))  # fmt: skip
    if pane.axis.crowded:
        return bars
    old = Key(told("old {h}", h=h), theme.now, "ring")
    if pane.axis.widest < RING:
        old = Key(told("old {h}", h=h), theme.muted, "thin")
    new = Key(told("new {h}", h=h), theme.now, "mark")
    return (*bars, new, old, *_keys_reference(pane, "hollow"))


def _keys_new(pane: ColumnsPane) -> Sequence[Key]:
    theme, h = pane.theme, pane.letter("h")
    new = Key(told("new {h}", h=h), theme.h)
    if pane.axis.crowded:
        return (new,)
    return (new, Key(told("old {h}", h=h), theme.ticks, "outline"), *_keys_reference(pane))


def _keys_reference(pane: ColumnsPane, shape: Shape = "mark") -> Sequence[Key]:
    """Of the marks on all bars, while there is another run to hold this one against."""
    if pane.trace.beside is None or pane.axis.crowded:
        return ()
    return (Key(beside.which(pane), pane.theme.text, shape, passing=True),)


RESET = ColumnSpec(
    "Reset gate",
    "how much old state the candidate sees",
    _equation_r,
    _gate_rows("r", GateRow),
    note=_one_bias("r"),
    computes="r",
)
UPDATE = ColumnSpec(
    "Update gate",
    "how much of the old state is kept",
    _equation_z,
    _gate_rows("z", UpdateRow),
    note=_one_bias("z"),
    computes="z",
)
CANDIDATE = ColumnSpec(
    "Candidate", "what would be written", _equation_n, _candidate_rows, computes="n"
)
PRODUCT = ColumnSpec(
    "Product", "what the reset gate lets through", _equation_product, _product_rows
)
OLD = ColumnSpec(
    "Old state",
    "",
    lambda pane: ((pane.symbol("h_prev"), "keep_text"),),
    lambda pane: (OldStateRow(pane, STATE, "h_prev"), AxisRow(pane)),
    45,
    "h_prev",
    _keys_reference,
)
BLEND = ColumnSpec(
    "Blend",
    "",
    _equation_blend,
    lambda pane: (BlendRow(pane, STATE, "h"), AxisRow(pane)),
    45,
    "h",
    _keys_blend,
)
NEW = ColumnSpec(
    "New state",
    "",
    lambda pane: _in_ink(pane.symbol("h")),
    lambda pane: (NewStateRow(pane, STATE, "h"), AxisRow(pane)),
    45,
    "h",
    _keys_new,
)


STATES = Band((STATE, AXIS), (OLD, BLEND, NEW), "blend")


class CellPane(ColumnsPane):
    bands = (Band(GATES, (RESET, UPDATE, CANDIDATE)), STATES)


class ResetPane(ColumnsPane):
    bands = (Band(GATES, (RESET,)),)


class UpdatePane(ColumnsPane):
    bands = (Band(GATES, (UPDATE,)),)


class CandidatePane(ColumnsPane):
    bands = (Band(GATES, (CANDIDATE,)),)


class ProductPane(ColumnsPane):
    bands = (Band((UNSCALED, GATE, SCALED, AXIS), (PRODUCT,)),)
    foldable = False


class BlendPane(ColumnsPane):
    bands = (STATES,)
