"""Weights in several files, by their index or their folder; files/make_shards.py wrote these."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import torch
from grus import Network, Shape, assert_close
from safetensors.torch import load_file, save_file

from gru_debugger import load_model, trace
from gru_debugger.errors import ModelError
from gru_debugger.formats.child import isolation

FILES = Path(__file__).parent / "files"
INDEX = "model.safetensors.index.json"
AGAIN = "download or save the index and its files again, all into one folder."
FIRST, SECOND, THIRD = (f"model-0000{n}-of-00003.safetensors" for n in (1, 2, 3))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FILES / "shards", tmp_path / "model"))


@pytest.mark.parametrize(
    ("name", "load"),
    [("shards", load_file), ("shards_bin", torch.load), (f"shards/{INDEX}", load_file)],
)
def test_it_is_the_network_that_was_saved(name: str, load: Callable[[Path], Any]) -> None:
    """The oracle reads the files by their own library."""
    path = FILES / name
    parts = (path if path.is_dir() else path.parent).glob("*-of-*")
    state = {key: tensor for part in parts for key, tensor in load(part).items()}
    network = Network(Shape(hidden=4, symbols=3, embedding=2))
    network.load_state_dict(state)
    run = trace(load_model(path, vocabulary="abc"), text := "abcabbacbcac")
    states, _ = network.gru(network.inputs(text))
    assert_close(run.column("h"), states, "h")
    assert_close(run.step(5).logits, network(text)[4], "scores")
    assert run.model.source.framework == "Hugging Face index"


def test_the_hash_is_of_all_its_files(folder: Path) -> None:
    def hashed() -> str:
        names = [INDEX, FIRST, SECOND, THIRD]
        return sha256(b"".join((folder / name).read_bytes() for name in names)).hexdigest()

    model = load_model(folder)
    assert model.source.sha256 == hashed()
    assert model.info()["files"] == list(model.source.files) == [FIRST, SECOND, THIRD]
    state = load_file(folder / SECOND)
    save_file({k: t + 1 for k, t in state.items()}, folder / SECOND)
    assert load_model(folder).source.sha256 == hashed() != model.source.sha256


def test_what_the_index_says_of_the_model(folder: Path) -> None:
    edit(
        folder, lambda index: index["metadata"].update(vocabulary='["x", "y", "z"]', reset="before")
    )
    model = load_model(folder)
    assert (model.vocabulary, model.reset) == (("x", "y", "z"), "before")


def test_a_cache_of_downloads(folder: Path, tmp_path: Path) -> None:
    """Every name is a link into one folder, where the files have others."""
    cached = tmp_path / "snapshots" / "1"
    cached.mkdir(parents=True)
    for number, file in enumerate(sorted(folder.iterdir())):
        file.rename(folder / f"{number}")
        (cached / file.name).symlink_to(f"../../model/{number}")
    assert load_model(cached).hidden_size == 4
    (cached / SECOND).unlink()
    shutil.copy(FILES / "shards" / SECOND, tmp_path)
    (cached / SECOND).symlink_to(tmp_path / SECOND)
    with pytest.raises(ModelError, match=f"“{SECOND}”, which is a link; copy the file itself"):
        load_model(cached)


def test_in_the_child_too(folder: Path) -> None:
    answer = isolation.read(folder / INDEX)
    assert answer.contents.files == (FIRST, SECOND, THIRD)
    assert len(answer.contents.tensors) == 7


# What is wrong with it --------------------------------------------------------------------------


def edit(folder: Path, change: Callable[[Any], object]) -> None:
    index = json.loads((folder / INDEX).read_text())
    change(index)
    (folder / INDEX).write_text(json.dumps(index))


def elsewhere(name: Any) -> Callable[[Path], None]:
    def build(folder: Path) -> None:
        edit(folder, lambda index: index["weight_map"].update({"gru.weight_hh_l0": name}))

    return build


def linked(folder: Path) -> None:
    (folder / SECOND).rename(folder.parent / SECOND)
    (folder / SECOND).symlink_to(folder.parent / SECOND)


def piped(folder: Path) -> None:
    (folder / SECOND).unlink()
    os.mkfifo(folder / SECOND)


def stale(folder: Path) -> None:
    """A tensor in two files."""
    save_file({**load_file(folder / FIRST), "fc.bias": torch.ones(3)}, folder / FIRST)


def deep(folder: Path) -> None:
    (folder / INDEX).write_text('{"weight_map": ' + "[" * 100_000)


OUTSIDE = "which is no name of a file beside it;"
DAMAGED = "an index of weights that is cut short or damaged"
WRONG: dict[str, tuple[Callable[[Path], object], str]] = {
    "a file is missing": (lambda folder: (folder / SECOND).unlink(),
        f"its weights are in “{SECOND}”, which is not there; copy all of its files together."),
    "a file above": (elsewhere("../" + SECOND), f"its weights are in “../{SECOND}”, {OUTSIDE}"),
    "a file below": (elsewhere("a/b"), f"its weights are in “a/b”, {OUTSIDE}"),
    "an absolute path": (elsewhere("/etc/passwd"), f"its weights are in “/etc/passwd”, {OUTSIDE}"),
    "itself": (elsewhere(INDEX), f"its weights are in “{INDEX}”, {OUTSIDE}"),
    "Windows' separator": (elsewhere("..\\w"), "its weights are in “..\\w”, not inside the"),
    "the folder above": (elsewhere(".."), "its weights are in “..”, not inside the model's"),
    "no name": (elsewhere(""), "its weights are in “”, not inside the model's folder;"),
    "a number": (elsewhere(3), "“gru.weight_hh_l0” lies in no file by its name;"),
    "a link out": (linked, f"its weights are in “{SECOND}”, which is a link; copy the file itself"),
    "a pipe": (piped, f"its weights are in “{SECOND}”, which is not there;"),
    "an empty file": (lambda folder: (folder / SECOND).write_bytes(b""),
        f"of its files “{SECOND}”: the file is empty; copy or save it again."),
    "a file cut short": (lambda folder: (folder / SECOND).write_bytes(
        (FILES / "shards" / SECOND).read_bytes()[:-9]),
        f"of its files “{SECOND}”: a safetensors file that is cut short or damaged ("),
    "another kind of file": (lambda folder: (folder / SECOND).write_text("# weights"),
        f"“{SECOND}”, one of its files, is neither safetensors nor PyTorch's;"),
    "a tensor in another file": (elsewhere(FIRST),
        f"“gru.weight_hh_l0” is not in “{FIRST}”, where it says so;"),
    "a tensor twice": (stale, f"“fc.bias” is in “{FIRST}”, and it does not say so;"),
    "a tensor too few": (
        lambda folder: edit(folder, lambda index: index["weight_map"].pop("fc.bias")),
        f"“fc.bias” is in “{THIRD}”, and it does not say so;"),
    "no tensors": (lambda folder: edit(folder, lambda index: index["weight_map"].clear()),
        "an index of no weights;"),
    "a list": (lambda folder: edit(folder, lambda index: index.update(weight_map=[])),
        f"{DAMAGED} (its weight_map is no object);"),
    "cut short": (lambda folder: (folder / INDEX).write_bytes((folder / INDEX).read_bytes()[:-9]),
        f"{DAMAGED} (Unterminated string"),
    "nested": (deep, f"{DAMAGED} ("),
    "endless": (
        lambda folder: (folder / INDEX).write_text('{"weight_map": {"a": "' + "b" * (5 << 20)),
        f"{DAMAGED} (more than 4,194,304 bytes);"),
    "too many files": (lambda folder: edit(
        folder, lambda index: index.update(weight_map={f"{n}": f"{n}" for n in range(300)})),
        "its weights are in 300 files, of which 256 can be opened; save them in larger ones."),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_one_line(case: str, folder: Path) -> None:
    build, words = WRONG[case]
    build(folder)
    with pytest.raises(ModelError) as told:
        load_model(folder)
    said = str(told.value).removeprefix(f"{folder / INDEX}: ")
    assert said.startswith(words)
    assert "\n" not in said
    assert said.endswith((AGAIN, "again.", "place.", "together.", "ones."))
