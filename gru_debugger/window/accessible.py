"""What a screen reader learns of the window beyond what Qt's own widgets tell it.

A pane is one chart with a name and a description; the description is made when it is asked for, so
that it is never stale and a key press costs nothing where nobody listens. Some readers hear of a
changed description, some of an announcement: both are sent.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import Any

from PySide6.QtCore import QLoggingCategory, QObject
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QAccessibleEvent,
    QAccessibleInterface,
)
from PySide6.QtWidgets import QAccessibleWidget, QWidget
from shiboken6 import Shiboken

from gru_debugger.window.painted_words import Painted
from gru_debugger.window.plain import shortened

# Qt deletes these together with their widgets, and must be the only one who does.
_kept: list[QAccessibleInterface] = []


class _Chart(QAccessibleWidget):
    """A pane: a chart without parts, told by its description."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget, QAccessible.Role.Chart, "")

    def childCount(self) -> int:
        return 0  # a view's viewport and scroll bar say nothing

    def text(self, which: QAccessible.Text) -> str:
        if which != QAccessible.Text.Description:
            return super().text(which)
        try:
            widget: Any = self.object()  # Qt has it: none is held here
            return shortened(widget.in_words())
        except Exception:
            sys.excepthook(*sys.exc_info())
            return ""


@cache
def install() -> None:
    """Make Qt ask here for what a widget is; needs an application object."""
    # Every reader asks once for something that Qt has not, and Qt complains on standard error.
    QLoggingCategory.setFilterRules("qt.accessibility.atspi.warning=false")
    QAccessible.installFactory(_interface)


def _interface(_: str, of: QObject) -> QAccessibleInterface | None:
    """Of a widget with `in_words` a chart; of other painted words a text; else Qt's own."""
    made: QAccessibleInterface | None = None
    if isinstance(of, QWidget) and hasattr(of, "in_words"):
        made = _Chart(of)
    elif isinstance(of, Painted):
        made = QAccessibleWidget(of, QAccessible.Role.StaticText, "")
    if made is not None:
        _kept[:] = [one for one in _kept if Shiboken.isValid(one)]
        _kept.append(made)
    return made


def listening() -> bool:
    """Whether there is a screen reader, or anything else that asks."""
    return QAccessible.isActive()


def tell_changed(widget: QWidget) -> None:
    """Its description is another one."""
    if listening():
        change = QAccessibleEvent(widget, QAccessible.Event.DescriptionChanged)
        QAccessible.updateAccessibility(change)


def announce(widget: QWidget, words: str, urgent: bool = False) -> None:
    """Have it spoken now; `urgent`: before what is being said."""
    if listening() and words:
        event = QAccessibleAnnouncementEvent(widget, shortened(words))
        politeness = QAccessible.AnnouncementPoliteness
        event.setPoliteness(politeness.Assertive if urgent else politeness.Polite)
        QAccessible.updateAccessibility(event)
