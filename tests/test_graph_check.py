"""An ONNX file's own graph, run by onnxruntime in its child process, against what is shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from graph_answers import said
from networks_before import BEFORE
from networks_behind import BEHIND
from onnx import TensorProto, helper
from onnx_graphs import SYMBOLS, TEXT, exported, gru, saved
from onnx_loops import TEXT as STEPS_TEXT
from onnx_loops import Break, Composed, Loop
from onnx_networks import PLAIN

from gru_debugger import load_model, parity
from gru_debugger.core.trace import Trace, trace
from gru_debugger.parity import OwnGraph

pytestmark = pytest.mark.child

FILES = Path(__file__).parent / "formats/files"
CLOSE = 1e-6


def of(folder: Path, file: onnx.ModelProto, text: str = TEXT, **options: Any) -> Trace:
    return trace(load_model(saved(folder, file), vocabulary=SYMBOLS, **options), text)


@pytest.mark.parametrize("name", PLAIN)
def test_plain_networks_agree(name: str, tmp_path: Path) -> None:
    found = said(tmp_path, of(tmp_path, exported(PLAIN[name]())))
    assert (found.ok, found.why, found.first) == (True, "", 0)
    assert found.states is not None
    assert found.scores is not None
    assert max(found.states, found.scores) < CLOSE
    assert found.steps == len(TEXT)


def test_what_stands_after_the_states_leaves_them_alone(tmp_path: Path) -> None:
    found = said(tmp_path, of(tmp_path, exported(BEHIND["LayerNorm after"].made("norm"))))
    assert found.ok
    assert found.states is not None
    assert (found.states < CLOSE, found.scores) == (True, None)


def test_a_state_that_is_not_computed_here_is_seen(tmp_path: Path) -> None:
    found = said(tmp_path, of(tmp_path, exported(BEFORE["a state of the text"].made("bridge"))))
    assert not found.ok
    assert found.states is not None
    assert found.states > 0.1
    assert found.first == 1
    assert found.in_words.startswith("DIFFERS: max |Δ| states ")


@pytest.mark.parametrize("name", ["dynamo.onnx", "dynamo_steps.onnx", "tf2onnx.onnx"])
def test_other_exporters_files_agree(name: str, tmp_path: Path) -> None:
    """Weights in a file beside it; a node for each step; functions; the texts in front; both
    directions by halves."""
    steps = onnx.load(FILES / name).graph.input[0].type.tensor_type.shape.dim[1].dim_value
    model = load_model(FILES / name, vocabulary="abcdefg")
    found = said(tmp_path, trace(model, ("abcdefg" * 30)[: steps or 200]))
    assert (found.ok, found.why) == (True, "")
    assert found.states is not None
    assert found.states < CLOSE


def in_steps(loop: Loop, folder: Path) -> Trace:
    return of(folder, Composed(loop, Break()).file(), STEPS_TEXT)


def test_a_node_for_each_step(tmp_path: Path) -> None:
    """All of their states are compared, by Y or Y_h, of each layer; and the scores put together."""
    for number, loop in enumerate((Loop(), Loop(state=0), Loop(texts=2, layers=2, h0="stored"),
                                   Loop("each", gives="scores", stacked=True))):  # fmt: skip
        folder = tmp_path / str(number)
        folder.mkdir()
        found = said(folder, in_steps(loop, folder))
        assert (found.ok, found.why, found.steps) == (True, "", len(STEPS_TEXT))
        assert found.states is not None
        assert found.states < CLOSE
        assert loop.texts > 1 or (found.scores is not None and found.scores < CLOSE)


def test_a_step_s_node_that_is_off(tmp_path: Path) -> None:
    recorded = in_steps(Loop(layers=2), tmp_path)
    recorded.state(3, 1)[2] += 1e-3
    found = said(tmp_path, recorded)
    assert (found.ok, found.first) == (False, 3)


def test_sizes_that_the_file_fixes(tmp_path: Path) -> None:
    """So many steps of so many texts; of a longer text the first steps are compared."""
    file = exported(PLAIN["embedding, GRU, output layer"]())
    for size, fixed in zip(file.graph.input[0].type.tensor_type.shape.dim, (3, 7), strict=True):
        size.dim_value = fixed
    found = said(tmp_path, of(tmp_path, file))
    assert (found.ok, found.steps) == (True, 7), found.why
    (tmp_path / "short").mkdir()
    short = said(tmp_path / "short", of(tmp_path / "short", file, TEXT[:4]))
    assert (short.ok, short.steps, short.scores) == (True, 4, None), short.why
    both = exported(PLAIN["two layers, both directions"]())
    both.graph.input[0].type.tensor_type.shape.dim[1].dim_value = 7
    (tmp_path / "both").mkdir()
    assert "read from its end" in said(tmp_path / "both", of(tmp_path / "both", both)).why


def test_the_first_step_that_is_off(tmp_path: Path) -> None:
    recorded = of(tmp_path, exported(PLAIN["embedding, GRU, output layer"]()))
    recorded.state(40)[2] += 1e-3
    found = said(tmp_path, recorded)
    assert (found.ok, found.first) == (False, 40)
    assert found.in_words.endswith(f"over {len(TEXT)} steps, from step 40 on")


def test_one_step_of_the_last_state_alone(tmp_path: Path) -> None:
    """Of a file that gives Y_h, and whose Y has no name."""
    file = exported(PLAIN["the last state's class"]())
    recorded = of(tmp_path, file)
    node = [n for n in file.graph.node if n.op_type == "GRU"][-1]
    assert said(tmp_path, recorded).ok
    node.output[0] = ""
    (tmp_path / "nameless").mkdir()
    recorded = of(tmp_path / "nameless", file)
    recorded.state(len(TEXT), len(recorded.model.layers) - 1)[2] += 1e-3
    found = said(tmp_path / "nameless", recorded)
    assert (found.ok, found.first) == (False, len(TEXT))


def test_h0_by_hand(tmp_path: Path) -> None:
    """The graph is given it where it can be; else nothing is compared."""
    own = of(tmp_path, exported(PLAIN["embedding, GRU, output layer"]()))
    given = trace(own.model, TEXT, np.full((1, own.model.hidden_size), 0.5))
    assert said(tmp_path, given).why == "h(0) was chosen by hand, and the graph has its own"
    (tmp_path / "handed").mkdir()
    handed = of(tmp_path / "handed", exported(PLAIN["states handed on"]()))
    given = trace(handed.model, TEXT, np.full_like(handed.h0, 0.5))
    assert said(tmp_path / "handed", given).ok


def test_a_file_that_has_changed_is_not_run(tmp_path: Path) -> None:
    recorded = of(tmp_path, exported(PLAIN["softmax"]()))
    saved(tmp_path, exported(PLAIN["dropout"]()))
    assert said(tmp_path, recorded).why == "the file has changed since it was opened"


def test_memory_has_a_limit(tmp_path: Path) -> None:
    """A node beside the GRU that makes 16 GB."""
    file = exported(PLAIN["softmax"]())
    shape = helper.make_tensor("huge", TensorProto.INT64, [1], [4 << 30])
    file.graph.initializer.append(shape)
    file.graph.node.append(helper.make_node("ConstantOfShape", ["huge"], ["much"]))
    file.graph.node.append(helper.make_node("ReduceSum", ["much"], ["sum"]))
    file.graph.output.append(helper.make_tensor_value_info("sum", TensorProto.FLOAT, None))
    found = said(tmp_path, of(tmp_path, file))
    assert "onnxruntime does not" in found.why or found.ok


def test_a_node_of_another_library_is_not_run(tmp_path: Path) -> None:
    file = gru()
    file.graph.node.append(helper.make_node("Own", [], ["own"], domain="some.where"))
    file.opset_import.append(helper.make_opsetid("some.where", 1))
    recorded = of(tmp_path, file)
    assert said(tmp_path, recorded).why.startswith("onnxruntime does not open it (")


def test_without_onnxruntime_it_says_what_to_install() -> None:
    found = OwnGraph(why="onnxruntime is not installed (pip install 'gru-debugger[onnx]')")
    proof = parity.Parity(1e-7, 1e-7, 1e-6, 1e-6, "nn.GRU", 3)
    assert replace(proof, graph=found).badge == proof.badge
    assert replace(proof, graph=found).ok
    assert replace(proof, graph=found).sentence.endswith(f"was not run: {found.why}.")
