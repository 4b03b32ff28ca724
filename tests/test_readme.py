"""The README stays true: its keys are the program's, its files are there, its commands parse."""

from __future__ import annotations

import re
from pathlib import Path

from gru_debugger.actions import shortcuts_table
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
