"""Formats that have all steps of an export in one file: a module's name is the file's suffix.

Each has ``check(job)``, which raises GRUDebuggerError before any work for what such a file can't
hold, and ``write(film, out)``, which takes a `snapshots.Film` a step at a time. Neither imports Qt
at its top: the command line checks without it.
"""
