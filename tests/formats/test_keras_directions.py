"""A Bidirectional layer that was given a layer of its own for the way back, and old files.

Each by Keras itself: what is shown is what it computes, or it is refused.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from grus import distance
from keras_networks import UNITS, shaken

from gru_debugger.core.reading import Rows
from gru_debugger.core.trace import trace
from gru_debugger.errors import ModelError
from gru_debugger.formats import load_model

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

WIDTH, STEPS = 3, 40
ROWS = np.random.default_rng(4).normal(size=(STEPS, WIDTH)).astype(np.float32)
OTHERS: dict[str, dict[str, Any]] = {
    "the same": {}, "another name": {"name": "mine"}, "relu": {"activation": "relu"},
    "hard_sigmoid": {"recurrent_activation": "hard_sigmoid"},
}  # fmt: skip


def network(keras: Any, more: dict[str, Any], **both: Any) -> Any:
    of = keras.layers
    there, back = (
        of.GRU(UNITS, return_sequences=True, **both, **own)
        for own in ({}, {"go_backwards": True, **more})
    )
    layer = of.Bidirectional(there, backward_layer=back)
    return shaken(keras.Sequential([of.Input((None, WIDTH)), layer]))


@pytest.mark.parametrize("ending", ["keras", "h5"])
@pytest.mark.parametrize("case", OTHERS)
def test_each_direction_is_its_own(keras: Any, case: str, ending: str, tmp_path: Path) -> None:
    both = network(keras, OTHERS[case])
    path = tmp_path / f"model.{ending}"
    both.save(path)
    model = load_model(path)
    assert len(model.ways) == 2
    run = trace(model, Rows(ROWS))
    shown = np.concatenate([run.states(0, way)[-STEPS:] for way in model.ways], -1)
    assert distance(shown, both.predict(ROWS[None], verbose=0)[0]) <= 1e-6


@pytest.mark.parametrize("bias", [True, False], ids=["bias", "no bias"])
@pytest.mark.parametrize("ending", ["keras", "h5"])
def test_one_direction_resets_before(
    keras: Any, ending: str, bias: bool, tmp_path: Path
) -> None:
    path = tmp_path / f"model.{ending}"
    network(keras, {"reset_after": False}, use_bias=bias).save(path)
    with pytest.raises(ModelError, match="the two directions of a GRU differ in reset_after"):
        load_model(path)


def test_a_file_older_than_reset_after(keras: Any, tmp_path: Path) -> None:
    """Before Keras had it, the reset gate was before; without a bias nothing else says so."""
    of = keras.layers
    gru = of.GRU(UNITS, return_sequences=True, use_bias=False, reset_after=False)
    single = shaken(keras.Sequential([of.Input((None, WIDTH)), gru]))
    path = tmp_path / "model.h5"
    single.save(path)
    with h5py.File(path, "r+") as file:
        config = json.loads(file.attrs["model_config"])
        for layer in config["config"]["layers"]:
            layer["config"].pop("reset_after", None)
        file.attrs["model_config"] = json.dumps(config)
    model = load_model(path)
    assert model.reset == "before"
    states = trace(model, Rows(ROWS)).column("h")
    assert distance(states, single.predict(ROWS[None], verbose=0)[0]) <= 1e-6
