"""Start page and tour say nothing that Qt's translators do not see first."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from keyboard import press
from pseudo import unmarked
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot
from samples import model, recording

from gru_debugger.main_window import MainWindow
from gru_debugger.window.tour_card import TourCard

OpenWindow = Callable[..., MainWindow]
# What models are called; keys stand behind the words of a button.
MODELS, KEY = {"sixteen", "sonnets"}, "\N{EM SPACE}"


@pytest.fixture
def window(translated: None, open_window: OpenWindow) -> MainWindow:
    return open_window(recording(model(), 30), 12, 5)


def said(widget: QWidget) -> Iterator[str]:
    """By labels and buttons that are shown."""
    for part in widget.findChildren(QWidget):
        if isinstance(part, QLabel | QAbstractButton) and part.isVisibleTo(widget):
            yield part.text().partition(KEY)[0]
            yield part.accessibleName()


def test_the_start_page(window: MainWindow) -> None:
    press(window, "Ctrl+K", "Home")
    page = window.start_page.page
    assert page is not None
    plain = [words for words in said(page) if {*unmarked(words)} - MODELS]
    assert plain == []
    assert any("wíťh" in words for words in said(page)), "it is marked where it is translated"


def test_every_stop_of_the_tour(window: MainWindow, qtbot: QtBot) -> None:
    press(window, "Shift+F1")
    card = window.docks.content("tour")
    assert isinstance(card, TourCard)
    found, index = list[str](), -1
    while window.tours.tour is not None and window.tours.index > index:
        qtbot.waitUntil(lambda: window.tours.live is not None)
        index = window.tours.index
        QApplication.processEvents()
        found += [words for words in said(card) if unmarked(words)]
        press(window, "S")  # the answer
        found += [words for words in said(card) if unmarked(words)]
        press(window, "Right")  # elsewhere, it says so
        found += [words for words in said(card) if unmarked(words)]
        press(window, "R", "PgDown")
    assert index > 8
    assert found == []
