"""A regular expression looked for in a text, in a process of its own.

Python's `re` may take for ever on a short text, and lets go of the interpreter for nobody: no
thread could be stopped. So a child process looks, with an end to its time and its memory, and the
window ends it as soon as something else is wanted. Of matches that are empty nothing is told.

Only the standard library is imported here.
"""

from __future__ import annotations

import re
import signal
import sys
import warnings
from array import array
from pathlib import Path

from gru_debugger import children, terminal
from gru_debugger.errors import InputError

TEXT, PATTERN, HITS = "text", "pattern", "hits"  # files in the job's folder
SECONDS = 10  # then the window ends it, and if that is gone, it ends itself after as many more
_MEMORY = 1 << 30  # bytes
_AT_ONCE = 4096  # hits


def command(folder: Path, text: str, pattern: str) -> list[str]:
    """What to start for a text and a pattern, which it finds in `folder`.

    Of each hit it writes the first character and the one behind its last to `HITS`, 64 bits each,
    and then tells as `done` to which character it has looked.
    """
    for name, words in ((TEXT, text), (PATTERN, pattern)):
        (folder / name).write_bytes(words.encode("utf-8", "surrogatepass"))
    given = str(folder), str(2 * SECONDS)
    return children.command(__name__, *given, folder=folder, bare=True, tells=True)


def main(arguments: list[str]) -> int:
    folder = Path(arguments[0])
    text, pattern = (
        (folder / name).read_bytes().decode("utf-8", "surrogatepass") for name in (TEXT, PATTERN)
    )
    _limit_itself(int(arguments[1]))
    try:
        _look(_compiled(pattern), text, folder / HITS)
    except InputError as fault:
        terminal.fail(fault)
        return 1
    except MemoryError:
        terminal.fail(InputError(f"/{pattern[:60]}/ takes too much memory; write a simpler one."))
        return 1
    return 0


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what will mean something else one day
            return re.compile(pattern)
    except re.error as fault:
        where = "" if fault.pos is None else f", character {fault.pos + 1}"
        raise InputError(
            f"/{pattern[:60]}/{where}: {fault.msg}; as text it stands in quotation marks."
        ) from None
    except (OverflowError, RecursionError):
        raise InputError(f"/{pattern[:60]}/ can't be read; write a simpler one.") from None


def _look(pattern: re.Pattern[str], text: str, hits: Path) -> None:
    found = array("q")
    with hits.open("wb") as out:

        def hand_over(done: int) -> None:
            out.write(found.tobytes())
            out.flush()
            terminal.tell(done=done)
            del found[:]

        for match in pattern.finditer(text):
            if match.end() > match.start():
                found.extend(match.span())
                if len(found) >= 2 * _AT_ONCE:
                    hand_over(match.end())
        hand_over(len(text))


def _limit_itself(seconds: int) -> None:
    """Memory, and time if nobody is there to end it. Windows has neither."""
    if sys.platform == "win32":
        return
    import resource

    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # Python itself may get no turn
    signal.alarm(seconds)
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or hard > _MEMORY:
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, hard))
