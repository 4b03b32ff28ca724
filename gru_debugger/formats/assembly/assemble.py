"""From named tensors to a `Model`: the GRU's own, the embedding, the output layer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core import activations
from gru_debugger.core.cell import Array, Cell, Reset
from gru_debugger.core.model import Example, Model, OutputLayer
from gru_debugger.errors import ModelError
from gru_debugger.files import Text
from gru_debugger.formats import vocabulary as vocabularies
from gru_debugger.formats.assembly import accounting, uncomputed
from gru_debugger.formats.assembly import neighbours as surveys
from gru_debugger.formats.assembly import parameters as grus
from gru_debugger.formats.assembly.matching import Place
from gru_debugger.formats.assembly.parameters import Parameters, Tensors
from gru_debugger.formats.contents import Contents, Told, not_run
from gru_debugger.formats.ledger import Ledger, known_faults
from gru_debugger.numerals import dimensions, grouped
from gru_debugger.source import AS_FOUND, Choice, Notice, Source

_LONGEST_EXAMPLE = 100_000  # characters


def opened(
    contents: Contents,
    source: Source,
    file: Path,
    given: vocabularies.Given,
    choice: Choice = AS_FOUND,
) -> tuple[Model, Ledger]:
    """The model in `contents`, and the account of all that is there.

    Raises ModelError when there is none, or more than one.
    """
    found = surveys.survey(contents)
    tensors = found.tensors
    parameters = grus.choose(found.grus, file, choice.gru, tensors, contents.would_run)
    told = surveys.told_of(parameters, contents, file)
    refuse_unknown(parameters.names().values(), found.unknown, file)
    layers, names = layers_of(parameters, tensors, file)
    own = grus.own(contents.extras, parameters.prefix)
    symbols = vocabularies.find(
        given, own, contents.metadata, file, found.symbol_counts(parameters)
    )
    vocabulary = symbols.symbols
    place = surveys.place_of(
        parameters, found, contents, None if vocabulary is None else len(vocabulary)
    )
    embedding, output = surveys.matched(place, told, choice, file)
    between = (
        told.between if told is not None
        else uncomputed.between(place, embedding, output) or uncomputed.before(contents)
    )  # fmt: skip
    if between and given is not None:
        raise ModelError(f"{file}: {between}: no text can be read, only rows of numbers.")
    taken = accounting.Taken(frozenset(names), embedding, output, found.initial_state)
    account = accounting.account(contents, tensors, place, told, taken)
    used = [*names, *(m.chosen.name for m in (output, embedding) if m.chosen)]
    refuse_unknown(used, found.unknown, file)
    said = contents.metadata.get("reset", "after") if told is None else told.reset
    assembled = Model(
        layers=_with_activations(layers, contents, told, file),
        reset=_reset(choice.reset or said, file),
        source=replace(
            source,
            dtype=found.dtypes.get(names[0], str(tensors[names[0]].dtype)),
            told=_once(
                *source.told,
                *_dtype_notices({found.dtypes.get(n, str(tensors[n].dtype)) for n in used}),
                *_stack_notices(parameters, choice),
                *vocabularies.contradictions(symbols, own, file),
                *(uncomputed.notices(place, embedding, output) if told is None else
                  uncomputed.undecided(embedding, output)),
                *account.told,
                *_of_file(contents, told, between, choice),
                *_reset_notices(said, choice),
            ),
            gru=parameters.name,
            matched=(embedding, output),
            choice=choice,
            no_text=between or "",
            vocabulary_from=symbols.where,
            vocabulary_inside=bool(symbols.key),
        ),
        embedding=None if embedding.chosen is None else _float32(tensors[embedding.chosen.name]),
        output=None if output.chosen is None else _output_layer(place, output.chosen.name),
        vocabulary=None if between else vocabulary,
        bias="bias_ih" in parameters.cells[0, parameters.ways[0]],
        h0=_initial_state(contents, told, layers, file),
        example=_example(contents.metadata),
        backwards=parameters.ways == (True,),
    )
    if given is None and (notice := vocabularies.of_predictions(assembled, symbols)) is not None:
        told_of = replace(assembled.source, told=_once(*assembled.source.told, notice))
        assembled = replace(assembled, vocabulary=None, source=told_of)
    vocabularies.check_size(assembled, assembled.vocabulary, symbols.where)
    _refuse_nonfinite(assembled, file)
    return assembled, account


def _once(*told: Notice) -> tuple[Notice, ...]:
    return tuple(dict.fromkeys(told))


def model(
    contents: Contents, source: Source, file: Path, given: vocabularies.Given,
    choice: Choice = AS_FOUND,
) -> Model:  # fmt: skip
    """The same without the account."""
    return opened(contents, source, file, given, choice)[0]


def _of_file(
    contents: Contents, told: Told | None, between: str | None, choice: Choice
) -> list[Notice]:
    """What the reader tells besides, and what concerns the file as a whole."""
    found = [*contents.notices, *uncomputed.raw(contents.tensors)]
    found += _example_notices(contents.metadata)
    if between:
        words = f"{between}: no text can be read, only rows of numbers"
        found.insert(0, Notice("inside", between, "before the GRU", words))
    if contents.would_run:
        found.append(Notice(
            "note", "names of functions", "in the pickle",
            f"the file {not_run(contents.would_run)} here; pickle, and torch.load with "
            "weights_only=False, would",
        ))  # fmt: skip
    if told is None:
        return found + uncomputed.weights_alone(contents.metadata, contents.convention)
    return [*found, *(n for n in told.notices if not known_faults.mended(n, choice))]


def _reset_notices(said: str, choice: Choice) -> list[Notice]:
    if choice.reset in (None, said):
        return []
    words = f"read with the reset gate {choice.reset} the matrix product, as chosen; it says {said}"
    return [Notice("note", "reset gate", "inside the GRU", words)]


def _stack_notices(parameters: Parameters, choice: Choice) -> list[Notice]:
    if not parameters.parts or choice.gru is not None:
        return []
    quoted = [f"“{part.name}”" for part in parameters.parts]
    names = ", ".join(quoted if len(quoted) < 5 else [*quoted[:2], "…", quoted[-1]])
    words = (
        f"{names} were taken as the layers of one GRU, by their numbers and sizes; --gru "
        f"{parameters.parts[0].name} opens one alone"
    )
    return [Notice("note", "layers", "the GRU", words)]


def refuse_unknown(names: Iterable[str], unknown: Mapping[str, str], file: Path) -> None:
    for name in names:
        if name in unknown:
            raise ModelError(f"{file}: {unknown[name]}")


def layers_of(
    parameters: Parameters, tensors: Tensors, file: Path
) -> tuple[tuple[tuple[Cell, ...], ...], list[str]]:
    places, directions = parameters.cells, parameters.directions
    layers: list[tuple[Cell, ...]] = []
    names: list[str] = []
    for layer in range(parameters.layers):
        cells = []
        for reverse in parameters.ways:
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
            shape = dimensions(array.shape)
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


def _output_layer(place: Place, name: str) -> OutputLayer:
    weight = _float32(place.tensors[name])
    bias = place.bias(name)
    zeros = np.zeros(len(weight), np.float32)
    return OutputLayer(weight, zeros if bias is None else _float32(place.tensors[bias]))


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
    named = contents.tensors.get(name) if (name := contents.metadata.get("initial_state")) else None
    h0 = told.h0 if told is not None else named
    if h0 is None:
        return None
    shape = len(layers) * len(layers[0]), layers[0][0].hidden_size
    if h0.shape != shape or h0.dtype.kind != "f":
        raise ModelError(
            f"{file}: the initial state is {dimensions(h0.shape)}, where "
            f"{dimensions(shape)} are expected; save the model again."
        )
    return _float32(h0)


def _example(metadata: Mapping[str, str]) -> Example | None:
    """``text``, ``step`` and ``unit`` of the metadata, as `gru-debugger train` writes them.

    Of a very long text the beginning: it is split into symbols in the program itself.
    """
    if not metadata.get("text"):
        return None
    step, unit = (
        int(value) if (value := metadata.get(key, "")).isdecimal() and len(value) < 10 else default
        for key, default in (("step", 1), ("unit", 0))
    )
    return Example(Text(metadata["text"][:_LONGEST_EXAMPLE], "its own text"), step, unit)


def _example_notices(metadata: Mapping[str, str]) -> list[Notice]:
    there = len(metadata.get("text") or "")
    if there <= _LONGEST_EXAMPLE:
        return []
    words = (
        f"its own text has {grouped(there)} characters; the first {grouped(_LONGEST_EXAMPLE)} are "
        "opened"
    )
    return [Notice("note", "its own text", "the metadata", words)]


def _dtype_notices(dtypes: set[str]) -> list[Notice]:
    other = ", ".join(sorted(dtypes - {"float32"}))
    words = f"{other} weights were converted to float32"
    return [Notice("note", other, "the weights", words)] if other else []


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
