"""What can be asked why it is as it is: apart, since the command line names it without numpy."""

from __future__ import annotations

from typing import Literal

Asked = Literal["r", "z", "n", "h"]
ASKED: tuple[Asked, ...] = ("r", "z", "n", "h")
