"""A model in a gzip or zip archive."""

from __future__ import annotations

import gzip
import zipfile
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from grus import Network, Shape
from safetensors.torch import save

from gru_debugger import load_model, trace
from gru_debugger.errors import ModelError
from gru_debugger.formats.child import isolation

FILES = Path(__file__).parent / "files"
NETWORK = Network(Shape(hidden=4, symbols=3))
GOOD = save(NETWORK.state_dict())
MODELS = {path.name: path.read_bytes() for path in
          (FILES / "keras2.h5", FILES / "tf2onnx.onnx", FILES / "linen.msgpack",
           FILES / "equinox.npz")}  # fmt: skip


def zipped(path: Path, files: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", how) as out:
        for name, content in files.items():
            out.writestr(name, content)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(ModelError) as told:
        load_model(path)
    return str(told.value).removeprefix(f"{path}: ")


@pytest.mark.parametrize("kind", ["gzip", "zip"])
@pytest.mark.parametrize("name", MODELS)
def test_every_kind_of_model(name: str, kind: str, tmp_path: Path) -> None:
    plain = isolation.read(FILES / name)
    path = tmp_path / f"{name}.{kind}"
    if kind == "gzip":
        path.write_bytes(gzip.compress(MODELS[name]))
    else:
        zipped(path, {f"net/{name}": MODELS[name], "net/README.md": b"# Words"})
    answer = isolation.read(path)
    assert answer.framework == plain.framework
    assert answer.sha256 == sha256(path.read_bytes()).hexdigest()
    assert answer.contents.tensors.keys() == plain.contents.tensors.keys()
    for key, array in plain.contents.tensors.items():
        assert np.array_equal(answer.contents.tensors[key], array)


def test_it_runs_as_the_network_does(tmp_path: Path) -> None:
    path = zipped(tmp_path / "model.zip", {"a.safetensors": GOOD, "__MACOSX/._a": GOOD,
                                           ".hidden": GOOD, "vocab.json": b"[]"})  # fmt: skip
    scores = trace(load_model(path, "abc"), "abcab").column("logits")
    assert np.abs(scores - NETWORK("abcab").numpy()).max() < 1e-6


def test_not_one_model(tmp_path: Path) -> None:
    def said(files: dict[str, bytes]) -> str:
        return refusal(zipped(tmp_path / "a.zip", files))

    several = "a zip archive of several models or parts of one, "
    assert said({"a": GOOD, "b.pt": GOOD}) == (
        f"{several}a, b.pt; unpack it first and open one of them, or their folder."
    )
    assert said(dict.fromkeys("abcd", GOOD)).startswith(f"{several}a, b, c, …; unpack")
    assert said({"notes.txt": b"words"}).startswith("a zip archive without a model inside; ")
    assert said({"a.zip": zipped(tmp_path / "b.zip", {"a": GOOD}).read_bytes()}).startswith(
        "a zip archive without a model inside; "
    )
    assert said({"[Content_Types].xml": b"<a/>"}).startswith("an office document, not a model; ")
    parts = "an archive of a model in several files; unpack it first and open it, or its folder."
    index = FILES / "tensorflow" / "tf1" / "model.ckpt.index"
    assert said({"m.index": index.read_bytes(), "m.data-00000-of-00001": b"0"}) == parts
    (tmp_path / "m.index").write_bytes(gzip.compress(index.read_bytes()))
    assert refusal(tmp_path / "m.index") == parts


@pytest.mark.parametrize("spoil", ["cut short", "another byte", "something behind it"])
@pytest.mark.parametrize("kind", ["gzip", "zip"])
def test_a_damaged_archive(kind: str, spoil: str, tmp_path: Path) -> None:
    path = zipped(tmp_path / "a", {"a.safetensors": GOOD})
    data = bytearray(gzip.compress(GOOD) if kind == "gzip" else path.read_bytes())
    if spoil == "another byte":
        data[len(data) // 3] ^= 255
    path.write_bytes(data[:-9] if spoil == "cut short" else
                     data + b"more" * (spoil == "something behind it"))  # fmt: skip
    if (kind, spoil) == ("zip", "something behind it"):
        assert load_model(path).hidden_size == 4  # as the library has it
        return
    assert refusal(path).startswith("an archive that is cut short or damaged (")
