"""What a format module finds in a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gru_debugger.errors import ModelError
from gru_debugger.formats.ledger import Operation, Tensor
from gru_debugger.numerals import grouped
from gru_debugger.source import Notice

LONGEST_NAME = 1000  # characters of a tensor's
LAST_OF_BOTH = Notice(
    "note", "output layer", "after the GRU",
    "its output layer reads the last state of each direction, which meet at no step: no "
    "predictions are shown",
)  # fmt: skip


@dataclass
class Told:
    """What a file itself says of one of its GRUs, such as by its graph: then nothing is guessed.

    `embedding` and `output` are names of tensors, None where there is none; `h0` (layers ·
    directions, hidden); `activations` as JSON has them (`core.activations`), one for all cells or
    by layer and direction, None for σ and tanh; `between` says what stands between an embedding and
    this GRU and is not computed, so that no text can be read; `refusal` why this GRU can't be
    shown, and what to do. `operations` are all that stand on this GRU's way from the input to the
    output, `notices` what else is to be told of it.
    """

    reset: str = "after"
    embedding: str | None = None
    output: str | None = None
    h0: NDArray[Any] | None = None
    notices: tuple[Notice, ...] = ()
    operations: tuple[Operation, ...] = ()
    activations: Any = None
    between: str | None = None
    refusal: str | None = None


@dataclass
class Contents:
    """Named tensors, the file's own metadata, and the other objects found beside the tensors.

    `told` by the prefix of the GRU's parameters, ``gru.``; `convention` is the framework whose
    names the tensors have, "" for PyTorch's (`conventions`); `would_run` are functions that a
    pickle names and no model needs.

    `stored` are the file's own tensors where these differ from `tensors`: read under other names,
    or not at all; `operations` those of which the file doesn't say whose way they stand on;
    `classes` are those of a whole module's parts, by their names; `notices` what else is told;
    `files` are the names of the other files that were read (`beside`).
    """

    tensors: dict[str, NDArray[Any]]
    metadata: dict[str, str] = field(default_factory=dict)
    extras: dict[str, Any] = field(default_factory=dict)
    dtypes: dict[str, str] = field(default_factory=dict)  # as stored, where not the array's own
    told: dict[str, Told] = field(default_factory=dict)
    convention: str = ""
    notices: tuple[Notice, ...] = ()
    stored: tuple[Tensor, ...] = ()
    operations: tuple[Operation, ...] = ()
    classes: dict[str, str] = field(default_factory=dict)
    would_run: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


def refuse_endless_names(contents: Contents, file: Path) -> None:
    """Raises ModelError for a name that nobody gave: what is done with names may rely on it."""
    if any(len(name) > LONGEST_NAME for name in (*contents.tensors, *contents.told)):
        raise ModelError(
            f"{file}: the name of a tensor has more than {grouped(LONGEST_NAME)} characters; "
            "rename it and save the model again."
        )


def not_run(names: Sequence[str], most: int = 3) -> str:
    """What is told of `Contents.would_run`, of at least one; before it stands what names them."""
    more = ", …" * (len(names) > most)
    were = "was" if len(names) == 1 else "were"
    return f"names {', '.join(names[:most])}{more}, which {were} not run"


def bfloat16(raw: NDArray[np.uint16]) -> NDArray[np.float32]:
    """bfloat16 is the upper half of a float32."""
    wide = raw.astype(np.uint32)
    wide <<= 16
    return wide.view(np.float32)
