"""Formats of the worked sheet: a module's name is the format's, `render(worked) -> str` writes it.

Lines are shorter than what a terminal is given at once, and hold nothing that one would obey.
"""

from gru_debugger import discovery

FORMATS = discovery.names(__path__)
ENDINGS = {".html": "html", ".htm": "html", ".tex": "latex"}  # what a file's name asks for
