"""What a file is that no format claims, and what its owner can do."""

from __future__ import annotations

import re

_CHOOSE = "choose a model file, such as .pt, .safetensors, .onnx, .keras or .npz."
_UNPACK = "unpack it first and open the model in it."
ORBAX = (
    "an orbax checkpoint, which is not read here; restore it in JAX and save its parameters with "
    "flax.serialization.to_bytes, or under their names with numpy.savez."
)
CORE_ML = (
    "a Core ML model, which is not read here; open the PyTorch or Keras model it was made from, or "
    "export that to ONNX."
)
OPENVINO = (
    "an OpenVINO network, whose weights have no names; open the model it was made from, such as "
    "its .onnx file."
)
DISTRIBUTED = (
    "a distributed checkpoint of PyTorch's; make one file of its folder: python -m "
    "torch.distributed.checkpoint.format_utils dcp_to_torch FOLDER model.pt."
)
SAVED_MODEL = (
    "the graph of a TensorFlow SavedModel, whose weights are in variables/variables.index beside "
    "it; open that, or the folder."
)
PICKLE = (
    "a pickle that torch.save did not write; it may run code and is not opened. Save its arrays "
    "with numpy.savez, or a PyTorch model's state_dict with torch.save."
)

# How a file begins -> what it is; the first that fits counts.
_SIGNATURES: list[tuple[bytes, str]] = [
    (rb"\x89PNG", f"a PNG picture, not a model; {_CHOOSE}"),
    (rb"\xff\xd8\xff", f"a JPEG picture, not a model; {_CHOOSE}"),
    (rb"GIF8", f"a GIF picture, not a model; {_CHOOSE}"),
    (rb"RIFF....WEBP", f"a WebP picture, not a model; {_CHOOSE}"),
    (rb"BM....\0\0\0\0", f"a BMP picture, not a model; {_CHOOSE}"),
    (rb"II\*\0|MM\0\*", f"a TIFF picture, not a model; {_CHOOSE}"),
    (rb"....ftyp", f"a film or photo (MP4, MOV, HEIC), not a model; {_CHOOSE}"),
    (rb"RIFF....(WAVE|AVI )|OggS|fLaC|ID3|\x1aE\xdf\xa3",
     f"a sound or a film, not a model; {_CHOOSE}"),
    (rb"%PDF", f"a PDF document, not a model; {_CHOOSE}"),
    (rb"\x93NUMPY", "a single numpy array, not a model; save all of its arrays with numpy.savez."),
    (rb"GGUF", f"a GGUF language model, not a GRU; {_CHOOSE}"),
    (rb"....TFL3", "a TensorFlow Lite model, which is not read here; save the Keras model it was "
                   "made from as .keras."),
    (rb"x[\x01\x5e\x9c\xda]", "data compressed by zlib, as joblib does; it may run code and is "
                              "not opened. Save the arrays with numpy.savez."),
    (rb"PK\x03\x04.{26}(\[Content_Types\]\.xml|_rels/|mimetype)",
     f"an office document, not a model; {_CHOOSE}"),
    (rb"PK", f"a zip archive without a model inside; {_CHOOSE}"),
    (rb"7z\xbc\xaf", f"a 7z archive; {_UNPACK}"),
    (rb"Rar!", f"a RAR archive; {_UNPACK}"),
    (rb"\x1f\x8b", f"a gzip archive in another one; {_UNPACK}"),
    (rb"BZh[1-9]", f"a bzip2 archive; {_UNPACK}"),
    (rb"\xfd7zXZ", f"an xz archive; {_UNPACK}"),
    (rb"\x28\xb5\x2f\xfd", f"a Zstandard archive; {_UNPACK}"),
    (rb"(?=.{257}ustar)(sys_info|pickle|tensors|storages)\0",
     "a PyTorch file from before version 0.1.10 (a tar archive); load it in PyTorch and save it "
     "again."),
    (rb"....ET[0-9][0-9]", "an ExecuTorch program (.pte), whose weights have no names; save the "
                           "model's state_dict with torch.save."),
    (rb"....PTMF", "a PyTorch Mobile module as a flatbuffer, which is not read here; save the "
                   "model's state_dict with torch.save."),
    (rb"....ORTM", "a model in ONNX Runtime's own format (.ort), which is not read here; open the "
                   ".onnx file it was made from."),
    (rb"MATLAB [57]\.\d MAT-file", "a MATLAB file, which is not read here; save its arrays under "
                                   "their names with numpy.savez."),
    (rb"\s*(<\?xml[^>]*>\s*)?<net\b", OPENVINO),
    (rb"\x0c\xdb\x3a\x2a|\s*\{\"(tree_metadata|item_handlers)\"", ORBAX),
    (rb"\s*\{.{0,400}\"itemInfoEntries\"", CORE_ML),
    (rb"c[A-Za-z_][\w.]*\n[A-Za-z_]\w*\n", PICKLE),
    (rb".{257}ustar", f"a tar archive; {_UNPACK}"),
    (rb"\x7fELF|MZ\x90", f"a program, not a model; {_CHOOSE}"),
    (rb"SQLite format 3\0", f"an SQLite database, not a model; {_CHOOSE}"),
    (rb"\s*\{.{0,4096}\"(cells|nbformat)\"\s*:", "a Jupyter notebook, not a model; choose the file "
                                                 "that it saves, such as .pt or .keras."),
    (rb"\s*\{", f"a JSON file, not a model; {_CHOOSE}"),
    (rb"\x08", "perhaps an ONNX file, but damaged, or another of its kind; export the model to "
               "ONNX again."),
    (rb"\x0a.{1,4}\x0a.{0,200}(Const|Placeholder|VarHandleOp)",
     "a TensorFlow graph (.pb), which is not read here; save the Keras model as .keras, or export "
     "it to ONNX."),
    (rb"version https://git-lfs", "a Git LFS pointer, not the model itself; fetch it with "
                                  "git lfs pull."),
    (rb"(\xef\xbb\xbf)?\s*<", "a web page or XML file, not a model; download the model itself."),
]  # fmt: skip


def what_is(data: bytes) -> str:
    """A predicate for an error message: what the file is, and what to do."""
    start = data[:8192]
    for signature, words in _SIGNATURES:
        if re.match(signature, start, re.DOTALL):
            return words
    if _is_text(start):
        return f"a text file, not a model; {_CHOOSE}"
    return f"not a model file this program knows; {_CHOOSE}"


def _is_text(start: bytes) -> bool:
    try:
        start.decode("utf-8")
    except UnicodeDecodeError as fault:
        return fault.reason == "unexpected end of data" and b"\0" not in start
    return b"\0" not in start
