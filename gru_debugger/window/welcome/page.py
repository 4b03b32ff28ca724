"""The start page: what can be opened, seen at a glance; 1 2 3 open."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gru_debugger.charts.qt_faults import guarded
from gru_debugger.core.trace import Trace
from gru_debugger.files import TEXT_SUFFIXES
from gru_debugger.formats import load_model
from gru_debugger.lessons import reading
from gru_debugger.lessons.tour import BUNDLED
from gru_debugger.numerals import fixed
from gru_debugger.phrases import foreign, several, told
from gru_debugger.questions.surprise import mean_surprise
from gru_debugger.window import dialogs, file_dialog
from gru_debugger.window.focus import stops
from gru_debugger.window.messages import MessageBar
from gru_debugger.window.plain import Label
from gru_debugger.window.welcome import cards
from gru_debugger.window.welcome.cards import Card, Drop, Offer, Recent
from gru_debugger.window.welcome.thumbnails import Blend, States
from gru_debugger.window.welcome.trainer import TrainCard, Trainer

if TYPE_CHECKING:
    from gru_debugger.main_window import MainWindow

_GAP, _LEAST = 26, 300  # pixels between cards; of the narrowest
_AIRY, _CLOSE = (36, 24, _GAP), (14, 8, 14)  # pixels above and below, and between rows of cards
_MODEL = ".safetensors"
_SCROLLING = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_KINDS = "PyTorch · safetensors · numpy · Keras · Flax · Equinox · ONNX; or rows of numbers"
_SHOWN = {
    "sixteen": "Small enough to see every number. Step 34 shows a unit that forgets and one that "
    "keeps.",
    "sonnets": "Trained on Shakespeare, reads sonnet 116. A few units hold on for dozens of "
    "characters.",
}

_TOUR = (
    "From a gate near 0 to why gradients survive, on the real charts. You predict, then they "
    "answer."
)


class Page(QScrollArea):
    """Lies over the window's panes, and keeps Tab to itself; Esc leaves it where it can be left."""

    left = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, self._columns = window, 0
        self.setObjectName("start")
        self.setAccessibleName(told("Start page"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.trainer = Trainer(self)
        self.trainer.trained.connect(self._trained)
        self.trainer.failed.connect(self._failed)
        self.numbered: list[QPushButton] = []
        self.recent = Recent(window.files.open, self._clear)
        self.training = TrainCard(self.trainer, self._ask_text)
        self._cards = [*self._offers(), self._drop(), self.recent, self.training]
        self._grid = QGridLayout()
        self._grid.setSpacing(_GAP)
        self._lay_out()

    # Made ----------------------------------------------------------------------------------

    def _offers(self) -> list[Card]:
        return [*(self._bundled(name, words) for name, words in _SHOWN.items()), self._tour()]

    def _tour(self) -> Card:
        """About the first of the bundled models."""
        tour, model = reading.read(BUNDLED), load_model("bundled:sixteen")
        assert model.example is not None
        trace = Trace(model, model.example.text).finish()
        picture = Blend(trace, model.example.step, model.example.unit)
        self.tour = self._number(told("Start"), told("Start the tour"), self._window.tours.begin)
        facts = (several(len(tour.stops), "{n} stop", "{n} stops"),
                 several(tour.minutes, "about {n} minute", "about {n} minutes"))  # fmt: skip
        title = told("Tour: {title}", title=foreign(tour.title))
        return Offer(picture, title, " · ".join(facts), told(_TOUR), self.tour)

    def _bundled(self, name: str, words: str) -> Card:
        """Its picture and its figures are those of the model itself."""
        path = f"bundled:{name}"
        model = load_model(path)
        assert model.example is not None
        trace = Trace(model, model.example.text).finish()
        surprise = mean_surprise(trace)
        assert surprise is not None
        facts = [
            several(model.hidden_size, "{n} unit", "{n} units"),
            several(model.symbols, "{n} character", "{n} characters"),
            told("{bits} bits a character", bits=fixed(surprise.bits, 2)),
        ]
        picture = States(trace, max(model.example.step, 16))
        spoken = told("Open {name}", name=name)
        opener = self._number(told("Open"), spoken, lambda: self._window.files.open_model(path))
        return Offer(picture, name, " · ".join(facts), told(words), opener)

    def _number(self, words: str, spoken: str, call: Callable[[], object]) -> QPushButton:
        made = cards.primary(words, str(len(self.numbered) + 1), call, spoken)
        self.numbered.append(made)
        return made

    def _drop(self) -> Card:
        files = self._window.files
        self.open_text = cards.button(told("Open text…"), "Ctrl+T", files.ask_text)
        model = cards.button(told("Open model…"), "Ctrl+O", files.ask_model)
        return Drop(told(_KINDS), model, self.open_text)

    def _lay_out(self) -> None:
        inner = QWidget()
        inner.setObjectName("startInside")
        self._outer = QVBoxLayout(inner)
        self._outer.setContentsMargins(0, 0, 0, 0)
        self._outer.setSpacing(0)
        across, column = QHBoxLayout(), QVBoxLayout()
        self._column = column
        column.setSpacing(6)
        for words, name in (
            ("See what a GRU does with every character", "startTitle"),
            ("Open a trained model and a text, or begin with one of these. Nothing in a file is "
             "run, nothing leaves this computer.", "plain"),
        ):  # fmt: skip
            label = Label(told(words), wrap=True)
            label.setObjectName(name)
            column.addWidget(label)
        column.addSpacing(16)
        column.addLayout(self._grid)
        column.addSpacing(12)
        foot = Label(told("Ctrl+Shift+P finds every command · F1 shows all keys"), wrap=True)
        foot.setObjectName("why")
        column.addWidget(foot)
        column.addStretch(1)
        across.addStretch(1)
        across.addLayout(column, 1000)
        across.addStretch(1)
        self._outer.addLayout(across, 1)
        self.setWidget(inner)

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many cards beside each other as find room."""
        super().resizeEvent(event)
        columns = max(1, min(3, (self.viewport().width() - 48 + _GAP) // (_LEAST + _GAP)))
        if columns != self._columns:
            self._columns = columns
            for i, card in enumerate(self._cards):
                self._grid.addWidget(card, i // columns, i % columns)
        self._space_out()

    def _space_out(self) -> None:
        """As far as all of it is in sight, with air around it."""
        room = self.viewport().size()
        for above, below, between in (_AIRY, _CLOSE):
            self._column.setContentsMargins(24, above, 24, below)
            self._grid.setVerticalSpacing(between)
            if self._outer.totalHeightForWidth(room.width()) <= room.height():
                break

    # Shown ---------------------------------------------------------------------------------

    def take(self, message: MessageBar) -> None:
        """What is told stands above, as it does over the panes."""
        self._outer.insertWidget(0, message)

    def refresh(self) -> None:
        recent = self._window.files.recent
        self.recent.show_paths(recent.paths())
        self.open_text.setEnabled(self._window.session.trace is not None)
        at = self._window.tours.left_at()
        words = told("Go on at stop {n}", n=str(at + 1)) if at else told("Start")
        self.tour.setText(f"{words}\N{EM SPACE}3")
        self._space_out()

    def _clear(self) -> None:
        self._window.files.recent.clear()
        self.refresh()
        self.begin()

    def begin(self) -> None:
        """The keyboard stands at the first of what can be opened."""
        self.numbered[0].setFocus()

    # Keys ----------------------------------------------------------------------------------

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.text()
        if key.isdigit() and 1 <= int(key) <= len(self.numbered):
            self.numbered[int(key) - 1].click()
        elif event.key() == Qt.Key.Key_Escape and not self._window.message.messages:
            self.left.emit()
        elif event.key() in _SCROLLING:
            super().keyPressEvent(event)
        else:
            event.ignore()

    def focusNextPrevChild(self, onward: bool) -> bool:
        """Round and round on the page: what is under it can't be seen."""
        found = [stop for stop in stops(self) if stop.isVisible() and stop.isEnabled()]
        if not found:  # it is being hidden
            return False
        now = QApplication.focusWidget()
        at = found.index(now) if now in found else -1 if onward else 0
        there = found[(at + (1 if onward else -1)) % len(found)]
        reason = Qt.FocusReason.TabFocusReason if onward else Qt.FocusReason.BacktabFocusReason
        there.setFocus(reason)
        self.ensureWidgetVisible(there)
        return True

    # Training ------------------------------------------------------------------------------

    def _ask_text(self) -> None:
        """Which text, and where what is trained on it is to be written."""
        window, folder = self._window, self._window.files.recent.folder()
        path = file_dialog.ask_path(
            window, told("Train on a text"), folder, {told("Texts"): TEXT_SUFFIXES}
        )
        if not path:
            return
        title, start = told("Write the trained model"), str(Path(path).with_suffix(_MODEL))
        out = file_dialog.ask_path(window, title, start, {told("Models"): (_MODEL,)}, "new file")
        if out and (not Path(out).exists() or dialogs.may_overwrite(window, title, Path(out))):
            self.training.begin(Path(path).name)
            self.trainer.begin(Path(path), Path(out))

    def _trained(self, path: str) -> None:
        """Opened at once where it was waited for; else offered."""
        files = self._window.files
        if self.isVisible():
            files.open_own(path)
        else:
            words, offer = told("{name} has been trained.", name=Path(path).name), told("Open it")
            self._window.message.notice(words, offer, lambda: files.open_own(path), "trained")

    def _failed(self, why: str) -> None:
        if why:
            self._window.message.error(why, "trained")
