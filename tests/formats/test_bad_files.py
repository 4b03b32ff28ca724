"""Files that can't be used, and the one line each is answered with."""

from __future__ import annotations

import gzip
import os
import pickle
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from grus import Network, Shape
from safetensors.torch import save

from gru_debugger.errors import ModelError
from gru_debugger.formats import load_model

STATE = Network(Shape(hidden=4, symbols=3)).state_dict()


def saved(content: Any, new: bool = True) -> bytes:
    stream = BytesIO()
    torch.save(content, stream, _use_new_zipfile_serialization=new)
    return stream.getvalue()


def with_value(value: float, name: str) -> bytes:
    state = {k: w.clone() for k, w in STATE.items()}
    state[name].view(-1)[0] = value
    return saved(state)


def without(*names: str) -> bytes:
    return saved({k: w for k, w in STATE.items() if k not in names})


def tar_of(content: bytes) -> bytes:
    stream = BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as file:
        entry = tarfile.TarInfo("model.pt")
        entry.size = len(content)
        file.addfile(entry, BytesIO(content))
    return stream.getvalue()


def zip_of(name: str) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        file.writestr(name, "content")
    return stream.getvalue()


def array(content: Any) -> bytes:
    stream = BytesIO()
    np.save(stream, content)
    return stream.getvalue()


CHOOSE = "choose a model file, such as .pt, .safetensors, .onnx, .keras or .npz."
NOT_A_MODEL = f"not a model; {CHOOSE}"
UNPACK = "unpack it first and open the model in it."
UNKNOWN = f"not a model file this program knows; {CHOOSE}"
DIVERGED = ("a weight is infinite or not a number; the training diverged. Choose an earlier "
            "checkpoint.")  # fmt: skip

TABLE: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "the file is empty; copy or save it again."),
    "one byte": (b"\xff", UNKNOWN),
    "PNG": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", f"a PNG picture, {NOT_A_MODEL}"),
    "JPEG": (b"\xff\xd8\xff\xe0\0\x10JFIF", f"a JPEG picture, {NOT_A_MODEL}"),
    "GIF": (b"GIF89a", f"a GIF picture, {NOT_A_MODEL}"),
    "PDF": (b"%PDF-1.7\n", f"a PDF document, {NOT_A_MODEL}"),
    "text": ("Der Kater saß.".encode(), f"a text file, {NOT_A_MODEL}"),
    "text cut inside a character": ("ß".encode() * 4096, f"a text file, {NOT_A_MODEL}"),
    "program": (b"int f(){ return 0; }", f"a text file, {NOT_A_MODEL}"),
    "JSON": (b'{"weights": [1, 2]}', f"a JSON file, {NOT_A_MODEL}"),
    "web page": (b"<!DOCTYPE html>", "a web page or XML file, not a model; download the model "
                                     "itself."),
    "LFS pointer": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0",
                    "a Git LFS pointer, not the model itself; fetch it with git lfs pull."),
    "HDF5": (b"\x89HDF\r\n\x1a\n" + bytes(100), "an HDF5 file that is cut short or damaged (bad "
                                              "byte number in an address); copy or save it again."),
    "ONNX, a header alone": (b"\x08\x08\x12\x07pytorch", "an ONNX file without a graph inside; "
                             "export the model to ONNX again."),
    "like ONNX": (b"\x08\x08\0\0pytorch", "perhaps an ONNX file, but damaged, or another of its "
                                         "kind; export the model to ONNX again."),
    "npy": (array(np.ones(3)), "a single numpy array, not a model; save all of its "
                               "arrays with numpy.savez."),
    "zip": (b"PK\x03\x04" + bytes(40), f"a zip archive without a model inside; {CHOOSE}"),
    "gzip": (b"\x1f\x8b\x08", "an archive that is cut short or damaged (it does not end where it "
                              "says); copy it again, or unpack it first and open the model in it."),
    "gzip of a text": (gzip.compress(b"abc"), "a gzip archive, and what is in it is a text file, "
                                              f"{NOT_A_MODEL}"),
    "gzip of a tar": (gzip.compress(tar_of(b"hello")), "a gzip archive, and what is in it is a tar "
                                                       f"archive; {UNPACK}"),
    "GGUF": (b"GGUF\x03\0\0\0", f"a GGUF language model, not a GRU; {CHOOSE}"),
    "WebP": (b"RIFF\x24\0\0\0WEBPVP8 ", f"a WebP picture, {NOT_A_MODEL}"),
    "BMP": (b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0", f"a BMP picture, {NOT_A_MODEL}"),
    "TIFF": (b"II*\0\x08\0\0\0", f"a TIFF picture, {NOT_A_MODEL}"),
    "film": (b"\0\0\0\x20ftypisom", f"a film or photo (MP4, MOV, HEIC), {NOT_A_MODEL}"),
    "sound": (b"RIFF\x24\0\0\0WAVEfmt ", f"a sound or a film, {NOT_A_MODEL}"),
    "TensorFlow Lite": (b"\x1c\0\0\0TFL3\x14\0", "a TensorFlow Lite model, which is not read "
                        "here; save the Keras model it was made from as .keras."),
    "TensorFlow SavedModel": (b"\x08\x01\x12\x05\x0a\x03\x12\x01\x41",
                              "the graph of a TensorFlow SavedModel, whose weights are in "
                              "variables/variables.index beside it; open that, or the folder."),
    "TensorFlow graph": (b"\x0a\x12\x0a\x01x\x12\x0bPlaceholder\x1a\0\xff", "a TensorFlow graph "
                         "(.pb), which is not read here; save the Keras model as .keras, or export "
                         "it to ONNX."),
    "pickle of scikit-learn": (pickle.dumps({"coef_": [1.0]}), "a pickle that torch.save did not "
                               "write; it may run code and is not opened. Save its arrays with "
                               "numpy.savez, or a PyTorch model's state_dict with torch.save."),
    "joblib": (zlib.compress(pickle.dumps([1.0] * 50)), "data compressed by zlib, as joblib does; "
               "it may run code and is not opened. Save the arrays with numpy.savez."),
    "tar": (tar_of(b"hello"), f"a tar archive; {UNPACK}"),
    "7z": (b"7z\xbc\xaf\x27\x1c\0\x04", f"a 7z archive; {UNPACK}"),
    "RAR": (b"Rar!\x1a\x07\x01\0", f"a RAR archive; {UNPACK}"),
    "docx": (zip_of("[Content_Types].xml"), f"an office document, {NOT_A_MODEL}"),
    "OpenDocument": (zip_of("mimetype"), f"an office document, {NOT_A_MODEL}"),
    "zip of something": (zip_of("notes.txt"), f"a zip archive without a model inside; {CHOOSE}"),
    "Jupyter notebook": (b'{\n "cells": [\n  {\n   "cell_type": "code"', "a Jupyter notebook, not "
                         "a model; choose the file that it saves, such as .pt or .keras."),
    "web page after an empty line": (b"\n\n<html>", "a web page or XML file, not a model; download "
                                                    "the model itself."),
    "program of the system": (b"\x7fELF\x02\x01\x01", f"a program, {NOT_A_MODEL}"),
    "random bytes": (np.random.default_rng(3).bytes(5000), UNKNOWN),
    "zeros": (bytes(5000), UNKNOWN),
    "LSTM": (saved({f"lstm.{k}": w for k, w in torch.nn.LSTM(3, 4).state_dict().items()}),
             "an LSTM (four gates), not a GRU: lstm.weight_hh_l0 is 16 × 4. This program opens "
             "GRUs."),
    "RNN": (saved(torch.nn.RNN(3, 4).state_dict()),
            "a plain RNN (no gates), not a GRU: weight_hh_l0 is 4 × 4. This program opens GRUs."),
    "two LSTMs": (saved({f"{n}.{k}": w for n in "ab"
                         for k, w in torch.nn.LSTM(3, 4).state_dict().items()}),
                  "an LSTM (four gates), not a GRU: a.weight_hh_l0 is 16 × 4. This program opens "
                  "GRUs."),
    "no GRU": (saved(torch.nn.Linear(3, 4).state_dict()),
               "no GRU inside (no weight_ih and weight_hh); its tensors are weight, bias. Choose a "
               "checkpoint of a GRU."),
    "many tensors, no GRU": (saved({f"layer{i}": torch.ones(2) for i in range(9)}),
                             "no GRU inside (no weight_ih and weight_hh); its tensors are layer0, "
                             "layer1, layer2, layer3, …. Choose a checkpoint of a GRU."),
    "no tensors": (saved({"epoch": 3}), "no GRU inside (no weight_ih and weight_hh); its tensors "
                                        "are none. Choose a checkpoint of a GRU."),
    "two GRUs": (saved({f"{n}.{k}": w for n in ("enc", "dec")
                        for k, w in torch.nn.GRU(3, 4).state_dict().items()}),
                 "2 GRUs are inside (enc, dec); choose one with --gru NAME."),
    "a part missing": (without("gru.weight_hh_l0"), "gru.weight_hh_l0 is missing; save the whole "
                                                    "state_dict."),
    "a layer missing": (saved({k.replace("_l1", "_l2"): w
                               for k, w in torch.nn.GRU(3, 4, 2).state_dict().items()}),
                        "weight_ih_l1 is missing; save the whole state_dict."),
    "a wrong bias": (saved({**STATE, "gru.bias_ih_l0": torch.ones(11)}),
                     "gru.bias_ih_l0 is 11, where 12 rows are expected; this is not a GRU."),
    "wrong inputs": (saved({**STATE, "gru.weight_ih_l0": torch.ones(9, 3)}),
                     "gru.weight_ih_l0 is 9 × 3, where 12 rows are expected; this is not a GRU."),
    "not a matrix": (saved({**STATE, "gru.weight_hh_l0": torch.ones(12)}),
                     "gru.weight_hh_l0 is not a matrix; this is not a GRU."),
    "no units": (saved({"weight_ih_l0": torch.ones(0, 3), "weight_hh_l0": torch.ones(0, 0)}),
                 "weight_hh_l0 is not a matrix; this is not a GRU."),
    "layers that don't fit": (saved({**torch.nn.GRU(3, 4).state_dict(), **{
                                     k.replace("_l0", "_l1"): w
                                     for k, w in torch.nn.GRU(5, 4).state_dict().items()}}),
                              "layer 1 reads 5 values and has 4 units, where 4 and 4 are "
                              "expected; this is not one GRU."),
    "not a number": (with_value(float("nan"), "gru.weight_hh_l0"), DIVERGED),
    "infinite": (with_value(float("inf"), "gru.bias_ih_l0"), DIVERGED),
    "infinite output": (with_value(float("-inf"), "fc.weight"), DIVERGED),
    "too large for float32": (saved({k: w.double() * 1e39 for k, w in STATE.items()}), DIVERGED),
    "reset nowhere": (save(STATE, {"reset": "never"}),
                      "reset is “never” in the metadata; it is “after” or “before”."),
}  # fmt: skip


def refusal(path: Path, **options: Any) -> str:
    with pytest.raises(ModelError) as error:
        load_model(path, **options)
    message = str(error.value)
    assert "\n" not in message
    assert message.startswith(f"{path}: ")
    return message.removeprefix(f"{path}: ")


@pytest.mark.parametrize("case", TABLE)
def test_bad_file(tmp_path: Path, case: str) -> None:
    data, message = TABLE[case]
    path = tmp_path / "model.pt"
    path.write_bytes(data)
    assert refusal(path) == message


def test_missing(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.pt") == "no such file; check the name."
    assert refusal(tmp_path / "none" / "model.pt") == "no such file; check the name."


def test_not_a_file(tmp_path: Path) -> None:
    assert refusal(tmp_path) == "a folder without a model file in it; give a file."
    assert refusal(Path(os.devnull)) == "this is not a regular file; give a file."
    path = tmp_path / "pipe"
    os.mkfifo(path)
    assert refusal(path) == "this is not a regular file; give a file."


def test_no_such_bundled_model() -> None:
    with pytest.raises(ModelError, match=r"^bundled:none: no such bundled model; there are "):
        load_model("bundled:none")


def test_no_gru_of_that_name(tmp_path: Path) -> None:
    path = tmp_path / "model.pt"
    path.write_bytes(saved(STATE))
    assert refusal(path, gru="enc") == "no GRU called “enc”; its GRU is gru."


AS_NOBODY = """
import os, sys
from pathlib import Path
from gru_debugger.errors import ModelError
from gru_debugger.formats import load_model, formats
from gru_debugger.formats.child import isolation
formats()
if os.geteuid() == 0:
    os.seteuid(65534)
try:
    load_model(Path(sys.argv[1]))
except ModelError as error:
    print(error)
"""


def test_no_permission() -> None:
    """In a child process without root's rights, for root may read everything."""
    folder = Path(tempfile.mkdtemp())
    try:
        folder.chmod(0o755)
        path = folder / "model.pt"
        path.write_bytes(saved(STATE))
        path.chmod(0)
        child = [sys.executable, "-c", AS_NOBODY, str(path)]
        answer = subprocess.run(child, capture_output=True, text=True, check=True)
        expected = f"{path}: no permission to read it; change its permissions or copy it.\n"
        assert answer.stdout == expected
    finally:
        shutil.rmtree(folder)


# Cut short --------------------------------------------------------------------------------------

WHOLE: dict[str, Callable[[], bytes]] = {
    "a PyTorch file": lambda: saved(STATE),
    "a PyTorch file ": lambda: saved(STATE, new=False),
    "a safetensors file": lambda: save(STATE),
}


@pytest.mark.parametrize("part", [0.02, 0.2, 0.5, 0.8, 0.97])
@pytest.mark.parametrize("kind", WHOLE)
def test_cut_short(tmp_path: Path, kind: str, part: float) -> None:
    data = WHOLE[kind]()
    path = tmp_path / "model.pt"
    path.write_bytes(data[: int(len(data) * part)])
    message = refusal(path)
    assert message.startswith(f"{kind.strip()} that is cut short or damaged (")
    assert message.endswith("); copy or save it again.")


def test_one_byte_short(tmp_path: Path) -> None:
    path = tmp_path / "model.pt"
    for whole in WHOLE.values():
        path.write_bytes(whole()[:-1])
        assert "cut short or damaged" in refusal(path)
