"""The README stays true: its keys are the program's, its files are there, its commands parse."""

from __future__ import annotations

import argparse
import doctest
import importlib
import importlib.util
import inspect
import re
import shlex
from collections import Counter
from pathlib import Path
from typing import Any

import numpy
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

import gru_debugger
from gru_debugger import cli
from gru_debugger.actions import shortcuts_table
from gru_debugger.cli import COMMANDS
from gru_debugger.exports.jobs import FORMATS, PANES

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def script() -> Any:
    """`packaging/write_readme.py`, which is no package's."""
    path = ROOT / "packaging/write_readme.py"
    spec = importlib.util.spec_from_file_location("write_readme", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_its_tables_are_those_that_are_written() -> None:
    assert script().written(README) == README, "run make docs"


def test_the_tables_are_the_program_s_own() -> None:
    """Read with another eye than the one that wrote them."""
    rows = re.findall(r"^\| ([^|]+) \| (`[^|]+`) \|$", README.partition("| keys |")[2], re.M)
    said = {title: keys.replace("`", "") for title, keys in rows}
    assert shortcuts_table()
    assert dict(shortcuts_table()).items() <= said.items()
    for name in (*PANES, *FORMATS):
        assert re.search(rf"[` ]{name}[` ]", README.partition("## Export")[2]), name


def test_what_is_changed_by_hand_is_written_over_and_nothing_else() -> None:
    quit_, elsewhere = README.replace("| Quit |", "| Leave |"), README.replace("Steps count", "We")
    assert README not in (quit_, elsewhere)
    assert script().written(quit_) == README
    assert script().written(elsewhere) == elsewhere
    with pytest.raises(ValueError, match="0 places begin with <!-- keys"):
        script().written(README.replace("<!-- keys", "<!-- key"))


def test_the_files_it_points_to_are_there() -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", README)
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_it_names_every_pane_that_can_be_exported() -> None:
    assert " ".join(PANES) in README


def options(command: str) -> set[str]:
    """The long ones that are told of, --help aside."""
    parser = argparse.ArgumentParser(add_help=False)
    importlib.import_module(f"gru_debugger.cli.{command}").add_arguments(parser)
    told = [action for action in parser._actions if action.help != argparse.SUPPRESS]
    return {word for action in told for word in action.option_strings if word.startswith("--")}


def test_it_names_every_option() -> None:
    """A command's own in its synopsis, unless that says “…”; shared ones anywhere."""
    synopses = README.partition("## Command line")[2].partition("```")[2].partition("```")[0]
    told_of = {command: options(command) for command in ("window", *COMMANDS)}
    times = Counter(option for found in told_of.values() for option in found)
    for command, found in told_of.items():
        begins = r"\[MODEL\]" if command == "window" else command
        synopsis = re.search(rf"^gru-debugger {begins} .*\n(?: .*\n)*", synopses, re.M)
        assert synopsis, command
        named = set(re.findall(r"--[a-z-]+", synopsis[0]))
        assert named <= found, command
        if "…" not in synopsis[0]:
            assert {option for option in found - named if times[option] == 1} == set(), command
            assert found <= set(re.findall(r"--[a-z-]+", README)), command


def test_its_exports_run_one_after_the_other(
    screen: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one folder, as they are printed: none finds a picture that another one wrote."""
    monkeypatch.chdir(tmp_path)
    assert cli.main(["convert", "bundled:sixteen", "-o", "model.pt"]) == 0
    block = README.partition("\n## Export\n")[2].partition("```\n")[2].partition("```")[0]
    commands = [shlex.split(line) for line in block.splitlines()]
    assert len(commands) >= 4
    for program, *words in commands:
        assert (program, cli.main(words)) == ("gru-debugger", 0), words


def python_blocks() -> list[str]:
    return re.findall(r"^```python\n(.*?)^```$", README, re.M | re.S)


def test_its_python_is_true(
    screen: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Run from above to below, what is printed compared; `debug` alone opens no window here."""
    opened: list[dict[str, Any]] = []
    takes = inspect.signature(gru_debugger.debug)
    monkeypatch.setattr(
        gru_debugger, "debug", lambda *a, **k: opened.append(takes.bind(*a, **k).arguments)
    )
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"numpy": numpy, "module": object()}
    prompts = 0
    for block in python_blocks():
        if block.startswith(">>>"):
            example = doctest.DocTestParser().get_doctest(block, names, "README", None, 0)
            prompts += len(example.examples)
            told: list[str] = []
            doctest.DocTestRunner(verbose=False).run(example, out=told.append, clear_globs=False)
            assert not told, "".join(told)
            names = example.globs
        else:
            exec(block, names)
    assert prompts > 10
    assert [*map(sorted, opened)] == [["model", "text", "vocabulary"], ["model", "text"]]
    assert QImage(str(tmp_path / "blend.png")).width() == 1260


def test_its_python_names_all_there_is() -> None:
    """Of what Python is offered; types are named where they are made."""
    said = README.partition("## Python")[2].partition("\n## ")[0]
    called = {name for name in gru_debugger.__all__ if not name[0].isupper()}
    assert {name for name in called if f"gru_debugger.{name}(" not in said} == set()
    methods = {name for name in vars(gru_debugger.Trace) if name[0] != "_"}
    assert {name for name in methods if f"trace.{name}(" not in said} == set()


def test_the_files_that_contributing_names_are_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:[\w.-]+/)+[\w.-]*|[\w.-]+\.(?:py|toml|txt))`", text))
    assert len(named) > 30
    package = ROOT / "gru_debugger"
    places = (ROOT, package, package / "formats", package / "panes")
    assert [name for name in named if not any((place / name).exists() for place in places)] == []
