"""``gru-debugger info``: what a model file holds."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gru_debugger.cli.arguments import add_model, open_model

if TYPE_CHECKING:
    from gru_debugger.core.model import Model

DESCRIPTION = (
    "Say what a model file holds: framework, layers, sizes, variant, vocabulary, output layer, "
    "warnings."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_model(parser)
    parser.add_argument("--json", action="store_true", help="the same as one JSON object")


def run(arguments: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    model = open_model(arguments)
    if arguments.json:
        import json

        print(json.dumps(model.info(), indent=2))
    else:
        print("\n".join(f"{name:<14}{value}".rstrip() for name, value in table(model)))
    return 0


def table(model: Model) -> list[tuple[str, str]]:
    """Rows for a person to read."""
    info = model.info()
    direction = "both directions" if model.directions == 2 else "forward"
    rows = [
        ("path", info["path"]),
        ("SHA-256", info["sha256"]),
        ("framework", info["framework"]),
        *[("converted", f"from {origin}") for origin in _origins(model)],
        ("GRU", f"{_count(info['layers'], 'layer')}, {direction}, "
                f"{_count(info['hidden_size'], 'unit')}"),
        ("variant", model.variant_in_words()),
        ("input", _input(model)),
        ("vocabulary", _vocabulary(model)),
        ("output layer", _output(model)),
        ("bias", "yes" if info["bias"] else "no"),
        ("weights", info["dtype"]),
        ("parameters", f"{parameters(model):,}"),
    ]  # fmt: skip
    if model.example is not None:
        rows.append(("text", f"{len(model.example.text):,} characters come with the model"))
    return rows + [("warning", warning) for warning in info["warnings"]]


def parameters(model: Model) -> int:
    """How many numbers were trained: weights, biases, embedding, output layer."""
    cells = [cell for cells in model.layers for cell in cells]
    arrays = [a for cell in cells for a in (cell.weight_ih, cell.weight_hh)]
    if model.bias:
        arrays += [a for cell in cells for a in (cell.bias_ih, cell.bias_hh)]
    if model.embedding is not None:
        arrays.append(model.embedding)
    if model.output is not None:
        arrays += [model.output.weight, model.output.bias]
    return sum(array.size for array in arrays)


def _origins(model: Model) -> Iterator[str]:
    """The file that this one was made from, and the one before it."""
    origin = model.source.converted_from
    while origin is not None:
        yield f"{origin.name} ({origin.framework}, {origin.dtype}, SHA-256 {origin.sha256})"
        origin = origin.converted_from


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'s' * (number != 1)}"


def _input(model: Model) -> str:
    if model.input == "features":
        return f"features, rows of {_count(model.input_size, 'number')}"
    if model.embedding is None:
        return f"one-hot, {_count(model.input_size, 'symbol')}"
    return f"embedding, {_count(model.symbols, 'symbol')} × {model.input_size}"


def _vocabulary(model: Model) -> str:
    from gru_debugger.core.model import summary

    if model.input == "features":
        return "none: step over rows of numbers with --rows FILE"
    if model.vocabulary is None:
        return f"none; give its {_count(model.symbols, 'symbol')} with --vocabulary FILE"
    return summary(model.vocabulary)


def _output(model: Model) -> str:
    return "none" if model.output is None else _count(len(model.output.weight), "symbol")
