"""``gru-debugger info``: what a model file holds."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from gru_debugger import terminal
from gru_debugger.cli.arguments import add_model, given_choice, open_file
from gru_debugger.errors import SeveralGRUsError, one_line
from gru_debugger.numerals import brief, counted, grouped
from gru_debugger.source import GRADES

if TYPE_CHECKING:
    from gru_debugger.core.model import Model
    from gru_debugger.formats import ModelFile
    from gru_debugger.formats.assembly.listing import FoundGRU
    from gru_debugger.formats.ledger import AnyEntry, Ledger
    from gru_debugger.source import Role, Source

DESCRIPTION = (
    "Say what a model file holds: framework, layers, sizes, variant, vocabulary, output layer, and "
    "what of it is not computed."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_model(parser)
    parser.add_argument("--json", action="store_true", help="the same as one JSON object")
    parser.add_argument(
        "--all", action="store_true",
        help="every tensor and operation of the file: computed here, harmless, or told",
    )  # fmt: skip


def run(arguments: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    from gru_debugger.source import AS_FOUND

    file, choice = open_file(arguments), given_choice(arguments)
    try:
        model, account = file.opened(arguments.vocabulary, choice)
    except SeveralGRUsError:
        grus = file.grus(arguments.vocabulary)
        if arguments.json:
            terminal.show_json(_several(file) | {"grus": [gru.info() for gru in grus]}, indent=2)
        else:
            rows = [row for row in _several(file).items() if row[0] != "files"]
            rows[2:2] = [("of files", words) for words in _files(file.source)]
            _show_rows([*rows, ("GRUs", _how_to_choose(grus))])
            terminal.show("", *listing(grus))
        return 0
    if arguments.json:
        chosen = {
            "gru": model.source.gru,
            "matched": {m.role: m.info() for m in model.source.matched},
        }
        more = account.info() if arguments.all else {}
        terminal.show_json(model.info() | (chosen if choice != AS_FOUND else {}) | more, indent=2)
    else:
        _show_rows(table(model))
        if arguments.all:
            terminal.show("", *accounted(account))
    return 0


def _files(source: Source) -> Iterator[str]:
    """Of a model in several files, which bytes the hash is of."""
    if names := source.files:
        more = f" … {names[-1]}" if len(names) > 1 else ""
        count = grouped(len(names) + 1)
        yield f"{count}, one behind the other: {source.name}, {names[0]}{more}"


def _show_rows(rows: Iterable[tuple[str, str]]) -> None:
    titles = {"sha256": "SHA-256"}
    terminal.show(*(f"{titles.get(name, name):<14}{value}".rstrip() for name, value in rows))


# Several GRUs ------------------------------------------------------------------------------------


def _several(file: ModelFile) -> dict[str, Any]:
    source = file.source
    files = {"files": list(source.files)} if source.files else {}
    return {"path": source.path, "sha256": source.sha256, "framework": source.framework, **files}


def _how_to_choose(grus: list[FoundGRU]) -> str:
    usable = sum(gru.refusal is None and not gru.part_of for gru in grus)
    return f"{usable}; choose one with --gru NAME"


_WIDEST = 80  # characters of a cell; the others are filled up to it


def listing(grus: list[FoundGRU]) -> list[str]:
    """A table of the GRUs to choose from; below it, what can't be opened and why."""
    head = ("name", "layers", "directions", "units", "inputs", "embedding", "output layer")
    rows: list[tuple[str, ...]] = [head]
    for gru in grus:
        if gru.refusal is None:
            name = f"  {gru.name}" if gru.part_of else gru.name or "(no name)"
            ways = "1, reverse" if gru.backwards else f"{gru.directions}"
            sizes = (grouped(gru.hidden_size), grouped(gru.input_size))
            matched = (str(m.chosen or "none") for m in gru.matched)
            cells = (name, f"{gru.layers}", ways, *sizes, *matched)
            rows.append(tuple(one_line(cell, _WIDEST) for cell in cells))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            cell.rjust(width) if 0 < i < 5 else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    return lines + [f"{gru.name}: {gru.refusal}" for gru in grus if gru.refusal is not None]


# One ---------------------------------------------------------------------------------------------


def table(model: Model) -> list[tuple[str, str]]:
    """Rows for a person to read."""
    info = model.info()
    direction = "both directions" if model.directions == 2 else model.ways[0]
    rows = [
        ("path", info["path"]),
        ("SHA-256", info["sha256"]),
        *[("of files", words) for words in _files(model.source)],
        ("framework", info["framework"]),
        *[("origin", words) for words in _origins(model)],
        ("GRU", f"{counted(info['layers'], 'layer')}, {direction}, "
                f"{counted(info['hidden_size'], 'unit')}"),
        ("variant", model.variant_in_words()),
        ("input", _input(model)),
        *_matched(model, "embedding"),
        ("vocabulary", _vocabulary(model)),
        ("output layer", _output(model)),
        ("bias", "yes" if info["bias"] else "no"),
        ("weights", info["dtype"]),
        ("parameters", grouped(parameters(model))),
    ]  # fmt: skip
    if model.h0 is not None:
        low, high = float(model.h0.min()), float(model.h0.max())
        rows.append(("initial state", f"stored, values {brief(low, 4)} to {brief(high, 4)}"))
    if model.example is not None:
        rows.append(("text", f"{grouped(len(model.example.text))} characters come with the model"))
        rows += _surprise(model, model.example.text)
    found = sorted(model.source.told, key=lambda notice: GRADES.index(notice.grade))
    return rows + [(notice.grade, notice.in_words) for notice in found]


def accounted(account: Ledger) -> list[str]:
    """A line for every tensor and operation: its verdict, what it is, where it stands, and why."""
    from gru_debugger.formats.ledger import why

    entries: tuple[AnyEntry, ...] = (*account.tensors, *account.operations)
    rows = [(_verdict(e), one_line(e.title, _WIDEST), _where(e), why(e)) for e in entries]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
    padded = ([c.ljust(n) for c, n in zip(row, [*widths, 0], strict=True)] for row in rows)
    return ["  ".join(cells).rstrip() for cells in padded]


def _verdict(entry: AnyEntry) -> str:
    return entry.verdict if entry.verdict in ("computed", "told") else "harmless"


def _where(entry: AnyEntry) -> str:
    return "" if entry.where == "unknown" else entry.where


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
    """What this file says it was made from, and that one before it."""
    origin = model.source.converted_from
    while origin is not None:
        yield origin.in_words()
        origin = origin.converted_from


def _surprise(model: Model, text: str) -> list[tuple[str, str]]:
    """What the text that comes along costs, where the model predicts and can read it."""
    from gru_debugger.core.trace import trace
    from gru_debugger.questions.surprise import MEASURED, mean_surprise

    found = mean_surprise(trace(model, text[: MEASURED + 1])) if model.covers(text) else None
    if found is None:
        return []
    words = f"{found.figures} bits per character on the text that comes along"
    return [("surprise", words + found.verdict)]


def _input(model: Model) -> str:
    if model.input == "features":
        return f"features, rows of {counted(model.input_size, 'number')}"
    if model.embedding is None:
        return f"one-hot, {counted(model.input_size, 'symbol')}"
    return f"embedding, {counted(model.symbols, 'symbol')} × {grouped(model.input_size)}"


def _vocabulary(model: Model) -> str:
    from gru_debugger.core.model import summary

    if model.input == "features":
        return "none: step over rows of numbers with --rows FILE"
    if model.vocabulary is None:
        return f"none; give its {counted(model.symbols, 'symbol')} with --vocabulary FILE"
    return summary(model.vocabulary)


def _matched(model: Model, role: Role) -> list[tuple[str, str]]:
    """What was taken and why; nothing where nothing could be."""
    return [(role, str(m)) for m in model.source.matched if m.role == role and str(m) != "none"]


def _output(model: Model) -> str:
    found = _matched(model, "output")
    if found:
        return found[0][1]
    return "none" if model.output is None else counted(len(model.output.weight), "symbol")
