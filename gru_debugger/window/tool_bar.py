"""The tool bar."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QValidator
from PySide6.QtWidgets import (
    QButtonGroup,
    QMenu,
    QSpinBox,
    QToolBar,
    QToolButton,
)

from gru_debugger.charts import fonts
from gru_debugger.charts.qt_faults import guarded
from gru_debugger.charts.theme import Theme
from gru_debugger.numerals import grouped
from gru_debugger.panes.registry import centre_specs
from gru_debugger.session.playing import SPEEDS
from gru_debugger.session.session import Session
from gru_debugger.window import style
from gru_debugger.window.bar import Bar, Stage, open_menu
from gru_debugger.window.combo import Combo
from gru_debugger.window.painted_words import Tile
from gru_debugger.window.plain import Label, on_button, shortened

_NAME, _ANY = 150, 16777215  # pixels that the model's name may take: where it is narrow, Qt's own
TAB = Qt.FocusPolicy.TabFocus


class StepBox(QSpinBox):
    """The step's number; typing takes effect with Enter, Esc gives up."""

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setKeyboardTracking(False)
        self.setFocusPolicy(TAB)
        self.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.setMinimumWidth(66)
        self.setAccessibleName("step")

    def textFromValue(self, value: int) -> str:
        return grouped(value)

    def valueFromText(self, text: str) -> int:
        return int(text.replace(",", ""))

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Any number may be typed, with or without commas; one beyond the text becomes its last."""
        digits = text.replace(",", "")
        state = QValidator.State.Acceptable
        if digits and not (digits.isascii() and digits.isdecimal()):
            state = QValidator.State.Invalid
        elif not digits or int(digits) > self.maximum():
            state = QValidator.State.Intermediate
        return state, text, position

    def fixup(self, text: str) -> str:
        digits = text.replace(",", "")
        return grouped(self.maximum() if digits.isdecimal() else self.value())

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.setValue(self.value())  # what was typed is forgotten before the focus leaves
        else:
            super().keyPressEvent(event)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            self.left.emit()


def _follow(button: QToolButton, action: QAction) -> None:
    """Make a button an action's; as its default action it would take the action's keys too."""

    def show() -> None:
        button.setEnabled(action.isEnabled())
        button.setCheckable(action.isCheckable())
        button.setChecked(action.isChecked())
        button.setToolTip(action.toolTip())

    action.changed.connect(show)
    button.clicked.connect(lambda: action.trigger())
    show()


class ToolBar(QToolBar):
    """File, stepping, position, layer; what the centre shows, notation, theme, export."""

    def __init__(self, session: Session, actions: dict[str, QAction], recent: QMenu) -> None:
        super().__init__("Tool bar")
        self.setObjectName("toolBar")
        self.setMovable(False)
        self.setFixedHeight(46)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.session = session
        self._times = 1.0
        self.file = self._button("Open")
        open_menu(self.file, recent)
        self.back = self._button("Back  ←", actions["backward"])
        self.step = self._button("Step  →", actions["forward"], "primary")
        self.play = self._button("Play", actions["play"])
        self.run = self._button("Run to stop", actions["run_forward"])
        self.speed = self._speed()
        self.position = StepBox()
        self.position.setRange(0, 0)
        self.position.valueChanged.connect(session.go_to)
        self.total = Label()
        self.character = Tile()
        self.layer = Combo()
        self.layer.setFocusPolicy(TAB)
        self.layer.setAccessibleName("layer and direction")
        self.layer.setSizeAdjustPolicy(Combo.SizeAdjustPolicy.AdjustToContents)
        self.layer.currentIndexChanged.connect(self._choose_layer)
        self.centre = [
            self._button(spec.title, actions[f"centre_{spec.name}"]) for spec in centre_specs()
        ]
        self.notation = Label("Notation")
        self.pytorch, self.course = self._notation()
        self.theme = self._button("", actions["theme"])
        self.export = self._button("Export", actions["export"])
        self.bar = self._make_bar(actions)
        self.bar.need(self.layer, False)
        self.bar.need(self.run, False)
        self.bar.reserve(self.run)
        self.addWidget(self.bar)
        session.opened.connect(self._show_model)
        session.position_changed.connect(self._show_position)
        session.playing_changed.connect(self._show_playing)
        session.view_changed.connect(self._show_view)
        session.marks_changed.connect(self._show_stops)

    def _button(self, words: str, action: QAction | None = None, name: str = "") -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setFocusPolicy(TAB)
        button.setToolButtonStyle(
            Qt.ToolButtonStyle.ToolButtonTextBesideIcon
            if words != ""
            else Qt.ToolButtonStyle.ToolButtonIconOnly
        )
        button.setIconSize(QSize(16, 16))
        button.setText(f" {words}")
        spoken = words.rstrip(" ←→")
        button.setAccessibleName(spoken or (action.text() if action is not None else ""))
        if action is not None:
            _follow(button, action)
        return button

    def _speed(self) -> Combo:
        box = Combo()
        box.setFocusPolicy(TAB)
        box.setAccessibleName("playing speed")
        box.setToolTip("Characters a second")
        for speed in SPEEDS:
            box.addItem(f"{speed}/s", speed)
        box.setCurrentIndex(SPEEDS.index(self.session.speed))
        box.currentIndexChanged.connect(lambda i: self.session.set_speed(SPEEDS[i]))
        return box

    def _notation(self) -> tuple[QToolButton, QToolButton]:
        group = QButtonGroup(self)
        buttons = []
        for name, notation in (("PyTorch", "pytorch"), ("Course", "course")):
            button = self._button(name)
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, n=notation: self.session.look(notation=n))
            button.setToolTip(f"Write the equations as {name} does (Ctrl+Shift+N)")
            group.addButton(button)
            buttons.append(button)
        return buttons[0], buttons[1]

    def _make_bar(self, actions: dict[str, QAction]) -> Bar:
        """One row in one widget: a tool bar's own layout has margins that no style takes away."""
        left = (
            (self.file,),
            (self.back, self.step, self.play, self.speed),
            (Label("step"), self.position, self.total, self.character, self.layer),
            (self.run,),  # it comes with the first stop, where it moves nothing
        )
        right = (
            self.centre,
            (self.notation, self.pytorch, self.course),
            (self.theme, self.export),
        )

        def named(*names: str) -> Callable[[], list[QAction]]:
            return lambda: [actions[name] for name in names]

        stages = (
            Stage(shorten=partial(self._shorten, [self.run])),
            Stage(shorten=partial(self._shorten, [self.back, self.step, self.play, self.export])),
            Stage([self.notation]),
            Stage(shorten=self._shorten_name),
            Stage(self.centre),  # the View menu has them
            Stage([self.theme], named("theme")),
            Stage([self.export], named("export")),
            Stage([self.pytorch, self.course], named("notation")),
            Stage([self.speed], named("slower", "faster")),
            Stage([self.run], named("run_forward", "run_backward")),
            Stage([self.layer], self._place_actions),
            Stage([self.total]),
        )
        return Bar(left, right, stages)

    def _shorten(self, buttons: list[QToolButton], short: bool) -> None:
        """Buttons without their words."""
        icons = Qt.ToolButtonStyle.ToolButtonIconOnly
        words = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        for button in buttons:
            button.setToolButtonStyle(icons if short else words)

    def _shorten_name(self, short: bool) -> None:
        self.file.setMaximumWidth(round(_NAME * self._times) if short else _ANY)

    def magnify(self, times: float) -> None:
        """Type has become so many times as large as usual: what has room is another now."""
        self._times = times
        self.bar.fit()

    def _place_actions(self) -> list[QAction]:
        """What the box of layers offers."""
        shown, made = self.layer.currentIndex(), []
        for i in range(self.layer.count()):
            action = QAction(self.layer.itemText(i), self.bar.more.menu())
            action.setCheckable(True)
            action.setChecked(i == shown)
            action.triggered.connect(lambda _=False, i=i: self.layer.setCurrentIndex(i))
            made.append(action)
        return made

    def use_theme(self, theme: Theme) -> None:
        for button, shape, color in (
            (self.file, "folder", theme.text),
            (self.back, "back", theme.text),
            (self.step, "step", theme.now_text),
            (self.run, "run", theme.text),
            (self.theme, "theme", theme.text),
            (self.export, "export", theme.text),
        ):
            button.setIcon(style.icon(shape, color))
        self._theme = theme
        self.character.use_theme(theme)
        self._show_playing()

    # Following the session -----------------------------------------------------------------

    def _show_model(self) -> None:
        model = self.session.model
        if model is None:
            return
        name = model.source.title
        self.file.setText(f" {on_button(name if len(name) < 28 else name[:26] + '…')}  ▾")
        self.file.setAccessibleName(shortened(f"Open; {name} is open"))
        source = model.source
        lines = [source.path, f"SHA-256 {source.sha256[:12]}"]
        lines += [source.converted_from.in_words()] if source.converted_from else []
        self.file.setToolTip("\n".join(lines))
        with QSignalBlocker(self.layer):
            self.layer.clear()
            for place in model.places:
                self.layer.addItem(model.place_in_words(*place), place)
        self.layer.ensurePolished()
        # Qt keeps the least width that the former model's items needed.
        self.layer.setFixedWidth(self.layer.sizeHint().width())
        self.bar.need(self.layer, model.places != ((0, "forward"),))
        with QSignalBlocker(self.position):
            self.position.setRange(0, self.session.steps)
        self.total.setText(f"of {grouped(self.session.steps)} ")
        rows = self.session.trace is not None and self.session.trace.reading.rows is not None
        self.character.widen(rows or model.longest_symbol > 1)
        self._show_stops()
        self._show_position()
        self._show_view()

    def _show_stops(self) -> None:
        """Running to one is offered while there is one."""
        self.bar.need(self.run, self.session.marks.halting)
        self.bar.fit()

    def _show_position(self) -> None:
        session = self.session
        with QSignalBlocker(self.position):
            self.position.setValue(session.position)
        trace, position = session.trace, session.position
        shown, words = "", ""
        if trace and position:
            shown = fonts.glyph(trace.characters[position - 1])
            words = trace.character_in_words(position)
        self.character.set_text(shown)
        self.character.setToolTip(words)

    def _show_playing(self) -> None:
        playing = self.session.playing
        self.play.setText(" Pause" if playing else " Play")
        self.play.setAccessibleName("Pause" if playing else "Play")
        self.play.setIcon(style.icon("pause" if playing else "play", self._theme.text))
        with QSignalBlocker(self.speed):
            self.speed.setCurrentIndex(SPEEDS.index(self.session.speed))

    def _show_view(self) -> None:
        session = self.session
        self.pytorch.setChecked(session.notation == "pytorch")
        self.course.setChecked(session.notation == "course")
        with QSignalBlocker(self.layer):
            place = session.layer, session.direction
            if session.model is not None:
                self.layer.setCurrentIndex(session.model.places.index(place))

    def _choose_layer(self, index: int) -> None:
        data = self.layer.itemData(index)
        if data is not None:
            self.session.look(layer=data[0], direction=data[1])
