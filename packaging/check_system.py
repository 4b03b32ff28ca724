"""Is the system ready for `make run` and `make test`? What is missing is installed, or told.

    python3 packaging/check_system.py [test]

Where this user may install packages without being asked (as root, or by `sudo -n`) and the system
has apt-get, it installs what is missing and says so; elsewhere it prints the line that does.

Runs before anything is installed, on any Python 3: standard library only, and nothing of the
package before the version is known to be right.
"""

import importlib
import os
import shutil
import subprocess
import sys

OLDEST = (3, 11)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# What can be looked for where dpkg does not say which packages there are.
TEST_PROGRAMS = {
    "Xvfb": "xvfb", "xdotool": "xdotool", "dbus-daemon": "dbus", "appstreamcli": "appstream",
}  # fmt: skip
LOCK_WAIT = 60  # seconds for which another program that installs packages is waited for


def faults(for_tests):
    """Lines: what is wrong and can't be mended here, each with what to do."""
    if sys.version_info < OLDEST:
        version = "{}.{}".format(*sys.version_info)
        return [f"Python {version} is too old; install 3.11 or newer: make PYTHON=python3.11"]
    who = "make test needs" if for_tests else "make run needs"
    lacking = missing(for_tests)
    refusal = _install(sorted(set(lacking.values())), who) if lacking else None
    left = missing(for_tests) if lacking else {}
    lines = [_system().how_to_install(left, who)] if left else []
    return [*lines, refusal] if left and refusal else lines


def missing(for_tests):
    """What is not there -> the package that brings it."""
    found = {} if _has_venv() else {"Python's venv": "python3-venv"}
    if sys.platform == "linux":
        found.update(_system().missing_libraries(_libraries(for_tests)))
        found.update(_missing_for_tests() if for_tests else {})
    return found


def _missing_for_tests():
    """Of the packages that packaging/apt.txt lists for the tests; elsewhere, of the programs."""
    if not shutil.which("dpkg-query"):
        return {name: of for name, of in TEST_PROGRAMS.items() if not shutil.which(name)}
    return {package: package for package in _not_installed(packages_for_tests())}


def _not_installed(packages):
    """As dpkg knows it."""
    show = ["dpkg-query", "--show", "--showformat=${Package} ${db:Status-Status}\\n", *packages]
    shown = subprocess.run(show, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.decode()
    installed = {line.split()[0] for line in shown.splitlines() if line.endswith(" installed")}
    return [package for package in packages if package not in installed]


def packages_for_tests(beginning="# The tests"):
    """The sections of packaging/apt.txt whose first line begins with these words."""
    with open(os.path.join(ROOT, "packaging", "apt.txt"), encoding="utf-8") as file:
        sections = [section.splitlines() for section in file.read().split("\n\n")]
    for_tests = [section for section in sections if section[0].startswith(beginning)]
    return [line for section in for_tests for line in section if not line.startswith("#")]


def _libraries(for_tests):
    """Those of the screen that is there; the tests need all, whatever screen that is."""
    system = _system()
    wayland = os.environ.get("WAYLAND_DISPLAY")
    needed = dict(system.ANY_PLATFORM)
    if for_tests or not wayland or os.environ.get("DISPLAY"):
        needed.update(system.X11)
    if for_tests or wayland:
        needed.update(system.WAYLAND)
    return needed


def _system():
    if ROOT not in sys.path:
        sys.path.insert(0, ROOT)
    from gru_debugger import system

    return system


def _has_venv():
    importlib.invalidate_caches()  # it may have been installed a moment ago
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        return False
    return True


# Installing ------------------------------------------------------------------------------------


def _install(packages, who):
    """By apt-get, where this user may; a line that says why it did not work, or None."""
    rights = _rights() if shutil.which("apt-get") else None
    if rights is None:
        return None
    print(f"{who} packages of the system. Installing with apt-get:", *packages, flush=True)
    apt = [*rights, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    apt += ["-o", f"DPkg::Lock::Timeout={LOCK_WAIT}"]
    said = _run([*apt, "update"])[1]  # without lists, or with old ones, nothing is found
    status, words = _run([*apt, "install", "--yes", "--no-install-recommends", *packages])
    return None if status == 0 else _reason(said + words)


def install_wished():
    """What some tests are skipped without, where the system has it and this user may."""
    if not all(map(shutil.which, ("dpkg-query", "apt-cache"))):
        return
    lacking = _not_installed(packages_for_tests("# Some tests"))
    there = [package for package in lacking if _run(["apt-cache", "show", package])[0] == 0]
    if there:
        _install(there, "some tests need")


def _rights():
    """What goes before a command that only root may run; None where this user may not."""
    if os.geteuid() == 0:
        return []
    allowed = shutil.which("sudo") and _run(["sudo", "-n", "true"])[0] == 0
    return ["sudo", "-n"] if allowed else None


def _run(command):
    """Its status and what it wrote to standard error; it has nobody to ask."""
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    return done.returncode, done.stderr.decode(errors="replace")


def _reason(said):
    lines = [line for line in said.splitlines() if line.startswith(("E: ", "W: Failed"))]
    first = lines[0][3:].rstrip(".") if lines else "it gave no reason"
    if "lock" in first:
        return f"another program is installing packages ({first}); repeat when it has ended"
    return f"apt-get could not install them: {first}"


if __name__ == "__main__":
    found = faults("test" in sys.argv[1:])
    for line in found:
        sys.stderr.write(f"gru-debugger: {line}\n")
    if not found and "test" in sys.argv[1:]:
        install_wished()
    sys.exit(1 if found else 0)
