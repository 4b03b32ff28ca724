"""A tour on the window: it stands before the answer, keys answer, and it is gone on with."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from keyboard import click, press
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from samples import model, recording, save

from gru_debugger.core.address import Address
from gru_debugger.core.quantities import COMPUTATIONS
from gru_debugger.main_window import MainWindow
from gru_debugger.panes.curves import CurvesPane
from gru_debugger.paths import resource
from gru_debugger.session.bookmarks import Bookmark
from gru_debugger.session.opening import Wish
from gru_debugger.window import file_dialog
from gru_debugger.window.tour_card import TourCard
from gru_debugger.window.tour_marks import TourMarks


@pytest.fixture
def window(open_window: Callable[..., MainWindow], qtbot: QtBot) -> MainWindow:
    opened = open_window(recording(model(), 30), 12, 5)
    press(opened, "Shift+F1")
    qtbot.waitUntil(lambda: opened.tours.live is not None)
    QApplication.processEvents()
    return opened


def card(window: MainWindow) -> TourCard:
    found = window.docks.content("tour")
    assert isinstance(found, TourCard)
    return found


def marks(window: MainWindow) -> TourMarks:
    (found,) = window.findChildren(TourMarks)
    return found


def go(window: MainWindow, qtbot: QtBot, heading: str) -> None:
    while card(window).heading.text() != heading:
        before = window.tours.index
        press(window, "PgDown")
        assert window.tours.index == before + 1
        qtbot.waitUntil(lambda: window.tours.live is not None)


def name_of(window: MainWindow) -> str:
    assert window.session.model is not None
    return window.session.model.source.name


def test_it_stands_before_the_answer(window: MainWindow, qtbot: QtBot) -> None:
    go(window, qtbot, "What if z is near 0?")
    session, shown = window.session, card(window)
    assert name_of(window) == "sixteen.safetensors"
    assert (session.position, session.computation, session.unit) == (34, "n", 9)
    assert not session.is_computed("h")
    assert "h" not in window.rects_of("h", 9)
    assert shown.isVisible()
    assert "z = 0.001\N{NO-BREAK SPACE}❶" in shown.say.text()
    assert not shown.worked.isVisible()
    assert not shown.then.isVisible()
    assert [answer.isVisible() for answer in shown.answers] == [True] * 3


@pytest.mark.parametrize(
    ("key", "said"), [("2", "Right."), ("1", "Not quite: 2 is right."), ("S", "2 is right."),
                         ("Shift+S", "2 is right.")]
)
def test_one_key_answers(window: MainWindow, qtbot: QtBot, key: str, said: str) -> None:
    go(window, qtbot, "What if z is near 0?")
    press(window, key)
    shown, session = card(window), window.session
    assert shown.verdict.text() == said
    assert (session.position, session.computation) == (34, "blend")
    worked = r"= 0\.999 · \(−0\.\d+\) \+ 0\.000\d · 0\.\d+ = −0\.97"
    assert re.fullmatch(worked, shown.worked.text())
    assert "right" in shown.answers[1].accessibleName()
    own = [i for i, one in enumerate(shown.answers, 1) if "your answer" in one.accessibleName()]
    assert own == ([] if "S" in key else [int(key)])
    assert len({one.objectName() for one in shown.answers}) == (3 if key == "1" else 2)
    assert not window.docks["similar"].isVisible(), "S is the tour's while it asks"
    press(window, "3")
    assert shown.verdict.text() == said, "answered is answered"


def test_a_click_answers_too(window: MainWindow, qtbot: QtBot) -> None:
    go(window, qtbot, "What if z is near 0?")
    click(card(window).answers[1])
    assert card(window).verdict.text() == "Right."


def test_the_stepping_keys_go_on_stepping(window: MainWindow, qtbot: QtBot) -> None:
    go(window, qtbot, "What if z is near 0?")
    assert marks(window).isVisible()
    order = COMPUTATIONS["after"]
    press(window, "Shift+F11")
    assert window.session.computation == order[order.index("n") - 1]
    press(window, "Left", "Left")
    assert window.session.position == 32
    assert not marks(window).isVisible(), "marks are of the stop's own step"
    shown = card(window)
    assert shown.away.isVisible()
    assert shown.away.text() == "You are at step 32; this stop is at step 34."
    press(window, "R")
    assert (window.session.position, window.session.computation) == (34, "n")
    assert marks(window).isVisible()
    assert not shown.away.isVisible()
    press(window, "Left")
    click(shown.back_here)
    assert (window.session.position, window.session.computation) == (34, "n")
    press(window, "F11")
    assert window.session.computation == "blend"
    assert not marks(window).isVisible(), "no “?” over what is to be seen"
    assert shown.away.isVisible()
    press(window, "2")
    assert (window.session.position, window.session.computation) == (34, "blend")
    assert not shown.away.isVisible()


def test_keys_are_the_windows_own_once_it_is_left(window: MainWindow) -> None:
    press(window, "Escape")
    assert not window.tours.under_way
    assert not window.docks["tour"].isVisible()
    assert not marks(window).isVisible()
    press(window, "S")
    assert window.docks["similar"].isVisible()


def test_it_goes_on_where_it_was_left(window: MainWindow, qtbot: QtBot) -> None:
    press(window, "PgDown", "PgDown")
    heading = card(window).heading.text()
    press(window, "Escape")
    press(window, "Shift+F1")
    qtbot.waitUntil(lambda: window.tours.live is not None)
    assert card(window).heading.text() == heading
    press(window, "PgUp")
    assert window.tours.index == 1


def test_to_its_end(window: MainWindow, qtbot: QtBot) -> None:
    """Every stop by keys alone: each right answer is said to be right."""
    assert window.tours.tour is not None
    for index in range(len(window.tours.tour.stops)):
        qtbot.waitUntil(lambda index=index: window.tours.index == index)
        qtbot.waitUntil(lambda: window.tours.live is not None)
        live = window.tours.live
        assert live is not None
        if live.right:
            press(window, str(live.right))
            assert card(window).verdict.text() == "Right."
        press(window, "PgDown")
    assert not window.tours.under_way
    assert window.tours.left_at() == 0
    press(window, "Shift+F1")
    qtbot.waitUntil(lambda: window.tours.live is not None)
    assert window.tours.asked, "begun again, nothing is answered"


def test_what_was_tried_is_gone_at_the_next_stop(window: MainWindow, qtbot: QtBot) -> None:
    window.files.recordings.set_edits("z = 0")
    assert window.session.edited is not None
    assert window.session.edited.edits
    press(window, "PgDown")
    qtbot.waitUntil(lambda: window.tours.live is not None)
    assert window.session.edited is not None
    assert window.session.edited.edits == ()


def test_sonnets_for_why_gradients_survive(window: MainWindow, qtbot: QtBot) -> None:
    go(window, qtbot, "What is left of a gradient?")
    assert name_of(window) == "sonnets.safetensors"
    press(window, "1")
    assert card(window).verdict.text() == "Right."


def test_the_courses_words(window: MainWindow, qtbot: QtBot) -> None:
    go(window, qtbot, "What if z is near 0?")
    assert "Γu" not in card(window).say.text()
    press(window, "Ctrl+Shift+N")
    assert "Γu = 1 − z = 0.999" in card(window).say.text()
    assert "c̃" in card(window).formula.text()


def test_marks_stand_where_the_values_are(window: MainWindow, qtbot: QtBot) -> None:
    go(window, qtbot, "What if z is near 0?")
    over = marks(window)
    assert (over.marks, over.hidden) == ([("z", 9), ("h_prev", 9), ("n", 9)], [("h", 9)])
    for (quantity, unit), meant in zip(over.marks, over.places(over.marks), strict=True):
        seen = window.rects_of(quantity, unit)["cell"]
        assert meant is not None
        part, (chart,) = meant.part, meant.lit
        disc = meant.disc(18)
        assert abs(disc.center().x() - part.center().x()) < 1
        assert part.adjusted(-9, 0, 9, 0).contains(disc)
        assert meant.bar is not None
        assert not any(disc.top() < end < disc.bottom() for end in meant.bar)
        there = QRectF(part).translated(over.pos())
        assert abs(there.center().x() - seen.center().x()) < 1.5
        assert chart.contains(part.center())
        assert there.intersects(seen)
    image = window.grab().toImage()
    (asked,) = over.places(over.hidden)
    assert asked is not None
    part = asked.part
    assert len(asked.lit) == 2, "Blend, whose formula is taught, and New state"
    assert asked.bar is None
    at = part.translated(over.pos()).center()
    around = [image.pixelColor(int(at.x()) + dx, int(at.y()) + dy)
              for dx in range(-5, 6) for dy in range(-7, 8)]  # fmt: skip
    assert min(color.lightness() for color in around) < 80, "the question mark is ink"
    press(window, "2")
    assert over.hidden == []
    assert over.found == [("h", 9)], "what was asked for is shown where it was asked for"
    assert len(over.marks) == 3, "no number that no word names"
    assert window.rects_of("h", 9)["cell"].intersects(part.translated(over.pos()))


def test_the_rest_stands_back(window: MainWindow, qtbot: QtBot) -> None:
    """Where nothing is meant no bar is as dark as it is without the tour; where it is, all are."""
    go(window, qtbot, "What if z is near 0?")
    over = marks(window)
    aside, meant = (place.lit[0] for place in over.places([("sum_z", 9), ("z", 9)]) if place)

    def darkest(chart: QRectF) -> int:
        image, at = window.grab().toImage(), chart.translated(over.pos()).toRect()
        return min(
            image.pixelColor(x, y).lightness()
            for x in range(at.left(), at.right(), 3) for y in range(at.top(), at.bottom(), 2)
        )  # fmt: skip

    before = darkest(aside), darkest(meant)
    over.point(())
    assert before[0] > darkest(aside) + 60
    assert before[1] <= darkest(meant)


def test_what_a_candidate_is_made_of_is_lit_with_it(window: MainWindow, qtbot: QtBot) -> None:
    """The letter's part, which is drawn with the answer and makes it."""
    go(window, qtbot, "What the reset gate does")
    over = marks(window)

    def veiled() -> bool:
        (place,) = over.places([("input_n", 9)])
        assert place is not None
        chart = place.lit[0].translated(over.pos()).toRect().adjusted(8, 8, -8, -8)
        with_it = window.grab(chart).toImage()
        over.setVisible(False)
        without = window.grab(chart).toImage()
        over.setVisible(True)
        return with_it != without

    assert veiled(), "nothing stands there yet"
    press(window, "1")
    settle()
    assert not veiled()


def test_it_is_offered_on_the_start_page(window: MainWindow, qtbot: QtBot) -> None:
    press(window, "PgDown")
    press(window, "Escape")
    press(window, "Ctrl+K", "Home")
    page = window.start_page.page
    assert page is not None
    assert page.tour.text().startswith("Go on at stop 2")
    press(window, "3")
    qtbot.waitUntil(lambda: window.tours.live is not None)
    assert window.tours.index == 1
    assert not window.start_page.shown


def test_bookmarks_become_a_tour(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mine.grutour"
    press(window, "Ctrl+K", "Shift+F1")
    assert "There is no bookmark" in window.status.where.said
    monkeypatch.setattr(file_dialog, "ask_path", lambda *_: str(path))
    there = Bookmark(Address(3, "z[2]"), "the leap")
    window.session.mark(window.session.marks.with_bookmark(there))
    press(window, "Ctrl+K", "Shift+F1")
    window.tours.begin(str(path))
    qtbot.waitUntil(lambda: window.tours.live is not None)
    assert card(window).heading.text() == "the leap"
    assert (window.session.position, window.session.unit) == (3, 2)


def own(folder: Path, **fields: Any) -> Path:
    save(model(), folder / "m.safetensors")
    stop = {"heading": "Mine", "model": "m.safetensors", "text": "abcabcab", "at": "3:h[2]"}
    stop |= fields
    path = folder / "own.grutour"
    path.write_text(json.dumps({"format": "gru-debugger-tour", "version": 1, "stops": [stop]}))
    return path


def test_a_teachers_own(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window.tours.begin(str(own(tmp_path, values={"h": "h[2]"}, say="h = {h}")))
    qtbot.waitUntil(lambda: name_of(window) == "m.safetensors")
    qtbot.waitUntil(lambda: window.tours.live is not None)
    trace = window.session.trace
    assert trace is not None
    assert (trace.text, window.session.position, window.session.unit) == ("abcabcab", 3, 2)
    assert card(window).say.text().startswith("h = ")
    assert not any(answer.isVisible() for answer in card(window).answers)


def test_what_is_wrong_is_told_and_all_stays(window: MainWindow, tmp_path: Path) -> None:
    before = card(window).heading.text()
    window.tours.begin(str(own(tmp_path, at="")))
    assert "stop 1, “at”" in window.message.words.text()
    assert card(window).heading.text() == before


def test_what_the_run_lacks_is_told(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window.tours.begin(str(own(tmp_path, at="99:h[2]")))
    qtbot.waitUntil(lambda: "99" in window.message.words.text())


def test_what_was_answered_stays_answered(window: MainWindow, qtbot: QtBot) -> None:
    go(window, qtbot, "What if z is near 0?")
    press(window, "1", "PgDown", "PgUp")
    assert card(window).verdict.text() == "Not quite: 2 is right."
    assert window.session.computation == "blend"
    assert not card(window).away.isVisible()
    click(card(window).anew)
    assert window.tours.index == 0
    go(window, qtbot, "What if z is near 0?")
    assert not card(window).verdict.isVisible(), "begun again, nothing is answered"


def test_what_was_answered_is_known_after_it_was_left(
    window: MainWindow, open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    """In the same run and after a restart: the stop it was left at, and those before it."""
    live = window.tours.live
    assert live is not None
    first = f"Not quite: {live.right} is right."
    press(window, str(live.right % 3 + 1), "PgDown", "PgDown")
    go(window, qtbot, "What if z is near 0?")
    press(window, "S", "Escape", "Shift+F1")
    for again in (window, None):
        if again is None:
            window.close()
            again = open_window(recording(model(), 30), 12, 5)
            press(again, "Shift+F1")
        qtbot.waitUntil(lambda again=again: again.tours.live is not None)
        shown = card(again)
        assert again.tours.index == 2
        assert shown.verdict.text() == "2 is right."
        assert again.session.computation == "blend"
        press(again, "PgUp")
        assert shown.ask.isVisible()
        assert not shown.verdict.isVisible(), "it was not answered"
        press(again, "PgUp")
        assert shown.verdict.text() == first
        assert shown.anew.isVisible()
        press(again, "PgDown", "PgDown")
    click(shown.anew)
    assert again.tours.index == 0
    assert not shown.verdict.isVisible()
    press(again, "Escape", "Shift+F1")
    qtbot.waitUntil(lambda: again.tours.live is not None)
    assert not shown.verdict.isVisible(), "begun anew is kept too"


@pytest.mark.parametrize("kept", [
    "0:9 1:1", "x 1:1 :", "0:-1 1:1 99:1 12:1 12:0", "0:² 1:1", "0:1:1  1:1", f"0:{'1' * 5000} 1:1",
])  # fmt: skip
def test_answers_that_can_not_be_read_are_ignored(
    open_window: Callable[..., MainWindow], qtbot: QtBot, kept: str
) -> None:
    window = open_window(recording(model(), 30), 12, 5)
    window.settings.setValue("tour", ["bundled:gates", 1, kept])
    press(window, "Shift+F1")
    qtbot.waitUntil(lambda: window.tours.live is not None)
    assert card(window).verdict.isVisible()
    press(window, "PgUp")
    assert window.tours.asked, "as if nothing had been answered there"


@pytest.mark.parametrize("kept", [["bundled:gates", 1], ["bundled:gates", "1", "", "more"]])
def test_where_it_was_left_is_known_without_answers(
    open_window: Callable[..., MainWindow], qtbot: QtBot, kept: list[object]
) -> None:
    window = open_window(recording(model(), 30), 12, 5)
    window.settings.setValue("tour", kept)
    press(window, "Shift+F1")
    qtbot.waitUntil(lambda: window.tours.live is not None)
    assert window.tours.index == 1
    assert window.tours.asked


def test_leaving_brings_back_what_was_open(
    open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    window = open_window(recording(model(), 30), 12, 5)
    session = window.session
    session.look(centre="calculation")
    press(window, "Shift+F1")
    qtbot.waitUntil(lambda: window.tours.live is not None)
    assert name_of(window) == "sixteen.safetensors"
    press(window, "Ctrl+Shift+N", "Escape")
    assert session.trace is not None
    assert session.trace.run == recording(model(), 30).run
    assert (session.position, session.unit, session.view.centre) == (12, 5, "calculation")
    assert session.notation == "course", "the user's own choice"


def test_what_the_user_opened_in_it_stays(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window.files.recordings.open_model(model(), "", Wish("abcabc"))
    assert "else" in card(window).away.text()
    assert not marks(window).isVisible()
    press(window, "Escape")
    assert window.session.trace is not None
    assert window.session.trace.text == "abcabc"


def test_a_stop_opens_panes_and_closes_them(window: MainWindow, qtbot: QtBot) -> None:
    go(window, qtbot, "What is left of a gradient?")
    docks = window.docks
    assert not docks["influence"].isVisible(), "it would tell"
    press(window, "2")
    assert docks["influence"].isVisible()
    assert window.session.view.of_selected
    press(window, "PgDown")
    assert not docks["influence"].isVisible()
    press(window, "S")
    assert docks["influence"].isVisible()
    assert not window.session.view.of_selected
    press(window, "Escape")
    assert not docks["influence"].isVisible()


def test_the_users_own_pane_stays_open(window: MainWindow, qtbot: QtBot) -> None:
    go(window, qtbot, "What is left of a gradient?")
    press(window, "I", "2", "Escape")
    assert window.docks["influence"].isVisible()


def test_a_pane_of_the_stop_that_the_user_closes_stays_closed(
    window: MainWindow, qtbot: QtBot
) -> None:
    go(window, qtbot, "What is left of a gradient?")
    press(window, "2")
    settle()
    window.docks["influence"].close()
    press(window, "Right")
    settle()
    assert card(window).away.isVisible()
    assert not window.docks["influence"].isVisible()


def seen_whole(shown: TourCard, part: QWidget) -> bool:
    """Whether it is in sight in what scrolls."""
    seen = part.visibleRegion().boundingRect()
    return part.isVisible() and seen.height() == part.height() and shown.isVisible()


@pytest.mark.parametrize("notation", ["pytorch", "course"])
@pytest.mark.parametrize("size", [(1600, 1000), (1366, 768)], ids=str)
def test_every_stop_is_seen_whole(
    open_window: Callable[..., MainWindow], qtbot: QtBot, size: tuple[int, int], notation: Any
) -> None:
    """Its title, question and answers before, and the answer after; the window stays as it was."""
    window = open_window(recording(model(), 30), 12, 5, size=size)
    window.session.look(notation=notation)
    window.docks.show("memory")
    QApplication.processEvents()
    before = {name: dock.size() for name, dock in window.docks.items() if dock.isVisible()}
    press(window, "Shift+F1")
    shown, tours = card(window), window.tours
    for index in range(13):
        qtbot.waitUntil(lambda index=index: tours.index == index and tours.live is not None)
        settle()
        live = tours.live
        assert live is not None
        asked = [one for one in shown.answers if one.isVisible()]
        assert len(asked) == len(live.stop.answers)
        for part in (shown.heading, shown.ask, *asked) if asked else (shown.points,):
            assert seen_whole(shown, part), (index + 1, "before")
        assert not window.docks["memory"].isVisible(), "the charts have the room"
        if asked:
            press(window, str(live.right))
            settle()
            for part in (shown.heading, shown.ask, *asked, shown.verdict, shown.then):
                assert seen_whole(shown, part), (index + 1, "after")
        assert shown.more.isHidden(), "all of it"
        if "below" in shown.then.text() and index == 0:
            assert window.docks["prediction"].isVisible()
        for button in (shown.leave, shown.back, shown.next):
            assert button.visibleRegion().boundingRect().size() == button.size()
        press(window, "PgDown")
    settle()
    after = {name: dock.size() for name, dock in window.docks.items() if dock.isVisible()}
    assert after == before


def test_the_card_has_its_height_again_when_words_or_window_change(
    open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    """At every stop, elsewhere than it and in a smaller window too."""
    window = open_window(recording(model(), 30), 12, 5, size=(1600, 1000))
    press(window, "Shift+F1")
    shown, tours = card(window), window.tours
    assert tours.tour is not None

    def look(parts: list[QWidget], *said: object) -> None:
        settle()
        for part in parts:
            assert seen_whole(shown, part), (tours.index + 1, *said)

    for index, stop in enumerate(tours.tour.stops[:-1]):
        qtbot.waitUntil(lambda index=index: tours.index == index and tours.live is not None)
        asked = [shown.heading, shown.ask, *shown.answers[: len(stop.answers)]]
        for parts in (asked, [*asked, shown.verdict, shown.then]):
            if shown.verdict in parts:
                press(window, "S")
            look(parts, "at the stop")
            large = shown.height()
            window.resize(1366, 768)
            look(parts, "made smaller")
            press(window, "Right")
            look([*parts, shown.away], "smaller, a step on")
            window.resize(1600, 1000)
            look([*parts, shown.away], "a step on")
            assert shown.more.isHidden()
            press(window, "R")
            look(parts, "back")
            assert abs(shown.height() - large) <= 2, "as it was entered"
            press(window, "Ctrl+Shift+N")
            look(parts, "in the other notation")
            assert shown.more.isHidden()
        press(window, "PgDown")


def settle() -> None:
    for _ in range(4):
        QApplication.processEvents()


def test_what_has_no_room_is_scrolled_to_by_keys(window: MainWindow, qtbot: QtBot) -> None:
    """The answer first, and what was said before below it."""
    window.resize(1280, 560)
    go(window, qtbot, "What is left of a gradient?")
    shown = card(window)
    bar = shown.scrolled.verticalScrollBar()
    settle()
    assert shown.more.isVisible()
    assert "Shift+PgDn" in shown.more.text()
    press(window, "2")
    qtbot.waitUntil(lambda: shown.before.isVisible())
    assert shown.say.isHidden()
    assert bar.value() == 0, "from the top"
    assert seen_whole(shown, shown.heading)
    assert shown.before.text() == shown.say.text()
    index = window.tours.index
    press(window, "Shift+PgDown")
    assert bar.value() > 0
    assert window.tours.index == index
    press(window, "Shift+PgUp")
    assert bar.value() == 0


@pytest.mark.parametrize("height", [1000, 1400])
def test_curves_come_with_what_they_show(
    window: MainWindow, qtbot: QtBot, height: int
) -> None:
    docks = window.docks
    window.resize(1600, height)
    settle()
    for heading, title in (("Why a gate lies between 0 and 1", False),
                           ("What the reset gate does", True)):  # fmt: skip
        go(window, qtbot, heading)
        assert not docks["curves"].isVisible(), "it would tell"
        press(window, "S")
        settle()
        assert docks.in_sight("curves")
        assert docks.in_sight("tour"), "the card stays in sight"
        assert docks["prediction"] in window.tabifiedDockWidgets(docks["curves"])
        assert marks(window).isVisible()
        order = window.children()
        assert order.index(marks(window)) > order.index(window.centralWidget()), "over the charts"
        bar = docks.views["curves"].verticalScrollBar()
        second = title and bar.maximum() > 0
        qtbot.waitUntil(lambda bar=bar, second=second: (bar.value() > 0) is second)
        press(window, "PgDown")
        assert not docks["curves"].isVisible()


@pytest.mark.parametrize("notation", ["pytorch", "course"])
def test_of_curves_the_half_that_is_meant_is_seen_whole(
    open_window: Callable[..., MainWindow], qtbot: QtBot, notation: Any
) -> None:
    """With its sentence, and the card too: in a window of 1600 × 1000."""
    window = open_window(recording(model(), 30), 12, 5, size=(1600, 1000))
    window.session.look(notation=notation)
    press(window, "Shift+F1")
    qtbot.waitUntil(lambda: window.tours.live is not None)
    for index, second in ((1, False), (6, True)):
        while window.tours.index < index:
            press(window, "PgDown")
        press(window, "S")
        settle()
        view = window.docks.views["curves"]
        pane = view.pane
        assert isinstance(pane, CurvesPane)
        qtbot.waitUntil(lambda pane=pane: bool(pane.of_resets().spans))
        settle()
        top = view.verticalScrollBar().value()
        end = top + view.viewport().height()
        assert (top <= pane.second_half) if second else (top == 0)
        below = 6  # pixels, empty
        assert end >= (pane.least_height - below if second else pane.second_half)
        assert card(window).more.isHidden()


def test_the_panes_are_put_back(open_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    window = open_window(recording(model(), 60), 30, 5)
    press(window, "I")
    window.docks["prediction"].close()
    settle()
    before = {name: dock.geometry() for name, dock in window.docks.items()
              if window.docks.in_sight(name)}  # fmt: skip
    press(window, "Shift+F1")
    qtbot.waitUntil(lambda: window.tours.live is not None)
    settle()
    assert not window.docks["influence"].isVisible(), "nothing stands empty in the tour"
    assert window.docks["prediction"].isVisible()
    press(window, "Escape")
    settle()
    after = {name: dock.geometry() for name, dock in window.docks.items()
             if window.docks.in_sight(name)}  # fmt: skip
    assert after == before


def test_ended_in_a_tour_the_window_is_as_before_it(
    open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    window = open_window(recording(model(), 30), 12, 5)
    before = {name: dock.size() for name, dock in window.docks.items() if dock.isVisible()}
    press(window, "Shift+F1")
    qtbot.waitUntil(lambda: window.tours.live is not None)
    press(window, "PgDown")
    window.close()
    again = open_window(recording(model(), 30), 12, 5)
    settle()
    after = {name: dock.size() for name, dock in again.docks.items() if dock.isVisible()}
    assert after == before
    assert again.tours.left_at() == 1


def test_restoring_the_layout_in_a_tour_goes_on_with_it(window: MainWindow, qtbot: QtBot) -> None:
    window.docks["strip"].close()
    press(window, "Ctrl+K", "D")
    qtbot.waitUntil(lambda: window.tours.live is not None)
    settle()
    assert window.docks["strip"].isVisible()
    assert window.docks.in_sight("tour")
    press(window, "Escape")
    settle()
    assert window.docks["unit"].isVisible()
    assert window.docks["strip"].isVisible()


def test_the_tour_left_is_the_one_gone_on_with(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    """By its file too, as --tour names it."""
    window.tours.begin(str(resource("tours", "gates.grutour")))
    qtbot.waitUntil(lambda: window.tours.live is not None)
    press(window, "PgDown", "PgDown", "Escape")
    assert window.status.where.said == (
        "The tour was left at stop 3 of 13; Shift+F1 goes on there."
    )
    press(window, "Shift+F1")
    qtbot.waitUntil(lambda: window.tours.live is not None)
    assert window.tours.index == 2
    window.tours.begin(str(own(tmp_path)))
    qtbot.waitUntil(lambda: name_of(window) == "m.safetensors")
    press(window, "Escape")
    press(window, "Shift+F1")
    qtbot.waitUntil(lambda: window.tours.live is not None)
    assert window.tours.tour is not None
    assert window.tours.tour.path == tmp_path / "own.grutour"


def test_a_disc_hides_no_bars_end(window: MainWindow, qtbot: QtBot) -> None:
    go(window, qtbot, "What if z is near 0?")
    press(window, "S")
    said = [(name, unit) for name in ("z", "h_prev", "n", "h") for unit in range(16)]
    for meant in marks(window).places(said):
        assert meant is not None
        assert meant.bar is not None
        disc, (top, bottom) = meant.disc(16), meant.bar
        assert meant.part.top() <= disc.top() < disc.bottom() <= meant.part.bottom()
        if max(top - meant.part.top(), meant.part.bottom() - bottom) >= 20:
            assert disc.bottom() <= top + 1 or disc.top() >= bottom - 1
        else:
            assert disc.top() > top + 2, "of a bar that fills its column its end is seen"
