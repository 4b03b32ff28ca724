"""What a format module finds in a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass
class Contents:
    """Named tensors, the file's own metadata, and the other objects found beside the tensors."""

    tensors: dict[str, NDArray[Any]]
    metadata: dict[str, str] = field(default_factory=dict)
    extras: dict[str, Any] = field(default_factory=dict)
    dtypes: dict[str, str] = field(default_factory=dict)  # as stored, where not the array's own


def bfloat16(raw: NDArray[np.uint16]) -> NDArray[np.float32]:
    """bfloat16 is the upper half of a float32."""
    return (raw.astype(np.uint32) << 16).view(np.float32)
