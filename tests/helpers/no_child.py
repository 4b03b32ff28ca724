"""Reading files in the tests' own process: a conftest that imports the fixture has it so.

A child costs half a second of processor time, and most tests of files are about what a reader
makes of one. They do in this process all that the child and its parent do, the answer packed and
checked, but without limits. Modules marked `child` read as the program does: those of isolation
and of hostile files.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from gru_debugger.errors import GRUDebuggerError, ModelError
from gru_debugger.formats.child import answers, isolation, worker


def read_here(file: Path, watch: object = None, reader: str = "") -> answers.Answer:
    try:
        answer, size = worker.read(file, lambda frame: None, lambda size, needed: None, reader)
    except GRUDebuggerError as fault:
        raise ModelError(str(fault)) from None
    try:
        stream = io.BytesIO(b"".join(answers.encode(answer, size)))
    except ValueError as fault:
        raise ModelError(f"{file}: {fault}") from None
    return answers.decode(answers.read_frame(stream), stream, size, lambda part: None)


@pytest.fixture(scope="module", autouse=True)
def where_files_are_read(request: pytest.FixtureRequest) -> Iterator[None]:
    if request.node.get_closest_marker("child"):
        yield
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(isolation, "read", read_here)
        yield
