"""A torch.export archive as a network: the nodes of its graph, which is JSON.

Layout facts: torch/_export/serde/schema.py.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Mapping
from typing import Any

from numpy.typing import NDArray

from gru_debugger.formats.aten import inputs, operators
from gru_debugger.formats.aten.calls import Call, tensors_in
from gru_debugger.formats.aten.inputs import Argument
from gru_debugger.formats.aten.recurrences import Recurrences
from gru_debugger.formats.aten.values import (
    Array,
    Flow,
    Kind,
    Param,
    Patience,
    Unfollowed,
    Unknown,
)

_WHOLE = (1, 2, 3, 4, 5)  # the schema's numbers of uint8 … int64
_BOOL = 12
_MOST = 20_000  # nodes
_STORED = ("parameter", "buffer", "tensor_constant")
_LARGEST = 1 << 20
_PLAIN = ("as_int", "as_float", "as_bool", "as_string", "as_ints", "as_floats", "as_bools",
          "as_strings", "as_scalar_type", "as_memory_format", "as_layout")  # fmt: skip


class Network:
    """`known`: its GRUs, None where the graph can't be followed, and `why`.

    `keys`: of the numbers of `tensors`, by their names.
    """

    def __init__(self, graph: Mapping[str, Any], tensors: Mapping[str, NDArray[Any]],
                 constants: Mapping[str, NDArray[Any]]) -> None:  # fmt: skip
        module = graph["graph_module"]
        self._graph, self._specs = module["graph"], module["signature"]["input_specs"]
        self._tensors, self._constants = tensors, constants
        self._sizes = self._graph["tensor_values"]
        self._read: dict[str, tuple[tuple[int, ...] | None, Kind]] = {}  # of these, as they are
        self.keys: dict[str, Hashable] = {name: name for name in tensors}
        self.known: Recurrences | None = None
        self.why = ""
        if len(self._graph["nodes"]) > _MOST:
            self.why = "it has too many operations"
            return
        self._stored = dict(self._params())
        arguments, names = self._arguments()

        def follow(flow: Flow, values: list[Any]) -> None:
            self._run(flow, dict(zip(names, values, strict=True)))

        patience, size = Patience(), sum(array.nbytes for array in tensors.values())
        self.known, self.why = inputs.followed(
            follow, arguments, lambda: Flow(self._load, patience, size))  # fmt: skip

    def _load(self, param: Param) -> NDArray[Any] | None:
        return self._tensors.get(param.name, self._constants.get(param.name))

    # What it is given ----------------------------------------------------------------------

    def _params(self) -> Iterator[tuple[str, Param]]:
        for spec in self._specs:
            kind = next((k for k in _STORED if k in spec), None)
            if kind is not None:
                name = spec[kind][f"{kind}_name"]
                own = spec[kind]["arg"]["name"]
                dims, number = self._size(own)
                yield own, Param(name, name, dims or (), number)

    def _size(self, name: str) -> tuple[tuple[int, ...] | None, Kind]:
        if name not in self._read:
            self._read[name] = self._declared(name)
        return self._read[name]

    def _declared(self, name: str) -> tuple[tuple[int, ...] | None, Kind]:
        meta = self._sizes.get(name)
        if meta is None:
            return None, "float"
        number = meta["dtype"]
        kind: Kind = "int" if number in _WHOLE else "bool" if number == _BOOL else "float"
        dims = [_dimension(n) for n in meta["sizes"]]
        if any(n is None for n in dims):
            return None, kind
        sizes = tuple(n for n in dims if n is not None)
        return (None if math.prod(sizes) > _LARGEST else sizes), kind

    def _arguments(self) -> tuple[list[Argument], list[str]]:
        found: list[Argument] = []
        names: list[str] = []
        text = False
        for spec in self._specs:
            given = spec.get("user_input", {}).get("arg", {})
            name = given.get("as_tensor", {}).get("name")
            if name is None:
                continue
            dims, kind = self._size(name)
            if dims is None:
                raise Unfollowed("an input whose size is not known")
            names.append(name)
            if not text:
                text = True
                layouts = tuple(inputs.of_sample(dims, kind))
                found.append(Argument(name, "text", layouts=layouts))
            elif kind == "int" and len(dims) == 1:
                found.append(Argument(name, "lengths"))
            else:
                found.append(Argument(name, "state", sizes=(dims,)))
        return found, names

    # Its nodes -----------------------------------------------------------------------------

    def _run(self, flow: Flow, scope: dict[str, Any]) -> None:
        scope |= self._stored
        for node in self._graph["nodes"]:
            outputs = list(_names(node["outputs"]))
            target = str(node["target"])
            parts = target.split(".")
            args, named = [], {}
            for given in node["inputs"]:
                value = self._value(given["arg"], scope)
                if given.get("kind", 1) == 2:
                    named[given["name"]] = value
                else:
                    args.append(value)
            declared = [self._size(name)[0] for name in outputs]
            kind = parts[3] if target.startswith("torch.ops.") and len(parts) > 3 else parts[-1]
            plain = not target.startswith("torch.ops.aten.")
            call = Call(flow, kind, args, named, _place(node), declared)
            result = self._applied(call, target if plain else "")
            self._keep(scope, outputs, result, call)
        ends = [o["as_tensor"]["name"] for o in self._graph["outputs"] if "as_tensor" in o]
        flow.outputs = [v for name in ends if isinstance(v := scope.get(name), Array)]

    def _applied(self, call: Call, foreign: str) -> Any:
        if foreign and not tensors_in([*call.args, *call.named.values()]):
            return _NUMBERS.get(call.kind, lambda *_: None)(*call.args)
        if foreign:
            call.kind = foreign.removeprefix("torch.ops.")
            return Unknown(call.op())
        return operators.applied(call)

    def _keep(self, scope: dict[str, Any], outputs: list[str], result: Any, call: Call) -> None:
        values = result if isinstance(result, (list, tuple)) and len(outputs) != 1 else [result]
        if isinstance(result, Unknown):
            values = [result] * len(outputs)
        if len(values) < len(outputs):
            values = [*values, *[None] * (len(outputs) - len(values))]
        for name, value in zip(outputs, values, strict=False):
            if name in self._sizes:
                value = self._sized(name, value, call)
            scope[name] = value

    def _sized(self, name: str, value: Any, call: Call) -> Any:
        """As large as the file says, whatever has become of it."""
        dims, kind = self._size(name)
        if isinstance(value, (Array, Param)) and (dims is None or value.dims == dims):
            return value
        if dims is None:
            return value if isinstance(value, Unknown) else Unknown(call.op())
        op = value.maker if isinstance(value, Unknown) else call.op()
        return call.flow.one_for_all(op, dims, kind)

    def _value(self, arg: Mapping[str, Any], scope: dict[str, Any]) -> Any:
        for kind, value in arg.items():
            if kind == "as_tensor":
                return scope.get(value["name"])
            if kind in ("as_tensors", "as_nested_tensors"):
                return [scope.get(v["name"]) for v in value]
            if kind == "as_optional_tensors":
                return [self._value(v, scope) for v in value]
            if kind in ("as_sym_int", "as_sym_float", "as_sym_bool"):
                return self._number(value, scope)
            if kind in ("as_sym_ints", "as_sym_floats"):
                return [self._number(v, scope) for v in value]
            if kind in _PLAIN:
                return value
        return None

    def _number(self, value: Mapping[str, Any], scope: dict[str, Any]) -> Any:
        name = value.get("as_name")
        return scope.get(name) if name is not None else next(iter(value.values()), None)


def _dimension(size: Mapping[str, Any]) -> int | None:
    number = size.get("as_int")
    if number is None:
        number = ((size.get("as_expr") or {}).get("hint") or {}).get("as_int")
    return number if isinstance(number, int) and 0 <= number <= _LARGEST else None


def _names(outputs: list[Mapping[str, Any]]) -> Iterator[str]:
    for output in outputs:
        for kind, value in output.items():
            if kind == "as_tensors":
                yield from (v["name"] for v in value)
            elif kind in ("as_tensor",):
                yield value["name"]
            elif kind in ("as_sym_int", "as_sym_bool", "as_sym_float"):
                yield value.get("as_name", "")
            else:
                yield ""


def _place(node: Mapping[str, Any]) -> str:
    """The innermost module that a node stands in, by its name in the network."""
    stack = (node.get("metadata") or {}).get("nn_module_stack")
    if not isinstance(stack, str) or not stack:
        return ""
    path = stack.split(";")[-1].split(",")
    name = path[1] if len(path) > 2 else ""
    return name.removeprefix("L['self'].").removeprefix("L['self']")


_NUMBERS: dict[str, Any] = {
    "add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b,
    "floordiv": lambda a, b: a // b, "mod": lambda a, b: a % b, "neg": lambda a: -a,
    "eq": lambda a, b: a == b, "ne": lambda a, b: a != b, "lt": lambda a, b: a < b,
    "gt": lambda a, b: a > b, "le": lambda a, b: a <= b, "ge": lambda a, b: a >= b,
    "truediv": lambda a, b: a / b,
}  # fmt: skip
