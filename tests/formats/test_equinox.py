"""Equinox' files: which arrays are the GRU, and what is damaged or hostile; that good ones are read
right is tested in test_conventions.py, against states that Equinox computed."""

from __future__ import annotations

import io
import json
import struct
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from grus import distance
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gru_debugger.core.model import Model
from gru_debugger.errors import ModelError, VocabularyError
from gru_debugger.formats import equinox, load_model
from gru_debugger.formats.unclaimed import what_is

FILES = Path(__file__).parent / "files"
GOOD = (FILES / "equinox.eqx").read_bytes()
TRAINED = (FILES / "equinox_stack.eqx").read_bytes()  # without JSON, with an optimizer behind it
DAMAGED = "an Equinox file that is cut short or damaged"
COPY = "; copy or save it again."
SEVERAL = ("an Equinox file has no names, and by its shapes this one's GRU could begin at more "
           "than one place; save the arrays with their names, with numpy.savez.")  # fmt: skip
RANDOM = np.random.default_rng(9)


def leaf(*shape: int) -> Any:
    return RANDOM.normal(0, 1, shape).astype(np.float32)


def stream(*leaves: Any, line: bytes = b"") -> bytes:
    """As eqx.tree_serialise_leaves writes them: numpy.save after numpy.save."""
    file = io.BytesIO()
    file.write(line)
    for array in leaves:
        np.save(file, array)
    return file.getvalue()


def cell(width: int, hidden: int = 4, bias: bool = True) -> list[Any]:
    matrices = [leaf(3 * hidden, width), leaf(3 * hidden, hidden)]
    return [*matrices, leaf(3 * hidden), leaf(hidden)] if bias else matrices


def linear(width: int, symbols: int = 7) -> list[Any]:
    return [leaf(symbols, width), leaf(symbols)]


def test_the_vocabulary_of_the_hyperparameters() -> None:
    assert GOOD.startswith(b'{"hidden_size": 4, "vocab": "abcdefg"}\n\x93NUMPY')
    assert load_model(FILES / "equinox.eqx").vocabulary == tuple("abcdefg")


def test_the_optimizer_is_passed_over() -> None:
    leaves = TRAINED.count(b"\x93NUMPY")
    assert leaves == 3 * 10 + 1
    assert len(load_model(FILES / "equinox_stack.eqx").layers) == 2


def test_it_says_that_the_names_are_not_the_files() -> None:
    warnings = load_model(FILES / "equinox.eqx").source.warnings
    assert (
        "the file holds no names: they are given here, by the arrays' shapes and order" in warnings
    )


# Which arrays are what -------------------------------------------------------------------------

EMBEDDING = leaf(7, 3)
CELL, UPPER = cell(3), cell(4)
LINEAR = linear(4)

ORDERS: dict[str, list[Any]] = {
    "as it runs": [EMBEDDING, *CELL, *LINEAR],
    "cell first": [*CELL, EMBEDDING, *LINEAR],
    "linear first": [*LINEAR, *CELL, EMBEDDING],
    "cell last": [*LINEAR, EMBEDDING, *CELL],
    "beside other numbers": [np.int32(3), EMBEDDING, leaf(5), *CELL, leaf(2, 2, 2), *LINEAR],
}  # fmt: skip


@pytest.mark.parametrize("order", ORDERS)
def test_in_any_order(tmp_path: Path, order: str) -> None:
    model = opened(tmp_path, stream(*ORDERS[order]))
    assert distance(model.cell().weight_ih, CELL[0]) == 0
    assert distance(model.cell().weight_hh, CELL[1]) == 0
    assert distance(model.cell().bias_ih, CELL[2]) == 0
    assert distance(model.cell().bias_hh[8:], CELL[3]) == 0
    assert not model.cell().bias_hh[:8].any()
    assert model.embedding is not None
    assert model.output is not None
    assert distance(model.embedding, EMBEDDING) == 0
    assert distance(model.output.weight, LINEAR[0]) == 0
    assert distance(model.output.bias, LINEAR[1]) == 0


def test_layers_stand_one_after_the_other(tmp_path: Path) -> None:
    model = opened(tmp_path, stream(EMBEDDING, *CELL, *UPPER, *LINEAR))
    assert len(model.layers) == 2
    assert distance(model.layers[1][0].weight_ih, UPPER[0]) == 0


def test_two_directions(tmp_path: Path) -> None:
    other = cell(3)
    model = opened(tmp_path, stream(EMBEDDING, *CELL, *other, *linear(8)))
    assert (len(model.layers), model.directions) == (1, 2)
    assert distance(model.layers[0][1].weight_ih, other[0]) == 0


def test_two_grus_with_something_between(tmp_path: Path) -> None:
    data = stream(*CELL, *LINEAR, *UPPER)
    with pytest.raises(ModelError, match=r"2 GRUs are inside \(gru\.cells\.0, gru2\.cells\.0\)"):
        opened(tmp_path, data)
    model = load_model(tmp_path / "model.eqx", gru="gru2.cells.0")
    assert distance(model.cell().weight_ih, UPPER[0]) == 0


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_without_biases(tmp_path: Path, layers: int) -> None:
    cells = [cell(3 if not i else 4, bias=False) for i in range(layers)]
    leaves = [array for one in cells for array in one]
    model = opened(tmp_path, stream(EMBEDDING, *leaves, *LINEAR))
    assert not model.bias
    assert len(model.layers) == layers
    for row, one in zip(model.layers, cells, strict=True):
        assert distance(row[0].weight_hh, one[1]) == 0


def test_an_embedding_that_looks_like_a_weight(tmp_path: Path) -> None:
    """12 symbols of 4 numbers before matrices of 12 × 4: biases tell, without them nothing does."""
    model = opened(tmp_path, stream(leaf(12, 4), *UPPER, *linear(4, 12)), "abcdefghijkl")
    assert distance(model.cell().weight_ih, UPPER[0]) == 0
    bare = stream(leaf(12, 4), *cell(4, bias=False), *linear(4, 12))
    assert refusal(tmp_path, bare) == SEVERAL


@pytest.mark.parametrize("kind", ["<f2", "<f8", "bfloat16"])
def test_precisions(tmp_path: Path, kind: str) -> None:
    leaves = [EMBEDDING, *CELL, *LINEAR]
    if kind == "bfloat16":  # numpy calls it V2
        stored = [(a.view(np.uint32) >> 16).astype(np.uint16).view("V2") for a in leaves]
        expected = ((CELL[0].view(np.uint32) >> 16) << 16).view(np.float32)
    else:
        stored = [a.astype(kind) for a in leaves]
        expected = stored[1].astype(np.float32)
    model = opened(tmp_path, stream(*stored))
    assert model.source.dtype == (kind if kind == "bfloat16" else np.dtype(kind).name)
    assert distance(model.cell().weight_ih, expected) == 0


# What can't be used ----------------------------------------------------------------------------


def lying(shape: tuple[int, ...], descr: Any = "<f4", data: bytes = bytes(192)) -> bytes:
    header = repr({"descr": descr, "fortran_order": False, "shape": shape}).encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data


SIZE = f"{DAMAGED} (an array is not as large as declared){COPY}"
BEGINNING = stream(EMBEDDING)

TABLE: dict[str, tuple[bytes, str]] = {
    "4 TB declared": (BEGINNING + lying((10**6, 10**6)), SIZE),
    "2⁶⁴ elements declared": (BEGINNING + lying((2**64,)), SIZE),
    "a negative size": (BEGINNING + lying((-12, -4)), SIZE),
    "too few numbers": (BEGINNING + lying((12, 4), data=bytes(191)), SIZE),
    "too many numbers": (BEGINNING + lying((12, 4), data=bytes(193)), DAMAGED),
    "objects": (
        BEGINNING + lying((1,), "|O"),
        "“array 1” is an array of objects, which may run code and is not opened; save it as "
        "numbers or as an array of strings (dtype str).",
    ),
    "10,000 brackets for a type": (BEGINNING + lying((1,), "[" * 10_000), DAMAGED),
    "a header that is code": (
        BEGINNING + b"\x93NUMPY\x01\x00\x10\x00" + b"__import__('os')", DAMAGED,
    ),
    "something else behind it": (stream(EMBEDDING, *CELL) + b"more", DAMAGED),
    "too many arrays": (
        stream(np.zeros(0, "f4")) * 5_001, f"{DAMAGED} (it holds too many arrays){COPY}",
    ),
    "a line that is no JSON": (stream(*CELL, line=b"{nonsense}\n"), DAMAGED),
    "a line nested 10,000 deep": (
        stream(*CELL, line=b'{"a":' + b"[" * 10_000 + b"\n"), DAMAGED,
    ),
    "LSTM": (
        stream(leaf(16, 3), leaf(16, 4), leaf(16)),
        "an LSTM (four gates), not a GRU: gru.cells.0.weight_hh_l0 is 16 × 4. This program opens "
        "GRUs.",
    ),
    "no GRU": (
        stream(*LINEAR, *linear(7)),
        "no GRU inside (no weight_ih and weight_hh); its tensors are linear_0.weight, "
        "linear_0.bias, linear_2.weight, linear_2.bias. Choose a checkpoint of a GRU.",
    ),
    "a single array": (stream(EMBEDDING), what_is(b"\x93NUMPY")),
    "JSON alone": (b'{"a": 1}\n', what_is(b"{")),
}  # fmt: skip


def opened(folder: Path, data: bytes, vocabulary: str | None = "abcdefg") -> Model:
    path = folder / "model.eqx"
    path.write_bytes(data)
    return load_model(path, vocabulary)


def refusal(folder: Path, data: bytes) -> str:
    with pytest.raises(ModelError) as error:
        opened(folder, data, None)
    assert "\n" not in str(error.value)
    return str(error.value).removeprefix(f"{folder / 'model.eqx'}: ")


@pytest.mark.parametrize("case", TABLE)
def test_bad_file(tmp_path: Path, case: str) -> None:
    data, message = TABLE[case]
    tracemalloc.start()
    try:
        assert refusal(tmp_path, data).startswith(message)
        assert tracemalloc.get_traced_memory()[1] < 40 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("data", [GOOD, TRAINED], ids=["with JSON", "without"])
def test_cut_anywhere(tmp_path: Path, data: bytes) -> None:
    """Between two arrays nothing tells that more should follow: then arrays are missing."""
    starts = {i for i in range(len(data)) if data.startswith(b"\x93NUMPY", i)}
    for end in range(1, len(data), 29):
        if end in starts:
            continue
        message = refusal(tmp_path, data[:end])
        assert message.startswith(DAMAGED) or message == what_is(data[:end])


def test_an_optimizer_that_is_cut_short_is_no_second_model(tmp_path: Path) -> None:
    """Cut between arrays: other GRUs appear, and are asked about; nothing is guessed."""
    starts = [i for i in range(len(TRAINED)) if TRAINED.startswith(b"\x93NUMPY", i)]
    assert "GRUs are inside" in refusal(tmp_path, TRAINED[: starts[25]])


@pytest.mark.parametrize("data", [b"", b"\x93NUMPY", b"{", b"{}\n", b'{"a": 1}\n\x93NUMP',
                                  b"PK\x03\x04", b"\x80\x02}", b"[1]\n\x93NUMPY\x01"])  # fmt: skip
def test_it_claims_nothing_else(data: bytes) -> None:
    assert not equinox.claims(data)


def test_a_vocabulary_of_another_size(tmp_path: Path) -> None:
    line = json.dumps({"chars": "abc"}).encode() + b"\n"
    with pytest.raises(VocabularyError, match="3 symbols, but the model needs 7"):
        opened(tmp_path, stream(EMBEDDING, *CELL, *LINEAR, line=line), None)


EDITS = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=4)), min_size=1, max_size=4
)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=EDITS, start=st.sampled_from([GOOD, TRAINED]))
@example(edits=[(0.0, b"{\n")], start=GOOD)
def test_an_edited_file_opens_or_is_refused(
    tmp_path: Path, edits: list[tuple[float, bytes]], start: bytes
) -> None:
    data = bytearray(start)
    for place, replacement in edits:
        at = int(place * len(data))
        data[at : at + len(replacement)] = replacement
    answer: Model | str
    try:
        answer = opened(tmp_path, bytes(data))
    except ModelError as error:
        answer = str(error)
    assert isinstance(answer, Model) or "\n" not in answer


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shapes=st.lists(st.lists(st.sampled_from([0, 1, 3, 4, 12, 16]), max_size=3), max_size=9))
def test_any_shapes_open_or_are_refused(tmp_path: Path, shapes: list[list[int]]) -> None:
    answer: Model | str
    try:
        answer = opened(tmp_path, stream(*(np.zeros(shape, "f4") for shape in shapes)), None)
    except ModelError as error:
        answer = str(error)
    assert isinstance(answer, Model) or "\n" not in answer
