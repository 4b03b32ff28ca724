"""The message bar: one line above the picture."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton

TAB = Qt.FocusPolicy.TabFocus


class MessageBar(QFrame):
    """One line above the picture: an error, or a notice with something to do about it."""

    def __init__(self) -> None:
        super().__init__()
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.words.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.offer = QToolButton()
        self.offer.setFocusPolicy(TAB)
        close = QToolButton()
        close.setText("✕")
        close.setFocusPolicy(TAB)
        close.setToolTip("Dismiss (Esc)")
        close.clicked.connect(self.dismiss)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(24, 7, 14, 7)
        layout.addWidget(self.words, 1)
        layout.addWidget(self.offer)
        layout.addWidget(close)
        self._call: Callable[[], object] = self.hide
        self._busy = False
        self._next: Callable[[], None] | None = None
        self.offer.clicked.connect(self._accept)
        self.hide()

    def _accept(self) -> None:
        self.hide()
        self._call()
        self._go_on()

    def _go_on(self) -> None:
        following, self._next = self._next, None
        if following is not None and self.isHidden():
            following()

    def forget(self) -> None:
        """What was to follow is about something that is no longer open."""
        self._next = None

    def dismiss(self) -> None:
        """What Esc does: what is under way is given up."""
        if self._busy:
            self._accept()
        else:
            self.hide()
            self._go_on()

    def error(self, words: str) -> None:
        self._show("message", words)

    def progress(self, words: str, cancel: Callable[[], object]) -> None:
        """Something under way that can be cancelled; until `end_progress`."""
        if self._busy:
            self.words.setText(words)
        else:
            self.notice(words, "Cancel", cancel)
            self._busy = True

    def end_progress(self) -> None:
        if self._busy:
            self._busy = False
            self.hide()

    def notice(self, words: str, offer: str, call: Callable[[], object]) -> None:
        self._show("notice", words)
        self.offer.setText(offer)
        self.offer.show()
        self._call = call

    def notice_next(self, words: str, offer: str, call: Callable[[], object]) -> None:
        """The same, once what stands there now has been dismissed."""
        if self.isHidden():
            self.notice(words, offer, call)
        else:
            self._next = lambda: self.notice(words, offer, call)

    def _show(self, name: str, words: str) -> None:
        self._busy = False
        self.setObjectName(name)
        self.style().unpolish(self)
        self.style().polish(self)
        self.words.setText(words)
        self.offer.hide()
        self.show()
