"""Ready-made stops and lanes in two menus and in the palette: once sets one, again removes it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu, QWidget

from gru_debugger.errors import GRUDebuggerError, one_line
from gru_debugger.questions import ready_made
from gru_debugger.questions.ready_made import Asked, ReadyMade
from gru_debugger.session.session import Session
from gru_debugger.window.lane_line import set_lane
from gru_debugger.window.palette_entries import Entry
from gru_debugger.window.plain import on_button

Kind = tuple[str, tuple[ReadyMade, ...], bool]
KINDS: tuple[Kind, ...] = (
    ("Stop where", ready_made.STOPS, True),
    ("Lane of", ready_made.LANES, False),
)


class ReadyLanes(QObject):
    """`answered` tells what was set, or why it can't be."""

    answered = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def menus(self, parent: QWidget) -> list[QMenu]:
        """Made anew whenever one opens: they name the selected unit."""
        made = [QMenu(title, parent) for title, _, _ in KINDS]
        for menu, kind in zip(made, KINDS, strict=True):
            menu.aboutToShow.connect(partial(self._fill, menu, kind))
        return made

    def _fill(self, menu: QMenu, kind: Kind) -> None:
        menu.clear()
        for entry in self.entries(kind):
            words = entry.title.removeprefix(f"{kind[0]} the ").removeprefix(f"{kind[0]} ")
            action = menu.addAction(on_button(words[0].upper() + words[1:]))
            action.setCheckable(True)
            action.setChecked(bool(entry.ticked))
            action.setEnabled(entry.enabled)
            action.triggered.connect(lambda *_, run=entry.run: run())

    def entries(self, *kinds: Kind) -> list[Entry]:
        """What can be set, or is; none where nothing is open."""
        session, trace = self._session, self._session.trace
        if trace is None:
            return []
        edge = session.view.thresholds.saturated
        asked = Asked(trace, (session.layer, session.direction), session.unit, edge)
        return [
            self._entry(f"{title} {one.titled(asked)}", one, asked, armed)
            for title, ready, armed in kinds
            for one in ready
        ]

    def _entry(self, title: str, one: ReadyMade, asked: Asked, armed: bool) -> Entry:
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
