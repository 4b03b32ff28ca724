"""Every benchmark in a process of its own; status 1 when a bound is missed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> int:
    missed = False
    for script in sorted(HERE.glob("bench_*.py")):
        missed |= subprocess.run([sys.executable, script]).returncode != 0
        print()
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
