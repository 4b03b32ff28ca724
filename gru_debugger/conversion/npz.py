"""numpy's .npz: PyTorch's names, the metadata as one string each."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core.model import Model
from gru_debugger.formats import state_dict


def write(model: Model, metadata: dict[str, str]) -> bytes:
    arrays: dict[str, NDArray[Any]] = {**state_dict.network(model)}
    if model.h0 is not None:
        arrays["gru.h0"] = model.h0
    if model.vocabulary is not None:
        arrays["vocabulary"] = _symbols(model.vocabulary)
    arrays |= {name: np.array(text) for name, text in metadata.items()}
    stream = io.BytesIO()
    np.savez(stream, **arrays)  # type: ignore[arg-type]
    return stream.getvalue()


def _symbols(vocabulary: tuple[str, ...]) -> NDArray[np.str_]:
    """An array of strings, or JSON's list as one: numpy takes NULs off the end of a string."""
    array = np.array(vocabulary)
    kept = array.tolist() == list(vocabulary)
    return array if kept else np.array(state_dict.vocabulary(vocabulary))
