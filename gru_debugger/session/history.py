"""One history of what is open: what undo goes back to, and redo forth.

A `State` is what undo brings back. Where one was in it, the step and the selection, is remembered
beside it and is no change of its own. Recordings are kept for the states nearest to the one that
is open, as far as a budget of bytes reaches; those of others are made again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from gru_debugger.core.edits import Place
from gru_debugger.core.model import Model
from gru_debugger.core.reading import Rows
from gru_debugger.core.run import Run
from gru_debugger.core.trace import Trace
from gru_debugger.errors import one_line
from gru_debugger.files import Text
from gru_debugger.numerals import grouped
from gru_debugger.session.marks import Marks

MOST = 100  # states
RECORDINGS = 256 << 20  # bytes of recordings beside the one that is open
RUNS = 1 << 30  # bytes of models and of what they read, beside those that are open
_LONGEST = 60  # characters of a sentence in a menu
_NONE = Marks()


@dataclass(frozen=True)
class Beside:
    """What is pinned: a run, or the one of its steps; 0 for the run."""

    run: Run
    step: int = 0


@dataclass(frozen=True)
class State:
    """What undo brings back: all that is open and that a user would miss."""

    run: Run
    marks: Marks = _NONE
    beside: Beside | None = None

    def change_from(self, before: State) -> str:
        """What was changed, in a menu's words."""
        old, new = before.run, self.run
        if new == old:
            return self.marks.change_from(before.marks) or _pinned(self.beside, before.beside)
        if new.model is not old.model:
            return _another_model(old.model, new.model)
        if not same_text(old, new):
            return _another_source(new.source)
        if new.unknown != old.unknown:
            return "another reading"
        if new.initial is not old.initial:
            return "another h(0)"
        return _other_edits(old.edits, new.edits)


def same_text(old: Run, new: Run) -> bool:
    """Or the same rows."""
    return new.source is old.source or new.source == old.source


def _another_source(new: str | Rows) -> str:
    if isinstance(new, Rows):
        return "other rows"
    return "letters written on" if Text.is_continued(new) else "another text"


def _another_model(old: Model, new: Model) -> str:
    if (old.source.path, old.source.sha256) != (new.source.path, new.source.sha256):
        return "model read again" if old.source.path == new.source.path else "another model"
    if old.source.choice != new.source.choice or old.source.gru != new.source.gru:
        return "another GRU or layer"
    return "another vocabulary" if old.vocabulary != new.vocabulary else "model read again"


def _other_edits(old: tuple[str, ...], new: tuple[str, ...]) -> str:
    if len(new) == len(old) + 1 and new[:-1] == old:
        return one_line(new[-1], _LONGEST)
    gone = [sentence for sentence in old if sentence not in new]
    if len(gone) == 1 and len(new) == len(old) - 1:
        return one_line(f"{gone[0]} removed", _LONGEST)
    return "edits" if new else "edits removed"


def _pinned(new: Beside | None, old: Beside | None) -> str:
    if new is not None:
        return f"step {grouped(new.step)} pinned" if new.step else "run pinned"
    return "" if old is None else f"{'step' if old.step else 'run'} no longer pinned"


@dataclass(frozen=True)
class Where:
    """The step and the selection in a state."""

    position: int
    unit: int
    place: Place
    quantity: str = "z"
    symbol: int | None = None


@dataclass
class Entry:
    """`trace` is None once the recording is no longer kept; `moved`: one went to another step of
    what was open with it, and so do undo and redo."""

    state: State
    where: Where
    trace: Trace | None
    moved: bool = False

    def record(self, upon: Trace | None = None) -> Trace:
        """The recording, made again where it is gone: upon another of the same plain run.

        Raises GRUDebuggerError where that can't be, for want of room, say.
        """
        run = self.state.run
        if self.trace is not None:
            return self.trace
        if upon is not None and upon.run.plain == run.plain:
            return upon.with_edits(*run.edits)
        return Trace.of(run)


class History:
    """The entries, and which of them is open: none at first."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._at = -1
        self._before: Entry | None = None  # what was open before

    def add(
        self,
        trace: Trace,
        where: Where,
        marks: Marks = _NONE,
        beside: Beside | None = None,
        again: bool = False,
        moved: bool = False,
    ) -> None:
        """Something else is open now: what was undone before can't be redone any more.

        `again`: it takes the place of what is open, as one change with that.
        """
        entry = Entry(State(trace.run, marks, beside), where, trace, moved)
        same = bool(self._entries) and self._entries[self._at].state == entry.state
        if same or (again and self._entries):
            entry.moved = self._entries[self._at].moved
            self._entries[self._at] = entry  # the same again is no change
        else:
            self._before = self._entries[self._at] if self._entries else None
            self._entries = [*self._entries[: self._at + 1], entry]
            self._at = len(self._entries) - 1
        self._forget()

    def grow(self, trace: Trace, where: Where, marks: Marks, beside: Beside | None) -> None:
        """What is open goes on as this: one change, undone as one."""
        self._entries[self._at :] = [Entry(State(trace.run, marks, beside), where, trace)]
        self._forget()

    def bring(self, marks: Marks, beside: Beside | None) -> None:
        """What is open has these: no change of its own."""
        if self._entries:
            entry = self._entries[self._at]
            entry.state = replace(entry.state, marks=marks, beside=beside)

    def leave(self, where: Where) -> None:
        """Where one is in what is open, to come back to."""
        if self._entries:
            self._entries[self._at].where = where

    # Undo and redo -------------------------------------------------------------------------

    def can_go(self, by: int) -> bool:
        """Back by −1, forth by 1."""
        return 0 <= self._at + by < len(self._entries)

    def words(self, by: int) -> str:
        """What going there would undo or redo; empty where nothing."""
        if not self.can_go(by):
            return ""
        later = max(self._at, self._at + by)
        return self._entries[later].state.change_from(self._entries[later - 1].state)

    def moves(self, by: int) -> bool:
        """Whether going there leads to where one was there, though the same stays open."""
        return self._entries[max(self._at, self._at + by)].moved

    @property
    def before(self) -> Trace | None:
        """The run that undo would bring back, where its recording is kept and whole."""
        entry = self._entries[self._at - 1] if self.can_go(-1) else None
        kept = entry.trace if entry is not None else None
        return kept if kept is not None and kept.complete else None

    def recording(self, run: Run) -> Trace | None:
        """One that is kept."""
        kept = (entry.trace for entry in self._entries)
        return next((trace for trace in kept if trace is not None and trace.run == run), None)

    def there(self, by: int) -> Entry:
        """The entry there, recorded. Raises GRUDebuggerError."""
        entry = self._entries[self._at + by]
        entry.trace = entry.record(self._entries[self._at].trace)
        return entry

    def go(self, by: int) -> Entry:
        """The same, which is the open one now."""
        entry = self.there(by)
        self._before = self._entries[self._at]
        self._at += by
        self._forget()
        return entry

    def refuse(self) -> Entry | None:
        """What is open can't be: what was open before is, recorded; None where nothing was.

        Raises GRUDebuggerError, and all stays as it is.
        """
        others = [*self._entries[: self._at], *self._entries[self._at + 1 :]]
        if not others:
            return None
        nearest = others[max(0, self._at - 1)]
        before = next((entry for entry in others if entry is self._before), nearest)
        before.trace = before.record()
        at = next(i for i, entry in enumerate(others) if entry is before)
        self._entries, self._at, self._before = others, at, None
        self._forget()
        return before

    # Memory --------------------------------------------------------------------------------

    def _forget(self) -> None:
        """What no budget reaches: first recordings, then the oldest states."""
        kept, room = {id(self._entries[self._at].trace)}, RECORDINGS
        for entry in self._nearest():
            if entry.trace is not None and id(entry.trace) not in kept:
                room -= entry.trace.bytes_kept
                if room < 0:
                    entry.trace = None
                else:
                    kept.add(id(entry.trace))
        while len(self._entries) > MOST or (len(self._entries) > 1 and self._weight() > RUNS):
            first = self._at > 0  # of what is farther than the other end
            gone = self._entries.pop(0 if first else -1)
            self._before = None if gone is self._before else self._before
            self._at -= first

    def _nearest(self) -> Iterator[Entry]:
        """All but the open one, those first that are undone or redone first."""
        for away in range(1, len(self._entries)):
            for i in (self._at - away, self._at + away):
                if 0 <= i < len(self._entries):
                    yield self._entries[i]

    def _weight(self) -> int:
        """Bytes of the models and of what they read, without those that are open."""
        runs = [entry.state.run for entry in self._entries]
        held = {id(thing): _size(thing) for run in runs for thing in (run.model, run.source)}
        now = runs[self._at]
        return sum(held.values()) - held[id(now.model)] - held[id(now.source)]


def _size(thing: Model | str | Rows) -> int:
    if isinstance(thing, Model):
        return thing.bytes_kept
    return len(thing) if isinstance(thing, str) else int(thing.values.nbytes)
