"""The first file that a child process runs, by its path: see `children`.

``python -I start_child.py PLACES MODULE ARGUMENT…``: this program is the package that this file
lies in, wherever that is, and nothing else of the folder around it, which may be a checkout with
more in it, is ever imported. PLACES, a JSON list, is where libraries may come from besides.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from json import loads
from pathlib import Path


def main(places: str, module: str, *arguments: str) -> int:
    sys.path += [place for place in loads(places) if place not in sys.path]
    _take_this_package()
    status: int = import_module(module).main(list(arguments))
    return status


def _take_this_package() -> None:
    spec = spec_from_file_location("gru_debugger", Path(__file__).with_name("__init__.py"))
    assert spec is not None
    assert spec.loader is not None
    package = sys.modules["gru_debugger"] = module_from_spec(spec)
    spec.loader.exec_module(package)


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
