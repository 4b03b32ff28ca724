"""Random words for xdotool: keys of every action, keys of every control, the pointer."""

from __future__ import annotations

import random

from driver import Program

from gru_debugger.actions import ACTIONS, VIEW_KEYS

_XDOTOOL = {
    "Ctrl": "ctrl", "Shift": "shift", "Alt": "alt", "Return": "Return", "Enter": "KP_Enter",
    "+": "plus", "=": "equal", "-": "minus", "[": "bracketleft", "]": "bracketright",
    ",": "comma", ".": "period", "Space": "space", "Esc": "Escape",
}  # fmt: skip
_CONTROLS = [
    "Tab", "shift+Tab", "Up", "Down", "Left", "Right", "Home", "End", "Prior", "Next", "Escape",
    "Return", "space", "Delete", "BackSpace", "F2", "F4", "F10", "Menu", "alt+f", "alt+v", "alt+m",
    "alt+h", "alt+Down", "ctrl+a", "ctrl+c", "ctrl+x", "ctrl+v", "ctrl+z", "ctrl+Return",
]  # fmt: skip
_LETTERS = [*"abcdefgnotyz0123459", "slash", "period", "minus", "asciitilde", "less", "ampersand"]


def focus(program: Program, chance: random.Random) -> list[str]:
    """One of the program's windows gets the keys: dialogs and menus are windows of their own."""
    search = ("search", "--onlyvisible", "--all", "--pid", str(program.process.pid), "--name", ".")
    windows = program.xdotool(*search).split()
    return ["windowfocus", chance.choice(windows)] if windows else []


def some(chance: random.Random, count: int) -> list[str]:
    words: list[str] = []
    for _ in range(count):
        kind = chance.choices((_action, _control, _letter, _pointer), (5, 5, 3, 4))[0]
        words += kind(chance)
    return words


def _keys() -> list[str]:
    """Every shortcut of the program but the one that quits, which would end most starts at once."""
    shortcuts = [key for row in ACTIONS for key in row.keys if row.name != "quit"]
    return [_spelt(key) for key in (*shortcuts, *VIEW_KEYS)]


def _spelt(shortcut: str) -> str:
    """Of two keys, one after the other, two words."""
    if ", " in shortcut:
        return " ".join(map(_spelt, shortcut.split(", ")))
    plain = shortcut.replace("++", "+plus")
    return "+".join(_XDOTOOL.get(part, part if len(part) > 1 else part.lower())
                    for part in plain.split("+") if part)  # fmt: skip


def _action(chance: random.Random) -> list[str]:
    return ["key", *chance.choice(_keys()).split()]


def _control(chance: random.Random) -> list[str]:
    return ["key", chance.choice(_CONTROLS)]


def _letter(chance: random.Random) -> list[str]:
    return ["key", chance.choice(_LETTERS)]


def _pointer(chance: random.Random) -> list[str]:
    """A click, a double click, a drag or a turn of the wheel, with or without a key held."""
    held = chance.choice(["", "", "", "ctrl", "shift"])
    button = chance.choices("1234567", (8, 2, 2, 2, 2, 1, 1))[0]
    words = [*_move(chance)]
    if chance.random() < 0.3:
        words += ["mousedown", button, *_move(chance), *_move(chance), "mouseup", button]
    else:
        words += ["click", "--repeat", str(chance.choice((1, 1, 2))), button]
    return ["keydown", held, *words, "keyup", held] if held else words


def _move(chance: random.Random) -> list[str]:
    return ["mousemove", str(chance.randrange(1600)), str(chance.randrange(1000))]
