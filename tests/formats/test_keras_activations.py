"""Keras' other activations: Keras 3 itself is the oracle, and a file with states of Keras 2."""

from __future__ import annotations

import json
import shutil
import zipfile
from itertools import cycle
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from grus import distance
from keras_networks import SYMBOLS, Variant, assert_runs_like, built, inputs, states

from gru_debugger.core.activations import LINEAR, Activation
from gru_debugger.core.trace import trace
from gru_debugger.formats import load_model
from gru_debugger.formats.keras.activations import generation, of_config

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

FILES = Path(__file__).parent / "files"
KERAS_2, KERAS_3 = (Activation("hard_sigmoid", alpha, 0.5) for alpha in (0.2, 1 / 6))

OPTIONS: dict[str, dict[str, Any]] = {
    "hard_sigmoid": {"recurrent_activation": "hard_sigmoid"},
    "hard_sigmoid, reset before": {"recurrent_activation": "hard_sigmoid", "reset_after": False},
    "hard_sigmoid twice": {"recurrent_activation": "hard_sigmoid", "activation": "hard_sigmoid"},
    **{name: {"activation": name} for name in ("relu", "elu", "selu", "softsign", "softplus",
                                               "linear", "sigmoid", "silu", "leaky_relu")},
    "none at all": {"activation": None},
    "tanh for a gate": {"recurrent_activation": "tanh"},
}  # fmt: skip
LAYERS = {"LeakyReLU": {"negative_slope": 0.1}, "ELU": {"alpha": 0.5}, "ReLU": {},
          "ReLU leaking": {"negative_slope": 0.25}}  # fmt: skip


def saved(network: Any, path: Path) -> Path:
    network.save(path)
    return path


# Both files write the configuration alike: by turns is enough.
@pytest.mark.parametrize(("case", "suffix"), list(zip(OPTIONS, cycle([".keras", ".h5"]))))
def test_by_name(keras: Any, tmp_path: Path, case: str, suffix: str) -> None:
    more = dict(OPTIONS[case])
    variant = Variant(more.pop("reset_after", True), layers=2, both=case == "relu", more=more)
    network = built(keras, variant)
    model = load_model(saved(network, tmp_path / f"model{suffix}"), SYMBOLS)
    assert_runs_like(keras, network, model)
    assert model.info()["activations"] != {"gate": "sigmoid", "candidate": "tanh"}


@pytest.mark.parametrize(("case", "suffix"), list(zip(LAYERS, cycle([".keras", ".h5"]))))
def test_layers_as_functions(keras: Any, tmp_path: Path, case: str, suffix: str) -> None:
    function = getattr(keras.layers, case.split()[0])(**LAYERS[case])
    network = built(keras, Variant(more={"activation": function}))
    model = load_model(saved(network, tmp_path / f"model{suffix}"), SYMBOLS)
    assert_runs_like(keras, network, model)


def test_directions_that_differ(keras: Any, tmp_path: Path) -> None:
    of = keras.layers
    one, other = (of.GRU(5, return_sequences=True, recurrent_activation=name, go_backwards=back)
                  for name, back in (("hard_sigmoid", False), ("sigmoid", True)))  # fmt: skip
    both = of.Bidirectional(one, backward_layer=other)
    network = keras.Sequential([of.Input((None,)), of.Embedding(7, 3), both, of.Dense(7)])
    model = load_model(saved(network, tmp_path / "model.keras"), SYMBOLS)
    assert [cell.activations.gate.name for cell in model.layers[0]] == ["hard_sigmoid", "sigmoid"]
    assert_runs_like(keras, network, model)


def test_a_file_of_keras_2() -> None:
    """TensorFlow's own states over 200 steps; how it was made: make_keras_2.py."""
    model = load_model(FILES / "keras2.h5", SYMBOLS)
    assert {cell.activations.gate for cells in model.layers for cell in cells} == {KERAS_2}
    with np.load(FILES / "keras2.npz") as theirs:
        ours = trace(model, "".join(SYMBOLS[i] for i in theirs["text"]))
        for layer, name in enumerate(("lower", "upper")):
            for end, part in zip(("", "_reverse"), np.split(theirs[name], 2, 1), strict=True):
                assert distance(ours.column(f"h_l{layer}{end}"), part) <= 2e-6
        assert distance(ours.column("logits"), theirs["scores"]) <= 1e-5


def test_the_version_in_the_file_decides(keras: Any, tmp_path: Path) -> None:
    """The same file read by the other definition, as a changed version makes it, differs."""
    shutil.copy(FILES / "keras2.h5", tmp_path / "model.h5")
    with h5py.File(tmp_path / "model.h5", "r+") as file:
        file.attrs["keras_version"] = "3.0.1"
    model = load_model(tmp_path / "model.h5", SYMBOLS)
    assert model.cell().activations.gate == KERAS_3
    with np.load(FILES / "keras2.npz") as theirs:
        ours = trace(model, "".join(SYMBOLS[i] for i in theirs["text"]))
        assert distance(ours.column("h"), theirs["lower"][:, :5]) > 0.01

    network = built(keras, Variant(more={"recurrent_activation": "hard_sigmoid"}))
    saved(network, tmp_path / "three.keras")
    text = SYMBOLS * 20
    ((h,), _) = states(keras, network, inputs(text, True))
    for version, theirs, differs in (("2.15.0", KERAS_2, True), ("3.1.0", KERAS_3, False)):
        with (zipfile.ZipFile(tmp_path / "three.keras") as file,
              zipfile.ZipFile(tmp_path / "other.keras", "w") as other):  # fmt: skip
            for name in file.namelist():
                told = json.dumps({"keras_version": version}).encode()
                other.writestr(name, told if name == "metadata.json" else file.read(name))
        model = load_model(tmp_path / "other.keras", SYMBOLS)
        assert model.cell().activations.gate == theirs
        assert (distance(trace(model, text).column("h"), h) > 1e-3) == differs


@pytest.mark.parametrize(
    ("version", "is_3"),
    [("2.15.0", False), ("2.2.4-tf", False), ("", False), ("1.2", False), ("3.0.0", True),
     ("3.15.1", True), ("4.0", True), ("10.2", True), ("three", False), ("9" * 5000, True)],
)  # fmt: skip
def test_versions(version: str, is_3: bool) -> None:
    assert generation(version) == 2 + is_3


OBJECTS: list[tuple[Any, Activation | None]] = [
    ({"class_name": "function", "config": "elu"}, Activation("elu")),
    ({"module": "builtins", "class_name": "function", "config": "swish"}, Activation("silu")),
    ({"class_name": "LeakyReLU", "config": {"alpha": 0.125}}, Activation("leaky_relu", 0.125)),
    ({"class_name": "LeakyReLU", "config": {}}, Activation("leaky_relu", 0.3)),
    ({"class_name": "ThresholdedReLU", "config": {"theta": 0.5}},
     Activation("thresholded_relu", 0.5)),
    ({"class_name": "Activation", "config": {"activation": "hard_sigmoid"}}, KERAS_2),
    ({"class_name": "ReLU", "config": {"max_value": 6.0}}, None),
    ({"class_name": "ReLU", "config": {"threshold": 1.0}}, None),
    ({"class_name": "PReLU", "config": {}}, None),
    ({"class_name": ["GRU"], "config": {"name": {}}}, None),
    (["relu"], None), (3, None), ({}, None), ("exponential", None), (None, LINEAR),
    ({"class_name": "LeakyReLU", "config": {"alpha": "1"}}, None),
    ({"class_name": "ReLU", "config": {"negative_slope": "x"}}, None),
    ({"class_name": "ELU", "config": {"alpha": 1e999}}, None),
]  # fmt: skip


@pytest.mark.parametrize(("told", "wanted"), OBJECTS)
def test_objects_of_keras_2(told: Any, wanted: Activation | None) -> None:
    config = {"name": "memory", "activation": told}
    if wanted is not None:
        assert of_config(config, "2.9").candidate == wanted
    else:
        with pytest.raises(ValueError, match="activation"):
            of_config(config, "2.9")
