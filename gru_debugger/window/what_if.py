"""What-if: a line above the picture in which an edit is said."""

from __future__ import annotations

import re
from collections.abc import Callable

from gru_debugger.core import names
from gru_debugger.core.cell import EDITABLE
from gru_debugger.core.edits import LONGEST, with_edit
from gru_debugger.numerals import MINUS, two
from gru_debugger.session.session import Session
from gru_debugger.window.said_line import SaidLine

_NUMBER = re.compile(r"([^=]*=\s*)(\S+)(.*)", re.DOTALL)
_STEPS = re.compile(r"\s(at|from)\s")


class WhatIf(SaidLine):
    """Sets what is said, beside the edits that there are or in the place of one."""

    longest = LONGEST

    def __init__(self, session: Session, set_edits: Callable[..., None]) -> None:
        example = "z[9] = 1 at 34, r = 1, h[0:4] = 0 from 10 to 20"
        super().__init__(session, "What if", example, "Set", self._say)
        self._set_edits = set_edits
        self._instead = ""  # the edit in whose place it is said
        self._begun = ""
        self._around = "", ""  # what of it stands before and behind its number

    def begin(self) -> None:
        """With the selected value as it is now, its number ready to be typed over."""
        self._instead = ""
        self._begin(*sentence(self._session))
        self._show_fault(not_settable(self._session))

    def begin_again(self, edit: str) -> None:
        """With an edit that there is, to be said otherwise; nothing takes it away."""
        self._instead = edit
        found = _NUMBER.fullmatch(edit)
        self._begin(*(found.groups() if found else (edit,)))

    def _begin(self, *parts: str) -> None:
        self._begun = "".join(parts)
        self._around = (parts[0], parts[-1]) if len(parts) > 1 else ("", "")
        self.begin_with(*parts)

    def apply(self) -> None:
        """As it was begun it sets nothing: its number is a rounded one."""
        if self.edit.text() == self._begun and not self.edit.isModified():
            self.close_line()
        else:
            super().apply()

    def _say(self, words: str) -> None:
        assert self._session.edited is not None
        edits = self._session.edited.run.edits
        self._set_edits(*with_edit(edits, meant(words, *self._around), self._instead))


def meant(words: str, front: str, behind: str) -> str:
    """What is said where a whole sentence, or a number and its steps, was typed over the number
    between these: they stand no second time."""
    if not (words.startswith(front) and words.endswith(behind)):
        return words
    typed = words[len(front) : len(words) - len(behind)]
    front = "" if "=" in typed else front
    return front + typed + ("" if _STEPS.search(typed) else behind)


def not_settable(session: Session) -> str:
    """Why the line begins with another quantity than the selected one; "" where it does not."""
    asked = session.view.row or "probabilities"
    if asked in EDITABLE:
        return ""
    begun = _begun(session)
    what = "A probability" if asked == "probabilities" else asked
    return f"{what} can't be set, {', '.join(EDITABLE)} can; this begins an edit of {begun}."


def _begun(session: Session) -> str:
    """The quantity that an edit is begun of: the selected one, else what it is a part of."""
    named = session.view.quantity, session.told, session.answered
    return next(quantity for quantity in named if quantity in EDITABLE)


def sentence(session: Session) -> tuple[str, str, str]:
    """What would leave the selected value as it is: up to its number, that, and what follows.

    Of one that can't be set, what it is a part of.
    """
    view, model, step = session.view, session.model, session.step
    place = view.layer, view.direction
    quantity = _begun(session)
    name = quantity if model is None else names.called(model, quantity, place)
    values = None if step is None else step.get(quantity)
    number = "0" if values is None else two(float(values[view.unit])).replace(MINUS, "-")
    return f"{name}[{view.unit}] = ", number, f" at {max(1, session.position)}"
