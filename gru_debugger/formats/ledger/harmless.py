"""What may stand in a file, uncomputed, without changing a number that is shown: the whole list.

What is not in it is told. A reader names the reason; a new reason is a row here.
"""

from __future__ import annotations

from typing import Literal

Harmless = Literal[
    "dropout", "shape", "cast", "turned back", "packing", "training", "optimizer", "copy", "empty",
    "shown", "constant", "choice", "identity", "bookkeeping",
    "unused",
]  # fmt: skip

HARMLESS: dict[Harmless, str] = {
    "dropout": "does nothing once a network is trained",
    "shape": "moves numbers and changes none",
    "cast": "the same numbers in another type",
    "turned back": "a transposition or a turn of the text that is undone",
    "packing": "packs or pads texts of different lengths; here there is one",
    "training": "only training reads it",
    "optimizer": "an optimizer's",
    "copy": "the same numbers as a tensor that is computed",
    "empty": "holds no numbers",
    "shown": "makes probabilities or a choice of the scores, which are shown",
    "constant": "makes a stored tensor, which is read as it comes out",
    "choice": "takes some of the steps; here all are shown",
    "identity": "gives what it is given",
    "bookkeeping": "counts, checks or names; no number of the network",
    "unused": "no operation of the network reads it",
}
