"""The account of a file, seen from the GRU that is opened: each tensor and operation in it.

Where the file itself tells how its parts are connected, its reader has said what each operation is.
Where it doesn't, a tensor that nothing claims is told, and where it may stand is found by its name,
its place in the tree of modules and its shape: in doubt on the way to what is shown.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

from numpy.typing import NDArray

from gru_debugger.formats import ledger
from gru_debugger.formats.assembly import parametrizations
from gru_debugger.formats.assembly.matching import Place
from gru_debugger.formats.assembly.parameters import Tensors, digest
from gru_debugger.formats.assembly.parameters import plain as plain_name
from gru_debugger.formats.assembly.standing import Standing
from gru_debugger.formats.contents import Contents, Told
from gru_debugger.formats.ledger import Ledger, Tensor, module
from gru_debugger.source import AS_CHOSEN, Grade, Match

SEQUENTIAL = "torch.nn.modules.container.Sequential"
_MOST = 4000  # tensors that are looked at one by one


@dataclass(frozen=True)
class Taken:
    """What is computed of a file: the GRU's own tensors, what was matched, and a stored h(0)."""

    own: frozenset[str]
    embedding: Match
    output: Match
    initial_state: str = ""

    def names(self, place: Place) -> set[str]:
        matched = [m.chosen.name for m in (self.embedding, self.output) if m.chosen]
        bias = place.bias(self.output.chosen.name) if self.output.chosen else None
        return {*self.own, *matched, *([bias] if bias else ()), self.initial_state} - {""}

    def says(self, tensor: Tensor, grade: Grade) -> bool:
        """Whether a match tells of it already: it would fit as well, or doesn't quite fit."""
        own = module(_name(tensor.name))
        return own in self._equal or (grade != "inside" and own in self._refused)

    @cached_property
    def _equal(self) -> set[str]:
        return {module(c.name) for match in (self.embedding, self.output) for c in match.equal}

    @cached_property
    def _refused(self) -> set[str]:
        first = self.output.candidates[:1] if self.output.chosen is None else ()
        return {module(c.name) for c in first if str(c) in self.output.reason}

    def decided(self) -> set[str]:
        """The modules that the user decided against."""
        chosen = (m for m in (self.embedding, self.output) if m.reason == AS_CHOSEN)
        return {module(candidate.name) for match in chosen for candidate in match.candidates}


def account(
    contents: Contents, plain: Tensors, place: Place, told: Told | None, taken: Taken
) -> Ledger:
    """Every tensor and operation of the file with its verdict.

    `plain` are its tensors by their modules' names; `told` is what the file itself says.
    """
    standing = Standing(place, taken.embedding, taken.output)
    computed = taken.names(place)
    copies = _Copies(plain, computed)
    known = list(_tensors(contents, computed, taken, copies, standing, told is not None))
    tensors = _stored(contents, known, standing)
    operations = (*_in_lists(contents, standing),
                  *(told.operations if told is not None else ()))  # fmt: skip
    predicts = taken.output.chosen is not None
    others = [t for t in tensors
              if not (t.operation or taken.says(t, ledger.graded(t, predicts)))]  # fmt: skip
    entries: list[ledger.AnyEntry] = [*operations, *others]
    found = ledger.notices(entries, predicts)
    return Ledger(tuple(tensors), operations, tuple(found))


def _in_lists(contents: Contents, standing: Standing) -> Iterator[ledger.Operation]:
    """With their places, where that of what stands in the same nn.Sequential is known."""
    beside: dict[str, str] = {}
    if contents.operations:
        for name in contents.tensors:
            beside.setdefault(module(module(_name(name))), name)
    for op in contents.operations:
        parent = plain_name(f"{module(op.name)}.")[:-1]
        if op.where == "unknown" and parent in beside \
                and contents.classes.get(parent) == SEQUENTIAL:  # fmt: skip
            where, reason, grade = standing.of(_name(beside[parent]))
            op = replace(op, where=where, reason=reason, grade=grade)
        yield op


def _tensors(
    contents: Contents, computed: set[str], taken: Taken, copies: _Copies, standing: Standing,
    told: bool,
) -> Iterator[Tensor]:  # fmt: skip
    """Those of `contents`, under its names."""
    decided = taken.decided()
    parts = {own for name in contents.tensors if (own := _name(name)) != plain_name(name)}
    others = 0
    for name, array in contents.tensors.items():
        dtype = contents.dtypes.get(name, str(array.dtype))
        if plain_name(name) in parts:  # a weight beside those that it is made of
            yield Tensor(name, array.shape, dtype, verdict="training")
            continue
        known = _name(name) in computed
        if known or others >= _MOST:
            verdict: ledger.Verdict = "computed" if known else "told"
            where: ledger.Where = "inside the GRU" if _name(name) in taken.own else "unknown"
            yield Tensor(name, array.shape, dtype, where, verdict)
            continue
        others += 1
        entry = _entry(name, array, dtype, copies, standing, told)
        if module(_name(name)) in decided and entry.verdict == "told":
            entry = replace(entry, grade="note", reason="as chosen")
        yield entry


@lru_cache(_MOST)
def _name(name: str) -> str:
    """As the module itself names it, of a part of a parametrized weight the weight."""
    own = plain_name(name)
    found = parametrizations.part_of(own)
    return found[0] if found else own


def _entry(
    name: str, array: NDArray[Any], dtype: str, copies: _Copies, standing: Standing, told: bool
) -> Tensor:
    own = _name(name)
    verdict = "empty" if not array.size else standing.harmless(own, array.shape)
    if verdict is None and copies.has(own):
        verdict = "copy"
    if verdict is not None:
        return Tensor(name, array.shape, dtype, verdict=verdict)
    if told:  # the file has told all that stands on this GRU's way
        return Tensor(name, array.shape, dtype, "beside the GRU", reason=standing.belongs(own))
    where, reason, grade = standing.of(own, array.shape)
    return Tensor(name, array.shape, dtype, where, reason=reason, grade=grade)


class _Copies:
    """Whether a tensor holds the same numbers as one that is computed, as in a file that holds a
    module and its state_dict."""

    def __init__(self, tensors: Tensors, computed: set[str]) -> None:
        self._tensors = tensors
        self._shapes = {tensors[name].shape for name in computed if name in tensors}
        self._computed = computed

    @cached_property
    def _digests(self) -> set[Hashable]:
        return {digest(self._tensors[name]) for name in self._computed if name in self._tensors}

    def has(self, name: str) -> bool:
        array = self._tensors.get(name)
        return array is not None and array.shape in self._shapes and digest(array) in self._digests


def _stored(contents: Contents, tensors: list[Tensor], standing: Standing) -> list[Tensor]:
    """With the file's own tensors in the place of those that were made of them."""
    if not contents.stored:
        return tensors
    by_name = {tensor.name: tensor for tensor in tensors}
    used = {name for stored in contents.stored for name in stored.taken_as}
    found = []
    for stored in contents.stored:
        made = [by_name[name] for name in stored.taken_as if name in by_name]
        found.append(_shared(stored, made) if made else _placed(stored, standing))
    return [*(tensor for tensor in tensors if tensor.name not in used), *found]


def _placed(stored: Tensor, standing: Standing) -> Tensor:
    """One that is not among the others, such as of a type that no weight has: by its name."""
    if stored.verdict != "told" or stored.where != "unknown":
        return stored
    name = _name(stored.name)
    if verdict := standing.harmless(name, stored.shape):
        return replace(stored, verdict=verdict)
    where, reason, grade = standing.of(name, stored.shape)
    if not reason:
        where = "unknown"
    return replace(stored, where=where, reason=reason, grade=grade)


def _shared(stored: Tensor, made: list[Tensor]) -> Tensor:
    """A stored tensor with the verdict of what was made of it: computed, if any of that is."""
    first = next((tensor for tensor in made if tensor.verdict == "computed"), made[0])
    if first.verdict != "computed" and stored.verdict != "told":
        return stored
    return Tensor(stored.name, stored.shape, stored.dtype, first.where, first.verdict,
                  first.reason, first.grade, stored.count, stored.taken_as,
                  stored.operation)  # fmt: skip
