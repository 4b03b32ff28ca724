"""The program as a screen reader has it: what it finds on AT-SPI, and what it hears."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from driver import Program
from hearing import Node, ScreenReader, session_bus

Start = Callable[..., Program]
PANES = {"Cell", "Text", "Unit", "Next character"}
CONTROLS = {
    "button", "push button", "toggle button", "check box", "combo box", "spin button", "entry",
    "text", "table", "list", "menu", "menu item", "chart",
}  # fmt: skip


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScreenReader]:
    with session_bus() as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        monkeypatch.setenv("QT_LINUX_ACCESSIBILITY_ALWAYS_ON", "1")
        made = ScreenReader()
        try:
            yield made
        finally:
            made.stop()


def charts(reader: ScreenReader) -> dict[str, Node]:
    return {node["name"]: node for node in reader.look() if node["role"] == "chart"}


def changed(name: str, words: str) -> Callable[[Node], bool]:
    return lambda e: e["type"].endswith("description") and e["name"] == name and words in e["words"]


def announced(*words: str) -> Callable[[Node], bool]:
    return lambda e: e["type"].endswith("announcement") and all(w in e["words"] for w in words)


def test_panes_are_found_by_name_and_tell_what_they_show(
    reader: ScreenReader, start: Start
) -> None:
    start()
    found = charts(reader)
    assert set(found) >= PANES
    assert found["Cell"]["focused"]
    for name in ("Cell", "Text", "Unit"):
        assert "“t”, step 34 of 115" in found[name]["description"], name
    assert "update gate 0.001" in found["Cell"]["description"]
    assert "the old value 0.77 is almost fully dropped" in found["Unit"]["description"]
    assert "Next character: space 75.0\u00a0%" in found["Next character"]["description"]


def test_a_step_is_heard_both_ways(reader: ScreenReader, start: Start) -> None:
    program = start()
    reader.look()
    reader.forget()
    program.press("Right")
    for name in ("Cell", "Text", "Unit"):
        reader.hears(changed(name, "Space, step 35 of 115"))
    reader.hears(changed("Next character", "Next character: “a”"))
    reader.hears(announced("Space, step 35 of 115.", "Unit 9: update gate", "new state"))
    program.press("bracketright")
    reader.hears(announced("Unit 10: update gate"))
    program.press("F11")
    reader.hears(announced("step 36", "the reset gate was just computed", "Unit 10"))
    program.press("Home")
    reader.hears(announced("Before the first character. Unit 10 starts with 0.00"))
    assert program.quit()[0] == 0
    assert program.errors() == ""


def test_every_control_has_a_name(reader: ScreenReader, start: Start) -> None:
    start()
    shown = [node for node in reader.look() if node["showing"]]
    named = [node for node in shown if node["role"] in CONTROLS or node["focusable"]]
    assert len(named) > 15
    nameless = [
        (node["role"], node["name"]) for node in named if not re.search(r"[^\W\d_]", node["name"])
    ]
    assert nameless == []


def test_the_numbers_are_a_table_that_it_can_walk(reader: ScreenReader, start: Start) -> None:
    program = start()
    program.press("ctrl+m")
    nodes = reader.look()
    tables = [i for i, node in enumerate(nodes) if node["role"] == "table"]
    (at,) = (i for i in tables if nodes[i]["showing"])
    assert nodes[at]["name"] == "numbers, Cell: values"
    end = min((i for i in tables if i > at), default=len(nodes))
    nodes = nodes[at:end]  # what closed docks have stands there too
    cells = [node["name"] for node in nodes if node["role"] == "table cell"]
    heads = [node["name"] for node in nodes if node["role"].endswith("column header")]
    assert heads[:4] == ["input_r", "hidden_r", "sum_r", "r"]
    assert len(cells) == 16 * len(heads)
    assert cells[9 * len(heads) + heads.index("h")].startswith("−0.97")
