"""A picture as a scene in pixels: painted layers, one above the other, and its widget."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPixmap, QWheelEvent
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsItem,
    QGraphicsScene,
    QGraphicsView,
    QStyleOptionGraphicsItem,
    QWidget,
)

from gru_debugger.charts.qt_faults import guarded

Paint = Callable[[QPainter], None]

BACKGROUND = -10.0  # the z of the layer below all others


class Layer(QGraphicsItem):
    """A paint function as large as the scene; `cached` ones keep their pixels for the screen.

    Cached ones start from a copy of the `ground`'s pixels: opaque ones are copied to the screen,
    others would be mixed in.
    """

    def __init__(
        self, paint: Paint, z: float, cached: bool = False, ground: Layer | None = None
    ) -> None:
        super().__init__()
        self._paint = paint
        self._cached = cached
        self._ground = ground
        self._copied: QPixmap | None = None  # the ground's, of which the pixels are a copy
        self._pixels: QPixmap | None = None
        self._rect = QRectF()
        self.setZValue(z)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def resize(self, size: QSizeF) -> None:
        self.prepareGeometryChange()
        self._rect = QRectF(QPointF(0, 0), size)
        self.renew()

    def renew(self) -> None:
        """Paint anew, cached pixels included."""
        self._pixels = None
        self.show_again()

    def show_again(self) -> None:
        """With all else of the window that is another: what a scene is told of an item it paints
        by itself, and so a window of four pictures four times."""
        scene = self.scene()
        for view in scene.views() if scene else ():
            view.viewport().update()

    def boundingRect(self) -> QRectF:
        return self._rect

    @guarded
    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if widget is None:  # a file has strokes, not their pixels, and no view that smooths them
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._cached or widget is None:
            self._paint(painter)
        else:
            painter.drawPixmap(QPointF(0, 0), self.pixels(painter.deviceTransform().m11()))

    def pixels(self, ratio: float) -> QPixmap:
        """What is painted, for a screen that has so many pixels for one of the scene's."""
        ground = self._ground.pixels(ratio) if self._ground else None
        kept = self._pixels
        if kept is None or kept.devicePixelRatio() != ratio or self._copied is not ground:
            kept = QPixmap(ground) if ground else _white(self._rect.size(), ratio)
            inner = QPainter(kept)
            inner.setRenderHint(QPainter.RenderHint.Antialiasing)
            try:
                self._paint(inner)
            finally:  # what is still being painted must not be let go of: Qt would crash
                inner.end()
            self._pixels, self._copied = kept, ground
        return kept


def _white(size: QSizeF, ratio: float) -> QPixmap:
    pixels = QPixmap((size * ratio).toSize())
    pixels.setDevicePixelRatio(ratio)
    pixels.fill(Qt.GlobalColor.white)
    return pixels


class Background(Layer):
    """The lowest layer. On a screen what stands is painted on its pixels, and both at once."""

    def __init__(self, paint: Paint) -> None:
        super().__init__(paint, BACKGROUND, cached=True)

    @guarded
    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if widget is None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint(painter)


class Curtain(Layer):
    """A cached layer of which only the part between two edges is seen, over the `ground`.

    `paint` is given the edges: to the screen's pixels it paints everything, to a file the part.
    """

    def __init__(
        self, paint: Callable[[QPainter, float, float], None], z: float, ground: Layer
    ) -> None:
        super().__init__(lambda p: paint(p, 0.0, self._rect.right()), z, True, ground)
        self._paint_part = paint
        self._left = self._right = 0.0

    def draw_between(self, left: float, right: float) -> None:
        self._left, self._right = left, right
        self.show_again()

    @guarded
    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        left, right = max(0.0, self._left), min(self._rect.right(), self._right)
        if left >= right:
            return
        if widget is None:
            self._paint_part(painter, left, right)
            return
        pixels = self.pixels(painter.deviceTransform().m11())
        part = QRectF(left, 0, right - left, self._rect.height())
        ratio = pixels.devicePixelRatio()
        source = QRectF(part.topLeft() * ratio, part.size() * ratio)
        painter.drawPixmap(part, pixels, source)


class Picture(QGraphicsScene):
    """A scene laid out in pixels by `resize`; subclasses paint its layers.

    Order: background, standing (both cached), overlay.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self._background = Background(self.paint_background)
        self._standing = Layer(self.paint_standing, BACKGROUND + 1, True, self._background)
        self._overlay = Layer(self.paint_overlay, 10)
        self.size = QSizeF()  # asked for often
        self._layers: list[Layer] = []
        for layer in (self._background, self._standing, self._overlay):
            self._add_layer(layer)

    def _add_layer(self, layer: Layer) -> None:
        self._layers.append(layer)
        self.addItem(layer)

    def add_curtain(self, paint: Callable[[QPainter, float, float], None]) -> Curtain:
        """One more layer, as large as the scene, over what stays from step to step."""
        curtain = Curtain(paint, BACKGROUND + 2, self._standing)
        self._add_layer(curtain)
        return curtain

    def set_size(self, width: float, height: float) -> None:
        self.setSceneRect(0, 0, width, height)
        self.size = self.sceneRect().size()
        for layer in self._layers:
            layer.resize(self.size)

    def renew_background(self) -> None:
        self._background.renew()

    def repaint_step(self) -> None:
        self._overlay.show_again()

    def repaint_standing(self) -> None:
        """Another selection: what shows it lies in the overlay too."""
        self._standing.renew()

    def paint_background(self, p: QPainter) -> None:
        """What depends on neither step nor selection."""

    def paint_standing(self, p: QPainter) -> None:
        """What stays from step to step and lies behind the bars: the selection, empty boxes."""

    def paint_overlay(self, p: QPainter) -> None:
        """What changes with step or selection: charts, and what lies before them."""


class PictureView(QGraphicsView):
    """The widget of a picture: it is as large as it is laid out, unless the view is transformed."""

    def __init__(self, picture: Picture, parent: QWidget | None = None) -> None:
        super().__init__(picture, parent)
        self.picture = picture
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # The picture's own background covers the view: nothing is to be cleared before.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.viewport().setAutoFillBackground(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.pointer_moved: Callable[[QPointF, bool], None] | None = None
        self.pointer_pressed: Callable[[QPointF, bool], None] | None = None  # where, with Shift?
        self.pointer_released: Callable[[], None] | None = None
        self.pointer_double_clicked: Callable[[QPointF], None] | None = None
        self.wheel_turned: Callable[[QPointF, QPointF, bool], None] | None = None
        self.dragged: Callable[[QPointF], None] | None = None
        self._grip: QPointF | None = None  # where the middle button last was, while it is held

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.MiddleButton:
            self._grip = event.position()
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        elif self.pointer_pressed and event.button() == Qt.MouseButton.LeftButton:
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.pointer_pressed(event.position(), shift)

    @guarded
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grip is not None:
            moved, self._grip = event.position() - self._grip, event.position()
            if self.dragged:
                self.dragged(moved)
        elif self.pointer_moved:
            held = bool(event.buttons() & Qt.MouseButton.LeftButton)
            self.pointer_moved(event.position(), held)

    @guarded
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.MiddleButton:
            self._grip = None
            self.viewport().unsetCursor()
        elif self.pointer_released and event.button() == Qt.MouseButton.LeftButton:
            self.pointer_released()
        event.ignore()  # the window takes the focus back

    @guarded
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.pointer_double_clicked and event.button() == Qt.MouseButton.LeftButton:
            self.pointer_double_clicked(event.position())

    @guarded
    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.wheel_turned:
            turns = event.angleDelta().toPointF() * (1 / 120)
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and not turns.x():
                turns = turns.transposed()  # some systems do so themselves
            control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            self.wheel_turned(event.position(), turns, control)
            event.accept()
        else:
            event.ignore()
