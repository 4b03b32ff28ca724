"""A display of 1600 × 1000 and the program on it; every test here has the marker `display`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from driver import Program, Start, running, xvfb


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.display)


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    with xvfb(1600, 1000) as name:
        yield name


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A user's folder without any settings."""
    (tmp_path / "config").mkdir()
    return tmp_path


@pytest.fixture
def start(display: str, home: Path) -> Iterator[Start]:
    """Start the program with words of the command line and wait for its window."""
    with ExitStack() as started:

        def begin(*words: str, on: str = display) -> Program:
            return started.enter_context(running(on, home, *words))

        yield begin
