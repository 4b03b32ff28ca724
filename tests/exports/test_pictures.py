"""In the files, bars, zero lines and limits stand where the axes say: PNG, SVG and PDF alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import limits as contract
import numpy as np
import pytest
from pypdf import PdfReader
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QColor, QImage
from samples import model, recording
from shapes import POINTS, Shape, pdf_shapes, svg_shapes

from gru_debugger import load_model, trace
from gru_debugger.charts.theme import THEMES
from gru_debugger.core.cell import Reset
from gru_debugger.core.trace import Trace
from gru_debugger.exports import snapshots
from gru_debugger.exports.jobs import PANES, SnapshotJob
from gru_debugger.exports.snapshots import Snapshot
from gru_debugger.panes.bar_rows import BarRow
from gru_debugger.panes.columns import ColumnsPane
from gru_debugger.panes.strip import StripPane
from gru_debugger.panes.strip_marks import STOPS
from gru_debugger.panes.units import UnitsPane
from gru_debugger.questions.lane_runs import LaneRun
from gru_debugger.session.marks import Lane, Marks
from gru_debugger.session.view import View
from gru_debugger.source import Origin

pytestmark = pytest.mark.usefixtures("screen")

STEP, STEPS = 7, 12
MakeJob = Callable[..., SnapshotJob]
SIZES = {
    "window": (1600, 1000), "strip": (1600, 184), "cell": (1260, 796), "reset": (440, 644),
    "update": (440, 644), "candidate": (440, 644), "product": (440, 372), "blend": (1260, 228),
    "unit": (340, 644), "prediction": (340, 244), "memory": (640, 684),
    "curves": (340, 684),
}  # fmt: skip


@pytest.fixture
def job(tmp_path: Path) -> MakeJob:
    def make(hidden: int = 16, reset: Reset = "after", **more: Any) -> SnapshotJob:
        m = model(hidden, reset=reset)
        steps = range(STEP, STEP + 1)
        return SnapshotJob(m, recording(m, STEPS), steps, tmp_path / "out", **more)

    return make


def export(job: SnapshotJob) -> Path:
    snapshots.export(job, lambda done: None)
    return job.path(job.steps[0])


# Where things must be ----------------------------------------------------------------------


@dataclass(frozen=True)
class Bar:
    quantity: str
    unit: int
    color: str
    box: tuple[float, float, float, float]


@dataclass(frozen=True)
class Axis:
    """One chart's frame in the picture: its middle line and its limits."""

    quantity: str
    left: float
    right: float
    zero: float
    edges: tuple[float, float]


COLORS = {"r": "r", "z": "keep", "n": "take", "h": "h"}
SUMS = ("input_", "hidden_", "sum_")


def charts(job: SnapshotJob) -> Iterator[tuple[BarRow, float, float]]:
    """The bar charts of a job's picture, and where their pane lies in it."""
    snapshot = Snapshot(job)
    for placed in snapshot.placed:
        if isinstance(placed.pane, ColumnsPane):
            for row in placed.pane.shown_rows():
                if isinstance(row, BarRow):
                    yield row, placed.rect.left(), placed.rect.top()


def limits(job: SnapshotJob, quantity: str) -> tuple[float, float]:
    return contract.limits(job.trace, quantity)


def expected(job: SnapshotJob) -> tuple[list[Bar], list[Axis]]:
    """All bars from zero to a value, and all axes, worked out from the step's numbers."""
    step = job.trace.step(STEP)
    theme = THEMES[job.theme]
    bars, axes = [], []
    for row, dx, dy in charts(job):
        q, rect = row.quantity, row.rect.translated(dx, dy)
        if type(row).__name__ in ("BlendRow", "OldStateRow", "ProductRow"):
            continue
        low, high = limits(job, q)
        lefts, widths = row.axis.bars()

        def y(value: float, rect: Any = rect, low: float = low, high: float = high) -> float:
            value = min(max(value, low), high)
            return float(rect.top() + (high - value) / (high - low) * rect.height())

        right = rect.left() + row.axis.plot_width
        axes.append(Axis(q, rect.left(), right, y(0), (rect.top(), rect.bottom())))
        if row.axis.pooled:
            continue
        for unit, value in enumerate(step.values[q].tolist()):
            sign = "positive" if value > 0 else "negative"
            color = theme.role(COLORS.get(q, sign)).name()
            left = rect.left() + lefts[unit]
            top, bottom = sorted((y(value), y(0)))
            bars.append(Bar(q, unit, color, (left, top, left + widths[unit], bottom)))
    assert bars or job.model.hidden_size > 128
    return bars, axes


def check_shapes(job: SnapshotJob, shapes: list[Shape]) -> None:
    bars, axes = expected(job)
    filled: dict[tuple[str, int], list[Shape]] = {}
    for shape in shapes:
        if shape.filled:
            filled.setdefault((shape.color, round(shape.left)), []).append(shape)
    for bar in bars:
        same = filled.get((bar.color, round(bar.box[0])), [])
        assert any(shape.is_near(bar.box, 0.02) for shape in same), bar
    theme = THEMES[job.theme]
    for axis in axes:
        lines = [s for s in shapes if not s.filled and abs(s.left - axis.left) < 0.1
                 and abs(s.right - axis.right) < 0.1]  # fmt: skip
        zero = [s for s in lines if s.color == theme.ticks.name() and abs(s.top - axis.zero) <= 1]
        assert zero, axis
        for edge in axis.edges:
            assert [s for s in lines if abs(s.top - edge) <= 0.6], axis


@pytest.mark.parametrize("pane", ["window", "cell", "reset", "update", "candidate", "blend"])
@pytest.mark.parametrize("kind", ["svg", "pdf"])
def test_bars_and_axes_agree_in_vector_files(kind: str, pane: str, job: MakeJob) -> None:
    given = job(pane=pane, formats=(kind,))
    path = export(given)
    check_shapes(given, svg_shapes(path) if kind == "svg" else pdf_shapes(path))


@pytest.mark.parametrize("kind", ["svg", "pdf"])
@pytest.mark.parametrize("more", [{"theme": "dark"}, {"hidden": 128}, {"reset": "before"}])
def test_bars_and_axes_agree_in_other_pictures(
    more: dict[str, Any], kind: str, job: MakeJob
) -> None:
    given = job(formats=(kind,), **more)
    path = export(given)
    check_shapes(given, svg_shapes(path) if kind == "svg" else pdf_shapes(path))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("pane", "scale"), [("window", 1), ("window", 3), ("update", 2), ("blend", 2)]
)
def test_bars_and_axes_agree_in_pixels(pane: str, scale: int, theme: str, job: MakeJob) -> None:
    """Down the middle of each bar: its colour from edge to edge. Beside it: the zero line."""
    given = job(pane=pane, theme=theme, scale=scale)
    image = QImage(str(export(given)))
    bars, axes = expected(given)
    for bar in bars:
        left, top, right, bottom = bar.box
        x = int((left + right) / 2 * scale) - 2
        # Not as far down as the numbers of the axis, which are grey as r is.
        rows = [y for y in range(int(top * scale) - 9, int(bottom * scale) + 5)
                if alike(image.pixelColor(x, y), bar.color)]  # fmt: skip
        # Over an end of h may lie the line of the old state.
        within = (2.5 if bar.quantity == "h" else 1) * scale
        if bottom - top >= 6:
            assert abs(rows[0] - top * scale) <= within, bar
            assert abs(rows[-1] + 1 - bottom * scale) <= within, bar
    for axis in axes:
        x = int((axis.right - 1) * scale)  # beside the last unit's bar
        color = THEMES[theme].ticks.name()
        near = range(int((axis.zero - 3) * scale), int((axis.zero + 3) * scale))
        found = [y for y in near if alike(image.pixelColor(x, y), color)]
        assert found, axis
        assert min(abs(y + 0.5 - axis.zero * scale) for y in found) <= scale, axis


def alike(a: QColor, b: str) -> bool:
    other = QColor(b)
    return max(abs(p - q) for p, q in zip(a.getRgb(), other.getRgb(), strict=True)) <= 6


# Sizes, stamps -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pane", "scale"), [*((pane, 1) for pane in SIZES), ("window", 2), ("unit", 4)]
)
def test_sizes(pane: str, scale: int, job: MakeJob) -> None:
    wide, high = SIZES[pane]
    image = QImage(str(export(job(pane=pane, scale=scale))))
    assert (image.width(), image.height()) == (wide * scale, high * scale)
    svg = export(job(pane=pane, scale=scale, formats=("svg",))).read_text(encoding="utf-8")
    assert f'viewBox="0 0 {wide} {high}"' in svg
    page = PdfReader(export(job(pane=pane, scale=scale, formats=("pdf",)))).pages[0]
    for box in (page.mediabox, page.trimbox):
        assert (float(box.width), float(box.height)) == (wide * POINTS, high * POINTS)


def test_four_times_as_large(job: MakeJob) -> None:
    image = QImage(str(export(job(scale=4))))
    assert (image.width(), image.height()) == (6400, 4000)


def test_the_stamp(job: MakeJob) -> None:
    """Model name, 12 digits of the hash, step and character: in the file and on the picture."""
    given = job()
    character = given.trace.text[STEP - 1]
    shown = {"\n": "newline", "\t": "tab", " ": "space"}.get(character, f"“{character}”")
    stamp = f"random.safetensors  ·  0123456789ab  ·  step 7  ·  {shown}"
    image = QImage(str(export(given)))
    assert image.text("Title").split() == stamp.split()
    ink = {image.pixelColor(x, y).name() for x in range(24, 300) for y in range(978, 998)}
    assert THEMES["light"].muted.name() in ink
    assert f"<title>{stamp}</title>" in export(job(formats=("svg",))).read_text(encoding="utf-8")
    reader = PdfReader(export(job(formats=("pdf",))))
    assert reader.metadata is not None
    assert reader.metadata.title == stamp
    assert "".join(stamp.split()) in "".join(reader.pages[0].extract_text().split())


def test_a_name_that_no_file_can_hold(job: MakeJob) -> None:
    """XML knows no control characters and no surrogates; a name on Linux may hold them."""
    given = job(formats=("svg", "pdf"))
    m = replace(given.model, source=replace(given.model.source, name="a\x01\x1b\ud8ff\nb.pt"))
    given = replace(given, model=m, trace=Trace(m, given.trace.text).finish())
    snapshots.export(given, lambda done: None)
    svg = ElementTree.fromstring(given.path(STEP, "svg").read_bytes())
    of_pdf = PdfReader(given.path(STEP, "pdf")).metadata
    assert of_pdf is not None
    for title in (svg.findtext("{*}title"), of_pdf.title):
        assert str(title).startswith("a··· b.pt  ·  ")


def test_a_claimed_origin_is_stamped_as_a_claim(job: MakeJob) -> None:
    given = job()
    told = Origin("nine.pt", "9" * 64, "PyTorch", "", "float32", "after", (), "")
    source = replace(given.model.source, converted_from=told)
    m = replace(given.model, source=source)
    given = replace(given, model=m, trace=Trace(m, given.trace.text).finish())
    title = " ".join(QImage(str(export(given))).text("Title").split())
    assert title.startswith("random.safetensors · 0123456789ab · step 7")
    assert title.endswith(" · says it was converted from nine.pt 999999999999")


@pytest.mark.parametrize("pane", PANES)
def test_choices_change_the_picture(pane: str, job: MakeJob) -> None:
    plain = snapshots.draw(job(pane=pane))
    assert snapshots.draw(job(pane=pane)) == plain
    assert snapshots.draw(job(pane=pane, theme="dark")) != plain
    if pane in {*SIZES} - {"strip", "prediction"}:
        assert snapshots.draw(job(pane=pane, view=View(notation="course"))) != plain
    if pane in ("window", "cell", "reset", "update", "candidate"):
        assert snapshots.draw(job(pane=pane, view=View(contributions=True))) != plain
    if pane in {*SIZES} - {"prediction"}:
        assert snapshots.draw(job(pane=pane, view=View(unit=9))) != plain
    if pane in ("window", "unit"):
        assert snapshots.draw(job(pane=pane, view=View(quantity="h"))) != plain
        assert snapshots.draw(job(pane=pane, view=View(all_terms=True))) != plain


def test_a_range_is_a_file_a_step_and_nothing_else(job: MakeJob) -> None:
    given = job(pane="prediction")
    given = SnapshotJob(given.model, given.trace, range(3, 7), given.folder, "prediction")
    told: list[int] = []
    snapshots.export(given, told.append)
    assert told == [1, 2, 3, 4]
    names = [f"random-step-{step:04}.png" for step in range(3, 7)]
    assert sorted(path.name for path in given.folder.iterdir()) == names
    alone = SnapshotJob(given.model, given.trace, range(5, 6), given.folder / "b", "prediction")
    assert export(alone).read_bytes() == given.path(5).read_bytes(), "however it was reached"


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_the_same_job_gives_the_same_bytes(kind: str, job: MakeJob) -> None:
    first = export(job(formats=(kind,))).read_bytes()
    assert export(job(formats=(kind,), force=True)).read_bytes() == first


def test_a_pdf_has_no_bars_that_a_reader_would_draw_as_lines(tmp_path: Path) -> None:
    """Of what is as good as impossible."""
    m = load_model("bundled:sixteen")
    run = trace(m, "the king of the hat")
    given = SnapshotJob(m, run, range(15, 16), tmp_path, pane="prediction", formats=("pdf",))
    shares = sorted(run.step(15).probabilities)[::-1]
    assert shares[4] < 1e-4, "it stands there"
    colors = THEMES[given.theme].r.name(), THEMES[given.theme].h.name()
    wide = [shape.right - shape.left for shape in pdf_shapes(export(given))
            if shape.filled and shape.color in colors]  # fmt: skip
    assert wide
    assert min(wide) > 0.02


def test_a_pdf_is_the_same_at_every_scale(job: MakeJob) -> None:
    shapes = [
        pdf_shapes(export(job(pane="blend", scale=scale, formats=("pdf",), force=True)))
        for scale in (1, 3)
    ]
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize("pane", PANES)
def test_before_the_first_step(pane: str, job: MakeJob) -> None:
    """Position 0: h(0) and no calculation, named so in the file's name and its caption."""
    given = replace(job(pane=pane), steps=range(2))
    snapshots.export(given, lambda done: None)
    assert given.path(0).name == "random-step-0000.png"
    first, second = (QImage(str(given.path(step))) for step in (0, 1))
    assert first.size() == second.size()
    assert first != second
    assert "step 0 · before character 1" in " ".join(first.text("Title").split())


def test_lanes_stand_under_the_exported_strip(job: MakeJob) -> None:
    """A tick where the condition holds and nowhere else; other panes are as without them."""
    middle = float(np.median(recording(model(16), STEPS).column("z")[:, 3]))
    condition = f"z[3] < {middle:.5f}"
    without = QImage(str(export(job(pane="strip"))))
    marks = Marks(lanes=(Lane("surprise"), Lane(condition)))
    image = QImage(str(export(job(pane="strip", marks=marks, force=True))))
    taller = image.height() - without.height()
    assert image.width() == without.width()
    assert 0 <= 5 + 2 * 34 + 21 - taller < 4, "two lanes, the whole text; a PDF's whole points"
    session = Snapshot(job(pane="strip", marks=marks)).placed[0].pane
    assert isinstance(session, StripPane)
    y = int(session.lanes.rect(1).center().y()) - 3
    ticks = [
        t
        for t in range(1, STEP)  # this step has its band over it, what is to come stands back
        if QColor(image.pixel(int(session.x(t) + session.cell / 2), y)) == THEMES["light"].r
    ]
    z = recording(model(16), STEPS).column("z")[: STEP - 1, 3]
    assert ticks == (np.flatnonzero(z < middle) + 1).tolist()
    assert 0 < len(ticks) < STEP - 1
    cell = export(job(pane="cell", force=True)).read_bytes()
    assert export(job(pane="cell", marks=marks, force=True)).read_bytes() == cell


@pytest.mark.parametrize("count", [1, 3, 12])
def test_the_exported_window_has_its_marks_and_its_size(count: int, job: MakeJob) -> None:
    """All lanes are in sight, armed ones and stops in their colour; parts and sums stay."""
    lanes = (Lane("step == 3", armed=True), *(Lane(f"h[{unit}]") for unit in range(1, count)))
    given = job(marks=Marks((STEP - 2,), lanes))
    image, plain = QImage(str(export(given))), QImage(str(export(job(force=True))))
    assert image.size() == plain.size()
    snapshot = Snapshot(given)
    snapshot.go_to(STEP)
    strip = next(placed.pane for placed in snapshot.placed if isinstance(placed.pane, StripPane))
    cell = next(placed.pane for placed in snapshot.placed if isinstance(placed.pane, UnitsPane))
    assert len(strip.lanes.shown) == count
    assert cell.lacking <= {"weights"}
    assert strip.lanes.overview.area.bottom() < strip.size.height()
    for pane, rect in ((placed.pane, placed.rect) for placed in snapshot.placed):
        assert pane.size.height() <= rect.height(), type(pane)
    red = THEMES["light"].error
    tick = QPointF(strip.x(3) + strip.cell / 2, strip.lanes.rect(0).center().y() - 3)
    for at in (tick, QPointF(strip.x(STEP - 2) + strip.cell / 2, STOPS)):
        seen = image.pixelColor(at.toPoint() + QPoint(0, snapshots.HEADER))
        assert seen == red


def test_known_lanes_are_not_looked_through_again(job: MakeJob) -> None:
    given = job(pane="strip", marks=Marks(lanes=(Lane("h[1] > 0"),)))
    run = LaneRun(given.trace, "h[1] > 0")
    run.holds[:5], run.known = True, 5
    snapshot = Snapshot(replace(given, known=[run]))
    (copied,) = snapshot.session.lanes.runs
    assert (copied.known, copied.count, run.known) == (5, 5, 5)
    snapshot.close()
