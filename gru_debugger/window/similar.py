"""Similar steps: where in the text the units are on together as they were at one step."""

from __future__ import annotations

from textwrap import fill

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QDoubleSpinBox,
    QHBoxLayout,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from gru_debugger.charts.qt_faults import guarded
from gru_debugger.charts.theme import Theme
from gru_debugger.core.names import called
from gru_debugger.numerals import NO_BREAK, counted, grouped, percent
from gru_debugger.session.session import Session
from gru_debugger.session.similar import BEST, MOST, Asked
from gru_debugger.window.plain import Label
from gru_debugger.window.steps_view import STEP, TEXT, Around, StepsModel, StepsView

_SCORE = "in common"
_HEADS = _SCORE, STEP, TEXT
_WIDTHS = (90, 76)  # pixels; the text takes the rest
_NAMED, _TOLD = 12, 300  # units that are on: in the head, and in its tip
_COLUMNS = 80  # characters of the tip's lines
_LINES = 2  # of the head, so that the list stays where it is
_NOT_ASKED = (
    "Nothing is asked of this text yet; From here (Enter) asks from the step where you are."
)
_ENTER = Qt.Key.Key_Return, Qt.Key.Key_Enter


def _listed(units: list[int], most: int) -> str:
    """Where they break into lines, no dots stand alone."""
    return ", ".join(map(grouped, units[:most])) + f"{NO_BREAK}…" * (len(units) > most)


class SimilarList(QWidget):
    """The most similar first; it stays as it is until it is asked for from another step."""

    told = Signal(str)  # what has been done

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self._session, self._similar = session, session.similar
        self.head, self.note = Label(wrap=True), Label(wrap=True)
        self.head.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.quantile = QDoubleSpinBox(minimum=0.5, maximum=0.99, singleStep=0.05, value=0.8)
        self.quantile.setLocale(QLocale.c())
        self.most = QSpinBox(minimum=0, maximum=0)
        self.most.setSpecialValueText("all")
        self.best = QSpinBox(minimum=1, maximum=MOST, value=BEST)
        self.best.setToolTip("So many are listed, and marked in the text")
        self.view = StepsView("similar steps", self._go, _WIDTHS)
        self._model = StepsModel(self.view, lambda row, _: percent(self._scores[row]))
        self._scores: list[float] = []
        self.view.setModel(self._model)
        self.view.setItemDelegateForColumn(_HEADS.index(TEXT), Around(self.view))
        self._lay_out()
        self._similar.changed.connect(self._show)
        session.position_changed.connect(self._follow)
        session.opened.connect(self._fit)

    def _lay_out(self) -> None:
        line, below = QHBoxLayout(), QHBoxLayout()
        boxes: dict[str, tuple[QAbstractSpinBox, QHBoxLayout]] = {
            "on beyond the quantile": (self.quantile, line),
            "the strongest": (self.most, line),
            "the best": (self.best, below),
        }
        for words, (box, where) in boxes.items():
            label = Label(words)
            label.setBuddy(box)
            box.setAccessibleName(words)
            box.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
            where.addWidget(label)
            where.addWidget(box)
        self.most.setToolTip("So many of the units that are on here; all: the others count too")
        self.again, self.copy_all = QPushButton("From here"), QPushButton("Copy")
        self.again.setToolTip("Look from the step where you are (Enter)")
        self.again.clicked.connect(self.ask)
        self.copy_all.clicked.connect(self.copy)
        self.best.valueChanged.connect(self._similar.list_best)
        for widget in (self.quantile, self.most, self.again, self.best, self.copy_all):
            widget.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for button in (self.again, self.copy_all):
            button.setAutoDefault(False)
        line.addStretch(1)
        line.addWidget(self.again)
        below.addWidget(self.note, 1)
        below.addWidget(self.copy_all)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 6, 10, 8)
        layout.addWidget(self.head)
        layout.addLayout(line)
        layout.addWidget(self.view, 1)
        layout.addLayout(below)

    # Asked -------------------------------------------------------------------------------------

    def ask(self) -> None:
        """Like the step where one is now."""
        self._similar.ask(self.quantile.value(), self.most.value() or None)

    def ask_here(self) -> None:
        """The same, by a key: the list has the keyboard then."""
        self.ask()
        self.view.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in a number or on the button; in the list it goes there. How many are listed is
        no question."""
        if event.key() in _ENTER and not self.best.hasFocus():
            self.ask()
        else:
            super().keyPressEvent(event)

    @guarded
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.head.setMinimumHeight(_LINES * self.head.fontMetrics().lineSpacing())
        self._similar.show(True)
        self._fit()
        self._show()

    @guarded
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._similar.show(False)

    # Shown -------------------------------------------------------------------------------------

    def _fit(self) -> None:
        """There are other units, perhaps."""
        model = self._session.model
        self.most.setMaximum(model.hidden_size if model else 0)
        boxes = self.most, self.best
        # What a larger number needs Qt does not tell the layout, a least width it does.
        self.most.setMinimumWidth(max(box.minimumSizeHint().width() for box in boxes))

    def _follow(self) -> None:
        if self.isVisible():
            self._model.be_at(self._session.position)

    def _show(self) -> None:
        if not self.isVisible():
            return
        asked, found = self._similar.asked, self._similar.found
        self._scores = found.scores.tolist() if found else []
        steps = found.steps.tolist() if found else []
        self._model.show(asked.trace if asked else None, _HEADS, steps)
        self._model.here = self._session.position
        self.head.setText(self._asked_of(asked) if asked else _NOT_ASKED)
        self.head.setToolTip(self._all_on())
        self.note.setText(self._similar.in_words())
        self.copy_all.setEnabled(bool(steps))
        if steps:
            self.view.choose(0)

    def _asked_of(self, asked: Asked) -> str:
        """The step that the others are like, and the units that are on there."""
        answer, trace = self._similar.answer, asked.trace
        words = f"Like step {grouped(asked.t)}"
        if asked.t:
            words += f", {trace.character_in_words(asked.t)}"
        if answer and answer.similar is not None:
            units = answer.similar.units.tolist()
            of = called(trace.model, "h", asked.place)
            words += f": {counted(len(units), 'unit')} of {of} on, "
            words += _listed(units, _NAMED)
        return words

    def _all_on(self) -> str:
        """The units of which the head names only the first; nothing where it names all."""
        similar = self._similar.answer.similar if self._similar.answer else None
        if similar is None or len(similar.units) <= _NAMED:
            return ""
        return fill(f"On there: {_listed(similar.units.tolist(), _TOLD)}", _COLUMNS)

    # Done --------------------------------------------------------------------------------------

    def _go(self, row: int) -> None:
        """To a row's step; the trail leads back."""
        self._session.follow(self._model.steps[row])

    def copy(self) -> None:
        QApplication.clipboard().setText(self.view.tsv())
        self.told.emit(f"Copied {counted(len(self._model.steps), 'similar step')}")
