"""The selected unit told: in plain words, and as tables of its values and their terms."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from gru_debugger import phrases
from gru_debugger.core.model import printable
from gru_debugger.core.quantities import CELL_QUANTITIES
from gru_debugger.core.trace import Step
from gru_debugger.numerals import two
from gru_debugger.panes import beside, in_words, named, terms
from gru_debugger.panes.pane import Pane
from gru_debugger.panes.table import MOST, Table, Tables
from gru_debugger.questions.asked import ASKED, Asked
from gru_debugger.questions.causes import Value
from gru_debugger.questions.open_gate import ASKED_OF, open_gate_briefly
from gru_debugger.questions.sentences import sentence
from gru_debugger.questions.terms import Term, Terms
from gru_debugger.questions.why import Row
from gru_debugger.questions.writing_in_words import overwritten_briefly, written_briefly
from gru_debugger.session.frame import Frame
from gru_debugger.spans import Span

_HEADS, _VALUE = ("quantity", "what it is"), ("value",)
_TOLD = 4  # rows of a group told in words
_OWN = [q for q in CELL_QUANTITIES if q != "x"]
_GROUPS = (  # quantities told in one sentence
    ("r", "input_r", "hidden_r"),
    ("z", "input_z", "hidden_z"),
    ("n", "input_n", "hidden_n", "reset_product"),
    ("h", "h_prev", "take", "keep"),
)


def words(pane: Pane, inside: Sequence[Span]) -> str:
    """What happened to the unit, its gates, and why the selected value is so; `inside`: what is
    said of that inside a step."""
    session, frame = pane.session, pane.session.frame
    if frame is None:
        return in_words.sentences(in_words.place(session), in_words.initial(session))
    said = [in_words.place(session)]
    by_hand = frame.by_hand(session.unit)
    blended = sentence(frame.step, session.unit, notation=session.notation, by_hand=by_hand,
                       thresholds=session.view.thresholds)  # fmt: skip
    said.append(phrases.told("Unit {unit}: {said}", unit=str(session.unit),
                             said=in_words.plain(inside or blended)))  # fmt: skip
    said += [in_words.of_unit(session, group) for group in _GROUPS]
    return in_words.sentences(*said, *_why(pane, frame), *_writing(pane, frame))


def begun(pane: Pane) -> list[str]:
    """What there is of the selected value before the first step: of a state what it starts with."""
    session = pane.session
    if session.initial is None:
        return []
    value = two(float(session.initial[session.unit]))
    origin = pane.trace.initial.in_words(session.notation)
    if session.told == "h":
        return [phrases.told("It starts with {value}.", value=value), origin]
    nothing = phrases.told("Nothing of it is computed yet.")
    if session.told == "probabilities":  # which is no unit's
        return [nothing]
    begins = "The unit's state starts with {value}; {origin}."
    return [nothing, phrases.told(begins, value=value, origin=origin)]


def _writing(pane: Pane, frame: Frame) -> list[str]:
    """What W and Shift+W say of a state that is computed; what its open gate would do."""
    session = pane.session
    if not session.is_computed("h"):
        return []
    trace, unit, step = pane.trace, session.unit, frame.step
    place = session.layer, session.direction
    said = [ask(trace, unit, step.number, place, True)
            for ask in (written_briefly, overwritten_briefly)]  # fmt: skip
    if session.told in ASKED_OF:
        said.insert(0, open_gate_briefly(trace, unit, step, place, session.told))
    return [f"{in_words.plain(brief.first)} {brief.second}".strip() for brief in said]


def _why(pane: Pane, frame: Frame) -> list[str]:
    """What the selected value is made of; the numbers are those of Alt+1 to Alt+9."""
    session, told = pane.session, pane.session.told
    of = in_words.name(session, told)
    value = two(float(frame.step.values[told][session.told_at]))
    if told == "probabilities":
        symbol = printable(named.symbol(pane, session.told_at))
        of = phrases.told("probability of {symbol}", symbol=symbol)
    said = []
    for group in terms.why(pane, frame.step).groups:
        rows = [_row(pane, row) for row in group.rows(_TOLD)]
        note = f" ({phrases.told(group.note)} {two(group.total)})" if group.note else ""
        question = phrases.told("Why the {quantity} is {value}", quantity=of, value=value)
        if group.title:
            question = phrases.told(group.title).rstrip("?")
        said.append(f"{question}{note}: {', '.join(rows)}")
    if there := beside.words(pane):
        said.insert(0, phrases.told("{where} the {quantity} is {value}", where=beside.where(pane),
                                    quantity=of, value=there))  # fmt: skip
    if told in frame.by_hand(session.unit):
        by_hand = "The {quantity} was set by hand; this is what it would have been"
        said.insert(0, phrases.told(by_hand, quantity=of))
    return said


def _row(pane: Pane, row: Row) -> str:
    name = terms.plain(row)
    if row.read:
        character = pane.trace.character_in_words(row.read)
        if row.product is None:
            name = f"{character} {name}"
        else:
            name = phrases.told("step {t}, {character}", t=name, character=character)
    words = f"{name} {two(row.value)}"
    if not row.number:
        return words
    return phrases.told("cause {number}: {said}", number=str(row.number), said=words)


def numbers(pane: Pane) -> Tables:
    """The unit's values, a row a quantity; then every term of the sums, largest first."""
    session = pane.session
    if session.step is None:
        return {} if session.initial is None else {"values": partial(_initial, pane)}
    computed = [asked for asked in ASKED if session.is_computed(asked)]
    terms_of = {f"terms of {sum_of(q)}": partial(_terms, pane, q) for q in computed}
    return {"values": partial(_values, pane, session.step), **terms_of}


def sum_of(asked: Asked) -> str:
    """The quantity that a value's terms add up to."""
    return "h" if asked == "h" else f"sum_{asked}"


def _values(pane: Pane, step: Step) -> Table:
    session = pane.session
    shown = [q for q in _OWN if session.is_computed(q)]
    values = np.array([[step.values[q][session.unit]] for q in shown], np.float32)
    return Table(_HEADS, lambda i: (shown[i], in_words.name(session, shown[i])), _VALUE, values)


def _initial(pane: Pane) -> Table:
    session = pane.session
    origin = pane.trace.initial.in_words(session.notation)
    assert session.initial is not None
    values = session.initial[session.unit : session.unit + 1, None]
    return Table(_HEADS, lambda _: ("h", origin), _VALUE, values)


def _terms(pane: Pane, asked: Asked) -> Table:
    step = pane.session.step
    assert step is not None
    shown = terms_of(pane, step, asked).largest(MOST)
    values = np.array([(t.met or 0.0, t.factor, t.value) for t in shown], np.float32)
    known = np.array([(t.met is not None, t.met is not None, True) for t in shown])
    columns = "meets", "weight", "term"
    return Table(("of",), lambda i: (plain(shown[i]),), columns, values, known)


def terms_of(pane: Pane, step: Step, asked: Asked) -> Terms:
    """All that the sum, or the new state, is made of."""
    session = pane.session
    place = session.layer, session.direction
    return Value(pane.trace, asked, place, session.unit, step.number, step).terms


def plain(term: Term) -> str:
    """A term's name where there is only text: h[3]."""
    return term.name.replace("_{", "[").replace("}", "]")
