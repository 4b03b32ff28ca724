"""What a file from a stranger may not do: run code, take the memory, read outside, hang, crash."""

from __future__ import annotations

import importlib
import os
import pickle
import struct
import subprocess
import tracemalloc
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from grus import Network, Shape
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from safetensors.torch import save

from gru_debugger.core.model import Model
from gru_debugger.errors import ModelError
from gru_debugger.formats import load_model, pytorch
from gru_debugger.formats.pytorch import checkpoint
from gru_debugger.formats.pytorch.inert_pickle import load
from gru_debugger.formats.pytorch.inert_values import StorageRef, TensorRef
from gru_debugger.formats.pytorch.suspects import suspect

NETWORK = Network(Shape(hidden=4, symbols=3))
STATE = NETWORK.state_dict()
DAMAGED = "a PyTorch file that is cut short or damaged"


@pytest.fixture
def little_memory() -> Iterator[None]:
    """The test may not make Python take more than 50 MB."""
    tracemalloc.start()
    yield
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 50 << 20


def archive(pickled: bytes, storages: dict[str, bytes], how: int = zipfile.ZIP_STORED) -> bytes:
    """A file laid out as torch.save does."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", how) as file:
        file.writestr("model/data.pkl", pickled)
        file.writestr("model/byteorder", "little")
        for key, data in storages.items():
            file.writestr(f"model/data/{key}", data)
    return stream.getvalue()


def refusal(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    with pytest.raises(ModelError) as error:
        load_model(path)
    assert "\n" not in str(error.value)
    return str(error.value).removeprefix(f"{path}: ")


# Code -------------------------------------------------------------------------------------------


class Payload:
    """Creates a file when it is unpickled by pickle itself."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.canary),)


@pytest.mark.parametrize("new", [True, False], ids=["zip", "before 1.6"])
@pytest.mark.parametrize("variable", ["", "TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD"])
def test_no_code_of_the_file_runs(
    tmp_path: Path, new: bool, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable or "UNRELATED", "1")
    canary, path = tmp_path / "canary", tmp_path / "model.pt"
    content = {**STATE, "chars": "abc", "extra": Payload(canary)}
    torch.save(content, path, _use_new_zipfile_serialization=new)
    model = load_model(path)
    assert model.vocabulary == ("a", "b", "c")  # what is not code is read all the same
    told = [warning for warning in model.source.warnings if "not run" in warning]
    assert told == ["the file names os.mkdir, which was not run here; pickle, and torch.load with "
                    "weights_only=False, would"]  # fmt: skip
    assert not canary.exists()
    torch.load(path, weights_only=False)
    assert canary.exists(), "the payload would have worked"


class Call:
    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> Any:
        return self.call


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (Call(os.system, "true"), "os.system, which was not run"),
        ({"a": torch.ones(2), "b": Call(os.system, "true")}, "os.system, which was not run"),
        ([Call(eval, "1"), Call(exec, "1")], "builtins.eval, builtins.exec, which were not run"),
        (Call(subprocess.check_output, "true"), "subprocess.check_output, which was not run"),
        (Call(importlib.import_module, "os"), "importlib.import_module, which was not run"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("new", [True, False], ids=["zip", "before 1.6"])
def test_what_would_have_run_is_named(
    content: Any, named: str, new: bool, tmp_path: Path
) -> None:
    path = tmp_path / "model.pt"
    torch.save(content, path, _use_new_zipfile_serialization=new)
    with pytest.raises(ModelError, match="no GRU inside") as told:
        load_model(path)
    assert f", and it names {named}. Choose" in str(told.value)


def test_names_that_lead_further_and_names_that_models_have() -> None:
    assert suspect("torch.storage", "os.system") == "torch.storage.os.system"
    assert suspect("nt", "system") == "os.system"
    assert suspect("os", "a\x1b[31m") == "os.a·[31m"
    for harmless in ("torch._utils._rebuild_tensor_v2", "collections.OrderedDict", "builtins.set",
                     "__main__.Model", "torch.nn.modules.rnn.GRU", "builtins.getattr",
                     "pathlib.PosixPath", "numpy.dtype", "argparse.Namespace"):  # fmt: skip
        assert suspect(*harmless.rsplit(".", 1)) is None


def test_a_plain_pickle_is_not_opened(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    for protocol in (2, 3, 4, 5):
        message = refusal(tmp_path / "model.pt", pickle.dumps(Payload(canary), protocol))
        assert message == (
            "a pickle that torch.save did not write; it may run code and is not opened. Save its "
            "arrays with numpy.savez, or a PyTorch model's state_dict with torch.save."
        )
    assert not canary.exists()


def test_a_pickled_vocabulary_beside_it_is_not_opened(tmp_path: Path) -> None:
    canary, path = tmp_path / "canary", tmp_path / "model.pt"
    (tmp_path / "model.vocab.json").write_bytes(pickle.dumps(Payload(canary)))
    torch.save(STATE, path)
    with pytest.raises(ModelError, match="a pickle may run code and is not opened"):
        load_model(path)
    assert not canary.exists()


# Bounds -----------------------------------------------------------------------------------------

KEY = StorageRef("0", "float32", 10)
STORAGE = {"0": np.arange(10, dtype=np.float32).tobytes()}

OUT_OF_BOUNDS = {
    "stride 0, a thousand million elements": TensorRef(KEY, 0, (10**9,), (0,)),
    "stride 0, huge rows": TensorRef(KEY, 0, (10**6, 10**6), (0, 0)),
    "one too many": TensorRef(KEY, 0, (11,), (1,)),
    "offset": TensorRef(KEY, 8, (3,), (1,)),
    "offset alone": TensorRef(KEY, 10, (), ()),
    "stride": TensorRef(KEY, 0, (2, 2), (9, 1)),
    "declared more than there is": TensorRef(StorageRef("0", "float32", 11), 0, (1,), (1,)),
    "64 bits": TensorRef(KEY, 2**63, (1,), (1,)),
    "size 64 bits": TensorRef(KEY, 0, (2**64,), (1,)),
}


@pytest.mark.parametrize("case", OUT_OF_BOUNDS)
def test_a_tensor_beyond_its_storage(case: str, little_memory: None) -> None:
    with pytest.raises(ValueError, match=r"^a tensor reaches beyond its storage$"):
        checkpoint.tensor(OUT_OF_BOUNDS[case], STORAGE)


@given(st.integers(0, 12), st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=3))
def test_every_tensor_is_torchs_or_refused(offset: int, sizes: list[tuple[int, int]]) -> None:
    ref = TensorRef(KEY, offset, tuple(n for n, _ in sizes), tuple(s for _, s in sizes))
    storage = torch.arange(10.0)
    try:
        expected = torch.as_strided(storage, ref.size, ref.stride, ref.offset).numpy()
    except RuntimeError:
        expected = None
    try:
        found = checkpoint.tensor(ref, STORAGE)
    except ValueError:  # more than the storage holds is refused, if torch would or not
        assert expected is None or expected.size > 10
        return
    assert expected is not None
    assert np.array_equal(found, expected)


class Rebuild:
    """Pickles as a call of torch's tensor builder with numbers of our choosing."""

    def __init__(self, *numbers: Any) -> None:
        self.numbers = numbers

    def __reduce__(self) -> Any:
        return torch._utils._rebuild_tensor_v2, self.numbers


class Pickler(pickle.Pickler):
    def persistent_id(self, value: Any) -> Any:
        return value[1:] if isinstance(value, tuple) and value[:1] == ("pid",) else None


def pickled(content: Any) -> bytes:
    stream = BytesIO()
    Pickler(stream, 2).dump(content)
    return stream.getvalue()


HERE = ("pid", "storage", torch.FloatStorage, "0", "cpu", 10)

NOT_WHOLE = "a tensor's size, stride or offset is not a whole number"
NUMBERS: dict[str, tuple[tuple[Any, ...], str]] = {
    "negative stride": ((HERE, 9, (10,), (-1,)), NOT_WHOLE),
    "negative offset": ((HERE, -1, (1,), (1,)), NOT_WHOLE),
    "negative size": ((HERE, 0, (-1,), (1,)), NOT_WHOLE),
    "a fraction": ((HERE, 0.5, (1,), (1,)), NOT_WHOLE),
    "more sizes than strides": ((HERE, 0, (1, 1), (1,)), "a tensor without storage"),
    "no storage": (("0", 0, (1,), (1,)), "a tensor without storage"),
    "a storage that is not there": (
        (("pid", "storage", torch.FloatStorage, "7", "cpu", 10), 0, (1,), (1,)), "'7'",
    ),
    "a negative storage": (
        (("pid", "storage", torch.FloatStorage, "0", "cpu", -1), 0, (1,), (1,)),
        NOT_WHOLE,
    ),
    "no such reference": ((("pid", "file", "/etc/hostname", "0"), 0, (1,), (1,)), "a reference to"),
    "stride 0": ((HERE, 0, (10**9,), (0,)), "a tensor reaches beyond its storage"),
}  # fmt: skip


@pytest.mark.parametrize("case", NUMBERS)
def test_numbers_in_a_file(tmp_path: Path, case: str) -> None:
    numbers, words = NUMBERS[case]
    data = archive(pickled({"w": Rebuild(*numbers, False, {})}), STORAGE)
    assert refusal(tmp_path / "model.pt", data).startswith(f"{DAMAGED} ({words}")


def test_the_numbers_of_a_good_file_are_taken(tmp_path: Path) -> None:
    data = archive(pickled({"w": Rebuild(HERE, 2, (2, 3), (3, 1), False, {})}), STORAGE)
    (array,) = pytorch.read(data, tmp_path).tensors.values()
    assert array.tolist() == [[2, 3, 4], [5, 6, 7]]


def test_safetensors_header_that_lies(tmp_path: Path) -> None:
    good = save(STATE)
    bad = {
        "longer than the file": struct.pack("<Q", 99_000_000) + good[8:],
        "offsets": good.replace(b'"data_offsets":[0,', b'"data_offsets":[9,'),
        "shape": good.replace(b'"shape":[12,4]', b'"shape":[99,4]'),
        "not JSON": good[:9] + b"}" + good[10:],
    }
    for case, data in bad.items():
        assert data != good, case
        message = refusal(tmp_path / "model.safetensors", data)
        assert message.startswith("a safetensors file that is cut short or damaged ("), case


# Memory -----------------------------------------------------------------------------------------


def test_zip_bomb(tmp_path: Path, little_memory: None) -> None:
    data = archive(pickled({}), {"0": bytes(40 << 20)}, zipfile.ZIP_DEFLATED)
    assert len(data) < 100_000
    path = tmp_path / "model.pt"
    tracemalloc.reset_peak()
    message = refusal(path, data)
    assert tracemalloc.get_traced_memory()[1] < 5 << 20
    assert message == (f"{DAMAGED} (it unpacks to far more than it holds); copy or save it again.")


def test_many_tensors_of_one_storage(tmp_path: Path, little_memory: None) -> None:
    """A small file whose tensors, each within bounds, are a thousand times as large together."""
    here = ("pid", "storage", torch.FloatStorage, "0", "cpu", 50_000)
    tensors = {f"w{i}": Rebuild(here, 0, (50_000,), (1,), False, {}) for i in range(1000)}
    message = refusal(tmp_path / "model.pt", archive(pickled(tensors), {"0": bytes(200_000)}))
    assert message.startswith(f"{DAMAGED} (its tensors together are far larger than the file)")


PICKLES = {
    # name: the pickle, and what is said of it
    "bytearray that declares 2⁶³ bytes": (
        b"\x80\x05\x96" + b"\xff" * 7 + b"\x7f.", "expected 9223372036854775807 bytes",
    ),
    "string that declares 2⁶³ bytes": (b"\x80\x04\x8d" + b"\xff" * 7 + b"\x7f.", "expected"),
    "extension registry": (b"\x80\x02\x82\x01.", "the pickle uses EXT1"),
    "state of a tensor": (b"\x80\x02(K\x01K\x02t}b.", "it sets the state of an object"),
    "state of a function": (
        b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n}X\x01\0\0\0aK\x01sb.",
        "it sets the state of an object",
    ),
    "state of a class": (b"\x80\x02cmy\nThing\n}b.", "it sets the state of an object"),
    "no stop": (b"\x80\x02}", ""),
    "stop at once": (b"\x80\x02.", ""),
    "memo that is not there": (b"\x80\x02h\x07.", ""),
    "mark that is not there": (b"\x80\x02t.", ""),
    "a name that is no name": (b"\x80\x04K\x01K\x02\x93.", ""),
}  # fmt: skip


@pytest.mark.parametrize("case", PICKLES)
def test_pickle(tmp_path: Path, case: str, little_memory: None) -> None:
    data, words = PICKLES[case]
    assert refusal(tmp_path / "model.pt", archive(data, {})).startswith(f"{DAMAGED} ({words}")


@pytest.mark.parametrize("use", ["key", "item of a set", "argument of OrderedDict", "dict of old"])
def test_a_tuple_that_takes_for_ever_to_hash(use: str) -> None:
    """60 times a tuple of the one before, twice: 2⁶⁰ visits, were it ever hashed."""
    nested = b")" + b"2\x86" * 60
    around = {
        "key": b"}" + nested + b"Ns.",
        "item of a set": b"\x8f(" + nested + b"\x90.",
        "argument of OrderedDict": b"ccollections\nOrderedDict\n](" + nested + b"N\x86e\x85R.",
        "dict of old": b"(" + nested + b"Nd.",
    }
    if use == "item of a set":
        load(BytesIO(b"\x80\x04" + around[use]))
    else:
        with pytest.raises(ValueError, match="a dictionary's key is not a plain value"):
            load(BytesIO(b"\x80\x04" + around[use]))


def test_deep_and_endless_containers(tmp_path: Path) -> None:
    deep = b"\x80\x02" + b"]" * 100_000 + b"a" * 99_999 + b"."
    assert "no GRU inside" in refusal(tmp_path / "model.pt", archive(deep, {}))
    itself: dict[str, Any] = {}
    itself["itself"] = itself
    assert "no GRU inside" in refusal(tmp_path / "model.pt", archive(pickled(itself), {}))


def test_too_many_objects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint, "_VISITS", 1000)
    wide = {f"k{i}": {"a": {}} for i in range(600)}
    message = refusal(tmp_path / "model.pt", archive(pickled(wide), {}))
    assert message.startswith(f"{DAMAGED} (it holds too many objects)")


def test_too_long_a_pickle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gru_debugger.formats.pytorch.inert_pickle._LONGEST", 1000)
    message = refusal(tmp_path / "model.pt", archive(b"\x80\x02" + b"N0" * 1000 + b"N.", {}))
    assert message.startswith(f"{DAMAGED} (the pickle is too long)")


# Anything at all --------------------------------------------------------------------------------


def _saved(new: bool) -> bytes:
    stream = BytesIO()
    content = {"state_dict": STATE, "chars": "abc", "args": Shape()}
    torch.save(content, stream, _use_new_zipfile_serialization=new)
    return stream.getvalue()


GOOD = {"zip": _saved(True), "before 1.6": _saved(False),
        "safetensors": save(STATE, {"vocabulary": '["a", "b", "c"]'})}  # fmt: skip

EDITS = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=4)), max_size=4)


@pytest.mark.parametrize("kind", GOOD)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=EDITS)
@example(edits=[])
def test_an_edited_file_opens_or_is_refused(
    tmp_path: Path, kind: str, edits: list[tuple[float, bytes]]
) -> None:
    """A few bytes changed anywhere: a model or one line, and no other exception or warning."""
    data = bytearray(GOOD[kind])
    for place, replacement in edits:
        at = int(place * len(data))
        data[at : at + len(replacement)] = replacement
    path = tmp_path / "model.pt"
    path.write_bytes(data)
    answer: Model | str
    try:
        answer = load_model(path)
    except ModelError as error:
        answer = str(error)
    assert isinstance(answer, Model) or (edits and "\n" not in answer)
