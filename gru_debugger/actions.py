"""The one table of actions: what it is called, its keys, what it does, when it can.

Menus, tool tips, the command palette and the shortcuts page are made of it, README's table by
`make docs`. A new action is a new row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, cast

from gru_debugger.panes.registry import PaneSpec, centre_specs
from gru_debugger.questions import ready_edits
from gru_debugger.questions.asked import NUMBERED, Asked
from gru_debugger.questions.generation import unable
from gru_debugger.questions.ordering import By
from gru_debugger.session import bookmarks_here
from gru_debugger.session.lane_marks import toggle_value_lane
from gru_debugger.session.session import Session
from gru_debugger.session.view import FOLDS, View
from gru_debugger.session.zoom import ALL
from gru_debugger.window import needs, telling
from gru_debugger.window.needs import Needs

if TYPE_CHECKING:
    from gru_debugger.main_window import MainWindow
    from gru_debugger.panes.character_columns import CharacterColumns
    from gru_debugger.window.pane_view import PaneView

# Keys that sliders, lists, buttons and lines being edited have their own use for: they belong to the
# stepping view while it has the focus. All other keys work in the whole window.
VIEW_KEYS = frozenset(
    [
        "Left",
        "Right",
        "Up",
        "Down",
        "Shift+Left",
        "Shift+Right",
        "Home",
        "End",
        "Space",
        "Return",
        "Enter",
        "[",
        "]",
        ",",  # brackets need AltGr on many keyboards
        ".",
        "=",
        "C",
        "G",
        "I",
        "L",
        "M",
        "O",
        "P",
        "Shift+L",
        "B",
        "S",
        "Shift+T",
        "T",
        "W",
        "Shift+W",
        "Ctrl+V",
    ]
)

_CENTRE_KEYS = {"cell": "Ctrl+1", "calculation": "Ctrl+2", "overview": "Ctrl+3"}
_FOLD_KEYS = ("Ctrl+K, Shift+W", "Ctrl+K, Shift+P", "Ctrl+K, Shift+U")


def nothing_hinders(window: MainWindow) -> str:
    return ""


@dataclass(frozen=True)
class Action:
    """`keys` are in Qt's portable notation; the first is shown in menus. Every action has one: where
    no single key is left, “Ctrl+K, T” is two, one after the other (`window/chords.py`).

    `needs`: what must be there, else its key says why it does nothing. `hindered` says what stands
    in its way in this window now, in menus too, "" where nothing does. `in_vain` is said where it
    changed nothing. `titled` is the title where that depends on what there is.
    """

    name: str
    title: str
    keys: tuple[str, ...]
    menu: str
    call: Callable[[MainWindow], object]
    needs: Needs = needs.OPEN
    checked: Callable[[Session], bool] | None = None
    begins_group: bool = False  # a line above it in the menu
    submenu: str = ""  # where several of a kind stand together in it
    hindered: Callable[[MainWindow], str] = nothing_hinders
    titled: Callable[[Session], str] | None = None
    in_vain: str = ""


def _influence(window: MainWindow) -> None:
    """Opens it; once more of the selected value instead, and then it is closed."""
    shown, of_selected = window.session.influence.shown, window.session.view.of_selected
    if shown:
        window.session.look(of_selected=not of_selected)
    for pane in ("influence", "gradients"):
        window.docks[pane].close() if shown and of_selected else window.docks.show(pane)


def _move_text(window: MainWindow, way: int) -> None:
    """Half of what is in sight, in all panes on the text's columns; the step stays."""
    if not any(view.in_sight for view in _on_columns(window)):
        window.docks.show("strip")
    for view in _on_columns(window):
        if view.in_sight:
            cast("CharacterColumns", view.pane).pan_by_half(way)
            return


def _on_columns(window: MainWindow) -> list[PaneView]:
    return [window.views[name] for name in ("strip", "influence") if name in window.views]


def _all_units(window: MainWindow) -> None:
    """Where it is seen: the pane that has it is opened."""
    shown = window.docks.in_sight("memory")
    window.session.look(all_units=not (shown and window.session.view.all_units))
    window.docks.show("memory")


def _no_room(window: MainWindow, rows: str) -> str:
    if window.centre.shown is not window.cell:
        return f"Only the Cell view has {rows}: Ctrl+1 shows it"
    return f"The window is too low for the {rows}" if rows in window.units.lacking else ""


def _looks_closer(session: Session) -> bool:
    """Whether zooming means the characters of the overview's surprise, not the units."""
    return session.view.centre == "overview"


def _zoom(window: MainWindow, factor: float) -> None:
    session = window.session
    (session.zoom_characters if _looks_closer(session) else session.zoom_by)(factor)


def _pan(window: MainWindow, way: int) -> None:
    if _looks_closer(window.session):
        window.session.pan_characters(way)
    else:
        window.units.pan_by_half(way)


def _show_all(window: MainWindow) -> None:
    field = "characters" if _looks_closer(window.session) else "zoom"
    window.session.look(**{field: ALL})


def _zooming(name: str, keys: tuple[str, ...], of_units: str, of_surprise: str,
             call: Callable[[MainWindow], object], in_vain: str, begins_group: bool = False) -> Action:
    """Of the units, and in the overview of the characters that its surprise is drawn of."""
    return Action(
        name, of_units, keys, "View", call, begins_group=begins_group, in_vain=in_vain,
        titled=lambda s: of_surprise if _looks_closer(s) else of_units,
    )  # fmt: skip


def _no_matrices(window: MainWindow) -> str:
    """The table of numbers has contributions too."""
    return "" if window.numbers.is_shown() else _no_room(window, "weights")


def _nothing_written(window: MainWindow) -> str:
    """Why the model can write nothing on."""
    trace = window.session.trace
    return "" if trace is None else unable(trace)


def _in_equations(session: Session) -> bool:
    """All terms would hide them."""
    return session.view.all_equations and not session.view.all_terms


def _fold(rows: str, key: str) -> Action:
    return Action(
        f"fold_{rows}", f"Hide the {rows}", (key,), "View",
        lambda w: w.session.show(w.session.view.folding(rows, rows not in w.session.view.folded)),
        checked=lambda s: rows in s.view.folded,
        hindered=lambda w: _no_room(w, rows),
    )  # fmt: skip


def _centre(spec: PaneSpec) -> Action:
    """One of the centre's views of the step."""
    return Action(
        f"centre_{spec.name}", f"{spec.title} in the centre", (_CENTRE_KEYS[spec.name],), "View",
        lambda w: w.session.look(centre=spec.name),
        checked=lambda s: s.view.centre == spec.name, begins_group=spec.name == View.centre,
    )  # fmt: skip


def _order(by: By, title: str, key: str, begins_group: bool = False) -> Action:
    return Action(
        f"order_{by}", title, (key,), "View", lambda w: w.session.order_units(by),
        checked=lambda s: s.view.order.by == by, begins_group=begins_group,
    )  # fmt: skip


def _why(quantity: Asked, words: str, begins_group: bool = False) -> Action:
    key = f"Ctrl+K, {quantity.upper()}"
    return Action(
        f"why_{quantity}", f"Ask why of the {words}", (key,), "Unit",
        lambda w: w.session.look(quantity=quantity),
        checked=lambda s: s.view.quantity == quantity, begins_group=begins_group,
    )  # fmt: skip


def _cause(number: int) -> Action:
    return Action(
        f"cause_{number}", f"Go to cause {number} of “Why?”", (f"Alt+{number}",), "Unit",
        lambda w: w.questions.follow(number), needs.STEP,
    )  # fmt: skip


def _within(submenu: str, *rows: Action) -> Iterable[Action]:
    return (replace(row, submenu=submenu) for row in rows)


ACTIONS: tuple[Action, ...] = (
    Action("open_model", "Open model…", ("Ctrl+O",), "File", lambda w: w.files.ask_model(), needs.NOTHING),
    Action("open_text", "Open text…", ("Ctrl+T",), "File", lambda w: w.files.ask_text()),
    Action("open_rows", "Open rows of numbers…", ("Ctrl+K, Shift+O",), "File", lambda w: w.files.ask_rows()),
    Action("start_page", "Start page", ("Ctrl+K, Home",), "File", lambda w: w.start_page.toggle(), needs.NOTHING),
    Action("reload", "Reload model", ("Ctrl+R",), "File", lambda w: w.files.reload(), begins_group=True),
    Action("open_session", "Open session…", ("Ctrl+K, O",), "File", lambda w: w.sessions.ask(), needs.NOTHING, begins_group=True),
    Action("save_session", "Save session", ("Ctrl+S",), "File", lambda w: w.sessions.save()),
    Action("save_session_as", "Save session as…", ("Ctrl+Shift+S",), "File", lambda w: w.sessions.save_as()),
    Action("save_model", "Save model as…", ("Ctrl+K, S",), "File", lambda w: w.saver.ask()),
    Action("export", "Export pictures…", ("Ctrl+E",), "File", lambda w: w.exporter.ask(), begins_group=True),
    Action("save_lanes", "Save lanes as CSV…", ("Ctrl+K, Shift+S",), "File", lambda w: w.lane_file.ask(),
           needs.LANES),
    Action("quit", "Quit", ("Ctrl+Q",), "File", lambda w: w.close(), needs.NOTHING, begins_group=True),

    Action("undo", "Undo", ("Ctrl+Z",), "Edit", lambda w: w.files.recordings.undo(), needs.EARLIER,
           titled=lambda s: f"Undo: {s.history.words(-1)}" if s.can_undo() else "Undo"),
    Action("redo", "Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "Edit", lambda w: w.files.recordings.redo(), needs.LATER,
           titled=lambda s: f"Redo: {s.history.words(1)}" if s.can_redo() else "Redo"),
    Action("find", "Find…", ("Ctrl+F",), "Edit", lambda w: w.find_line.begin(), begins_group=True),
    Action("find_next", "Next hit", ("F3",), "Edit", lambda w: w.find_line.go(1)),
    Action("find_previous", "Previous hit", ("Shift+F3",), "Edit", lambda w: w.find_line.go(-1)),
    Action("what_if", "What if…", ("=",), "Edit", lambda w: w.what_if.begin(), begins_group=True),
    Action("swap_reference", "Swap run and reference", ("O",), "Edit",
           lambda w: w.reference.swap(), needs.REFERENCE),
    Action("remove_edits", "Drop the reference, and all edits", ("Ctrl+Shift+O",), "Edit",
           lambda w: w.reference.drop(), needs.HELD),
    Action("pin", "Pin this run as reference", ("Ctrl+K, K",), "Edit", lambda w: w.reference.pin(),
           checked=lambda s: s.pinned.trace is not None and not s.pinned.step),
    Action("pin_step", "Pin this step as reference", ("P",), "Edit", lambda w: w.reference.pin_step(),
           needs.STEP, checked=Session.is_pinned_here),
    Action("pin_before", "Hold this run against the one before", ("Ctrl+K, Shift+B",), "Edit",
           lambda w: w.reference.pin_before(), needs.RUN_BEFORE),
    *_within("What if, ready-made",
        Action("gate_open", "What if the reset gate were open (r = 1)", ("Ctrl+K, Shift+R",), "Edit",
               lambda w: w.reference.set_ready(ready_edits.gate_open), begins_group=True),
        Action("no_memory", "What if nothing were kept (z = 0)", ("Ctrl+K, Shift+Z",), "Edit",
               lambda w: w.reference.set_ready(ready_edits.no_memory)),
        Action("silenced", "What if this unit were silent (h = 0)", ("Ctrl+K, Shift+H",), "Edit",
               lambda w: w.reference.set_ready(ready_edits.silenced, w.session.unit)),
        Action("not_forgotten", "What if this unit could not forget here (z = 1)", ("Ctrl+K, Shift+K",), "Edit",
               lambda w: w.reference.set_ready(ready_edits.not_forgotten, w.session.unit, w.session.position),
               needs.STEP),
        Action("frozen", "What if this unit's candidate were frozen as it is here", ("Ctrl+K, Shift+N",), "Edit",
               lambda w: w.reference.set_ready(ready_edits.frozen, w.session.unit, w.session.position),
               needs.STEP),
    ),
    Action("edit_text", "Edit text", ("Return", "Enter"), "Edit", lambda w: w.text.edit(), begins_group=True),
    Action("paste_text", "Paste text", ("Ctrl+V",), "Edit", lambda w: w.text.paste()),
    *_within("Copy",
        Action("copy", "Copy picture", ("Ctrl+Shift+C",), "Edit", lambda w: w.exporter.copy(), begins_group=True),
        Action("copy_address", "Copy address", ("Ctrl+K, A",), "Edit", lambda w: w.copying.address()),
        Action("copy_command", "Copy as command", ("Ctrl+K, C",), "Edit", lambda w: w.copying.command()),
        Action("copy_python", "Copy as Python", ("Ctrl+K, P",), "Edit", lambda w: w.copying.python()),
        Action("copy_lanes", "Copy the lanes as CSV", ("Ctrl+K, Shift+C",), "Edit", lambda w: w.lane_file.copy(),
               needs.LANES),
        Action("copy_numbers", "Copy the pane's numbers", ("Ctrl+Shift+M",), "Edit", lambda w: w.numbers.copy()),
    ),

    Action("choose_gru", "GRU and layers…", ("Ctrl+K, G",), "Model", lambda w: w.files.choose()),
    Action("vocabulary", "Vocabulary…", ("Ctrl+K, V",), "Model", lambda w: w.files.recordings.ask_vocabulary(),
           needs.SYMBOLS),
    Action("initial_state", "Initial state…", ("Ctrl+K, I",), "Model", lambda w: w.initial.ask()),

    Action("forward", "Next character", ("Right", "F10"), "Step",
           lambda w: w.session.step_forward(), needs.AFTER),
    Action("backward", "Previous character", ("Left", "Shift+F10"), "Step",
           lambda w: w.session.step_backward(), needs.BEFORE),
    Action("compute_forward", "Next computation in the step", ("F11",), "Step",
           lambda w: w.session.next_computation(), needs.COMPUTATION, begins_group=True),
    Action("compute_backward", "Previous computation in the step", ("Shift+F11",), "Step",
           lambda w: w.session.previous_computation(), needs.BEFORE),
    *_within("Further",
        Action("forward_10", "10 characters forward", ("Shift+Right",), "Step",
               lambda w: w.session.step_forward(10), needs.AFTER, begins_group=True),
        Action("backward_10", "10 characters back", ("Shift+Left",), "Step",
               lambda w: w.session.step_backward(10), needs.BEFORE),
        Action("first", "Before the first character", ("Home",), "Step",
               lambda w: w.session.go_to(0), needs.BEFORE),
        Action("last", "Last character", ("End",), "Step",
               lambda w: w.session.go_to(w.session.steps), needs.AFTER),
    ),
    Action("next_interesting", "Next interesting step", ("Ctrl+Right",), "Step",
           lambda w: w.stops.go_to_interesting(1), needs.AFTER),
    Action("previous_interesting", "Previous interesting step", ("Ctrl+Left",), "Step",
           lambda w: w.stops.go_to_interesting(-1), needs.BEFORE),
    Action("go_to", "Go to…", ("Ctrl+G",), "Step", lambda w: w.ask_place()),
    Action("run_forward", "Run to the next stop", ("F5",), "Step", lambda w: w.stops.run(1), begins_group=True),
    Action("run_backward", "Run back to the stop before", ("Shift+F5",), "Step", lambda w: w.stops.run(-1)),
    Action("toggle_stop", "Stop here", ("F9",), "Step", lambda w: w.stops.toggle(),
           checked=lambda s: s.position in s.marks.stops),
    *_within("Stops",
        Action("clear_stops", "Remove all stops", ("Ctrl+Shift+F9",), "Step", lambda w: w.stops.clear(),
               needs.STOPS),
        Action("log", "Log of the stops", ("Ctrl+K, L",), "Step", lambda w: w.docks.go_to("log")),
    ),
    *_within("Lanes",
        Action("lane_of_value", "Lane of the selected value", ("L",), "Step",
               lambda w: toggle_value_lane(w.session), begins_group=True),
        Action("lane", "Lane of an expression…", ("Shift+L",), "Step", lambda w: w.lane_line.begin()),
        Action("remove_lanes", "Remove all lanes", ("Ctrl+K, Shift+L",), "Step",
               lambda w: w.session.mark(replace(w.session.marks, lanes=())), needs.LANES),
    ),
    Action("write_on", "Write on from here…", ("G",), "Step", lambda w: w.letters_line.begin(), begins_group=True,
           hindered=_nothing_written),
    Action("copy_letters", "Copy the letters written on", ("Ctrl+K, W",), "Step", lambda w: w.letters_line.copy(),
           needs.LETTERS),
    Action("bookmark", "Bookmark…", ("Ctrl+B",), "Step", lambda w: w.bookmark_line.begin(), begins_group=True),
    Action("remove_bookmark", "Remove the bookmark here", ("Ctrl+K, B",), "Step",
           lambda w: bookmarks_here.remove_here(w.session), needs.BOOKMARK),
    *_within("Play",
        Action("play", "Play or pause", ("Space",), "Step",
               lambda w: w.session.toggle_playing(),
               checked=lambda s: s.playing, begins_group=True, in_vain="The text ends here."),
        Action("faster", "Play faster", ("Ctrl+Up",), "Step", lambda w: w.session.change_speed(1), in_vain="It plays as fast as it can."),
        Action("slower", "Play slower", ("Ctrl+Down",), "Step", lambda w: w.session.change_speed(-1), in_vain="It plays as slowly as it can."),
    ),

    Action("next_unit", "Select next unit", ("]", "."), "Unit",
           lambda w: w.session.select_beside(1), in_vain="The last unit is selected."),
    Action("previous_unit", "Select previous unit", ("[", ","), "Unit",
           lambda w: w.session.select_beside(-1), in_vain="The first unit is selected."),
    Action("select_unit", "Select unit…", ("Ctrl+U",), "Unit", lambda w: w.ask_unit()),
    Action("quantity_above", "Select the quantity above", ("Up",), "Unit",
           lambda w: w.session.select_quantity(-1), begins_group=True, in_vain="The first quantity is selected."),
    Action("quantity_below", "Select the quantity below", ("Down",), "Unit",
           lambda w: w.session.select_quantity(1), in_vain="The last quantity is selected."),
    *_within("Ask why of",
        _why("r", "reset gate", begins_group=True),
        _why("z", "update gate"),
        _why("n", "candidate"),
        _why("h", "new state"),
        Action("curves", "Curves: why between 0 and 1, what the reset gate does", ("B",), "Unit",
               lambda w: w.docks.show("curves"), begins_group=True),
        Action("tell_step", "What this step does, in sentences", ("T",), "Unit", telling.tell_step,
               needs.STEP, begins_group=True),
        Action("tell_run", "What the whole run does, in sentences", ("Shift+T",), "Unit", telling.tell_run),
    ),
    Action("all_terms", "Show all terms of “Why?”", ("Ctrl+K, T",), "Unit",
           lambda w: w.session.look(all_terms=not w.session.view.all_terms),
           checked=lambda s: s.view.all_terms),
    Action("all_equations", "Show all four equations", ("Ctrl+K, E",), "Unit",
           lambda w: w.session.look(all_equations=not _in_equations(w.session), all_terms=False),
           checked=_in_equations),

    Action("changed_most", "Select the unit that changed most here", ("M",), "Unit",
           lambda w: w.questions.changed_most(), needs.STEP, begins_group=True),
    Action("last_written", "Go to where the state was last written", ("W",), "Unit",
           lambda w: w.questions.last_written(), needs.STEP),
    Action("overwritten_next", "Go to where the state is overwritten next", ("Shift+W",), "Unit",
           lambda w: w.questions.overwritten_next(), needs.STEP),
    Action("strongest_cause", "Go to the strongest cause", ("C",), "Unit",
           lambda w: w.questions.strongest_cause(), needs.STEP),
    *_within("Go to a cause of “Why?”", *map(_cause, range(1, NUMBERED + 1))),
    Action("history", "History of the state", ("Ctrl+K, Y",), "Unit", lambda w: w.docks.go_to("history")),
    Action("similar", "Similar steps", ("S",), "Unit", lambda w: w.ask_similar()),
    Action("memory", "Who still speaks, step by step", ("Ctrl+K, Shift+M",), "Unit", lambda w: w.docks.go_to("memory")),
    Action("all_units", "Memory of all units", ("Ctrl+K, M",), "Unit",
           _all_units, checked=lambda s: s.view.all_units),
    Action("influence", "Influence on it of what was before", ("I",), "Unit", _influence),
    Action("trail_back", "Back to where a question was asked", ("Alt+Left",), "Unit",
           lambda w: w.session.go_on_trail(-1), needs.TRAIL_BACK),
    Action("trail_forward", "Forward again on that trail", ("Alt+Right",), "Unit",
           lambda w: w.session.go_on_trail(1), needs.TRAIL_FORWARD),

    Action("notation", "Course notation", ("Ctrl+Shift+N",), "View",
           lambda w: w.session.toggle_notation(), checked=lambda s: s.notation == "course"),
    Action("contributions", "Contributions in the matrices", ("Ctrl+Shift+W",), "View",
           lambda w: w.session.look(contributions=not w.session.view.contributions),
           checked=lambda s: s.view.contributions, hindered=_no_matrices),
    Action("full_axes", "Full axes", ("Ctrl+K, X",), "View",
           lambda w: w.session.look(full_axes=not w.session.view.full_axes),
           checked=lambda s: s.view.full_axes),
    Action("thresholds", "Thresholds of the sentences…", ("Ctrl+K, F",), "View", lambda w: w.ask_thresholds()),
    *_within("Centre",
        *map(_centre, centre_specs()),
        Action("two_steps", "Two steps in the calculation", ("Ctrl+K, J",), "View",
               lambda w: w.session.look(centre="calculation", two_steps=not w.session.view.two_steps),
               checked=lambda s: s.view.two_steps, begins_group=True),
    ),
    Action("numbers", "Numbers of the pane", ("Ctrl+M",), "View", lambda w: w.numbers.show(), begins_group=True),
    *(_fold(rows, key) for rows, key in zip(FOLDS, _FOLD_KEYS, strict=True)),
    *_within("Order of the units",
        _order("index", "Units by index", "Ctrl+K, Shift+I", begins_group=True),
        _order("value", "Units by the selected quantity here", "Ctrl+K, Shift+V"),
        _order("change", "Units by its change here", "Ctrl+K, Shift+D"),
        _order("likeness", "Units by likeness over the run", "Ctrl+K, Shift+A"),
        Action("order_again", "Order the units anew here", ("Ctrl+Shift+A",), "View",
               lambda w: w.session.order_units(w.session.view.order.by),
               needs.ORDER_HERE),
    ),
    Action("lens", "Lens around the selected unit", ("Ctrl+K, U",), "View",
           lambda w: w.session.look(lens=not w.session.view.lens), needs.MANY_UNITS,
           checked=lambda s: s.view.lens),
    *_within("Zoom",
        _zooming("zoom_in", ("Ctrl++", "Ctrl+="), "Zoom in on the units", "Zoom in on the surprise",
                 lambda w: _zoom(w, 1.5), "Closer than this nothing can be seen.", begins_group=True),
        _zooming("zoom_out", ("Ctrl+-",), "Zoom out of the units", "Zoom out of the surprise",
                 lambda w: _zoom(w, 1 / 1.5), "All is shown."),
        _zooming("pan_right", ("Ctrl+Shift+Right",), "Units further right", "Later characters of the surprise",
                 lambda w: _pan(w, 1), "There is nothing further right."),
        _zooming("pan_left", ("Ctrl+Shift+Left",), "Units further left", "Earlier characters of the surprise",
                 lambda w: _pan(w, -1), "There is nothing further left."),
        _zooming("zoom_reset", ("Ctrl+0",), "Show all units", "Show all of the surprise", _show_all,
                 "All is shown."),
    ),
    Action("text_back", "Text further back", ("Ctrl+PgUp",), "View", lambda w: _move_text(w, -1), begins_group=True,
           in_vain="There is no text further back."),
    Action("text_on", "Text further on", ("Ctrl+PgDown",), "View", lambda w: _move_text(w, 1),
           in_vain="There is no text further on."),
    Action("theme", "Light or dark theme", ("Ctrl+Shift+T",), "View", lambda w: w.toggle_theme(), needs.NOTHING, begins_group=True),
    Action("system_theme", "Theme of the system", ("Ctrl+K, Shift+T",), "View", lambda w: w.set_theme("system"),
           needs.NOTHING),
    Action("teaching", "Teaching: full screen, larger, by computations", ("Ctrl+F11",), "View", lambda w: w.teaching.toggle(),
           needs.NOTHING, checked=lambda s: s.by_computations),
    Action("restore_layout", "Restore layout", ("Ctrl+K, D",), "View", lambda w: w.restore_layout(), needs.NOTHING),

    Action("palette", "Command palette…", ("Ctrl+Shift+P",), "Help", lambda w: w.ask_command(),
           needs.NOTHING),
    Action("tour", "Tour", ("Shift+F1",), "Help", lambda w: w.tours.toggle(), needs.NOTHING, begins_group=True),
    Action("record_tour", "Tour from the bookmarks…", ("Ctrl+K, Shift+F1",), "Help", lambda w: w.tours.record(),
           needs.BOOKMARKS),
    Action("shortcuts", "Keyboard shortcuts", ("F1",), "Help", lambda w: w.show_shortcuts(), needs.NOTHING, begins_group=True),
    Action("about", "About GRU Debugger", ("Ctrl+K, F1",), "Help", lambda w: w.show_about(), needs.NOTHING),
)  # fmt: skip

# Of the panes, as they stand in their menu.
PANE_KEYS = tuple(f"Ctrl+K, {number}" for number in range(1, 10))

# Keys that are a pane's own while it has the keyboard, not an action's.
_OF_PANES = (
    ("Overview: go to what a question's answer names, again: to the next", "1…7"),
    ("Curves, Influence in words: choose a link, follow it, let go", "Down · Up · Return · Esc"),
)

MENUS = ("File", "Edit", "Model", "Step", "Unit", "View", "Help")


def shortcuts_table() -> list[tuple[str, str]]:
    """(title, keys) of every action; those of a submenu in one line where they are numbered."""
    table: list[tuple[str, str]] = []
    for name, kind in groupby(ACTIONS, lambda row: row.submenu or row.name):
        rows = [(row.title.rstrip("…"), " · ".join(row.keys)) for row in kind]
        keys = [shown for _, shown in rows]
        numbered = len(keys) > 1 and keys == [f"{keys[0][:-1]}{i}" for i in range(1, len(keys) + 1)]
        table += [(name, _from_to(keys))] if numbered else rows
    return [*table, ("Show a pane, or close it", _from_to(PANE_KEYS)), *_OF_PANES]


def _from_to(keys: Sequence[str]) -> str:
    return f"{keys[0]}…{keys[-1][-1]}"  # Alt+1…9
