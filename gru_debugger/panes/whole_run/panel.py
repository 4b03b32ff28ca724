"""A question, its answer in a sentence, and below it a plot."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen

from gru_debugger import phrases
from gru_debugger.charts import fonts
from gru_debugger.panes.links import CAP, Link, contains, paint_caps
from gru_debugger.panes.paragraph import LINE, Paragraph
from gru_debugger.panes.whole_run import labels
from gru_debugger.panes.whole_run.labels import Label
from gru_debugger.questions.overview_in_words import Answer, Goal

if TYPE_CHECKING:
    from gru_debugger.panes.whole_run.pane import WholeRunPane

HIGH, LOW = 238, 196  # pixels of one, with what parts it from the next; where room is scarce
_TITLE, _SENTENCE, _NAMES, _TOP, _BELOW = 24, 32, 64, 72, 34  # from its top, and below its plot
REACH = 8  # pixels around a dot that mean it
RADIUS, _SMALL = 2.6, 1.6  # of a dot; of very many
_MANY = 512  # units


class Panel:
    """`plot` is where its values are; `answer` what it says of them.

    It draws what it last took by `arrange`: more may be known by now, of which it is told later.
    """

    question = ""

    def __init__(self, pane: WholeRunPane) -> None:
        self.pane = pane
        self.rect = self.plot = QRectF()
        self._title_room = 0.0
        self.more = 0  # pixels that its sentence has for a second line
        self.sentence = Paragraph(pane)
        self.labels: list[Label] = []
        self.goals: Sequence[Goal] = ()  # of the sentence's links

    # Layout ------------------------------------------------------------------------------------

    def place(self, rect: QRectF, beyond: float, lines: int = 1) -> None:
        """`beyond`: so far right of it its sentence may go on, of so many lines."""
        self.rect, self.more = rect, (lines - 1) * LINE
        self.plot = rect.adjusted(0, _TOP + self.more, 0, -_BELOW)
        left, top, wide = rect.left(), rect.top() + _SENTENCE, rect.width() + beyond
        self._title_room = wide - 14  # as far as the next one's key
        self.sentence.place(QRectF(left, top, wide, lines * LINE))

    def arrange(self) -> None:
        """Take what is known now."""
        answer = self.answer()
        self.goals = answer.goals
        follow = [partial(self.pane.go_to, goal) for goal in answer.goals]
        self.sentence.say(answer.spans, follow)
        self.measure()
        self.label()

    def label(self) -> None:
        """The selected unit's label comes first."""
        unit = self.pane.session.unit
        first = [unit, *(one for one in self.worth_naming() if one != unit)]
        dots = {one: dot for one in first if (dot := self.dot(one)) is not None}
        bounds = self.plot.adjusted(-4, -7 if self.more else -12, 2, 2)
        self.labels = labels.placed(first, dots, bounds, self.occupied())

    def answer(self) -> Answer:
        raise NotImplementedError

    def measure(self) -> None:
        """Where its values stand."""

    def worth_naming(self) -> Sequence[int]:
        """Units that have their numbers beside them where there is room, the first first."""
        return ()

    def dot(self, unit: int) -> QPointF | None:
        """Where a unit's value stands; None where it does not."""
        return None

    def occupied(self) -> Sequence[QRectF]:
        """Where no label may stand."""
        return ()

    @property
    def many(self) -> bool:
        return self.pane.model.hidden_size >= _MANY

    @property
    def radius(self) -> float:
        return _SMALL if self.many else RADIUS

    # Painting ----------------------------------------------------------------------------------

    def paint(self, p: QPainter) -> None:
        """What stays until more is known."""
        left, baseline = self.rect.left(), self.rect.top() + _TITLE
        question, color = phrases.told(self.question), self.pane.theme.text
        usual = 12 if self.more else 14
        shown, pixels = fonts.fitting(question, self._title_room, fonts.SANS, usual, 600)
        fonts.text(p, left, baseline, shown, color, fonts.SANS, pixels, 600)
        self.sentence.paint(p, None)
        if self.goals and self.pane.interactive:
            cap = left - CAP - 6, baseline, self.pane.key_of(self)
            paint_caps(p, self.pane, [cap])
        self.paint_plot(p)

    def paint_plot(self, p: QPainter) -> None:
        raise NotImplementedError

    def paint_selected(self, p: QPainter) -> None:
        """The selected unit's value, and the labels."""
        theme, unit = self.pane.theme, self.pane.session.unit
        dot = self.dot(unit)
        if dot is not None:
            p.setPen(QPen(theme.edge, 1.5))
            p.setBrush(theme.pill)
            p.drawEllipse(dot, 4.5, 4.5)
        for label in self.labels:
            x, baseline = label.rect.left() + 2, label.baseline
            if unit in label.units:  # it stands among dots, where need be
                p.fillRect(label.rect, theme.panel)
            for words, one in label.parts():
                weight = 600 if one == unit else 400
                shape = fonts.text(p, x, baseline, words, theme.text, fonts.MONO, 10, weight)
                x += shape.width

    def paint_step(self, p: QPainter) -> None:
        """What is another at every step."""

    def names(self, p: QPainter, above: str, below: str) -> None:
        """What is measured up, and across."""
        theme, rect = self.pane.theme, self.rect
        y = rect.top() + _NAMES + self.more
        fonts.text(p, rect.left() + 2, y, above, theme.muted, fonts.SANS, 11)
        y, right = rect.bottom() - 4, self.plot.right()
        fonts.text(p, right, y, below, theme.muted, fonts.SANS, 11, align="right")

    def line(self, p: QPainter, y: float, words: str, strong: bool = False) -> None:
        """Across the plot, with its number on the left."""
        theme, plot = self.pane.theme, self.plot
        color = theme.ticks if strong else theme.grid
        p.fillRect(QRectF(plot.left(), round(y), plot.width(), 1), color)
        fonts.text(p, plot.left() - 7, y + 4, words, theme.ticks, fonts.TICKS, 10, align="right")

    def tick(self, p: QPainter, x: float, words: str) -> None:
        """Whole, though its place may be at the pane's edge."""
        y, color = self.plot.bottom() + 14, self.pane.theme.ticks
        x = self.inside(x, fonts.width(words, fonts.TICKS, 10))
        fonts.text(p, x, y, words, color, fonts.TICKS, 10, align="center")

    def inside(self, x: float, wide: float) -> float:
        """The middle of what is so wide and stands there, as far as the pane goes."""
        return min(x, self.pane.size.width() - 4 - wide / 2)

    # The pointer -------------------------------------------------------------------------------

    def unit_at(self, at: QPointF) -> int | None:
        return None

    def link_at(self, at: QPointF | None) -> Link | None:
        for link in self.sentence.links:
            if contains(link.rect, at):
                return link
        return None

    def next_goal(self) -> Goal | None:
        """The one after where we are, where that is one of them; else the first."""
        goals = list(dict.fromkeys(self.goals))  # two words may lead to one place
        here = [goal == self.pane.where(goal.kind) for goal in goals]
        at = here.index(True) + 1 if any(here) else 0
        return goals[at % len(goals)] if goals else None

    def hover(self, at: QPointF) -> str:
        """What a tip says of what is there."""
        unit = self.unit_at(at)
        return "" if unit is None else self.told(unit)

    def told(self, unit: int) -> str:
        """Its values here, in words."""
        raise NotImplementedError

    def goal_at(self, at: QPointF) -> Goal | None:
        unit = self.unit_at(at)
        return None if unit is None else Goal("unit", unit)
