"""Every benchmark in a process of its own; status 1 and what was missed where a bound is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from figures import MISSED

HERE = Path(__file__).parent


def run(script: Path) -> list[str]:
    """Print what it prints as it comes; the lines of what it missed, or that it broke off."""
    missed = []
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as bench:
        assert bench.stdout is not None
        for line in bench.stdout:
            print(line, end="", flush=True)
            if MISSED in line:
                missed.append(f"{script.name}: {line.rstrip()}")
    print(flush=True)
    if bench.returncode and not missed:
        missed.append(f"{script.name} ended with status {bench.returncode}")
    return missed


def main() -> int:
    missed = [line for script in sorted(HERE.glob("bench_*.py")) for line in run(script)]
    print("\n".join(missed) if missed else "All within their bounds.")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
