"""Why a gate lies between 0 and 1, and what the reset gate does: with the selected unit's numbers.

Above, its sums on the curves that bend them, of this step and (the broad stroke, the histograms)
of the whole text; below, its candidate as it is and as other reset gates would make it.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from gru_debugger import phrases
from gru_debugger.charts import fonts, mathematics
from gru_debugger.charts.theme import Theme
from gru_debugger.core.cell import QUANTITIES, Array
from gru_debugger.core.trace import Step
from gru_debugger.panes import curve_resets, curves_told, symbols
from gru_debugger.panes.curve_plots import BELOW, HEIGHT, Plot, reach
from gru_debugger.panes.curve_resets import PITCH, ROWS, Opened, UnitsChart
from gru_debugger.panes.link_keys import LinkKeys
from gru_debugger.panes.links import Link, contains
from gru_debugger.panes.paragraph import LINE, Paragraph
from gru_debugger.panes.symbols import Symbol
from gru_debugger.panes.table import Tables
from gru_debugger.panes.units import UnitsPane
from gru_debugger.questions.curves import BENT
from gru_debugger.questions.curves_in_words import (
    Bent,
    Said,
    becomes,
    ranged,
    reset_of_all,
    reset_of_unit,
)
from gru_debugger.questions.open_gate import open_gate
from gru_debugger.questions.reset_use import candidates, opened
from gru_debugger.session.curves import CurvesRun
from gru_debugger.session.session import Session
from gru_debugger.spans import Span

_MARGIN, _TICKS = 22, 16  # pixels beside everything, and of the ticks left of a chart
_TOP, _APART = 66, 18  # pixels above the curves, and between them
_SENTENCE, _RESETS = 1150, 1150  # pixels that the two sentences take in one line, about
_DOTS, _BARS = 46, 24  # pixels of the charts over the units
_BEYOND = 8  # that they reach into the margin


class CurvesPane(UnitsPane):
    """The sentence above is of the selected value's gate, of z where that is neither's."""

    background = "side"
    least_width = 290
    takes_keys = True

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__(session, theme)
        self.run = CurvesRun(self)
        self.run.advanced.connect(self._found)
        session.opened.connect(self._forget)  # before it is shown, and where it is not
        self.plots: tuple[Plot, ...] = ()
        self.units: UnitsChart | None = None
        self._above, self._below = Paragraph(self), Paragraph(self)
        self._opened: tuple[object, Opened] | None = None
        self._over: tuple[object, tuple[list[Span], Said]] | None = None
        self._pointer: QPointF | None = None
        self._keys = LinkKeys(self, lambda: self.links)
        self.second_half = 0.0  # its top: what the reset gate does

    # Finding out -------------------------------------------------------------------------------

    def look(self) -> None:
        """Of what is shown now; on paper all of it is waited for."""
        session, wait = self.session, not self.interactive
        more = session.view.thresholds.used
        self.run.follow(self.trace, session.where.place, session.unit, wait, more)

    def rest(self) -> bool:
        """Nothing is looked for that nobody sees."""
        self.run.stop()
        return not self.run.complete

    def _forget(self) -> None:
        self.run.forget()
        self._opened = self._over = None

    def show_recording(self) -> None:
        self.look()

    def _found(self) -> None:
        """The axis may reach further now."""
        self.renew()

    def opened(self, step: Step) -> Opened:
        """What other reset gates would make of the step's candidates; asked once a step."""
        session = self.session
        place, t, unit = session.where.place, step.number, session.unit
        key = step, place, unit
        if self._opened is None or self._opened[0] != key:
            as_it_is = {name: float(step.values[name][unit])
                        for name in ("input_n", "hidden_n", "r", "n")}  # fmt: skip
            told = {row: open_gate(self.trace, t, place, unit, int(row)) if row else as_it_is
                    for row in ROWS}  # fmt: skip
            self._opened = key, Opened(told, *(self._of_all(step, r) for r in (1, 0)))
        return self._opened[1]

    def _of_all(self, step: Step, r: int) -> Array:
        """Every unit's candidate with its own gate set; before the product, the selected one's."""
        t, place = step.number, self.session.where.place
        if self.model.reset == "before":
            every = candidates(self.trace, place, t - 1, t, r, self.session.unit)
        else:  # nothing else of the step changes with it
            found = {name: step.values[name][None] for name in ("input_n", "hidden_n", "r")}
            every = opened(self.trace, place, t - 1, t, found, r=r)
        one: Array = every[0]
        return one

    @property
    def gate(self) -> Bent:
        """Of which the sentence tells."""
        told = self.session.told
        return "r" if told.endswith("_r") or told == "r" else "n" if told in (
            "n", "sum_n", "input_n", "hidden_n", "reset_product") else "z"  # fmt: skip

    # Layout ------------------------------------------------------------------------------------

    def resize(self, width: float, height: float) -> None:
        self.set_size(width, height)
        self.least_height = self._lay(width)
        super().resize(width, height)

    def _lay(self, width: float) -> int:
        """Place the sentences; the pixels that all of it takes."""
        inner = width - 2 * _MARGIN
        top = _TOP + HEIGHT + BELOW + 10.0
        lines = -(-_SENTENCE // inner)
        self._above.place(QRectF(_MARGIN, top, inner, lines * LINE))
        self.second_half = top + lines * LINE + 8
        top = self.second_half + 58 + len(ROWS) * PITCH + 32 + _DOTS + 40 + _BARS + 10
        lines = -(-_RESETS // inner)
        self._below.place(QRectF(_MARGIN, top, inner, lines * LINE))
        return round(top + lines * LINE + 6)

    def arrange(self) -> None:
        self.look()
        self._lay(self.size.width())
        inner = self.size.width() - 2 * _MARGIN
        wide = min(300.0, (inner - 2 * _TICKS - _APART) / 2)
        end = reach(self._sums())
        first, second = _MARGIN + _TICKS, _MARGIN + 2 * _TICKS + _APART + wide
        self.plots = (
            Plot(self, QRectF(first, _TOP, wide, HEIGHT), "gate", ("r", "z"), end),
            Plot(self, QRectF(second, _TOP, wide, HEIGHT), "candidate", ("n",), end),
        )
        self.lay_axis(round(inner - _TICKS + _BEYOND))
        if self.axis.pitch < curve_resets.ROOM:  # no gap behind the last one either
            self.lay_axis(round(inner - _TICKS))
        dots = self.second_half + 58 + len(ROWS) * PITCH + 32
        left, plot = _MARGIN + _TICKS, self.axis.plot_width
        self.units = UnitsChart(self, self.axis, QRectF(left, dots, plot, _DOTS),
                                QRectF(left, dots + _DOTS + 40, plot, _BARS))  # fmt: skip

    def _sums(self) -> list[float]:
        """The ends of all sums known, and this step's."""
        step, curves = self.session.step, self.run.unit
        found = [float(step.values[f"sum_{q}"][self.session.unit]) for q in BENT] if step else []
        if curves is not None:
            found += [end for name in BENT for end in curves.between(name) or ()]
        return found

    def show_step(self) -> None:
        if self.plots and self.plots[0].end != reach(self._sums()):
            self.renew()
        else:
            super().show_step()

    def show_unit(self) -> None:
        self.renew()

    # Painting ----------------------------------------------------------------------------------

    def paint_standing(self, p: QPainter) -> None:
        if self.session.trace is None or self.units is None:
            return
        theme, right = self.theme, self.size.width() - _MARGIN
        self._paint_head(p, right)
        for plot in self.plots:
            plot.paint_standing(p, self.run.unit)
        top = self.second_half
        p.fillRect(QRectF(_MARGIN, top, right - _MARGIN, 1), theme.border)
        words = phrases.told("What does the reset gate do?")
        fonts.text(p, _MARGIN, top + 26, words, theme.text, fonts.SANS, 14, 600)
        x, baseline, pixels = self._formula_at
        if pixels:
            formula = curve_resets.formula(self)
            mathematics.draw(p, x, baseline, formula, theme.muted, pixels)
        self._paint_captions(p, right)
        self.units.paint_standing(p, self.run.use)

    @property
    def _formula_at(self) -> tuple[float, float, float]:
        """Where the reset gate's formula stands, and in how many pixels; 0: it has no room."""
        room = self.size.width() - 2 * _MARGIN
        pixels = mathematics.size_within(curve_resets.formula(self), 15, room)
        return _MARGIN, self.second_half + 47, pixels

    def symbols(self) -> list[Symbol]:
        """Those of the formula."""
        return curve_resets.symbols_of(self, *self._formula_at) if self.units is not None else []

    def _paint_head(self, p: QPainter, right: float) -> None:
        theme, gate = self.theme, self.activations.gate
        usual = gate.name == "sigmoid"
        inside = gate.range == (0.0, 1.0)
        words = phrases.told("Why between 0 and 1?")
        if not inside:
            words = phrases.told("What becomes of a sum?")
        wide = fonts.text(p, _MARGIN, 28, words, theme.text, fonts.SANS, 14, 600).width
        room = right - _MARGIN - wide - 12
        if usual:
            words = "σ(a) = 1 / (1 + e^{−a})"
            size = mathematics.size_within(words, 15, room)
            if size:
                left = right - mathematics.width(words, size)
                mathematics.draw(p, left, 28, words, theme.muted, size)
            return
        shown, pixels = fonts.fitting(gate.definition, room, fonts.SANS, 12)
        fonts.text(p, right, 28, shown, theme.muted, fonts.SANS, pixels, align="right")

    def _paint_captions(self, p: QPainter, right: float) -> None:
        """Above the two charts over the units: what they are of, and what the marks mean."""
        theme, units = self.theme, self.units
        assert units is not None
        x = right
        for what, words in units.legend():
            x -= mathematics.width(words, 12)
            mathematics.draw(p, x, units.dots.top() - 12, words, theme.muted, 12)
            curve_resets.paint_mark(p, self, what, QPointF(x - 9, units.dots.top() - 16))
            x -= 26
        before = self.model.reset == "before"
        unit = str(self.session.unit)
        first, second = phrases.told("all units, this step"), phrases.told(
            "steps of the text in which the gate changes it")
        if before:
            first = phrases.told("all units, unit {unit}’s gate set", unit=unit)
            second = phrases.told("steps of the text in which the gates change it")
        captions = (
            (units.dots.top() - 12, first, x - _MARGIN),
            (units.bars.top() - 8, second, right - _MARGIN),
        )
        for y, words, room in captions:
            shown, pixels = fonts.fitting(words, room, fonts.SANS, 12)
            fonts.text(p, _MARGIN, y, shown, theme.muted, fonts.SANS, pixels)

    def paint_overlay(self, p: QPainter) -> None:
        if self.session.trace is None or self.units is None:
            return
        step = self.session.step
        self._say()
        self._above.paint(p, self._pointer)
        self._below.paint(p, self._pointer)
        self._keys.paint(p)
        if step is None:
            return
        for plot in self.plots:
            plot.paint_step(p, step)
        if self.session.is_computed("n"):
            opened = self.opened(step)
            curve_resets.paint_rows(p, self, self.rows_rect, opened)
            self.units.paint_step(p, step, opened)
        if self.session.pointed:
            symbols.paint_frames(p, self, self._pointed_rects())

    @property
    def rows_rect(self) -> QRectF:
        wide = self.size.width() - 2 * _MARGIN
        return QRectF(_MARGIN, self.second_half + 56, wide, len(ROWS) * PITCH)

    # Words -------------------------------------------------------------------------------------

    def _say(self) -> None:
        said = self.of_resets()
        self._above.say(self.of_sum())
        self._below.say(said.spans, [partial(self._follow, *link) for link in said.links])

    def of_sum(self) -> list[Span]:
        curves, session, frame = self.run.unit, self.session, self.session.frame
        if curves is None:
            return []
        over = self._over_the_text()[0]
        if frame is None or not session.is_computed(self.gate):
            return over
        by_hand = frame.by_hand(session.unit)
        return [*becomes(curves, frame.step, self.gate, session.notation, by_hand), *over]

    def _over_the_text(self) -> tuple[list[Span], Said]:
        """What is said of the steps known, of the sums and of the resets: no step asks it anew."""
        curves, use, notation = self.run.unit, self.run.use, self.session.notation
        if curves is None or use is None or not curves.known:
            return [], Said([], [])
        key = curves, curves.known, use.known, self.gate, notation
        if self._over is None or self._over[0] != key:
            mine, every = reset_of_unit(curves, notation), reset_of_all(use)
            both = Said([*mine.spans, *every.spans], [*mine.links, *every.links])
            self._over = key, (ranged(curves, self.gate, notation), both)
        return self._over[1]

    def of_resets(self) -> Said:
        return self._over_the_text()[1]

    def _follow(self, kind: str, at: int) -> None:
        if kind == "unit":
            self.session.select_unit(at)
        else:
            self.session.follow(at)  # the trail leads back

    def words(self) -> str:
        self.look()
        return curves_told.words(self)

    def numbers(self) -> Tables:
        self.look()
        return curves_told.tables(self)

    # The pointer -------------------------------------------------------------------------------

    @property
    def links(self) -> list[Link]:
        return [*self._above.links, *self._below.links] if self.session.trace else []

    def key(self, key: int) -> bool:
        return self._keys.key(key)

    def chosen(self) -> tuple[QRectF, str] | None:
        chosen = self._keys.chosen
        return None if chosen is None else (chosen.rect, chosen.words)

    def leave_keys(self) -> None:
        self._keys.let_go()

    def point(self, at: QPointF | None) -> bool:
        before = [link.rect for link in self.links if contains(link.rect, self._pointer)]
        self._pointer = at
        now = [link.rect for link in self.links if contains(link.rect, at)]
        if before != now:
            self.repaint_step()
        return bool(now)

    def press(self, at: QPointF) -> None:
        for link in self.links:
            if link.rect.contains(at):
                link.follow()
                return
        if (unit := self.unit_under(at)) is not None:
            self.session.select_unit(unit)

    def unit_under(self, at: QPointF) -> int | None:
        if self.units is None or not self.units.dots.top() <= at.y() <= self.units.bars.bottom():
            return None
        return self.axis.unit_at(at.x() - self.units.dots.left())

    def hover(self, at: QPointF) -> str:
        if self.session.trace is None:
            return ""
        if name := symbols.at_point(self.symbols(), at):
            return symbols.explained(self, name)
        unit = self.unit_under(at)
        return "" if unit is None else curves_told.tip(self, unit)

    def show_pointed(self) -> None:
        self.repaint_step()

    def pointed_at(self, at: QPointF) -> tuple[str, bool]:
        """A symbol of the formula; a point on its curve is a chart of its gate."""
        if self.session.trace is not None and (name := symbols.at_point(self.symbols(), at)):
            return name, True
        for name in BENT if self.session.trace is not None else ():
            rect = self.rect_of(name, self.session.unit)
            if rect is not None and rect.adjusted(-4, -4, 4, 4).contains(at):
                return name, False
        return "", False

    def _pointed_rects(self) -> list[QRectF]:
        session = self.session
        found = symbols.named(self.symbols(), session.pointed)
        rect = self.rect_of(session.pointed, session.unit) if session.pointed_in_formula else None
        return found if rect is None else [*found, rect.adjusted(-4, -4, 4, 4)]

    def rect_of(self, quantity: str, unit: int) -> QRectF | None:
        """A point on its curve, of the selected unit alone; of n any unit's mark."""
        step = self.session.step
        if step is None or quantity not in QUANTITIES or not self.session.is_computed(quantity):
            return None
        for plot in self.plots if unit == self.session.unit else ():
            for name in plot.quantities:
                if quantity in (name, f"sum_{name}"):
                    at = plot.at(name, step)
                    return QRectF(at.x() - 5, at.y() - 5, 10, 10)
        if quantity == "n" and self.units is not None and self.axis.shows(unit):
            x = self.units.dots.left() + self.axis.center(unit)
            y = self.units.y(float(step.values["n"][unit]))
            return QRectF(x - 4, y - 4, 8, 8)
        return None
