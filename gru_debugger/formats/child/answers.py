"""What the reading child sends back, as frames of JSON and the bytes of arrays; it can run nothing.

A frame is its length (8 bytes, little-endian) and a JSON object: ``{"read": bytes so far}`` and
``{"framework": name}`` on the way, ``{"error": message}`` or ``{"fault": words}`` where it went
wrong, or the answer: ``{"framework", "sha256", "contents", "arrays": [[dtype, shape], …]}``, behind
which the arrays' bytes follow in the same order, and nothing more.

A file may have taken the child over, so nothing that it sends is believed: a value arrives only
if it is of the type its field in `contents` has, within the bounds below.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
import math
import types
import typing
from collections.abc import Callable, Iterator
from functools import cache
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from gru_debugger.formats import ledger
from gru_debugger.formats.contents import LONGEST_NAME, Contents
from gru_debugger.numerals import grouped
from gru_debugger.source import GRADES, Notice

LARGEST_FRAME = 6 << 20  # of JSON, which may take thirty times as much when it is unpacked
_KEPT = 2 << 20  # characters of JSON for all extras together, and for all metadata
_VALUES, _ALL_VALUES, _LEVELS = 200_000, 1_000_000, 8  # of one extra, of all; nested how deep
_LONGEST_MESSAGE = 4000
_NOTICES, _LONGEST_SENTENCE = 64, 1000
_CLASSES = 4000
_BLOCK = 1 << 20

_PLAIN = (str, int, float, bool, type(None))
_DTYPES = {
    name
    for dtype in map(np.dtype, "?bhilqBHILQefdg")
    for name in (dtype.newbyteorder("<").str, dtype.newbyteorder(">").str)
}


class BrokenAnswer(ValueError):  # noqa: N818
    """What came is not an answer, or ended too soon."""


@dataclasses.dataclass(frozen=True)
class Answer:
    """A file that was read: the format's NAME, the SHA-256 of the bytes, what they hold."""

    framework: str
    sha256: str
    contents: Contents


def allowance(size: int) -> int:
    """How many bytes of arrays a file of `size` bytes may come to: bfloat16 doubles, and a
    checkpoint may hold its weights twice."""
    return 4 * size + (32 << 20)


# In the child -----------------------------------------------------------------------------------


def frame(value: dict[str, Any]) -> bytes:
    data = json.dumps(value, separators=(",", ":")).encode()
    if len(data) > LARGEST_FRAME:
        raise ValueError("it names too many tensors")
    return len(data).to_bytes(8, "little") + data


def encode(answer: Answer, size: int) -> Iterator[bytes | memoryview]:
    """The answer in pieces; each array is dropped from `contents` once it is sent.

    Raises ValueError where there is more than a file of `size` bytes can hold.
    """
    contents = _moderate(answer.contents)
    contents.metadata = _smallest(contents.metadata)
    contents.extras = _plain_extras(contents.extras)
    strange = {k: a for k, a in contents.tensors.items() if a.dtype.str not in _DTYPES}
    contents.tensors = {k: a for k, a in contents.tensors.items() if k not in strange}
    contents.stored = ledger.bounded((*contents.stored, *(
        ledger.Tensor(name, array.shape, str(array.dtype)) for name, array in strange.items()
    )))  # fmt: skip
    arrays: list[NDArray[Any]] = []
    packed = _pack(contents, arrays)
    contents.tensors = {}
    if sum(array.nbytes for array in arrays) > allowance(size):
        raise ValueError("its tensors together are far larger than the file")
    yield frame(
        {
            "framework": answer.framework,
            "sha256": answer.sha256,
            "contents": packed,
            "arrays": [[array.dtype.str, array.shape] for array in arrays],
        }
    )
    arrays.reverse()
    while arrays:
        raw = np.ascontiguousarray(arrays.pop()).reshape(-1).view(np.uint8).data
        for start in range(0, len(raw), _BLOCK):
            yield raw[start : start + _BLOCK]


def _moderate(contents: Contents) -> Contents:
    """With as much told, at such length, as anybody reads. Raises ValueError for endless names."""
    if any(len(name) > LONGEST_NAME for name in (*contents.tensors, *contents.told)):
        raise ValueError(f"the name of a tensor has more than {grouped(LONGEST_NAME)} characters")
    contents.notices = _few(contents.notices)
    contents.stored = ledger.bounded(contents.stored)
    contents.operations = ledger.bounded(contents.operations)
    contents.classes = dict(itertools.islice(contents.classes.items(), _CLASSES))
    most = ledger.share(len(contents.told))
    contents.told = {
        name: dataclasses.replace(
            told, notices=_few(told.notices), between=_brief(told.between),
            refusal=_brief(told.refusal), operations=ledger.bounded(told.operations, most),
        )
        for name, told in contents.told.items()
    }  # fmt: skip
    return contents


def _few(notices: tuple[Notice, ...]) -> tuple[Notice, ...]:
    """The first; of the others that they are there, as grave as the gravest."""
    kept = tuple(map(_short, notices[:_NOTICES]))
    more = (*kept[-1:], *notices[_NOTICES:])
    if len(more) < 2:
        return kept
    gravest = min(more, key=lambda n: GRADES.index(n.grade))
    words = f"and {grouped(len(more))} more warnings"
    return (*kept[:-1], Notice(gravest.grade, "more", "", words))


def _short(notice: Notice) -> Notice:
    parts = (notice.what, notice.where, notice.in_words)
    return Notice(notice.grade, *(part[:_LONGEST_SENTENCE] for part in parts))


def _brief(words: str | None) -> str | None:
    return None if words is None else words[:_LONGEST_SENTENCE]


def _pack(value: Any, arrays: list[NDArray[Any]]) -> Any:
    """JSON for a value: arrays by number, dictionaries as pairs, dataclasses as objects."""
    if isinstance(value, np.ndarray):
        arrays.append(value)
        return len(arrays) - 1
    if dataclasses.is_dataclass(value):
        named = ((f.name, getattr(value, f.name)) for f in dataclasses.fields(value))
        return {name: _pack(part, arrays) for name, part in named}
    if isinstance(value, dict):
        return {"pairs": [[key, _pack(part, arrays)] for key, part in value.items()]}
    if isinstance(value, (list, tuple)):
        return [_pack(part, arrays) for part in value]
    return value


def _plain_extras(extras: dict[str, Any]) -> dict[str, Any]:
    """Those that are plain values throughout, or nearly: None stands for what is not."""
    left = _ALL_VALUES
    found: dict[str, Any] = {}
    for name, value in extras.items():
        counter = [min(_VALUES, left)]
        left -= counter[0]
        plain = _plain(value, counter, _LEVELS)
        left += max(counter[0], 0)
        if plain is not None and counter[0] > 0:
            found[name] = plain
    return _smallest(found)


def _plain(value: Any, left: list[int], levels: int) -> Any:
    """A copy of plain lists and dictionaries; what is left of `left[0]` values tells its size."""
    left[0] -= 1 + (len(value) // 64 if isinstance(value, str) else 0)
    if left[0] <= 0 or levels == 0:
        return None
    if isinstance(value, dict):
        return {k: _plain(v, left, levels - 1) for k, v in value.items() if isinstance(k, _PLAIN)}
    if type(value) in (list, tuple):
        return [_plain(v, left, levels - 1) for v in value]
    endless = type(value) is int and value.bit_length() > 64
    return value if type(value) in _PLAIN and not endless else None


def _smallest(entries: dict[str, Any]) -> dict[str, Any]:
    """As many entries as there is room for, the smallest first, in their own order."""
    sizes = {name: len(json.dumps([name, _pack(value, [])])) for name, value in entries.items()}
    left = _KEPT
    kept = set()
    for name in sorted(sizes, key=sizes.__getitem__):
        left -= sizes[name]
        if left < 0:
            break
        kept.add(name)
    return {name: value for name, value in entries.items() if name in kept}


# In the program ---------------------------------------------------------------------------------


def read_frame(stream: IO[bytes]) -> dict[str, Any]:
    """The next frame, of values that JSON has. Raises BrokenAnswer."""
    length = int.from_bytes(_bytes(stream, 8), "little")
    if length > LARGEST_FRAME:
        raise BrokenAnswer("a frame is too long")
    try:
        value = json.loads(_bytes(stream, length).decode())
    except (ValueError, RecursionError):
        raise BrokenAnswer("a frame is not JSON") from None
    if not isinstance(value, dict):
        raise BrokenAnswer("a frame is not an object")
    return value


def _bytes(stream: IO[bytes], count: int) -> bytes:
    data = stream.read(count)
    if len(data) != count:
        raise BrokenAnswer("it ends too soon")
    return data


def count(value: Any) -> float:
    """A number that can be counted with. Raises BrokenAnswer."""
    if isinstance(value, (int, float)) and math.isfinite(value):
        return float(value)
    raise BrokenAnswer


def message(value: Any) -> str:
    """A text of bounded length."""
    return value[:_LONGEST_MESSAGE] if isinstance(value, str) else ""


def decode(
    header: dict[str, Any], stream: IO[bytes], size: int, report: Callable[[float], None]
) -> Answer:
    """The answer that `header` begins, for a file of `size` bytes. Raises BrokenAnswer.

    `report` is told which part of the arrays has come.
    """
    try:
        sha256 = _unpack(str, header["sha256"], [])
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise BrokenAnswer("the SHA-256 is none")
        layouts = [_layout(row) for row in _unpack(list[Any], header["arrays"], [])]
        total = sum(dtype.itemsize * math.prod(shape) for dtype, shape in layouts)
        if total > allowance(size):
            raise BrokenAnswer("its arrays are too large")
        arrays = list(_arrays(stream, layouts, total, report))
        if stream.read(1):
            raise BrokenAnswer("it does not end")
        contents = _moderate(_unpack(Contents, header["contents"], arrays))
        return Answer(message(header["framework"]), sha256, contents)
    except (KeyError, IndexError, TypeError, ValueError, OverflowError, RecursionError) as fault:
        raise BrokenAnswer(str(fault)) from None


def _layout(row: Any) -> tuple[np.dtype[Any], tuple[int, ...]]:
    name, shape = row
    if name not in _DTYPES or len(shape) > 32 or not all(_whole(n) for n in shape):
        raise BrokenAnswer("an array is of no known kind")
    return np.dtype(name), tuple(shape)


def _whole(value: Any) -> bool:
    return type(value) is int and 0 <= value < 1 << 62


def _arrays(
    stream: IO[bytes],
    layouts: list[tuple[np.dtype[Any], tuple[int, ...]]],
    total: int,
    report: Callable[[float], None],
) -> Iterator[NDArray[Any]]:
    done = 0
    for dtype, shape in layouts:
        array = np.empty(shape, dtype)
        raw = array.reshape(-1).view(np.uint8).data
        for start in range(0, len(raw), _BLOCK):
            block = raw[start : start + _BLOCK]
            if stream.readinto(block) != len(block):  # type: ignore[attr-defined]
                raise BrokenAnswer("it ends too soon")
            done += len(block)
            report(done / total)
        yield array


_hints = cache(typing.get_type_hints)


def _unpack(kind: Any, value: Any, arrays: list[NDArray[Any]]) -> Any:
    """`value` as the type `kind`, which is one that a field of `Contents` may have."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if kind is Any:
        return _unpack_plain(value)
    if origin is types.UnionType:  # T | None
        return None if value is None else _unpack(inner[0], value, arrays)
    if origin in (typing.Literal, typing.Union):  # of words
        return _word(kind, value)
    if origin is np.ndarray and _whole(value):
        return _once(value, arrays)
    if dataclasses.is_dataclass(kind):
        return _dataclass(kind, value, arrays)
    if origin is dict:
        return {_unpack(inner[0], k, arrays): _unpack(inner[1], v, arrays)
                for k, v in _pairs(value)}  # fmt: skip
    if origin in (list, tuple):
        return _sequence(origin, inner, value, arrays)
    if type(value) is not (int if kind is float and type(value) is int else kind):
        raise BrokenAnswer(f"a value is no {kind}")
    return value


def _word(kind: Any, value: Any) -> Any:
    """One of those that a type lists; of ``Literal[…] | None`` too."""
    if not isinstance(value, str | None) or value not in _words(kind):
        raise BrokenAnswer("a value is none of those that can be")
    return value


@cache
def _words(kind: Any) -> frozenset[Any]:
    if kind is types.NoneType:
        return frozenset({None})
    parts = typing.get_args(kind)
    if typing.get_origin(kind) is typing.Literal:
        return frozenset(parts)
    return frozenset().union(*map(_words, parts))


def _once(number: int, arrays: list[Any]) -> NDArray[Any]:
    """An array; not again, for then a few bytes would come to any number of tensors."""
    array: NDArray[Any] | None = arrays[number]
    arrays[number] = None
    if array is None:
        raise BrokenAnswer("an array is there twice")
    return array


def _dataclass(kind: Any, value: Any, arrays: list[NDArray[Any]]) -> Any:
    hints = _hints(kind)
    if type(value) is not dict or value.keys() != hints.keys():
        raise BrokenAnswer(f"the fields are not those of {kind}")
    return kind(**{name: _unpack(hints[name], value[name], arrays) for name in hints})


def _sequence(origin: Any, inner: tuple[Any, ...], value: Any, arrays: list[NDArray[Any]]) -> Any:
    if type(value) is not list:
        raise BrokenAnswer("a value is no list")
    alike = origin is list or inner[-1] is Ellipsis
    kinds = [inner[0]] * len(value) if alike else inner
    return origin(_unpack(k, v, arrays) for k, v in zip(kinds, value, strict=True))


def _pairs(value: Any) -> list[Any]:
    if type(value) is not dict or value.keys() != {"pairs"} or type(value["pairs"]) is not list:
        raise BrokenAnswer("a value is no dictionary")
    return value["pairs"]


def _unpack_plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_unpack_plain(part) for part in value]
    if isinstance(value, dict):
        pairs = [(key, _unpack_plain(part)) for key, part in _pairs(value)]
        if not all(isinstance(key, _PLAIN) for key, _ in pairs):
            raise BrokenAnswer("a key is no plain value")
        return dict(pairs)
    return value
