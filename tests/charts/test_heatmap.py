"""Heat maps: pooling keeps the largest weight and its sign, colours are symmetric about zero."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from gru_debugger.charts.heatmap import HeatMap, pool
from gru_debugger.charts.theme import diverging_map

pytestmark = pytest.mark.usefixtures("screen")


def matrix(rows: int, columns: int) -> np.ndarray:
    return np.random.default_rng(rows * columns).standard_normal((rows, columns)).astype(np.float32)


def brute_force(given: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """The value of the largest magnitude in each block, block by block."""
    rows, columns = min(rows, given.shape[0]), min(columns, given.shape[1])
    out = np.empty((rows, columns), np.float32)
    for i in range(rows):
        for j in range(columns):
            block = given[
                i * given.shape[0] // rows : (i + 1) * given.shape[0] // rows,
                j * given.shape[1] // columns : (j + 1) * given.shape[1] // columns,
            ].ravel()
            out[i, j] = block[np.abs(block).argmax()]
    return out


@pytest.mark.parametrize(
    ("shape", "to"),
    [
        ((16, 16), (80, 352)),
        ((128, 128), (80, 128)),
        ((128, 130), (84, 84)),
        ((1024, 1024), (80, 352)),
        ((7, 1000), (84, 333)),
        ((1000, 7), (30, 352)),
        ((5, 5), (1, 1)),
        ((1, 9), (3, 4)),
    ],
)
def test_pooling_keeps_the_largest_with_its_sign(
    shape: tuple[int, int], to: tuple[int, int]
) -> None:
    given = matrix(*shape)
    np.testing.assert_array_equal(pool(given, *to), brute_force(given, *to))


@pytest.mark.parametrize("largest", [5.0, -5.0])
def test_one_large_weight_is_never_lost(largest: float) -> None:
    given = matrix(500, 700) / 10
    given[431, 502] = largest
    small = pool(given, 40, 60)
    assert (np.abs(small) > 4).sum() == 1
    assert small.flat[np.abs(small).argmax()] == largest


@pytest.mark.parametrize(
    ("value", "index"),
    [(0, 127), (2, 254), (-2, 0), (1, 190.5), (-1, 63.5), (99, 254), (-99, 0), (1e-9, 127)],
)
def test_levels_are_symmetric(value: float, index: float) -> None:
    heat = HeatMap()
    heat.show_matrix(np.full((3, 4), value, np.float32), QRectF(0, 0, 40, 30), level=2.0)
    assert abs(heat.indices().astype(float) - index).max() <= 0.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("rows", "columns"), [(3, 4), (16, 16), (100, 200)])
def test_the_pixels_painted(rows: int, columns: int, theme: str) -> None:
    """Row 0 on top, column 0 left, every cell of the map's colour."""
    rect = QRectF(20, 10, 352, 80)
    given = matrix(rows, columns)
    heat = HeatMap()
    heat.use_theme(theme)
    heat.show_matrix(given, rect, level=2.0)
    image = QImage(400, 100, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    heat.paint(painter)
    painter.end()
    shown = brute_force(given, 80, 352)
    expected = diverging_map(theme)[np.rint(np.clip(shown / 2, -1, 1) * 127).astype(int) + 127]
    for i in range(shown.shape[0]):
        for j in range(0, shown.shape[1], 3):
            x = int(20 + (j + 0.5) * 352 / shown.shape[1])
            y = int(10 + (i + 0.5) * 80 / shown.shape[0])
            assert image.pixelColor(x, y) == QColor(*expected[i, j].tolist()), (i, j)


def test_another_theme_colours_what_is_shown() -> None:
    heat, image = HeatMap(), QImage(4, 4, QImage.Format.Format_RGB32)
    heat.show_matrix(np.array([[1.0]], np.float32), QRectF(0, 0, 4, 4), 1.0)
    for theme in ("dark", "light"):
        heat.use_theme(theme)
        painter = QPainter(image)
        heat.paint(painter)
        painter.end()
        assert QColor(image.pixel(1, 1)) == QColor(*diverging_map(theme)[254].tolist())
