"""Listens as a screen reader does: a script for the system's Python, which has pyatspi.

Writes a line of JSON for each event, and for each line on its standard input the whole tree.
"""

import json
import sys

import pyatspi
from gi.repository import GLib

EVENTS = ("object:property-change:accessible-description", "object:announcement")


def say(kind, **what):
    print(json.dumps({"kind": kind, **what}), flush=True)


def heard(event):
    source = event.source
    if source is not None:
        words = str(event.any_data)
        say("event", type=event.type.name, name=source.name, words=words)


def nodes(of):
    """Its parts; one may be gone before it is looked at."""
    for part in of:
        try:
            if part is not None:
                yield node(part)
        except GLib.GError:
            continue


def node(of):
    states = of.getState()
    return {
        "role": of.getRoleName(),
        "name": of.name,
        "description": of.description,
        "focusable": states.contains(pyatspi.STATE_FOCUSABLE),
        "focused": states.contains(pyatspi.STATE_FOCUSED),
        "showing": states.contains(pyatspi.STATE_SHOWING),
        "parts": list(nodes(of)),
    }


def look(*_):
    if not sys.stdin.readline():
        pyatspi.Registry.stop()
        return False
    say("tree", parts=list(nodes(pyatspi.Registry.getDesktop(0))))
    return True


pyatspi.Registry.registerEventListener(heard, *EVENTS)
GLib.io_add_watch(sys.stdin.fileno(), GLib.IO_IN | GLib.IO_HUP, look)
say("ready")
pyatspi.Registry.start()
