"""Is the system ready for `make run` and `make test`? A line a fault, with what mends it.

    python3 packaging/check_system.py [test]

Runs before anything is installed, on any Python 3: standard library only, and nothing of the
package before the version is known to be right.
"""

import os
import shutil
import sys

OLDEST = (3, 11)
TEST_PROGRAMS = {
    "Xvfb": "xvfb", "appstreamcli": "appstream", "dbus-daemon": "dbus", "xdotool": "xdotool",
}  # fmt: skip
TEST_FILES = {
    "/usr/share/dbus-1/services/org.a11y.Bus.service": "at-spi2-core",
    "/usr/lib/python3/dist-packages/pyatspi/__init__.py": "python3-pyatspi",
}


def faults(for_tests):
    """What is missing, each with what to do."""
    if sys.version_info < OLDEST:
        version = "{}.{}".format(*sys.version_info)
        return [f"Python {version} is too old; install 3.11 or newer: make PYTHON=python3.11"]
    return [line for line in (_venv(), _packages(for_tests)) if line]


def _venv():
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        return "Python cannot make virtual environments: sudo apt-get install python3-venv"
    return None


def _packages(for_tests):
    if sys.platform != "linux":
        return None
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    from gru_debugger import system

    needed = dict(system.ANY_PLATFORM)
    if for_tests or not os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY"):
        needed.update(system.X11)
    if os.environ.get("WAYLAND_DISPLAY"):
        needed.update(system.WAYLAND)
    missing = system.missing_libraries(needed)
    if for_tests:
        missing.update({p: of for p, of in TEST_PROGRAMS.items() if not shutil.which(p)})
        missing.update({of: of for path, of in TEST_FILES.items() if not os.path.exists(path)})
    who = "the tests need" if for_tests else "Qt needs"
    return system.how_to_install(missing, who) if missing else None


if __name__ == "__main__":
    found = faults("test" in sys.argv[1:])
    for line in found:
        sys.stderr.write(f"gru-debugger: {line}\n")
    sys.exit(1 if found else 0)
