"""The functions that bend a GRU's sums: σ and tanh, and what models have in their place.

Names and parameters are ONNX' own (onnx.ai/onnx/operators/onnx__GRU.html), in lower case:
``hard_sigmoid`` with alpha and beta is Keras 2's (0.2, 0.5) and Keras 3's (1/6, 0.5) alike.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gru_debugger.numerals import brief

Numbers = NDArray[Any]  # float32, or float64 where more is wanted; the answer is of the same type
Bend = Callable[[Numbers], Numbers]
Role = Literal["gate", "candidate"]


def sigmoid(a: Numbers) -> Numbers:
    """Logistic function; exp(88) is the largest that float32 holds."""
    one = a.dtype.type(1)
    done: Numbers = one / (one + np.exp(-np.maximum(a, a.dtype.type(-88))))
    return done


def _elu(a: Numbers, alpha: float) -> Numbers:
    done: Numbers = np.where(a > 0, a, alpha * np.expm1(np.minimum(a, 0)))
    return done


_SELU = 1.6732632423543772, 1.0507009873554805  # Klambauer et al. 2017, arXiv:1706.02515


class _Function(NamedTuple):
    """`of` alpha and beta makes the function, its slope and its range; `words` say what it is of a.

    Defaults are None where the function takes no such parameter, and NaN where one must be given:
    the ONNX operator's default and onnxruntime's are not the same there. At a kink the slope is
    torch's own: that of the constant side.
    """

    symbol: str
    words: str
    of: Callable[[float, float], tuple[Bend, Bend, float, float]]
    alpha: float | None = None
    beta: float | None = None


_GIVEN = math.nan
_INFINITE = math.inf


def _steep(slope: float) -> tuple[float, float]:
    """The range of a straight line from zero to the left, and of a itself to the right."""
    return (-_INFINITE if slope > 0 else 0.0), _INFINITE


def _sigmoid_slope(a: Numbers) -> Numbers:
    s = sigmoid(a)
    done: Numbers = s * (1 - s)
    return done


def _within_slope(x: Numbers, slope: float, low: float, high: float) -> Numbers:
    """`slope` where low < x < high, else 0."""
    done: Numbers = np.where((low < x) & (x < high), x.dtype.type(slope), x.dtype.type(0))
    return done


def _elu_slope(x: Numbers, alpha: float) -> Numbers:
    done: Numbers = np.where(x > 0, x.dtype.type(1), alpha * np.exp(np.minimum(x, 0)))
    return done


def _silu_slope(x: Numbers) -> Numbers:
    done: Numbers = sigmoid(x) + x * _sigmoid_slope(x)
    return done


_FUNCTIONS: dict[str, _Function] = {
    "sigmoid": _Function("σ", "1/(1 + exp(−a))", lambda a, b: (sigmoid, _sigmoid_slope, 0, 1)),
    "tanh": _Function(
        "tanh", "tanh(a)", lambda a, b: (np.tanh, lambda x: 1 - np.tanh(x) ** 2, -1, 1)),
    "hard_sigmoid": _Function(
        "hard σ", "clip({alpha}a + {beta}, 0, 1)",
        lambda a, b: (lambda x: np.minimum(np.maximum(a * x + b, 0), 1),
                      lambda x: a * _within_slope(a * x + b, 1, 0, 1), 0, 1), 0.2, 0.5),
    "relu": _Function(
        "relu", "max(a, 0)",
        lambda a, b: (lambda x: np.maximum(x, 0),
                      lambda x: _within_slope(x, 1, 0, _INFINITE), 0, _INFINITE)),
    "leaky_relu": _Function(
        "leaky relu", "a if a ≥ 0, else {alpha}a",
        lambda a, b: (lambda x: np.where(x >= 0, x, a * x),
                      lambda x: np.where(x > 0, x.dtype.type(1), x.dtype.type(a)),
                      *_steep(a)), 0.01),
    "thresholded_relu": _Function(
        "thr. relu", "a if a > {alpha}, else 0",
        lambda a, b: (lambda x: np.where(x > a, x, x.dtype.type(0)),
                      lambda x: _within_slope(x, 1, a, _INFINITE), min(a, 0), _INFINITE),
        _GIVEN),
    "scaled_tanh": _Function(
        "sc. tanh", "{alpha}tanh({beta}a)",
        lambda a, b: (lambda x: a * np.tanh(b * x),
                      lambda x: a * b * (1 - np.tanh(b * x) ** 2), -abs(a), abs(a)),
        _GIVEN, _GIVEN),
    "elu": _Function(
        "elu", "a if a > 0, else {alpha}(exp(a) − 1)",
        lambda a, b: (lambda x: _elu(x, a), lambda x: _elu_slope(x, a), min(-a, 0), _INFINITE),
        1.0),
    "softsign": _Function(
        "softsign", "a/(1 + |a|)",
        lambda a, b: (lambda x: x / (1 + np.abs(x)), lambda x: 1 / (1 + np.abs(x)) ** 2, -1, 1)),
    "softplus": _Function(
        "softplus", "log(1 + exp(a))",
        lambda a, b: (lambda x: np.logaddexp(x, x.dtype.type(0)), sigmoid, 0, _INFINITE)),
    "affine": _Function(
        "affine", "{alpha}a + {beta}",
        lambda a, b: (lambda x: a * x + b, lambda x: np.full_like(x, a), -_INFINITE, _INFINITE),
        _GIVEN, _GIVEN),
    # Keras' own, which ONNX' GRU has no word for.
    "selu": _Function(
        "selu", "1.0507 elu(a), its alpha 1.6733",
        lambda a, b: (lambda x: _SELU[1] * _elu(x, _SELU[0]),
                      lambda x: _SELU[1] * _elu_slope(x, _SELU[0]),
                      -_SELU[0] * _SELU[1], _INFINITE)),
    "silu": _Function(
        "silu", "a σ(a)",
        lambda a, b: (lambda x: x * sigmoid(x), _silu_slope, -0.2785, _INFINITE)),
}  # fmt: skip

# As equations write them; "clip" is applied before them.
SYMBOLS = ("clip", *(function.symbol for function in _FUNCTIONS.values()))


@dataclass(frozen=True)
class Activation:
    """One function, elementwise and callable; parameters left out take ONNX' default.

    Raises ValueError for an unknown name, a parameter the function does not take, needs and lacks,
    or that is not finite.
    """

    name: str
    alpha: float | None = None
    beta: float | None = None

    def __post_init__(self) -> None:
        if self.name not in _FUNCTIONS:
            raise ValueError(
                f"the activation {self.name[:40]!r} is unknown; known are {', '.join(_FUNCTIONS)}"
            )
        for key in ("alpha", "beta"):
            default, value = getattr(self._function, key), getattr(self, key)
            if value is None:
                value = default
            elif default is None:
                raise ValueError(f"the activation {self.name} takes no {key}")
            if value is not None and not math.isfinite(value):
                raise ValueError(f"the activation {self.name} needs a finite {key}")
            object.__setattr__(self, key, None if value is None else float(value))

    def __call__(self, a: Numbers) -> Numbers:
        return self.bend(a)

    @property
    def _function(self) -> _Function:
        return _FUNCTIONS[self.name]

    @cached_property
    def _made(self) -> tuple[Bend, Bend, float, float]:
        return self._function.of(self.alpha or 0.0, self.beta or 0.0)

    @property
    def bend(self) -> Bend:
        """The function itself, without the way through this object."""
        return self._made[0]

    @property
    def slope(self) -> Bend:
        """The function's derivative, by the same a."""
        return self._made[1]

    @property
    def range(self) -> tuple[float, float]:
        """Lowest and highest value; may be infinite."""
        return self._made[2], self._made[3]

    @property
    def symbol(self) -> str:
        """For equations: σ, tanh, relu."""
        return self._function.symbol

    @property
    def definition(self) -> str:
        """“hard σ(a) = clip(0.2a + 0.5, 0, 1)”."""
        alpha, beta = ("" if v is None else brief(v, 4) for v in (self.alpha, self.beta))
        words = self._function.words.format(alpha=alpha, beta=beta)
        return f"{self.symbol}(a) = {words}".replace("+ −", "− ")

    def to_json(self) -> Any:
        """Its name; an object where it has parameters."""
        told = {"alpha": self.alpha, "beta": self.beta}
        parameters = {key: value for key, value in told.items() if value is not None}
        return {"name": self.name, **parameters} if parameters else self.name

    @classmethod
    def from_json(cls, data: Any) -> Activation:
        """Raises ValueError where `data` is no activation."""
        told = {"name": data} if isinstance(data, str) else data
        if not isinstance(told, dict) or not told.keys() <= {"name", "alpha", "beta"} \
                or not isinstance(told.get("name"), str):  # fmt: skip
            raise ValueError("an activation is a name, or an object of name, alpha and beta")
        return cls(told["name"], _number(told, "alpha"), _number(told, "beta"))


def _number(told: dict[str, Any], key: str) -> float | None:
    value = told.get(key)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise ValueError(f"{key} is not a number")
    try:
        return None if value is None else float(value)
    except OverflowError:
        raise ValueError(f"{key} is not finite") from None


SIGMOID, TANH = Activation("sigmoid"), Activation("tanh")
LINEAR = Activation("affine", 1.0, 0.0)


@dataclass(frozen=True)
class Activations:
    """Of one cell: `gate` makes r and z, `candidate` makes n.

    `clip` limits the sums, with their biases, to ±clip on their way into the functions, as the
    ONNX operator does: sum_r stays the sum, r is σ(clip(sum_r)).
    """

    gate: Activation = SIGMOID
    candidate: Activation = TANH
    clip: float | None = None

    def __post_init__(self) -> None:
        if self.clip is not None and not 0 < self.clip < math.inf:
            raise ValueError("clip is a finite number above zero")

    @cached_property
    def bend_gates(self) -> Bend:
        return self._clipping(self.gate.bend)

    @cached_property
    def bend_candidate(self) -> Bend:
        return self._clipping(self.candidate.bend)

    def _clipping(self, bend: Bend) -> Bend:
        if self.clip is None:
            return bend
        limit = self.clip
        return lambda a: bend(np.minimum(np.maximum(a, -limit), limit))

    def slope_of(self, role: Role, a: Numbers) -> Numbers:
        """Of the gates' function, or the candidate's, at the sums a; 0 where clip cuts them."""
        slope: Numbers = self.of_role(role).slope(a)
        return slope if self.clip is None else slope * (np.abs(a) <= self.clip)

    def applied(self, role: Role, sums: str) -> str:
        """“σ(…)” of these sums, as an equation writes it."""
        inner = sums if self.clip is None else f"clip({sums})"
        return f"{self.of_role(role).symbol}({inner})"

    def of_role(self, role: Role) -> Activation:
        return self.gate if role == "gate" else self.candidate

    @property
    def gates_stay(self) -> bool:
        """Whether gates lie in 0..1, whatever the weights."""
        return _within(self.gate, 0, 1)

    @property
    def states_stay(self) -> bool:
        """Whether a state in −1..1 remains there, whatever the weights."""
        return self.gates_stay and _within(self.candidate, -1, 1)

    def in_words(self) -> str:
        """What is other than σ and tanh, “n by relu(a) = max(a, 0)”; "" where nothing is."""
        words = [
            f"{what} by {function.definition}"
            for what, function, usual in (("r and z", self.gate, SIGMOID),
                                          ("n", self.candidate, TANH))
            if function != usual
        ]  # fmt: skip
        if self.clip is not None:
            words.append(f"sums clipped at ±{brief(self.clip)}")
        return ", ".join(words)

    def in_brief(self) -> str:
        """The same where there is little room: “hard σ, relu, clip”."""
        names = [function.symbol
                 for function, usual in ((self.gate, SIGMOID), (self.candidate, TANH))
                 if function != usual]  # fmt: skip
        return ", ".join(names + ["clip"] * (self.clip is not None))

    def to_json(self) -> dict[str, Any]:
        told = {"gate": self.gate.to_json(), "candidate": self.candidate.to_json()}
        return told if self.clip is None else {**told, "clip": self.clip}

    @classmethod
    def from_json(cls, data: Any) -> Activations:
        """Raises ValueError; what is left out is as usual."""
        if not isinstance(data, dict) or not data.keys() <= {"gate", "candidate", "clip"}:
            raise ValueError("activations are an object of gate, candidate and clip")
        gate, candidate = (Activation.from_json(data.get(key, usual.name))
                           for key, usual in (("gate", SIGMOID), ("candidate", TANH)))  # fmt: skip
        return cls(gate, candidate, _number(data, "clip"))


def _within(function: Activation, low: float, high: float) -> bool:
    return low <= function.range[0] and function.range[1] <= high


USUAL = Activations()

Table = Sequence[Sequence[Activations]]  # [layer][direction]


def table_to_json(table: Table) -> Any:
    """One object where all cells have the same, else a list of lists: by layer and direction."""
    every = {one for row in table for one in row}
    if len(every) == 1:
        return every.pop().to_json()
    return [[one.to_json() for one in row] for row in table]


def table_from_json(data: Any, layers: int, directions: int) -> list[list[Activations]]:
    """[layer][direction]. Raises ValueError where `data` is not of so many."""
    if not isinstance(data, list):
        return [[Activations.from_json(data)] * directions] * layers
    rows = [row if isinstance(row, list) else [row] * directions for row in data]
    if len(rows) != layers or any(len(row) != directions for row in rows):
        raise ValueError(f"activations are one for all, or {layers} × {directions} of them")
    return [[Activations.from_json(one) for one in row] for row in rows]
