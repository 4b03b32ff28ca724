"""What the child that runs a file's own graph answers."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from gru_debugger import parity
from gru_debugger.core.trace import Trace
from gru_debugger.parity import OwnGraph


def said(folder: Path, recorded: Trace, bound: float = 1e-6) -> OwnGraph:
    """Of a recording; nothing but the answer comes out of it."""
    job = folder / "job"
    job.mkdir()
    parity.write_job(job, recorded)
    command = parity.graph_command(job, recorded, bound)
    done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    return OwnGraph(**json.loads(done.stdout)["answer"])
