"""Index <-> character: where it is looked for, in which order, and what is refused."""

from __future__ import annotations

import json
import pickle
import time
from collections import OrderedDict, defaultdict
from pathlib import Path
from typing import Any

import pytest
import torch
from grus import Network, Shape
from safetensors.torch import save_file

from gru_debugger.errors import VocabularyError
from gru_debugger.formats import load_model
from gru_debugger.formats.vocabulary import KEYS, symbols

STATE = Network(Shape(hidden=4, symbols=3)).state_dict()


class Alphabet:
    """A class of the trainer's own, which the program never imports."""

    def __init__(self, letters: str) -> None:
        self.itos = list(letters)
        self.unknown = 0


def checkpoint(folder: Path, **beside: Any) -> Path:
    path = folder / "model.pt"
    torch.save({"state_dict": STATE, **beside}, path)
    return path


def seconds(count: int) -> float:
    """How long it takes to find that the last of so many symbols is there already."""
    many = [str(i) for i in range(count)]
    begun = time.process_time()
    with pytest.raises(VocabularyError, match="twice"):
        symbols([*many, many[-1]], "here")
    return time.process_time() - begun


def test_a_doubled_symbol_is_found_in_linear_time() -> None:
    few, many = (min(seconds(count) for _ in range(3)) for count in (2_000, 32_000))
    assert many < 64 * few, "16 times as many took as long as if each was compared with each"


def test_a_file_full_of_symbols_is_soon_told_of(tmp_path: Path) -> None:
    """1.5 MB, the last one doubled."""
    many = [str(i) for i in range(150_000)]
    path = tmp_path / "model.pt"
    save_file(STATE, path, metadata={"vocabulary": json.dumps([*many, many[-1]])})
    assert path.stat().st_size > 1_200_000
    with pytest.raises(VocabularyError, match="'149999' twice"):
        load_model(path)


def test_a_symbol_of_a_thousand_characters_is_none() -> None:
    with pytest.raises(VocabularyError, match="symbol 1 of the vocabulary has 1,000 characters"):
        symbols(["a", "b" * 1000], "here")
    assert symbols(["a", "b" * 128], "here") == ("a", "b" * 128)


# In the checkpoint ----------------------------------------------------------------------------


@pytest.mark.parametrize("key", KEYS)
def test_every_usual_name(tmp_path: Path, key: str) -> None:
    assert load_model(checkpoint(tmp_path, **{key: ["x", "y", "z"]})).vocabulary == ("x", "y", "z")


CONTAINERS: dict[str, Any] = {
    "str": "xyz",
    "list": ["x", "y", "z"],
    "tuple": ("x", "y", "z"),
    "index to character": {0: "x", 2: "z", 1: "y"},
    "character to index": {"z": 2, "x": 0, "y": 1},
    "ordered": OrderedDict([("z", 2), ("x", 0), ("y", 1)]),
    "defaultdict": defaultdict(int, {"z": 2, "x": 0, "y": 1}),
    "a dict in a dict": {"char2idx": {"x": 0, "y": 1, "z": 2}, "size": 3},
    "digits as characters": {"1": 0, "0": 1, "x": 2},
    "an object's attribute": Alphabet("xyz"),
}


@pytest.mark.parametrize("new", [True, False], ids=["zip", "before 1.6"])
@pytest.mark.parametrize("protocol", [2, 4, 5])
@pytest.mark.parametrize("container", CONTAINERS)
def test_every_container(tmp_path: Path, container: str, protocol: int, new: bool) -> None:
    path = tmp_path / "model.pt"
    torch.save(
        {"state_dict": STATE, "vocab": CONTAINERS[container]}, path,
        pickle_protocol=protocol, _use_new_zipfile_serialization=new,
    )  # fmt: skip
    expected = ("1", "0", "x") if container == "digits as characters" else ("x", "y", "z")
    assert load_model(path).vocabulary == expected


def test_nested_and_the_outermost_first(tmp_path: Path) -> None:
    path = checkpoint(tmp_path, data={"chars": "zyx"}, chars="xyz")
    assert load_model(path).vocabulary == ("x", "y", "z")
    path = checkpoint(tmp_path, data={"chars": "zyx"})
    assert load_model(path).vocabulary == ("z", "y", "x")


@pytest.mark.parametrize("value", [3, 2.5, True, None, torch.ones(3), {"x", "y"}, [], ""])
def test_what_is_not_a_vocabulary_is_passed_over(tmp_path: Path, value: Any) -> None:
    assert load_model(checkpoint(tmp_path, vocab=value)).vocabulary is None


# Order ----------------------------------------------------------------------------------------


def test_none_lies_beside_a_bundled_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bundled:sixteen.vocab.json").write_text("[]")
    assert len(load_model("bundled:sixteen").vocabulary or ()) == 25


def test_given_then_checkpoint_then_sidecar(tmp_path: Path) -> None:
    path = checkpoint(tmp_path, chars="bca")
    (tmp_path / "model.vocab.json").write_text('["c", "b", "a"]')
    assert load_model(path, "abc").vocabulary == ("a", "b", "c")
    assert load_model(path).vocabulary == ("b", "c", "a")
    assert load_model(checkpoint(tmp_path)).vocabulary == ("c", "b", "a")


def test_of_several_the_one_that_fits(tmp_path: Path) -> None:
    """Letters alone, and the same with what pads: the model reads as many as the latter."""
    path = checkpoint(tmp_path, chars="ab", char2idx={"<pad>": 0, "a": 1, "b": 2})
    model = load_model(path)
    assert model.vocabulary == ("<pad>", "a", "b")
    assert model.source.warnings == load_model(checkpoint(tmp_path)).source.warnings


def test_several_orders_are_told(tmp_path: Path) -> None:
    path = checkpoint(tmp_path, itos="abc", stoi={"b": 0, "a": 1, "c": 2})
    words = (
        "“itos” was taken as the vocabulary, and “stoi” has the same symbols in another order; "
        "--vocabulary FILE gives another"
    )
    assert words in load_model(path).source.warnings
    assert words not in load_model(path, "abc").source.warnings
    faulty = checkpoint(tmp_path, itos=[1, 2, 3])
    assert load_model(faulty, "abc").vocabulary == ("a", "b", "c")
    same = checkpoint(tmp_path, itos="abc", stoi={"a": 0, "b": 1, "c": 2})
    assert words not in load_model(same).source.warnings


def test_sidecar_then_metadata(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    save_file(STATE, path, {"vocabulary": '["x", "y", "z"]'})
    assert load_model(path).vocabulary == ("x", "y", "z")
    sidecar = tmp_path / "model.safetensors.vocab.json"
    sidecar.write_text('["c", "b", "a"]')
    assert load_model(path).vocabulary == ("c", "b", "a")
    (tmp_path / "model.vocab.json").write_text('{"a": 0, "b": 1, "c": 2}')
    assert load_model(path).vocabulary == ("a", "b", "c")


def test_none_is_never_guessed(tmp_path: Path) -> None:
    model = load_model(checkpoint(tmp_path))
    assert model.vocabulary is None
    assert model.symbols == 3


GIVEN: dict[str, Any] = {
    "str": "a1\n", "list": ["a", "1", "\n"], "tuple": ("a", "1", "\n"),
    "mapping": {"1": 1, "\n": 2, "a": 0}, "turned mapping": {"0": "a", "2": "\n", "1": "1"},
}  # fmt: skip


@pytest.mark.parametrize("given", GIVEN)
def test_given(tmp_path: Path, given: str) -> None:
    assert load_model(checkpoint(tmp_path), GIVEN[given]).vocabulary == ("a", "1", "\n")


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "byte-order mark"])
@pytest.mark.parametrize("written", [["a", "é", "😀"], {"é": 1, "😀": 2, "a": 0}])
def test_given_file(tmp_path: Path, written: Any, mark: str) -> None:
    file = tmp_path / "letters.json"
    file.write_text(mark + json.dumps(written, ensure_ascii=False), encoding="utf-8")
    assert load_model(checkpoint(tmp_path), file).vocabulary == ("a", "é", "😀")


def test_a_str_is_never_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "abc").write_text('["x", "y", "z"]')
    assert load_model(checkpoint(tmp_path), "abc").vocabulary == ("a", "b", "c")


def test_more_than_one_character_a_symbol(tmp_path: Path) -> None:
    model = load_model(checkpoint(tmp_path), ["a", "b", "<unk>"])
    assert model.vocabulary == ("a", "b", "<unk>")


# Refusals -------------------------------------------------------------------------------------

REFUSED: dict[str, tuple[Any, str]] = {
    "too few": ("ab", "the vocabulary given: 2 symbols, but the model needs 3; give the vocabulary "
                      "it was trained with."),
    "too many": ("abcd", "the vocabulary given: 4 symbols, but the model needs 3; give the "
                         "vocabulary it was trained with."),
    "empty": ("", "the vocabulary given: 0 symbols, but the model needs 3; give the vocabulary it "
                  "was trained with."),
    "twice": ("aba", "vocabulary: the vocabulary holds 'a' twice; remove one."),
    "a number": (["a", 2, "c"], "vocabulary: symbol 1 of the vocabulary is not a string."),
    "an empty string": (["a", "b", ""], "vocabulary: symbol 2 of the vocabulary is not a string."),
    "a hole": ({"a": 0, "b": 1, "c": 3}, "vocabulary: the vocabulary's indices must run from 0 to "
                                         "2, each once; 2 is missing."),
    "an index twice": ({"a": 0, "b": 1, "c": 1}, "vocabulary: the vocabulary's indices must run "
                                                 "from 0 to 2, each once; 2 is missing."),
    "from 1": ({1: "a", 2: "b", 3: "c"}, "vocabulary: the vocabulary's indices must run from 0 to "
                                         "2, each once; 0 is missing."),
    "a broken index": ({"a": 0.5, "b": 1, "c": 2}, "vocabulary: an index of the vocabulary is not "
                                                   "a whole number."),
    "words as indices": ({"a": "x", "b": "y"}, "vocabulary: an index of the vocabulary is not a "
                                               "whole number."),
    "lists as indices": ({"a": [0]}, "vocabulary: an index of the vocabulary is not a whole "
                                     "number."),
    "a number alone": (3, "vocabulary: the vocabulary must be a list of strings in index order, or "
                          "an object character -> index; this is int."),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refused(tmp_path: Path, case: str) -> None:
    given, message = REFUSED[case]
    with pytest.raises(VocabularyError) as refusal:
        load_model(checkpoint(tmp_path), given)
    assert str(refusal.value) == message


FILES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "the file is empty; copy or save it again."),
    "text": (b"abc", "not a JSON vocabulary; save a JSON list of strings in index order."),
    "not UTF-8": ('["é"]'.encode("latin-1"), "not a JSON vocabulary; save a JSON list of strings "
                                             "in index order."),
    "a number": (b"3", "not a JSON vocabulary; save a JSON list of strings in index order."),
    "a string": (b'"abc"', "not a JSON vocabulary; save a JSON list of strings in index order."),
    "pickle": (pickle.dumps(["a", "b", "c"]), "not a JSON vocabulary; a pickle may run code and is "
               "not opened; save a JSON list of strings in index order."),
    "deep": (b"[" * 100_000, "not a JSON vocabulary; save a JSON list of strings in index order."),
    "too few": (b'["a", "b"]', "2 symbols, but the model needs 3; give the vocabulary it was "
                               "trained with."),
    "twice": (b'["a", "b", "a"]', "the vocabulary holds 'a' twice; remove one."),
}  # fmt: skip


@pytest.mark.parametrize("place", ["given", "sidecar"])
@pytest.mark.parametrize("case", FILES)
def test_refused_file(tmp_path: Path, case: str, place: str) -> None:
    data, message = FILES[case]
    model = checkpoint(tmp_path)
    file = tmp_path / ("model.vocab.json" if place == "sidecar" else "letters.json")
    file.write_bytes(data)
    with pytest.raises(VocabularyError) as refusal:
        load_model(model, file if place == "given" else None)
    assert str(refusal.value) == f"{file}: {message}"


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(VocabularyError) as refusal:
        load_model(checkpoint(tmp_path), tmp_path / "none.json")
    assert str(refusal.value) == f"{tmp_path / 'none.json'}: no such file; check the name."


def test_refused_in_the_checkpoint_names_the_key(tmp_path: Path) -> None:
    path = checkpoint(tmp_path, chars="abcd")
    with pytest.raises(VocabularyError) as refusal:
        load_model(path)
    assert str(refusal.value) == (
        f"{path}: “chars”: 4 symbols, but the model needs 3; give the vocabulary it was trained "
        "with."
    )


def test_a_faulty_one_gives_way_to_a_good_one(tmp_path: Path) -> None:
    path = checkpoint(tmp_path, tokens=[5, 2, 7], chars="xyz")
    assert load_model(path).vocabulary == ("x", "y", "z")
    path = checkpoint(tmp_path, tokens=[5, 2, 7])
    with pytest.raises(VocabularyError) as refusal:
        load_model(path)
    assert str(refusal.value) == f"{path}: “tokens”: symbol 0 of the vocabulary is not a string."


def test_refused_in_the_metadata(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    save_file(STATE, path, {"vocabulary": "a b c"})
    with pytest.raises(VocabularyError) as refusal:
        load_model(path)
    assert str(refusal.value) == f"{path}: its metadata: the vocabulary is not a JSON list."


# Rows are read, symbols are predicted ------------------------------------------------------------


def heard(**more: Any) -> dict[str, Any]:
    """Of a model that reads rows of 9 numbers and predicts 3 symbols."""
    torch.manual_seed(1)
    parts = {"gru": torch.nn.GRU(9, 4), "fc": torch.nn.Linear(4, 3)}
    state = {f"{name}.{key}": tensor for name, part in parts.items()
             for key, tensor in part.state_dict().items()}  # fmt: skip
    return {**state, **more}


def test_a_vocabulary_of_what_is_predicted(tmp_path: Path) -> None:
    """In the file, it hinders nobody; given for what the model reads, it is told what that is."""
    path = tmp_path / "model.pt"
    torch.save(heard(chars=["a", "b", "c"]), path)
    model = load_model(path)
    assert (model.input, model.vocabulary) == ("features", None)
    assert model.source.warnings[-1] == (
        "“chars” has 3 symbols, as many as the model predicts; it reads rows of 9 numbers, no text"
    )
    torch.save(heard(), path)
    with pytest.raises(VocabularyError) as told:
        load_model(path, "abc")
    rows = ("the model reads 9 numbers a step; step over rows of numbers (--rows FILE), without a "
            "vocabulary, or give 9 symbols.")  # fmt: skip
    assert str(told.value) == (
        f"the vocabulary given: 3 symbols, as many as it predicts, but {rows}"
    )
    with pytest.raises(VocabularyError) as told:
        load_model(path, "ab")
    assert str(told.value) == f"the vocabulary given: 2 symbols, but {rows}"
    assert load_model(path, "abcdefghi").input == "one-hot"
