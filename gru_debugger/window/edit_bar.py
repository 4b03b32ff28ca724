"""The bar above the cell that says what is set by hand, as long as anything is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from gru_debugger.charts.qt_faults import guarded
from gru_debugger.core.edits import Edit
from gru_debugger.core.trace import Trace
from gru_debugger.session.pinned import in_words
from gru_debugger.session.session import Session
from gru_debugger.window.edit_chips import Chip, KeyButton
from gru_debugger.window.input_line import tool_button
from gru_debugger.window.plain import Label, on_button
from gru_debugger.window.pulling import Pulling
from gru_debugger.window.reference import Reference
from gru_debugger.window.what_changed import WhatChanged

if TYPE_CHECKING:
    from gru_debugger.questions.differing import Comparison
    from gru_debugger.questions.differing_in_words import Words
    from gru_debugger.window.what_if import WhatIf

HIGH, _SAID_HIGH = 38, 20  # pixels
_CHIPS = 8  # with a place of their own in Tab's order; what else there is stands in a menu
_LEFT, _RIGHT, _GAP = 62, 14, 8  # pixels
_MORE = 80  # pixels of the button that has the rest
_NOTHING = "", ""  # to be said


class EditBar(QFrame):
    left = Signal()  # while one of its controls had the focus

    def __init__(
        self,
        session: Session,
        what_if: Callable[[], WhatIf],
        reference: Reference,
        changed: WhatChanged,
        pulling: Pulling,
        set_edits: Callable[..., None],
    ) -> None:
        super().__init__()
        self.setObjectName("editBar")
        self.setFixedHeight(HIGH)
        self._session, self._what_if, self._set_edits = session, what_if, set_edits
        self._reference = reference
        self._aside = False  # for a line that has its place
        self.title = Label()
        self.title.setObjectName("keys")
        self.chips = [
            Chip(partial(self._say_again, i), partial(self._remove, i)) for i in range(_CHIPS)
        ]
        self._order: list[int] = []  # the edits as their chips stand, and then the menu
        self.more = tool_button("", "", "", self._show_more)
        self.more.setObjectName("more")
        self.upon = Label("what if")  # beside a pinned step, between it and the edits
        self.upon.setObjectName("keys")
        self.another = KeyButton("=", lambda: self._begin(lambda: what_if().begin()))
        self.first = tool_button("", "", "", self._go_to_first)
        self.first.setObjectName("first")
        self.bits, self.predictions = Label(), Label()
        for label in (self.bits, self.predictions):
            label.setObjectName("quiet")
            label.setFixedHeight(_SAID_HIGH)
        self._effect: tuple[Label | QToolButton, ...] = (self.first, self.bits, self.predictions)
        self.left_out = Label("…")  # what of the effect has no room; the bar's tip has it
        self._changed: Comparison | None = None
        self._notation = session.notation  # in which it was said what changed
        self.other, self.drop = (
            KeyButton("O", reference.swap),
            KeyButton("Ctrl+Shift+O", reference.drop),
        )
        # What is said beside the edits, the most telling first; its words, and shorter ones.
        self._words: dict[Label | QToolButton, Words] = dict.fromkeys(
            (*self._effect, self.other, self.another), ("", "")
        )
        self.drop.setText("drop it")
        self._lay_out()
        self.hide()
        self._pulling = pulling
        pulling.ended.connect(self._show)
        changed.found.connect(self._show_changed)
        session.opened.connect(self._show)
        session.position_changed.connect(self._show_in_force)
        session.view_changed.connect(self._show_notation)

    def _lay_out(self) -> None:
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        layout = QHBoxLayout(self)
        layout.setSizeConstraint(QHBoxLayout.SizeConstraint.SetNoConstraint)
        layout.setContentsMargins(_LEFT, 0, _RIGHT, 0)
        layout.setSpacing(_GAP)
        chips = self.chips[0], self.upon, *self.chips[1:], self.more
        for widget in (self.title, *chips, self.another, *self._effect, self.left_out):
            layout.addWidget(widget)
        layout.addStretch(1)
        layout.addWidget(self.other)
        layout.addWidget(self.drop)

    def step_aside(self, aside: bool) -> None:
        self._aside = aside
        self.setVisible(self._wanted)

    # What is said ----------------------------------------------------------------------------

    @property
    def _edits(self) -> tuple[Edit, ...]:
        edited = self._session.edited
        return () if edited is None else edited.edits

    @property
    def _pinned(self) -> Trace | None:
        """What is pinned; a run where there are no edits, which go before it."""
        pinned = self._session.pinned
        return pinned.trace if pinned.step or not self._edits else None

    @property
    def _ahead(self) -> int:
        """How many chips stand before those of the edits."""
        return int(self._pinned is not None)

    @property
    def _wanted(self) -> bool:
        return not self._aside and bool(self._edits or self._pinned)

    def _show(self) -> None:
        edits, pinned = self._edits, self._pinned
        focused = self._has_focus()
        if pinned is not None:
            self._show_pinned(pinned)
        elif edits:
            swapped = self._session.swapped
            self.title.setText("Without" if swapped else "What if")
            which = "with" if swapped else "without"
            self._say(self.other, f"the run {which}", which)
        self._stand(range(len(edits)))
        self._say_changed()  # the two runs may have changed places
        gone = ["remove all edits"] if edits else []
        gone += [] if self._session.pinned.trace is None else ["pin it no longer"]
        self.drop.setAccessibleName(" and ".join(gone))
        if edits or pinned is not None:
            self._say(self.another, "another edit" if edits else "")
            self._fit()
        if not self._pulling.active:  # the picture keeps its place under the pointer
            self.setVisible(self._wanted)
        self._show_in_force()
        if focused and not self._has_focus():  # what had it is gone
            self.left.emit()

    def _show_pinned(self, pinned: Trace) -> None:
        step, there = self._session.pinned.step, self._session.can_swap()
        what = "step" if step else "run"
        if not self._edits:
            self._show_changed(None)
        self.title.setText("Beside" if there else "Pinned")
        self._say(self.other, f"the pinned {what}" if there else "", "pinned")
        shown = self._session.trace
        words = in_words(pinned, step, shown) if step and shown else pinned.text
        self.chips[0].show_pinned(words or pinned.reading.name, what)

    def _show_in_force(self) -> None:
        """Which of them set something in the step shown, or are that step."""
        if self._pinned is not None:
            self.chips[0].in_force(self._session.is_pinned_here())
        if self.more.isVisibleTo(self) and self._order != self._in_force_first():
            self._fit()
        for chip, at in zip(self.chips[self._ahead :], self._order, strict=False):
            chip.in_force(self._is_in_force(at))

    def _is_in_force(self, at: int) -> bool:
        edit = self._edits[at]
        return not self._session.swapped and edit.first <= self._session.position <= edit.last

    def _in_force_first(self) -> list[int]:
        return sorted(range(len(self._edits)), key=lambda at: not self._is_in_force(at))

    def _stand(self, order: Iterable[int]) -> None:
        """The edits' chips in this order."""
        self._order = list(order)
        for chip, at in zip(self.chips[self._ahead :], self._order, strict=False):
            chip.show_edit(self._edits[at])

    def _has_focus(self) -> bool:
        focused = self.focusWidget()
        return focused is not None and focused.hasFocus() and focused.isVisibleTo(self)

    def _show_changed(self, changed: Comparison | None) -> None:
        self._changed = changed
        self._say_changed()
        self._fit()

    def _show_notation(self) -> None:
        if self._notation != self._session.notation:
            self._say_changed()
            self._fit()

    def _say_changed(self) -> None:
        """What differs first, and what becomes of the predictions; what is pinned has its room."""
        effect, tip = [_NOTHING] * len(self._effect), ""
        self._notation = self._session.notation
        if self._changed is not None:
            from gru_debugger.questions.differing_in_words import in_words

            told = in_words(self._changed, self._session.swapped, self._notation)
            first, tip = told.first, told.tip
            both = self._pinned is None
            effect = [first, *((told.bits, told.predictions) if both else (_NOTHING, _NOTHING))]
        for part, words in zip(self._effect, effect, strict=True):
            self._say(part, *words)
        for place in (self, *self._effect, self.left_out):
            place.setToolTip(tip)
            place.setAccessibleDescription(tip)
        self.left_out.setAccessibleName("; ".join(whole for whole, _ in effect if whole))

    def _say(self, part: Label | QToolButton, words: str, brief: str = "") -> None:
        self._words[part] = words, brief
        part.setAccessibleName(words)

    def _go_to_first(self) -> None:
        first = self._changed.first if self._changed is not None else None
        if first is not None:
            self._session.follow(first.step, first.quantity, first.unit, first.place)

    # What is done ----------------------------------------------------------------------------

    def _say_again(self, at: int) -> None:
        if at < self._ahead:
            self._reference.swap()
            return
        edit = str(self._edit(at))
        self._begin(lambda: self._what_if().begin_again(edit))

    def _edit(self, at: int) -> Edit:
        """Of a chip, or of a row of the menu that goes on behind them."""
        return self._edits[self._order[at - self._ahead]]

    def _begin(self, line: Callable[[], object]) -> None:
        """Once the click has given the focus back to the stepping view."""
        QTimer.singleShot(0, self, line)

    def _remove(self, at: int) -> None:
        if at < self._ahead:
            self._reference.unpin()
            return
        gone = self._edit(at)
        self._set_edits(*(str(edit) for edit in self._edits if edit is not gone))

    def _show_more(self) -> None:
        """The edits that have no chip."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for at in range(self._chips_shown(), self._ahead + len(self._edits)):
            words = on_button(str(self._edit(at)))
            menu.addAction(words).triggered.connect(partial(self._say_again, at))
        menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    # Room ------------------------------------------------------------------------------------

    def _chips_shown(self) -> int:
        return sum(chip.isVisibleTo(self) for chip in self.chips)

    def _fit(self) -> None:
        """The edits as they were said; where not all have room, what is in force comes first."""
        for order in (range(len(self._edits)), self._in_force_first()):
            self._stand(order)
            self._lay_chips()
            if not self.more.isVisibleTo(self):
                break

    def _lay_chips(self) -> None:
        """As many chips as there is room for, one at least, two before what the keys do."""
        room = self.contentsRect().width() - _LEFT - _RIGHT - _wide(self.title)
        count = self._ahead + len(self._edits) or 1
        both = count > self._ahead == 1
        self.upon.setVisible(both)
        room -= _wide(self.upon) if both else 0
        one, two = (_wide_with_rest(self.chips[:count], shown) for shown in (1, 2))
        least = two + _wide(self.first) + _wide(self.left_out)  # the first difference stays whole
        wanted = two if self._shorten(room - two) or least <= room else one
        room = self._show_effect(room - wanted) + wanted
        for part in (self.other, self.another, self.drop):
            said = part is self.drop or self._words[part][0] != ""
            fits = said and room - wanted - _wide(part) >= 0
            part.setVisible(fits)
            room -= _wide(part) if fits else 0
        for i, chip in enumerate(self.chips):
            others = _MORE if i < count - 1 else 0
            shown = i < count and (i == 0 or room >= _wide(chip) + others)
            chip.setVisible(shown)
            room = room - _wide(chip) if shown else -1
        hidden = count - self._chips_shown()
        self.more.setText(f"{hidden} more" if hidden else "")
        self.more.setAccessibleName(f"{hidden} more edits")
        self.more.setVisible(hidden > 0)

    def _show_effect(self, room: int) -> int:
        """What has room of it, the most telling first; the rest an ellipsis. What room is left."""
        said = [part for part in self._effect if self._words[part][0]]
        dots, shown = _wide(self.left_out), 0
        for i, part in enumerate(said):
            if room - _wide(part) - (dots if part is not said[-1] else 0) < 0:
                break
            room, shown = room - _wide(part), i + 1
        for part in self._effect:
            part.setVisible(part in said[:shown])
        cut = shown < len(said) and room >= dots
        self.left_out.setVisible(cut)
        return room - (dots if cut else 0)

    def _shorten(self, room: int) -> bool:
        """Say all that is said beside the edits in so many pixels: in fewer words, the last first,
        where need be; whether that does."""
        said = [part for part, (words, _) in self._words.items() if words]
        for part in said:
            part.setText(self._words[part][0])
        over = sum(map(_wide, said)) - room
        for part in reversed(said):
            if over <= 0:
                break
            whole = _wide(part)
            part.setText(self._words[part][1])
            over -= whole - _wide(part)
        return over <= 0

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()


def _wide(widget: QWidget) -> int:
    return widget.sizeHint().width() + _GAP


def _wide_with_rest(chips: Sequence[QWidget], shown: int) -> int:
    """Pixels of the first chips, and of the button that has those that are not shown."""
    return sum(map(_wide, chips[:shown])) + (_MORE if len(chips) > shown else 0)
