"""What `help` shows of the public names: examples that are true, every argument explained."""

from __future__ import annotations

import doctest
import inspect
import json
import re
import subprocess
import sys
from typing import Any

import pytest

import gru_debugger

# What people call from outside, and what they look at.
PUBLIC = [
    gru_debugger.load_model,
    gru_debugger.trace,
    gru_debugger.debug,
    gru_debugger.Trace,
    gru_debugger.Trace.step,
    gru_debugger.Trace.column,
    gru_debugger.Trace.where,
    gru_debugger.Trace.evaluate,
    gru_debugger.Trace.what_if,
    gru_debugger.Trace.held_against,
    gru_debugger.Trace.causes,
    gru_debugger.Trace.written,
    gru_debugger.Trace.history,
    gru_debugger.Trace.half_life,
    gru_debugger.Trace.memory,
    gru_debugger.Trace.influence,
    gru_debugger.Trace.sentences,
    gru_debugger.Trace.generate,
    gru_debugger.Trace.similar,
    gru_debugger.Trace.picture,
]
_WITHOUT_EXAMPLE = ("debug",)  # it opens a window


@pytest.mark.parametrize("of", PUBLIC, ids=lambda of: of.__qualname__)
def test_its_example_is_true(of: Any) -> None:
    model = gru_debugger.load_model("bundled:sixteen")
    names = {"model": model, "trace": gru_debugger.trace(model, "the cat sat")}
    example = doctest.DocTestParser().get_doctest(
        inspect.getdoc(of) or "", names, of.__qualname__, None, 0
    )
    assert bool(example.examples) == (of.__name__ not in _WITHOUT_EXAMPLE)
    told: list[str] = []
    doctest.DocTestRunner(verbose=False).run(example, out=told.append)
    assert not told, "".join(told)


@pytest.mark.parametrize("of", PUBLIC, ids=lambda of: of.__qualname__)
def test_every_argument_and_error_is_explained(of: Any) -> None:
    said = inspect.getdoc(of) or ""
    prose = re.sub(r"^>>>.*", "", said, flags=re.M)
    lacking = [
        name
        for name in inspect.signature(of).parameters
        if name != "self" and not re.search(rf"\b{name}\b", prose)
    ]
    assert not lacking
    assert "Raises" in prose


def test_tab_completes_the_package_s_names() -> None:
    """Those not imported yet, too; nothing is imported for that."""
    code = (
        "import sys, json, gru_debugger; names = dir(gru_debugger); "
        "print(json.dumps([names, [m for m in sys.modules if m.startswith('gru_debugger.')]]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    names, imported = json.loads(done.stdout)
    assert set(gru_debugger.__all__) <= set(names)
    assert [name for name in names if name[0] == "_" and not name.endswith("__")] == []
    assert imported == []
    assert all(hasattr(gru_debugger, name) for name in names)


HEAVY = ("PySide6", "pyqtgraph", "torch", "numpy")


@pytest.mark.parametrize(
    ("use", "loads"),
    [
        ("import gru_debugger; gru_debugger.GRUDebuggerError", ()),
        ("import gru_debugger; gru_debugger.trace; gru_debugger.load_model", ("numpy",)),
        ("import gru_debugger; help(gru_debugger)", ("numpy",)),
    ],
)
def test_only_what_is_used_is_imported(use: str, loads: tuple[str, ...]) -> None:
    code = f"{use}\nimport sys; print(*[m for m in {HEAVY} if m in sys.modules], file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert tuple(done.stderr.split()) == loads
