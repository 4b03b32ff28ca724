"""The first file that a child process runs, by its path: see `children`.

``python -I start_child.py GIVEN MODULE ARGUMENT…``: this program is the package that this file
lies in, wherever that is, and nothing else of the folder around it, which may be a checkout with
more in it, is ever imported. GIVEN, in JSON, is what `children` says of the process.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

_PATIENCE = 5.0  # seconds for clearing away what was begun
_orphaned = threading.Event()


def main(given: str, module: str, *arguments: str) -> int:
    told: dict[str, Any] = json.loads(given)
    sys.path += [place for place in told["places"] if place not in sys.path]
    _take_this_package()
    folder = Path(told["folder"]) if told["folder"] else None
    try:
        if told["attached"]:
            _end_with_parent(folder)
        if told["tells"]:
            import_module("gru_debugger.terminal").be_listened_to()
        status: int = import_module(module).main(list(arguments))
        return status
    finally:
        _clear(folder)


def _take_this_package() -> None:
    spec = spec_from_file_location("gru_debugger", Path(__file__).with_name("__init__.py"))
    assert spec is not None
    assert spec.loader is not None
    package = sys.modules["gru_debugger"] = module_from_spec(spec)
    spec.loader.exec_module(package)


def _end_with_parent(folder: Path | None) -> None:
    """The parent holds the other end of standard input, and lets go of it however it ends."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    threading.Thread(target=_wait_for_its_end, args=[folder], daemon=True).start()


def _wait_for_its_end(folder: Path | None) -> None:
    while os.read(0, 4096):
        pass
    _orphaned.set()
    if hasattr(signal, "pthread_kill"):  # as if somebody had asked it to end
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)
        time.sleep(_PATIENCE)
    _clear(folder)
    os._exit(143)


def _clear(folder: Path | None) -> None:
    """The parent removes the folder of its job, if it still can; and of others, what was left."""
    if folder is None:
        return
    from gru_debugger import job_folders

    if _orphaned.is_set():
        job_folders.remove(folder)
    job_folders.sweep(folder.parent)


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
