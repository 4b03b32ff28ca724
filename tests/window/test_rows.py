"""Rows of numbers in the window: asked for, opened, dropped, shown, exported as they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QDropEvent, QImage
from PySide6.QtWidgets import QDialog, QInputDialog, QMessageBox
from pytestqt.qtbot import QtBot
from samples import model, recording, save

from gru_debugger.cli import main
from gru_debugger.core.initial_state import InitialState
from gru_debugger.core.reading import Rows
from gru_debugger.core.trace import Trace
from gru_debugger.formats import load_model
from gru_debugger.main_window import MainWindow
from gru_debugger.numerals import exact
from gru_debugger.panes.bar_rows import BarRow
from gru_debugger.panes.columns import ColumnsPane
from gru_debugger.panes.weights import WeightRow
from gru_debugger.window import dialogs, file_dialog
from gru_debugger.window.vocabulary.dialog import VocabularyDialog

OpenWindow = Callable[..., MainWindow]
VALUES = np.random.default_rng(4).normal(0, 3, (50, 8)).astype(np.float32)
LABELS = tuple(f"2026-01-{i:02}" for i in range(50))
COLUMNS = tuple("abcdefgh")
FEATURES = replace(model(), vocabulary=None, output=None)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """features.safetensors, that reads x.npy, x.csv and one of two.npz; text.safetensors."""
    save(FEATURES, tmp_path / "features.safetensors")
    save(model(), tmp_path / "text.safetensors")
    np.save(tmp_path / "x.npy", VALUES)
    lines = [f"{day},{','.join(map(str, row))}" for day, row in zip(LABELS, VALUES, strict=True)]
    (tmp_path / "x.csv").write_text("\n".join(["day," + ",".join(COLUMNS), *lines]))
    np.savez(tmp_path / "two.npz", narrow=VALUES[:, :2], wide=VALUES)
    np.save(tmp_path / "narrow.npy", VALUES[:, :3])
    return tmp_path


@pytest.fixture
def window(open_window: OpenWindow, files: Path) -> MainWindow:
    """On a text, with a model that has a vocabulary."""
    opened = load_model(files / "text.safetensors")
    return open_window(Trace(opened, recording(model(), 30).text).finish(), 12, 5)


@pytest.fixture
def on_rows(open_window: OpenWindow, files: Path) -> MainWindow:
    rows = Rows(VALUES, LABELS, "x.csv", COLUMNS)
    return open_window(Trace(load_model(files / "features.safetensors"), rows).finish(), 7, 5)


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Answers questions by the words of a button; the choice of an array by its name."""

    def give(words: str, file: Path | None = None) -> list[str]:
        asked: list[str] = []

        def ask(dialog: QDialog) -> bool:
            if isinstance(dialog, QInputDialog):
                asked.append(dialog.textValue())
            elif isinstance(dialog, QMessageBox):
                asked.append(dialog.informativeText())
                wanted = words if dialog.windowTitle() == "Input" else " out"
                next(b for b in dialog.buttons() if wanted in b.text()).click()
            elif isinstance(dialog, VocabularyDialog):
                dialog.symbols = tuple("abcdefgh")
            dialog.deleteLater()
            return True

        monkeypatch.setattr(dialogs, "ask", ask)
        monkeypatch.setattr(file_dialog, "ask_path", lambda *_, **__: str(file or ""))
        return asked

    return give


def opened(window: MainWindow, qtbot: QtBot, before: object) -> Trace:
    qtbot.waitUntil(lambda: window.session.trace is not before)
    assert window.session.trace is not None
    return window.session.trace.finish()


def drop(window: MainWindow, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    none = Qt.KeyboardModifier.NoModifier
    window.dropEvent(
        QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, none)
    )


def same_rows(trace: Trace) -> bool:
    return trace.input == "features" and np.array_equal(trace.column("x"), VALUES)


# Opening -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["x.npy", "x.csv", "two.npz"])
def test_a_model_without_vocabulary_asks_for_rows(
    name: str, window: MainWindow, qtbot: QtBot, files: Path, answer: Callable[..., list[str]]
) -> None:
    asked, before = answer("Open rows", files / name), window.session.trace
    window.files.open_model(str(files / "features.safetensors"))
    trace = opened(window, qtbot, before)
    assert same_rows(trace)
    assert "rows of 8 numbers" in asked[0]
    assert asked[1:] == (["wide  (50 × 8)"] if name == "two.npz" else []), "what fits comes first"
    assert window.files.recent.paths() == [str(files / "features.safetensors"), str(files / name)]
    assert trace.character_in_words(2) == ("“2026-01-01”" if name == "x.csv" else "“2”")


def test_or_for_a_vocabulary(
    window: MainWindow, qtbot: QtBot, files: Path, answer: Callable[..., list[str]]
) -> None:
    answer("vocabulary")
    before = window.session.trace
    window.files.open_model(str(files / "features.safetensors"))
    trace = opened(window, qtbot, before)
    assert trace.model.vocabulary == tuple("abcdefgh")


def test_go_back_changes_nothing(
    window: MainWindow, qtbot: QtBot, files: Path, answer: Callable[..., list[str]]
) -> None:
    asked, before = answer("Go back"), window.session.trace
    window.files.open_model(str(files / "features.safetensors"))
    qtbot.waitUntil(lambda: bool(asked))
    assert window.session.trace is before
    assert window.files.recent.paths() == []


@pytest.mark.parametrize("name", ["x.npy", "x.csv", "two.npz"])
def test_rows_are_dropped_on_the_model_that_is_open(
    name: str, window: MainWindow, qtbot: QtBot, files: Path
) -> None:
    before = window.session.trace
    drop(window, files / name)
    trace = opened(window, qtbot, before)
    assert same_rows(trace)
    assert before is not None
    assert trace.model is before.model
    window.session.undo()
    assert window.session.trace is before


def test_a_model_and_rows_are_dropped_together(
    window: MainWindow, qtbot: QtBot, files: Path
) -> None:
    before = window.session.trace
    drop(window, files / "x.csv", files / "features.safetensors")
    trace = opened(window, qtbot, before)
    assert same_rows(trace)
    assert trace.model.source.name == "features.safetensors"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("narrow.npy", "narrow.npy: 50 × 3 values of type float32, where rows of 8 numbers are"),
        ("missing.csv", "no such file"),
        ("narrow.npz", "no GRU"),
    ],
)
def test_rows_that_do_not_fit_are_told(
    name: str, words: str, window: MainWindow, qtbot: QtBot, files: Path
) -> None:
    np.savez(files / "narrow.npz", narrow=VALUES[:, :3])
    before = window.session.trace
    drop(window, files / name)
    qtbot.waitUntil(lambda: words in window.message.words.text())
    assert window.session.trace is before


def test_another_model_keeps_rows_that_fit(on_rows: MainWindow, qtbot: QtBot, files: Path) -> None:
    before = on_rows.session.trace
    save(replace(model(4), vocabulary=None, output=None), files / "four.safetensors")
    on_rows.files.open_model(str(files / "four.safetensors"))
    trace = opened(on_rows, qtbot, before)
    assert same_rows(trace)
    assert (trace.model.hidden_size, on_rows.session.position) == (4, 7)


def test_a_model_that_reads_text_leaves_the_rows(
    on_rows: MainWindow, qtbot: QtBot, files: Path
) -> None:
    before = on_rows.session.trace
    on_rows.files.open_model(str(files / "text.safetensors"))
    assert opened(on_rows, qtbot, before).text


def test_reload_keeps_the_rows(on_rows: MainWindow, qtbot: QtBot) -> None:
    before = on_rows.session.trace
    on_rows.files.reload()
    trace = opened(on_rows, qtbot, before)
    assert same_rows(trace)
    assert list(trace.characters) == list(LABELS)
    assert on_rows.session.position == 7


def test_typing_needs_a_vocabulary(on_rows: MainWindow, answer: Callable[..., list[str]]) -> None:
    for act in (on_rows.text.edit, lambda: on_rows.files.recordings.use_text("abc")):
        on_rows.message.clear()
        act()
        assert "needs a vocabulary" in on_rows.message.words.text()
        assert not on_rows.text.typing
    answer("")
    on_rows.message.offer.click()
    assert on_rows.session.trace is not None
    assert on_rows.session.trace.text


# On screen ---------------------------------------------------------------------------------


def test_bars_and_hovers_are_the_recordings(on_rows: MainWindow) -> None:
    pane, trace = on_rows.cell.pane, on_rows.session.trace
    assert isinstance(pane, ColumnsPane)
    assert trace is not None
    step = trace.step(7)
    rows = pane.shown_rows()
    bars = next(r for r in rows if isinstance(r, BarRow) and r.quantity == "input_r")
    drawn = sum(np.abs(s.rectangles()[:, 3]).sum() for s in bars.chart._series.values())
    expected = np.abs(step.input_r) / bars.range()[1] * bars.rect.height() / 2
    assert abs(drawn - expected.sum()) < 16
    weights = next(r for r in rows if isinstance(r, WeightRow) and r.side == "i")
    assert np.array_equal(weights.vector(step), VALUES[6])
    assert weights._reach() == np.abs(VALUES).max()
    assert on_rows.session.frame is not None
    words = weights.hover(5, weights.rect.top() + 1, on_rows.session.frame)
    assert "from feature 0 “a” to unit 5" in words
    assert f"× {exact(VALUES[6, 0])}" in words
    unit = on_rows.views["unit"].pane
    told = {unit.hover(QPointF(40, y)) for y in range(0, int(unit.size.height()), 5)}
    assert any(f"“{name}”: {exact(VALUES[6, i])} ×" in line for line in told
               for i, name in enumerate(COLUMNS))  # fmt: skip
    assert "rows of 8 numbers  ·  h(0): zeros" in on_rows.status.where.text()


@pytest.mark.parametrize("size", [8, 3, 1])
def test_outputs_without_a_vocabulary_have_their_numbers(
    size: int, open_window: OpenWindow
) -> None:
    output = model().output
    assert output is not None
    part = replace(output, weight=output.weight[:size], bias=output.bias[:size])
    window = open_window(Trace(replace(FEATURES, output=part), VALUES).finish(), 7)
    pane = window.views["prediction"].pane
    words, probabilities = pane._state()  # type: ignore[attr-defined]
    if size == 1:
        assert words.startswith("One number: ")
        return
    assert "its target is not known" in words
    assert probabilities is not None
    assert pane.hover(QPointF(60, 60)).startswith(f"{int(np.argmax(probabilities))}: p = ")


# Out again ---------------------------------------------------------------------------------


def test_the_windows_export_is_the_command_lines_to_the_pixel(
    open_window: OpenWindow, files: Path, qtbot: QtBot
) -> None:
    h0 = np.random.default_rng(2).uniform(-0.8, 0.8, (1, 16)).astype(np.float32)
    np.savez(files / "h.npz", h0=h0, origin=np.array("last state of encoder.pt"))
    path = str(files / "features.safetensors")
    rows, state = (
        Rows(VALUES, LABELS, "x.csv", COLUMNS),
        InitialState(h0, "last state of encoder.pt"),
    )
    window = open_window(Trace(load_model(path), rows, state).finish(), 7, 0)
    with qtbot.waitSignal(window.exporter.done):
        window.exporter.start(["--steps", "7", "-o", str(files / "window")], 1)
    words = ["--rows", str(files / "x.csv"), "--steps", "7", "-o"]
    assert main(["export", path, *words, str(files / "zeros")]) == 0
    words += [str(files / "line"), "--initial-state", str(files / "h.npz")]
    assert main(["export", path, *words]) == 0
    pictures = {
        folder: QImage(str(files / folder / "features-step-0007.png"))
        for folder in ("window", "line", "zeros")
    }
    assert not pictures["window"].isNull()
    assert pictures["window"] == pictures["line"]
    assert pictures["zeros"] != pictures["line"]


def test_settings_remember_rows(on_rows: MainWindow, qtbot: QtBot, files: Path) -> None:
    before = on_rows.session.trace
    on_rows.files.open(str(files / "x.npy"))
    trace = opened(on_rows, qtbot, before)
    assert list(trace.characters[:3]) == ["1", "2", "3"]
    assert on_rows.files.recent.paths() == [str(files / "x.npy")]
    assert isinstance(on_rows.settings, QSettings)
