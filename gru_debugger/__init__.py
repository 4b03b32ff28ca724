"""See inside a GRU: open a trained model and a text, step through it, see every number."""

# `python -m gru_debugger` runs this while modules are looked for in the current folder first, which
# may be a stranger's: nothing is imported here, not even of the standard library.
TYPE_CHECKING = False

__version__ = "0.1.0"
__all__ = [
    "GRUDebuggerError", "Model", "ModelError", "Picture", "Step", "Trace", "debug", "load_model",
    "trace",
]  # fmt: skip

if TYPE_CHECKING:
    from typing import Any

    from gru_debugger.api import Trace, trace
    from gru_debugger.core.model import Model
    from gru_debugger.core.trace import Step
    from gru_debugger.errors import GRUDebuggerError, ModelError
    from gru_debugger.exports.picture import Picture
    from gru_debugger.formats import load_model
    from gru_debugger.live import debug

_HOMES = {
    "GRUDebuggerError": "gru_debugger.errors",
    "Model": "gru_debugger.core.model",
    "ModelError": "gru_debugger.errors",
    "Picture": "gru_debugger.exports.picture",
    "Step": "gru_debugger.core.trace",
    "Trace": "gru_debugger.api",
    "debug": "gru_debugger.live",
    "load_model": "gru_debugger.formats",
    "trace": "gru_debugger.api",
}


def __getattr__(name: str) -> "Any":
    """Import on first use: ``gru-debugger --help`` should not wait for numpy."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """What Tab completes: also what is not imported yet."""
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})
