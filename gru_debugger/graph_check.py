"""The child's half of the proof of an ONNX file: its own graph beside the recording.

The graph is run by onnxruntime as it stands, with nothing optimized. That shares nothing with
`core`, and with the reader the names of values alone (`formats.onnx.wires`). The file is a
stranger's, so the process gives up first what those that read files give up.
"""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from gru_debugger import formats, sandbox, terminal
from gru_debugger.errors import GRUDebuggerError
from gru_debugger.files import read_bytes
from gru_debugger.formats import beside, onnx
from gru_debugger.formats.child import worker
from gru_debugger.formats.onnx import wires
from gru_debugger.formats.protobuf import field
from gru_debugger.parity import MODEL, RECORDING, OwnGraph

_ROOM = 512 << 20  # bytes, for all values of the graph at once
_HALF = 0.02  # what states in half precision may be off
_AGREES = 2e-6
_LONGEST = 100_000  # steps that a file may ask for
_OUTPUT, _GRAPH, _NAME = 12, 7, 1  # fields of a graph, of a model, of a value

Values = dict[str, NDArray[Any]]
Layer = tuple[NDArray[Any], NDArray[Any]]  # its weight and its bias


class NotRunError(Exception):
    """Why the graph says nothing here, in words."""


@dataclass(frozen=True)
class Job:
    """What `parity.graph_command` says besides the folder; `bound`: of two runs in float32."""

    path: str
    sha256: str
    gru: str
    bound: float
    h0_chosen: bool
    parent: int


def main(arguments: list[str]) -> NoReturn:
    """The child process: a folder and what else the job is, one answer."""
    folder, about = arguments
    job = Job(**json.loads(about))
    sandbox.end_with(job.parent)
    terminal.tell(answer=asdict(answer(Path(folder), job)))
    os._exit(0)  # at a usual end onnxruntime waits for what it may not do any more


def answer(folder: Path, job: Job) -> OwnGraph:
    """What the file's graph says of a recording. From here on the process can do little else."""
    try:
        return _answer(folder, job)
    except (NotRunError, GRUDebuggerError, ValueError, MemoryError) as fault:
        return OwnGraph(why=" ".join(str(fault).split())[:300] or "there is not enough memory")


def _answer(folder: Path, job: Job) -> OwnGraph:
    try:
        runtime = importlib.import_module("onnxruntime")
    except ImportError:
        why = "onnxruntime is not installed (pip install 'gru-debugger[onnx]')"
        raise NotRunError(why) from None
    with np.load(folder / RECORDING, allow_pickle=False) as arrays:
        recorded = {name: arrays[name] for name in arrays.files}
    output = _output(folder)
    path = formats.resolve(job.path)
    file = read_bytes(path)
    _, data = formats.reader_of(file, path)
    others = formats.others(onnx, data, path)
    if beside.digest(file, others) != job.sha256:
        raise NotRunError("the file has changed since it was opened")
    sandbox.confine()
    worker.give_up(beside.size_with(path, len(data), others), others, _ROOM)
    names = wires.find(data, path, job.gru)
    if names.others:
        raise NotRunError(f"what to give its input “{names.others[0]}” is not known")
    if not names.x:
        raise NotRunError("which of its inputs holds the text is not known")
    if job.h0_chosen and not names.h0:
        raise NotRunError("h(0) was chosen by hand, and the graph has its own")
    found, steps = _run(runtime, data, path, names, recorded)
    return _compare(names, found, recorded, output, steps, job.bound)


def _output(folder: Path) -> Layer | None:
    """The output layer, as it is shown."""
    numbers = importlib.import_module("safetensors.numpy").load_file(folder / MODEL)
    return (numbers["fc.weight"], numbers["fc.bias"]) if "fc.weight" in numbers else None


# Running it -------------------------------------------------------------------------------------


def _run(
    runtime: Any, data: bytes, path: Path, names: wires.Wires, recorded: Values
) -> tuple[Values, int]:
    """The values that are compared, and of how many steps."""
    session, wanted = _session(runtime, data, path, names)
    fault = "its input has another shape than the steps of a text"
    for feed, steps, texts in _feeds(session, names, recorded):
        if steps != _length(recorded) and any("_reverse" in name for name in recorded):
            raise NotRunError(f"it reads {steps} steps, and the text is read from its end")
        try:
            given = session.run(wanted, feed)
        except Exception as error:  # onnxruntime's own kinds, of a shape that does not fit
            fault = " ".join(str(error).split())[:160]
            continue
        found = dict(zip(wanted, given, strict=True))
        if all(_fits(s, found, steps, texts) for s in names.states):
            return found, steps
    raise NotRunError(f"onnxruntime does not run it ({fault})")


def _session(runtime: Any, data: bytes, path: Path, names: wires.Wires) -> tuple[Any, list[str]]:
    """With the values that are compared among its outputs: in a function they can't be."""
    options = runtime.SessionOptions()
    options.graph_optimization_level = runtime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = options.enable_mem_pattern = False
    options.log_severity_level = 4
    folder = "session.model_external_initializers_file_folder_path"
    options.add_session_config_entry(folder, str(path.parent))
    fault = "nothing of it is compared"
    own = [name for name in names.wanted() if name in names.outputs]
    for wanted in filter(None, (names.wanted(), own)):
        added = [name for name in wanted if name not in names.outputs]
        more = b"".join(field(_OUTPUT, field(_NAME, name.encode())) for name in added)
        whole = data + field(_GRAPH, more)  # a second graph is joined to the first
        try:
            return runtime.InferenceSession(whole, options, ["CPUExecutionProvider"]), wanted
        except Exception as error:  # onnxruntime's own kinds
            fault = " ".join(str(error).split())[:160]
    raise NotRunError(f"onnxruntime does not open it ({fault})")


def _feeds(session: Any, names: wires.Wires, recorded: Values) -> Iterator[tuple[Values, int, int]]:
    """What all inputs may be given, the likeliest first; how many steps and texts these are."""
    inputs = {each.name: each for each in session.get_inputs()}
    x = inputs[names.x]
    rows = _text(recorded, x)
    for order in ("BT", "TB", "T"):
        sizes = _sizes(x.shape, order + "H" * (rows.ndim - 1), len(rows))
        if sizes is None:
            continue
        steps, texts = sizes
        feed = {name: np.full(texts, steps, _kind(inputs[name].type)) for name in names.lengths}
        # More steps than there are: what comes later changes none of those before it.
        feed[names.x] = np.resize(rows, (steps, *rows.shape[1:]))
        if "B" in order:
            axis = order.index("B")
            feed[names.x] = np.repeat(np.expand_dims(feed[names.x], axis), texts, axis)
        if names.h0:
            feed[names.h0] = _initial(names, recorded, inputs[names.h0], texts)
        yield feed, steps, texts


def _sizes(shape: list[Any], order: str, total: int) -> tuple[int, int] | None:
    """How many steps and texts an input of these axes takes; a size may be a name, for any.

    Not one step of many: the axes would be other ones.
    """
    if len(shape) != len(order):
        return None
    fixed = {label: n for label, n in zip(order, shape, strict=True) if isinstance(n, int)}
    steps = fixed.get("T", total)
    return (steps, fixed.get("B", 1)) if min(2, total) <= steps <= _LONGEST else None


def _length(recorded: Values) -> int:
    """How many steps were recorded."""
    return len(next(rows for name, rows in recorded.items() if name.startswith("h_l"))) - 1


def _kind(type_of_input: str) -> str:
    """As numpy calls it: of “tensor(float)”, float32."""
    kind = type_of_input.removeprefix("tensor(").removesuffix(")")
    return {"float": "float32", "double": "float64"}.get(kind, kind)


def _text(recorded: Values, x: Any) -> NDArray[Any]:
    """Indices (steps,), or rows (steps, input) where the graph takes numbers."""
    rows = recorded.get("x")
    if "int" in x.type:
        if rows is not None:
            raise NotRunError("it reads symbols, and the window rows")
        return recorded["indices"].astype(_kind(x.type))
    if rows is None:
        wide = x.shape[-1] if x.shape else None
        if not isinstance(wide, int):
            raise NotRunError("how many values its input has for a symbol is not known")
        rows = np.zeros((len(recorded["indices"]), wide))
        rows[np.arange(len(rows)), recorded["indices"]] = 1
    return rows.astype(_kind(x.type))


def _initial(names: wires.Wires, recorded: Values, h0: Any, texts: int) -> NDArray[Any]:
    """(layers · directions, texts, units), from what was recorded."""
    ends = [name for name in recorded if name.startswith("h_l")]
    first = [recorded[e][-1 if e.endswith("_reverse") else 0] for e in ends]
    states = np.stack(first)[:, None, :].repeat(texts, axis=1)
    fixed = [n if isinstance(n, int) else None for n in h0.shape]
    if len(fixed) != 3 or any(n not in (None, m) for n, m in zip(fixed, states.shape, strict=True)):
        raise NotRunError(f"its initial state “{names.h0}” has a shape that is not known")
    return states.astype(_kind(h0.type))


def _fits(states: wires.States, found: Values, steps: int, texts: int) -> bool:
    """Whether the graph took the input as it was meant: as so many steps of so many texts."""
    if states.name not in found:
        return True
    value = _in_order(states, found[states.name])
    return value.shape[:1] == (1 if states.last else steps,) and value.shape[2:3] == (texts,)


def _in_order(states: wires.States, value: NDArray[Any]) -> NDArray[Any]:
    """(steps, directions, texts, units), the first step in front; of the last alone, one step."""
    if states.texts_first:
        value = np.moveaxis(value, 0, -2)
    if states.last:
        return value[None]
    return value[::-1] if states.turned else value


# Comparing --------------------------------------------------------------------------------------


def _compare(
    names: wires.Wires, found: Values, recorded: Values, output: Layer | None, fed: int,
    bound: float,
) -> OwnGraph:  # fmt: skip
    """Of the first of the steps that the graph was fed, as many as were recorded."""
    steps = min(fed, _length(recorded))
    there = [s for s in names.states if s.name in found and not (s.last and fed > steps)]
    half = any(found[states.name].dtype == np.float16 for states in there)
    shown = [rows for name, rows in recorded.items() if name.startswith("h_l")]
    largest = max(1.0, *(float(np.abs(rows).max()) for rows in shown))
    limit = max(_AGREES * largest, 2 * bound, _HALF if half else 0.0)
    far = [_distances(states, found[states.name], recorded, steps) for states in there]
    beyond = [steps - len(each) + 1 + int(np.argmin(each <= limit))
              for each in far if not (each <= limit).all()]  # fmt: skip
    scores, scores_limit = _scores(names, found, recorded, output, fed, limit)
    if not far and scores is None:
        raise NotRunError("none of its values can be compared with what is shown")
    return OwnGraph(
        states=float(max(each.max() for each in far)) if far else None, scores=scores,
        bound_states=limit, bound_scores=scores_limit, steps=steps, first=min(beyond, default=0),
    )  # fmt: skip


def _distances(
    states: wires.States, value: NDArray[Any], recorded: Values, steps: int
) -> NDArray[np.float64]:
    """max |Δh| of each step (steps,); of the last alone (1,) where that is all the graph gives."""
    theirs = _in_order(states, value)[:steps, states.direction, 0].astype(np.float64)
    ours = _shown(recorded, states, steps)
    if states.last:  # in the order of reading
        ours = ours[:1] if states.end.endswith("_reverse") else ours[-1:]
    found: NDArray[np.float64] = np.abs(theirs - ours).max(axis=1)
    return found


def _shown(recorded: Values, states: wires.States, steps: int) -> NDArray[Any]:
    """h of the first steps (steps, hidden)."""
    rows = recorded[f"h{states.end}"]
    return rows[:steps] if states.end.endswith("_reverse") else rows[1 : steps + 1]


def _scores(
    names: wires.Wires, found: Values, recorded: Values, output: Layer | None, fed: int,
    limit: float,
) -> tuple[float | None, float]:  # fmt: skip
    """max |Δ| of the output layer's scores, and how far apart the states alone may bring them."""
    value, steps = found.get(names.scores), min(fed, _length(recorded))
    if value is None or output is None:
        return None, 0.0
    weight, bias = output
    layer = names.states[-1].end.removesuffix("_reverse")
    top = [states for states in names.states if states.end.startswith(layer)]
    ours = np.concatenate([_shown(recorded, s, steps) for s in top], axis=1) @ weight.T + bias
    theirs = value.reshape(-1, len(weight)).astype(np.float64)
    if len(theirs) == 1 and fed == steps and not any("_reverse" in s.end for s in top):
        ours = ours[-1:]
    elif len(theirs) != fed:  # of some steps, or of several texts: which is not known
        return None, 0.0
    theirs = (theirs[::-1] if top[0].turned else theirs)[: len(ours)]
    reach = float(np.abs(weight).sum(axis=1).max())
    allowed = limit * max(1.0, reach) + _AGREES * float(np.abs(ours).max())
    return float(np.abs(theirs - ours).max()), allowed
