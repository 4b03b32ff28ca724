"""A TorchScript archive, run by PyTorch's own interpreter.

Such a file is a program: its operators can read files and go on for ever. So it is run only where
the system takes all that from this process: nothing but the limits and the sandbox stands between.
"""

from __future__ import annotations

import importlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gru_debugger import sandbox
from gru_debugger.formats.aten import wires
from gru_debugger.formats.aten.inputs import Layout
from gru_debugger.formats.aten.values import Counted
from gru_debugger.graph_check.comparing import NotRunError, Recorded, States, Theirs

BY = "PyTorch"

Values = list[NDArray[Any]]


def prepare() -> None:
    """While libraries can be imported and files be read. Raises NotRunError."""
    if not sandbox.is_whole():
        raise NotRunError("a TorchScript file is a program, and this system can't confine it")
    torch = importlib.import_module("torch")
    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    with torch.inference_mode():  # what it looks up at its first use, such as the processor
        torch.nn.Linear(8, 8)(torch.nn.GRU(8, 8)(torch.zeros(2, 1, 8))[0]).softmax(-1)


def run(data: bytes, path: Path, gru: str, recorded: Recorded) -> Theirs:
    """Of the GRU of that name in the file. Raises NotRunError."""
    torch = importlib.import_module("torch")
    known = wires.find(data, path, gru)
    layout = known.layout
    if layout is None or not known.outputs:
        raise NotRunError("none of its outputs is known to be the GRU's")
    if recorded.h0_chosen and not any(argument.role == "state" for argument, _ in known.given):
        raise NotRunError("h(0) was chosen by hand, and the network has its own")
    try:
        network = torch.jit.load(io.BytesIO(data), map_location="cpu").eval()
    except RuntimeError as error:
        raise NotRunError(f"PyTorch does not open it ({_last_line(error)})") from None
    if layout.size == 1:
        return _by_steps(torch, network, known, layout, recorded)
    return _at_once(torch, network, known, layout, recorded)


# Whole texts ------------------------------------------------------------------------------------


def _at_once(
    torch: Any, network: Any, known: wires.Wires, layout: Layout, recorded: Recorded
) -> Theirs:
    """The whole text as one; else, of a network that has fixed its sizes, in these."""
    fault = "its sizes are others"
    for dims in _sizes(layout, recorded.steps):
        steps, texts = dims[layout.steps or 0], 1 if layout.texts is None else dims[layout.texts]
        if steps != recorded.steps and recorded.backwards:
            continue
        text = _text(layout, dims, recorded, range(steps))
        try:
            found = _called(torch, network, known, text, recorded.initial(), steps, texts)
        except RuntimeError as error:
            fault = _last_line(error)
            continue
        as_followed = (steps, texts) == (known.steps, known.texts)
        taken = _taken(known, found, recorded, steps, as_followed)
        if taken.states or taken.scores is not None:
            return taken
    raise NotRunError(f"PyTorch does not run it ({fault})")


def _sizes(layout: Layout, steps: int) -> Iterator[tuple[int, ...]]:
    dims = list(layout.dims)
    dims[layout.steps or 0] = steps
    if layout.texts is not None:
        dims[layout.texts] = 1
    yield tuple(dims)
    if tuple(dims) != layout.dims:
        yield layout.dims


def _text(
    layout: Layout, dims: tuple[int, ...], recorded: Recorded, steps: range
) -> NDArray[Any]:
    """The same text in each place, and from its start again where it is too short.

    What comes later changes none of the steps before it.
    """
    whole = layout.kind == "int"
    rows = recorded.indices() if whole else recorded.rows(layout.dims[-1])
    rows = rows[np.arange(steps.start, steps.stop) % len(rows)]
    shape = [1] * len(dims)
    if layout.steps is not None:
        shape[layout.steps] = len(rows)
    if not whole:
        shape[-1] = rows.shape[-1]
    found = np.broadcast_to(rows.reshape(shape), dims)
    return np.ascontiguousarray(found, np.int64 if whole else np.float32)


def _taken(
    known: wires.Wires, found: Values, recorded: Recorded, fed: int, as_followed: bool
) -> Theirs:
    """The first text's states and scores, of all steps in their order or of the last alone."""
    states: list[States] = []
    scores, function = None, ""
    for output in known.outputs:
        value = found[output.number]
        rows = value.reshape(-1, value.shape[-1])
        for what, places, last in _groups(output, known.steps, fed, as_followed):
            if max(places) >= len(rows):
                continue
            layer, own = what.layer, rows[list(places)]
            if layer < 0:
                scores, function = own, what.function
                continue
            ends = [end for end in recorded.ends if end.removesuffix("_reverse") == f"_l{layer}"]
            if len(ends) == 1 or not last:  # of both directions the last step is not the end
                parts = np.split(own, len(ends), axis=1)
                states += [States(*pair, last) for pair in zip(ends, parts, strict=True)]
    return Theirs(fed, states, scores, function)


def _groups(
    output: wires.Output, followed: int, fed: int, as_followed: bool
) -> Iterator[tuple[wires.Row, list[int], bool]]:
    """What some rows of an output are, and whether it is the last step's: with their numbers.

    Fed as it was `followed`, they are where they were; else there is one text, as long as it is.
    """
    of_text = [(number, row) for number, row in enumerate(output.rows) if row.text == 0]
    if not as_followed:
        of_text = [(place, row) for place, (_, row) in enumerate(of_text)]
    kinds = dict.fromkeys((row.layer, row.function) for _, row in of_text)
    for kind in kinds:
        rows = [(number, row) for number, row in of_text if (row.layer, row.function) == kind]
        steps, numbers = [row.step for _, row in rows], [number for number, _ in rows]
        if steps == [followed - 1]:
            yield rows[0][1], numbers, True
        elif steps == list(range(followed)) and (as_followed or len(kinds) == 1):
            yield rows[0][1], numbers if as_followed else list(range(fed)), False


# A step at a time -------------------------------------------------------------------------------


def _by_steps(
    torch: Any, network: Any, known: wires.Wires, layout: Layout, recorded: Recorded
) -> Theirs:
    """Each step from the state before it that is shown, of a network that reads one symbol."""
    if recorded.backwards or not any(argument.role == "state" for argument, _ in known.given):
        raise NotRunError("it reads one step, from no state that could be given to it")
    taken: list[Theirs] = []
    for step in range(recorded.steps):
        text = _text(layout, layout.dims, recorded, range(step, step + 1))
        before = np.stack([recorded.values[f"h{end}"][step] for end in recorded.ends])
        try:
            found = _called(torch, network, known, text, before, 1, layout.count)
        except RuntimeError as error:
            raise NotRunError(f"PyTorch does not run it ({_last_line(error)})") from None
        taken.append(_taken(known, found, recorded, 1, as_followed=True))
    ends = [[states.end for states in one.states] for one in taken]
    states = [
        States(end, np.concatenate([one.states[number].rows for one in taken]), last=False)
        for number, end in enumerate(ends[0])
    ]
    scores = [one.scores for one in taken if one.scores is not None]
    whole = np.concatenate(scores) if scores else None
    return Theirs(recorded.steps, states, whole, taken[0].function)


# Calling ----------------------------------------------------------------------------------------


def _called(
    torch: Any, network: Any, known: wires.Wires, text: NDArray[Any], h0: NDArray[Any],
    steps: int, texts: int,
) -> Values:  # fmt: skip
    """The tensors that it gives, in their order. `h0` (layers · directions, hidden)."""
    given: list[Any] = []
    for argument, value in known.given:
        if argument.role == "text":
            given.append(torch.from_numpy(text))
        elif argument.role == "lengths":
            given.append(torch.full((texts,), steps))
        elif argument.role == "state":
            given.append(torch.from_numpy(_state(h0, value, texts)))
        elif isinstance(value, Counted) and not isinstance(value, bool):
            given.append(steps)
        else:
            given.append(value)
    with torch.inference_mode():
        found = _tensors(torch, network(*given))
    if len(found) != known.count:
        raise NotRunError("it gives other values than its code says")
    # numpy knows no bfloat16; of half precision the comparison is told by the type.
    return [(one.half() if one.itemsize == 2 else one.double()).numpy() for one in found]


def _state(h0: NDArray[Any], dims: tuple[int, ...], texts: int) -> NDArray[Any]:
    """The recorded one, in an argument that had these sizes when the network was followed."""
    if h0.size == np.prod(dims):
        return np.ascontiguousarray(h0.reshape(dims), np.float32)
    if len(dims) == 3 and (dims[0], dims[2]) == h0.shape:
        return np.ascontiguousarray(h0[:, None].repeat(texts, 1), np.float32)
    raise NotRunError("its initial state has a shape that is not known")


def _tensors(torch: Any, value: Any) -> list[Any]:
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, (list, tuple)):
        return [one for part in value for one in _tensors(torch, part)]
    return []


def _last_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1][:160] if lines else type(error).__name__
