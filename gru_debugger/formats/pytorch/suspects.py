"""Names in a pickle that no model needs: what unpickling would have run, and here was not."""

from __future__ import annotations

# Modules that reach outside of Python's own objects, or run what they are given.
_MODULES = {
    "os", "posix", "nt", "sys", "subprocess", "pty", "shutil", "socket", "runpy", "importlib",
    "ctypes", "_ctypes", "code", "codeop", "pdb", "bdb", "timeit", "profile", "cProfile",
    "doctest", "webbrowser", "platform", "commands", "multiprocessing", "_posixsubprocess",
    "asyncio", "marshal", "pickle", "_pickle", "dill", "cloudpickle", "urllib", "urllib2", "http",
    "httplib", "requests", "ftplib", "smtplib", "telnetlib", "xmlrpc", "pip", "ensurepip", "venv",
    "imp", "zipimport", "pydoc", "idlelib",
}  # fmt: skip
_INSIDE = ("torch.hub.", "torch.serialization.", "torch.utils.cpp_extension.", "numpy.f2py.",
           "numpy.testing.", "numpy.distutils.")  # fmt: skip
_BUILTINS = {
    "eval", "exec", "execfile", "compile", "__import__", "open", "input", "breakpoint", "setattr",
    "delattr", "globals", "locals",
}  # fmt: skip
_SAME = {"posix": "os", "nt": "os", "commands": "subprocess", "__builtin__": "builtins"}


def suspect(module: str, name: str) -> str | None:
    """As a message names it, ``os.system``; None for what models name."""
    module = _SAME.get(module, module)
    full = f"{module}.{name}"
    # A name may lead on: ``torch.storage`` and ``os.system``.
    way = {module.partition(".")[0], *name.split(".")[:-1]}
    bad = way & _MODULES or full.startswith(_INSIDE) or (module == "builtins" and name in _BUILTINS)
    return "".join(c if c.isprintable() else "·" for c in full) if bad else None
