"""`debug`: what it copies, how it starts the window, and that it leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from grus import Network, Shape, assert_close, distance, model_of

import gru_debugger
from gru_debugger import children, live
from gru_debugger.core.model import Model
from gru_debugger.core.trace import trace
from gru_debugger.errors import InputError, ModelError, TextError, VocabularyError
from gru_debugger.files import read_text
from gru_debugger.formats import load_model, provenance
from gru_debugger.formats.arrays import read_rows

SHAPE = Shape(hidden=4, symbols=5, layers=2, directions=2, embedding=3)
LETTERS = SHAPE.vocabulary


class Trainer(torch.nn.Module):
    """The GRU lies two levels down, beside other things."""

    def __init__(self) -> None:
        super().__init__()
        self.network = Network(SHAPE)
        self.register_buffer("steps", torch.tensor(3))
        self.chars = list(LETTERS)


class Window:
    """Stands for the process that `debug` starts."""

    def __init__(self, command: list[str], **options: Any) -> None:
        self.command, self.options = command, options

    @property
    def folder(self) -> Path:
        return Path(self.command[-1])

    def wait(self) -> int:
        return 7


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No process is started; folders are made inside the test's own."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(live, "children", SimpleNamespace(command=children.command, start=Window))


def given_model(folder: Path) -> Model:
    """The model as the window opens it."""
    (path,) = folder.glob("*.safetensors")
    provenance.declare(path, folder / "source.json")
    return load_model(path)


# What the window is given -----------------------------------------------------------------------


@pytest.mark.usefixtures("windows")
def test_a_module_with_a_gru_inside() -> None:
    window = gru_debugger.debug(Trainer(), "abcde")
    around = children.command("gru_debugger.live", str(window.folder), attached=False)
    assert window.command == around
    assert window.options["start_new_session"]
    assert window.options["stdin"] == subprocess.DEVNULL
    assert window.folder.stat().st_mode & 0o777 == 0o700
    names = sorted(path.name for path in window.folder.iterdir())
    assert names == ["Trainer.safetensors", "source.json", "text.txt"]
    model = given_model(window.folder)
    assert (model.source.name, model.source.framework) == ("Trainer", "PyTorch")
    assert model.vocabulary == tuple(LETTERS)
    network = Trainer().network
    assert_close(trace(model, "abcde").column("logits"), network("abcde"), "logits")


@pytest.mark.usefixtures("windows")
def test_the_command_of_the_window() -> None:
    window = gru_debugger.debug(Trainer(), "abc")
    assert live.window_command(window.folder) == children.command(
        "gru_debugger.cli", str(window.folder / "Trainer.safetensors"),
        "--stand-in", str(window.folder / "source.json"),
        "--text-file", str(window.folder / "text.txt"), folder=window.folder,
    )  # fmt: skip


@pytest.mark.usefixtures("windows")
@pytest.mark.parametrize("kind", ["array", "tensor", "lists", "float64"])
def test_rows_need_no_vocabulary(kind: str) -> None:
    torch.manual_seed(3)
    gru = torch.nn.GRU(5, 4, batch_first=True)
    x = torch.randn(200, 5)
    given = {"array": x.numpy(), "tensor": x.clone().requires_grad_(), "lists": x.tolist()}
    window = gru_debugger.debug(gru, given.get(kind, x.double().numpy()))
    command = live.window_command(window.folder)
    rows = window.folder / "rows.npz"
    assert command[-2:] == ["--rows", str(rows)]
    shown = trace(given_model(window.folder), read_rows(rows))
    assert_close(shown.column("h"), gru(x[None])[0][0].detach(), "h")


@pytest.mark.usefixtures("windows")
@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (np.ones((3, 4)), "rows: 3 × 4 values of type float64, where rows of 5 numbers are"),
        (np.ones(5), "rows: 5 values of type float64, where rows of 5 numbers are expected"),
        (np.full((2, 5), np.nan), "rows: row 1, column 1 is infinite or not a number."),
        ([[1, 2], [3]], "[[1, 2], [3]] is neither a text nor a table of numbers; give a str, or"),
        (np.ones((0, 5)), "rows: there are no rows; give at least one."),
        (None, "None is neither a text nor a table of numbers; give a str, or an array"),
    ],
    ids=["narrow", "one dimension", "nan", "ragged", "none", "nothing"],
)
def test_rows_that_do_not_fit(rows: Any, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        gru_debugger.debug(torch.nn.GRU(5, 4), rows)
    assert str(caught.value).startswith(said)
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("windows")
@pytest.mark.parametrize("text", ["a\r\nb\n\rc", "\ufeffab", "ä😀\n", " a\t "])
def test_the_text_arrives_as_it_is(text: str) -> None:
    letters = sorted(set(text))
    network = Network(Shape(symbols=len(letters)))
    window = gru_debugger.debug(network, text, letters)
    assert read_text(window.folder / "text.txt") == text


@pytest.mark.usefixtures("windows")
def test_training_goes_on_without_touching_the_copy() -> None:
    trainer = Trainer()
    window = gru_debugger.debug(trainer, "abc")
    before = trainer.network.gru.weight_hh_l0.clone()
    trainer.network.gru.weight_hh_l0 += 1
    model = load_model(window.folder / "Trainer.safetensors")
    assert np.array_equal(model.cell().weight_hh, before)


@pytest.mark.usefixtures("windows")
def test_a_model_of_the_programs_own() -> None:
    model = model_of(Network(SHAPE), "before")
    model = replace(model, source=replace(model.source, name="cat mat.pt", sha256="e" * 64))
    window = gru_debugger.debug(model, "abc")
    assert (window.folder / "cat-mat-pt.safetensors").exists()
    back = given_model(window.folder)
    assert (back.reset, back.source.name) == ("before", "cat mat.pt")
    assert back.source.sha256 == "e" * 64
    assert np.array_equal(trace(back, "abc").states(), trace(model, "abc").states())


@pytest.mark.usefixtures("windows")
def test_block_waits_and_gives_the_exit_status() -> None:
    assert gru_debugger.debug(Trainer(), "abc", block=True) == 7


@pytest.mark.usefixtures("windows")
def test_the_vocabulary_given_comes_first(tmp_path: Path) -> None:
    file = tmp_path / "letters.json"
    file.write_text('["v", "w", "x", "y", "z"]')
    model = replace(model_of(Network(SHAPE)), vocabulary=None)
    for subject in (Trainer(), model):
        for given in ("vwxyz", list("vwxyz"), {c: i for i, c in enumerate("vwxyz")}, file):
            window = gru_debugger.debug(subject, "xyz", given)
            (path,) = window.folder.glob("*.safetensors")
            assert load_model(path).vocabulary == tuple("vwxyz")


# What it finds in a module ----------------------------------------------------------------------


class Derived(torch.nn.GRU):
    pass


class GRU(torch.nn.Module):
    """Not torch's, only called so."""


def test_grus_of_every_kind() -> None:
    for module in (torch.nn.GRU(3, 4), torch.nn.GRUCell(3, 4), Derived(3, 4, batch_first=True)):
        model = live.from_module(torch.nn.Sequential(module).train(), "abc")
        name = next(n for n, _ in module.named_parameters() if n.startswith("weight_hh"))
        assert distance(model.cell().weight_hh, getattr(module, name).detach()) == 0


@pytest.mark.parametrize("kind", [torch.float64, torch.float16, torch.bfloat16])
def test_other_precisions(kind: torch.dtype) -> None:
    model = live.from_module(torch.nn.GRU(3, 4, dtype=kind), "abc")
    assert model.source.dtype == str(kind).removeprefix("torch.")
    assert model.source.warnings[0].endswith("weights were converted to float32")


def test_weight_norm() -> None:
    network = Network(SHAPE)
    torch.nn.utils.parametrizations.weight_norm(network.gru, "weight_hh_l0")
    model = live.from_module(network, LETTERS)
    assert distance(model.cell().weight_hh, network.gru.weight_hh_l0.detach()) <= 1e-6


def test_a_gru_under_two_names_is_one() -> None:
    network = Network(SHAPE)
    network.same = network.gru
    assert live.from_module(network, LETTERS).hidden_size == 4


# Refusals ---------------------------------------------------------------------------------------

two = torch.nn.ModuleDict({"enc": torch.nn.GRU(3, 4), "dec": torch.nn.GRU(3, 4)})

REFUSALS: dict[str, tuple[tuple[Any, ...], type[Exception], str]] = {
    "no GRU": ((torch.nn.Linear(2, 3), "a"), ModelError,
               "Linear: no GRU inside; give a module with a torch.nn.GRU or GRUCell."),
    "LSTM": ((torch.nn.LSTM(2, 3), "a"), ModelError,
             "LSTM: no GRU inside; give a module with a torch.nn.GRU or GRUCell."),
    "called GRU": ((GRU(), "a"), ModelError,
                   "GRU: no GRU inside; give a module with a torch.nn.GRU or GRUCell."),
    "two": ((two, "a"), ModelError,
            "ModuleDict: 2 GRUs are inside (enc, dec); give the part with one."),
    "a path": (("model.pt", "a"), ModelError,
               "str: neither a Model nor a torch.nn.Module; give one of the two."),
    "no vocabulary": ((torch.nn.GRU(3, 4), "a"), VocabularyError,
                      'GRU: no vocabulary; give its 3 symbols in index order, vocabulary="abc…".'),
    "an endless name": ((torch.nn.ModuleDict({"a" * 2000: torch.nn.GRU(3, 4)}), "a", "abc"),
                        ModelError,
                        "ModuleDict: the name of a tensor has more than 1,000 characters; rename "
                        "it and save the model again."),
    "too small": ((torch.nn.GRU(3, 4), "a", "ab"), VocabularyError,
                  "the vocabulary given: 2 symbols, but the model reads 3 numbers a step; step "
                  "over rows of numbers (--rows FILE), without a vocabulary, or give 3 "
                  "symbols."),
    "too small for a Model": ((model_of(Network(SHAPE)), "a", "ab"), VocabularyError,
                              "the vocabulary given: 2 symbols, but the model needs 5; give the "
                              "vocabulary it was trained with."),
    "empty text": ((Trainer(), ""), TextError, "the text is empty: give at least one character."),
    "unknown character": ((Trainer(), "abX"), TextError,
                          "character “X” at position 3 of the text is not in the model's "
                          "vocabulary (5 symbols: abcde); change the text or the vocabulary."),
}  # fmt: skip


@pytest.mark.usefixtures("windows")
@pytest.mark.parametrize("case", REFUSALS)
def test_refusal(case: str, tmp_path: Path) -> None:
    arguments, kind, message = REFUSALS[case]
    with pytest.raises(kind) as refusal:
        gru_debugger.debug(*arguments)
    assert type(refusal.value) is kind
    assert str(refusal.value) == message
    assert list(tmp_path.iterdir()) == [], "no folder is left"


def test_a_window_that_does_not_start_leaves_no_folder(
    windows: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(live, "children", SimpleNamespace(command=children.command, start=fail))
    with pytest.raises(OSError, match="no more processes"):
        gru_debugger.debug(Trainer(), "abc")
    assert list(tmp_path.iterdir()) == []


# The end of the window --------------------------------------------------------------------------

# The small process, with another program in the window's place; it prints its number first.
AROUND = """
import sys
from gru_debugger import children, live
live.window_command = lambda folder: [sys.executable, "-c", {program!r}]
raise SystemExit(live.main(sys.argv[1:]))
"""
PRINT = "import os; print(os.getpid(), flush=True); "


def around(folder: Path, program: str) -> subprocess.Popen[str]:
    child = [sys.executable, "-c", AROUND.format(program=PRINT + program), str(folder)]
    return subprocess.Popen(child, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize(
    ("program", "status"),
    [("", 0), ("raise SystemExit(3)", 3), ("os.kill(os.getpid(), 9)", 256 - 9)],
    ids=["closed", "an error", "a crash"],
)
def test_the_folder_goes_when_the_window_ends(tmp_path: Path, program: str, status: int) -> None:
    folder = tmp_path / "job"
    folder.mkdir()
    (folder / "text.txt").write_text("abc")
    with around(folder, program) as process:
        assert process.wait(30) == status
    assert not folder.exists()


@pytest.mark.parametrize(("name", "status"), [("SIGTERM", 143), ("SIGHUP", 129), ("SIGINT", 130)])
def test_the_window_ends_with_the_process_debug_returned(
    name: str, status: int, tmp_path: Path
) -> None:
    folder = tmp_path / "job"
    folder.mkdir()
    with around(folder, "import time; time.sleep(60)") as process:
        assert process.stdout is not None
        number = int(process.stdout.readline())
        process.send_signal(getattr(signal, name))
        assert process.wait(30) == status
    assert not folder.exists()
    deadline = time.monotonic() + 10
    while _is_running(number):
        assert time.monotonic() < deadline, "the window outlived the process"
        time.sleep(0.02)


def _is_running(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True
