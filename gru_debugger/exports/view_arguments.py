"""A view in the command line's words, and back: what the window shows can be asked for there.

Not in words: what is folded, for a picture has room for all, and where the wheel has moved the
strip, for a picture is of a step (`View.on_paper`).
"""

from __future__ import annotations

import argparse
import re
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from gru_debugger.errors import InputError
from gru_debugger.numerals import brief
from gru_debugger.questions import ordering, thresholds
from gru_debugger.questions.asked import SELECTABLE
from gru_debugger.questions.thresholds import Thresholds
from gru_debugger.session.view import CENTRES, NOTATIONS, View
from gru_debugger.session.zoom import ALL, SECOND, Zoom

if TYPE_CHECKING:
    from gru_debugger.core.model import Model

_SWITCHES = {
    "contributions": "matrices show weights times what they meet, not the weights",
    "full_axes": "axes reach as far as any value of the whole recording; no bar is cut",
    "all_units": "the memory is that of all units, not of the selected one",
    "of_selected": "influence is that on the selected value, not on the likeliest symbol's logit",
    "two_steps": "the calculation is that of two steps in a row, the one before too",
    "all_terms": "“Why?” shows all its terms, in the place of the sentence and the equations",
    "all_equations": "the unit's pane has all four equations, not the selected value's alone",
}


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments that `view_of` reads."""
    parser.add_argument("--unit", metavar="I", type=index, help="the selected unit, from 0")
    parser.add_argument("--layer", metavar="K", type=index, default=0, help="from 0 (default: 0)")
    parser.add_argument("--direction", choices=("forward", "reverse"))
    parser.add_argument(
        "--quantity", choices=SELECTABLE, default=View.quantity, metavar="NAME",
        help=f"what is selected of the unit, and asked why; one of {', '.join(SELECTABLE)} "
        f"(default: {View.quantity})",
    )  # fmt: skip
    add_look(parser)


def add_look(parser: argparse.ArgumentParser) -> None:
    """Those of `look_of`: not what is selected, but how it is shown."""
    parser.add_argument(
        "--symbol", metavar="I", type=index,
        help="“Why?” tells of this symbol's probability, from 0, not of the selected value",
    )  # fmt: skip
    parser.add_argument(
        "--units", metavar="A-B", type=zoom, default=ALL,
        help="charts show only these units, from 0; with --order, those that stand at these places "
        "in it (default: all)",
    )  # fmt: skip
    parser.add_argument(
        "--characters", metavar="A-B", type=characters, default=ALL,
        help="the overview draws the surprise of these characters alone, from 2 (default: all)",
    )  # fmt: skip
    parser.add_argument(
        "--order", metavar="ORDER", type=_order, default=ordering.BY_INDEX,
        help="of the units on all axes: index, value or change (of the selected quantity, at the "
        "first step that is shown), “z at 34”, “changed(h) at 34”, or likeness: units that move "
        "together stand together (default: index)",
    )  # fmt: skip
    add_thresholds(parser)
    parser.add_argument(
        "--no-lens", action="store_true",
        help="of many units, those around the selected one are as narrow as all others",
    )  # fmt: skip
    parser.add_argument("--notation", choices=NOTATIONS, default=View.notation)
    parser.add_argument(
        "--centre", choices=CENTRES, default=View.centre,
        help=f"the pane in the middle of the window (default: {View.centre})",
    )  # fmt: skip
    for name, words in _SWITCHES.items():
        parser.add_argument(_option(name), action="store_true", help=words)


def add_thresholds(parser: argparse.ArgumentParser) -> None:
    """Of all that tells something in words; `Thresholds.of` takes them."""
    usual = ", ".join(f"{name} {brief(value)}" for name, value in asdict(thresholds.USUAL).items())
    parser.add_argument(
        "--threshold", metavar="NAME=VALUE", type=_threshold, action="append", default=[],
        dest="thresholds",
        help=f"from where on words say so; may be given again; as usual: {usual}",
    )  # fmt: skip


def _threshold(word: str) -> tuple[str, float]:
    name, _, value = word.partition("=")
    try:
        thresholds.named(name)
        thresholds.check(name, found := float(value))
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{word}” is not NAME=VALUE, such as low=0.05") from None
    except InputError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return name, found


def index(word: str) -> int:
    if not (word.isascii() and word.isdecimal() and len(word) < 12):
        raise argparse.ArgumentTypeError(f"“{word}” is not a whole number from 0")
    return int(word)


def _order(words: str) -> ordering.Ordering:
    try:
        return ordering.parse(words)
    except InputError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def characters(word: str) -> Zoom:
    found = zoom(word, "character")
    if found.first < SECOND:
        raise argparse.ArgumentTypeError(
            f"“{word}”: no step expects the first character; begin with {SECOND}"
        )
    return Zoom(found.first - SECOND, found.count)


def zoom(word: str, what: str = "unit") -> Zoom:
    match = re.fullmatch(r"(\d{1,11})-(\d{1,11})", word, re.ASCII)
    if match is None:
        raise argparse.ArgumentTypeError(
            f"“{word}” is not A-B, the first and the last {what}"
        )
    first, last = int(match[1]), int(match[2])
    if last < first:
        raise argparse.ArgumentTypeError(f"“{word}” runs backwards; write {last}-{first}")
    return Zoom(first, last + 1 - first)


def view_of(arguments: argparse.Namespace, model: Model) -> View:
    """What the arguments ask for; what they leave open as the model is shown first."""
    first = View.first_of(model)
    return replace(
        first,
        layer=arguments.layer,
        direction=arguments.direction or first.direction,
        unit=first.unit if arguments.unit is None else arguments.unit,
        quantity=arguments.quantity,
        **look_of(arguments),
    )


def look_of(arguments: argparse.Namespace) -> dict[str, Any]:
    """The fields of a view that say how it is shown, where they are not as usual."""
    switches = {name: getattr(arguments, name) for name in _SWITCHES}
    said = {
        "symbol": arguments.symbol,
        "zoom": arguments.units,
        "characters": arguments.characters,
        "notation": arguments.notation,
        "centre": arguments.centre,
        "order": arguments.order,
        "lens": not arguments.no_lens,
        "thresholds": Thresholds.of(dict(arguments.thresholds)),
        **switches,
    }
    return {name: value for name, value in said.items() if value != getattr(View, name)}


def arguments_of(view: View) -> list[str]:
    """The arguments that ask for it."""
    named = ("unit", "quantity", "layer", "direction")
    words = [word for name in named for word in (_option(name), str(getattr(view, name)))]
    return words + look_arguments_of(view)


def look_arguments_of(view: View) -> list[str]:
    """Those that `look_of` reads; of what is usual, none."""
    words = [] if view.notation == View.notation else ["--notation", view.notation]
    words += [] if view.centre == View.centre else ["--centre", view.centre]
    words += [] if view.symbol is None else ["--symbol", str(view.symbol)]
    if view.zoom.count:
        words += ["--units", f"{view.zoom.first}-{view.zoom.first + view.zoom.count - 1}"]
    if view.characters.count:
        first = view.characters.first + SECOND
        words += ["--characters", f"{first}-{first + view.characters.count - 1}"]
    if view.order.by != "index":
        words += ["--order", str(view.order)]
    if not view.lens:
        words.append("--no-lens")
    for name, value in view.thresholds.unusual.items():
        words += ["--threshold", f"{name}={value}"]
    return words + [_option(name) for name in _SWITCHES if getattr(view, name)]
