"""Models as other frameworks' files: a module's name is the file's suffix.

Each has ``write(model, metadata) -> bytes``, which raises OutputError (what this kind of file
can't hold, and what to do) before it imports the framework. The numbers are never touched: what
a writer can't say exactly it refuses.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

from gru_debugger.errors import OutputError

if TYPE_CHECKING:
    from gru_debugger.core.model import Model

SUFFIXES = (".safetensors", ".onnx", ".pt", ".npz")


def convert(model: Model, out: Path) -> bytes:
    """The bytes of a file of the kind that `out` names. Raises OutputError, in one line."""
    from gru_debugger.formats import provenance, state_dict

    metadata = {**state_dict.metadata(model), provenance.KEY: provenance.written(model)}
    try:
        writer = importlib.import_module(f"{__name__}{out.suffix.lower()}")
        data: bytes = writer.write(model, metadata)
    except ModuleNotFoundError as fault:
        raise OutputError(
            f"{out}: the package {fault.name} writes such files and is not installed: "
            f"pip install {fault.name}"
        ) from None
    except OutputError as fault:
        raise OutputError(f"{out}: {fault}") from None
    return data
