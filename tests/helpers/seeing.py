"""How colours are told apart: contrast, the three colour blindnesses, and a distance.

Contrast is WCAG 2's. The blindnesses are those of Machado, Oliveira and Fernandes (2009, “A
Physiologically-based Model for Simulation of Color Vision Deficiency”), severity 1.0, on linear
RGB. The distance is CIEDE2000 (Sharma, Wu and Dalal 2005), of which 1 is just noticed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

Vector = NDArray[np.float64]

SEEN_BY: dict[str, Vector] = {
    "all colours": np.eye(3),
    "protanopia": np.array([[0.152286, 1.052583, -0.204868],
                            [0.114503, 0.786281, 0.099216],
                            [-0.003882, -0.048116, 1.051998]]),
    "deuteranopia": np.array([[0.367322, 0.860646, -0.227968],
                              [0.280085, 0.672501, 0.047413],
                              [-0.011820, 0.042940, 0.968881]]),
    "tritanopia": np.array([[1.255528, -0.076749, -0.178779],
                            [-0.078411, 0.930809, 0.147602],
                            [0.004733, 0.691367, 0.303900]]),
}  # fmt: skip
_TO_XYZ = np.array([[0.4124564, 0.3575761, 0.1804375],
                    [0.2126729, 0.7151522, 0.0721750],
                    [0.0193339, 0.1191920, 0.9503041]])  # fmt: skip


def linear(color: QColor) -> Vector:
    parts = np.array([color.redF(), color.greenF(), color.blueF()])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def contrast(a: QColor, b: QColor) -> float:
    low, high = sorted(float(_TO_XYZ[1] @ linear(c)) for c in (a, b))
    return (high + 0.05) / (low + 0.05)


def over(ground: QColor, glaze: QColor) -> QColor:
    """A half-transparent colour on a ground."""
    share = glaze.alphaF()
    mixed = [
        round(255 * (share * g + (1 - share) * b))
        for g, b in zip(glaze.getRgbF()[:3], ground.getRgbF()[:3], strict=True)
    ]
    return QColor(*mixed)


def apart(a: QColor, b: QColor) -> tuple[float, str]:
    """CIEDE2000 of two colours where it is least, and for whom."""
    return min(
        (ciede2000(_lab(np.clip(eye @ linear(a), 0, 1)), _lab(np.clip(eye @ linear(b), 0, 1))), who)
        for who, eye in SEEN_BY.items()
    )


def _lab(rgb: Vector) -> Vector:
    t = (_TO_XYZ @ rgb) / (_TO_XYZ @ np.ones(3))
    f = np.where(t > 216 / 24389, np.cbrt(t), (24389 / 27 * t + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def ciede2000(first: Vector, second: Vector) -> float:
    """In the names of the paper, its primes left out."""
    (l_1, a_1, b_1), (l_2, a_2, b_2) = first, second
    c_mean = (np.hypot(a_1, b_1) + np.hypot(a_2, b_2)) / 2
    g = 0.5 * (1 - np.sqrt(c_mean**7 / (c_mean**7 + 25**7)))
    z_1, z_2 = complex((1 + g) * a_1, b_1), complex((1 + g) * a_2, b_2)
    c_1, c_2 = abs(z_1), abs(z_2)
    h_1, h_2 = (np.degrees(np.angle(z)) % 360 for z in (z_1, z_2))
    turn = (h_2 - h_1 + 180) % 360 - 180 if c_1 * c_2 else 0.0
    d_l, d_c, d_h = l_2 - l_1, c_2 - c_1, 2 * np.sqrt(c_1 * c_2) * np.sin(np.radians(turn / 2))
    light, c = (l_1 + l_2) / 2, (c_1 + c_2) / 2
    h = (h_1 + turn / 2) % 360 if c_1 * c_2 else h_1 + h_2
    cos = [np.cos(np.radians(n * h + at)) for n, at in ((1, -30), (2, 0), (3, 6), (4, -63))]
    t = 1 - 0.17 * cos[0] + 0.24 * cos[1] + 0.32 * cos[2] - 0.20 * cos[3]
    s_l = 1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2)
    s_c, s_h = 1 + 0.045 * c, 1 + 0.015 * c * t
    theta = 60 * np.exp(-(((h - 275) / 25) ** 2))
    r_t = -np.sin(np.radians(theta)) * 2 * np.sqrt(c**7 / (c**7 + 25**7))
    l_part, c_part, h_part = d_l / s_l, d_c / s_c, d_h / s_h
    return float(np.sqrt(l_part**2 + c_part**2 + h_part**2 + r_t * c_part * h_part))
