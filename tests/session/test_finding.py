"""What is sought is looked for beside the window, and no key waits for it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot
from samples import model, text_for

from gru_debugger.core.trace import Trace
from gru_debugger.questions.expressions import where
from gru_debugger.questions.finding import ConditionFind, TextFind
from gru_debugger.session import finding as module
from gru_debugger.session.finding import Finding
from gru_debugger.session.session import Session

pytestmark = pytest.mark.usefixtures("qapp")
LONG = 1_000_000


def test_a_key_looks_through_none_of_a_million_characters(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    pieces = list[type]()
    for kind in (TextFind, ConditionFind):
        advance = kind.advance

        def counted(find: TextFind, advance: object = advance) -> bool:
            pieces.append(type(find))
            return advance(find)  # type: ignore[operator]

        monkeypatch.setattr(kind, "advance", counted)
    trace = Trace(model(), text_for(model(), LONG))
    finding, edit = Finding(), QLineEdit()
    qtbot.addWidget(edit)
    edit.textChanged.connect(finding.seek)
    finding.follow(trace)
    for key in "ab":
        QTest.keyClick(edit, key)
    assert finding.words == "ab"
    assert pieces == []
    find = finding.find
    assert find is not None
    qtbot.waitUntil(lambda: find.complete)
    assert find.count == trace.text.count("ab")
    assert len(pieces) > 60, "in slices"
    edit.setText("z[1] < 2")
    pieces.clear()
    QTest.keyClick(edit, Qt.Key.Key_Backspace)
    assert finding.words == "z[1] < "
    assert pieces == []


def test_it_looks_in_slices(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SLICE", 0.0)
    finding = Finding()
    finding.follow(Trace(model(), text_for(model(), LONG)))
    finding.seek("a")
    find, seen = finding.find, set[int]()
    assert find is not None

    def look() -> bool:
        seen.add(find.known)
        return find.complete

    finding.advanced.connect(look)
    qtbot.waitUntil(look)
    assert len(seen) > 2
    finding.seek("b")
    finding.stop()
    other = finding.find
    assert other is not None
    qtbot.waitUntil(lambda: not finding.findChildren(QObject)[0].isActive())  # type: ignore[attr-defined]
    assert other.known == 0


def test_a_hit_that_is_not_recorded_yet_is_waited_for(qtbot: QtBot) -> None:
    session, reached = Session(), list[int | None]()
    session.finding.reached.connect(reached.append)
    session.open(Trace(model(), text_for(model(), 60_000)), 1)
    session.finding.seek("step == 59000")
    session.finding.go(1, 1)
    assert session.finding.waiting
    qtbot.waitUntil(lambda: reached == [59_000])
    assert not session.finding.waiting
    session.finding.go(60_000, 1)
    qtbot.waitUntil(lambda: reached == [59_000, 59_000])  # around the end, once that is known
    session.finding.seek("step == 0")
    session.finding.go(1, 1)
    qtbot.waitUntil(lambda: reached[2:] == [None])
    session.close()


def test_it_goes_on_in_what_is_opened_next(qtbot: QtBot) -> None:
    session = Session()
    session.finding.show(True)
    session.finding.seek("z[3] < 0.4")
    session.open(Trace(model(), text_for(model(), 3000)), 1)
    for _ in range(2):
        find, trace = session.finding.find, session.trace
        assert find is not None
        assert trace is not None
        assert find.trace is trace
        qtbot.waitUntil(lambda find=find: find.complete)
        assert find.begins.tolist() == where("z[3] < 0.4", trace).tolist()
        session.open(trace.with_edits("z[3] = 0.3 from 50 to 90"), 1)
    session.finding.show(False)
    session.open(Trace(model(), text_for(model(), 3000)), 1)
    assert session.finding.find is None, "nobody wants it now"
    session.finding.go(1, 1)
    qtbot.waitUntil(lambda: not session.finding.waiting)
    assert session.finding.find is not None
    assert session.finding.find.trace is session.trace
    session.close()


def test_what_can_mean_something_later_is_looked_for_then(qtbot: QtBot) -> None:
    session = Session()
    plain = Trace(model(), text_for(model(), 60_000))
    session.open(plain.with_edits("r = 1"), 1)
    session.finding.seek("h[0] > reference(h[0])")
    assert "not recorded to its end" in session.finding.fault
    qtbot.waitUntil(lambda: session.finding.find is not None)
    find = session.finding.find
    assert find is not None
    assert not session.finding.fault
    qtbot.waitUntil(lambda: find.complete)
    assert find.count
    session.close()
