"""The window's “Save model as…”: the command line's file, and one line when it fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot
from samples import model, recording, save, text_for

from gru_debugger.core.trace import Trace
from gru_debugger.formats import load_model
from gru_debugger.main_window import MainWindow
from gru_debugger.window import dialogs

OpenWindow = Callable[..., MainWindow]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return save(model(layers=2), tmp_path / "some model.npz.safetensors")


@pytest.fixture
def window(open_window: OpenWindow, path: Path) -> MainWindow:
    opened = load_model(path)
    return open_window(Trace(opened, text_for(opened, 9)).finish())


def answer(
    monkeypatch: pytest.MonkeyPatch, name: str, kind: str = "numpy npz (*.npz)"
) -> list[str]:
    """Choose this file in the dialog; the names and kinds that it offered."""
    offered: list[str] = []

    def choose(dialog: QFileDialog) -> int:
        offered.extend([*dialog.selectedFiles(), *dialog.nameFilters()])
        dialog.selectNameFilter(kind)
        dialog.selectFile(name)
        return int(bool(name))

    monkeypatch.setattr(QFileDialog, "exec", choose)
    return offered


@pytest.mark.parametrize(
    ("chosen", "kind", "written"),
    [
        ("a.npz", "numpy npz (*.npz)", "a.npz"),
        ("a.v2", "ONNX (*.onnx)", "a.v2.onnx"),
        ("a.PT", "ONNX (*.onnx)", "a.PT"),
        ("a", "safetensors (*.safetensors)", "a.safetensors"),
    ],
)  # fmt: skip
def test_saving(
    chosen: str, kind: str, written: str, window: MainWindow, path: Path, qtbot: QtBot,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    offered = answer(monkeypatch, str(tmp_path / chosen), kind)
    source = load_model(path).source
    path.unlink()  # what is open is saved
    with qtbot.waitSignal(window.saver.done) as done:
        window.actions_by_name["save_model"].trigger()
    assert done.args == [f"Saved as {tmp_path / written}"] == [window.status.where.said]
    assert Path(offered[0]).name == "some model.npz.safetensors"
    assert kind in offered
    back = load_model(tmp_path / written)
    assert back.vocabulary == model(layers=2).vocabulary
    assert np.array_equal(back.cell(1).weight_hh, model(layers=2).cell(1).weight_hh)
    origin = back.source.converted_from
    assert origin is not None
    assert (origin.name, origin.sha256) == (path.name, source.sha256)
    assert origin.converted_from is None
    assert [p.name for p in tmp_path.iterdir() if p.suffix != ".ini"] == [written]


def test_giving_up(window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = sorted(tmp_path.iterdir())
    answer(monkeypatch, "")
    window.saver.ask()
    window.saver.stop()
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("yes", [True, False])
def test_overwriting_is_asked_for(
    yes: bool, window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out.npz"
    out.write_text("mine")
    asked: list[Path] = []

    def question(_parent: object, _title: str, first: Path) -> bool:
        asked.append(first)
        return yes

    monkeypatch.setattr(dialogs, "may_overwrite", question)
    window.saver.start(out)
    qtbot.waitUntil(lambda: bool(asked))
    window.saver.stop()
    assert asked == [out]
    assert (out.read_bytes() == b"mine") is not yes


def test_never_over_the_model_that_is_open(window: MainWindow, path: Path, qtbot: QtBot) -> None:
    before = path.read_bytes()
    with qtbot.waitSignal(window.saver.failed) as failed:
        window.saver.start(path, force=True)
    assert failed.args == [f"{path}: this is the model that is open; save it under another name."]
    assert window.message.isVisible()
    assert path.read_bytes() == before


def test_what_pytorch_lacks_is_told(open_window: OpenWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window = open_window(recording(replace(model(), reset="before"), 9))
    with qtbot.waitSignal(window.saver.failed) as failed:
        window.saver.start(tmp_path / "out.pt")
    assert failed.args[0].startswith(f"{tmp_path / 'out.pt'}: PyTorch's GRU resets after")
    assert not (tmp_path / "out.pt").exists()


def test_closing_the_window_waits_for_the_file(window: MainWindow, tmp_path: Path) -> None:
    window.saver.start(tmp_path / "out.npz")
    window.close()
    assert load_model(tmp_path / "out.npz").hidden_size == 16
