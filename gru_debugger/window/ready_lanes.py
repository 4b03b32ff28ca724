"""Ready-made stops and lanes in two menus and in the palette: once sets one, again removes it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu, QWidget

from gru_debugger.errors import GRUDebuggerError, one_line
from gru_debugger.session.lane_marks import set_lane
from gru_debugger.session.session import Session
from gru_debugger.window.plain import on_button

if TYPE_CHECKING:
    from gru_debugger.questions.ready_made import Asked, ReadyMade
    from gru_debugger.window.palette_entries import Entry

KINDS = "Stop where", "Lane of"  # the first are to halt


class ReadyLanes(QObject):
    """`answered` tells what was set, or why it can't be."""

    answered = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def menus(self, parent: QWidget) -> list[QMenu]:
        """Made anew whenever one opens: they name the selected unit."""
        made = [QMenu(kind, parent) for kind in KINDS]
        for menu, kind in zip(made, KINDS, strict=True):
            menu.aboutToShow.connect(partial(self._fill, menu, kind))
        return made

    def _fill(self, menu: QMenu, kind: str) -> None:
        menu.clear()
        for entry in self.entries(kind):
            words = entry.title.removeprefix(f"{kind} the ").removeprefix(f"{kind} ")
            action = menu.addAction(on_button(words[0].upper() + words[1:]))
            action.setCheckable(True)
            action.setChecked(bool(entry.ticked))
            action.setEnabled(entry.enabled)
            action.triggered.connect(lambda *_, run=entry.run: run())

    def entries(self, *kinds: str) -> list[Entry]:
        """What can be set, or is; none where nothing is open."""
        from gru_debugger.questions.ready_made import LANES, STOPS, Asked

        session, trace = self._session, self._session.trace
        if trace is None:
            return []
        edge = session.view.thresholds.saturated
        asked = Asked(trace, (session.layer, session.direction), session.unit, edge)
        return [
            self._entry(f"{kind} {one.titled(asked)}", one, asked, kind == KINDS[0])
            for kind in kinds
            for one in (STOPS if kind == KINDS[0] else LANES)
        ]

    def _entry(self, title: str, one: ReadyMade, asked: Asked, armed: bool) -> Entry:
        from gru_debugger.window.palette_entries import Entry

        why = one.why_not(asked.trace)
        at = self._at(one, asked)
        there = at is not None and (not armed or self._session.marks.lanes[at].armed)
        run = partial(self._toggle, title, one, asked, armed)
        return Entry(f"{title} ({why})" if why else title, run, ticked=there, enabled=not why)

    def _at(self, one: ReadyMade, asked: Asked) -> int | None:
        """The lane that it is."""
        said = [lane.expression for lane in self._session.marks.lanes]
        return next((i for i, words in enumerate(said) if one.is_said(asked, words)), None)

    def _toggle(self, title: str, one: ReadyMade, asked: Asked, armed: bool) -> None:
        session, marks, at = self._session, self._session.marks, self._at(one, asked)
        if at is not None and armed > marks.lanes[at].armed:
            session.mark(marks.armed(at))
        elif at is not None:
            session.mark(marks.without_lane(at))
            self.answered.emit(f"No longer: {title}.")
            return
        else:
            try:
                set_lane(session, one.said(asked), armed=armed)
            except GRUDebuggerError as fault:
                self.answered.emit(one_line(str(fault)))
                return
        self.answered.emit(f"{title}; F5 runs there." if armed else f"{title}.")
