"""See inside a GRU: open a trained model and a text, step through it, see every number."""

# `python -m gru_debugger` runs this while modules are looked for in the current folder first, which
# may be a stranger's: nothing is imported here, not even of the standard library.
TYPE_CHECKING = False

__version__ = "0.1.0"
__all__ = ["ModelError", "debug", "load_model", "trace"]

if TYPE_CHECKING:
    from typing import Any

    from gru_debugger.core.trace import trace
    from gru_debugger.errors import ModelError
    from gru_debugger.formats import load_model
    from gru_debugger.live import debug

_HOMES = {
    "load_model": "gru_debugger.formats",
    "trace": "gru_debugger.core.trace",
    "debug": "gru_debugger.live",
    "ModelError": "gru_debugger.errors",
}


def __getattr__(name: str) -> "Any":
    """Import on first use: ``gru-debugger --help`` should not wait for numpy."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value
