"""Converted files say what they were made from."""

from __future__ import annotations

import hashlib
import importlib
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from converted import (
    made,
    written,
)
from grus import Network, Shape

import gru_debugger
from gru_debugger.conversion import SUFFIXES
from gru_debugger.errors import ModelError
from gru_debugger.formats import load_model, provenance
from gru_debugger.formats.job_files import hand_over_model, handed_over
from gru_debugger.source import Notice, Source


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_provenance(tmp_path: Path, suffix: str) -> None:
    told = tuple(Notice("note", "", "", words) for words in ("float16 weights …", "b\nc"))
    source = Source("m.h5", "m.h5", "ab" * 32, "Keras", "float16", told)
    model = replace(made(Shape()), source=replace(source, gru="decoder.gru"))
    path = written(model, tmp_path, suffix)
    back = load_model(path).source
    assert (back.name, back.dtype, back.warnings) == (path.name, "float32", ())
    assert back.sha256 != source.sha256
    assert back.framework != "Keras"
    assert back.converted_from is not None
    assert asdict(back.converted_from) == {
        "name": "m.h5", "sha256": "ab" * 32, "framework": "Keras", "dtype": "float16",
        "gru": "decoder.gru", "reset": "after", "told": tuple(
            {"grade": "note", "what": "", "where": "", "in_words": words}
            for words in ("float16 weights …", "b c")
        ),
        "program": f"gru-debugger {gru_debugger.__version__}", "converted_from": None,
    }  # fmt: skip


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_is_not_the_networks_own_is_not_its_copys(tmp_path: Path, suffix: str) -> None:
    grave = Notice("inside", "ReLU", "before the GRU", "x is another")
    told = (grave, Notice("beside", "Dense", "beside the GRU", "a head"))
    source = Source("m.h5", "m.h5", "ab" * 32, "Keras", told=told)
    model = replace(made(Shape()), source=source)
    words = "of m.h5, which it was made from: x is another"
    for _ in range(2):
        model = load_model(written(model, tmp_path, suffix))
        assert model.source.told == (replace(grave, in_words=words),)


def test_files_from_before_there_were_grades(tmp_path: Path) -> None:
    claim = {"name": "m.pt", "warnings": ["float16 weights …"]}
    np.savez(tmp_path / "old.npz", converted_from=np.array(json.dumps(claim)), **_arrays())
    origin = load_model(tmp_path / "old.npz").source.converted_from
    assert origin is not None
    assert origin.told == (Notice("note", "", "", "float16 weights …"),)


def test_provenance_of_a_chain(tmp_path: Path) -> None:
    model = replace(made(Shape()), source=Source("m.h5", "m.h5", "ab" * 32, "Keras"))
    for suffix in SUFFIXES:
        model = load_model(written(model, tmp_path, suffix))
    names, origin = [], model.source.converted_from
    while origin is not None:
        names.append(origin.name)
        origin = origin.converted_from
    assert names == [*(f"model{suffix}" for suffix in SUFFIXES[-2::-1]), "m.h5"]


def test_metadata_of_a_checkpoint_are_read_only_where_convert_wrote_them(tmp_path: Path) -> None:
    checkpoint = {
        "state_dict": Network(Shape()).state_dict(),
        "metadata": {"reset": "every epoch", "text": "abc", "converted_from": "{}", 3: "a"},
    }
    torch.save(checkpoint, tmp_path / "theirs.pt")
    with pytest.raises(ModelError, match="reset is “every epoch”"):
        load_model(tmp_path / "theirs.pt")
    del checkpoint["metadata"]["converted_from"]
    torch.save(checkpoint, tmp_path / "theirs.pt")
    model = load_model(tmp_path / "theirs.pt")
    assert (model.reset, model.example) == ("after", None)


@pytest.mark.parametrize(
    "told",
    ["", "[]", '"a"', "{", "[" * 100_000, '{"converted_from":' * 5_000 + "{}" + "}" * 5_000],
)  # fmt: skip
def test_a_strangers_provenance_is_no_fault(tmp_path: Path, told: str) -> None:
    path = tmp_path / "model.npz"
    np.savez(path, converted_from=np.array(told or " "), **_arrays())
    origin = load_model(path).source.converted_from
    assert origin is None or (origin.name, origin.told) == ("", ())


def test_a_strangers_provenance_is_read_with_bounds(tmp_path: Path) -> None:
    nested: dict[str, Any] = {}
    for _ in range(40):
        nested = {"name": 7, "sha256": "\x1b[31m" * 1_000, "converted_from": nested}
    path = tmp_path / "model.npz"
    np.savez(path, converted_from=np.array(json.dumps(nested)), **_arrays())
    origin = load_model(path).source.converted_from
    for _ in range(16):
        assert origin is not None
        assert origin.name == ""
        assert origin.sha256 == "", "what is no hash is none"
        origin = origin.converted_from
    assert origin is None


def _arrays() -> dict[str, Any]:
    return {name: w.numpy() for name, w in Network(Shape()).state_dict().items()}


def test_a_claim_is_told_as_one(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    told = {"name": "nine.pt", "sha256": "9" * 64, "framework": "PyTorch", "dtype": "float32"}
    np.savez(path, converted_from=np.array(json.dumps(told)), **_arrays())
    source = load_model(path).source
    assert source.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert source.converted_from is not None
    assert source.converted_from.in_words() == (
        f"says it was converted from nine.pt (PyTorch, float32, SHA-256 {'9' * 64})"
    )
    assert source.converted_from.in_brief() == "says it was converted from nine.pt 999999999999"


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_nothing_in_a_file_is_its_own_name_hash_or_framework(tmp_path: Path, suffix: str) -> None:
    """Whatever the metadata say, under whatever name."""
    forged = {
        **dict.fromkeys(("source_sha256", "sha256"), "9" * 64),
        **dict.fromkeys(("source_name", "name", "source_framework", "framework"), "forged"),
    }
    plain, lying = tmp_path / f"plain{suffix}", tmp_path / f"lying{suffix}"
    writer = importlib.import_module(f"gru_debugger.conversion{suffix}")
    plain.write_bytes(writer.write(made(Shape()), {}))
    lying.write_bytes(writer.write(made(Shape()), forged))
    source = load_model(lying).source
    assert (source.name, source.framework) == (lying.name, load_model(plain).source.framework)
    assert source.sha256 == hashlib.sha256(lying.read_bytes()).hexdigest()


def test_what_a_copy_of_ours_stands_for_is_said_outside_of_it(tmp_path: Path) -> None:
    source = Source("m.h5", "m.h5", "ab" * 32, "Keras", "float16")
    source = replace(source, told=(Notice("inside", "ReLU", "before the GRU", "x is another"),))
    model = replace(made(Shape()), source=source)
    path = hand_over_model(tmp_path, model, name="m.h5: decoder")
    option, told = handed_over(tmp_path)
    assert load_model(path).source.name == "model.safetensors"
    provenance.declare(Path(path), Path(told))
    back = load_model(path).source
    assert (option, back.name, back.sha256) == ("--stand-in", "m.h5: decoder", "ab" * 32)
    assert (back.framework, back.converted_from) == ("Keras", None)
    assert back.told == source.told
    (tmp_path / "moved").mkdir()
    moved = Path(path).rename(tmp_path / "moved" / "model.safetensors")
    assert load_model(moved).source.name == "model.safetensors"
    Path(told).write_text("[]")
    with pytest.raises(ModelError, match="does not say what"):
        provenance.declare(moved, Path(told))
