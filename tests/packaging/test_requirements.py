"""The lists of what must be installed agree with the code and with each other."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from gru_debugger import system

ROOT = Path(__file__).parents[2]


def listed(file: str) -> list[str]:
    lines = (ROOT / "packaging" / file).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def requirements() -> set[str]:
    """Everything that `pip install .[dev]` installs here, by its normalised name."""
    found: dict[str, set[str]] = {}
    queue = [("gru-debugger", {"dev"})]
    while queue:
        name, extras = queue.pop()
        for line in metadata.requires(name) or []:
            requirement = Requirement(line)
            marker = requirement.marker
            if marker and not any(marker.evaluate({"extra": e}) for e in {"", *extras}):
                continue
            key = re.sub(r"[-_.]+", "-", requirement.name).lower()
            if key not in found or requirement.extras - found[key]:
                found[key] = found.get(key, set()) | requirement.extras
                queue.append((key, found[key]))
    return set(found)


def test_every_dependency_is_pinned() -> None:
    pins = dict(line.split("==") for line in listed("constraints.txt"))
    assert requirements() - set(pins) == set()
    assert set(pins) - requirements() <= {"setuptools"}, "pinned and needed by nothing"
    for name in requirements():
        installed = Version(metadata.version(name)).public
        assert installed == pins[name], f"{name}: the tests run with another than the pinned"


def test_apt_lists_what_the_window_asks_for() -> None:
    needed = {**system.ANY_PLATFORM, **system.X11, **system.WAYLAND}
    packages = listed("apt.txt")
    assert len(packages) == len(set(packages))
    for_tests = {
        "appstream", "xvfb", "xdotool", "at-spi2-core", "dbus", "python3-pyatspi", "chromium",
    }  # fmt: skip
    assert set(packages) - set(needed.values()) == for_tests
    assert set(needed.values()) <= set(packages)


# On every Linux that has Python, or brought along by a package that is listed.
_BASE = r"ld-linux|linux-vdso|lib(c|m|dl|rt|pthread|gcc_s|stdc\+\+|resolv|atomic)\.so"


def linked(library: str | Path) -> dict[str, str]:
    """What ldd says that a library links to, directly or not: name -> where it is, "" nowhere."""
    shown = subprocess.run(["ldd", str(library)], capture_output=True, text=True, check=True).stdout
    rows = (line.split() for line in shown.splitlines())
    return {
        Path(row[0]).name: row[2] if len(row) == 4 and row[3] != "found" else ""
        for row in rows
        if not re.match(_BASE, Path(row[0]).name)
    }


@pytest.mark.skipif(sys.platform != "linux", reason="ldd is Linux' own")
@pytest.mark.parametrize(
    ("plug_in", "libraries"),
    [
        ("platforms/libqoffscreen", system.ANY_PLATFORM),
        ("platforms/libqxcb", {**system.ANY_PLATFORM, **system.X11}),
        ("xcbglintegrations/libqxcb-glx-integration", {**system.ANY_PLATFORM, **system.X11}),
        ("platforms/libqwayland", {**system.ANY_PLATFORM, **system.WAYLAND}),
    ],
)
def test_the_libraries_are_those_that_qt_links_to(plug_in: str, libraries: dict[str, str]) -> None:
    import PySide6

    folder = Path(PySide6.__path__[0])
    needed = linked(folder / "Qt" / "plugins" / f"{plug_in}.so")
    for module in ("QtCore", "QtGui", "QtWidgets", "QtSvg", "QtTest", "QtPrintSupport", "QtOpenGL"):
        needed |= linked(folder / f"{module}.abi3.so")
    outside = {name: path for name, path in needed.items() if str(folder) not in path}
    brought: set[str] = set()
    for library in libraries:
        brought |= linked(outside[library]).keys() if outside.get(library) else set()
    assert outside.keys() - brought <= libraries.keys()
    if "glx" in plug_in or "wayland" in plug_in:
        assert libraries.keys() - {"libdbus-1.so.3"} <= outside.keys(), "listed, and not linked"
