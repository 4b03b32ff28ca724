"""The worked sheet of what a session shows, made once for all that draw it."""

from __future__ import annotations

from gru_debugger.core.edits import set_at
from gru_debugger.core.trace import Step
from gru_debugger.questions.calculation import Sheet, sheet_of
from gru_debugger.session.session import Session


class Sheets:
    """Of some units' rows, in the notation shown."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._made: tuple[object, Sheet] | None = None

    @property
    def there(self) -> bool:
        """Whether any step is recorded, of which a sheet can be made."""
        trace = self._session.trace
        return trace is not None and trace.recorded > 0

    def of_step(self, rows: range) -> Sheet | None:
        """The step shown; None before the first, and where it is not recorded yet."""
        step = self._session.step
        return None if step is None else self.of(step, rows)

    def any(self, rows: range) -> Sheet:
        """Of a step that is recorded, the shown one if it is: to lay out, its numbers aside."""
        session, trace = self._session, self._session.trace
        assert trace is not None
        return self.of_step(rows) or self.of(trace.step(1, *session.where.place), rows)

    def of(self, step: Step, rows: range) -> Sheet:
        """Any step of what is shown."""
        session, trace = self._session, self._session.trace
        assert trace is not None
        place = session.where.place
        key = step, rows, session.notation, place
        if self._made is None or self._made[0] != key:
            edited = set_at(trace.edits, place, step.number, trace.model.hidden_size)
            one_hot = trace.one_hot and not place[0]
            made = sheet_of(trace.model, step, place, one_hot, edited, rows, session.notation)
            self._made = key, made
        return self._made[1]
