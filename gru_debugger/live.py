"""`debug`: from a model in the caller's Python to a window in a process of its own.

The weights and what they read are copied into a private folder. A small process starts the window
on it and removes the folder when the window ends, however that happens; so the caller may go on
training, or end first.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, overload

from numpy.typing import NDArray

from gru_debugger import children, ending, job_folders
from gru_debugger.core.model import Model
from gru_debugger.core.reading import Rows, read
from gru_debugger.core.run import Run
from gru_debugger.errors import ModelError, TextError, VocabularyError
from gru_debugger.formats import vocabulary as vocabularies
from gru_debugger.formats.assembly import assemble
from gru_debugger.formats.contents import Contents, refuse_endless_names
from gru_debugger.formats.job_files import hand_over, hand_over_model, handed_over
from gru_debugger.formats.vocabulary import Given
from gru_debugger.job_folders import JobFolder
from gru_debugger.source import Source

Reads = str | Rows | NDArray[Any]


@overload
def debug(
    model: Any, text: Reads, vocabulary: Given = None, block: Literal[False] = False
) -> subprocess.Popen[bytes]: ...
@overload
def debug(model: Any, text: Reads, vocabulary: Given = None, *, block: Literal[True]) -> int: ...
def debug(
    model: Any, text: Reads, vocabulary: Given = None, block: bool = False
) -> subprocess.Popen[bytes] | int:
    """Open the window on `model` at `text`; return its process at once, or its exit status.

    `model`: a `Model`, or a torch.nn.Module with one GRU or GRUCell anywhere inside.
    `text`: or rows, an array of numbers (steps, input), which need no vocabulary. `vocabulary`: as
    for `load_model`, instead of the model's own. `block`: wait until the window is closed. Raises
    ModelError: no GRU inside, or several, or no vocabulary; TextError: an empty text, or a
    character that the vocabulary lacks; InputError: rows of another width, or none.
    """
    opened = model if isinstance(model, Model) else from_module(model, vocabulary)
    if vocabulary is not None:
        opened = _with_vocabulary(opened, vocabulary)
    if isinstance(text, str) and opened.vocabulary is None:
        raise VocabularyError(
            f"{opened.source.name}: no vocabulary; give its {opened.symbols} symbols in index "
            'order, vocabulary="abc…".'
        )
    if isinstance(text, str) and not text:
        raise TextError("the text is empty: give at least one character.")
    reading = read(opened, text)
    folder = JobFolder()
    try:
        _write(folder.path, Run(opened, reading.source))
        window = children.start(
            children.command(__name__, str(folder.path), attached=False),
            stdin=subprocess.DEVNULL, start_new_session=True, pass_fds=folder.lock,
        )  # fmt: skip
    except BaseException:
        folder.remove()
        raise
    folder.leave()
    return window.wait() if block else window


def from_module(module: Any, vocabulary: Given = None) -> Model:
    """The `Model` in a torch.nn.Module, by copy; torch itself is not imported here."""
    name = type(module).__name__
    if not hasattr(module, "named_modules") or not hasattr(module, "state_dict"):
        raise ModelError(f"{name}: neither a Model nor a torch.nn.Module; give one of the two.")
    grus = [place or "itself" for place, part in module.named_modules() if _is_gru(part)]
    if not grus:
        raise ModelError(f"{name}: no GRU inside; give a module with a torch.nn.GRU or GRUCell.")
    if len(grus) > 1:
        raise ModelError(
            f"{name}: {len(grus)} GRUs are inside ({', '.join(grus)}); give the part with one."
        )
    contents = Contents({}, extras={k: v for k, v in vars(module).items() if k[0] != "_"})
    for key, value in module.state_dict().items():
        if hasattr(value, "is_floating_point") and value.is_floating_point():
            contents.tensors[key] = value.detach().cpu().float().numpy().copy()
            contents.dtypes[key] = str(value.dtype).removeprefix("torch.")
    contents.classes = {
        place: f"{type(part).__module__}.{type(part).__qualname__}"
        for place, part in module.named_modules()
    }
    refuse_endless_names(contents, Path(name))
    source = Source(path=name, name=name, sha256="", framework="PyTorch")
    return assemble.model(contents, source, Path(name), vocabulary)


def _with_vocabulary(model: Model, vocabulary: Given) -> Model:
    found = vocabularies.find(vocabulary, {}, {}, Path(model.source.name))
    vocabularies.check_size(model, found.symbols, found.where)
    return replace(model, vocabulary=found.symbols)


def _is_gru(part: Any) -> bool:
    """nn.GRU, nn.GRUCell or a class derived from them, told without importing torch."""
    return any(
        kind.__name__ in ("GRU", "GRUCell") and kind.__module__.startswith("torch.nn.")
        for kind in type(part).__mro__
    )


def _write(folder: Path, run: Run) -> None:
    """The model, and what it reads as it is."""
    stem = re.sub(r"\W+", "-", run.model.source.name).strip("-") or "model"
    hand_over_model(folder, run.model, stem)
    hand_over(folder, run)


def window_command(folder: Path) -> list[str]:
    model = next(folder.glob("*.safetensors"))
    return children.command("gru_debugger.cli", str(model), *handed_over(folder), folder=folder)


def main(arguments: list[str]) -> int:
    """The small process: run the window on the folder, then remove it."""
    folder = Path(arguments[0])
    window = None
    try:
        with ending.heeded():
            window = children.start(window_command(folder))
            return window.wait()
    except KeyboardInterrupt as ended:
        return ending.status(ended)
    finally:
        if window is not None:
            window.terminate()  # does nothing to one that has ended
            window.wait()
        job_folders.remove(folder)
