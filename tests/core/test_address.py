"""Addresses: 34, 34:z, 34:z[9]; what is meant, and what is said of those that mean nothing."""

from __future__ import annotations

import pytest
from samples import model, recording

from gru_debugger.core.address import Address, Target, find, parse
from gru_debugger.errors import InputError

RUN = recording(model(layers=2, directions=2))


@pytest.mark.parametrize(
    ("words", "address", "target"),
    [
        ("34", Address(34), Target(34)),
        (" 0 ", Address(0), Target(0)),
        ("34:z", Address(34, "z"), Target(34, "z", (0, "forward"))),
        ("34: z[9]", Address(34, "z[9]"), Target(34, "z", (0, "forward"), 9)),
        ("1:n_l1_reverse[15]", Address(1, "n_l1_reverse[15]"), Target(1, "n", (1, "reverse"), 15)),
        (
            "1:probabilities[7]",
            Address(1, "probabilities[7]"),
            Target(1, "probabilities", (1, "reverse"), symbol=7),
        ),
    ],
)
def test_an_address(words: str, address: Address, target: Target) -> None:
    assert parse(words) == address
    assert find(address, RUN) == target
    assert parse(str(address)) == address


@pytest.mark.parametrize("words", ["", "z", "-1", "3:", "3 4", "٣", "1" * 13, "3:z[" + "9" * 99])
def test_no_address(words: str) -> None:
    with pytest.raises(InputError, match="is no address; write a step and what to select there"):
        parse(words)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("41", "41: the text has steps 1 to 40; choose one of these."),
        ("4:q", "4:q: no quantity is called “q” in this model"),
        ("4:z_l2", "4:z_l2: this model has no “z_l2”"),
        ("4:z[16]", "there are units 0 to 15"),
        (
            "4:sum_n[9]",
            "4:sum_n[9]: there is no row of sum_n, so that nothing of it can be selected",
        ),
        ("4:logits[4]", "no row of logits, so that nothing of it can be selected; write 4 for"),
        ("4:x[3]", "no row of x, so that nothing of it can be selected; write 4 for"),
        ("4:probabilities", "name one by its index, 4:probabilities[0]."),
        ("4:z[0:2]", "these are several units; name one, 34:z[9]."),
    ],
)
def test_what_a_run_lacks(words: str, said: str) -> None:
    with pytest.raises(InputError) as told:
        find(parse(words), RUN)
    assert said in str(told.value)
    with pytest.raises(InputError, match=r"^--at x: "):
        find(parse(words, "--at x"), RUN)
