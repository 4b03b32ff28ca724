"""A whole module's tree of classes: what its tensors do not say of it.

Of a class of torch.nn's it is known what it does; of a user's own the file has no more than the
name. Where a part stands is known within an nn.Sequential alone.
"""

from __future__ import annotations

import re
from typing import Any

from gru_debugger.formats.assembly.accounting import SEQUENTIAL
from gru_debugger.formats.ledger import Operation, Verdict, Where
from gru_debugger.formats.ledger.harmless import Harmless
from gru_debugger.formats.pytorch.inert_values import StandIn, TensorRef, Unreadable

_OWN = re.compile(r"torch\.nn\.modules\.(?P<package>\w+)\.(?P<name>\w+)")
_GRU = re.compile(r"torch\.nn\.modules\.rnn\.GRU(Cell)?")
_LEVELS = 16
_HARMLESS: dict[str, Harmless] = {
    **dict.fromkeys(("Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout",
                     "FeatureAlphaDropout"), "dropout"),
    "Identity": "identity", "Flatten": "shape", "Unflatten": "shape",
}  # fmt: skip
_ENDS = ("Softmax", "LogSoftmax")  # behind a GRU: what is shown of the scores


class ModuleTree:
    """`operations`: one for each part of torch.nn's without tensors, by which others are told."""

    def __init__(self) -> None:
        self.operations: list[Operation] = []
        self._where: dict[int, Where] = {}  # by the identity of a part
        self._holds: dict[int, bool] = {}

    def add(self, name: str, module: StandIn) -> None:
        """A part; those around it have been added before."""
        parts = _parts(module)
        if module.qualified_name == SEQUENTIAL:
            self._place(module, parts)
        found = _OWN.fullmatch(module.qualified_name)
        if found is None or parts or _has_tensors(module):
            return
        where = self._where.get(id(module), "unknown")
        verdict = _verdict(found["package"], found["name"], where)
        if verdict is not None:
            self.operations.append(Operation(found["name"], name, where, verdict))

    def _place(self, module: StandIn, parts: list[StandIn]) -> None:
        """Before or after the GRU that one of the parts is or holds."""
        grus = [k for k, part in enumerate(parts) if self._holds_gru(part, 0)]
        around = self._where.get(id(module))
        for k, part in enumerate(parts):
            if len(grus) == 1 and k != grus[0]:
                self._where[id(part)] = "before the GRU" if k < grus[0] else "after the GRU"
            elif not grus and around is not None:
                self._where[id(part)] = around

    def _holds_gru(self, module: StandIn, depth: int) -> bool:
        if id(module) not in self._holds:
            self._holds[id(module)] = bool(_GRU.fullmatch(module.qualified_name)) or (
                depth < _LEVELS and any(self._holds_gru(p, depth + 1) for p in _parts(module)))
        return self._holds[id(module)]


def _parts(module: StandIn) -> list[StandIn]:
    inside = module.attributes.get("_modules")
    return [p for p in inside.values() if isinstance(p, StandIn)] \
        if isinstance(inside, dict) else []  # fmt: skip


def _has_tensors(module: StandIn) -> bool:
    held: list[Any] = [module.attributes.get(name) for name in ("_parameters", "_buffers")]
    values = [v for each in held if isinstance(each, dict) for v in each.values()]
    return any(isinstance(value, (TensorRef, Unreadable)) for value in values)


def _verdict(package: str, name: str, where: Where) -> Verdict | None:
    """None for what only holds others."""
    if package in ("container", "module"):
        return None
    if package == "loss":
        return "training"
    if name in _ENDS and where != "before the GRU":
        return "shown"
    return _HARMLESS.get(name, "told")
