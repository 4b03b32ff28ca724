"""What-if: a line above the picture in which an edit is said, and the mark that there are some."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QToolButton, QWidget

from gru_debugger.core import names
from gru_debugger.core.cell import EDITABLE
from gru_debugger.core.edits import LONGEST
from gru_debugger.errors import one_line
from gru_debugger.numerals import MINUS, two
from gru_debugger.session.session import Session
from gru_debugger.window.plain import on_button
from gru_debugger.window.said_line import TAB, SaidLine

_SHOWN = 40  # characters of the edits in the mark


class WhatIf(SaidLine):
    """Sets what is said, beside the edits that there are."""

    longest = LONGEST

    def __init__(self, over: QWidget, session: Session, set_edits: Callable[..., None]) -> None:
        def add(words: str) -> None:
            assert session.trace is not None
            set_edits(*session.trace.run.edits, words)

        example = "z[9] = 1 at 34, r = 1, h[0:4] = 0 from 10 to 20"
        super().__init__(over, session, "What if", example, "Set", add)

    def begin(self) -> None:
        """With the selected value as it is now, its number ready to be typed over."""
        self.begin_with(*sentence(self._session))


def sentence(session: Session) -> tuple[str, str, str]:
    """What would leave the selected value as it is: up to its number, that, and what follows.

    Of one that can't be set, what it is a part of.
    """
    view, model, step = session.view, session.model, session.step
    place = view.layer, view.direction
    quantity = view.quantity if view.quantity in EDITABLE else session.answered
    name = quantity if model is None else names.called(model, quantity, place)
    values = None if step is None else step.get(quantity)
    number = "0" if values is None else two(float(values[view.unit])).replace(MINUS, "-")
    return f"{name}[{view.unit}] = ", number, f" at {max(1, session.position)}"


class EditMark(QToolButton):
    """Says which edits there are, as long as there are any; a click takes them away."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("edited")
        self.setFocusPolicy(TAB)
        self.hide()

    def show_edits(self, edits: tuple[str, ...]) -> None:
        said = "; ".join(edits)
        self.setText(on_button(f"edited: {one_line(said, _SHOWN)}  ✕") if edits else "")
        self.setAccessibleName(f"edited: {said}; remove the edits" if edits else "")
        listed = "\n".join(edits[:20]) + ("\n…" if len(edits) > 20 else "")
        self.setToolTip(f"Set by hand:\n{listed}\n\nRemove the edits" if edits else "")
        self.setVisible(bool(edits))
