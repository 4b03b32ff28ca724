"""Keras files of both generations; Keras' own run is the oracle, on its torch backend."""

from __future__ import annotations

import io
import json
import sys
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from grus import distance
from keras_networks import (
    SYMBOLS,
    UNITS,
    WIDTH,
    Variant,
    assert_runs_like,
    built,
    inputs,
    shaken,
    states,
)

from gru_debugger.core.reading import Rows
from gru_debugger.core.trace import trace
from gru_debugger.errors import ModelError
from gru_debugger.formats import load_model, open_file
from gru_debugger.formats.keras import hdf5
from gru_debugger.source import Choice

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

ALONE = (
    "the file holds weights alone; its activations are taken as sigmoid and tanh, its layers as "
    "one after another with nothing between, and none as go_backwards"
)
RANDOM = np.random.default_rng(7)


VARIANTS = {
    "reset after": Variant(),
    "reset before": Variant(reset_after=False),
    "no bias": Variant(use_bias=False),
    "no bias, reset before": Variant(use_bias=False, reset_after=False),
    "both directions": Variant(both=True),
    "both directions, reset before": Variant(both=True, reset_after=False),
    "stacked": Variant(layers=3),
    "stacked in both directions": Variant(layers=2, both=True),
    "one-hot": Variant(embedding=False),
}


# Files that Keras 3 writes ---------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".keras", ".h5", ".weights.h5"])
@pytest.mark.parametrize("case", VARIANTS)
def test_keras_3(keras: Any, tmp_path: Path, case: str, suffix: str) -> None:
    variant = VARIANTS[case]
    network = built(keras, variant)
    path = tmp_path / f"model{suffix}"
    (network.save_weights if suffix == ".weights.h5" else network.save)(path)
    if suffix == ".weights.h5" and not variant.use_bias:
        model = load_model(path, SYMBOLS)
        assert "the file does not say if reset_after was set" in model.source.warnings[-1]
        return
    model = load_model(path, SYMBOLS)
    info = model.info()
    assert info["framework"] == "Keras"
    assert info["variant"] == f"reset_{'after' if variant.reset_after else 'before'}"
    assert (info["bias"], info["output_layer"]) == (variant.use_bias, True)
    assert info["warnings"] == ([ALONE] if suffix == ".weights.h5" else [])
    assert_runs_like(keras, network, model, variant.embedding)


def test_default_names_and_names_of_ones_own(keras: Any, tmp_path: Path) -> None:
    """Two models of one process: gru_7 is the layer's name, gru its group's."""
    of = keras.layers
    network = shaken(keras.Sequential([
        of.Input((None,)), of.Embedding(7, WIDTH, name="letters"),
        of.GRU(UNITS, return_sequences=True, name="memory"), of.Dense(7, name="guess"),
    ]))  # fmt: skip
    for suffix in (".keras", ".h5", ".weights.h5"):
        path = tmp_path / f"model{suffix}"
        (network.save_weights if suffix == ".weights.h5" else network.save)(path)
        assert_runs_like(keras, network, load_model(path, SYMBOLS, gru="memory"))


def test_functional_model_with_two_grus(keras: Any, tmp_path: Path) -> None:
    """An encoder whose last state begins the decoder, as wide as its embedding."""
    of = keras.layers
    source, target = keras.Input((None,)), keras.Input((None,))
    _, state = of.GRU(UNITS, return_state=True, name="encoder")(of.Embedding(9, UNITS)(source))
    embedding = of.Embedding(7, UNITS)
    decoder = of.GRU(UNITS, return_sequences=True, name="decoder")
    dense = of.Dense(7, activation="softmax")
    scores = dense(decoder(of.Dropout(0.5)(embedding(target)), initial_state=state))
    shaken(keras.Model([source, target], scores))
    model = keras.Model([source, target], scores)
    alone = keras.Sequential([embedding, decoder, of.Dense(7)])
    alone.build((1, None))
    alone.layers[-1].set_weights(dense.get_weights())
    for suffix in (".keras", ".h5"):
        path = tmp_path / f"model{suffix}"
        model.save(path)
        with pytest.raises(ModelError, match=r"2 GRUs are inside \(encoder, decoder\); choose"):
            load_model(path)
        assert_runs_like(keras, alone, load_model(path, SYMBOLS, gru="decoder"))
        encoder = load_model(path, gru="encoder")
        assert encoder.symbols == 9
        assert encoder.output is None


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_a_layer_in_between_is_no_output_layer(keras: Any, tmp_path: Path, suffix: str) -> None:
    """Two Dense layers with a ReLU: the states' scores are not of the first nor of the second."""
    of = keras.layers
    network = keras.Sequential([
        of.Input((None, 7)), of.GRU(UNITS, return_sequences=True),
        of.Dense(UNITS, activation="relu"), of.Dense(7),
    ])  # fmt: skip
    path = tmp_path / f"model{suffix}"
    network.save(path)
    assert load_model(path, SYMBOLS).output is None


def test_softmax_of_its_own(keras: Any, tmp_path: Path) -> None:
    of = keras.layers
    network = keras.Sequential([of.Input((None, 7)), of.GRU(UNITS, return_sequences=True),
                                of.Dense(7), of.Activation("softmax")])  # fmt: skip
    network.save(tmp_path / "model.keras")
    assert load_model(tmp_path / "model.keras", SYMBOLS).output is not None


def besides(keras: Any, case: str) -> Any:
    of = keras.layers
    gru = of.GRU(UNITS, return_sequences=case != "the last of both directions")
    x, embedding = of.Input((None,), dtype="int32"), of.Embedding(7, WIDTH, name="letters")
    before = {
        "symbol 0 passed over": [x, of.Embedding(7, WIDTH, mask_zero=True, name="letters"), gru],
        "rows passed over": [of.Input((None, 7)), of.Masking(name="gaps"), gru],
        "rows changed": [of.Input((None, 7)), of.LayerNormalization(name="norm"), gru],
        "an embedding changed": [x, embedding, of.Dense(WIDTH, name="more"), gru],
        "the last of both directions": [x, embedding, of.Bidirectional(gru)],
    }
    return keras.Sequential([*before[case], of.Dense(7)])


BESIDES = {
    "symbol 0 passed over": "Keras passes over symbol 0 (mask_zero of “letters”); here it is read "
    "like any other",
    "rows passed over": "gaps (Masking): not computed here, Keras passes over the rows that it "
    "masks; here they are read like any other",
    "rows changed": "norm (LayerNormalization): not computed here; it stands before the GRU, so "
    "that the states shown are not the network's own",
    "an embedding changed": "between the embedding “letters” and the GRU stands “more” (Dense): no "
    "text can be read, only rows of numbers",
    "the last of both directions": "its output layer reads the last state of each direction, which "
    "meet at no step: no predictions are shown",
}


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.parametrize("case", BESIDES)
def test_what_keras_does_besides(keras: Any, tmp_path: Path, case: str, suffix: str) -> None:
    path = tmp_path / f"model{suffix}"
    besides(keras, case).save(path)
    model = load_model(path)
    assert BESIDES[case] in model.source.warnings
    assert bool(model.source.no_text) == case.endswith("changed")
    assert (model.output is None) == (case == "the last of both directions")


def test_other_layers_beside_weights_alone(keras: Any, tmp_path: Path) -> None:
    besides(keras, "rows changed").save_weights(tmp_path / "model.weights.h5")
    assert load_model(tmp_path / "model.weights.h5").source.warnings == (
        "norm: not computed here; it may stand anywhere: states or predictions shown may not be "
        "the network's own",
        ALONE,
    )


@pytest.mark.parametrize("suffix", [".keras", ".h5", ".weights.h5"])
def test_several_cells_in_one_layer(keras: Any, tmp_path: Path, suffix: str) -> None:
    of = keras.layers
    cells = [of.GRUCell(UNITS), of.GRUCell(UNITS)]
    network = keras.Sequential([of.Input((None, 7)), of.RNN(cells)])
    path = tmp_path / f"model{suffix}"
    (network.save_weights if suffix == ".weights.h5" else network.save)(path)
    assert "is an RNN layer of several cells" in refusal(path)


# Files that Keras 2 wrote, by its layout -------------------------------------------------------


def keras_2(network: Any, path: Path, whole: bool, old: bool, **gzip: Any) -> None:
    """As Keras 2 lays a Sequential model out; `old` is before 2.3."""
    layers = [layer for layer in network.layers if layer.get_weights()]
    with h5py.File(path, "w") as file:
        if whole:
            rows = [{"class_name": type(x).__name__, "config": config(x)} for x in layers]
            settings = rows if old else {"name": "sequential", "layers": rows}
            file.attrs["model_config"] = json.dumps(
                {"class_name": "Sequential", "config": settings}
            )
        root = file.create_group("model_weights") if whole else file
        root.attrs["layer_names"] = [layer.name.encode() for layer in layers]
        for layer in layers:
            group = root.create_group(layer.name)
            group.attrs["weight_names"] = [b"kernel:0"]
            for weight, array in zip(layer.weights, layer.get_weights(), strict=True):
                name = weight.path.removeprefix(f"{network.name}/")
                name = name.replace("/gru_cell", "") if old else name
                group.create_dataset(f"{name}:0", data=array, **gzip)


def config(layer: Any) -> dict[str, Any]:
    return json.loads(json.dumps(layer.get_config()))


@pytest.mark.parametrize(
    ("whole", "old"),
    [(True, False), (False, False), (True, True)],
    ids=["whole", "weights", "before 2.3"],
)
@pytest.mark.parametrize("case", ["reset before", "both directions", "stacked", "one-hot"])
def test_keras_2(keras: Any, tmp_path: Path, case: str, whole: bool, old: bool) -> None:
    network = built(keras, VARIANTS[case])
    keras_2(network, tmp_path / "model.h5", whole, old)
    model = load_model(tmp_path / "model.h5", SYMBOLS)
    assert model.reset == ("after" if VARIANTS[case].reset_after else "before")
    assert_runs_like(keras, network, model, VARIANTS[case].embedding)


@pytest.mark.parametrize("shuffle", [False, True])
def test_compressed_arrays(keras: Any, tmp_path: Path, shuffle: bool) -> None:
    """h5repack and pandas compress; chunks at the edge are cut."""
    network = built(keras, Variant(layers=2))
    path = tmp_path / "model.h5"
    keras_2(network, path, True, False, compression="gzip", shuffle=shuffle)
    assert_runs_like(keras, network, load_model(path, SYMBOLS))
    array = RANDOM.normal(size=(50, 33)).astype(">f4")
    with h5py.File(path, "w") as file:
        file.create_dataset("a", data=array, chunks=(7, 5), compression="gzip", shuffle=shuffle)
        file.create_dataset("b", data=array, chunks=(7, 5))
    found = hdf5.File(path.read_bytes()).arrays
    assert np.array_equal(found["a"], array)
    assert np.array_equal(found["b"], array)


def misread(weight: Any, wrong: str) -> Any:
    """kernel, recurrent_kernel or bias of a layer, reset after."""
    z, r, h = np.split(weight, 3, axis=-1)
    if wrong == "swapped gates":
        z, r = r, z
    elif wrong == "flipped z":
        z = -z
    elif wrong == "kernel turned" and z.shape == (UNITS, UNITS):
        z, r, h = z.T, r.T, h.T
    elif wrong == "b_hn outside" and len(weight) == 2:
        h = np.stack([h.sum(axis=0), 0 * h[1]])
    return np.concatenate([z, r, h], axis=-1)


@pytest.mark.parametrize(
    "wrong", ["swapped gates", "other reset", "flipped z", "kernel turned", "b_hn outside"]
)
def test_wrong_readings_differ(keras: Any, tmp_path: Path, wrong: str) -> None:
    """That the agreement above is not luck."""
    network = built(keras, Variant())
    gru = network.layers[1]
    if wrong != "other reset":
        other = keras.models.clone_model(network)
        other.set_weights(network.get_weights())
        other.layers[1].set_weights([misread(w, wrong) for w in gru.get_weights()])
    else:
        other = built(keras, Variant(reset_after=False))
        weights = network.get_weights()
        weights[3] = weights[3].sum(axis=0)
        other.set_weights(weights)
    other.save(tmp_path / "model.keras")
    model = load_model(tmp_path / "model.keras", SYMBOLS)
    assert_runs_like(keras, other, model)
    text = SYMBOLS * 20
    ((h,), _) = states(keras, network, inputs(text, True))
    assert distance(trace(model, text).column("h"), h) > 1e-3


# What can't be used ----------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"recurrent_activation": "gelu"},
            "its layer “memory” has recurrent_activation gelu, which this program does not "
            "compute; train it with sigmoid and tanh.",
        ),
        (
            {"activation": "softmax"},
            "its layer “memory” has activation softmax, which this program does not compute; "
            "train it with sigmoid and tanh.",
        ),
    ],
)
def test_other_equations(
    keras: Any, tmp_path: Path, suffix: str, options: dict[str, Any], message: str
) -> None:
    path = tmp_path / f"model{suffix}"
    built(keras, Variant(more={**options, "name": "memory"})).save(path)
    assert refusal(path) == message


@pytest.mark.parametrize("suffix", [".keras", ".h5", ".weights.h5"])
@pytest.mark.parametrize(
    ("kind", "rows", "words"),
    [("LSTM", 20, "an LSTM (four gates)"), ("SimpleRNN", 5, "a plain RNN (no gates)")],
)
def test_other_cells(
    keras: Any, tmp_path: Path, kind: str, rows: int, words: str, suffix: str
) -> None:
    of = keras.layers
    network = keras.Sequential([of.Input((None, 7)), getattr(of, kind)(5, name="x"), of.Dense(7)])
    path = tmp_path / f"model{suffix}"
    (network.save_weights if suffix == ".weights.h5" else network.save)(path)
    assert refusal(path) == (
        f"{words}, not a GRU: x.weight_hh_l0 is {rows} × 5. This program opens GRUs."
    )


def refusal(path: Path) -> str:
    with pytest.raises(ModelError) as error:
        load_model(path)
    assert "\n" not in str(error.value)
    return str(error.value).removeprefix(f"{path}: ")


def test_without_h5py(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "model.h5"
    path.write_bytes(written(lambda file: None))
    monkeypatch.setitem(sys.modules, "h5py", None)
    assert refusal(path) == (
        "an HDF5 file, and h5py, which reads it, is not installed; pip install h5py."
    )


def written(fill: Callable[[Any], Any], **options: Any) -> bytes:
    stream = io.BytesIO()
    with h5py.File(stream, "w", **options) as file:
        fill(file)
    return stream.getvalue()


def weights(file: Any, name: str = "gru", units: int = 4, **changed: Any) -> None:
    """A GRU without configuration, its arrays replaced where given; None leaves one out."""
    arrays = {
        "kernel:0": np.ones((3, 3 * units), "f4"),
        "recurrent_kernel:0": np.ones((units, 3 * units), "f4"),
        "bias:0": np.ones((2, 3 * units), "f4"),
    }
    for key, array in {**arrays, **{f"{k}:0": a for k, a in changed.items()}}.items():
        if array is not None:
            file[f"{name}/{name}/gru_cell/{key}"] = array


def declared(shape: tuple[int, ...], **options: Any) -> Callable[[Any], None]:
    """An array of which nothing is stored."""
    return lambda file: file.create_dataset("gru/recurrent_kernel:0", shape, "f4", **options)


def external(file: Any) -> None:
    file.create_dataset("kernel:0", (3, 12), "f4", external=[("/etc/hostname", 0, 144)])


def virtual(file: Any) -> None:
    layout = h5py.VirtualLayout((3, 12), "f4")
    layout[:] = h5py.VirtualSource("other.h5", "a", (3, 12))
    file.create_virtual_dataset("kernel:0", layout)


def linked(link: Any) -> Callable[[Any], None]:
    def fill(file: Any) -> None:
        file["gru"] = link

    return fill


def itself(file: Any) -> None:
    file["a"] = file["/"]


def configured(text: str) -> Callable[[Any], None]:
    def fill(file: Any) -> None:
        file.attrs["model_config"] = text

    return fill


def contradicting(file: Any) -> None:
    layer = {"class_name": "GRU", "config": {"name": "gru", "reset_after": False}}
    file.attrs["model_config"] = json.dumps(
        {"class_name": "Sequential", "config": {"layers": [layer]}}
    )
    weights(file)


def zipped(content: dict[str, bytes], how: int = zipfile.ZIP_STORED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", how) as file:
        for name, data in content.items():
            file.writestr(name, data)
    return stream.getvalue()


DAMAGED = "an HDF5 file that is cut short or damaged"
COPY = "; copy or save it again."
SIZE = f"{DAMAGED} (an array is not as large as declared){COPY}"
ONE = "save the model in one file, as Keras does."
NONE = "no GRU inside (no weight_ih and weight_hh); its tensors are"
GZIP = {"compression": "gzip", "chunks": (1000, 1000)}

TABLE: dict[str, tuple[bytes, str]] = {
    "nothing inside": (written(lambda file: None), f"{NONE} none. Choose a checkpoint of a GRU."),
    "no GRU": (
        written(lambda file: file.create_dataset("dense/kernel:0", data=np.ones((3, 4)))),
        f"{NONE} dense/kernel:0. Choose a checkpoint of a GRU.",
    ),
    "4 TB declared": (written(declared((10**6, 10**6))), SIZE),
    "4 TB in chunks": (written(declared((10**6, 10**6), chunks=(10, 10))), SIZE),
    "4 TB compressed": (written(declared((10**6, 10**6), **GZIP)), SIZE),
    "less stored than declared": (written(declared((100, 300))), SIZE),
    "bomb": (
        written(lambda f: f.create_dataset("a", data=np.zeros((10_000, 1000), "f4"), **GZIP)), SIZE,
    ),
    "another compression": (
        written(lambda f: f.create_dataset("a", data=np.ones((8, 8)), compression="lzf")),
        f"“a” is compressed by other means than gzip, and not opened; {ONE}",
    ),
    "external array": (
        written(external), f"“kernel:0” keeps its numbers in another file, which is not opened; "
                           f"{ONE}",
    ),
    "virtual array": (
        written(virtual), f"“kernel:0” keeps its numbers in another file, which is not opened; "
                          f"{ONE}",
    ),
    "external link": (
        written(linked(h5py.ExternalLink("/etc/hostname", "/"))),
        f"“gru” is an external link, which is not followed; {ONE}",
    ),
    "soft link": (
        written(linked(h5py.SoftLink("/elsewhere"))),
        f"“gru” is a soft link, which is not followed; {ONE}",
    ),
    "a group inside itself": (
        written(itself), f"{DAMAGED} (its groups are nested too deep){COPY}",
    ),
    "a configuration that is no JSON": (
        written(configured("{")),
        f"{DAMAGED} (Expecting property name enclosed in double quotes: line 1 column 2 "
        f"(char 1)){COPY}",
    ),
    "a deep configuration": (
        written(configured("[" * 50_000)),
        f"{DAMAGED} (maximum recursion depth exceeded while decoding a JSON array from a unicode "
        f"string){COPY}",
    ),
    "a bias that contradicts": (
        written(contradicting),
        f"{DAMAGED} (the bias of “gru” contradicts its reset_after){COPY}",
    ),
    "CuDNNGRU": (
        written(lambda file: weights(file, bias=np.ones(24))),
        "a CuDNNGRU, whose weights lie in another order; load them into a GRU layer in Keras and "
        "save that.",
    ),
    "a part missing": (
        written(lambda file: weights(file, kernel=None)),
        f"{DAMAGED} (“gru” has no kernel){COPY}",
    ),
    "a wrong bias": (
        written(lambda file: weights(file, bias=np.ones((2, 11)))),
        "gru.bias_ih_l0 is 11, where 12 rows are expected; this is not a GRU.",
    ),
    "not a number": (
        written(lambda file: weights(file, kernel=np.full((3, 12), np.nan))),
        "a weight is infinite or not a number; the training diverged. Choose an earlier "
        "checkpoint.",
    ),
    "two GRUs": (
        written(lambda file: [weights(file, n, bias=np.full((2, 12), 1.0 / i)) for i, n in
                              enumerate(("enc", "dec"), 1)]),
        "2 GRUs are inside (dec, enc); choose one with --gru NAME.",
    ),
    ".keras without weights": (
        zipped({"metadata.json": b"{}", "config.json": b"{}"}),
        f"a Keras file that is cut short or damaged ('model.weights.h5'){COPY}",
    ),
    ".keras that is a bomb": (
        zipped({"config.json": b"{}", "model.weights.h5": bytes(40 << 20)}, zipfile.ZIP_DEFLATED),
        f"a Keras file that is cut short or damaged (it unpacks to far more than it holds){COPY}",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", TABLE)
def test_bad_file(tmp_path: Path, case: str) -> None:
    data, message = TABLE[case]
    path = tmp_path / "model.h5"
    path.write_bytes(data)
    tracemalloc.start()
    try:
        assert refusal(path) == message
        assert tracemalloc.get_traced_memory()[1] < 20 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_cut_short(keras: Any, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"model{suffix}"
    built(keras, Variant()).save(path)
    data = path.read_bytes()
    for part in (0.002, 0.02, 0.2, 0.5, 0.8, 0.97):
        path.write_bytes(data[: int(len(data) * part)])
        message = refusal(path)
        if part > 0.002:
            assert "that is cut short or damaged (" in message
            assert message.endswith(f"){COPY}")


def test_the_helper_writes_a_good_file(tmp_path: Path) -> None:
    path = tmp_path / "model.h5"
    path.write_bytes(written(weights))
    assert load_model(path, "abc").reset == "after"


# GRUs of unlike kinds on one another --------------------------------------------------------------


def unlike(of: Any, kind: str) -> list[Any]:
    """Two that are no layers of one GRU; the lower one's states are what the upper one reads."""
    lower = of.GRU(WIDTH if kind == "as wide as the embedding" else UNITS, return_sequences=True)
    if kind == "both directions below":
        lower = of.Bidirectional(lower)
    units = UNITS if kind == "reset before above" else UNITS + 1
    return [lower, of.GRU(units, return_sequences=True, reset_after=kind != "reset before above")]


UNLIKE = ("both directions below", "as wide as the embedding", "of other size",
          "reset before above")  # fmt: skip


@pytest.mark.parametrize("suffix", [".keras", ".weights.h5"])
@pytest.mark.parametrize("kind", UNLIKE)
def test_unlike_grus_are_opened_one_at_a_time(
    keras: Any, tmp_path: Path, kind: str, suffix: str
) -> None:
    """The lower one by its text, the upper one by rows alone: it reads the other's states."""
    of = keras.layers
    embedding, (lower, upper) = of.Embedding(len(SYMBOLS), WIDTH), unlike(of, kind)
    rows = [of.Input((None,)), embedding, lower, upper, of.Dense(len(SYMBOLS))]
    network = shaken(keras.Sequential(rows))
    path = tmp_path / f"model{suffix}"
    (network.save_weights if suffix == ".weights.h5" else network.save)(path)
    file = open_file(path)
    first, second = [gru.name for gru in file.grus()]
    text = "abcdefgfabcde"
    x = embedding(inputs(text, True))
    below, above = (np.asarray(y.detach())[0] for y in (lower(x), upper(lower(x))))
    model = file.model(SYMBOLS, Choice(gru=first))
    directions = ("h", "h_l0_reverse")[: model.directions]
    ours = np.hstack([trace(model, text).column(name) for name in directions])
    assert distance(ours, below) <= 1e-6
    model = file.model(None, Choice(gru=second))
    assert model.source.no_text
    assert model.input == "features"
    assert distance(trace(model, Rows(below)).column("h"), above) <= 1e-6
    assert model.reset == ("before" if kind == "reset before above" else "after")
    with pytest.raises(ModelError, match="no text can be read, only rows of numbers"):
        file.model(SYMBOLS, Choice(gru=second))


def test_directions_that_differ_in_reset_after(keras: Any, tmp_path: Path) -> None:
    of = keras.layers
    both = of.Bidirectional(
        of.GRU(UNITS), backward_layer=of.GRU(UNITS, reset_after=False, go_backwards=True)
    )
    network = keras.Sequential([of.Input((None, WIDTH)), both])
    network.save_weights(tmp_path / "model.weights.h5")
    assert refusal(tmp_path / "model.weights.h5") == (
        "the two directions of a GRU differ in reset_after; train them with the same."
    )


def test_grus_with_the_names_of_attributes(keras: Any, tmp_path: Path) -> None:
    """The file has them by the alphabet: which reads which it does not say."""
    of = keras.layers

    class Net(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.embedding, self.scores = of.Embedding(7, UNITS), of.Dense(7)
            self.zeta, self.alpha = (of.GRU(UNITS, return_sequences=True) for _ in range(2))

        def call(self, x: Any) -> Any:
            return self.scores(self.alpha(self.zeta(self.embedding(x))))

    network = Net()
    network(inputs("abc", True))
    path = tmp_path / "model.weights.h5"
    network.save_weights(path)
    for gru in open_file(path).grus():
        model = load_model(path, gru=gru.name)
        assert len(model.layers) == 1
        assert model.source.no_text.startswith("the file does not say if the GRU reads the states")
