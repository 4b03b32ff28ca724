"""Child processes: every one is made here, so that none runs a file of a stranger's folder.

Python looks for modules in the current folder (``-m``, ``-c``), in a script's folder and wherever
PYTHONPATH says, and a folder with a model in it may hold a ``torch.py`` too. So a child is isolated
(``-I``): it looks where the interpreter's own packages are, where this process' numpy came from,
and takes this very program from where it runs now (`start_child`). What it starts is isolated in
turn, since it comes through here again. It ends when its parent does, whatever ends that.

Only the standard library is imported here.
"""

from __future__ import annotations

import json
import os
import site
import subprocess
import sys
from pathlib import Path
from typing import Any

_PACKAGE = Path(__file__).resolve().parent
_OWN_START = _PACKAGE / "start_child.py"


def command(
    module: str,
    *arguments: str,
    folder: Path | None = None,
    attached: bool = True,
    bare: bool = False,
    tells: bool = False,
) -> list[str]:
    """What to start so that `module`'s ``main(arguments)`` runs in a process of its own.

    `folder`: of its job, which it removes if the parent is gone. `attached`: it ends with the
    parent, which holds the other end of its standard input. `bare`: without the interpreter's
    `site`, which takes a third of its time to start. `tells`: what happens is wanted in JSON, a
    line each on its standard output (`terminal.tell`).
    """
    given = {"places": places(), "folder": folder and str(folder), "attached": attached,
             "tells": tells}  # fmt: skip
    options = ["-I", "-S"] if bare else ["-I"]
    return [sys.executable, *options, str(_OWN_START), json.dumps(given), module, *arguments]


def environment(**more: str) -> dict[str, str]:
    """This process' own, without what changes where Python looks or what it runs at its start."""
    return {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")} | more


def start(command: list[str], **options: Any) -> subprocess.Popen[bytes]:
    """The process of a `command`; `options` as subprocess.Popen has them."""
    usual = {"stdin": subprocess.PIPE, "env": environment()}
    return subprocess.Popen(command, **{**usual, **options})


def places() -> list[str]:
    """Folders of installed packages: the interpreter's, the user's, and the one of our numpy.

    Not the rest of `sys.path`, which begins with the current folder or a script's.
    """
    of_user = site.getusersitepackages()
    found = [*site.getsitepackages(), *([of_user] if of_user in sys.path else [])]
    numpy = getattr(sys.modules.get("numpy"), "__file__", None)
    if numpy:
        found.append(str(Path(numpy).parents[1]))
    return list(dict.fromkeys(place for place in found if os.path.isabs(place)))
