"""A session bus of its own and a screen reader on it."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_SCRIPT = Path(__file__).parents[1] / "display" / "files" / "screen_reader.py"
_PATIENCE = 60.0  # seconds until something that ought to be heard is given up

Node = dict[str, Any]


@contextmanager
def session_bus() -> Iterator[str]:
    """Its address; what the bus starts by itself ends with it."""
    command = ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as bus:
        assert bus.stdout is not None
        try:
            yield bus.stdout.readline().strip()
        finally:
            bus.terminate()


class ScreenReader:
    """Hears what programs on the bus tell, and looks at them when it is asked to."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            ["/usr/bin/python3", _SCRIPT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._lines: queue.Queue[Node] = queue.Queue()
        self._events: list[Node] = []
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self._next("ready")

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("{"):
                self._lines.put(json.loads(line))

    def _next(self, kind: str) -> Node:
        deadline = time.monotonic() + _PATIENCE
        while True:
            line = self._lines.get(timeout=max(0.01, deadline - time.monotonic()))
            if line["kind"] == kind:
                return line
            self._events.append(line)

    def look(self) -> list[Node]:
        """Everything in the program, each with its `inside`: the roles it is in."""
        assert self.process.stdin is not None
        self.process.stdin.write("look\n")
        self.process.stdin.flush()
        return [one for part in self._next("tree")["parts"] for one in _flat(part, ())]

    def forget(self) -> None:
        """What has been heard until now."""
        while not self._lines.empty():
            self._lines.get()
        self._events.clear()

    def hears(self, condition: Callable[[Node], bool]) -> Node:
        """The first event, of those not forgotten, for which it holds."""
        for event in self._events:
            if condition(event):
                return event
        deadline = time.monotonic() + _PATIENCE
        while True:
            event = self._lines.get(timeout=max(0.01, deadline - time.monotonic()))
            self._events.append(event)
            if condition(event):
                return event

    def stop(self) -> None:
        assert self.process.stdin is not None
        with self.process:  # closes what is left of its pipes
            self.process.stdin.close()
            self._listener.join(_PATIENCE)


def _flat(node: Node, inside: tuple[str, ...]) -> Iterator[Node]:
    yield node | {"inside": inside}
    for part in node["parts"]:
        yield from _flat(part, (*inside, node["role"]))
