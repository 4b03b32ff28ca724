"""numpy's .npz in the shapes people save; torch's own run is the oracle, numpy the writer."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from grus import SHAPES, Network, Shape, distance
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from telling import told

from gru_debugger.core.model import Model
from gru_debugger.core.trace import trace
from gru_debugger.errors import ModelError
from gru_debugger.formats import load_model

SHAPE = Shape(hidden=4, symbols=5, embedding=3)
NETWORK = Network(SHAPE)
SHORT = {
    "weight_ih_l0": "w_ih", "weight_hh_l0": "w_hh", "bias_ih_l0": "b_ih", "bias_hh_l0": "b_hh",
}  # fmt: skip


def arrays(network: Network) -> dict[str, Any]:
    return {name: w.numpy() for name, w in network.state_dict().items()}


def short(network: Network, prefix: str = "enc") -> dict[str, Any]:
    """enc_w_ih, …, enc_emb, fc_w, fc_b."""
    names = {
        "embedding.weight": f"{prefix}_emb", "fc.weight": "fc_w", "fc.bias": "fc_b",
        **{f"gru.{long}": f"{prefix}_{ours}" for long, ours in SHORT.items()},
    }  # fmt: skip
    return {names[name]: array for name, array in arrays(network).items()}


def save(path: Path, content: dict[str, Any], compressed: bool = False) -> Path:
    (np.savez_compressed if compressed else np.savez)(path, **content)
    return path


def assert_runs_like(network: Network, model: Model) -> None:
    """200 steps of the file's model beside torch's."""
    text = network.shape.text(200)
    ours = trace(model, text)
    h, _ = network.gru(network.inputs(text))
    assert distance(ours.column("h_l0"), h[:, : network.shape.hidden]) <= 1e-6
    assert distance(ours.column("logits"), network(text)) <= 2e-6


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shape=SHAPES.filter(lambda s: s.layers == 1), compressed=st.booleans())
def test_pytorchs_names(tmp_path: Path, shape: Shape, compressed: bool) -> None:
    network = Network(shape)
    path = save(tmp_path / "model.npz", arrays(network), compressed)
    model = load_model(path, shape.vocabulary)
    assert model.info()["framework"] == "numpy npz"
    assert model.bias == shape.bias
    assert_runs_like(network, model)


@pytest.mark.parametrize("prefix", ["enc", "a.b", "net/gru", "my_own_gru"])
def test_short_names_and_any_prefix(tmp_path: Path, prefix: str) -> None:
    path = save(tmp_path / "model.npz", short(NETWORK, prefix))
    assert_runs_like(NETWORK, load_model(path, "abcde"))
    assert_runs_like(NETWORK, load_model(path, "abcde", gru=prefix))


def test_capitals_and_no_prefix(tmp_path: Path) -> None:
    names = {"enc_w_ih": "W_ih", "enc_w_hh": "W_hh", "enc_b_ih": "b_ih", "enc_b_hh": "b_hh",
             "enc_emb": "emb"}  # fmt: skip
    content = {names.get(name, name): a for name, a in short(NETWORK).items()}
    assert_runs_like(NETWORK, load_model(save(tmp_path / "model.npz", content), "abcde"))


def test_layers_and_directions_under_short_names(tmp_path: Path) -> None:
    network = Network(Shape(layers=2, directions=2))
    content = {
        name.replace("gru.weight_", "rnn_w_").replace("gru.bias_", "rnn_b_"): array
        for name, array in arrays(network).items()
    }
    assert "rnn_w_hh_l1_reverse" in content
    model = load_model(save(tmp_path / "model.npz", content), "abcdef")
    assert (len(model.layers), model.directions) == (2, 2)
    text = network.shape.text(200)
    assert distance(trace(model, text).column("logits"), network(text)) <= 2e-6


def test_a_word_that_ends_like_a_weight_is_none(tmp_path: Path) -> None:
    path = save(tmp_path / "model.npz", {"saw_hh": np.ones((12, 4)), "crab_ih": np.ones(12)})
    with pytest.raises(ModelError, match="no GRU inside"):
        load_model(path)


# Several GRUs and the vocabulary ---------------------------------------------------------------


@pytest.fixture
def encoder_and_decoder(tmp_path: Path) -> Path:
    """As a lesson on translation saves them: each its embedding, the decoder an output layer."""
    encoder = Network(Shape(hidden=4, symbols=6, embedding=3, seed=1))
    content = short(encoder) | short(NETWORK, "dec")
    assert content["fc_w"].shape == (5, 4)
    vocabularies = {"enc_vocab": np.array(list("uvwxyz")), "dec_vocab": np.array(list("abcde"))}
    return save(tmp_path / "translation.npz", {**content, **vocabularies})


def test_one_is_chosen_by_name(encoder_and_decoder: Path) -> None:
    with pytest.raises(ModelError) as error:
        load_model(encoder_and_decoder)
    assert str(error.value).endswith(": 2 GRUs are inside (enc, dec); choose one with --gru NAME.")
    with pytest.raises(ModelError, match=r"no GRU called “gru”; its GRUs are enc, dec\.$"):
        load_model(encoder_and_decoder, gru="gru")


def test_each_has_its_own_embedding_and_vocabulary(encoder_and_decoder: Path) -> None:
    decoder = load_model(encoder_and_decoder, gru="dec")
    assert decoder.vocabulary == tuple("abcde")
    assert_runs_like(NETWORK, decoder)
    encoder = load_model(encoder_and_decoder, gru="enc")
    assert encoder.vocabulary == tuple("uvwxyz")
    assert encoder.symbols == 6


@pytest.mark.parametrize("name", ["vocab", "chars", "vocabulary"])
@pytest.mark.parametrize(
    "value",
    [np.array(list("abcde")), np.array("abcde"), np.array(list("abcde"), ">U3")],
    ids=["array", "string", "big-endian"],
)
def test_the_vocabulary_inside(tmp_path: Path, name: str, value: Any) -> None:
    path = save(tmp_path / "model.npz", {**arrays(NETWORK), name: value})
    assert load_model(path).vocabulary == tuple("abcde")


def test_reset_as_a_string(tmp_path: Path) -> None:
    path = save(tmp_path / "model.npz", {**arrays(NETWORK), "reset": "before"})
    assert load_model(path).reset == "before"


@pytest.mark.parametrize("kind", ["<f2", "<f8", ">f4", ">f8"])
def test_precisions_and_byte_orders(tmp_path: Path, kind: str) -> None:
    content = {name: a.astype(kind) for name, a in arrays(NETWORK).items()}
    model = load_model(save(tmp_path / "model.npz", content), "abcde")
    assert model.source.dtype == np.dtype(kind).name
    assert bool(told(model)) == (model.source.dtype != "float32")
    network = Network(SHAPE)
    network.load_state_dict({k: torch.tensor(a.astype("<f4")) for k, a in content.items()})
    assert_runs_like(network, model)


def test_arrays_stored_by_columns(tmp_path: Path) -> None:
    content = {name: np.asfortranarray(a) for name, a in arrays(NETWORK).items()}
    assert_runs_like(NETWORK, load_model(save(tmp_path / "model.npz", content), "abcde"))


# What can't be used ----------------------------------------------------------------------------


def npy(
    shape: tuple[int, ...] = (12, 3), descr: Any = "<f4", data: bytes = bytes(144), version: int = 1
) -> bytes:
    """An array with a header of our choosing."""
    header = repr({"descr": descr, "fortran_order": False, "shape": shape}).encode() + b"\n"
    size = struct.pack("<H" if version == 1 else "<I", len(header))
    return b"\x93NUMPY" + bytes([version, 0]) + size + header + data


def zipped(content: dict[str, bytes], how: int = zipfile.ZIP_STORED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", how) as file:
        for name, data in content.items():
            file.writestr(f"{name}.npy", data)
    return stream.getvalue()


def whole(**more: Any) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, **arrays(NETWORK), **more)
    return stream.getvalue()


def lying_bomb() -> bytes:
    """40 MB in 40 KB, said to be 144 bytes."""
    data = bytearray(zipped({"w_ih": bytes(40 << 20)}, zipfile.ZIP_DEFLATED))
    size = struct.pack("<I", 40 << 20)
    while size in data:
        data[(at := data.index(size)) : at + 4] = struct.pack("<I", 144)
    return bytes(data)


OBJECTS = ("is an array of objects, which may run code and is not opened; save it as numbers or as "
           "an array of strings (dtype str).")  # fmt: skip
DAMAGED = "a numpy .npz file that is cut short or damaged"
COPY = "; copy or save it again."
SIZE = f"{DAMAGED} (an array is not as large as declared){COPY}"

TABLE: dict[str, tuple[bytes, str]] = {
    "vocabulary of objects": (
        whole(vocab=np.array([*"abcde"], object)), f"“vocab” {OBJECTS}",
    ),
    "weights of objects": (
        whole(w_ih=np.array([[1.0, "a"]], object)), f"“w_ih” {OBJECTS}",
    ),
    "objects in a record": (zipped({"a": npy((1,), [("x", "|O")], b"x")}), f"“a” {OBJECTS}"),
    "4 TB declared": (zipped({"w_ih": npy((10**6, 10**6))}), SIZE),
    "2⁶⁴ elements declared": (zipped({"w_ih": npy((2**64,))}), SIZE),
    "negative size": (zipped({"w_ih": npy((-12, -3))}), SIZE),
    "too few numbers": (zipped({"w_ih": npy(data=bytes(140))}), SIZE),
    "too many numbers": (zipped({"w_ih": npy(data=bytes(148))}), SIZE),
    "many empty strings": (
        zipped({"chars": npy((10**12,), "<U0", b"")}),
        "no GRU inside (no weight_ih and weight_hh); its tensors are none. Choose a checkpoint "
        "of a GRU.",
    ),
    "an unknown version": (
        zipped({"w_ih": npy(version=3)}),
        f"{DAMAGED} (an array of a version that holds no plain numbers){COPY}",
    ),
    "bomb": (
        zipped({"w_ih": npy((20 << 20,), data=bytes(80 << 20))}, zipfile.ZIP_DEFLATED),
        f"{DAMAGED} (it unpacks to far more than it holds){COPY}",
    ),
    "bomb that lies": (lying_bomb(), f"{DAMAGED} (Bad CRC-32 for file 'w_ih.npy'){COPY}"),
    "another compression": (
        zipped({"w_ih": npy()}, zipfile.ZIP_LZMA),
        f"{DAMAGED} (it is compressed in another way than deflate){COPY}",
    ),
    "no array inside": (
        zipped({"w_ih": b"hello"}),
        f"{DAMAGED} (EOF: reading magic string, expected 8 bytes got 5){COPY}",
    ),
    "LSTM": (
        zipped({"w_ih": npy((16, 3), data=bytes(192)), "w_hh": npy((16, 4), data=bytes(256))}),
        "an LSTM (four gates), not a GRU: w_hh is 16 × 4. This program opens GRUs.",
    ),
    "unnamed arrays": (
        zipped({"arr_0": npy()}),
        "no GRU inside (no weight_ih and weight_hh); its tensors are arr_0. Choose a checkpoint "
        "of a GRU.",
    ),
}  # fmt: skip


def refusal(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    with pytest.raises(ModelError) as error:
        load_model(path)
    assert "\n" not in str(error.value)
    return str(error.value).removeprefix(f"{path}: ")


@pytest.mark.parametrize("case", TABLE)
def test_bad_file(tmp_path: Path, case: str) -> None:
    data, message = TABLE[case]
    tracemalloc.start()
    try:
        assert refusal(tmp_path / "model.npz", data) == message
        assert tracemalloc.get_traced_memory()[1] < 20 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("part", [0.05, 0.2, 0.5, 0.8, 0.97, 0.999])
@pytest.mark.parametrize("compressed", [False, True])
def test_cut_short(tmp_path: Path, part: float, compressed: bool) -> None:
    data = save(tmp_path / "model.npz", arrays(NETWORK), compressed).read_bytes()
    message = refusal(tmp_path / "cut.npz", data[: int(len(data) * part)])
    assert message.startswith(f"{DAMAGED} (")
    assert message.endswith(f"){COPY}")


EDITS = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=4)), max_size=4)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=EDITS)
@example(edits=[])
def test_an_edited_file_opens_or_is_refused(
    tmp_path: Path, edits: list[tuple[float, bytes]]
) -> None:
    data = bytearray(whole(vocab=np.array(list("abcde"))))
    for place, replacement in edits:
        at = int(place * len(data))
        data[at : at + len(replacement)] = replacement
    path = tmp_path / "model.npz"
    path.write_bytes(data)
    answer: Model | str
    try:
        answer = load_model(path)
    except ModelError as error:
        answer = str(error)
    assert isinstance(answer, Model) or (edits and "\n" not in answer)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(header=st.binary(max_size=40), place=st.integers(0, 60))
@example(header=b"\x11", place=59)
def test_an_edited_header_opens_or_is_refused(tmp_path: Path, header: bytes, place: int) -> None:
    """The same inside the archive, whose checksums would hide it."""
    array = bytearray(npy((12,), "<U3"))
    array[10 + place : 10 + place + len(header)] = header
    path = tmp_path / "model.npz"
    path.write_bytes(zipped({"vocab": bytes(array)}))
    with pytest.raises(ModelError):
        load_model(path)
