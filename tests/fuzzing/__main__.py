"""Random keys and clicks on the installed program: nothing may be said, and nothing be changed.

    python tests/fuzzing [--minutes 10] [--seed N]

Runs as an ordinary user in a throw-away home: random keys in a file dialog have renamed a system
folder. Status 1 where the program wrote to standard error, ended by itself with an error, stopped
answering, or where a file outside that home was changed by this user. The seed is printed; with it
the same keys come again.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "helpers"), str(HERE)]

import events  # noqa: E402  # after the path they are found by
import models  # noqa: E402
from driver import Program, running, xvfb  # noqa: E402

SIZES = [(1600, 1000), (1366, 768), (900, 600)]
_BATCH = 40  # events between two looks whether all is well
_LIFE = 60  # seconds of one start
NOBODY = 65534


def main() -> int:
    parser = argparse.ArgumentParser(prog="fuzzing", description="Random keys and clicks.")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=None)
    arguments = parser.parse_args()
    if os.getuid() == 0:
        return _as_nobody()
    seed = random.randrange(1 << 32) if arguments.seed is None else arguments.seed
    print(f"seed {seed}", flush=True)
    home = Path(tempfile.mkdtemp(prefix="gru-debugger-fuzz-"))
    try:
        return fuzz(random.Random(seed), home, arguments.minutes * 60)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _as_nobody() -> int:
    """Once more as a user who owns nothing, but may read the checkout wherever it lies."""
    words = [sys.executable, *sys.argv]
    user = ["--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups"]
    may_read = ["--inh-caps", "+dac_read_search", "--ambient-caps", "+dac_read_search"]
    return subprocess.run(["setpriv", *user, *may_read, *words]).returncode


def fuzz(chance: random.Random, home: Path, seconds: float) -> int:
    began = time.time()
    (home / "tmp").mkdir()
    os.environ["TMPDIR"] = str(home / "tmp")  # of the program's children too
    files = models.write(home / "models")
    ends, starts, sent = time.monotonic() + seconds, 0, 0
    while time.monotonic() < ends:
        words = chance.choice(models.command_lines(files))
        with xvfb(*chance.choice(SIZES)) as display:
            place = home / f"home-{starts}"
            (place / "config").mkdir(parents=True)
            os.chdir(place)
            with running(display, place, *words) as program:
                life = min(time.monotonic() + _LIFE, ends)
                sent += _drive(program, chance, life)
                fault = _fault(program) and f"{_fault(program)}\n{_logs(place)}"
        starts += 1
        if fault:
            print(f"start {starts} ({' '.join(words)}): {fault}", file=sys.stderr)
            return 1
        print(f"{starts} starts, {sent:,} events", flush=True)
    changed = _changed(began, home)
    for path in changed:
        print(f"changed: {path}", file=sys.stderr)
    return 1 if changed else 0


def _drive(program: Program, chance: random.Random, until: float) -> int:
    """Events until the time is over or the program has been told to quit; how many."""
    sent = 0
    while time.monotonic() < until and program.process.poll() is None:
        words = events.some(chance, _BATCH)
        program.xdotool(*events.focus(program, chance), *words)
        sent += _BATCH
    return sent


def _fault(program: Program) -> str:
    """What went wrong in this start; empty: nothing."""
    if program.errors():
        return program.errors()
    if program.process.poll() is None:
        program.settle()  # it still answers: AssertionError after minutes
        return program.errors()
    ended = program.process.returncode
    return f"ended with {ended}" if ended else ""


def _logs(place: Path) -> str:
    """What the program wrote of its own crash."""
    return "\n".join(log.read_text(errors="replace") for log in place.rglob("crash-*.log"))


def _changed(since: float, home: Path) -> list[str]:
    """Files of this user, or open to everybody, outside its home that are newer."""
    mine = f"( -user {os.getuid()} -o -perm -o+w ) ( -type f -o -type d )"
    found = subprocess.run(
        ["find", "/", "-xdev", "-path", str(home), "-prune", "-o", *mine.split(),
         "-newermt", f"@{since}", "-print"],
        capture_output=True, text=True,
    )  # fmt: skip
    shared = {"/tmp", "/var/tmp", "/dev/shm", "/tmp/.X11-unix"}  # folders where all put their own
    return [path for path in found.stdout.split("\n") if path and path not in shared]


if __name__ == "__main__":
    sys.exit(main())
