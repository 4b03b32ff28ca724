"""The state before the first step, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from gru_debugger import phrases
from gru_debugger.core.cell import Array, Notation
from gru_debugger.core.model import Model
from gru_debugger.errors import InputError

SYMBOLS: dict[Notation, str] = {"pytorch": "h(0)", "course": "c⟨0⟩"}
ZEROS, STORED, GIVEN = "zeros", "stored in the model", "given"


@dataclass(frozen=True, eq=False)
class InitialState:
    """h(0) of each layer and direction (layers · directions, hidden), and its origin in words.

    `path`: what `--initial-state` calls it, where it is a file's.
    """

    states: Array
    origin: str = GIVEN
    path: str = ""

    def in_words(self, notation: Notation = "pytorch") -> str:
        """For headers, captions and the status bar."""
        return f"{SYMBOLS[notation]}: {self.origin_in_words}"

    @property
    def origin_in_words(self) -> str:
        """In the user's language, unless it is a file's."""
        known = self.origin in (ZEROS, STORED, GIVEN)
        return phrases.told(self.origin) if known else self.origin

    @property
    def zeros(self) -> bool:
        return self.origin == ZEROS

    def chosen_for(self, model: Model) -> bool:
        """Whether the model would start from another state by itself."""
        return self.origin != (ZEROS if model.h0 is None else STORED)


def initial_state(model: Model, h0: Any = None) -> InitialState:
    """What a recording starts from: `h0`, an array or an `InitialState`, the model's own, or zeros.

    Raises InputError for what is not as large as the model's states, or not finite.
    """
    rows, given, path = len(model.places), h0, ""
    if isinstance(h0, InitialState):
        h0, origin, path = h0.states, h0.origin, h0.path
    elif h0 is not None:
        origin = GIVEN
    elif model.h0 is not None:
        h0, origin = model.h0, STORED
    else:
        return InitialState(np.zeros((rows, model.hidden_size), np.float32), ZEROS)
    try:
        array = np.asarray(h0, np.float32)
    except (TypeError, ValueError, RuntimeError):
        raise InputError(
            "the initial state is not an array of numbers; give one of shape "
            f"({rows}, {model.hidden_size})."
        ) from None
    if not np.isfinite(array).all():
        raise InputError("the initial state holds an infinite value, or one that is not a number.")
    if array.size != rows * model.hidden_size or array.shape[-1:] != (model.hidden_size,):
        raise InputError(
            f"the initial state has shape {array.shape}; this model needs "
            f"({rows}, {model.hidden_size})."
        )
    if isinstance(given, InitialState) and array is given.states and array.ndim == 2:
        return given
    if origin == GIVEN:
        array = array.copy()  # the caller may go on with its own
    return InitialState(array.reshape(rows, model.hidden_size), origin, path)
