"""TorchScript and torch.export archives, made by torch, read without running what is in them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from grus import distance
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from telling import told

from gru_debugger.core.model import Model
from gru_debugger.core.trace import trace
from gru_debugger.errors import ModelError
from gru_debugger.formats import load_model, open_file

LETTERS = "abcde"
TEXT = "".join(np.random.default_rng(5).choice(list(LETTERS), 200))
INDICES = torch.tensor([LETTERS.index(c) for c in TEXT])

# What torch says of its own of tracing, exporting and quantizing.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning"),
]


class Network(torch.nn.Module):
    """An embedding, a GRU of two layers both ways, an output layer."""

    def __init__(self, bias: bool = True) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.embedding = torch.nn.Embedding(5, 3)
        self._gru = torch.nn.GRU(3, 4, 2, bidirectional=True, bias=bias)
        self.fc = torch.nn.Linear(8, 5, bias=bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc(self._gru(self.embedding(x))[0])


class OneHot(torch.nn.Module):
    """With its vocabulary, as an attribute that TorchScript keeps."""

    def __init__(self, name: str, value: Any) -> None:
        super().__init__()
        torch.manual_seed(2)
        setattr(self, name, value)
        self.rnn = torch.nn.GRU(5, 4)
        self.decoder = torch.nn.Linear(4, 5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.decoder(self.rnn(torch.nn.functional.one_hot(x, 5).float())[0])


class Cell(torch.nn.Module):
    """A GRUCell called step by step."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(3)
        self.cell = torch.nn.GRUCell(5, 4)
        self.fc = torch.nn.Linear(4, 5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h = torch.zeros(4)
        scores = []
        for t in range(x.size(0)):
            h = self.cell(torch.nn.functional.one_hot(x[t], 5).float(), h)
            scores.append(self.fc(h))
        return torch.stack(scores)


MODULES: dict[str, Callable[[], torch.nn.Module]] = {
    "embedding and GRU": Network,
    "without biases": lambda: Network(bias=False),
    "one-hot": lambda: OneHot("note", "a string"),
    "GRUCell": Cell,
}

script = torch.jit.script


def traced(module: torch.nn.Module) -> Any:
    return torch.jit.trace(module, INDICES[:3])


def lite(module: Any, path: Path) -> None:
    module._save_for_lite_interpreter(str(path))


def export(module: torch.nn.Module, path: Path) -> None:
    torch.export.save(torch.export.export(module, (INDICES[:3],)), path)


WAYS: dict[str, Callable[[torch.nn.Module, Path], None]] = {
    "script": lambda m, p: script(m).save(p),
    "trace": lambda m, p: traced(m).save(p),
    "freeze of script": lambda m, p: torch.jit.freeze(script(m)).save(p),
    "freeze of trace": lambda m, p: torch.jit.freeze(traced(m)).save(p),
    "for inference": lambda m, p: torch.jit.optimize_for_inference(script(m)).save(p),
    "lite interpreter": lambda m, p: lite(script(m), p),
    "lite interpreter, frozen": lambda m, p: lite(torch.jit.freeze(script(m)), p),
    "export": export,
}


# torch takes a traced GRUCell apart, and freezing then its names.
CASES = [(kind, way) for kind in MODULES for way in WAYS
         if (kind, way) != ("GRUCell", "freeze of trace")]  # fmt: skip


@pytest.mark.parametrize(("kind", "way"), CASES)
def test_every_way_to_save(tmp_path: Path, kind: str, way: str) -> None:
    """The scores of 200 steps are torch's."""
    module, path = MODULES[kind]().eval(), tmp_path / "model.pt"
    WAYS[way](module, path)
    model = load_model(path, LETTERS)
    assert model.source.framework == ("torch.export" if way == "export" else "TorchScript")
    theirs = module(INDICES).detach()
    assert distance(trace(model, TEXT).column("logits"), theirs) <= 1e-6


class Bent(OneHot):
    """With a function between the GRU and its output layer, which no tensor tells of."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        states = self.rnn(torch.nn.functional.one_hot(x, 5).float())[0]
        return torch.log_softmax(self.decoder(torch.relu(states)), 1)


@pytest.mark.parametrize("way", WAYS)
def test_a_function_beside_the_layers_is_told(tmp_path: Path, way: str) -> None:
    path = tmp_path / "model.pt"
    WAYS[way](Bent("chars", LETTERS).eval(), path)
    words = told(load_model(path, LETTERS))
    assert "no output layer was found: no predictions are shown" in words
    assert sum("torch.relu" in w and "not computed here, no predictions" in w for w in words) == 1
    WAYS[way](OneHot("chars", LETTERS).eval(), path)
    assert told(load_model(path, LETTERS)) == ()


def test_a_gru_taken_apart(tmp_path: Path) -> None:
    path = tmp_path / "model.pt"
    WAYS["freeze of trace"](Cell().eval(), path)
    assert refusal(path) == NO_GRU


def test_half(tmp_path: Path) -> None:
    for way in (WAYS["script"], WAYS["freeze of script"], WAYS["export"]):
        module, path = Network().eval().bfloat16(), tmp_path / "model.pt"
        way(module, path)
        model = load_model(path, LETTERS)
        assert model.source.dtype == "bfloat16"
        theirs = module.float()(INDICES).detach()
        assert distance(trace(model, TEXT).column("logits"), theirs) <= 1e-6


VOCABULARIES = {
    "a string": ("chars", LETTERS), "a list": ("itos", list(LETTERS)),
    "a dictionary": ("char2int", {c: i for i, c in enumerate(LETTERS)}),
    "the other way round": ("int2char", dict(enumerate(LETTERS))),
}  # fmt: skip


@pytest.mark.parametrize("case", VOCABULARIES)
def test_vocabulary_among_the_attributes(tmp_path: Path, case: str) -> None:
    path = tmp_path / "model.pt"
    script(OneHot(*VOCABULARIES[case])).save(path)
    assert load_model(path).vocabulary == tuple(LETTERS)


def test_vocabulary_among_the_extra_files(tmp_path: Path) -> None:
    path = tmp_path / "model.pt"
    files = {"vocab.json": json.dumps(list(LETTERS)), "notes.txt": "{"}
    torch.jit.save(torch.jit.freeze(script(Network().eval())), path, _extra_files=files)
    assert load_model(path).vocabulary == tuple(LETTERS)


class Cells(torch.nn.Module):
    """Two GRUCells, one upon the other."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(4)
        self.cells = torch.nn.ModuleList([torch.nn.GRUCell(5, 4), torch.nn.GRUCell(4, 4)])
        self.fc = torch.nn.Linear(4, 5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h = [torch.zeros(4), torch.zeros(4)]
        scores = []
        for t in range(x.size(0)):
            below = torch.nn.functional.one_hot(x[t], 5).float()
            for layer, cell in enumerate(self.cells):
                h[layer] = cell(below, h[layer])
                below = h[layer]
            scores.append(self.fc(below))
        return torch.stack(scores)


@pytest.mark.parametrize("way", ["script", "trace", "freeze of script"])
def test_stacked_cells(tmp_path: Path, way: str) -> None:
    module, path = Cells().eval(), tmp_path / "model.pt"
    WAYS[way](module, path)
    model = load_model(path, LETTERS)
    assert len(model.layers) == 2
    assert distance(trace(model, TEXT).column("logits"), module(INDICES).detach()) <= 1e-6


class Two(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.one, self.two = torch.nn.GRU(5, 4), torch.nn.GRU(5, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.one(x)[0] + self.two(x)[0]


def test_two_grus_frozen(tmp_path: Path) -> None:
    module, path = Two().eval(), tmp_path / "model.pt"
    torch.jit.freeze(script(module)).save(path)
    for name, gru in (("gru.0", module.one), ("gru.1", module.two)):
        found = load_model(path, LETTERS, name).cell()
        assert distance(found.weight_hh, gru.weight_hh_l0.detach()) == 0


class Tied(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embedding, self.gru = torch.nn.Embedding(5, 4), torch.nn.GRU(4, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.linear(self.gru(self.embedding(x))[0], self.embedding.weight)


class Loop(torch.nn.Module):
    """Of a cell, from zeros whose number does not depend on the text."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(4)
        self.embedding, self.cell = torch.nn.Embedding(5, 3), torch.nn.GRUCell(3, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h, states = torch.zeros(1, 4), []
        for row in self.embedding(x):
            h = self.cell(row[None], h)
            states.append(h)
        return torch.cat(states)


def test_a_frozen_loop_that_torch_makes_another_network_of_is_refused(tmp_path: Path) -> None:
    """torch.jit.freeze makes constants of its first step's sums, and each run adds to them."""
    path = tmp_path / "model.pt"
    with torch.no_grad():
        frozen = torch.jit.freeze(torch.jit.trace(Loop().eval(), INDICES[:7], check_trace=False))
        torch.jit.save(frozen, path)
        first, second = (frozen(INDICES[:7]).numpy() for _ in range(2))
    assert distance(first, second) > 0.01
    with pytest.raises(ModelError, match=r"save the module before torch\.jit\.freeze"):
        load_model(path, "".join(LETTERS))


def test_tied_weights_frozen(tmp_path: Path) -> None:
    module, path = Tied().eval(), tmp_path / "model.pt"
    for way in ("freeze of script", "freeze of trace"):
        WAYS[way](module, path)
        ours = trace(load_model(path, LETTERS), TEXT).column("logits")
        assert distance(ours, module(INDICES).detach()) <= 1e-6


# torch.export of other versions ---------------------------------------------------------------

LAYOUTS = {
    "before 2.7": ("serialized_state_dict.pt", "serialized_exported_program.json"),
    "up to 2.9": ("m/data/weights/model.pt", "m/archive_format"),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_older_exports(tmp_path: Path, layout: str) -> None:
    """The state_dict, as torch.save writes it, inside the archive."""
    module, stream, path = Network().eval(), BytesIO(), tmp_path / "model.pt2"
    torch.save(module.state_dict(), stream)
    weights, other = LAYOUTS[layout]
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(weights, stream.getvalue())
        file.writestr(other, "{}")
    ours = trace(load_model(path, LETTERS), TEXT).column("logits")
    assert distance(ours, module(INDICES).detach()) <= 1e-6


def test_compiled_weights(tmp_path: Path) -> None:
    path = tmp_path / "model.pt2"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("model/archive_format", "pt2")
        file.writestr("model/data/aotinductor/model/wrapper.so", b"\x7fELF")
    assert refusal(path) == (
        "a PyTorch archive (.pt2) without weights that lie open, as AOTInductor compiles them; "
        "save the model's state_dict with torch.save."
    )


# What can't be opened -------------------------------------------------------------------------


def refusal(path: Path) -> str:
    with pytest.raises(ModelError) as error:
        load_model(path, LETTERS)
    assert "\n" not in str(error.value)
    return str(error.value).removeprefix(f"{path}: ")


def rewritten(path: Path, change: Callable[[str, bytes], tuple[str, bytes]]) -> Path:
    """The archive with each of its files changed."""
    with zipfile.ZipFile(path) as file:
        files = [change(name, file.read(name)) for name in file.namelist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files:
            file.writestr(name, content)
    return path


@pytest.fixture
def frozen(tmp_path: Path) -> Path:
    path = tmp_path / "frozen.pt"
    torch.jit.freeze(script(Network().eval())).save(path)
    return path


def test_zipped_again(frozen: Path) -> None:
    assert load_model(rewritten(frozen, lambda n, c: (n, c)), LETTERS).hidden_size == 4


def code(old: str, new: str) -> Callable[[str, bytes], tuple[str, bytes]]:
    return lambda n, c: (n, c.replace(old.encode(), new.encode()) if n.endswith(".py") else c)


NO_GRU = (
    "a frozen TorchScript module, in whose code no GRU is called by that name; save the module "
    "before torch.jit.freeze, or its state_dict."
)
DAMAGED = "a TorchScript file that is cut short or damaged ("
CODES = {
    "another module's gru": ("torch.gru(", "other.gru(", NO_GRU),
    "more layers than weights": ("True, 2, 0.", "True, 3, 0.", NO_GRU),
    "layers without end": ("True, 2, 0.", "True, 2000000000, 0.", NO_GRU),
    "constants that are not there": ("CONSTANTS.c1,", "CONSTANTS.c99,",
                                     NO_GRU),
    "a name that is itself": ("_16 = torch.linear(output, CONSTANTS.c17",
                              "_16 = torch.t(_16)\n    _17 = torch.linear(output, _16", NO_GRU),
    "not Python": ("def forward", "def def", NO_GRU),
    "a codec to load": ("class", "# coding: hex_codec\nclass", ""),
    "nested without end": ("return", "return " + "(" * 3000,
                           DAMAGED),
}  # fmt: skip


@pytest.mark.parametrize("case", CODES)
def test_code_that_says_something_else(frozen: Path, case: str) -> None:
    old, new, words = CODES[case]
    path = rewritten(frozen, code(old, new))
    if words:
        assert words in refusal(path)
    else:
        assert isinstance(load_model(path, LETTERS), Model)


def test_code_is_not_run(frozen: Path, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    payload = f"__import__('os').mkdir({str(canary)!r})\nclass"
    load_model(rewritten(frozen, code("class", payload)), LETTERS)
    assert not canary.exists()


def test_too_much_code(frozen: Path) -> None:
    path = rewritten(frozen, code("    return", "    # " + "x" * (1 << 20) + "\n    return"))
    assert NO_GRU in refusal(path)


def test_quantized(tmp_path: Path) -> None:
    path = tmp_path / "model.pt"
    module = torch.ao.quantization.quantize_dynamic(Network().eval(), {torch.nn.GRU})
    script(module).save(path)
    assert refusal(path) == (
        "a quantized model, whose recurrent layer is packed into a form that PyTorch alone can "
        "read; save the model as it was before it was quantized."
    )


def test_older_than_1_3(tmp_path: Path) -> None:
    path = tmp_path / "model.pt"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("model/version", "1\n")
        file.writestr("model/model.json", "{}")
        file.writestr("model/tensors/0", bytes(4))
    assert refusal(path) == (
        "a TorchScript archive of PyTorch 1.2 or older; load it with torch.jit.load in a newer "
        "PyTorch and save it again."
    )


# Anything at all ------------------------------------------------------------------------------


class Small(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.gru = torch.nn.GRU(2, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.gru(x)[0]


@cache
def small(way: str) -> bytes:
    stream, module, x = BytesIO(), Small().eval(), torch.ones(1, 2)
    if way == "export":
        torch.export.save(torch.export.export(module, (x,)), stream)
    else:
        scripted = script(module)
        torch.jit.save(torch.jit.freeze(scripted) if way == "frozen" else scripted, stream)
    return stream.getvalue()


EDITS = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=4)), max_size=4)


@pytest.mark.parametrize("way", ["script", "frozen", "export"])
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=EDITS, cut=st.none() | st.floats(0, 1), inside=st.booleans())
@example(edits=[], cut=None, inside=False)
def test_an_edited_archive_opens_or_is_refused(
    tmp_path: Path, way: str, edits: list[tuple[float, bytes]], cut: float | None, inside: bool
) -> None:
    """Bytes changed in the file, or in what is zipped in it, where no checksum tells: one line."""

    def edited(content: bytes) -> bytes:
        data = bytearray(content)
        for place, replacement in edits:
            at = int(place * len(data))
            data[at : at + len(replacement)] = replacement
        return bytes(data[: None if cut is None else int(cut * len(data))])

    path = tmp_path / "model.pt"
    path.write_bytes(small(way))
    if inside:
        rewritten(path, lambda n, c: (n, edited(c) if n.endswith((".pkl", ".py", ".json")) else c))
    else:
        path.write_bytes(edited(small(way)))
    answer: Model | str
    try:
        answer = open_file(path).model("ab")
    except ModelError as error:
        answer = str(error)
    assert isinstance(answer, Model) or ((edits or cut is not None) and "\n" not in answer)
