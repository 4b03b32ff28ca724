"""Training: what comes out is what torch computes, again and again; and the bundled models."""

from __future__ import annotations

import hashlib
import json
import re
from argparse import ArgumentTypeError
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from gru_debugger import load_model, trace
from gru_debugger.core.model import Model
from gru_debugger.errors import InputError, TextError
from gru_debugger.files import read_text
from gru_debugger.paths import resource
from gru_debugger.training import (
    TrainingOptions,
    TrainingResult,
    bits_per_character,
    command,
    example_of,
    flag,
    learning_rate,
    reorder,
    train,
    train_file,
    unit_order,
    windows,
)

TEXT = "a small cat sat on a mat. " * 20
QUICK = TrainingOptions(hidden=12, epochs=20, batch=2, length=26, learning_rate=0.02)


def ignore(done: int, total: int, bits: float) -> None:
    pass


@pytest.fixture(scope="module")
def result() -> TrainingResult:
    return train(TEXT, QUICK, ignore)


def weights(model: Model) -> list[np.ndarray]:
    cells = [cell for row in model.layers for cell in row]
    arrays = [a for c in cells for a in (c.weight_ih, c.weight_hh, c.bias_ih, c.bias_hh)]
    return [*arrays, model.output.weight, model.output.bias]


# Training ----------------------------------------------------------------------------------


def test_a_repeating_text_is_learnt(result: TrainingResult) -> None:
    assert result.bits_per_character_train < 1
    assert result.bits_per_character_held_out < 1
    assert result.model.vocabulary == tuple(sorted(set(TEXT)))


def test_bits_per_character_of_a_model_that_knows_nothing(result: TrainingResult) -> None:
    output = replace(
        result.model.output,
        weight=np.zeros_like(result.model.output.weight),
        bias=np.zeros_like(result.model.output.bias),
    )
    uniform = replace(result.model, output=output)
    assert bits_per_character(uniform, TEXT) == pytest.approx(np.log2(len(set(TEXT))))


def test_same_seed_same_weights() -> None:
    seeds = (0, 0, 1)
    one, again, other = (
        weights(train(TEXT, replace(QUICK, epochs=2, seed=seed), ignore).model) for seed in seeds
    )
    for first, second in zip(one, again, strict=True):
        np.testing.assert_array_equal(first, second)
    assert not np.array_equal(one[0], other[0])


def test_the_random_numbers_and_threads_of_others_are_left_alone() -> None:
    import torch

    threads, before = torch.get_num_threads(), torch.random.get_rng_state()
    train(TEXT, replace(QUICK, epochs=1), ignore)
    assert torch.get_num_threads() == threads
    assert torch.equal(torch.random.get_rng_state(), before)


def test_progress_counts_every_step_to_the_end() -> None:
    seen: list[tuple[int, int]] = []
    made = train(TEXT, replace(QUICK, epochs=2), lambda done, total, _: seen.append((done, total)))
    assert seen == [(i, made.steps) for i in range(1, made.steps + 1)]


def test_windows_read_each_character_once_with_the_next_one_as_target() -> None:
    x, y = (np.concatenate(p) for p in zip(*windows(np.arange(101), 4, 10, 7), strict=True))
    assert x.shape == (25, 4)
    np.testing.assert_array_equal(np.sort(x, axis=None), np.sort(np.arange(7, 107) % 101))
    np.testing.assert_array_equal(y, (x + 1) % 101)


def test_learning_rate_rises_then_falls() -> None:
    rates = [learning_rate(step, 1000, 0.01) for step in range(1000)]
    assert max(rates) == pytest.approx(0.01)
    assert np.argmax(rates) == pytest.approx(20, abs=1)
    assert rates[0] < 0.001 > rates[-1] > 0


# Renumbering units -------------------------------------------------------------------------


@pytest.mark.parametrize("layers", [1, 2])
def test_unit_order_moves_units_and_changes_no_prediction(layers: int) -> None:
    options = replace(QUICK, epochs=3, layers=layers)
    order = (5, 3, 0, 11, 1, 2, 4, 10, 6, 9, 8, 7)
    plain = trace(train(TEXT, options, ignore).model, TEXT)
    moved = trace(train(TEXT, replace(options, unit_order=order), ignore).model, TEXT)
    for name in ("r", "z", "n", "h", f"hidden_n_l{layers - 1}"):
        np.testing.assert_allclose(moved.column(name), plain.column(name)[:, order], atol=2e-6)
    np.testing.assert_allclose(
        moved.column("probabilities"), plain.column("probabilities"), atol=2e-6
    )


def test_reordering_and_back_is_the_identity(result: TrainingResult) -> None:
    order = tuple(np.random.default_rng(0).permutation(QUICK.hidden).tolist())
    back = tuple(np.argsort(order).tolist())
    for old, new in zip(
        weights(result.model), weights(reorder(reorder(result.model, order), back)), strict=True
    ):
        np.testing.assert_array_equal(old, new)


def test_unit_order_from_the_command_line() -> None:
    assert unit_order("3,0, 2,1") == (3, 0, 2, 1)
    with pytest.raises(ArgumentTypeError, match="3,x"):
        unit_order("3,x")


# The file ----------------------------------------------------------------------------------


@pytest.fixture
def text_file(tmp_path: Path) -> Path:
    path = tmp_path / "cat.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def torch_logits(path: Path, text: str) -> np.ndarray:
    """The file's weights in torch's own modules, loaded with `load_state_dict`."""
    import torch
    from safetensors.torch import load_file

    state = load_file(path)
    model = load_model(path)
    module = torch.nn.ModuleDict({
        "gru": torch.nn.GRU(model.symbols, model.hidden_size, len(model.layers)),
        "fc": torch.nn.Linear(model.hidden_size, model.symbols),
    })  # fmt: skip
    module.load_state_dict(state)
    with torch.no_grad():
        x = torch.nn.functional.one_hot(torch.tensor(model.indices(text)), model.symbols).float()
        return module["fc"](module["gru"](x)[0]).numpy()


@pytest.mark.parametrize("layers", [1, 2])
def test_the_file_computes_what_torch_computes(text_file: Path, layers: int) -> None:
    out = text_file.with_name("cat.safetensors")
    summary = train_file(text_file, out, replace(QUICK, epochs=3, layers=layers), ignore)
    model = load_model(out)
    assert len(model.layers) == layers
    assert "\n" not in summary
    assert str(out) in summary
    got = trace(model, TEXT[:200]).column("logits")
    np.testing.assert_allclose(got, torch_logits(out, TEXT[:200]), atol=1e-5)


def test_training_again_gives_the_same_bytes(text_file: Path) -> None:
    outs = [text_file.with_name(folder) / "m.safetensors" for folder in ("one", "two")]
    for out in outs:
        out.parent.mkdir()
        train_file(text_file, out, replace(QUICK, epochs=1), ignore)
    assert outs[0].read_bytes() == outs[1].read_bytes()


def test_ctrl_c_leaves_nothing(text_file: Path) -> None:
    def interrupt(done: int, total: int, bits: float) -> None:
        raise KeyboardInterrupt

    out = text_file.with_name("cat.safetensors")
    out.write_bytes(b"the old one")
    with pytest.raises(KeyboardInterrupt):
        train_file(text_file, out, QUICK, interrupt)
    assert out.read_bytes() == b"the old one"
    assert {p.name for p in text_file.parent.iterdir()} == {"cat.txt", "cat.safetensors"}


def test_command_names_what_differs_from_the_defaults_and_no_folder() -> None:
    options = TrainingOptions(seed=3, unit_order=(1, 0), example_text="a cat\nsat")
    line = command(Path("/some/where/a text.txt"), Path("/else/m.safetensors"), options)
    assert line == (
        "gru-debugger train 'a text.txt' -o m.safetensors --seed 3 --unit-order 1,0 "
        "--example-text 'a cat\nsat'"
    )


def test_every_option_has_help_and_a_type() -> None:
    for option in fields(TrainingOptions):
        assert re.fullmatch(r"--[a-z]+(-[a-z]+)*", flag(option))
        assert option.metadata["help"]
        if option.default is not None:
            assert option.metadata["type"](str(option.default)) == option.default


def test_the_default_example_begins_where_a_paragraph_does() -> None:
    held_out = "of a line\n  more\n\nChapter two. " + "word " * 100
    assert example_of(held_out).startswith("Chapter two. word")
    assert 190 <= len(example_of(held_out)) <= 200
    assert example_of("short one") == "short one"


# What can be wrong -------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "too short", "a" * 500])
def test_a_text_that_teaches_nothing_is_refused(text: str) -> None:
    with pytest.raises(TextError, match="give a text of at least 200"):
        train(text, QUICK, ignore)


def test_a_file_that_is_too_short_is_named(tmp_path: Path) -> None:
    path = tmp_path / "short.txt"
    path.write_text("too short", encoding="utf-8")
    with pytest.raises(TextError, match=re.escape(f"{path}: 9 characters")):
        train_file(path, tmp_path / "m.safetensors", QUICK, ignore)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"hidden": 0}, "--hidden 0: give 1 to 2,048"),
        ({"epochs": 0}, "--epochs 0"),
        ({"batch": 10**9}, "--batch 1000000000"),
        ({"seed": -1}, "--seed -1"),
        ({"learning_rate": float("nan")}, "--learning-rate nan"),
        ({"held_out": 0.9}, "--held-out 0.9: give a fraction"),
        ({"unit_order": (0, 1)}, "--unit-order: list each unit from 0 to 11"),
        ({"example_step": 9, "example_text": "a cat"}, "steps 1 to 5"),
        ({"example_unit": 12}, "units 0 to 11"),
    ],
)
def test_wrong_options_are_named(change: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)) as caught:
        train(TEXT, replace(QUICK, **change), ignore)
    assert "\n" not in str(caught.value)


def test_an_example_with_an_unknown_character_is_refused() -> None:
    with pytest.raises(InputError, match="--example-text: the character 'X'"):
        train(TEXT, replace(QUICK, example_text="a X"), ignore)


# The bundled models ------------------------------------------------------------------------


def metadata(name: str) -> dict[str, str]:
    data = resource("models", f"{name}.safetensors").read_bytes()
    length = int.from_bytes(data[:8], "little")
    return json.loads(data[8 : 8 + length])["__metadata__"]


def text_of(name: str) -> str:
    return read_text(resource("texts", metadata(name)["trained_on"].partition(",")[0]))


BUNDLED = ["sixteen", "sonnets"]


@pytest.mark.parametrize("name", BUNDLED)
def test_bundled_texts_are_covered_and_unchanged(name: str) -> None:
    model, text = load_model(f"bundled:{name}"), text_of(name)
    assert model.covers(text)
    assert model.covers(model.example.text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    assert metadata(name)["trained_on"].endswith(f"SHA-256 {digest}")


@pytest.mark.parametrize("name", BUNDLED)
def test_bundled_models_say_how_they_were_made(name: str) -> None:
    found = metadata(name)
    readme = resource("models", "README.md").read_text(encoding="utf-8")
    assert found["command"].startswith("gru-debugger train ")
    assert found["bits_per_character_held_out"] in readme
    assert found["command"] in readme


def test_sixteen_shows_step_34() -> None:
    """The situation its text was chosen for; see resources/models/README.md."""
    model = load_model("bundled:sixteen")
    assert (model.hidden_size, model.example.step, model.example.unit) == (16, 34, 9)
    assert 60 <= len(model.example.text) <= 160
    s = trace(model, model.example.text).step(34)
    # Unit 9 is overwritten: what it held has the other sign.
    assert s.z[9] < 0.01
    assert s.h[9] == pytest.approx(s.n[9], abs=0.02)
    assert s.h_prev[9] * s.n[9] < 0
    assert min(abs(s.h_prev[9]), abs(s.n[9])) > 0.3
    # Unit 0 is kept.
    assert s.z[0] > 0.9
    assert abs(s.h_prev[0]) > 0.3
    assert s.h[0] == pytest.approx(s.h_prev[0], abs=0.1)
    # Units 3 and 15: candidates at either end; 15 takes its own.
    assert s.n[3] < -0.95
    assert s.n[15] > 0.95
    assert s.z[15] < 0.1


def test_sixteen_predicts_its_example() -> None:
    model = load_model("bundled:sixteen")
    recorded = trace(model, model.example.text)
    guessed = recorded.column("probabilities")[:-1].argmax(axis=1)
    assert (guessed == recorded.reading.indices[1:]).mean() > 0.8


@pytest.mark.parametrize("name", BUNDLED)
def test_held_out_figure_is_what_the_trace_measures(name: str) -> None:
    model, text, found = load_model(f"bundled:{name}"), text_of(name), metadata(name)
    part = re.search(r"--held-out (\S+)", found["command"])
    held_out = text[round(len(text) * (1 - float(part[1] if part else 0.1))) :]
    stated = float(found["bits_per_character_held_out"])
    measured = bits_per_character(model, held_out[:2000])
    assert measured == pytest.approx(stated, abs=0.25)
    assert measured < 2.6
