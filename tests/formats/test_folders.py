"""A folder in the place of a model file."""

from __future__ import annotations

from pathlib import Path

import pytest
from samples import model, save

from gru_debugger import load_model
from gru_debugger.errors import ModelError
from gru_debugger.formats import suffixes
from gru_debugger.formats.folders import model_in


def refusal(folder: Path) -> str:
    with pytest.raises(ModelError) as caught:
        load_model(folder)
    return str(caught.value).removeprefix(f"{folder}: ")


def test_the_only_model_in_it(tmp_path: Path) -> None:
    for name in ("README.md", "config.json", "tokenizer.json"):
        (tmp_path / name).write_text("{}")
    save(model(), tmp_path / "net.safetensors")
    assert load_model(tmp_path).source.name == "net.safetensors"
    assert load_model(str(tmp_path)).source.path == str(tmp_path)


def test_its_vocabulary_lies_beside_the_model(tmp_path: Path) -> None:
    save(model(symbols=3), tmp_path / "net.safetensors")
    (tmp_path / "net.vocab.json").write_text('["x", "y", "z"]')
    assert load_model(tmp_path).vocabulary == ("x", "y", "z")


def test_the_usual_name_comes_before_others(tmp_path: Path) -> None:
    for name in ("a.safetensors", "model.safetensors", "optimizer.pt"):
        save(model(), tmp_path / name)
    assert load_model(tmp_path).source.name == "model.safetensors"


def test_of_several_none_is_chosen(tmp_path: Path) -> None:
    for name in "abcdef":
        save(model(), tmp_path / f"{name}.safetensors")
    assert refusal(tmp_path) == (
        "a folder of several models, a.safetensors, b.safetensors, c.safetensors, d.safetensors "
        "and 2 more; open one of them."
    )


def test_of_weights_in_several_files_the_index(tmp_path: Path) -> None:
    for name in ("net-1.safetensors", "net-2.safetensors", "net.safetensors.index.json"):
        (tmp_path / name).touch()
    assert model_in(tmp_path, suffixes()).name == "net.safetensors.index.json"
    (tmp_path / "other.safetensors.index.json").touch()
    assert refusal(tmp_path).startswith("a folder of several models, net.safetensors.index.json, ")
