"""TensorFlow's checkpoints; files/make_tensorflow.py wrote them, and what each computes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from grus import assert_close, distance
from tables import entry, header, table
from telling import grades

from gru_debugger import load_model, trace
from gru_debugger.core.model import Model
from gru_debugger.errors import ModelError
from gru_debugger.formats import open_file, sstable
from gru_debugger.formats.child import isolation
from gru_debugger.source import WEIGHTS_ALONE, Choice

FILES = Path(__file__).parent / "files"
FOLDER = FILES / "tensorflow"
STATES = dict(np.load(FOLDER / "states.npz"))
TEXT = str(STATES["text"])
AGAIN = "copy the checkpoint's files into one folder again, under the names they had."
DAMAGED = "a TensorFlow checkpoint that is cut short or damaged ("


def assert_runs_like(model: Model, name: str) -> None:
    """Keras' own run, layer by layer: the embedding, the GRUs, the scores."""
    run = trace(model, TEXT)
    x, *layers, scores = (STATES[f"{name}/{n}"] for n in range(len(model.layers) + 2))
    assert_close(run.column("x"), x, "x")
    for number, theirs in enumerate(layers):
        ways = [f"h_l{number}", f"h_l{number}_reverse"][: model.directions]
        assert_close(np.hstack([run.column(way) for way in ways]), theirs, f"layer {number}")
    assert_close(run.column("logits"), scores, "scores", 2e-6)


@pytest.mark.parametrize(
    ("name", "reset", "first"),
    [("keras3", "after", "lower"), ("keras2", "before", "bidirectional"),
     ("saved", "after", "zlow")],
)  # fmt: skip
def test_a_keras_models_variables(name: str, reset: str, first: str) -> None:
    """Numbered in its optimizer, by its layers, or in a list of all; two layers, two directions."""
    model = load_model(FOLDER / name, vocabulary="abcdefg")
    assert (model.reset, model.source.framework) == (reset, "TensorFlow")
    assert model.source.matched[0].chosen is not None
    assert model.source.matched[0].chosen.name == f"{first}.embedding.weight"
    assert_runs_like(model, name)
    assert [notice.what for notice in model.source.told] == [WEIGHTS_ALONE]
    assert not grades(model)


@pytest.mark.parametrize("end", ["", ".index", ".data-00000-of-00001"])
def test_tensorflow_1(end: str) -> None:
    """By the names that its Saver writes; called by what TensorFlow itself calls it, too."""
    path = FOLDER / "tf1" / "model.ckpt"
    ours = load_model(path.with_name(path.name + end), vocabulary="abcdefg")
    theirs = load_model(FILES / "tf1.npz", vocabulary="abcdefg")
    assert ours.reset == "before"
    assert np.array_equal(trace(ours, TEXT).column("h_l1"), trace(theirs, TEXT).column("h_l1"))
    assert np.array_equal(trace(ours, TEXT).column("logits"), trace(theirs, TEXT).column("logits"))


def test_an_order_that_the_file_does_not_say() -> None:
    """Two GRUs with the names of attributes, either of which may read the other."""
    file = open_file(FOLDER / "objects")
    assert [gru.name for gru in file.grus()] == ["alpha", "zeta"]
    for name, other in (("alpha", "zeta"), ("zeta", "alpha")):
        model = file.model(None, Choice(gru=name))
        assert model.source.no_text == (
            f"the file does not say if the GRU reads the states of “{other}”, which are as wide as "
            "its x"
        )
        below = STATES["objects/0" if name == "zeta" else "objects/1"]
        states = trace(model, below).column("h")
        assert distance(states, STATES["objects/1" if name == "zeta" else "objects/2"]) < 1e-6


def test_the_account_of_all_its_variables() -> None:
    _, account = open_file(FOLDER / "saved").opened("abcdefg")
    verdicts = [tensor.verdict for tensor in account.tensors]
    assert {v: verdicts.count(v) for v in verdicts} == {
        "computed": 9, "copy": 9, "bookkeeping": 2,
    }  # fmt: skip
    _, account = open_file(FOLDER / "keras3").opened("abcdefg")
    verdicts = [tensor.verdict for tensor in account.tensors]
    assert {v: verdicts.count(v) for v in verdicts} == {
        "computed": 9, "optimizer": 20, "bookkeeping": 1,
    }  # fmt: skip


def test_in_the_child_too() -> None:
    answer = isolation.read(FOLDER / "keras3" / "ckpt-1.index")
    assert answer.contents.files == ("ckpt-1.data-00000-of-00001",)


# What is wrong with it --------------------------------------------------------------------------


@pytest.fixture
def index(tmp_path: Path) -> Path:
    folder = shutil.copytree(FOLDER / "tf1", tmp_path / "tf1")
    return Path(folder) / "model.ckpt.index"


def refusal(path: Path) -> str:
    with pytest.raises(ModelError) as told:
        load_model(path)
    said = str(told.value).removeprefix(f"{path}: ")
    assert "\n" not in said
    return said


def test_its_other_file(index: Path) -> None:
    data = index.with_name("model.ckpt.data-00000-of-00001")
    where = f"its weights are in “{data.name}”, which"
    content = data.read_bytes()
    data.write_bytes(content[:-40])
    assert refusal(index).startswith(f"{DAMAGED}a variable reaches beyond its file)")
    data.write_bytes(b"")
    empty = "the file is empty; copy or save it again."
    assert refusal(index) == f"of its files “{data.name}”: {empty}"
    data.unlink()
    assert refusal(index) == f"{where} is not there; copy all of its files together."
    elsewhere = index.parent.parent / "data"
    elsewhere.write_bytes(content)
    data.symlink_to(elsewhere)
    assert refusal(index) == f"{where} is a link; copy the file itself to this place."
    moved = index.rename(index.with_name("weights"))
    assert refusal(moved) == (
        "the index of a TensorFlow checkpoint; call it NAME.index, beside its "
        "NAME.data-00000-of-00001."
    )


def test_any_byte_changed(index: Path) -> None:
    """A model, or one line; whatever an index of this table may come to say."""
    good = index.read_bytes()
    random = np.random.default_rng(0)
    opened = 0
    for place in range(0, len(good), 3):
        data = bytearray(good)
        data[place] ^= int(random.integers(1, 256))
        index.write_bytes(data)
        said = ""
        try:
            load_model(index)
            opened += 1
        except ModelError as fault:
            said = str(fault)
        assert "\n" not in said
    assert 0 < opened < len(good)


KERNEL = entry(1, (7, 6), size=168)
WRONG: dict[str, tuple[bytes, str]] = {
    "no files": (table({b"": header(0)}), f"{DAMAGED}its numbers are in 0 files"),
    "no header": (table({b"a": KERNEL}), f"{DAMAGED}its numbers are in 0 files"),
    "many files": (table({b"": header(10**6)}), f"{DAMAGED}its numbers are in 1,000,000 files"),
    "another byte order": (table({b"": header(1, 1)}), f"{DAMAGED}it was written on a big-endian"),
    "a shape of 4 TB": (table({b"": header(1), b"a": entry(1, (1 << 20, 1 << 20), size=8)}),
                        f"{DAMAGED}a variable is not as large as declared"),
    "a place beyond": (table({b"": header(1), b"a": entry(1, (2, 2), 1 << 40, 16)}),
                       f"{DAMAGED}a variable reaches beyond its file"),
    "a file beyond": (table({b"": header(1), b"a": entry(1, (2, 2), 0, 16, file=9)}),
                      f"{DAMAGED}a variable reaches beyond its file"),
    "a negative size": (table({b"": header(1), b"a": entry(1, (-1, 4), 0, 16)}),
                        f"{DAMAGED}a variable has an impossible shape or place"),
    "the same bytes again and again": (
        table({b"": header(1), **{f"{n:04}".encode(): entry(1, (250,), 0, 1000)
                                  for n in range(100)}}),
        f"{DAMAGED}its variables together are far larger than its files"),
    "a name that is none": (table({b"": header(1), b"\xff": KERNEL}), f"{DAMAGED}'utf-8' codec"),
    "compressed": (table({b"": header(1)}, compression=1), f"{DAMAGED}it is compressed"),
    "other variables": (table({b"": header(1), b"dense/kernel": KERNEL}),
                        "no GRU inside (no weight_ih and weight_hh); its tensors are dense/kernel"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_one_line(case: str, index: Path) -> None:
    data, words = WRONG[case]
    index.write_bytes(data)
    assert refusal(index).startswith(words)


def test_a_bit_of_every_type(index: Path) -> None:
    """Of texts and unknown types no number is read, and of one cut into parts neither."""
    places = {"t": entry(7, (2,), size=9), "q": entry(11, (4,), size=4)}
    parts = {"cut": entry(1, (4, 4), parts=True), "half": entry(19, (2, 2), size=8)}
    found = {name.encode(): value for name, value in {**places, **parts}.items()}
    index.write_bytes(table({b"": header(1), **found}))
    contents = isolation.read(index).contents
    assert set(contents.tensors) == {"half"}
    assert contents.dtypes["half"] == "float16"
    assert {t.name: t.verdict for t in contents.stored} == {
        "t": "bookkeeping", "q": "told", "cut": "told",
    }  # fmt: skip


def test_tables_of_many_blocks() -> None:
    """Keys that begin like the one before, and a block for each few."""
    pairs = {f"layer/{n:05}".encode(): str(n).encode() for n in range(500)}
    found = {key: bytes(value) for key, value in sstable.entries(table(pairs, each=7))}
    assert found == pairs


@pytest.mark.parametrize(
    "spoil",
    [lambda data: data[:30], lambda data: data[:-8] + bytes(8),
     lambda data: b"\x80" * 40 + data[-8:],
     lambda data: b"\xff" * 40 + data[-8:], lambda data: bytes(40) + data[-8:]],
)  # fmt: skip
def test_no_table(spoil: Callable[[bytes], bytes]) -> None:
    data: Any = spoil(table({b"a": b"b"}))
    with pytest.raises(ValueError, match=r"table|number|block"):
        list(sstable.entries(data))


def test_too_many_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sstable, "_MOST", 10)
    with pytest.raises(ValueError, match="too many entries"):
        list(sstable.entries(table({bytes([n]): b"" for n in range(11)})))
