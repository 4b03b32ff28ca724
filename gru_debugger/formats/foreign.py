"""What a file is that no format claims, and what its owner can do."""

from __future__ import annotations

_SIGNATURES: list[tuple[bytes, str]] = [
    (b"\x89PNG", "a PNG picture, not a model; choose a .pt or .safetensors file."),
    (b"\xff\xd8\xff", "a JPEG picture, not a model; choose a .pt or .safetensors file."),
    (b"GIF8", "a GIF picture, not a model; choose a .pt or .safetensors file."),
    (b"%PDF", "a PDF document, not a model; choose a .pt or .safetensors file."),
    (b"\x93NUMPY", "a single numpy array, not a model; save all of its arrays with numpy.savez."),
    (b"GGUF", "a GGUF language model, not a GRU; choose a .pt or .safetensors file."),
    (b"PK", "a zip archive without a model inside; save the state_dict with torch.save."),
    (b"\x1f\x8b", "a gzip archive; unpack it first."),
    (b"{", "a JSON file, not a model; choose a .pt or .safetensors file."),
    (b"\x08", "perhaps an ONNX file, but damaged, or another of its kind; export the model to ONNX "
              "again."),
    (b"version https://git-lfs", "a Git LFS pointer, not the model itself; fetch it with "
                                 "git lfs pull."),
    (b"<", "a web page or XML file, not a model; download the model itself."),
]  # fmt: skip


def what_is(data: bytes) -> str:
    """A predicate for an error message: what the file is, and what to do."""
    for signature, words in _SIGNATURES:
        if data.startswith(signature):
            return words
    if _is_text(data[:4096]):
        return "a text file, not a model; choose a .pt or .safetensors file."
    return (
        "not a model file this program knows; "
        "save the state_dict with torch.save or as safetensors."
    )


def _is_text(start: bytes) -> bool:
    try:
        start.decode("utf-8")
    except UnicodeDecodeError as fault:
        return fault.reason == "unexpected end of data" and b"\0" not in start
    return b"\0" not in start
