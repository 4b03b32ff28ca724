"""When the start page is there: asked for, or where nothing is open; what is under it stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRect, QTimer

if TYPE_CHECKING:
    from gru_debugger.main_window import MainWindow
    from gru_debugger.window.welcome.page import Page


class StartPage(QObject):
    """Lies over the panes, which stay as they are; what is opened, or gone to, is shown instead.

    The page itself is made, and its modules are imported, when it is wanted first.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.page: Page | None = None
        window.files.opener.settled.connect(self._look)
        window.files.cancelled.connect(self._look)

    @property
    def shown(self) -> bool:
        return self.page is not None and self.page.isVisibleTo(self._window)

    def _look(self) -> None:
        """What was to be opened is not there: neither is anything else."""
        if self._window.session.trace is None and self._window.isVisible():
            QTimer.singleShot(0, self, self.show_if_empty)

    def show_if_empty(self) -> None:
        if self._window.session.trace is None:
            self.show()

    def toggle(self) -> None:
        self.leave() if self.shown else self.show()

    def show(self) -> None:
        if self.shown:
            return
        if self.page is None:
            from gru_debugger.window.welcome.page import Page

            self.page = Page(self._window)
            self.page.left.connect(self.leave)
            session = self._window.session
            for changed in (session.opened, session.position_changed, session.view_changed):
                changed.connect(lambda *_: self.leave())
        window = self._window
        self.page.take(window.message)
        self.page.refresh()
        window.installEventFilter(self)
        self._place()
        self.page.show()
        self.page.raise_()
        self.page.begin()

    def leave(self) -> None:
        """Where something is open; without, there is nothing else to show."""
        if not self.shown or self._window.session.trace is None:
            return
        window, page = self._window, self.page
        assert page is not None
        window.removeEventFilter(self)
        page.hide()
        window.give_message_back()
        window.focus_stepping()

    def stop(self) -> None:
        if self.page is not None:
            self.page.trainer.stop()

    # Over the panes ------------------------------------------------------------------------

    def _place(self) -> None:
        assert self.page is not None
        window = self._window
        top = window.tool_bar.geometry().bottom() + 1
        self.page.setGeometry(
            QRect(0, top, window.width(), window.statusBar().geometry().top() - top)
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest, QEvent.Type.Show):
            QTimer.singleShot(0, self, self._place)  # once the bars have their places
        return False
