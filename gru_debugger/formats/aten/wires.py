"""How a TorchScript network is given a text, and where its states and scores come out of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

from gru_debugger.errors import ModelError
from gru_debugger.formats.aten import recurrences
from gru_debugger.formats.aten.account import Account
from gru_debugger.formats.aten.calls import Choice
from gru_debugger.formats.aten.inputs import Argument, Layout
from gru_debugger.formats.aten.layers import Linear
from gru_debugger.formats.aten.recurrences import Recurrence, Recurrences
from gru_debugger.formats.aten.told import stack_of
from gru_debugger.formats.aten.values import Array, Block, Signs
from gru_debugger.formats.pytorch import script

_FUNCTIONS = {"softmax": "softmax", "_softmax": "softmax",
              "log_softmax": "log_softmax", "_log_softmax": "log_softmax"}  # fmt: skip


class Row(NamedTuple):
    """What a row of an output is, of which text and step.

    `layer`: the recorded one whose states these are, of all its directions side by side; -1:
    scores, of which the network gives a `function`.
    """

    layer: int
    function: str
    text: int
    step: int


@dataclass(frozen=True)
class Output:
    """One of the tensors that the network gives, all rows of which are known."""

    number: int
    rows: tuple[Row, ...]


@dataclass
class Wires:
    """`given`: the network's arguments, with what each was when it was followed.

    Its text had `steps`; it gives `count` tensors.
    """

    given: list[tuple[Argument, Any]]
    steps: int
    texts: int
    count: int
    outputs: list[Output] = field(default_factory=list)

    @property
    def layout(self) -> Layout | None:
        return next((value for _, value in self.given if isinstance(value, Layout)), None)


def find(data: bytes, path: Path, gru: str) -> Wires:
    """Of the GRU of that name in the file. Raises ModelError, and ValueError for damage."""
    contents, network = script.parts(data, path)
    known = network.known
    stack = [] if known is None else stack_of(contents, known, network.keys, gru)
    if known is None or not stack:
        raise ModelError(f"what its code does with the GRU is not known ({network.why or gru})")
    flow = known.flow
    wires = Wires(flow.given, flow.steps, flow.texts, len(flow.outputs))
    reader = _Reader(known, stack)
    for number, value in enumerate(flow.outputs):
        if isinstance(value, Array) and value.signs.size and value.dims:
            rows = reader.rows(value.signs.reshape(-1, value.dims[-1]))
            if all(rows):
                wires.outputs.append(Output(number, tuple(row for row in rows if row)))
    return wires


class _Reader:
    """What a row of an output is."""

    def __init__(self, known: Recurrences, stack: list[Recurrence]) -> None:
        self._known, self._stack = known, stack
        self._head = Account(known, stack).closed().output
        tops = accumulate(one.first.layers for one in stack)
        self._layers = {id(one): top - 1 for one, top in zip(stack, tops, strict=True)}

    def rows(self, signs: Signs) -> list[Row | None]:
        """What each row of numbers is; None where that is not known."""
        states, found = self._known.rows(signs), self._known.flow.rows(signs)
        return [self._state(state) or (self._last(*row) or self._score(*row) if row else None)
                for state, row in zip(states, found, strict=True)]  # fmt: skip

    def _state(self, row: recurrences.Row | None) -> Row | None:
        if row is None or row.source != "states" or id(row.of) not in self._layers:
            return None
        return Row(self._layers[id(row.of)], "", row.text, row.step)

    def _last(self, block: Block, at: int) -> Row | None:
        """Of a layer below another of the same module, the network gives the last state alone."""
        layer = block.op.layer
        one = next((one for one in self._stack if one.first is layer), None)
        if block.role != "last" or one is None or one.first.directions > 1:
            return None
        number, text = divmod(at, block.shape[1])
        first = self._layers[id(one)] - one.first.layers + 1
        return Row(first + number, "", text, one.first.states.shape[0] - 1)

    def _score(self, block: Block, at: int) -> Row | None:
        layer, head = block.op.layer, self._head
        if isinstance(layer, Choice) and block.op.kind in _FUNCTIONS and block.role == "scores":
            (inner,) = self.rows(layer.rows[at][None])
            plain = inner is not None and inner.layer < 0 and not inner.function
            return inner._replace(function=_FUNCTIONS[block.op.kind]) if inner and plain else None
        if not isinstance(layer, Linear) or head is None:
            return None
        if (layer.weight, layer.bias) != (head.weight, head.bias):
            return None
        state = self._state(self._known.rows_of(layer)[at])
        top = self._layers[id(self._stack[-1])]
        return state._replace(layer=-1) if state and state.layer == top else None
