"""A stop on a run: every number in its words is the run's own, and so is what is right."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gru_debugger import phrases
from gru_debugger.core import address
from gru_debugger.core.address import Target
from gru_debugger.core.trace import Trace
from gru_debugger.errors import InputError
from gru_debugger.lessons.tour import Asked, Stop, Words
from gru_debugger.numerals import MINUS, fixed, grouped, percent, two
from gru_debugger.questions import expressions, influenced, writes, writing
from gru_debugger.questions.influence import Influence
from gru_debugger.questions.influence_in_words import times
from gru_debugger.questions.open_gate import open_gate

Number = float | str

_NAME = re.compile(r"\{([a-z_0-9]+)(?:/([a-z_0-9]+)|([%#=]))?\}")
_MARK = re.compile(r" ?\[([1-9])\]")
NO_BREAK = "\N{NO-BREAK SPACE}"  # a disc stays with its number
_SMALL = 0.1  # below it three decimals would be two digits, too few to multiply with
_DISCS = "❶❷❸❹❺❻❼❽❾"
_PATHS = {"whole": "", "direct": "direct_", "constant_gates": "constant_gates_",
          "plain_rnn": "plain_rnn_"}  # fmt: skip


@dataclass(frozen=True)
class Live:
    """`stop` on `trace`, which is recorded to its end."""

    stop: Stop
    trace: Trace

    @cached_property
    def target(self) -> Target:
        """Where the window is to stand. Raises InputError for what the run lacks."""
        stop = self.stop
        if stop.at:
            return address.find(address.parse(stop.at), self.trace)
        found = expressions.where(stop.where, self.trace)
        if not len(found):
            raise InputError(f"“{stop.heading}”: “{stop.where}” holds at no step of this text.")
        return Target(int(found[0]))

    @cached_property
    def values(self) -> Mapping[str, Number]:
        """By name. Raises InputError for what means nothing here."""
        step, characters = self.target.step, self.trace.characters
        found: dict[str, Number] = {"step": float(step)}
        found["character"] = characters[step - 1] if step else ""
        found["next"] = characters[step] if step < self.trace.steps else ""
        for name, value in self.stop.values.items():
            found[name] = self._asked(value) if isinstance(value, Asked) else self._at(value)
        return found

    def _at(self, expression: str) -> Number:
        """An expression's one value at the step."""
        if not self.target.step:
            raise InputError(f"“{expression}” has no value before the first character.")
        row = expressions.evaluate(expression, self.trace)[self.target.step - 1]
        if np.ndim(row):
            raise InputError(f"“{expression}” has several values; name one unit.")
        return str(row) if isinstance(row, str | np.str_) else float(row)

    def _asked(self, asked: Asked) -> Number:
        trace, what = self.trace, asked.what
        if asked.kind in ("half_life", "kept", "short_lived"):
            return self._held(asked.kind, _whole(what), asked.more.get("back"))
        if asked.kind == "candidate":  # with another reset gate
            place = self.target.place or (0, trace.model.ways[0])
            r = _whole(asked.more.get("r"))
            return open_gate(trace, self.target.step, place, _whole(what), r)["n"]
        if asked.kind == "count":
            return float(len(expressions.where(str(what), trace)))
        if asked.kind == "first":
            found = expressions.where(str(what), trace)
            return float(found[0]) if len(found) else math.nan
        if asked.kind == "wrote":  # by which step, into the state of a unit at this one
            shares = writing.shares(trace, _whole(asked.more.get("unit")), self.target.step)
            step = _whole(what)
            if not 0 <= step < len(shares):
                raise InputError(f"“{self.stop.heading}”: step {step} has written nothing yet.")
            return float(shares[step])
        return self._left(asked)

    def _held(self, kind: str, what: int, back: object) -> float:
        """How long a unit holds on, what a step leaves of it (on the mean of the logarithms), or
        how many units lose half in less than so many steps."""
        if kind == "half_life":
            return self._half_life(what, back)
        if kind == "kept":
            return float(0.5 ** (1 / writes.half_life_of(self.trace, what)))
        units = range(self.trace.model.hidden_size)
        return float(sum(writes.half_life_of(self.trace, unit) < what for unit in units))

    def _half_life(self, unit: int, back: object) -> float:
        """Over the whole run, or the steps up to this one, so many."""
        if back is None:
            return writes.half_life_of(self.trace, unit)
        self.trace.model.check_unit(unit)
        first = self.target.step - _whole(back) + 1
        if not 1 <= first <= self.target.step:
            raise InputError(f"“{self.stop.heading}”: “back” leads to no step.")
        kept = [float(self.trace.step(t).z[unit]) for t in range(first, self.target.step + 1)]
        logs = np.log(np.maximum(kept, writes.LEAST_KEPT))
        return writes.half_life(float(logs.sum()), len(kept))

    def _left(self, asked: Asked) -> float:
        """The share of the gradient at this step's state that is left some steps back."""
        if asked.what not in _PATHS:
            raise InputError(f"“{self.stop.heading}”: “left” is one of {', '.join(_PATHS)}.")
        t, of = self.target.step, asked.more.get("of")
        back = t - _whole(asked.more.get("back"))
        key = t, of
        if key not in self._influences:
            value = influenced.named(self.trace, None if of is None else str(of), t)
            self._influences[key] = Influence(self.trace, value, t).finish()
        found = self._influences[key]
        place = found.own[0]
        name = f"h_l{place[0]}" + ("_reverse" if place[1] == "reverse" else "")
        begins = found.begins(place)
        if not found.first <= back <= begins:
            raise InputError(f"“{self.stop.heading}”: “back” leads to no step before {begins}.")
        whole = found.norms[name][found.row(begins, place)]
        return float(found.norms[_PATHS[str(asked.what)] + name][found.row(back, place)] / whole)

    @cached_property
    def _influences(self) -> dict[tuple[int, object], Influence]:
        return {}

    # Said ----------------------------------------------------------------------------------

    def words(self, words: Words, notation: str) -> str:
        """With the run's numbers, and the marks' discs."""
        said = phrases.foreign(words[notation]) if words[notation] else ""
        filled = _NAME.sub(lambda found: self._shown(*found.groups()), said)
        return _MARK.sub(lambda found: NO_BREAK + _DISCS[int(found[1]) - 1], filled)

    def _shown(self, name: str, by: str | None, how: str | None) -> str:
        value = self.values[name]
        if by is not None:
            return self._times(value, self.values[by])
        if isinstance(value, str):
            named = {" ": "a space", "\n": "a line end"}.get(value)
            return value if named is None else phrases.told(named)
        if not math.isfinite(value):
            return phrases.told("no number")
        if how == "%":
            return in_percent(value)
        if how == "#" or name == "step":
            return grouped(round(value))
        return in_calculation(value) if how == "=" else two(value)

    def _times(self, value: Number, by: Number) -> str:
        """How many times as much."""
        if isinstance(value, str) or isinstance(by, str) or not (by and math.isfinite(value / by)):
            return phrases.told("no number of")
        return times(abs(value / by))

    def condition(self, condition: str) -> str:
        """With its numbers written out, as the language of conditions reads them."""
        return _NAME.sub(lambda found: self._written(found[1]), condition)

    def _written(self, name: str) -> str:
        value = self.values[name]
        return f'"{value}"' if isinstance(value, str) else f"({value!r})"

    # Right ---------------------------------------------------------------------------------

    @cached_property
    def right(self) -> int:
        """The number of the answer that is right, from 1; 0 where nothing is asked.

        Raises InputError where not exactly one is.
        """
        answers = self.stop.answers
        found = [i for i, answer in enumerate(answers, 1) if self._holds(answer.right)]
        if answers and len(found) != 1:
            raise InputError(
                f"“{self.stop.heading}”: {len(found)} of its answers are right on this run; "
                "exactly one must be."
            )
        return found[0] if found else 0

    def _holds(self, right: bool | str) -> bool:
        if isinstance(right, bool):
            return right
        term = expressions.condition(self.condition(right), self.trace)
        step = self.target.step
        found = expressions.hits(term, self.trace)
        return any(stretch.a + row + 1 == step for stretch, rows in found for row in rows)


def in_percent(share: float) -> str:
    """As many digits as it takes to see that something is there; of very little, how little."""
    size = abs(100 * share)
    if size >= 10 or size == 0:
        return percent(share)
    if size >= 0.01:
        return percent(share, 1 if size >= 0.1 else 2)
    parts = 1 / abs(share)
    if not math.isfinite(parts):
        return phrases.told("next to nothing")
    return phrases.told("one part in {parts}", parts=times(parts))


def in_calculation(value: float) -> str:
    """So that who calculates with it comes to the two decimals of what is said: one more, of a
    small factor two, and brackets around what is negative."""
    words = fixed(value, 3 if abs(value) >= _SMALL else 4)
    return f"({words})" if words.startswith(MINUS) else words


def _whole(value: object) -> int:
    if type(value) is not int:
        raise InputError(f"“{value}” is no whole number; a unit, a step or a count of steps is.")
    return value
