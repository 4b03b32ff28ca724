"""A TorchScript archive as a network: its modules and constants, and what its code is given."""

from __future__ import annotations

import ast
import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

from numpy.typing import NDArray

from gru_debugger.formats.aten import inputs
from gru_debugger.formats.aten.calls import tensors_in
from gru_debugger.formats.aten.inputs import Argument, Layout
from gru_debugger.formats.aten.layers import Linear, Lookup
from gru_debugger.formats.aten.recurrences import Recurrences
from gru_debugger.formats.aten.script_code import Code
from gru_debugger.formats.aten.scripts import Module, Script
from gru_debugger.formats.aten.values import Counted, Flow, Kind, Param, Patience, Unfollowed
from gru_debugger.formats.pytorch import layout
from gru_debugger.formats.pytorch.checkpoint import Collection, tensor
from gru_debugger.formats.pytorch.inert_values import StandIn, TensorRef

_LEVELS = 40
_STATE = re.compile(r"h\d?|hx|h_?0|.*hid(den)?.*|.*state.*|.*init.*|prev.*|h_.*")
_LENGTHS = re.compile(r".*len.*|.*sizes?")
_KINDS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


class Network:
    """`known`: its GRUs, None where the code can't be followed, and `why`.

    `keys`: of its tensors' numbers, by their names.
    """

    def __init__(
        self, files: Mapping[str, bytes], root: Any, constants: Any, found: Collection,
        frozen: Collection,
    ) -> None:  # fmt: skip
        self._code = Code(files)
        self._size = sum(map(len, files.values()))
        self._found, self._frozen = found, frozen
        self.keys: dict[str, Hashable] = {}
        self._names: dict[TensorRef, str] = {}
        self._refs: dict[Hashable, tuple[Collection, TensorRef]] = {}
        self._modules: dict[int, Module] = {}
        self.known: Recurrences | None = None
        self.why = ""
        self._root = self._kept(root, "", 0)
        self._constants = [self._constant(k, value) for k, value in enumerate(constants or ())]
        self._sizes = _shapes(self._refs)
        self._sample = _traced(files)
        try:
            if isinstance(self._root, Module):
                self._follow(self._root)
        except Unfollowed as fault:
            self.why = str(fault)

    # What is stored ------------------------------------------------------------------------

    def _kept(self, value: Any, path: str, depth: int) -> Any:
        if depth > _LEVELS:
            return None
        if isinstance(value, StandIn) and value.qualified_name.startswith("__torch__."):
            return self._module(value, path, depth)
        if isinstance(value, TensorRef):
            return self._param(value, path)
        if isinstance(value, (list, tuple)) and not isinstance(value, tuple):
            return [self._kept(part, f"{path}.{k}", depth + 1) for k, part in enumerate(value)]
        if isinstance(value, tuple):
            return tuple(self._kept(part, f"{path}.{k}", depth + 1) for k, part in enumerate(value))
        if isinstance(value, dict):
            return {k: self._kept(part, f"{path}.{k}", depth + 1) for k, part in value.items()}
        return value

    def _module(self, value: StandIn, path: str, depth: int) -> Module:
        if id(value) not in self._modules:
            made = self._modules[id(value)] = Module(path, value.qualified_name)
            order = sorted(value.attributes.items(), key=lambda item: isinstance(item[1], list))
            for name, part in order:  # lists last: what is in them has names besides
                inner = f"{path}.{name}" if path else str(name)
                made.attributes[str(name)] = self._kept(part, inner, depth + 1)
        return self._modules[id(value)]

    def _param(self, ref: TensorRef, name: str) -> Param:
        name = self._names.setdefault(ref, name)
        self.keys[name] = ref
        self._refs[ref] = self._found, ref
        return Param(ref, name, ref.size, _kind(ref))

    def _constant(self, number: int, value: Any) -> Any:
        if not isinstance(value, TensorRef):
            return value
        key = ("constant", value)
        self._refs[key] = self._frozen, value
        return Param(key, f"CONSTANTS.c{number}", value.size, _kind(value))

    def _load(self, param: Param) -> NDArray[Any] | None:
        collection, ref = self._refs[param.key]
        return tensor(ref, collection.storages)

    # Following -----------------------------------------------------------------------------

    def _follow(self, root: Module) -> None:
        function = self._code.function(root.kind, "forward")
        if function is None:
            self.why = "it has no forward"
            return
        dims = {n for shape in self._sizes for n in shape}
        steps = next(n for n in range(5, 5 + len(dims) + 1) if n not in dims)
        arguments = self._arguments(function, steps)
        patience = Patience()
        before = {id(m): dict(m.attributes) for m in self._modules.values()}

        def flow() -> Flow:
            for module in self._modules.values():  # as the file has them
                module.attributes = _copied(before[id(module)])
            return Flow(self._load, patience, self._size, steps=steps)

        def follow(one: Flow, values: list[Any]) -> None:
            given = Script(self._code, self._constants, one).method(root, "forward", values)
            one.outputs = tensors_in([given])

        self.known, self.why = inputs.followed(follow, arguments, flow)

    def _arguments(self, function: ast.FunctionDef, steps: int) -> list[Argument]:
        """The first tensor is the text, unless its name says that it is something else."""
        declared = function.args.args[1:]
        defaults = function.args.defaults
        found: list[Argument] = []
        text = False
        for number, arg in enumerate(declared):
            default = number - len(declared) + len(defaults)
            kind = ast.unparse(arg.annotation) if arg.annotation else "Tensor"
            if default >= 0 or kind != "Tensor":
                plain = {"int": Counted(steps), "float": 1.0, "bool": False, "List[int]": [steps]}
                value = ast.literal_eval(defaults[default]) if default >= 0 else plain.get(kind)
                found.append(Argument(arg.arg, "given", value))
            elif text and _LENGTHS.fullmatch(arg.arg):
                found.append(Argument(arg.arg, "lengths"))
            elif text or (_STATE.fullmatch(arg.arg) and len(declared) > 1):
                found.append(Argument(arg.arg, "state", sizes=self._states(number)))
            else:
                text = True
                layouts = tuple(self._layouts(number, steps))
                found.append(Argument(arg.arg, "text", layouts=layouts))
        return found

    def _layouts(self, number: int, steps: int) -> Iterator[Layout]:
        if number < len(self._sample):
            yield from inputs.of_sample(*self._sample[number])
            return
        widths = dict.fromkeys(shape[1] for shape in self._sizes if len(shape) == 2
                               and shape[0] % 3 == 0)  # fmt: skip
        unrolled = self._code.steps(self._root.kind, "forward")
        for count in dict.fromkeys([steps, unrolled] if unrolled > 1 else [steps]):
            yield from inputs.layouts(count, list(widths)[:4])

    def _states(self, number: int) -> tuple[tuple[int, ...], ...]:
        """The sizes that a state of one of its GRUs may have."""
        if number < len(self._sample):
            return (self._sample[number][0],)
        units = dict.fromkeys(shape[1] for shape in self._sizes if len(shape) == 2
                              and shape[0] == 3 * shape[1])  # fmt: skip
        found: list[tuple[int, ...]] = []
        for n in list(units)[:2]:
            count = sum(shape == (3 * n, n) for shape in self._sizes)
            for layers in dict.fromkeys([1, min(count, 64), (count + 1) // 2]):
                found.append((layers, 1, n))
            found += [(1, n), (n,)]
        return tuple(found)

    def named_constants(self) -> dict[str, TensorRef]:
        """A frozen network's, by names such as PyTorch's own, in the order of their use."""
        names = _Names(self._refs)
        if self.known is not None:
            names.of(self.known)
        self.keys |= names.keys
        return names.found


class _Names:
    """Of constants, which have none: by the layers that use them."""

    def __init__(self, refs: Mapping[Hashable, tuple[Collection, TensorRef]]) -> None:
        self._refs = refs
        self._numbers: dict[str, dict[Hashable, int]] = {}
        self.found: dict[str, TensorRef] = {}
        self.keys: dict[str, Hashable] = {}

    def of(self, known: Recurrences) -> None:
        for one in known.by_key.values():
            first = one.first
            kinds = _KINDS[: len(one.weights) // max(first.layers * first.directions, 1)]
            ends = list(kinds) if first.cell else [
                f"{kind}_l{layer}{'_reverse' * way}" for layer in range(first.layers)
                for way in range(first.directions) for kind in kinds]  # fmt: skip
            many = first.cell or len(known.by_key) > 1
            self._name("cells" if first.cell else "gru", ends, one.weights, many)
        for op in known.flow.ops:
            if isinstance(op.layer, Lookup) and op.layer.table is not None:
                self._name("embedding", ["weight"], [op.layer.table])
            elif isinstance(op.layer, Linear):
                self._name("fc", ["weight", "bias"], [op.layer.weight, op.layer.bias])

    def _name(
        self, layer: str, ends: list[str], params: Sequence[Param | None], many: bool = False
    ) -> None:
        first = params[0]
        if first is None or not first.name.startswith("CONSTANTS."):
            return
        of_kind = self._numbers.setdefault(layer, {})
        key = tuple((p.key, p.turned) if p else None for p in params)
        number = of_kind.setdefault(key, len(of_kind))
        base = f"{layer}.{number}" if number or many else layer
        for end, param in zip(ends, params, strict=True):
            if param is not None:
                ref = self._refs[param.key][1]
                self.found[f"{base}.{end}"] = _turned(ref) if param.turned else ref
                self.keys[f"{base}.{end}"] = param.key


def _turned(ref: TensorRef) -> TensorRef:
    return ref._replace(size=ref.size[::-1], stride=ref.stride[::-1])


def _kind(ref: TensorRef) -> Kind:
    dtype = ref.storage.dtype
    return "bool" if dtype == "bool" else "int" if "int" in dtype else "float"


def _shapes(refs: Mapping[Hashable, tuple[Collection, TensorRef]]) -> list[tuple[int, ...]]:
    return [ref.size for _, ref in refs.values()]


def _copied(attributes: dict[str, Any]) -> dict[str, Any]:
    return {k: list(v) if isinstance(v, list) else dict(v) if isinstance(v, dict) else v
            for k, v in attributes.items()}  # fmt: skip


def _traced(files: Mapping[str, bytes]) -> list[tuple[tuple[int, ...], Kind]]:
    """Sizes and kinds of what the network was traced with, where the file has kept them."""
    if "traced_inputs.pkl" not in files:
        return []
    kept = layout.unpickle(files["traced_inputs.pkl"]).root
    values = kept.get("forward") if isinstance(kept, dict) else None
    refs = values if isinstance(values, list) else []
    if not all(isinstance(ref, TensorRef) for ref in refs):
        return []
    return [(ref.size, _kind(ref)) for ref in refs]
