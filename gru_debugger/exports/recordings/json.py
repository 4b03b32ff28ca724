"""JSON: what the model is, then an object a step."""

from __future__ import annotations

import json
from typing import IO

from gru_debugger.exports.recording import Stretch, as_text, json_numbers

BYTES = 13


def write(stretch: Stretch, out: IO[bytes]) -> None:
    """Escaped to ASCII: any reader takes it, and half a surrogate pair does no harm."""
    trace, first = stretch.trace, stretch.first
    with as_text(out, "ascii") as text:
        states = ", ".join(f"[{', '.join(json_numbers(row))}]" for row in trace.h0)
        text.write(f'{{"model": {json.dumps(trace.model.info())},\n"initial_state": '
                   f'{{"origin": {json.dumps(trace.initial.origin)}, "values": [{states}]}},\n'
                   f'"edits": {json.dumps([str(edit) for edit in trace.edits])},\n'
                   '"steps": [')  # fmt: skip
        for t, quantities in stretch.steps():
            values = ", ".join(
                f'"{place.named(quantity)}": [{", ".join(json_numbers(array))}]'
                for place, quantity, array in quantities
            )
            character = json.dumps(trace.characters[t - 1])
            comma = "" if t == first else ","
            text.write(f'{comma}\n{{"step": {t}, "character": {character}, '
                       f'"quantities": {{{values}}}}}')  # fmt: skip
        text.write("\n]}\n")
