"""No test depends on how fast the machine is: none waits for a length of time, none has little.

What must come is waited for with the patience of `helpers/waiting.py`; `qtbot.wait` is for what
must not come.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from waiting import PATIENCE, when_open

TESTS = Path(__file__).parent
OF_QTBOT = {"waitUntil", "waitSignal", "waitSignals", "waitActive", "waitExposed"}


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Where, and which, of all tests but the benchmarks."""
    for file in sorted(TESTS.rglob("*.py")):
        if file.with_name("__main__.py").exists():
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield f"{file.relative_to(TESTS)}:{node.lineno}", node


def name(call: ast.Call) -> str:
    return ast.unparse(call.func).rpartition(".")[2]


def test_nothing_is_driven_after_a_while() -> None:
    """A dialog may take longer to open: `when_open`. Soon (0) is another matter."""
    late = [(where, call) for where, call in calls() if name(call) == "singleShot"]
    assert [where for where, call in late if ast.unparse(call.args[0]) != "0"] == []


def test_waits_have_patience() -> None:
    hasty = []
    for where, call in calls():
        for word in call.keywords:
            if word.arg == "timeout" and isinstance(word.value, ast.Constant):
                enough = name(call) not in OF_QTBOT and float(str(word.value.value)) >= PATIENCE
                hasty += [] if enough else [where]
    assert hasty == []


def test_a_dialog_is_driven_however_late_it_opens(screen: QApplication) -> None:
    seen: list[QWidget] = []
    when_open(lambda dialog: (seen.append(dialog), dialog.close()))
    dialog = QDialog()
    for _ in range(30):
        QApplication.processEvents()
    assert not seen
    dialog.exec()
    assert seen == [dialog]
    assert not [t for t in screen.findChildren(QTimer) if t.isActive() and t.interval() == 10]
    dialog.deleteLater()
