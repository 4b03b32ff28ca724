"""An ONNX file's graph, run by onnxruntime as it stands, with nothing optimized."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gru_debugger.formats.onnx import wires
from gru_debugger.formats.protobuf import field
from gru_debugger.graph_check.comparing import NotRunError, Recorded, States, Theirs

BY = "onnxruntime"

_LONGEST = 100_000  # steps that a file may ask for
_OUTPUT, _GRAPH, _NAME = 12, 7, 1  # fields of a graph, of a model, of a value

Values = dict[str, NDArray[Any]]


def prepare() -> None:
    """While libraries can be imported. Raises NotRunError."""
    try:
        importlib.import_module("onnxruntime")
    except ImportError:
        why = "onnxruntime is not installed (pip install 'gru-debugger[onnx]')"
        raise NotRunError(why) from None


def run(data: bytes, path: Path, gru: str, recorded: Recorded) -> Theirs:
    """Of the GRU of that name in the file. Raises NotRunError."""
    names = wires.find(data, path, gru)
    if names.others:
        raise NotRunError(f"what to give its input “{names.others[0]}” is not known")
    if not names.x:
        raise NotRunError("which of its inputs holds the text is not known")
    if recorded.h0_chosen and not names.h0:
        raise NotRunError("h(0) was chosen by hand, and the graph has its own")
    found, steps = _run(data, path, names, recorded)
    states = [
        States(s.end, _in_order(s, found)[:, s.direction, 0], s.last)
        for s in names.states if _there(s, found)
    ]  # fmt: skip
    return Theirs(steps, states, _scores(names, found, recorded))


# Running it -------------------------------------------------------------------------------------


def _run(
    data: bytes, path: Path, names: wires.Wires, recorded: Recorded
) -> tuple[Values, int]:
    """The values that are compared, and of how many steps."""
    session, wanted = _session(data, path, names)
    fault = "its input has another shape than the steps of a text"
    for feed, steps, texts in _feeds(session, names, recorded):
        if steps != recorded.steps and recorded.backwards:
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


def _session(data: bytes, path: Path, names: wires.Wires) -> tuple[Any, list[str]]:
    """With the values that are compared among its outputs: in a function they can't be."""
    runtime = importlib.import_module("onnxruntime")
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


def _feeds(
    session: Any, names: wires.Wires, recorded: Recorded
) -> Iterator[tuple[Values, int, int]]:
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


def _kind(type_of_input: str) -> str:
    """As numpy calls it: of “tensor(float)”, float32."""
    kind = type_of_input.removeprefix("tensor(").removesuffix(")")
    return {"float": "float32", "double": "float64"}.get(kind, kind)


def _text(recorded: Recorded, x: Any) -> NDArray[Any]:
    """Indices (steps,), or rows (steps, input) where the graph takes numbers."""
    if "int" in x.type:
        return recorded.indices().astype(_kind(x.type))
    wide = x.shape[-1] if x.shape else None
    return recorded.rows(wide if isinstance(wide, int) else None).astype(_kind(x.type))


def _initial(names: wires.Wires, recorded: Recorded, h0: Any, texts: int) -> NDArray[Any]:
    """(layers · directions, texts, units), from what was recorded."""
    states = recorded.initial()[:, None, :].repeat(texts, axis=1)
    fixed = [n if isinstance(n, int) else None for n in h0.shape]
    if len(fixed) != 3 or any(n not in (None, m) for n, m in zip(fixed, states.shape, strict=True)):
        raise NotRunError(f"its initial state “{names.h0}” has a shape that is not known")
    return states.astype(_kind(h0.type))


def _fits(states: wires.States, found: Values, steps: int, texts: int) -> bool:
    """Whether the graph took the input as it was meant: as so many steps of so many texts."""
    if not _there(states, found):
        return True
    value = _in_order(states, found)
    return value.shape[:1] == (1 if states.last else steps,) and value.shape[2:3] == (texts,)


def _there(states: wires.States, found: Values) -> bool:
    return all(name in found for name in states.names)


def _in_order(states: wires.States, found: Values) -> NDArray[Any]:
    """(steps, directions, texts, units), the first step in front; of the last alone, one step."""
    values = [found[name] for name in states.names]
    if len(values) > 1:  # of a step each, by Y or Y_h
        return np.concatenate([each.reshape(1, *each.shape[-3:]) for each in values])
    value = values[0]
    if states.texts_first:
        value = np.moveaxis(value, 0, -2)
    if states.last:
        return value[None]
    return value[::-1] if states.turned else value


def _scores(names: wires.Wires, found: Values, recorded: Recorded) -> NDArray[Any] | None:
    """In the order of the text; None where the graph gives none, or none are shown."""
    value = found.get(names.scores)
    if value is None or recorded.output is None:
        return None
    rows: NDArray[Any] = value.reshape(-1, len(recorded.output[0]))
    top = [s for s in names.states if s.end in recorded.top]
    return rows[::-1] if top[0].turned else rows
