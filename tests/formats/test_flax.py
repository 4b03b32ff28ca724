"""Flax' msgpack files that are damaged or hostile; that good ones are read right is tested in
test_conventions.py, against states that Flax computed."""

from __future__ import annotations

import importlib
import struct
import time
import tracemalloc
from pathlib import Path
from typing import Any

import msgpack
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gru_debugger.core.model import Model
from gru_debugger.errors import ModelError
from gru_debugger.formats import flax, load_model
from gru_debugger.formats.unclaimed import what_is

FILES = Path(__file__).parent / "files"
GOOD = (FILES / "linen.msgpack").read_bytes()
CHUNKED = (FILES / "linen_stack.msgpack").read_bytes()
DAMAGED = "a Flax file that is cut short or damaged"
COPY = "; copy or save it again."


def test_the_vocabulary_inside() -> None:
    model = load_model(FILES / "linen_stack.msgpack")
    assert model.vocabulary == tuple("abcdefg")
    assert b"__msgpack_chunked_array__" in CHUNKED


@pytest.mark.parametrize(
    "vocabulary", [list("abcdefg"), "abcdefg", {c: i for i, c in enumerate("abcdefg")}]
)
def test_a_vocabulary_as_msgpack_serialize_writes_it(tmp_path: Path, vocabulary: Any) -> None:
    path = tmp_path / "model.msgpack"
    path.write_bytes(packed(vocab=vocabulary))
    assert load_model(path).vocabulary == tuple("abcdefg")


@pytest.mark.parametrize("name", ["pytorch", "onnx", "keras", "safetensors", "npz", "equinox"])
def test_it_claims_no_other_format(name: str) -> None:
    others = {
        "pytorch": b"\x80\x02}q\x00.", "onnx": b"\x08\x07\x12\x07pytorch", "npz": b"PK\x03\x04",
        "keras": b"\x89HDF\r\n\x1a\n", "safetensors": b"\x40\0\0\0\0\0\0\0{}",
        "equinox": b"\x93NUMPY\x01\0",
    }  # fmt: skip
    assert not flax.claims(others[name])
    module = importlib.import_module(f"gru_debugger.formats.{name}")
    assert not module.claims(GOOD)
    assert not module.claims(CHUNKED)
    assert flax.claims(GOOD)
    assert flax.claims(CHUNKED)


@pytest.mark.parametrize(
    "data", [b"", b"\x81", b"\x81\xa4", b"\x81\xa4par", b"\x81\xa0", b"\x80", b"\x81\x01\x02",
             b"\x81\xa4\xff\xfe\xfd\xfc", b"\xde\x00", b"\xdf", b"\x81\xd9", b"\x81\xd9\x09par",
             "\x81 latin".encode("latin-1")],
)  # fmt: skip
def test_it_claims_no_other_bytes(data: bytes) -> None:
    assert not flax.claims(data)


def test_without_msgpack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(importlib.sys.modules, "msgpack", None)  # type: ignore[attr-defined]
    assert refusal(tmp_path, GOOD) == (
        "a Flax file, and msgpack, which reads it, is not installed; pip install msgpack."
    )


# Files of our own making -----------------------------------------------------------------------


def array(shape: Any = (12, 4), dtype: Any = "float32", raw: Any = bytes(192)) -> msgpack.ExtType:
    return msgpack.ExtType(1, msgpack.packb((shape, dtype, raw)))


def packed(**more: Any) -> bytes:
    """The good file with more beside its parameters."""
    content = msgpack.unpackb(GOOD, ext_hook=msgpack.ExtType)
    return bytes(msgpack.packb({**content, **more}))


def alone(payload: Any) -> bytes:
    """A file of one leaf; the type of extension is 1."""
    return bytes(msgpack.packb({"w": msgpack.ExtType(1, payload)}))


def deep(levels: int, kind: bytes = b"\x81\xa1a") -> bytes:
    return b"\x81\xa1a" + kind * levels + b"\xc0"


def chunked(shape: Any, chunks: Any) -> bytes:
    value = {"__msgpack_chunked_array__": True, "shape": shape, "chunks": chunks}
    return packed(w=value)


SIZE = f"{DAMAGED} (an array is not as large as declared){COPY}"
DEEP = f"{DAMAGED} (its maps are nested too deep){COPY}"
FOUR = array((4,), raw=bytes(16))

TABLE: dict[str, tuple[bytes, str]] = {
    "maps 10,000 deep": (deep(10_000), DEEP),
    "lists 10,000 deep": (deep(10_000, b"\x91"), DEEP),
    "25 maps": (deep(25), DEEP),
    "a map of 2³² entries": (b"\xdf\xff\xff\xff\xff\xa1a\xc0", DAMAGED),
    "a list of 2³² entries": (b"\x81\xa1a\xdd\xff\xff\xff\xff", DAMAGED),
    "text of 4 GB": (b"\x81\xa1a\xdb\xff\xff\xff\xff", DAMAGED),
    "bytes of 4 GB": (b"\x81\xa1a\xc6\xff\xff\xff\xff", DAMAGED),
    "an array of 4 GB": (b"\x81\xa1a\xc9\xff\xff\xff\xff\x01", DAMAGED),
    "many small objects": (
        b"\x81\xa1a\xdd\x00\x10\x00\x00" + b"\xc0" * (1 << 20),
        f"{DAMAGED} (it holds too many objects){COPY}",
    ),
    "a key that is a map": (
        b"\x82\xa1a\xc0\x81\xa1b\xc0\xc0", f"{DAMAGED} (a map or list where none can be){COPY}",
    ),
    "a key that is a number": (
        b"\x82\xa1a\xc0\x07\xc0", f"{DAMAGED} (a key that is no word){COPY}",
    ),
    "a key of 129 letters": (
        bytes(msgpack.packb({"a": 1, "b" * 129: 2})), f"{DAMAGED} (a key that is no word){COPY}",
    ),
    "text that is not UTF-8": (b"\x81\xa1a\xa2\xff\xfe", DAMAGED),
    "a byte that begins nothing": (b"\x81\xa1a\xc1", DAMAGED),
    "more behind the end": (GOOD + b"\xc0", f"{DAMAGED} (there is more behind its end){COPY}"),
    "4 TB declared": (packed(w=array((10**6, 10**6))), SIZE),
    "2⁶³ elements declared": (packed(w=array((2**63,))), SIZE),
    "too few numbers": (packed(w=array(raw=bytes(191))), SIZE),
    "too many numbers": (packed(w=array(raw=bytes(196))), SIZE),
    "a negative size": (packed(w=array((-12, -4))), SIZE),
    "half a size": (packed(w=array((12, 4.0))), SIZE),
    "sizes that are true": (packed(w=array((True, True), raw=bytes(4))), SIZE),
    "33 axes": (packed(w=array((1,) * 33, raw=bytes(4))), SIZE),
    "a text for numbers": (packed(w=array((2,), "uint8", "ab")), SIZE),
    "objects": (
        packed(w=array(dtype="object")),
        f"{DAMAGED} (an array of 'object', which is no type of number){COPY}",
    ),
    "a structure": (
        packed(w=array(dtype="V2")),
        f"{DAMAGED} (an array of 'V2', which is no type of number){COPY}",
    ),
    "a type of many commas": (
        packed(w=array(dtype="f4," * 10_000)),
        f"{DAMAGED} (an array of '{('f4,' * 11)[:32]}', which is no type of number){COPY}",
    ),
    "a type that is a number": (
        packed(w=array(dtype=7)),
        f"{DAMAGED} (an array of '7', which is no type of number){COPY}",
    ),
    "an empty array of bytes": (alone(b""), DAMAGED),
    "a map for an array": (alone(b"\x81\xa1a\xc0"), DAMAGED),
    "four parts": (
        alone(msgpack.packb((1, 2, 3, 4))),
        f"{DAMAGED} (an array without shape, type and numbers){COPY}",
    ),
    "a shape of 2³² axes": (alone(b"\x93\xdd\xff\xff\xff\xff" + b"\x01" * 40), DAMAGED),
    "a shape of lists": (
        alone(b"\x93\x91" + b"\x91" * 10_000),
        f"{DAMAGED} (a map or list where none can be){COPY}",
    ),
    "a type that is a list": (
        alone(b"\x93\x90" + b"\x91" * 10_000),
        f"{DAMAGED} (a map or list where none can be){COPY}",
    ),
    "no chunks": (chunked({"0": 4}, {}), DAMAGED),
    "a chunk that is text": (
        chunked({"0": 4}, {"0": "text"}), f"{DAMAGED} (a chunk that is no array){COPY}",
    ),
    "chunks of another size": (chunked({"0": 5}, {"0": FOUR}), DAMAGED),
    "chunks of a shape to be guessed": (
        chunked({"0": -1}, {"0": FOUR}), f"{DAMAGED} (an array in chunks without a shape){COPY}",
    ),
    "chunks of several axes": (
        chunked({"0": 4}, {"0": FOUR, "1": array()}), DAMAGED,
    ),
    "no array": (
        bytes(msgpack.packb({"params": {"step": 1}})),
        "no GRU inside (no weight_ih and weight_hh); its tensors are none. Choose a checkpoint "
        "of a GRU.",
    ),
}  # fmt: skip


def refusal(folder: Path, data: bytes) -> str:
    path = folder / "model.msgpack"
    path.write_bytes(data)
    with pytest.raises(ModelError) as error:
        load_model(path)
    assert "\n" not in str(error.value)
    return str(error.value).removeprefix(f"{path}: ")


@pytest.mark.parametrize("case", TABLE)
def test_bad_file(tmp_path: Path, case: str) -> None:
    data, message = TABLE[case]
    tracemalloc.start()
    began = time.process_time()
    try:
        assert refusal(tmp_path, data).startswith(message)
        assert tracemalloc.get_traced_memory()[1] < (40 << 20)
        assert time.process_time() - began < 5
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "leaf", [msgpack.ExtType(2, b"\x92\x01\x02"), msgpack.ExtType(77, b"x"), msgpack.Timestamp(1),
             b"bytes", 2.5, None, True, [1, [2]], {}, array((), raw=bytes(4)),
             array((0, 7), raw=b"")],
)  # fmt: skip
def test_what_is_no_weight_is_passed_over(tmp_path: Path, leaf: Any) -> None:
    path = tmp_path / "model.msgpack"
    path.write_bytes(packed(beside=leaf))
    assert load_model(path, "abcdefg").hidden_size == 4


def test_a_great_file_of_small_objects_takes_little_memory(tmp_path: Path) -> None:
    """20 MB of maps that hold maps, which as Python's objects would be 2 GB."""
    small = b"\x81\xa1a\x80" * (5 << 20)
    data = b"\x81\xa1a\xdd" + struct.pack(">I", 5 << 20) + small
    path = tmp_path / "model.msgpack"
    path.write_bytes(data)
    tracemalloc.start()
    try:
        with pytest.raises(ModelError, match="it holds too many objects"):
            load_model(path)
        assert tracemalloc.get_traced_memory()[1] < 150 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("data", [GOOD, CHUNKED], ids=["good", "chunked"])
def test_cut_anywhere(tmp_path: Path, data: bytes) -> None:
    for end in range(1, len(data), 23):
        message = refusal(tmp_path, data[:end])
        assert message.startswith(DAMAGED) or message == what_is(data[:end])


EDITS = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=4)), min_size=1, max_size=4
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=EDITS, start=st.sampled_from([GOOD, CHUNKED]))
@example(edits=[(0.0, b"\xdf\xff\xff\xff")], start=GOOD)
def test_an_edited_file_opens_or_is_refused(
    tmp_path: Path, edits: list[tuple[float, bytes]], start: bytes
) -> None:
    data = bytearray(start)
    for place, replacement in edits:
        at = int(place * len(data))
        data[at : at + len(replacement)] = replacement
    opens_or_is_refused(tmp_path / "model.msgpack", bytes(data))


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rest=st.binary(max_size=80))
def test_any_bytes_behind_a_key(tmp_path: Path, rest: bytes) -> None:
    opens_or_is_refused(tmp_path / "model.msgpack", b"\x82\xa6params" + rest)


def opens_or_is_refused(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    try:
        answer: Any = load_model(path, "abcdefg")
    except ModelError as error:
        answer = str(error)
    assert isinstance(answer, Model) or "\n" not in answer
