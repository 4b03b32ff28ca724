"""The window's export is the command line's: same bytes, all or nothing, one line when it fails."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from keyboard import press
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QApplication,
    QMessageBox,
    QProgressDialog,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot
from samples import model, recording, text_for
from waiting import when_open

from gru_debugger.charts.theme import THEMES
from gru_debugger.cli import main
from gru_debugger.core.trace import Trace
from gru_debugger.formats import load_model, safetensors
from gru_debugger.main_window import MainWindow
from gru_debugger.session.marks import Lane, Marks
from gru_debugger.session.zoom import Zoom
from gru_debugger.window import dialogs, file_dialog
from gru_debugger.window.export_dialog import Choices, ExportDialog

OpenWindow = Callable[..., MainWindow]
STEPS, STEP, UNIT = 60, 12, 5


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A model file, of another name and other bytes than a copy's; its text beside it."""
    m = model(layers=2, directions=2)
    (tmp_path / "text.txt").write_text(text_for(m, STEPS), encoding="utf-8", newline="")
    made = tmp_path / "some model.pt"
    made.write_bytes(safetensors.dump(m, {"note": "mine"}))
    return made


@pytest.fixture
def window(open_window: OpenWindow, path: Path) -> MainWindow:
    """Small, dark, folded: none of it may show in an export."""
    text = (path.parent / "text.txt").read_bytes().decode()
    window = open_window(Trace(load_model(path), text).finish(), STEP, UNIT, size=(1100, 700))
    window.set_theme("dark")
    window.session.look(folded=("weights",))
    return window


# A view, and how the command line says it.
LOOKS: list[tuple[dict[str, Any], list[str]]] = [
    ({}, []),
    ({"notation": "course", "quantity": "n"}, ["--notation", "course", "--quantity", "n"]),
    ({"layer": 1, "direction": "reverse", "contributions": True, "zoom": Zoom(3, 9)},
     ["--layer", "1", "--direction", "reverse", "--contributions", "--units", "3-11"]),
    ({"all_terms": True, "scroll": 40}, ["--all-terms"]),
    ({"full_axes": True}, ["--full-axes"]),
    ({"characters": Zoom(8, 21)}, ["--characters", "10-30"]),
]  # fmt: skip


def run(folder: Path, *words: str, **more: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gru_debugger", "export", *words, "-o", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, **more)


def start(window: MainWindow, qtbot: QtBot, folder: Path, steps: str, *more: str) -> str:
    """Export from the window; what its status bar says in the end."""
    choices = ["--steps", steps, *more, "-o", str(folder)]
    first, _, last = steps.partition("-")
    with qtbot.waitSignal(window.exporter.done) as done:
        window.exporter.start(choices, int(last or first) - int(first) + 1)
    assert done.args == [window.status.where.said]
    return window.status.where.said


def progress_of(window: MainWindow) -> QProgressDialog:
    (dialog,) = window.findChildren(QProgressDialog)
    return dialog


def files(folder: Path) -> dict[str, bytes]:
    return {entry.name: entry.read_bytes() for entry in folder.iterdir()}


# One picture, two ways ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choices", "look"),
    [
        ([], LOOKS[0]),
        (["--pane", "blend", "--theme", "dark", "--scale", "2"], LOOKS[0]),
        (["--pane", "unit", "--format", "svg"], LOOKS[1]),
        (["--pane", "cell"], LOOKS[2]),
        ([], LOOKS[3]),
        (["--pane", "cell"], LOOKS[4]),
        (["--pane", "overview"], LOOKS[5]),
        (["--pane", "cell"], ({}, ["--set", "z[5] = 0.25 at 12", "--set", "h[3] = 0"])),
    ],
)
def test_the_window_and_the_command_line_draw_the_same(
    choices: list[str],
    look: tuple[dict[str, Any], list[str]],
    window: MainWindow,
    path: Path,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    changes, view = look
    window.session.look(**changes)
    window.files.recordings.set_edits(*(word for word in view if " = " in word))
    said = start(window, qtbot, tmp_path / "window", f"{STEP}-{STEP + 1}", *choices)
    assert said == f"Exported to {tmp_path / 'window'}"
    text = str(path.parent / "text.txt")
    done = run(
        tmp_path / "line",
        str(path),
        "--text-file",
        text,
        "--unit",
        str(UNIT),
        "--steps",
        f"{STEP}-{STEP + 1}",
        *choices,
        *view,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    ending = choices[choices.index("--format") + 1] if "--format" in choices else "png"
    names = {f"some model-step-{step:04}.{ending}" for step in (STEP, STEP + 1)}
    assert set(files(tmp_path / "window")) == names
    assert files(tmp_path / "window") == files(tmp_path / "line")


@pytest.mark.parametrize("look", LOOKS)
def test_copying_is_the_same_picture_at_twice_the_size(
    look: tuple[dict[str, Any], list[str]],
    window: MainWindow,
    path: Path,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    changes, view = look
    window.session.look(**changes)
    if "full_axes" in changes:
        qtbot.waitUntil(lambda: window.session.trace.seen() == STEPS)  # type: ignore[union-attr]
    window.actions_by_name["copy"].trigger()
    assert window.status.where.said == "The picture is in the clipboard."
    image = QApplication.clipboard().image()
    trace = window.session.trace
    assert trace is not None
    text, out = str(path.parent / "text.txt"), tmp_path / "out"
    assert main(["export", str(path), "--text-file", text, "--steps", str(STEP), "--scale", "2",
                 "--unit", str(UNIT), *view, "-o", str(out)]) == 0  # fmt: skip
    exported = QImage(str(out / f"some model-step-{STEP:04}.png"))
    assert (image.width(), image.height()) == (3200, 2000)
    assert image.convertToFormat(exported.format()) == exported


def test_a_model_that_has_gone_from_disk_is_exported_all_the_same(
    window: MainWindow, path: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    path.unlink()
    (path.parent / "text.txt").unlink()
    assert start(window, qtbot, tmp_path / "out", "3", "--pane", "unit").startswith("Exported")
    assert list(files(tmp_path / "out")) == ["some model-step-0003.png"]


@pytest.mark.parametrize("text", ["\ufeffab", "a\r\nb\ra", "é\xa0b"])
def test_any_text_reaches_the_export(
    text: str, open_window: OpenWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    symbols = "ab\ufeff\r\né\xa0"
    m = replace(model(4, symbols=len(symbols)), vocabulary=tuple(symbols))
    window = open_window(Trace(m, text).finish())
    start(window, qtbot, tmp_path / "out", f"1-{len(text)}", "--pane", "prediction")
    assert len(files(tmp_path / "out")) == len(text)


# Files that are there ----------------------------------------------------------------------


@pytest.mark.parametrize("yes", [True, False])
def test_overwriting_is_asked_for(
    yes: bool, window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    old = out / "some model-step-0003.png"
    for path in (old, out / "some model-step-0004.png"):
        path.write_text("mine")
    asked: list[tuple[Path, int]] = []

    def question(_parent: object, _title: str, first: Path, more: int) -> bool:
        asked.append((first, more))
        return yes

    monkeypatch.setattr(dialogs, "may_overwrite", question)
    if yes:
        start(window, qtbot, out, "3-5", "--pane", "unit")
        assert old.read_bytes().startswith(b"\x89PNG")
    else:
        window.exporter.start(["--steps", "3-5", "--pane", "unit", "-o", str(out)], 1)
        qtbot.waitUntil(lambda: bool(asked))
        assert old.read_text() == "mine"
    assert asked == [(old, 1)]


@pytest.mark.parametrize(
    ("more", "words"),
    [(0, "“a.png” is there already. Overwrite it?"),
     (1999, "“a.png” and 1,999 more are there already. Overwrite them?")],
)  # fmt: skip
@pytest.mark.parametrize(("key", "answer"), [("Return", False), ("Esc", False), ("Tab", True)])
def test_the_question_names_what_would_be_lost_and_enter_loses_nothing(
    key: str, answer: bool, more: int, words: str, window: MainWindow, tmp_path: Path
) -> None:
    seen: list[tuple[str, str]] = []

    def press_keys(box: QWidget) -> None:
        assert isinstance(box, QMessageBox)
        seen.append((box.text(), box.informativeText()))
        if key == "Tab":
            next(b for b in box.buttons() if b.text() == "Overwrite").click()
        else:
            press(box, key)

    when_open(press_keys)
    assert dialogs.may_overwrite(window, "Export pictures", tmp_path / "a.png", more) is answer
    assert seen == [(words, f"In the folder {tmp_path}")]


# Stopping half-way -------------------------------------------------------------------------


def test_a_long_export_is_cancelled(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    """What is finished stays and is whole; nothing else is left."""
    out = tmp_path / "out"
    with qtbot.waitSignal(window.exporter.done) as done:
        window.exporter.start(["--steps", f"1-{STEPS}", "-o", str(out)], STEPS)
        dialog = progress_of(window)
        qtbot.waitUntil(lambda: dialog.value() >= 2)
        assert dialog.maximum() == STEPS
        (button,) = dialog.findChildren(QPushButton)
        button.click()
    assert "cancelled" in done.args[0]
    there = files(out)
    assert 2 <= len(there) < STEPS
    names = [f"some model-step-{step:04}.png" for step in range(1, len(there) + 1)]
    assert sorted(there) == names, "no temporary ones"
    for data in there.values():
        assert data.startswith(b"\x89PNG")
        assert data.endswith(b"IEND\xaeB`\x82")


def test_closing_the_window_ends_its_export(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window.exporter.start(["--steps", f"1-{STEPS}", "-o", str(tmp_path / "out")], STEPS)
    dialog = progress_of(window)
    qtbot.waitUntil(lambda: dialog.value() >= 1)
    window.close()
    there = files(tmp_path / "out")
    assert len(there) < STEPS
    qtbot.wait(1000)
    assert files(tmp_path / "out") == there
    assert not [name for name in there if name.startswith(".")]


# What fails --------------------------------------------------------------------------------


def full_disk() -> None:
    """As if the disk ended after 8,000 bytes of each file."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (8000, 8000))


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_a_full_disk_leaves_nothing_half_written(ending: str, path: Path, tmp_path: Path) -> None:
    text = str(path.parent / "text.txt")
    done = run(tmp_path / "out", str(path), "--text-file", text, "--steps", "1-3",
               "--format", ending, preexec_fn=full_disk)  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr
    assert "some model-step-0001" in done.stderr
    assert files(tmp_path / "out") == {}


def test_a_folder_that_can_not_be_made(path: Path, window: MainWindow, qtbot: QtBot) -> None:
    text = str(path.parent / "text.txt")
    for folder, words in ((path, "name a folder"), (path / "inside", "not a folder")):
        done = run(folder, str(path), "--text-file", text, "--steps", "1")
        assert done.returncode == 1
        assert done.stderr.startswith(f"gru-debugger: {folder}: ")
        assert done.stderr.count("\n") == 1
        assert words in done.stderr
        with qtbot.waitSignal(window.exporter.failed) as failed:
            window.exporter.start(["--steps", "1", "-o", str(folder)], 1)
        assert failed.args[0].startswith(f"{folder}: ")
        assert window.message.isVisible()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission(path: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir(mode=0o500)
    done = run(out, str(path), "--text-file", str(path.parent / "text.txt"), "--steps", "1")
    assert done.returncode == 1
    assert "no permission" in done.stderr


@pytest.mark.parametrize(("steps", "status"), [("1-", 2), ("9-3", 2), ("x", 2), ("61", 1)])
def test_steps_that_make_no_sense_are_told(
    steps: str, status: int, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    with qtbot.waitSignal(window.exporter.failed) as failed:
        window.exporter.start(["--steps", steps, "-o", str(tmp_path / "out")], 1)
    assert "--steps" in failed.args[0]
    assert "\n" not in failed.args[0]
    assert not (tmp_path / "out").exists()


# The dialog --------------------------------------------------------------------------------


def test_the_dialogs_choices_are_the_command_lines(window: MainWindow) -> None:
    seen: list[list[str]] = []

    def drive(dialog: QWidget) -> None:
        assert isinstance(dialog, ExportDialog)
        assert dialog.steps.text() == str(STEP)
        assert dialog.theme.currentText() == "Light", "for print, whatever the window's"
        dialog.steps.setText("3 - 7")
        dialog.pane.setCurrentIndex(dialog.pane.findData("blend"))
        dialog.formats["pdf"].setChecked(True)
        assert dialog.choices().count == 10
        assert dialog.told.text() == "10 files"
        seen.append(dialog.choices().arguments())
        dialog.reject()

    when_open(drive)
    window.actions_by_name["export"].trigger()
    (words,) = seen
    assert words[:10] == ["--pane", "blend", "--steps", "3-7", "--format", "pdf", "--format", "png",
                          "--theme", "light"]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "count"),
    [("7", 1), ("3-7", 5), ("3 – 7", 5), ("0", 1), (f"0-{STEPS}", STEPS + 1), (f"1-{STEPS + 1}", 0),
     ("7-3", 0), ("", 0), ("x-y", 0), ("5-", 0), ("-5", 0), ("1e3", 0)],
)  # fmt: skip
def test_counting_the_pictures(typed: str, count: int, window: MainWindow) -> None:
    dialog = ExportDialog(window, [("window", "The whole window")], 1, STEPS)
    dialog.steps.setText(typed)
    assert dialog.go.isEnabled() == bool(count)
    words = f"{count} file" + "s" * (count > 1)
    assert dialog.told.text() == (words if count else "Type a step or a range, such as 3-7, "
                                  f"from 0 to {STEPS}.")  # fmt: skip
    for check in dialog.formats.values():
        check.setChecked(False)
    assert not dialog.go.isEnabled()
    dialog.deleteLater()


def test_the_folder_is_chosen_in_a_dialog_too(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = ["/chosen", ""]
    monkeypatch.setattr(file_dialog, "ask_path", lambda *_, **__: answers.pop(0))
    dialog = ExportDialog(window, [("window", "The whole window")], 1, STEPS)
    (browse,) = [b for b in dialog.findChildren(QPushButton)
                 if b.accessibleName() == "Choose a folder"]  # fmt: skip
    for _ in range(2):
        browse.click()
        assert dialog.choices().folder == "/chosen"
    assert not answers
    dialog.deleteLater()


def choose(window: MainWindow, monkeypatch: pytest.MonkeyPatch, **more: Any) -> Choices:
    """What the dialog offers, then with `more` chosen it is accepted; nothing is drawn."""
    offered: list[Choices] = []

    def drive(dialog: QWidget) -> None:
        assert isinstance(dialog, ExportDialog)
        offered.append(dialog.choices())
        dialog.steps.setText(more.get("steps", dialog.steps.text()))
        for name in more.get("formats", ()):
            dialog.formats[name].setChecked(True)
        dialog.folder.setText(more.get("folder", dialog.folder.text()))
        dialog.go.click()

    monkeypatch.setattr(window.exporter, "start", lambda words, count: None)
    when_open(drive)
    window.exporter.ask()
    return offered[0]


def test_the_last_choices_are_offered_again(
    window: MainWindow, open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert choose(window, monkeypatch, steps="3-7", formats=("svg",), folder="/f") == Choices(
        steps=str(STEP), folder=os.getcwd()
    )
    window.session.go_to(20)
    again = choose(window, monkeypatch, steps="20")
    assert again == Choices(steps="3-7", formats=("png", "svg"), folder="/f")
    window.session.go_to(21)
    assert choose(window, monkeypatch).steps == "21", "a step of its own follows the window"
    choose(window, monkeypatch, steps="3-59")
    shorter = open_window(recording(model(), 9), 2)
    assert choose(shorter, monkeypatch).steps == "2", "a range that the text has not"


@pytest.mark.parametrize("kept", ["", "{}", "[]", "x", '{"pane": 1, "formats": 3}', "null",
                                  '{"pane": "no", "steps": "a", "formats": ["exe"], "theme": "x",'
                                  ' "scale": 99, "folder": ""}'])  # fmt: skip
def test_odd_settings_do_no_harm(
    kept: str, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.settings.setValue("export", kept)
    offered = choose(window, monkeypatch)
    assert (offered.pane, offered.steps, offered.theme) == ("window", str(STEP), "light")


def test_two_formats_at_once_and_position_0(
    window: MainWindow, path: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    choices = ["--pane", "unit", "--format", "svg", "--format", "png"]
    start(window, qtbot, tmp_path / "window", "0-1", *choices)
    names = {f"some model-step-{step:04}.{ending}" for step in (0, 1) for ending in ("png", "svg")}
    assert set(files(tmp_path / "window")) == names
    text = str(path.parent / "text.txt")
    done = run(tmp_path / "line", str(path), "--text-file", text, "--unit", str(UNIT),
               "--steps", "0-1", *choices)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert files(tmp_path / "window") == files(tmp_path / "line")


def test_the_progress_counts_both_formats(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    choices = Choices("unit", "1-9", ("png", "svg"), folder=str(tmp_path / "out"))
    with qtbot.waitSignal(window.exporter.done):
        window.exporter.start(choices.arguments(), choices.count)
        dialog = progress_of(window)
        assert dialog.maximum() == 18
        qtbot.waitUntil(lambda: dialog.value() >= 10)
    assert len(files(tmp_path / "out")) == 18


def test_a_page_of_all_steps_is_one_file_and_the_command_s_own(
    window: MainWindow, path: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    choices = Choices(steps="1-9", formats=("png", "html"), folder=str(tmp_path / "out"))
    assert (choices.count, choices.files) == (18, 10)
    start(window, qtbot, tmp_path / "window", "1-9", "--format", "html", "--theme", "dark")
    assert list(files(tmp_path / "window")) == ["some model-steps-0001-0009.html"]
    text = str(path.parent / "text.txt")
    run(tmp_path / "line", str(path), "--text-file", text, "--unit", str(UNIT), "--steps", "1-9",
        "--format", "html", "--theme", "dark")  # fmt: skip
    assert files(tmp_path / "window") == files(tmp_path / "line")


def test_what_a_format_can_t_hold_is_said_before_it_is_asked_for(window: MainWindow) -> None:
    told: list[tuple[str, bool]] = []

    def drive(dialog: QWidget) -> None:
        assert isinstance(dialog, ExportDialog)
        dialog.formats["png"].setChecked(False)
        dialog.formats["html"].setChecked(True)
        dialog.steps.setText("1-9")
        for pane in ("window", "unit", "cell"):
            dialog.pane.setCurrentIndex(dialog.pane.findData(pane))
            told.append((dialog.told.text(), dialog.go.isEnabled()))
        dialog.reject()

    when_open(drive)
    window.exporter.ask()
    assert [can for _, can in told] == [True, False, True]
    assert told[0][0] == told[2][0] == "1 file"
    assert "not the pane unit alone" in told[1][0]


def test_no_prediction_without_an_output_layer(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(recording(model(output=False), 9))
    offered: list[str] = []

    def drive(dialog: QWidget) -> None:
        assert isinstance(dialog, ExportDialog)
        offered.extend(dialog.pane.itemData(i) for i in range(dialog.pane.count()))
        dialog.reject()

    when_open(drive)
    window.exporter.ask()
    assert offered[0] == "window"
    assert "prediction" not in offered


def test_lanes_and_stops_stand_in_the_picture_as_in_the_window(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    """Exported and copied; a lane that means nothing is left out."""
    start(window, qtbot, tmp_path / "plain", str(STEP))
    lanes = (Lane("z[5] < 0.5", armed=True, every=2), Lane("nonsense"), Lane("surprise"))
    window.session.mark(Marks((STEP - 2,), lanes))
    qtbot.waitUntil(lambda: window.session.lanes.runs[0].known == STEPS)
    start(window, qtbot, tmp_path / "marked", str(STEP))
    (name,) = files(tmp_path / "plain")
    plain, marked = (QImage(str(tmp_path / folder / name)) for folder in ("plain", "marked"))
    assert plain.size() == marked.size()
    assert plain != marked
    red = THEMES["light"].error
    columns = range(300, 1500)
    assert any(marked.pixelColor(x, 90) == red for x in columns), "a stop's dot"
    window.actions_by_name["copy"].trigger()
    copied = QApplication.clipboard().image().scaled(marked.size())
    assert any(copied.pixelColor(x, 90) == red for x in columns)
