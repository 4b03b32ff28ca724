"""A recording is gone as soon as nobody needs it: the window collects garbage only now and then."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from weakref import ref

import pytest
from samples import model, text_for

from gru_debugger.core.trace import Trace
from gru_debugger.errors import InputError

STEPS = 3000


@pytest.fixture(autouse=True)
def _by_itself() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


def begun(ways: int) -> Trace:
    network = model(6, 8, 1, ways)
    return Trace(network, text_for(network, STEPS))


def half(run: Trace) -> Trace:
    run.advance()
    run.axes()
    return run


def looked_at(run: Trace) -> Trace:
    run.finish().look_further()
    run.axes(full=True)
    run.step(9)
    return run


def refused(run: Trace) -> Trace:
    growing = run.edited(run.parse_edits("z = 1.5"))
    with pytest.raises(InputError):
        growing.finish()
    return growing


@pytest.mark.parametrize("ways", [1, 2])
@pytest.mark.parametrize("use", [half, looked_at, refused], ids=lambda use: use.__name__)
def test_gone_with_its_last_name(ways: int, use: Callable[[Trace], Trace]) -> None:
    run = use(begun(ways))
    there = ref(run)
    del run
    assert there() is None


def test_the_plain_run_lives_as_long_as_what_branched_from_it() -> None:
    plain = begun(1)
    edited, there = plain.edited(plain.parse_edits("r = 1")), ref(plain)
    axes = plain.finish().axes()
    del plain
    assert edited.axes() == axes
    assert there() is edited.plain
    del edited
    assert there() is None
