"""The account of a file: each tensor and operation is computed here, harmless, or told.

Told is what nobody has said anything better of: a reader that knows an operation says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, TypeVar

from gru_debugger.formats.ledger.harmless import HARMLESS, Harmless
from gru_debugger.numerals import dimensions, grouped
from gru_debugger.source import GRADES, INITIAL_STATE, Grade, Notice

Where = Literal[
    "before the GRU", "inside the GRU", "initial state", "after the GRU", "beside the GRU",
    "unknown",
]  # fmt: skip
Verdict = Literal["computed", "told"] | Harmless

MOST = 2000  # tensors, and operations, that an account lists one by one
_MOST_OF_ALL = 8000  # operations, in the accounts of all GRUs of a file together
_LONGEST_NAME, _LONGEST_SENTENCE = 200, 1000
_NAMED = 4  # in one sentence
NAMELESS = "an operation without a name"
_AXES, _LARGEST = 32, 1 << 62


@dataclass(frozen=True)
class Operation:
    """One operation of a file: its `kind` and `name` there, and `where` it stands.

    `reason`: what makes it matter, or not, in words of its own; `grade`: that of what is told,
    where the place alone doesn't decide it (`graded`). `count`: how many it stands for.
    """

    kind: str
    name: str = ""
    where: Where = "unknown"
    verdict: Verdict = "told"
    reason: str = ""
    grade: Grade | None = None
    count: int = 1

    @property
    def title(self) -> str:
        name, kind = self.name.strip(), self.kind.strip()
        shown = f"{name} ({kind})" if name and kind else name or kind or NAMELESS
        return f"{shown} × {grouped(self.count)}" if self.count > 1 else shown


@dataclass(frozen=True)
class Tensor:
    """One tensor as the file has it; `shape` () and `dtype` "" where they are not known.

    `taken_as`: the tensors of `Contents` that were made of it, whose verdict it shares;
    `operation`: the one it is of, which is told already. For the rest see `Operation`.
    """

    name: str
    shape: tuple[int, ...] = ()
    dtype: str = ""
    where: Where = "unknown"
    verdict: Verdict = "told"
    reason: str = ""
    grade: Grade | None = None
    count: int = 1
    taken_as: tuple[str, ...] = ()
    operation: str = ""

    @property
    def kind(self) -> str:
        return "tensor"

    @property
    def title(self) -> str:
        size = dimensions(self.shape) or "one number"
        name = self.name.strip() or "a tensor without a name"
        return f"{name} ({size})" if self.count == 1 else name


AnyEntry = Operation | Tensor
Entry = TypeVar("Entry", Operation, Tensor)


@dataclass(frozen=True)
class Ledger:
    """The whole account, as ``info --all`` shows it, and what of it is `told`."""

    tensors: tuple[Tensor, ...] = ()
    operations: tuple[Operation, ...] = ()
    told: tuple[Notice, ...] = ()

    def info(self) -> dict[str, Any]:
        """What ``info --all --json`` prints besides."""
        return {
            "tensors": [_info(tensor) for tensor in self.tensors],
            "operations": [_info(operation) for operation in self.operations],
        }


def _info(entry: AnyEntry) -> dict[str, Any]:
    named = asdict(entry)
    for key in ("taken_as", "operation"):
        named.pop(key, None)
    harmless = entry.verdict in HARMLESS
    return named | {"verdict": "harmless" if harmless else entry.verdict, "reason": why(entry)}


def why(entry: AnyEntry) -> str:
    """Its reason in words, of its own or the table's."""
    if entry.verdict == "computed" or entry.verdict == "told":
        return entry.reason
    return entry.reason or HARMLESS[entry.verdict]


def graded(entry: AnyEntry, predictions: bool) -> Grade:
    """How much it matters that an entry is not computed; `predictions`: whether any are shown.

    The one place where that is decided. An unknown place may be any.
    """
    if entry.grade is not None:
        return entry.grade
    if entry.where == "beside the GRU" or (entry.where == "after the GRU" and not predictions):
        return "beside"
    return "inside"


def notices(entries: Iterable[AnyEntry], predictions: bool) -> list[Notice]:
    """A sentence for all entries that are told for the same reason, the gravest first."""
    alike: dict[tuple[Grade, bool, Where, str], list[AnyEntry]] = {}
    for entry in entries:
        if entry.verdict == "told":
            sure = isinstance(entry, Operation)
            key = graded(entry, predictions), sure, entry.where, entry.reason
            alike.setdefault(key, []).append(entry)
    found = [_notice(grade, group) for (grade, *_), group in alike.items()]
    return sorted(found, key=lambda notice: GRADES.index(notice.grade))


def _notice(grade: Grade, group: list[AnyEntry]) -> Notice:
    first = group[0]
    group = list({_part(entry): entry for entry in reversed(group)}.values())[::-1]
    names = [entry.title for entry in group[:_NAMED]]
    more = sum(entry.count for entry in group[_NAMED:])
    listed = ", ".join(names) + f" and {grouped(more)} more" * (more > 0)
    if grade == "note":
        words = f"{listed}: not computed here{f', {first.reason}' if first.reason else ''}"
        return Notice(grade, listed, first.where, words)
    many = len(names) > 1 or more > 0 or first.count > 1
    place, effect = _PLACES[first.where]
    if first.where == "after the GRU" and grade == "beside":
        effect = _APART
    sure = isinstance(first, Operation) and first.where != "unknown"
    verb = place if many else place.replace(" ", "s ", 1)
    verb = verb if sure else f"may {place}"
    words = (
        f"{listed}: not computed here; {'they' if many else 'it'} {verb}"
        f"{f' ({first.reason})' if first.reason else ''}{', so that' if sure else ':'} {effect}"
    )
    return Notice(grade, listed, first.where, words)


def _part(entry: AnyEntry) -> str:
    """What an entry is a part of: of a module's tensors the first stands for all."""
    if isinstance(entry, Operation):
        return entry.title
    owner = module(entry.name)
    return f"{owner}." if owner else entry.title


def module(name: str) -> str:
    """A tensor's module; of a short name, ``fc_w``, what stands before the last word."""
    sign = next((sign for sign in "./" if sign in name), "_")
    return name.rpartition(sign)[0]


_OWN = "the states shown are not the network's own"
_APART = "the states shown do not depend on that"
_ZEROS = "zeros are taken, --initial-state FILE gives another"
_PLACES: dict[Where, tuple[str, str]] = {
    "before the GRU": ("stand before the GRU", _OWN),
    "inside the GRU": ("stand inside the GRU", _OWN),
    INITIAL_STATE: ("give the initial state", _ZEROS),
    "after the GRU": ("stand after the GRU", "the predictions shown are not the network's own"),
    "beside the GRU": ("stand beside the GRU", _APART),
    "unknown": ("stand anywhere", "states or predictions shown may not be the network's own"),
}  # fmt: skip


def share(grus: int) -> int:
    """How many operations the account of each lists, of so many GRUs in a file."""
    return min(MOST, _MOST_OF_ALL // max(grus, 1))


def bounded(entries: Iterable[Entry], most: int = MOST) -> tuple[Entry, ...]:
    """As many as anybody reads, what is told first to stay; the others counted, and names cut."""
    kept: list[Entry] = []
    rest: dict[tuple[Verdict, Where, Grade | None], Entry] = {}
    counts: Counter[tuple[Verdict, Where, Grade | None]] = Counter()
    every = list(entries)
    room = {id(e) for e in sorted(every, key=lambda e: e.verdict != "told")[:most]}
    for entry in every:
        if id(entry) in room:
            kept.append(_cut(entry))
            continue
        key = entry.verdict, entry.where, entry.grade
        rest.setdefault(key, entry)
        counts[key] += _count(entry)
    for key, entry in rest.items():
        words = f"{grouped(counts[key])} more"
        kept.append(_cut(replace(entry, name=words, count=counts[key])))
    return tuple(kept)


def _cut(entry: Entry) -> Entry:
    """With names, sentences and numbers as a file may have them; its own are a stranger's."""
    kept: dict[str, Any] = {
        field: value[: _LONGEST_SENTENCE if field == "reason" else _LONGEST_NAME]
        for field, value in vars(entry).items()
        if isinstance(value, str) and len(value) > _LONGEST_NAME
    }
    if entry.count != _count(entry):
        kept["count"] = _count(entry)
    if isinstance(entry, Tensor) and not _is_shape(entry.shape):
        kept["shape"] = ()
    return replace(entry, **kept) if kept else entry


def _count(entry: AnyEntry) -> int:
    return min(max(entry.count, 1), _LARGEST)


def _is_shape(shape: tuple[int, ...]) -> bool:
    return len(shape) <= _AXES and all(0 <= size <= _LARGEST for size in shape)
