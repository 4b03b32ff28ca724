"""A run that is handed to a child process is the same run there, to the bit."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from samples import model, text_for

from gru_debugger.cli import arguments
from gru_debugger.core.initial_state import InitialState
from gru_debugger.core.reading import Rows
from gru_debugger.core.run import Run
from gru_debugger.formats.job_files import hand_over, hand_over_model

TWO_WAYS = model(4, directions=2)
ROWS = replace(model(4), vocabulary=None)
UNKNOWN = replace(model(4), vocabulary=(*"abcdefg", "<unk>"))
TEXT = text_for(TWO_WAYS, 20)
H0 = np.linspace(-1, 1, 8, dtype=np.float32).reshape(2, 4)

RUNS = {
    "a text": Run(TWO_WAYS, TEXT),
    "a mark of byte order": Run(UNKNOWN, "\ufeffab\r\n", unknown=True),
    "rows": Run(ROWS, Rows(np.linspace(-1, 1, 40, dtype=np.float32).reshape(5, 8))),
    "h(0)": Run(TWO_WAYS, TEXT, InitialState(H0)),
    "unknown characters": Run(UNKNOWN, "ab@ba", unknown=True),
    "edits": Run(TWO_WAYS, TEXT, edits=("z[3] = 1 at 2", "h_l0_reverse = 0.25 from 4")),
}


def received(folder: Path, run: Run) -> Run:
    """As the command line reads it there."""
    words = [hand_over_model(folder, run.model), *hand_over(folder, run)]
    parser = argparse.ArgumentParser()
    for add in (arguments.add_model, arguments.add_text, arguments.add_edits):
        add(parser)
    given = parser.parse_args(words)
    return arguments.start_trace(given, arguments.open_model(given)).run


@pytest.mark.parametrize("name", RUNS)
def test_it_is_the_same_run(name: str, tmp_path: Path) -> None:
    run = RUNS[name]
    there = received(tmp_path, run)
    assert (there.unknown, there.edits) == (run.unknown, run.edits)
    if isinstance(run.source, Rows):
        assert isinstance(there.source, Rows)
        np.testing.assert_array_equal(there.source.values, run.source.values)
    else:
        assert there.source == run.source
    if run.initial is None:
        assert there.initial is None
    else:
        assert there.initial is not None
        np.testing.assert_array_equal(there.initial.states, run.initial.states)
