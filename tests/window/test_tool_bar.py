"""In a narrow window what the tool bar has no room for is in a menu, by mouse and by keyboard."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from keyboard import focus_by_tab, press
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from samples import model, recording
from waiting import when_open

from gru_debugger.core.trace import Trace
from gru_debugger.main_window import MainWindow
from gru_debugger.session.marks import Marks

OpenWindow = Callable[..., MainWindow]

WIDTHS = [1600, 1366, 1200, 1024, 900, 800, 683, 640, 500]
TRACES: dict[str, Callable[[], Trace]] = {
    "usual": lambda: recording(model(), 40),
    "deep": lambda: recording(model(layers=2, directions=2), 40),
}


def controls(window: MainWindow) -> list[QWidget]:
    """Those that can be seen, from left to right."""
    shown = [w for w in window.tool_bar.bar.children() if isinstance(w, QWidget) and w.isVisible()]
    return sorted(shown, key=lambda widget: widget.x())


def offered(window: MainWindow) -> list[str]:
    """What the menu has, where there is one."""
    more = window.tool_bar.bar.more
    if not more.isVisible():
        return []
    more.menu().aboutToShow.emit()
    return [action.text() for action in more.menu().actions()]


@pytest.mark.parametrize("kind", TRACES)
def test_every_control_is_whole_or_in_the_menu(kind: str, open_window: OpenWindow) -> None:
    window = open_window(TRACES[kind](), 12, 5)
    bar, actions = window.tool_bar, window.actions_by_name
    places = [bar.layer.itemText(i) for i in range(bar.layer.count())]
    for width in [*WIDTHS, *reversed(WIDTHS)]:
        window.resize(width, 700)
        QApplication.processEvents()
        shown = controls(window)
        for left, right in itertools.pairwise(shown):
            assert left.geometry().right() < right.x(), f"{width}: one over the other"
        assert shown[0].x() >= 0
        assert shown[-1].geometry().right() <= bar.bar.width(), f"{width}: cut off"
        for widget in shown:
            if widget is not bar.file:
                assert widget.width() >= widget.sizeHint().width(), f"{width}: {widget} squeezed"
        in_menu = offered(window)
        for widget, name in (
            (bar.pytorch, "notation"), (bar.course, "notation"),
            (bar.theme, "theme"), (bar.export, "export"), (bar.speed, "faster"),
        ):  # fmt: skip
            assert (widget in shown) != (actions[name].text() in in_menu), (width, name)
        if kind == "deep":
            assert (bar.layer in shown) != (places[0] in in_menu), width
        for always in (bar.file, bar.back, bar.step, bar.play, bar.position, bar.character):
            assert always in shown
        assert bar.bar.more in shown or not in_menu
    assert not bar.bar.more.isVisible()


def test_all_is_there_where_there_is_room(open_window: OpenWindow) -> None:
    window = open_window(TRACES["deep"](), 12, 5)
    bar = window.tool_bar
    assert not offered(window)
    for widget in (*bar.centre, bar.pytorch, bar.course, bar.export, bar.layer, bar.notation):
        assert widget.isVisible()


def test_the_files_name_is_shortened_before_the_centres_buttons_go(
    open_window: OpenWindow,
) -> None:
    window = open_window(TRACES["usual"](), 12, 5, size=(1280, 720))
    bar = window.tool_bar
    bar.file.setText(" sixteen.safetensors  ▾")
    bar.bar.fit()
    QApplication.processEvents()
    assert all(one.isVisible() for one in bar.centre)
    assert bar.file.width() < bar.file.sizeHint().width()


def test_a_button_is_as_its_action(open_window: OpenWindow) -> None:
    window = open_window(TRACES["usual"](), 1)
    bar = window.tool_bar
    for key, back, play in (
        ("Home", False, False),
        ("Right", True, False),
        ("Space", True, True),
        ("Space", True, False),
    ):
        press(window, key)
        assert (bar.back.isEnabled(), bar.play.isChecked()) == (back, play)


def chosen(words: str) -> Callable[[QWidget], None]:
    """Choose an entry of the menu that is open, by keys."""

    def choose(menu: QWidget) -> None:
        assert isinstance(menu, QMenu)
        texts = [action.text() for action in menu.actions() if action.isEnabled()]
        press(menu, *["Down"] * (texts.index(words) + 1), "Return")

    return choose


def test_the_menu_works_by_keyboard(open_window: OpenWindow) -> None:
    window = open_window(TRACES["usual"](), 12, 5, size=(640, 1000))
    session = window.session
    focus_by_tab(window, window.tool_bar.bar.more)
    when_open(chosen("Course notation"))
    press(window, "Space")
    assert session.notation == "course"


def test_the_menu_offers_the_layers(open_window: OpenWindow) -> None:
    window = open_window(TRACES["deep"](), 12, 5, size=(640, 600))
    assert "layer 1, reverse" in offered(window)
    (entry,) = [a for a in window.tool_bar.bar.more.menu().actions() if a.isChecked()]
    assert entry.text() == "layer 0, forward"
    focus_by_tab(window, window.tool_bar.bar.more)
    when_open(chosen("layer 1, reverse"))
    press(window, "Space")
    assert (window.session.layer, window.session.direction) == (1, "reverse")


@pytest.mark.parametrize("width", [1600, 1480, 1400, 1366, 1000, 860, 640])
def test_the_first_stop_moves_no_control(width: int, open_window: OpenWindow) -> None:
    window = open_window(TRACES["usual"](), 12, 5, size=(width, 700))
    before = {control: control.geometry() for control in controls(window)}
    window.session.mark(Marks((3,)))
    QApplication.processEvents()
    after = {control: control.geometry() for control in controls(window)}
    came = after.keys() - before.keys()
    assert came <= {window.tool_bar.run, window.tool_bar.bar.more}
    assert {control: after[control] for control in after.keys() - came} == before
    window.session.mark(Marks())
    QApplication.processEvents()
    assert {control: control.geometry() for control in controls(window)} == before


def test_another_model_brings_its_layers_into_a_narrow_bar(open_window: OpenWindow) -> None:
    """What it needs more room for gives way at once, and comes back."""
    window = open_window(TRACES["usual"](), 12, 5, size=(860, 600))
    before = controls(window)
    window.session.open(TRACES["deep"](), 12)
    QApplication.processEvents()
    assert (window.tool_bar.layer in controls(window)) != ("layer 0, forward" in offered(window))
    for left, right in itertools.pairwise(controls(window)):
        assert left.geometry().right() < right.x()
    window.session.open(TRACES["usual"](), 12)
    QApplication.processEvents()
    assert controls(window) == before
