"""From what an inert pickle describes to `Contents`: tensors by dotted name, and the rest."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gru_debugger.errors import ModelError
from gru_debugger.formats import provenance
from gru_debugger.formats.assembly.parameters import plain
from gru_debugger.formats.contents import Contents, bfloat16
from gru_debugger.formats.ledger import Tensor, Verdict
from gru_debugger.formats.pytorch.inert_pickle import Pickle
from gru_debugger.formats.pytorch.inert_values import Array, StandIn, TensorRef, Unreadable
from gru_debugger.formats.pytorch.module_tree import ModuleTree
from gru_debugger.numerals import brief
from gru_debugger.source import Notice

# How far a checkpoint is searched, and how much bigger than the file its tensors may be together
# (they may share storages).
_LEVELS = 7
_VISITS = 100_000
_LONGEST_NAME = 200
_SHARING = 16
_LISTED = 1000  # tensors of a list that are looked at

_OF_A_GRU = re.compile(r"(weight|bias)_[ih]h")
_QUANTIZED = re.compile(r"quantized\.dynamic\.modules\.rnn\.\S*(GRU|RNN|LSTM|Packed)")
_LOOKUP = re.compile(r"torch\.nn\.modules\.sparse\.(?:\w+\.)*Embedding$")
_PACKED = re.compile(r"_all_weight_values\.|_packed_weight_[ih]h")


def stored(dtype: str) -> np.dtype[Any]:
    return np.dtype(np.uint16 if dtype == "bfloat16" else dtype)


def tensor(ref: TensorRef, storages: Mapping[str, bytes]) -> NDArray[Any]:
    """The array a `TensorRef` describes, every bound checked against the storage's bytes."""
    raw = storages[ref.storage.key]
    dtype = stored(ref.storage.dtype)
    numel = len(raw) // dtype.itemsize
    count = math.prod(ref.size)
    last = ref.offset + sum((n - 1) * s for n, s in zip(ref.size, ref.stride, strict=True))
    if numel < ref.storage.numel or count > numel or (count and last >= numel):
        raise ValueError("a tensor reaches beyond its storage")
    flat = np.frombuffer(raw, dtype, numel)
    strides = tuple(s * dtype.itemsize for s in ref.stride)
    view = np.lib.stride_tricks.as_strided(
        flat[ref.offset :] if count else flat[:0], ref.size, strides, writeable=False
    )
    return bfloat16(view.copy()) if ref.storage.dtype == "bfloat16" else view.copy()


class Collection:
    """Gathers `contents`; together the tensors may take little more than the file, `size` bytes."""

    def __init__(self, storages: Mapping[str, bytes], size: int) -> None:
        self.contents = Contents({})
        self.unreadable: dict[str, str] = {}
        self.storages = storages
        self._lists: dict[str, list[TensorRef | Unreadable]] = {}
        self._refs: set[TensorRef | Unreadable] = set()
        self._left = _SHARING * size
        self._tree = ModuleTree()

    def add_all(self, pickle: Pickle) -> None:
        """All tensors by dotted name; the other values by their last name, the outermost first."""
        self.contents.would_run += pickle.suspects
        for name, value in _walk(pickle.root):
            if isinstance(value, StandIn):
                self._note(name, value)
            self._leave_out(name, value)
            if isinstance(value, TensorRef):
                self.add(name, value)
            elif isinstance(value, Array):
                self._add_array(name, value)
            elif isinstance(value, Unreadable):
                self.unreadable[name] = value.words
                self._account(Tensor(name))
            elif _PACKED.search(name) or _QUANTIZED.search(getattr(value, "qualified_name", "")):
                self.unreadable[name] = ""
                self._account(Tensor(name))
            else:
                key = "vocabulary" if _is_a_vocabulary(name, value) else name.rpartition(".")[2]
                self.contents.extras.setdefault(key, value)

    def _leave_out(self, name: str, value: Any) -> None:
        """Account for tensors that are not looked at: an optimizer's, and those in lists."""
        if _is_optimizer(value):
            state = dict(_named(value)).get("state")
            of_each = (dict(_named(_plain(one))) for _, one in _named(_plain(state)))
            held = sum(isinstance(part, TensorRef) for one in of_each for part in one.values())
            if held:
                self._account(Tensor(name or "optimizer", verdict="optimizer", count=held))
        elif isinstance(value, (list, tuple)) and not isinstance(value, (TensorRef, Unreadable)):
            parts = [p for p in value[:_LISTED] if isinstance(p, (TensorRef, Unreadable))]
            self._lists |= {name: parts} if parts else {}

    def _account_for_lists(self) -> None:
        """What has names besides, as in nn.GRU's list of its weights, is a copy."""
        for name, parts in self._lists.items():
            verdict: Verdict = "told"
            if self._refs.issuperset(parts):
                verdict = "copy"
            elif all(isinstance(p, TensorRef) and math.prod(p.size) == 1 for p in parts):
                verdict = "bookkeeping"  # such as the losses so far
            self._account(Tensor(name, (), "", "beside the GRU", verdict,
                                 "in a list" if verdict == "told" else "",
                                 count=len(parts)))  # fmt: skip

    def _account(self, tensor: Tensor) -> None:
        self.contents.stored += (tensor,)

    def _note(self, name: str, module: StandIn) -> None:
        """What a whole module says that its tensors do not."""
        if "_modules" in module.attributes:
            self.contents.classes[plain(f"{name}.")[:-1]] = module.qualified_name
            self._tree.add(name, module)
        longest = module.attributes.get("max_norm")
        if _LOOKUP.search(module.qualified_name) and isinstance(longest, (int, float)):
            words = (
                f"the network shortens rows of {name} that are longer than max_norm = "
                f"{brief(longest)} as it reads them; here they are as they were stored"
            )
            self.contents.notices += (Notice("inside", f"max_norm of {name}", name, words),)

    def add(self, name: str, ref: TensorRef) -> None:
        self._refs.add(ref)
        array = tensor(ref, self.storages)
        if array.dtype.kind == "c":
            self.unreadable[name] = "is a complex tensor; take its real part"
        self._spend(array.nbytes)
        self.contents.tensors[name] = array
        self.contents.dtypes[name] = ref.storage.dtype

    def _add_array(self, name: str, array: Array) -> None:
        """Numbers are a tensor; an array of strings may be a vocabulary."""
        try:
            self._spend(array.size())
            values = array.values()
        except (TypeError, AttributeError, OverflowError):
            return  # not an array as numpy writes them; nothing a model needs
        if isinstance(values, list) or values.dtype.kind in "US":
            plain = values if isinstance(values, list) else values.ravel().tolist()
            self.contents.extras.setdefault(name.rpartition(".")[2], plain)
        else:
            self.contents.tensors[name] = values

    def _spend(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise ValueError("its tensors together are far larger than the file")

    def result(self, path: Path) -> Contents:
        """Raises ModelError where the GRU is there, but not as plain numbers."""
        self._account_for_lists()
        self.contents.operations += tuple(self._tree.operations)
        for name, words in self.unreadable.items():
            if words and _OF_A_GRU.search(name):
                raise ModelError(f"{path}: {name} {words} in PyTorch and save again.")
        quantized = "" in self.unreadable.values()
        if quantized and not any("weight_hh" in name for name in self.contents.tensors):
            raise ModelError(
                f"{path}: a quantized model, whose recurrent layer is packed into a form that "
                "PyTorch alone can read; save the model as it was before it was quantized."
            )
        told = self.contents.extras.get("metadata")  # as `convert` writes it
        if isinstance(told, dict) and provenance.KEY in told:
            texts = {k: v for k, v in told.items() if type(k) is type(v) is str}
            self.contents.metadata |= texts
        return self.contents


def _is_a_vocabulary(name: str, value: Any) -> bool:
    """Whether what has no name, as in ``(model, optimizer, char2int)``, can be nothing else.

    That is: each of 0 … n − 1 once with a string, or a list of different characters.
    """
    if not name.isdigit():
        return False
    if isinstance(value, (list, tuple)):
        alone = all(isinstance(symbol, str) and len(symbol) == 1 for symbol in value)
        return alone and len(value) > 1 and len(set(value)) == len(value)
    if not isinstance(value, dict) or len(value) < 2:
        return False
    sides = (value.keys(), value.values())
    return any(
        all(type(i) is int for i in indices)
        and all(isinstance(symbol, str) for symbol in symbols)
        and set(indices) == set(range(len(value)))
        for indices, symbols in (sides, sides[::-1])
    )


def _children(value: Any) -> list[tuple[str, Any]]:
    """What has a name inside a dict, an object, or a short list of the two."""
    if isinstance(value, (list, tuple)):
        return [(str(i), v) for i, v in enumerate(value[:64]) if _may_stand_in_a_list(v)]
    named = _named(value)
    if _is_optimizer(value):
        return []  # which has tensors of the weights' shapes
    return [
        (k, v)
        for k, v in named
        if isinstance(k, str) and len(k) <= _LONGEST_NAME and not isinstance(v, (int, float))
    ]


def _named(value: Any) -> list[tuple[Any, Any]]:
    if isinstance(value, StandIn):
        return _attributes(value)
    return list(value.items()) if isinstance(value, dict) else []


def _is_optimizer(value: Any) -> bool:
    return {"state", "param_groups"} <= {k for k, _ in _named(value) if isinstance(k, str)}


def _may_stand_in_a_list(value: Any) -> bool:
    if isinstance(value, (TensorRef, Unreadable)):
        return False
    strings = isinstance(value, (list, tuple)) and value and isinstance(value[0], str)
    return bool(strings) or isinstance(value, (dict, StandIn))


def _attributes(value: StandIn) -> list[tuple[Any, Any]]:
    """An nn.Module's tensors and parts, then its other attributes; TorchScript has one of them."""
    held = [value.attributes.get(h) for h in ("_parameters", "_buffers", "_modules")]
    script = value.qualified_name.startswith("__torch__.")
    own = {k: v for k, v in value.attributes.items() if script or not str(k).startswith("_")}
    return [pair for d in (*held, own, value.entries) if isinstance(d, dict) for pair in d.items()]


def _walk(root: Any) -> Iterator[tuple[str, Any]]:
    """Breadth first, so that outer names win; each container once, to a bounded depth."""
    queue: list[tuple[str, Any, int]] = [("", root, 0)]
    seen: set[int] = set()
    for name, value, depth in queue:
        yield name, _plain(value)
        if depth >= _LEVELS or id(value) in seen or isinstance(value, (TensorRef, Unreadable)):
            continue
        seen.add(id(value))
        queue += [(f"{name}.{k}" if name else k, v, depth + 1) for k, v in _children(value)]
        if len(queue) > _VISITS:
            raise ValueError("it holds too many objects")


def _plain(value: Any) -> Any:
    """The dict or list in a stand-in for a class derived from one, such as defaultdict."""
    return (value.entries or value.elements or value) if isinstance(value, StandIn) else value
