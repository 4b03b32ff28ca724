"""CSV in long form: a line a value."""

from __future__ import annotations

from typing import IO

from gru_debugger.exports.recording import Stretch, as_text, numbers

BYTES = 38


def write(stretch: Stretch, out: IO[bytes]) -> None:
    with as_text(out, "utf-8") as lines:
        lines.write("step,character,layer,direction,quantity,unit,value\n")
        for t, quantities in stretch.steps():
            character = _quoted(stretch.trace.characters[t - 1])
            for place, quantity, values in quantities:
                layer = "" if place.layer is None else place.layer
                front = f"{t},{character},{layer},{place.direction or ''},{quantity},"
                lines.writelines(f"{front}{u},{v}\n" for u, v in enumerate(numbers(values)))


def _quoted(character: str) -> str:
    special = any(c in ',"\r\n' for c in character)
    return '"' + character.replace('"', '""') + '"' if special else character
