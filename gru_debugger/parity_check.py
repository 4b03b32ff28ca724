"""The child's half of `parity`: torch's own GRU beside the recording.

It reads the weights by itself and shares no equation with `core`: an `nn.GRU` for each layer and
direction, or, where the reset gate acts before the matrix product or an activation is not σ or
tanh, for which `nn.GRU` has no word, the formula written out once more in float64.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from safetensors import safe_open
from torch import Tensor
from torch.nn import functional

from gru_debugger.parity import MODEL, RECORDING, Parity

BOUND = 1e-6  # of a run; of one step, times the largest value where that is more than 1
ROUNDING = 4  # or this many times the oracle's own distance, in float32, from float64


class Oracle(Protocol):
    """One layer in one direction."""

    def step(self, x: Tensor, h_prev: Tensor) -> Tensor:
        """h of each row's own step: x (steps, input), h_prev (steps, hidden)."""

    def run(self, x: Tensor, h0: Tensor) -> Tensor:
        """h of each step of one run from h0 (hidden,)."""


class NNGRU:
    """torch.nn.GRU itself."""

    def __init__(self, weights: list[Tensor], kind: torch.dtype) -> None:
        hidden, size = weights[1].shape[1], weights[0].shape[1]
        self.gru = torch.nn.GRU(size, hidden, bias=len(weights) > 2, dtype=kind)
        for parameter, weight in zip(self.gru.parameters(), weights, strict=True):
            parameter.data.copy_(weight)

    def step(self, x: Tensor, h_prev: Tensor) -> Tensor:
        states: Tensor = self.gru(x[None], h_prev[None])[0]  # sequences of length 1, side by side
        return states[0]

    def run(self, x: Tensor, h0: Tensor) -> Tensor:
        states: Tensor = self.gru(x, h0[None])[0]
        return states


class Formula:
    """n = tanh(W_in x + b_in + W_hn (r ⊙ h) + b_hn), or another that nn.GRU cannot express."""

    def __init__(
        self, weights: list[Tensor], kind: torch.dtype, reset: str, activations: dict[str, Any]
    ) -> None:
        self.before = reset == "before"
        clip = activations.get("clip")
        self.gate, self.candidate = (
            _function(activations.get(role, usual), clip)
            for role, usual in (("gate", "sigmoid"), ("candidate", "tanh"))
        )
        zeros = torch.zeros(len(weights[0]))
        w_i, w_h, b_i, b_h = (w.to(kind) for w in [*weights, zeros, zeros][:4])
        self.w_i, self.b_i = w_i, b_i
        gates = 2 * w_h.shape[1]
        self.w_rz, self.w_n = w_h[:gates], w_h[gates:]
        self.b_rz, self.b_n = b_h[:gates], b_h[gates:]

    def _blend(self, part: Tensor, h: Tensor) -> Tensor:
        hidden = h.shape[-1]
        r, z = self.gate(part[..., : 2 * hidden] + h @ self.w_rz.T + self.b_rz).chunk(2, -1)
        met, scale = (r * h, 1) if self.before else (h, r)
        n = self.candidate(part[..., 2 * hidden :] + scale * (met @ self.w_n.T + self.b_n))
        new: Tensor = n + z * (h - n)
        return new

    def step(self, x: Tensor, h_prev: Tensor) -> Tensor:
        return self._blend(x @ self.w_i.T + self.b_i, h_prev)

    def run(self, x: Tensor, h0: Tensor) -> Tensor:
        states = [h0]
        for part in x @ self.w_i.T + self.b_i:
            states.append(self._blend(part, states[-1]))
        return torch.stack(states[1:])


# As torch has them; alpha and beta as ONNX names them.
_FUNCTIONS: dict[str, Callable[..., Tensor]] = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "hard_sigmoid": lambda a, alpha, beta: (alpha * a + beta).clamp(0, 1),
    "relu": functional.relu,
    "leaky_relu": lambda a, alpha: functional.leaky_relu(a, alpha),
    "thresholded_relu": lambda a, alpha: functional.threshold(a, alpha, 0.0),
    "scaled_tanh": lambda a, alpha, beta: alpha * torch.tanh(beta * a),
    "elu": lambda a, alpha: functional.elu(a, alpha),
    "softsign": functional.softsign,
    "softplus": lambda a: functional.softplus(a, threshold=40),
    "affine": lambda a, alpha, beta: alpha * a + beta,
    "selu": functional.selu,
    "silu": functional.silu,
}


def _function(told: str | dict[str, Any], clip: float | None) -> Callable[[Tensor], Tensor]:
    parameters = {} if isinstance(told, str) else dict(told)
    function = _FUNCTIONS[told if isinstance(told, str) else parameters.pop("name")]
    if clip is None:
        return lambda a: function(a, **parameters)
    return lambda a: function(a.clamp(-clip, clip), **parameters)


@dataclass
class Job:
    """Weights by name, the recording's arrays, and the variant: everything the check reads.

    `activations` as the model's metadata have them, None where all are σ and tanh.
    """

    weights: dict[str, Tensor]
    recording: dict[str, Tensor]
    reset: str
    activations: Any = None

    @property
    def has_nn_gru(self) -> bool:
        return self.reset == "after" and self.activations is None

    @classmethod
    def read(cls, folder: Path) -> Job:
        with safe_open(folder / MODEL, "pt") as file:
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            metadata = file.metadata()
        with np.load(folder / RECORDING, allow_pickle=False) as arrays:
            recording = {name: torch.from_numpy(arrays[name]) for name in arrays.files}
        activations = json.loads(metadata.get("activations", "null"))
        return cls(weights, recording, metadata["reset"], activations)

    def oracle(self, end: str, kind: torch.dtype) -> Oracle:
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        found = [self.weights.get(f"gru.{name}{end}") for name in names]
        weights = [weight for weight in found if weight is not None]
        if self.has_nn_gru:
            return NNGRU(weights, kind)
        return Formula(weights, kind, self.reset, self._activations(end))

    def _activations(self, end: str) -> dict[str, Any]:
        """Of the layer and direction whose names end so."""
        found = self.activations or {}
        if isinstance(found, list):
            layer, _, reverse = end.removeprefix("_l").partition("_")
            found = found[int(layer)][-1 if reverse else 0]
        return dict(found)

    def inputs(self) -> Tensor:
        """x of layer 0 (steps, input)."""
        if "x" in self.recording:
            return self.recording["x"]
        embedding = self.weights.get("embedding.weight")
        indices = self.recording["indices"]
        if embedding is not None:
            return embedding[indices]
        first = self.weights[f"gru.weight_ih{self.layers()[0][0]}"]
        one_hot = torch.zeros(len(indices), first.shape[1])
        one_hot[torch.arange(len(indices)), indices] = 1
        return one_hot

    def layers(self) -> list[list[str]]:
        """Name endings: [["_l0", "_l0_reverse"], ...], or of one direction each."""
        ends = [name.removeprefix("h") for name in self.recording if name.startswith("h_l")]
        count = len({end.removesuffix("_reverse") for end in ends})
        return [[e for e in (f"_l{k}", f"_l{k}_reverse") if e in ends] for k in range(count)]


def check(job: Job) -> Parity:
    """Compare the recording with an oracle, a step at a time and as a run."""
    shown = {end: _rows(job, end)[1] for layer in job.layers() for end in layer}
    with torch.inference_mode():
        steps, runs = ({k: answer(job, k) for k in (torch.float32, torch.float64)}
                       for answer in (_step_by_step, _run))  # fmt: skip
    kind = torch.float32 if job.has_nn_gru else torch.float64
    largest = max(1.0, *(float(h.abs().max()) for h in shown.values()))
    return Parity(
        largest_step=_largest(shown, steps[kind]),
        largest_run=_largest(shown, runs[kind]),
        bound_step=max(BOUND * largest, ROUNDING * _largest(*steps.values())),
        bound_run=max(BOUND, ROUNDING * _largest(*runs.values())),
        against="nn.GRU" if job.has_nn_gru else "float64 run",
        steps=len(job.inputs()),
    )


def _rows(job: Job, end: str) -> tuple[Tensor, Tensor]:
    """h_prev and h of each step, as recorded."""
    states = job.recording["h" + end]
    if end.endswith("_reverse"):
        return states[1:], states[:-1]
    return states[:-1], states[1:]


def _step_by_step(job: Job, kind: torch.dtype) -> dict[str, Tensor]:
    """h of every step from the x and h_prev shown."""
    found = {}
    x = job.inputs()
    for layer in job.layers():
        for end in layer:
            found[end] = job.oracle(end, kind).step(x.to(kind), _rows(job, end)[0].to(kind))
        x = torch.cat([_rows(job, end)[1] for end in layer], dim=1)
    return found


def _run(job: Job, kind: torch.dtype) -> dict[str, Tensor]:
    """h of every step of the oracle's own run over the text."""
    found = {}
    x = job.inputs().to(kind)
    for layer in job.layers():
        for end in layer:
            oracle, states = job.oracle(end, kind), job.recording["h" + end].to(kind)
            if end.endswith("_reverse"):
                found[end] = oracle.run(x.flip(0), states[-1]).flip(0)
            else:
                found[end] = oracle.run(x, states[0])
        x = torch.cat([found[end] for end in layer], dim=1)
    return found


def _largest(ours: dict[str, Tensor], theirs: dict[str, Tensor]) -> float:
    """max |Δ| over all layers and directions; not a number if any value is not."""
    distances = [(ours[end].double() - theirs[end].double()).abs().max() for end in ours]
    return float(sum(distances) if any(d.isnan() for d in distances) else max(distances))
