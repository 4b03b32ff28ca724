"""What lies around the weights in a checkpoint: trainers' wrappings, optimizers, vocabularies."""

from __future__ import annotations

import argparse
import collections
import io
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from grus import Network, Shape, distance
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from telling import told

from gru_debugger.core.model import Model
from gru_debugger.core.trace import trace
from gru_debugger.errors import ModelError
from gru_debugger.formats import load_model, pytorch

SHAPE = Shape(hidden=4, symbols=5, embedding=4)
NETWORK = Network(SHAPE)
STATE = NETWORK.state_dict()
LETTERS = SHAPE.vocabulary
TEXT = SHAPE.text(200)
LAYOUTS = pytest.mark.parametrize("new", [True, False], ids=["zip", "before 1.6"])

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


def save(content: Any, path: Path, new: bool = True) -> Path:
    torch.save(content, path, _use_new_zipfile_serialization=new)
    return path


def refusal(path: Path, **options: Any) -> str:
    with pytest.raises(ModelError) as error:
        load_model(path, LETTERS, **options)
    assert "\n" not in str(error.value)
    return str(error.value).removeprefix(f"{path}: ")


def assert_runs_like(network: Network, path: Path, **options: Any) -> None:
    ours = trace(load_model(path, **options), TEXT).column("logits")
    assert distance(ours, network(TEXT)) <= 1e-6


def prefixed(prefix: str) -> dict[str, torch.Tensor]:
    return {f"{prefix}{name}": weight for name, weight in STATE.items()}


def trained() -> tuple[Network, torch.optim.Optimizer]:
    """With Adam's moments, which have the shapes of the weights."""
    network = Network(SHAPE).requires_grad_(True)
    network.load_state_dict(STATE)
    optimizer = torch.optim.Adam(network.parameters(), lr=0.0)
    network("abc").sum().backward()
    optimizer.step()
    network.requires_grad_(False)
    return network, optimizer


@dataclass
class Config:
    hidden_size: int = 4
    chars: list[str] = field(default_factory=lambda: list(LETTERS))


class Vocabulary:
    """Of a user's own, with tables in it."""

    def __init__(self) -> None:
        self.itos = list(LETTERS)
        self.stoi = collections.defaultdict(int, {c: i for i, c in enumerate(LETTERS)})


Make = Callable[[], Any]
NAMED_OPTIMIZER = {
    "state": {name: {"exp_avg": w, "exp_avg_sq": w} for name, w in STATE.items()},
    "param_groups": [{"lr": 1e-3, "params": list(STATE)}],
}

AROUND: dict[str, Make] = {
    "Lightning": lambda: {
        "epoch": 3, "global_step": 7, "pytorch-lightning_version": "2.4.0",
        "state_dict": prefixed("model."), "loops": {"fit_loop": {"state_dict": {}}},
        "callbacks": {"ModelCheckpoint{'monitor': 'loss'}": {"best_model_path": "x"}},
        "optimizer_states": [trained()[1].state_dict()], "lr_schedulers": [],
        "hyper_parameters": {"hidden_size": 4, "lr": 1e-3}},
    "DataParallel": lambda: prefixed("module."),
    "compiled": lambda: prefixed("_orig_mod."),
    "FSDP": lambda: prefixed("_fsdp_wrapped_module."),
    "FSDP of checkpointed layers": lambda: {
        k.replace("gru.", "gru._fsdp_wrapped_module._checkpoint_wrapped_module."): w
        for k, w in STATE.items()},
    "with Adam": lambda: {"model": STATE, "optimizer": trained()[1].state_dict()},
    "with Adam by names": lambda: {"optim": NAMED_OPTIMIZER, "model": STATE},
    "with the optimizer itself": lambda: {"optimizer": trained()[1], "model": trained()[0]},
    "a tuple of both": trained,
    "gradient scaler and random state": lambda: {
        "net": STATE, "scaler": {"scale": 65536.0}, "rng": torch.get_rng_state()},
    "sparse, complex, float8 and meta beside": lambda: {
        "model": STATE, "graph": torch.eye(4).to_sparse(), "rows": torch.eye(4).to_sparse_csr(),
        "wave": torch.ones(2, dtype=torch.cfloat), "empty": torch.empty(9, device="meta"),
        "eight": torch.ones(2).to(torch.float8_e4m3fn)},
    "parameters with attributes": lambda: {k: with_attribute(w) for k, w in STATE.items()},
    "numpy arrays": lambda: {k: w.numpy() for k, w in STATE.items()},
    "numpy arrays by columns": lambda: {k: np.asfortranarray(w.numpy()) for k, w in STATE.items()},
    "numpy arrays, big-endian": lambda: {k: w.numpy().astype(">f4") for k, w in STATE.items()},
    "a long string of numpy's": lambda: {"state_dict": STATE, "note": np.str_("x" * 99)},
    "numpy numbers beside": lambda: {
        "state_dict": STATE, "loss": np.float64(1.5), "epoch": np.int64(3), "when":
        np.datetime64("2020-01-01"), "objects": np.array([{}, None], dtype=object)},
}  # fmt: skip


def with_attribute(weight: torch.Tensor) -> torch.nn.Parameter:
    parameter = torch.nn.Parameter(weight.clone())
    parameter.tensor_model_parallel = False
    return parameter


@LAYOUTS
@pytest.mark.parametrize("case", AROUND)
def test_around_the_weights(tmp_path: Path, case: str, new: bool) -> None:
    if "sparse" in case and not new:
        pytest.skip("torch does not write them so")
    path = save(AROUND[case](), tmp_path / "model.pt", new)
    assert_runs_like(NETWORK, path, vocabulary=LETTERS)


@LAYOUTS
def test_what_a_whole_module_does_besides(tmp_path: Path, new: bool) -> None:
    network = Network(SHAPE)
    network.act, network.softmax = torch.nn.ReLU(), torch.nn.LogSoftmax(-1)
    network.embedding.max_norm = 0.5
    assert told(load_model(save(network, tmp_path / "model.pt", new))) == (
        "act (ReLU): not computed here; it may stand anywhere: states or predictions shown may not "
        "be the network's own",
        "the network shortens rows of embedding that are longer than max_norm = 0.5 as it reads "
        "them; here they are as they were stored",
    )


def test_moments_are_not_weights(tmp_path: Path) -> None:
    """Where the output layer is missing, none of the optimizer's matrices is taken for it."""
    state = {k: w for k, w in STATE.items() if not k.startswith("fc.")}
    for optimizer in (NAMED_OPTIMIZER, trained()[1]):
        path = save({"optimizer": optimizer, "model": state}, tmp_path / "model.pt")
        found = pytorch.read(path.read_bytes(), path).tensors
        assert list(found) == [f"model.{name}" for name in state]
        assert load_model(path, LETTERS).output is None


def test_moving_average_beside_the_model(tmp_path: Path) -> None:
    other = Network(Shape(4, 5, embedding=4, seed=8))
    ema = {f"ema.{name}": weight for name, weight in other.state_dict().items()}
    path = save({**prefixed("model."), **ema}, tmp_path / "model.pt")
    assert "2 GRUs are inside (model.gru, ema.gru)" in refusal(path)
    assert_runs_like(NETWORK, path, vocabulary=LETTERS, gru="model.gru")
    assert_runs_like(other, path, vocabulary=LETTERS, gru="ema.gru")


@pytest.mark.parametrize("whole", [True, False], ids=["module", "state_dict"])
@LAYOUTS
def test_tied_weights(tmp_path: Path, whole: bool, new: bool) -> None:
    """The embedding and the output layer share a storage: both are found, and both are right."""
    network = Network(SHAPE)
    network.fc.weight = network.embedding.weight
    network.chars = LETTERS
    content = network if whole else {"state_dict": network.state_dict(), "chars": LETTERS}
    model = load_model(save(content, tmp_path / "model.pt", new))
    assert model.embedding is not None
    assert model.output is not None
    assert distance(model.embedding, model.output.weight) == 0
    assert distance(model.output.bias, network.fc.bias) == 0
    assert_runs_like(network, tmp_path / "model.pt")


# Vocabularies ---------------------------------------------------------------------------------

INDEX = {c: i for i, c in enumerate(LETTERS)}
VOCABULARIES: dict[str, Make] = {
    "an object": lambda: {"state_dict": STATE, "vocab": Vocabulary()},
    "one level deeper": lambda: {"state_dict": STATE, "data": {"vocab": {"stoi": INDEX}}},
    "by numpy's numbers": lambda: {
        "state_dict": STATE, "int2char": {np.int64(i): np.str_(c) for c, i in INDEX.items()}},
    "to numpy's numbers": lambda: {
        "state_dict": STATE, "char2int": {c: np.int32(i) for c, i in INDEX.items()}},
    "an array": lambda: {"state_dict": STATE, "chars": np.array(list(LETTERS))},
    "an array of objects": lambda: {"state_dict": STATE, "chars": np.array([*LETTERS], object)},
    "an OrderedDict": lambda: {"state_dict": STATE, "stoi": collections.OrderedDict(INDEX)},
    "a Namespace": lambda: {"state_dict": STATE, "args": argparse.Namespace(chars=LETTERS, lr=1)},
    "a SimpleNamespace": lambda: {"state_dict": STATE, "c": SimpleNamespace(itos=[*LETTERS])},
    "a dataclass": lambda: {"state_dict": STATE, "config": Config()},
    "Lightning's": lambda: {"state_dict": STATE, "hyper_parameters": {"vocab": list(LETTERS)}},
    "without a name": lambda: (*trained(), INDEX),
    "without a name, turned": lambda: [STATE, dict(enumerate(LETTERS))],
    "without a name, a list": lambda: (STATE, list(LETTERS)),
}  # fmt: skip


@LAYOUTS
@pytest.mark.parametrize("case", VOCABULARIES)
def test_vocabulary(tmp_path: Path, case: str, new: bool) -> None:
    path = save(VOCABULARIES[case](), tmp_path / "model.pt", new)
    assert load_model(path).vocabulary == tuple(LETTERS)
    assert_runs_like(NETWORK, path)


@pytest.mark.parametrize(
    "other",
    [["adam", "gru", "fc", "x", "y"], {"lr": 1, "epochs": 5}, {"a": 0, "b": 0}, {"a": True}, "ab"],
    ids=str,
)
def test_not_every_nameless_thing_is_a_vocabulary(tmp_path: Path, other: Any) -> None:
    assert load_model(save((STATE, other), tmp_path / "model.pt")).vocabulary is None


# What can't be had ----------------------------------------------------------------------------


def quantized(weight: torch.Tensor) -> torch.Tensor:
    return torch.quantize_per_tensor(weight, 0.01, 0, torch.qint8)


AGAIN = "in PyTorch and save again."
UNUSUAL: dict[str, tuple[Callable[[torch.Tensor], torch.Tensor], str]] = {
    "sparse": (torch.Tensor.to_sparse, "is a sparse tensor; call to_dense() on it"),
    "sparse rows": (torch.Tensor.to_sparse_csr, "is a sparse tensor; call to_dense() on it"),
    "meta": (lambda w: w.to("meta"), "is on the meta device and holds no numbers; load its "
                                     "weights"),
    "complex": (lambda w: w.to(torch.cfloat), "is a complex tensor; take its real part"),
    "float8": (lambda w: w.to(torch.float8_e5m2), "is of a type such as float8; call float() on "
                                                  "it"),
    "quantized": (quantized, "is a quantized tensor; call dequantize() on it"),
}  # fmt: skip


@pytest.mark.parametrize("case", UNUSUAL)
def test_a_gru_of_unusual_tensors(tmp_path: Path, case: str) -> None:
    change, words = UNUSUAL[case]
    one = {**STATE, "gru.weight_hh_l0": change(STATE["gru.weight_hh_l0"])}
    path = save(one, tmp_path / "model.pt")
    assert refusal(path) == f"gru.weight_hh_l0 {words} {AGAIN}"


QUANTIZED = (
    "a quantized model, whose recurrent layer is packed into a form that PyTorch alone can read; "
    "save the model as it was before it was quantized."
)


@pytest.mark.parametrize("whole", [True, False], ids=["module", "state_dict"])
@pytest.mark.parametrize("kind", [torch.nn.GRU, torch.nn.GRUCell])
def test_quantized(tmp_path: Path, whole: bool, kind: Any) -> None:
    module = torch.nn.Sequential(collections.OrderedDict(gru=kind(5, 4), fc=torch.nn.Linear(4, 5)))
    module = torch.ao.quantization.quantize_dynamic(module, {kind, torch.nn.Linear})
    path = save(module if whole else module.state_dict(), tmp_path / "model.pt")
    assert refusal(path) == QUANTIZED


def test_only_the_output_layer_quantized(tmp_path: Path) -> None:
    """The GRU is there as it was; predictions are not shown, which is told."""
    module = torch.ao.quantization.quantize_dynamic(Network(SHAPE), {torch.nn.Linear})
    model = load_model(save(module.state_dict(), tmp_path / "model.pt"), LETTERS)
    assert model.output is None
    h, _ = NETWORK.gru(NETWORK.inputs(TEXT))
    assert distance(trace(model, TEXT).column("h"), h) <= 1e-6


def tar() -> bytes:
    """As PyTorch before 0.1.10 wrote it: four members, of which the first is sys_info."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:", format=tarfile.PAX_FORMAT) as archive:
        for name in ("sys_info", "pickle", "tensors", "storages"):
            archive.addfile(tarfile.TarInfo(name), io.BytesIO())
    return stream.getvalue()


def package() -> bytes:
    stream = io.BytesIO()
    with torch.package.PackageExporter(stream) as exporter:
        exporter.extern("torch.**")
        exporter.save_pickle("model", "model.pkl", STATE)
    return stream.getvalue()


OTHERS: dict[str, tuple[Callable[[], bytes], str]] = {
    "tar": (tar, "a PyTorch file from before version 0.1.10 (a tar archive); load it in PyTorch "
                 "and save it again."),
    "package": (package, "a torch.package archive, which holds Python code and is not opened; load "
                         "it in PyTorch and save the model's state_dict with torch.save."),
    "ExecuTorch": (lambda: b"\x20\0\0\0ET12" + bytes(64),
                   "an ExecuTorch program (.pte), whose weights have no names; save the model's "
                   "state_dict with torch.save."),
    "PyTorch Mobile": (lambda: b"\x20\0\0\0PTMF" + bytes(64),
                       "a PyTorch Mobile module as a flatbuffer, which is not read here; save the "
                       "model's state_dict with torch.save."),
}  # fmt: skip


@pytest.mark.parametrize("case", OTHERS)
def test_other_files_of_torchs(tmp_path: Path, case: str) -> None:
    make, words = OTHERS[case]
    path = tmp_path / "model.pt"
    path.write_bytes(make())
    assert refusal(path) == words


# The archive itself ---------------------------------------------------------------------------


def zipped_again(path: Path, more: bytes = b"") -> Path:
    """Deflated, as by someone who unpacked and packed it."""
    with zipfile.ZipFile(path) as file:
        files = {name: file.read(name) for name in file.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(name, content + more * name.endswith("data/0"))
    return path


def test_zipped_again(tmp_path: Path) -> None:
    path = zipped_again(save(NETWORK.state_dict(), tmp_path / "model.pt"))
    assert_runs_like(NETWORK, path, vocabulary=LETTERS)


@pytest.mark.parametrize("declared", [4, 79, 81, 1 << 20, 0xFFFFFFF0])
def test_an_entry_that_lies_about_its_size(tmp_path: Path, declared: int) -> None:
    """4 GB declared, or 80 bytes declared as 4: refused, and nothing of that size is made."""
    path = zipped_again(save(NETWORK.state_dict(), tmp_path / "model.pt"), bytes(1 << 20))
    data = path.read_bytes()
    true = ((1 << 20) + 80).to_bytes(4, "little")
    assert data.count(true) == 2, "the entry's own header and the directory"
    path.write_bytes(data.replace(true, declared.to_bytes(4, "little")))
    tracemalloc.start()
    try:
        message = refusal(path)
        assert tracemalloc.get_traced_memory()[1] < 20 << 20
    finally:
        tracemalloc.stop()
    assert message.startswith("a PyTorch file that is cut short or damaged (")


# Anything at all ------------------------------------------------------------------------------


def _saved(new: bool) -> bytes:
    stream = io.BytesIO()
    network, optimizer = trained()
    content = {"model": network, "optimizer": optimizer, "loss": np.float32(1),
               "chars": np.array([*LETTERS]), "weights": np.ones((2, 3), np.float32)}  # fmt: skip
    torch.save(content, stream, _use_new_zipfile_serialization=new)
    return stream.getvalue()


OLD = _saved(new=False)
EDITS = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=4)), max_size=4)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=EDITS, cut=st.none() | st.floats(0, 1))
@example(edits=[], cut=None)
def test_an_edited_file_opens_or_is_refused(
    tmp_path: Path, edits: list[tuple[float, bytes]], cut: float | None
) -> None:
    """The old layout has no checksums: whatever is changed reaches the reader."""
    data = bytearray(OLD)
    for place, replacement in edits:
        at = int(place * len(data))
        data[at : at + len(replacement)] = replacement
    path = tmp_path / "model.pt"
    path.write_bytes(data[: None if cut is None else int(cut * len(data))])
    answer: Model | str
    try:
        answer = load_model(path, LETTERS)
    except ModelError as error:
        answer = str(error)
    assert isinstance(answer, Model) or ((edits or cut is not None) and "\n" not in answer)
