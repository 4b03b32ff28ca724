"""How strongly every earlier state moves the value asked about: found between events, while shown.

Nothing is computed before somebody asks; what is asked at a step is begun anew at the next.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from gru_debugger.core import names
from gru_debugger.errors import InputError
from gru_debugger.numerals import grouped
from gru_debugger.phrases import told
from gru_debugger.session.in_slices import InSlices

if TYPE_CHECKING:
    from gru_debugger.core.edits import Place
    from gru_debugger.core.trace import Trace
    from gru_debugger.questions.influence import Influence
    from gru_debugger.questions.influenced import Value
    from gru_debugger.session.session import Session

BACK = 256  # steps that are looked back here; the command looks at all
_BOTH_WAYS = 2000  # steps of a text that is read in reverse: there all of them can matter
_OWN = re.compile(r"(h|z|r|n)((?:_l\d+)?(?:_reverse)?\[)")  # what the course calls otherwise
_COURSE = {"h": "c", "z": "1 − Γu", "r": "Γr", "n": "c̃"}
_AT_ONCE, _FEW = 48, 64  # steps back, of so many units, take no more than some milliseconds


class InfluenceHere(InSlices):
    """`found` is of what is shown; `why` says why there is none. `advanced`: more of it is known.

    `shown`: whether the pane is in sight, for which the strip looks back.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.shown = False
        self.found: Influence | None = None
        self.why = ""
        self._asked: tuple[object, ...] = ()

    @property
    def _session(self) -> Session:
        """Not kept: a session that only the collector could end might end in another thread."""
        return cast("Session", self.parent())

    def show(self, shown: bool) -> None:
        if shown != self.shown:
            self.shown = shown
            self.forget()
            self._session.scroll_changed.emit()

    def ask(self) -> Influence | None:
        """Of what is shown now; what it takes goes on beside the window."""
        session, trace = self._session, self._session.trace
        if trace is None:
            return None
        view = session.view
        asked = (session.position, session.computation, view.of_selected, view.symbol,
                 view.quantity, view.unit, view.layer, view.direction,
                 min(trace.recorded, self._needed(trace)))  # fmt: skip
        if asked != self._asked:
            self._asked = asked
            self.stop()
            self.found, self.why = None, ""
            try:
                self.found = self._new(trace)
            except InputError as fault:
                self.why = str(fault)
            if self.found is not None:
                self._go(self.found)
        return self.found

    def finished(self) -> Influence | None:
        """The same, all of it: where there are no events."""
        found = self.ask()
        self.stop()
        return found.finish() if found is not None else None

    def forget(self) -> None:
        """Another recording, or nobody looks any more."""
        self.stop()
        self.found, self._asked = None, ()

    def as_written(self, value: str) -> str:
        """“h[9] …”, in the course's notation “c[9] …”."""
        found = _OWN.match(value) if self._session.notation == "course" else None
        return f"{_COURSE[found[1]]}{value[len(found[1]):]}" if found else value

    @property
    def place(self) -> Place:
        """Of which of its places it is shown: the one that is looked at, where it is of that."""
        session, found = self._session, self.found
        here = session.layer, session.direction
        if found is None or here in found.own:
            return here
        return found.own[0]

    def _needed(self, trace: Trace) -> int:
        """Steps that must be recorded."""
        forward = trace.model.ways == ("forward",)
        return self._session.position if forward else trace.steps

    def _new(self, trace: Trace) -> Influence | None:
        from gru_debugger.questions.influence import Influence

        t = self._session.position
        if not t:
            raise InputError(told("nothing has been read yet, so nothing moves anything."))
        if trace.recorded < self._needed(trace):
            raise InputError(told("not recorded yet."))
        if trace.model.ways != ("forward",) and trace.steps > _BOTH_WAYS:
            many = told("of more than {most} steps that are read in reverse it is found by the "
                        "command gru-debugger influence.", most=grouped(_BOTH_WAYS))  # fmt: skip
            raise InputError(many)
        return Influence(trace, self._value(trace, t), t, max(0, t - BACK))

    def _value(self, trace: Trace, t: int) -> Value:
        """The symbol's logit that is asked about, the selected value, or the likeliest's logit."""
        from gru_debugger.questions import influenced

        session, view = self._session, self._session.view
        if view.symbol is not None or not (view.of_selected or trace.model.output is None):
            quantity, of = "h", ""
        else:
            quantity, place = view.quantity, (view.layer, view.direction)
            of = names.value(trace.model, quantity, place, view.unit)
        if not session.is_computed(quantity):
            value = of or told("the logit")
            raise InputError(told("{value} is not computed yet in this step.", value=value))
        if of:
            return influenced.named(trace, of, t)
        if view.symbol is None:
            return influenced.likeliest_logit(trace, t)
        return influenced.logit(trace.model, view.symbol)

    def _go(self, found: Influence) -> None:
        """The nearest at once where that is a moment's work, so that nothing flickers."""
        few = found.trace.model.hidden_size <= _FEW
        if not few or all(found.advance() for _ in range(_AT_ONCE)):
            self._begin()

    def _advance(self) -> bool:
        return self.found is not None and self.found.advance()
