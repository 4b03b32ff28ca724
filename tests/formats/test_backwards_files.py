"""Files of GRUs that read the text from its end only; each library's own run is the oracle."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import samples
import torch
from grus import distance
from keras_networks import SYMBOLS as KERAS_SYMBOLS
from keras_networks import inputs, shaken, states
from onnx import helper, numpy_helper
from onnx_graphs import (
    INDICES,
    ONE_HOT,
    TEXT,
    assert_same,
    exported,
    gru,
    opened,
    oracle,
    refusal,
    saved,
    turn,
)
from telling import told

from gru_debugger.core.trace import trace
from gru_debugger.errors import ModelError
from gru_debugger.formats import load_model, open_file

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

RESETS = pytest.mark.parametrize("reset", ["after", "before"])

# ONNX -------------------------------------------------------------------------------------------


@RESETS
@pytest.mark.parametrize("layers", [1, 2])
def test_onnx_reverse(tmp_path: Path, layers: int, reset: str) -> None:
    h0 = np.random.default_rng(3).uniform(-1, 1, (layers, 5)).astype(np.float32)
    file = gru(layers, reset=reset, direction="reverse", output="MatMul", initial=h0)
    ours = opened(tmp_path, file)
    assert (ours.ways, ours.reset, told(ours)) == (("reverse",), reset, ())
    theirs = oracle(file, X=ONE_HOT)
    assert_same(ours, theirs)
    forwards = trace(replace(ours, backwards=False), TEXT)
    assert distance(forwards.states(), theirs[0][:, 0, 0]) > 1e-3


def turned(file: onnx.ModelProto, at: int, how: str) -> onnx.ModelProto:
    """What its node `at` reads, turned around."""
    nodes: list[Any] = []
    stored: dict[str, Any] = {}
    node = file.graph.node[at]
    text = 1 if node.op_type == "Gather" else 0
    node.input[text] = turn(nodes, stored, how, node.input[text])
    file.graph.node.insert(at, nodes[0])
    file.graph.initializer.extend(numpy_helper.from_array(a, n) for n, a in stored.items())
    return file


@pytest.mark.parametrize("how", ["Slice", "ReverseSequence"])
@pytest.mark.parametrize("embedding", [False, True])
def test_onnx_of_a_text_turned_around(tmp_path: Path, embedding: bool, how: str) -> None:
    """Before the embedding or without one; the layers above read in the same order."""
    file = turned(gru(2, embedding=embedding, output="MatMul"), 0, how)
    ours = opened(tmp_path, file)
    assert (len(ours.layers), ours.ways, told(ours)) == (2, ("reverse",), ())
    given = {"indices": INDICES[:, None]} if embedding else {"X": ONE_HOT}
    assert_same(ours, [y[::-1] for y in oracle(file, **given)])


def test_onnx_turned_between_embedding_and_gru(tmp_path: Path) -> None:
    file = turned(gru(embedding=True, output="MatMul"), 1, "Slice")
    ours = opened(tmp_path, file)
    assert (ours.ways, told(ours)) == (("reverse",), ())
    assert_same(ours, [y[::-1] for y in oracle(file, indices=INDICES[:, None])])


def test_onnx_turned_twice_is_forward(tmp_path: Path) -> None:
    file = turned(gru(direction="reverse", output="MatMul"), 0, "Slice")
    ours = opened(tmp_path, file)
    assert ours.ways == ("forward",)
    assert_same(ours, [y[::-1] for y in oracle(file, X=ONE_HOT)])


class Flipping(torch.nn.Module):
    """Turns the symbols or their vectors around, and its states again or not."""

    def __init__(self, symbols: bool, back: bool) -> None:
        super().__init__()
        torch.manual_seed(4)
        self.symbols, self.back = symbols, back
        self.embed = torch.nn.Embedding(6, 3)
        self.gru = torch.nn.GRU(3, 5, 2, batch_first=True)
        self.fc = torch.nn.Linear(5, 6)

    def forward(self, indices: torch.Tensor) -> torch.Tensor:
        x = self.embed(indices.flip(1)) if self.symbols else self.embed(indices).flip(1)
        h = self.gru(x)[0]
        return self.fc(h.flip(1) if self.back else h)


@pytest.mark.parametrize("symbols", [False, True])
@pytest.mark.parametrize("back", [False, True])
def test_onnx_of_torch_flip(tmp_path: Path, symbols: bool, back: bool) -> None:
    network = Flipping(symbols, back).eval()
    ours = opened(tmp_path, exported(network))
    assert (len(ours.layers), ours.ways, told(ours)) == (2, ("reverse",), ())
    with torch.no_grad():
        scores = network(torch.from_numpy(INDICES)[None])[0]
    assert distance(trace(ours, TEXT).column("logits"), scores if back else scores.flip(0)) <= 1e-6


def test_onnx_by_both_means(tmp_path: Path) -> None:
    """Reverse, its states turned around, and forward above: both from the end."""
    file = gru(2, output="MatMul")
    file.graph.node[0].attribute.append(helper.make_attribute("direction", "reverse"))
    file = turned(file, 3, "Slice")
    ours = opened(tmp_path, file)
    assert (len(ours.layers), ours.ways) == (2, ("reverse",))
    below, above, logits = oracle(file, X=ONE_HOT)
    assert_same(ours, [below, above[::-1], logits[::-1]])


def test_onnx_layers_that_differ_are_no_stack(tmp_path: Path) -> None:
    file = gru(2)
    file.graph.node[0].attribute.append(helper.make_attribute("direction", "reverse"))
    path = saved(tmp_path, file)
    assert refusal(path).startswith("2 GRUs are inside (/net/GRU, /net/GRU_1)")
    first, second = open_file(path).grus()
    assert (first.backwards, second.backwards) == (True, False)
    assert first.info()["direction"] == "reverse"


def test_onnx_both_directions_of_a_text_turned_around(tmp_path: Path) -> None:
    path = saved(tmp_path, turned(gru(directions=2), 0, "Slice"))
    assert refusal(path) == (
        "“/net/GRU” is given the text turned around for both of its directions; export it without "
        "turning the text."
    )


# Keras ------------------------------------------------------------------------------------------


def network(keras: Any, *layers: Any, embedding: bool = True) -> Any:
    of = keras.layers
    rows = [of.Embedding(7, 3)] if embedding else []
    return shaken(keras.Sequential([of.Input((None,)), *rows, *layers, of.Dense(7)]))


def go(keras: Any, reset_after: bool = True, back: bool = True) -> Any:
    return keras.layers.GRU(5, return_sequences=True, go_backwards=back, reset_after=reset_after)


@RESETS
@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.parametrize("layers", [1, 2])
def test_keras_go_backwards(
    keras: Any, tmp_path: Path, layers: int, suffix: str, reset: str
) -> None:
    """Keras hands its states on in the order of reading, and the layer above reads so."""
    after = reset == "after"
    of_keras = network(keras, *[go(keras, after, back=k == 0) for k in range(layers)])
    of_keras.save(tmp_path / f"model{suffix}")
    ours = load_model(tmp_path / f"model{suffix}", KERAS_SYMBOLS)
    assert (len(ours.layers), ours.ways, ours.reset) == (layers, ("reverse",), reset)
    text = "".join(np.random.default_rng(1).choice(list(KERAS_SYMBOLS), 200))
    recorded = trace(ours, text)
    *of_layers, (scores,) = states(keras, of_keras, inputs(text, embedding=True))
    for k, (h,) in enumerate(of_layers):
        assert distance(recorded.column(f"h_l{k}_reverse"), h[::-1]) <= 1e-6
        assert distance(trace(replace(ours, backwards=False), text).states(k), h[::-1]) > 1e-3
    assert distance(recorded.column("logits"), scores[::-1]) <= 2e-6


def test_keras_cells_in_a_layer_that_goes_backwards(keras: Any, tmp_path: Path) -> None:
    of = keras.layers
    rnn = of.RNN(of.GRUCell(5), return_sequences=True, go_backwards=True)
    of_keras = network(keras, rnn)
    of_keras.save(tmp_path / "model.keras")
    ours = load_model(tmp_path / "model.keras", KERAS_SYMBOLS)
    text = KERAS_SYMBOLS * 29
    h = np.asarray(rnn(of_keras.layers[0](inputs(text, embedding=True))).detach())[0]
    assert distance(trace(ours, text).column("h_l0_reverse"), h[::-1]) <= 1e-6


def test_keras_layers_that_differ(keras: Any, tmp_path: Path) -> None:
    of = keras.layers
    twice = network(keras, go(keras), go(keras))  # above one that goes backwards: forwards again
    late = network(keras, go(keras, back=False), go(keras))
    crossed = network(keras, of.Bidirectional(go(keras), backward_layer=go(keras, back=False)))
    for model in (twice, late, crossed):
        path = tmp_path / "model.keras"
        model.save(path)
        with pytest.raises(ModelError) as fault:
            load_model(path, KERAS_SYMBOLS)
        name = model.layers[-2].name
        assert str(fault.value) == (
            f"{path}: its layer “{name}” reads in other directions than this program shows (all of "
            "a GRU's layers forwards, all from the end, or all both ways), by go_backwards; train "
            "it without."
        )
    network(keras, go(keras), of.Bidirectional(go(keras, back=False))).save(path)
    below, above = open_file(path).grus()
    assert (below.directions, above.directions) == (1, 2)
    ours = load_model(path, gru=above.name)
    assert ours.source.no_text.startswith("between the embedding “embedding")


# PyTorch's names --------------------------------------------------------------------------------


def test_tensors_of_the_reverse_direction_alone(tmp_path: Path) -> None:
    """weight_ih_l0_reverse and so on, without the forward ones."""
    model = replace(samples.model(layers=2, embedding=3), backwards=True)
    path = samples.save(model, tmp_path / "model.safetensors")
    header = path.read_bytes()[8 : 8 + int.from_bytes(path.read_bytes()[:8], "little")]
    names = [name for name in json.loads(header) if name.startswith("gru.")]
    assert len(names) == 8
    assert all(name.endswith("_reverse") for name in names)
    ours = load_model(path)
    assert (ours.ways, len(ours.layers)) == (("reverse",), 2)
    text = samples.text_for(model, 200)
    assert np.array_equal(trace(ours, text).states(1), trace(model, text).states(1))


def test_a_forward_tensor_that_is_missing_is_still_told(tmp_path: Path) -> None:
    """One layer of both directions shows what the other should have."""
    whole = samples.model(layers=2, directions=2)
    arrays = {
        f"{kind}_l{k}{end}": getattr(cell, kind)
        for k, cells in enumerate(whole.layers)
        for cell, end in zip(cells, ("", "_reverse"), strict=True)
        for kind in ("weight_ih", "weight_hh")
        if (k, end) != (0, "")
    }
    np.savez(tmp_path / "model.npz", **arrays)
    with pytest.raises(ModelError, match="weight_ih_l0 is missing; save the whole state_dict"):
        load_model(tmp_path / "model.npz")
