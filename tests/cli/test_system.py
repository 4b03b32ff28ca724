"""No screen, a dead one, or a library that Qt misses: one line, and never Qt's own end."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from gru_debugger import system
from gru_debugger.errors import GRUDebuggerError

Run = Callable[..., "subprocess.CompletedProcess[str]"]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="X11 and Wayland are Linux' own")


def environment(**changes: str) -> dict[str, str]:
    """This process's, without what names a display or a platform."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "XDG_SESSION_TYPE")
    return {k: v for k, v in os.environ.items() if k not in names} | changes


def test_without_a_display(program: Run) -> None:
    done = program(env=environment())
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "gru-debugger: there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set); write "
        "pictures without one: gru-debugger export --help\n"
    )


def test_a_wrong_name_is_told_before_the_display(program: Run) -> None:
    done = program("none.pt", env=environment())
    assert done.returncode == 1
    assert done.stderr == "gru-debugger: none.pt: no such file; check the name.\n"


@pytest.mark.parametrize("name", [":987", "nowhere.invalid:0", "nonsense"])
def test_a_display_that_does_not_answer(name: str, program: Run) -> None:
    done = program(env=environment(DISPLAY=name))
    assert done.returncode == 1
    assert done.stderr == (
        f"gru-debugger: the display '{name}' of DISPLAY does not answer; set it to one that does, "
        "or write pictures without a display: gru-debugger export --help\n"
    )


def test_a_display_that_answers(display: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QT_QPA_PLATFORM")
    monkeypatch.setenv("DISPLAY", display)
    system.check_window()


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"DISPLAY": ":0"}, "xcb"),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "wayland"),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, "xcb"),
        (
            {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0", "XDG_SESSION_TYPE": "wayland"},
            "wayland",
        ),
        ({"QT_QPA_PLATFORM": "offscreen"}, "offscreen"),
        ({"QT_QPA_PLATFORM": "vnc:size=800x600"}, "vnc"),
        ({"QT_QPA_PLATFORM": "xcb;wayland", "DISPLAY": ":0"}, "xcb"),
        ({"QT_QPA_PLATFORM": "wayland", "DISPLAY": ":0"}, "wayland"),
    ],
)
def test_the_platform(
    variables: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "environ", environment(**variables))
    assert system.platform() == expected


def test_missing_libraries_are_named_with_what_installs_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    absent = {"libabsent.so.1": "libabsent1", "libabsent-cursor.so.0": "libabsent1"}
    monkeypatch.setattr(system, "ANY_PLATFORM", {**system.ANY_PLATFORM, **absent})
    monkeypatch.setattr("shutil.which", lambda name: "/usr/bin/apt-get")
    with pytest.raises(GRUDebuggerError) as fault:
        system.check_window()
    assert str(fault.value) == (
        "Qt needs libabsent.so.1, libabsent-cursor.so.0: sudo apt-get install libabsent1"
    )
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(GRUDebuggerError, match="Debian's packages of them are libabsent1"):
        system.check_window()
