"""The cell view and its parts: what stands in each column, from top to bottom."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gru_debugger.charts.legend import Key
from gru_debugger.panes.bar_rows import (
    CandidateRow,
    GateRow,
    ProductRow,
    SignedRow,
    SumRow,
    UpdateRow,
)
from gru_debugger.panes.blend import RING, BlendRow, NewStateRow, OldStateRow
from gru_debugger.panes.columns import ColumnsPane, ColumnSpec, Equation
from gru_debugger.panes.registry import PaneSpec
from gru_debugger.panes.rows import AxisRow, Row
from gru_debugger.panes.weights import WeightRow


def _gate_rows(gate: str, result: type[GateRow]) -> Callable[[ColumnsPane], Sequence[Row]]:
    def rows(pane: ColumnsPane) -> Sequence[Row]:
        return (
            WeightRow(pane, gate, "i"),
            WeightRow(pane, gate, "h"),
            SignedRow(pane, f"input_{gate}"),
            SignedRow(pane, f"hidden_{gate}", operator="+"),
            SumRow(pane, f"sum_{gate}", operator="="),
            result(pane, gate),
            AxisRow(pane),
        )

    return rows


def _candidate_rows(pane: ColumnsPane) -> Sequence[Row]:
    """After: W_in x, W_hn h, + r ⊙ (W_hn h). Before: W_in x, r ⊙ h, + W_hn (r ⊙ h)."""
    if pane.model.reset == "after":
        parts: tuple[Row, ...] = (
            SignedRow(pane, "input_n"),
            SignedRow(pane, "hidden_n"),
            ProductRow(pane, "hidden_n"),
        )
    else:
        parts = (
            SignedRow(pane, "input_n"),
            ProductRow(pane, "h_prev", operator=""),
            SumRow(pane, "hidden_n", operator="+"),
        )
        parts[1].fold = "parts"
    weights = (WeightRow(pane, "n", "i"), WeightRow(pane, "n", "h"))
    return (*weights, *parts, CandidateRow(pane, "n"), AxisRow(pane))


def _product_rows(pane: ColumnsPane) -> Sequence[Row]:
    unscaled = "hidden_n" if pane.model.reset == "after" else "h_prev"
    product = ProductRow(pane, unscaled, operator="=")
    return (SignedRow(pane, unscaled), GateRow(pane, "r", operator="⊙"), product, AxisRow(pane))


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
    bars = Key(f"take {pane.letter('n')}", theme.take), Key(f"keep {h}", theme.keep)
    if pane.axis.pooled:
        return bars
    old = Key(f"old {h}", theme.now, "ring")
    if pane.axis.pitch < RING:
        old = Key(f"old {h}", theme.muted, "thin")
    return (*bars, Key(f"new {h}", theme.now, "mark"), old)


def _keys_new(pane: ColumnsPane) -> Sequence[Key]:
    theme, h = pane.theme, pane.letter("h")
    new = Key(f"new {h}", theme.h)
    return (new,) if pane.axis.pooled else (new, Key(f"old {h}", theme.ticks, "outline"))


RESET = ColumnSpec(
    "Reset gate",
    "how much old state the candidate sees",
    _equation_r,
    _gate_rows("r", GateRow),
    note=_one_bias("r"),
)
UPDATE = ColumnSpec(
    "Update gate",
    "how much of the old state is kept",
    _equation_z,
    _gate_rows("z", UpdateRow),
    note=_one_bias("z"),
)
CANDIDATE = ColumnSpec("Candidate", "what would be written", _equation_n, _candidate_rows)
PRODUCT = ColumnSpec(
    "Product", "what the reset gate lets through", _equation_product, _product_rows
)
OLD = ColumnSpec(
    "Old state",
    "",
    lambda pane: ((pane.symbol("h_prev"), "keep_text"),),
    lambda pane: (OldStateRow(pane, "h_prev"), AxisRow(pane)),
    45,
    "h_prev",
)
BLEND = ColumnSpec(
    "Blend",
    "",
    _equation_blend,
    lambda pane: (BlendRow(pane, "h"), AxisRow(pane)),
    45,
    "h",
    _keys_blend,
)
NEW = ColumnSpec(
    "New state",
    "",
    lambda pane: _in_ink(pane.symbol("h")),
    lambda pane: (NewStateRow(pane, "h"), AxisRow(pane)),
    45,
    "h",
    _keys_new,
)


class CellPane(ColumnsPane):
    bands = ((RESET, UPDATE, CANDIDATE), (OLD, BLEND, NEW))


class ResetPane(ColumnsPane):
    bands = ((RESET,),)


class UpdatePane(ColumnsPane):
    bands = ((UPDATE,),)


class CandidatePane(ColumnsPane):
    bands = ((CANDIDATE,),)


class ProductPane(ColumnsPane):
    bands = ((PRODUCT,),)
    foldable = False


class BlendPane(ColumnsPane):
    bands = ((OLD, BLEND, NEW),)
    roles = ("blend",)


PANES = (
    PaneSpec("cell", "Cell", CellPane, (1260, 770)),
    PaneSpec("reset", "Reset gate", ResetPane, (440, 600)),
    PaneSpec("update", "Update gate", UpdatePane, (440, 600)),
    PaneSpec("candidate", "Candidate", CandidatePane, (440, 600)),
    PaneSpec("product", "Product with the reset gate", ProductPane, (440, 330)),
    PaneSpec("blend", "Blend", BlendPane, (1260, 200)),
)
