"""What is looked for in a text: a condition, a piece of it, or a regular expression.

Words in quotation marks are text, words between slashes a regular expression; others a condition
where they mean one for the run, else text. A hit begins at a step and ends at one: of a condition
each step where it holds is one. Hits of text do not overlap; upper and lower case differ.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from gru_debugger.errors import ExpressionError, InputError
from gru_debugger.questions.expressions import Stretch, condition, reference_missing

if TYPE_CHECKING:
    from gru_debugger.core.trace import Trace
    from gru_debugger.questions.expressions import Term
    from gru_debugger.questions.expressions.completing import Completion

Steps = NDArray[np.int64]

_CHARACTERS = 1 << 14  # of a text between two looks at what else is to be done
_QUOTED = re.compile(r"""(["'])(?:(?!\1)[^\\]|\\.)*\1""", re.DOTALL)
_PATTERN = re.compile(r"/(.*)/", re.DOTALL)
_LIKE_A_CONDITION = re.compile(r"[<>]|[=!]=|\w[\[(]")
_ONE_WORD = re.compile(r"[A-Za-z_]\w+", re.ASCII)  # which may be text or a condition's first


class Find:
    """The hits among the first `known` steps, in their order; `advance` looks further."""

    kind: ClassVar[str]

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.known = 0
        self.doubt = ""  # why it is no condition, of what looks like one
        self.count = 0
        # First and last steps; no more begin. Not zeros: of a million steps they took 20 to 50 ms
        # where the memory was in use before.
        self._hits = np.empty((2, trace.steps), np.int64)

    def advance(self) -> bool:
        """A piece more of what can be looked through now; False where there is none."""
        raise NotImplementedError

    @property
    def complete(self) -> bool:
        return self.known >= self.trace.steps

    def add(self, begins: Steps, ends: Steps) -> None:
        """Hits behind those that are there; of several that begin at one step the first is one."""
        last = self.begins[-1:]
        new = np.diff(begins, prepend=last if len(last) else 0) > 0
        count = self.count + int(np.count_nonzero(new))
        self._hits[:, self.count : count] = begins[new], ends[new]
        self.count = count

    @property
    def begins(self) -> Steps:
        """The first step of each hit, from 1."""
        return self._hits[0, : self.count]

    @property
    def ends(self) -> Steps:
        """The last step of each hit, which is of it."""
        return self._hits[1, : self.count]

    # Where one is among them -------------------------------------------------------------------

    def nth(self, position: int) -> int:
        """The number, from 1, of the hit that a step is in; 0: it is in none."""
        at = int(np.searchsorted(self.begins, position, "right"))
        return at if at and position <= self.ends[at - 1] else 0

    def beside(self, position: int, by: int) -> int | None:
        """The step where the next hit (1) begins, or the one before (-1), at last around the end.

        None where there is none, or it is not known yet.
        """
        begins = self.begins
        if by > 0:
            at = int(np.searchsorted(begins, position, "right"))
            around = at == len(begins)
        else:
            if self.known < position - 1:
                return None
            at = int(np.searchsorted(begins, position, "left")) - 1
            around = at < 0
        if around and not (self.complete and len(begins)):
            return None
        return int(begins[at % len(begins)])

    def within(self, first: int, last: int) -> list[tuple[int, int]]:
        """First and last step of each hit that is partly among these steps."""
        a = int(np.searchsorted(self.ends, first, "left"))
        b = int(np.searchsorted(self.begins, last, "right"))
        return list(zip(self.begins[a:b].tolist(), self.ends[a:b].tolist(), strict=True))


class ConditionFind(Find):
    """Looks as far as the run is recorded."""

    kind = "condition"

    def __init__(self, trace: Trace, term: Term) -> None:
        super().__init__(trace)
        self._term = term

    def advance(self) -> bool:
        a = self.known
        b = min(a + self._term.rows(self.trace), self.trace.recorded)
        if a >= b:
            return False
        truth = np.broadcast_to(self._term.values(Stretch(self.trace, a, b)), (b - a,))
        steps = np.flatnonzero(truth) + a + 1
        self.add(steps, steps)
        self.known = b
        return True


class Known(Find):
    """Steps that another question has found."""

    kind = "step"

    def __init__(self, trace: Trace, steps: Steps) -> None:
        super().__init__(trace)
        in_order = np.sort(steps)
        self.add(in_order, in_order)
        self.known = trace.steps

    def advance(self) -> bool:
        return False


class _OfText(Find):
    """Characters of the text are counted as steps: of a symbol that has several, all are one."""

    def __init__(self, trace: Trace) -> None:
        super().__init__(trace)
        self._starts: Steps | None = None  # each symbol's first character, of longer ones

    def steps_of(self, characters: Steps) -> Steps:
        """The steps that read these characters, which are counted from 0."""
        symbols = self.trace.characters
        if isinstance(symbols, str):
            return characters + 1
        if self._starts is None:
            lengths = np.fromiter(map(len, symbols), np.int64, len(symbols))
            self._starts = np.cumsum(lengths) - lengths
        return np.searchsorted(self._starts, characters, "right")

    def add_characters(self, begins: Sequence[int] | Steps, ends: Sequence[int] | Steps) -> None:
        """Hits from a character to the one before another."""
        first, end = np.array(begins, np.int64), np.array(ends, np.int64)
        self.add(self.steps_of(first), self.steps_of(end - 1))

    def looked_up_to(self, character: int) -> None:
        """All hits are known that begin before it."""
        if character >= len(self.trace.text):
            self.known = self.trace.steps
        elif character:
            self.known = int(self.steps_of(np.array([character]))[0]) - 1


class TextFind(_OfText):
    """Looks through the text, recorded or not."""

    kind = "text"

    def __init__(self, trace: Trace, words: str) -> None:
        super().__init__(trace)
        self.words = words
        self._at = 0  # the character that is looked at next

    def advance(self) -> bool:
        if self.complete:
            return False
        text, words, begins = self.trace.text, self.words, list[int]()
        end = self._at + _CHARACTERS
        within = end + len(words) - 1
        while (found := text.find(words, self._at, within)) >= 0:
            begins.append(found)
            self._at = found + len(words)
        self._at = max(self._at, end)
        self.add_characters(begins, [begin + len(words) for begin in begins])
        self.looked_up_to(self._at)
        return True


class PatternFind(_OfText):
    """Others look, in a process that can be ended: a pattern may take for ever on a short text."""

    kind = "regular expression"

    def __init__(self, trace: Trace, pattern: str) -> None:
        super().__init__(trace)
        self.pattern = pattern

    def advance(self) -> bool:
        return False


def understood(words: str, trace: Trace) -> Find:
    """What is meant, with nothing looked through yet. Raises InputError for what means nothing."""
    if found := _PATTERN.fullmatch(words):
        return PatternFind(*_in_text(trace, found[1], "the slashes"))
    if _QUOTED.fullmatch(words):
        return TextFind(*_in_text(trace, _unquoted(words), "the quotation marks"))
    if fault := reference_missing(words, trace):
        raise InputError(fault)
    try:
        return ConditionFind(trace, condition(words, trace))
    except ExpressionError as fault:
        doubt = str(fault) if _LIKE_A_CONDITION.search(words) else ""
    if doubt and trace.reading.rows is not None:
        raise InputError(doubt)
    find = TextFind(*_in_text(trace, words, ""))
    find.doubt = doubt
    return find


def names_offered(before: str, trace: Trace, unit: int = 0) -> list[Completion]:
    """What the end of `before` may become where a condition may be meant; see `completions`.

    Of what may as well be text only what begins with it.
    """
    from gru_debugger.questions.expressions.completing import completions

    if before.startswith("/"):
        return []
    if _LIKE_A_CONDITION.search(before):
        return completions(before, trace, unit)
    found = completions(before, trace, unit) if _ONE_WORD.fullmatch(before) else []
    return [one for one in found if one.word.startswith(before)]


def _in_text(trace: Trace, words: str, marks: str) -> tuple[Trace, str]:
    if trace.reading.rows is not None:
        raise InputError(
            "rows of numbers are no text to look through; write a condition, such as h[0] > 0.5."
        )
    if not words:
        raise InputError(f"there is nothing between {marks}.")
    return trace, words


def _unquoted(words: str) -> str:
    r"""What stands in quotation marks; \n and \t are what they are in a condition."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python's own advice on what is not its code
            return str(ast.literal_eval(words))
    except (SyntaxError, ValueError):
        raise InputError(f"“{words[:60]}” can't be read: a backslash is written twice.") from None
