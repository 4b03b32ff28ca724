"""Ended from outside in the middle of its work: the status, and what is left in the folder."""

from __future__ import annotations

import io
import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from gru_debugger import ending
from gru_debugger.cli import main

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of Unix")

SIGNALS = {"SIGINT": 130, "SIGTERM": 143, "SIGHUP": 129}
TEXT = "round and round the rugged rock the ragged rascal ran\n" * 8

# Each command that writes; a model file for what it reads.
COMMANDS = {
    "trace npz": "trace told.safetensors -o out.npz",
    "trace csv": "trace told.safetensors -o out.csv",
    "trace json": "trace told.safetensors -o out.json",
    "trace over": "trace told.safetensors --force -o old.npz",
    "convert pt": "convert told.safetensors -o out.pt",
    "convert onnx": "convert told.safetensors -o out.onnx",
    "convert safetensors": "convert told.safetensors -o out.safetensors",
    "convert npz": "convert told.safetensors -o out.npz",
    "export png": "export told.safetensors --steps 1-2 --pane blend -o .",
    "export svg": "export told.safetensors --steps 1-2 --pane blend --format svg -o .",
    "export pdf": "export told.safetensors --steps 1-2 --pane blend --format pdf -o .",
    "train": "train rhyme.txt -o out.safetensors --hidden 4 --epochs 1",
}

# All bytes are written and have no name yet: there it says so, and stays.
HELD = """
import os, sys, time
{prepare}
def fsync(handle):
    os.write(1, b"writing\\n")
    time.sleep(120)
os.fsync = fsync
from gru_debugger.cli import main
sys.exit(main())
"""


def start(code: str, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def end(running: subprocess.Popen[str], name: str, until: str = "writing\n") -> tuple[int, str]:
    """Its status and what it said, after a signal as soon as it says `until`."""
    with running:
        assert running.stdout is not None
        try:
            assert running.stdout.readline() == until
            running.send_signal(getattr(signal, name))
            said = running.communicate(timeout=60)[1]
        except BaseException:
            running.kill()
            raise
    return running.returncode, said


@pytest.fixture
def files(folder: Path) -> list[Path]:
    (folder / "rhyme.txt").write_text(TEXT)
    (folder / "old.npz").write_text("old")
    return sorted(folder.iterdir())


_ONE_OF_EACH = ("trace npz", "trace csv", "trace over", "convert onnx", "export png", "train")
CASES = [
    *[(line, "SIGTERM") for line in COMMANDS.values()],
    *[(COMMANDS[what], "SIGKILL") for what in _ONE_OF_EACH],
    *[(COMMANDS["trace npz"], name) for name in ("SIGINT", "SIGHUP")],
]


@pytest.mark.parametrize(("line", "name"), CASES)
def test_nothing_half_written_stays(line: str, name: str, files: list[Path]) -> None:
    if name == "SIGKILL" and not hasattr(os, "O_TMPFILE"):
        pytest.skip("this system has no files without a name")
    status, said = end(start(HELD.format(prepare=""), *shlex.split(line)), name)
    assert (status, said) == (SIGNALS.get(name, -signal.SIGKILL), "")
    assert sorted(Path.cwd().iterdir()) == files
    assert Path("old.npz").read_text() == "old"


@pytest.mark.parametrize(
    ("line", "name"),
    [(COMMANDS["trace csv"], "SIGTERM"), (COMMANDS["trace over"], "SIGHUP"),
     (COMMANDS["convert npz"], "SIGINT")],
)  # fmt: skip
def test_nor_where_files_need_a_name(line: str, name: str, files: list[Path]) -> None:
    named = HELD.format(prepare="if hasattr(os, 'O_TMPFILE'): del os.O_TMPFILE")
    assert end(start(named, *shlex.split(line)), name) == (SIGNALS[name], "")
    assert sorted(Path.cwd().iterdir()) == files


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("trace told.safetensors --text-file long.txt -o out.csv", "SIGHUP"),
        ("train long.txt -o out.safetensors --hidden 128", "SIGINT"),
        ("export told.safetensors --text-file long.txt --steps 1-2000 -o .", "SIGTERM"),
    ],
    ids=["trace", "train", "export"],
)
def test_in_the_middle_of_the_work(line: str, name: str, files: list[Path]) -> None:
    """Whatever it is doing then, it is soon gone, and silent."""
    Path("long.txt").write_text("abc" * 100_000)
    files = sorted(Path.cwd().iterdir())
    code = (
        "import sys, threading, os\n"
        "threading.Timer(4, lambda: os.write(1, b'working\\n')).start()\n"
        "from gru_debugger.cli import main\n"
        "sys.exit(main())"
    )
    status, said = end(start(code, *shlex.split(line)), name, "working\n")
    assert status == SIGNALS[name]
    assert all(line.startswith("gru-debugger: ") for line in said.splitlines()), said
    left = [p for p in Path.cwd().iterdir() if not p.name.startswith("told-step-")]
    assert sorted(left) == files


def test_ctrl_c_ends_training_at_once(files: list[Path]) -> None:
    """Not after the seconds that it takes to take torch apart."""
    Path("long.txt").write_text("abc" * 100_000)
    code = (
        "import os, sys\n"
        "from gru_debugger import training\n"
        "real = training._bits\n"
        "def bits(*of):\n"
        "    os.write(1, b'training\\n')\n"
        "    return real(*of)\n"
        "training._bits = bits\n"
        "from gru_debugger.cli import main\n"
        "sys.exit(main())"
    )
    taken = []
    for _ in range(2):  # the better one: others may be busy too
        with start(code, "train", "long.txt", "-o", "out.safetensors") as running:
            assert running.stdout is not None
            assert running.stdout.readline() == "training\n"
            asked = time.monotonic()
            running.send_signal(signal.SIGINT)
            assert running.wait(20) == 130
            taken.append(time.monotonic() - asked)
    assert min(taken) < 1


def test_nohup_is_respected(files: list[Path]) -> None:
    code = (
        "import os, signal, sys\n"
        "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "real = os.fsync\n"
        "def fsync(handle):\n"
        "    os.kill(os.getpid(), signal.SIGHUP)\n"
        "    real(handle)\n"
        "os.fsync = fsync\n"
        "from gru_debugger.cli import main\n"
        "sys.exit(main())"
    )
    with start(code, *shlex.split(COMMANDS["trace npz"])) as running:
        assert running.wait(60) == 0
    assert Path("out.npz").is_file()


@pytest.mark.parametrize("ending", ["npz", "csv", "json"])
def test_a_pipe_and_a_link_are_written_to(ending: str, files: list[Path]) -> None:
    """Neither is replaced; the same bytes come through."""
    words = shlex.split(f"trace told.safetensors --steps 1-9 -o file.{ending}")
    assert main(words) == 0
    os.mkfifo(f"pipe.{ending}")
    Path(f"link.{ending}").symlink_to(f"target.{ending}")
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(Path(f"pipe.{ending}").read_bytes()))
    reader.start()
    assert main([*words[:-1], f"pipe.{ending}"]) == 0
    reader.join(20)
    assert main([*words[:-1], f"link.{ending}"]) == 0
    assert Path(f"link.{ending}").is_symlink()
    assert Path(f"target.{ending}").read_bytes() == Path(f"file.{ending}").read_bytes()
    assert Path(f"pipe.{ending}").is_fifo()
    if ending == "npz":  # an archive that can't go back differs in its own bookkeeping
        with np.load(io.BytesIO(got[0])) as piped, np.load("file.npz") as whole:
            assert all(np.array_equal(piped[name], whole[name]) for name in whole)
    else:
        assert got == [Path(f"file.{ending}").read_bytes()]


# Wherever it is, also within Qt -----------------------------------------------------------------

# A signal while a module is being looked for, or at the so many-th call of a function in Python.
RAISED = """
import os, signal, sys
module, calls = {module!r}, {calls}
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == module:
            end()
def count(frame, event, argument):
    global calls
    calls -= event == "call"
    if not calls:
        sys.setprofile(None)
        end()
def end():
    os.kill(os.getpid(), signal.SIGTERM)
sys.meta_path.insert(0, Finder())
from gru_debugger import cli
real = cli._dispatch
def dispatch(words):
    sys.setprofile(count if calls else None)
    return real(words)
cli._dispatch = dispatch
sys.exit(cli.main())
"""
BEGUN = """
import os, sys
from gru_debugger import cli
real = cli._dispatch
def dispatch(words):
    os.write(1, b"begun\\n")
    return real(words)
cli._dispatch = dispatch
sys.exit(cli.main())
"""
OF_QT = {
    "window": "told.safetensors",
    "export": f"export told.safetensors --text {'abc' * 99} --steps 1-297 --force -o out",
}
MODULES = {
    "window": ("PySide6", "shiboken6.Shiboken", "PySide6.support.deprecated", "PySide6.QtGui",
               "gru_debugger.main_window", "numpy._core._internal", "gru_debugger.window.signals"),
    "export": ("shiboken6.Shiboken", "PySide6.QtGui", "gru_debugger.panes.registry",
               "gru_debugger.exports.snapshots", "gru_debugger.exports.pictures.png"),
}  # fmt: skip


def check_ended(running: subprocess.Popen[str]) -> None:
    with running:
        try:
            said = running.communicate(timeout=60)[1]
        except BaseException:
            running.kill()
            raise
    lines = [line for line in said.splitlines() if "This plugin does not support" not in line]
    assert (running.returncode, lines) == (143, [])


@pytest.mark.parametrize(
    ("command", "module"), [(c, module) for c, all_of in MODULES.items() for module in all_of]
)
def test_during_an_import(command: str, module: str, files: list[Path]) -> None:
    code = RAISED.format(module=module, calls=0)
    check_ended(start(code, *shlex.split(OF_QT[command])))


@pytest.mark.parametrize("command", OF_QT)
def test_during_any_call(command: str, files: list[Path]) -> None:
    """From its start until the window is shown, or pictures are drawn."""
    for calls in (300, 3_000, 20_000, 50_000, 100_000, 150_000, 200_000, 250_000, 300_000, 330_000):
        check_ended(start(RAISED.format(module="", calls=calls), *shlex.split(OF_QT[command])))


@pytest.mark.parametrize("command", OF_QT)
def test_at_any_time(command: str, files: list[Path]) -> None:
    for part in range(10):
        running = start(BEGUN, *shlex.split(OF_QT[command]))
        assert running.stdout is not None
        assert running.stdout.readline() == "begun\n"
        time.sleep(0.08 * part)
        running.terminate()
        check_ended(running)


def imported(ended: bool) -> None:
    """As C code imports for itself, numpy's among it."""
    with ending.heeded():
        try:
            if ended:
                signal.raise_signal(signal.SIGTERM)
        except ending.Ended:
            raise ImportError("PyCapsule_Import could not import a module") from None
        raise ImportError("no such module")


@pytest.mark.parametrize("ended", [True, False])
def test_an_import_that_makes_another_fault_of_it(ended: bool) -> None:
    """It ends the program all the same; any other fault of an import stays one."""
    with pytest.raises(ending.Ended if ended else ImportError):
        imported(ended)


class _Named:
    def __set_name__(self, owner: type, name: str) -> None:
        signal.raise_signal(signal.SIGTERM)


def test_a_class_that_makes_another_fault_of_it() -> None:
    """Until Python 3.12 what is raised while a class is made comes as a RuntimeError."""
    with pytest.raises(ending.Ended), ending.heeded():
        type("Made", (), {"field": _Named()})


WINDOW = """
import os, sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
real = QApplication.exec
def run(*_):
    QTimer.singleShot(0, opened)
    return real()
def opened():
    QTimer.singleShot(200, lambda: os.write(1, b"open\\n"))
    {also}
QApplication.exec = run
from gru_debugger.cli import main
sys.exit(main())
"""
_MAIN = "[w for w in QApplication.topLevelWidgets() if hasattr(w, 'show_about')][0]"


@pytest.mark.parametrize(
    ("name", "also"),
    [
        ("SIGINT", ""),
        ("SIGHUP", f"{_MAIN}.show_about()"),
        ("SIGTERM", f"{_MAIN}.files.ask_model()"),
    ],
    ids=["plain", "a message", "a dialog of files"],
)
def test_the_window_closes(name: str, also: str, files: list[Path]) -> None:
    home = Path(os.environ["XDG_CONFIG_HOME"]) / "gru-debugger" / "gru-debugger.conf"
    home.unlink(missing_ok=True)
    running = start(WINDOW.format(also=also), "told.safetensors")
    status, said = end(running, name, "open\n")
    lines = [line for line in said.splitlines() if "This plugin does not support" not in line]
    assert (status, lines) == (SIGNALS[name], [])
    assert "layout" in home.read_text(), "closed as the user would"
