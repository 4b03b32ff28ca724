"""Gradients as torch's automatic differentiation finds them: the run once more, in float64."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gru_debugger.core.edits import Edit, Place
from gru_debugger.core.trace import Trace
from gru_debugger.parity_check import _function

OUTPUTS = ("logits", "probabilities")


def wide(array: Any) -> Tensor:
    return torch.tensor(np.asarray(array), dtype=torch.float64)


class Graph:
    """A whole run as torch's graph: `states` by place and step, `x` a row a step, `at` T.

    `recorded`: each state has the recorded value, so that only gradients are compared. `held`: r
    and z are constants, through which no gradient passes.
    """

    def __init__(
        self, trace: Trace, at: int, recorded: bool = True, held: bool = False
    ) -> None:
        self.trace, self.model, self.at, self.recorded = trace, trace.model, at, recorded
        self.held = held
        self.x = wide(trace.inputs(0, 0, trace.steps)).requires_grad_()
        self.states: dict[Place, dict[int, Tensor]] = {}
        self.quantities: dict[Place, dict[str, Tensor]] = {}
        inputs = list(self.x)
        for layer in range(len(self.model.layers)):
            for way in self.model.ways:
                self.run((layer, way), inputs)
            inputs = [
                torch.cat([self.states[layer, way][t] for way in self.model.ways])
                for t in range(1, trace.steps + 1)
            ]
        self.top = inputs[at - 1]

    def run(self, place: Place, inputs: list[Tensor]) -> None:
        trace, steps = self.trace, range(1, self.trace.steps + 1)
        order = steps if place[1] == "forward" else steps[::-1]
        start = 0 if place[1] == "forward" else trace.steps + 1
        states = {start: wide(trace.state(start, *place)).requires_grad_()}
        for before, t in zip([start, *order], order, strict=False):
            q = self.step(place, inputs[t - 1], states[before], t)
            h = q["h"]
            if self.recorded:
                h = h + (wide(trace.state(t, *place)) - h).detach()
            states[t] = q["h"] = h
            if t == self.at:
                self.quantities[place] = q
        self.states[place] = states

    def step(self, place: Place, x: Tensor, old: Tensor, t: int) -> dict[str, Tensor]:
        cell, hidden = self.model.cell(*place), self.model.hidden_size
        w_i, w_h, b_i, b_h = (
            dict(zip("rzn", wide(a).split(hidden), strict=True))
            for a in (cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh)
        )
        functions = cell.activations
        gate, candidate = (
            _function(one.to_json(), functions.clip)
            for one in (functions.gate, functions.candidate)
        )
        q = {"x": x, "h_prev": old}

        def put(name: str, values: Tensor) -> None:
            q[name] = set_by_hand(self.trace.edits, place, t, name, values)

        for one in "rz":
            put(f"input_{one}", w_i[one] @ x + b_i[one])
            put(f"hidden_{one}", w_h[one] @ old + b_h[one])
            put(f"sum_{one}", q[f"input_{one}"] + q[f"hidden_{one}"])
            put(one, gate(q[f"sum_{one}"]))
            if self.held:
                q[one] = q[one].detach()
        put("input_n", w_i["n"] @ x + b_i["n"])
        if self.model.reset == "after":
            put("hidden_n", w_h["n"] @ old + b_h["n"])
            put("reset_product", q["r"] * q["hidden_n"])
            put("sum_n", q["input_n"] + q["reset_product"])
        else:
            put("reset_product", q["r"] * old)
            put("hidden_n", w_h["n"] @ q["reset_product"] + b_h["n"])
            put("sum_n", q["input_n"] + q["hidden_n"])
        put("n", candidate(q["sum_n"]))
        put("take", (1 - q["z"]) * q["n"])
        put("keep", q["z"] * old)
        put("h", q["take"] + q["keep"])
        return q

    def value(self, quantity: str, place: Place, unit: int) -> Tensor:
        if quantity not in OUTPUTS:
            return self.quantities[place][quantity][unit]
        output = self.model.output
        assert output is not None
        logits = wide(output.weight) @ self.top + wide(output.bias)
        return (logits if quantity == "logits" else logits.softmax(0))[unit]

    def gradients(self, value: Tensor) -> dict[str, NDArray[np.float64]]:
        """By the names of the arrays, as the contract has them."""
        found = {"x": self._to(value, [self.x])[0]}
        last = self.at if self.model.ways == ("forward",) else self.trace.steps
        found["x"] = found["x"][:last]
        found["attribution"] = (found["x"] * self.x.detach().numpy()[:last]).sum(axis=1)
        for (layer, way), states in self.states.items():
            rows = range(last + 1) if way == "forward" else range(1, last + 2)
            name = f"h_l{layer}" + "_reverse" * (way == "reverse")
            found[name] = np.stack(self._to(value, [states[t] for t in rows]))
        return found

    @staticmethod
    def _to(value: Tensor, of: list[Tensor]) -> list[NDArray[np.float64]]:
        """The gradient by each; zero where it can't matter."""
        if value.grad_fn is None:  # set by hand
            return [np.zeros(one.shape) for one in of]
        given = torch.autograd.grad(
            value, of, retain_graph=True, allow_unused=True, materialize_grads=True
        )
        return [one.numpy() for one in given]


def set_by_hand(
    edits: tuple[Edit, ...], place: Place, t: int, name: str, values: Tensor
) -> Tensor:
    for edit in edits:
        if edit.place == place and edit.quantity == name and edit.first <= t <= edit.last:
            put = torch.zeros(len(values), dtype=torch.bool)
            put[edit.units] = True
            values = torch.where(put, torch.tensor(edit.value, dtype=torch.float64), values)
    return values
