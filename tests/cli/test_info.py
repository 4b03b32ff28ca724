"""`gru-debugger info`."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from gru_debugger.cli import main
from gru_debugger.cli.info import parameters
from gru_debugger.formats import load_model

ALONE = (
    "the file holds weights alone: what the network does between its layers it does not say"
)


def test_json_has_the_contracts_keys(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", "deep.safetensors", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "path": "deep.safetensors",
        "sha256": hashlib.sha256((folder / "deep.safetensors").read_bytes()).hexdigest(),
        "framework": "safetensors",
        "variant": "reset_after",
        "activations": {"gate": "sigmoid", "candidate": "tanh"},
        "layers": 2,
        "directions": 2,
        "hidden_size": 3,
        "input_size": 6,
        "input": "one-hot",
        "vocabulary": ["a", "b", "c", ",", '"', "\n"],
        "output_layer": True,
        "initial_state": False,
        "bias": True,
        "dtype": "float32",
        "warnings": [ALONE],
        "told": [
            {"grade": "note", "what": "weights alone", "where": "between the layers",
             "in_words": ALONE},
        ],
    }  # fmt: skip


def test_json_without_a_vocabulary(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", "silent.safetensors", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["vocabulary"] is None


def test_the_table(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", "told.safetensors"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[0] == "path          told.safetensors"
    assert shown[2:] == [
        "framework     safetensors",
        "GRU           1 layer, forward, 3 units",
        "variant       reset after · z keeps the old",
        "input         one-hot, 6 symbols",
        'vocabulary    6 symbols: abc,"⏎',
        "output layer  fc.weight (6 × 3): as wide as the GRU's states; its name says “fc”; it has "
        "a bias; as many rows as symbols",
        "bias          yes",
        "weights       float32",
        "parameters    123",
        "text          9 characters come with the model",
        "surprise      3.27 of 2.58 bits per character on the text that comes along, worse than "
        "guessing",
        f"note          {ALONE}",
    ]


def test_the_table_says_how_to_give_a_vocabulary(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["info", "silent.safetensors"]) == 0
    assert "none; give its 6 symbols with --vocabulary FILE" in capsys.readouterr().out


def test_parameters_are_pytorchs_count(folder: Path) -> None:
    import torch

    counted = sum(
        parameter.numel()
        for module in (torch.nn.GRU(6, 3, 2, bidirectional=True), torch.nn.Linear(6, 6))
        for parameter in module.parameters()
    )
    assert parameters(load_model("deep.safetensors")) == counted


# Several GRUs ------------------------------------------------------------------------------------


@pytest.fixture
def several(folder: Path) -> str:
    """An encoder and a decoder, each with its embedding, and an LSTM that can't be opened."""
    random = np.random.default_rng(0)

    def cell(name: str, gates: int, inputs: int) -> dict[str, np.ndarray]:
        rows = gates * 4
        shapes = {"w_ih": (rows, inputs), "w_hh": (rows, 4), "b_ih": (rows,), "b_hh": (rows,)}
        return {
            f"{name}_{part}": random.random(shape, np.float32) for part, shape in shapes.items()
        }

    arrays = {
        **cell("enc", 3, 3), **cell("dec", 3, 2), **cell("tag", 4, 3),
        "enc_emb": random.random((6, 3), np.float32), "dec_emb": random.random((5, 2), np.float32),
        "fc_w": random.random((5, 4), np.float32), "fc_b": random.random(5, np.float32),
    }  # fmt: skip
    np.savez(folder / "several.npz", **arrays)
    return "several.npz"


def test_several_are_listed(several: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", several]) == 0
    assert capsys.readouterr().out.splitlines()[2:] == [
        "framework     numpy npz",
        "GRUs          2; choose one with --gru NAME",
        "",
        "name  layers  directions  units  inputs  embedding        output layer",
        "enc        1           1      4       3  enc_emb (6 × 3)  none",
        "dec        1           1      4       2  dec_emb (5 × 2)  fc_w (5 × 4)",
        "tag: an LSTM (four gates), not a GRU: tag_w_hh is 16 × 4. This program opens GRUs.",
    ]


def test_several_as_json(several: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", several, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told) == ["path", "sha256", "framework", "grus"]
    assert [(g["name"], g["hidden_size"], g["input_size"]) for g in told["grus"]] == [
        ("enc", 4, 3), ("dec", 4, 2), ("tag", 4, 3),
    ]  # fmt: skip
    assert [g["refusal"] is None for g in told["grus"]] == [True, True, False]
    assert told["grus"][1]["matched"]["output"]["name"] == "fc_w"


def test_one_of_several(several: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", several, "--gru", "dec", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told)[-2:] == ["gru", "matched"]
    assert told["gru"] == "dec"
    assert told["matched"]["output"] == {
        "name": "fc_w",
        "shape": [5, 4],
        "reason": "as wide as the GRU's states; its name says “fc”; it has a bias; as many rows "
        "as symbols",
        "candidates": [
            {
                "name": "fc_w",
                "shape": [5, 4],
                "for": [
                    "as wide as the GRU's states", "its name says “fc”", "it has a bias",
                    "as many rows as symbols",
                ],
                "against": [],
            }
        ],
    }  # fmt: skip
    assert main(["info", several, "--gru", "dec"]) == 0
    shown = capsys.readouterr().out
    assert (
        "embedding     dec_emb (5 × 2): its width fits the GRU's input; in the GRU's module “dec”; "
        "its name says “emb”"
    ) in shown


def test_overruled(several: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", several, "--gru", "enc", "--output", "none", "--embedding", "none"]) == 0
    shown = capsys.readouterr().out
    assert "embedding     none: as chosen" in shown
    assert "output layer  none: as chosen" in shown
    assert main(["info", several, "--gru", "enc", "--output", "fc_w"]) == 1
    assert capsys.readouterr().err == (
        "gru-debugger: several.npz: “fc_w” is 5 × 4, and can't be the output layer of “enc”; none "
        "fits.\n"
    )


@pytest.mark.parametrize("command", ["trace", "export", "convert"])
def test_elsewhere_one_must_be_chosen(
    command: str, several: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = {
        "trace": ["--text", "a", "-o", "o.npz"],
        "export": ["--text", "a", "--steps", "1", "-o", "o"],
        "convert": ["-o", "o.safetensors"],
    }
    assert main([command, several, *words[command]]) == 1
    assert capsys.readouterr().err == (
        "gru-debugger: several.npz: 2 GRUs are inside (enc, dec); choose one with --gru NAME.\n"
    )


@pytest.mark.parametrize(
    ("name", "files"),
    [("shards", "4, one behind the other: model.safetensors.index.json, model-00001-of-00003.safe"
                "tensors … model-00003-of-00003.safetensors"),
     ("tensorflow/objects", "2, one behind the other: ckpt.index, ckpt.data-00000-of-00001")],
)  # fmt: skip
def test_of_which_files_the_hash_is(
    name: str, files: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of a model in several, and of several GRUs in such."""
    path = str(Path(__file__).parent.parent / "formats/files" / name)
    assert main(["info", path]) == 0
    assert f"\nof files      {files}\n" in capsys.readouterr().out
    assert main(["info", path, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["files"][-1] == files.split()[-1]
