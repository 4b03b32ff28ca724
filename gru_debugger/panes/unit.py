"""The unit inspector: what happened to the selected unit, with the actual numbers."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from gru_debugger.charts import ink, mathematics
from gru_debugger.core.explain import Gate, Span, Term, gate_terms, gate_word, unit_sentence
from gru_debugger.core.model import printable
from gru_debugger.core.trace import Step
from gru_debugger.panes.pane import Pane
from gru_debugger.panes.registry import PaneSpec

MARGIN = 22
_TERMS, _FEWEST = 5, 3
_HIGH = 600  # pixels with which everything has air


class UnitPane(Pane):
    """From top to bottom: the blend on a line, the sentence, the equations, the largest terms."""

    background = "side"
    least_height = 400

    @property
    def right(self) -> float:
        return self.size.width() - MARGIN

    def paint_overlay(self, p: QPainter) -> None:
        if self.session.trace is None:
            return
        self._paint_title(p)
        step = self.session.step
        if step is None:
            words = "Before the first character: press → to read it."
            if self.session.position:
                words = "Recording: this step comes in a moment."
            ink.text(p, MARGIN, 74, words, self.theme.muted, ink.SANS, 12)
            return
        if not self.session.is_computed("h"):
            self._paint_equations(p, 84, step, 41)
            return
        self._paint_line(p, step)
        air = min(
            1.0, max(0.0, (self.size.height() - self.least_height) / (_HIGH - self.least_height))
        )
        bottom = self._paint_sentence(p, 118 + 6 * air, unit_sentence(step, self.session.unit))
        bottom = self._paint_equations(p, bottom + 20 + 8 * air, step, 34 + 7 * air)
        self._paint_terms(p, bottom + 6 + 10 * air, step)

    def _paint_title(self, p: QPainter) -> None:
        theme, words = self.theme, str(self.session.unit)
        wide = max(28.0, ink.width(words, ink.MONO, 15, 600) + 12)
        ink.tile(
            p,
            QRectF(MARGIN, 16, wide, 25),
            theme.pill,
            words,
            theme.pill_text,
            ink.MONO,
            15,
            600,
            4,
        )
        ink.text(p, MARGIN + wide + 12, 36, f"Unit {words}", theme.text, ink.SANS, 20, 600)
        for rect, arrow in zip(self._arrows(), "↑↓", strict=True):
            p.setPen(QPen(theme.border, 1))
            p.setBrush(theme.panel)
            p.drawRoundedRect(rect, 4, 4)
            ink.text(
                p,
                rect.center().x(),
                rect.center().y() + 4,
                arrow,
                theme.muted,
                ink.SANS,
                12,
                align="center",
            )

    def _arrows(self) -> tuple[QRectF, QRectF]:
        return (QRectF(self.right - 48.5, 17.5, 22, 22), QRectF(self.right - 22.5, 17.5, 22, 22))

    def press(self, at: QPointF) -> None:
        for rect, by in zip(self._arrows(), (-1, 1), strict=True):
            if rect.contains(at):
                self.session.select_unit(self.session.unit + by)

    # The blend on a line -------------------------------------------------------------------

    def _paint_line(self, p: QPainter, step: Step) -> None:
        theme, unit = self.theme, self.session.unit
        z, n, old, new = (float(step.values[q][unit]) for q in ("z", "n", "h_prev", "h"))
        left, right, y = MARGIN + 24, self.right - 24, 84.0
        span = max(1.0, abs(old), abs(new))

        def x(value: float) -> float:
            return (left + right) / 2 + value / span * (right - left) / 2

        wide = ink.text(p, MARGIN, 64, "candidate ", theme.muted, ink.SANS, 12)
        ink.text(p, MARGIN + wide, 64, ink.number(n), theme.take_text, ink.MONO, 12, 600)
        wide = ink.width(ink.number(old), ink.MONO, 12, 600)
        ink.text(
            p, self.right, 64, ink.number(old), theme.keep_text, ink.MONO, 12, 600, align="right"
        )
        ink.text(p, self.right - wide - 6, 64, "old h", theme.muted, ink.SANS, 12, align="right")
        for at, words, align in (
            (left - 8, f"−{span:g}", "right"),
            (right + 8, f"{span:g}", "left"),
        ):
            ink.text(p, at, y + 4, words, theme.ticks, ink.MONO, 10, align=align)
        p.setPen(QPen(theme.border, 2))
        p.drawLine(QPointF(left, y), QPointF(right, y))
        p.setPen(QPen(theme.ticks, 1))
        p.drawLine(QPointF(x(0), y - 4), QPointF(x(0), y + 4))
        p.setPen(QPen(theme.take, 4))
        p.drawLine(QPointF(x(n), y), QPointF(x(new), y))
        p.setPen(QPen(theme.keep, 4))
        p.drawLine(QPointF(x(new), y), QPointF(x(old), y))
        p.setPen(Qt.PenStyle.NoPen)
        for value, color in ((n, theme.take), (old, theme.keep)):
            p.setBrush(color)
            p.drawEllipse(QPointF(x(value), y), 6, 6)
        p.fillRect(QRectF(x(new) - 1.5, y - 10, 3, 20), theme.now)
        wide = ink.text(p, MARGIN, 108, "new h ", theme.muted, ink.SANS, 12)
        ink.text(p, MARGIN + wide, 108, ink.number(new), theme.text, ink.MONO, 12, 600)
        ink.text(
            p,
            self.right,
            108,
            f"z = {z * 100:.0f} % of the way to old h",
            theme.muted,
            ink.SANS,
            12,
            align="right",
        )

    # The sentence --------------------------------------------------------------------------

    def _paint_sentence(self, p: QPainter, top: float, spans: list[Span]) -> float:
        placed, lines = self._wrap(spans, self.right - MARGIN - 32)
        rect = QRectF(MARGIN + 0.5, top + 0.5, self.right - MARGIN - 1, 20 + 21 * lines)
        p.setPen(QPen(self.theme.border, 1))
        p.setBrush(self.theme.panel)
        p.drawRoundedRect(rect, 6, 6)
        p.fillRect(QRectF(MARGIN, top + 4, 3, rect.height() - 7), self.theme.edge)
        for span, x, line in placed:
            at, baseline = MARGIN + 16 + x, top + 25 + 21 * line
            color = self._color(span.role)
            if span.symbol:
                mathematics.draw(p, at, baseline, span.text, color, 15)
            else:
                ink.text(p, at, baseline, span.text, color, ink.SANS, 13, _weight(span))
        return rect.bottom()

    def _wrap(self, spans: list[Span], room: float) -> tuple[list[tuple[Span, float, int]], int]:
        """Words with their x and line, and how many lines there are."""
        placed: list[tuple[Span, float, int]] = []
        x, line = 0.0, 0
        for span in spans:
            words = [span.text] if span.symbol else span.text.split()
            for word in words:
                piece = Span(word, span.role, span.symbol)
                wide = (
                    mathematics.width(word, 15)
                    if span.symbol
                    else (ink.width(word, ink.SANS, 13, _weight(span)))
                )
                closing = word[:1] in ".,;"
                if closing and placed:
                    x -= 4
                if x and x + wide > room and not closing:
                    x, line = 0.0, line + 1
                placed.append((piece, x, line))
                x += wide + 4
        return placed, line + 1

    def _color(self, role: str) -> QColor:
        theme = self.theme
        return {"keep": theme.keep_text, "take": theme.take_text}.get(role, theme.text)

    # The equations -------------------------------------------------------------------------

    def _paint_equations(self, p: QPainter, top: float, step: Step, pitch: float) -> float:
        theme = self.theme
        ink.text(p, MARGIN, top, "Computation", theme.text, ink.SANS, 14, 600)
        y = top + 25
        for quantity, symbols, pieces in self._equations(step):
            known = self.session.is_computed(quantity)
            value = float(step.values[quantity][self.session.unit])
            mathematics.draw(p, MARGIN, y, self._short(quantity), theme.text, 15)
            color = self._value_color(quantity) if known else theme.future
            ink.text(
                p, MARGIN, y + 17, ink.number(value) if known else "…", color, ink.MONO, 11, 600
            )
            x = MARGIN + 52.0
            for symbol, words in zip(symbols, pieces, strict=True):
                shown = words if known or not _is_number(words) else "…"
                x += self._paint_piece(p, x, y, symbol, shown) + 3
            if quantity == "z" and self.session.notation == "course":
                ink.text(
                    p,
                    self.right,
                    y,
                    f"Γu = {ink.number(1 - value)}" if known else "",
                    theme.muted,
                    ink.MONO,
                    11,
                    align="right",
                )
            y += pitch
        return y - pitch + 17

    def _paint_piece(self, p: QPainter, x: float, y: float, symbol: str, words: str) -> float:
        """A symbol with its number under it, both in the middle of the wider of them."""
        theme = self.theme
        wide = max(mathematics.width(symbol, 13), ink.width(words, ink.MONO, 11))
        mathematics.draw(
            p, x + (wide - mathematics.width(symbol, 13)) / 2, y, symbol, theme.muted, 13
        )
        color = theme.muted
        if _is_number(words):
            color = theme.negative if words.startswith("−") else theme.positive
        ink.text(p, x + wide / 2, y + 17, words, color, ink.MONO, 11, align="center")
        return wide

    def _equations(self, step: Step) -> list[tuple[str, list[str], list[str]]]:
        """(quantity, symbols, what stands under each)."""
        unit = self.session.unit
        v = {
            q: ink.number(float(step.values[q][unit]))
            for q in step.values
            if q not in ("x", "logits", "probabilities")
        }
        keep_z = ink.number(1 - float(step.values["z"][unit]))
        rows = [
            (
                gate,
                ["= σ(", "input", "+", "hidden", ")"],
                ["= σ(", v[f"input_{gate}"], "+", v[f"hidden_{gate}"], ")"],
            )
            for gate in "rz"
        ]
        if self.model.reset == "after":
            rows.append(
                (
                    "n",
                    ["= tanh(", "input", "+", self._short("r"), "·", "hidden", ")"],
                    ["= tanh(", v["input_n"], "+", v["r"], "·", v["hidden_n"], ")"],
                )
            )
        else:
            rows.append(
                (
                    "n",
                    ["= tanh(", "input", "+", "hidden", ")"],
                    ["= tanh(", v["input_n"], "+", v["hidden_n"], ")"],
                )
            )
        z, n, h = self._short("z"), self._short("n"), self.symbol("h_prev")
        one_minus = "Γ_u" if self.session.notation == "course" else f"(1 − {z})"
        rows.append(
            (
                "h",
                ["=", one_minus, "·", n, "+", z, "·", h],
                ["=", keep_z, "·", v["n"], "+", v["z"], "·", v["h_prev"]],
            )
        )
        return rows

    def _short(self, quantity: str) -> str:
        """A symbol without its time: this pane is about one step."""
        symbol = self.symbol(quantity)
        return symbol if quantity == "h" else symbol.replace("_t", "").replace("^{⟨t⟩}", "")

    def _value_color(self, quantity: str) -> QColor:
        return self.theme.take_text if quantity == "n" else self.theme.text

    # The largest terms ---------------------------------------------------------------------

    def _paint_terms(self, p: QPainter, top: float, step: Step) -> None:
        theme, unit, gate = self.theme, self.session.unit, self._gate()
        value = float(step.values[gate][unit])
        p.fillRect(QRectF(MARGIN, top, self.right - MARGIN, 1), theme.border)
        baseline = top + 26
        x = MARGIN + ink.text(p, MARGIN, baseline, "Why is ", theme.text, ink.SANS, 13, 600)
        x += mathematics.draw(p, x, baseline, f"{gate}_{{{unit}}}", theme.text, 15)
        ink.text(p, x + 4, baseline, f"{gate_word(value, gate)}?", theme.text, ink.SANS, 13, 600)
        total = float(step.values[f"sum_{gate}"][unit])
        words = ink.number(total)
        ink.text(p, self.right, baseline, words, theme.text, ink.MONO, 11, align="right")
        before = "sum before tanh" if gate == "n" else "sum before σ"
        ink.text(
            p,
            self.right - ink.width(words, ink.MONO, 11) - 8,
            baseline,
            before,
            theme.muted,
            ink.SANS,
            11,
            align="right",
        )
        room = int((self.size.height() - baseline - 30) // 19)
        self._paint_term_rows(
            p, baseline + 22, self._terms(step, gate, min(_TERMS, max(_FEWEST, room)))
        )

    def _gate(self) -> Gate:
        return "z"

    def _terms(self, step: Step, gate: Gate, most: int) -> list[Term]:
        """The `most` largest terms, and what the others add up to."""
        session, model = self.session, self.model
        one_hot = session.layer == 0 and model.embedding is None
        cell = model.cell(session.layer, session.direction)
        name = printable(step.character) if one_hot else ""
        terms = gate_terms(cell, step, session.unit, gate, model.reset, name)
        terms.sort(key=lambda term: -abs(term.value))
        rest = terms[most:]
        if rest:
            total = sum(term.value for term in rest)
            terms = [*terms[:most], Term(f"{len(rest)} other terms", total, None, total)]
        return terms

    def _paint_term_rows(self, p: QPainter, y: float, terms: list[Term]) -> None:
        theme = self.theme
        middle, reach = MARGIN + 186.0, 46.0
        largest = max(abs(term.value) for term in terms) or 1.0
        for term in terms:
            if term.name.startswith(("h_", "x_")):
                mathematics.draw(p, MARGIN, y, term.name, theme.text, 14)
            else:
                ink.text(p, MARGIN, y, term.name, theme.muted, ink.SANS, 11)
            if term.met is not None:
                words = f"{ink.number(term.met)} × {ink.number(term.weight)}"
                ink.text(p, MARGIN + 124, y, words, theme.muted, ink.MONO, 10, align="right")
            wide = term.value / largest * reach
            color = theme.positive if term.value > 0 else theme.negative
            color = theme.future if term.name.endswith("other terms") else color
            p.fillRect(QRectF(min(middle, middle + wide), y - 9, abs(wide), 10), color)
            ink.text(
                p, self.right, y, ink.number(term.value), theme.text, ink.MONO, 11, align="right"
            )
            y += 19
        p.fillRect(QRectF(middle, y - 19 * len(terms) - 11, 1, 19 * len(terms) - 4), theme.ticks)


def _weight(span: Span) -> int:
    return 400 if span.role == "text" else 600


def _is_number(words: str) -> bool:
    return words.lstrip("−")[:1].isdigit()


PANES = (PaneSpec("unit", "Unit", UnitPane, (340, 600), dock="right"),)
