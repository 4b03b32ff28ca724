"""Model files. One module a format, discovered; each turns a file's bytes into `Contents`.

A format module has four names: ``NAME`` (what `info` calls the framework), ``SUFFIXES`` (what
such files are usually called, for dialogs), ``claims(data)`` (whether the content, never the name,
is of this format) and ``read(data, path)``. What the file means (which tensors are a GRU, which
the embedding) is decided once, in `assemble`.

A stranger's file is read in a child process (`isolation`); a library that a format needs, and that
must be imported before the child limits its own memory, stands in ``LIBRARIES``. All are asked
whose a file is, so modules that ``read`` alone imports stand in ``LATER``. Where a model lies in
several files, ``beside(data, path)`` says, before anything else is looked at, which they are.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from gru_debugger import discovery
from gru_debugger.core.model import Model
from gru_debugger.errors import ModelError
from gru_debugger.files import read_bytes
from gru_debugger.formats import beside, folders, packed, provenance, vocabulary
from gru_debugger.formats.assembly import conventions
from gru_debugger.formats.contents import Contents, refuse_endless_names
from gru_debugger.formats.unclaimed import what_is
from gru_debugger.paths import resource
from gru_debugger.source import AS_FOUND, Choice, Source

if TYPE_CHECKING:
    from gru_debugger.formats.assembly.listing import FoundGRU
    from gru_debugger.formats.child.isolation import Watch
    from gru_debugger.formats.ledger import Ledger


class Format(Protocol):
    NAME: str
    SUFFIXES: tuple[str, ...]

    def claims(self, data: bytes) -> bool: ...

    def read(self, data: bytes, path: Path) -> Contents: ...


@cache
def formats() -> tuple[Format, ...]:
    """Every module of this package that has the four names."""
    modules = (importlib.import_module(f"{__name__}.{name}") for name in discovery.names(__path__))
    return tuple(cast(Format, module) for module in modules if hasattr(module, "claims"))


def suffixes() -> dict[str, str]:
    """What model files end in, and whose such a file is (the first's, of several formats)."""
    found: dict[str, str] = {}
    for one in formats():
        for suffix in one.SUFFIXES:
            found.setdefault(suffix, one.NAME)
    return found


def bundled_names() -> list[str]:
    return sorted(path.stem for path in resource("models").glob("*.safetensors"))


def resolve(path: str | Path) -> Path:
    """The file behind a path, be it a folder's, or ``bundled:NAME``. Raises ModelError."""
    if not isinstance(path, str | os.PathLike):
        raise ModelError(f"{path!r:.40}: no model's name; give a file's path, or bundled:NAME.")
    name = str(path)
    if not name:
        raise ModelError("the model's name is empty; name a file, or bundled:NAME.")
    if not name.startswith("bundled:"):
        if name in bundled_names() and not os.path.lexists(name):
            raise ModelError(f"{name}: no such file; did you mean bundled:{name}?")
        if os.path.isdir(path):
            return folders.model_in(Path(path), suffixes())
        return folders.meant(Path(path))
    name = name.removeprefix("bundled:")
    if name not in bundled_names():
        raise ModelError(
            f"bundled:{name}: no such bundled model; there are {', '.join(bundled_names())}."
        )
    return resource("models", f"{name}.safetensors")


@dataclass(frozen=True)
class ModelFile:
    """A model file that was read, before it is decided what in it is the model.

    What decides is imported here alone: the child that reads a file starts without it.

    `path` is the file's, as messages call it: a bundled one is ``bundled:NAME``.
    """

    path: Path
    source: Source
    contents: Contents

    def grus(self, vocabulary: vocabulary.Given = None) -> list[FoundGRU]:
        """Every recurrent layer in it: first those to choose from, then what can't be opened."""
        from gru_debugger.formats.assembly import listing

        return listing.listed(self.contents, self.path, vocabulary)

    def model(self, vocabulary: vocabulary.Given = None, choice: Choice = AS_FOUND) -> Model:
        """The model in it. Raises ModelError, of several GRUs and no choice SeveralGRUsError."""
        return self.opened(vocabulary, choice)[0]

    def opened(
        self, vocabulary: vocabulary.Given = None, choice: Choice = AS_FOUND
    ) -> tuple[Model, Ledger]:
        """The model, and the account of every tensor and operation in the file."""
        from gru_debugger.formats.assembly import assemble

        return assemble.opened(self.contents, self.source, self.path, vocabulary, choice)


def reader_of(data: bytes, file: Path) -> tuple[Format, bytes]:
    """The format of a file, or of the one model in an archive, and the model's bytes.

    Raises ModelError: what else it is.
    """
    try:
        reader, model = _claims(data), data
        if reader is None and (inner := packed.model_in(data, _claims)) is not None:
            reader, model = _claims(inner), inner
            if reader is None:
                raise ModelError(f"{file}: a gzip archive, and what is in it is {what_is(inner)}")
            _refuse_parts(reader, inner, file)
    except packed.PackedError as fault:
        raise ModelError(f"{file}: {fault}") from None
    if reader is None:
        raise ModelError(f"{file}: {what_is(data)}")
    return reader, model


def _refuse_parts(reader: Format, data: bytes, file: Path) -> None:
    """What is in an archive can't name other files of it."""
    try:
        others(reader, data, file)
    except ModelError:
        raise packed.PackedError(packed.PARTS) from None


def _claims(data: bytes) -> Format | None:
    return next((f for f in formats() if f.claims(data)), None)


def others(reader: object, data: bytes, file: Path) -> list[Path]:
    """The other files that the model is in. Raises ModelError where one can't be used."""
    found: list[Path] = reader.beside(data, file) if hasattr(reader, "beside") else []
    return list(dict.fromkeys(found))


def read(
    reader: Format, data: bytes, file: Path, files: Sequence[Path] = ()
) -> tuple[str, Contents]:
    """The framework that wrote a file, and what it and its `others` hold, by PyTorch's names."""
    found = reader.read(data, file)
    found.files = tuple(one.name for one in files)
    refuse_endless_names(found, file)
    contents = conventions.to_pytorch(found, file)
    return conventions.framework(contents, reader.NAME), contents


def open_file(path: str | Path, watch: Watch | None = None) -> ModelFile:
    """Read a model file without running anything in it. Raises ModelError, in one line.

    `watch` is called some twenty times a second with the `isolation.Progress` made, in the thread
    that asked; to give up, let it raise anything, which ends the reading and comes out here.
    """
    if str(path).startswith("bundled:"):  # our own; no other format's reader is imported for it
        from gru_debugger.formats import safetensors

        return _parsed(path, resolve(path), safetensors)
    from gru_debugger.formats.child import isolation

    file = resolve(path)
    answer = isolation.read(file, watch)
    return _model_file(path, file, answer.framework, answer.sha256, answer.contents)


def parse(path: str | Path) -> ModelFile:
    """`open_file` in this very process: for files that can be trusted, and for tests."""
    return _parsed(path, resolve(path))


def _parsed(path: str | Path, file: Path, reader: Format | None = None) -> ModelFile:
    data = read_bytes(file)
    reader, model = (reader, data) if reader else reader_of(data, file)
    files = others(reader, model, file)
    digest = beside.digest(data, files)
    framework, contents = read(reader, model, file, files)
    return _model_file(path, file, framework, digest, contents)


def _model_file(
    path: str | Path, file: Path, framework: str, digest: str, contents: Contents
) -> ModelFile:
    source = provenance.source(str(path), file, digest, framework, contents.metadata)
    source = replace(source, files=contents.files)
    bundled = str(path).startswith("bundled:")
    return ModelFile(Path(path) if bundled else file, source, contents)


def load_model(
    path: str | Path,
    vocabulary: vocabulary.Given = None,
    gru: str | None = None,
    embedding: str | None = None,
    output: str | None = None,
    reset: str | None = None,
) -> Model:
    """Read a trained GRU from a file, without running anything in it.

    `path`: a file's, a folder's with one model in it, or ``bundled:sixteen``, ``bundled:sonnets``.
    `vocabulary`: a str (one symbol a character), a list in index order, a mapping character ->
    index, or the Path of a JSON file of either; without it, the one in the file or beside it is
    taken. `gru`: the prefix of the GRU's parameters where the file holds several. `embedding`,
    `output`: names of tensors in place of those found by shape and name, or "none".
    `reset`: “after” or “before” the matrix product, whatever the file says.
    Raises ModelError: what is wrong with the file, in one line.

    >>> import gru_debugger
    >>> gru_debugger.load_model("bundled:sixteen")
    <Model sixteen.safetensors: safetensors, 1 layer × 16 units, 25 symbols, reset after>
    """
    return open_file(path).model(vocabulary, Choice(gru, embedding, output, reset))
