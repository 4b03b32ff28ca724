"""The child's half of the proof by a file's own graph, which is run beside the recording.

ONNX files are run by onnxruntime, TorchScript's by PyTorch's interpreter. Neither shares anything
with `core`, and with the readers only where the text goes in and the states come out. The file is a
stranger's, so the process gives up first what those that read files give up.
"""

from __future__ import annotations

import importlib
import json
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import NoReturn

from gru_debugger import formats, sandbox, terminal
from gru_debugger.errors import GRUDebuggerError
from gru_debugger.files import read_bytes
from gru_debugger.formats import beside, onnx, torchscript
from gru_debugger.formats.child import worker
from gru_debugger.graph_check.comparing import NotRunError, Recorded, compare
from gru_debugger.parity import OwnGraph

_RUNNERS = {onnx: "onnx_graph", torchscript: "torch_script"}
_ROOM = 512 << 20  # bytes, for all values of the graph at once


@dataclass(frozen=True)
class Job:
    """What `parity.graph_command` says besides the folder; `bound`: of two runs in float32."""

    path: str
    sha256: str
    framework: str
    gru: str
    bound: float
    h0_chosen: bool
    parent: int


def main(arguments: list[str]) -> NoReturn:
    """The child process: a folder and what else the job is, one answer."""
    folder, about = arguments
    job = Job(**json.loads(about))
    sandbox.end_with(job.parent)
    with terminal.silenced():
        found = answer(Path(folder), job)
    terminal.tell(answer=asdict(found))
    os._exit(0)  # at a usual end onnxruntime waits for what it may not do any more


def answer(folder: Path, job: Job) -> OwnGraph:
    """What the file's graph says of a recording. From here on the process can do little else."""
    try:
        return _answer(folder, job)
    except (NotRunError, GRUDebuggerError, ValueError, MemoryError) as fault:
        return OwnGraph(why=" ".join(str(fault).split())[:300] or "there is not enough memory")


def _answer(folder: Path, job: Job) -> OwnGraph:
    reader = next(reader for reader in _RUNNERS if job.framework == reader.NAME)
    runner = importlib.import_module(f"{__name__}.{_RUNNERS[reader]}")
    runner.prepare()
    recorded = Recorded.read(folder, job.h0_chosen)
    path = formats.resolve(job.path)
    file = read_bytes(path)
    _, data = formats.reader_of(file, path)
    others = formats.others(reader, data, path)
    if beside.digest(file, others) != job.sha256:
        raise NotRunError("the file has changed since it was opened")
    sandbox.confine()
    worker.give_up(beside.size_with(path, len(data), others), others, _ROOM)
    theirs = runner.run(data, path, job.gru, recorded)
    return replace(compare(theirs, recorded, job.bound), by=runner.BY)
