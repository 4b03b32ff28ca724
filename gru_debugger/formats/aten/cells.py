"""A GRU's cell written out in torch's operators, known again by its equations.

So do torch.export's decompositions write nn.GRU, torch.jit.trace nn.GRUCell, and people cells of
their own. What is not quite the equations is not the cell, and told as any other operators are.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gru_debugger.formats.aten.calls import Call
from gru_debugger.formats.aten.constants import stored
from gru_debugger.formats.aten.layers import Linear, Recurrent
from gru_debugger.formats.aten.values import Array, Flow, Op, Param, Signs

# And of how many numbers each is made.
OPERATORS = {"add": 2, "sub": 2, "rsub": 2, "mul": 2, "neg": 1, "sigmoid": 1, "tanh": 1}
R, Z, N = range(3)

Value = NDArray[Any] | float  # signs in a row, or one number


@dataclass(frozen=True, eq=False)
class Formula:
    """What an operator makes number by number, of numbers in a row or of one."""

    kind: str
    args: tuple[Value, ...]


def followed(call: Call) -> Array | None:
    """A step of a cell's equations, or the cell itself; None for anything else."""
    given = _given(call)
    arrays = [value for value in given if isinstance(value, Array)]
    if not arrays or call.args[2:] not in ([], [1]) or call.named.get("alpha", 1) != 1:
        return None
    sizes = {array.signs.size for array in arrays}
    plain = all(isinstance(value, (Array, int, float)) for value in given)
    if not plain or len(sizes) > 1 or not any(_of_gates(call.flow, a.signs) for a in arrays):
        return None
    args = tuple(a.signs.ravel().copy() if isinstance(a, Array) else float(a) for a in given)
    dims = np.broadcast_shapes(*(array.dims for array in arrays))
    if math.prod(dims) not in sizes:  # each number of one with each of the other
        return None
    if call.kind == "add" and (cell := _Cell.of(call.flow, *args)) is not None:
        return cell.made(call, dims)
    op = call.op()
    op.formula = Formula(call.kind, args)
    return call.flow.fresh(op, dims)


def _given(call: Call) -> list[Any]:
    """What it is made of; a state that is stored number by number, beside a gate."""
    given = call.args[: OPERATORS[call.kind]]
    if any(isinstance(value, Array) and _of_gates(call.flow, value.signs) for value in given):
        return [stored(call, value) if isinstance(value, Param) else value for value in given]
    return given


def whole(args: list[Any], result: Any, ops: list[Op]) -> tuple[Param, ...] | None:
    """The weights, where a method does nothing but a cell's step, of x and h as it is given them:
    then it does so again, of others of the same sizes, and need not be followed again.
    """
    given = [a.signs for a in (*args, result) if isinstance(a, Array)]
    maker = result.maker if len(given) == len(args) + 1 == 3 else None
    layer = maker.layer if maker in ops else None
    if not isinstance(layer, Recurrent) or not layer.cell or layer.x is None \
            or not isinstance(layer.hx, Array):  # fmt: skip
        return None
    x, h, made = given
    states = layer.states.start + np.arange(made.size)
    same = _same(layer.x[0], x) and _same(layer.hx.signs, h) and h.shape == made.shape \
        and _same(made.ravel(), states)  # fmt: skip
    if not same or any(op.verdict == "told" and op is not maker for op in ops):
        return None
    return layer.weights


def _of_gates(flow: Flow, signs: Signs) -> bool:
    """Whether they are a third of what a Linear layer gives, or made of such."""
    if not signs.size or not signs.ndim:
        return False
    block = flow.block(int(signs.flat[0]))
    layer = block.op.layer
    third = isinstance(layer, Linear) and block.width == 3 * signs.shape[-1]
    return third or block.op.formula is not None


@dataclass
class _Cell:
    """h' = (1 − z) ⊙ n + z ⊙ h, of rows of two Linear layers; `ops` by which it is made."""

    x: Linear
    h: Linear
    rows: Signs  # of x
    state: Signs
    ops: list[Op]

    @classmethod
    def of(cls, flow: Flow, a: Value, b: Value) -> _Cell | None:
        known = _Equations(flow)
        for n, z, h in known.blends(a, b):
            found = known.cell(n, z, h)
            if found is not None:
                return found
        return None

    def made(self, call: Call, dims: tuple[int, ...]) -> Array:
        """Its states, as nn.GRUCell's."""
        flow, units = call.flow, self.h.weight.dims[1]
        x = Array(self.x.rows[self.rows])
        state = Array(self.state.reshape(-1, units))
        for op in self.ops:
            op.verdict, op.moves = "computed", True
        op = flow.op("gru_cell", call.name, call.tensors())
        made = flow.fresh(op, (len(state.signs), units), role="states")
        weights = [self.x.weight, self.h.weight]
        weights += [p.bias for p in (self.x, self.h) if p.bias is not None]
        op.layer = Recurrent(
            tuple(weights), x.signs[None], state, flow.parents([x]), flow.parents([state]), 1, 1,
            True, flow.blocks[-1],
        )  # fmt: skip
        return Array(made.signs.reshape(dims), op)


class _Equations:
    """What was made of what, and by which operations."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._ops: list[Op] = []

    def _args(self, value: Value, kind: str) -> tuple[Value, ...]:
        """Of what such an operator has made, whole and in order, or ()."""
        if isinstance(value, float):
            return ()
        block = self._flow.block(int(value[0]))
        found = block.op.formula
        whole = found is not None and found.kind == kind and _same(
            value, np.arange(block.start, block.start + int(np.prod(block.shape)))
        )
        if found is None or not whole:
            return ()
        self._ops.append(block.op)
        args: tuple[Value, ...] = found.args
        return args

    def _either(self, value: Value, kind: str) -> Iterator[tuple[Value, Value]]:
        """Of a sum or a product both, in either order."""
        args = self._args(value, kind)
        if args:
            yield args[0], args[1]
            yield args[1], args[0]

    def blends(self, a: Value, b: Value) -> Iterator[tuple[Value, Value, Value]]:
        """n, z and h, where a + b is a blend."""
        for one, other in ((a, b), (b, a)):
            for left, z in self._either(one, "mul"):
                difference = self._args(left, "sub")
                if difference and _same(difference[1], other):  # (h − n) ⊙ z + n
                    yield other, z, difference[0]
            for left, n in self._either(one, "mul"):
                for z, h in self._either(other, "mul"):
                    if self._is_rest(left, z):  # (1 − z) ⊙ n + z ⊙ h
                        yield n, z, h

    def _is_rest(self, value: Value, z: Value) -> bool:
        """Whether it is 1 − z, in one of the ways that torch writes it."""
        pairs = [self._args(value, "sub"), self._args(value, "rsub")[::-1]]
        pairs += [(one, minus[0]) for rest, one in self._either(value, "add")
                  if (minus := self._args(rest, "neg"))]  # fmt: skip
        return any(isinstance(one, float) and one == 1 and _same(rest, z)
                   for one, rest in filter(None, pairs))  # fmt: skip

    def cell(self, n: Value, z: Value, h: Value) -> _Cell | None:
        for total in self._args(n, "tanh"):
            for of_x, product in self._either(total, "add"):
                for r, of_h in self._either(product, "mul"):
                    found = self._gates(r, z, of_x, of_h, h)
                    if found is not None:
                        return found
        return None

    def _gates(self, r: Value, z: Value, n_x: Value, n_h: Value, h: Value) -> _Cell | None:
        x, own = self._third(n_x, N), self._third(n_h, N)
        if x is None or own is None or isinstance(h, float):
            return None
        (x_op, rows), (h_op, own_rows) = x, own
        for gate, which in ((r, R), (z, Z)):
            sums = [pair for total in self._args(gate, "sigmoid")
                    for pair in self._either(total, "add")]  # fmt: skip
            if not any(self._is_third(a, which, x_op, rows)
                       and self._is_third(b, which, h_op, own_rows) for a, b in sums):  # fmt: skip
                return None
        whole = _same(h_op.layer.rows[own_rows].ravel(), h)
        both = (x_op.layer.bias is None) == (h_op.layer.bias is None)
        if not whole or not both:
            return None
        return _Cell(x_op.layer, h_op.layer, rows, h, [*self._ops, x_op, h_op])

    def _third(self, value: Value, which: int, op: Op | None = None) -> tuple[Op, Signs] | None:
        """The Linear layer that gives a gate's sums, `op` where that is given, and which of its
        rows."""
        if isinstance(value, float):
            return None
        block = self._flow.block(int(value[0]))
        layer = block.op.layer
        if not isinstance(layer, Linear) or layer.block is not block or block.width % 3:
            return None
        units = block.width // 3
        if value.size % units or layer.weight.turned or op not in (None, block.op) \
                or (int(value[0]) - block.start) % block.width != which * units:  # fmt: skip
            return None
        gate = value.reshape(-1, units)
        rows, column = np.divmod(gate[:, 0] - block.start, block.width)
        inside = (rows >= 0) & (rows < len(layer.rows)) & (column == which * units)
        if not inside.all() or not (gate == gate[:, :1] + np.arange(units)).all():
            return None
        return block.op, rows

    def _is_third(self, value: Value, which: int, op: Op, rows: Signs) -> bool:
        found = self._third(value, which, op)
        return found is not None and _same(found[1], rows)


def _same(one: Value, other: Value) -> bool:
    if isinstance(one, float) or isinstance(other, float):
        return False
    return np.array_equal(one, other)
