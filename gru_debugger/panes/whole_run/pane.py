"""The overview of the whole run: each panel a question, its answer, and where it is to be seen."""

from __future__ import annotations

from time import perf_counter

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from gru_debugger import phrases
from gru_debugger.charts import fonts
from gru_debugger.charts.theme import Theme
from gru_debugger.numerals import brief, duration, grouped
from gru_debugger.panes.links import Link
from gru_debugger.panes.pane import Pane
from gru_debugger.panes.table import Tables
from gru_debugger.panes.whole_run import told
from gru_debugger.panes.whole_run.fullness import Fullness
from gru_debugger.panes.whole_run.panel import HIGH, LOW, Panel
from gru_debugger.panes.whole_run.ranked import Holding, Missing
from gru_debugger.panes.whole_run.scatters import Keeping, Shut, Still
from gru_debugger.panes.whole_run.surprise import HIGH as LAST
from gru_debugger.panes.whole_run.surprise import LOW as LEAST
from gru_debugger.panes.whole_run.surprise import Surprise
from gru_debugger.questions.overview import Survey, Units
from gru_debugger.questions.overview_in_words import Answer, Goal, share
from gru_debugger.questions.thresholds import Thresholds
from gru_debugger.session.session import Session
from gru_debugger.session.whole_run import Losses

_LEFT, _RIGHT, _GAP, _PLOT = 56, 22, 74, 344  # pixels; of a plot at most
_THREE = 1100  # pixels from which three panels stand beside each other
_LOWEST = 240
_FLAT = 182  # pixels of each of two rows, where three have no room
_NARROW = 60  # between their panels
_SO_FAR = 16  # pixels above all, of how much the answers are of
_LOOK = 0.25  # seconds between two looks at what is recorded


class WholeRunPane(Pane):
    """A step moves one mark; the rest follows the recording, the layer and the selected unit."""

    least_width = 640
    shows_whole_run = True

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__(session, theme)
        self.surprise = Surprise(self)
        self.panels: tuple[Panel, ...] = (
            Keeping(self), Shut(self), Holding(self), Missing(self), Still(self), Fullness(self),
        )  # fmt: skip
        self._units: tuple[object, Units | None] = (None, None)
        self._laid = False
        self._so_far = ""  # told above them, of the same steps as the answers
        self._looked = 0.0

    # What is known -----------------------------------------------------------------------------

    def look(self) -> None:
        """Of what is shown now; on paper all of it is waited for."""
        self._looked = perf_counter()
        run, place = self.session.whole_run, self.session.where.place
        if self.interactive:
            run.follow(self.trace, place, self.thresholds)
        else:
            run.wait(self.trace, place, self.thresholds)

    def rest(self) -> bool:
        """Nothing is looked for that nobody sees."""
        self._laid = False
        self.session.whole_run.stop()
        return True

    @property
    def survey(self) -> Survey | None:
        survey, place = self.session.whole_run.survey, self.session.where.place
        if survey is None or (survey.trace, survey.place) != (self.trace, place):
            return None
        return survey if survey.thresholds == self.thresholds else None

    @property
    def losses(self) -> Losses | None:
        return None if self.survey is None else self.session.whole_run.losses

    @property
    def units(self) -> Units | None:
        """Of the steps looked through so far; None of none."""
        survey = self.survey
        key = survey and (survey, survey.steps, survey.thresholds)
        if self._units[0] != key:
            self._units = key, survey.units if survey is not None else None
        return self._units[1]

    @property
    def why_none(self) -> str:
        """Why no surprise is known, and no loss; empty where they are."""
        return "" if self.survey is None else self.survey.why_none

    @property
    def thresholds(self) -> Thresholds:
        return self.session.view.thresholds

    def nothing(self) -> Answer:
        """What is said until something is known."""
        return Answer().say("known once the text is recorded")

    def gate_names(self, gate: str) -> tuple[str, str]:
        """What the shares of a gate near 1, near 0, mean; the course's Γu is 1 − z."""
        course = self.session.notation == "course"
        low, high = map(brief, self.thresholds.on_gate(turned=course and gate == "z"))
        if gate == "r":
            r = "Γr" if course else "r"
            return (
                phrases.told("share of steps with {gate} > {high}: open", gate=r, high=high),
                phrases.told("share of steps with {gate} < {low}: shut", gate=r, low=low),
            )
        if course:
            return (
                phrases.told("share of steps with Γu < {low}: keeps", low=low),
                phrases.told("share of steps with Γu > {high}: takes", high=high),
            )
        return (
            phrases.told("share of steps with z > {high}: keeps", high=high),
            phrases.told("share of steps with z < {low}: takes", low=low),
        )

    def show_whole_run(self) -> None:
        if self._laid and self.session.trace is not None:
            self._fill()
            self.renew_background()
            self.repaint_standing()

    def show_recording(self) -> None:
        """Not each time: all of it is drawn anew with what is found."""
        if self.trace.complete or perf_counter() - self._looked > _LOOK:
            self.look()

    # Layout ------------------------------------------------------------------------------------

    @property
    def lowest(self) -> float:
        return _LOWEST

    def resize(self, width: float, height: float) -> None:
        self.least_height = self._place(width, height)
        super().resize(width, height)

    def _place(self, width: float, height: float) -> int:
        """Panels side by side; the pixels that all of them take."""
        if width >= _THREE and height < 2 * LOW + LEAST:
            return self._place_flat(width, height)
        across = 3 if width >= _THREE else 2
        down = -(-len(self.panels) // across)
        room = width - _LEFT - _RIGHT
        wide = (room - (across - 1) * _GAP) / across
        wide = min(_PLOT, wide) if across == 3 else wide
        pitch = (room - wide) / (across - 1)
        above = _SO_FAR if self._so_far else 0
        height -= above
        least = LEAST - above  # what is told for a while brings no scroll bar
        last_one = min(max(least, height - down * HIGH), LAST)  # it gives way first
        each = max(LOW, min(HIGH + 30, (height - last_one) // down))
        for i, panel in enumerate(self.panels):
            left, top = _LEFT + i % across * pitch, above + i // across * each
            last = i % across == across - 1
            panel.place(QRectF(left, top, wide, each), _RIGHT - 4 if last else pitch - wide - 14)
        rest = max(least, height - down * each)
        self.surprise.place(QRectF(_LEFT, above + down * each, room, rest), 0)
        return round(down * LOW + LEAST)

    def _place_flat(self, width: float, height: float) -> int:
        """A wide pane that is low: two rows of four, the last question as wide as two."""
        above = _SO_FAR if self._so_far else 0
        room = width - _LEFT - _RIGHT
        pitch, each = (room + _NARROW) / 4, max(_FLAT, (height - above) / 2)
        for i, panel in enumerate(self.all):
            at, last = i % 4, panel is self.surprise
            wide = (2 if last else 1) * pitch - _NARROW
            rect = QRectF(_LEFT + at * pitch, above + i // 4 * each, wide, each)
            panel.place(rect, _RIGHT - 4 if last or at == 3 else _NARROW - 14, lines=2)
        return 2 * _FLAT + _SO_FAR

    @property
    def all(self) -> tuple[Panel, ...]:
        return (*self.panels, self.surprise)

    def arrange(self) -> None:
        self._laid = True
        self.look()
        self._so_far = self.progress()
        self._place(self.size.width(), self.size.height())
        self._fill()

    def _fill(self) -> None:
        before, self._so_far = self._so_far, self.progress()
        if bool(before) != bool(self._so_far):
            self._place(self.size.width(), self.size.height())
        for panel in self.all:
            panel.arrange()

    def show_unit(self) -> None:
        for panel in self.panels:
            panel.label()
        super().show_unit()

    # Painting ----------------------------------------------------------------------------------

    def paint_background(self, p: QPainter) -> None:
        super().paint_background(p)
        for panel in self.all if self._laid else ():
            panel.paint(p)
        if self._laid and self._so_far:
            right, words = self.size.width() - _RIGHT, self._so_far
            fonts.text(p, right, 18, words, self.theme.text, fonts.SANS, 13, align="right")

    def paint_standing(self, p: QPainter) -> None:
        for panel in self.all if self._laid else ():
            panel.paint_selected(p)

    def paint_overlay(self, p: QPainter) -> None:
        if self._laid:
            self.surprise.paint_step(p)

    # The pointer -------------------------------------------------------------------------------

    def go_to(self, goal: Goal) -> None:
        """Where a link leads."""
        if goal.kind == "unit":
            self.session.select_unit(goal.number)
        elif goal.kind == "step":
            self.session.go_to(goal.number)
        else:
            self.session.whole_run.want_losses()

    def where(self, kind: str) -> Goal | None:
        """The goal of a kind that leads to where we are."""
        session = self.session
        if kind == "unit":
            return Goal("unit", session.unit)
        return Goal("step", session.position) if kind == "step" else None

    def key_of(self, panel: Panel) -> str:
        return str(self.all.index(panel) + 1)

    def key(self, key: int) -> bool:
        """A question's digit: to where its answer leads, once more to the next such place."""
        at = key - Qt.Key.Key_1
        if self.session.trace is None or not self._laid or not 0 <= at < len(self.all):
            return False
        goal = self.all[at].next_goal()
        if goal is not None:
            self.go_to(goal)
        return goal is not None

    def _link(self, at: QPointF | None) -> Link | None:
        return next((link for panel in self.all if (link := panel.link_at(at))), None)

    def _goal(self, at: QPointF) -> Goal | None:
        return next((goal for panel in self.all if (goal := panel.goal_at(at))), None)

    def point(self, at: QPointF | None) -> bool:
        if at is None or self.session.trace is None or not self._laid:
            return False
        return self._link(at) is not None or self._goal(at) is not None

    def hover(self, at: QPointF) -> str:
        if self.session.trace is None or not self._laid:
            return ""
        return next((words for panel in self.all if (words := panel.hover(at))), "")

    def press(self, at: QPointF) -> None:
        if self.session.trace is None or not self._laid:
            return
        link, goal = self._link(at), self._goal(at)
        if link is not None:
            link.follow()
        elif goal is not None:
            self.go_to(goal)

    def scroll(self, at: QPointF, turns: float) -> bool:
        """The wheel over the surprise looks closer."""
        return self.session.trace is not None and self._laid and self.surprise.zoom(at, turns)

    def pan(self, pixels: float) -> bool:
        return self.session.trace is not None and self._laid and self.surprise.pan(pixels)

    def show_zoom(self) -> None:
        """Of the units that is nothing here: then nothing is drawn anew."""
        before = self.surprise.first, self.surprise.last
        if self._laid and self.session.trace is not None:
            self.surprise.measure()
            if before != (self.surprise.first, self.surprise.last):
                self.renew_background()
                self.repaint_standing()

    # For those who do not see it -----------------------------------------------------------------

    def words(self) -> str:
        return told.words(self)

    def numbers(self) -> Tables:
        return told.numbers(self)

    def progress(self) -> str:
        """How much of the text the answers are of, where that is not all."""
        survey = self.survey
        if survey is None or survey.complete:
            return ""
        steps, every, left = survey.steps, self.trace.steps, self.session.whole_run.left
        words = phrases.told("so far of {steps} of {all} steps, {share}", steps=grouped(steps),
                             all=grouped(every), share=share(steps / every))  # fmt: skip
        return words if left is None else phrases.told(
            "{words}, {time} left", words=words, time=duration(left)
        )  # fmt: skip
