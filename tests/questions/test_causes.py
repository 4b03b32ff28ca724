"""What a value is made of, against a loop of its own that multiplies weights and values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from samples import VOCABULARY, model

from gru_debugger.api import Trace, trace
from gru_debugger.core.activations import USUAL, Activation, Activations
from gru_debugger.core.edits import Place
from gru_debugger.core.model import Direction, Model
from gru_debugger.core.reading import Rows
from gru_debugger.errors import InputError

STEPS = 7
ODD = Activations(Activation("hard_sigmoid"), Activation("softsign"), clip=0.5)
GATES = [f"{part}{gate}" for gate in "rzn" for part in ("", "sum_", "input_", "hidden_")]
CELL = [*GATES, "reset_product", "take", "keep", "h", "h_prev"]
Made = dict[str, tuple[str | None, float]]  # by name: address and contribution


def ending(place: Place, network: Model) -> str:
    if place == network.places[0]:
        return ""
    return f"_l{place[0]}" + ("_reverse" if place[1] == "reverse" else "")


def below(run: Trace, layer: int, t: int, i: int) -> tuple[str, str | None]:
    """What x[i] of a layer is: name and address."""
    network = run.model
    if layer:
        way = network.ways[i // network.hidden_size]
        name = f"h{ending((layer - 1, way), network)}[{i % network.hidden_size}]"
        return name, f"{t}:{name}"
    if run.one_hot:
        return run.character_in_words(t), f"{t}"
    return f"x[{i}]", f"{t}:x[{i}]"


def old(run: Trace, place: Place, t: int, i: int) -> tuple[str, str | None]:
    name = f"h{ending(place, run.model)}[{i}]"
    before = t - 1 if place[1] == "forward" else t + 1
    return name, f"{before}:{name}" if before <= run.steps else None


def made(run: Trace, quantity: str, place: Place, unit: int, t: int) -> Made:
    """All addends, by their names, as the contract's equations have them."""
    network, step, end = run.model, run.step(t, *place), ending(place, run.model)
    set_here = {}
    for edit in run.edits:
        if edit.place == place and edit.start <= unit < edit.stop and edit.first <= t <= edit.last:
            set_here[edit.quantity] = str(edit)
    if quantity in set_here:
        return {set_here[quantity]: (None, float(step.values[quantity][unit]))}
    v = {name: values.astype(float) for name, values in step.values.items()}
    here = {name: f"{name}{end}[{unit}]" for name in ("n", "hidden_n", "reset_product")}
    take = {here["n"]: (f"{t}:{here['n']}", (1 - v["z"][unit]) * v["n"][unit])}
    name, address = old(run, place, t, unit)
    keep = {name: (address, v["z"][unit] * v["h_prev"][unit])}
    simple = {"take": take, "keep": keep, "h": take | keep,
              "h_prev": {name: (address, v["h_prev"][unit])}}  # fmt: skip
    if quantity in simple:
        return simple[quantity]
    after = network.reset == "after"
    if quantity == "reset_product":
        if not after:
            return {name: (address, v["r"][unit] * v["h_prev"][unit])}
        if "hidden_n" in set_here:
            product = v["r"][unit] * v["hidden_n"][unit]
            return {here["hidden_n"]: (f"{t}:{here['hidden_n']}", product)}
    return dict(summed(run, quantity, place, unit, t, v, set_here, here))


def summed(
    run: Trace, quantity: str, place: Place, unit: int, t: int, v: dict[str, Any],
    set_here: dict[str, str], here: dict[str, str],
) -> Iterator[tuple[str, tuple[str | None, float]]]:  # fmt: skip
    cell, size, after = run.model.cell(*place), run.model.hidden_size, run.model.reset == "after"
    gate = "n" if quantity == "reset_product" else quantity[-1]
    row = "rzn".index(gate) * size + unit
    whole, bias = quantity in (gate, f"sum_{gate}"), 0.0
    scaled = after and (quantity == "reset_product" or (whole and gate == "n"))
    if whole or quantity.startswith("input"):
        bias += float(cell.bias_ih[row])
        for i, x in enumerate(v["x"]):
            name, address = below(run, place[0], t, i)
            if x or not (place[0] == 0 and run.one_hot):
                yield name, (address, float(cell.weight_ih[row, i]) * x)
    stands_in = "reset_product" if after else "hidden_n"
    by_hand = {"hidden_n", "reset_product"} if after else {"hidden_n"}
    if whole and gate == "n" and by_hand & set(set_here):
        yield here[stands_in], (f"{t}:{here[stands_in]}", v[stands_in][unit])
    elif not quantity.startswith("input"):
        scale = v["r"][unit] if scaled else 1.0
        bias += scale * float(cell.bias_hh[row])
        for i in range(size):
            weight, met = float(cell.weight_hh[row, i]), v["h_prev"][i]
            name, address = old(run, place, t, i)
            if gate == "n" and not after:
                name = f"reset_product{ending(place, run.model)}[{i}]"
                address, met = f"{t}:{name}", v["reset_product"][i]
            yield name, (address, scale * weight * met)
    yield "bias", (None, bias)


def stands(run: Trace, address: str) -> float:
    """The value at an address, read by another way than the program's."""
    found = re.fullmatch(r"(\d+):(\w+?)(?:_l(\d)(_reverse)?)?\[(\d+)\]", address)
    assert found, address
    t, name, unit = int(found[1]), found[2], int(found[5])
    place: Place = run.model.places[0]
    if found[3]:
        way: Direction = "reverse" if found[4] else "forward"
        place = int(found[3]), way
    if t == 0:
        assert name == "h"
        return float(run.h0[run.model.places.index(place)][unit])
    return float(run.step(t, *place).values[name][unit])


def value_of(run: Trace, quantity: str, place: Place, unit: int, t: int) -> float:
    """What the causes add up to."""
    step, is_set = run.step(t, *place), False
    for edit in run.edits:
        mine = edit.place == place and edit.quantity == quantity
        is_set |= mine and edit.start <= unit < edit.stop and edit.first <= t <= edit.last
    name = f"sum_{quantity}" if quantity in ("r", "z", "n") and not is_set else quantity
    return float(step.values[name][unit])


def random_run(seed: int) -> Trace:
    """Both variants, some layers, directions, inputs and activations; every third has no edits."""
    random = np.random.default_rng(seed)
    hidden, layers, directions = (int(random.integers(1, most)) for most in (6, 4, 3))
    network = model(hidden, 8, layers, directions, "before" if seed % 2 else "after",
                    embedding=5 if seed % 4 > 1 else None, bias=seed % 5 > 0, seed=seed,
                    activations=ODD if seed % 3 == 1 else USUAL)  # fmt: skip
    if directions == 1 and seed % 7 < 3:
        network = replace(network, backwards=True)
    text = "".join(random.choice(list(VOCABULARY[:8]), STEPS))
    run = trace(network, text, random.uniform(-1, 1, (layers * directions, hidden)))
    if seed % 3 == 0:
        return run
    names = [f"{name}{ending(network.places[-1], network)}" for name in
             ("r", "z", "n", "h", "hidden_n", "reset_product")]  # fmt: skip
    sets = random.choice(names, 4, replace=False)
    return run.what_if(*(f"{name}[0] = {random.random()} at {1 + 2 * i}"
                         for i, name in enumerate(sets)), f"{sets[0]} = 0.25 from 6")  # fmt: skip


@pytest.mark.parametrize("seed", range(24))
def test_they_are_the_addends_add_up_and_stand_where_they_say(seed: int) -> None:
    run = random_run(seed)
    for place in run.model.places:
        for quantity in CELL:
            name = quantity + ending(place, run.model)
            for unit, t in [(0, 1), (0, 3), (0, STEPS), (run.model.hidden_size - 1, 5), (0, 6)]:
                found = run.causes(f"{name}[{unit}]", t)
                expected = made(run, quantity, place, unit, t)
                assert {c.name: c.address for c in found} == {
                    key: address for key, (address, _) in expected.items()
                }
                assert len(found) == len(expected)
                sizes = [abs(cause.contribution) for cause in found]
                assert sizes == sorted(sizes, reverse=True)
                total = sum(cause.contribution for cause in found)
                value = value_of(run, quantity, place, unit, t)
                assert total == pytest.approx(value, abs=5e-6 * max(1, *sizes))
                for cause in found:
                    assert cause.contribution == pytest.approx(expected[cause.name][1], abs=1e-9)
                    met = 1.0 if cause.met is None else cause.met
                    assert cause.weight * met == pytest.approx(cause.contribution, abs=1e-9)
                    if cause.met is not None and cause.address is not None:
                        assert stands(run, cause.address) == cause.met


@pytest.mark.parametrize("directions", [1, 2])
def test_a_score_and_what_speaks_for_a_symbol(directions: int) -> None:
    """A probability's add up to its logit less the mean of all, whatever these have in common."""
    run = trace(model(5, 8, 2, directions, seed=3), "abcabca")
    output, step = run.model.output, run.step(4)
    assert output is not None
    logits = step.logits.astype(float)
    for k in (0, 7):
        found = {cause.name: cause for cause in run.causes(f"logits[{k}]", 4)}
        speak = {cause.name: cause for cause in run.causes(f"probabilities[{k}]", 4)}
        assert sum(c.contribution for c in found.values()) == pytest.approx(logits[k], abs=1e-5)
        assert sum(c.contribution for c in speak.values()) == pytest.approx(
            logits[k] - logits.mean(), abs=1e-5
        )
        assert len(found) == len(speak) == 1 + 5 * directions
        weights = output.weight.astype(float)
        for i in range(5 * directions):
            name, address = below(run, 2, 4, i)
            assert address is not None
            assert found[name].weight == weights[k, i]
            assert speak[name].weight == pytest.approx(weights[k, i] - weights[:, i].mean())
            assert found[name].met == speak[name].met == stands(run, address)
            assert found[name].address == speak[name].address == address
    shares = np.exp([sum(c.contribution for c in run.causes(f"probabilities[{k}]", 4))
                     for k in range(8)])  # fmt: skip
    np.testing.assert_allclose(shares / shares.sum(), step.probabilities, atol=1e-6)


def test_a_chain_can_be_followed_from_address_to_address() -> None:
    """Down the layers and back through the text to h(0), as long as there is one."""
    run, at, seen = trace(model(5, 8, 3, seed=3), "abcabca"), "7:logits[2]", []
    while not at.startswith("0:") and ":" in at:
        seen.append(at)
        step, value = at.split(":")
        at = next(c.address for c in run.causes(value, int(step)) if c.address)
    assert len(seen) > 3
    above = trace(model(5, 8, 2, 2, seed=3), "abcabca").causes("x_l1[7]", 3)
    assert [(c.name, c.address, c.weight) for c in above] == [
        ("h_l0_reverse[2]", "3:h_l0_reverse[2]", 1.0)
    ]


def test_of_several_edits_the_last_is_the_cause() -> None:
    run = trace(model(5, 8), "abcabca").what_if("z[0:3] = 1", "z[1] = 0.5 from 3 to 5", "r = 0")
    said = [(c.name, c.address, c.contribution) for t in (2, 4) for c in run.causes("z[1]", t)]
    assert said == [("z[0:3] = 1", None, 1.0), ("z[1] = 0.5 from 3 to 5", None, 0.5)]
    assert len(run.causes("sum_z[1]", 4)) == 7, "what it would have been"


def rows() -> Trace:
    return trace(model(5, 8), Rows(np.ones((5, 8))))


def test_rows_have_a_cause_for_every_number() -> None:
    found = {cause.address for cause in rows().causes("input_z[2]", 4)}
    assert found == {None, *(f"4:x[{i}]" for i in range(8))}


@pytest.mark.parametrize(
    ("value", "t", "says"),
    [
        ("z", 3, "“z”: these are several values; name one, z[0]."),
        ("z_l0[1:3]", 3, "“z_l0[1:3]”: these are several values; name one, z_l0[0]."),
        ("z[5]", 3, "“z[5]”: there are units 0 to 4."),
        ("zz[5]", 3, "no quantity is called “zz” in this model; "),
        ("z_l1[0]", 3, "this model has no “z_l1”; its layers end in _l0."),
        ("z[1]", 6, "no step 6: the rows are steps 1 to 5; choose one of these."),
        ("x[1]", 3, "x[1] is what step 3 reads: nothing is its cause."),
    ],
)
def test_what_has_no_causes_is_told(value: str, t: int, says: str) -> None:
    with pytest.raises(InputError, match=re.escape(says)):
        rows().causes(value, t)
