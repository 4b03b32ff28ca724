"""A trained GRU as the program knows it, whatever file it came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import PurePath
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gru_debugger import phrases
from gru_debugger.core import activations, shown
from gru_debugger.core.cell import Array, Cell, Notation, Reset
from gru_debugger.core.splitting import Splitter
from gru_debugger.errors import InputError, TextError, VocabularyError
from gru_debugger.given import whole
from gru_debugger.numerals import grouped, span
from gru_debugger.source import Source

# What vocabularies call the symbol for a character that they lack.
UNKNOWN = ("<unk>", "<UNK>", "[UNK]", "<unknown>", "<oov>", "<OOV>", "UNK", "�")

_LACKING = -1  # an index that none has

Direction = Literal["forward", "reverse"]
Input = Literal["one-hot", "embedding", "features"]
DIRECTIONS: tuple[Direction, ...] = ("forward", "reverse")


@dataclass(frozen=True, eq=False)
class OutputLayer:
    """weight (symbols, directions · hidden), bias (symbols,)."""

    weight: Array
    bias: Array

    def __repr__(self) -> str:
        return f"<OutputLayer weight {self.weight.shape}>"


@dataclass(frozen=True)
class Example:
    """The text a model file brings along, and where to look in it first."""

    text: str
    step: int = 1
    unit: int = 0


@dataclass(frozen=True, eq=False)
class Model:
    """Frozen weights and vocabulary.

    layers[layer][direction] is a `Cell`; the input of layer 0 is one-hot, or a row of
    `embedding` (symbols, input), and that of a higher layer the states of the one below,
    forward then reverse. `backwards`: the only direction is from the text's end.
    """

    layers: tuple[tuple[Cell, ...], ...]
    reset: Reset
    source: Source
    embedding: Array | None = None
    output: OutputLayer | None = None
    vocabulary: tuple[str, ...] | None = None
    bias: bool = True
    h0: Array | None = field(default=None, repr=False)
    example: Example | None = None
    backwards: bool = False

    def __repr__(self) -> str:
        return shown.model_line(self)

    def _repr_html_(self) -> str:
        """What notebooks show."""
        return shown.model_table(self)

    @property
    def hidden_size(self) -> int:
        return self.layers[0][0].hidden_size

    @property
    def input_size(self) -> int:
        return self.layers[0][0].input_size

    @property
    def directions(self) -> int:
        return len(self.layers[0])

    @cached_property
    def ways(self) -> tuple[Direction, ...]:
        """In which it reads: forward, forward and reverse, or reverse alone."""
        return DIRECTIONS[self.backwards :][: self.directions]

    @property
    def places(self) -> tuple[tuple[int, Direction], ...]:
        """Each layer in each of its directions, in the order of an initial state's rows."""
        return tuple((layer, way) for layer in range(len(self.layers)) for way in self.ways)

    def place_in_words(self, layer: int, direction: Direction) -> str:
        if self.ways == ("forward",):
            return phrases.told("layer {layer}", layer=str(layer))
        way = phrases.told(direction)
        return phrases.told("layer {layer}, {direction}", layer=str(layer), direction=way)

    @property
    def symbols(self) -> int:
        """How many symbols the vocabulary must have."""
        return self.input_size if self.embedding is None else len(self.embedding)

    def cell(self, layer: int = 0, direction: Direction | None = None) -> Cell:
        """The weights of one layer in one direction, the first where none is named.

        Raises InputError outside the model.
        """
        direction = direction or self.ways[0]
        if not 0 <= whole("layer", layer) < len(self.layers):
            there = span("layer", 0, len(self.layers) - 1)
            raise InputError(f"layer {layer} is outside the model: it has {there}.")
        if direction not in self.ways:
            raise InputError(
                f"direction “{direction}” is not in the model: it has {' and '.join(self.ways)}."
            )
        return self.layers[layer][self.ways.index(direction)]

    def check_unit(self, unit: int) -> None:
        """Raises InputError where there is no such unit."""
        if not 0 <= whole("unit", unit) < self.hidden_size:
            there = span("unit", 0, self.hidden_size - 1)
            raise InputError(f"unit {unit} is outside the model: it has {there}.")

    @cached_property
    def index_of(self) -> dict[str, int]:
        return {symbol: i for i, symbol in enumerate(self.require_vocabulary())}

    def require_vocabulary(self) -> tuple[str, ...]:
        if self.source.no_text:
            raise VocabularyError(
                f"{self.source.name}: {self.source.no_text}; give rows of numbers instead of a "
                "text, --rows FILE."
            )
        if self.vocabulary is None:
            rows = "step over rows of numbers, --rows FILE, or " * (self.input == "features")
            raise VocabularyError(
                f"{self.source.name}: the file holds no vocabulary; {rows}give its {self.symbols} "
                "symbols in index order as a JSON list: --vocabulary FILE, or "
                f"{PurePath(self.source.name).stem}.vocab.json beside it."
            )
        return self.vocabulary

    @property
    def bytes_kept(self) -> int:
        """What the weights take."""
        arrays = [a for cells in self.layers for cell in cells for a in cell.arrays.values()]
        arrays += [] if self.embedding is None else [self.embedding]
        arrays += [] if self.output is None else [self.output.weight, self.output.bias]
        return sum(array.nbytes for array in arrays)

    @property
    def special_symbols(self) -> tuple[str, ...]:
        """Those of several characters, in index order."""
        return tuple(s for s in self.vocabulary or () if len(s) > 1)

    @cached_property
    def _splitter(self) -> Splitter | None:
        return Splitter(self.special_symbols) if self.special_symbols else None

    @cached_property
    def longest_symbol(self) -> int:
        """Characters of the longest symbol; of an index, where there is no vocabulary."""
        return max(map(len, self.vocabulary or (str(self.symbols - 1),)))

    def split(self, text: str) -> Sequence[str]:
        """The symbols of a text, a symbol a step: a “<pad>” of the vocabulary is one of them."""
        splitter = self._splitter
        return text if splitter is None else splitter.split(text)

    @property
    def unknown_symbol(self) -> str | None:
        """The vocabulary's own symbol for what it lacks, if it has one."""
        return next((s for s in UNKNOWN if s in self.index_of), None) if self.vocabulary else None

    def indices(self, text: str, unknown: bool = False) -> NDArray[np.int64]:
        """Indices of a text's symbols (steps,); `unknown`: what is lacking as the unknown symbol.

        Raises TextError for the first that the vocabulary lacks, VocabularyError where it has no
        unknown symbol.
        """
        lacking = _LACKING
        if unknown:
            if self.unknown_symbol is None:
                raise VocabularyError(
                    f"{self.source.name}: the vocabulary has no symbol for unknown characters, "
                    f"such as {UNKNOWN[0]}; change the text."
                )
            lacking = self.index_of[self.unknown_symbol]
        found = self._indices(text, lacking)
        if (found == _LACKING).any():
            raise self.unknown(text)
        return found

    def _indices(self, text: str, lacking: int) -> NDArray[np.int64]:
        """Indices of a text's symbols; `lacking` for what the vocabulary lacks."""
        index, symbols = self.index_of, self.split(text)
        if isinstance(symbols, str):  # a character a step: a million of them within a frame
            codes, of_code = np.frombuffer(_encoded(symbols), "<u4"), self._index_of_code
            found = of_code[np.minimum(codes, len(of_code) - 1)]
            return np.where(found == _LACKING, lacking, found)
        return np.fromiter((index.get(s, lacking) for s in symbols), np.int64, len(symbols))

    @cached_property
    def _index_of_code(self) -> NDArray[np.int64]:
        """The index of each character by its code, and last of one that is not there."""
        single = {ord(s): i for s, i in self.index_of.items() if len(s) == 1}
        table = np.full(max(single, default=0) + 2, _LACKING)
        table[list(single)] = list(single.values())
        return table

    def unknown(self, text: str) -> TextError:
        """The error that names the first character of `text` that the vocabulary lacks."""
        at, character = 1, ""
        for character in self.split(text):
            if character not in self.index_of:
                break
            at += len(character)
        return TextError(
            f"character {printable(character)} at position {at} of the text is not in the model's "
            f"vocabulary ({summary(self.require_vocabulary())}); change the text or the vocabulary."
        )

    def covers(self, text: str) -> bool:
        return self.vocabulary is not None and _LACKING not in self._indices(text, _LACKING)

    @cached_property
    def input(self) -> Input:
        """How a step's x comes about; features: rows of numbers, for which no symbols are known.

        Without a vocabulary, a model that predicts as many symbols as it has inputs reads symbols.
        """
        if self.embedding is not None:
            return "embedding"
        if self.source.no_text:
            return "features"
        predicts = self.output is not None and len(self.output.weight) == self.input_size
        return "one-hot" if self.vocabulary is not None or predicts else "features"

    def variant_in_words(self, brief: bool = False, notation: Notation = "pytorch") -> str:
        z = "1 − Γu" if notation == "course" else "z"
        words = f"reset {self.reset} · {z} keeps the old"
        every = [cell.activations for cells in self.layers for cell in cells]
        functions = {one.in_brief() if brief else one.in_words() for one in every}
        if functions == {""}:
            return words
        return f"{words} · {functions.pop() if len(functions) == 1 else 'activations by layer'}"

    def activations_to_json(self) -> Any:
        """One object where all cells have the same, else by layer and direction."""
        return activations.table_to_json([[c.activations for c in row] for row in self.layers])

    def info(self) -> dict[str, Any]:
        """What ``info --json`` prints."""
        s = self.source
        return {
            "path": s.path, "sha256": s.sha256, **({"files": list(s.files)} if s.files else {}),
            "framework": s.framework,
            "variant": f"reset_{self.reset}", "activations": self.activations_to_json(),
            "layers": len(self.layers),
            "directions": self.directions, **({"direction": "reverse"} if self.backwards else {}),
            "hidden_size": self.hidden_size,
            "input_size": self.input_size,
            "input": self.input,
            "vocabulary": None if self.vocabulary is None else list(self.vocabulary),
            "output_layer": self.output is not None, "initial_state": self.h0 is not None,
            "bias": self.bias, "dtype": s.dtype,
            "warnings": list(s.warnings), "told": [asdict(notice) for notice in s.told],
            **({} if s.converted_from is None else {"converted_from": asdict(s.converted_from)}),
        }  # fmt: skip


def _encoded(text: str) -> bytes:
    """Four bytes a character, half of a surrogate pair too."""
    return text.encode("utf-32-le", "surrogatepass")


_VISIBLE = {" ": "space", "\t": "tab", "\n": "newline", "\r": "carriage return"}


def printable(character: str) -> str:
    """A symbol as a message or table can show it: “e”, space, U+0007, “<pad>\\x1b”."""
    if character in _VISIBLE:
        return phrases.told(_VISIBLE[character])
    if len(character) == 1 and not character.isprintable():
        return f"U+{ord(character):04X}"
    return f"“{''.join(c if c.isprintable() else _escaped(c) for c in character)}”"


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode()


def summary(symbols: Sequence[str], limit: int = 24) -> str:
    """The first symbols of a vocabulary on one line."""
    signs = {" ": "␣", "\n": "⏎", "\t": "⇥"}
    shown = "".join(signs.get(s) or (s if s.isprintable() else "·") for s in symbols[:limit])
    return f"{grouped(len(symbols))} symbols: {shown}{'…' if len(symbols) > limit else ''}"
