"""The influence told: its questions, its sentence, its tables, and what the pointer is on."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from gru_debugger.core.cell import Notation
from gru_debugger.numerals import grouped, two
from gru_debugger.panes import in_words
from gru_debugger.panes.table import Table, Tables
from gru_debugger.phrases import in_text, told
from gru_debugger.questions.influence import PATHS
from gru_debugger.questions.influence_in_words import (
    Shares,
    carried_by,
    held,
    left,
    of_value,
    sentences,
    spoken,
)
from gru_debugger.session.influence import InfluenceHere
from gru_debugger.spans import Span

if TYPE_CHECKING:
    from gru_debugger.panes.influence_asked import AsksInfluence

CALLED = ("all paths", "direct", "gates held", "plain RNN")


def value_in_words(here: InfluenceHere) -> str:
    """“the logit of “e””, “h[9]”, in the course's notation “c[9]”; of nothing, “the value”."""
    if here.found is None:
        return told("the value")
    return here.as_written(of_value(here.found.value, here.found.trace.model.vocabulary))


def missing(pane: AsksInfluence) -> str:
    """Why there is nothing."""
    here = pane.session.influence
    return here.as_written(here.why)


def is_blank(shares: Shares) -> bool:
    """Whether it is looked back, and nothing is found yet that lines could show."""
    return not shares.found.complete and not shares.found.norms[shares.name].any()


def captions(pane: AsksInfluence) -> dict[str, tuple[str, str]]:
    """The question of each lane, and what is drawn."""
    of = value_in_words(pane.session.influence)
    letter, model = pane.letter("h"), pane.model
    state = letter
    if len(model.places) > 1:
        place = model.place_in_words(*pane.session.influence.place)
        state = told("{h} of {place}", h=letter, place=place)
    begin = grouped(pane.shares.begin if pane.shares else pane.session.position)
    return {
        "lines": (told("How strongly does each earlier state still move {value}?", value=of),
                  told("length of its gradient by {state}, as a share of that at step {begin}",
                       state=state, begin=begin)),
        "bars": (told("Which earlier characters matter?"),
                 _spoken(pane) + told("x · gradient; blue: for it, orange: against it")),
        "units": (told("Which units carry it?"),
                  _carried(pane) + told("|gradient by {unit}|, of the largest",
                                        unit=f"{letter}[i]")),
    }  # fmt: skip


def _spoken(pane: AsksInfluence) -> str:
    """Which of them do most; in a picture for paper the sentence says it."""
    if pane.shares is None or not pane.shares.found.complete or not pane.interactive:
        return ""
    words = in_text(spoken(pane.shares.found))
    return words and f"{words}   "


def _carried(pane: AsksInfluence) -> str:
    if pane.shares is None or not pane.shares.found.complete:
        return ""
    words = carried_by(pane.shares)
    return words and f"{words}   "


def tip(pane: AsksInfluence, position: int, unit: int | None) -> str:
    assert pane.shares is not None
    shares = pane.shares
    k = shares.found.row(position, shares.place)
    lines = [_called(pane, position)]
    if 0 <= k < len(shares.found.norms[shares.name]):
        called = names_of_paths()
        parts = [f"{called[path]} {left(float(shares.shares(path)[k]))}" for path in called]
        lines.append(", ".join(parts))
        if unit is not None:
            value = two(float(shares.gradient(position)[unit]), signed=True)
            state = f"{pane.letter('h')}[{unit}]"
            lines.append(told("gradient by {state}: {value}", state=state, value=value))
    spoke = pane.attribution(position)
    if spoke is not None:
        lines.append(told("x · gradient: {value}", value=two(spoke, signed=True)))
    return "\n".join(lines)


def names_of_paths() -> dict[str, str]:
    """As the user's language has them; tables, which files are made of, have CALLED."""
    return {
        "": told("all paths"),
        "direct_": told("direct"),
        "constant_gates_": told("gates held"),
        "plain_rnn_": told("plain RNN"),
    }


def _called(pane: AsksInfluence, step: int) -> str:
    if not 1 <= step <= pane.trace.steps:
        return told("the initial state")
    character = pane.trace.character_in_words(step)
    return told("step {step}, {character}", step=grouped(step), character=character)


def words(pane: AsksInfluence) -> list[str]:
    shares = pane.shares
    if shares is None:
        return [missing(pane)]
    of = told("Influence on {value}", value=value_in_words(pane.session.influence))
    if not shares.found.complete:
        return [f"{of}: {told('looking back…')}"]
    return [of, in_words.plain(all_said(shares, pane.session.notation))]


def all_said(shares: Shares, notation: Notation) -> list[Span]:
    """The sentences, what is left where the gates are held, and who spoke."""
    known = sentences(shares, notation)
    return [*known, *held(shares, notation), *spoken(shares.found)]


def tables(pane: AsksInfluence) -> Tables:
    """What is left at each state, and each unit's gradients there; none while it is looked for."""
    if pane.shares is None or not pane.shares.found.complete:
        return {}
    return {"what is left": partial(_left, pane), "gradients": partial(_gradients, pane)}


def _left(pane: AsksInfluence) -> Table:
    """A row a state: what each path has left there, and what its character spoke."""
    shares = pane.shares
    assert shares is not None
    steps = known_steps(pane)
    spoke = [pane.attribution(step) for step in steps]
    columns = [shares.shares(path) for path in ("", *(f"{path}_" for path in PATHS))]
    values = np.column_stack([*columns, [0.0 if one is None else one for one in spoke]])
    known = np.ones(values.shape, bool)
    known[:, -1] = [one is not None for one in spoke]
    return Table(
        ("step", pane.trace.reading.noun), partial(_name, pane, steps),
        (*CALLED, "x · gradient"), values.astype(np.float32), known,
        row=_row(steps, pane.session.position),
    )  # fmt: skip


def _gradients(pane: AsksInfluence) -> Table:
    shares = pane.shares
    assert shares is not None
    steps, gradients = known_steps(pane), shares.found[shares.name]
    letter = pane.letter("h")
    return Table(
        ("step", pane.trace.reading.noun), partial(_name, pane, steps),
        tuple(f"{letter}[{i}]" for i in range(gradients.shape[1])), np.array(gradients),
        row=_row(steps, pane.session.position), column=pane.session.unit,
    )  # fmt: skip


def known_steps(pane: AsksInfluence) -> range:
    """Those of the states, in the order of the arrays; 0 or steps + 1 is the initial one."""
    shares = pane.shares
    assert shares is not None
    first = shares.found.first + (shares.place[1] == "reverse")
    return range(first, first + len(shares.found[shares.name]))


def _row(steps: range, position: int) -> int | None:
    return position - steps.start if position in steps else None


def _name(pane: AsksInfluence, steps: range, row: int) -> tuple[str, str]:
    step = steps[row]
    inside = 1 <= step <= pane.trace.steps
    return str(step), pane.trace.character_in_words(step) if inside else "before"
