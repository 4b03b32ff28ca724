"""Everything that can be wrong with what a user gives.

    GRUDebuggerError          one line for a person: what, what is wrong, what to do
    ├── ModelError            a model file
    │   ├── SeveralGRUsError  it holds several, and none was chosen
    │   └── VocabularyError   its index <-> character table
    ├── TextError             a text, or a character in it
    ├── InputError            any other argument (steps, unit, layer, initial state)
    │   ├── EditError         a what-if sentence
    │   └── ExpressionError   a condition, or what else is asked of every step
    └── OutputError           a file that can't be written
        └── ExistingFileError it is there already, and was not to be overwritten

Each message stands alone on one line: the command line prints it after
``gru-debugger:`` and leaves with status 1; the window shows it in its message bar.
"""

import re

LONGEST_LINE = 1_000  # characters of what is printed or told
_BREAKS = re.compile(r"[\t-\r\x1c-\x1f\x85\u2028\u2029]+")


def one_line(words: str, most: int = LONGEST_LINE) -> str:
    """On a line of at most `most` characters, whatever the names in a file hold.

    Line breaks are blanks, and what a terminal would obey is a dot. Of what is too long the middle
    goes: at the end stands what to do.
    """
    if len(words) > most:
        words = f"{words[: most * 2 // 3]}…{words[len(words) - most // 3 + 1 :]}"
    line = _BREAKS.sub(" ", words)
    return "".join(c if c.isprintable() else "·" for c in line)


class GRUDebuggerError(Exception):
    """Base of all errors whose message is meant for the user, and stays on one line."""

    def __init__(self, message: str = "") -> None:
        super().__init__(one_line(message))


class ModelError(GRUDebuggerError):
    """A model file can't be used; the message names the file, the fault and the mend."""


class SeveralGRUsError(ModelError):
    """A model file holds several GRUs, and it was not said which; the message names them."""


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
    """A file of this name is there already."""
