"""What is drawn in a vector picture, read back from the file: colours and boxes in pixels."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from pypdf import PdfReader
from pypdf.generic import ContentStream

Point = tuple[float, float]
_SVG = "{http://www.w3.org/2000/svg}"
_NUMBER = r"-?\d+(?:\.\d+)?(?:e-?\d+)?"


POINTS = 0.75  # of a pixel


@dataclass(frozen=True)
class Shape:
    """A filled area, or a line (`filled` False), and the box of its points."""

    filled: bool
    color: str
    left: float
    top: float
    right: float
    bottom: float

    def is_near(self, box: tuple[float, float, float, float], within: float) -> bool:
        mine = (self.left, self.top, self.right, self.bottom)
        return all(abs(a - b) <= within for a, b in zip(mine, box, strict=True))


def _shape(filled: bool, color: str, points: list[Point]) -> Shape:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return Shape(filled, color.lower(), min(xs), min(ys), max(xs), max(ys))


# SVG ---------------------------------------------------------------------------------------


def svg_shapes(path: Path) -> list[Shape]:
    found = []
    for group in ElementTree.parse(path).getroot().iter(f"{_SVG}g"):
        matrix = re.findall(_NUMBER, group.get("transform", "matrix(1,0,0,1,0,0)"))
        a, b, c, d, e, f = map(float, matrix)
        for element in group:
            points = _svg_points(element)
            if points:
                placed = [(a * x + c * y + e, b * x + d * y + f) for x, y in points]
                line = element.get("fill") == "none" or group.get("fill") == "none"
                filled = not line and group.get("fill-opacity") != "0"
                color = group.get("fill" if filled else "stroke", "none")
                found.append(_shape(filled, color, placed))
    return found


def _svg_points(element: ElementTree.Element) -> list[Point]:
    kind = element.tag.removeprefix(_SVG)
    if kind == "rect":
        x, y, w, h = (float(element.get(name, 0)) for name in ("x", "y", "width", "height"))
        return [(x, y), (x + w, y + h)]
    text = element.get("points") if kind == "polyline" else element.get("d")
    if kind not in ("polyline", "path") or text is None or "C" in text:
        return []  # curves are letters and rings
    numbers = [float(number) for number in re.findall(_NUMBER, text)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


# PDF ---------------------------------------------------------------------------------------


def pdf_shapes(path: Path) -> list[Shape]:
    """In pixels of 96 dots an inch, y downwards."""
    reader = PdfReader(path)
    page = reader.pages[0]
    pen = _Pen(float(page.mediabox.height))
    for operands, operator in ContentStream(page.get_contents(), reader).operations:
        numbers = [float(o) for o in operands if isinstance(o, int | float)]
        pen.take(operator.decode(), numbers)
    return pen.found


class _Pen:
    """Follows a page's operators: matrix, colours, the paths under way."""

    def __init__(self, height: float) -> None:
        self.height = height
        self.state = (np.eye(3), "", "")  # matrix, fill, stroke
        self.stack: list[tuple[np.ndarray, str, str]] = []
        self.paths: list[list[Point]] = []
        self.found: list[Shape] = []

    def take(self, operator: str, n: list[float]) -> None:
        matrix, fill, stroke = self.state
        if operator == "q":
            self.stack.append(self.state)
        elif operator == "Q":
            self.state = self.stack.pop()
        elif operator == "cm":
            own = np.hstack([np.array(n).reshape(3, 2), [[0], [0], [1]]])
            self.state = (own @ matrix, fill, stroke)
        elif operator in ("scn", "SCN"):
            color = "#" + "".join(f"{round(part * 255):02x}" for part in n)
            self.state = (matrix, color, stroke) if operator == "scn" else (matrix, fill, color)
        else:
            self.draw(operator, n)

    def draw(self, operator: str, n: list[float]) -> None:
        if operator == "re":
            self.paths.append([self.place(n[0], n[1]), self.place(n[0] + n[2], n[1] + n[3])])
        elif operator == "m":
            self.paths.append([self.place(n[0], n[1])])
        elif operator == "l":
            self.paths[-1].append(self.place(n[0], n[1]))
        elif operator in ("f", "f*", "B", "B*", "S", "n"):
            if operator != "n":
                color = self.state[2 if operator == "S" else 1]
                self.found += [_shape(operator != "S", color, path) for path in self.paths]
            self.paths = []

    def place(self, x: float, y: float) -> Point:
        right, up, _ = np.array([x, y, 1.0]) @ self.state[0]
        return float(right) / POINTS, (self.height - float(up)) / POINTS
