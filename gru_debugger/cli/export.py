"""``gru-debugger export``: pictures of steps, drawn without a display."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from gru_debugger import ending, terminal
from gru_debugger.cli import arguments as common
from gru_debugger.cli.progress import bar
from gru_debugger.exports import view_arguments
from gru_debugger.exports.jobs import (
    FORMATS,
    PANES,
    RANGES,
    SCALES,
    THEMES,
    SnapshotJob,
    check_in_text,
    check_lanes,
    check_place,
)
from gru_debugger.session.marks import Lane, Marks

DESCRIPTION = (
    "Write one picture a step, of the whole window or one pane of it, or all steps as one page "
    "that goes from step to step in any browser (--format html). Needs no display."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    common.add_model(parser)
    common.add_text(parser)
    common.add_edits(parser)
    common.add_beside(parser)
    parser.add_argument(
        "--steps", metavar="A-B", type=common.position_range, required=True,
        help="first and last step; 0 is before the first character",
    )  # fmt: skip
    parser.add_argument(
        "--pane", choices=PANES, default="window", metavar="NAME",
        help=f"one of {', '.join(PANES)} (default: window)",
    )  # fmt: skip
    view_arguments.add(parser)
    parser.add_argument(
        "--lane", metavar="EXPRESSION", action="append", default=[], dest="lanes",
        help="stands under the text, of the window and the pane strip; may be given again",
    )  # fmt: skip
    parser.add_argument("--marks", metavar="FILE", type=Path, help=argparse.SUPPRESS)
    parser.add_argument(
        "--format", choices=FORMATS, action="append",
        help=f"may be given several times; one file for all steps: {', '.join(RANGES)} "
        "(default: png)",
    )  # fmt: skip
    parser.add_argument("--theme", choices=THEMES, default="light")
    parser.add_argument(
        "--scale", type=int, choices=SCALES, default=1,
        help="times 1600 × 1000 (default: 1); a PDF's page stays 1200 × 750 points",
    )  # fmt: skip
    parser.add_argument("--force", action="store_true", help="overwrite files that are there")
    parser.add_argument(
        "-o", dest="folder", metavar="DIR", type=out_folder, required=True,
        help="the folder for the files, made where it is missing",
    )  # fmt: skip


def out_folder(word: str) -> Path:
    if not word:
        raise argparse.ArgumentTypeError("the folder's name is empty; “.” is the current one")
    return Path(word)


def run(arguments: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    model = common.open_model(arguments)
    first, last = arguments.steps
    view = view_arguments.view_of(arguments, model).asked_at(first)
    check_place(arguments.pane, view, model, arguments.model, option="--")
    trace = common.start_trace(arguments, model)
    common.check_steps(arguments.steps, trace)
    check_in_text(view, trace, option="--")
    check_lanes(arguments.lanes, trace, option="--")
    marks = _handed_over(arguments.marks)
    for lane in dict.fromkeys(arguments.lanes):
        marks = marks.with_lane(Lane(lane))
    job = SnapshotJob(
        model=model,
        trace=trace,
        steps=range(first, last + 1),
        pane=arguments.pane,
        view=view,
        formats=tuple(dict.fromkeys(arguments.format or ["png"])),
        theme=arguments.theme,
        scale=arguments.scale,
        folder=arguments.folder,
        force=arguments.force,
        marks=marks,
    )
    job.check_formats()
    job.refuse_overwriting()
    with bar("recording", trace.steps) as report:
        common.record(arguments, trace, trace.steps, report)
    if trace.beside is not None:
        trace.beside.finish()
    with bar("measuring", trace.steps) as report:
        job.look_through(report)
    draw(job)
    return 0


def _handed_over(file: Path | None) -> Marks:
    """What the window puts on the text."""
    if file is None:
        return Marks()
    from gru_debugger.session import marks_json

    return marks_json.read(file)


def draw(job: SnapshotJob) -> None:
    """Import Qt, only now, for a screen that is not there."""
    from gru_debugger import system

    # Set already, it may say more: the size of the screen.
    if not os.environ.get("QT_QPA_PLATFORM", "").startswith("offscreen"):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    system.check_window()
    with ending.deferred(), bar("drawing", job.count) as report:
        from gru_debugger.exports import snapshots

        ending.check()

        def told(done: int) -> None:
            report(done)
            terminal.tell(done=done)

        snapshots.export(job, told)
