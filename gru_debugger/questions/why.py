"""“Why?” of one value, as rows: what it is made of, and where in the run each of that stands.

A row is a link to there; the first nine links have numbers. What a sum is made of are the terms of
`causes`; what is a product has its factors, and a state those who wrote it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from gru_debugger.core.activations import Role
from gru_debugger.core.address import Target
from gru_debugger.core.columns import OUTPUTS
from gru_debugger.numerals import grouped
from gru_debugger.questions import writing
from gru_debugger.questions.asked import NUMBERED
from gru_debugger.questions.causes import Value
from gru_debugger.questions.terms import Term, Terms

_WRITERS = 7  # that have a number, beside what was taken and kept


@dataclass
class Row:
    """`name` is mathematics or words; `product` what was multiplied, `target` where it leads.

    `read`: the step whose character stands before the name. `others`: how many it is the sum of.
    `whole`: what a gate let `value` through of. `begin`: where its bar does. `role`: whose colour.
    """

    name: str
    value: float
    product: tuple[float, float] | None = None
    target: Target | None = None
    number: int = 0
    read: int = 0
    others: int = 0
    whole: float | None = None
    begin: float = 0.0
    role: str = ""
    term: Term | None = None


class Group:
    """Rows below one heading: the question's where `title` is empty; `note` says of `total` what
    it is, `after`: how many numbers are given before."""

    title, note = "", ""
    least = 2  # rows without which it says nothing

    def __init__(self, total: float, after: int = 0) -> None:
        self.total = total
        self.after = after

    def __len__(self) -> int:
        """How many rows there are at most."""
        raise NotImplementedError

    def rows(self, room: int) -> list[Row]:
        """What so many rows can show."""
        raise NotImplementedError


class Parts(Group):
    """A few that are always shown."""

    def __init__(self, total: float, note: str, *rows: Row) -> None:
        super().__init__(total)
        self.note = note
        self._rows = _numbered(rows, 0)

    def __len__(self) -> int:
        return len(self._rows)

    def rows(self, room: int) -> list[Row]:
        return self._rows


class Sum(Group):
    """The terms of a value, the largest first; of those that find no room the sum."""

    def __init__(self, value: Value, title: str = "", note: str = "", after: int = 0) -> None:
        super().__init__(value.terms.total, after)
        self.title, self.note = title, note
        self.value = value

    @property
    def terms(self) -> Terms:
        return self.value.terms

    def __len__(self) -> int:
        return len(self.terms)

    def rows(self, room: int) -> list[Row]:
        return _numbered(map(self._row, self.terms.largest(room)), self.after)

    def between(self, first: int, end: int) -> list[Row]:
        """Some of all."""
        numbered = 0 if first <= 2 * NUMBERED else first  # further down there are no numbers
        rows = map(self._row, self.terms[numbered:end])
        return _numbered(rows, self.after if not numbered else NUMBERED)[first - numbered :]

    def _row(self, term: Term) -> Row:
        product = None if term.met is None else (term.met, term.factor)
        there = self.value.stands(term)
        read = there.step if there is not None and there.quantity is None else 0
        return Row("read" if read else term.name, term.value, product, _link(self.value, there),
                   read=read, others=term.others, term=term)  # fmt: skip


class Writers(Group):
    """A state as the sum of what steps put into it: from one to the next, oldest first."""

    title, note = "Who wrote it?", "wrote × kept since"
    least = 3

    def __init__(self, value: Value, after: int) -> None:
        super().__init__(value.of("h"), after)
        self._value = value
        self._found, self._rest = writing.writers(value.trace, value.unit, value.t, value.place)
        self._largest = sorted(self._found, key=lambda one: -abs(one.share))[:_WRITERS]
        self._numbered = [one for one in self._found if one in self._largest]

    def __len__(self) -> int:
        return len(self._found) + 2

    def rows(self, room: int) -> list[Row]:
        kept = self._largest[: max(1, min(room - 2, _WRITERS))]
        shown = [one for one in self._found if one in kept]
        rest = self._rest + sum(one.share for one in self._found if one not in kept)
        rows = [self._others(shown, rest)] if rest else []
        at = rest
        for one in shown:
            rows.append(self._row(one, at))
            at += one.share
        return [*rows, Row("in all", self.total, role="h")]

    def _others(self, shown: list[writing.Written], rest: float) -> Row:
        """What is not shown: only what was read before the first that is, or between them too."""
        steps = [0 if one.step is None else one.step for one in shown]
        hidden = [one for one in self._found if one not in shown]
        forward = self._value.place[1] == "forward"
        if forward and not hidden and steps and steps == [*range(steps[0], self._value.t + 1)]:
            return Row(f"before {grouped(steps[0])}", rest, role="others")
        return Row("all others", rest, role="others")

    def _row(self, one: writing.Written, begin: float) -> Row:
        value, step = self._value, one.step
        target = None  # the reverse direction's initial state lies at no position
        if step or value.place[1] == "forward":
            target = Target(step or 0, "h", value.place, value.unit)
        return Row("initial state" if step is None else grouped(step), one.share,
                   (one.wrote, one.kept), target,
                   number=self.after + 1 + self._numbered.index(one) if target else 0,
                   read=step or 0, begin=begin, role="take" if step else "keep")  # fmt: skip


@dataclass(frozen=True)
class Why:
    """What there is to say of one value, group by group."""

    value: Value

    @cached_property
    def groups(self) -> list[Group]:
        quantity = self.value.quantity
        if quantity == "h":
            return [self._taken_and_kept(), Writers(self.value, 2)]
        if quantity in ("n", "sum_n"):
            return [self._input_and_hidden(), *self._hidden(2)]
        if quantity == "h_prev":
            return [self._copied()]
        if quantity in ("take", "keep", "reset_product"):
            return [self._factors(), *(self._hidden(2) if self._scales_hidden else [])]
        return [Sum(self.value, note=self._note)]

    def links(self, all_terms: bool = False) -> dict[int, Row]:
        """What the numbers lead to."""
        groups = [self.all] if all_terms else self.groups
        rows = (row for group in groups for row in group.rows(NUMBERED + 2))
        return {row.number: row for row in rows if row.number}

    @property
    def all(self) -> Sum:
        """Every term of the value itself."""
        return Sum(self.value, note=self._note)

    @property
    def _note(self) -> str:
        """What the total is."""
        quantity, model = self.value.quantity, self.value.trace.model
        if quantity in ("r", "z", "n"):
            role: Role = "candidate" if quantity == "n" else "gate"
            activations = model.cell(*self.value.place).activations
            return f"sum before {activations.of_role(role).symbol}"
        return {"h": "take + keep", "probabilities": "logit − mean"}.get(quantity, "sum")

    @property
    def _scales_hidden(self) -> bool:
        """The product with the reset gate, where that acts after the matrix product."""
        return self.value.quantity == "reset_product" and self.value.trace.model.reset == "after"

    def _here(self, quantity: str) -> Target:
        value = self.value
        return Target(value.t, quantity, value.place, value.unit)

    @property
    def _old(self) -> Target | None:
        value = self.value
        there = Target(value.before, "h", value.place, value.unit)
        return there if there.step <= value.trace.steps else None

    def _taken_and_kept(self) -> Parts:
        z, n, old = map(self.value.of, ("z", "n", "h_prev"))
        take, keep = self.value.of("take"), self.value.of("keep")
        return Parts(
            take + keep, self._note,
            Row("take", take, (1 - z, n), self._here("take"), role="take"),
            Row("keep", keep, (z, old), self._here("keep"), role="keep"),
        )  # fmt: skip

    def _input_and_hidden(self) -> Parts:
        """Of the candidate: what goes through the reset gate is shown inside what does not."""
        value, model = self.value, self.value.trace.model
        read = value.t if not value.place[0] and value.trace.one_hot else 0
        first = Row("read" if read else "input", value.of("input_n"), None,
                    self._here("input_n"), read=read)  # fmt: skip
        if model.reset == "before":
            hidden = Row("hidden", value.of("hidden_n"), None, self._here("hidden_n"))
        else:
            hidden = Row(f"r_{{{value.unit}}} · hidden", value.of("reset_product"), None,
                         self._here("reset_product"), whole=value.of("hidden_n"))  # fmt: skip
        return Parts(value.of("sum_n"), Why(replace(value, quantity="n"))._note, first, hidden)

    def _copied(self) -> Parts:
        old = self.value.of("h_prev")
        return Parts(old, "", Row(f"h_{{{self.value.unit}}}", old, None, self._old, role="keep"))

    def _factors(self) -> Parts:
        """What is multiplied; each is what it is, no share of the product."""
        value, unit = self.value, self.value.unit
        n = Row(f"n_{{{unit}}}", value.of("n"), None, self._here("n"), role="take")
        old = Row(f"h_{{{unit}}}", value.of("h_prev"), None, self._old, role="keep")
        z, r = value.of("z"), value.of("r")
        hidden = Row("hidden", value.of("hidden_n"), None, self._here("hidden_n"))
        reset = Row(f"r_{{{unit}}}", r, None, self._here("r"), role="r")
        after = value.trace.model.reset == "after"
        rows = {
            "take": (Row(f"1 − z_{{{unit}}}", 1 - z, None, self._here("z"), role="take"), n),
            "keep": (Row(f"z_{{{unit}}}", z, None, self._here("z"), role="keep"), old),
            "reset_product": (reset, hidden if after else old),
        }[value.quantity]
        return Parts(value.of(value.quantity), "product", *rows)

    def _hidden(self, after: int) -> list[Group]:
        """The largest of what the old state says of the candidate, where no hand said it."""
        if {"hidden_n", "reset_product"} & {*self.value.edits}:
            return []
        scaled = "before r" if self.value.trace.model.reset == "after" else "sum"
        value = replace(self.value, quantity="hidden_n")
        return [Sum(value, "Largest in the hidden part", scaled, after)]


def strongest(value: Value) -> Target | None:
    """Where the largest of all its terms leads; None: nothing in the run is its cause."""
    if value.quantity in value.edits:
        return None
    return _link(value, value.stands(value.terms[0]))


def _numbered(rows: Iterable[Row], after: int) -> list[Row]:
    numbered = list(rows)
    for row in numbered:
        if row.target is not None and after < NUMBERED:
            row.number = after = after + 1
    return numbered


def _link(value: Value, there: Target | None) -> Target | None:
    """Where it leads: what is read is shown as the input part, and nothing is its cause."""
    if there is None or there.step > value.trace.steps:
        return None
    if there.quantity is not None and there.quantity != "x":
        return there
    part = f"input_{value.quantity[-1]}"
    if value.quantity in (part, "x", *OUTPUTS):
        return None
    return Target(value.t, part, value.place, value.unit)
