"""Other frameworks' names and layouts, against what those frameworks compute from the same files.

The files and the states were made once by the real libraries: files/make_jax.py, make_mlx.py and
make_tf1.py, which say the versions. Burn is Rust: its oracle is a loop in float64, written from its
source.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from grus import distance
from mistakes import MISTAKES
from safetensors.numpy import save_file

from gru_debugger.core.cell import Cell
from gru_debugger.core.model import Model
from gru_debugger.core.trace import trace
from gru_debugger.errors import ModelError
from gru_debugger.formats import load_model

FILES = Path(__file__).parent / "files"
SYMBOLS = "abcdefg"
Arrays = dict[str, Any]


@dataclass(frozen=True)
class Made:
    """A file beside its states; `source` is the script's, `bias` what of biases there is."""

    source: str
    framework: str
    layers: int = 1
    directions: int = 1
    bias: str = "with b_hn"
    reset: str = "after"
    dtype: str = "float32"


MADE = {
    "linen.msgpack": Made("jax", "Flax linen"),
    "linen_stack.msgpack": Made("jax", "Flax linen", layers=2, dtype="bfloat16"),
    "linen_both.safetensors": Made("jax", "Flax linen (safetensors)", directions=2),
    "linen_setup.npz": Made("jax", "Flax linen (numpy npz)", 2, 2),
    "nnx.msgpack": Made("jax", "Flax nnx", layers=2, bias="no b_hn"),
    "nnx_both.safetensors": Made("jax", "Flax nnx (safetensors)", 2, 2, bias="no b_hn"),
    "equinox.eqx": Made("jax", "Equinox"),
    "equinox_stack.eqx": Made("jax", "Equinox", layers=2),
    "equinox_no_bias.eqx": Made("jax", "Equinox", layers=2, bias=""),
    "equinox.npz": Made("jax", "Equinox (numpy npz)", layers=2),
    "mlx.npz": Made("mlx", "MLX (numpy npz)"),
    "mlx_stack.safetensors": Made("mlx", "MLX (safetensors)", layers=2),
    "mlx_no_bias.safetensors": Made("mlx", "MLX (safetensors)", layers=2, bias=""),
    "candle.safetensors": Made("mlx", "safetensors"),
    "tf1.npz": Made(
        "tf1", "TensorFlow GRUCell (numpy npz)", layers=2, bias="no b_hn", reset="before"
    ),
    "tf1_both.safetensors": Made(
        "tf1", "TensorFlow GRUCell (safetensors)", directions=2, bias="no b_hn", reset="before"
    ),
}
ROWS = {source: dict(np.load(FILES / f"{source}_states.npz")) for source in ("jax", "mlx", "tf1")}


def theirs(name: str) -> tuple[str, Arrays]:
    """The text, and what the framework computed: states of 200 steps, scores of the last 20."""
    rows = ROWS[MADE[name].source]
    return str(rows["text"]), {
        key.removeprefix(f"{name}/"): a for key, a in rows.items() if key.startswith(f"{name}/")
    }


def farthest(name: str, model: Model, keys: Callable[[str], bool]) -> float:
    text, rows = theirs(name)
    assert len(text) == 200
    ours = trace(model, text)
    return max(distance(ours.column(k)[-len(a) :], a) for k, a in rows.items() if keys(k))


def is_state(key: str) -> bool:
    return key.startswith("h_")


@pytest.mark.parametrize("name", MADE)
def test_every_state_agrees(name: str) -> None:
    made = MADE[name]
    model = load_model(FILES / name, SYMBOLS)
    keys = theirs(name)[1].keys()
    assert len(list(filter(is_state, keys))) == (
        1 if name == "tf1.npz" else made.layers * made.directions
    )
    assert farthest(name, model, is_state) <= 1e-6
    assert farthest(name, model, lambda key: key == "logits") <= 2e-6


@pytest.mark.parametrize("name", MADE)
def test_info(name: str) -> None:
    made = MADE[name]
    info = load_model(FILES / name, SYMBOLS).info()
    assert info["framework"] == made.framework
    assert info["variant"] == f"reset_{made.reset}"
    assert (info["layers"], info["directions"]) == (made.layers, made.directions)
    assert info["bias"] == bool(made.bias)
    assert info["dtype"] == made.dtype
    assert info["output_layer"]


# Wrong readings --------------------------------------------------------------------------------


def input_transposed(cell: Cell) -> Cell:
    """W_ih of the other layout, where it is square and nothing else would tell."""
    blocks = np.split(cell.weight_ih, 3)
    square = blocks[0].shape[0] == blocks[0].shape[1]
    return replace(cell, weight_ih=np.concatenate([b.T for b in blocks])) if square else cell


def changed(model: Model, mistake: Callable[[Cell], Cell]) -> Model:
    return replace(
        model, layers=tuple(tuple(mistake(cell) for cell in row) for row in model.layers)
    )


WRONG = {**MISTAKES, "W_ih transposed": input_transposed}


def shows(name: str, mistake: str) -> bool:
    """Whether this file can tell: not a bias that it does not have, nor a matrix not square."""
    made = MADE[name]
    if mistake == "b_hn outside the product":
        return made.bias == "with b_hn"
    if mistake == "W_ih transposed":
        square = ("linen.msgpack", "linen_both.safetensors", "equinox.eqx", "mlx.npz")
        return name in square or (made.layers > 1 and made.directions == 1)
    return mistake != "input bias lost" or bool(made.bias)


@pytest.mark.parametrize(("name", "mistake"), [(n, m) for n in MADE for m in WRONG if shows(n, m)])
def test_a_wrong_reading_shows(name: str, mistake: str) -> None:
    model = changed(load_model(FILES / name, SYMBOLS), WRONG[mistake])
    assert farthest(name, model, is_state) > 1e-3


@pytest.mark.parametrize("name", MADE)
def test_the_other_reset_shows(name: str) -> None:
    model = load_model(FILES / name, SYMBOLS)
    other = replace(model, reset="after" if model.reset == "before" else "before")
    assert farthest(name, other, is_state) > 1e-3


@pytest.mark.parametrize("name", [n for n, made in MADE.items() if made.directions == 2])
def test_directions_swapped_show(name: str) -> None:
    model = load_model(FILES / name, SYMBOLS)
    other = replace(model, layers=tuple(row[::-1] for row in model.layers))
    assert farthest(name, other, is_state) > 1e-3


# Burn ------------------------------------------------------------------------------------------

GATES = ("update_gate", "reset_gate", "new_gate")
RANDOM = np.random.default_rng(8)


def burn(prefix: str = "gru.", width: int = 4, hidden: int = 4) -> Arrays:
    """As Burn's Module saves it: matrices (in, out), those of linear layers too."""
    shapes: dict[str, tuple[int, ...]] = {"embed.weight": (len(SYMBOLS), width)}
    for gate in GATES:
        shapes |= {
            f"{prefix}{gate}.input_transform.weight": (width, hidden),
            f"{prefix}{gate}.input_transform.bias": (hidden,),
            f"{prefix}{gate}.hidden_transform.weight": (hidden, hidden),
            f"{prefix}{gate}.hidden_transform.bias": (hidden,),
        }
    shapes |= {"head.weight": (hidden, len(SYMBOLS)), "head.bias": (len(SYMBOLS),)}
    return {k: RANDOM.normal(0, 0.5, shape).astype(np.float32) for k, shape in shapes.items()}


def sigmoid(a: Any) -> Any:
    return 1 / (1 + np.exp(-a))


def burn_states(w: Arrays, text: str, reset_after: bool, prefix: str = "gru.") -> Any:
    """burn-nn/src/modules/rnn/gru.rs, forward_iter and gate_product, in float64."""
    w = {key: array.astype(np.float64) for key, array in w.items()}

    def parts(gate: str, x: Any, h: Any) -> tuple[Any, Any]:
        return tuple(
            v @ w[f"{prefix}{gate}.{side}_transform.weight"]
            + w[f"{prefix}{gate}.{side}_transform.bias"]
            for side, v in (("input", x), ("hidden", h))
        )  # type: ignore[return-value]

    h, found = np.zeros(4), []
    for character in text:
        x = w["embed.weight"][SYMBOLS.index(character)]
        update = sigmoid(sum(parts("update_gate", x, h)))
        reset = sigmoid(sum(parts("reset_gate", x, h)))
        if reset_after:
            of_x, of_h = parts("new_gate", x, h)
            candidate = np.tanh(of_x + reset * of_h)
        else:
            candidate = np.tanh(sum(parts("new_gate", x, h * reset)))
        h = candidate * (1 - update) + update * h
        found.append(h)
    return np.array(found)


TEXT = "".join(RANDOM.choice(list(SYMBOLS), 200))


@pytest.mark.parametrize("reset", [None, "after", "before"])
def test_burn(tmp_path: Path, reset: str | None) -> None:
    path, content = tmp_path / "model.safetensors", burn()
    save_file(content, path, {"reset": reset} if reset else None)
    model = load_model(path, SYMBOLS)
    ours = trace(model, TEXT)
    states = {after: burn_states(content, TEXT, after) for after in (True, False)}
    assert distance(ours.states(), states[reset != "before"]) <= 1e-6
    assert distance(ours.states(), states[reset == "before"]) > 1e-3
    logits = ours.states() @ content["head.weight"] + content["head.bias"]
    assert distance(ours.column("logits"), logits) <= 2e-6
    warnings = [w for w in model.source.warnings if "reset_after" in w]
    assert bool(warnings) == (reset is None)
    for mistake in (MISTAKES["W_hh transposed"], MISTAKES["r and z swapped"], input_transposed):
        wrong = trace(changed(model, mistake), TEXT)
        assert distance(wrong.states(), states[reset != "before"]) > 1e-3


# Names -----------------------------------------------------------------------------------------


def linen(prefix: str, width: int, hidden: int = 4) -> Arrays:
    shapes: dict[str, tuple[int, ...]] = {}
    for gate in "rzn":
        shapes |= {f"i{gate}/kernel": (width, hidden), f"i{gate}/bias": (hidden,),
                   f"h{gate}/kernel": (hidden, hidden)}  # fmt: skip
    shapes["hn/bias"] = (hidden,)
    return {prefix + k: RANDOM.normal(0, 1, s).astype(np.float32) for k, s in shapes.items()}


def head(width: int) -> Arrays:
    return {"Dense_0/kernel": np.ones((width, 7), "f4"), "Dense_0/bias": np.zeros(7, "f4")}


def saved(tmp_path: Path, *contents: Arrays) -> Path:
    path = tmp_path / "model.npz"
    np.savez(path, **{k: a for content in contents for k, a in content.items()})
    return path


def test_the_optimizer_is_passed_over(tmp_path: Path) -> None:
    """A train state holds means of the same shapes under the same names."""
    content = {f"params/{k}": a for k, a in linen("GRUCell_0/", 7).items()}
    means = {f"opt_state/0/mu/{k}": a for k, a in linen("GRUCell_0/", 7).items()}
    model = load_model(saved(tmp_path, means, content), SYMBOLS)
    assert distance(model.cell().weight_ih[:4], content["params/GRUCell_0/ir/kernel"].T) == 0


def test_a_name_that_breaks_the_line(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as error:
        load_model(saved(tmp_path, {"a\nb\x1b[31m\u2028c": np.ones((3, 3))}))
    assert str(error.value).splitlines() == [str(error.value)]
    assert "its tensors are a b·[31m c." in str(error.value)


SPELLINGS: dict[str, Callable[[str], str]] = {
    "slashes": lambda name: f"params/{name}",
    "points": lambda name: name.replace("/", "."),
    "keystr": lambda name: "".join(f"['{word}']" for word in name.split("/")),
    "nnx of old": lambda name: name.replace("/", ".") + ".value",
    "TensorFlow's number": lambda name: f"net/{name}:0",
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_spellings_of_a_path(tmp_path: Path, spelling: str) -> None:
    content = {**linen("GRUCell_0/", 7), **head(4)}
    plain = load_model(saved(tmp_path, content), SYMBOLS)
    other = load_model(saved(tmp_path, {SPELLINGS[spelling](k): a for k, a in content.items()}),
                       SYMBOLS)  # fmt: skip
    assert distance(trace(plain, TEXT).column("logits"), trace(other, TEXT).column("logits")) == 0


def test_a_cell_without_any_prefix(tmp_path: Path) -> None:
    assert load_model(saved(tmp_path, linen("", 7)), SYMBOLS).hidden_size == 4


def test_several_grus(tmp_path: Path) -> None:
    path = saved(tmp_path, linen("encoder/GRUCell_0/", 3), linen("decoder/GRUCell_0/", 5))
    with pytest.raises(
        ModelError, match=r"2 GRUs are inside \(encoder\.GRUCell_0, decoder\.GRUCell_0\)"
    ):
        load_model(path)
    assert load_model(path, gru="encoder.GRUCell_0").input_size == 3
    assert load_model(path, gru="decoder.GRUCell_0").input_size == 5


STACKS: dict[str, tuple[list[tuple[str, int]], int, tuple[int, int], str]] = {
    # names with the widths they read; what the output layer reads; layers and directions; and of
    # which cells it is said that no name told their directions
    "by number": ([("GRUCell_0/", 3), ("GRUCell_1/", 4)], 4, (2, 1), ""),
    "ten and more": ([(f"c{i}/", 4 if i else 3) for i in range(11)], 4, (11, 1), ""),
    "all widths alike": ([("c0/", 4), ("c1/", 4)], 4, (2, 1), ""),
    "read by 2H": ([("c0/", 4), ("c1/", 4)], 8, (1, 2), "“c0”, “c1”"),
    "pairs by width": (
        [("c0/", 3), ("c1/", 3), ("c2/", 8), ("c3/", 8)], 8, (2, 2), "“c0”, “c1”, “c2”, “c3”",
    ),
    "named directions": ([("rnn/fw/", 3), ("rnn/bw/", 3)], 8, (1, 2), ""),
    "directions in layers": (
        [("0/backward/", 3), ("0/forward/", 3), ("1/backward/", 8), ("1/forward/", 8)], 8,
        (2, 2), "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", STACKS)
def test_layers_and_directions(tmp_path: Path, case: str) -> None:
    cells, reader, shape, names = STACKS[case]
    content = {k: a for name, width in cells for k, a in linen(name, width).items()}
    model = load_model(saved(tmp_path, content, head(reader)))
    assert (len(model.layers), model.directions) == shape
    found = [cell for row in model.layers for cell in row]
    names_in_order = [name for name, _ in cells]
    if case == "directions in layers":
        names_in_order = ["0/forward/", "0/backward/", "1/forward/", "1/backward/"]
    for cell, name in zip(found, names_in_order, strict=True):
        assert distance(cell.weight_ih[:4], content[f"{name}ir/kernel"].T) == 0
    said = [warning for warning in model.source.warnings if "forward and reverse" in warning]
    assert said == ([f"{names} were taken as forward and reverse in turn, by their sizes"]
                    if names else [])  # fmt: skip


def test_cells_that_do_not_fit_are_grus_of_their_own(tmp_path: Path) -> None:
    path = saved(tmp_path, linen("GRUCell_0/", 3), linen("GRUCell_1/", 5))
    with pytest.raises(ModelError, match="2 GRUs are inside"):
        load_model(path)


def test_metadata_that_mlx_leaves_null(tmp_path: Path) -> None:
    data = (FILES / "mlx_stack.safetensors").read_bytes()
    assert b'"__metadata__":null' in data
    assert load_model(FILES / "mlx_stack.safetensors").vocabulary is None


def test_the_vocabulary_of_the_metadata() -> None:
    data = (FILES / "linen_both.safetensors").read_bytes()
    assert json.dumps(json.dumps(list(SYMBOLS))).encode() in data
    assert load_model(FILES / "linen_both.safetensors").vocabulary == tuple(SYMBOLS)


def test_bfloat16_in_npz(tmp_path: Path) -> None:
    """numpy calls it V2, two bytes of nothing, as mlx.core.savez and ml_dtypes leave it."""
    content = dict(np.load(FILES / "mlx.npz"))
    halves = {k: (a.view(np.uint32) >> 16).astype(np.uint16) for k, a in content.items()}
    model = load_model(saved(tmp_path, {k: a.view("V2") for k, a in halves.items()}), SYMBOLS)
    assert model.source.dtype == "bfloat16"
    upper = (halves["gru.Wx"].astype(np.uint32) << 16).view(np.float32)
    assert distance(model.cell().weight_ih, upper) == 0


# What is no GRU --------------------------------------------------------------------------------

NO_GRU: dict[str, tuple[Arrays, str]] = {
    "LSTM of linen": (
        {f"cell/{side}{gate}/kernel": np.ones((4, 4)) for side in "ih" for gate in "ifgo"},
        "an LSTM (four gates), not a GRU: cell.weight_hh_l0 is 16 × 4. This program opens GRUs.",
    ),
    "LSTM of nnx": (
        {"dense_i.kernel": np.ones((3, 16)), "dense_h.kernel": np.ones((4, 16))},
        "an LSTM (four gates), not a GRU: weight_hh_l0 is 16 × 4. This program opens GRUs.",
    ),
    "LSTM of MLX": (
        {"rnn.Wx": np.ones((16, 3)), "rnn.Wh": np.ones((16, 4)), "rnn.bias": np.ones(16)},
        "an LSTM (four gates), not a GRU: rnn.weight_hh_l0 is 16 × 4. This program opens GRUs.",
    ),
    "a vector for a matrix": (
        {"gru.Wx": np.ones(12), "gru.Wh": np.ones((12, 4))},
        "the parts of gru (Wx 12, Wh 12 × 4) do not fit each other as MLX has them; this is not "
        "a GRU.",
    ),
    "gates of several widths": (
        {**linen("c/", 3), "c/iz/kernel": np.ones((5, 4))},
        "the parts of c (ir.kernel 3 × 4, ",
    ),
    "a number for a bias": (
        {"Wx": np.ones((12, 3)), "Wh": np.ones((12, 4)), "bhn": np.float32(1)},
        "the parts of the GRU (Wx 12 × 3, Wh 12 × 4, bhn one number) do not fit each other as MLX "
        "has them; this is not a GRU.",
    ),
    "a bias too short": (
        {"Wx": np.ones((12, 3)), "Wh": np.ones((12, 4)), "bhn": np.ones(3)},
        "bias_hh_l0 is 11, where 12 rows are expected; this is not a GRU.",
    ),
    "TensorFlow's kernel without input": (
        {"g/gates/kernel": np.ones((4, 8)), "g/candidate/kernel": np.ones((4, 4))},
        "g.weight_hh_l0 is not a matrix; this is not a GRU.",
    ),
    "TensorFlow's kernel too small": (
        {"g/gates/kernel": np.ones((2, 8)), "g/candidate/kernel": np.ones((2, 4))},
        "g.weight_hh_l0 is not a matrix; this is not a GRU.",
    ),
    "half of the parts": (
        {"gru.Wx": np.ones((12, 3))},
        "no GRU inside (no weight_ih and weight_hh); its tensors are gru.Wx. Choose a checkpoint "
        "of a GRU.",
    ),
}


@pytest.mark.parametrize("case", NO_GRU)
def test_no_gru(tmp_path: Path, case: str) -> None:
    content, message = NO_GRU[case]
    path = saved(tmp_path, {k: np.asarray(a, np.float32) for k, a in content.items()})
    with pytest.raises(ModelError) as error:
        load_model(path)
    words = str(error.value).removeprefix(f"{path}: ")
    assert words.startswith(message)
    assert "\n" not in words
