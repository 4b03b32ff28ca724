"""What goes wrong unexpectedly: kept in a log of its own, shown once, told after a crash."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer, qWarning
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gru_debugger.window import crash, crash_log
from gru_debugger.window.crash_log import CrashLog, untold


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """The reports that were shown."""
    reports: list[str] = []
    monkeypatch.setattr(crash, "folder", lambda: tmp_path)
    monkeypatch.setattr(crash, "show_report", lambda _, words, report: reports.append(report))
    return reports


@pytest.fixture
def faults(screen: QApplication, shown: list[str]) -> Iterator[crash.Faults]:
    made = crash.Faults()
    with made.caught():
        yield made
    made.deleteLater()


class Dying:
    def __del__(self) -> None:
        raise ValueError("a fault in __del__")


def fail(words: str) -> None:
    raise ValueError(words)


def in_a_thread() -> None:
    thread = threading.Thread(target=lambda: fail("a fault in a thread"))
    thread.start()
    thread.join()


def in_del() -> None:
    Dying()
    gc.collect()


@pytest.mark.parametrize(
    ("happen", "words"),
    [
        (lambda: QTimer.singleShot(0, lambda: fail("a fault in a slot")), "a fault in a slot"),
        (in_a_thread, "a fault in a thread"),
        (in_del, "a fault in __del__"),
    ],
    ids=["slot", "thread", "del"],
)
def test_each_fault_is_shown_and_kept(
    happen: Callable[[], None], words: str, faults: crash.Faults, shown: list[str], qtbot: QtBot,
    tmp_path: Path, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    happen()
    qtbot.waitUntil(lambda: bool(shown))
    assert shown[0].startswith(crash_log.heading())
    assert shown[0].endswith(f"ValueError: {words}\n")
    (log,) = tmp_path.glob("crash-*.log")
    assert words in log.read_text()
    assert words in capsys.readouterr().err


def test_the_same_fault_is_shown_once(
    faults: crash.Faults, shown: list[str], qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(3):
        faults._tell("Traceback …\nValueError: in paint()")
    faults._tell("Traceback …\nValueError: another")
    qtbot.waitUntil(lambda: len(shown) == 2)
    qtbot.wait(50)
    assert len(shown) == 2


def test_words_of_qt_are_kept(
    faults: crash.Faults, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    qWarning("QPainter::begin: something is wrong")
    (log,) = tmp_path.glob("crash-*.log")
    assert "QPainter::begin: something is wrong" in log.read_text()
    assert "QPainter::begin" in capsys.readouterr().err


def test_the_hooks_are_put_back(screen: QApplication, shown: list[str]) -> None:
    before = sys.excepthook, threading.excepthook, sys.unraisablehook
    with crash.Faults().caught():
        assert sys.excepthook != before[0]
        assert threading.excepthook != before[1]
        assert sys.unraisablehook != before[2]
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == before


# Logs --------------------------------------------------------------------------------------


def test_each_has_its_own_and_old_ones_go(tmp_path: Path) -> None:
    for i in range(9):
        text = f"{crash_log._FAULTS[1]}\nValueError: {i}\n"
        (tmp_path / f"crash-20260101-00000{i}-7.log").write_text(text)
    (tmp_path / "crash-20260102-000000-7.log").write_text(crash_log.heading())  # was killed
    assert "ValueError: 8" in untold(tmp_path)
    names = sorted(path.name[-7:-6] + path.read_text()[-6:] for path in tmp_path.iterdir())
    assert len(names) == crash_log.KEPT
    assert untold(tmp_path) == "", "each is told once"
    assert len(list(tmp_path.iterdir())) == crash_log.KEPT


def test_an_ordinary_end_is_no_crash(tmp_path: Path) -> None:
    log = CrashLog(tmp_path)
    log.write(f"{crash_log._FAULTS[1]}\nValueError: was shown at the time")
    log.end()
    os.close(log.handle)
    assert untold(tmp_path) == ""
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.skipif(os.name != "posix", reason="Windows removes no open file")
def test_the_log_of_a_running_process_is_left_alone(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from gru_debugger.window.crash_log import CrashLog\n"
        "log = CrashLog(Path(sys.argv[1])); log.write('Fatal Python error: soon')\n"
        "print('there', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        assert untold(tmp_path) == ""
        (log,) = tmp_path.iterdir()
        assert "soon" in log.read_text()
        other.kill()
        other.wait()
    assert "soon" in untold(tmp_path)


def test_a_log_is_bounded(tmp_path: Path) -> None:
    log = CrashLog(tmp_path)
    for _ in range(100):
        log.write("a" * 10_000)
    os.close(log.handle)
    (path,) = tmp_path.iterdir()
    assert path.stat().st_size <= crash_log._LARGEST


# Whole runs --------------------------------------------------------------------------------

RUN = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from gru_debugger import main_window
from gru_debugger.cli import main
real = QApplication.exec
def run(*_):
    window, = (w for w in QApplication.topLevelWidgets() if hasattr(w, "message"))
    print([m.words for m in window.message.messages if m.until == "closed"], flush=True)
    QTimer.singleShot(0, lambda: happen(window))
    return real()
def happen(window):
    {happen}
QApplication.exec = run
{before}
sys.exit(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="signals of Unix, XDG folders")
def test_a_crash_is_offered_at_the_next_start(tmp_path: Path) -> None:
    environment = os.environ | {"XDG_DATA_HOME": str(tmp_path)}

    def run(happen: str, before: str = "") -> subprocess.CompletedProcess[str]:
        code = RUN.format(happen=happen, before=before)
        return subprocess.run(
            [sys.executable, "-c", code, "bundled:sixteen"], env=environment,
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip

    told = "['GRU Debugger ended unexpectedly the last time.']\n"
    done = run("import ctypes; ctypes.string_at(0)")
    assert (done.returncode, done.stdout) == (-signal.SIGSEGV, "[]\n")
    done = run("window.close()")
    assert (done.returncode, done.stdout) == (0, told)
    done = run("from PySide6.QtCore import qFatal; qFatal('Qt gives up')")
    assert (done.returncode, done.stdout) == (-signal.SIGABRT, "[]\n")
    logs = sorted((tmp_path / "gru-debugger" / "gru-debugger").glob("crash-*.log"))
    assert "Qt gives up" in logs[-1].read_text()
    assert "Fatal Python error: Aborted" in logs[-1].read_text()
    # Before the window is there.
    fails = "main_window.MainWindow = lambda *_: 1 / 0"
    done = run("pass", fails)
    assert (done.returncode, done.stdout) == (1, "")
    done = run("window.close()")
    assert (done.returncode, done.stdout) == (0, told)
    assert run("window.close()").stdout == "[]\n"
