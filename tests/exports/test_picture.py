"""`trace.picture`: what the export command draws, in whatever process asks; shown and saved."""

from __future__ import annotations

import base64
import gc
import inspect
import os
import re
import subprocess
import sys
import threading
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from samples import model

import gru_debugger
from gru_debugger.api import Trace, trace
from gru_debugger.errors import GRUDebuggerError, InputError, OutputError
from gru_debugger.exports import snapshots
from gru_debugger.exports.jobs import PANES, PICTURES, SnapshotJob
from gru_debugger.exports.picture import Picture
from gru_debugger.session.session import Session
from gru_debugger.session.view import View
from gru_debugger.session.zoom import Zoom

TEXT = "abcab ba"


def run(**kind: Any) -> Trace:
    return trace(model(16, 8, **kind), TEXT)


def exported(of: Trace, t: int, folder: Path, **job: Any) -> bytes:
    """The file that the export command writes of it."""
    whole = SnapshotJob(of.model, of, range(t, t + 1), folder, force=True, **job)
    whole.look_through()
    snapshots.export(whole, lambda done: None)
    return whole.path(t).read_bytes()


@pytest.mark.parametrize("pane", ["window", "blend"])
@pytest.mark.parametrize("t", [0, 3])
def test_it_is_what_export_draws(screen: QApplication, tmp_path: Path, pane: str, t: int) -> None:
    of = run()
    assert of.picture(t, pane).data == exported(of, t, tmp_path, pane=pane)


VIEWS: dict[str, Any] = {
    "unit": 9, "quantity": "r", "layer": 1, "direction": "reverse", "notation": "course",
    "contributions": True, "all_terms": True, "all_equations": True, "full_axes": True,
    "symbol": 2, "units": range(4, 15),
}  # fmt: skip


@pytest.mark.parametrize("name", VIEWS)
def test_it_shows_what_is_asked_for(screen: QApplication, tmp_path: Path, name: str) -> None:
    of = run(layers=2, directions=2)
    view = View(zoom=Zoom(4, 11)) if name == "units" else replace(View(), **{name: VIEWS[name]})
    drawn = of.picture(3, **{name: VIEWS[name]}).data
    assert drawn == exported(run(layers=2, directions=2), 3, tmp_path, view=view)
    assert drawn != of.picture(3).data


def test_full_axes_are_those_of_the_whole_trace(screen: QApplication, tmp_path: Path) -> None:
    rows = np.full((50_000, 8), 0.1)
    rows[-1] = 50
    drawn = trace(model(64, 8), rows).picture(3, "update", full_axes=True).data
    view = View(full_axes=True)
    assert drawn == exported(trace(model(64, 8), rows), 3, tmp_path, pane="update", view=view)
    assert drawn != trace(model(64, 8), rows[:-1]).picture(3, "update", full_axes=True).data


def test_all_of_a_view_can_be_asked_for() -> None:
    """But for what a picture shows of itself: all rows, the strip around its step."""
    parameters = set(inspect.signature(Trace.picture).parameters)
    own = {field.name for field in fields(View)} - {"folded", "scroll"}
    assert {"units" if name == "zoom" else name for name in own} <= parameters
    assert set(VIEWS) <= parameters


def test_it_begins_where_the_model_s_example_does(screen: QApplication, tmp_path: Path) -> None:
    sixteen = gru_debugger.load_model("bundled:sixteen")
    of = gru_debugger.trace(sixteen, "the cat")
    assert of.picture(3).data == of.picture(3, unit=9).data != of.picture(3, unit=0).data
    back = trace(replace(model(16, 8), backwards=True), TEXT)
    view = View(direction="reverse")
    assert back.picture(3).data == exported(back, 3, tmp_path, view=view)


def test_theme_scale_and_format(screen: QApplication, tmp_path: Path) -> None:
    of = run()
    small, large = of.picture(3, "blend"), of.picture(3, "blend", scale=2)
    sizes = [QImage.fromData(p.data).size().toTuple() for p in (small, large)]
    assert sizes == [(1260, 228), (2520, 456)]
    assert (large.width, large.height) == (small.width, small.height) == (1260, 228)
    dark = of.picture(3, "blend", theme="dark")
    assert QImage.fromData(dark.data).pixelColor(2, 2).lightness() < 80
    for name in PICTURES:
        picture = of.picture(3, "blend", format=name)
        assert picture.format == name
        if name != "pdf":  # which says when it was made
            expected = exported(of, 3, tmp_path, pane="blend", formats=(name,))
            assert picture.data == expected


def test_notebooks_show_it_as_it_is(screen: QApplication) -> None:
    of = run()
    png, svg, pdf = (of.picture(3, "blend", format=f, scale=2) for f in ("png", "svg", "pdf"))
    assert png._repr_png_() == png.data
    assert png._repr_svg_() is svg._repr_png_() is pdf._repr_png_() is None
    assert svg._repr_svg_() == svg.data.decode()
    size = {"width": 1260, "height": 228}
    data, about = png._repr_mimebundle_()
    assert base64.b64decode(data["image/png"]) == png.data
    assert about == {"image/png": size}
    data, about = svg._repr_mimebundle_(include=None, exclude=None)
    assert data["image/svg+xml"] == svg.data.decode()
    data, about = pdf._repr_mimebundle_()
    assert base64.b64decode(data["application/pdf"])[:5] == b"%PDF-"
    words = "random.safetensors  ·  0123456789ab  ·  step 3  ·  “c”"
    assert data["text/plain"] == repr(pdf) == f"<Picture {words}: PDF, 1,260 × 228>"


@pytest.fixture
def picture() -> Picture:
    return Picture(b"bytes", "png", "title", 3, 2)


def test_it_is_saved_whole_also_over_an_older_one(picture: Picture, tmp_path: Path) -> None:
    for name in ("one.png", "ONE.PNG", "plain", "v1.2"):
        for _ in range(2):
            picture.save(str(tmp_path / name))
        assert (tmp_path / name).read_bytes() == b"bytes"
    assert len(list(tmp_path.iterdir())) == 4


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("one.svg", 'this picture is PNG; name it .png, or make one with format="svg".'),
        ("one.pdf", 'make one with format="pdf".'),
        ("missing/one.png", "missing/one.png: "),
        (".", ": "),
    ],
)
def test_what_can_not_be_saved_is_told(
    picture: Picture, tmp_path: Path, path: str, says: str
) -> None:
    with pytest.raises(OutputError, match=says) as told:
        picture.save(tmp_path / path)
    assert "\n" not in str(told.value)
    assert list(tmp_path.iterdir()) == []


ERRORS: list[tuple[dict[str, Any], str]] = [
    ({"t": 9}, "position 9 is outside the text: it has positions 0 to 8."),
    ({"t": -1}, "position -1 is outside the text"),
    ({"pane": "gate"}, f"pane 'gate': there is no such one; choose of {', '.join(PANES)}."),
    ({"format": "jpeg"}, "format 'jpeg': there is no such one; choose of pdf, png, svg"),
    ({"theme": "blue"}, "theme 'blue'"),
    ({"scale": 5}, "scale 5: there is no such one; choose of 1, 2, 3, 4."),
    ({"notation": "mine"}, "notation 'mine'"),
    ({"quantity": "x"}, "quantity 'x'"),
    ({"direction": "up"}, "direction 'up': there is no such one; choose of forward, reverse."),
    ({"direction": "reverse"}, "direction reverse: random.safetensors reads forward only"),
    ({"unit": 16}, "unit 16: random.safetensors has units 0 to 15."),
    ({"unit": -1}, "unit -1: "),
    ({"units": range(9, 17)}, "units 9-16: random.safetensors has units 0 to 15."),
    ({"units": range(-1, 4)}, "units range(-1, 4): give those that are to be shown"),
    ({"units": range(0, 8, 2)}, "units range(0, 8, 2): give those"),
    ({"units": range(0)}, "units range(0, 0): give those"),
    ({"units": 8}, "units 8: give those"),
    ({"symbol": 1}, "symbol 1: random.safetensors has no output layer; leave it out."),
    ({"order": "z at 99"}, "no step 99: "),
    ({"characters": range(0, 5)}, "characters range(0, 5): give those that are to be"),
    ({"characters": 8}, "characters 8: give those"),
    ({"characters": range(5, 99)}, "characters 5-98: of this text characters 2 to "),
    ({"layer": 1}, "layer 1: random.safetensors has layer 0 alone."),
    ({"pane": "prediction"}, "pane prediction: random.safetensors has no output layer"),
]


@pytest.mark.parametrize(("asked", "says"), ERRORS)
def test_what_can_not_be_drawn_is_told(asked: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=re.escape(says)):
        run(output=False).picture(**{"t": 3, **asked})


# Whose process it is --------------------------------------------------------------------------


def test_another_thread_is_refused(screen: QApplication) -> None:
    told: list[Exception] = []

    def ask() -> None:
        try:
            run().picture(3)
        except GRUDebuggerError as fault:
            told.append(fault)

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert [str(fault) for fault in told] == [
        "pictures can be drawn in the main thread only; call trace.picture() there."
    ]


def sessions() -> int:
    # By type: asking a stranger's object for its class may make it warn.
    return sum(issubclass(type(found), Session) for found in gc.get_objects())


def test_nothing_of_it_stays_for_another_thread_to_collect(screen: QApplication) -> None:
    of = run()
    gc.collect()
    before = sessions()
    of.picture(3)
    assert not gc.isenabled()  # the fixture's
    gc.enable()
    try:
        of.picture(3)
        assert gc.isenabled()
    finally:
        gc.disable()
    assert sessions() == before


def test_the_application_s_events_are_left_to_it(screen: QApplication) -> None:
    fired: list[str] = []
    QTimer.singleShot(0, lambda: fired.append("timer"))
    doomed = QObject()
    doomed.destroyed.connect(lambda: fired.append("deleted"))
    doomed.deleteLater()
    run().picture(3, "blend")
    assert fired == []
    screen.processEvents()


SCRIPT = """
import hashlib, sys, threading
import gru_debugger
model = gru_debugger.load_model("bundled:sixteen")
trace = gru_debugger.trace(model, "the cat sat")
{before}
try:
    picture = trace.picture(4, "window")
except gru_debugger.GRUDebuggerError as fault:
    sys.exit("refused: " + str(fault))
from PySide6.QtGui import QGuiApplication
print(QGuiApplication.platformName(), hashlib.sha256(picture.data).hexdigest())
"""
THREAD = """
def ask():
    try:
        trace.picture(4)
    except gru_debugger.GRUDebuggerError as fault:
        print(fault)
thread = threading.Thread(target=ask); thread.start(); thread.join()
from PySide6.QtCore import QCoreApplication
print(QCoreApplication.instance())
"""


def elsewhere(before: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """In a plain Python process, without a display unless one is named."""
    own = {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"}
    command = [sys.executable, "-c", SCRIPT.format(before=before)]
    return subprocess.run(
        command, env=own | environment, capture_output=True, text=True, timeout=120
    )


@pytest.fixture(scope="module")
def drawn() -> str:
    """The hash of the picture, as a process draws it that has no display."""
    done = elsewhere()
    assert (done.returncode, done.stderr) == (0, "")
    platform, digest = done.stdout.split()
    assert platform == "offscreen"
    return digest


@pytest.mark.parametrize("display", [":77", "nonsense"])
def test_a_display_that_does_not_answer_is_none(drawn: str, display: str) -> None:
    done = elsewhere(DISPLAY=display)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == ["offscreen", drawn]


@pytest.mark.display
def test_with_a_display_it_is_the_same_picture(drawn: str, display: str) -> None:
    """Drawn by an application that can still open windows later."""
    done = elsewhere(DISPLAY=display)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["xcb", drawn]


@pytest.mark.parametrize(
    "there",
    ["from PySide6.QtWidgets import QApplication; app = QApplication(['x'])", ""],
    ids=["an application", "none"],
)
def test_an_application_that_is_there_is_used(drawn: str, there: str) -> None:
    done = elsewhere(there, QT_QPA_PLATFORM="offscreen")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == ["offscreen", drawn]


def test_another_thread_makes_no_application(drawn: str) -> None:
    done = elsewhere(THREAD)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[:2] == [
        "pictures can be drawn in the main thread only; call trace.picture() there.", "None",
    ]  # fmt: skip


def test_an_application_that_can_not_draw_is_told() -> None:
    done = elsewhere("from PySide6.QtCore import QCoreApplication; app = QCoreApplication([])")
    assert done.returncode == 1
    assert done.stderr.startswith("refused: this process has a QCoreApplication, with which no ")
