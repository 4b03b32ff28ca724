"""Made the Flax and Equinox files beside it, and jax_states.npz: what each of them computes.

With jax 0.10.2, flax 0.12.8, equinox 0.13.8, optax 0.2.8, msgpack 1.2.4, safetensors 0.8.0 and
numpy 2.4.6 on a processor, in float32. These libraries are large and nothing else here needs them,
so their files are kept. Biases start at zero in Flax; here all of them are random, as training
leaves them.
"""

import io
import json
from pathlib import Path

import equinox as eqx
import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx, serialization
from flax.traverse_util import flatten_dict, unflatten_dict
from safetensors.numpy import save_file

FILES = Path(__file__).parent
SYMBOLS = "abcdefg"
HIDDEN = 4
INDICES = np.random.default_rng(11).integers(0, len(SYMBOLS), 200)
ONE_HOT = np.eye(len(SYMBOLS), dtype=np.float32)[INDICES]
RANDOM = np.random.default_rng(12)

states: dict[str, np.ndarray] = {"text": np.array("".join(SYMBOLS[i] for i in INDICES))}


def keep(name, layers, logits):
    """`layers`: (steps, hidden), or a pair for the two directions; of the scores the last 20."""
    for number, row in enumerate(layers):
        both = row if isinstance(row, tuple) else (row,)
        for end, h in zip(("", "_reverse"), both, strict=False):
            states[f"{name}/h_l{number}{end}"] = np.asarray(h, np.float32)
    states[f"{name}/logits"] = np.asarray(logits, np.float32)[-20:]


def shaken(tree):
    """Every bias random."""

    def change(path, a):
        if "bias" not in jax.tree_util.keystr(path[-1:]):
            return a
        return jnp.asarray(RANDOM.normal(0, 0.3, a.shape), a.dtype)

    return jax.tree_util.tree_map_with_path(change, tree)


# Flax linen -------------------------------------------------------------------------------------


class Linen(nn.Module):
    """As the documentation writes it: parts are named by their classes."""

    layers: int = 1
    width: int | None = HIDDEN
    both: bool = False

    @nn.compact
    def __call__(self, x):
        if self.width:
            x = nn.Embed(len(SYMBOLS), self.width)(x)
        found = []
        for _ in range(self.layers):
            if self.both:
                x = nn.Bidirectional(nn.RNN(nn.GRUCell(HIDDEN)), nn.RNN(nn.GRUCell(HIDDEN)))(x)
                found.append((x[0, :, :HIDDEN], x[0, :, HIDDEN:]))
            else:
                x = nn.RNN(nn.GRUCell(HIDDEN))(x)
                found.append(x[0])
        return found, nn.Dense(len(SYMBOLS))(x)[0]


class LinenSetup(nn.Module):
    """The same with names of its own."""

    def setup(self):
        self.embed = nn.Embed(len(SYMBOLS), 3)
        self.rnns = [nn.Bidirectional(nn.RNN(nn.GRUCell(HIDDEN)), nn.RNN(nn.GRUCell(HIDDEN)))
                     for _ in range(2)]  # fmt: skip
        self.head = nn.Dense(len(SYMBOLS), use_bias=False)

    def __call__(self, x):
        x, found = self.embed(x), []
        for rnn in self.rnns:
            x = rnn(x)
            found.append((x[0, :, :HIDDEN], x[0, :, HIDDEN:]))
        return found, self.head(x)[0]


def linen(name, module, x, cast=None):
    variables = shaken(module.init(jax.random.key(1), x[None]))
    if cast:
        variables = jax.tree.map(lambda a: a.astype(cast), variables)
        keep(name, *module.apply(jax.tree.map(lambda a: a.astype(jnp.float32), variables), x[None]))
    else:
        keep(name, *module.apply(variables, x[None]))
    return variables


def make_linen():
    variables = linen("linen.msgpack", Linen(), INDICES)
    (FILES / "linen.msgpack").write_bytes(serialization.to_bytes(variables))

    variables = linen("linen_stack.msgpack", Linen(layers=2, width=3), INDICES, jnp.bfloat16)
    serialization.MAX_CHUNK_SIZE = 40  # bytes: larger arrays are cut up
    params = variables["params"]
    state = {"step": 7, "params": params, "vocab": list(SYMBOLS),
             "opt_state": {"0": {"mu": params, "nu": params}}}  # fmt: skip
    (FILES / "linen_stack.msgpack").write_bytes(serialization.to_bytes(state))
    serialization.MAX_CHUNK_SIZE = 2**30

    variables = linen("linen_both.safetensors", Linen(both=True), INDICES)
    flat = flatten_dict(jax.tree.map(np.asarray, variables["params"]), sep="/")
    save_file(flat, FILES / "linen_both.safetensors", {"vocabulary": json.dumps(list(SYMBOLS))})

    variables = linen("linen_setup.npz", LinenSetup(), INDICES)
    flat = {jax.tree_util.keystr(path): np.asarray(a)
            for path, a in jax.tree_util.tree_leaves_with_path(variables)}  # fmt: skip
    np.savez_compressed(FILES / "linen_setup.npz", **flat)


# Flax nnx ---------------------------------------------------------------------------------------


class Nnx(nnx.Module):
    def __init__(self, both, rngs):
        def rnn(width):
            forward, backward = (nnx.RNN(nnx.GRUCell(width, HIDDEN, rngs=rngs)) for _ in range(2))
            return nnx.Bidirectional(forward, backward, rngs=rngs) if both else forward

        self.embed = nnx.Embed(len(SYMBOLS), 3, rngs=rngs)
        self.layers = nnx.List([rnn(3), rnn(HIDDEN * (1 + both))])
        self.linear = nnx.Linear(HIDDEN * (1 + both), len(SYMBOLS), rngs=rngs)
        self.both = both

    def __call__(self, x):
        x, found = self.embed(x), []
        for layer in self.layers:
            x = layer(x)
            found.append((x[0, :, :HIDDEN], x[0, :, HIDDEN:]) if self.both else x[0])
        return found, self.linear(x)[0]


def make_nnx():
    for name, both in (("nnx.msgpack", False), ("nnx_both.safetensors", True)):
        model = Nnx(both, nnx.Rngs(2))
        flat = flatten_dict(nnx.to_pure_dict(nnx.state(model, nnx.Param)))
        for path, a in flat.items():
            if path[-1] == "bias":
                flat[path] = jnp.asarray(RANDOM.normal(0, 0.3, a.shape), jnp.float32)
        state = nnx.state(model, nnx.Param)
        nnx.replace_by_pure_dict(state, unflatten_dict(flat))
        nnx.update(model, state)
        keep(name, *model(jnp.asarray(INDICES)[None]))
        if both:
            named = {".".join(map(str, path)): np.asarray(a) for path, a in flat.items()}
            save_file(named, FILES / name)
        else:
            state = nnx.to_pure_dict(nnx.state(model, nnx.Param))
            (FILES / name).write_bytes(serialization.to_bytes(state))


# Equinox ----------------------------------------------------------------------------------------


class Equinox(eqx.Module):
    embedding: eqx.nn.Embedding | None
    cells: list[eqx.nn.GRUCell]
    linear: eqx.nn.Linear

    def __init__(self, width, layers, use_bias=True):
        keys = iter(jax.random.split(jax.random.key(3), 6))
        self.embedding = width and eqx.nn.Embedding(len(SYMBOLS), width, key=next(keys))
        widths = [width or len(SYMBOLS), *[HIDDEN] * (layers - 1)]
        self.cells = [eqx.nn.GRUCell(w, HIDDEN, use_bias, key=next(keys)) for w in widths]
        self.linear = eqx.nn.Linear(HIDDEN, len(SYMBOLS), key=next(keys))

    def __call__(self, x):
        if self.embedding is not None:
            x = jax.vmap(self.embedding)(x)
        found = []
        for cell in self.cells:

            def step(h, x, cell=cell):
                h = cell(x, h)
                return h, h

            _, x = jax.lax.scan(step, jnp.zeros(HIDDEN), x)
            found.append(x)
        return found, jax.vmap(self.linear)(x)


def make_equinox():
    hyperparameters = {"hidden_size": HIDDEN, "vocab": SYMBOLS}
    for name, x, arguments in (
        ("equinox.eqx", INDICES, (HIDDEN, 1)),
        ("equinox_stack.eqx", ONE_HOT, (None, 2)),
        ("equinox_no_bias.eqx", INDICES, (3, 2, False)),
        ("equinox.npz", INDICES, (3, 2)),
    ):
        model = Equinox(*arguments)
        keep(name, *model(jnp.asarray(x)))
        if name.endswith(".npz"):
            leaves = jax.tree_util.tree_leaves_with_path(model)
            np.savez_compressed(FILES / name, **{jax.tree_util.keystr(p): a for p, a in leaves})
            continue
        stream = io.BytesIO()
        if name == "equinox.eqx":
            stream.write((json.dumps(hyperparameters) + "\n").encode())
        if name == "equinox_stack.eqx":  # with the optimizer, as training goes on from it
            arrays = eqx.filter(model, eqx.is_array)
            model = (model, optax.chain(optax.clip(1.0), optax.adam(1e-3)).init(arrays))
        eqx.tree_serialise_leaves(stream, model)
        (FILES / name).write_bytes(stream.getvalue())


if __name__ == "__main__":
    make_linen()
    make_nnx()
    make_equinox()
    np.savez_compressed(FILES / "jax_states.npz", **states)
