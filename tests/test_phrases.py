"""Templates with places: filled, translated whole, and never broken by a translation."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import gru_debugger
from gru_debugger import phrases
from gru_debugger.phrases import in_text, phrase, several, told, translate_by
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


@pytest.mark.parametrize(
    "broken",
    ["{a} und {b} und {c}", "ohne", "{a} {a} {b}", "{b}", "{a} {b} {a.b}", "{a!r} {a} {b}",
     "{a} {b} {"],
)
def test_a_translation_that_lacks_a_place_is_not_taken(broken: str) -> None:
    translate_by(lambda template: broken)
    assert in_text(phrase("{a} and {b}", a="1", b="2")) == "1 and 2"
    assert told("{a} and {b}", a="1", b="2") == "1 and 2"


def test_how_many_there_are() -> None:
    units = [several(count, "{n} unit", "{n} units") for count in (0, 1, 2, 12_000)]
    assert units == ["0 units", "1 unit", "2 units", "12,000 units"]
    translate_by({"{n} unit": "eine", "{n} units": "{n} Stück"}.get)  # type: ignore[arg-type]
    units = [several(count, "{n} unit", "{n} units") for count in (1, 2)]
    assert units == ["1 unit", "2 Stück"], "what lacks its number is not taken"


def test_a_place_may_have_several_pieces() -> None:
    both = [Span("1", "link"), Span("and"), Span("2", "link")]
    assert phrase("units {units} keep", units=both) == [Span("units"), *both, Span("keep")]


SPEAKING = {"phrase": 1, "told": 1, "several": 3}  # and before which argument their templates end


def templates() -> Iterator[tuple[Path, ast.Call, ast.expr]]:
    """Every template in the program, with the call that fills it."""
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
            of_module = getattr(getattr(node.func, "value", None), "id", "") == "phrases"
            if name in SPEAKING and (of_module or isinstance(node.func, ast.Name)):
                first = int(name == "several")
                for template in node.args[first : SPEAKING[name]]:
                    yield path, node, template


def test_every_template_is_one_literal_with_the_places_that_are_filled() -> None:
    """What is put together of pieces could not be found by whoever translates it."""
    found = [*templates()]
    assert len(found) > 200
    for path, call, template in found:
        where = path, call.lineno
        if not isinstance(template, ast.Constant):  # of a table, or of two, chosen just before
            pieces = [one for one in ast.walk(template)
                      if isinstance(one, ast.JoinedStr | ast.BinOp)]  # fmt: skip
            assert not pieces, where
            continue
        more = {word.arg for word in call.keywords}
        filled = more | ({"n"} if getattr(call.func, "id", "") == "several" else set())
        filled |= {"n"} if getattr(call.func, "attr", "") == "several" else set()
        places = set(re.findall(r"\{(\w+)\}", template.value))
        assert None in more or places == filled, where
        assert "{" not in re.sub(r"\{\w+\}", "", template.value), where


def test_it_is_one_language_for_all() -> None:
    translate_by(str.upper)
    assert phrases.phrase("no state changes.")[0].text == "NO STATE CHANGES."
