"""Where a model came from, and what was taken of that file as its parts: no numbers of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

from gru_debugger.numerals import dimensions

Role = Literal["embedding", "output"]
Grade = Literal["note", "beside", "inside"]
GRADES: tuple[Grade, ...] = ("inside", "beside", "note")  # the gravest first
NONE = "none"  # as a choice: no such layer
AS_CHOSEN = "as chosen"  # the reason of a match that the user decided
WEIGHTS_ALONE = "weights alone"  # what is told of every file that says nothing but weights
INITIAL_STATE: Literal["initial state"] = "initial state"
NOT_ITS_OWN = "not the network's own"


@dataclass(frozen=True)
class Notice:
    """What a file holds and the program doesn't compute, or can't know, in one sentence.

    `grade`: a *note* changes nothing that is shown; what stands *beside* is not computed, and the
    states are the network's; *inside*: states or predictions shown are not. `what` it is and
    `where`, by the file's own names.
    """

    grade: Grade
    what: str
    where: str
    in_words: str


def in_words(told: Iterable[Notice]) -> tuple[str, ...]:
    return tuple(notice.in_words for notice in told)


def inside(told: Iterable[Notice], initial_state: bool = False) -> list[str]:
    """The sentences that say why numbers shown are not the network's own.

    `initial_state`: h(0) is given, so that the file's own is not missed.
    """
    return [
        n.in_words for n in told
        if n.grade == "inside" and not (initial_state and n.where == INITIAL_STATE)
    ]  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """What the user chose in a file that can be read in several ways; None: as it is found.

    `gru` is the name of a GRU, `embedding` and `output` are names of tensors, or `NONE`; `reset`
    is “after” or “before”, whatever the file says.
    """

    gru: str | None = None
    embedding: str | None = None
    output: str | None = None
    reset: str | None = None

    def of(self, role: Role) -> str | None:
        return self.embedding if role == "embedding" else self.output


AS_FOUND = Choice()


@dataclass(frozen=True)
class Candidate:
    """A tensor whose shape fits a role, with what speaks for it and against it."""

    name: str
    shape: tuple[int, ...]
    pros: tuple[str, ...] = ()
    cons: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.name} ({dimensions(self.shape)})"


@dataclass(frozen=True)
class Match:
    """What was taken in a role, None for nothing, and why; `equal`: as good, and other numbers."""

    role: Role
    chosen: Candidate | None
    reason: str
    candidates: tuple[Candidate, ...] = ()
    equal: tuple[Candidate, ...] = ()

    def __str__(self) -> str:
        words = NONE if self.chosen is None else str(self.chosen)
        return f"{words}: {self.reason}" if self.reason else words

    def info(self) -> dict[str, Any]:
        """What ``info --json`` prints."""
        return {
            "name": None if self.chosen is None else self.chosen.name,
            "shape": None if self.chosen is None else list(self.chosen.shape),
            "reason": self.reason,
            "candidates": [
                {"name": c.name, "shape": list(c.shape), "for": list(c.pros),
                 "against": list(c.cons)}
                for c in self.candidates
            ],
        }  # fmt: skip


@dataclass(frozen=True)
class Origin:
    """What a converted file says it was made from: as `Source`, and the `program` that made it.

    A claim: whoever wrote the file could have written anything there.
    """

    name: str
    sha256: str
    framework: str
    gru: str
    dtype: str
    reset: str
    told: tuple[Notice, ...]
    program: str
    converted_from: Origin | None = None

    def inherited(self) -> tuple[Notice, ...]:
        """What holds of the converted file too: its numbers are those that were shown."""
        before = f"of {self._name}, which it was made from"
        own = (replace(n, in_words=f"{before}: {n.in_words}") for n in self.told)
        more = () if self.converted_from is None else self.converted_from.inherited()
        return (*(notice for notice in own if notice.grade == "inside"), *more)

    def in_words(self) -> str:
        digest = f"SHA-256 {self.sha256}" if self.sha256 else "no SHA-256"
        return f"says it was converted from {self._name} ({self.framework}, {self.dtype}, {digest})"

    def in_brief(self) -> str:
        return " ".join(["says it was converted from", self._name, self.sha256[:12]]).strip()

    @property
    def _name(self) -> str:
        return (self.name if len(self.name) <= 60 else f"{self.name[:59]}…") or "a file unnamed"


@dataclass(frozen=True)
class Source:
    """Where a model came from: `name` is the file's name, `sha256` of its bytes.

    `files` are the names of the others that it is in, whose bytes `sha256` is of too: one behind
    the other, in this order.
    `gru` is the name of its GRU in the file; `matched` says what was taken as embedding and output
    layer; `choice` is what the user asked for; `vocabulary_from` says where that was found,
    `vocabulary_inside` that it was in the file's own objects, which go before a file beside it.
    `told`: what of the file is not computed, or can't be known. `no_text`: why no text can be read,
    "" where it can.
    """

    path: str
    name: str
    sha256: str
    framework: str
    dtype: str = "float32"
    told: tuple[Notice, ...] = ()
    converted_from: Origin | None = None
    gru: str = ""
    matched: tuple[Match, ...] = ()
    choice: Choice = AS_FOUND
    no_text: str = ""
    vocabulary_from: str = ""
    vocabulary_inside: bool = False
    files: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The file's name, with the GRU's where it was chosen among several."""
        return f"{self.name}: {self.choice.gru}" if self.choice.gru else self.name

    @property
    def warnings(self) -> tuple[str, ...]:
        """All that is told, in words."""
        return in_words(self.told)
