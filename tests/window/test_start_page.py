"""The start page: what it shows is the models' own, keys open, training leaves all or nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from keyboard import press
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from samples import model, recording, save
from waiting import PATIENCE

from gru_debugger import api
from gru_debugger.formats import load_model
from gru_debugger.main_window import MainWindow
from gru_debugger.numerals import fixed
from gru_debugger.window import file_dialog
from gru_debugger.window.plain import Label
from gru_debugger.window.welcome.cards import Offer
from gru_debugger.window.welcome.page import Page
from gru_debugger.window.welcome.thumbnails import States

LONG = int(PATIENCE * 1000)


@pytest.fixture
def window(open_window: Callable[..., MainWindow]) -> MainWindow:
    return open_window(recording(model(), 30), 12, 5)


@pytest.fixture
def page(window: MainWindow) -> Page:
    press(window, "Ctrl+K", "Home")
    assert window.start_page.page is not None
    assert window.start_page.shown
    return window.start_page.page


def name_of(window: MainWindow) -> str:
    assert window.session.model is not None
    return window.session.model.source.name


def surprise(name: str) -> float:
    """Mean −log₂ of what follows, by a loop of its own."""
    made = load_model(f"bundled:{name}")
    assert made.example is not None
    assert made.vocabulary is not None
    trace = api.trace(made, made.example.text)
    bits = list[float]()
    for t, follows in enumerate(made.example.text[1:], start=1):
        logits = trace.step(t).logits.astype(np.float64)
        p = np.exp(logits - logits.max())
        bits.append(-np.log2(p[made.vocabulary.index(follows)] / p.sum()))
    return float(np.mean(bits))


@pytest.mark.parametrize("name", ["sixteen", "sonnets"])
def test_figures_and_pictures_are_the_models_own(page: Page, name: str) -> None:
    (card,) = (
        card for card in page.findChildren(Offer)
        if name in [label.text() for label in card.findChildren(Label)]
    )  # fmt: skip
    made = load_model(f"bundled:{name}")
    facts = card.findChildren(Label)[1].text()
    assert facts == (
        f"{made.hidden_size} units · {made.symbols} characters · "
        f"{fixed(surprise(name), 2)} bits a character"
    )
    (picture,) = card.findChildren(States)
    image = picture.grab().toImage()
    assert image.width() > 200
    assert made.example is not None
    trace = api.trace(made, made.example.text)
    last = trace.step(max(made.example.step, 16)).h
    drawn = picture._map.indices()[:, -1].astype(float) / 127 - 1
    if len(last) < picture.height() - 27:  # else several units share a pixel
        assert np.abs(drawn - last).max() < 0.01
    assert QColor(image.pixel(image.width() // 2, image.height() // 2)).isValid()


def test_it_lies_over_all_and_esc_leaves_it(window: MainWindow, page: Page) -> None:
    assert page.geometry().width() == window.width()
    assert page.geometry().bottom() + 1 == window.statusBar().geometry().top()
    assert page.geometry().top() == window.tool_bar.geometry().bottom() + 1
    press(window, "Escape")
    assert not window.start_page.shown
    assert window.cell.hasFocus()
    assert window.message.parentWidget() is window.centralWidget()


@pytest.mark.parametrize("key", ["F10", "Ctrl+Shift+N"])
def test_what_is_gone_to_is_shown_instead(window: MainWindow, page: Page, key: str) -> None:
    press(window, key)
    assert not window.start_page.shown


@pytest.mark.parametrize(("key", "name"), [("1", "sixteen"), ("2", "sonnets")])
def test_a_digit_opens(
    window: MainWindow, page: Page, qtbot: QtBot, key: str, name: str
) -> None:
    press(window, key)
    qtbot.waitUntil(lambda: name_of(window) == f"{name}.safetensors", timeout=LONG)
    assert not window.start_page.shown


def test_tab_stays_on_the_page(window: MainWindow, page: Page) -> None:
    seen = []
    for _ in range(12):
        press(window, "Tab")
        focused = QApplication.focusWidget()
        assert focused is not None
        assert page.isAncestorOf(focused)
        seen.append(focused.accessibleName())
    assert {"Open sixteen", "Open sonnets", "Open model…", "Choose a text…"} <= set(seen)
    press(window, *["Shift+Tab"] * 12)
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused.accessibleName() == "Open sixteen"


def test_recent_files_are_listed_and_cleared(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    for name in ("one", "two", "gone"):
        window.files.recent.add(str(save(model(), tmp_path / f"{name}.safetensors")))
    (tmp_path / "gone.safetensors").unlink()
    press(window, "Ctrl+K", "Home")
    page = window.start_page.page
    assert page is not None
    spoken = [row.accessibleName() for row in page.recent.rows]
    assert [words.split(",")[0] for words in spoken] == [
        "Open two.safetensors", "Open one.safetensors"
    ]  # fmt: skip
    page.recent.rows[1].click()
    qtbot.waitUntil(lambda: name_of(window) == "one.safetensors", timeout=LONG)
    press(window, "Ctrl+K", "Home")
    assert page.recent.clear.isVisible()
    page.recent.clear.click()
    assert not page.recent.clear.isVisible(), "nothing is left to be cleared"
    assert page.recent.rows == []
    assert window.files.recent.paths() == []


def test_messages_stand_on_the_page(window: MainWindow, page: Page, qtbot: QtBot) -> None:
    window.files.open_model("/no/such.pt")
    qtbot.waitUntil(lambda: bool(window.message.messages), timeout=LONG)
    assert page.isAncestorOf(window.message)
    assert window.message.isVisible()
    press(window, "Escape")
    assert window.message.messages == []
    assert window.start_page.shown


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "mine.txt"
    path.write_text("the cat sat on the mat. " * 40)
    return path


def test_training_falls_and_opens(
    window: MainWindow, page: Page, qtbot: QtBot, text: Path, tmp_path: Path
) -> None:
    out, seen = tmp_path / "mine.safetensors", list[tuple[int, float]]()
    page.trainer.advanced.connect(lambda done, bits: seen.append((done, bits)))
    page.training.begin("mine.txt")
    page.trainer.begin(text, out, "--epochs", "60", "--hidden", "8")
    qtbot.waitUntil(lambda: name_of(window) == "mine.safetensors", timeout=LONG)
    assert page.training.curve.points == seen
    assert seen[-1][0] == 100
    assert seen[-1][1] < seen[0][1] - 1
    assert not page.trainer.running
    assert not window.start_page.shown


def test_a_cancelled_training_leaves_nothing(
    window: MainWindow, page: Page, qtbot: QtBot, text: Path, tmp_path: Path
) -> None:
    out = tmp_path / "mine.safetensors"
    page.training.begin("mine.txt")
    with qtbot.waitSignal(page.trainer.advanced, timeout=LONG):
        page.trainer.begin(text, out, "--epochs", "2000")
    with qtbot.waitSignal(page.trainer.failed, timeout=LONG) as failed:
        page.training.cancel.click()
    assert failed.args == [""]
    assert not out.exists()
    assert page.training.words.text() == "Cancelled; nothing was written."
    assert window.message.messages == []


def test_why_a_text_can_not_be_trained_on(
    window: MainWindow, page: Page, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "short.txt").write_text("abc")
    page.training.begin("short.txt")
    with qtbot.waitSignal(page.trainer.failed, timeout=LONG):
        page.trainer.begin(tmp_path / "short.txt", tmp_path / "short.safetensors")
    assert "too few to train on" in window.message.words.text()
    assert not page.training.curve.isVisible()


def test_a_text_and_a_place_are_asked_for(
    window: MainWindow, page: Page, text: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, begun = list[str](), list[tuple[Path, Path]]()
    monkeypatch.setattr(page.trainer, "begin", lambda *given: begun.append(given))

    def ask_path(_: object, title: str, start: str, *more: object) -> str:
        asked.append(title)
        return str(text) if len(asked) == 1 else start

    monkeypatch.setattr(file_dialog, "ask_path", ask_path)
    page.training.choose.click()
    assert begun == [(text, text.with_suffix(".safetensors"))]


def test_closing_ends_a_training(
    window: MainWindow, page: Page, qtbot: QtBot, text: Path, tmp_path: Path
) -> None:
    with qtbot.waitSignal(page.trainer.advanced, timeout=LONG):
        page.trainer.begin(text, tmp_path / "mine.safetensors", "--epochs", "2000")
    window.close()
    assert not page.trainer.running
    assert not (tmp_path / "mine.safetensors").exists()


ROOM = [((1600, 1000), 3), ((1366, 768), 3), ((800, 700), 2)]


@pytest.mark.parametrize(("size", "columns"), ROOM)
def test_cards_stand_beside_each_other_as_there_is_room(
    window: MainWindow, size: tuple[int, int], columns: int
) -> None:
    window.resize(*size)
    QApplication.processEvents()
    press(window, "Ctrl+K", "Home")
    QApplication.processEvents()
    page = window.start_page.page
    assert page is not None
    places = [card.mapTo(page, card.rect().topLeft()) for card in page._cards]
    assert len({at.x() for at in places}) == columns
    rects = [card.geometry() for card in page._cards]
    assert not any(a.intersects(b) for i, a in enumerate(rects) for b in rects[:i])
    assert page.horizontalScrollBar().maximum() == 0
    assert page.focusPolicy() == Qt.FocusPolicy.NoFocus


@pytest.mark.parametrize("size", [(1280, 720), (1366, 768), (1600, 1000)])
def test_all_of_it_is_in_sight(window: MainWindow, page: Page, size: tuple[int, int]) -> None:
    """Its last line too; in a higher window with more air."""
    window.resize(1100, 1300 - size[1])  # another one before
    QApplication.processEvents()
    window.resize(*size)
    QApplication.processEvents()
    assert page.verticalScrollBar().maximum() == 0
    (foot,) = (one for one in page.findChildren(Label) if "F1" in one.text())
    below = foot.mapTo(page.viewport(), foot.rect().bottomLeft()).y()
    assert below < page.viewport().height()
    title = page.findChild(Label, "startTitle")
    assert title is not None
    top = title.mapTo(page.viewport(), title.rect().topLeft()).y()
    assert top == (14 if size[1] == 720 else 36)
