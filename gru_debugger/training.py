"""Training a small character model, as the bundled ones were trained.

Only the `train` command imports this module, and torch only once it trains: the options can be
listed without it. What is trained is ``torch.nn.GRU`` on one-hot characters with one linear
layer behind it, so the file that comes out is what any PyTorch user would have saved.
"""

from __future__ import annotations

import hashlib
import json
import math
import shlex
from argparse import ArgumentTypeError
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import Field, dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gru_debugger.core.cell import Array, Cell
from gru_debugger.core.model import Example, Model, OutputLayer
from gru_debugger.core.trace import Trace
from gru_debugger.errors import InputError, TextError
from gru_debugger.files import read_text
from gru_debugger.formats import safetensors
from gru_debugger.numerals import fixed, grouped, span
from gru_debugger.output import write_bytes
from gru_debugger.questions.surprise import mean_surprise
from gru_debugger.source import Source

if TYPE_CHECKING:
    import torch

Progress = Callable[[int, int, float], None]  # steps done, steps in all, bits a character

SHORTEST_TEXT = 200  # characters
_MEASURED = 50_000  # characters at most that a figure is measured over, to bound its time
_EXAMPLE = 200  # characters of the default example
_DEFAULT_STEPS = 3_000
_LARGEST_GRADIENT = 1.0  # its norm; longer ones are shortened to it

# Beyond these the memory of an ordinary computer does not suffice.
_LARGEST = {"hidden": 2048, "layers": 4, "epochs": 1_000_000, "batch": 1024, "length": 1024}


def unit_order(value: str) -> tuple[int, ...]:
    """``3,0,2,1`` as units. Raises ArgumentTypeError where one is not a whole number."""
    try:
        return tuple(int(unit) for unit in value.split(","))
    except ValueError:
        raise ArgumentTypeError(f"“{value}” is not a list of units such as 3,0,2,1") from None


def _option(default: Any, help: str, type: Callable[[str], Any] | None = None) -> Any:  # noqa: A002
    """A field with what the command line needs: its help, and how to read it from a word."""
    return field(default=default, metadata={"help": help, "type": type or default.__class__})


@dataclass(frozen=True)
class TrainingOptions:
    """Each field is a flag of `train` (`flag`); metadata holds its ``help`` and ``type``."""

    hidden: int = _option(16, "hidden units of each layer")
    layers: int = _option(1, "layers, one reading the other")
    seed: int = _option(0, "what the random numbers start from: same seed, same model")
    epochs: int | None = _option(
        None,
        f"passes over the text (default: enough for {grouped(_DEFAULT_STEPS)} steps)",
        int,
    )
    batch: int = _option(16, "stretches of the text read side by side")
    length: int = _option(64, "characters between two changes of the weights")
    learning_rate: float = _option(0.005, "largest step of the optimiser, reached early")
    held_out: float = _option(0.1, "fraction of the text, its end, kept for measuring")
    unit_order: tuple[int, ...] | None = _option(
        None, "units renumbered after training: unit I of the file is the I-th listed", unit_order
    )
    example_text: str | None = _option(
        None, "text the model is opened with (default: the held-out part's beginning)", str
    )
    example_step: int = _option(1, "step the model is opened at")
    example_unit: int = _option(0, "unit selected when the model is opened")


@dataclass(frozen=True)
class TrainingResult:
    """A trained model; the figures are its mean −log₂ probability of the right next character.

    Both are measured over one run from zeros, of at most 50,000 characters: the first of the
    held-out part, and the last of the part trained on.
    """

    model: Model
    bits_per_character_held_out: float
    bits_per_character_train: float
    steps: int


def flag(option: Field[Any]) -> str:
    """``--learning-rate`` for the field `learning_rate`."""
    return "--" + option.name.replace("_", "-")


def train_file(
    path: Path, out: Path, options: TrainingOptions, progress: Progress, force: bool = False
) -> str:
    """Train on the text in `path`, write the model to `out`, say in one paragraph what came out.

    Nothing is written before the training is done, and then the whole file at once; `force`: in
    the place of one that is there.
    """
    import torch

    text = read_text(path)
    try:
        result = train(text, options, progress)
    except TextError as fault:
        raise TextError(f"{path}: {fault}") from None
    metadata = {
        "trained_on": f"{path.name}, SHA-256 {hashlib.sha256(path.read_bytes()).hexdigest()}",
        "command": command(path, out, options),
        "seed": str(options.seed),
        "torch": torch.__version__.partition("+")[0],
        "bits_per_character_held_out": f"{result.bits_per_character_held_out:.4f}",
        "bits_per_character_train": f"{result.bits_per_character_train:.4f}",
    }
    data = _sorted_metadata(safetensors.dump(result.model, metadata))
    write_bytes(out, data, force)
    model = result.model
    return (
        f"{out}: {len(model.layers)} × {model.hidden_size} units, {model.symbols} symbols, "
        f"{grouped(result.steps)} steps, {grouped(len(data))} bytes. Bits per character: "
        f"{fixed(result.bits_per_character_train, 2)} on the text trained on, "
        f"{fixed(result.bits_per_character_held_out, 2)} on the held-out end."
    )


def command(path: Path, out: Path, options: TrainingOptions) -> str:
    """The command line that trains the same model again; names without their folders."""
    words = ["gru-debugger", "train", path.name, "-o", out.name]
    for option in fields(options):
        value = getattr(options, option.name)
        if value != option.default:
            written = ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
            words += [flag(option), written]
    return shlex.join(words)


def train(text: str, options: TrainingOptions, progress: Progress) -> TrainingResult:
    """Train on all of `text` but its held-out end. Raises TextError, InputError; deterministic."""
    _check(text, options)
    vocabulary = tuple(sorted(set(text)))
    cut = round(len(text) * (1 - options.held_out))
    example = Example(
        options.example_text or example_of(text[cut:]), options.example_step, options.example_unit
    )
    _check_example(example, vocabulary, options)
    index = {symbol: i for i, symbol in enumerate(vocabulary)}
    indices = np.array([index[c] for c in text[:cut]], np.int64)
    gru, fc, steps = _fit(indices, len(vocabulary), options, progress)
    model = replace(_model(gru, fc), vocabulary=vocabulary, example=example)
    if options.unit_order is not None:
        model = reorder(model, options.unit_order)
    return TrainingResult(
        model,
        bits_per_character(model, text[cut:][:_MEASURED]),
        bits_per_character(model, text[:cut][-_MEASURED:]),
        steps,
    )


def bits_per_character(model: Model, text: str) -> float:
    """Mean −log₂ p of each character but the first, given those before it (h(0) = zeros)."""
    found = mean_surprise(Trace(model, text).finish())
    assert found is not None
    return found.bits


def example_of(held_out: str) -> str:
    """About 200 characters from the beginning of a paragraph or line, if one begins soon."""
    for end in ("\n\n", "\n", " "):
        start = held_out.find(end, 0, 1_000)
        rest = held_out[start:].lstrip()
        if start >= 0 and len(rest) >= _EXAMPLE:
            return rest[:_EXAMPLE].rstrip()
    return held_out[:_EXAMPLE]


def reorder(model: Model, order: tuple[int, ...]) -> Model:
    """The same model with its units renumbered: unit i is unit order[i] of `model`, every layer."""
    units = np.array(order)
    rows = np.concatenate([units + gate * len(units) for gate in range(3)])

    def cell(old: Cell, layer: int) -> Cell:
        weight_ih = old.weight_ih[rows]
        return Cell(
            weight_ih[:, units] if layer else weight_ih,  # a higher layer reads units, too
            old.weight_hh[rows][:, units],
            old.bias_ih[rows],
            old.bias_hh[rows],
            activations=old.activations,
        )

    layers = tuple((cell(cells[0], k),) for k, cells in enumerate(model.layers))
    if model.output is None:
        return replace(model, layers=layers)
    return replace(
        model, layers=layers, output=OutputLayer(model.output.weight[:, units], model.output.bias)
    )


# Checking ----------------------------------------------------------------------------------


def _check(text: str, options: TrainingOptions) -> None:
    if len(text) < SHORTEST_TEXT or len(set(text)) < 2:
        raise TextError(
            f"{len(text)} characters, {len(set(text))} of them different, are too few to train on; "
            f"give a text of at least {SHORTEST_TEXT}."
        )
    for name, largest in _LARGEST.items():
        value = getattr(options, name)
        if value is not None and not 1 <= value <= largest:
            raise InputError(f"--{name} {value}: give 1 to {grouped(largest)}.")
    if not 0 <= options.seed < 1 << 63:
        raise InputError(f"--seed {options.seed}: give 0 or more, below 2 to the power of 63.")
    if not 0 < options.learning_rate <= 1:
        raise InputError(f"--learning-rate {options.learning_rate}: give 0 to 1; 0.005, say.")
    if not 0.01 <= options.held_out <= 0.5:
        raise InputError(f"--held-out {options.held_out}: give a fraction from 0.01 to 0.5.")
    order = options.unit_order
    if order is not None and sorted(order) != list(range(options.hidden)):
        raise InputError(
            f"--unit-order: list each unit from 0 to {options.hidden - 1} once, with commas."
        )


def _check_example(example: Example, vocabulary: tuple[str, ...], options: TrainingOptions) -> None:
    unknown = sorted(set(example.text) - set(vocabulary))
    if unknown:
        raise InputError(
            f"--example-text: the character {unknown[0]!r} is not in the text trained on; "
            "use another example."
        )
    if not 1 <= example.step <= len(example.text):
        raise InputError(
            f"--example-step {example.step}: the example has "
            f"{span('step', 1, len(example.text))}."
        )
    if not 0 <= example.unit < options.hidden:
        raise InputError(
            f"--example-unit {example.unit}: the model has {span('unit', 0, options.hidden - 1)}."
        )


# Fitting -----------------------------------------------------------------------------------


def windows(
    indices: NDArray[np.int64], streams: int, length: int, shift: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """One pass: inputs and next characters, each (up to `length`, `streams`), in reading order.

    The text is cut into `streams` equal stretches read side by side; `shift` moves the cuts, so
    that no two passes have the same ones.
    """
    rolled = np.roll(indices, -shift)
    rows = (len(rolled) - 1) // streams
    x = rolled[: rows * streams].reshape(streams, rows).T
    y = rolled[1 : rows * streams + 1].reshape(streams, rows).T
    for start in range(0, rows, length):
        yield x[start : start + length], y[start : start + length]


def learning_rate(step: int, total: int, largest: float) -> float:
    """Up to `largest` in the first fiftieth of the steps, then down half a cosine to nearly 0."""
    rising = max(1, total // 50)
    if step < rising:
        return largest * (step + 1) / rising
    return largest * (0.01 + 0.99 * (1 + math.cos(math.pi * (step - rising) / total)) / 2)


@contextmanager
def _reproducible(seed: int) -> Iterator[None]:
    """One thread, since the order of a sum over several is not fixed; random numbers of our own."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            yield
    finally:
        torch.set_num_threads(threads)


def _fit(
    indices: NDArray[np.int64], symbols: int, options: TrainingOptions, progress: Progress
) -> tuple[torch.nn.GRU, torch.nn.Linear, int]:
    """The trained layers and the number of steps; the state is carried from window to window."""
    import torch

    streams = min(options.batch, max(1, len(indices) // (2 * options.length)))
    per_epoch = math.ceil(((len(indices) - 1) // streams) / options.length)
    epochs = options.epochs or math.ceil(_DEFAULT_STEPS / per_epoch)
    total = epochs * per_epoch
    random = np.random.default_rng(options.seed)
    with _reproducible(options.seed):
        gru = torch.nn.GRU(symbols, options.hidden, options.layers)
        fc = torch.nn.Linear(options.hidden, symbols)
        parameters = [*gru.parameters(), *fc.parameters()]
        optimiser = torch.optim.Adam(parameters, options.learning_rate)
        step = 0
        for _ in range(epochs):
            state = None
            shift = int(random.integers(len(indices)))
            for x, y in windows(indices, streams, options.length, shift):
                optimiser.param_groups[0]["lr"] = learning_rate(step, total, options.learning_rate)
                loss, state = _loss(gru, fc, x, y, state)
                optimiser.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                torch.nn.utils.clip_grad_norm_(parameters, _LARGEST_GRADIENT)
                optimiser.step()
                step += 1
                progress(step, total, _bits(loss.item(), options))
    return gru, fc, step


def _loss(
    gru: torch.nn.GRU,
    fc: torch.nn.Linear,
    x: NDArray[np.int64],
    y: NDArray[np.int64],
    state: torch.Tensor | None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean cross entropy (nats) of one window, and the state after it (layers, streams, hidden)."""
    import torch

    one_hot = torch.nn.functional.one_hot(torch.tensor(x), fc.out_features).float()
    h, state = gru(one_hot, state)
    loss = torch.nn.functional.cross_entropy(fc(h).flatten(0, 1), torch.tensor(y).flatten())
    return loss, state.detach()


def _bits(nats: float, options: TrainingOptions) -> float:
    if not math.isfinite(nats):
        raise InputError(
            f"the training diverged at --learning-rate {options.learning_rate}; give a smaller one."
        )
    return nats / math.log(2)


def _model(gru: torch.nn.GRU, fc: torch.nn.Linear) -> Model:
    def array(tensor: torch.Tensor) -> Array:
        return np.array(tensor.detach().numpy(), np.float32)

    layers = tuple((Cell(*(array(weight) for weight in weights)),) for weights in gru.all_weights)
    output = OutputLayer(array(fc.weight), array(fc.bias))
    source = Source(path="", name="", sha256="", framework="PyTorch")
    return Model(layers, "after", source, output=output)


def _sorted_metadata(data: bytes) -> bytes:
    """The same safetensors file with its metadata in order: the library's own order is random,
    and training again shall give the same bytes.
    """
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)  # the tensors begin at a multiple of eight
    return len(text).to_bytes(8, "little") + text + data[8 + length :]
