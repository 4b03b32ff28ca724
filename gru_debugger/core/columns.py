"""One quantity over many steps, at the cost of what it names: ``z[9]`` is one row of a matrix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from gru_debugger.core.cell import (
    CANDIDATE,
    Array,
    Cell,
    as_computed,
    candidate,
    gates_of,
    gru_step,
    hidden_part,
    kept,
    one_candidate,
    one_gate,
    take_and_z,
)
from gru_debugger.core.edits import Edit, Place, overwrite

if TYPE_CHECKING:
    from gru_debugger.core.trace import Trace

ALL = slice(None)
OUTPUTS = ("logits", "probabilities")

_PRODUCTS = 1 << 25  # multiplications of a stretch, about
_VALUES = 1 << 19  # numbers of a stretch that are there at once, of each quantity
_PART = 8  # of such a stretch, between two looks at the event queue
_GATES = frozenset(f"{part}{gate}" for part in ("hidden_", "sum_", "") for gate in "rz")


def stretch_rows(trace: Trace) -> int:
    """How many steps to derive at a time, so that memory and time between two looks are bounded."""
    model = trace.model
    output = 0 if model.output is None else len(model.output.bias)
    widest = max(model.hidden_size * model.directions, model.input_size, output)
    return max(1, min(_VALUES // widest, _PRODUCTS // (3 * widest * model.hidden_size)))


def rows_between_events(trace: Trace, times: int = 1) -> int:
    """How many steps to derive, each so many times, before the window looks for events again: of a
    thousand units two, which take a quarter of a frame. One at least."""
    return max(1, stretch_rows(trace) // (_PART * times))


def stretch_rows_of(trace: Trace, units: int) -> int:
    """The same where so few units are computed, of which there may be more steps at a time: of one
    a quarter of the stretches takes a sixth less."""
    rows, model = stretch_rows(trace), trace.model
    widest = max(model.hidden_size * model.directions, model.input_size)
    return max(rows, min(rows * (model.hidden_size // max(1, units)), 4 * _VALUES // widest))


def quantity(trace: Trace, name: str, place: Place, a: int, b: int, units: slice = ALL) -> Array:
    """`name` of rows a..b-1 (from 0) for consecutive units: (rows, units).

    The recorded states are given as they are, a view of them where all units are asked for.
    """
    if name == "x":
        return trace.inputs(place[0], a, b)[:, units]
    if name == "h":
        return trace.states(*place, a, b)[:, units]
    if name == "h_prev":
        return trace.previous_states(*place, a, b)[:, units]
    return _computed(trace, name, place, a, b, units)


def _computed(trace: Trace, name: str, place: Place, a: int, b: int, units: slice) -> Array:
    if name.startswith("input_"):
        return trace.input_parts(*place, a, b, units, _block(name))
    if name == "keep":
        z = _computed(trace, "z", place, a, b, units)
        return kept(z, trace.previous_states(*place, a, b)[:, units])
    after = trace.model.reset == "after"
    if name not in _GATES and not (after and name in (*CANDIDATE, "take")):
        return cell_quantities(trace, place, a, b, units)[name]
    first = units.indices(trace.model.hidden_size)[0]
    edited = overwrite(trace.edits, place, a, b, first) if trace.edits else as_computed
    cell, h_prev = trace.model.cell(*place), trace.previous_states(*place, a, b)
    if name == "take":
        mine, given = cell.of_units(units), trace.input_parts(*place, a, b, units)
        return take_and_z(mine, given, h_prev, edited)[0]

    def part(gate: str) -> tuple[Cell, Array]:
        mine = cell.of_units(units, _block(gate))
        return mine, trace.input_parts(*place, a, b, units, _block(gate))

    if name == "hidden_n":
        mine = cell.of_units(units, _block(name))
        return edited(name, hidden_part(mine, h_prev))
    if name in _GATES:
        mine, given = part(name[-1])
        return one_gate(mine, name[-1], given, h_prev, edited)[name]
    mine, given = part("r")
    r = one_gate(mine, "r", given, h_prev, edited)["r"]
    mine, given = part("n")
    return one_candidate(mine, given, h_prev, r, edited)[name]


def cell_quantities(
    trace: Trace, place: Place, a: int, b: int, units: slice = ALL, added: Sequence[Edit] = ()
) -> dict[str, Array]:
    """All that the cell computes in rows a..b-1 (from 0) for consecutive units: (rows, units).

    `added`: what more is set in these rows, upon the states that are recorded.
    """
    edits = (*trace.edits, *added)
    model, h_prev = trace.model, trace.previous_states(*place, a, b)
    cell, reset = model.cell(*place), model.reset
    if reset == "before":  # W_hn meets the products of all units
        edited = overwrite(edits, place, a, b)
        every = gru_step(cell, trace.input_parts(*place, a, b), h_prev, reset, edited)
        return {name: values[:, units] for name, values in every.items()}
    first = units.indices(model.hidden_size)[0]
    edited = overwrite(edits, place, a, b, first)
    part = trace.input_parts(*place, a, b, units)
    return gru_step(cell.of_units(units), part, h_prev, reset, edited, units)


def gates_and_candidate(trace: Trace, place: Place, a: int, b: int) -> tuple[Array, Array, Array]:
    """r, z and n of rows a..b-1 (from 0), of all units, which one derivation yields."""
    model = trace.model
    if model.reset == "before":
        values = cell_quantities(trace, place, a, b)
        return values["r"], values["z"], values["n"]
    edited = overwrite(trace.edits, place, a, b) if trace.edits else as_computed
    cell, size, part = model.cell(*place), model.hidden_size, trace.input_parts(*place, a, b)
    hidden, _, r, z = gates_of(cell, "after")(part, trace.previous_states(*place, a, b), edited)
    tanh, behind = cell.activations.bend_candidate, slice(2 * size, None)
    return r, z, candidate(part[:, behind], hidden[:, behind], r, tanh, edited)[-1]


def _block(name: str) -> slice:
    """Which of r, z, n a quantity belongs to, as its name ends."""
    i = "rzn".index(name[-1])
    return slice(i, i + 1)


def outputs(trace: Trace, name: str, a: int, b: int, units: slice = ALL) -> Array:
    """`logits` or `probabilities` of rows a..b-1 (from 0) for consecutive symbols."""
    output = trace.model.output
    assert output is not None
    if name == "logits":
        top = trace.inputs(len(trace.model.layers), a, b)
        scores: Array = top @ output.weight[units].T + output.bias[units]
        return scores
    return trace.outputs(a + 1, b)["probabilities"][:, units]


def derive(trace: Trace, name: str, place: Place, a: int, b: int, units: slice = ALL) -> Array:
    """`quantity`, or an output, whose place is not asked for."""
    if name in OUTPUTS:
        return outputs(trace, name, a, b, units)
    return quantity(trace, name, place, a, b, units)


def column(trace: Trace, name: str, place: Place, units: slice = ALL) -> Array:
    """`name` over all steps (steps, units)."""
    return over(trace, name, place, 0, trace.steps, units)


def blend(trace: Trace, place: Place, a: int, b: int, units: slice) -> tuple[Array, Array]:
    """take and z of rows a..b-1 (from 0) for consecutive units, which one derivation yields."""
    if trace.model.reset == "before":  # a candidate takes the products of all units
        z, h, old = (over(trace, name, place, a, b, units) for name in ("z", "h", "h_prev"))
        return h - z * old, z
    first = units.indices(trace.model.hidden_size)[0]
    cell = trace.model.cell(*place).of_units(units)
    made, rows = list[tuple[Array, Array]](), stretch_rows_of(trace, units.stop - units.start)
    for start in range(a, b, rows):
        end = min(start + rows, b)
        edited = overwrite(trace.edits, place, start, end, first) if trace.edits else as_computed
        old = trace.previous_states(*place, start, end)
        part = trace.input_parts(*place, start, end, units)
        made.append(take_and_z(cell, part, old, edited))
    take, z = (np.concatenate(some) for some in zip(*made, strict=True))
    return take, z


def _rows_at_once(trace: Trace, name: str, units: slice) -> int:
    model = trace.model
    all_meet = model.reset == "before" and name not in _GATES  # W_hn, the products of all units
    if name in ("x", *OUTPUTS) or all_meet:
        return stretch_rows(trace)
    return stretch_rows_of(trace, len(range(*units.indices(model.hidden_size))))


def over(trace: Trace, name: str, place: Place, a: int, b: int, units: slice = ALL) -> Array:
    """`derive` of any number of rows, a stretch at a time."""
    rows = b - a if name == "h" else _rows_at_once(trace, name, units)
    first = derive(trace, name, place, a, min(a + rows, b), units)
    if len(first) == b - a:
        return first.view()
    found = np.empty((b - a, first.shape[1]), np.float32)
    found[:rows] = first
    for start in range(a + rows, b, rows):
        end = min(start + rows, b)
        found[start - a : end - a] = derive(trace, name, place, start, end, units)
    return found
