"""Errors between processes: what is decided by crosses as data, not as words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gru_debugger import errors
from gru_debugger.errors import ExistingFileError, GRUDebuggerError, OutputError


def kinds(kind: type[GRUDebuggerError] = GRUDebuggerError) -> list[type[GRUDebuggerError]]:
    return [kind, *(found for one in kind.__subclasses__() for found in kinds(one))]


def carried(fault: GRUDebuggerError) -> GRUDebuggerError:
    return errors.from_json(json.loads(json.dumps(fault.to_json())))


@pytest.mark.parametrize("kind", kinds())
def test_each_kind_arrives_as_itself(kind: type[GRUDebuggerError]) -> None:
    back = carried(kind("a\nb"))
    assert type(back) is kind
    assert str(back) == str(kind("a\nb"))


def test_a_file_that_is_there_arrives_with_its_name_and_the_count() -> None:
    name = "a: the file is there already (and 7 more\udc80).png"
    fault = ExistingFileError(Path(name), 1234, "another folder")
    assert str(fault) == (
        "a: the file is there already (and 7 more·).png: the file is there already (and 1,234 "
        "more); add --force to overwrite, or name another folder."
    )
    back = carried(fault)
    assert isinstance(back, ExistingFileError)
    assert (back.first, back.more, str(back)) == (name, 1234, str(fault))


def test_a_new_kind_needs_no_second_edit() -> None:
    class OddError(OutputError):
        def __init__(self, often: int) -> None:
            self.often = often
            super().__init__(f"odd {often} times")

    back = carried(OddError(3))
    assert isinstance(back, OddError)
    assert (back.often, str(back)) == (3, "odd 3 times")


@pytest.mark.parametrize("told", [{}, {"kind": "KeyError", "message": "", "attributes": {}}])
def test_what_is_no_error_of_ours(told: dict[str, str]) -> None:
    with pytest.raises(LookupError):
        errors.from_json(told)
