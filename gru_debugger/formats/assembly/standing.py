"""Where a tensor that nothing claims may stand, in a file that says nothing but names and shapes.

Told by its name, its place in the tree of modules and the shapes of all its module's tensors; what
may stand on the way to the states or predictions shown is said to, for nobody can know better.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gru_debugger.formats.assembly.matching import ATTENTION, EMBEDDING, OUTPUT, STATE, Place
from gru_debugger.formats.assembly.parameters import dotted
from gru_debugger.formats.ledger import Where, module
from gru_debugger.formats.ledger.harmless import Harmless
from gru_debugger.source import INITIAL_STATE, Grade, Match

_MOST = 64  # tensors of a module that are looked at
_TRAINING = re.compile(r"(^|[._/])(criterion|loss|loss_fn|loss_func|optimi[sz]er|opt_state|"
                       r"scheduler|metrics?|(train|val|valid|test)_\w*(acc|accuracy|loss|perplexity|f1))"
                       r"([._/]|$)")  # fmt: skip
_COUNTS = re.compile(r"(^|[._/])(num_batches_tracked|epoch|step|steps|iteration|global_step|seed|"
                     r"count|n_hidden|n_layers|hidden_size|num_layers|vocab_size)$")  # fmt: skip

Found = tuple[Where, str, Grade | None]

_OWN = "in the GRU's own module"
_LOOP = "a loop of cells may use it within a step"
_HEAD = "as another output layer, whose scores are not shown"
_MORE_SCORES = "as many scores as are shown, which it may change"
_AFTER: tuple[Where, str] = ("after the GRU", "no predictions are shown")
_IN_TABLE: Found = ("before the GRU", "in the embedding's own module", None)
_IN_OUTPUT: Found = ("after the GRU", "in the output layer's own module", None)
_LAYER = re.compile(r"_l\d+(_reverse)?$")


class Standing:
    """Of the tensors around one GRU; `inputs` and `output` are what was taken."""

    def __init__(self, place: Place, inputs: Match, output: Match) -> None:
        self._place, self._reads, self._predicts = place, bool(inputs.chosen), bool(output.chosen)
        self._scores = {place.symbols} - {None}  # how many there are
        if output.chosen:
            self._scores.add(output.chosen.shape[0])
        self._taken: dict[str, Found] = {
            module(match.chosen.name): found
            for match, found in ((inputs, _IN_TABLE), (output, _IN_OUTPUT)) if match.chosen
        }  # fmt: skip
        self._taken.pop("", None)  # the module of all names that are short
        self._units = place.width // max(place.gru.directions, 1)
        own = place.gru.parts or (place.gru,)
        self._prefixes = tuple(dotted(part.name) if part.name else "" for part in own)
        names = [name for part in own for name in part.names().values()]
        self._cells = not any(_LAYER.search(name) for name in names)
        self._modules: dict[str, list[str]] = {}
        for name in place.tensors:
            members = self._modules.setdefault(module(name), [])
            if len(members) < _MOST:
                members.append(name)
        # What layers give that read the states: others may read that.
        self._given = {len(place.tensors[name]) for name in place.matrices(place.width)}
        self._known: dict[str, Found] = {}

    def harmless(self, name: str, shape: tuple[int, ...]) -> Harmless | None:
        """By its name, and that it is one number."""
        if _TRAINING.search(name.lower()):
            return "training"
        counts = shape in ((), (1,)) and _COUNTS.search(name.lower())
        return "bookkeeping" if counts else None

    def of(self, name: str, shape: tuple[int, ...] = ()) -> Found:
        """Where it may stand, and why it is thought so: what is said of all its module.

        `shape`: of a tensor that is not among the place's, such as one of whole numbers.
        """
        own = module(name)
        if own in self._taken:
            return self._taken[own]
        members = self._modules.get(own, [])
        if name not in self._place.tensors:
            return self._module([*members, name], [shape])
        if own not in self._known:
            self._known[own] = self._module(members if name in members else [*members, name])
        return self._known[own]

    def belongs(self, name: str) -> str:
        rival = self._place.nearer(name)
        return f"of “{rival}”" if rival else ""

    # One module ----------------------------------------------------------------------------

    def _module(self, members: list[str], more: Sequence[tuple[int, ...]] = ()) -> Found:
        first = members[0]
        if self._place.nearer(first):
            return "beside the GRU", self.belongs(first), None
        if any(dotted(first).startswith(prefix) for prefix in self._prefixes if prefix):
            return "inside the GRU", _OWN, None
        if self._states(members):
            return INITIAL_STATE, "by its size and name", None
        found = self._by_shape(members, more)
        if "" in self._prefixes and found[0] != "after the GRU" and found[1] != _HEAD:
            return "inside the GRU", _OWN, None
        return found

    def _states(self, members: list[str]) -> bool:
        """Whether one may be an h(0) that was trained, or kept from another run."""
        place = self._place
        size = place.gru.layers * place.width
        return any(
            array.size == size and array.ndim > 0 and array.shape[-1] in (size, self._units)
            and place.says(name, STATE) and not place.bias(name)
            for name in members if (array := place.tensors.get(name)) is not None
        )  # fmt: skip

    def _by_shape(self, members: list[str], more: Sequence[tuple[int, ...]]) -> Found:
        if self._says(members, ATTENTION):
            return "after the GRU", "attention, by its name", None
        shapes = [a.shape for name in members if (a := self._place.tensors.get(name)) is not None]
        shapes += more
        matrices = [shape for shape in shapes if len(shape) > 1]
        for shape in matrices:  # of more axes the first two may be a layer's, or the last a table's
            for rows, columns in dict.fromkeys((shape[:2], shape[-2:])):
                if found := self._matrix(members, rows, columns):
                    return found
        return ("beside the GRU", "", None) if matrices else self._vectors(shapes)

    def _matrix(self, members: list[str], rows: int, columns: int) -> Found | None:
        inputs, width, units = self._place.inputs, self._place.width, self._units
        named = self._says(members, EMBEDDING)
        head = columns == width != rows
        feeds = rows == inputs and not (self._reads or self._says(members, OUTPUT))
        chained = columns in self._given and columns not in (inputs, width) and not feeds
        gates = self._cells and rows in (units, 2 * units, 3 * units)
        rules: list[tuple[bool, tuple[Where, str]]] = [
            (gates and columns in (inputs, units), ("inside the GRU", _LOOP)),
            (self._cells and rows == inputs and columns == width, ("inside the GRU", _LOOP)),
            (head and self._predicts and rows in self._scores, ("after the GRU", _MORE_SCORES)),
            (head and self._predicts, ("beside the GRU", _HEAD)),
            (head or chained, _AFTER),
            (self._says(members, STATE) or (rows == units and columns not in (width, inputs)),
             (INITIAL_STATE, "")),
            (columns == inputs and (self._reads or named),
             ("before the GRU", "as many columns as it reads values")),
            (rows == inputs and columns != width, ("before the GRU", "as many rows as it reads")),
            (rows == columns == width, ("after the GRU", "as wide as its states")),
            (named, ("before the GRU", "an embedding by its name")),
        ]  # fmt: skip
        found = next((found for holds, found in rules if holds), None)
        note: Grade | None = "note" if found == _AFTER and not self._predicts else None
        return None if found is None else (*found, note)

    def _vectors(self, shapes: list[tuple[int, ...]]) -> Found:
        """Of a module without a matrix, as a normalisation or a scale."""
        inputs, units = self._place.inputs, self._units
        lengths = {shape[0] for shape in shapes if shape} - {1}
        number = any(not shape or shape == (1,) for shape in shapes)
        inside = number or lengths & {units, 2 * units, 3 * units, inputs}
        rules: list[tuple[object, tuple[Where, str]]] = [
            (self._cells and inside, ("inside the GRU", _LOOP)),
            (number, ("unknown", "")),
            (inputs in lengths and self._reads, ("before the GRU", "as long as what it reads")),
            (lengths & {self._place.width, units}, ("after the GRU", "as long as its states")),
            (self._predicts and lengths & self._scores,
             ("after the GRU", "as long as the scores")),
        ]  # fmt: skip
        none: tuple[Where, str] = ("beside the GRU", "")
        return (*next((found for holds, found in rules if holds), none), None)

    def _says(self, members: list[str], hints: tuple[str, ...]) -> bool:
        return any(self._place.says(name, hints) for name in members)
