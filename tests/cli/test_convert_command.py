"""`gru-debugger convert`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gru_debugger import conversion
from gru_debugger.cli import main
from gru_debugger.conversion import SUFFIXES
from gru_debugger.core.trace import trace
from gru_debugger.formats import load_model

TEXT = 'abc,"\ncab'


def refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["convert", *words]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    return said.err.removeprefix("gru-debugger: ").rstrip("\n")


@pytest.mark.parametrize("suffix", [*SUFFIXES, ".NPZ"])
def test_each_kind(suffix: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["convert", "deep.safetensors", "-o", f"out{suffix}"]) == 0
    assert capsys.readouterr() == ("", "")
    before, after = load_model("deep.safetensors"), load_model(f"out{suffix}")
    assert after.vocabulary == before.vocabulary
    for column in ("h_l1", "h_l1_reverse", "logits"):
        ours, theirs = (trace(model, TEXT).column(column) for model in (after, before))
        assert np.array_equal(ours, theirs)
    assert sorted(p.name for p in folder.glob("*out*")) == [f"out{suffix}"]


def test_the_key_that_holds_it_is_called_as_it_is(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["convert", "small.safetensors", "-o", "out.pt"]) == 0
    assert main(["info", "out.pt"]) == 0
    assert "in the GRU's module “state_dict”;" in capsys.readouterr().out


def test_info_says_what_it_was_made_from(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = "small.safetensors", "second.onnx"
    assert main(["convert", first, "-o", second]) == 0
    assert main(["convert", second, "-o", "third.npz"]) == 0
    digests = [load_model(name).source.sha256 for name in (first, second)]
    assert main(["info", "third.npz"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[2:5] == [
        "framework     numpy npz",
        *(
            f"origin        says it was converted from {name} ({kind}, float32, SHA-256 {digest})"
            for name, kind, digest in (
                (second, "ONNX", digests[1]),
                (first, "safetensors", digests[0]),
            )
        ),
    ]
    assert main(["info", second, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["path"] == second
    assert told["sha256"] == digests[1]
    assert told["converted_from"]["name"] == first
    assert told["converted_from"]["sha256"] == digests[0]
    assert told["converted_from"]["converted_from"] is None


def test_the_vocabulary_and_the_gru_may_be_given(folder: Path) -> None:
    Path("v.json").write_text('["<pad>", "b", "c", "d", "e", "f"]')
    words = ["silent.safetensors", "--vocabulary", "v.json", "--gru", "gru"]
    assert main(["convert", *words, "-o", "out.pt"]) == 0
    assert load_model("out.pt").vocabulary == ("<pad>", "b", "c", "d", "e", "f")


def test_the_text_comes_along(folder: Path) -> None:
    for suffix in SUFFIXES:
        assert main(["convert", "told.safetensors", "-o", f"out{suffix}"]) == 0
        assert load_model(f"out{suffix}").example == load_model("told.safetensors").example


def test_half_weights_are_in_its_metadata(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arrays = {
        "weight_ih_l0": np.ones((9, 4), np.float16), "weight_hh_l0": np.ones((9, 3), np.float16)
    }  # fmt: skip
    np.savez("half.npz", vocabulary=np.array(list("abcd")), **arrays)
    assert main(["convert", "half.npz", "-o", "out.onnx"]) == 0
    assert capsys.readouterr().err == ""  # notes are `info`'s matter
    source = load_model("out.onnx").source
    assert source.dtype == "float32"
    assert source.converted_from is not None
    assert source.converted_from.dtype == "float16"
    assert source.converted_from.told[0].in_words == "float16 weights were converted to float32"


def test_reset_before_to_pytorch(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with np.load(_as_npz()) as arrays:
        np.savez("before.npz", **{**arrays, "reset": np.array("before")})
    assert refused(["before.npz", "-o", "out.pt"], capsys) == (
        "out.pt: PyTorch's GRU resets after the matrix product, this model before it; "
        "write .onnx, .npz or .safetensors."
    )
    assert not Path("out.pt").exists()
    assert main(["convert", "before.npz", "-o", "out.onnx"]) == 0
    assert load_model("out.onnx").reset == "before"


def _as_npz() -> Path:
    assert main(["convert", "small.safetensors", "-o", "small.npz"]) == 0
    return Path("small.npz")


@pytest.mark.parametrize("out", ["out.txt", "out", "out.h5", "out.pth", ".pt"])
def test_another_ending(out: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["convert", "small.safetensors", "-o", out])
    assert left.value.code == 2
    *others, last = SUFFIXES
    assert capsys.readouterr().err == (
        f"gru-debugger: argument -o: “{out}” must end in {', '.join(others)} or {last}; see "
        "gru-debugger convert --help.\n"
    )


def test_a_file_that_is_there(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("out.npz").write_bytes(b"mine")
    words = ["small.safetensors", "-o", "out.npz"]
    assert refused(words, capsys) == (
        "out.npz: the file is there already; add --force to overwrite, or name another."
    )
    assert Path("out.npz").read_bytes() == b"mine"
    assert main(["convert", *words, "--force"]) == 0
    assert load_model("out.npz").hidden_size == 3


@pytest.mark.parametrize("force", [[], ["--force"]])
def test_never_the_input(
    force: list[str], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = Path("small.safetensors").read_bytes()
    os.link("small.safetensors", "same.pt")
    for out in ("small.safetensors", "./small.safetensors", "same.pt"):
        assert refused(["small.safetensors", "-o", out, *force], capsys) == (
            f"{Path(out)}: this is a file to be read; write to another."
        )
    assert Path("small.safetensors").read_bytes() == before


def test_without_the_onnx_package(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    monkeypatch.delitem(sys.modules, "gru_debugger.conversion.onnx", raising=False)
    monkeypatch.delattr(conversion, "onnx", raising=False)
    assert refused(["small.safetensors", "-o", "out.onnx"], capsys) == (
        "out.onnx: the package onnx writes such files and is not installed: pip install onnx"
    )
    assert main(["convert", "small.safetensors", "-o", "out.npz"]) == 0


def test_only_what_is_needed_is_imported(folder: Path) -> None:
    """Neither torch nor onnx, but by the writer that is asked for; --help is in test_commands."""
    code = (
        "import sys\nfrom gru_debugger.cli import main\n"
        "main(['convert', 'small.safetensors', '-o', sys.argv[1]])\n"
        "print(*[m for m in ('torch', 'onnx', 'PySide6') if m in sys.modules])"
    )
    for out, expected in {"a.npz": "", "a.onnx": "onnx", "a.pt": "torch"}.items():
        command = [sys.executable, "-c", code, out]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
        assert done.stdout.strip() == expected
