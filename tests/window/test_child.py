"""Children of the window: how they ended is told in JSON, whatever their words are."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from gru_debugger import children
from gru_debugger.errors import ExistingFileError, InputError, ModelError
from gru_debugger.window.child import Child, Outcome


@pytest.fixture
def child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> Iterator[Child]:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    parent = QObject()
    yield Child(parent)  # noqa: PT022  the parent is held as long


def ended(child: Child, command: list[str], qtbot: QtBot) -> Outcome:
    folder = child.folder
    assert folder.is_dir()
    with qtbot.waitSignal(child.ended) as signal:
        child.begin(command)
    assert not folder.exists()
    (outcome,) = signal.args
    assert isinstance(outcome, Outcome)
    return outcome


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def program(*words: str) -> list[str]:
    return children.command("gru_debugger.cli", *words, tells=True)


def test_what_it_tells(child: Child, qtbot: QtBot) -> None:
    seen: list[int] = []
    child.progressed.connect(seen.append)
    told = "print('{\"done\": 1}', 'words', '3', '{\"done\": 2}', '{\"answer\": [1]}', sep=chr(10))"
    assert ended(child, python(told), qtbot) == Outcome(0, answer=[1])
    assert seen == [2], "what is told at once is one"


def test_how_far_it_is_comes_as_it_goes_on(child: Child, qtbot: QtBot) -> None:
    seen: list[int] = []
    child.progressed.connect(seen.append)
    told = "import sys; print('{\"done\": 1}', flush=True); input(); print('{\"done\": 2}')"
    child.begin(python(told))
    qtbot.waitUntil(lambda: seen == [1])
    child.interrupt()


def test_an_error_of_the_program(child: Child, qtbot: QtBot, tmp_path: Path) -> None:
    outcome = ended(child, program("info", str(tmp_path / "none.pt")), qtbot)
    assert outcome.status == 1
    assert isinstance(outcome.fault, ModelError)
    assert outcome.why == str(outcome.fault)
    assert outcome.why.startswith(f"{tmp_path / 'none.pt'}: ")


def test_a_name_that_says_force_is_no_question(child: Child, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "a --force: the file is there already.pt"
    outcome = ended(child, program("convert", str(path), "-o", str(tmp_path / "b.pt")), qtbot)
    assert "--force" in outcome.why
    assert not isinstance(outcome.fault, ExistingFileError)


def test_wrong_usage(child: Child, qtbot: QtBot) -> None:
    outcome = ended(child, program("info"), qtbot)
    assert (outcome.status, type(outcome.fault)) == (2, InputError)
    assert outcome.why == "the following arguments are required: MODEL"


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (["/there/is/no/such/program"], "the child process did not start"),
        (python("raise ValueError('odd')"), "ValueError: odd"),
        (python("import os; os.abort()"), ""),
    ],
)
def test_a_broken_one(command: list[str], why: str, child: Child, qtbot: QtBot) -> None:
    outcome = ended(child, command, qtbot)
    assert (outcome.status != 0, outcome.fault, outcome.why) == (True, None, why)


def test_one_that_is_dropped_says_nothing(child: Child, qtbot: QtBot) -> None:
    said: list[Outcome] = []
    child.ended.connect(said.append)
    child.begin(python("import time; time.sleep(60)"))
    child.drop()
    assert not child.folder.exists()
    assert said == []
