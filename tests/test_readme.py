"""The README stays true: its keys are the program's, its files are there, its commands parse."""

from __future__ import annotations

import argparse
import importlib
import re
from collections import Counter
from pathlib import Path

from gru_debugger.actions import shortcuts_table
from gru_debugger.cli import COMMANDS
from gru_debugger.exports.jobs import PANES

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_keys_are_those_of_the_table_of_actions() -> None:
    table = README.partition("| action | keys |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| ([^|]+) \| (`[^|]+`) \|$", table, re.M)
    assert [(title, keys.replace("`", "")) for title, keys in rows] == shortcuts_table()


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
