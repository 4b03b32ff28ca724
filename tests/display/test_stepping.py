"""Stepping by keys: a position looks the same, to the pixel, however it was reached."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from driver import Program, Screenshot, Start, difference, running

import gru_debugger
from gru_debugger.paths import resource

STRIDE = 23  # characters between two looks


@pytest.fixture(scope="class")
def program(display: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """One run on the bundled text for several tests; in the end it quits as it should."""
    with running(display, tmp_path_factory.mktemp("home")) as started:
        started.wait_for_parity()
        yield started
        assert started.quit()[0] == 0
        assert started.errors() == ""


def long_text(folder: Path, length: int) -> Path:
    """A file with so many characters that bundled:sixteen knows."""
    words = resource("texts", "sixteen.txt").read_text(encoding="utf-8")
    path = folder / "text.txt"
    path.write_text((words * (length // len(words) + 1))[:length], encoding="utf-8")
    return path


def assert_same(a: Screenshot, b: Screenshot, what: str) -> None:
    apart = difference(a, b)
    assert not apart, f"{what}: {apart}"


class TestBundledText:
    """On the text that the first start shows."""

    def test_through_the_bundled_text_and_back(self, program: Program) -> None:
        example = gru_debugger.load_model("bundled:sixteen").example
        assert example is not None
        length = len(example.text)
        program.press("Right", "Home")  # at the first step already it would say that it can't go on
        stops = [*range(0, length, STRIDE), length]
        forward = {0: program.look()}
        for before, at in pairwise(stops):
            program.press("Right", times=at - before)
            forward[at] = program.look()
            assert difference(forward[before], forward[at]), f"step {at} looks like step {before}"
        program.press("Left", "End")
        assert_same(program.look(), forward[length], "End, and as many Right")
        program.press("Right")  # says that the text ends here, and stays
        for at, after in zip(stops[-2::-1], stops[:0:-1], strict=True):
            program.press("Left", times=after - at)
            assert_same(program.look(), forward[at], f"step {at}, forward and backward")

    def test_six_computations_make_a_step(self, program: Program) -> None:
        program.press("Right")
        stepped = program.look()
        program.press("Left")
        seen = [program.look()]
        for _ in range(6):
            program.press("F11")
            seen.append(program.look())
            assert difference(seen[-2], seen[-1]), "F11 changed nothing"
        assert_same(seen[-1], stepped, "six F11, and Right")
        for picture in seen[-2::-1]:
            program.press("shift+F11")
            assert_same(program.look(), picture, "Shift+F11, and F11")


def test_200_forward_and_200_back(start: Start, tmp_path: Path) -> None:
    program = start("--text-file", str(long_text(tmp_path, 400)), "--step", "77")
    program.wait_for_parity()
    before = program.look()
    program.press("Right", times=200)
    away = program.look()
    assert difference(before, away)
    program.press("Left", times=200)
    assert_same(program.look(), before, "200 forward and 200 back")
    program.press("Right", times=200)
    assert_same(program.look(), away, "200 back and 200 forward")


def test_8000_steps_leave_memory_as_it_was(start: Start, tmp_path: Path) -> None:
    """After 2,000 that fill the caches; `make bench` presses 20,000 keys of all kinds."""
    program = start("--text-file", str(long_text(tmp_path, 2000)), "--step", "2000")
    program.wait_for_parity()
    end = program.look()

    def through() -> float:
        program.press("Home")
        program.press("Right", times=2000)
        assert_same(program.look(), end, "2,000 keys from Home, and the end")
        return program.memory()

    before = through()
    after = [through() for _ in range(4)]
    print(f"Resident MB: {before:.1f}, then", *(f"{now:.1f}" for now in after))
    assert max(after) - before < 3, "memory grew"
    assert program.quit()[0] == 0
    assert program.errors() == ""
