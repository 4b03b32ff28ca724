"""Which matrices are a GRU's embedding and output layer: by shape, by module, by name.

A candidate is every matrix whose shape fits. What speaks for and against each is kept in words; the
best of those with nothing against them is taken. What stands beside the GRU and is not computed
here is told, for then a number that is shown may not be the network's.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from gru_debugger.errors import ModelError
from gru_debugger.formats.assembly.parameters import Parameters, Tensors, digest, dotted
from gru_debugger.numerals import dimensions
from gru_debugger.source import AS_CHOSEN, NONE, Candidate, Match, Role

EMBEDDING = ("embed", "emb", "encoder", "word_to_vec", "wte", "lookup")
OUTPUT = ("fc", "decoder", "linear", "out", "project", "head", "dense", "classifier")
ATTENTION = ("attn", "attention", "align")
POSITION = ("pos_", "position")
STATE = ("h0", "h_0", "hx", "init", "state", "hidden")

WORDS = {"embedding": "the embedding", "output": "the output layer"}
_NAMED = 8  # in a message
_LINEAR = "it has a bias, as a Linear layer does"
MAYBE_OUTPUT = "its name does not say embedding, and it may be the output layer"
MAYBE_EMBEDDING = "its name does not say output layer, and it may be the embedding"
_CLASSES: dict[Role, tuple[str, ...]] = {
    "embedding": ("Embedding", "EmbeddingBag"), "output": ("Linear", "LazyLinear")
}  # fmt: skip
_SIDES = {-1: "before", 0: "beside", 1: "behind"}
_TABLE = "it is an embedding by its name"
_FITS = {"embedding": "its width fits the GRU's input", "output": "as wide as the GRU's states"}


class Around:
    """The tensors of a file that are no GRU's, and how near they are to its GRUs."""

    def __init__(self, tensors: dict[str, NDArray[Any]], grus: Iterable[Parameters]) -> None:
        self.tensors = tensors
        self._digests: dict[str, Hashable] = {}
        self._by_width: dict[int, list[str]] = {}
        for name, array in tensors.items():
            if array.ndim == 2 and len(array):
                self._by_width.setdefault(array.shape[1], []).append(name)
        self._grus: dict[str, str] = {}  # by their prefixes, of which those alike are neighbours
        for gru in grus:
            for part in gru.parts or (gru,):
                self._grus.setdefault(dotted(part.prefix), gru.name)
        self._prefixes = sorted(self._grus)
        self._biases: dict[str, str | None] = {}

    def matrices(self, width: int) -> list[str]:
        """Those of as many columns; the first 256, should a stranger have put in more."""
        return self._by_width.get(width, [])[:256]

    def nearer(self, name: str, shared: int) -> str | None:
        """A GRU that shares a part more of its name with a tensor than these characters."""
        whole = dotted(name)
        wanted = whole[: whole.find(".", shared) + 1]
        at = bisect_left(self._prefixes, wanted)
        found = [p for p in self._prefixes[at : at + 1] if wanted and p.startswith(wanted)]
        return self._grus[found[0]] if found else None

    def bias(self, weight: str) -> str | None:
        """The name of the bias that belongs to a matrix."""
        if weight not in self._biases:
            self._biases[weight] = self._bias(weight)
        return self._biases[weight]

    def _bias(self, weight: str) -> str | None:
        name = re.sub(r"weight$|w$", lambda m: {"weight": "bias", "w": "b"}[m[0]], weight)
        found = self.tensors.get(name)
        fits = found is not None and found.shape == self.tensors[weight].shape[:1]
        return name if name != weight and fits else None

    def same(self, name: str, other: str) -> bool:
        return name == other or self._digest(name) == self._digest(other)

    def _digest(self, name: str) -> Hashable:
        if name not in self._digests:
            self._digests[name] = digest(self.tensors[name])
        return self._digests[name]


@dataclass(frozen=True)
class Place:
    """A GRU among the other tensors of its file: what a match is decided by."""

    gru: Parameters
    rivals: tuple[Parameters, ...]  # the file's other GRUs, none of them a layer of this one
    around: Around  # the file's tensors, without those of any GRU
    inputs: int
    width: int  # of the states that an output layer reads: directions · units
    rival_widths: tuple[int, ...]
    symbols: int | None  # of the vocabulary, where it is known
    rival_inputs: tuple[int, ...] = ()
    classes: Mapping[str, str] = field(default_factory=dict)  # of a whole module's parts

    @property
    def tensors(self) -> Tensors:
        return self.around.tensors

    @cached_property
    def decoders(self) -> list[Parameters]:
        """GRUs that may decode what this one encodes; a stranger may have put in many."""
        pairs = zip(self.rivals, self.rival_widths, strict=True)
        return [r for r, width in pairs if not _encodes(r) and width == self.width][:16]

    @cached_property
    def encoders(self) -> list[str]:
        """GRUs whose last state may be what this one, a decoder, begins with."""
        sizes = zip(self.rivals, self.rival_widths, strict=True)
        names = [r.name for r, width in sizes if _encodes(r) and width == self.width
                 and not self._is_part(r)]  # fmt: skip
        return [] if _encodes(self.gru) else names[:1]

    def _is_part(self, rival: Parameters) -> bool:
        return any(rival.prefix == part.prefix for stack in self.rivals for part in stack.parts)

    @cached_property
    def below(self) -> str | None:
        """The GRU this one stands on, where both are layers of a stack."""
        return self._neighbour(-1)

    @cached_property
    def above(self) -> str | None:
        return self._neighbour(1)

    def _neighbour(self, step: int) -> str | None:
        for stack in self.rivals:
            names = [part.name for part in stack.parts]
            if self.gru.name in names:
                at = names.index(self.gru.name) + step
                return names[at] if 0 <= at < len(names) else None
        return None

    @cached_property
    def _shared(self) -> dict[str, int]:
        return {}

    def shared(self, name: str) -> int:
        """How many characters of a tensor's name name modules that the GRU is in as well."""
        if name not in self._shared:
            self._shared[name] = self.gru.shared(name)
        return self._shared[name]

    def module(self, name: str) -> str:
        """The innermost module that a tensor and the GRU are in, ending with a dot, or “”."""
        return dotted(name)[: self.shared(name)]

    def local(self, name: str) -> str:
        """A tensor's name without the modules that the GRU is in as well."""
        if name not in self._locals:
            self._locals[name] = name[self.shared(name) :].lower()
        return self._locals[name]

    @cached_property
    def _locals(self) -> dict[str, str]:
        return {}

    def says(self, name: str, hints: tuple[str, ...]) -> str | None:
        local = self.local(name)
        return next((hint for hint in hints if hint in local), None)

    def nearer(self, name: str) -> str | None:
        """The GRU that a tensor is nearer to by its name."""
        return self.around.nearer(name, self.shared(name))

    def bias(self, weight: str) -> str | None:
        return self.around.bias(weight)

    def kind(self, name: str) -> str:
        """The class of torch.nn that a tensor's module has, where that is known, or “”."""
        package, _, kind = self.classes.get(name.rpartition(".")[0], "").rpartition(".")
        return kind if package.startswith("torch.nn.") else ""

    def numbered(self, name: str) -> int:
        """−1 where it stands before the GRU in a list of modules, 1 behind it, else 0."""
        ours, theirs = dotted(self.gru.prefix)[self.shared(name) :], name[self.shared(name) :]
        numbers = ours.partition(".")[0], theirs.partition(".")[0]
        if not all(number.isdecimal() and len(number) < 5 for number in numbers):
            return 0
        return -1 if int(numbers[1]) < int(numbers[0]) else 1

    def feeder(self, name: str) -> str | None:
        """Another GRU that may read an embedding in this one's place, and be read by this one."""
        shared = self.shared(name)
        return next((r.name for r in self._chained[0] if r.shared(name) >= shared), None)

    def reader(self, name: str) -> str | None:
        """Another GRU that may be what an output layer reads: above this one, or beside it."""
        shared = self.shared(name)
        return next((r.name for r in self._chained[1] if r.shared(name) >= shared), None)

    @cached_property
    def _chained(self) -> tuple[list[Parameters], list[Parameters]]:
        """GRUs that this one may read, and that may be read in its place.

        Widths alone join nothing, and the order of a file's tensors may be that of their names.
        """
        below, above = [], []
        for r, inputs, width in zip(
            self.rivals, self.rival_inputs, self.rival_widths, strict=True
        ):
            if r.parts or self._named_apart(r):
                continue
            if inputs == self.inputs == width:
                below.append(r)
            if self.width == width and inputs in self._read_beside:
                above.append(r)
        return below[:_NAMED], above[:_NAMED]

    @cached_property
    def _read_beside(self) -> frozenset[int]:
        """How many inputs a GRU has that reads what this one reads, its states, both, or these
        through a layer; one of any others reads something of its own."""
        through = {self.tensors[name].shape[0] for name in self.matrices(self.width)}
        return frozenset({self.inputs, self.width, self.inputs + self.width} | through)

    def _named_apart(self, rival: Parameters) -> bool:
        """Encoder and decoder each read a text of their own; what is stacked is known already."""
        coded = _encodes(self.gru) != _encodes(rival)
        return coded or bool(self.gru.parts or self.below or self.above)

    def matrices(self, width: int) -> list[str]:
        return self.around.matrices(width)


def _encodes(gru: Parameters) -> bool:
    """By its name, as others decode."""
    return "enc" in gru.name.lower()


# What speaks for and against ---------------------------------------------------------------------


Reasons = list[tuple[object, str]]  # whether it holds, and in words


def _candidate(place: Place, name: str, role: Role, pros: Reasons, cons: Reasons) -> Candidate:
    """With what speaks for and against any tensor in any role before its own."""
    module, rival = place.module(name), place.nearer(name)
    attention, number = place.says(name, ATTENTION), place.numbered(name)
    kind, fits = place.kind(name), place.kind(name) in _CLASSES[role]
    before = role == "embedding"
    pros = [
        (True, _FITS[role]),
        (module, f"in the GRU's module “{name[: len(module) - 1]}”"),
        *pros,
        (fits, f"it is {_a(kind)} by its class"),
        (number == (-1 if before else 1), f"it stands {_SIDES[number]} the GRU in a list"),
    ]
    cons = [
        (rival, f"nearer by its name to “{rival}”"),
        (attention, f"its name says “{attention}”"),
        (kind and not fits, f"it is {_a(kind)} by its class"),
        (number == (1 if before else -1), f"it stands {_SIDES[number]} the GRU in a list"),
        *cons,
    ]
    shape = place.tensors[name].shape
    said = (tuple(words for holds, words in side if holds) for side in (pros, cons))
    return Candidate(name, shape, *said)


def _a(kind: str) -> str:
    return f"a{'n' * (kind[:1] in 'AEIOU')} {kind}"


def _embedding(place: Place, name: str) -> Candidate:
    shape = place.tensors[name].shape
    hint, word, feeder = place.says(name, EMBEDDING), place.says(name, POSITION), place.feeder(name)
    enough = place.symbols == shape[0]
    named = hint or place.kind(name) in _CLASSES["embedding"] or place.numbered(name) < 0
    needed = enough and place.symbols != place.inputs and not place.says(name, OUTPUT)
    return _candidate(place, name, "embedding", [
        (hint, f"its name says “{hint}”"),
        (enough, "as many rows as symbols"),
    ], [
        (feeder, f"this GRU may read the states of “{feeder}”, which has as many"),
        (place.bias(name), _LINEAR),
        (word, f"its name says “{(word or '').strip('_')}”, not symbols"),
        (not named and place.symbols == place.inputs,
         "the GRU reads as many values as there are symbols: one-hot"),
        (not (named or needed) and (place.says(name, OUTPUT) or shape[1] == place.width),
         MAYBE_OUTPUT),
        (place.below, f"“{place.below}” stands between it and this GRU"),
    ])  # fmt: skip


def _output(place: Place, name: str, embedding: str | None) -> Candidate:
    shape = place.tensors[name].shape
    bias, hint, word = place.bias(name), place.says(name, OUTPUT), place.says(name, STATE)
    symbols, above = _symbols(place, embedding), place.reader(name)
    reader, decoder = _reader(place, name, symbols), _decoder(place, name)
    named = bias or hint or place.kind(name) or place.numbered(name) > 0
    return _candidate(place, name, "output", [
        (hint, f"its name says “{hint}”"),
        (bias, "it has a bias"),
        (symbols == shape[0], "as many rows as symbols"),
    ], [
        (symbols not in (None, shape[0]), f"{shape[0]} rows, where there are {symbols} symbols"),
        (not named and embedding is None and shape[1] == place.inputs != place.symbols,
         MAYBE_EMBEDDING),
        (not bias and (place.says(name, EMBEDDING) or name == embedding), _TABLE),
        (reader, f"a hidden layer: {reader} reads what it gives"),
        (not bias and word, f"its name says “{word}”"),
        (decoder, f"“{decoder}” decodes what this GRU encodes"),
        (place.above, f"“{place.above}” stands between this GRU and it"),
        (above, f"“{above}” may be what it reads"),
        (symbols is None and not (named or shape[0] == place.inputs),
         "neither its name nor a bias says so"),
        (symbols is None and not hint and shape[0] == shape[1],
         "it gives as many values as it reads, as a layer between others does"),
    ])  # fmt: skip


def _symbols(place: Place, embedding: str | None) -> int | None:
    if place.symbols is not None:
        return place.symbols
    return None if embedding is None else len(place.tensors[embedding])


def _reader(place: Place, name: str, symbols: int | None) -> str | None:
    """Another Linear layer that reads as many values as this one gives, and gives others."""
    rows = len(place.tensors[name])
    if rows == symbols:
        return None
    for other in place.matrices(rows)[:64]:
        linear = place.bias(other) or place.says(other, OUTPUT)
        if other != name and linear and len(place.tensors[other]) != rows:
            return other
    return None


def _decoder(place: Place, name: str) -> str | None:
    """The decoder that an output layer beside both is meant for, where this is the encoder."""
    if not _encodes(place.gru):
        return None
    shared = place.shared(name)
    return next((rival.name for rival in place.decoders if rival.shared(name) >= shared), None)


# Choosing ----------------------------------------------------------------------------------------


def embedding(place: Place) -> Match:
    candidates = [_embedding(place, name) for name in place.matrices(place.inputs)]

    def rank(c: Candidate) -> tuple[Any, ...]:
        said = place.says(c.name, EMBEDDING)
        return c.shape[0] != place.symbols, said is None, -place.module(c.name).count(".")

    return _best("embedding", candidates, rank, place)


def output(place: Place, embedding: str | None) -> Match:
    candidates = [_output(place, name, embedding) for name in place.matrices(place.width)]
    expected = _symbols(place, embedding) or place.inputs

    def rank(c: Candidate) -> tuple[Any, ...]:
        said = place.says(c.name, OUTPUT)
        near = place.module(c.name).count(".")
        return c.shape[0] != expected, place.bias(c.name) is None, -near, said is None

    return _best("output", candidates, rank, place)


def _best(
    role: Role,
    candidates: list[Candidate],
    rank: Callable[[Candidate], tuple[Any, ...]],
    place: Place,
) -> Match:
    hints = EMBEDDING if role == "embedding" else OUTPUT

    def order(c: Candidate) -> tuple[Any, ...]:
        said = place.says(c.name, hints)
        return len(c.cons), rank(c), hints.index(said) if said else len(hints)

    ranked = sorted(candidates, key=order)
    if not ranked or ranked[0].cons:
        plain = not ranked or ranked[0].cons[0] in (_LINEAR, _TABLE)  # nobody would expect it
        words = "" if plain else f"not {ranked[0]}, {ranked[0].cons[0]}"
        return Match(role, None, words, tuple(ranked))
    chosen = ranked[0]
    equal = tuple(
        c for c in ranked[1:]
        if not c.cons and rank(c) == rank(chosen)
        and not place.around.same(c.name, chosen.name)
    )  # fmt: skip
    return Match(role, chosen, "; ".join(chosen.pros), tuple(ranked), equal)


def told(place: Place, role: Role, name: str | None, found: Match) -> Match:
    """As the file's own structure says; `found` has the other candidates."""
    if name is None:
        return Match(role, None, "", found.candidates)
    symbols = place.symbols
    shape = place.tensors[name].shape
    if role == "output" and symbols not in (None, shape[0]):
        one = Candidate(name, shape, (), (f"{shape[0]} rows, where there are {symbols} symbols",))
        return Match(role, None, f"not {one}, {one.cons[0]}", found.candidates)
    one = Candidate(name, shape, ("the file's own structure says so",))
    return Match(role, one, one.pros[0], found.candidates)


def given(place: Place, found: Match, name: str, embedding: str | None, file: Path) -> Match:
    """As the user says. Raises ModelError where it can't be."""
    role = found.role
    if name == NONE:
        return Match(role, None, AS_CHOSEN, found.candidates)
    fitting = list(found.candidates)
    if role == "output" and (symbols := _symbols(place, embedding)) is not None:
        fitting = [c for c in fitting if c.shape[0] == symbols]
    for candidate in fitting:
        if name in (candidate.name, candidate.name.removesuffix(".weight")):
            return Match(role, candidate, AS_CHOSEN, found.candidates)
    tensor = place.tensors.get(name, place.tensors.get(f"{name}.weight"))
    # A layer may be called so, or a tensor of a GRU: neither is denied.
    what = f"no tensor called “{name}” can" if tensor is None else \
        f"“{name}” is {times(tensor.shape)}, and can't"  # fmt: skip
    more = ", …" * (len(fitting) > _NAMED)
    could = f"those that fit: {', '.join(map(str, fitting[:_NAMED]))}{more}"
    could = could if fitting else "none fits"
    raise ModelError(
        f"{file}: {what} be {WORDS[role]} of “{place.gru.name}”; {could}."
    )


def times(shape: Iterable[int]) -> str:
    return dimensions(shape) or "one number"
