"""Everything that can be wrong with what a user gives.

    GRUDebuggerError          one line for a person: what, what is wrong, what to do
    ├── ModelError            a model file
    │   ├── SeveralGRUsError  it holds several, and none was chosen
    │   └── VocabularyError   its index <-> character table
    ├── TextError             a text, or a character in it
    ├── InputError            any other argument (steps, unit, layer, initial state)
    │   ├── EditError         a what-if sentence
    │   └── ExpressionError   a condition, or what else is asked of every step
    ├── SessionError          a session file
    └── OutputError           a file that can't be written
        └── ExistingFileError it is there already, and was not to be overwritten

Each message stands alone on one line: the command line prints it after
``gru-debugger:`` and leaves with status 1; the window shows it in its message bar. It is for people
alone: what a program decides by are the class and the attributes.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from gru_debugger.numerals import grouped

LONGEST_LINE = 1_000  # characters of what is printed or told
_BREAKS = re.compile(r"[\t-\r\x1c-\x1f\x85\u2028\u2029]+")


def one_line(words: str, most: int = LONGEST_LINE) -> str:
    """On a line of at most `most` characters, whatever the names in a file hold.

    Line breaks are blanks, and what a terminal would obey is a dot. Of what is too long the middle
    goes: at the end stands what to do.
    """
    if len(words) > most:
        words = f"{words[: most * 2 // 3]}…{words[len(words) - most // 3 + 1 :]}"
    if words.isprintable():
        return words
    line = _BREAKS.sub(" ", words)
    return "".join(c if c.isprintable() else "·" for c in line)


class GRUDebuggerError(Exception):
    """Base of all errors whose message is meant for the user, and stays on one line."""

    def __init__(self, message: str = "") -> None:
        super().__init__(one_line(message))

    def to_json(self) -> dict[str, Any]:
        """Class, message and attributes, which are plain values, for another process."""
        return {"kind": type(self).__name__, "message": str(self), "attributes": vars(self)}


def from_json(told: dict[str, Any]) -> GRUDebuggerError:
    """The error that `to_json` told of. Raises LookupError, TypeError where it is none."""
    kind = _kinds(GRUDebuggerError)[told["kind"]]
    fault = kind.__new__(kind)
    fault.args = (one_line(told["message"]),)
    vars(fault).update(told["attributes"])
    return fault


def _kinds(kind: type[GRUDebuggerError]) -> dict[str, type[GRUDebuggerError]]:
    found = {kind.__name__: kind}
    for narrower in kind.__subclasses__():
        found |= _kinds(narrower)
    return found


class ModelError(GRUDebuggerError):
    """A model file can't be used; the message names the file, the fault and the mend."""


class SeveralGRUsError(ModelError):
    """A model file holds several GRUs, and it was not said which; the message names them."""


class SessionError(GRUDebuggerError):
    """A session file can't be used; the message names the file and the field."""


class VocabularyError(ModelError):
    """The index <-> character table is missing, unreadable or of the wrong size."""


class TextError(GRUDebuggerError):
    """A text can't be read, or holds a character that the vocabulary lacks."""


class InputError(GRUDebuggerError):
    """A step, unit, layer, direction or initial state lies outside the model or text."""


class EditError(InputError):
    """A sentence is no edit, or names what this run lacks; the message quotes it."""


class ExpressionError(InputError):
    """An expression can't be read, or means nothing for this run; the message says where in it."""


class OutputError(GRUDebuggerError):
    """A file or folder can't be written, or would be overwritten."""


class ExistingFileError(OutputError):
    """The file `first` is there already, and `more` of the same job; `instead`: what to name."""

    def __init__(self, first: str | Path, more: int = 0, instead: str = "another") -> None:
        self.first, self.more = str(first), more
        others = f" (and {grouped(more)} more)" if more else ""
        super().__init__(
            f"{first}: the file is there already{others}; add --force to overwrite, or name "
            f"{instead}."
        )
