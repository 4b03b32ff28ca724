"""The message bar: lines above the picture, errors first; each stays until it is closed or void."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from gru_debugger.window.accessible import announce
from gru_debugger.window.plain import Label
from gru_debugger.window.style import rename

TAB = Qt.FocusPolicy.TabFocus
SHOWN = 3  # lines; the others come up as these are closed

Kind = Literal["error", "progress", "notice"]
Until = Literal["opened", "model", "closed"]
_ORDER: tuple[Kind, ...] = ("error", "progress", "notice")


@dataclass(eq=False)
class Message:
    """`topic`: what it is about; of a topic only the newest is shown. `call`: what its offer does.

    `until`: it holds until anything is opened, another model is, or the user closes it. `again`
    says the same anew.
    """

    kind: Kind
    words: str
    topic: str
    offer: str = ""
    call: Callable[[], object] | None = None
    until: Until = "opened"
    again: Callable[[], object] | None = None


class MessageBar(QWidget):
    """A stack of messages; Esc closes the one on top."""

    emptied = Signal()  # while one of its buttons had the focus

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[Message] = []
        self.lines = [_Line(self) for _ in range(SHOWN)]  # made once: their place in Tab's order
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for line in self.lines:
            layout.addWidget(line)
        self.words, self.offer = self.lines[0].words, self.lines[0].offer
        self.hide()

    # Said ----------------------------------------------------------------------------------

    def error(self, words: str, topic: str = "", until: Until = "closed") -> None:
        """What did not work."""
        self._add(Message("error", words, topic or words, until=until))

    def not_opened(self, words: str) -> None:
        """Why something was not opened; void as soon as something is."""
        self.error(words, "opening", "opened")

    def notice(
        self,
        words: str,
        offer: str = "",
        call: Callable[[], object] | None = None,
        topic: str = "",
        until: Until = "opened",
        again: Callable[[], object] | None = None,
    ) -> None:
        """Something to know, with something to do about it."""
        self._add(Message("notice", words, topic or words, offer, call, until, again))

    def progress(
        self, words: str, cancel: Callable[[], object], topic: str = "progress"
    ) -> None:
        """Something under way that can be cancelled; until `end_progress`."""
        for message in self.messages:
            if (message.kind, message.topic) == ("progress", topic):
                message.words = words
                self._show()
                return
        self._add(Message("progress", words, topic, "Cancel", cancel))

    def end_progress(self, topic: str = "progress") -> None:
        self._keep(lambda message: (message.kind, message.topic) != ("progress", topic))

    # Closed --------------------------------------------------------------------------------

    def dismiss(self) -> None:
        """What Esc does: the top one is closed; what is under way is given up."""
        if self.messages:
            self.close_one(self.messages[0])

    def close_one(self, message: Message) -> None:
        self.messages.remove(message)
        self._show()
        if message.kind == "progress" and message.call is not None:
            message.call()

    def accept(self, message: Message) -> None:
        self.messages.remove(message)
        self._show()
        if message.call is not None:
            message.call()

    def opened(self, same_model: bool) -> None:
        """Something else was opened: what is not about it any more goes."""
        self._keep(
            lambda message: message.until == "closed" or (message.until == "model" and same_model)
        )

    def clear(self) -> None:
        self._keep(lambda _: False)

    def _keep(self, stays: Callable[[Message], bool]) -> None:
        self.messages = [message for message in self.messages if stays(message)]
        self._show()

    # Shown ---------------------------------------------------------------------------------

    def _add(self, message: Message) -> None:
        others = [m for m in self.messages if (m.kind, m.topic) != (message.kind, message.topic)]
        newest_first = message.kind == "error"
        others.insert(0 if newest_first else len(others), message)
        self.messages = sorted(others, key=lambda m: _ORDER.index(m.kind))
        self._show()
        if message.kind != "progress":
            said = f"{message.words} {message.offer}".strip()
            announce(self, said, urgent=message.kind == "error")

    def _show(self) -> None:
        focused = self.isVisible() and any(line.has_focus for line in self.lines)
        hidden = len(self.messages) - SHOWN
        for i, line in enumerate(self.lines):
            more = hidden if i == SHOWN - 1 else 0
            line.show_message(self.messages[i] if i < len(self.messages) else None, more)
        self.setVisible(bool(self.messages))
        if focused and not any(line.has_focus for line in self.lines):
            # Closed by the keyboard: the next one's button, or the stepping view.
            last = self.lines[min(SHOWN, len(self.messages)) - 1]
            button = last.close_button if last.close_button.isVisibleTo(last) else last.offer
            button.setFocus() if self.messages else self.emptied.emit()


class _Line(QFrame):
    def __init__(self, bar: MessageBar) -> None:
        super().__init__()
        self.message: Message | None = None
        self.words = Label(wrap=True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.words.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.more = Label()
        self.offer, self.close_button = QToolButton(), QToolButton()
        self.offer.setFocusPolicy(TAB)
        self.close_button.setFocusPolicy(TAB)
        self.close_button.setText("✕")
        self.close_button.setAccessibleName("close the message")
        self.close_button.setToolTip("Close; Esc closes the top one")
        self.offer.clicked.connect(lambda: self.message and bar.accept(self.message))
        self.close_button.clicked.connect(lambda: self.message and bar.close_one(self.message))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(24, 4, 14, 4)
        layout.addWidget(self.words, 1)
        for widget in (self.more, self.offer, self.close_button):
            layout.addWidget(widget)

    @property
    def has_focus(self) -> bool:
        buttons = (self.offer, self.close_button)
        return any(button.hasFocus() and button.isVisible() for button in buttons)

    def show_message(self, message: Message | None, more: int) -> None:
        """`more`: how many there are that have no line yet."""
        self.message = message
        self.setVisible(message is not None)
        if message is None:
            self.words.clear()
            return
        rename(self, "message" if message.kind == "error" else "notice")
        self.words.setText(message.words)
        self.offer.setText(message.offer)
        self.offer.setVisible(bool(message.offer))
        self.close_button.setVisible(message.kind != "progress")  # which Cancel ends
        self.more.setText(f"{more} more")
        self.more.setVisible(more > 0)
