"""The grammar: what of Python's expressions is meant, and what each piece of it is for a run."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable
from keyword import iskeyword
from typing import TYPE_CHECKING, Any

import numpy as np

from gru_debugger.errors import ExpressionError
from gru_debugger.given import words
from gru_debugger.numerals import MINUS, span
from gru_debugger.questions.expressions import operators
from gru_debugger.questions.expressions.functions import FUNCTIONS
from gru_debugger.questions.expressions.lookup import name_of_run
from gru_debugger.questions.expressions.terms import Term, constant

if TYPE_CHECKING:
    from gru_debugger.core.trace import Trace

LONGEST = 1000  # characters
MOST = 200  # pieces
DEEPEST = 40
HARDEST = 200  # values that it looks up for a step

_REFERENCE = re.compile(r"\breference\s*\(")
_NAMED = re.compile(r"\s*(?P<name>[A-Za-z_]\w*)\s*:(?!=)", re.ASCII)
_QUOTED_OR_MINUS = re.compile(rf"""(["'])(?:\\.|(?!\1)[^\\])*\1|{MINUS}""")
_LARGEST = 1e300

# What people write who know other languages, and what to write here.
_ELSEWHERE = {
    r"(?<![=!<>])=(?!=)": "write == for “equals”",
    r"&&?": "write and",
    r"\|\|?": "write or",
    r"!(?!=)": "write not",
    r"\^": "powers are not part of this; write x * x",
}


def compile_expression(text: str, trace: Trace) -> Term:
    """What an expression means for a run. Raises ExpressionError, one line that says where.

    It may have a name before a colon, as a lane has.
    """
    # On one line, on which characters are counted.
    text = " ".join(words("expression", text).splitlines())
    # A minus as the window writes numbers is one too.
    text = _QUOTED_OR_MINUS.sub(lambda found: "-" if found[0] == MINUS else found[0], text)
    if len(text) > LONGEST:
        raise ExpressionError(f"“{text[:30]}…” has more than {LONGEST} characters; shorten it.")
    before = _behind_name(text)
    before += len(text[before:]) - len(text[before:].lstrip())
    return _Compiler(text[before:].rstrip(), trace, before).whole()


def asks_reference(text: str) -> bool:
    """Whether an expression asks for what is so in the reference."""
    return _REFERENCE.search(text) is not None


def reference_missing(text: str, trace: Trace) -> str:
    """Why a key would have to wait for what an expression asks of the reference; empty: no need."""
    if asks_reference(text) and not trace.reference_known:
        return "the other run is not recorded to its end yet; wait a moment."
    return ""


def _behind_name(text: str) -> int:
    """Where the expression begins that may have a name and a colon before it."""
    found = _NAMED.match(text)
    return found.end() if found and not iskeyword(found["name"]) else 0


def name_and_rest(text: str) -> tuple[str, str]:
    """“leap”, “max(abs(h - h_prev)) > 0.5”; the name is empty where there is none."""
    at = _behind_name(text)
    return text[:at].rstrip(" :").strip(), text[at:].strip()


def _parsed(text: str, before: int) -> ast.expr:
    if not text:
        raise ExpressionError("the expression is empty; write, say, z[9] < 0.05.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python's own advice on what is not its code
            return ast.parse(text, mode="eval").body
    except SyntaxError as fault:
        raise _unreadable(text, fault.offset or 0, before) from None
    except (ValueError, RecursionError, MemoryError):
        raise ExpressionError(f"“{text[:60]}” can't be read; write it more simply.") from None


def _unreadable(text: str, offset: int, before: int) -> ExpressionError:
    plain = re.sub(r"""(["']).*?\1""", lambda quoted: "·" * len(quoted[0]), text)
    for pattern, mend in _ELSEWHERE.items():
        if found := re.search(pattern, plain):
            at = before + found.start() + 1
            return ExpressionError(f"“{text[:60]}”, character {at}: {mend}.")
    at = offset if 0 < offset <= len(text) else len(text) + 1  # 0: the end came too early
    where = "it ends too early" if at > len(text) else "it can't be read from here on"
    where = f"character {before + at}: {where}"
    return ExpressionError(f"“{text[:60]}”, {where}; write, say, z[9] < 0.05.")


class _Compiler:
    """Walks the tree once; each method makes a `Term` of one kind of piece."""

    def __init__(self, text: str, trace: Trace, before: int) -> None:
        self.text = text
        self.trace = trace
        self._before = before  # characters before it, of a name

    def whole(self) -> Term:
        tree = _parsed(self.text, self._before)
        if sum(1 for _ in ast.walk(tree)) > MOST or _depth(tree, DEEPEST) > DEEPEST:
            raise self._too_much()
        return self.term(tree)

    def term(self, node: ast.expr) -> Term:
        makers: dict[type[ast.expr], Callable[[Any], Term]] = {
            ast.Name: self._name, ast.Constant: self._constant, ast.Subscript: self._subscript,
            ast.BinOp: self._arithmetic, ast.UnaryOp: self._unary, ast.BoolOp: self._logic,
            ast.Compare: self._compare, ast.Call: self._call, ast.List: self._list,
            ast.Tuple: self._list,
        }  # fmt: skip
        make = makers.get(type(node))
        if make is None:
            raise self.wrong(node, "this is not part of the language; see the help on conditions.")
        text, at = self._place(node)
        made = make(node).as_written(text, at)
        if made.work > HARDEST:
            raise self._too_much()
        return made

    def _too_much(self) -> ExpressionError:
        return ExpressionError(f"“{self.text[:30]}…” has too many parts; write a simpler one.")

    def wrong(self, node: ast.expr, words: str) -> ExpressionError:
        text, at = self._place(node)
        return ExpressionError(f"“{text[:60]}”, character {at}: {words}")

    def _place(self, node: ast.expr) -> tuple[str, int]:
        """The piece as written, and its first character, counted from 1; ast counts in UTF-8."""
        column = len(self.text.encode()[: node.col_offset].decode(errors="ignore"))
        text = ast.get_source_segment(self.text, node) or self.text
        return text, self._before + column + 1

    # Pieces --------------------------------------------------------------------------------

    def _name(self, node: ast.Name) -> Term:
        found = name_of_run(node.id, self.trace)
        if isinstance(found, str):
            raise self.wrong(node, found)
        return found

    def _constant(self, node: ast.Constant) -> Term:
        value = node.value
        if isinstance(value, str):
            return constant(value, "text", "", 0)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong(node, "write a number or a text in quotation marks.")
        if not abs(value) < _LARGEST:
            raise self.wrong(node, "this number is too large.")
        return constant(float(value), "number", "", 0)

    def _list(self, node: ast.List | ast.Tuple) -> Term:
        texts = [item.value for item in node.elts if isinstance(item, ast.Constant)]
        if len(texts) < len(node.elts) or not all(isinstance(text, str) for text in texts):
            raise self.wrong(node, 'a list holds texts alone, such as ["a", "e"].')
        return constant(texts, "texts", "", 0)

    def _subscript(self, node: ast.Subscript) -> Term:
        of = self.term(node.value).number()
        if of.width is None:
            raise of.wrong("one value a step, which has no units.")
        if isinstance(node.slice, ast.Slice):
            first, end = self._slice(node.slice, of.width)
            units = slice(first, end)
        else:
            first = self._index(node.slice)
            units = slice(first, first + 1)
        if not 0 <= units.start < units.stop <= of.width:
            raise self.wrong(node, f"there are {span('unit', 0, of.width - 1)}.")
        one = not isinstance(node.slice, ast.Slice)
        if isinstance(node.value, ast.Name):
            return name_of_run(node.value.id, self.trace, units, one)  # type: ignore[return-value]
        return operators.units_of(of, units, one)

    def _slice(self, node: ast.Slice, width: int) -> tuple[int, int]:
        if node.step is not None:
            raise ExpressionError(f"“{self.text[:60]}”: units follow one another; write [0:4].")
        first = 0 if node.lower is None else self._index(node.lower)
        return first, width if node.upper is None else self._index(node.upper)

    def _index(self, node: ast.expr) -> int:
        value = node.value if isinstance(node, ast.Constant) else None
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.wrong(node, "a unit is a whole number, counted from 0.")
        return value

    def _arithmetic(self, node: ast.BinOp) -> Term:
        left, right = self.term(node.left), self.term(node.right)
        operator = operators.ARITHMETIC.get(type(node.op))
        if operator is None:
            kind = type(node.op)
            words = "write and" if kind is ast.BitAnd else "write or" if kind is ast.BitOr else None
            raise self.wrong(node, f"{words or 'there are + − * / only'}.".replace("−", "-"))
        return operators.combined(operator, left.number(), right.number())

    def _unary(self, node: ast.UnaryOp) -> Term:
        of = self.term(node.operand)
        if isinstance(node.op, ast.Not):
            return operators.mapped(np.logical_not, of.truth())
        if isinstance(node.op, ast.Invert):
            raise self.wrong(node, "write not.")
        return operators.mapped(np.negative if isinstance(node.op, ast.USub) else np.positive,
                                of.number())  # fmt: skip

    def _logic(self, node: ast.BoolOp) -> Term:
        terms = [self.term(value).truth() for value in node.values]
        operator = np.logical_and if isinstance(node.op, ast.And) else np.logical_or
        whole = terms[0]
        for term in terms[1:]:
            whole = operators.combined(operator, whole, term)
        return whole

    def _compare(self, node: ast.Compare) -> Term:
        sides = [self.term(side) for side in (node.left, *node.comparators)]
        whole: Term | None = None
        for left, kind, right in zip(sides, node.ops, sides[1:], strict=False):
            pair = operators.compared(type(kind), left, right)
            whole = pair if whole is None else operators.combined(np.logical_and, whole, pair)
        assert whole is not None
        return operators.with_sides(whole, sides)

    def _call(self, node: ast.Call) -> Term:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        function = FUNCTIONS.get(name)
        if function is None:
            known = ", ".join(sorted(FUNCTIONS))
            raise self.wrong(node, f"“{name or 'this'}” is no function here; there are {known}.")
        if len(node.args) != 1 or node.keywords or isinstance(node.args[0], ast.Starred):
            raise self.wrong(node, f"{name} takes one argument, {name}({function.example}).")
        trace = self.trace
        if name == "reference":
            if trace.reference is None:
                raise self.wrong(node, "there is no reference run; make one with an edit.")
            if not trace.reference_known:
                trace.reference.finish()
            inner = _Compiler(self.text, trace.reference, self._before).term(node.args[0])
        else:
            inner = self.term(node.args[0])
        return function.make(inner, trace)


def _depth(node: ast.AST, limit: int) -> int:
    """How deep a tree is, told no further than just beyond the limit."""
    level, deep = [node], 0
    while level and deep <= limit:
        level = [child for parent in level for child in ast.iter_child_nodes(parent)]
        deep += 1
    return deep
