"""What the palette finds: commands by their names, units and steps by their numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from gru_debugger.core import address
from gru_debugger.core.address import Address
from gru_debugger.core.names import value
from gru_debugger.core.trace import Trace
from gru_debugger.errors import InputError, one_line
from gru_debugger.formats import bundled_names
from gru_debugger.numerals import grouped
from gru_debugger.session.places import can_visit, visit
from gru_debugger.session.session import Session

if TYPE_CHECKING:
    from gru_debugger.window.file_menu import Files

_LISTED, _BEEN = 500, 8  # stops, and moments where one has been


@dataclass(frozen=True)
class Entry:
    """A line of the palette; `ticked` None for what is no switch."""

    title: str
    run: Callable[[], object]
    keys: str = ""
    ticked: bool | None = None
    enabled: bool = True


def fit(typed: str, title: str) -> int | None:
    """How well a title fits what was typed, 0 best; None where it doesn't.

    The whole title, its beginning, a word's beginning, all words' beginnings in any order,
    anywhere, each word anywhere, and at last letters left out (“nchar”).
    """
    words = _plain(typed).split()
    looked_for, name = " ".join(words), _plain(title)
    starts = re.split(r"[^\w]+", name)
    ways = (
        looked_for == name,
        name.startswith(looked_for),
        f" {looked_for}" in name,
        all(any(start.startswith(word) for start in starts) for word in words),
        looked_for in name,
        all(word in name for word in words),
        _abbreviates("".join(words), name),
    )
    return next((i for i, fits in enumerate(ways) if fits), None)


def _plain(words: str) -> str:
    """Without what nobody types, the commas in 1,000 among it."""
    return re.sub(r"(?<=\d),(?=\d)|[…&]", "", words.casefold()).strip()


def _abbreviates(letters: str, name: str) -> bool:
    """Whether the letters stand in this order, each begins a word or follows the one before."""
    bounds = [match.start() for match in re.finditer(r"\b", name)]
    at = {0, *bounds}  # where the next may stand; not a pattern, which would try every choice
    for letter in letters[:20]:
        after = {i + 1 for i in at if name.startswith(letter, i)}
        earliest = min(after, default=len(name) + 1)
        at = after | {i for i in bounds if i >= earliest}
    return 1 < len(letters) < 20 and bool(at)


def best(typed: str, entries: Sequence[Entry], recent: Sequence[str] = ()) -> list[Entry]:
    """The entries that fit, the best first; of equals those used last, then in their order."""

    def rank(entry: Entry) -> tuple[int, bool, int]:
        used = recent.index(entry.title) if entry.enabled and entry.title in recent else len(recent)
        return fit(typed, entry.title) or 0, bool(typed) and not entry.enabled, used

    return sorted((e for e in entries if fit(typed, e.title) is not None), key=rank)


def addressed(session: Session, typed: str) -> list[Entry]:
    """What a step's number or an address leads to."""
    with suppress(InputError):
        return [_place(session, _address(session, typed))]
    return []


def marked(session: Session) -> list[Entry]:
    """The bookmarks, as far as what is open has them, and the stops."""
    trace, marks = session.trace, session.marks
    if trace is None:
        return []
    bookmarks = [
        Entry(f"Bookmark {one.in_words()}", partial(visit, session, one.at))
        for one in marks.bookmarks
        if can_visit(session, one.at)
    ]
    return bookmarks + [
        Entry(
            f"Stop at step {grouped(t)}: {trace.character_in_words(t)}",
            partial(visit, session, Address(t)),
        )
        for t in marks.stops[:_LISTED]
    ]


def been(session: Session) -> list[Entry]:
    """Where questions have led, the latest first."""
    trace, model = session.trace, session.model
    if trace is None or model is None:
        return []
    latest = (
        Address(w.position, value(model, w.quantity, w.place, w.unit))
        for w in reversed(session.trail.past)
    )
    return [
        Entry(f"Recent {there}: {_read(trace, there.step)}", partial(visit, session, there))
        for there in islice(dict.fromkeys(latest), _BEEN)
    ]


def to_open(files: Files, open_session: Callable[[Path], None]) -> list[Entry]:
    """What was opened in the last days, models, texts, sessions; and the bundled models."""
    recent = files.recent
    deeds: list[tuple[str, Callable[[], object]]]
    deeds = [(name, partial(files.open, name)) for name in recent.paths()]
    deeds += [(name, partial(files.open_text, Path(name))) for name in recent.others("texts")]
    deeds += [(name, partial(open_session, Path(name))) for name in recent.others("sessions")]
    found = [Entry(f"Open {Path(name).name} ({Path(name).parent})", deed) for name, deed in deeds]
    bundled = [(name, partial(files.open, f"bundled:{name}")) for name in bundled_names()]
    return found + [Entry(f"Open bundled: {name}", deed) for name, deed in bundled]


def _address(session: Session, typed: str) -> Address:
    """Raises InputError for what is none in what is open."""
    there = address.parse(re.sub(r"(?<=\d),(?=\d)", "", typed))
    if session.trace is not None:
        address.find(there, session.trace)
    return there


def _place(session: Session, there: Address) -> Entry:
    assert session.trace is not None
    name = f"step {grouped(there.step)}" if not there.value else str(there)
    title = f"Go to {name}: {_read(session.trace, there.step)}"
    return Entry(title, partial(visit, session, there))


def _read(trace: Trace, step: int) -> str:
    return trace.character_in_words(step) if step else "before the first"


def what_place(session: Session) -> str:
    """What can be gone to."""
    last = grouped(session.steps)
    return f"A step from 0 to {last}, an address such as 34:z[9], unit 9 or a bookmark"


def no_place(session: Session, typed: str) -> str:
    """Why nothing of that name can be gone to, in a line; of nothing, what there is."""
    if session.trace is None:
        return ""
    try:
        _address(session, typed)
    except InputError as fault:
        return one_line(str(fault)) if typed.strip() else f"{what_place(session)}."
    return ""


def numbered(session: Session, typed: str) -> list[Entry]:
    """The unit and the step of a number at the end of what was typed."""
    number = _number(typed)
    steps = [] if number is None or number > session.steps else [_place(session, Address(number))]
    return best(typed, steps + of_unit(session, typed)) if session.trace else []


def of_unit(session: Session, typed: str) -> list[Entry]:
    """The unit of that number."""
    number, model = _number(typed), session.model
    if number is None or model is None or number >= model.hidden_size:
        return []
    title = f"Select unit {grouped(number)}"
    return best(typed, [Entry(title, partial(session.select_unit, number))])


def _number(typed: str) -> int | None:
    """At the end of it."""
    found = re.search(r"(\d{1,9})$", _plain(typed), re.ASCII)
    return int(found[1]) if found else None


def nothing_found(session: Session, typed: str) -> str:
    """Why the list is empty, and what there is."""
    words = f"Nothing here is called “{typed.strip()[:60]}”."
    trace, model = session.trace, session.model
    if trace is None or model is None:
        return words
    return (
        f"{words}\n\nSteps go from 0 to {grouped(trace.steps)}, units from 0 to "
        f"{grouped(model.hidden_size - 1)}; type “step 1” or “unit 0”, or a part of a "
        "command's name."
    )
