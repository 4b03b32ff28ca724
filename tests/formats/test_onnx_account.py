"""Whatever an ONNX graph puts around its GRU is computed as onnxruntime does it, or told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from grus import distance
from onnx_graphs import INDICES, SYMBOLS, TEXT, exported, oracle, saved
from onnx_networks import BENT, BESIDE, PLAIN, UNITS, WIDTH, Net
from telling import grades, told

from gru_debugger.core.model import Model
from gru_debugger.core.trace import trace
from gru_debugger.errors import ModelError
from gru_debugger.formats import parse
from gru_debugger.source import Choice

TOLERANCE = 1e-3
CLOSE = 2e-6


def apart(model: Model, file: onnx.ModelProto, node: int = -1) -> float:
    """How far the states shown lie from those of one of the file's GRUs, as onnxruntime runs it."""
    *states, scores = oracle(file, indices=INDICES[None])
    ours = trace(model, TEXT)
    found = distance(ours.column(f"h_l{len(model.layers) - 1}"), states[node][:, 0, 0])
    if model.output is not None and scores.size == len(TEXT) * len(SYMBOLS):
        shown = ours.column("logits").reshape(scores.shape)
        found = max(found, min(distance(shown, scores), distance(softmax(shown), scores)))
    return found


def softmax(scores: np.ndarray) -> np.ndarray:
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def plain(network: Net) -> tuple[np.ndarray, np.ndarray]:
    """The states and predictions of its parts without what stands around them."""
    with torch.no_grad():
        states, _ = network.gru(network.embed(torch.from_numpy(INDICES)[None]))
        return states[0].numpy(), softmax(network.fc(states)[0].numpy())


@pytest.mark.parametrize("case", PLAIN)
def test_plain_networks_are_exact_and_raise_no_alarm(tmp_path: Path, case: str) -> None:
    file = exported(PLAIN[case]().eval())
    model = parse(saved(tmp_path, file)).model(SYMBOLS)
    assert grades(model) <= {"note"}, told(model)
    assert apart(model, file) <= CLOSE


@pytest.mark.parametrize("case", BENT)
def test_what_is_not_computed_is_told(tmp_path: Path, case: str) -> None:
    """Where x is in doubt no text is read; where h(0) is, the states are others."""
    network = BENT[case]().eval()
    file = exported(network)
    *states, scores = oracle(file, indices=INDICES[None])
    if network.inputs == WIDTH and states[-1].shape[-1] == UNITS:
        ours, predictions = plain(network)
        wrong = distance(ours, states[-1][:, 0, 0]) if len(states[-1]) == len(ours) else np.inf
        wrong = max(wrong, distance(predictions, scores.reshape(predictions.shape)))
        assert wrong > TOLERANCE, "the case is one"
    parsed = parse(saved(tmp_path, file))
    gru = parsed.grus()[-1].name if len(states) > 1 else None
    model = parsed.model(choice=Choice(gru))
    assert "inside" in grades(model)
    if model.source.no_text:
        assert model.embedding is None
        with pytest.raises(ModelError, match="no text can be read"):
            parsed.model(SYMBOLS, Choice(gru))


@pytest.mark.parametrize("case", BESIDE)
def test_what_stands_beside_is_told_and_states_are_exact(tmp_path: Path, case: str) -> None:
    file = exported(BESIDE[case]().eval())
    model = parse(saved(tmp_path, file)).model(SYMBOLS)
    assert "beside" in grades(model)
    assert "inside" not in grades(model)
    assert apart(model, file, 0) <= CLOSE
