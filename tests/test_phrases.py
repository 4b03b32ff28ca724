"""Templates with places: filled, translated whole, and never broken by a translation."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import gru_debugger
from gru_debugger import phrases
from gru_debugger.phrases import in_text, phrase, told, translate_by
from gru_debugger.spans import Span

SOURCE = Path(gru_debugger.__file__).parent


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    yield
    translate_by(str)


def test_places_are_filled_with_words_and_with_pieces() -> None:
    said = phrase("{h} goes from {old} to {new} in {unit}.", h=Span("h_{9}", "text", True),
                  old=Span("0.77", "keep"), new="1.00", unit="unit 9")  # fmt: skip
    assert said == [Span("h_{9}", "text", True), Span("goes from"), Span("0.77", "keep"),
                    Span("to 1.00 in unit 9.")]  # fmt: skip
    assert in_text(said) == "h[9] goes from 0.77 to 1.00 in unit 9."
    assert in_text([Span("Γ_{u,9}", "text", True), Span(": so")]) == "Γu[9]: so"


def test_a_translation_orders_the_pieces_anew() -> None:
    translate_by({"{a} is less than {b}.": "Kleiner als {b} ist {a}."}.get)  # type: ignore[arg-type]
    said = phrase("{a} is less than {b}.", a=Span("1", "strong"), b=Span("2", "strong"))
    assert in_text(said) == "Kleiner als 2 ist 1."
    assert said[1] == Span("2", "strong")
    assert told("{a} is less than {b}.", a="1", b="2") == "Kleiner als 2 ist 1."


@pytest.mark.parametrize("broken", ["{a} und {b} und {c}", "ohne", "{a} {a} {b}", "{b}"])
def test_a_translation_that_lacks_a_place_is_not_taken(broken: str) -> None:
    translate_by(lambda template: broken)
    assert in_text(phrase("{a} and {b}", a="1", b="2")) == "1 and 2"


def templates() -> list[tuple[Path, ast.Call]]:
    """Every call of `phrase` and of `told`, its text, in the program."""
    return [
        (path, node)
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("phrase", "told")
    ]


def test_every_template_is_one_literal_with_the_places_that_are_filled() -> None:
    """What is put together of pieces could not be found by whoever translates it."""
    found = templates()
    assert len(found) > 20
    for path, call in found:
        template, more = call.args[0], {word.arg for word in call.keywords}
        if isinstance(template, ast.Name):  # one of two, chosen just before
            continue
        assert isinstance(template, ast.Constant), (path, call.lineno)
        places = set(re.findall(r"\{(\w+)\}", template.value))
        assert None in more or places == more, (path, call.lineno)


def test_it_is_one_language_for_all() -> None:
    translate_by(str.upper)
    assert phrases.phrase("no state changes.")[0].text == "NO STATE CHANGES."
