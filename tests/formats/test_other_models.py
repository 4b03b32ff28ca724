"""Models of kinds that are not read: what they are, and the way out; files/make_others.py."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import onnxruntime
import pytest
import torch
from grus import Network, Shape
from onnx_graphs import gru, saved
from torch.distributed import checkpoint

from gru_debugger import load_model
from gru_debugger.errors import ModelError
from gru_debugger.formats.unclaimed import CORE_ML, DISTRIBUTED, OPENVINO, ORBAX, PICKLE

FILES = Path(__file__).parent / "files"
OTHERS = FILES / "others"

SAID = {
    "core.mlmodel": CORE_ML,
    "core.mlpackage": CORE_ML,
    "core.mlpackage/Manifest.json": CORE_ML,
    "core.mlpackage/Data/com.apple.CoreML/model.mlmodel": CORE_ML,
    "openvino": OPENVINO,
    "openvino/net.xml": OPENVINO,
    "orbax": ORBAX,
    "orbax/_METADATA": ORBAX,
    "orbax/_CHECKPOINT_METADATA": ORBAX,
    "orbax/manifest.ocdbt": ORBAX,
    "arrays.mat": "a MATLAB file, which is not read here; save its arrays under their names with "
                  "numpy.savez.",
    "sklearn0.pkl": PICKLE,
    "sklearn5.pkl": PICKLE,
    "sklearn.joblib": PICKLE,
    "sklearn.joblib.z": "data compressed by zlib, as joblib does; it may run code and is not "
                        "opened. Save the arrays with numpy.savez.",
}  # fmt: skip


def refusal(path: Path) -> str:
    with pytest.raises(ModelError) as told:
        load_model(path)
    return str(told.value).removeprefix(f"{path}: ")


@pytest.mark.parametrize("name", SAID)
def test_what_it_is_and_what_to_do(name: str) -> None:
    assert refusal(OTHERS / name) == SAID[name]


def test_a_step_of_a_manager_of_checkpoints(tmp_path: Path) -> None:
    """orbax' CheckpointManager has a folder a step."""
    shutil.copytree(OTHERS / "orbax", tmp_path / "1")
    assert refusal(tmp_path) == ORBAX


def test_a_distributed_checkpoint_and_its_way_out(tmp_path: Path) -> None:
    network = Network(Shape(hidden=4, symbols=3))
    folder, made = tmp_path / "dcp", tmp_path / "model.pt"
    with pytest.warns(UserWarning, match="torch.distributed is disabled, unavailable or uninit"):
        checkpoint.save(network.state_dict(), checkpoint_id=folder)
    for path in (folder, folder / ".metadata", folder / "__0_0.distcp"):
        assert refusal(path) == DISTRIBUTED
    _, command = DISTRIBUTED.split("python ")
    words = command.removesuffix(".").replace("FOLDER", str(folder)).replace("model.pt", str(made))
    subprocess.run([sys.executable, *words.split()], check=True, capture_output=True)
    weights = load_model(made, "abc").layers[0][0].weight_hh
    assert torch.equal(torch.from_numpy(weights), network.gru.weight_hh_l0)


def test_onnx_runtimes_own_format(tmp_path: Path) -> None:
    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath = str(tmp_path / "model.ort")
    options.add_session_config_entry("session.save_model_format", "ORT")
    onnxruntime.InferenceSession(saved(tmp_path, gru()), options)
    assert refusal(tmp_path / "model.ort") == (
        "a model in ONNX Runtime's own format (.ort), which is not read here; open the .onnx file "
        "it was made from."
    )
