"""A tour on the window: it stands where a stop says, and the keys that answer are the tour's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, QTimer, Signal

from gru_debugger.errors import GRUDebuggerError
from gru_debugger.numerals import grouped
from gru_debugger.phrases import told
from gru_debugger.session.opening import Wish
from gru_debugger.window.tour_keys import TourKeys
from gru_debugger.window.tour_panes import TourPanes

if TYPE_CHECKING:
    from gru_debugger.core.model import Model
    from gru_debugger.core.run import Run
    from gru_debugger.lessons.live import Live
    from gru_debugger.lessons.tour import Stop, Tour
    from gru_debugger.main_window import MainWindow
    from gru_debugger.window.tour_before import Before
    from gru_debugger.window.tour_card import TourCard
    from gru_debugger.window.tour_marks import TourMarks

BUNDLED = "bundled:gates"
_KEY = "tour"  # in the settings: its path, the stop where it was left, what was answered
_SLACK = 8  # pixels that Qt may share otherwise


class Tours(QObject):
    """`under_way`: whether a stop is shown. What it needs is imported when one begins."""

    told = Signal(str)

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.tour: Tour | None = None
        self.index, self.chosen = 0, cast("int | None", None)
        self.live: Live | None = None
        self._run: Run | None = None  # what the stop reads, as it was opened
        self._given: dict[int, int] = {}  # answers, by the indices of their stops
        self._panes = TourPanes(window)
        self.before: Before | None = None
        self._lives: dict[int, Live] = {}
        self._last = BUNDLED  # the one that was left, and is gone on with
        self._keys = TourKeys(self, window)
        self._card: TourCard | None = None
        self._marks: TourMarks | None = None
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._give_room)

    @property
    def under_way(self) -> bool:
        return self.tour is not None

    # Begun and left ------------------------------------------------------------------------

    def left_at(self, path: str = BUNDLED) -> int:
        """The index of the stop where that tour was left; 0 for none."""
        at = self._kept(path)[:1]
        return int(at[0]) if at and _is_whole(at[0]) else 0

    def _kept(self, path: str) -> list[str]:
        """What the settings have of that tour, behind its path."""
        kept = self._window.settings.value(_KEY, [])
        if not isinstance(kept, list) or not kept or str(kept[0]) != path:
            return []
        return [str(one) for one in kept[1:]]

    def _answered(self, tour: Tour) -> dict[int, int]:
        """What was answered before it was left; of what is no answer to a stop of it, nothing."""
        found: dict[int, int] = {}
        for one in " ".join(self._kept(str(tour.path))[1:2]).split(" "):
            stop, _, number = one.partition(":")
            if not (_is_whole(stop) and _is_whole(number)) or int(stop) >= len(tour.stops):
                continue
            answers = len(tour.stops[int(stop)].answers)
            if answers and int(number) <= answers:
                found[int(stop)] = int(number)
        return found

    def toggle(self) -> None:
        self.leave() if self.under_way else self.begin(self._last)

    def begin(self, path: str = BUNDLED) -> None:
        """From where it was left; what is wrong with it is told, and all stays as it is."""
        from gru_debugger.lessons import reading
        from gru_debugger.window import tour_before

        try:
            tour = reading.read(path)
        except GRUDebuggerError as fault:
            self._window.message.error(str(fault), "tour")
            return
        if self.under_way:
            self._keep()
        else:
            self.before = tour_before.now(self._window.session)
            self._listen()
            self._panes.begin()
        self.tour, self._given, self._lives = tour, self._answered(tour), {}
        at = self.left_at(str(tour.path))
        self._go(at if at < len(tour.stops) else 0)

    def _listen(self) -> None:
        window = self._window
        if self._card is None:
            from gru_debugger.window.tour_card import TourCard
            from gru_debugger.window.tour_marks import TourMarks

            content = window.docks.content("tour")
            assert isinstance(content, TourCard)
            self._card = content
            content.answered.connect(self.answer)
            content.moved.connect(self.move)
            content.left.connect(self.leave)
            content.begun.connect(self.begin)
            content.again.connect(self.begin_again)
            content.returned.connect(self.come_back)
            content.changed.connect(self.give_room_again)
            self._marks = TourMarks(window, window.centre)
            session = window.session
            for changed in (session.position_changed, session.opened, window.cell.laid_out):
                changed.connect(self._follow)
            session.view_changed.connect(self._show)
        handle = window.windowHandle()
        if handle is not None:
            handle.installEventFilter(self._keys)

    def begin_again(self) -> None:
        """From the first stop; no answer has been given."""
        self._given = {}
        self._go(0)

    def leave(self) -> None:
        """What was open before is open again; the tour goes on where it was the next time."""
        if self.tour is None:
            return
        at, count = self.index + 1, len(self.tour.stops)
        self._last = str(self.tour.path)
        own = self.stands_on_its_own
        self.put_down()
        self.tour = self.live = self._run = None
        handle = self._window.windowHandle()
        if handle is not None:
            handle.removeEventFilter(self._keys)
        if self._card is not None and self._marks is not None:
            self._marks.point(())
            self._card.show_none()
        if self.before is not None and own:
            self.before.bring_back(self._window.session, self._window.files.recordings)
        self.before = None
        self._window.focus_stepping()
        if at > 1:
            self.told.emit(told(
                "The tour was left at stop {n} of {count}; Shift+F1 goes on there.",
                n=str(at), count=str(count),
            ))  # fmt: skip

    def put_down(self) -> None:
        """Where it is left is kept, and what was answered; the panes are as they were, and the
        window may end then."""
        if self.tour is not None:
            self._keep()
            self._panes.end()

    def _keep(self) -> None:
        assert self.tour is not None
        given = " ".join(f"{stop}:{number}" for stop, number in sorted(self._given.items()))
        self._window.settings.setValue(_KEY, [str(self.tour.path), self.index, given])

    def restored(self) -> None:
        """The layout has been: the tour's own is made of that."""
        if self.under_way:
            self._panes.begin_anew()
            self.come_back()

    def record(self) -> None:
        """Each bookmark becomes a stop of a file that the user names."""
        from gru_debugger.window import tour_record

        path = tour_record.record(self._window, self._window.session, self._window.message)
        if path:
            self.told.emit(f"Written as {path}; gru-debugger opens it, an editor adds questions.")

    # From stop to stop ---------------------------------------------------------------------

    def move(self, by: int) -> None:
        """To another stop; beyond the last the tour ends, and begins anew the next time."""
        assert self.tour is not None
        there = self.index + by
        if there >= len(self.tour.stops):
            self.index, self._given = 0, {}
            self.leave()
            self.told.emit("The tour is over; Shift+F1 begins it again.")
        elif there >= 0:
            self._go(there)

    def _go(self, index: int) -> None:
        assert self.tour is not None
        self.index, self.chosen, self.live = index, self._given.get(index), None
        stop = self.tour.stops[index]
        if self._is_open(stop.model, stop.text):
            self._stand()
        else:
            self._open(stop.model, stop.text)

    def come_back(self) -> None:
        """To the stop, from where else the window stands."""
        self._go(self.index)

    @property
    def stands_on_its_own(self) -> bool:
        """Whether the model that is open is one that a stop opened."""
        edited = self._window.session.edited
        return self._run is not None and edited is not None and edited.run.model is self._run.model

    def _is_open(self, path: str, text: str | None) -> bool:
        """As it was opened for a stop, without what the user has tried in it since."""
        session = self._window.session
        if session.edited is None or session.edited is not session.trace:
            return False
        run = session.edited.run
        own = run.model.example.text if run.model.example else None
        wanted = own if text is None else text
        return run == self._run and run.model.source.path == path and run.source == wanted

    def _open(self, path: str, text: str | None) -> None:
        from gru_debugger.session import choosing
        from gru_debugger.source import AS_FOUND

        files, tour = self._window.files, self.tour

        def use(model: Model) -> None:
            if self.tour is tour and files.recordings.open_model(model, path, _wish(model, text)):
                edited = self._window.session.edited
                self._run = edited.run if edited is not None else None
                self._stand()

        files.opener.start(
            lambda watch: choosing.read(path, AS_FOUND, watch),
            lambda read: files.decide(read, use),
        )

    def _stand(self) -> None:
        """Where the stop says, so far computed as it says."""
        assert self.tour is not None
        stop, session = self.tour.stops[self.index], self._window.session
        try:
            self.live = self._lives.get(self.index) or self._new(stop)
        except GRUDebuggerError as fault:
            self._window.message.error(str(fault), "tour")
            return
        self._lives[self.index], at = self.live, self.live.target
        if at.place is not None:
            session.look(layer=at.place[0], direction=at.place[1])
        if at.unit is not None and at.quantity is not None:
            session.select_value(at.quantity, at.unit)
        session.look(centre=stop.view)
        session.go_to(at.step, self._computation)
        if stop.show:
            session.look(of_selected=stop.of_selected)
        self._window.docks.show("tour")
        self._show()
        self._give_room()
        self._window.focus_stepping()

    def _new(self, stop: Stop) -> Live:
        """With all that it says worked out. Raises GRUDebuggerError."""
        from gru_debugger.core.trace import Trace
        from gru_debugger.lessons.live import Live

        assert self._run is not None
        live = Live(stop, Trace.of(self._run).finish())
        _ = live.values, live.right
        return live

    @property
    def asked(self) -> bool:
        """Whether the stop waits for an answer."""
        return self.chosen is None and self.live is not None and bool(self.live.stop.answers)

    @property
    def _computation(self) -> str:
        """How far the stop's step is computed now."""
        stop = self.live.stop if self.live is not None else None
        return (stop.computation if stop is not None and self.chosen is None else "") or "blend"

    def _give_room(self) -> None:
        """As high as the stop needs; what stands below it can do with less, or without."""
        if self._card is None or self.live is None:
            return
        self._panes.widen()
        needed = self._card.needed() + self._panes.around() + _SLACK
        self._panes.show(() if self.asked else self.live.stop.show, needed)
        self._card.fit()
        if self._marks is not None:
            self._marks.follow()  # what was opened would lie over them

    def give_room_again(self) -> None:
        """Once what changed has its place: the card's words, the window's size."""
        if self.live is not None:
            self._later.start()

    def scroll(self, pages: int) -> None:
        """In what the card has no room for."""
        if self._card is not None:
            self._card.scroll_by(pages)

    def answer(self, number: int) -> None:
        """An answer, or 0: the window shows what is so."""
        live = self.live
        if live is None or self.chosen is not None or number > len(live.stop.answers):
            return
        self._given[self.index] = number
        self._go(self.index)

    # Shown ---------------------------------------------------------------------------------

    def _show(self) -> None:
        if self.tour is None or self.live is None or self._card is None:
            return
        self._card.show_stop(
            self.tour.title, self.index, len(self.tour.stops), self.live,
            self._window.session.notation, self.chosen,
        )  # fmt: skip
        self._follow()

    def _follow(self) -> None:
        """Marks are true at the stop alone: elsewhere nothing is pointed at, and that is said."""
        if self._marks is None or self._card is None:
            return
        away = self.away()
        self._card.say_away(away)
        if self.live is None or away:
            self._marks.point(())
            return
        stop = self.live.stop
        asked_for = _values([stop.hidden])
        hidden, found = (asked_for, []) if self.asked else ([], asked_for)
        self._marks.point(_values(stop.marks), hidden, found)

    def away(self) -> str:
        """Where the window stands, if that is not where the stop does."""
        live, session = self.live, self._window.session
        if live is None:
            return ""
        at = live.target
        if not self._is_open(live.stop.model, live.stop.text):
            return told("Something else is open than this stop speaks of.")
        if session.position != at.step:
            here, there = grouped(session.position), grouped(at.step)
            return told("You are at step {t}; this stop is at step {there}.", t=here, there=there)
        if at.place is not None and at.place != (session.layer, session.direction):
            return told("You look at another layer than this stop speaks of.")
        if session.computation != self._computation:
            return told("The step is computed to another place than at this stop.")
        return ""


def _is_whole(words: str) -> bool:
    return words.isdecimal() and len(words) < 9


def _wish(model: Model, text: str | None) -> Wish:
    own = model.example.text if model.example else None
    return Wish(own if text is None else text, strict=True, afresh=True)


def _values(written: Iterable[str]) -> list[tuple[str, int]]:
    return [found for one in written if (found := _value(one)) is not None]


def _value(written: str) -> tuple[str, int] | None:
    """z[9] as its quantity and unit."""
    name, _, rest = written.partition("[")
    unit = rest.removesuffix("]")
    return (name, int(unit)) if _is_whole(unit) else None
