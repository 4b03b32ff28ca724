"""Child processes of the window: `children`'s commands, run by Qt."""

from __future__ import annotations

from PySide6.QtCore import QProcess, QProcessEnvironment

from gru_debugger import children


def begin(process: QProcess, command: list[str]) -> None:
    """Start `command`, one of `children.command`, with the environment that belongs to it."""
    environment = QProcessEnvironment()
    for name, value in children.environment().items():
        environment.insert(name, value)
    process.setProcessEnvironment(environment)
    program, *arguments = command
    process.start(program, arguments)
