"""Training from the start page: the command line's, in a process of its own; a falling curve."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from gru_debugger import children
from gru_debugger.charts import fonts
from gru_debugger.charts.qt_faults import guarded
from gru_debugger.numerals import fixed, percent
from gru_debugger.phrases import told
from gru_debugger.window.child import Child, Outcome
from gru_debugger.window.painting import smoothly
from gru_debugger.window.style import theme_of
from gru_debugger.window.welcome.cards import Card, button

PARTS = 100  # how often progress is told
_LEFT, _FOOT = 22, 6  # pixels beside and below the curve


class Trainer(QObject):
    """One training at a time. `trained` brings the model's path once the file is whole; `failed`
    why there is none, "" where it was cancelled."""

    advanced = Signal(int, float)  # of PARTS, bits a character
    trained = Signal(str)
    failed = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._child: Child | None = None
        self._cancelled = False

    @property
    def running(self) -> bool:
        return self._child is not None

    def begin(self, text: Path, out: Path, *options: str) -> None:
        """Train on `text`; `out` is written, or written anew, when all is done and not before.

        `options`: of the command's own.
        """
        child = self._child = Child(self)
        self._cancelled = False
        child.told.connect(self._hear)
        child.ended.connect(lambda outcome: self._ended(outcome, out))
        words = ["train", str(text), "-o", str(out), "--force", *options]
        child.begin(children.command("gru_debugger.cli", *words, folder=child.folder, tells=True))

    def _hear(self, told: dict[str, Any]) -> None:
        if "bits" in told:
            self.advanced.emit(int(told["done"]), float(told["bits"]))

    def cancel(self) -> None:
        if self._child is not None:
            self._cancelled = True
            self._child.interrupt()

    def stop(self) -> None:
        """The window closes; nothing has been written yet."""
        if self._child is not None:
            self._cancelled = True
            self._child.interrupt()
            self._child.wait(5000)

    def _ended(self, outcome: Outcome, out: Path) -> None:
        self._child = None
        if outcome.status == 0:
            self.trained.emit(str(out))
        else:
            self.failed.emit("" if self._cancelled else outcome.why or "The training broke off.")


class Curve(QWidget):
    """Bits a character while it trains, from the first to the last step that there will be."""

    def __init__(self) -> None:
        super().__init__()
        self.points: list[tuple[int, float]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(240, 64)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        with smoothly(self) as p:
            self._draw(p)

    def _draw(self, p: QPainter) -> None:
        theme = theme_of(self)
        area = QRectF(_LEFT, 6, self.width() - _LEFT - 2, self.height() - 6 - _FOOT)
        top = max([2.0, *(bits for _, bits in self.points)])
        for value in (0, 2, 4, 6, 8):
            if value <= top:
                y = area.bottom() - value / top * area.height()
                p.fillRect(QRectF(area.left(), y, area.width(), 1), theme.grid)
                fonts.text(p, _LEFT - 6, y + 4, str(value), theme.ticks, pixels=10, align="right")
        path = QPainterPath()
        for i, (done, bits) in enumerate(self.points):
            x = area.left() + done / PARTS * area.width()
            y = area.bottom() - bits / top * area.height()
            path.lineTo(x, y) if i else path.moveTo(x, y)
        p.setPen(QPen(theme.text, 1.6))
        p.drawPath(path)


class TrainCard(Card):
    """Chooses a text by `choose`, which begins; then shows how far it is, and cancels."""

    def __init__(self, trainer: Trainer, choose: Callable[[], object]) -> None:
        super().__init__()
        self._trainer = trainer
        self.say(told("Train on my own text"), "cardTitle")
        self.words = self.say(told(_IDLE), "plain")
        self.curve = Curve()
        self.curve.hide()
        self.column.addWidget(self.curve)
        self.choose: QPushButton = button(told("Choose a text…"), "", choose)
        self.cancel: QPushButton = button(
            told("Cancel"), "", trainer.cancel, told("Cancel the training")
        )
        self.cancel.hide()
        self.offer(self.choose, self.cancel)
        trainer.advanced.connect(self._advance)
        trainer.trained.connect(lambda _: self._rest(told(_IDLE)))
        trainer.failed.connect(
            lambda why: self._rest(why or told("Cancelled; nothing was written."))
        )

    def begin(self, name: str) -> None:
        self.curve.points = []
        self.curve.show()
        self._swap(self.choose, self.cancel)
        self.words.setText(told("Training on {name}…", name=name))

    def _advance(self, done: int, bits: float) -> None:
        self.curve.points.append((done, bits))
        self.curve.update()
        self.words.setText(told(
            "{share} done, {bits} bits a character. Nothing is written before the end.",
            share=percent(done / PARTS), bits=fixed(bits, 2),
        ))  # fmt: skip

    def _rest(self, words: str) -> None:
        self.curve.hide()
        self._swap(self.cancel, self.choose)
        self.words.setText(words)

    def _swap(self, before: QPushButton, after: QPushButton) -> None:
        focused = before.hasFocus()
        after.show()
        if focused:
            after.setFocus()
        before.hide()


_IDLE = (
    "A few thousand characters are enough for 16 units; about a minute on one core. Watch the "
    "surprise fall, then step through what has been learnt. You say where the model is written."
)
