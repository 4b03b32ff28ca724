"""Is there a screen, and what Qt needs of the system? Asked before Qt is imported.

Qt ends the process where a library or the display is missing, uncatchably and naming one library
at most. Only the standard library is imported here: ``packaging/check_system.py`` asks the same
before anything is installed.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import sys

from gru_debugger.errors import GRUDebuggerError

# Library -> Debian's package of it. What PySide6-Essentials 6.10's libraries link to and neither
# bring along nor find on every system; tests/packaging compares the list with ldd's.
ANY_PLATFORM = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
}
X11 = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
WAYLAND = {
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
}
_OF_PLATFORM = {"xcb": X11, "wayland": WAYLAND}


def check_window() -> None:
    """Raises GRUDebuggerError where Qt could not start here; the message says how to mend it."""
    if sys.platform != "linux":
        return
    name = platform()
    missing = missing_libraries({**ANY_PLATFORM, **_OF_PLATFORM.get(name, {})})
    if missing:
        raise GRUDebuggerError(how_to_install(missing))
    if name == "xcb" and not display_answers():
        raise GRUDebuggerError(
            f"the display {os.environ['DISPLAY']!r} of DISPLAY does not answer; set it to one "
            "that does, or write pictures without a display: gru-debugger export --help"
        )


def drawing_platform() -> str:
    """What Qt draws pictures on: "" for the display, where one answers; else ``offscreen``.

    Raises GRUDebuggerError where a library is missing that it needs anywhere.
    """
    if sys.platform != "linux":
        return ""
    if missing := missing_libraries(ANY_PLATFORM):
        raise GRUDebuggerError(how_to_install(missing))
    try:
        check_window()
    except GRUDebuggerError:
        return "offscreen"
    return ""


def platform() -> str:
    """Qt's platform plug-in: ``xcb``, ``wayland`` or another that needs no display.

    Raises GRUDebuggerError where there is none to show a window on.
    """
    asked = os.environ.get("QT_QPA_PLATFORM", "").partition(";")[0].partition(":")[0]
    if asked and asked not in _OF_PLATFORM:
        return asked
    x11, wayland = bool(os.environ.get("DISPLAY")), bool(os.environ.get("WAYLAND_DISPLAY"))
    if not x11 and not wayland:
        raise GRUDebuggerError(
            "there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set); write pictures "
            "without one: gru-debugger export --help"
        )
    if asked == "wayland" or not x11:
        return "wayland"
    prefers_wayland = os.environ.get("XDG_SESSION_TYPE") == "wayland" and not asked
    return "wayland" if wayland and prefers_wayland else "xcb"


def missing_libraries(libraries: dict[str, str]) -> dict[str, str]:
    """Those of `libraries` that can't be loaded."""
    return {library: package for library, package in libraries.items() if not _loads(library)}


def how_to_install(missing: dict[str, str], who: str = "Qt needs") -> str:
    """One line: what is missing, by its package, and what installs it."""
    packages = " ".join(dict.fromkeys(missing.values()))
    if shutil.which("apt-get"):
        mend = f"sudo apt-get install {packages}"
    else:
        mend = f"install them; Debian's packages of them are {packages}"
    return f"{who} {', '.join(missing)}: {mend}"


def display_answers() -> bool:
    """Whether the X server that DISPLAY names lets us in."""
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    fault: int = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return fault == 0


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
