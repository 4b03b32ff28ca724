"""`packaging/check_system.py`: what stops `make` is mended, or said on one line with what to do."""

from __future__ import annotations

import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from gru_debugger import system

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "packaging" / "check_system.py"
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the packages are Debian's")


@pytest.fixture
def check() -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_system", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


Machine = Callable[..., Path]


@pytest.fixture
def machine(check: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A system without one library, which its apt-get brings; returns what was run on it."""
    log, brought = tmp_path / "log", tmp_path / "brought"
    log.touch()

    def program(name: str, code: str) -> None:
        file = tmp_path / name
        file.write_text(f"#!/bin/sh\n{code}\n")
        file.chmod(0o755)

    def make(root: bool = True, sudo: bool | None = None, apt: str | None = "") -> Path:
        """`sudo`: does it ask nothing, None where there is none; `apt`: a line instead of it."""
        (tmp_path / "env").symlink_to("/usr/bin/env")
        (tmp_path / "sh").symlink_to("/bin/sh")
        if apt is not None:
            done = f'case "$*" in *install*) {apt or f": > {brought}"};; esac'
            named = 'echo "$DEBIAN_FRONTEND apt-get $*"'
            program("apt-get", f"{named} >> {log}; echo chatter; {done}")
        if sudo is not None:
            refuse = 'echo "a password is required" >&2; exit 1'
            program("sudo", f'echo "sudo $*" >> {log}; shift; ' + ('"$@"' if sudo else refuse))
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.delenv("DEBIAN_FRONTEND", raising=False)
        monkeypatch.setattr(os, "geteuid", lambda: 0 if root else 1000)
        monkeypatch.setattr(check, "TEST_PROGRAMS", {})
        monkeypatch.setattr(
            system, "missing_libraries",
            lambda _: {} if brought.exists() else {"libabsent.so.1": "libabsent1"},
        )  # fmt: skip
        return log

    return make


OPTIONS = "-qq -o DPkg::Lock::Timeout=60"
RUN = [
    f"noninteractive apt-get {OPTIONS} update",
    f"noninteractive apt-get {OPTIONS} install --yes --no-install-recommends libabsent1",
]
LINE = "needs libabsent.so.1: sudo apt-get install libabsent1"


@LINUX
def test_root_installs_what_is_missing(
    check: ModuleType, machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    log = machine()
    assert check.faults(for_tests=False) == []
    assert log.read_text().splitlines() == RUN
    out, err = capfd.readouterr()
    assert (out, err) == (
        "make run needs packages of the system. Installing with apt-get: libabsent1\n", ""
    )  # fmt: skip
    assert check.faults(for_tests=False) == []
    assert log.read_text().splitlines() == RUN, "and a second time nothing"


@LINUX
def test_sudo_that_asks_nothing_installs(check: ModuleType, machine: Machine) -> None:
    log = machine(root=False, sudo=True)
    assert check.faults(for_tests=True) == []
    lines = log.read_text().splitlines()
    assert [line for line in lines if not line.startswith("sudo")] == RUN
    assert [shlex.split(line)[:2] for line in lines if line.startswith("sudo")] == [
        ["sudo", "-n"]
    ] * 3


@LINUX
@pytest.mark.parametrize("sudo", [None, False], ids=["no sudo", "sudo asks"])
def test_who_may_not_install_is_told(
    sudo: bool | None, check: ModuleType, machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    log = machine(root=False, sudo=sudo)
    assert check.faults(for_tests=False) == [f"make run {LINE}"]
    assert check.faults(for_tests=True) == [f"make test {LINE}"]
    assert "apt-get" not in log.read_text()
    assert capfd.readouterr() == ("", "")


@LINUX
def test_other_systems_are_told_the_libraries(check: ModuleType, machine: Machine) -> None:
    machine(apt=None)
    assert check.faults(for_tests=False) == [
        "make run needs libabsent.so.1: install them; Debian's packages of them are libabsent1"
    ]


@LINUX
@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "E: Could not get lock /var/lib/dpkg/lock. It is held by process 7 (apt)",
            "another program is installing packages (Could not get lock /var/lib/dpkg/lock. It is "
            "held by process 7 (apt)); repeat when it has ended",
        ),
        (
            "W: something else\nE: Unable to locate package libabsent1\nE: more",
            "apt-get could not install them: Unable to locate package libabsent1",
        ),
        (
            "W: Failed to fetch http://x.invalid/ Could not resolve\nE: Unable to locate x",
            "apt-get could not install them: Failed to fetch http://x.invalid/ Could not resolve",
        ),
        ("", "apt-get could not install them: it gave no reason"),
    ],
)  # fmt: skip
def test_why_it_could_not_be_installed(
    said: str, told: str, check: ModuleType, machine: Machine
) -> None:
    machine(apt=f"echo '{said}' >&2; exit 100")
    assert check.faults(for_tests=False) == [f"make run {LINE}", told]


def test_this_machine_is_ready_for_the_tests(check: ModuleType) -> None:
    assert check.faults(for_tests=True) == []


def test_an_old_python(check: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    assert check.faults(for_tests=True) == [
        "Python 3.9 is too old; install 3.11 or newer: make PYTHON=python3.11"
    ]


def test_a_python_without_venv(check: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    monkeypatch.setattr(check, "_rights", lambda: None)
    (fault,) = check.faults(for_tests=False)
    assert fault == "make run needs Python's venv: sudo apt-get install python3-venv"


@LINUX
def test_one_line_for_all_that_is_missing(
    check: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the tests need what apt.txt lists for them, by whatever name."""
    monkeypatch.setattr(system, "X11", {"libabsent.so.1": "libabsent1"})
    monkeypatch.setattr(check, "_rights", lambda: None)
    monkeypatch.setattr(check, "packages_for_tests", lambda: ["xvfb", "no-such-package"])
    monkeypatch.setattr(check, "TEST_PROGRAMS", {"Xvfb": "xvfb", "no such program": "nowhere"})
    dpkg = bool(shutil.which("dpkg-query"))
    name, package = ["no-such-package"] * 2 if dpkg else ["no such program", "nowhere"]
    assert check.faults(for_tests=True) == [
        f"make test needs libabsent.so.1, {name}: sudo apt-get install libabsent1 {package}"
    ]
    assert check.faults(for_tests=False) == [
        "make run needs libabsent.so.1: sudo apt-get install libabsent1"
    ]


def test_apt_lists_packages_for_the_tests_apart(check: ModuleType) -> None:
    packages = set(check.packages_for_tests())
    assert "chromium" not in packages  # not on every system
    assert {*check.TEST_PROGRAMS.values()} <= packages
    assert not packages & {*system.ANY_PLATFORM.values(), *system.X11.values()}


@LINUX
def test_what_some_tests_can_do_without_is_installed_where_the_system_has_it(
    check: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not shutil.which("dpkg-query"):
        pytest.skip("nothing is installed by apt-get where there is no dpkg")
    asked = list[list[str]]()
    monkeypatch.setattr(check, "_install", lambda packages, who: asked.append(packages))
    wished = {"# The tests": ["xvfb"], "# Some tests": ["no-such-package", "at-no-time"]}
    monkeypatch.setattr(check, "packages_for_tests", wished.__getitem__)
    had = {"no-such-package": 100, "at-no-time": 0}
    monkeypatch.setattr(check, "_run", lambda command: (had[command[-1]], ""))
    check.install_wished()
    assert asked == [["at-no-time"]]
    had["at-no-time"] = 100
    check.install_wished()
    assert len(asked) == 1


def test_its_status_is_make_s(tmp_path: Path) -> None:
    command = [sys.executable, str(SCRIPT), "test"]
    assert subprocess.run(command, cwd=tmp_path, timeout=60).returncode == 0
    without = os.environ | {"PATH": str(tmp_path)}  # neither dpkg nor any of the tests' programs
    done = subprocess.run(command, env=without, capture_output=True, timeout=60)
    assert done.returncode == (1 if sys.platform == "linux" else 0)
    assert done.stderr.count(b"\n") == (1 if sys.platform == "linux" else 0)
