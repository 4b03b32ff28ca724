"""Formats of recordings: a module's name is the file's suffix.

Each has ``BYTES`` (of one value in such a file, about) and ``write(stretch, out)``, which takes a
`recording.Stretch` a chunk of steps at a time. None is imported before it is asked for.
"""

from gru_debugger import discovery

SUFFIXES = tuple(f".{name}" for name in discovery.names(__path__))
