"""What was open when the window was closed: kept in the settings, and offered at the next start."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSettings

from gru_debugger.core import address
from gru_debugger.core.model import Model
from gru_debugger.core.reading import Rows
from gru_debugger.core.run import Run
from gru_debugger.errors import GRUDebuggerError, InputError, one_line
from gru_debugger.numerals import grouped
from gru_debugger.questions.asked import SELECTABLE
from gru_debugger.session import choosing, opening
from gru_debugger.session.opening import Wish, with_vocabulary
from gru_debugger.session.session import Session
from gru_debugger.session.view import View
from gru_debugger.window.file_menu import Files
from gru_debugger.window.messages import MessageBar
from gru_debugger.window.start_request import Request

if TYPE_CHECKING:
    from gru_debugger.session.saved import Reads, Saved
    from gru_debugger.window.tour_before import Before

Read = str | Rows | GRUDebuggerError | None  # what was read, or why that can't be

_KEY = "last"
_LARGEST = 400_000  # characters of JSON


def keep(there: Before | None, settings: QSettings) -> None:
    """Write down what is open; of what can't be opened again as it is, nothing."""
    from gru_debugger.session import saved

    content = None if there is None else saved.to_json(there.run, there.position, there.view)
    at_first = there is not None and as_at_first(there.run)
    words = "" if content is None or at_first else json.dumps(content)
    settings.setValue(_KEY, words if len(words) <= _LARGEST else "")


def as_at_first(run: Run) -> bool:
    """Whether it is what opens by itself, which needs no offer."""
    example = run.model.example
    usual = run == replace(run.plain, initial=None) and example and run.source == example.text
    return run.model.source.path == Request.path and bool(usual)


def kept(settings: QSettings) -> Saved | None:
    """What is there and can be opened again."""
    words = str(settings.value(_KEY, ""))
    if not words:
        return None
    from gru_debugger.session import saved

    try:
        found = saved.from_json(json.loads(words))
    except ValueError:
        return None
    return found if found is not None and found.there else None


def offer(files: Files, session: Session, settings: QSettings, message: MessageBar) -> None:
    """Open it again at the press of a button, if there is something."""
    found = kept(settings)
    if found is not None:
        name, step = PurePath(found.path.removeprefix("bundled:")).name, grouped(found.at.step)
        message.notice(
            f"Last time {name} was open, at step {step}.",
            "Open it again",
            lambda: open_again(found, files, session, message),
            "last opened",
        )


def open_again(
    found: Saved,
    files: Files,
    session: Session,
    message: MessageBar,
    then: Callable[[Read], object] = lambda beside: None,
    beside: Reads | None = None,
) -> None:
    """`then` is called when it is shown, with what `beside` reads, or why it can't."""
    from gru_debugger.session.saved import USUAL

    def use(model: Model, source: str | Rows | None, other: Read) -> None:
        if found.vocabulary is not None and len(found.vocabulary) == model.symbols:
            model = with_vocabulary(model, found.vocabulary)
        if found.own_text and model.example is not None:
            source = model.example.text
        edits, left_out = opening.fit_edits(found.edits, model, source)
        wish = Wish(source, found.initial, found.unknown, edits, at=found.at)
        if files.recordings.open_model(model, found.path, wish):
            if found.view is not USUAL:
                session.show(_selected(found, session))
            then(other)
            if left_out:
                words = f"“{left_out[0]}” can't be set in {model.source.name} and is left out."
                message.notice(one_line(words), topic="left out")
            if model.source.sha256 != found.sha256:
                words = f"{model.source.name} has changed since it was open the last time."
                message.notice(words, topic="last opened")

    files.opener.start(
        lambda watch: (
            choosing.read(found.path, found.choice, watch), found.read_source(), _read(beside),
        ),
        lambda read: files.decide(read[0], lambda model: use(model, *read[1:])),
    )  # fmt: skip


def _selected(found: Saved, session: Session) -> View:
    """What it looked like, where the address goes before what else is said of the selection."""
    assert session.trace is not None
    try:
        at = address.find(found.at, session.trace)
    except InputError:  # which was told when it was opened
        return found.view
    layer, direction = at.place or (None, None)
    quantity = at.quantity if at.quantity in SELECTABLE else None
    said: dict[str, Any] = {
        "layer": layer, "direction": direction, "quantity": quantity, "unit": at.unit,
        "symbol": at.symbol,
    }  # fmt: skip
    return replace(found.view, **{name: it for name, it in said.items() if it is not None})


def _read(beside: Reads | None) -> Read:
    try:
        return None if beside is None else beside.read_source()
    except GRUDebuggerError as fault:
        return fault
