"""Keras files with a few bytes changed, in the real child: HDF5's library may crash or hang."""

from __future__ import annotations

from pathlib import Path

import pytest
from corpus import hdf5s
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gru_debugger.core.model import Model
from gru_debugger.errors import ModelError
from gru_debugger.formats import load_model

pytestmark = pytest.mark.child

LAYERS = {"config": {"layers": []}}
GOOD = {
    ".h5": hdf5s.h5(hdf5s.kernel),
    ".keras": hdf5s.keras(LAYERS, hdf5s.h5(hdf5s.kernel)),
}
EDITS = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=4)), min_size=1, max_size=4
)


@pytest.mark.parametrize("suffix", GOOD)
def test_as_it_is_it_opens(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"model{suffix}"
    path.write_bytes(GOOD[suffix])
    assert load_model(path).hidden_size == 2


@pytest.mark.parametrize("suffix", GOOD)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=EDITS)
def test_an_edited_file_opens_or_is_refused(
    suffix: str, edits: list[tuple[float, bytes]], tmp_path: Path
) -> None:
    data = bytearray(GOOD[suffix])
    for place, replacement in edits:
        at = int(place * len(data))
        data[at : at + len(replacement)] = replacement
    path = tmp_path / f"model{suffix}"
    path.write_bytes(data)
    answer: Model | str
    try:
        answer = load_model(path)
    except ModelError as error:
        answer = str(error)
    assert isinstance(answer, Model) or "\n" not in answer
