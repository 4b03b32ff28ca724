"""Index <-> character: from the user, the checkpoint, a sidecar file, or the metadata."""

from __future__ import annotations

import json
import operator
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from gru_debugger.errors import VocabularyError
from gru_debugger.files import read_bytes
from gru_debugger.numerals import grouped
from gru_debugger.source import Notice

if TYPE_CHECKING:
    from gru_debugger.core.model import Model

GIVEN = "the vocabulary given"  # where one is from that the caller gave itself
Given = str | Sequence[str] | Mapping[str, int] | Path | None

# What people call it in a checkpoint, index -> character or character -> index.
KEYS = (
    "vocabulary", "vocab", "tokens", "chars", "characters", "all_characters", "alphabet", "symbols",
    "itos", "int2char", "idx2char", "ix2char", "ix_to_char", "idx_to_char", "index_to_char",
    "int_to_char", "id2char", "i2c", "stoi", "char2int", "char2idx", "char2ix", "char_to_ix",
    "char_to_idx", "char_to_index", "char_to_int", "char2id", "c2i", "vocab_mapping",
)  # fmt: skip

LONGEST_SYMBOL = 256  # characters; the longest of the usual tokenizers' have 128
_LARGEST = 4 << 20  # bytes of JSON, which may take thirty times as much when it is unpacked


class Found(NamedTuple):
    """Symbols in index order, and `where` they stand, for people; `key`: of the checkpoint itself.

    One beside the checkpoint comes after one in it.
    """

    symbols: tuple[str, ...] | None
    where: str
    key: str = ""


NOWHERE = Found(None, "")


class _Checked(tuple[str, ...]):
    """Symbols that were found to be a vocabulary: looked at once, however often they are asked."""

    __slots__ = ()


class _Faulty(tuple[str, ...]):
    """What was found to be none, and why: looked at once as well."""

    __slots__ = ()


def checked(extras: Mapping[str, Any], file: Path) -> dict[str, Any]:
    """The same objects of a checkpoint, its vocabularies checked once for all its GRUs."""
    found = dict(extras)
    for key in found:
        if any(key.endswith(usual) for usual in KEYS):
            try:
                found[key] = symbols(found[key], f"{file}: “{key}”")
            except VocabularyError as fault:
                found[key] = _Faulty((str(fault),))
    return found


def symbols(value: Any, where: str) -> tuple[str, ...]:
    """The symbols in index order. Raises VocabularyError naming `where` it was found."""
    if isinstance(value, _Checked):
        return value
    if isinstance(value, _Faulty):
        raise VocabularyError(value[0])
    if isinstance(value, str):
        found: list[Any] = list(value)
    elif isinstance(value, Mapping):
        found = _from_mapping(dict(value), where)
    elif isinstance(value, (list, tuple)):
        found = list(value)
    else:
        raise VocabularyError(
            f"{where}: the vocabulary must be a list of strings in index order, or an object "
            f"character -> index; this is {type(value).__name__}."
        )
    for index, symbol in enumerate(found):
        if not isinstance(symbol, str) or not symbol:
            raise VocabularyError(f"{where}: symbol {index} of the vocabulary is not a string.")
        if len(symbol) > LONGEST_SYMBOL:
            raise VocabularyError(
                f"{where}: symbol {index} of the vocabulary has {grouped(len(symbol))} "
                f"characters, more than {LONGEST_SYMBOL}; give the symbols one by one."
            )
    first = {symbol: index for index, symbol in reversed(list(enumerate(found)))}
    twice = next((s for i, s in enumerate(found) if first[s] != i), None)
    if twice is not None:
        raise VocabularyError(f"{where}: the vocabulary holds {twice!r} twice; remove one.")
    return _Checked(found)


def _from_mapping(mapping: dict[Any, Any], where: str) -> list[Any]:
    turned = all(isinstance(v, str) for v in mapping.values())  # index -> character
    pairs = [(k, v) if turned else (v, k) for k, v in mapping.items()]
    try:
        by_index = {int(i) if isinstance(i, str) else operator.index(i): s for i, s in pairs}
    except (TypeError, ValueError):
        raise VocabularyError(
            f"{where}: an index of the vocabulary is not a whole number."
        ) from None
    missing = next((i for i in range(len(mapping)) if i not in by_index), None)
    if missing is not None:
        raise VocabularyError(
            f"{where}: the vocabulary's indices must run from 0 to {len(mapping) - 1}, each once; "
            f"{missing} is missing."
        )
    return [by_index[i] for i in range(len(mapping))]


def check_size(model: Model, found: tuple[str, ...] | None, where: str) -> None:
    """Raises VocabularyError where the model reads another number of symbols, or rows."""
    needed = model.symbols
    if found is None or len(found) == needed:
        return
    if _reads_rows(model):
        predicts = ", as many as it predicts" * _are_predicted(model, found)
        raise VocabularyError(
            f"{where}: {len(found)} symbols{predicts}, but the model reads {grouped(needed)} "
            "numbers a step; step over rows of numbers (--rows FILE), without a vocabulary, or "
            f"give {grouped(needed)} symbols."
        )
    raise VocabularyError(
        f"{where}: {len(found)} symbols, but the model needs {needed}; "
        "give the vocabulary it was trained with."
    )


def _reads_rows(model: Model) -> bool:
    """Whether nothing says that a step's x stands for a symbol, such as as many predictions."""
    outputs = [match.candidates for match in model.source.matched if match.role == "output"]
    predicted = {candidate.shape[0] for candidates in outputs for candidate in candidates}
    predicted |= set() if model.output is None else {len(model.output.weight)}
    return model.embedding is None and model.input_size not in predicted


def _are_predicted(model: Model, found: tuple[str, ...]) -> bool:
    return model.output is not None and len(model.output.weight) == len(found)


def of_predictions(model: Model, found: Found) -> Notice | None:
    """What is told of a file's own vocabulary that is of what the model predicts, not reads."""
    if found.symbols is None or not _reads_rows(model) or len(found.symbols) == model.symbols \
            or not _are_predicted(model, found.symbols):  # fmt: skip
        return None
    words = (
        f"{found.where.rpartition(': ')[2]} has {len(found.symbols)} symbols, as many as the model "
        f"predicts; it reads rows of {grouped(model.input_size)} numbers, no text"
    )
    return Notice("note", "vocabulary", "after the GRU", words)


def from_json(path: Path) -> tuple[str, ...]:
    data = read_bytes(path, _LARGEST, VocabularyError)
    try:
        value = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        hint = "a pickle may run code and is not opened; " if data[:1] == b"\x80" else ""
        raise VocabularyError(
            f"{path}: not a JSON vocabulary; {hint}save a JSON list of strings in index order."
        ) from None
    if not isinstance(value, (list, dict)):
        raise VocabularyError(
            f"{path}: not a JSON vocabulary; save a JSON list of strings in index order."
        )
    return symbols(value, str(path))


def to_json(symbols: Sequence[str]) -> bytes:
    """A JSON list, a symbol a line; readable where it can be."""
    for ascii_only in (False, True):
        try:
            words = json.dumps(list(symbols), ensure_ascii=ascii_only, indent=0)
            return (words + "\n").encode()
        except UnicodeEncodeError:  # half a surrogate pair, which only an escape can write
            continue
    raise AssertionError("JSON in ASCII can always be encoded")


def sidecar_of(model_file: Path) -> Path:
    """The first name that is looked for beside a model file."""
    return model_file.with_name(f"{model_file.stem}.vocab.json")


def sidecar(model_file: Path) -> Path | None:
    """``model.vocab.json`` (or ``model.pt.vocab.json``) beside ``model.pt``, if there is one.

    Beside a bundled model, whose name is no path, there is none.
    """
    if not model_file.is_file():
        return None
    for path in (
        sidecar_of(model_file),
        model_file.with_name(f"{model_file.name}.vocab.json"),
    ):
        if path.is_file():
            return path
    return None


def inside(
    extras: Mapping[str, Any], file: Path, sizes: Collection[int] = ()
) -> list[Found]:
    """All that are one, those of such sizes first; if all are faulty, VocabularyError."""
    found: list[Found] = []
    refusal = None
    for key in KEYS:
        if extras.get(key) and isinstance(extras[key], (str, list, tuple, dict)):
            where = f"{file}: “{key}”"
            try:
                found.append(Found(symbols(extras[key], where), where, key))
            except VocabularyError as fault:
                refusal = refusal or fault
    if refusal is not None and not found:
        raise refusal
    return sorted(found, key=lambda one: len(one.symbols or ()) not in sizes)


def contradictions(taken: Found, extras: Mapping[str, Any], file: Path) -> list[Notice]:
    """What to tell where the checkpoint orders the symbols that were found otherwise, too."""
    if not taken.key:
        return []
    return [
        Notice(
            "note", "vocabulary", f"“{taken.key}”",
            f"“{taken.key}” was taken as the vocabulary, and “{other.key}” has the same symbols in "
            "another order; --vocabulary FILE gives another",
        )
        for other in inside(extras, file)
        if other.symbols != taken.symbols
        and set(other.symbols or ()) == set(taken.symbols or ())
    ][:1]  # fmt: skip


def find(
    given: Given,
    extras: Mapping[str, Any],
    metadata: Mapping[str, str],
    file: Path,
    sizes: Collection[int] = (),
) -> Found:
    """The vocabulary in the contract's order, and where it was found.

    Of several in a checkpoint, one of the `sizes` that a model in it can have comes first.
    """
    if isinstance(given, Path):
        return Found(from_json(given), str(given))
    if given is not None:
        return Found(symbols(given, "vocabulary"), GIVEN)
    if found := inside(extras, file, sizes):
        return found[0]
    beside = sidecar(file)
    if beside is not None:
        return Found(from_json(beside), str(beside))
    if "vocabulary" in metadata:
        where = f"{file}: its metadata"
        try:
            return Found(symbols(json.loads(metadata["vocabulary"]), where), where)
        except (ValueError, RecursionError):
            raise VocabularyError(f"{where}: the vocabulary is not a JSON list.") from None
    return NOWHERE
