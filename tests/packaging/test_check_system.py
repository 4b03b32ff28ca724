"""`packaging/check_system.py`: what stops `make` says so on one line, and what to do."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from gru_debugger import system

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "packaging" / "check_system.py"


@pytest.fixture
def check() -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_system", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_this_machine_is_ready_for_the_tests(check: ModuleType) -> None:
    assert check.faults(for_tests=True) == []


def test_an_old_python(check: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    assert check.faults(for_tests=True) == [
        "Python 3.9 is too old; install 3.11 or newer: make PYTHON=python3.11"
    ]


def test_a_python_without_venv(check: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    (fault,) = check.faults(for_tests=False)
    assert "sudo apt-get install python3-venv" in fault


@pytest.mark.skipif(sys.platform != "linux", reason="the packages are Debian's")
def test_one_line_for_all_that_is_missing(
    check: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "X11", {"libabsent.so.1": "libabsent1"})
    monkeypatch.setattr(
        check.shutil, "which", lambda name: None if name == "Xvfb" else f"/usr/bin/{name}"
    )
    assert check.faults(for_tests=True) == [
        "the tests need libabsent.so.1, Xvfb: sudo apt-get install libabsent1 xvfb"
    ]
    assert check.faults(for_tests=False) == [
        "Qt needs libabsent.so.1: sudo apt-get install libabsent1"
    ]


def test_its_status_is_make_s(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, str(SCRIPT), "test"], cwd=tmp_path, timeout=60)
    assert done.returncode == 0
    without = os.environ | {"PATH": str(tmp_path)}
    command = [sys.executable, str(SCRIPT), "test"]
    done = subprocess.run(command, env=without, capture_output=True, timeout=60)
    assert done.returncode == (1 if sys.platform == "linux" else 0)
    assert done.stderr.count(b"\n") == (1 if sys.platform == "linux" else 0)
