"""The account of a network that was followed, seen from one of its GRUs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gru_debugger.formats.aten.calls import Choice
from gru_debugger.formats.aten.layers import Linear, Lookup, Recurrent
from gru_debugger.formats.aten.recurrences import Recurrence, Recurrences, climbed, in_order
from gru_debugger.formats.aten.values import Op, Param, Signs
from gru_debugger.formats.contents import LAST_OF_BOTH
from gru_debugger.formats.ledger import Operation, Verdict, Where
from gru_debugger.source import INITIAL_STATE, Grade, Notice

_CHOICES = ("select", "slice", "narrow", "index", "index_select", "unbind", "split", "chunk")
# A head of Linear layers and these alone is a plain one: that it is not computed is no more than a
# note.
_HEAD = ("relu", "tanh", "sigmoid", "log_sigmoid", "gelu", "leaky_relu", "elu", "silu")
_DISORDER = ("flip", "roll")
_GIVEN = "its initial state is given when it runs; zeros are taken here"
_SCORES = "another output layer, whose scores are not shown"
_TEXTS = "each symbol is read as a text of its own"


@dataclass
class Surroundings:
    """Of GRUs that feed each other as the layers of one: as `Told` has it."""

    embedding: Param | None = None
    output: Linear | None = None
    h0: NDArray[Any] | None = None
    between: str | None = None
    notices: list[Notice] = field(default_factory=list)
    operations: tuple[Operation, ...] = ()


class Account:
    """What is said first of an operation holds."""

    def __init__(self, known: Recurrences, stack: list[Recurrence]) -> None:
        self._known, self._stack, self._flow = known, stack, known.flow
        self._own = dict.fromkeys(op for one in stack for op in one.ops)
        self._said: dict[Op, Operation] = {}
        self._found = Surroundings()

    def closed(self) -> Surroundings:
        for op in self._own:
            self._say(op, "inside the GRU", "told" if op.reason else "computed")
        for number, one in enumerate(self._stack):
            self._step(one)
            if number:
                self._between_layers(one)
        self._input(self._stack[0])
        self._initial_states()
        self._output()
        self._rest()
        self._found.operations = tuple(dict.fromkeys(self._said.values()))
        return self._found

    def _say(
        self, op: Op, where: Where, verdict: Verdict | None = None, reason: str = "",
        grade: Grade | None = None,
    ) -> None:  # fmt: skip
        if op in self._said:
            return
        self._said[op] = Operation(op.title, op.name, where, verdict or op.verdict,
                                   reason or op.reason, grade)  # fmt: skip

    def _tell(self, ops: Iterable[Op], where: Where) -> list[Op]:
        """Of a way that is not understood: what computes on it, or else what moves numbers."""
        ops = [op for op in ops if op not in self._said]
        told = [op for op in ops if op.verdict == "told" and not isinstance(op.layer, Lookup)]
        told = told or [op for op in ops if op.moves and op.verdict in ("shape", "turned back")]
        for op in ops:
            self._say(op, where, "told" if op in told else None)
        return told or [op for op in ops if op.verdict == "told"]

    # Inside --------------------------------------------------------------------------------

    def _step(self, one: Recurrence) -> None:
        """What stands between the cells of a loop."""
        for direction in one.ways:
            self._step(direction)
            self._within(direction)
        if not one.first.cell:
            return
        for op, layer in zip(one.calls[1:], one.layers[1:], strict=True):
            way = climbed(layer.begun, self._own)
            if one.linked:
                for moved in way:
                    if moved.moves:
                        self._say(moved, "inside the GRU")
            else:
                told = self._tell(way, "inside the GRU")
                if not told and op is one.calls[1]:
                    self._told_of_itself("inside the GRU", one.fault)

    def _within(self, one: Recurrence) -> None:
        """What turns the text around for a direction, and else moves numbers in its cells."""
        ends = self._own | dict.fromkeys(
            op for layer in one.layers for op in (*layer.seen, *layer.begun))  # fmt: skip
        for op in climbed([parent for cell in one.calls for parent in cell.parents], ends):
            if op.moves and op not in ends:
                self._say(op, "inside the GRU")

    def _between_layers(self, one: Recurrence) -> None:
        for op in climbed([op for layer in one.layers for op in layer.seen], self._own):
            self._say(op, "inside the GRU")

    def _told_of_itself(self, where: Where, reason: str) -> None:
        op = self._stack[0].calls[0]
        marker = Op(op.kind, op.name)
        self._say(marker, where, "told", reason)

    # Before --------------------------------------------------------------------------------

    def _input(self, one: Recurrence) -> None:
        reads = one.reads
        way = climbed([op for layer in one.layers for op in layer.seen], self._own)
        if one.fault and one.linked:  # called more than once
            again = climbed([op for layer in one.layers for op in layer.seen])
            reason = ("used again on its own states" if any(op in again for op in self._own)
                      else one.fault)  # fmt: skip
            self._told_of_itself("before the GRU", reason)
            self._found.between = f"the GRU reads more than one text ({reason})"
        single = self._flow.texts > 1 and self._flow.steps == 1 and \
            self._known.begins(one)[0] != "given"  # fmt: skip
        if reads is not None and reads.source in ("table", "one-hot", "input") and not single \
                and not self._found.between:  # fmt: skip
            for op in way:
                plain = op.layer is not None or op.moves
                self._say(op, "before the GRU", "computed" if plain and not op.moves else None)
            self._found.embedding = reads.of if reads.source == "table" else None
            return
        told = self._tell(way, "before the GRU")
        self._found.between = self._found.between or (
            _TEXTS if single else self._words(told, way))  # fmt: skip

    def _words(self, told: list[Op], way: dict[Op, None]) -> str:
        """What stands between, in words."""
        others = [op for op in told if op.kind not in ("embedding",)] or told
        kinds = list(dict.fromkeys(op.title for op in others))
        tables = any(op.kind == "embedding" for op in way)
        ends = "the embedding" if tables else "the input"
        if not kinds:
            return f"what stands between {ends} and the GRU is not understood"
        more = f" and {len(kinds) - 3} more" if len(kinds) > 3 else ""
        verb = "stands" if len(kinds) == 1 else "stand"
        return f"between {ends} and the GRU {verb} {', '.join(kinds[:3])}{more}"

    # Initial state -------------------------------------------------------------------------

    def _initial_states(self) -> None:
        states: list[NDArray[Any] | None] = []
        given = False
        for one in self._stack:
            how, state = self._known.begins(one)
            way = climbed(one.first.begun, self._own)
            if how == "computed":
                states.append(None)
                if not self._tell(way, INITIAL_STATE):
                    self._told_of_itself(INITIAL_STATE, "it begins with something unknown")
                continue
            given = given or how == "given"
            states.append(state)
            for op in way:
                self._say(op, INITIAL_STATE, None if op.moves or how == "given" else "computed")
        if given:
            self._found.notices.append(Notice("note", "an input", INITIAL_STATE, _GIVEN))
        layers = [(one.first.layers * one.first.directions, one.first.weights[1].dims[-1])
                  for one in self._stack]  # fmt: skip
        known = [np.zeros(shape) if state is None else state
                 for state, shape in zip(states, layers, strict=True)]  # fmt: skip
        if all(k.shape == shape for k, shape in zip(known, layers, strict=True)):
            h0 = np.concatenate(known).astype(np.float32)
            self._found.h0 = h0 if h0.any() else None

    # After ---------------------------------------------------------------------------------

    def _output(self) -> None:
        top = self._stack[-1]
        heads: dict[tuple[Any, Any], list[Op]] = {}
        for op in self._flow.ops:
            if isinstance(op.layer, Linear) and (reads := self._reads_states(op.layer)):
                bias = op.layer.bias.key if op.layer.bias else None
                if reads == "both":
                    self._found.notices.append(LAST_OF_BOTH)
                    self._say(op, "after the GRU", None, "", "note")
                else:
                    heads.setdefault((op.layer.weight.key, bias), []).append(op)
        ending = {k: ops for k, ops in heads.items() if all(map(self._ends, ops))}
        if not ending or (top.first.cell and not top.linked):
            return
        symbols = self._found.embedding.shape[0] if self._found.embedding else None
        chosen = next((ops for ops in ending.values()
                       if ops[0].layer.weight.dims[0] == symbols), None)  # fmt: skip
        chosen = chosen or next(iter(ending.values()))
        self._found.output = chosen[0].layer
        for op in chosen:
            for moved in climbed(op.parents, self._own):
                if moved not in self._own and moved.moves:
                    choice = moved.kind in _CHOICES and moved.verdict == "shape"
                    self._say(moved, "after the GRU", "choice" if choice else None)
            self._say(op, "after the GRU", "computed")
        for end in self._behind(*chosen):
            self._say(end, "after the GRU", "shown" if isinstance(end.layer, Choice) else None)

    def _reads_states(self, layer: Linear) -> str:
        """“all” where each row is a state of the top layer, “both” the last of each direction."""
        rows, top = layer.rows, self._stack[-1]
        if not rows.size:
            return ""
        found = self._known.rows_of(layer)
        states = [row for row in found if row is not None and row.of is top]
        if len(states) == len(found) and in_order(states):
            return "all"
        return "both" if top.first.directions == 2 and self._ends_both(rows, top.first) else ""

    def _ends_both(self, rows: Signs, layer: Recurrent) -> bool:
        """Whether these are the last states of both directions, side by side."""
        steps, texts, both = layer.states.shape
        if rows.shape[-1] != both:
            return False
        if layer.last is not None and self._flow.owners(rows) == [layer.last]:
            return True
        states = np.arange(steps * texts * both).reshape(steps, texts, both) + layer.states.start
        ends = np.where(np.arange(both) < both // 2, states[-1], states[0])
        return np.array_equal(self._known.renamed(rows), ends)

    def _behind(self, *begun: Op) -> dict[Op, None]:
        found: dict[Op, None] = {}
        wave = list(begun)
        while wave:
            wave = [c for op in wave for c in self._known.children.get(op, ()) if c not in found]
            found |= dict.fromkeys(wave)
        return found

    def _ends(self, op: Op) -> bool:
        """Whether its scores are what the network gives: moved and chosen from at most."""
        return op not in self._known.disordered and op not in self._known.computed_from

    def _is_plain(self, op: Op) -> bool:
        """Whether a head has it that people would expect."""
        moves = op.moves and op.kind not in _DISORDER
        layer = isinstance(op.layer, (Linear, Choice))
        return moves or layer or op in self._said or op.kind in _HEAD

    # All else ------------------------------------------------------------------------------

    def _rest(self) -> None:
        behind = self._behind(*self._own)
        output = self._found.output is not None
        plain = all(map(self._is_plain, behind))
        for op in self._flow.ops:
            if op in self._said:
                continue
            if op.kind == "if":
                self._say(op, "unknown")
            elif op not in behind:
                self._say(op, "beside the GRU")
            elif output:
                heads = isinstance(op.layer, Linear) and self._reads_states(op.layer)
                self._say(op, "beside the GRU", None, _SCORES if heads else "")
            else:
                note: Grade | None = "note" if plain else None
                self._say(op, "after the GRU", None, "no predictions are shown" * plain, note)


def troubles(known: Recurrences) -> int:
    """How much of what stands around the GRUs of a network is not computed here."""
    found = 0
    for one in known.by_key.values():
        account = Account(known, [one]).closed()
        below = one.reads is not None and one.reads.source == "states"
        found += sum(op.verdict == "told" for op in account.operations)
        found += account.between is not None and not below
    return found
