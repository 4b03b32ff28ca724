"""The functions of a TorchScript archive: Python's in form, parsed as they are called."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Mapping
from typing import Any

from gru_debugger.formats.aten.values import Unfollowed

_LONGEST = 1 << 17  # bytes of one function; its syntax tree takes some hundred times as much
_HEAD = re.compile(r"(?:class (\w+)|(  )?def (\w+))\b")

_NAME = re.compile(r"def \w+\(")
_TEMPORARY = re.compile(r"(?<![\w.])_\d+\b")  # _12, of which no two methods have the same

_STEP = re.compile(r"\btorch\.select\(\w+, \d, (\d{1,4})\)")

Key = tuple[str, str, str]  # file, class or “”, function


class Code:
    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._texts: dict[Key, str] = {}
        self._trees: dict[str, ast.FunctionDef] = {}  # by what stands there
        self._dotted: dict[ast.expr, str] = {}
        for name, data in files.items():
            if name.startswith("code/") and name.endswith(".py"):
                self._cut(name[5:-3].replace("/", "."), data.decode())

    def _cut(self, file: str, text: str) -> None:
        """Functions begin at the left edge, methods two blanks from it."""
        inside, key, lines = "", None, list[str]()
        for line in (*text.split("\n"), "def end():"):
            if (match := _HEAD.match(line)) is None:
                lines.append(line)
                continue
            if key is not None:
                self._texts[key] = "\n".join(lines)
            inside = match[1] or (inside if match[2] else "")
            key, lines = ((file, inside, match[3]) if match[3] else None), [line]

    def function(self, kind: str, name: str) -> ast.FunctionDef | None:
        """A method of a class, or (kind “”) a function by its whole name; None if it isn't there.

        Raises SyntaxError and ValueError where it is no Python, Unfollowed where it is too long.
        """
        file, _, last = (kind or name).rpartition(".")
        key = (file, last, name) if kind else (file, "", last)
        if key not in self._texts:
            return None
        text = _renamed(self._texts[key])
        if text not in self._trees:
            self._trees[text] = _parsed(text, method=bool(kind))
        return self._trees[text]

    def dotted(self, node: ast.expr) -> str:
        """`dotted`, of a node that may be met again."""
        if node not in self._dotted:
            self._dotted[node] = dotted(node)
        return self._dotted[node]

    def steps(self, kind: str, name: str) -> int:
        """How many steps of a text a method reads one by one, as a loop that was unrolled does."""
        file, _, last = kind.rpartition(".")
        found = _STEP.findall(self._texts.get((file, last, name), ""))
        return max((int(number) + 1 for number in found), default=1)


def _renamed(text: str) -> str:
    """A function without its name and with temporaries of names in order: a module that is traced
    again and again has many that are one.
    """
    text = _NAME.sub("def _(", text, count=1)
    if '"' in text or "'" in text:  # a string may hold what looks like one
        return text
    names: dict[str, str] = {}
    return _TEMPORARY.sub(lambda m: names.setdefault(m[0], f"_{len(names)}"), text)


def _parsed(text: str, method: bool) -> ast.FunctionDef:
    if len(text) > _LONGEST:
        raise Unfollowed("its code is too long")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of escapes in strings that Python does not know
        body: Any = ast.parse(f"class _:\n{text}" if method else text).body[0]
    tree = body.body[0] if method else body
    if not isinstance(tree, ast.FunctionDef):
        raise ValueError("a function that is none")
    return tree


def dotted(node: ast.expr) -> str:
    """``torch.gru`` as it is written; "" if it is anything but names."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *parts[::-1]]) if isinstance(node, ast.Name) else ""
