"""For all tests: no real screen, no settings of the user, a hidden display where one is needed."""

from __future__ import annotations

import atexit
import gc
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from gru_debugger.core.trace import Trace
    from gru_debugger.main_window import MainWindow

# At import, since pytest-qt and the programs under test read these when they start.
_HOME = Path(tempfile.mkdtemp(prefix="gru-debugger-tests-"))
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
for _variable, _folder in {
    "HOME": "",
    "XDG_CONFIG_HOME": "config",
    "XDG_DATA_HOME": "data",
    "XDG_CACHE_HOME": "cache",
    "XDG_STATE_HOME": "state",
    "XDG_RUNTIME_DIR": "runtime",
}.items():
    (_HOME / _folder).mkdir(mode=0o700, exist_ok=True)
    os.environ[_variable] = str(_HOME / _folder)
for _variable in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
    os.environ.pop(_variable, None)
# A screen on which a window may have any size: its own is 800 × 800.
_SCREEN = {"name": "large", "x": 0, "y": 0, "width": 3200, "height": 2000}
(_HOME / "screens.json").write_text(json.dumps({"screens": [_SCREEN]}))
os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={_HOME / 'screens.json'}"
os.environ["OMP_NUM_THREADS"] = "1"  # torch's threads wait for each other longer than they work
# A program that a test lets write only so much would leave half a compiled module to the others.
os.environ["PYTHONDONTWRITEBYTECODE"] = "1"

# Ignored, as in a shell's background, programs started by tests would ignore it too.
signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("patient", deadline=None)  # the machine may be busy
settings.load_profile("patient")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than processors, since tests also wait; each has a home and a display of its own."""
    return min((os.cpu_count() or 1) + 1, 8)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    from waiting import PatientBot

    return PatientBot(request)


@pytest.fixture(autouse=True)
def no_drafts() -> Iterator[None]:
    """What one test types or has open is not offered to the next."""
    yield
    for folder in [*_HOME.glob("data/**/drafts"), *_HOME.glob("data/**/sessions")]:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    """The name of a display of its own (Xvfb, 1920 × 1200), for programs started by a test."""
    if sys.platform != "linux":
        pytest.skip("Xvfb is Linux' own")
    read, write = os.pipe()
    command = [
        "Xvfb",
        "-displayfd",
        str(write),
        "-screen",
        "0",
        "1920x1200x24",
        "-nolisten",
        "tcp",
        "-noreset",
    ]
    with subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL) as server:
        os.close(write)
        with os.fdopen(read) as answer:
            number = answer.readline().strip()
        assert number, "Xvfb did not start"
        yield f":{number}"
        server.terminate()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Tests and imports stay: no look for garbage goes through half a million objects again."""
    gc.disable()
    done = yield
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)  # torch takes exports apart by the hundred thousand small objects
    gc.enable()
    return done


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """A window ends with its test, once pytest holds nothing of it; each has 13 MB."""
    done = yield
    if "screen" in getattr(item, "fixturenames", ()):
        gc.collect()
        gc.freeze()  # what is left stays: it is not looked at after each test
        gc.enable()
    return done


@pytest.fixture
def screen(qapp: QApplication) -> Iterator[QApplication]:
    """The application, for pictures and windows; what a test opens must be gone at its end."""
    from PySide6.QtCore import QCoreApplication, QEvent
    from PySide6.QtWidgets import QApplication

    from gru_debugger import app

    application = app.application()
    gc.disable()  # as the application does when it is made: no widget ends in another thread
    yield application
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    left = QApplication.topLevelWidgets()
    for widget in left:
        widget.close()
        widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not left, "a window or dialog was left open"


OpenWindow = Callable[..., "MainWindow"]


@pytest.fixture
def open_window(
    screen: QApplication, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[OpenWindow]:
    """A window on a recording, active and with the focus where it starts; no parity child."""
    from ended import end
    from PySide6.QtCore import QSettings

    from gru_debugger.main_window import MainWindow
    from gru_debugger.session.session import Session
    from gru_debugger.window.proof import Proof

    opened: list[MainWindow] = []

    def make(
        trace: Trace,
        position: int = 1,
        unit: int = 0,
        size: tuple[int, int] = (1600, 1000),
        proof: bool = False,
        **settings: Any,
    ) -> MainWindow:
        if not proof:
            monkeypatch.setattr(Proof, "_start_when_recorded", lambda _: None)
        kept = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
        if not kept.contains("theme"):
            kept.setValue("theme", "light")
        for name, value in settings.items():
            kept.setValue(name, value)
        window = MainWindow(Session(), kept)
        opened.append(window)
        window.session.open(trace, position, unit)
        window.resize(*size)
        window.show()
        with qtbot.waitActive(window):
            window.activateWindow()
        return window

    yield make
    for window in opened:
        end(window)


@pytest.fixture(autouse=True)
def shared_recordings() -> Iterator[None]:
    """Others read them too: nothing may stay pinned to them."""
    yield
    samples = sys.modules.get("samples")  # of those tests alone that use them
    left = [one for one in samples.shared if one.held is not None] if samples else []
    for one in left:
        one.held = None
    assert not left, f"{left} is still held against another run; close the session that pinned it"


@pytest.fixture
def translated(screen: QApplication) -> Iterator[None]:
    """Qt has a translator of all that the program says, which marks it."""
    from pseudo import Marking
    from PySide6.QtCore import QCoreApplication

    from gru_debugger.app import application
    from gru_debugger.phrases import translate_by

    translator = Marking()
    QCoreApplication.installTranslator(translator)
    application()  # which every window has begun with
    yield
    QCoreApplication.removeTranslator(translator)
    translate_by(str)
