"""Keras networks whose GRU is not alone: computed as Keras does, or told with their grade.

Files by Keras itself; its own run says how far off the shown states would be.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from grus import distance
from judged import judged
from keras_networks import UNITS, keras_run, shaken
from telling import grades, told

from gru_debugger.core.model import Model
from gru_debugger.core.trace import trace
from gru_debugger.formats import load_model

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

STEPS = 30
WIDE = UNITS  # of all inputs, so that a GRU can read its own states
ROWS = np.random.default_rng(2).normal(size=(STEPS, WIDE)).astype(np.float32)
INDICES = np.random.default_rng(3).integers(1, 7, STEPS)

Built = Callable[[Any, Any], Any]  # of keras.layers and keras: the network


def rows(of: Any) -> Any:
    return of.Input((None, WIDE))


def gru(of: Any, **more: Any) -> Any:
    return of.GRU(UNITS, return_sequences=True, name="memory", **more)


def before(make: Callable[[Any, Any], Any]) -> Built:
    """Something between the rows and the GRU, with an output layer behind."""

    def built(of: Any, keras: Any) -> Any:
        x = rows(of)
        return keras.Model(x, of.Dense(7)(gru(of)(make(of, keras)(x))))

    return built


def on_indices(make: Callable[[Any, Any], Any]) -> Built:
    def built(of: Any, keras: Any) -> Any:
        x = of.Input((None,), dtype="int32")
        return keras.Model(x, of.Dense(7)(gru(of)(of.Embedding(8, WIDE)(make(of, keras)(x)))))

    return built


def behind_embedding(make: Callable[[Any, Any], Any]) -> Built:
    def built(of: Any, keras: Any) -> Any:
        x = of.Input((None,), dtype="int32")
        return keras.Model(x, of.Dense(7)(gru(of)(make(of, keras)(of.Embedding(8, WIDE)(x)))))

    return built


def begun_by(make: Callable[[Any, Any, Any], Any]) -> Built:
    """What makes h(0) of the rows."""

    def built(of: Any, keras: Any) -> Any:
        x = rows(of)
        y = gru(of)(x, initial_state=make(of, keras, x))
        return keras.Model(x, of.Dense(7)(y))

    return built


def twice(of: Any, keras: Any) -> Any:
    x, layer = rows(of), gru(of)
    return keras.Model(x, of.Dense(7)(layer(layer(x))))


def twice_by_its_state(of: Any, keras: Any) -> Any:
    x, layer = rows(of), gru(of, return_state=True)
    _, state = layer(x)
    y, _ = layer(x, initial_state=state)
    return keras.Model(x, of.Dense(7)(y))


def stacked_with_norm(of: Any, keras: Any) -> Any:
    return keras.Sequential([
        rows(of), of.GRU(UNITS, return_sequences=True, name="below"), of.LayerNormalization(),
        gru(of), of.Dense(7),
    ])  # fmt: skip


def unlike(of: Any, keras: Any) -> Any:
    return keras.Sequential([
        rows(of), of.Bidirectional(of.GRU(UNITS, return_sequences=True)), of.Dense(WIDE), gru(of),
        of.Dense(7),
    ])  # fmt: skip


def in_a_model(of: Any, keras: Any) -> Any:
    """The norm and the GRU are in a model of their own."""
    inner = keras.Sequential([of.Input((None, WIDE)), of.LayerNormalization(), gru(of)])
    return keras.Sequential([rows(of), inner, of.Dense(7)])


def before_a_model(of: Any, keras: Any) -> Any:
    x = of.Input((None, WIDE))
    inner = keras.Model(x, gru(of)(x), name="inner")
    x = rows(of)
    return keras.Model(x, of.Dense(7)(inner(of.Rescaling(2.0)(x))))


def after_repeating(of: Any, keras: Any) -> Any:
    return keras.Sequential([
        of.Input((STEPS, WIDE)), of.GRU(WIDE, name="encoder"), of.RepeatVector(STEPS), gru(of),
        of.Dense(7),
    ])  # fmt: skip


INSIDE: dict[str, Built] = {
    "Dense": before(lambda of, _: of.Dense(WIDE)),
    "Dense with relu": before(lambda of, _: of.Dense(WIDE, activation="relu")),
    "TimeDistributed Dense": before(lambda of, _: of.TimeDistributed(of.Dense(WIDE))),
    "LayerNormalization": before(lambda of, _: of.LayerNormalization()),
    "BatchNormalization": before(lambda of, _: of.BatchNormalization()),
    "UnitNormalization": before(lambda of, _: of.UnitNormalization()),
    "Normalization": before(lambda of, _: of.Normalization(mean=0.5, variance=2.0)),
    "Rescaling": before(lambda of, _: of.Rescaling(0.5, offset=0.1)),
    "Lambda": before(lambda of, _: of.Lambda(lambda x: x * 2)),
    "Conv1D": before(lambda of, _: of.Conv1D(WIDE, 3, padding="same")),
    "ZeroPadding1D": before(lambda of, _: of.ZeroPadding1D((1, 0))),
    "MaxPooling1D": before(lambda of, _: of.MaxPooling1D(2, 1, padding="same")),
    "tanh": before(lambda of, _: of.Activation("tanh")),
    "ReLU": before(lambda of, _: of.ReLU()),
    "LeakyReLU": before(lambda of, _: of.LeakyReLU()),
    "Softmax": before(lambda of, _: of.Softmax()),
    "Add": before(lambda of, _: lambda x: of.Add()([x, of.Dense(WIDE)(x)])),
    "twice itself": before(lambda of, _: lambda x: of.Add()([x, x])),
    "times a number": before(lambda of, _: lambda x: x * 0.5),
    "plus a number": before(lambda of, _: lambda x: x + 0.5),
    "clip": before(lambda of, keras: lambda x: keras.ops.clip(x, -0.5, 0.5)),
    "flip": before(lambda of, keras: lambda x: keras.ops.flip(x, axis=1)),
    "shifted": before(lambda of, keras: lambda x: keras.ops.roll(x, 1, axis=1)),
    "every second step": before(lambda of, keras: lambda x: x[:, ::2]),
    "attention": before(lambda of, _: lambda x: of.Attention()([x, x])),
    "MultiHeadAttention": before(lambda of, _: lambda x: of.MultiHeadAttention(1, 2)(x, x)),
    "an LSTM": before(lambda of, _: of.LSTM(WIDE, return_sequences=True)),
    "dropout as in training": before(lambda of, _: lambda x: of.Dropout(0.5)(x, training=True)),
    "indices plus one": on_indices(lambda of, _: lambda x: x + 1),
    "indices clipped": on_indices(lambda of, keras: lambda x: keras.ops.minimum(x, 3)),
    "an embedding scaled": behind_embedding(lambda of, _: of.Rescaling(2.0)),
    "an embedding times a number": behind_embedding(lambda of, _: lambda x: x * 3.0),
    "an embedding normed": behind_embedding(lambda of, _: of.LayerNormalization()),
    "h0 of a Dense": begun_by(lambda of, _, x: of.Dense(UNITS)(x[:, 0])),
    "h0 of the mean": begun_by(lambda of, keras, x: keras.ops.mean(x, axis=1)),
    "h0 of ones": begun_by(lambda of, keras, x: keras.ops.ones_like(x[:, 0])),
    "h0 of an encoder": begun_by(lambda of, _, x: of.GRU(UNITS, name="encoder")(x)),
    "used twice": twice,
    "used twice by its state": twice_by_its_state,
    "a norm between layers": stacked_with_norm,
    "Bidirectional and Dense before": unlike,
    "a norm in a model inside": in_a_model,
    "scaled before a model inside": before_a_model,
    "RepeatVector": after_repeating,
}  # fmt: skip


def both_ways(of: Any, back: Any, keras: Any, **more: Any) -> Any:
    """Another layer for the way back."""
    x = of.Input((None,), dtype="int32")
    h = of.Bidirectional(gru(of, **more), backward_layer=back)(of.Embedding(8, WIDE)(x))
    return keras.Model(x, of.Dense(8)(h))


def back(of: Any, **more: Any) -> Any:
    return of.GRU(UNITS, return_sequences=True, go_backwards=True, name="back", **more)


# Of these whatever is shown is the network's own, or it is told inside, or refused.
EITHER: dict[str, Built] = {
    "another way back": lambda of, keras: both_ways(of, back(of), keras),
    "a way back without reset_after": lambda of, keras: both_ways(
        of, back(of, reset_after=False), keras),
    "a way back by another activation": lambda of, keras: both_ways(
        of, back(of, activation="relu"), keras),
    "a way back without bias": lambda of, keras: both_ways(of, back(of, use_bias=False), keras),
    "an LSTM back": lambda of, keras: both_ways(
        of, of.LSTM(UNITS, return_sequences=True, go_backwards=True), keras),
    **{f"both ways, {mode}": lambda of, keras, mode=mode: keras.Sequential([
        *text(of), of.Bidirectional(gru(of), merge_mode=mode), of.Dense(8)])
       for mode in ("sum", "mul", "ave")},
    "the last state of both ways": lambda of, keras: keras.Sequential([
        *text(of), of.Bidirectional(of.GRU(UNITS, name="memory")), of.Dense(8)]),
    "the maximum of all steps": lambda of, keras: keras.Sequential([
        *text(of), gru(of), of.GlobalMaxPooling1D(), of.Dense(8)]),
    "the mean of all steps": lambda of, keras: keras.Sequential([
        *text(of), gru(of), of.GlobalAveragePooling1D(), of.Dense(8)]),
    "all steps in a row": lambda of, keras: keras.Sequential([
        of.Input((30,), dtype="int32"), of.Embedding(8, WIDE), gru(of), of.Flatten(),
        of.Dense(8)]),
    "a norm after": lambda of, keras: keras.Sequential([
        *text(of), gru(of), of.LayerNormalization(), of.Dense(8)]),
    "scores clipped": lambda of, keras: keras.Sequential([
        *text(of), gru(of), of.Dense(8, activation="relu")]),
    "a Dense without bias": lambda of, keras: keras.Sequential([
        *text(of), gru(of), of.Dense(8, use_bias=False)]),
    "two Dense": lambda of, keras: keras.Sequential([
        *text(of), gru(of), of.Dense(UNITS, activation="tanh"), of.Dense(8)]),
    "a convolution after": lambda of, keras: keras.Sequential([
        *text(of), gru(of), of.Conv1D(UNITS, 3, padding="same"), of.Dense(8)]),
    "steps turned after": lambda of, keras: behind(of, keras, lambda h: keras.ops.flip(h, axis=1)),
    "units turned after": lambda of, keras: behind(of, keras, lambda h: keras.ops.flip(h, axis=2)),
    "dropout as in training after": lambda of, keras: behind(
        of, keras, lambda h: of.Dropout(0.5)(h, training=True)),
    "GRU read backwards": lambda of, keras: keras.Sequential([
        *text(of), gru(of, go_backwards=True), of.Dense(8)]),
    "another Embedding's mask": lambda of, keras: keras.Sequential([
        of.Input((None,), dtype="int32"), of.Embedding(8, WIDE, mask_zero=True), gru(of),
        of.Dense(8)]),
}  # fmt: skip


def behind(of: Any, keras: Any, make: Callable[[Any], Any]) -> Any:
    x = of.Input((None,), dtype="int32")
    return keras.Model(x, of.Dense(8)(make(gru(of)(of.Embedding(8, WIDE)(x)))))


@pytest.mark.parametrize("case", EITHER)
def test_exact_or_told_or_refused(keras: Any, tmp_path: Path, case: str) -> None:
    network = shaken(EITHER[case](keras.layers, keras))
    run = keras_run(keras, network)
    for suffix in (".keras", ".h5"):
        for verdict in judged(kept(network, tmp_path / f"model{suffix}"), run).values():
            assert not verdict.silent, verdict
            assert verdict.outcome != "exact" or verdict.scored or verdict.words


def kept(network: Any, path: Path) -> Path:
    network.save(path)
    return path


def own_states(network: Any, given: Any = None) -> Any:
    """Of the layer “memory” at its last use, by Keras."""
    x = INDICES[None] if network.inputs[0].ndim == 2 else ROWS[None]
    inside = found(network, "memory")
    for layer in network.layers:
        if hasattr(layer, "moving_variance"):
            layer.moving_variance.assign(abs(layer.moving_variance) + 0.1)
    seen: list[Any] = []
    call = inside.call

    def kept_states(*given: Any, **named: Any) -> Any:
        answer = call(*given, **named)
        seen.append(answer[0] if isinstance(answer, (list, tuple)) else answer)
        return answer

    inside.call = kept_states
    try:
        network(x if given is None else given)
    finally:
        inside.call = call
    return seen[-1].detach().cpu().numpy()[0]


def found(network: Any, name: str) -> Any:
    for layer in network.layers:
        if layer.name == name:
            return layer
        if hasattr(layer, "layers") and (inner := found(layer, name)) is not None:
            return inner
    return None


def shown(model: Model, network: Any) -> Any:
    """The states that the program shows, of the text or, where none can be read, the rows."""
    if network.inputs[0].ndim != 2:
        return trace(model, ROWS).column("h")
    (table,) = (w for layer in network.layers for w in layer.get_weights() if w.shape == (8, WIDE))
    return trace(model, table[INDICES]).column("h")


@pytest.mark.parametrize("case", INSIDE)
def test_what_stands_inside_is_told(keras: Any, tmp_path: Path, case: str) -> None:
    network = shaken(INSIDE[case](keras.layers, keras))
    for suffix in (".keras", ".h5"):
        model = load_model(kept(network, tmp_path / f"model{suffix}"), gru="memory")
        assert "inside" in grades(model), told(model)
        assert bool(model.source.no_text) != case.startswith(("h0", "used twice by"))
    theirs, ours = own_states(network), shown(model, network)
    length = min(len(ours), len(theirs))
    assert len(ours) != len(theirs) or distance(ours[:length], theirs[:length]) > 1e-3


# Nothing to tell: networks of Keras' own guides and tutorials, and what is harmless ------------


def text(of: Any) -> list[Any]:
    return [of.Input((None,), dtype="int32"), of.Embedding(8, WIDE)]


def chain(make: Callable[[Any], list[Any]]) -> Built:
    return lambda of, keras: keras.Sequential(make(of))


def siamese(of: Any, keras: Any) -> Any:
    table, layer = of.Embedding(8, WIDE), of.GRU(UNITS, name="memory")
    one, other = of.Input((None,), dtype="int32"), of.Input((None,), dtype="int32")
    return keras.Model([one, other], [layer(table(one)), layer(table(other))])


def one_hot(of: Any, keras: Any) -> Any:
    x = of.Input((None,), dtype="int32")
    return keras.Model(x, of.Dense(WIDE)(gru(of)(keras.ops.one_hot(x, WIDE))))


def last_step(of: Any, keras: Any) -> Any:
    x = rows(of)
    return keras.Model(x, of.Dense(7)(gru(of)(x)[:, -1]))


def nested(of: Any, keras: Any) -> Any:
    inner = keras.Sequential([*text(of), of.Dropout(0.1), gru(of)], name="inner")
    x = of.Input((None,), dtype="int32")
    return keras.Model(x, of.Dense(8)(inner(x)))


def returning_state(of: Any, keras: Any) -> Any:
    """As in the guide to text generation."""
    x = of.Input((None,), dtype="int32")
    y, _ = gru(of, return_state=True)(of.Embedding(8, WIDE)(x))
    return keras.Model(x, of.Dense(8)(y))


PLAIN: dict[str, Built] = {
    "text generation": chain(lambda of: [*text(of), gru(of), of.Dense(8)]),
    "text generation by state": returning_state,
    "text generation, stateful": chain(
        lambda of: [of.Input(batch_shape=(1, None)), of.Embedding(8, WIDE),
                    gru(of, stateful=True), of.Dense(8)]),
    "softmax inside": chain(lambda of: [*text(of), gru(of), of.Dense(8, activation="softmax")]),
    "softmax behind": chain(lambda of: [*text(of), gru(of), of.Dense(8), of.Softmax()]),
    "text classification": chain(
        lambda of: [of.Input((None,)), of.Embedding(8, WIDE, mask_zero=True),
                    of.Bidirectional(of.GRU(UNITS, name="memory")),
                    of.Dense(64, activation="relu"), of.Dense(1)]),
    "sentiment": chain(
        lambda of: [*text(of), of.Dropout(0.2), of.GRU(UNITS, dropout=0.2, recurrent_dropout=0.2,
                                                       name="memory"),
                    of.Dense(1, activation="sigmoid")]),
    "weather": chain(lambda of: [rows(of), of.GRU(UNITS, name="memory"), of.Dense(1)]),
    "stacked": chain(
        lambda of: [rows(of), of.GRU(UNITS, return_sequences=True, name="memory"),
                    of.Dropout(0.5), of.GRU(UNITS), of.Dropout(0.5), of.Dense(7)]),
    "speech": chain(
        lambda of: [rows(of), of.Bidirectional(gru(of)),
                    of.TimeDistributed(of.Dense(7, activation="softmax"))]),
    "digits by rows": chain(
        lambda of: [of.Input((28, WIDE, 1)), of.Reshape((28, WIDE)), gru(of), of.Dense(10)]),
    "noise in training": chain(
        lambda of: [*text(of), of.SpatialDropout1D(0.2), of.GaussianNoise(0.1), gru(of),
                    of.ActivityRegularization(l2=0.1), of.Dense(8)]),
    "masked rows": chain(lambda of: [rows(of), of.Masking(), gru(of), of.Dense(7)]),
    "unrolled, reset before": chain(
        lambda of: [of.Input((STEPS, WIDE)), gru(of, unroll=True, reset_after=False), of.Dense(7)]),
    "a cell in a layer": chain(
        lambda of: [rows(of), of.RNN(of.GRUCell(UNITS), return_sequences=True, name="memory"),
                    of.Activation("linear"), of.Dense(7)]),
    "last step of all": last_step,
    "one-hot inside": one_hot,
    "siamese": siamese,
    "in a model of its own": nested,
}  # fmt: skip


@pytest.mark.parametrize("case", PLAIN)
def test_plain_networks_are_exact_and_raise_no_alarm(
    keras: Any, tmp_path: Path, case: str
) -> None:
    network = shaken(PLAIN[case](keras.layers, keras))
    run = keras_run(keras, network)
    for suffix in (".keras", ".h5"):
        for verdict in judged(kept(network, tmp_path / f"model{suffix}"), run).values():
            assert verdict.outcome == "exact", verdict
            assert not verdict.silent, verdict
            assert verdict.grades <= {"note"}, verdict
            scored = ("classification", "sentiment", "siamese")
            assert verdict.scored != case.endswith(scored)


# Beside: not computed, and the states are the network's own -----------------------------------


def attention_after(of: Any, keras: Any) -> Any:
    """Weights over the steps by a Dense layer, which gives no scores."""
    x = of.Input((None,), dtype="int32")
    h = gru(of)(of.Embedding(8, WIDE)(x))
    weights = of.Softmax(axis=1)(of.Dense(1)(h))
    return keras.Model(x, of.Dense(7)(keras.ops.sum(h * weights, axis=1)))


def residual_after(of: Any, keras: Any) -> Any:
    x = of.Input((None,), dtype="int32")
    e = of.Embedding(8, WIDE)(x)
    return keras.Model(x, of.Dense(7)(of.Add()([gru(of)(e), e])))


def heads(of: Any, keras: Any) -> Any:
    x = of.Input((None,), dtype="int32")
    h = gru(of)(of.Embedding(8, WIDE)(x))
    return keras.Model(x, [of.Dense(n, name=name)(h)
                           for n, name in ((3, "tags"), (8, "next"), (2, "ends"))])  # fmt: skip


def two_ways(of: Any, keras: Any) -> Any:
    x, other = of.Input((None,), dtype="int32"), of.Input((None, 4))
    h = gru(of)(of.Embedding(8, WIDE)(x))
    return keras.Model([x, other], of.Dense(7)(of.Concatenate()([h, of.Conv1D(3, 1)(other)])))


def scaled_scores(of: Any, keras: Any) -> Any:
    return keras.Sequential([*text(of), gru(of), of.Dense(8), of.Rescaling(2.0)])


BESIDE: dict[str, tuple[Built, tuple[str, ...], bool]] = {
    "attention": (attention_after, ("Multiply", "Sum"), False),
    "residual": (residual_after, ("Add",), False),
    "heads": (heads, ("tags", "ends"), True),
    "another branch": (two_ways, ("Concatenate", "Conv1D"), False),
    "scaled scores": (scaled_scores, ("Rescaling",), False),
}


@pytest.mark.parametrize("case", BESIDE)
def test_what_stands_beside_is_told(keras: Any, tmp_path: Path, case: str) -> None:
    """By name; the states are exact, and no scores are shown that are not the network's."""
    build, named, output = BESIDE[case]
    network = shaken(build(keras.layers, keras))
    for suffix in (".keras", ".h5"):
        model = load_model(kept(network, tmp_path / f"model{suffix}"))
        assert "beside" in grades(model)
        assert "inside" not in grades(model)
        words = " ".join(n.in_words for n in model.source.told if n.grade == "beside")
        assert all(name in words for name in named)
        assert (model.output is not None) == output
        assert model.output is None or len(model.output.weight) == 8
        verdicts = judged(tmp_path / f"model{suffix}", keras_run(keras, network)).values()
        assert not any(verdict.silent for verdict in verdicts), verdicts


def test_classes_of_ones_own_are_told(keras: Any, tmp_path: Path) -> None:
    """A GRU or a model of the same name may compute something else."""
    of = keras.layers
    x = rows(of)
    own = type("GRU", (of.GRU,), {})(UNITS, return_sequences=True)
    network = type("Model", (keras.Model,), {})
    for model in (keras.Model(x, of.Dense(7)(own(x))), network(x, of.Dense(7)(gru(of)(x)))):
        opened = load_model(kept(model, tmp_path / "model.keras"))
        assert "inside" in grades(opened)
        assert any("a class that is not Keras' own" in words for words in told(opened))
