"""A tour on the window: it stands where a stop says, and the keys that answer are the tour's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QPlainTextEdit

from gru_debugger.errors import GRUDebuggerError
from gru_debugger.session.opening import Wish
from gru_debugger.window.combo import Combo

if TYPE_CHECKING:
    from gru_debugger.core.model import Model
    from gru_debugger.core.run import Run
    from gru_debugger.lessons.live import Live
    from gru_debugger.lessons.tour import Tour
    from gru_debugger.main_window import MainWindow
    from gru_debugger.window.tour_card import TourCard
    from gru_debugger.window.tour_marks import TourMarks

SUFFIX = ".grutour"
BUNDLED = "bundled:gates"
_KEY = "tour"  # in the settings: its path, and the stop where it was left
_DOWN = Qt.Orientation.Vertical
_BELOW = 130  # pixels that the next character keeps
_DIGITS = (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3)
_PAGES = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}
_TYPING = (QLineEdit, QPlainTextEdit, QAbstractSpinBox, Combo)


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
        self._room = 0  # pixels that its place was high before a stop needed more
        self._card: TourCard | None = None
        self._marks: TourMarks | None = None

    @property
    def under_way(self) -> bool:
        return self.tour is not None

    # Begun and left ------------------------------------------------------------------------

    def left_at(self, path: str = BUNDLED) -> int:
        """The index of the stop where that tour was left; 0 for none."""
        kept = self._window.settings.value(_KEY, [])
        if isinstance(kept, list) and len(kept) == 2 and str(kept[0]) == path:
            return int(kept[1]) if str(kept[1]).isdigit() else 0
        return 0

    def toggle(self) -> None:
        self.leave() if self.under_way else self.begin()

    def begin(self, path: str = BUNDLED) -> None:
        """From where it was left; what is wrong with it is told, and all stays as it is."""
        from gru_debugger.lessons import reading

        try:
            tour = reading.read(path)
        except GRUDebuggerError as fault:
            self._window.message.error(str(fault), "tour")
            return
        if not self.under_way:
            self._listen()
        self.tour = tour
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
            self._marks = TourMarks(window, window.centre)
            session = window.session
            for changed in (session.position_changed, session.opened, window.cell.laid_out):
                changed.connect(self._follow)
            session.view_changed.connect(self._show)
        handle = window.windowHandle()
        if handle is not None:
            handle.installEventFilter(self)

    def leave(self) -> None:
        """The window stays where it is; the tour goes on there the next time."""
        if self.tour is None:
            return
        self._window.settings.setValue(_KEY, [str(self.tour.path), self.index])
        self.tour = self.live = self._run = None
        handle = self._window.windowHandle()
        if handle is not None:
            handle.removeEventFilter(self)
        if self._card is not None and self._marks is not None:
            self._marks.point(())
            self._card.show_none()
        docks = self._window.docks
        if self._room:
            self._window.resizeDocks([docks["tour"]], [self._room], _DOWN)
            self._room = 0
        docks["tour"].close()
        docks.show("unit")
        self._window.focus_stepping()

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
            self.index = 0
            self.leave()
            self.told.emit("The tour is over; Shift+F1 begins it again.")
        elif there >= 0:
            self._go(there)

    def _go(self, index: int) -> None:
        assert self.tour is not None
        self.index, self.chosen, self.live = index, None, None
        stop = self.tour.stops[index]
        if self._is_open(stop.model, stop.text):
            self._stand()
        else:
            self._open(stop.model, stop.text)

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
        from gru_debugger.source import AS_FOUND
        from gru_debugger.window import gru_choice

        files, tour = self._window.files, self.tour

        def use(model: Model) -> None:
            if self.tour is tour and files.recordings.open_model(model, path, _wish(model, text)):
                edited = self._window.session.edited
                self._run = edited.run if edited is not None else None
                self._stand()

        files.opener.start(
            lambda watch: gru_choice.read(path, AS_FOUND, watch),
            lambda read: files.decide(read, use),
        )

    def _stand(self) -> None:
        """Where the stop says, so far computed as it says."""
        from gru_debugger.core.trace import Trace
        from gru_debugger.lessons.live import Live

        assert self.tour is not None
        assert self._run is not None
        stop, session = self.tour.stops[self.index], self._window.session
        try:
            live = Live(stop, Trace.of(self._run).finish())
            at, _, _ = live.target, live.values, live.right
        except GRUDebuggerError as fault:
            self._window.message.error(str(fault), "tour")
            return
        self.live = live
        if at.place is not None:
            session.look(layer=at.place[0], direction=at.place[1])
        if at.unit is not None and at.quantity is not None:
            session.select_value(at.quantity, at.unit)
        session.look(centre=stop.view)
        session.go_to(at.step, stop.computation or "blend")
        self._window.docks.show("tour")
        self._window.focus_stepping()
        self._show()
        self._give_room()

    def _give_room(self) -> None:
        """As high as the stop needs, as far as what stands below can do with less."""
        card, dock, below = self._card, *map(self._window.docks.get, ("tour", "prediction"))
        if card is None or dock is None or below is None or dock.isFloating():
            return
        spare = below.height() - _BELOW if below.isVisible() else 0
        more = min(card.wanted() - card.viewport().height(), spare)
        if more > 0:
            self._room = self._room or dock.height()
            self._window.resizeDocks([dock], [dock.height() + more], _DOWN)

    def answer(self, number: int) -> None:
        """An answer, or 0: the window shows what is so."""
        live = self.live
        if live is None or self.chosen is not None or number > len(live.stop.answers):
            return
        self.chosen = number
        self._window.session.go_to(live.target.step)
        self._show()

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
        """Marks are of the stop's own step: elsewhere nothing is pointed at."""
        if self._marks is None:
            return
        if self.live is None or self._window.session.position != self.live.target.step:
            self._marks.point(())
            return
        stop = self.live.stop
        asked = self.chosen is None and bool(stop.answers)
        shown = stop.marks if asked or not stop.hidden else (*stop.marks, stop.hidden)
        hidden = (stop.hidden,) if asked and stop.hidden else ()
        self._marks.point(_values(shown), _values(hidden))

    # Keys ----------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Before the window's own: S and the digits are the tour's while it asks."""
        if not isinstance(event, QKeyEvent) or event.type() == QEvent.Type.KeyRelease:
            return False
        if self.live is None or isinstance(QApplication.focusWidget(), _TYPING):
            return False
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain != Qt.KeyboardModifier.NoModifier or not self._means(event):
            return False
        event.accept()
        if event.type() == QEvent.Type.KeyPress:
            self._press(event)
        return True

    def _means(self, event: QKeyEvent) -> bool:
        key = event.key()
        asks = self.chosen is None and bool(self.live and self.live.stop.answers)
        if key == Qt.Key.Key_Escape:
            return not self._window.message.messages and not self._open_line()
        return key in _PAGES or (asks and (key in _DIGITS or key == Qt.Key.Key_S))

    def _open_line(self) -> bool:
        return any(line.isVisible() for line in self._window.lines)

    def _press(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.leave()
        elif key in _PAGES:
            self.move(_PAGES[Qt.Key(key)])
        else:
            self.answer(0 if key == Qt.Key.Key_S else _DIGITS.index(Qt.Key(key)) + 1)


def _wish(model: Model, text: str | None) -> Wish:
    own = model.example.text if model.example else None
    return Wish(own if text is None else text, strict=True, afresh=True)


def _values(written: Iterable[str]) -> list[tuple[str, int]]:
    return [found for one in written if (found := _value(one)) is not None]


def _value(written: str) -> tuple[str, int] | None:
    """z[9] as its quantity and unit."""
    name, _, rest = written.partition("[")
    unit = rest.removesuffix("]")
    return (name, int(unit)) if unit.isdigit() and len(unit) < 9 else None
