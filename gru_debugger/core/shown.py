"""What a prompt and a notebook show of models, runs and steps: a line, a small table.

Names and texts come from strangers' files: in a line each is printable, in HTML escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import PurePath
from typing import TYPE_CHECKING

from gru_debugger.errors import one_line
from gru_debugger.numerals import counted, dimensions, fixed, grouped

if TYPE_CHECKING:
    from gru_debugger.core.cell import Array
    from gru_debugger.core.model import Model
    from gru_debugger.core.reading import Rows
    from gru_debugger.core.run import Run
    from gru_debugger.core.trace import Step, Trace

_EXCERPT = 24  # characters of a text
_NAME = 80  # of a name
_MOST = 1000  # of what else a table's cell says


def excerpt(text: str) -> str:
    """“From fairest creatures…”, cut behind a word where there is one."""
    if len(text) <= _EXCERPT:
        return f"“{one_line(text)}”"
    begun = text[: _EXCERPT + 1]
    words = begun.rstrip() if begun[-1].isspace() else begun.rpartition(" ")[0].rstrip()
    return f"“{one_line(words or begun[:-1])}…”"


def table(caption: str, rows: Iterable[tuple[str, ...]]) -> str:
    """HTML of rows, the first cell of each heading it. Everything in it is plain text."""
    lines = "".join(f"<tr>{''.join(_cells(row))}</tr>" for row in rows)
    return f"<table><caption>{_plain(caption)}</caption><tbody>{lines}</tbody></table>"


def _cells(row: tuple[str, ...]) -> Iterator[str]:
    align = ' style="text-align: left"'
    yield f'<th scope="row"{align}>{_plain(row[0])}</th>'
    for cell in row[1:]:
        yield f"<td{align}>{_plain(cell)}</td>"


def _plain(words: str) -> str:
    from html import escape

    return escape(one_line(words, _MOST))


# Models ------------------------------------------------------------------------------------------


def model_line(model: Model) -> str:
    """<Model sonnets.safetensors: PyTorch, 1 layer × 256 units, 78 symbols, reset after>"""
    parts = (model.source.framework, _size(model), _input(model), f"reset {model.reset}")
    return f"<Model {one_line(model.source.title, _NAME)}: {one_line(', '.join(parts))}>"


def _size(model: Model) -> str:
    layers = counted(len(model.layers), "layer")
    ways = {("forward", "reverse"): ", both directions", ("reverse",): ", from the end only"}
    return f"{layers} × {counted(model.hidden_size, 'unit')}{ways.get(model.ways, '')}"


def _input(model: Model) -> str:
    if model.input == "features":
        return f"rows of {counted(model.input_size, 'number')}"
    return counted(model.symbols, "symbol") + ", no vocabulary" * (model.vocabulary is None)


def model_table(model: Model) -> str:
    from gru_debugger.core.model import summary

    source = model.source
    embedded = "" if model.embedding is None else f", embedding of {grouped(model.input_size)}"
    rows = [
        ("path", source.path),
        ("SHA-256", source.sha256[:12]),
        ("framework", source.framework),
        ("GRU", _size(model)),
        ("variant", model.variant_in_words()),
        ("input", _input(model) + embedded),
    ]
    if model.vocabulary is not None:
        rows.append(("vocabulary", summary(model.vocabulary)))
    if model.output is not None:
        rows.append(("output layer", counted(len(model.output.weight), "symbol")))
    rows += [(notice.grade, notice.in_words) for notice in source.told]
    return table(f"Model {source.title}", rows)


# Runs --------------------------------------------------------------------------------------------


def trace_line(trace: Trace) -> str:
    """<Trace 1,024 steps of “From fairest creatures…”, sonnets>"""
    return f"<{type(trace).__name__} {_steps(trace)} of {_run(trace.run)}>"


def _steps(trace: Trace) -> str:
    steps = counted(trace.steps, "step")
    return steps if trace.complete else f"{grouped(trace.recorded)} of {steps}"


def run_line(run: Run) -> str:
    """<Run “From fairest creatures…”, sonnets, set r = 1>"""
    return f"<Run {_run(run)}>"


def _run(run: Run) -> str:
    parts = [_reads(run.source), PurePath(run.model.source.name).stem, *_otherwise(run)]
    return ", ".join(one_line(part, _NAME) for part in parts)


def _reads(source: str | Rows) -> str:
    return excerpt(source) if isinstance(source, str) else source.name


def _otherwise(run: Run) -> Iterator[str]:
    """What differs from the run that the model makes by itself."""
    if run.initial is not None:
        yield run.initial.in_words()
    if run.edits:
        yield f"set {'; '.join(run.edits)}"


def trace_table(trace: Trace) -> str:
    rows = [*_run_rows(trace.run), ("recorded", _steps(trace))]
    if trace.reference is not None:
        rows.append(("reference", trace_line(trace.reference)[1:-1]))
    return table(type(trace).__name__, rows)


def run_table(run: Run) -> str:
    return table("Run", _run_rows(run))


def _run_rows(run: Run) -> list[tuple[str, ...]]:
    from gru_debugger.core.initial_state import STORED, ZEROS

    stored = ZEROS if run.model.h0 is None else STORED
    return [
        ("model", model_line(run.model)[1:-1].removeprefix("Model ")),
        ("reads", _reads(run.source)),
        ("h(0)", stored if run.initial is None else run.initial.origin),
        *[("edit", edit) for edit in run.edits],
    ]


# Steps -------------------------------------------------------------------------------------------


def step_line(step: Step) -> str:
    """<Step 34 “t”: x (24,), h_prev … h (16,), logits, probabilities (24,)>"""
    found = []
    for shape, run in groupby(step.values, lambda name: step.values[name].shape):
        names = list(run)
        few = ", ".join(names) if len(names) < 3 else f"{names[0]} … {names[-1]}"
        found.append(f"{few} {shape}")
    return f"<Step {_step(step)}: {', '.join(found)}>"


def _step(step: Step) -> str:
    from gru_debugger.core.model import printable

    return f"{grouped(step.number)} {one_line(printable(step.character), _NAME)}"


def step_table(step: Step) -> str:
    """Each quantity's size, its lowest and its highest value."""
    head = ("", "values", "lowest", "highest")
    rows = ((name, *_range(values)) for name, values in step.values.items())
    return table(f"Step {_step(step)}", (head, *rows))


def _range(values: Array) -> tuple[str, str, str]:
    return dimensions(values.shape), fixed(values.min(), 4), fixed(values.max(), 4)
