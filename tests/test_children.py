"""No file of the current folder or of a script's is ever run, whatever the program starts."""

from __future__ import annotations

import ast
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from samples import model, save

import gru_debugger
from gru_debugger import children, job_folders
from gru_debugger.job_folders import JobFolder

PACKAGE = Path(gru_debugger.__file__).parent
PROGRAM = str(Path(sys.executable).with_name("gru-debugger"))
OF_THE_WINDOW = ("PySide6", "pyqtgraph")
PLANTED = ("torch", "numpy", "json", "gru_debugger", "sitecustomize", "usercustomize", "ctypes",
           "pathlib", "typing", "runpy", "multiprocessing", "h5py", "onnx", "safetensors",
           *OF_THE_WINDOW)  # fmt: skip
CANARY = "open('canary-{}', 'w')\nraise SystemExit(9)"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A stranger's: a model, and modules that would tell of themselves. None ever does."""
    save(model(), tmp_path / "m.safetensors")
    (tmp_path / "words.txt").write_text("abc de " * 100)
    for name in PLANTED:
        (tmp_path / f"{name}.py").write_text(CANARY.format(name))
    yield tmp_path
    assert [path.name for path in tmp_path.glob("canary-*")] == []


def run(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    said = [line for line in done.stderr.split("\n") if "propagateSizeHints" not in line]
    assert (done.returncode, said) == (0, [""])
    return done.stdout


COMMANDS = [
    ["info", "m.safetensors"],
    ["trace", "m.safetensors", "--text", "abc", "-o", "out.npz"],
    ["export", "m.safetensors", "--text", "abc", "--steps", "1", "-o", "pictures"],
    ["convert", "m.safetensors", "-o", "out.onnx"],
    ["convert", "m.safetensors", "-o", "out.pt"],
    ["train", "words.txt", "-o", "out.safetensors", "--hidden", "2", "--epochs", "1"],
    ["--version"],
]


@pytest.mark.parametrize("words", COMMANDS, ids=[" ".join(c[:4:3]) for c in COMMANDS])
def test_commands(words: list[str], folder: Path) -> None:
    run([PROGRAM, *words], folder)


@pytest.mark.parametrize("words", COMMANDS[:2], ids=["info", "trace"])
def test_as_a_module(words: list[str], folder: Path) -> None:
    """``python -m`` itself looks in the current folder; the program, once begun, does not.

    Nothing keeps Python from a `runpy.py` there but ``-P``, as README says.
    """
    run([sys.executable, "-P", "-m", "gru_debugger", *words], folder)
    (folder / "out.npz").unlink(missing_ok=True)
    (folder / "gru_debugger.py").unlink()
    (folder / "empty.py").write_text("import sys; print(*sys.modules)")
    (folder / "runpy.py").unlink()
    by_python = run([sys.executable, "-m", "empty"], folder).split()
    for name in sys.stdlib_module_names - set(by_python) - {"runpy"}:
        (folder / f"{name}.py").write_text(CANARY.format(name))
    run([sys.executable, "-m", "gru_debugger", *words], folder)


SPAWNING = """
import multiprocessing, sys
from gru_debugger.cli import main
multiprocessing.set_start_method("spawn")
status = main()
from multiprocessing import resource_tracker
sys.exit(status or bool(resource_tracker._resource_tracker._pid))
"""


@pytest.mark.parametrize("words", [COMMANDS[1], COMMANDS[5]], ids=["trace", "train"])
def test_no_process_for_a_bar_s_lock(
    words: list[str], folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """As Python would start it where processes are spawned: from modules of this folder."""
    script = tmp_path_factory.mktemp("script") / "script.py"
    script.write_text(SPAWNING)
    run([sys.executable, str(script), *words], folder)


WINDOW = """
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from gru_debugger import app, main_window
from gru_debugger.window.start_request import Request

def shown(window):
    window.proof.answered.connect(lambda answer: answer and proved(window, answer))

def proved(window, answer):
    print(getattr(answer, "badge", answer)[:10])
    window.saver.done.connect(lambda words: (print(words), window.close()))
    window.saver.failed.connect(lambda words: (print(words), window.close()))
    window.exporter.done.connect(lambda words: (print(words), window.saver.start(Path("a.onnx"))))
    window.exporter.failed.connect(lambda words: (print(words), window.close()))
    window.exporter.start(["--steps", "1", "-o", "pictures"], 1)

class Window(main_window.MainWindow):
    def showEvent(self, event):
        super().showEvent(event)
        shown(self)

main_window.MainWindow = Window
app.run(Request(path="m.safetensors", source="abc"))
"""


def test_the_window_its_proof_export_and_save(folder: Path) -> None:
    assert run([sys.executable, "-P", "-c", WINDOW], folder).split("\n") == [
        "max |Δ| vs", "Exported to pictures", "Saved as a.onnx", ""
    ]  # fmt: skip


LIVE = """
import torch, gru_debugger
gru_debugger.debug(torch.nn.GRU(3, 4), "abc", "abc")
"""


@pytest.mark.parametrize("how", ["current folder", "script's folder"])
def test_debug(how: str, folder: Path) -> None:
    """Until the window's proof is there."""
    if how == "current folder":
        command = [sys.executable, "-P", "-c", LIVE]
    else:  # which the caller's own imports come from
        (folder / "script.py").write_text(LIVE)
        for name in PLANTED:
            if name not in OF_THE_WINDOW:
                (folder / f"{name}.py").unlink()
        command = [sys.executable, "script.py"]
    window = subprocess.Popen(command, cwd=folder)
    assert window.wait(60) == 0
    try:
        assert wait_for("gru_debugger.parity", folder), "the proof begins"
        for process in processes("gru_debugger.parity", folder):
            ends(process)
        assert processes("gru_debugger.cli", folder), "the window is there"
    finally:
        for process in processes("gru_debugger.live", folder):
            os.kill(process, 15)
            ends(process)


def processes(module: str, folder: Path) -> list[int]:
    """Those that run `module` and have `folder` as their current one."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
            if (not module or module.encode() in words) and (process / "cwd").readlink() == folder:
                found.append(int(process.name))
        except OSError:  # it has just ended, or is not ours
            continue
    return found


def wait_for(module: str, folder: Path) -> list[int]:
    ends_at = time.monotonic() + 60
    while not (found := processes(module, folder)) and time.monotonic() < ends_at:
        time.sleep(0.02)
    return found


def ends(process: int, within: float = 60) -> None:
    ends_at = time.monotonic() + within
    while Path(f"/proc/{process}").exists():
        assert time.monotonic() < ends_at, f"{process} goes on"
        time.sleep(0.02)


# Their end ---------------------------------------------------------------------------------

BEGINS = """
from pathlib import Path
from gru_debugger import app, main_window
from gru_debugger.window.start_request import Request

def begin(window):
    {begin}

main_window.MainWindow.showEvent = lambda window, event: begin(window)
app.run(Request(path="m.safetensors", source="abcde" * 2000))
"""
BEGIN = {
    "proof": ("pass", "gru_debugger.parity"),
    "export": ('window.exporter.start(["--steps", "1-10000", "-o", "out"], 10000)', "export"),
    "save": ('window.saver.start(Path("out.onnx"))', "convert"),
}


@pytest.fixture
def jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files: a new one."""
    made = tmp_path / "temporary"
    made.mkdir()
    monkeypatch.setenv("TMPDIR", str(made))
    monkeypatch.setattr(tempfile, "tempdir", str(made))
    return made


@pytest.mark.parametrize("what", BEGIN)
def test_a_killed_window_leaves_no_process_and_no_folder(
    what: str, tmp_path: Path, jobs: Path
) -> None:
    save(model(), tmp_path / "m.safetensors")
    begin, word = BEGIN[what]
    command = [sys.executable, "-P", "-c", BEGINS.format(begin=begin)]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.DEVNULL) as window:
        (child,) = wait_for(word, tmp_path)[:1]
        assert list(jobs.iterdir())
        window.kill()
    ends(child, within=20)
    for process in processes("", tmp_path):
        ends(process, within=20)
    assert list(jobs.iterdir()) == []
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


@pytest.mark.parametrize("killed", ["gru_debugger.live", "gru_debugger.cli"])
@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGTERM])
def test_of_debug_nothing_stays(killed: str, by: int, tmp_path: Path, jobs: Path) -> None:
    """Whether the window is ended or the small process around it."""
    subprocess.run([sys.executable, "-P", "-c", LIVE], cwd=tmp_path, timeout=60, check=True)
    around = wait_for("gru_debugger.live", tmp_path)
    wait_for("gru_debugger.parity", tmp_path)
    window = processes("gru_debugger.cli", tmp_path)
    assert len(around) == len(window) == 1
    os.kill(processes(killed, tmp_path)[0], by)
    for process in (*around, *window, *processes("", tmp_path)):
        ends(process, within=20)
    assert list(jobs.iterdir()) == []


def test_folders_of_the_killed_go_at_the_next_start(tmp_path: Path, jobs: Path) -> None:
    """Both the window and its child were: nobody was left to do it."""
    code = (
        "import os; from gru_debugger.job_folders import JobFolder; folder = JobFolder(); "
        "os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == -9
    (left,) = jobs.iterdir()
    old, new = JobFolder(), JobFolder()
    held, other = old.path, jobs / "gru-debugger-tests-x"
    other.mkdir()
    link = jobs / f"{job_folders.PREFIX}link"
    link.symlink_to(other)
    job_folders.sweep(jobs)
    assert left.exists(), "it may have been made just now"
    for folder in (left, held, other):
        os.utime(folder, (1, 1))
    job_folders.sweep(jobs)
    assert set(jobs.iterdir()) == {held, other, new.path, link}
    old.remove()
    new.remove()
    assert set(jobs.iterdir()) == {other, link}


# The rule ----------------------------------------------------------------------------------

OTHER_STARTERS = {"multiprocessing", "pty", "runpy", "concurrent"}
OF_OS = re.compile(r"os\.(system|popen|fork|forkpty|startfile|exec\w+|p?spawn\w*|posix_spawn\w*)")
OF_QT = re.compile(r"(\w*\.)*_?(process|QProcess)\.(start\w*|execute|setProgram)")


def offences(path: Path) -> Iterator[str]:
    """Where a module starts a process by other means than `children`."""
    for node in ast.walk(ast.parse(path.read_text())):
        found = ""
        if isinstance(node, ast.Import):
            found = ", ".join(a.name for a in node.names if a.name in OTHER_STARTERS)
        elif isinstance(node, ast.ImportFrom):
            found = str(node.module) if node.module in {*OTHER_STARTERS, "subprocess"} else ""
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            of_qt = OF_QT.fullmatch(called) or (called == "QProcess" and len(node.args) > 1)
            if called.startswith("subprocess.") or OF_OS.fullmatch(called) or of_qt:
                found = called
        elif isinstance(node, ast.Attribute) and ast.unparse(node) == "sys.executable":
            found = "sys.executable"
        if found:
            yield f"{path.relative_to(PACKAGE)}:{node.lineno}: {found}"


ALLOWED = {Path("children.py"), Path("window/child.py")}


def test_processes_are_started_in_one_place() -> None:
    offending = {path: list(offences(path)) for path in PACKAGE.rglob("*.py")}
    assert all(offending[PACKAGE / path] for path in ALLOWED), "they are still found"
    left = [o for path, o in offending.items() if path.relative_to(PACKAGE) not in ALLOWED]
    assert not [found for each in left for found in each], "see gru_debugger/children.py"


# What a child is given ---------------------------------------------------------------------


def test_no_variable_of_python_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    monkeypatch.setenv("PYTHONSTARTUP", "/elsewhere/start.py")
    given = children.environment(OMP_NUM_THREADS="1")
    assert not [name for name in given if name.startswith("PYTHON")]
    assert given["OMP_NUM_THREADS"] == "1"
    assert given["PATH"] == os.environ["PATH"]


def test_libraries_come_from_where_packages_are_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("", ".", str(tmp_path), str(PACKAGE.parent)):
        monkeypatch.syspath_prepend(folder)
    places = children.places()
    assert not {"", ".", str(tmp_path), str(PACKAGE.parent)} & set(places)
    assert all(Path(place).is_absolute() for place in places)
    assert [p for p in places if Path(p, "numpy").is_dir()]


def test_nothing_of_the_checkout_around_the_program(tmp_path: Path) -> None:
    """Somebody may unpack a stranger's model in it: its `h5py.py` stays where it is."""
    (tmp_path / "gru_debugger").symlink_to(PACKAGE)
    (tmp_path / "planted.py").write_text("open('canary', 'w')")
    code = (
        "import sys; sys.path.insert(0, '.'); from gru_debugger import children; "
        "print(children.start(children.command('planted'), stderr=-3).wait())"
    )
    assert run([sys.executable, "-c", code], tmp_path) == "1\n"
    assert not (tmp_path / "canary").exists()
