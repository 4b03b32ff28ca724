"""The dialog of the thresholds: each number is seen at once in what is told, and given up again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace

import pytest
from keyboard import press
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from samples import model, recording
from spoken import nameless

from gru_debugger.main_window import MainWindow
from gru_debugger.panes.curves import CurvesPane
from gru_debugger.panes.gradients import GradientsPane
from gru_debugger.panes.in_words import plain
from gru_debugger.panes.unit import UnitPane
from gru_debugger.panes.whole_run.pane import WholeRunPane
from gru_debugger.questions.thresholds import USUAL, Thresholds
from gru_debugger.questions.told import sentences
from gru_debugger.session.session import Session
from gru_debugger.window import dialogs
from gru_debugger.window.thresholds import ThresholdsDialog

OpenWindow = Callable[..., MainWindow]
Answer = Callable[[ThresholdsDialog], object]


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window(recording(model(), 40), 12, 5)


@pytest.fixture
def asks(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> Callable[[Answer], None]:
    """Open it by its keys, and answer."""
    opened: list[ThresholdsDialog] = []
    monkeypatch.setattr(dialogs, "ask", opened.append)  # which would wait for the answer

    def ask(answer: Answer) -> None:
        press(window, "Ctrl+K", "F")
        dialog = opened.pop()
        answer(dialog)
        dialog.deleteLater()

    return ask


def give(dialog: ThresholdsDialog, **numbers: float) -> None:
    for name, number in numbers.items():
        dialog.boxes[name].setValue(number)


@pytest.fixture
def alone(qtbot: QtBot) -> Iterator[ThresholdsDialog]:
    """Before another window than the program's, whose keys it would share here."""
    session, parent = Session(), QWidget()
    parent.resize(900, 700)
    parent.show()
    dialog = ThresholdsDialog(parent, session)
    with qtbot.waitActive(dialog):
        dialog.show()
        dialog.activateWindow()
    yield dialog
    parent.close()
    parent.deleteLater()
    session.close()


def typed(dialog: ThresholdsDialog, name: str, number: str) -> None:
    box = dialog.boxes[name]
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, number)


def now(window: MainWindow) -> Thresholds:
    return window.session.view.thresholds


def test_all_of_them_are_there_with_what_they_mean(
    window: MainWindow, asks: Callable[[Answer], None]
) -> None:
    def look(dialog: ThresholdsDialog) -> None:
        assert {name: box.asked for name, box in dialog.boxes.items()} == asdict(USUAL)
        assert nameless(dialog) == []
        assert not dialog.usual.isEnabled()
        for name, box in dialog.boxes.items():
            assert box.text() == f"{getattr(USUAL, name):g}"
            assert ": " in box.accessibleName()
            assert box.toolTip() == f"--threshold {name}={getattr(USUAL, name):g}"
        dialog.accept()

    asks(look)
    assert now(window) == USUAL


def test_they_are_explained_in_the_notation_s_own_letters(
    window: MainWindow, asks: Callable[[Answer], None]
) -> None:
    letters = r"\b(h|z|r|c|Γu|Γr)\b"

    def meant(dialog: ThresholdsDialog) -> set[str]:
        said = " ".join(box.accessibleName() for box in dialog.boxes.values())
        return set(re.findall(letters, said))

    found: list[set[str]] = []
    for _ in range(2):
        asks(lambda dialog: (found.append(meant(dialog)), dialog.accept()))
        press(window, "Ctrl+Shift+N")
    assert found == [{"h", "z"}, {"c", "Γu"}]


def test_a_number_is_in_force_at_once_and_stays(
    window: MainWindow, asks: Callable[[Answer], None]
) -> None:
    pane = window.views["unit"].pane
    assert isinstance(pane, UnitPane)
    gates = window.session.step.z  # type: ignore[union-attr]
    unit = int(abs(gates - 0.5).argmin())
    window.session.select_unit(unit)
    z = float(gates[unit])
    assert 0.1 < z < 0.9, "neither kept nor dropped, as usual"

    def said() -> str:
        return plain(pane.sentence(window.session.frame))  # type: ignore[arg-type]

    assert "almost fully" not in said()

    def answer(dialog: ThresholdsDialog) -> None:
        give(dialog, high=round(z - 0.01, 2))
        assert "almost fully kept" in said()
        give(dialog, high=0.9999, low=round(z + 0.01, 2))
        assert "almost fully dropped" in said()
        assert dialog.usual.isEnabled()
        dialog.accept()

    asks(answer)
    assert now(window) == Thresholds(low=round(z + 0.01, 2), high=0.9999)
    assert "almost fully dropped" in said()


def test_enter_takes_a_number_and_esc_none(alone: ThresholdsDialog) -> None:
    """Also not what is being typed then, which its box would take when it loses the focus."""
    assert alone.focusWidget() is alone.boxes["low"]
    typed(alone, "sure", "0.75")
    assert alone.thresholds == Thresholds(sure=0.75), "at once, before Enter or Tab"
    QTest.keyClick(alone.boxes["sure"], Qt.Key.Key_Return)
    assert alone.thresholds == Thresholds(sure=0.75)
    assert alone.isVisible()
    typed(alone, "full", "0.5")
    QTest.keyClick(alone.boxes["full"], Qt.Key.Key_Escape)
    assert not alone.isVisible()
    assert alone.thresholds == USUAL


def test_what_is_wrong_pushes_nothing_out_of_sight(alone: ThresholdsDialog) -> None:
    def high() -> int:
        QApplication.processEvents()
        rows = alone.layout().itemAt(0).widget()  # type: ignore[union-attr]
        assert rows is not None
        return rows.height()

    before = high()
    typed(alone, "low", "0.95")
    assert alone.fault.isVisible()
    assert high() == before


def test_esc_leaves_all_as_it_was(window: MainWindow, asks: Callable[[Answer], None]) -> None:
    before = replace(USUAL, dead=0.2)
    window.session.look(thresholds=before)

    def answer(dialog: ThresholdsDialog) -> None:
        give(dialog, sure=0.75, low=0.3)
        assert now(window) == replace(before, sure=0.75, low=0.3)
        dialog.reject()

    asks(answer)
    assert now(window) == before


def test_back_to_defaults(window: MainWindow, asks: Callable[[Answer], None]) -> None:
    window.session.look(thresholds=replace(USUAL, dead=0.2, kept=0.5))

    def answer(dialog: ThresholdsDialog) -> None:
        assert dialog.boxes["dead"].asked == 0.2
        dialog.usual.click()
        assert now(window) == USUAL
        assert {name: box.asked for name, box in dialog.boxes.items()} == asdict(USUAL)
        dialog.accept()

    asks(answer)
    assert now(window) == USUAL


def test_what_contradicts_itself_is_told_and_not_taken(
    window: MainWindow, asks: Callable[[Answer], None]
) -> None:
    def answer(dialog: ThresholdsDialog) -> None:
        give(dialog, low=0.95)
        assert "“almost shut” is larger than “almost open”" in dialog.fault.text()
        assert not dialog.fault.isHidden()
        assert now(window) == USUAL
        give(dialog, high=0.97)
        assert dialog.fault.isHidden()
        assert now(window) == Thresholds(low=0.95, high=0.97)
        dialog.accept()

    asks(answer)


def test_what_was_told_is_told_anew(
    window: MainWindow, asks: Callable[[Answer], None], qtbot: QtBot
) -> None:
    def told() -> list[str]:
        return [one.words for one in window.message.messages if one.topic == "sentences"]

    press(window, "T")
    run = window.session.trace
    assert run is not None

    def of_step(dialog: ThresholdsDialog) -> None:
        give(dialog, little=0.5)
        (words,) = told()
        assert all(one in words for one in sentences(run, 12, thresholds=now(window)))
        dialog.accept()

    asks(of_step)
    before = told()
    press(window, "Right")

    def of_another(dialog: ThresholdsDialog) -> None:
        give(dialog, little=0.7)
        (words,) = told()
        assert words != before[0]
        assert "step 12 of 40" in words, "of the step that it is of"
        assert all(one in words for one in sentences(run, 12, thresholds=now(window)))
        dialog.accept()

    asks(of_another)
    press(window, "Shift+T")
    qtbot.waitUntil(lambda: told() == [" ".join(sentences(run, thresholds=now(window)))])

    def of_run(dialog: ThresholdsDialog) -> None:
        give(dialog, dead=0.9)
        qtbot.waitUntil(lambda: told() == [" ".join(sentences(run, thresholds=now(window)))])
        assert "|h| below 0.9 throughout" in told()[0]
        dialog.accept()

    asks(of_run)


def test_the_panes_ask_them(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window(recording(model(), 40), 30, 5)
    for name in ("curves", "gradients"):
        window.docks.show(name)
    press(window, "Ctrl+3")
    session = window.session
    overview = window.centre.shown.pane
    curves, influence = (window.views[name].pane for name in ("curves", "gradients"))
    assert isinstance(overview, WholeRunPane)
    assert isinstance(curves, CurvesPane)
    assert isinstance(influence, GradientsPane)
    qtbot.waitUntil(lambda: overview.units is not None and overview.survey.complete)  # type: ignore[union-attr]
    session.look(thresholds=Thresholds(low=0.4, high=0.6, full=0.3, dead=0.8, constant=0.3,
                                       used=0.3, mostly=0.3))  # fmt: skip
    qtbot.waitUntil(lambda: overview.units is not None and overview.survey.complete)  # type: ignore[union-attr]
    run, units = session.trace, overview.units
    assert run is not None
    assert units is not None
    z, h = (run.column(name) for name in "zh")
    assert units.z_low.tolist() == pytest.approx((z < 0.4).mean(axis=0).tolist())
    assert units.z_high.tolist() == pytest.approx((z > 0.6).mean(axis=0).tolist())
    answers = " ".join(panel.answer().words for panel in overview.panels)
    assert "beyond ±0.3: " in answers
    assert f"{(abs(h).max(axis=0) < 0.8).sum() or 'none'} dead" in answers
    assert " in over 30\N{NO-BREAK SPACE}%" in answers
    assert overview.gate_names("z")[0] == "share of steps with z > 0.6: keeps"
    session.look(notation="course")
    assert overview.gate_names("z") == (
        "share of steps with Γu < 0.4: keeps", "share of steps with Γu > 0.6: takes")
    curves.look()
    assert "by more than 0.3" in plain(curves.of_resets().spans)
    influence.look()
    assert influence.shares is not None
    assert influence.shares.thresholds == session.view.thresholds


def test_the_history_s_bounds_are_three_of_them(window: MainWindow) -> None:
    window.actions_by_name["history"].trigger()
    history = window.docks.content("history")
    history.written.setValue(0.4)  # type: ignore[union-attr]
    history.kept.setValue(0.55)  # type: ignore[union-attr]
    assert now(window) == Thresholds(wrote=0.4, refused=0.55)
    window.session.look(thresholds=Thresholds(strong=0.3333))
    bounds = history.bounds  # type: ignore[union-attr]
    assert (bounds.written, bounds.candidate, bounds.kept) == (0.1, 0.3333, 0.9)
    assert history.candidate.text() == "0.3333"  # type: ignore[union-attr]
    assert history.written.text() == "0.1"  # type: ignore[union-attr]


def test_a_stop_where_a_gate_is_saturated_takes_what_is_meant_by_that(window: MainWindow) -> None:
    window.session.look(thresholds=Thresholds(saturated=0.2))
    entries = window.ready.entries("Stop where")
    (entry,) = (one for one in entries if "any gate of the layer is saturated" in one.title)
    entry.run()
    (lane,) = window.session.marks.lanes
    assert lane.expression == ("saturated: any(z < 0.2) or any(z > 0.8) or any(r < 0.2) or "
                               "any(r > 0.8)")  # fmt: skip
    assert window.session.lanes.runs[0].fault == ""
