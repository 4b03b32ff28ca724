"""From named tensors to a `Model`: the GRU's own, the embedding, the output layer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core import activations
from gru_debugger.core.cell import Array, Cell, Reset
from gru_debugger.core.model import Example, Model, OutputLayer, Source
from gru_debugger.errors import ModelError
from gru_debugger.formats import parameters as grus
from gru_debugger.formats import vocabulary as vocabularies
from gru_debugger.formats.contents import Contents, Told
from gru_debugger.formats.parameters import Parameters, Tensors

_EMBEDDING = ("embed", "emb", "encoder", "word_to_vec", "wte", "lookup")
_OUTPUT = ("fc", "decoder", "linear", "out", "project", "head", "dense", "classifier")


def model(
    contents: Contents, source: Source, file: Path, given: vocabularies.Given, gru: str | None
) -> Model:
    """The model in `contents`. Raises ModelError when there is none, or more than one."""
    tensors, unknown = grus.plain_tensors(contents.tensors)
    dtypes = {grus.plain(name): dtype for name, dtype in contents.dtypes.items()}
    found_grus = grus.find(tensors)
    parameters = grus.choose(found_grus, file, gru, tensors)
    told = contents.told.get(parameters.prefix)
    if told is not None and told.refusal:
        raise ModelError(f"{file}: {told.refusal}")
    _refuse_unknown(parameters.names().values(), unknown, file)
    layers, names = _layers(parameters, tensors, file)
    bias = "bias_ih" in parameters.cells[0, False]
    known = {*names, contents.metadata.get("initial_state")}
    others = {
        name: array
        for name, array in tensors.items()
        if name not in known and array.ndim in (1, 2) and grus.belongs(name, parameters, found_grus)
    }
    own = grus.own(contents.extras, parameters.prefix)
    found, where = vocabularies.find(given, own, contents.metadata, file)
    size = None if found is None else len(found)
    if told is not None:
        output_name, embedding_name = told.output, told.embedding
    else:
        output_name = _output(others, layers, size)
        embedding_name = _embedding(others, layers[0][0].input_size, size, output_name)
    if output_name is not None and size not in (None, len(tensors[output_name])):
        output_name = None
    used = [*names, *(n for n in (output_name, embedding_name) if n)]
    _refuse_unknown(used, unknown, file)
    warnings = [*_dtype_warnings({dtypes.get(n, str(tensors[n].dtype)) for n in used})]
    if output_name is None:
        warnings.append("no output layer was found: no predictions are shown")
    warnings += told.warnings if told is not None else ()
    assembled = Model(
        layers=_with_activations(layers, contents, told, file),
        reset=_reset(contents.metadata.get("reset", "after") if told is None else told.reset, file),
        source=replace(source, dtype=dtypes.get(names[0], str(tensors[names[0]].dtype)),
                       warnings=tuple(warnings)),
        embedding=None if embedding_name is None else _float32(tensors[embedding_name]),
        output=None if output_name is None else _output_layer(output_name, tensors),
        vocabulary=found,
        bias=bias,
        h0=_initial_state(contents, told, layers, file),
        example=_example(contents.metadata),
    )  # fmt: skip
    vocabularies.check_size(found, assembled.symbols, where)
    _refuse_nonfinite(assembled, file)
    return assembled


def _refuse_unknown(names: Iterable[str], unknown: Mapping[str, str], file: Path) -> None:
    for name in names:
        if name in unknown:
            raise ModelError(f"{file}: {unknown[name]}")


def _layers(
    parameters: Parameters, tensors: Tensors, file: Path
) -> tuple[tuple[tuple[Cell, ...], ...], list[str]]:
    places = parameters.cells
    count = max(layer for layer, _ in places) + 1
    directions = 1 + any(reverse for _, reverse in places)
    layers: list[tuple[Cell, ...]] = []
    names: list[str] = []
    for layer in range(count):
        cells = []
        for reverse in (False, True)[:directions]:
            found = places.get((layer, reverse), {})
            for kind in ("weight_ih", "weight_hh"):
                if kind not in found:
                    raise ModelError(
                        f"{file}: {parameters.prefix}{kind}_l{layer}{'_reverse' * reverse} is "
                        "missing; save the whole state_dict."
                    )
            names += found.values()
            cells.append(_cell({k: tensors[n] for k, n in found.items()}, found, file))
        layers.append(tuple(cells))
    hidden = layers[0][0].hidden_size
    for layer, row in enumerate(layers):
        for cell in row:
            expected = layers[0][0].input_size if layer == 0 else directions * hidden
            if cell.hidden_size != hidden or cell.input_size != expected:
                raise ModelError(
                    f"{file}: layer {layer} reads {cell.input_size} values and has "
                    f"{cell.hidden_size} units, where {expected} and {hidden} are expected; "
                    "this is not one GRU."
                )
    return tuple(layers), names


def _cell(tensors: Tensors, names: Mapping[str, str], file: Path) -> Cell:
    weight_ih, weight_hh = tensors["weight_ih"], tensors["weight_hh"]
    if weight_ih.ndim != 2 or weight_hh.ndim != 2 or 0 in weight_ih.shape + weight_hh.shape:
        raise ModelError(f"{file}: {names['weight_hh']} is not a matrix; this is not a GRU.")
    rows, hidden = weight_hh.shape
    kinds = {4 * hidden: "an LSTM (four gates)", hidden: "a plain RNN (no gates)"}
    if rows in kinds:
        raise ModelError(
            f"{file}: {kinds[rows]}, not a GRU: {names['weight_hh']} is {rows} × {hidden}. "
            "This program opens GRUs."
        )
    sizes = {"weight_ih": weight_ih.shape[1:], "weight_hh": (hidden,), "bias_ih": (), "bias_hh": ()}
    for kind, array in tensors.items():
        if array.shape != (3 * hidden, *sizes[kind]):
            shape = " × ".join(map(str, array.shape))
            raise ModelError(
                f"{file}: {names[kind]} is {shape}, where {3 * hidden} rows are expected; "
                "this is not a GRU."
            )
    zeros = np.zeros(3 * hidden, np.float32)
    return Cell(*(_float32(tensors[k]) if k in tensors else zeros
                  for k in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")))  # fmt: skip


def _float32(array: NDArray[Any]) -> Array:
    with np.errstate(over="ignore"):  # told by _refuse_nonfinite
        return np.ascontiguousarray(array, np.float32)


def _rank(name: str, hints: tuple[str, ...]) -> int:
    return next((i for i, hint in enumerate(hints) if hint in name.lower()), len(hints))


def _output(others: Tensors, layers: tuple[tuple[Cell, ...], ...], size: int | None) -> str | None:
    """The matrix from the top layer's states to the symbols."""
    width = layers[0][0].hidden_size * len(layers[0])
    named = [
        name
        for name, array in others.items()
        if array.ndim == 2 and array.shape[1] == width
        and (size is None or len(array) == size)
        and not (_rank(name, _EMBEDDING) < len(_EMBEDDING) and _bias_name(name, others) is None)
    ]  # fmt: skip
    return min(
        named, key=lambda n: (_bias_name(n, others) is None, _rank(n, _OUTPUT)), default=None
    )


def _bias_name(weight: str, tensors: Tensors) -> str | None:
    name = re.sub(r"weight$|w$", lambda m: {"weight": "bias", "w": "b"}[m[0]], weight)
    found = tensors.get(name)
    fits = found is not None and found.shape == tensors[weight].shape[:1]
    return name if name != weight and fits else None


def _embedding(
    others: Tensors, width: int, size: int | None, output_name: str | None
) -> str | None:
    named = [
        name
        for name, array in others.items()
        if array.ndim == 2 and array.shape[1] == width and name != output_name
        and _bias_name(name, others) is None
        and not (size == width and _rank(name, _EMBEDDING) == len(_EMBEDDING))
    ]  # fmt: skip
    return min(named, key=lambda n: (len(others[n]) != size, _rank(n, _EMBEDDING)), default=None)


def _output_layer(name: str, tensors: Tensors) -> OutputLayer:
    weight = _float32(tensors[name])
    bias_name = _bias_name(name, tensors)
    bias = np.zeros(len(weight), np.float32) if bias_name is None else _float32(tensors[bias_name])
    return OutputLayer(weight, bias)


def _reset(reset: str, file: Path) -> Reset:
    if reset not in ("after", "before"):
        raise ModelError(f"{file}: reset is “{reset}” in the metadata; it is “after” or “before”.")
    return cast(Reset, reset)


def _with_activations(
    layers: tuple[tuple[Cell, ...], ...], contents: Contents, told: Told | None, file: Path
) -> tuple[tuple[Cell, ...], ...]:
    """As told, or as the metadata's ``activations`` say; σ and tanh where neither does."""
    words = contents.metadata.get("activations")
    try:
        stored = json.loads(words) if words else None
        data = stored if told is None else told.activations
        if data is None:
            return layers
        table = activations.table_from_json(data, len(layers), len(layers[0]))
    except (ValueError, RecursionError) as fault:
        raise ModelError(f"{file}: {fault}; correct its metadata “activations”.") from None
    return tuple(
        tuple(replace(cell, activations=one) for cell, one in zip(cells, row, strict=True))
        for cells, row in zip(layers, table, strict=True)
    )


def _initial_state(
    contents: Contents, told: Told | None, layers: tuple[tuple[Cell, ...], ...], file: Path
) -> Array | None:
    """As told, or the tensor that the metadata name; (layers · directions, hidden)."""
    named = contents.tensors.get(contents.metadata.get("initial_state", ""))
    h0 = told.h0 if told is not None else named
    if h0 is None:
        return None
    shape = len(layers) * len(layers[0]), layers[0][0].hidden_size
    if h0.shape != shape or h0.dtype.kind != "f":
        raise ModelError(
            f"{file}: the initial state is {' × '.join(map(str, h0.shape))}, where "
            f"{shape[0]} × {shape[1]} are expected; save the model again."
        )
    return _float32(h0)


def _example(metadata: Mapping[str, str]) -> Example | None:
    """``text``, ``step`` and ``unit`` of the metadata, as `gru-debugger train` writes them."""
    if not metadata.get("text"):
        return None
    step, unit = (
        int(value) if (value := metadata.get(key, "")).isdecimal() and len(value) < 10 else default
        for key, default in (("step", 1), ("unit", 0))
    )
    return Example(metadata["text"], step, unit)


def _dtype_warnings(dtypes: set[str]) -> list[str]:
    other = sorted(dtypes - {"float32"})
    return [f"{', '.join(other)} weights were converted to float32"] if other else []


def _refuse_nonfinite(assembled: Model, file: Path) -> None:
    arrays = [
        array for cells in assembled.layers for cell in cells for array in cell.arrays.values()
    ]
    if assembled.embedding is not None:
        arrays.append(assembled.embedding)
    if assembled.output is not None:
        arrays += vars(assembled.output).values()
    if assembled.h0 is not None:
        arrays.append(assembled.h0)
    if not all(np.isfinite(array).all() for array in arrays):
        raise ModelError(
            f"{file}: a weight is infinite or not a number; the training diverged. "
            "Choose an earlier checkpoint."
        )
