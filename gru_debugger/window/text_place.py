"""Where the text stands: its pane, and in the pane's place, while somebody types, the editor."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QStackedWidget

from gru_debugger.files import Text
from gru_debugger.session.session import Session
from gru_debugger.window.docks import Docks
from gru_debugger.window.drafts import Drafts
from gru_debugger.window.messages import MessageBar
from gru_debugger.window.recordings import Recordings
from gru_debugger.window.text_editor import TextEditor

_PANE = "strip"


class TextPlace(QStackedWidget):
    """Typing begins, is applied or given up; `drafts` keep what is being typed."""

    ended = Signal()  # the stepping keys may have their view back

    def __init__(
        self, docks: Docks, session: Session, recordings: Recordings, message: MessageBar
    ) -> None:
        super().__init__()
        self._session, self._recordings, self._message = session, recordings, message
        self._dock, self._view = docks[_PANE], docks.views[_PANE]
        self.editor = TextEditor()
        self.editor.applied.connect(self._apply)
        self.editor.given_up.connect(self._end)
        self.drafts = Drafts(self.editor, message, self._take_up)
        self.addWidget(self._view)
        self.addWidget(self.editor)
        self._dock.setWidget(self)
        self._view.pointer_double_clicked = lambda _: self._edit_clicked()

    @property
    def typing(self) -> bool:
        return self.currentWidget() is self.editor

    def edit(self, text: str | None = None) -> None:
        """Begin with the text that is open, or with this one."""
        trace = self._session.trace
        if trace is not None and self._recordings.reads_text():
            self._session.pause()
            self._dock.show()
            self.setCurrentWidget(self.editor)
            special = trace.model.special_symbols
            if text is None:
                self.editor.begin(trace.text, special)
            else:
                self.editor.begin(text, special, whole=True)

    def _edit_clicked(self) -> None:
        """A double click is no click: where that went is taken back."""
        self._session.go_to(*self._view.before_press)
        self.edit()

    def paste(self) -> None:
        """What is in the clipboard, to be looked at before Ctrl+Enter applies it."""
        text = QApplication.clipboard().text()
        if text:
            self.edit(text)

    def _apply(self, text: str) -> None:
        if not text:
            self._message.not_opened("The text is empty: type at least one character.")
            return
        before = self._session.trace.text if self._session.trace else ""
        if self._recordings.use_text(Text.edited(text, before)):
            self._end()

    def _take_up(self, text: str) -> bool:
        self.edit(text)
        return self.typing

    def _end(self) -> None:
        self.drafts.drop()
        self.setCurrentIndex(0)
        self.ended.emit()
