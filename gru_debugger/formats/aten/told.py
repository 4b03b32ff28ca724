"""From a network that was followed to what a file tells of each of its GRUs."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from itertools import pairwise

from gru_debugger.formats.assembly import parameters as grus
from gru_debugger.formats.assembly.parameters import Parameters, plain
from gru_debugger.formats.aten.account import Account
from gru_debugger.formats.aten.layers import Linear
from gru_debugger.formats.aten.recurrences import Recurrence, Recurrences
from gru_debugger.formats.aten.values import Param
from gru_debugger.formats.contents import Contents, Told
from gru_debugger.formats.ledger import Operation, Tensor, bounded, share
from gru_debugger.source import Notice

_KINDS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


def unfollowed(contents: Contents, why: str) -> None:
    """Where the network's own code can't be followed: told, whatever stands in it."""
    contents.operations += (Operation("code", reason=why or "it can't be followed"),)


def tell(contents: Contents, known: Recurrences, keys: Mapping[str, Hashable]) -> None:
    """Fill `contents.told`; `keys` are those of its tensors' numbers, by their names."""
    _Teller(contents, known, keys).tell()


def stack_of(
    contents: Contents, known: Recurrences, keys: Mapping[str, Hashable], gru: str
) -> list[Recurrence]:
    """What is called as the layers of the GRU of that name; nothing where none is."""
    stacks = _Teller(contents, known, keys).stacks().values()
    return next((stack for p, stack in stacks if p.name == gru), [])


class _Teller:
    def __init__(
        self, contents: Contents, known: Recurrences, keys: Mapping[str, Hashable]
    ) -> None:
        self._contents, self._known = contents, known
        self._share = 0
        self._keys = {plain(name): key for name, key in keys.items()}
        self._names: dict[Hashable, list[str]] = {}
        for name, key in keys.items():
            if name in contents.tensors:
                self._names.setdefault(key, []).append(name)

    def tell(self) -> None:
        stacks = self.stacks()
        self._share = share(len(stacks))
        for prefix, (p, stack) in stacks.items():
            self._contents.told[prefix] = self._told(p, stack)
        self._account_for_tensors()

    def stacks(self) -> dict[str, tuple[Parameters, list[Recurrence]]]:
        """The GRUs that can be shown, by their prefixes: each with what is called as its layers."""
        tensors, _ = grus.plain_tensors(self._contents.tensors)
        found: dict[str, tuple[Parameters, list[Recurrence]]] = {}
        for prefix, p in grus.find(tensors).items():
            stack = [self._recurrence(part) for part in p.parts or (p,)]
            if stack == [None] and p.layers > 1:  # each layer may be written out
                stack = [self._recurrence(p, layer) for layer in range(p.layers)]
            whole = [one for one in stack if one is not None]
            if len(whole) < len(stack) or not all(_chained(*pair) for pair in pairwise(whole)):
                whole = []
            if p.parts:
                if whole:
                    found[prefix] = p, whole
            elif grus.has_three_gates(p, tensors):
                found[prefix] = p, whole
        return found

    def _recurrence(self, part: Parameters, alone: int | None = None) -> Recurrence | None:
        """That of all layers, or of one `alone`."""
        layers = range(part.layers) if alone is None else [alone]
        names = [cell[kind] for layer in layers for way in part.ways
                 for cell in [part.cells.get((layer, way), {})] for kind in _KINDS
                 if kind in cell]  # fmt: skip
        return self._known.by_key.get(tuple(self._keys.get(name) for name in names))

    def _told(self, p: Parameters, stack: list[Recurrence]) -> Told:
        if not stack:
            words = (f"“{p.name}” is not called as a GRU in the network's own code: what is done "
                     "with its weights is not known")  # fmt: skip
            return Told(notices=(Notice("inside", p.name, "inside the GRU", words),))
        found = Account(self._known, stack).closed()
        table = found.embedding and self._name(found.embedding)
        output = None if found.output is None else self._output(p.prefix, found.output)
        return Told(embedding=plain(table) if table else None, output=output, h0=found.h0,
                    between=found.between, notices=tuple(found.notices),
                    operations=bounded(found.operations, self._share))  # fmt: skip

    def _name(self, param: Param) -> str | None:
        """The tensor that holds a parameter as it is used."""
        names = self._names.get(param.key, [])
        tensors = self._contents.tensors
        return next((name for name in names if tensors[name].shape == param.dims), None)

    def _output(self, prefix: str, layer: Linear) -> str:
        """The name of its weight; made, where its bias isn't the one that its name says."""
        tensors = self._contents.tensors
        weight, bias = self._name(layer.weight), layer.bias and self._name(layer.bias)
        usual = f"{weight[: -len('weight')]}bias" if weight and weight.endswith("weight") else ""
        if weight and bias == (usual if usual in tensors else None):
            return plain(weight)
        made = f"{prefix}output."
        for end, param in (("weight", layer.weight), ("bias", layer.bias)):
            if param is None:
                continue
            name = self._names[param.key][0]
            array = tensors[name]
            tensors[made + end] = array.T if array.shape != param.dims else array
            dtype = self._contents.dtypes.setdefault(name, str(array.dtype))
            self._contents.dtypes[made + end] = dtype
            self._contents.stored += (
                Tensor(name, array.shape, dtype, taken_as=(made + end, name)),
            )
        return f"{made}weight"

    def _account_for_tensors(self) -> None:
        """Each is of an operation, which is told already."""
        stored = self._contents.stored
        done = {name for tensor in stored for name in (tensor.name, *tensor.taken_as)}
        tensors, _ = grus.plain_tensors(self._contents.tensors)
        names = {name: op for key, op in self._known.flow.used.items()
                 for name in self._names.get(key, ())}  # fmt: skip
        of_grus = {name for p in grus.find(tensors).values() for name in p.names().values()}
        for name, array in self._contents.tensors.items():
            dtype = self._contents.dtypes.get(name, str(array.dtype))
            if name in names and name not in done:
                entry = Tensor(name, array.shape, dtype, taken_as=(name,),
                               operation=names[name].title)  # fmt: skip
            elif name in done or name in of_grus:
                continue
            else:
                entry = Tensor(name, array.shape, dtype, taken_as=(name,), verdict="unused")
            self._contents.stored += (entry,)


def _chained(lower: Recurrence, upper: Recurrence) -> bool:
    """Whether one reads all states of the other, and nothing else."""
    reads = upper.reads
    return reads is not None and reads.source == "states" and reads.of is lower
