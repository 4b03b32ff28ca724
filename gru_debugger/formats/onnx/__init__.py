"""ONNX models, as PyTorch's tensors."""

from __future__ import annotations

from pathlib import Path

from gru_debugger.formats.contents import Contents

NAME = "ONNX"
SUFFIXES = (".onnx",)
LATER = ("gru_debugger.formats.onnx.model",)

# The second field of a model: producer, its version, domain, model version, notes, graph, opset.
_SECOND = b"\x12\x1a\x22\x28\x32\x3a\x42"


def claims(data: bytes) -> bool:
    """A one-byte version of the format, then a field that a model has (not a safetensors file)."""
    return (
        data[:1] == b"\x08"
        and 0 < data[1:2].ljust(1, b"\0")[0] < 64
        and data[2:3] != b""
        and data[2:3] in _SECOND
        and data[4:8] != bytes(4)
    )


def beside(data: bytes, path: Path) -> list[Path]:
    """The files that its weights lie in; what is wrong with others is told where one is needed."""
    from gru_debugger.formats.onnx import model

    return model.beside(data, path)


def read(data: bytes, path: Path) -> Contents:
    from gru_debugger.formats.onnx import model

    return model.read(data, path)
