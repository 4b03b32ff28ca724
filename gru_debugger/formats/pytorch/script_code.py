"""Which constant of a frozen TorchScript module is what, by the calls in its code.

The code is parsed as Python text and looked at; it is not run.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Mapping

# PyTorch's name -> (index of the constant, whether it is stored turned).
Named = dict[str, tuple[int, bool]]

_LONGEST = 1 << 17  # bytes of code; its syntax tree takes some hundred times as much
_MOST = 64  # layers of a kind
_KINDS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


def named_constants(files: Mapping[str, bytes]) -> Named:
    """The constants that a GRU, an embedding or a linear layer in the code uses."""
    found: dict[str, list[Named]] = {}
    for layer, tensors in _layers(files):
        found.setdefault(layer, []).append(tensors)
    named: Named = {}
    for layer, several in found.items():
        for place, tensors in enumerate(_distinct(several)):
            ending = f".{place}" if layer == "cells" or place else ""
            named |= {f"{layer}{ending}.{k}": v for k, v in tensors.items()}
    return named


def _distinct(layers: list[Named]) -> list[Named]:
    """Without repeats, as of a loop that was traced, and without parts of others."""
    kept: list[Named] = []
    for tensors in layers:
        if (
            tensors
            and len(kept) < _MOST
            and not any(tensors.items() <= other.items() for other in kept)
        ):
            kept = [other for other in kept if not other.items() <= tensors.items()]
            kept.append(tensors)
    return kept


def _layers(files: Mapping[str, bytes]) -> Iterator[tuple[str, Named]]:
    """Each call of a layer, in the order of the code: its kind and its tensors' names."""
    code = sorted(name for name in files if name.startswith("code/") and name.endswith(".py"))
    if sum(len(files[name]) for name in code) > _LONGEST:
        return
    for name in code:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes in strings that Python does not know
            tree = ast.parse(files[name].decode())  # bytes could name a codec to be loaded
        inside = [node for thing in tree.body if isinstance(thing, ast.ClassDef)
                  for node in thing.body]  # fmt: skip
        for function in inside:
            if isinstance(function, ast.FunctionDef):
                yield from _Function(function).layers()


class _Function:
    """One function: what its variables stand for, and its calls of ``torch.…``."""

    def __init__(self, function: ast.FunctionDef) -> None:
        nodes = list(ast.walk(function))
        self._calls = sorted(
            (node for node in nodes if isinstance(node, ast.Call)),
            key=lambda call: (call.lineno, call.col_offset),
        )
        self._values = {
            node.targets[0].id: node.value
            for node in nodes
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        }

    def layers(self) -> Iterator[tuple[str, Named]]:
        for call in self._calls:
            operator, arguments = _torch_call(call), call.args
            if operator in ("gru", "gru_cell"):
                yield "gru" if operator == "gru" else "cells", self._gru(operator, arguments)
            elif operator == "embedding":
                yield "embedding", self._tensors(("weight",), arguments[:1])
            elif operator == "linear":
                yield "fc", self._tensors(("weight", "bias"), arguments[1:3])
            elif operator == "addmm":
                yield "fc", self._tensors(("bias", "", "weight"), arguments[:3], turned="weight")
            elif operator in ("matmul", "add"):
                yield "fc", self._product(call)

    def _value(self, node: ast.expr) -> ast.expr:
        return self._values.get(node.id, node) if isinstance(node, ast.Name) else node

    def _constant(self, node: ast.expr) -> tuple[int, bool] | None:
        """``CONSTANTS.c3``, or ``torch.t`` of it: its index, and whether it is turned."""
        node = self._value(node)
        if isinstance(node, ast.Call) and _torch_call(node) == "t" and node.args:
            inner = self._constant(node.args[0])
            return None if inner is None else (inner[0], not inner[1])
        match = re.fullmatch(r"CONSTANTS\.c([0-9]{1,9})", _dotted(node))
        return (int(match[1]), False) if match else None

    def _tensors(
        self, names: tuple[str, ...], nodes: list[ast.expr], turned: str | None = None
    ) -> Named:
        named: Named = {}
        for name, node in zip(names, nodes, strict=False):
            constant = self._constant(node)
            if constant is not None and name:
                named[name] = constant[0], constant[1] != (name == turned)
        return named

    def _product(self, call: ast.Call) -> Named:
        """``torch.add(torch.matmul(x, W), b)``, or without b: a linear layer, its matrix turned."""
        product = self._value(call.args[0]) if _torch_call(call) == "add" and call.args else call
        if not isinstance(product, ast.Call) or _torch_call(product) != "matmul":
            return {}
        nodes = [*product.args[1:2], *(call.args[1:2] if product is not call else ())]
        return self._tensors(("weight", "bias"), nodes, turned="weight")

    def _gru(self, operator: str, arguments: list[ast.expr]) -> Named:
        if operator == "gru_cell":
            return self._tensors(_KINDS, arguments[2:])
        for at, node in enumerate(arguments):
            stored = self._value(node)
            if isinstance(stored, ast.List) and stored.elts:
                names = _parameter_names(arguments[at + 1 :])
                fits = len(names) == len(stored.elts)
                return self._tensors(names, stored.elts) if fits else {}
        return {}


def _dotted(node: ast.expr) -> str:
    """``torch.gru`` as it is written; "" if it is anything but two names."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    return ""


def _torch_call(node: ast.expr) -> str:
    """``gru`` of ``torch.gru(…)``; "" of anything else."""
    module, _, name = _dotted(node.func if isinstance(node, ast.Call) else node).partition(".")
    return name if module == "torch" and isinstance(node, ast.Call) else ""


def _parameter_names(after: list[ast.expr]) -> tuple[str, ...]:
    """In torch.gru's order, from what follows its weights: bias, layers, dropout, train, both."""
    values = [node.value if isinstance(node, ast.Constant) else None for node in after[:5]]
    if len(values) < 5 or not isinstance(values[1], int) or not 0 < values[1] < 1000:
        return ()
    kinds = _KINDS if values[0] else _KINDS[:2]
    ends = ("", "_reverse") if values[4] else ("",)
    return tuple(f"{k}_l{layer}{end}" for layer in range(values[1]) for end in ends for k in kinds)
