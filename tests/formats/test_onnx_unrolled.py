"""A GRU that is called once a step: one where that is certain, else a node each, and told."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
import pytest
from grus import distance
from hypothesis import given, settings
from hypothesis import strategies as st
from judged import Run, Verdict, judged
from onnx import numpy_helper
from onnx_graphs import SYMBOLS, oracle, saved
from onnx_loops import BREAKS, STEPS, TEXT, Break, Composed, Loop
from telling import told

from gru_debugger.core.trace import trace
from gru_debugger.formats import load_model, parse

LOOPS = st.builds(
    Loop, st.sampled_from(["whole", "each", "rows"]), st.sampled_from(["Slice", "Gather", "Split"]),
    st.sampled_from([1, 2, STEPS]), st.booleans(), st.sampled_from([0, 1]),
    st.sampled_from([1, 2]), st.sampled_from(["", "zeros", "stored"]),
    st.sampled_from(["states", "scores"]), st.booleans(), st.booleans(), st.booleans(),
    st.booleans(),
)  # fmt: skip


def verdicts(loop: Loop, broken: Break) -> tuple[list[Verdict], int]:
    """Of each GRU that is listed, and how many there are, be they alike."""
    composed = Composed(loop, broken)
    file = composed.file()
    *every, scores = oracle(file, **composed.given())
    stored = {t.name: numpy_helper.to_array(t) for t in file.graph.initializer}
    nodes = [node for node in file.graph.node if node.op_type == "GRU"]
    top = nodes[loop.layers - 1 :: loop.layers]
    rows = [y[0, 0, 0] for y in every[loop.layers - 1 :: loop.layers] if len(y) == 1]
    z, r, n = np.split(stored[top[0].input[2]][0], 3)
    own = [(np.concatenate([r, z, n]), np.stack(rows))]
    shown = scores[0] if loop.stacked else scores[:, 0]
    with TemporaryDirectory() as folder:
        run = Run(SYMBOLS, TEXT, own, shown if loop.gives != "last" else scores.reshape(-1, 6)[:1])
        path = saved(Path(folder), file)
        return list(judged(path, run).values()), len(parse(path).contents.told)


def assert_one(loop: Loop) -> None:
    (verdict,), count = verdicts(loop, Break())
    assert count == 1, loop
    assert (verdict.outcome, verdict.words, verdict.scored) == ("exact", (), True), (loop, verdict)
    assert not verdict.silent, (loop, verdict)


def assert_left_as_it_is(name: str, loop: Loop) -> None:
    broken = BREAKS[name]
    found, count = verdicts(replace(loop, **broken.needs), broken)
    assert not any(verdict.silent for verdict in found), (name, loop, found)
    assert {verdict.outcome for verdict in found} <= {"inside", "refused"}, (name, loop, found)
    assert count > 1, (name, loop)


PLAIN = [
    Loop(), Loop("each"), Loop("rows"), Loop(takes="Gather"), Loop(takes="Split"), Loop(texts=2),
    Loop(texts=STEPS), Loop(first=False), Loop(texts=STEPS, first=False), Loop(state=0),
    Loop(layers=2), Loop(h0="zeros"), Loop(h0="stored"), Loop(gives="scores"), Loop(gives="last"),
    Loop(gives="scores", stacked=True), Loop(stacked=True), Loop(again=True),
    Loop(turned=True), Loop("each", turned=True, texts=2), Loop("rows", turned=True),
    Loop(sized=True), Loop(sized=True, layers=2), Loop(sized=True, first=False, gives="scores"),
]  # fmt: skip


@pytest.mark.parametrize("loop", PLAIN, ids=str)
def test_a_plain_loop_is_one_gru(loop: Loop) -> None:
    assert_one(loop)


@pytest.mark.parametrize("name", BREAKS)
def test_any_other_loop_is_told(name: str) -> None:
    assert_left_as_it_is(name, Loop())


def test_dynamo_exporter() -> None:
    """Made once: files/make_dynamo_steps.py."""
    path = Path(__file__).parent / "files/dynamo_steps.onnx"
    model = load_model(path, vocabulary="abcdefg")
    assert (len(model.layers), told(model)) == (2, ())
    *every, scores = oracle(onnx.load(path), indices=np.arange(8)[None] % 7)
    ours = trace(model, "abcdefga")
    for layer in range(2):
        theirs = np.concatenate([states[:, 0, 0] for states in every[layer::2]])
        assert distance(ours.states(layer), theirs) <= 1e-6
    assert distance(ours.column("logits"), scores[0]) <= 2e-6


def test_each_node_is_accounted_for(tmp_path: Path) -> None:
    """Those that are one here, by their number."""
    file = Composed(Loop("each", gives="scores"), Break()).file()
    (found,) = parse(saved(tmp_path, file)).contents.told.values()
    kinds = Counter({op.kind: 0 for op in found.operations})
    for op in found.operations:
        kinds[op.kind] += op.count
    there = Counter(node.op_type for node in file.graph.node)
    assert kinds.pop("Identity") == there.pop("Concat")
    assert kinds == there


@settings(deadline=None, max_examples=30)
@given(LOOPS)
def test_plain_loops_of_all_kinds(loop: Loop) -> None:
    assert_one(loop)


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(list(BREAKS)), LOOPS)
def test_one_link_is_broken(name: str, loop: Loop) -> None:
    assert_left_as_it_is(name, loop)
