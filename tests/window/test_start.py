"""`gru-debugger MODEL`: the same opening as the window's own, before or behind its first paint."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox
from pytestqt.qtbot import QtBot
from readers import read_slowly
from samples import model, save

from gru_debugger.cli import main
from gru_debugger.core.reading import Rows
from gru_debugger.main_window import MainWindow
from gru_debugger.session.marks import Marks
from gru_debugger.window import crash, dialogs, file_dialog, start_request
from gru_debugger.window.gru_choice import ChoiceDialog
from gru_debugger.window.proof import Proof
from gru_debugger.window.start_request import Request
from gru_debugger.window.vocabulary.dialog import VocabularyDialog

Start = Callable[..., int]
Drive = Callable[[MainWindow], None]


@pytest.fixture
def start(screen: QApplication, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Start]:
    """Run the command; in place of the event loop, `drive` the window that was shown."""
    monkeypatch.setattr(Proof, "_start_when_recorded", lambda _: None)
    monkeypatch.setattr(crash.Faults, "caught", lambda _: nullcontext())
    monkeypatch.setattr("gru_debugger.system.check_window", lambda: None)
    monkeypatch.chdir(tmp_path)

    def windows() -> list[MainWindow]:
        return [w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow)]

    def run(*words: str, drive: Drive = lambda _: None) -> int:
        def loop(*_: object) -> int:
            (window,) = (w for w in windows() if w.isVisible())
            drive(window)
            return 0

        monkeypatch.setattr(QApplication, "exec", loop)
        return main(list(words))

    yield run
    for window in windows():
        window.close()
        window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """What is answered to every question: a button's words, or whether a dialog is accepted."""

    def give(words: str, accepted: bool = True) -> None:
        def ask(dialog: QDialog) -> bool:
            if isinstance(dialog, QMessageBox):
                next(b for b in dialog.buttons() if words in b.text()).click()
            elif isinstance(dialog, VocabularyDialog):
                dialog.symbols = tuple("hgfedcba")
            else:
                assert isinstance(dialog, ChoiceDialog)
            dialog.deleteLater()
            return accepted

        monkeypatch.setattr(dialogs, "ask", ask)

    return give


def test_lanes_from_the_start_have_the_room_of_later_ones(start: Start, tmp_path: Path) -> None:
    save(model(4), tmp_path / "m.safetensors")
    seen = list[dict[str, int]]()

    def drive(window: MainWindow) -> None:
        given = window.session.marks
        for marks in (given, Marks(), given):
            window.session.mark(marks)
            QApplication.processEvents()
            seen.append({name: dock.height() for name, dock in window.docks.items()})
        assert not window.views["strip"].verticalScrollBar().isVisible()

    asked = ("--lane", "h[1]", "--stop", "max(changed(h)) > 0.5", "--stop", "3")
    assert start("m.safetensors", "--text", "abcabc", *asked, drive=drive) == 0
    assert seen[0] == seen[2]
    assert seen[0]["strip"] > seen[1]["strip"]


def test_text_step_and_state(start: Start, tmp_path: Path) -> None:
    save(model(4), tmp_path / "m.safetensors")
    (tmp_path / "h.csv").write_text("0.5,-0.5,0,1\n")

    def drive(window: MainWindow) -> None:
        trace = window.session.trace
        assert trace is not None
        assert (trace.text, window.session.position) == ("abcab", 3)
        assert (trace.h0.tolist(), trace.initial.origin) == ([[0.5, -0.5, 0, 1]], "h.csv")
        assert window.files.recent.paths()[0] == str(tmp_path / "m.safetensors")
        assert not window.message.isVisible()

    words = ["m.safetensors", "--text", "abcab", "--step", "3", "--initial-state", "h.csv"]
    assert start(*words, drive=drive) == 0


def test_a_text_is_made_up_and_that_is_said(start: Start, tmp_path: Path) -> None:
    save(model(4), tmp_path / "m.safetensors")

    def drive(window: MainWindow) -> None:
        assert window.message.words.text() == "The file brings no text along."
        window.message.offer.click()
        assert window.text.typing

    assert start("m.safetensors", drive=drive) == 0


def test_an_address_selects(start: Start, tmp_path: Path) -> None:
    save(model(4, layers=2), tmp_path / "m.safetensors")

    def drive(window: MainWindow) -> None:
        session = window.session
        assert (session.position, session.layer, session.unit) == (3, 1, 2)
        assert session.view.quantity == "n"

    words = ["m.safetensors", "--text", "abcab", "--at", "3:n_l1[2]"]
    assert start(*words, drive=drive) == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--order", "z at 6"], "no step 6: the text has steps 1 to 5; choose one of these."),
        (["--characters", "2-9"], "--characters 2-9: of this text characters 2 to 5 can be"),
        (["--units", "2-4"], "--units 2-4: m.safetensors has units 0 to 3."),
        (["--symbol", "40"], "--symbol 40: m.safetensors has symbols 0 to "),
        (["--stop", "6"], "--stop 6: the text has steps 1 to 5; choose one of these."),
        (["--stop", "0"], "--stop 0: the text has steps 1 to 5; choose one of these."),
        (["--stop", "h[1]"], "--stop: “h[1]”, character 1: a number where a truth is wanted"),
        (["--stop", "h > 0"], "--stop: “h > 0”, character 1: truths a step are too many"),
        (["--lane", "q"], "--lane: “q”, character 1: no quantity is called “q” in this model"),
        (["--lane", "reference(h)"], "--lane: “reference(h)”, character 1: there is no reference"),
        ([w for i in range(13) for w in ("--lane", str(i))], "--lane: there are 13; at most 12"),
    ],
)
def test_what_a_run_lacks_is_told(
    words: list[str], said: str, start: Start, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save(model(4), tmp_path / "m.safetensors")
    assert start("m.safetensors", "--text", "abcab", *words) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"gru-debugger: {said}")


def test_an_address_selects_a_probability(start: Start, tmp_path: Path) -> None:
    save(model(4), tmp_path / "m.safetensors")

    def drive(window: MainWindow) -> None:
        assert (window.session.position, window.session.view.symbol) == (3, 2)

    words = ["m.safetensors", "--text", "abcab", "--at", "3:probabilities[2]"]
    assert start(*words, drive=drive) == 0


def test_what_was_open_last_is_offered_where_no_model_is_named(
    start: Start, tmp_path: Path
) -> None:
    save(model(4), tmp_path / "m.safetensors")
    said = "Last time m.safetensors was open, at step 3."
    words: list[str] = []

    def drive(window: MainWindow) -> None:
        words.append(window.message.words.text() if window.message.isVisible() else "")
        window.close()

    start("m.safetensors", "--text", "abcab", "--step", "3", drive=drive)
    start(drive=drive)
    start("m.safetensors", "--text", "abcab", "--step", "3", drive=drive)
    start("--step", "9", drive=drive)
    start("m.safetensors", "--text", "abcab", "--step", "3", drive=drive)
    assert words == ["", said, "", "", ""]


def test_edits_are_shown(start: Start, tmp_path: Path) -> None:
    save(model(4), tmp_path / "m.safetensors")

    def drive(window: MainWindow) -> None:
        trace, step = window.session.trace, window.session.step
        assert trace is not None
        assert step is not None
        assert trace.run.edits == ("r = 1", "z[1] = 0.5 at 2")
        assert (step.r.tolist(), step.z[1]) == ([1] * 4, 0.5)

    edits = ["--set", "r = 1", "--set", "z[1] = 0.5 at 2"]
    assert start("m.safetensors", "--text", "abcab", "--step", "2", *edits, drive=drive) == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["m.safetensors", "--at", "99:z"], "--at 99:z: the text has steps 1 to 6; choose"),
        (["m.safetensors", "--at", "z"], "“z” is no address; write a step"),
        (["m.safetensors", "--set", "z[9] = 1"], "“z[9] = 1”: no units [9]; this model has units"),
        (["m.safetensors", "--text", "ab@"], "character “@” at position 3 of the text is not"),
        (["m.safetensors", "--step", "99"], "--step 99: the text has steps 1 to 6; choose"),
        (["m.safetensors", "--gru", "enc"], "m.safetensors: "),
        (["m.safetensors", "--initial-state", "h.csv"], "h.csv: the initial state has shape"),
        (["m.safetensors", "--rows", "h.csv", "--step", "2"], "h.csv: 1 × 3 values of type float"),
        (["none.pt"], "none.pt: no such file; check the name."),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_soon_told_opens_no_window(
    words: list[str], said: str, start: Start, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save(model(4), tmp_path / "m.safetensors")
    (tmp_path / "h.csv").write_text("1,2,3\n")

    def drive(window: MainWindow) -> None:
        pytest.fail("a window was shown")

    assert start(*words, drive=drive) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("gru-debugger: ")
    assert said in line


@pytest.mark.parametrize("accepted", [True, False])
def test_of_several_grus_one_is_asked_for(
    accepted: bool, start: Start, answer: Callable[..., None], tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    tensors = {}
    for gru in ("enc", "dec"):
        rng = np.random.default_rng(len(tensors))
        for name, shape in (("weight_ih_l0", (12, 8)), ("weight_hh_l0", (12, 4)),
                            ("bias_ih_l0", (12,)), ("bias_hh_l0", (12,))):  # fmt: skip
            tensors[f"{gru}.{name}"] = rng.normal(size=shape).astype(np.float32)
    np.savez(tmp_path / "two.npz", **tensors)
    (tmp_path / "v.json").write_text('["a","b","c","d","e","f","g","h"]')
    answer("", accepted)
    seen: list[str | None] = []

    def drive(window: MainWindow) -> None:
        assert window.session.model is not None
        assert window.session.model.vocabulary == tuple("abcdefgh"), "the one that was given"
        seen.append(window.session.model.source.gru)

    words = ["two.npz", "--vocabulary", "v.json", "--text", "abc"]
    assert start(*words, drive=drive) == (0 if accepted else 1)
    assert seen == (["enc"] if accepted else [])
    refusal = "two.npz: 2 GRUs are inside (enc, dec); choose one with --gru NAME."
    assert (refusal in capsys.readouterr().err) == (not accepted)


@pytest.mark.parametrize("way", ["rows", "no rows", "vocabulary", "no vocabulary", "back"])
def test_what_is_missing_is_asked_for(
    way: str, start: Start, answer: Callable[..., None], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    features = model(4, embedding=None)
    weights = {
        "weight_ih_l0": features.layers[0][0].weight_ih,
        "weight_hh_l0": features.layers[0][0].weight_hh,
    }
    zeros = {name: np.zeros(12, np.float32) for name in ("bias_ih_l0", "bias_hh_l0")}
    np.savez(tmp_path / "f.npz", **weights, **zeros)
    np.save(tmp_path / "x.npy", np.eye(8, dtype=np.float32)[:5])
    file = "x.npy" if way == "rows" else ""
    monkeypatch.setattr(file_dialog, "ask_path", lambda *_, **__: file)
    button = "Go back" if way == "back" else "vocabulary" if "vocab" in way else "Open rows"
    answer(button, accepted=not way.startswith("no "))
    seen: list[object] = []

    def drive(window: MainWindow) -> None:
        assert window.session.trace is not None
        seen.append(window.session.trace.reading.source)
        assert window.session.position == 2

    status = start("f.npz", "--step", "2", drive=drive)
    assert status == int(way not in ("rows", "vocabulary"))
    err = capsys.readouterr().err
    if way == "rows":
        assert isinstance(seen[0], Rows)
        assert seen[0].values.shape == (5, 8)
    elif way == "vocabulary":
        assert isinstance(seen[0], str)
    elif way == "no vocabulary":
        assert (
            "f.npz: the file holds no vocabulary; step over rows of numbers, --rows FILE, or give "
            "its 8 symbols" in err
        )
    else:
        assert "f.npz: no rows were given; give rows of 8 numbers with --rows FILE." in err


@pytest.mark.parametrize("words", [["--tour", "t.grutour"], ["t.grutour"]])
def test_a_tour_begins_with_the_window(
    words: list[str], start: Start, qtbot: QtBot, tmp_path: Path
) -> None:
    save(model(4), tmp_path / "m.safetensors")
    stop = {"heading": "Mine", "model": "m.safetensors", "text": "abcabc", "at": "3:h[2]"}
    told = {"format": "gru-debugger-tour", "version": 1, "stops": [stop]}
    (tmp_path / "t.grutour").write_text(json.dumps(told))

    def drive(window: MainWindow) -> None:
        qtbot.waitUntil(lambda: window.tours.live is not None)
        assert window.session.trace is not None
        assert (window.session.trace.text, window.session.position) == ("abcabc", 3)

    assert start(*words, drive=drive) == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--tour", "no.grutour"], "no.grutour: no such file"),
        (["no.grutour"], "no.grutour: no such file"),
        (["--tour", "bundled:gates", "--step", "3"], "leave out --step"),
        (["bundled:sixteen", "--tour", "bundled:gates"], "leave out MODEL"),
    ],
)
def test_why_no_tour_begins(
    words: list[str], said: str, start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    assert start(*words) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line


# A long reading ----------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["ends well", "cancelled", "damaged"])
def test_a_long_reading_is_shown_in_the_window(
    way: str, start: Start, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr(start_request, "_QUICK", 0)
    go_on = read_slowly(tmp_path, monkeypatch)
    path = save(model(4), tmp_path / "m.safetensors")
    if way == "damaged":
        path.write_bytes(path.read_bytes()[:-100])

    def drive(window: MainWindow) -> None:
        message = window.message
        assert window.session.trace is None
        window.grab()  # nothing to show is shown
        qtbot.waitUntil(lambda: "50\u00a0%" in message.words.text())
        assert message.words.text().startswith("Reading m.safetensors… ")
        if way == "cancelled":
            message.offer.click()
            assert message.words.text() == "Nothing is open."
            assert message.offer.text() == "Open model…"
            qtbot.waitUntil(lambda: window.start_page.shown)
            return
        go_on()
        qtbot.waitUntil(lambda: "Reading" not in message.words.text())
        if way == "damaged":
            assert message.words.text().startswith("m.safetensors: ")
            qtbot.waitUntil(lambda: window.start_page.shown)
        else:
            assert window.session.trace is not None
            assert (window.session.trace.text, window.session.position) == ("abcab", 3)

    words = ["m.safetensors", "--text", "abcab", "--step", "3"]
    assert start(*words, drive=drive) == int(way == "damaged")
    err = capsys.readouterr().err
    assert err.startswith("gru-debugger: m.safetensors: " if way == "damaged" else "")
    assert len(err.splitlines()) == int(way == "damaged")


@pytest.mark.parametrize("way", ["ends well", "cancelled", "damaged"])
def test_an_initial_state_is_read_beside_the_window(
    way: str, start: Start, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The model is not shown before, as it would be without it."""
    monkeypatch.setattr(start_request, "_QUICK", 0)
    go_on = read_slowly(tmp_path, monkeypatch, "arrays")
    save(model(4), tmp_path / "m.safetensors")
    (tmp_path / "h.csv").write_text("1,2,3\n" if way == "damaged" else "0.5,-0.5,0,1\n")

    def drive(window: MainWindow) -> None:
        message, session = window.message, window.session
        qtbot.waitUntil(lambda: message.words.text().startswith("Reading h.csv… "))
        assert session.trace is None
        if way == "cancelled":
            message.offer.click()
            assert message.words.text() == "Nothing is open."
            return
        go_on()
        qtbot.waitUntil(lambda: "Reading" not in message.words.text())
        if way == "damaged":
            assert message.words.text().startswith("h.csv: the initial state has shape (1, 3)")
        else:
            assert session.trace is not None
            assert session.trace.initial.origin == "h.csv"

    words = ["m.safetensors", "--text", "abcab", "--initial-state", "h.csv"]
    assert start(*words, drive=drive) == int(way == "damaged")


def test_a_large_initial_state_is_no_quick_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start_request, "_QUICK", 1000)
    (tmp_path / "m.pt").write_bytes(bytes(600))
    (tmp_path / "h.npy").write_bytes(bytes(600))
    path, state = (str(tmp_path / name) for name in ("m.pt", "h.npy"))
    assert Request(path=path).quick
    assert not Request(path=path, state=state).quick


NOT_SHOWN = (
    "torch", "numpy.ma", "difflib", "html", "safetensors.torch",
    *(f"gru_debugger.{name}" for name in (
        "formats.keras", "formats.onnx", "formats.pytorch", "formats.aten", "formats.child",
        "exports.snapshots", "conversion.onnx", "training",
        "formats.assembly.listing", "questions.finding", "panes.memory",
        "panes.calculation", "questions.calculation", "questions.by_hand",
        "panes.whole_run", "questions.overview", "questions.matters",
        "panes.curves", "questions.curves",
        "panes.influence", "panes.gradients",
        "questions.influence", "questions.influenced", "core.gradients",
        "window.export_dialog", "window.vocabulary.dialog", "window.palette",
        "window.history", "window.log", "window.numbers", "window.similar", "window.welcome",
        "window.tour_card", "window.tour_marks", "window.tour_before", "window.formula_line",
        "panes.meant", "lessons",
        "panes.unit_told", "panes.columns_told", "panes.strip_told", "parity", "children",
        "questions.differing", "questions.ready_made", "questions.writes",
        "session.saved", "session.session_file", "formats.arrays",
        "window.child", "window.file_dialog", "window.gru_choice",
        "window.initial_state_dialog", "window.palette_entries", "window.questions",
        "window.exporting", "window.saving", "window.lane_file", "window.copying",
        "window.said_line", "window.letters_line", "window.completion",
    )),
)  # fmt: skip


def test_pyqtgraph_comes_with_the_panes() -> None:
    """Before all that the window needs it takes a tenth of a start longer."""
    code = "import sys; from gru_debugger import app; print('pyqtgraph' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout == "False\n", done.stderr


def test_a_start_imports_nothing_that_is_not_shown(tmp_path: Path) -> None:
    """Each costs milliseconds before the first step is seen; what they are for imports them.

    The sources of what is imported are left alone too. What the first letter in a line needs is
    imported once that line is seen.
    """
    code = (
        "import linecache, sys\n"
        "asked_with = 'gru_debugger.questions.finding', 'difflib'\n"
        "from PySide6.QtWidgets import QApplication\n"
        "from gru_debugger import system\n"
        "system.check_window = lambda: None\n"
        "def exec(*_):\n"
        "    QApplication.processEvents()\n"
        f"    print([name for name in {NOT_SHOWN} if name in sys.modules])\n"
        "    print([path for path in linecache.cache if '/panes/' in path])\n"
        "    window = next(w for w in QApplication.topLevelWidgets() if hasattr(w, 'line_place'))\n"
        "    window.find_line.begin()\n"
        "    print([name for name in asked_with if name in sys.modules])\n"
        "    for _ in range(9):\n"
        "        QApplication.processEvents()\n"
        "    print([name for name in asked_with if name not in sys.modules])\n"
        "    return 0\n"
        "QApplication.exec = exec\n"
        "from gru_debugger.cli import main\n"
        "main([])\n"
    )
    places = "HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"
    home = dict.fromkeys(places, str(tmp_path))
    done = subprocess.run(  # of somebody who has kept no layout
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60,
        env=os.environ | home,
    )  # fmt: skip
    assert done.stdout == "[]\n" * 4, done.stderr
