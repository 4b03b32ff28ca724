"""Files are read in this process, but by tests marked `child`; Keras is imported when needed."""

from __future__ import annotations

import os
from typing import Any

import pytest
from no_child import where_files_are_read

__all__ = ["where_files_are_read"]


@pytest.fixture(scope="module")
def keras() -> Any:
    """The library itself, on its torch backend."""
    os.environ["KERAS_BACKEND"] = "torch"
    import keras

    keras.utils.set_random_seed(3)
    return keras
