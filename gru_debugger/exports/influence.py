"""The gradients of a value as numpy's .npz, under the names that the arrays have in the program."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np

from gru_debugger.exports.recordings.npz import store
from gru_debugger.output import writing
from gru_debugger.questions.influence import Influence


def write(found: Influence, path: Path, force: bool = False) -> None:
    """All or nothing. `force`: in the place of a file that is there. Raises OutputError.

    Beside the arrays stand `of`, `step`, the `characters` of its steps, and `edits` where there
    are any.
    """
    trace = found.trace
    with writing(path, force) as file, zipfile.ZipFile(file, "w") as archive:
        store(archive, "of", np.array(str(found.value)))
        store(archive, "step", np.array(found.step, np.int64))
        store(archive, "characters", np.array(list(trace.characters[: found.last])))
        if trace.edits:
            store(archive, "edits", np.array([str(edit) for edit in trace.edits]))
        for name, array in found.arrays.items():
            store(archive, name, array)
