"""Models as other frameworks' files: a module's name is the file's suffix.

Each has ``write(model, metadata) -> bytes``, which raises OutputError (what this kind of file
can't hold, and what to do) before it imports the framework. The numbers are never touched: what
a writer can't say exactly it refuses.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

from gru_debugger import discovery
from gru_debugger.errors import OutputError

if TYPE_CHECKING:
    from gru_debugger.core.model import Model
    from gru_debugger.source import Origin

USUAL = ".safetensors"
_OTHERS = (f".{name}" for name in discovery.names(__path__))
SUFFIXES = (USUAL, *(suffix for suffix in _OTHERS if suffix != USUAL))


def convert(model: Model, out: Path, origin: Origin | None = None) -> bytes:
    """The bytes of a file of the kind that `out` names. Raises OutputError, in one line.

    `origin`: what it is said to be made from, where that is not the file of `model`.
    """
    from gru_debugger.formats import provenance, state_dict

    made_from = provenance.dumps(origin or provenance.of(model))
    metadata = {**state_dict.metadata(model), provenance.KEY: made_from}
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
