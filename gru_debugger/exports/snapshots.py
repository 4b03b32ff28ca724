"""Step snapshots: the same panes as the window's, laid out at a fixed size, stamped, in a file.

Nothing here is a widget, so the picture depends on the model, the text and the job alone, not on
a window's size, its folds or its theme.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass
from itertools import count

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from gru_debugger import ending
from gru_debugger.charts import fonts
from gru_debugger.charts.qt_faults import raised
from gru_debugger.charts.theme import THEMES
from gru_debugger.errors import one_line
from gru_debugger.exports import stamp
from gru_debugger.exports.jobs import RANGES, TABLES, Progress, SnapshotJob, format_of
from gru_debugger.exports.pane_numbers import Numbers
from gru_debugger.exports.pictures import png
from gru_debugger.numerals import grouped
from gru_debugger.output import make_folder, write_bytes, writing
from gru_debugger.panes.pane import Pane
from gru_debugger.panes.registry import make_pane, pane_specs
from gru_debugger.session.session import Session

HEADER = 48  # pixels above the window's panes
_TITLE = 420  # pixels of the model's name there

_STRIP = 156  # pixels of the strip without lanes

_CENTRE = "centre"  # the pane that the view puts there

# The window as drawn: (pane, left, top, width, height) below the header.
_WINDOW = (
    ("strip", 0, 0, 1600, _STRIP),
    (_CENTRE, 0, _STRIP, 1260, 770),
    ("unit", 1260, _STRIP, 340, 560),
    ("prediction", 1260, 716, 340, 210),
)


@dataclass
class _Placed:
    name: str
    pane: Pane
    rect: QRectF


class Snapshot:
    """The picture of a job, to be painted at any step."""

    def __init__(self, job: SnapshotJob) -> None:
        self.job = job
        self.theme = THEMES[job.theme]
        self.session = Session()
        self.session.open(job.trace, job.steps[0])
        self.session.show(job.view)
        if job.whole_run is not None:
            self.session.whole_run.show(job.whole_run.survey, job.whole_run.losses)
        if job.pane in ("strip", "window"):
            self._add_marks()
        self.placed = list(self._place())
        right = round(max(placed.rect.right() for placed in self.placed))
        self._below = round(max(placed.rect.bottom() for placed in self.placed))
        # A PDF's page is of whole points, four pixels are three of them.
        self.size = QSize(right, -(-(self._below + stamp.height(right)) // 4) * 4)

    def _add_marks(self) -> None:
        """As far as is recorded it is known at once where lanes hold: there are no events here."""
        lanes = self.session.lanes
        lanes.runs = tuple(map(copy, self.job.known))
        self.session.mark(self.job.marks)
        for run in () if self.job.known else lanes.runs:
            while run.advance():
                pass
        lanes.stop()

    def _place(self) -> Iterator[_Placed]:
        if self.job.pane != "window":
            spec = pane_specs()[self.job.pane]
            assert spec.size is not None
            wide, high = spec.size
            high += make_pane(spec.name, self.session, self.theme).marks_room()
            yield self._make(spec.name, QRectF(0, 0, wide, high))
            return
        yield from self._place_window()

    def _place_window(self) -> Iterator[_Placed]:
        """What lanes take, the panes below give, the lowest where the one above can't."""
        more = make_pane("strip", self.session, self.theme).paper_marks_room(_STRIP)
        above = 0.0
        for name, left, top, width, height in _WINDOW:
            rect = QRectF(left, top + HEADER, width, height)
            if name == "strip":
                rect.setHeight(height + more)
            elif top == _STRIP:
                rect.setTop(rect.top() + more)
            else:
                rect.setTop(max(rect.top(), above))
            placed = self._make(self.job.view.centre if name == _CENTRE else name, rect)
            above = placed.rect.bottom()
            yield placed

    def _make(self, name: str, rect: QRectF) -> _Placed:
        pane = make_pane(name, self.session, self.theme)
        pane.interactive = False
        pane.resize(rect.width(), rect.height())
        rect.setHeight(max(rect.height(), pane.size.height()))  # it may need more
        return _Placed(name, pane, rect)

    def go_to(self, step: int) -> None:
        self.session.go_to(step)
        for placed in self.placed:
            placed.pane.show_step()

    def paint(self, p: QPainter) -> None:
        with raised():
            self._paint(p)

    def _paint(self, p: QPainter) -> None:
        theme = self.theme
        p.fillRect(QRectF(0, 0, self.size.width(), self.size.height()), theme.panel)
        for placed in self.placed:
            p.save()
            p.setClipRect(placed.rect)
            placed.pane.render(p, placed.rect, placed.pane.sceneRect())
            p.restore()
        if self.job.pane == "window":
            self._paint_window(p)
        self._paint_stamp(p)

    def _paint_window(self, p: QPainter) -> None:
        """The header, and the lines between the panes."""
        theme, session, model = self.theme, self.session, self.job.model
        initial = self.job.trace.initial
        place = [f"step {grouped(session.position)} of {grouped(session.steps)}"]
        if len(model.layers) > 1 or model.directions > 1:
            place.append(f"layer {session.layer}")
        if model.ways != ("forward",):
            place.append(session.direction)
        place += [f"{grouped(model.hidden_size)} units",
                  model.variant_in_words(notation=session.notation)]  # fmt: skip
        place += [] if initial.zeros else [initial.in_words(session.notation)]
        notation = "PyTorch notation" if session.notation == "pytorch" else "course notation"
        right = self.size.width() - 24.0
        drawn = fonts.text(p, right, 30, notation, theme.muted, fonts.SANS, 13, align="right")
        right -= drawn.width + 18
        title, pixels = fonts.fitting(model.source.title, _TITLE, fonts.SANS, 15, 600)
        x = 24 + fonts.text(p, 24, 30, title, theme.text, fonts.SANS, pixels, 600).width + 18
        words, pixels = fonts.fitting("  ·  ".join(place), right - x, fonts.SANS, 13)
        fonts.text(p, x, 30, words, theme.muted, fonts.SANS, pixels)
        p.fillRect(QRectF(0, HEADER - 1, self.size.width(), 1), theme.border)
        for placed in self.placed[2:]:
            p.fillRect(
                QRectF(placed.rect.left(), placed.rect.top(), 1, placed.rect.height()), theme.border
            )
        last = self.placed[-1].rect
        p.fillRect(QRectF(last.left() + 22, last.top(), last.width() - 44, 1), theme.border)

    def title(self) -> str:
        """What the file says of itself: the caption in full, in characters that XML knows."""
        said = stamp.words(self.job.trace, self.session.position, self.session.notation)
        return one_line(said, len(said))

    def rendered(self, name: str) -> bytes:
        """A file of the position, in a format that has a file a step."""
        if name in TABLES:
            panes = {placed.name: placed.pane for placed in self.placed}
            numbers = Numbers(self.job.trace, self.session.position, panes)
            return bytes(format_of(name).render(numbers))
        render = format_of(name).render
        return bytes(render(self.size, self.job.scale, self.title(), self.paint))

    def _paint_stamp(self, p: QPainter) -> None:
        theme, width, top = self.theme, self.size.width(), self._below
        p.fillRect(QRectF(0, top, width, self.size.height() - top), QColor(theme.panel))
        p.fillRect(QRectF(0, top, width, 1), theme.border)
        said = stamp.lines(self.job.trace, self.session.position, width, self.session.notation)
        stamp.paint(p, said, top, theme.muted)

    def close(self) -> None:
        self.session.recorder.stop()
        for placed in self.placed:
            placed.pane.clear()


@dataclass(frozen=True)
class Film:
    """All steps of a job, for a format that has them in one file."""

    snapshot: Snapshot
    step_done: Callable[[], None]

    @property
    def job(self) -> SnapshotJob:
        return self.snapshot.job

    def steps(self) -> Iterator[int]:
        """Each position, the snapshot's session being there."""
        for step in self.job.steps:
            self.snapshot.go_to(step)
            yield step
            self.step_done()

    def images(self) -> Iterator[QImage]:
        """The picture of each step, one at a time."""
        for _ in self.steps():
            yield png.image(self.snapshot.size, self.job.scale, self.snapshot.paint)


def draw(job: SnapshotJob) -> QImage:
    """The picture of the job's first step, for the clipboard. Needs an application object."""
    snapshot = Snapshot(job)
    snapshot.go_to(job.steps[0])
    drawn = png.image(snapshot.size, job.scale, snapshot.paint)
    snapshot.close()
    return drawn


def export(job: SnapshotJob, progress: Progress) -> None:
    """The job's files: those of a step, step by step, then those of all steps.

    Raises OutputError; finished ones stay, none is half done.
    """
    job.refuse_overwriting()
    make_folder(job.folder)
    application = QApplication.instance() or QApplication([])
    snapshot, done = Snapshot(job), count(1)

    def step_done() -> None:
        progress(next(done))

    try:
        _export_steps(snapshot, step_done)
        for name in job.of_kind(RANGES):
            with writing(job.path(job.steps[0], name), job.force) as out:
                format_of(name).write(Film(snapshot, step_done), out)
    finally:
        snapshot.close()
        application.processEvents()


def _export_steps(snapshot: Snapshot, step_done: Callable[[], None]) -> None:
    """A file a step and format."""
    job = snapshot.job
    names = [name for name in job.formats if name not in RANGES]
    for step in job.steps if names else ():
        snapshot.go_to(step)
        for name in names:
            data = snapshot.rendered(name)
            with ending.at_once():
                write_bytes(job.path(step, name), data, job.force)
            step_done()
