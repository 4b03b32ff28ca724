"""What tests import from each other: helpers alone, which hide no installed module.

A module of the same name elsewhere would be imported in its place, or not, by the order in which
files are collected.
"""

from __future__ import annotations

import ast
import importlib.util
import sys
from collections.abc import Iterator
from importlib.machinery import PathFinder
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
HELPERS = TESTS / "helpers"
NAMES = sorted(path.stem for path in HELPERS.iterdir() if not path.stem.startswith("__"))
ELSEWHERE = [folder for folder in sys.path if Path(folder) != HELPERS]


def imported(file: Path) -> Iterator[str]:
    """The first part of each module that a file imports."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield str(node.module).partition(".")[0]


@pytest.mark.parametrize("name", NAMES)
def test_a_helper_hides_nothing(name: str) -> None:
    assert name not in sys.stdlib_module_names
    assert PathFinder.find_spec(name, ELSEWHERE) is None


def test_tests_import_helpers_and_what_is_installed() -> None:
    files = [f for f in TESTS.rglob("*.py") if not _is_of_a_program(f)]
    needed = {name: file for file in files for name in imported(file)}
    strange = {name: file for name, file in needed.items() if not (name in NAMES or known(name))}
    assert strange == {}


def known(name: str) -> bool:
    """Whether it is installed, and no test."""
    spec = importlib.util.find_spec(name)
    return spec is not None and not Path(spec.origin or "").is_relative_to(TESTS)


def _is_of_a_program(file: Path) -> bool:
    """Run by itself, with its own folder to import from: the benchmarks, what made the files."""
    return file.parent.name == "files" or file.with_name("__main__.py").exists()
