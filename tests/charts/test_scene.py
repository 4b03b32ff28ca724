"""The layers of a picture: what is painted when, on a screen and in a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from gru_debugger.charts.scene import Picture, PictureView

GROUND, BAND, MARK = (QColor(name) for name in ("#ffffff", "#ffc400", "#0072b2"))


class Bands(Picture):
    """A ground, a band at the selected place, a mark that every step moves."""

    def __init__(self) -> None:
        super().__init__()
        self.selected, self.step, self.ground = 0, 0, GROUND
        self.painted: Counter[str] = Counter()
        self.set_size(40, 20)

    def paint_background(self, p: QPainter) -> None:
        self.painted["background"] += 1
        p.fillRect(self.sceneRect(), self.ground)

    def paint_standing(self, p: QPainter) -> None:
        self.painted["selection"] += 1
        p.fillRect(QRectF(10 * self.selected, 0, 10, 20), BAND)

    def paint_overlay(self, p: QPainter) -> None:
        self.painted["overlay"] += 1
        p.fillRect(QRectF(10 * self.step, 10, 10, 10), MARK)


def seen(image: QImage) -> list[str]:
    """The colours of the four upper places, then of the four lower ones."""
    return [image.pixelColor(5 + 10 * x, y).name() for y in (5, 15) for x in range(4)]


def expected(selected: int, step: int) -> list[str]:
    upper = [BAND if x == selected else GROUND for x in range(4)]
    lower = [MARK if x == step else upper[x] for x in range(4)]
    return [color.name() for color in upper + lower]


@pytest.fixture
def view(screen: QApplication) -> Iterator[PictureView]:
    made = PictureView(Bands())
    made.setFixedSize(40, 20)
    yield made
    made.deleteLater()
    QCoreApplication.sendPostedEvents(made, QEvent.Type.DeferredDelete)


def shown(view: PictureView) -> list[str]:
    return seen(view.grab().toImage())


def test_a_step_paints_the_overlay_alone(view: PictureView) -> None:
    picture = view.picture
    assert isinstance(picture, Bands)
    assert shown(view) == expected(0, 0)
    picture.painted.clear()
    picture.step = 2
    picture.repaint_step()
    assert shown(view) == expected(0, 2)
    assert set(picture.painted) == {"overlay"}


def test_another_unit_leaves_the_background(view: PictureView) -> None:
    picture = view.picture
    assert isinstance(picture, Bands)
    shown(view)
    picture.painted.clear()
    picture.selected = 3
    picture.repaint_standing()
    assert shown(view) == expected(3, 0)
    assert set(picture.painted) == {"selection", "overlay"}


def test_a_new_background_has_the_selection(view: PictureView) -> None:
    picture = view.picture
    assert isinstance(picture, Bands)
    shown(view)
    picture.ground = MARK
    picture.renew_background()
    assert shown(view)[:4] == [BAND.name(), *[MARK.name()] * 3]


def test_a_file_has_all_layers(screen: QApplication) -> None:
    picture = Bands()
    picture.selected, picture.step = 1, 3
    image = QImage(40, 20, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.black)
    painter = QPainter(image)
    picture.render(painter)
    painter.end()
    assert seen(image) == expected(1, 3)


def test_what_is_another_is_painted_by_itself_and_with_all_else_at_once(
    view: PictureView,
) -> None:
    """Nobody has to ask: a step, a selection, a ground and a curtain's edges, in one paint."""
    picture = view.picture
    assert isinstance(picture, Bands)
    curtain = picture.add_curtain(lambda p, left, right: None)
    curtain.resize(picture.size)
    view.show()
    QApplication.processEvents()
    for change in (
        picture.repaint_step,
        picture.repaint_standing,
        picture.renew_background,
        lambda: curtain.draw_between(0, 20),
        lambda: (picture.repaint_step(), curtain.draw_between(0, 10), picture.repaint_standing()),
    ):
        picture.painted.clear()
        change()
        QApplication.processEvents()
        assert picture.painted["overlay"] == 1
